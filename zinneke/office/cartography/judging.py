"""The Only Once check over everything that an actor may see."""

from __future__ import annotations

from collections import defaultdict

import msgspec
from django.utils import timezone

from zinneke.kernel.confidentiality import Actor
from zinneke.office.cartography import models, shelf
from zinneke.office.cartography.once import FormCheck, Ground, check
from zinneke.office.cartography.things import Agreement, Element, Form, ThingRow


def ground(actor: Actor) -> Ground:
    """Return what the actor may know of elements, sources and agreements."""
    rows = {each.key: msgspec.json.decode(each.document, type=ThingRow) for each in shelf.narrowed(actor, ("element", "agreement"))}
    links = models.Link.objects.filter(shelf.reachable(actor, prefix="source__") & shelf.reachable(actor, prefix="target__"))
    sources: dict[str, list[str]] = defaultdict(list)
    agreements: dict[str, list[str]] = defaultdict(list)
    consumers: dict[str, set[str]] = defaultdict(set)
    wanted = links.filter(relation__in=("guarantees", "covers", "consumes")).order_by("source__key")
    for relation, source, owner, target in wanted.values_list("relation", "source__key", "source__owner", "target__key"):
        if relation == "guarantees":
            sources[target].append(source)
        elif relation == "covers":
            agreements[target].append(source)
        else:
            consumers[target].add(owner)
    return Ground(
        elements={key: row.details for key, row in rows.items() if isinstance(row.details, Element)},
        sources={key: tuple(found) for key, found in sources.items()},
        agreements={key: tuple(found) for key, found in agreements.items()},
        terms={key: row.details for key, row in rows.items() if isinstance(row.details, Agreement)},
        consumers={key: frozenset(found) for key, found in consumers.items()},
    )


def checks(actor: Actor, owner: str = "", form: str = "") -> list[FormCheck]:
    """Return the check of each form that the actor may see: of one owner, or one form, where given."""
    found = shelf.narrowed(actor, ("form",), owner)
    records = list(found.filter(key=form) if form else found)
    if not records:
        return []
    known, today = ground(actor), timezone.localdate()
    meant: dict[int, dict[str, tuple[str, bool]]] = defaultdict(dict)
    kept = models.Meaning.objects.filter(shelf.reachable(actor, prefix="element__"), thing__in=records).exclude(state="rejected")
    for thing, column, element, state in kept.order_by("score", "-element__key").values_list("thing_id", "column", "element__key", "state"):
        if not meant[thing].get(column, ("", False))[1]:
            meant[thing][column] = element, state == "confirmed"
    checked = []
    for record in records:
        row = msgspec.json.decode(record.document, type=ThingRow)
        assert isinstance(row.details, Form)
        checked.append(check(record.key, record.owner, row.details, meant[record.pk], known, today))
    return checked
