"""Entities asked for, by an address or a query that is sent, a page at a time: with what sources hold of them, or by the map of a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote

import msgspec

from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.values import Condition, Found, Wanted
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import discovering, forwarding, maps, splitting, talk, wanted
from zinneke.standards.ngsi_ld import joining as joined
from zinneke.standards.ngsi_ld.contexts import ROOT, Context
from zinneke.standards.ngsi_ld.merged import Part, merge
from zinneke.standards.ngsi_ld.talk import GEO, Options
from zinneke.standards.ngsi_ld.writing import Writer

ENTITIES, MAPS = f"{ROOT}/entities", f"{ROOT}/entityMaps"
MAP = "NGSILD-EntityMap"
"""The header that names the map of the entities that a question means."""


def query(call: Call[None]) -> Reply:
    """Ask for entities by type, id, attributes, `q`, scope and place, a page at a time."""
    return _page(asked_for(call))


def asked_for(call: Call[None]) -> Query:
    """Return a question for entities in an address. Raises `Problem` 400."""
    asked, context = talk.options(call), talk.linked(call)
    joining, place = joined.read(asked), place_of(asked, context)
    writer, meant = wanted.writer(asked, context, joining.level), wanted.from_parameters(asked, context)
    media, keeping = talk.accepted(call, GEO), _keeping(call, asked)
    along = _along(call, asked, (), meant, context)
    asked.done()
    return Query(call, asked, context, media, meant, writer, place, joining, along, keeping)


@dataclass(frozen=True, slots=True)
class _Along:
    """Which sources are asked along, what, and what they must offer for it."""

    sought: discovering.Sought
    question: forwarding.Question
    offering: frozenset[str]
    split: tuple[Condition, ...] | None
    """What holds of each part of an entity, where these are put together before they are looked at."""


def _along(call: Call[Any], asked: Options, entities: Sequence[Any], meant: Wanted, context: Context) -> _Along:
    """Return who is asked along; `entities` are those of a query that is sent."""
    split, sought = asked.truth("splitEntities"), discovering.along(asked, entities, meant, context)
    kinds = splitting.kinds(asked, entities, meant, context) if split else None
    if call.body:
        return _Along(sought, forwarding.from_query(call, splitting.WIDE_SENT if split else forwarding.SENT), forwarding.BATCH, kinds)
    return _Along(sought, forwarding.from_parameters(asked, splitting.WIDE if split else forwarding.FORWARDED), forwarding.READING, kinds)


def place_of(asked: Options, context: Context) -> str:
    """Return the attribute that is the geometry of an entity as a feature."""
    name = asked.get("geometryProperty")
    return context.expand(name) if name else "location"


def query_sent(call: Call[None]) -> Reply:
    """Ask for entities by a query that is sent, for what is too long for an address."""
    return _page(sent_for(call))


def sent_for(call: Call[None]) -> Query:
    """Return a question for entities that is sent. Raises `Problem` 400."""
    asked = talk.options(call)
    sent, context = talk.body(call)
    meant, more = wanted.from_query(sent, asked, context)
    joining, place = joined.read(more), place_of(more, context)
    writer = wanted.writer(more, context, joining.level)
    media, keeping = talk.accepted(call, GEO), _keeping(call, more)
    along = _along(call, more, sent.get("entities") or (), meant, context)
    more.done()
    return Query(call, asked, context, media, meant, writer, place, joining, along, keeping)


@dataclass(frozen=True, slots=True)
class Query:
    """A question for entities: which, how they are told, who is asked along, and whether a map of them is kept."""

    call: Call[Any]
    asked: Options
    context: Context
    media: str
    meant: Wanted
    writer: Writer
    place: str
    joining: joined.Joining
    along: _Along
    keeping: Keeping

    @property
    def asking(self) -> forwarding.Asking | None:
        """Return a request with which sources are asked along, None when there are none."""
        return forwarding.begin(self.call, self.asked, self.context, self.along.offering)


@dataclass(frozen=True, slots=True)
class Keeping:
    """Whether a map of the entities is wanted, for how long, and which one is used."""

    wanted: bool
    lifetime: timedelta
    used: str


def _keeping(call: Call[Any], asked: Options) -> Keeping:
    used = unquote(call.headers.get(MAP.lower(), "").rpartition("/")[2])
    return Keeping(asked.truth("entityMap") or bool(used), maps.lifetime(asked.get("entityMapLifetime")), used)


def mapped(question: Query) -> tuple[maps.EntityMap, dict[str, str]]:
    """Make and keep the map of a question: those of the house in their order, then those that only sources have. Raises `Problem` 403."""
    if question.along.split is not None:
        raise wrong("An entity map does not go with splitEntities.", where="splitEntities")
    joined.check(question.joining, question.meant.where)
    ids, more = verbs.list_linked(question.call.actor, msgspec.structs.replace(question.meant, limit=maps.MOST_IDS, offset=0))
    if more:
        raise Problem(403, "Too many", f"An entity map has {maps.MOST_IDS:,} entities at the most. Ask for fewer.", code="TooManyResults")
    found: dict[str, tuple[str, ...]] = dict.fromkeys(ids, (maps.HERE,))
    asking = question.asking
    if asking is not None:
        _, parts = forwarding.gathered(asking, question.along.sought, question.along.question)
        for key, each in sorted(parts.items()):
            if key in found or any(part.mode != "auxiliary" for part in each):
                found[key] = (*found.get(key, ()), *(part.source for part in each))
    return maps.keep(question.call.actor, found, question.keeping.lifetime), asking.headers if asking is not None else {}


def _from_map(question: Query, kept: maps.EntityMap) -> tuple[Found, dict[str, str]]:
    """Return a page of the entities of a map, as they are now, of those that have them."""
    meant, ids = question.meant, list(kept.entities)
    page = ids[meant.offset : meant.offset + meant.limit]
    here = verbs.find_linked(question.call.actor, Wanted(ids=tuple(page), limit=len(page))).entities if page else []
    local, asking = {each.id: each for each in here}, question.asking
    sources = {source for key in page for source in kept.entities[key]}
    chosen, parts = list[dict[str, Any]](), dict[str, list[Part]]()
    if asking is not None:
        asking.sources[:] = [each for each in asking.sources if each.get("id") in sources]
        chosen, parts = forwarding.gathered(asking, question.along.sought, question.along.question)
    found = []
    for key in page:
        one = local.get(key)
        whole = merge(one, parts.get(key, []), forwarding.taken(chosen, one.types if one else (), key))
        found += [whole] if whole is not None else []
    count = len(ids) if meant.count else None
    return Found(entities=found, more=len(ids) > meant.offset + meant.limit, count=count), asking.headers if asking is not None else {}


def _found(question: Query) -> tuple[Found, dict[str, str], int]:
    """Return a page of entities, what is told of sources that fail, and the status of the answer: 201 when a map was made."""
    keeping, meant, along, actor = question.keeping, question.meant, question.along, question.call.actor
    if keeping.wanted:
        kept, headers, status = maps.find(actor, keeping.used), dict[str, str](), 200
        if kept is None:
            (kept, headers), status = mapped(question), 201
        found, more = _from_map(question, kept)
        return found, {**headers, **more, MAP: f"{MAPS}/{quote(kept.key, safe=':')}"}, status
    asking = question.asking
    if asking is not None and along.split is not None:
        found = splitting.queried(asking, along.sought, along.question, meant, along.split)
    else:
        found = verbs.find_linked(actor, meant)
        found = forwarding.queried(asking, along.sought, along.question, meant, found) if asking is not None else found
    return found, asking.headers if asking is not None else {}, 200


def _page(question: Query) -> Reply:
    call, context, writer, joining = question.call, question.context, question.writer, question.joining
    joined.check(joining, question.meant.where)
    found, headers, status = _found(question)
    headers |= {} if found.count is None else {"NGSILD-Results-Count": str(found.count)}
    meant = question.meant
    links = talk.page_links(call, ENTITIES, question.asked.given, meant.limit, meant.offset, found.more) if not call.body else []
    if links:
        headers["Link"] = ", ".join(links)
    if question.media == GEO:
        features = [writer.feature(entity, question.place) for entity in found.entities]
        document: dict[str, Any] = {"type": "FeatureCollection", "features": features}
        return talk.geojson(call, context, document, headers)
    documents = joined.documents(call.actor, joining, writer, found.entities)
    return talk.answer(call, context, question.media, documents, status, headers)
