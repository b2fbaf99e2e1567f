"""Code lists of the register of processing, after the Belgian vocabulary (http://vocab.belgif.be/auth/gdpr-…); the words are ours."""

from __future__ import annotations

from zinneke.kernel.text import Text

BASES: dict[str, Text] = {
    "consent": Text("Consentement (art. 6.1.a)", "Toestemming (art. 6.1.a)", "Consent (art. 6.1.a)"),
    "contract": Text("Contrat (art. 6.1.b)", "Overeenkomst (art. 6.1.b)", "Contract (art. 6.1.b)"),
    "law": Text("Obligation légale (art. 6.1.c)", "Wettelijke verplichting (art. 6.1.c)", "Legal obligation (art. 6.1.c)"),
    "vital": Text("Intérêts vitaux (art. 6.1.d)", "Vitale belangen (art. 6.1.d)", "Vital interests (art. 6.1.d)"),
    "public": Text("Mission d’intérêt public (art. 6.1.e)", "Taak van algemeen belang (art. 6.1.e)", "Task in the public interest (art. 6.1.e)"),
    "legitimate": Text("Intérêt légitime (art. 6.1.f)", "Gerechtvaardigd belang (art. 6.1.f)", "Legitimate interest (art. 6.1.f)"),
}
CATEGORIES: dict[str, Text] = {
    "identity": Text("Identification", "Identificatie", "Identification"),
    "national_number": Text("Numéro national", "Rijksregisternummer", "National number"),
    "contact": Text("Coordonnées", "Contactgegevens", "Contact details"),
    "household": Text("Composition du ménage", "Gezinssamenstelling", "Household"),
    "finance": Text("Données financières", "Financiële gegevens", "Financial data"),
    "employment": Text("Emploi", "Beroep", "Employment"),
    "education": Text("Formation", "Opleiding", "Education"),
    "housing": Text("Logement", "Woning", "Housing"),
    "vehicle": Text("Véhicule", "Voertuig", "Vehicle"),
    "location": Text("Localisation", "Locatie", "Location"),
    "image": Text("Images", "Beelden", "Images"),
    "electronic": Text("Identification électronique", "Elektronische identificatie", "Electronic identification"),
    "health": Text("Santé (art. 9)", "Gezondheid (art. 9)", "Health (art. 9)"),
    "origin": Text("Origine (art. 9)", "Afkomst (art. 9)", "Origin (art. 9)"),
    "opinion": Text("Opinions et convictions (art. 9)", "Meningen en overtuigingen (art. 9)", "Opinions and beliefs (art. 9)"),
    "biometric": Text("Biométrie (art. 9)", "Biometrie (art. 9)", "Biometrics (art. 9)"),
    "judicial": Text("Condamnations et infractions (art. 10)", "Veroordelingen en inbreuken (art. 10)", "Convictions and offences (art. 10)"),
}
PERSONS: dict[str, Text] = {
    "citizens": Text("Citoyens", "Burgers", "Citizens"),
    "applicants": Text("Demandeurs", "Aanvragers", "Applicants"),
    "users": Text("Usagers", "Gebruikers", "Service users"),
    "staff": Text("Personnel", "Personeel", "Staff"),
    "suppliers": Text("Fournisseurs", "Leveranciers", "Suppliers"),
    "minors": Text("Mineurs", "Minderjarigen", "Minors"),
    "businesses": Text("Indépendants et entreprises", "Zelfstandigen en ondernemingen", "Self-employed and businesses"),
    "representatives": Text("Représentants", "Vertegenwoordigers", "Representatives"),
}
PURPOSES: dict[str, Text] = {
    "service": Text("Rendre un service demandé", "Een gevraagde dienst leveren", "Providing a service that was asked for"),
    "permits": Text("Permis et autorisations", "Vergunningen", "Permits"),
    "taxes": Text("Impôts et redevances", "Belastingen en retributies", "Taxes and fees"),
    "benefits": Text("Primes et aides", "Premies en steun", "Grants and benefits"),
    "inspection": Text("Contrôle et sanction", "Toezicht en sanctie", "Inspection and enforcement"),
    "mobility": Text("Gestion de la mobilité", "Mobiliteitsbeheer", "Managing mobility"),
    "environment": Text("Protection de l’environnement", "Milieubescherming", "Protecting the environment"),
    "safety": Text("Sécurité", "Veiligheid", "Safety"),
    "participation": Text("Participation des citoyens", "Burgerparticipatie", "Citizens’ participation"),
    "information": Text("Information du public", "Informeren van het publiek", "Informing the public"),
    "statistics": Text("Statistique et politique publique", "Statistiek en beleid", "Statistics and policy"),
    "personnel": Text("Gestion du personnel", "Personeelsbeheer", "Personnel management"),
    "accounts": Text("Comptabilité et marchés", "Boekhouding en opdrachten", "Accounts and procurement"),
    "archive": Text("Archivage dans l’intérêt public", "Archivering in het algemeen belang", "Archiving in the public interest"),
    "operation": Text("Exploitation et sécurité des systèmes", "Beheer en beveiliging van systemen", "Running and securing systems"),
}
MEASURES: dict[str, Text] = {
    "access": Text("Contrôle des accès", "Toegangscontrole", "Access control"),
    "second_factor": Text("Double authentification", "Tweestapsverificatie", "Second factor"),
    "encryption": Text("Chiffrement", "Versleuteling", "Encryption"),
    "pseudonyms": Text("Pseudonymisation", "Pseudonimisering", "Pseudonymisation"),
    "journal": Text("Journal inviolable", "Onvervalsbaar logboek", "Tamper-evident journal"),
    "backup": Text("Sauvegarde", "Back-up", "Backup"),
    "training": Text("Formation du personnel", "Opleiding van het personeel", "Staff training"),
    "minimisation": Text("Minimisation", "Minimale gegevensverwerking", "Data minimisation"),
}
ASSESSMENTS: dict[str, Text] = {
    "": Text("Pas encore examinée", "Nog niet onderzocht", "Not yet considered"),
    "not_needed": Text("Pas nécessaire", "Niet nodig", "Not needed"),
    "needed": Text("À faire", "Te doen", "To be done"),
    "under_way": Text("En cours", "Bezig", "Under way"),
    "done": Text("Faite", "Uitgevoerd", "Done"),
}
"""How far the data protection impact assessment is."""


