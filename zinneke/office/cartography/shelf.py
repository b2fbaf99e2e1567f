"""Reading the map: things, what they hang together with, what their columns mean; each question carries the actor's reach."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec
from django.db.models import Q, QuerySet
from django.utils import timezone

from zinneke.foundations.identity.within import within
from zinneke.kernel.confidentiality import Actor, Level, Right, reach
from zinneke.kernel.finding import fold
from zinneke.kernel.problem import not_found
from zinneke.office.cartography import models
from zinneke.office.cartography.things import Kind, Meaning, Status, Thing, ThingRow, Tie
from zinneke.office.cartography.values import TableProfile

SUBJECT = "cartography"


def reachable(actor: Actor, right: Right = Right.SEE, prefix: str = "") -> Q:
    """Return the things within an actor's reach as a condition; a grant on `cartography.paradigm` reaches what paradigm owns."""
    return within(actor, right, SUBJECT, part="owner", prefix=prefix) & Q(**{f"{prefix}withdrawn": False})


def things(actor: Actor, right: Right = Right.SEE) -> QuerySet[models.Thing]:
    """Return the things within an actor's reach, as a query."""
    return models.Thing.objects.filter(reachable(actor, right))


def record_of(actor: Actor, key: str, right: Right = Right.SEE) -> models.Thing:
    """Return the record of a thing. Raises `Problem` 404 when there is none within reach."""
    found = things(actor, right).filter(key=key).first()
    if found is None:
        raise not_found("thing", key)
    return found


def status_of(record: models.Thing, today: date) -> Status:
    """Say how far a thing is to be believed: verified until its next review; stale after it, or when its source has lost it."""
    if record.missing or (record.next_review and record.next_review < today):
        return "stale"
    return "verified" if record.reviewed else "declared"


def personal(actor: Actor) -> bool:
    """Say whether an actor may be told of people: who looks after a thing, who wrote or decided something."""
    return reach(actor, Right.SEE, SUBJECT).allows(Level.PERSONAL)


def thing(record: models.Thing, with_people: bool = False) -> Thing:
    """Return a record as a value; its steward and who wrote it last are told only to those who may see personal data."""
    row = msgspec.json.decode(record.document, type=ThingRow)
    return Thing(
        row=row if with_people else msgspec.structs.replace(row, steward=""),
        kind=row.kind,
        status=status_of(record, timezone.localdate()),
        version=record.version,
        changed=record.changed,
        by=record.by if with_people else "",
        reviewed=record.reviewed,
        missing=record.missing,
        claimed=tuple(record.claimed),
    )


def narrowed(
    actor: Actor, kinds: Iterable[Kind] = (), owner: str = "", text: str = "", status: str = "", area: str = "", right: Right = Right.SEE
) -> QuerySet[models.Thing]:
    """Return the things that answer to every filter given; `text` are words or beginnings of words in any language."""
    found, today = things(actor, right), timezone.localdate()
    if kinds := tuple(kinds):
        found = found.filter(kind__in=kinds)
    if owner:
        found = found.filter(owner=owner)
    if area:
        found = found.filter(area=area)
    for word in fold(text)[:8]:
        found = found.filter(words__contains=f" {word}")
    stale = Q(missing__isnull=False) | Q(next_review__lt=today)
    if status == "stale":
        found = found.filter(stale)
    elif status == "verified":
        found = found.filter(~stale, reviewed__isnull=False)
    elif status == "declared":
        found = found.filter(~stale, reviewed__isnull=True)
    return found.order_by("kind", "key")


def rows(actor: Actor, *kinds: Kind) -> list[ThingRow]:
    """Return the things of some kinds that the actor may see; the steward stays in the house."""
    found = narrowed(actor, kinds)
    return [msgspec.structs.replace(msgspec.json.decode(each.document, type=ThingRow), steward="") for each in found]


def used(actor: Actor) -> frozenset[str]:
    """Return the keys of what a processing activity uses or processes, as far as the actor sees both."""
    links = models.Link.objects.filter(reachable(actor, prefix="source__") & reachable(actor, prefix="target__"))
    return frozenset(links.filter(source__kind="treatment", relation__in=("uses", "processes")).values_list("target__key", flat=True))


def words_of(row: ThingRow) -> str:
    """Return what a search looks in: the words of title, text and details, each after a space, without accents."""
    texts = [row.key, *row.title.values(), *row.about.values()]
    for column in getattr(row.details, "columns", ()):
        texts += [column.name, *column.label.values()]
    for field in getattr(row.details, "fields", ()):
        texts += [field.name, *field.label.values()]
    for synonyms in getattr(row.details, "synonyms", {}).values():
        texts += synonyms
    return " " + " ".join(dict.fromkeys(word for text in texts for word in fold(text.replace("_", " "))))


def ties(actor: Actor, record: models.Thing) -> list[Tie]:
    """Return a thing's links to what the actor may see as well."""
    out = record.out.filter(reachable(actor, prefix="target__")).select_related("target").order_by("relation", "target__key")
    into = record.into.filter(reachable(actor, prefix="source__")).select_related("source").order_by("relation", "source__key")
    return [
        *(Tie(link.relation, True, link.target.key, link.target.kind, link.target.title, link.origin) for link in out),
        *(Tie(link.relation, False, link.source.key, link.source.kind, link.source.title, link.origin) for link in into),
    ]


def meanings(actor: Actor, record: models.Thing) -> list[Meaning]:
    """Return what the columns or fields of a thing mean, decided before suggested, the likeliest first."""
    found = record.meanings.filter(reachable(actor, prefix="element__")).select_related("element")
    order = {"confirmed": 0, "suggested": 1, "rejected": 2}
    told = personal(actor)
    values = [
        Meaning(record.key, each.column, each.element.key, each.element.title, each.state, each.score, each.by if told else "", each.when)
        for each in found
    ]
    return sorted(values, key=lambda each: (each.column, order[each.state], -each.score, each.element))


def profile(record: models.Thing) -> TableProfile | None:
    """Return what was measured of a table, None when nothing was."""
    kept = models.Profile.objects.filter(thing=record).first()
    return msgspec.msgpack.decode(bytes(kept.document), type=TableProfile) if kept else None


def told(record: models.Thing) -> TableProfile | None:
    """Return what was measured of a table without its sketches, which nobody needs to see and which whoever has their key could try values on."""
    found = profile(record)
    if found is None:
        return None
    columns = tuple(msgspec.structs.replace(each, sketch=None, words=None) for each in found.columns)
    return msgspec.structs.replace(found, columns=columns)
