"""How good a dataset's description is, with advice, and how fresh its data are. Pure.

The criteria are ours, after the five dimensions of the EU's metadata quality assessment (findable, accessible, interoperable,
reusable, contextual) and the needs of a bilingual city; `docs/catalogue.md` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from zinneke.foundations.catalogue.values import Advice, DatasetRow
from zinneke.foundations.catalogue.vocabularies import FORMATS, FREQUENCIES, LICENCES
from zinneke.kernel.text import Text

GRACE = 1.5
"""Data are late when their last change is older than this many times the declared interval."""


def _both(row: DatasetRow, name: str, share: int, shortest: int = 1) -> int:
    """Give `share` points for each of French and Dutch in which a text is said at some length."""
    texts = getattr(row, name)
    return sum(share for language in ("fr", "nl") if len(texts.get(language, "")) >= shortest)


def _licence(row: DatasetRow) -> int:
    licence = LICENCES.get(row.licence)
    if licence is None or licence.key == "unknown":
        return 0
    return 15 if licence.open else 7


def _form(row: DatasetRow) -> int:
    forms = [FORMATS[each.format] for each in row.distributions if each.format in FORMATS]
    if any(form.readable for form in forms):
        return 15
    return 5 if row.distributions else 0


def _fresh(row: DatasetRow, now: datetime) -> int:
    if row.modified is None:
        return 0
    return 10 if freshness(row, now)[0] != "late" else 4


Criterion = tuple[str, int, Callable[[DatasetRow, datetime], int], Text]

CRITERIA: tuple[Criterion, ...] = (
    (
        "title",
        10,
        lambda row, now: _both(row, "title", 5),
        Text(
            "Donnez le titre en français et en néerlandais.",
            "Geef de titel in het Frans en in het Nederlands.",
            "Give the title in French and in Dutch.",
        ),
    ),
    (
        "description",
        14,
        lambda row, now: _both(row, "description", 7, 40),
        Text(
            "Décrivez les données en français et en néerlandais, en deux phrases au moins.",
            "Beschrijf de gegevens in het Frans en in het Nederlands, in minstens twee zinnen.",
            "Describe the data in French and in Dutch, in at least two sentences.",
        ),
    ),
    (
        "keywords",
        6,
        lambda row, now: min(6, 2 * len({word for found in row.keywords.values() for word in found})),
        Text("Ajoutez au moins trois mots-clés.", "Voeg minstens drie trefwoorden toe.", "Add at least three keywords."),
    ),
    (
        "theme",
        5,
        lambda row, now: 5 if row.themes else 0,
        Text("Choisissez un thème européen.", "Kies een Europees thema.", "Choose a European theme."),
    ),
    (
        "licence",
        15,
        lambda row, now: _licence(row),
        Text(
            "Indiquez une licence ouverte et connue, par exemple CC BY 4.0.",
            "Vermeld een bekende open licentie, bijvoorbeeld CC BY 4.0.",
            "State a known, open licence, such as CC BY 4.0.",
        ),
    ),
    (
        "format",
        15,
        lambda row, now: _form(row),
        Text(
            "Proposez un format lisible par machine, par exemple CSV ou GeoJSON.",
            "Bied een machineleesbaar formaat aan, bijvoorbeeld CSV of GeoJSON.",
            "Offer a machine-readable form, such as CSV or GeoJSON.",
        ),
    ),
    (
        "download",
        10,
        lambda row, now: 10 if any(each.url for each in row.distributions) else 0,
        Text("Donnez une adresse de téléchargement directe.", "Geef een rechtstreeks downloadadres.", "Give an address that downloads directly."),
    ),
    (
        "freshness",
        10,
        _fresh,
        Text(
            "Indiquez la date de mise à jour et respectez la fréquence annoncée.",
            "Vermeld de datum van bijwerking en houd u aan de aangekondigde frequentie.",
            "State the date of the last update, and keep to the declared frequency.",
        ),
    ),
    (
        "frequency",
        4,
        lambda row, now: 4 if row.frequency in FREQUENCIES else 0,
        Text("Indiquez la fréquence de mise à jour.", "Vermeld hoe vaak de gegevens worden bijgewerkt.", "State how often the data are updated."),
    ),
    (
        "publisher",
        4,
        lambda row, now: 4 if row.publisher else 0,
        Text("Indiquez qui publie les données.", "Vermeld wie de gegevens publiceert.", "State who publishes the data."),
    ),
    (
        "contact",
        3,
        lambda row, now: 3 if row.contact or row.page else 0,
        Text(
            "Donnez un contact ou une page d’information.", "Geef een contact of een informatiepagina.", "Give a contact or a page with information."
        ),
    ),
    (
        "place",
        2,
        lambda row, now: 2 if row.spatial or row.communes else 0,
        Text("Indiquez le territoire couvert.", "Vermeld welk gebied de gegevens bestrijken.", "State the area that the data cover."),
    ),
    (
        "period",
        2,
        lambda row, now: 2 if row.start or row.end else 0,
        Text("Indiquez la période couverte.", "Vermeld welke periode de gegevens bestrijken.", "State the period that the data cover."),
    ),
)
"""The criteria: key, points, how many are earned, what to do about the rest. The points add up to 100."""


def assess(row: DatasetRow, now: datetime) -> tuple[int, tuple[Advice, ...]]:
    """Return the quality of a dataset's description, 0 to 100, and advice for each criterion that lost points."""
    score, advice = 0, []
    for key, points, earn, words in CRITERIA:
        earned = earn(row, now)
        score += earned
        if earned < points:
            advice.append(Advice(key, earned, points, words.as_dict()))
    return score, tuple(advice)


