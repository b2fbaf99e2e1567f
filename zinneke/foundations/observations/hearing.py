"""Follow what is stored: for those above who wait for news, from a position on, within the reach of whoever asks."""

from __future__ import annotations

import msgspec
import numpy as np

from zinneke.foundations.observations import lifecycle, register
from zinneke.foundations.observations.engine import Details
from zinneke.foundations.observations.register import SUBJECT, Filters, Register
from zinneke.foundations.observations.values import Latest, Moments, Truths, Wanted
from zinneke.kernel.confidentiality import SYSTEM, Actor, Right
from zinneke.kernel.route import verb

SCAN = 50_000
"""About how many rows of the journal one question looks at."""


class Heard(msgspec.Struct, frozen=True):
    """One observation as it was stored. `result` is what it was when it was no number, as JSON."""

    position: int
    stored: int
    latest: Latest
    result: str | None = None


class News(msgspec.Struct, frozen=True):
    """What was stored from a position on, in order; `end` is where to go on, `missed` how many rows were dropped before anybody read them.

    `more` tells that the journal goes on after `end`.
    """

    heard: list[Heard]
    end: int
    missed: int = 0
    more: bool = False


def wanted_mask(known: Register, actor: Actor, wanted: Wanted) -> Truths:
    """Return which streams are wanted and within the actor's reach."""
    return known.meant(actor, Right.SEE, Filters(wanted.solution, wanted.reading, wanted.area, wanted.things, wanted.streams))


@verb(Right.SEE, SUBJECT)
def read_news(actor: Actor, position: int, wanted: Wanted, limit: int = 100) -> News:
    """Return at most `limit` of the wanted observations that were stored from a position on, in the order in which they were.

    The reach counts as it is now, not as it was when they were stored. A position beyond the end is read as the end.
    """
    room, known = lifecycle.opened(), register.current()
    journal = room.journal
    start = min(max(position, journal.begin), journal.end)
    noted = journal.read(start, SCAN)
    positions = known.find(noted.rows.streams)
    mask = wanted_mask(known, actor, wanted)
    there = positions >= 0
    there[there] = mask[positions[there]]
    found = np.flatnonzero(there)
    end = int(noted.positions[found[limit - 1]]) + 1 if len(found) >= limit else noted.end
    found = found[:limit]
    streams, times = noted.rows.streams[found], noted.rows.times[found]
    details: Details = room.writer.do(lambda: room.store.details(streams, times)) if len(found) and room.store.detailed(streams) else {}
    columns = zip(
        positions[found].tolist(), Moments(times), noted.rows.values[found].tolist(), noted.rows.qualities[found].tolist(), times.tolist(),
        noted.stored[found].tolist(), noted.positions[found].tolist(), strict=True,
    )  # fmt: skip
    heard = []
    for at, moment, value, quality, time, stored, place in columns:
        stream = known.streams[at]
        detail = details.get((stream.id, time))
        latest = Latest(stream, known.things[stream.thing], moment, value, quality)
        heard.append(Heard(place, stored, latest, detail.result if detail else None))
    return News(heard, end, max(start - position, 0), end < journal.end)


@verb(Right.SEE, SUBJECT)
def count_news(actor: Actor, position: int, wanted: Wanted, most: int = 200_000) -> tuple[int, int | None, bool]:
    """Return how many of the wanted observations wait from a position on, when the oldest of them was stored (microseconds since 1970), and
    whether that is all: beyond `most` rows of the journal nobody counts.
    """
    journal, known = lifecycle.opened().journal, register.current()
    noted = journal.read(position, most)
    places = known.find(noted.rows.streams)
    there = places >= 0
    there[there] = wanted_mask(known, actor, wanted)[places[there]]
    oldest = noted.stored[there]
    return int(there.sum()), int(oldest[0]) if len(oldest) else None, noted.end >= journal.end


def ends() -> tuple[int, int]:
    """Return the positions at which the journal begins and ends."""
    journal = lifecycle.opened().journal
    return journal.begin, journal.end


def stored_at(position: int) -> int | None:
    """Return when the first row of the journal from a position on was stored, None when there is none."""
    return lifecycle.opened().journal.stored_at(position)


def trim(position: int) -> None:
    """Let the journal drop what lies before a position: nobody needs it any more."""
    lifecycle.opened().journal.trim(position)


def mask_for(known: Register, wishes: list[Wanted]) -> Truths | None:
    """Return which streams any of these wishes is about, whoever has it, None when there is no wish."""
    if not wishes:
        return None
    return np.logical_or.reduce([wanted_mask(known, SYSTEM, wanted) for wanted in wishes])
