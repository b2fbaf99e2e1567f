from __future__ import annotations

import msgspec
import numpy as np
import pytest
from django.db import DatabaseError

from tests.foundations.observations.city import HOUR, NOON, batch, make
from zinneke.foundations.observations import handing, intake, lifecycle, models, quarantine, register, store
from zinneke.foundations.observations.alerting import watching
from zinneke.foundations.observations.engine import Summary
from zinneke.foundations.observations.tail import Tail
from zinneke.foundations.observations.values import Batch, Flags, Quality, StreamRow, Thing
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.event import ObservationsStored, listen
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db


def test_what_is_sent_is_stored_and_read_back() -> None:
    (bin,) = make("a")
    receipt = store.ingest(SYSTEM, batch((bin.id, NOON, 10), (bin.id, NOON + HOUR, 20)))
    assert (receipt.stored, receipt.duplicates, receipt.refused) == (2, 0, [])
    found = store.history(ANONYMOUS, bin.id, NOON, NOON + 5 * HOUR)
    assert [(point.time, point.value) for point in found.points] == [(NOON, 10), (NOON + HOUR, 20)]
    (newest,) = store.latest(ANONYMOUS, ids=[bin.id])
    assert (newest.time, newest.value, newest.stream.rows, newest.stream.first) == (NOON + HOUR, 20, 2, NOON)
    assert store.count(ANONYMOUS) == 2
    assert store.newest(ANONYMOUS, "demo") == NOON + HOUR


def test_sending_again_changes_nothing_and_a_contradiction_is_refused() -> None:
    (bin,) = make("a")
    first = batch((bin.id, NOON, 10), (bin.id, NOON + HOUR, 20))
    store.ingest(SYSTEM, first)
    again = store.ingest(SYSTEM, first)
    assert (again.stored, again.duplicates, again.refused) == (0, 2, [])
    other = store.ingest(SYSTEM, batch((bin.id, NOON + 2 * HOUR, 30), (bin.id, NOON, 11)))
    assert (other.stored, other.duplicates, other.refusals) == (1, 0, 1)
    assert other.refused[0].index == 1
    assert "correction" in other.refused[0].reason
    assert store.count(SYSTEM) == 3


def test_a_key_twice_in_one_batch_counts_once() -> None:
    (bin,) = make("a")
    receipt = store.ingest(SYSTEM, batch((bin.id, NOON, 10), (bin.id, NOON, 10), (bin.id, NOON, 12)))
    assert (receipt.stored, receipt.duplicates, [refusal.index for refusal in receipt.refused]) == (1, 1, [2])


def test_what_arrives_late_is_stored_and_does_not_become_the_latest() -> None:
    (bin,) = make("a")
    store.ingest(SYSTEM, batch((bin.id, NOON, 10)))
    store.ingest(SYSTEM, batch((bin.id, NOON - HOUR, 90)))
    (newest,) = store.latest(SYSTEM)
    assert (newest.value, newest.stream.first, newest.stream.rows) == (10, NOON - HOUR, 2)


def test_bad_observations_are_refused_one_by_one_and_kept_in_quarantine() -> None:
    (bin,) = make("a")
    rows = [
        (bin.id, NOON, 10.0),
        (999, NOON, 10.0),
        (bin.id, NOON + HOUR, float("nan")),
        (bin.id, NOON + HOUR, 101.0),
        (bin.id, NOON.replace(year=1980), 10.0),
        (bin.id, NOON.replace(year=2199), 10.0),
    ]
    receipt = store.ingest(SYSTEM, batch(*rows))
    assert receipt.stored == 1
    assert [refusal.index for refusal in receipt.refused] == [1, 2, 3, 4, 5]
    told = " ".join(refusal.reason for refusal in receipt.refused)
    for words in ("no stream 999", "not a number", "range of this stream, 0 to 100", "before 1990", "future"):
        assert words in told
    kept = quarantine.list_quarantine(SYSTEM)
    assert len(kept) == 5
    assert {row.who for row in kept} == {"system"}
    assert "101.0" in {row.value for row in kept}


def test_a_jump_is_stored_and_marked_suspect() -> None:
    (bin,) = make("a", jump=30)
    store.ingest(SYSTEM, batch((bin.id, NOON, 10), (bin.id, NOON + HOUR, 90)))
    store.ingest(SYSTEM, batch((bin.id, NOON + 2 * HOUR, 20), (bin.id, NOON + 3 * HOUR, 25)))
    found = store.history(SYSTEM, bin.id, NOON, NOON + 9 * HOUR)
    assert [point.quality for point in found.points] == [Quality.GOOD, Quality.SUSPECT, Quality.SUSPECT, Quality.GOOD]


def test_a_correction_keeps_the_earlier_value_with_who_and_why() -> None:
    (bin,) = make("a")
    store.ingest(SYSTEM, batch((bin.id, NOON, 10)))
    earlier = store.correct(SYSTEM, bin.id, NOON, 12, "calibrated")
    assert (earlier.value, earlier.who, earlier.why) == (10, "system", "calibrated")
    (point,) = store.history(SYSTEM, bin.id, NOON, NOON + HOUR).points
    assert (point.value, point.quality) == (12, Quality.CORRECTED)
    assert store.latest(SYSTEM)[0].value == 12
    assert [revision.value for revision in store.list_revisions(SYSTEM, bin.id, NOON)] == [10]
    with pytest.raises(Problem, match="no observation"):
        store.correct(SYSTEM, bin.id, NOON + HOUR, 12, "calibrated")
    with pytest.raises(Problem, match="reason"):
        store.correct(SYSTEM, bin.id, NOON, 12, " ")


