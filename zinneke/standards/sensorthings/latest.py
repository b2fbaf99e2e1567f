"""Pages of things and streams with the newest of each, answered from memory: what the records say written ahead, what is measured filled in.

Whatever is not recognised here, or cannot be known from memory, is left to `reading`, which answers the same.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from zinneke.foundations.observations import store
from zinneke.foundations.observations.entities import newest, sets
from zinneke.foundations.observations.values import Answered, Apply, Entity, Given, Int32s, Node, Question
from zinneke.foundations.observations.values import Path as Named
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call, Reply
from zinneke.standards.sensorthings import address, document, options, prepared
from zinneke.standards.sensorthings.options import Options
from zinneke.standards.sensorthings.prepared import Observation, Prepared, Preparing
from zinneke.standards.sensorthings.reading import ROOT

RECORDS = frozenset({"Things", "Locations", "Sensors", "ObservedProperties", "Datastreams"})
"""Sets of which the records alone tell everything but what was observed, and when."""
MEASURED = frozenset({"Observations", "MultiDatastreams", "HistoricalLocations", "TaskingCapabilities", "phenomenonTime", "resultTime"})
"""Steps of a path that lead away from them."""
LARGEST, MOST_STREAMS = 1_000, 10_000
"""Entities, and streams, of the largest page that is answered here."""
ROOM, SHELVES, PAGES = 160_000_000, 50, 200
"""Bytes (at the most: what entities and pages share is counted for both), ways of asking, and pages of each, that are kept."""
AN_ENTITY, A_STREAM = 32, 64
"""Bytes that a page needs for each of its entities and streams, whatever they say."""
AHEAD = 500
"""Streams that are prepared together: those that follow will be asked for next."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A question as far as it does not depend on who asks. `kind` is what its entities look like; `low` and `exact` say which streams, by number."""

    segments: list[address.Segment]
    set: str
    options: Options
    kind: tuple[str, str, str]
    numbered: bool
    low: float = 0
    exact: bool = False


@dataclass(slots=True)
class Page:
    """Which entities a page holds, and what stands before them; `filled` are they as they stood when its streams had these numbers of changes."""

    head: bytes
    entities: list[Prepared]
    streams: Int32s
    filled: tuple[list[int], list[bytes]] | None = None

    @property
    def size(self) -> int:
        """Return about how many bytes it needs, filled: what stands in its parts it may keep longer than the entities do."""
        return len(self.head) + A_STREAM * len(self.streams) + sum(AN_ENTITY + each.size for each in self.entities)


@dataclass(slots=True)
class Shelf:
    """What was prepared for those who see the same and ask alike, while the records have this stamp."""

    stamp: str
    preparing: Preparing
    variants: list[Observation]
    entities: dict[int, Prepared] = field(default_factory=dict)
    pages: dict[tuple[str, str], Page] = field(default_factory=dict)
    numbers: Int32s | None = None
    size: int = 0


_shelves: OrderedDict[tuple[Any, ...], Shelf] = OrderedDict()
_lock = threading.Lock()


def forget() -> None:
    """Forget what was prepared."""
    with _lock:
        _shelves.clear()


def answer(call: Call[Any]) -> Reply | None:
    """Answer from memory, None for what cannot be. What must be prepared first is looked up, for which an event loop has no database."""
    wish = read(call.ask.path, call.query)
    stamp = store.newest_stamp(call.actor) if wish is not None else None
    if wish is None or stamp is None:
        return None
    shelf = _shelf(call, wish, stamp)
    key = (call.ask.path, call.query)
    page = shelf.pages.get(key)
    if page is None:
        page = _page(call, wish, shelf)
        if page is None:
            return None
        _keep(shelf, key, page)
    body = _filled(call.actor, shelf, page)
    if body is None:
        with _lock:
            gone = shelf.pages.pop(key, None)
            shelf.size -= gone.size if gone else 0
        return None
    return Reply(body)


def _keep(shelf: Shelf, key: tuple[str, str], page: Page) -> None:
    """Keep a page, and forget what was prepared when all of it has become too much."""
    with _lock:
        if len(shelf.pages) >= PAGES:
            shelf.size -= sum(each.size for each in shelf.pages.values())
            shelf.pages.clear()
        if shelf.pages.setdefault(key, page) is page:
            shelf.size += page.size
        if sum(each.size for each in _shelves.values()) > ROOM:
            _shelves.clear()


@lru_cache(1_000)
def read(path: str, query: str) -> Wish | None:
    """Return what is asked, None when it is not for here: it may be wrong, or ask for more than the records and the newest."""
    try:
        segments, asked = address.read(path), options.read_query(query)
        names = [segment.name for segment in segments]
        if names not in (["Datastreams"], ["Things"], ["Things", "Datastreams"]) or segments[-1].id is not None:
            return None
        if len(segments) == 2 and not isinstance(segments[0].id, int):
            return None
        here = names[-1]
        if asked.format or (options.PAGE if asked.top is None else asked.top) > LARGEST or not _recorded(here, asked):
            return None
        document.question(here, asked, "en")
    except Problem:
        return None
    said = asked.said or {}
    kind = (here, said.get("$expand", ""), said.get("$select", ""))
    begun = asked.after is None or (len(asked.after) == 1 and _number(asked.after[0]))
    if len(segments) == 1 and here == "Datastreams" and begun and not asked.order and not asked.count:
        match asked.where:
            case None:
                return Wish(segments, here, asked, kind, numbered=True)
            case Apply("gt" | "ge" | "eq" as sign, (Named(("id" | "@iot.id",)), Given("number", number))) if _number(number):
                return Wish(segments, here, asked, kind, True, number if sign == "gt" else number - 1, sign == "eq")
    return Wish(segments, here, asked, kind, numbered=False)


