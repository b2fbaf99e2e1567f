"""The names of cities that French or Dutch writes otherwise than English, in which the base of ideas knows them."""

from __future__ import annotations

from zinneke.kernel.text import Text, same

CITIES: dict[str, Text] = {
    "Antwerp": Text("Anvers", "Antwerpen", "Antwerp"),
    "Athens": Text("Athènes", "Athene", "Athens"),
    "Barcelona": Text("Barcelone", "Barcelona", "Barcelona"),
    "Basel": Text("Bâle", "Bazel", "Basel"),
    "Bengaluru": Text("Bangalore", "Bangalore", "Bengaluru"),
    "Berlin": Text("Berlin", "Berlijn", "Berlin"),
    "Bologna": Text("Bologne", "Bologna", "Bologna"),
    "Bremen": Text("Brême", "Bremen", "Bremen"),
    "Bruges": Text("Bruges", "Brugge", "Bruges"),
    "Brussels": Text("Bruxelles", "Brussel", "Brussels"),
    "Budapest": Text("Budapest", "Boedapest", "Budapest"),
    "Cape Town": Text("Le Cap", "Kaapstad", "Cape Town"),
    "Cologne": Text("Cologne", "Keulen", "Cologne"),
    "Copenhagen": Text("Copenhague", "Kopenhagen", "Copenhagen"),
    "Dubai": Text("Dubaï", "Dubai", "Dubai"),
    "Dunkirk": Text("Dunkerque", "Duinkerke", "Dunkirk"),
    "Freiburg": Text("Fribourg-en-Brisgau", "Freiburg", "Freiburg"),
    "Geneva": Text("Genève", "Genève", "Geneva"),
    "Ghent": Text("Gand", "Gent", "Ghent"),
    "Gothenburg": Text("Göteborg", "Göteborg", "Gothenburg"),
    "Groningen": Text("Groningue", "Groningen", "Groningen"),
    "Hamburg": Text("Hambourg", "Hamburg", "Hamburg"),
    "Kortrijk": Text("Courtrai", "Kortrijk", "Kortrijk"),
    "Leuven": Text("Louvain", "Leuven", "Leuven"),
    "Lille": Text("Lille", "Rijsel", "Lille"),
    "Lisbon": Text("Lisbonne", "Lissabon", "Lisbon"),
    "Liège": Text("Liège", "Luik", "Liège"),
    "London": Text("Londres", "Londen", "London"),
    "Luxembourg": Text("Luxembourg", "Luxemburg", "Luxembourg"),
    "Mechelen": Text("Malines", "Mechelen", "Mechelen"),
    "Mexico City": Text("Mexico", "Mexico-Stad", "Mexico City"),
    "Milan": Text("Milan", "Milaan", "Milan"),
    "Montreal": Text("Montréal", "Montreal", "Montreal"),
    "Munich": Text("Munich", "München", "Munich"),
    "Málaga": Text("Malaga", "Málaga", "Málaga"),
    "Namur": Text("Namur", "Namen", "Namur"),
    "New Orleans": Text("La Nouvelle-Orléans", "New Orleans", "New Orleans"),
    "Nijmegen": Text("Nimègue", "Nijmegen", "Nijmegen"),
    "Paris": Text("Paris", "Parijs", "Paris"),
    "Philadelphia": Text("Philadelphie", "Philadelphia", "Philadelphia"),
    "Prague": Text("Prague", "Praag", "Prague"),
    "Seoul": Text("Séoul", "Seoel", "Seoul"),
    "Singapore": Text("Singapour", "Singapore", "Singapore"),
    "Strasbourg": Text("Strasbourg", "Straatsburg", "Strasbourg"),
    "The Hague": Text("La Haye", "Den Haag", "The Hague"),
    "Tokyo": Text("Tokyo", "Tokio", "Tokyo"),
    "Turin": Text("Turin", "Turijn", "Turin"),
    "Valencia": Text("Valence", "Valencia", "Valencia"),
    "Vienna": Text("Vienne", "Wenen", "Vienna"),
    "Warsaw": Text("Varsovie", "Warschau", "Warsaw"),
    "Winterthur": Text("Winterthour", "Winterthur", "Winterthur"),
    "Zaragoza": Text("Saragosse", "Zaragoza", "Zaragoza"),
    "Zurich": Text("Zurich", "Zürich", "Zurich"),
}


def city_name(city: str) -> Text:
    """Return the name of a city in the three languages; one that is not listed has the same in all."""
    return CITIES.get(city) or same(city)
