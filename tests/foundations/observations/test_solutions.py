"""What a solution declares is enough: its samples become things, streams, observations and alerts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from tests.foundations.observations.city import HOUR, NOON, actor
from zinneke.foundations.observations import quarantine, retention, store
from zinneke.foundations.observations.alerting import records
from zinneke.foundations.observations.refused import Sought
from zinneke.foundations.observations.values import Place
from zinneke.foundations.territory import store as territory
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.problem import Problem
from zinneke.kernel.solution import Alert, Answer, Asset, Reading, Sample, Solution, Source
from zinneke.kernel.text import Text, same

pytestmark = pytest.mark.django_db


def full(value: float) -> Text | None:
    return same(f"{value:g} %") if value >= 80 else None


def decode(body: bytes) -> Iterator[Sample]:
    for line in body.decode().splitlines():
        asset, hours, value = line.split(",")
        yield Sample(asset, "fill", NOON + int(hours) * HOUR, float(value))


TANKS = Solution(
    key="tanks",
    name=same("Tanks"),
    purpose=same("Fill"),
    domain="environment",
    assets=(
        Asset("tank", same("Tank"), "", (Reading("fill", same("Fill"), "%", "", 0, 100, 3600),)),
        Asset("bed", same("Bed"), "", (Reading("pulse", same("Pulse"), "1", "", 0, 300, 60, Level.SHARED),), level=Level.PERSONAL),
    ),
    sources=(Source("csv", same("CSV"), decode, "", ""),),
    answer=lambda series: Answer(same("")),
    how=same(""),
    alerts=(Alert("full", same("Full"), "fill", full),),
    keep=2,
)


@pytest.fixture(autouse=True)
def tanks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "solutions", lambda: {"tanks": TANKS})
    records.declared.cache_clear()
    yield
    records.declared.cache_clear()


def fill(asset: str, hours: float, value: float, **more: object) -> Sample:
    return Sample(asset, "fill", NOON + hours * HOUR, value, **more)  # type: ignore[arg-type]


def test_assets_and_readings_are_registered_when_first_heard_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(territory, "locate", lambda actor, lon, lat: (np.array(["21004"] * len(lon), object), np.array([""] * len(lon), object)))
    samples = [fill("a", 0, 10, name=same("Tank A"), place=(4.35, 50.85)), fill("a", 1, 20), fill("b", 0, 30)]
    receipt = store.take_samples(SYSTEM, "tanks", samples)
    assert (receipt.stored, receipt.refused) == (3, [])
    thing = store.get_thing(ANONYMOUS, "tanks/a")
    assert (thing.name["nl"], thing.place, thing.area, thing.kind) == ("Tank A", Place(4.35, 50.85), "21004", "tank")
    a, b = store.list_streams(ANONYMOUS, solution="tanks")
    assert (a.key, a.unit, a.interval, a.low, a.high, a.area) in {
        ("tanks/a/fill", "%", 3600, 0, 100, "21004"),
        ("tanks/b/fill", "%", 3600, 0, 100, ""),
    }
    assert {one.rows for one in (a, b)} == {1, 2}
    again = store.take_samples(SYSTEM, "tanks", samples)
    assert (again.stored, again.duplicates) == (0, 3)
    assert store.get_thing(ANONYMOUS, "tanks/a") == thing


def test_a_sample_that_cannot_be_taken_is_named_and_the_others_are_stored() -> None:
    samples = [
        fill("a", 0, 10),
        fill("a", 1, 300),
        Sample("a", "colour", NOON, 1),
        Sample("", "fill", NOON, 1),
        Sample("a", "fill", NOON.replace(tzinfo=None), 1),
        fill("c", 0, 10, place=(50.85, 400.0)),
        fill("x" * 151, 0, 10),
        fill("nul\0", 0, 10),
    ]
    receipt = store.take_samples(SYSTEM, "tanks", samples)
    assert receipt.stored == 1
    assert [refusal.index for refusal in receipt.refused] == [1, 2, 3, 4, 5, 6, 7]
    reasons = [refusal.reason for refusal in receipt.refused]
    assert "plausible range" in reasons[0]
    assert "It knows fill, pulse" in reasons[1]
    assert "which asset" in reasons[2]
    assert "no zone" in reasons[3]
    assert "not a longitude" in reasons[4]
    assert [thing.key for thing in store.list_things(SYSTEM)] == ["tanks/a"]
    assert len(quarantine.list_quarantine(SYSTEM, Sought(solution="tanks"))) == 7
    with pytest.raises(Problem, match="no solution"):
        store.take_samples(SYSTEM, "unknown", samples)


def test_a_persons_reading_stays_closed() -> None:
    store.take_samples(SYSTEM, "tanks", [Sample("p", "pulse", NOON, 70), Sample("p", "pulse", NOON + HOUR, 700)])
    assert store.list_streams(ANONYMOUS) == store.latest(ANONYMOUS) == store.list_things(ANONYMOUS) == []
    assert store.list_streams(SYSTEM)[0].level == Level.PERSONAL
    assert quarantine.list_quarantine(actor("observations.tanks", level=Level.SHARED)) == []
    refused = store.take_samples(actor("observations.tanks", level=Level.SHARED), "tanks", [Sample("q", "pulse", NOON, 70)])
    assert (refused.stored, refused.refusals) == (0, 1)
    assert "not yours" in refused.refused[0].reason
    assert store.find_stream(SYSTEM, "tanks/q/pulse") is None


def test_an_alert_opens_once_and_closes_once() -> None:
    store.take_samples(SYSTEM, "tanks", [fill("a", 0, 10), fill("b", 0, 10)])
    assert store.list_alerts(ANONYMOUS) == []
    store.take_samples(SYSTEM, "tanks", [fill("a", 1, 85)])
    store.take_samples(SYSTEM, "tanks", [fill("a", 2, 90)])
    store.take_samples(SYSTEM, "tanks", [fill("a", 0.5, 5)])
    (alert,) = store.list_alerts(ANONYMOUS, "tanks")
    assert (alert.rule, alert.sentence["fr"], alert.since, alert.until, alert.thing) == ("full", "85 %", NOON + HOUR, None, "tanks/a")
    store.take_samples(SYSTEM, "tanks", [fill("a", 3, 3)])
    assert store.list_alerts(ANONYMOUS) == []
    (closed,) = store.list_alerts(ANONYMOUS, only_open=False)
    assert closed.until == NOON + 3 * HOUR


def test_a_sensor_that_falls_silent_is_told() -> None:
    store.take_samples(SYSTEM, "tanks", [fill("a", 0, 10), fill("b", 0, 10), fill("old", -24 * 90, 10)])
    store.take_samples(SYSTEM, "tanks", [fill("b", 3, 10)])
    assert store.list_alerts(ANONYMOUS) == []
    store.take_samples(SYSTEM, "tanks", [fill("b", 4, 10)])
    (silence,) = store.list_alerts(ANONYMOUS)
    assert (silence.thing, silence.rule, silence.since) == ("tanks/a", "silent", NOON + 3 * HOUR)


def test_retention_deletes_what_the_solution_no_longer_keeps() -> None:
    store.take_samples(SYSTEM, "tanks", [fill("a", hours, 10) for hours in range(100)])
    gone = retention.apply_retention(SYSTEM, NOON + timedelta(hours=100))
    assert gone == {"tanks": 52}
    (stream,) = store.list_streams(SYSTEM)
    assert (stream.rows, stream.first) == (48, NOON + 52 * HOUR)
    assert retention.apply_retention(SYSTEM, NOON + timedelta(hours=100)) == {"tanks": 0}
    with pytest.raises(Problem):
        retention.apply_retention(ANONYMOUS, NOON)