def score(row: DatasetRow, now: datetime) -> int:
    """Return the quality alone, 0 to 100."""
    return sum(earn(row, now) for _key, _points, earn, _words in CRITERIA)


_FRESHNESS = {
    "current": Text("À jour", "Actueel", "Up to date"),
    "late": Text("En retard sur la fréquence annoncée", "Later dan de aangekondigde frequentie", "Later than the declared frequency"),
    "dated": Text("Sans fréquence annoncée", "Zonder aangekondigde frequentie", "No declared frequency"),
    "final": Text("Version définitive", "Definitieve versie", "Final version"),
    "unknown": Text("Date de mise à jour inconnue", "Datum van bijwerking onbekend", "Date of update unknown"),
}


def freshness(row: DatasetRow, now: datetime) -> tuple[str, Text]:
    """Say whether a dataset keeps the frequency that it declares: a key (current, late, dated, final, unknown) and its words."""
    if row.modified is None:
        key = "unknown"
    elif row.frequency == "never":
        key = "final"
    elif days := FREQUENCIES.get(row.frequency, (None, 0))[1]:
        key = "late" if (now - row.modified).total_seconds() / 86_400 > days * GRACE + 1 else "current"
    else:
        key = "dated"
    return key, _FRESHNESS[key]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One side of a description's quality: its name, the points that it earned of those it can, and advice for each point lost."""

    name: Text
    earned: int
    points: int
    advice: tuple[Advice, ...]


DIMENSIONS: tuple[tuple[Text, frozenset[str]], ...] = (
    (Text("Facile à trouver", "Vlot te vinden", "Easy to find"), frozenset({"title", "description", "keywords", "theme", "place", "period"})),
    (Text("Facile à obtenir", "Vlot te krijgen", "Easy to get"), frozenset({"download"})),
    (Text("Lisible par machine", "Machineleesbaar", "Readable by machines"), frozenset({"format"})),
    (Text("Libre à réutiliser", "Vrij te hergebruiken", "Free to reuse"), frozenset({"licence", "publisher", "contact"})),
    (Text("Tenu à jour", "Actueel gehouden", "Kept up to date"), frozenset({"freshness", "frequency"})),
)
"""The five dimensions of the EU's assessment, in plain words, and the criteria of each."""


def dimensions(advice: Iterable[Advice]) -> tuple[Dimension, ...]:
    """Return a description's quality by dimension, from the advice that `assess` gave."""
    lost = {each.criterion: each for each in advice}
    found = []
    for name, criteria in DIMENSIONS:
        points = sum(most for key, most, _earn, _words in CRITERIA if key in criteria)
        own = tuple(lost[key] for key, *_ in CRITERIA if key in criteria and key in lost)
        found.append(Dimension(name, points - sum(each.points - each.earned for each in own), points, own))
    return tuple(found)