FREQUENCIES: dict[str, Text] = {
    "": Text("non précisé", "niet vermeld", "not said"),
    "CONT": Text("en continu", "voortdurend", "continuously"),
    "DAILY": Text("chaque jour", "dagelijks", "daily"),
    "WEEKLY": Text("chaque semaine", "wekelijks", "weekly"),
    "MONTHLY": Text("chaque mois", "maandelijks", "monthly"),
    "ANNUAL": Text("chaque année", "jaarlijks", "yearly"),
    "IRREG": Text("irrégulièrement", "onregelmatig", "irregularly"),
}
"""How often a source is brought up to date, by the keys of the European list."""
REGISTER = Text("Registre des activités de traitement", "Register van de verwerkingsactiviteiten", "Register of processing activities")
MONTHS = Text("{} mois", "{} maanden", "{} months")
FOR_EVER = Text("sans limite", "onbeperkt", "without limit")
NOT_SAID = Text("non précisé", "niet bepaald", "not said")


def kept(months: int | None, language: str) -> str:
    """Return how long something is kept, in words."""
    return (NOT_SAID if months is None else MONTHS if months else FOR_EVER).said_in(language).format(months)


def said(codes: dict[str, Text], keys: tuple[str, ...], language: str) -> str:
    """Return what codes mean, between commas; one that is not in the list says itself."""
    return ", ".join(codes[key].said_in(language) if key in codes else key for key in keys)


ROLES: dict[str, Text] = {
    "controller": Text("responsable du traitement", "verwerkingsverantwoordelijke", "controller"),
    "processor": Text("sous-traitant", "verwerker", "processor"),
}
"""Whether whoever answers for an activity decides why and how data are processed, or processes them for another."""
