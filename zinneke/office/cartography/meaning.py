"""What columns and fields mean: suggested from their names by the lexicon in three languages, decided by people, and never asked twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec
from django.db import transaction

from zinneke.foundations.audit import store as audit
from zinneke.foundations.tables import wording as words
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.finding import fold
from zinneke.kernel.problem import wrong
from zinneke.office.cartography import models, shelf
from zinneke.office.cartography.shelf import SUBJECT
from zinneke.office.cartography.things import Column, Element, Field, Form, Table, ThingRow

ENOUGH = 0.6
"""Share of a name that an element must explain to be suggested."""


class Suggestion(msgspec.Struct, frozen=True):
    """An element that a name seems to mean, with the share of the name that it explains."""

    element: str
    score: float


def called(row: ThingRow) -> frozenset[str]:
    """Return what an element is called in any language, folded: its titles and its synonyms."""
    synonyms = row.details.synonyms.values() if isinstance(row.details, Element) else ()
    return frozenset(" ".join(fold(text)) for text in (*row.title.values(), *(each for texts in synonyms for each in texts)))


def suggest(names: Sequence[str], elements: Iterable[tuple[str, Element, frozenset[str]]]) -> list[Suggestion]:
    """Return the elements that any of these names (the column's own, its labels) means, the best first.

    An element that is called so is meant for sure; else it explains a name when each of its concepts is in it, and the score is
    the share of the name's words that they are. Elements come with what they are `called`.
    """
    best: dict[str, float] = {}
    for name in names:
        units, plain = words.units(name), " ".join(fold(name.replace("_", " ")))
        for key, element, titles in elements:
            if plain and plain in titles:
                best[key] = 1.0
            elif units and element.concepts and all(any(concept in unit for unit in units) for concept in element.concepts):
                best[key] = max(best.get(key, 0.0), min(1.0, len(element.concepts) / len(units)))
    found = [Suggestion(key, round(score, 2)) for key, score in best.items() if score >= ENOUGH]
    return sorted(found, key=lambda each: (-each.score, each.element))[:3]


def suggest_each(
    parts: Sequence[Column | Field], elements: Sequence[tuple[str, Element, frozenset[str]]]
) -> list[tuple[Column | Field, list[Suggestion]]]:
    """Return what each column or field of a table or form seems to mean; a plain `nom` beside a first name is a last name."""
    names = {part.name: [part.name, *part.label.values()] for part in parts}
    found = {part.name: suggest(names[part.name], elements) for part in parts}
    first, last = (frozenset(key for key, element, _ in elements if set(element.concepts) == {which, "name"}) for which in ("first", "last"))
    meant = {each.element for some in found.values() for each in some}
    if meant & first and not meant & last:
        plain = [part.name for part in parts if not found[part.name] and all(words.units(said) == _PLAIN for said in names[part.name])]
        if len(plain) == 1:
            found[plain[0]] = [Suggestion(key, ENOUGH) for key in sorted(last)]
    return [(part, found[part.name]) for part in parts]


_PLAIN = frozenset((frozenset(("name",)),))


def parts_of(row: ThingRow) -> tuple[Column | Field, ...]:
    """Return the columns of a table, the fields of a form, nothing of anything else."""
    details = row.details
    return details.columns if isinstance(details, Table) else details.fields if isinstance(details, Form) else ()


def suggest_all() -> int:
    """Suggest a meaning for every column and field about which nobody decided, and return how many suggestions there are.

    Suggestions are made anew each time; decisions are never touched, and a rejected element is not suggested again.
    """
    rows = [msgspec.json.decode(each.document, type=ThingRow) for each in _all("element")]
    known = [(row.key, row.details, called(row)) for row in rows if isinstance(row.details, Element)]
    ids = dict(models.Thing.objects.filter(kind="element").values_list("key", "pk"))
    decided = set(models.Meaning.objects.exclude(state="suggested").values_list("thing_id", "column", "element_id"))
    settled = set(models.Meaning.objects.filter(state="confirmed").values_list("thing_id", "column"))
    fresh: list[models.Meaning] = []
    for record in _all("table", "form"):
        for part, suggested in suggest_each(parts_of(msgspec.json.decode(record.document, type=ThingRow)), known):
            for each in suggested if (record.pk, part.name) not in settled else ():
                if (record.pk, part.name, ids[each.element]) not in decided:
                    fresh.append(models.Meaning(thing=record, column=part.name, element_id=ids[each.element], state="suggested", score=each.score))
    with transaction.atomic():
        models.Meaning.objects.filter(state="suggested").delete()
        models.Meaning.objects.bulk_create(fresh, batch_size=1000)
    return len(fresh)


def _all(*kinds: str) -> Iterable[models.Thing]:
    return models.Thing.objects.filter(kind__in=kinds, withdrawn=False).order_by("key")


def decide(actor: Actor, key: str, column: str, element: str, agreed: bool) -> None:
    """Keep what a person says that a column means, or does not mean."""
    record = shelf.record_of(actor, key, Right.EDIT)
    target = shelf.record_of(actor, element)
    if target.kind != "element":
        raise wrong(f"{element} is no data element.", where="element")
    if column not in {part.name for part in parts_of(msgspec.json.decode(record.document, type=ThingRow))}:
        raise wrong(f"{key} has no column or field {column!r}.", where="column")
    state = "confirmed" if agreed else "rejected"
    with transaction.atomic():
        models.Meaning.objects.update_or_create(
            thing=record, column=column, element=target, defaults={"state": state, "score": 1.0, "by": actor.key, "when": datetime.now(UTC)}
        )
        if agreed:
            record.meanings.filter(column=column, state="suggested").exclude(element=target).delete()
        audit.record(actor, f"meaning.{state}", f"{SUBJECT}:{key}", {"column": column, "element": element})
