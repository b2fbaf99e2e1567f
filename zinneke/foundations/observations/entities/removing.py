"""Entities deleted, with what cannot be without them; first the records, then the rows, so that what is gone is never seen again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from zinneke.foundations.audit import store as audit
from zinneke.foundations.observations import afterwards, declaring, lifecycle, models, register
from zinneke.foundations.observations.alerting import watching
from zinneke.foundations.observations.alerting.plan import FOR_EVER
from zinneke.foundations.observations.attributes import changes
from zinneke.foundations.observations.entities import owners, statement
from zinneke.foundations.observations.register import SUBJECT
from zinneke.foundations.observations.values import Int32s, Int64s, Stream, Thing
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem


def remove(actor: Actor, set_name: str, number: int | str) -> None:
    """Delete an entity. Raises `Problem` 403, 404, 409."""
    if set_name == "Observations":
        stream, time = statement.split(number)
        owners.check_edited(actor, register.current(), "Datastreams", stream)
        if not remove_rows(np.array([stream], np.int32), np.array([time], np.int64)):
            raise owners.missing(set_name, number)
        _tell(actor, set_name, number)
        return
    if streams := remove_records(actor, set_name, number):
        drop_rows(np.array(streams, np.int32))


def remove_records(actor: Actor, set_name: str, number: int | str) -> list[int]:
    """Delete the records of an entity, and return the streams whose rows go next. Raises `Problem` 403, 404, 409."""
    with register.doubted(), register.alone():
        known = register.current()
        owned = owners.check_edited(actor, known, set_name, number)
        streams, gone = _records(actor, known, set_name, number, owned)
        keep = max([declaring.highest_stream(), *streams])
        models.Counter.objects.update_or_create(name="stream", defaults={"value": keep})
        register.drop({thing.key for thing in gone}, set(streams))
        _tell(actor, set_name, number)
    return streams


def _tell(actor: Actor, set_name: str, number: int | str) -> None:
    audit.record(actor, "delete", SUBJECT, {"set": set_name, "id": number})


def _records(
    actor: Actor, known: register.Register, set_name: str, number: int | str, owned: Sequence[Thing | Stream]
) -> tuple[list[int], list[Thing]]:
    """Delete the records; return the streams and things that went with them."""
    things = [each for each in owned if isinstance(each, Thing)]
    if set_name == "Things":
        streams = known.of(things[0].key)
        owners.demand(actor, streams, set_name, number)
        changes.tell_gone(known, things[:1], [])
        models.Thing.objects.filter(key=things[0].key).delete()
        return [stream.id for stream in streams], things
    if set_name in ("Datastreams", "MultiDatastreams", "Sensors", "ObservedProperties"):
        numbers = [each.id for each in owned if isinstance(each, Stream)]
        changes.tell_gone(known, [], [each for each in owned if isinstance(each, Stream)])
        models.Stream.objects.filter(pk__in=numbers).delete()
        if set_name in owners.RECORDS:
            owners.RECORDS[set_name].objects.filter(pk=number).delete()
        return numbers, []
    if set_name == "FeaturesOfInterest":
        _remove_feature(number, things)
    owners.RECORDS[set_name].objects.filter(pk=number).delete()
    return [], []


def _remove_feature(number: int | str, things: Sequence[Thing]) -> None:
    if things:
        told = "This feature is where a thing stands; what is observed there by default is about it. Delete the location or the thing instead."
        raise Problem(409, "It is in use", told)
    streams, times = lifecycle.opened().store.find_about(int(number))
    if len(streams):
        remove_rows(streams, times)


def remove_rows(streams: Int32s, times: Int64s) -> int:
    """Delete observations by their keys; return how many there were."""
    room, known = lifecycle.opened(), register.current()

    def work() -> int:
        gone = room.store.remove(streams, times)
        room.tail.cover(known.highest)
        room.tail.renew(np.unique(streams), room.store.summarise(np.unique(streams)))
        return gone

    found: int = room.writer.do(work)
    for stream in np.unique(streams).tolist():
        afterwards.do(partial(_look_again, stream))
    return found


def _look_again(stream: int) -> None:
    watching.corrected(register.current(), stream, FOR_EVER)


def drop_rows(streams: Int32s) -> None:
    """Delete all observations of streams that are gone."""
    room = lifecycle.opened()

    def work() -> None:
        room.store.drop(streams)
        room.tail.cover(int(streams.max()))
        room.tail.renew(streams, room.store.summarise(streams))

    room.writer.do(work)
