"""What a subscription is owed next: from where it is in the journal and among the occurrences, within the rights that its owner has now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from zinneke.foundations.observations import hearing
from zinneke.foundations.observations.hearing import Heard
from zinneke.foundations.subscriptions import models, occurrences
from zinneke.foundations.subscriptions.shapes import Holds
from zinneke.foundations.subscriptions.values import MOST_EVENTS, OBSERVATION, Event, Lag, Missed, Subscription
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.period import from_microseconds, to_microseconds

LOOKS = 8
"""How often the journal is asked for one notification; the next look goes on from there."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a subscription is: in the journal of observations, and among the occurrences."""

    position: int
    occurrence: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """The events of one notification, all of one kind, the place after them, and what was dropped before."""

    events: list[Event]
    place: Place
    missed: Missed | None = None

    @property
    def owed(self) -> bool:
        """Say whether there is anything to tell."""
        return bool(self.events) or self.missed is not None


def here() -> Place:
    """Return the place at which everything until now has been told."""
    return Place(hearing.ends()[1], occurrences.last())


def gather(actor: Actor, asked: Subscription, holds: Holds, place: Place, until: Place | None = None) -> Gathered:
    """Return the next events that a subscription is owed from a place on, or those up to a place that was fixed before."""
    limit = until or here()
    others = [kind for kind in asked.kinds if kind != OBSERVATION]
    rows = _occurred(actor, asked, others, place, limit) if others else []
    lost = occurrences.missed(place.occurrence) if others else 0
    if until is not None and until.occurrence != place.occurrence:
        return Gathered(_one_kind(rows, holds, MOST_EVENTS, limit.occurrence)[0], until, Missed(0, lost) if lost else None)
    observed = _Observed(place.position, limit.position, to_microseconds(rows[0].stored) if rows else None)
    if OBSERVATION in asked.kinds:
        observed.look(actor, asked, holds, fixed=until is not None)
    else:
        observed.position = limit.position
    missed = Missed(observed.dropped, lost) if observed.dropped or observed.lost or lost else None
    if observed.events or until is not None:
        return Gathered(observed.events, Place(observed.position, place.occurrence), missed)
    events, reached = _one_kind(rows, holds, asked.endpoint.most, limit.occurrence)
    return Gathered(events, Place(observed.position, reached), missed)


@dataclass(slots=True)
class _Observed:
    """The observations from a position to another, and stored before a moment; `dropped` counts what the journal no longer holds."""

    position: int
    limit: int
    before: int | None
    dropped: int = 0
    lost: bool = False
    """Whether the position is beyond the end, as after an older copy of the journal was put back: nobody knows what was between."""
    events: list[Event] = field(default_factory=list)

    def look(self, actor: Actor, asked: Subscription, holds: Holds, fixed: bool) -> None:
        """Look through the journal until there are enough of them, or all that were fixed."""
        most, looks = MOST_EVENTS if fixed else asked.endpoint.most, 0
        if self.position > self.limit:
            self.position, self.lost = self.limit, True
        while self.position < self.limit and len(self.events) < most and (fixed or looks < LOOKS):
            news, looks = hearing.read_news(actor, self.position, asked.wanted, most), looks + 1
            self.dropped += news.missed
            for heard in news.heard:
                if len(self.events) >= most or heard.position >= self.limit or (self.before is not None and heard.stored > self.before):
                    self.position = min(heard.position, self.limit)
                    return
                if holds(event := observation(heard)):
                    self.events.append(event)
            self.position = min(news.end, self.limit)
            if not news.more:
                return


def _occurred(actor: Actor, asked: Subscription, kinds: list[str], place: Place, limit: Place) -> list[models.Occurrence]:
    found = models.Occurrence.objects.filter(occurrences.of(actor, place.occurrence, limit.occurrence, kinds, asked.wanted))
    return list(found.order_by("number")[: asked.endpoint.most + 1])


def _one_kind(rows: list[models.Occurrence], holds: Holds, most: int, last: int) -> tuple[list[Event], int]:
    """Return the first occurrences as long as they are of one kind, and the number after which to go on."""
    events: list[Event] = []
    for row in rows:
        if len(events) >= most or (events and row.kind != events[0].kind):
            return events, row.number - 1
        if holds(event := occurrences.event(row)):
            events.append(event)
    return events, rows[-1].number if len(rows) > most else last


def observation(heard: Heard) -> Event:
    """Return a stored observation as an event."""
    latest = heard.latest
    stream, thing = latest.stream, latest.thing
    return Event(
        id=f"{stream.id}.{to_microseconds(latest.time)}",
        kind=OBSERVATION,
        time=latest.time,
        stored=from_microseconds(heard.stored),
        stream=stream.id,
        key=stream.key,
        thing=thing.key,
        name=thing.name,
        reading=stream.reading,
        solution=stream.solution,
        area=stream.area,
        place=thing.place,
        unit=stream.unit,
        value=latest.value if latest.value == latest.value and heard.result is None else None,
        quality=latest.quality,
        result=msgspec.json.decode(heard.result) if heard.result is not None else None,
    )


def lag(actor: Actor, asked: Subscription, place: Place) -> Lag:
    """Return what is owed from a place on: how many events, before any condition, and since when the oldest waits."""
    waiting, exact, moments = 0, True, []
    if OBSERVATION in asked.kinds:
        waiting, oldest, exact = hearing.count_news(actor, place.position, asked.wanted)
        moments += [from_microseconds(oldest)] if oldest is not None else []
    if others := [kind for kind in asked.kinds if kind != OBSERVATION]:
        found = models.Occurrence.objects.filter(occurrences.of(actor, place.occurrence, occurrences.last(), others, asked.wanted))
        waiting += found.count()
        moments += list(found.order_by("number").values_list("stored", flat=True)[:1])
    return Lag(waiting, exact, min(moments, default=None))


def since(actor: Actor, asked: Subscription, holds: Holds, place: Place) -> Iterator[Gathered]:
    """Yield what is owed from a place on, notification after notification, until there is nothing more."""
    while True:
        found = gather(actor, asked, holds, place)
        if found.owed:
            yield found
        if not found.owed and found.place == place:
            return
        place = found.place
