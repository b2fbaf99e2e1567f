"""What is known from memory: the newest observation of each stream, and in which streams a page of all observations lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from zinneke.foundations.observations import lifecycle, register
from zinneke.foundations.observations.entities import creating
from zinneke.foundations.observations.register import SUBJECT, is_stream
from zinneke.foundations.observations.tail import Ends
from zinneke.foundations.observations.values import Int32s, Order, Path, Question
from zinneke.kernel.confidentiality import Actor, Right, parts

LATEST = (Order(Path(("phenomenonTime",)), True),)
QUALITIES = {1: '"suspect"', 2: '"estimated"', 3: '"corrected"'}


class Listed(NamedTuple):
    """What is known of the newest of some streams, a list a property, in the order in which they were asked for.

    `changed` is another number whenever something of a stream has changed.
    """

    changed: list[int]
    first: list[int]
    last: list[int]
    values: list[float]
    qualities: list[int]
    rows: list[int]


class Stood(NamedTuple):
    """The same, as arrays but for the numbers that are compared each time."""

    changed: list[int]
    ends: Ends

    def listed(self) -> Listed:
        """Return it as lists."""
        return Listed(self.changed, *(column.tolist() for column in self.ends))


def stamp(actor: Actor) -> str | None:
    """Return the stamp of the records as they stand, as the entities beside the rows know them too; None when they must be read first.

    None too for who holds single streams: they write these, and see what everybody sees.
    """
    known = register.current()
    held = actor.grants and any(is_stream(part.partition(".")[2]) for part in parts(actor, Right.SEE, SUBJECT))
    return known.stamp if known.stamp and lifecycle.opened().store.reflected == known.stamp and not held else None


def numbers(actor: Actor) -> Int32s:
    """Return the numbers of the datastreams within reach, in order; not of those whose observations have several results."""
    known = register.current()
    seen, several = known.ids[known.mask(actor, Right.SEE)], creating.multiple(known)
    return seen[~np.isin(seen, list(several))] if several else seen


def stand(actor: Actor, streams: Int32s) -> Stood | None:
    """Return what is known of these streams; None when one is not within reach, or more was told of one than numbers at moments."""
    known, room = register.current(), lifecycle.opened()
    if len(streams) and streams.max() > known.highest:
        return None
    positions = known.position[streams]
    if len(streams) and (positions.min() < 0 or not known.allowed(actor, Right.SEE, positions).all() or room.store.detailed(streams)):
        return None
    room.tail.cover(known.highest)
    changed, ends = room.tail.stand(streams)
    return Stood(changed.tolist(), ends)


def meant(question: Question) -> bool:
    """Say whether a question asks for the newest observation of each stream and nothing else."""
    simple = question.where is None and question.ids is None and question.after is None and not question.expand and not question.count
    return question.set == "Observations" and question.order == LATEST and question.top == 1 and question.skip == 0 and simple


def whole(question: Question) -> bool:
    """Say whether a question asks for all observations there are, in the order in which they are kept."""
    return everything(question) and not question.order


def everything(question: Question) -> bool:
    """Say whether a question means all observations there are."""
    return question.set == "Observations" and question.where is None and question.ids is None


def span(question: Question, actor: Actor, right: Right) -> tuple[int, int, int]:
    """Return the first and last stream among which such a page lies, and how many observations there are in all within the actor's reach."""
    known, tail = register.current(), lifecycle.opened().tail
    tail.cover(known.highest)
    ids = known.ids[known.mask(actor, right)]
    counts = tail.ends(ids).rows
    if not len(ids):
        return 0, 0, 0
    needed, begin = question.skip + question.top + 1, 0
    if question.after and isinstance(question.after[0], int):
        begin = min(int(np.searchsorted(ids, question.after[0])), len(ids) - 1)
        needed += int(counts[begin])
    end = begin + int(np.searchsorted(np.cumsum(counts[begin:]), needed))
    return int(ids[begin]), int(ids[min(end, len(ids) - 1)]), int(counts.sum())


def counts(streams: Sequence[int]) -> list[tuple[int, int]]:
    """Return how many observations each of these streams has. They are of entities that were already shown."""
    tail = lifecycle.opened().tail
    tail.cover(register.current().highest)
    return list(zip(streams, tail.ends(np.array(streams, np.int32)).rows.tolist(), strict=True))


def rows(streams: Sequence[int]) -> list[tuple[Any, ...]] | None:
    """Return rows as the statement of such a question gives them, two where there are more; None when it must be asked after all.

    That is when something was told of these streams beyond numbers at moments. The streams are of entities that were already shown.
    """
    known, room = register.current(), lifecycle.opened()
    ids = np.array(streams, np.int32)
    if room.store.detailed(ids):
        return None
    room.tail.cover(known.highest)
    ends = room.tail.ends(ids)
    found: list[tuple[Any, ...]] = []
    columns = (ends.last, ends.values, ends.qualities, ends.rows)
    for stream, time, value, quality, count in zip(ids.tolist(), *(column.tolist() for column in columns), strict=True):
        row = (stream, stream, time, time, time, value, None, None, QUALITIES.get(quality), None, None, None, time)
        found += [row] * min(count, 2)
    return found
