"""Things and streams in memory, as arrays that a reach turns into a mask; a snapshot, in whose place another comes when something changes."""

from __future__ import annotations

import secrets
import threading
import time
from asyncio import _get_running_loop
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from itertools import compress, groupby
from typing import Any

import msgspec
import numpy as np
from django.db import connection, transaction
from django.db.models import Q

from zinneke.foundations import bus
from zinneke.foundations.identity.within import within
from zinneke.foundations.observations import afterwards, followed, models, records
from zinneke.foundations.observations.values import Floats, Int32s, Int64s, Stream, Thing, Truths
from zinneke.kernel.confidentiality import Actor, Level, Reach, Right, parts, reach

SUBJECT = "observations"
FRAGMENTS = 50_000
"""Streams of which the JSON is kept."""
RECHECK = 0.5
"""Seconds for which what is in memory is trusted before its stamp is compared; inside a transaction it always is."""


def is_stream(part: str) -> bool:
    """Say whether a part of the subject is one stream, by its number, as in `observations.17`; else it is a solution's key."""
    return part.isascii() and part.isdigit()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which streams are meant: each field that is given narrows."""

    solution: str | None = None
    reading: str | None = None
    area: str | None = None
    things: Sequence[str] | None = None
    ids: Sequence[int] | None = None
    after: int = 0


_COLUMNS: dict[str, tuple[Any, Callable[[Stream], Any]]] = {
    "levels": (np.uint8, lambda stream: stream.level),
    "intervals": (np.int64, lambda stream: stream.interval),
    "low": (np.float64, lambda stream: -np.inf if stream.low is None else stream.low),
    "high": (np.float64, lambda stream: np.inf if stream.high is None else stream.high),
    "jump": (np.float64, lambda stream: np.inf if stream.jump is None else stream.jump),
    "keep": (np.int64, records.kept),
}
"""What the register has of each stream as an array over all of them, beside the words below as numbers."""
_WORDS: dict[str, Callable[[Stream], str]] = {
    "_areas": lambda stream: stream.area,
    "_solutions": lambda stream: stream.solution,
    "_readings": lambda stream: stream.reading,
}


class Register:
    """Every thing and stream at one moment. Streams are in order of their number; `position` leads from number to line."""

    levels: Any
    intervals: Int64s
    low: Floats
    high: Floats
    jump: Floats
    keep: Int64s
    _areas: Int32s
    _solutions: Int32s
    _readings: Int32s

    def __init__(self, things: Iterable[Thing], streams: Iterable[Stream], stamp: str) -> None:
        self.things = {thing.key: thing for thing in things}
        self.streams = sorted(streams, key=lambda stream: stream.id)
        self.by_key = {stream.key: stream for stream in self.streams}
        self.ids: Int32s = np.array([stream.id for stream in self.streams], np.int32)
        self._words: dict[str, int] = {}
        for name, column in self._columns(self.streams).items():
            setattr(self, name, column)
        self._numbers: dict[str, tuple[int, ...]] = {}
        for thing, its in groupby(self.streams, key=lambda stream: stream.thing):
            self._numbers[thing] = (*self._numbers.get(thing, ()), *(stream.id for stream in its))
        self._begin(stamp)

    def _columns(self, streams: Sequence[Stream]) -> dict[str, Any]:
        columns = {name: np.array([read(stream) for stream in streams], kind) for name, (kind, read) in _COLUMNS.items()}
        for name, read in _WORDS.items():
            columns[name] = np.array([self._words.setdefault(read(stream), len(self._words)) for stream in streams], np.int32)
        return columns

    def _begin(self, stamp: str) -> None:
        """Set what follows from the streams, and forget what was kept of others."""
        self.stamp = stamp
        self.highest = int(self.ids[-1]) if len(self.ids) else 0
        self.position: Int32s = np.full(self.highest + 1, -1, np.int32)
        self.position[self.ids] = np.arange(len(self.ids), dtype=np.int32)
        self._masks: dict[object, Truths] = {}
        self._seen: dict[tuple[int, Right], tuple[Actor, Truths]] = {}
        self._own: dict[tuple[int, Right], tuple[Actor, frozenset[int] | None]] = {}
        self._fragments: dict[int, msgspec.Raw] = {}
        self.derived: dict[str, Any] = {}
        """What others work out of this register, by a name of their own."""

    def _code(self, word: str) -> int:
        return self._words.get(word, -1)

    def of(self, thing: str) -> list[Stream]:
        """Return the streams of a thing, in order of their number."""
        return [self.streams[int(self.position[number])] for number in self._numbers.get(thing, ())]

    def changed(self, things: Sequence[Thing], streams: Sequence[Stream], stamp: str) -> Register:
        """Return the register in which these things and streams have replaced those of their keys; what is not among them is not looked at."""
        given = {stream.id: stream for thing in things for stream in self.of(thing.key)} | {stream.id: stream for stream in streams}
        fresh = copy(self)
        fresh.things = {**self.things, **{thing.key: thing for thing in things}}
        fresh._put([records.placed(given[number], fresh.things[given[number].thing]) for number in sorted(given)])
        fresh._begin(stamp)
        return fresh

    def without(self, things: Set[str], streams: Set[int], stamp: str) -> Register:
        """Return the register without these things, their streams, and these streams."""
        gone = streams | {stream.id for thing in things for stream in self.of(thing)}
        fresh = copy(self)
        fresh.things = {key: thing for key, thing in self.things.items() if key not in things} if things else self.things
        fresh._take(np.sort(self.find(np.array(sorted(gone), np.int32))))
        fresh._begin(stamp)
        return fresh

    def _put(self, streams: Sequence[Stream]) -> None:
        """Take in streams, in order of their number: copies of what is here change, since others read it."""
        if not streams:
            return
        at = np.searchsorted(self.ids, [stream.id for stream in streams])
        ids = np.array([stream.id for stream in streams], np.int32)
        there = at < len(self.ids)
        there[there] = self.ids[at[there]] == ids[there]
        was = [self.streams[place] for place in at[there].tolist()]
        self._numbers, self.by_key = dict(self._numbers), dict(self.by_key)
        for stream in was:
            self.by_key.pop(stream.key, None)
            self._numbers[stream.thing] = tuple(number for number in self._numbers[stream.thing] if number != stream.id)
        for stream in streams:
            self.by_key[stream.key] = stream
            self._numbers[stream.thing] = tuple(sorted({*self._numbers.get(stream.thing, ()), stream.id}))
        new = np.flatnonzero(~there)
        columns, places = self._columns(streams), np.searchsorted(self.ids, ids[new])
        self.ids = np.insert(self.ids, places, ids[new])
        now = np.searchsorted(self.ids, ids)
        for name, column in columns.items():
            whole = np.insert(getattr(self, name), places, column[new])
            whole[now] = column
            setattr(self, name, whole)
        self.streams = list(self.streams)
        for place, index in zip(now[new].tolist(), new.tolist(), strict=True):
            self.streams.insert(place, streams[index])
        for place, stream in zip(now.tolist(), streams, strict=True):
            self.streams[place] = stream

    def _take(self, at: Int32s) -> None:
        """Take streams out, given by their positions."""
        self._numbers, self.by_key, gone = dict(self._numbers), dict(self.by_key), at[at >= 0]
        for place in gone.tolist():
            stream = self.streams[place]
            del self.by_key[stream.key]
            self._numbers[stream.thing] = tuple(number for number in self._numbers[stream.thing] if number != stream.id)
        kept = np.ones(len(self.ids), bool)
        kept[gone] = False
        self.ids = self.ids[kept]
        for name in (*_COLUMNS, *_WORDS):
            setattr(self, name, getattr(self, name)[kept])
        self.streams = list(compress(self.streams, kept.tolist()))

    def mask(self, actor: Actor, right: Right) -> Truths:
        """Return which streams the actor's right reaches: the decision, as an array over the streams."""
        last = self._seen.get((id(actor), right))
        if last is not None and last[0] is actor:
            return last[1]
        key = (actor.grants, actor.scopes, right)
        mask = self._masks.get(key)
        if mask is None:
            mask = self._within(reach(actor, right, SUBJECT))
            for part, part_reach in parts(actor, right, SUBJECT).items():
                word = part.partition(".")[2]
                here = self.ids == int(word) if is_stream(word) else self._solutions == self._code(word)
                mask |= here & self._within(part_reach)
            if len(self._masks) > 200:
                self._masks.clear()
            self._masks[key] = mask
        if len(self._seen) > 200:
            self._seen.clear()
        self._seen[id(actor), right] = actor, mask
        return mask

    def allowed(self, actor: Actor, right: Right, positions: Int32s) -> Truths:
        """Return which of these streams the actor's right reaches. For who holds single streams, as a device does, no mask over all is made."""
        own = self._held(actor, right)
        if own is None:
            return self.mask(actor, right)[positions]
        return np.array([number in own for number in self.ids[positions].tolist()], bool)

    def allows(self, actor: Actor, right: Right, position: int) -> bool:
        """Say whether the actor's right reaches one stream."""
        own = self._held(actor, right)
        return bool(self.mask(actor, right)[position]) if own is None else int(self.ids[position]) in own

    def own(self, actor: Actor, right: Right) -> Int32s | None:
        """Return the numbers of the streams within reach of who holds single ones and nothing else; None for others."""
        own = self._held(actor, right)
        return None if own is None else np.array(sorted(own), np.int32)

    def _held(self, actor: Actor, right: Right) -> frozenset[int] | None:
        kept = self._own.get((id(actor), right))
        if kept is not None and kept[0] is actor:
            return kept[1]
        held = {part.partition(".")[2]: found for part, found in parts(actor, right, SUBJECT).items()}
        single = reach(actor, right, SUBJECT).nothing and all(map(is_stream, held))
        own = frozenset(int(word) for word, found in held.items() if self._reached(int(word), found)) if single else None
        if len(self._own) >= 20_000:
            self._own.clear()
        self._own[id(actor), right] = actor, own
        return own

    def _reached(self, number: int, within: Reach) -> bool:
        return (at := int(self.find(np.array([number], np.int64))[0])) >= 0 and within.allows(Level(self.streams[at].level), self.streams[at].area)

    def _within(self, within: Reach) -> Truths:
        mask = np.zeros(len(self.ids), bool)
        for level, areas in zip(Level, within.areas, strict=True):
            here = self.levels == level
            mask |= here if areas is None else here & np.isin(self._areas, [self._code(area) for area in areas])
        return mask

    def select(self, actor: Actor, right: Right, filters: Filters) -> Int32s:
        """Return the positions of the streams that are meant and within the actor's reach, in order of number."""
        return np.flatnonzero(self.meant(actor, right, filters)).astype(np.int32)

    def meant(self, actor: Actor, right: Right, filters: Filters) -> Truths:
        """Return which streams are meant and within the actor's reach, as an array over all of them."""
        mask = self.mask(actor, right)
        if filters.ids is not None:
            asked = self.find(np.unique(np.array([number for number in filters.ids if 0 < number <= self.highest], np.int64)))
            mask = mask & self._only(asked[asked >= 0])
        if filters.things is not None:
            mask = mask & self._only([int(self.position[stream.id]) for thing in filters.things for stream in self.of(thing)])
        for word, column in ((filters.solution, self._solutions), (filters.reading, self._readings), (filters.area, self._areas)):
            if word is not None:
                mask = mask & (column == self._code(word))
        return mask & (self.ids > filters.after) if filters.after else mask

    def _only(self, positions: Int32s | list[int]) -> Truths:
        only = np.zeros(len(self.ids), bool)
        only[positions] = True
        return only

    def find(self, ids: Int64s | Int32s) -> Int32s:
        """Return the position of each stream number, -1 for one that there is not."""
        inside = (ids > 0) & (ids <= self.highest)
        return np.where(inside, self.position[np.where(inside, ids, 0)], -1).astype(np.int32) if len(ids) else np.empty(0, np.int32)

    def fragment(self, position: int) -> msgspec.Raw:
        """Return the JSON of a stream with its thing, made once: what does not change from one value to the next."""
        found = self._fragments.get(position)
        if found is None:
            if len(self._fragments) >= FRAGMENTS:
                self._fragments.clear()
            stream = self.streams[position]
            found = self._fragments[position] = fragment(stream, self.things[stream.thing])
        return found


