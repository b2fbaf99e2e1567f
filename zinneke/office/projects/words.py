"""The words of the fiche: one word for each phase, state, answer and plan, the same for every administration."""

from __future__ import annotations

from zinneke.kernel.policy import AUDIENCES as AUDIENCES
from zinneke.kernel.text import Text, same

KINDS: dict[str, Text] = {
    "smart": Text("Projets smart", "Smart projecten", "Smart projects"),
    "works": Text("Chantiers en voirie", "Werken op de openbare weg", "Works in the street"),
}
PHASES: dict[str, Text] = {
    "idea": Text("Idée", "Idee", "Idea"),
    "initiation": Text("Lancement", "Opstart", "Initiation"),
    "planning": Text("Préparation", "Voorbereiding", "Planning"),
    "execution": Text("Réalisation et essai", "Uitvoering en proef", "Execution and pilot"),
    "rollout": Text("En service", "In gebruik", "In service"),
    "closed": Text("Terminé", "Afgesloten", "Closed"),
}
"""The phases in their order, after PM²; one passes from each to the next by a gate."""
HEALTH: dict[str, Text] = {
    "good": Text("Sur la bonne voie", "Op schema", "On track"),
    "watch": Text("À surveiller", "In het oog te houden", "To watch"),
    "act": Text("En difficulté", "In moeilijkheden", "In trouble"),
    "unknown": Text("État non communiqué", "Toestand niet meegedeeld", "Health not reported"),
}
WEIGHTS: dict[str, Text] = {
    "low": Text("faible", "laag", "low"),
    "medium": Text("moyenne", "gemiddeld", "medium"),
    "high": Text("élevée", "hoog", "high"),
}
LESSONS: dict[str, Text] = {
    "success": Text("Ce qui a réussi", "Wat gelukt is", "What worked"),
    "failure": Text("Pourquoi cela a échoué", "Waarom het mislukt is", "Why it failed"),
}
OBSTACLES: dict[str, Text] = {
    "reported": Text("signalé", "gemeld", "reported"),
    "sent": Text("transmis à l’autorité compétente", "doorgestuurd naar de bevoegde overheid", "sent to the competent body"),
    "solved": Text("levé", "opgelost", "solved"),
}
ANSWERS: dict[str, Text] = {
    "": Text("pas encore de réponse", "nog geen antwoord", "no answer yet"),
    "yes": Text("oui", "ja", "yes"),
    "partly": Text("en partie", "deels", "partly"),
    "no": Text("non", "nee", "no"),
}
CHECK: dict[str, Text] = {
    "data": Text(
        "Les données produites sont-elles décrites dans le catalogue ?",
        "Staan de gegevens die eruit voortkomen in de catalogus?",
        "Are the data it produces described in the catalogue?",
    ),
    "reuse": Text(
        "Des composants existants sont-ils réutilisés ?", "Worden bestaande componenten hergebruikt?", "Are existing components used again?"
    ),
    "openness": Text(
        "Le code, les interfaces et les données sont-ils ouverts ?",
        "Zijn de code, de interfaces en de gegevens open?",
        "Are the code, the interfaces and the data open?",
    ),
    "privacy": Text(
        "La vie privée est-elle protégée dès la conception ?",
        "Wordt de privacy van bij het ontwerp beschermd?",
        "Is privacy protected by design?",
    ),
    "inclusion": Text(
        "Chacun peut-il s’en servir, aussi sans appareil ?",
        "Kan iedereen er gebruik van maken, ook zonder toestel?",
        "Can everybody use it, also without a device?",
    ),
}
"""The smart check: what each new solution is asked."""
PLANS: dict[str, Text] = {
    "smart-city-2019": Text("Note d’ambition Smart City (2019)", "Ambitienota Smart City (2019)", "Smart City ambition note (2019)"),
    "next-tech": same("Next Tech (2017-2020)"),
    "innovation": Text(
        "Plan régional pour l’innovation (2016-2020)", "Gewestelijk Innovatieplan (2016-2020)", "Regional innovation plan (2016-2020)"
    ),
    "digital-brussels": same("digital.brussels"),
    "inclusion": Text("Inclusion numérique", "Digitale inclusie", "Digital inclusion"),
    "good-move": same("Good Move"),
    "sdg-3": Text("ODD 3 : santé et bien-être", "SDG 3: gezondheid en welzijn", "SDG 3: health and well-being"),
    "sdg-4": Text("ODD 4 : éducation de qualité", "SDG 4: kwaliteitsonderwijs", "SDG 4: quality education"),
    "sdg-7": Text("ODD 7 : énergie propre", "SDG 7: schone energie", "SDG 7: clean energy"),
    "sdg-11": Text("ODD 11 : villes durables", "SDG 11: duurzame steden", "SDG 11: sustainable cities"),
    "sdg-13": Text("ODD 13 : climat", "SDG 13: klimaat", "SDG 13: climate"),
    "sdg-16": Text("ODD 16 : institutions efficaces", "SDG 16: sterke instellingen", "SDG 16: effective institutions"),
}
"""The plans to which a project may contribute."""
COMPONENT_STATES: dict[str, Text] = {
    "missing": Text("Manque encore", "Ontbreekt nog", "Still missing"),
    "building": Text("En développement", "In ontwikkeling", "Being built"),
    "running": Text("En service", "In gebruik", "In service"),
    "ending": Text("En fin de vie", "Uitdovend", "Being phased out"),
    "retired": Text("Retiré", "Buiten gebruik", "Retired"),
}
REASONS: dict[str, Text] = {
    "data": Text("les mêmes données", "dezelfde gegevens", "the same data"),
    "feeds": Text("l’un produit ce que l’autre utilise", "het ene levert wat het andere gebruikt", "one produces what the other uses"),
    "component": Text("le même composant", "dezelfde component", "the same component"),
    "place": Text("le même endroit", "dezelfde plaats", "the same place"),
    "time": Text("presque au même moment", "bijna op hetzelfde ogenblik", "nearly the same time"),
    "supplier": Text("le même fournisseur", "dezelfde leverancier", "the same supplier"),
    "partner": Text("le même partenaire", "dezelfde partner", "the same partner"),
    "public": Text("le même public", "hetzelfde publiek", "the same public"),
    "words": Text("des mots presque identiques", "bijna dezelfde woorden", "nearly the same words"),
}
"""Why two projects are pointed out together."""
PAIR_STATES: dict[str, Text] = {
    "open": Text("À décider", "Te beslissen", "To be decided"),
    "accepted": Text("Acceptée", "Aanvaard", "Accepted"),
    "refused": Text("Écartée", "Verworpen", "Refused"),
}
FILTERS: dict[str, Text] = {
    "domain": Text("Domaine", "Domein", "Domain"),
    "challenge": Text("Défi", "Uitdaging", "Challenge"),
    "phase": Text("Phase", "Fase", "Phase"),
    "owner": Text("Qui en répond", "Wie verantwoordelijk is", "Who answers for it"),
    "commune": Text("Commune", "Gemeente", "Commune"),
}
ORDERS: dict[str, Text] = {
    "name": Text("Par nom", "Op naam", "By name"),
    "changed": Text("Modifiés récemment", "Laatst gewijzigd", "Changed lately"),
    "end": Text("Par date de fin", "Op einddatum", "By end date"),
}
ICONS = {"environment": "leaf", "mobility": "bike", "people": "users", "living": "house-heart", "economy": "store", "government": "landmark"}
HUES = {
    "environment": "#3d8f62", "mobility": "#1d8aa1", "people": "#c2557c", "living": "#b27c28", "economy": "#9a62b8", "government": "#4b7cc2",
}  # fmt: skip
"""Each domain's colour on maps: of middle tone, so that it reads on light and dark grounds; its name stands beside it."""
ROOMS: dict[str, tuple[Text, Text]] = {
    "audit": (
        Text("Journal", "Logboek", "Journal"),
        Text(
            "Qui a fait quoi, sur quelle base, scellé contre toute retouche.",
            "Wie wat deed, op welke grond, verzegeld tegen elke wijziging.",
            "Who did what, on which ground, sealed against any change.",
        ),
    ),
    "identity": (
        Text("Identités et droits", "Identiteiten en rechten", "Identities and rights"),
        Text(
            "Personnes, organisations, rôles, jetons et connexion.",
            "Personen, organisaties, rollen, tokens en aanmelding.",
            "People, organisations, roles, tokens and sign-in.",
        ),
    ),
    "territory": (
        Text("Territoire", "Grondgebied", "Territory"),
        Text(
            "Communes, quartiers, rues, lieux, systèmes de coordonnées et fond de plan.",
            "Gemeenten, wijken, straten, plaatsen, coördinatenstelsels en achtergrondkaart.",
            "Communes, neighbourhoods, streets, places, coordinate systems and base map.",
        ),
    ),
    "tables": (
        Text("Tables de données", "Datatabellen", "Data tables"),
        Text(
            "Chaque version d’un jeu de données, gardée telle quelle, interrogeable et exportable.",
            "Elke versie van een dataset, ongewijzigd bewaard, bevraagbaar en exporteerbaar.",
            "Each version of a dataset, kept as it was, to be queried and exported.",
        ),
    ),
    "observations": (
        Text("Mesures et capteurs", "Metingen en sensoren", "Measurements and sensors"),
        Text(
            "Objets, flux de mesures, dernière valeur, historique et alertes.",
            "Objecten, meetstromen, laatste waarde, geschiedenis en meldingen.",
            "Things, streams of values, latest value, history and alerts.",
        ),
    ),
    "catalogue": (
        Text("Catalogue de données", "Datacatalogus", "Data catalogue"),
        Text(
            "Tous les jeux de données connus, leur qualité, et la recherche.",
            "Alle bekende datasets, hun kwaliteit, en de zoekfunctie.",
            "Every known dataset, its quality, and the search.",
        ),
    ),
    "cartography": (
        Text("Cartographie des données", "Datacartografie", "Data cartography"),
        Text(
            "Applications, processus, formulaires et données : redondances, lacunes, collecte unique.",
            "Toepassingen, processen, formulieren en gegevens: overlappingen, leemten, eenmalige inzameling.",
            "Applications, processes, forms and data: overlaps, gaps, asking only once.",
        ),
    ),
    "projects": (
        Text("Projets et composants", "Projecten en componenten", "Projects and components"),
        Text(
            "L’inventaire des projets smart, leurs étapes, leurs synergies, et ce catalogue.",
            "De inventaris van smart projecten, hun fasen en synergieën, en deze catalogus.",
            "The inventory of smart projects, their gates and synergies, and this catalogue.",
        ),
    ),
    "selection": (
        Text("Sélection des projets", "Selectie van projecten", "Selection of projects"),
        Text(
            "De l’idée à la feuille de route, par une méthode publiée que chacun peut rejouer.",
            "Van idee tot stappenplan, met een gepubliceerde methode die iedereen kan nadoen.",
            "From idea to roadmap, by a published method that anybody can replay.",
        ),
    ),
    "indicators": (
        Text("Indicateurs", "Indicatoren", "Indicators"),
        Text(
            "Définitions validées, valeurs, cibles et tableaux de bord.",
            "Gevalideerde definities, waarden, doelen en dashboards.",
            "Validated definitions, values, targets and dashboards.",
        ),
    ),
    "network": (
        Text("Réseau Smart City", "Smart City-netwerk", "Smart City network"),
        Text(
            "Représentants, réunions, décisions, actions et questions.",
            "Vertegenwoordigers, vergaderingen, beslissingen, acties en vragen.",
            "Representatives, meetings, decisions, actions and enquiries.",
        ),
    ),
    "knowledge": (
        Text("Connaissances et veille", "Kennis en opvolging", "Knowledge and watch"),
        Text(
            "Veille, événements, publications et lettres d’information.",
            "Technologiewacht, evenementen, publicaties en nieuwsbrieven.",
            "Watch, events, publications and newsletters.",
        ),
    ),
    "scenarios": (
        Text("Simulation de politiques", "Beleidssimulatie", "Policy simulation"),
        Text(
            "Ce qu’une décision changerait, avec ses hypothèses et son incertitude.",
            "Wat een beslissing zou veranderen, met aannames en onzekerheid.",
            "What a decision would change, with its assumptions and its uncertainty.",
        ),
    ),
}
"""The rooms of the platform as components; one that is not here shows its own sentence."""