def test_after_closing_and_opening_everything_is_there() -> None:
    bins = make("a", "b")
    store.ingest(SYSTEM, batch((bins[0].id, NOON, 10), (bins[1].id, NOON, 20), (bins[0].id, NOON - HOUR, 5)))
    before = store.latest(SYSTEM)
    lifecycle.stop()
    assert store.latest(SYSTEM) == before
    assert store.ingest(SYSTEM, batch((bins[0].id, NOON - HOUR, 5))).duplicates == 1


def test_an_empty_batch_is_an_empty_receipt() -> None:
    assert store.ingest(SYSTEM, Batch.of([])).stored == 0


def test_the_quarantine_keeps_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_KEPT", 3)
    (bin,) = make("a")
    for value in range(101, 107):
        store.ingest(SYSTEM, batch((bin.id, NOON, value)))
    assert [row.value for row in quarantine.list_quarantine(SYSTEM)] == ["106.0", "105.0", "104.0"]
    first, *_ = quarantine.list_quarantine(SYSTEM)
    assert [row.value for row in quarantine.list_quarantine(SYSTEM, after=first.id, limit=1)] == ["105.0"]


def test_what_another_process_declares_is_seen() -> None:
    (bin,) = make("a")
    models.Thing.objects.filter(key="demo/a").update(name={"en": "renamed"})
    models.Stamp.objects.update(value="another")
    assert store.get_thing(SYSTEM, bin.thing).name == {"en": "renamed"}


def test_a_stream_number_is_never_used_twice_even_when_the_records_are_older_than_the_rows() -> None:
    (bin,) = make("a")
    store.ingest(SYSTEM, batch((bin.id, NOON, 10)))
    models.Stream.objects.all().delete()
    models.Stamp.objects.update(value="another")
    (again,) = make("a")
    assert again.id > bin.id
    assert store.latest(SYSTEM) == []


def test_declaring_the_same_again_changes_nothing() -> None:
    things = [Thing(key="demo/a", solution="demo", area="21004", name={"en": "a"})]
    rows = [StreamRow(key="demo/a/fill", thing="demo/a", reading="fill", low=0, high=100)]
    assert (store.set_things(SYSTEM, things).added, store.set_streams(SYSTEM, rows).added) == (1, 1)
    assert (store.set_things(SYSTEM, things).unchanged, store.set_streams(SYSTEM, rows).unchanged) == (1, 1)
    wider = [StreamRow(key="demo/a/fill", thing="demo/a", reading="fill", low=0, high=200)]
    assert store.set_streams(SYSTEM, wider).changed == 1
    assert store.list_streams(SYSTEM)[0].high == 200
    assert "Send the thing first" in store.set_streams(SYSTEM, [StreamRow(key="demo/b/fill", thing="demo/b")]).faults[0].what


def test_what_was_stored_is_announced() -> None:
    heard: list[ObservationsStored] = []
    listen(ObservationsStored, heard.append)
    a, b = make("a", "b")
    store.ingest(SYSTEM, batch((b.id, NOON, 1), (a.id, NOON, 1), (a.id, NOON + HOUR, 1)))
    store.ingest(SYSTEM, batch((b.id, NOON, 1)))
    assert heard == [ObservationsStored((a.id, b.id), 3)]


def test_what_is_stored_is_acknowledged_even_when_the_records_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> None:
        raise DatabaseError("database is locked")

    (bin,) = make("a")
    monkeypatch.setattr(intake, "quarantine", locked)
    monkeypatch.setattr(watching, "watch", locked)
    receipt = store.ingest(SYSTEM, batch((bin.id, NOON, 1), (bin.id, NOON, 2)))
    assert (receipt.stored, receipt.refusals) == (1, 1)


def test_what_many_streams_say_alike_is_kept_once() -> None:
    one, other = make("bin", "box")
    register.forget()
    known = register.current()
    first, second = known.by_key[one.key], known.by_key[other.key]
    assert first.reading is second.reading
    assert first.name is second.name
    assert first.thing is known.things[first.thing].key


def test_of_batches_that_were_handed_over_only_the_one_that_cannot_be_stored_is_refused() -> None:
    (one,) = make("one")
    sound = [handing.written(batch((one.id, NOON + at * HOUR, float(at)))) for at in range(3)]

    def commit(joined: Batch) -> Flags:
        if 1.0 in joined.values:
            raise RuntimeError("no disk has room for this")
        return np.zeros(len(joined), np.uint8)

    told = handing.store_handed([sound[0], b"nonsense", sound[1], sound[2]], commit)
    answers = [msgspec.msgpack.decode(each or b"") for each in told]
    assert [answer["problem"] and answer["problem"][0] for answer in answers] == [None, 500, 500, None]
    assert [answer["fates"] for answer in answers] == [b"\0", b"", b"", b"\0"]


def test_what_is_taken_over_from_another_node_counts_as_changed() -> None:
    tail, streams = Tail(None), np.array([3, 4], np.int32)
    before, _ = tail.stand(streams)
    nothing = np.empty(0)
    tail.take_over([Summary(nothing.astype(np.int32), nothing, nothing, nothing, nothing, nothing)])
    after, _ = tail.stand(streams)
    assert (after > before).all(), "also of streams that the other has no rows of"