def fragment(stream: Stream, thing: Thing) -> msgspec.Raw:
    """Return the JSON members of a stream and its thing, without the braces around."""
    described = {
        name: getattr(stream, name)
        for name in stream.__struct_fields__
        if name not in ("first", "last", "rows", "low", "high", "jump", "level", "keep")
    }
    shown = {"key": thing.key, "name": thing.name, "kind": thing.kind, "place": thing.place}
    return msgspec.Raw(msgspec.json.encode({**described, "thing": shown}))


def within_reach(actor: Actor, right: Right) -> Q:
    """Return the same decision as a Django condition on `level`, `area` and `solution`."""
    return within(actor, right, SUBJECT, part="solution")


READINGS = 5
"""How often records are read again when they change meanwhile."""
_current: Register | None = None
_checked = 0.0
_lock, _declaring = threading.RLock(), threading.RLock()


def current(within: float = RECHECK) -> Register:
    """Return the register, read again when its stamp says that another process, or a rolled back transaction, changed it.

    A thread that works all the time looks `within` half of the time, so that an event loop, which has no database and is in no transaction,
    seldom finds that it must.
    """
    global _current, _checked
    now = time.monotonic()
    if _current is not None and now - _checked < within and (_get_running_loop() is not None or not connection.in_atomic_block):
        return _current
    stamp = stamped()
    with _lock:
        if _current is None or _current.stamp != stamp:
            _current = Register(*records.read(), stamp)
        _checked = now
        return _current


