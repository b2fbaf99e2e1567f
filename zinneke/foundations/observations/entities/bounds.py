"""Which observations a question can need at the most, so that an engine that keeps them elsewhere is asked for no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from zinneke.foundations.observations import lifecycle, register
from zinneke.foundations.observations.engine import FIRST, LAST, Bound
from zinneke.foundations.observations.entities.statement import Statement, split
from zinneke.foundations.observations.register import SUBJECT, is_stream
from zinneke.foundations.observations.values import Apply, Given, Int32s, Node, Path, Question
from zinneke.kernel.confidentiality import parts

OF = frozenset((link, name) for link in ("Datastream", "MultiDatastream") for name in ("id", "iot.id", "@iot.id"))
MOMENT = Path(("phenomenonTime",))
EARLIEST: dict[str, Callable[[int, int], int]] = {
    **dict.fromkeys(("eq", "starts", "during"), lambda low, _: low),
    "ge": lambda _, high: high,
    **dict.fromkeys(("gt", "after"), lambda _, high: high + 1),
}
"""From which moment on an observation begins that stands so to a span of time."""
LATEST: dict[str, Callable[[int, int], int]] = {
    **dict.fromkeys(("eq", "starts", "le"), lambda low, _: low),
    **dict.fromkeys(("lt", "before"), lambda low, _: low - 1),
    **dict.fromkeys(("during", "meets", "overlaps", "finishes"), lambda _, high: high),
}
"""Until which moment it begins, since none ends before that."""
INSTANT: dict[str, Callable[[int, int], tuple[int, int]]] = {"overlaps": lambda low, high: (low, high), "finishes": lambda _, high: (high, high)}
"""Between which moments an observation without duration lies that stands so to a span, where less is known of one that has one."""
TURNED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq"}
BEGINS = frozenset({"ge", "gt", "after", "starts"})
"""What asks for the beginning of an observation alone, which is all that a bound knows of it."""
STREAMS = ("Datastreams", "MultiDatastreams")
ABOUT = """
SELECT s.id FROM mirror.stay y JOIN mirror.stream s ON s.thing = y.thing WHERE y.feature IN (SELECT unnest($features::BIGINT[]))
UNION SELECT stream FROM told_about WHERE feature IN (SELECT unnest($features::BIGINT[]))
"""
"""Which streams have observations that may be about some features."""


class Told(NamedTuple):
    """What a condition says of streams and time; `exactly` where what is within fulfils it, even what lasts for some time.

    `instant` is the bound within which whatever does not last fulfils it, None where there is none.
    """

    bound: Bound
    exactly: bool
    instant: Bound | None


def of(made: Statement, counting: bool = False) -> Bound:
    """Return what a statement can need. One that counts needs all, one of a page no more of each stream than the page holds."""
    question = made.question
    if question.set != "Observations" or _elsewhere(question):
        return Bound()
    if question.ids is not None:
        keys = [split(each) for each in question.ids]
        return Bound(np.array([stream for stream, _ in keys], np.int32), times=np.array([time for _, time in keys], np.int64))
    told = [_told(each) for each in _parts(question.where)]
    known = [each for each in told if each is not None]
    lists = [each for each in (_near(made), *(each.bound.streams for each in known)) if each is not None]
    streams = reduce(np.intersect1d, lists) if lists else None
    lasting = _detailed(streams)
    spans = [each.bound if lasting or each.instant is None else each.instant for each in known]
    found = Bound(streams, max([FIRST, *(each.start for each in spans)]), min([LAST, *(each.end for each in spans)]))
    ordered = not question.order or (len(question.order) == 1 and question.order[0].by == MOMENT)
    exactly = all(each is not None and (each.exactly or not (lasting or each.instant is None)) for each in told)
    reached = made.near is None or made.near.set in STREAMS
    return _page(made, found) if ordered and exactly and reached and not counting else found


def _page(made: Statement, found: Bound) -> Bound:
    """Return what a page in the order of time, or of streams and time, can need of what is meant."""
    question = made.question
    most, latest = question.skip + question.top + 2, bool(question.order) and question.order[0].descending
    found = found._replace(most=most, latest=latest)
    after = question.after
    if after is not None and all(isinstance(each, int) for each in after):
        if not question.order:
            found = found._replace(since=(int(after[0]), int(after[1])))
        elif latest:
            found = found._replace(end=min(found.end, int(after[0]) + 1))
        else:
            found = found._replace(start=max(found.start, int(after[0])))
    return _everywhere(made, found, most) if question.order and found.streams is None else found


def _everywhere(made: Statement, found: Bound, most: int) -> Bound:
    """Return a bound over all streams, narrowed to within which the first or latest of so many of them already lie."""
    known, tail, actor = register.current(), lifecycle.opened().tail, made.sight.actor
    if actor.grants and any(is_stream(part.partition(".")[2]) for part in parts(actor, made.sight.right, SUBJECT)):
        return found  # a stream that is held by itself is in the mask, and not in the statement
    tail.cover(known.highest)
    ends = tail.ends(known.ids[known.mask(actor, made.sight.right)])
    times = (ends.last if found.latest else ends.first)[ends.rows > 0]
    times = times[(times >= found.start) & (times < found.end)]
    if len(times) < most:
        return found
    if found.latest:
        return found._replace(start=int(np.partition(times, -most)[-most]))
    return found._replace(end=int(np.partition(times, most - 1)[most - 1]) + 1)


def _detailed(streams: Int32s | None) -> bool:
    return streams is None or lifecycle.opened().store.detailed(streams)


def _near(made: Statement) -> Int32s | None:
    near = made.near
    if near is not None and near.set in STREAMS:
        return np.array(near.ids, np.int32)
    if near is not None and near.set == "FeaturesOfInterest":
        rows = lifecycle.opened().store.select(ABOUT, {"features": str(list(near.ids))}, {})
        return np.array(sorted(stream for (stream,) in rows), np.int32)
    if made.span is None:
        return None
    known = register.current()
    ids = known.ids[known.mask(made.sight.actor, made.sight.right)]
    found: Int32s = ids[(ids >= made.span[0]) & (ids <= made.span[1])]
    return found


def _parts(node: Node | None) -> Iterator[Node]:
    """Give the conditions all of which must hold."""
    if isinstance(node, Apply) and node.function == "and":
        for each in node.operands:
            yield from _parts(each)
    elif node is not None:
        yield node


def _told(node: Node) -> Told | None:
    """Return what a condition says of streams and time, None for another."""
    if not isinstance(node, Apply) or len(node.operands) != 2:
        return None
    name, (one, other) = node.function, node.operands
    if isinstance(one, Given) and name in TURNED:
        name, one, other = TURNED[name], other, one
    if not isinstance(one, Path) or not isinstance(other, Given):
        return None
    if one.steps in OF and name == "eq" and isinstance(other.value, int | float) and other.value in range(1, 2**31):
        return Told(Bound(np.array([other.value], np.int32)), exactly=True, instant=None)
    span = _span(other)
    if one != MOMENT or span is None or not (name in EARLIEST or name in LATEST):
        return None
    start = EARLIEST[name](*span) if name in EARLIEST else FIRST
    end = LATEST[name](*span) + 1 if name in LATEST else LAST
    bound = Bound(None, start, end)
    if name in INSTANT:
        first, last = INSTANT[name](*span)
        return Told(bound, exactly=False, instant=Bound(None, first, last + 1))
    return Told(bound, exactly=name in BEGINS, instant=None if name == "meets" else bound)


def _span(given: Given) -> tuple[int, int] | None:
    if given.kind == "time" and isinstance(given.value, int):
        return given.value, given.value
    if given.kind == "period":
        return int(given.value.start), int(given.value.end)
    return None


def _elsewhere(question: Question) -> bool:
    """Say whether it leads to other observations than those that are meant."""
    return any("Observations" in path for each in (question.where, *(order.by for order in question.order)) for path in _paths(each))


def _paths(node: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(node, Path):
        yield node.steps
    elif isinstance(node, Apply):
        for each in node.operands:
            yield from _paths(each)
