"""What kind of place a point of interest is: some twenty-five categories that people look for, from OpenStreetMap's many tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zinneke.foundations.territory.values import FAMOUS
from zinneke.kernel.text import Text, same

CATEGORIES: dict[str, Text] = {
    "administration": Text("Administration", "Overheid", "Public administration"),
    "education": Text("École et université", "School en universiteit", "School and university"),
    "childcare": Text("Crèche et maternelle", "Crèche en kleuterschool", "Nursery"),
    "library": Text("Bibliothèque", "Bibliotheek", "Library"),
    "culture": Text("Théâtre, cinéma et arts", "Theater, film en kunst", "Theatre, cinema and arts"),
    "museum": Text("Musée", "Museum", "Museum"),
    "sight": Text("Curiosité et monument", "Bezienswaardigheid en monument", "Sight and monument"),
    "information": Text("Information touristique", "Toeristische informatie", "Tourist information"),
    "lodging": Text("Hébergement", "Logies", "Place to stay"),
    "hospital": Text("Hôpital et clinique", "Ziekenhuis en kliniek", "Hospital and clinic"),
    "care": Text("Médecin, dentiste et soins", "Arts, tandarts en zorg", "Doctor, dentist and care"),
    "pharmacy": Text("Pharmacie", "Apotheek", "Pharmacy"),
    "safety": Text("Police et pompiers", "Politie en brandweer", "Police and fire brigade"),
    "worship": Text("Lieu de culte", "Gebedshuis", "Place of worship"),
    "community": Text("Maison de quartier et aide", "Buurthuis en hulp", "Community and social centre"),
    "playground": Text("Plaine de jeux", "Speelplein", "Playground"),
    "sport": Text("Sport et détente", "Sport en ontspanning", "Sport and leisure"),
    "park": Text("Parc et jardin", "Park en tuin", "Park and garden"),
    "restaurant": same("Restaurant"),
    "fast_food": Text("Restauration rapide", "Snackbar", "Fast food"),
    "cafe": Text("Café et bar", "Café en bar", "Café and bar"),
    "food_shop": Text("Alimentation", "Voeding", "Food shop"),
    "shop": Text("Magasin", "Winkel", "Shop"),
    "services": Text("Coiffeur, réparation et services", "Kapper, herstelling en diensten", "Hairdresser, repair and services"),
    "money_post": Text("Banque et poste", "Bank en post", "Bank and post"),
    "mobility": Text("Vélo, voiture et stationnement", "Fiets, auto en parkeren", "Bicycle, car and parking"),
    "office": Text("Bureau et association", "Kantoor en vereniging", "Office and association"),
    "vacant": Text("Commerce vide", "Leegstaande winkel", "Vacant shop"),
    "other": Text("Autre", "Andere", "Other"),
}

_TAGS: dict[str, dict[str, str]] = {
    "administration": {"amenity": "townhall courthouse", "office": "government"},
    "education": {"amenity": "school university college language_school music_school driving_school"},
    "childcare": {"amenity": "kindergarten childcare"},
    "library": {"amenity": "library", "office": "archive"},
    "culture": {"amenity": "theatre cinema arts_centre planetarium events_centre venue_centre conference_centre studio", "tourism": "gallery"},
    "museum": {"tourism": "museum"},
    "sight": {"tourism": "attraction viewpoint artwork", "historic": "*", "amenity": "fountain clock bell"},
    "information": {"tourism": "information"},
    "lodging": {"tourism": "hotel hostel guest_house apartment"},
    "hospital": {"amenity": "hospital clinic", "healthcare": "hospital clinic"},
    "care": {"amenity": "dentist doctors veterinary", "healthcare": "*"},
    "pharmacy": {"amenity": "pharmacy", "healthcare": "pharmacy"},
    "safety": {"amenity": "police fire_station"},
    "worship": {"amenity": "place_of_worship"},
    "community": {"amenity": "community_centre social_facility toilets"},
    "playground": {"leisure": "playground"},
    "sport": {"leisure": "sports_centre fitness_centre dance trampoline_park spa tanning_salon swimming_pool"},
    "park": {"leisure": "park garden"},
    "restaurant": {"amenity": "restaurant"},
    "fast_food": {"amenity": "fast_food ice_cream"},
    "cafe": {"amenity": "cafe pub bar biergarten hookah_lounge"},
    "food_shop": {
        "shop": "convenience bakery supermarket butcher chocolate deli pastry greengrocer wine cheese seafood alcohol confectionery coffee tea"
        " beverages health_food frozen_food grocery farm food pasta honey spices nutrition_supplements general"
    },
    "services": {
        "shop": "hairdresser beauty laundry massage tattoo funeral_directors tailor dry_cleaning copyshop travel_agency locksmith pet_grooming"
        " printing shoe_repair repair storage_rental tool_hire rental piercing estate_agent ironingshop wellness ticket bookmaker craft"
    },
    "money_post": {"amenity": "bank post_office atm bureau_de_change", "shop": "money_lender outpost pawnbroker gold_buyer"},
    "mobility": {
        "amenity": "parking_entrance parking fuel bicycle_rental bicycle_wash mobility_hub charging_station car_rental",
        "shop": "bicycle car car_repair car_parts tyres motorcycle motorcycle_repair bicycle_repair small_electric_vehicle car_pound",
    },
    "vacant": {"shop": "vacant"},
    "office": {"office": "*"},
    "shop": {"shop": "*"},
}

_ORDER = ("amenity", "tourism", "leisure", "healthcare", "shop", "historic", "office")
_OF_TAG = {(key, value): category for category, tags in _TAGS.items() for key, values in tags.items() for value in values.split()}
_PROMINENT = frozenset({"administration", "museum", "hospital", "culture", "library", "education", "park", "sight"})


def category_of(tags: Mapping[str, Any]) -> str:
    """Return the category of a place from its OpenStreetMap tags: the first tag, in a fixed order, that says one; else `other`."""
    for key in _ORDER:
        for value in str(tags.get(key) or "").split(";"):
            if value and value != "no" and (found := _OF_TAG.get((key, value.strip())) or _OF_TAG.get((key, "*"))):
                return found
    return "other"


def weight_of(category: str, tags: Mapping[str, Any]) -> float:
    """Return how prominent a place is among those of a like name: an encyclopedia entry counts most, then what the public visits."""
    return (FAMOUS if tags.get("wikidata") else 0.0) + (1.0 if category in _PROMINENT else 0.0)
