"""The selection's own words in three languages."""

from __future__ import annotations

from zinneke.kernel.text import Text

STAGES: dict[str, Text] = {
    "base": Text("Base d’idées", "Ideeënbasis", "Base of ideas"),
    "relevant": Text("Idées pertinentes", "Relevante ideeën", "Relevant ideas"),
    "longlist": Text("Longue liste", "Longlist", "Long list"),
    "roadmap": Text("Feuille de route", "Roadmap", "Roadmap"),
}
MEANING: dict[str, Text] = {
    "base": Text(
        "Ce que d’autres villes font, et ce que la note propose.",
        "Wat andere steden doen, en wat de nota voorstelt.",
        "What other cities do, and what the note proposes.",
    ),
    "relevant": Text(
        "Retenues sur trois critères : rôle des pouvoirs publics, données et technologies, qualité de la vie.",
        "Weerhouden op drie criteria: rol van de overheid, data en technologie, levenskwaliteit.",
        "Kept on three criteria: role of government, data and technology, quality of life.",
    ),
    "longlist": Text(
        "Comparées avec les projets de la Région, une fiche pour chacune.",
        "Vergeleken met de projecten van het Gewest, één fiche voor elk.",
        "Compared with the Region’s projects, one fiche for each.",
    ),
    "roadmap": Text(
        "Choisies par la méthode publiée, et planifiées.",
        "Gekozen met de gepubliceerde methode, en gepland.",
        "Chosen by the published method, and planned.",
    ),
}
IN_THE_NOTE: dict[str, Text] = {
    "base": Text("plus de 700", "meer dan 700", "more than 700"),
    "relevant": Text("100", "100", "100"),
    "longlist": Text("environ 50", "ongeveer 50", "about 50"),
    "roadmap": Text("à choisir", "nog te kiezen", "to be chosen"),
}
"""What the ambition note of 2019 counted at each stage: quoted, never used to count."""
STANDINGS: dict[str, Text] = {**STAGES, "out": Text("Écartées", "Niet weerhouden", "Left out")}
COVERAGE: dict[str, Text] = {
    "exists": Text("Existe dans la Région", "Bestaat in het Gewest", "Exists in the Region"),
    "partly": Text("Existe en partie", "Bestaat gedeeltelijk", "Exists partly"),
    "missing": Text("Manque encore", "Ontbreekt nog", "Still missing"),
}
EVIDENCE: dict[str, Text] = {
    "public_knowledge": Text("Connaissance publique, à vérifier", "Publieke kennis, te verifiëren", "Public knowledge, to be verified"),
    "published": Text("Publié par la source citée", "Gepubliceerd door de genoemde bron", "Published by the source named"),
    "verified": Text("Vérifié auprès de la ville", "Geverifieerd bij de stad", "Verified with the city"),
}
STATES: dict[str, Text] = {
    "planned": Text("prévu", "gepland", "planned"),
    "running": Text("en cours", "lopend", "running"),
    "done": Text("terminé", "afgerond", "done"),
    "stopped": Text("arrêté", "stopgezet", "stopped"),
}
KINDS: dict[str, Text] = {
    "pass": Text("Retenue", "Weerhouden", "Let through"),
    "exclude": Text("Écartée", "Niet weerhouden", "Left out"),
    "return": Text("Reprise", "Opnieuw opgenomen", "Brought back in"),
    "compare": Text("Comparée", "Vergeleken", "Compared"),
    "merge": Text("Fusionnée", "Samengevoegd", "Merged"),
    "apart": Text("Distinguée d’une autre", "Onderscheiden van een andere", "Told apart from another"),
}
WAYS: dict[str, Text] = {
    "weighted_sum": Text("Somme pondérée", "Gewogen som", "Weighted sum"),
    "topsis": Text("TOPSIS", "TOPSIS", "TOPSIS"),
    "promethee": Text("PROMETHEE II", "PROMETHEE II", "PROMETHEE II"),
}
WAYS_MEAN: dict[str, Text] = {
    "weighted_sum": Text(
        "Chaque critère apporte ses points, selon son poids.",
        "Elk criterium brengt punten aan, volgens zijn gewicht.",
        "Each criterion adds points, by its weight.",
    ),
    "topsis": Text(
        "Le plus proche du meilleur imaginable et le plus loin du pire.",
        "Het dichtst bij het best denkbare en het verst van het slechtste.",
        "Nearest to the best imaginable and farthest from the worst.",
    ),
    "promethee": Text(
        "Chacun comparé à chacun, critère par critère.",
        "Elk met elk vergeleken, criterium per criterium.",
        "Each compared with each, criterion by criterion.",
    ),
}
MISSING: dict[str, Text] = {
    "leave_out": Text("l’option n’est pas classée", "de optie wordt niet gerangschikt", "the option is not ranked"),
    "worst": Text("le plus mauvais bout de l’échelle", "het slechtste einde van de schaal", "the worst end of the scale"),
    "median": Text("la médiane des autres options", "de mediaan van de andere opties", "the median of the other options"),
}
CLAUSES: dict[str, Text] = {
    "must": Text("« {0} » doit être choisi", "‘{0}’ moet gekozen worden", "“{0}” must be chosen"),
    "needs": Text(
        "« {0} » demande que « {1} » soit terminé avant", "‘{0}’ vraagt dat ‘{1}’ eerst klaar is", "“{0}” needs “{1}” to be finished first"
    ),
    "against": Text("« {0} » et « {1} » s’excluent", "‘{0}’ en ‘{1}’ sluiten elkaar uit", "“{0}” and “{1}” exclude each other"),
    "budget": Text("le budget", "het budget", "the budget"),
    "people": Text("le nombre de personnes", "het aantal mensen", "the people there are"),
    "parallel": Text("le nombre de projets à la fois", "het aantal projecten tegelijk", "the limit of projects at a time"),
    "length": Text("« {0} » ne tient pas dans la période", "‘{0}’ past niet in de periode", "“{0}” does not fit into the period"),
    "cycle": Text("chacun demande le suivant : {0}", "elk vraagt het volgende: {0}", "each needs the next: {0}"),
}
