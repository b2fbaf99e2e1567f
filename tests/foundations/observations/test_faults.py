"""What goes wrong around the store: nothing acknowledged is lost, and whoever is not served is told to come back."""

from __future__ import annotations

import random
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks import faults
from tests.foundations.observations.city import HOUR, NOON, batch, make
from zinneke.foundations.observations import lifecycle, quarantine, store
from zinneke.foundations.observations.gathering import Gathering
from zinneke.foundations.observations.values import Receipt
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.pending import Pending
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.xdist_group("process")
def test_what_the_server_acknowledged_survives_kill_9_once(tmp_path: Path) -> None:
    found = faults.kill(tmp_path / "server", 2, random.Random(3))
    assert found.acknowledged > 0
    assert (found.missing, found.twice, found.wrong) == (0, 0, 0)


def test_a_burst_is_asked_to_come_back_and_loses_nothing() -> None:
    (stream,) = make("bin")
    room, hold = lifecycle.opened(), threading.Event()
    gathering = Gathering(room=10)
    blocker = threading.Thread(target=room.writer.do, args=(lambda: hold.wait(30),))
    blocker.start()
    handed: list[tuple[int, Pending[Receipt]]] = []
    refused: list[int] = []
    for number in range(100):
        try:
            handed.append((number, gathering.put(SYSTEM, batch((stream.id, NOON + number * HOUR / 60, 5.0)))))
        except Problem as problem:
            assert (problem.status, problem.headers) == (429, {"Retry-After": "1"})
            refused.append(number)
    hold.set()
    blocker.join()
    assert handed
    assert refused
    assert [done.result(30).stored for _, done in handed] == [1] * len(handed)
    again = [store.hand_over(SYSTEM, batch((stream.id, NOON + number * HOUR / 60, 5.0))) for number in range(100)]
    receipts = [done.result(30) for done in again]
    assert sum(receipt.duplicates for receipt in receipts) == len(handed)
    assert sum(receipt.stored for receipt in receipts) == len(refused)
    gathering.close()


def test_each_of_those_gathered_is_told_about_its_own() -> None:
    one, other = make("bin", "box")
    hold = threading.Event()
    blocker = threading.Thread(target=lifecycle.opened().writer.do, args=(lambda: hold.wait(30),))
    blocker.start()
    rows = [(one.id, NOON, 5.0), (one.id, NOON, 5.0), (one.id, NOON, 6.0), (999_999, NOON, 1.0), (other.id, NOON, 500.0), (other.id, NOON, 7.0)]
    handed = [store.hand_over(SYSTEM, batch(row)) for row in rows]
    hold.set()
    blocker.join()
    told = [(receipt.stored, receipt.duplicates, receipt.refusals) for receipt in (done.result(30) for done in handed)]
    assert told == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 1), (0, 0, 1), (1, 0, 0)]
    reasons = [done.result().refused[0].reason for done in handed if done.result().refused]
    assert [reason.split()[0] for reason in reasons] == ["Another", "There", "500"]
    assert len(quarantine.list_quarantine(SYSTEM)) == 3


def test_when_our_clock_jumps_back_what_comes_is_kept_aside_with_the_reason_and_stored_later(monkeypatch: pytest.MonkeyPatch) -> None:
    (stream,) = make("bin")
    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: int((NOON - 24 * HOUR).timestamp() * 1e9))
        receipt = store.ingest(SYSTEM, batch((stream.id, NOON, 5.0)))
    assert "in the future" in receipt.refused[0].reason
    assert quarantine.list_quarantine(SYSTEM)[0].stream == stream.key
    assert store.ingest(SYSTEM, batch((stream.id, NOON, 5.0))).stored == 1


def test_a_sensor_whose_clock_jumps_loses_nothing_and_the_latest_is_the_newest_observed() -> None:
    (stream,) = make("bin")
    moments = [NOON, NOON + HOUR, NOON - 300 * HOUR, NOON + HOUR / 2, NOON - timedelta(days=4000), NOON + 2 * HOUR]
    assert [store.ingest(SYSTEM, batch((stream.id, moment, 5.0))).stored for moment in moments] == [1] * 6
    history = store.history(SYSTEM, stream.id, min(moments), NOON + 3 * HOUR)
    assert [point.time for point in history.points] == sorted(moments)
    assert store.latest(SYSTEM)[0].time == NOON + 2 * HOUR
