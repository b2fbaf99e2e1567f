"""What the demonstration city lacks for the pages of indicators: an international ranking."""

from __future__ import annotations

from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.indicators import store
from zinneke.office.indicators.values import City, Ranking


def plant() -> None:
    """Plant a ranking under the key that the page's sample names."""
    words = {"fr": "Classement inventé", "nl": "Verzonnen rangschikking", "en": "Invented ranking"}
    ranking = Ranking(
        key="smart-city-index", name=words, edition="2026", publisher="Zinneke", method=words, address="", cities=3, parts={"people": words},
        note=words, compared=("Brussels", "Lyon"),
    )  # fmt: skip
    cities = [City("Lyon", "France", 1, 7.1, {"people": 7.0}), City("Brussels", "Belgium", 2, 5.4, {"people": 6.7}), City("Elsewhere", "", 3, 4.2)]
    store.set_ranking(SYSTEM, ranking, cities)
