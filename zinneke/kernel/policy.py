"""The words of the smart-city policy itself: six domains, five challenges, five foundations, four audiences. The codes are the standard's own."""

from __future__ import annotations

from zinneke.kernel.text import Text

DOMAINS: dict[str, Text] = {
    "environment": Text("Environnement", "Leefmilieu", "Environment"),
    "mobility": Text("Mobilité", "Mobiliteit", "Mobility"),
    "living": Text("Cadre de vie", "Leefkwaliteit", "Living"),
    "people": Text("Population", "Bevolking", "People"),
    "economy": Text("Économie", "Economie", "Economy"),
    "government": Text("Gouvernance", "Bestuur", "Government"),
}
"""Where a policy acts."""
CHALLENGES: dict[str, Text] = {
    "population": Text("Essor démographique", "Bevolkingsgroei", "Population growth"),
    "sustainability": Text("Durabilité et environnement", "Duurzaamheid en milieu", "Sustainability and environment"),
    "mobility": Text("Mobilité", "Mobiliteit", "Mobility"),
    "economy": Text("Économie, emploi, formation et enseignement", "Economie, werk, opleiding en onderwijs", "Economy, jobs, training and education"),
    "poverty": Text("Dualisation de la ville et pauvreté", "Dualisering van de stad en armoede", "Divided city and poverty"),
}
"""What a city has to answer."""
FOUNDATIONS: dict[str, Text] = {
    "data": Text("Données", "Gegevens", "Data"),
    "technologies": Text("Technologies", "Technologie", "Technologies"),
    "governance": Text("Gouvernance", "Governance", "Governance"),
    "collaboration": Text("Collaboration", "Samenwerking", "Collaboration"),
    "human_capital": Text("Capital humain", "Menselijk kapitaal", "Human capital"),
}
"""On what every solution stands."""
AUDIENCES: dict[str, Text] = {
    "administrations": Text("Administrations", "Overheden", "Administrations"),
    "companies": Text("Entreprises", "Bedrijven", "Companies"),
    "academia": Text("Monde académique", "Academische wereld", "Academia"),
    "citizens": Text("Citoyens", "Burgers", "Citizens"),
}
"""For whom and with whom."""