def _number(value: Any) -> bool:
    return type(value) is int and abs(value) < 2**31


def _recorded(set_name: str, asked: Options) -> bool:
    """Say whether the records, and the newest observation of each stream, answer this."""
    nodes = [*([asked.where] if asked.where is not None else []), *(each.by for each in asked.order)]
    if not all(map(_known, nodes)):
        return False
    for name, inner in (asked.expand or {}).items():
        link = sets.get_link(set_name, name)
        if link.target == "Observations":
            if set_name != "Datastreams" or not newest.meant(Question(set=link.target, **document.question(link.target, inner, "en"))):
                return False
        elif link.target not in RECORDS or (link.many and set_name != "Things") or not _recorded(link.target, inner):
            return False
    return True


def _known(node: Node) -> bool:
    if isinstance(node, Named):
        return MEASURED.isdisjoint(node.steps)
    return not isinstance(node, Apply) or (node.function != "now" and all(map(_known, node.operands)))


def _shelf(call: Call[Any], wish: Wish, stamp: str) -> Shelf:
    """Return what is prepared for this kind of question, for those who see what this actor sees; what is of other records is thrown away."""
    key = (wish.kind, call.base, call.language, call.actor.grants, call.actor.scopes)
    shelf = _shelves.get(key)
    if shelf is not None and shelf.stamp == stamp:
        return shelf
    found = list(prepared.observations(wish.options))
    places = {path: at for at, (path, _) in enumerate(found)}
    root = call.base + ROOT
    shelf = Shelf(stamp, Preparing(root, wish.set, wish.options, places), [Observation(root, inner) for _, inner in found])
    with _lock:
        for old in [each for each, kept in _shelves.items() if kept.stamp != stamp]:
            del _shelves[old]
        _shelves[key] = shelf
        while len(_shelves) > SHELVES:
            _shelves.popitem(last=False)
    return shelf


def _page(call: Call[Any], wish: Wish, shelf: Shelf) -> Page | None:
    """Return which entities are meant, those prepared that were not before."""
    found, ahead = _numbered(call.actor, wish, shelf) if wish.numbered else (_asked(call, wish), [])
    ids = [int(each.id) for each in found.entities]
    if any(each not in shelf.entities for each in ids) and not _prepare(call, wish, shelf, [*ids, *ahead]):
        return None
    entities = [shelf.entities[each] for each in ids if each in shelf.entities]
    streams = [number for each in entities for number in each.streams]
    if len(entities) < len(ids) or len(streams) > MOST_STREAMS:
        return None
    return Page(document.head(found, wish.options, f"{call.base}{ROOT}/{call.ask.path.strip('/')}"), entities, np.array(streams, np.int32))


def _numbered(actor: Actor, wish: Wish, shelf: Shelf) -> tuple[Answered, list[int]]:
    """Return a page of streams in order of number, and the numbers of those that follow."""
    if shelf.numbers is None:
        shelf.numbers = store.list_numbers(actor)
    numbers, asked = shelf.numbers, wish.options
    low = max(wish.low, (asked.after or (0,))[0])
    first = int(np.searchsorted(numbers, low, "right")) + asked.skip
    top = options.PAGE if asked.top is None else asked.top
    chosen = numbers[first : first + top + 1].tolist()
    if wish.exact:
        chosen = [number for number in numbers[first : first + 1].tolist() if number == wish.low + 1]
    page = Answered("Datastreams", [Entity(number, {}) for number in chosen[:top]])
    if top and len(chosen) > top:
        page.next = (chosen[top - 1],)
    return page, numbers[first + top : first + top + AHEAD].tolist()


def _asked(call: Call[Any], wish: Wish) -> Answered:
    """Return a page that must be looked up: without what its entities bring along."""
    bare = replace(wish.options, expand=None)
    here = address.walk(call.actor, wish.segments, call.language)
    return store.ask(call.actor, here.question(**document.question(wish.set, bare, call.language, options.PAGE)))


def _prepare(call: Call[Any], wish: Wish, shelf: Shelf, ids: Sequence[int]) -> bool:
    """Prepare entities that are not yet; False when the records changed meanwhile."""
    missing = tuple(each for each in ids if each not in shelf.entities)[: max(AHEAD, LARGEST)]
    made = document.question(wish.set, replace(prepared.plain(wish.options), where=None, order=(), skip=0, count=False, after=None), call.language)
    answered = store.ask(call.actor, Question(set=wish.set, ids=missing, **{**made, "top": len(missing)}))
    if store.newest_stamp(call.actor) != shelf.stamp:
        return False
    for entity in answered.entities:
        shelf.entities[int(entity.id)] = one = shelf.preparing.prepare(entity)
        shelf.size += one.size
    return True


def _filled(actor: Actor, shelf: Shelf, page: Page) -> bytes | None:
    """Return a page as it stands now, None when it is not known from memory."""
    stood = store.stand(actor, page.streams)
    if stood is None:
        return None
    seen, parts = page.filled or (None, [])
    if stood.changed != seen:
        parts, at, listed = [], 0, stood.listed()
        for each in page.entities:
            if not each.fill(listed, at, shelf.variants):
                shelf.entities.pop(each.id, None)
                return None
            parts.append(each.filled)
            at += len(each.streams)
        page.filled = stood.changed, parts
    return b"".join((page.head, b",".join(parts), b"]}"))
