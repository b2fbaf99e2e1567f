"""What stands beside the fields of the form: a label and, where it helps, a hint, in three languages."""

from __future__ import annotations

from zinneke.kernel.text import Text

LABELS: dict[str, Text] = {
    "name_fr": Text("Nom en français", "Naam in het Frans", "Name in French"),
    "name_nl": Text("Nom en néerlandais", "Naam in het Nederlands", "Name in Dutch"),
    "name_en": Text("Nom en anglais", "Naam in het Engels", "Name in English"),
    "summary_fr": Text("Résumé en français", "Samenvatting in het Frans", "Summary in French"),
    "summary_nl": Text("Résumé en néerlandais", "Samenvatting in het Nederlands", "Summary in Dutch"),
    "summary_en": Text("Résumé en anglais", "Samenvatting in het Engels", "Summary in English"),
    "kind": Text("Sorte", "Soort", "Kind"),
    "domain": Text("Domaine principal", "Hoofddomein", "Main domain"),
    "domains": Text("Autres domaines", "Andere domeinen", "Other domains"),
    "challenges": Text("Défis", "Uitdagingen", "Challenges"),
    "foundations": Text("Fondements touchés", "Betrokken bouwstenen", "Foundations touched"),
    "audiences": Text("Pour quels publics", "Voor welke doelgroepen", "For which audiences"),
    "owner": Text("Organisation qui en répond", "Verantwoordelijke organisatie", "Organisation that answers for it"),
    "communes": Text("Communes", "Gemeenten", "Communes"),
    "place": Text("Lieu", "Plaats", "Place"),
    "plans": Text("Plans auxquels il contribue", "Plannen waartoe het bijdraagt", "Plans to which it contributes"),
    "start": Text("Début promis", "Beloofde start", "Start promised"),
    "end": Text("Fin promise", "Beloofd einde", "End promised"),
    "started": Text("Début réel", "Werkelijke start", "Actual start"),
    "expected": Text("Fin attendue aujourd’hui", "Einde dat nu verwacht wordt", "End expected now"),
    "ended": Text("Fin réelle", "Werkelijk einde", "Actual end"),
    "planned": Text("Budget prévu, en euros", "Gepland budget, in euro", "Planned budget, in euro"),
    "committed": Text("Montant engagé, en euros", "Vastgelegd bedrag, in euro", "Committed, in euro"),
    "spent": Text("Montant dépensé, en euros", "Uitgegeven bedrag, in euro", "Spent, in euro"),
    "funding": Text("Financement", "Financiering", "Funding"),
    "health": Text("Comment va le projet", "Hoe het met het project gaat", "How the project is doing"),
    "health_note": Text("Pourquoi", "Waarom", "Why"),
    "uses": Text("Données utilisées", "Gebruikte gegevens", "Data used"),
    "gives": Text("Données produites", "Geleverde gegevens", "Data produced"),
    "components": Text("Composants utilisés", "Gebruikte componenten", "Components used"),
    "offers": Text("Composants offerts à d’autres", "Componenten voor anderen", "Components offered to others"),
    "suppliers": Text("Fournisseurs", "Leveranciers", "Suppliers"),
    "contact": Text("Contact public", "Openbaar contact", "Public contact"),
    "lead": Text("Chef de projet (interne)", "Projectleider (intern)", "Project lead (internal)"),
    "web": Text("Site web", "Website", "Website"),
    "level": Text("Qui peut le voir", "Wie het mag zien", "Who may see it"),
    "key": Text("Clé", "Sleutel", "Key"),
    "why_new": Text("Pourquoi aucun ne convient", "Waarom geen ervan past", "Why none of them fits"),
    "check_data": Text("Données décrites dans le catalogue", "Gegevens in de catalogus beschreven", "Data described in the catalogue"),
    "check_reuse": Text("Composants existants réutilisés", "Bestaande componenten hergebruikt", "Existing components used again"),
    "check_openness": Text("Code, interfaces et données ouverts", "Open code, interfaces en gegevens", "Open code, interfaces and data"),
    "check_privacy": Text("Vie privée protégée dès la conception", "Privacy beschermd van bij het ontwerp", "Privacy protected by design"),
    "check_inclusion": Text(
        "Utilisable par chacun, aussi sans appareil", "Bruikbaar voor iedereen, ook zonder toestel", "Usable by everybody, also without a device"
    ),
    "name": Text("Nom", "Naam", "Name"),
    "due": Text("Pour le", "Tegen", "Due"),
    "done": Text("Fait le", "Gedaan op", "Done on"),
    "indicator": Text("Indicateur (clé ou nom)", "Indicator (sleutel of naam)", "Indicator (key or name)"),
    "unit": Text("Unité", "Eenheid", "Unit"),
    "baseline": Text("Au départ", "Bij de start", "At the start"),
    "by": Text("Pour le", "Tegen", "By"),
    "reached": Text("Atteint", "Bereikt", "Reached"),
    "what": Text("Quoi", "Wat", "What"),
    "weight": Text("Gravité", "Ernst", "Weight"),
    "answer": Text("Réponse", "Antwoord", "Answer"),
    "law": Text("Texte de loi", "Wettekst", "Legal text"),
    "body": Text("Autorité compétente", "Bevoegde overheid", "Competent body"),
    "state": Text("État", "Stand", "State"),
    "title": Text("Titre", "Titel", "Title"),
    "url": Text("Adresse", "Adres", "Address"),
    "helix": Text("Public", "Doelgroep", "Audience"),
    "phases": Text("Dans quelles phases", "In welke fasen", "In which phases"),
    "how": Text("De quelle manière", "Op welke manier", "In which way"),
    "licence": Text("Licence", "Licentie", "Licence"),
    "code": Text("Adresse du code", "Adres van de code", "Address of the code"),
    "api": Text("Adresse de l’interface", "Adres van de interface", "Address of the interface"),
    "readiness": Text("Maturité technologique (1 à 9)", "Technologische rijpheid (1 tot 9)", "Technology readiness (1 to 9)"),
    "depends": Text("Repose sur", "Steunt op", "Depends on"),
    "priority": Text("Priorité s’il manque", "Prioriteit als hij ontbreekt", "Priority when missing"),
    "about_fr": Text("Ce qu’il fait, en français", "Wat hij doet, in het Frans", "What it does, in French"),
    "about_nl": Text("Ce qu’il fait, en néerlandais", "Wat hij doet, in het Nederlands", "What it does, in Dutch"),
    "about_en": Text("Ce qu’il fait, en anglais", "Wat hij doet, in het Engels", "What it does, in English"),
    "to": Text("Passer à", "Overgaan naar", "Pass to"),
    "reason": Text("Raison de la décision", "Reden van de beslissing", "Reason for the decision"),
    "above_limit": Text("Pourquoi au-delà de la limite", "Waarom boven de grens", "Why above the limit"),
}
"""The label of each field."""
HINTS: dict[str, Text] = {
    "name_fr": Text("Une langue suffit pour commencer.", "Eén taal volstaat om te beginnen.", "One language is enough to begin."),
    "summary_fr": Text(
        "Une ou deux phrases simples, pour tout le monde.",
        "Een of twee eenvoudige zinnen, voor iedereen.",
        "One or two plain sentences, for everybody.",
    ),
    "place": Text(
        "« longitude, latitude », comme 4.3517, 50.8467, ou une géométrie GeoJSON. Vide : toute la Région.",
        "“lengte, breedte”, zoals 4.3517, 50.8467, of een GeoJSON-geometrie. Leeg: het hele Gewest.",
        "“longitude, latitude”, such as 4.3517, 50.8467, or a GeoJSON geometry. Empty: the whole Region.",
    ),
    "end": Text(
        "Ne changez pas ce qui fut promis : notez plus bas la fin attendue.",
        "Verander niet wat beloofd was: noteer hieronder het verwachte einde.",
        "Do not change what was promised: note the end expected now below.",
    ),
    "contact": Text(
        "Une fonction ou un service, jamais une personne.", "Een functie of dienst, nooit een persoon.", "A function or service, never a person."
    ),
    "lead": Text(
        "L’adresse d’une personne qui a accès à la plateforme.",
        "Het adres van iemand met toegang tot het platform.",
        "The address of somebody with access to the platform.",
    ),
    "uses": Text(
        "Une ligne par jeu de données : sa clé dans le catalogue, ou un nom.",
        "Eén regel per dataset: de sleutel in de catalogus, of een naam.",
        "One line for each dataset: its key in the catalogue, or a name.",
    ),
    "suppliers": Text("Une ligne par fournisseur.", "Eén regel per leverancier.", "One line for each supplier."),
    "key": Text(
        "Elle figure dans l’adresse ; vide, elle est faite du nom.",
        "Staat in het adres; leeg wordt hij van de naam gemaakt.",
        "It stands in the address; empty, it is made of the name.",
    ),
}
"""A hint under a label."""
SECTIONS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (
        Text("De quoi il s’agit", "Waarover het gaat", "What it is"),
        ("name_fr", "name_nl", "name_en", "summary_fr", "summary_nl", "summary_en", "key"),
    ),
    (
        Text("Sa place dans la politique", "Zijn plaats in het beleid", "Its place in the policy"),
        ("domain", "domains", "challenges", "foundations", "audiences", "plans"),
    ),
    (Text("Qui et où", "Wie en waar", "Who and where"), ("owner", "contact", "lead", "web", "level", "communes", "place")),
    (Text("Quand", "Wanneer", "When"), ("start", "end", "started", "expected", "ended")),
    (Text("Argent et état de santé", "Geld en toestand", "Money and health"), ("planned", "committed", "spent", "funding", "health", "health_note")),
    (
        Text("Données et composants", "Gegevens en componenten", "Data and components"),
        ("uses", "gives", "components", "offers", "suppliers"),
    ),
    (Text("Le test smart", "De smart check", "The smart check"), ("check_data", "check_reuse", "check_openness", "check_privacy", "check_inclusion")),
)
"""The form in sections, each with its title."""
ROWS: dict[str, Text] = {
    "milestones": Text("Jalons", "Mijlpalen", "Milestones"),
    "partners": Text("Partenaires", "Partners", "Partners"),
    "effects": Text("Effets attendus", "Verwachte effecten", "Expected effects"),
    "risks": Text("Risques", "Risico’s", "Risks"),
    "lessons": Text("Leçons", "Lessen", "Lessons"),
    "obstacles": Text("Obstacles juridiques", "Juridische hinderpalen", "Legal obstacles"),
    "documents": Text("Documents", "Documenten", "Documents"),
}
"""The lists of a fiche, each with a few rows in the form."""
LEVELS: dict[str, Text] = {
    "0": Text("Tout le monde", "Iedereen", "Everybody"),
    "1": Text("Les administrations", "De overheden", "Administrations"),
}
