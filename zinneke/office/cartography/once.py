"""Only once: may a form ask what it asks? A field is followed to its data element, to the authentic source, to the agreement.

The rule is the Region's own: since the ordinance of 17 July 2020 an administration asks for the key by which a source finds the rest, and not for
what authentic sources hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

import msgspec

from zinneke.kernel.text import Text
from zinneke.office.cartography.things import Agreement, Element, Form

Verdict = Literal["stop", "agree", "none", "key", "unknown"]
SECONDS = 20.0
"""Seconds that answering one question takes where the form says nothing: an assumption, shown wherever hours are."""
VERDICTS: dict[Verdict, tuple[str, Text, Text]] = {
    "stop": (
        "act",
        Text("Ne plus demander", "Niet meer vragen", "Stop asking"),
        Text(
            "Une source authentique le sait et un accord permet de la consulter.",
            "Een authentieke bron weet het en een overeenkomst laat toe ze te raadplegen.",
            "An authentic source knows it, and an agreement allows reading it.",
        ),
    ),
    "agree": (
        "watch",
        Text("Obtenir l’accord", "De overeenkomst verkrijgen", "Get the agreement"),
        Text(
            "Une source authentique le sait, mais rien ne permet encore à cette administration de la consulter.",
            "Een authentieke bron weet het, maar niets laat deze administratie al toe ze te raadplegen.",
            "An authentic source knows it, but nothing allows this administration to read it yet.",
        ),
    ),
    "none": (
        "unknown",
        Text("Pas de source", "Geen bron", "No source"),
        Text(
            "Aucune source authentique connue ne le détient : il faut encore le demander.",
            "Geen bekende authentieke bron heeft het: het moet nog gevraagd worden.",
            "No authentic source that we know holds it: it still has to be asked.",
        ),
    ),
    "key": (
        "good",
        Text("Clé à demander", "Te vragen sleutel", "Key to ask for"),
        Text(
            "C’est la clé avec laquelle une source trouve le reste.",
            "Dit is de sleutel waarmee een bron de rest vindt.",
            "This is the key with which a source finds the rest.",
        ),
    ),
    "unknown": (
        "unknown",
        Text("À comprendre", "Nog te begrijpen", "To be understood"),
        Text(
            "Personne n’a encore dit quel élément de données cette question demande.",
            "Niemand heeft al gezegd welk gegevenselement deze vraag opvraagt.",
            "Nobody has said yet which data element this question asks for.",
        ),
    ),
}
"""For each verdict: its status, its name, and what it means."""


class Ground(msgspec.Struct, frozen=True):
    """What is known about elements: the sources authoritative for each, and the agreements that cover each or its sources."""

    elements: Mapping[str, Element]
    sources: Mapping[str, tuple[str, ...]]
    agreements: Mapping[str, tuple[str, ...]]
    terms: Mapping[str, Agreement]
    consumers: Mapping[str, frozenset[str]]


class FieldVerdict(msgspec.Struct, frozen=True):
    """What becomes of one question: the verdict, the element, the sources and the agreements that make it so, and hours a year."""

    field: str
    verdict: Verdict
    element: str = ""
    sure: bool = False
    sources: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    hours: float | None = None


class FormCheck(msgspec.Struct, frozen=True):
    """A form's verdicts. Hours are what answering costs citizens a year, None when nobody said how often the form is filled in."""

    form: str
    owner: str
    volume: int | None
    fields: tuple[FieldVerdict, ...]

    def count(self, verdict: Verdict) -> int:
        """Return how many fields have a verdict."""
        return sum(each.verdict == verdict for each in self.fields)

    def hours(self, *verdicts: Verdict) -> float | None:
        """Return the hours a year of the fields with these verdicts."""
        known = [each.hours for each in self.fields if each.verdict in verdicts and each.hours is not None]
        return None if self.volume is None else sum(known)


class OwnerCheck(msgspec.Struct, frozen=True):
    """An administration's forms together: how many there are, their questions, those with the verdicts `stop` and `agree`, the rate, the hours."""

    owner: str
    forms: int
    questions: int
    stop: int
    agree: int
    rate: float | None
    hours_stop: float | None
    hours_agree: float | None


def hours(checks: Iterable[FormCheck], *verdicts: Verdict) -> float | None:
    """Return the hours a year of the questions with these verdicts in several forms; None when no form says how often it is filled in."""
    known = [each for check in checks if (each := check.hours(*verdicts)) is not None]
    return sum(known) if known else None


def by_owner(checks: Iterable[FormCheck]) -> list[OwnerCheck]:
    """Return the check by administration, what costs citizens most first."""
    owned: dict[str, list[FormCheck]] = defaultdict(list)
    for each in checks:
        owned[each.owner].append(each)
    found = [
        OwnerCheck(
            owner, len(some), sum(len(each.fields) for each in some), sum(each.count("stop") for each in some),
            sum(each.count("agree") for each in some), rate(some), hours(some, "stop"), hours(some, "agree"),
        )
        for owner, some in owned.items()
    ]  # fmt: skip
    return sorted(found, key=lambda each: (-(each.hours_stop or 0), -(each.hours_agree or 0), -each.stop, -each.agree, each.owner))


def check(key: str, owner: str, form: Form, meant: Mapping[str, tuple[str, bool]], ground: Ground, day: date) -> FormCheck:
    """Judge each field of a form. `meant` gives for a field its element and whether a person confirmed it; `day` is when agreements must hold."""
    verdicts = []
    for field in form.fields:
        seconds = SECONDS if field.seconds is None else field.seconds
        hours = None if form.volume is None else round(form.volume * seconds / 3600, 1)
        element, sure = meant.get(field.name, ("", False))
        verdict, sources, agreements = _judge(element, owner, ground, day)
        verdicts.append(FieldVerdict(field.name, verdict, element, sure, sources, agreements, hours))
    return FormCheck(key, owner, form.volume, tuple(verdicts))


def _judge(element: str, owner: str, ground: Ground, day: date) -> tuple[Verdict, tuple[str, ...], tuple[str, ...]]:
    if element not in ground.elements:
        return "unknown", (), ()
    if ground.elements[element].identifies:
        return "key", (), ()
    sources = ground.sources.get(element, ())
    if not sources:
        return "none", (), ()
    held = [each for each in _agreements(element, sources, ground) if owner in ground.consumers.get(each, ()) and ground.terms[each].holds(day)]
    return ("stop", sources, tuple(held)) if held else ("agree", sources, ())


def _agreements(element: str, sources: Iterable[str], ground: Ground) -> list[str]:
    return sorted({each for key in (element, *sources) for each in ground.agreements.get(key, ())})


def rate(checks: Iterable[FormCheck]) -> float | None:
    """Return the Only Once rate: of the fields that a source could answer, the share that is no longer asked or lawfully cannot be read yet.

    A field with the verdict `stop` counts against it, `agree` half; None when no field could be answered by a source.
    """
    stop = agree = kept = 0
    for each in checks:
        stop, agree, kept = stop + each.count("stop"), agree + each.count("agree"), kept + each.count("key")
    could = stop + agree + kept
    return None if not could else round((kept + agree / 2) / could, 3)
