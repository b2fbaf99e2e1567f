"""High-value datasets of Implementing Regulation (EU) 2023/138: the six categories, and which of them a dataset says it is in. Pure.

Nothing is guessed: a dataset is of high value when its source declares a category, or when its own keywords name a dataset of the annex.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.kernel.text import Text

LEGISLATION = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
_SCHEME = "http://data.europa.eu/bna/"


@dataclass(frozen=True, slots=True)
class Category:
    """A thematic category of the regulation: its address in the EU's vocabulary, its name, and the datasets of the annex by which it is known."""

    uri: str
    name: Text
    words: tuple[str, ...]


CATEGORIES: dict[str, Category] = {
    "geospatial": Category(
        f"{_SCHEME}c_ac64a52d",
        Text("Géospatial", "Geospatiale data", "Geospatial"),
        ("administrative units", "geographical names", "addresses", "buildings", "buidings", "cadastral parcels", "reference parcels",
         "agricultural parcels"),
    ),
    "earth-observation": Category(
        f"{_SCHEME}c_dd313021",
        Text("Observation de la terre et environnement", "Aardobservatie en milieu", "Earth observation and environment"),
        ("hydrography", "elevation", "geology", "land cover", "land use", "orthoimagery", "area management", "bio-geographical regions",
         "energy resources", "environmental monitoring facilities", "habitats and biotopes", "mineral resources", "natural risk zones",
         "oceanographic geographical features", "production and industrial facilities", "protected sites", "sea regions", "soil",
         "species distribution", "air", "climate", "emissions", "noise", "waste", "water"),
    ),
    "meteorological": Category(
        f"{_SCHEME}c_164e0bf5",
        Text("Météorologie", "Meteorologische data", "Meteorological"),
        ("meteorological", "weather observations", "climate data", "weather alerts", "radar data", "nwp model data"),
    ),
    "statistics": Category(f"{_SCHEME}c_e1da4e07", Text("Statistiques", "Statistiek", "Statistics"), ("statistics",)),
    "companies": Category(
        f"{_SCHEME}c_a9135398",
        Text("Entreprises et propriété d’entreprises", "Bedrijven en eigendom van bedrijven", "Companies and company ownership"),
        ("companies", "company ownership"),
    ),
    "mobility": Category(f"{_SCHEME}c_b79e35eb", Text("Mobilité", "Mobiliteit", "Mobility"), ("transport networks", "inland waterways", "mobility")),
}  # fmt: skip
"""The categories by our key."""

_BY_ADDRESS = {category.uri: key for key, category in CATEGORIES.items()}
_BY_WORD = {word: key for key, category in CATEGORIES.items() for word in (key, *category.words)}
_KEYWORD = re.compile(r"\bhvd[_ -]+(?:cat(?:egory)?[_ -]+)?([a-z][a-z _-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A category of the regulation, and the evidence for it: the source's declaration, or the keyword in which it names the annex."""

    category: str
    evidence: str
    declared: bool


def category_key(address: str) -> str:
    """Return our key of a category's address in the EU's vocabulary; "" when it is none."""
    return _BY_ADDRESS.get(address.strip().replace("https://", "http://").rstrip("/"), "")


def recognise(row: DatasetRow) -> tuple[Recognised, ...]:
    """Return the categories that a dataset is in, each with its evidence, the declared ones first."""
    found = {key: Recognised(key, CATEGORIES[key].uri, True) for key in row.hvd if key in CATEGORIES}
    for keyword in {word for words in row.keywords.values() for word in words}:
        if "hvd" in keyword.lower():
            for key in _named(keyword):
                found.setdefault(key, Recognised(key, keyword, False))
    return tuple(found.values())


def _named(keyword: str) -> Iterator[str]:
    """Yield the categories that a keyword names, such as `HVD_cat_land use, HVD_cat_buildings`."""
    for match in _KEYWORD.finditer(keyword):
        word = re.sub(r"[_\s-]+", " ", match[1]).strip().lower()
        word = re.sub(r"\s+hvd.*$", "", word)
        if key := _BY_WORD.get(word):
            yield key
