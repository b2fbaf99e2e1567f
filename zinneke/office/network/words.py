"""The words of the network in three languages, by the keys that its records keep."""

from __future__ import annotations

from zinneke.kernel.text import Text

KINDS: dict[str, Text] = {
    "regional": Text("Administration régionale", "Gewestelijke administratie", "Regional administration"),
    "cabinet": Text("Gouvernement et cabinets", "Regering en kabinetten", "Government and cabinets"),
    "commune": Text("Commune", "Gemeente", "Commune"),
    "cpas": Text("CPAS", "OCMW", "Public centre for social welfare"),
    "intermunicipal": Text("Intercommunale", "Intercommunale", "Intermunicipal company"),
    "federal": Text("Administration fédérale", "Federale administratie", "Federal administration"),
    "association": Text("Association", "Vereniging", "Association"),
    "academia": Text("Université ou haute école", "Universiteit of hogeschool", "University or college"),
    "company": Text("Entreprise", "Onderneming", "Company"),
}
MANY_KINDS: dict[str, Text] = {
    "regional": Text("Administrations régionales", "Gewestelijke administraties", "Regional administrations"),
    "cabinet": Text("Gouvernement et cabinets", "Regering en kabinetten", "Government and cabinets"),
    "commune": Text("Communes", "Gemeenten", "Communes"),
    "cpas": Text("CPAS", "OCMW’s", "Public centres for social welfare"),
    "intermunicipal": Text("Intercommunales", "Intercommunales", "Intermunicipal companies"),
    "federal": Text("Administrations fédérales", "Federale administraties", "Federal administrations"),
    "association": Text("Associations", "Verenigingen", "Associations"),
    "academia": Text("Universités et hautes écoles", "Universiteiten en hogescholen", "Universities and colleges"),
    "company": Text("Entreprises", "Ondernemingen", "Companies"),
}
HELICES: dict[str, Text] = {
    "government": Text("Pouvoirs publics", "Overheid", "Government"),
    "industry": Text("Secteur privé", "Privésector", "Industry"),
    "academia": Text("Monde académique", "Academische wereld", "Academia"),
    "citizens": Text("Citoyens", "Burgers", "Citizens"),
}
LEAD_STATES: dict[str, Text] = {
    "offered": Text("Proposé", "Voorgesteld", "Offered"),
    "accepted": Text("Accepté", "Aanvaard", "Accepted"),
    "declined": Text("Refusé", "Geweigerd", "Declined"),
    "ended": Text("Terminé", "Beëindigd", "Ended"),
}
LEAD_STEPS: dict[str, Text] = {
    "offered": Text("Proposé à", "Voorgesteld aan", "Offered to"),
    "accepted": Text("Accepté par", "Aanvaard door", "Accepted by"),
    "declined": Text("Refusé par", "Geweigerd door", "Declined by"),
    "delegated": Text("Délégué à", "Gedelegeerd aan", "Delegated to"),
    "handed over": Text("Transmis à", "Overgedragen aan", "Handed over to"),
    "ended": Text("Terminé par", "Beëindigd door", "Ended by"),
}
GROUP_KINDS: dict[str, Text] = {
    "leads": Text("Réseau des responsables", "Netwerk van verantwoordelijken", "Network of leads"),
    "governance": Text("Concertation politique", "Politiek overleg", "Policy consultation"),
    "theme": Text("Groupe thématique", "Themagroep", "Theme group"),
}
MEETING_STATES: dict[str, Text] = {
    "planned": Text("Prévue", "Gepland", "Planned"),
    "held": Text("Tenue", "Gehouden", "Held"),
    "cancelled": Text("Annulée", "Geannuleerd", "Cancelled"),
}
POINT_KINDS: dict[str, Text] = {
    "information": Text("Information", "Ter informatie", "For information"),
    "discussion": Text("Discussion", "Ter bespreking", "For discussion"),
    "decision": Text("Décision", "Ter beslissing", "For decision"),
}
POINT_STATES: dict[str, Text] = {
    "relayed": Text("Proposé", "Voorgesteld", "Relayed"),
    "agenda": Text("À l’ordre du jour", "Op de agenda", "On the agenda"),
    "left out": Text("Non retenu", "Niet weerhouden", "Left out"),
}
FOLLOWED: dict[str, Text] = {
    "open": Text("Pas encore connu", "Nog niet bekend", "Not known yet"),
    "yes": Text("Suivi", "Gevolgd", "Followed"),
    "partly": Text("Suivi en partie", "Gedeeltelijk gevolgd", "Partly followed"),
    "no": Text("Non suivi", "Niet gevolgd", "Not followed"),
}
FOLLOWED_STATUS = {"open": "unknown", "yes": "good", "partly": "watch", "no": "act"}
ACTION_STATES: dict[str, Text] = {
    "open": Text("À faire", "Te doen", "To do"),
    "done": Text("Fait", "Gedaan", "Done"),
    "dropped": Text("Abandonné", "Geschrapt", "Dropped"),
}
CHANNELS: dict[str, Text] = {
    "web": Text("Formulaire", "Formulier", "Form"),
    "mail": Text("Courriel", "E-mail", "Email"),
    "phone": Text("Téléphone", "Telefoon", "Telephone"),
    "counter": Text("Guichet", "Loket", "Counter"),
    "paper": Text("Papier", "Papier", "Paper"),
}
ENQUIRY_KINDS: dict[str, Text] = {
    "question": Text("Une question", "Een vraag", "A question"),
    "idea": Text("Une idée", "Een idee", "An idea"),
    "need": Text("Un besoin", "Een behoefte", "A need"),
    "complaint": Text("Une plainte", "Een klacht", "A complaint"),
}
ENQUIRY_STATES: dict[str, Text] = {
    "new": Text("Reçue", "Ontvangen", "Received"),
    "assigned": Text("En traitement", "In behandeling", "Being handled"),
    "answered": Text("Répondue", "Beantwoord", "Answered"),
    "closed": Text("Clôturée", "Afgesloten", "Closed"),
}
STEPS: dict[str, Text] = {
    "received": Text("Reçue", "Ontvangen", "Received"),
    "assigned": Text("Confiée à un collaborateur", "Toegewezen aan een medewerker", "Given to a member of staff"),
    "transferred": Text("Transmise à une autre administration", "Doorgestuurd naar een andere administratie", "Passed to another administration"),
    "answered": Text("Réponse envoyée", "Antwoord verstuurd", "Answer sent"),
    "message": Text("Nouveau message de votre part", "Nieuw bericht van u", "A further message from you"),
    "rated": Text("Votre avis sur la réponse", "Uw mening over het antwoord", "Your opinion of the answer"),
    "closed": Text("Clôturée", "Afgesloten", "Closed"),
    "erased": Text("Données personnelles effacées", "Persoonsgegevens gewist", "Personal data erased"),
    "note": Text("Note interne", "Interne nota", "Internal note"),
}
SATISFIED: dict[str, Text] = {
    "yes": Text("Oui", "Ja", "Yes"),
    "partly": Text("En partie", "Gedeeltelijk", "Partly"),
    "no": Text("Non", "Nee", "No"),
}
FAQ_STATES: dict[str, Text] = {
    "proposed": Text("Proposée", "Voorgesteld", "Proposed"),
    "approved": Text("Publiée", "Gepubliceerd", "Published"),
    "withdrawn": Text("Retirée", "Ingetrokken", "Withdrawn"),
}
REVIEW_KINDS: dict[str, Text] = {
    "project": Text("Projet", "Project", "Project"),
    "tender": Text("Marché public", "Overheidsopdracht", "Tender"),
}
REVIEW_STATES: dict[str, Text] = {
    "submitted": Text("Soumis", "Ingediend", "Submitted"),
    "concluded": Text("Remarques envoyées", "Opmerkingen verstuurd", "Remarks sent"),
}
REMARKS: dict[str, Text] = {
    "": Text("Pas encore examiné", "Nog niet bekeken", "Not looked at yet"),
    "good": Text("En ordre", "In orde", "In order"),
    "remark": Text("Remarque", "Opmerking", "Remark"),
    "none": Text("Sans objet", "Niet van toepassing", "Does not apply"),
}
CHECKLIST: dict[str, Text] = {
    "aim": Text(
        "L’effet attendu sur la qualité de vie est chiffré.",
        "Het verwachte effect op de levenskwaliteit is becijferd.",
        "The effect expected on the quality of life has a figure.",
    ),
    "reuse": Text(
        "Les composants existants ont été examinés ; ce qui n’est pas réutilisé l’est avec un motif.",
        "De bestaande componenten zijn bekeken; wat niet wordt hergebruikt, is gemotiveerd.",
        "Existing components were looked at; what is not re-used has its reason.",
    ),
    "partners": Text(
        "Les administrations concernées ont été associées.",
        "De betrokken administraties zijn erbij betrokken.",
        "The administrations concerned take part.",
    ),
    "data": Text(
        "Les données sont ouvertes dès l’origine, décrites et fournies avec une licence.",
        "De gegevens zijn van bij de start open, beschreven en van een licentie voorzien.",
        "The data are open from the start, described and licensed.",
    ),
    "standards": Text(
        "Les interfaces suivent des normes ouvertes ; aucun fournisseur n’est incontournable.",
        "De interfaces volgen open standaarden; geen leverancier is onvervangbaar.",
        "Interfaces follow open standards; no supplier is indispensable.",
    ),
    "source": Text(
        "Le code payé par la collectivité est publié sous licence libre.",
        "De code die met publiek geld is betaald, verschijnt onder een vrije licentie.",
        "Code paid for by the public is published under a free licence.",
    ),
    "privacy": Text(
        "La protection des données et la sécurité sont prévues dès la conception.",
        "Gegevensbescherming en veiligheid zijn van bij het ontwerp voorzien.",
        "Data protection and security are part of the design.",
    ),
    "access": Text(
        "Le service est accessible à tous, dans les langues de la Région, aussi sans écran.",
        "De dienst is toegankelijk voor iedereen, in de talen van het Gewest, ook zonder scherm.",
        "The service is open to everybody, in the Region’s languages, without a screen too.",
    ),
    "cost": Text(
        "Le coût complet, entretien compris, est estimé et financé.",
        "De volledige kost, met inbegrip van het onderhoud, is geraamd en gefinancierd.",
        "The whole cost, upkeep included, is estimated and funded.",
    ),
    "end": Text(
        "L’évaluation et la fin du projet ou du contrat sont réglées.",
        "De evaluatie en het einde van het project of contract zijn geregeld.",
        "Evaluation and the end of the project or contract are settled.",
    ),
}
"""What a draft project or tender is read against."""
SCOPES: dict[str, Text] = {
    "national": Text("Réseau national", "Nationaal netwerk", "National network"),
    "international": Text("Réseau international", "Internationaal netwerk", "International network"),
}
ROLES: dict[str, Text] = {
    "member": Text("Membre", "Lid", "Member"),
    "follows": Text(
        "Suit les travaux et reprend les normes",
        "Volgt de werkzaamheden en neemt de standaarden over",
        "Follows the work and takes over the standards",
    ),
}
LEVELS: dict[int, Text] = {
    0: Text("Public", "Openbaar", "Public"),
    1: Text("Entre administrations", "Tussen overheden", "Between administrations"),
    2: Text("Données personnelles", "Persoonsgegevens", "Personal data"),
}
