"""Pure rules of the territory: how names are compared, and what is wrong with a coordinate."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from zinneke.foundations.territory.values import Bbox
from zinneke.kernel.load import Fault
from zinneke.kernel.text import LANGUAGES

_LETTERS = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l"})
_SHORT = {
    "av": "avenue", "bd": "boulevard", "bld": "boulevard", "boul": "boulevard", "ch": "chaussee", "chee": "chaussee", "pl": "place",
    "st": "saint", "ste": "sainte", "sq": "square", "imp": "impasse", "stwg": "steenweg", "stw": "steenweg", "str": "straat", "ln": "laan",
    "o": "onze", "olv": "onze",
}  # fmt: skip
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


@lru_cache(maxsize=1024)
def normalise(text: str) -> str:
    """Return a name as it is compared: without accents, case, hyphens, apostrophes or doubled spaces."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    letters = "".join(each for each in plain if not unicodedata.combining(each)).lower()
    return " ".join(re.findall(r"[^\W_]+", letters))


def search_text(names: Mapping[str, str]) -> str:
    """Return the search column of a record: its names normalised, one slot a language of the house, with bars between."""
    return "|".join(normalise(names.get(language, "")) for language in LANGUAGES)


def spelled_out(word: str) -> str:
    """Return the word that an abbreviation of the street signs stands for (`av` for avenue), else the word itself."""
    return _SHORT.get(word, word)


def one_slip_away(word: str) -> Iterator[str]:
    """Yield every word that one slip of the finger away: a letter missing, doubled up, wrong, or two swapped."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _ALPHABET:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


def coordinate_faults(lon: NDArray[np.float64], lat: NDArray[np.float64], box: Bbox | None, limit: int = 100) -> list[Fault]:
    """Say what is wrong with coordinates, at most `limit` times: not a number, out of range, or swapped.

    `box` is the region's bounding box; a pair that is outside it but would be inside the other way round looks swapped.
    A point that is simply elsewhere in the world is no fault.
    """
    missing = ~(np.isfinite(lon) & np.isfinite(lat))
    swapped = np.zeros(len(lon), bool)
    if box is not None:
        west, south, east, north = box
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        swapped = ~inside & (lat >= west) & (lat <= east) & (lon >= south) & (lon <= north)
    outside = ~missing & ~swapped & ((np.abs(lon) > 180) | (np.abs(lat) > 90))
    faults = []
    for at in np.flatnonzero(missing | swapped | outside)[:limit].tolist():
        pair = f"longitude {lon[at]:g}, latitude {lat[at]:g}"
        if missing[at]:
            what = "the coordinate is not a number. Give longitude and latitude in degrees."
        elif swapped[at]:
            what = f"{pair} lie outside the region but look swapped: longitude {lat[at]:g}, latitude {lon[at]:g} would be inside."
        else:
            what = f"{pair} are not on Earth: longitude goes from -180 to 180, latitude from -90 to 90. Metres need a crs."
        faults.append(Fault(f"point {at}", what))
    return faults