def forget() -> None:
    """Forget what is in memory: the records are others now."""
    global _current
    with _lock:
        _current = None


def doubt(told: bytes = b"") -> None:
    """Compare the stamp again before what is in memory is used: somebody changed things or streams."""
    global _checked
    _checked = -RECHECK


CHANGED = "things"
bus.hear(CHANGED, doubt)


def stamped() -> str:
    """Return the stamp as the database has it."""
    return models.Stamp.objects.values_list("value", flat=True).filter(pk=1).first() or ""


def recorded() -> Register:
    """Return things and streams as they are committed, read at one stamp, without what others are about to make known."""
    for _ in range(READINGS):
        stamp = stamped()
        found = Register(*records.read(), stamp)
        if stamped() == stamp:
            break
    return found


@contextmanager
def doubted() -> Iterator[None]:
    """Read the register again after a block that failed, since what it made known, or read meanwhile, was rolled back."""
    global _current
    try:
        yield
    except BaseException:
        _current = None
        raise


def replace(things: Sequence[Thing], streams: Sequence[Stream]) -> Register:
    """Put changed things and streams, already written to the database, into the register (inside that transaction)."""
    global _current
    with _lock:
        stamp = _stamp_anew()
        before = _current or Register(*records.read(), "")
        lowered = [thing.key for thing in things if thing.key in before.things and thing.level < before.things[thing.key].level]
        given = {stream.id: stream for stream in (records.read(lowered)[1] if lowered else [])} | {stream.id: stream for stream in streams}
        _current = before.changed(things, list(given.values()), stamp)
        return _current


def _stamp_anew() -> str:
    """Write another stamp, and tell the other processes once it is committed."""
    stamp = secrets.token_hex(16)
    models.Stamp.objects.update_or_create(pk=1, defaults={"value": stamp})
    followed.stamp(stamp)
    bus.tell(CHANGED)
    return stamp


@contextmanager
def alone() -> Iterator[None]:
    """Let nobody else, in this process or another, declare things and streams meanwhile; all of it is written, or nothing."""
    with afterwards.held(), doubted(), _declaring, transaction.atomic():
        if not list(models.Stamp.objects.select_for_update().filter(pk=1).values_list("pk")):
            models.Stamp.objects.get_or_create(pk=1, defaults={"value": secrets.token_hex(16)})
        yield


def drop(things: set[str], streams: set[int]) -> Register:
    """Take things and streams, already deleted from the database, out of the register (inside that transaction)."""
    global _current
    with _lock:
        stamp = _stamp_anew()
        before = _current or Register(*records.read(), "")
        _current = before.without(things, streams, stamp)
        return _current
