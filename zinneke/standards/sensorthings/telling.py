"""What changes is published on the topics of SensorThings, once it is committed: what a visitor may see, and nothing else.

A broker does not say who subscribes to what. So each change goes to a few topics that are known beforehand, and is written once.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
from django.conf import settings
from django.db import close_old_connections

from zinneke.foundations.observations import register, store
from zinneke.foundations.observations.entities import creating, sets
from zinneke.foundations.observations.values import Answered, Entity, Question
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.kernel.event import EntityChanged, ObservationsStored, listen
from zinneke.kernel.topic import Telling
from zinneke.standards.sensorthings.document import Writer, reference
from zinneke.standards.sensorthings.options import Options
from zinneke.standards.sensorthings.reading import FAMILY, ROOT, VERSION, encoder

log = logging.getLogger(__name__)
MOST = 5_000
"""Observations, and other entities, that wait to be told. Beyond it only the newest observation of each stream is."""
TOGETHER = 500
"""Entities that are looked up in one question."""
Post = Callable[[str, bytes], None]


class Teller:
    """Collects what changed and publishes it from a thread of its own, so that whoever stores never waits for whoever listens."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._news = threading.Condition()
        self._keys: list[tuple[Any, Any]] = []
        self._changed: deque[EntityChanged] = deque(maxlen=MOST)
        self._stopped = False
        self._thread = threading.Thread(target=self._tell, name="sensorthings-teller", daemon=True)
        self._thread.start()

    def stored(self, event: ObservationsStored) -> None:
        """Remember observations."""
        with self._news:
            self._keys.append(event.keys)
            if len(self._keys) > MOST:
                self._keys = [_newest(self._keys)]
            self._news.notify()

    def changed(self, event: EntityChanged) -> None:
        """Remember another entity."""
        with self._news:
            self._changed.append(event)
            self._news.notify()

    def stop(self) -> None:
        """Tell nothing more."""
        with self._news:
            self._stopped = True
            self._news.notify()
        self._thread.join(20)

    def _tell(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._keys or self._changed or self._stopped)
                if self._stopped:
                    return
                keys, self._keys = self._keys, []
                changed = list(self._changed)
                self._changed.clear()
            try:
                for topic, payload in (*entities(changed), *observations(keys)):
                    self._post(topic, payload)
            except Exception:
                log.exception("a change could not be told")
            finally:
                close_old_connections()


def _newest(keys: Sequence[tuple[Any, Any]]) -> tuple[Any, Any]:
    """Return the newest of each stream."""
    streams, times = (np.concatenate(column) for column in zip(*keys, strict=True))
    order = np.lexsort((times, streams))
    streams, times = streams[order], times[order]
    last = np.flatnonzero(np.r_[streams[1:] != streams[:-1], True])
    return streams[last], times[last]


def observations(keys: Sequence[tuple[Any, Any]]) -> Iterator[tuple[str, bytes]]:
    """Yield where each observation is told, and as what."""
    if sum(len(streams) for streams, _ in keys) > MOST:
        keys = [_newest(keys)]
    numbers = [
        f"{stream}.{time}" for streams, times in keys for stream, time in zip(np.asarray(streams).tolist(), np.asarray(times).tolist(), strict=True)
    ]
    several = creating.multiple(register.current())
    for found in _found("Observations", numbers[-MOST:]):
        stream = int(str(found.id).partition(".")[0])
        above = "MultiDatastreams" if stream in several else "Datastreams"
        yield from _told("Observations", (f"{VERSION}/Observations", f"{VERSION}/{above}({stream})/Observations"), found)


def entities(changed: Sequence[EntityChanged]) -> Iterator[tuple[str, bytes]]:
    """Yield where each other entity is told: by its set, its own address, and the links that lead to it; its properties that changed by theirs."""
    names: dict[tuple[str, int], dict[str, None]] = {}
    for event in changed:
        names.setdefault((event.set, event.id), {}).update(dict.fromkeys(event.names))
    for set_name in dict.fromkeys(name for name, _ in names):
        links = _back(set_name)
        for found in _found(set_name, [number for name, number in names if name == set_name], tuple(links)):
            own = f"{VERSION}/{reference(set_name, found.id)}"
            linked = [
                f"{VERSION}/{reference(above, number)}/{back}" for name, (above, back) in links.items() for number in _ids(found.linked.pop(name))
            ]
            yield from _told(set_name, (f"{VERSION}/{set_name}", own, *linked), found)
            for name in names[set_name, int(found.id)]:
                if name in sets.get(set_name).properties:
                    yield f"{own}/{name}", encoder.encode({name: found.values.get(name)})


@cache
def _back(set_name: str) -> dict[str, tuple[str, str]]:
    """Return the links of a set to whatever leads back to several of it: by name the set above, and what it calls them there."""
    found = {}
    for name, link in sets.get(set_name).links.items():
        back = next((each for each, leads in sets.get(link.target).links.items() if leads.target == set_name and leads.many), "")
        if back and link.target != "Observations":
            found[name] = (link.target, back)
    return found


def _ids(linked: Answered | Entity | None) -> list[int | str]:
    """Return the ids of what a link leads to."""
    return [each.id for each in linked.entities] if isinstance(linked, Answered) else [] if linked is None else [linked.id]


def _found(set_name: str, numbers: Sequence[int | str], links: Sequence[str] = ()) -> Iterator[Entity]:
    """Yield those that a visitor may see, as they stand now, with what these links lead to."""
    expand = tuple((name, Question(set=sets.get(set_name).links[name].target)) for name in links)
    for at in range(0, len(numbers), TOGETHER):
        ids = tuple(dict.fromkeys(numbers[at : at + TOGETHER]))
        yield from store.ask(ANONYMOUS, Question(set=set_name, ids=ids, top=len(ids), expand=expand)).entities


def _told(set_name: str, topics: Sequence[str], found: Entity) -> Iterator[tuple[str, bytes]]:
    """Yield the whole entity on each topic, and a part of it on the same topic with each selection that the city declared."""
    writer = Writer((settings.PUBLIC_URL or f"http://{settings.HOST}:{settings.PORT}") + ROOT)
    whole = encoder.encode(writer.entity(set_name, found, Options()))
    for topic in topics:
        yield topic, whole
    for select in settings.MQTT_SELECT:
        if all(name in sets.get(set_name).properties for name in select):
            part = encoder.encode(writer.entity(set_name, found, Options(select=select)))
            for topic in topics:
                yield f"{topic}?$select={','.join(select)}", part


_teller: Teller | None = None


def _heard(event: Any) -> None:
    if _teller is not None:
        (_teller.stored if isinstance(event, ObservationsStored) else _teller.changed)(event)


def start(post: Post) -> Callable[[], None]:
    """Begin to tell, and return what ends it."""
    global _teller
    _teller = Teller(post)
    listen(ObservationsStored, _heard)
    listen(EntityChanged, _heard)
    return stop


def stop() -> None:
    """Tell nothing more."""
    global _teller
    teller, _teller = _teller, None
    if teller is not None:
        teller.stop()


TELLINGS = (
    Telling(
        family=FAMILY,
        start=start,
        topics=(
            f"{VERSION}/Observations",
            f"{VERSION}/Datastreams(1)/Observations",
            f"{VERSION}/Things",
            f"{VERSION}/Things(1)",
            f"{VERSION}/Things(1)/name",
            f"{VERSION}/Things(1)/Datastreams",
        ),
        summary="SensorThings API: what was created or changed, as far as everybody may see it",
    ),
)
