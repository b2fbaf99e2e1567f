"""One test a door: what is above a person's level or outside the area appears nowhere."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.foundations.observations.city import HOUR, NOON, actor, batch, make
from zinneke.foundations.observations import models, quarantine, store
from zinneke.foundations.observations.values import Stream, StreamRow, Thing
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level, Right
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db
SEE = frozenset({Right.SEE})


@pytest.fixture
def closed() -> Stream:
    (stream,) = make("home", level=Level.PERSONAL, solution="care")
    make("street")
    store.ingest(SYSTEM, batch((stream.id, NOON, 37), (stream.id, NOON + HOUR, 38)))
    store.ingest(SYSTEM, batch((stream.id, NOON, 99)))
    models.Alert.objects.create(stream_id=stream.id, solution="care", area="21004", level=2, rule="fever", status="act", since=NOON)
    return stream


OUTSIDERS = {
    "a visitor": ANONYMOUS,
    "of a lower level": actor(level=Level.SHARED),
    "of another commune": actor(level=Level.PERSONAL, area="21001"),
    "of another solution": actor("observations.demo", level=Level.PERSONAL),
    "with a token for another room": Actor("token", grants=actor(level=Level.PERSONAL).grants, scopes=frozenset({"see:tables"})),
}
INSIDERS = {
    "of the whole": actor(level=Level.PERSONAL),
    "of this commune": actor(level=Level.PERSONAL, area="21004"),
    "of this solution": actor("observations.care", level=Level.PERSONAL),
}


def seen(who: Actor, stream: Stream) -> dict[str, Any]:
    """Return what each reading door gives about one stream."""
    found: dict[str, Any] = {
        "list": [one for one in store.list_streams(who) if one.id == stream.id],
        "find": store.find_stream(who, stream.key),
        "things": [thing for thing in store.list_things(who) if thing.key == stream.thing],
        "latest": store.latest(who, solution="care"),
        "latest by id": store.latest(who, ids=[stream.id]),
        "document": msgspec.json.decode(store.latest_document(who, ids=[stream.id]))["latest"],
        "series": store.series(who, "care", "fill", NOON, NOON + 5 * HOUR),
        "count": store.count(who),
        "newest": store.newest(who),
        "alerts": store.list_alerts(who),
    }
    for name, ask in {
        "detail": lambda: store.get_stream(who, stream.id),
        "thing": lambda: store.get_thing(who, stream.thing),
        "history": lambda: store.history(who, stream.id, NOON, NOON + 5 * HOUR),
        "days": lambda: store.history(who, stream.id, NOON, NOON + 5 * HOUR, "day"),
    }.items():
        try:
            found[name] = ask()
        except Problem as problem:
            assert problem.status == 404
            found[name] = None
    return found


@pytest.mark.parametrize("who", OUTSIDERS.values(), ids=list(OUTSIDERS))
def test_no_door_shows_it_to_outsiders(closed: Stream, who: Actor) -> None:
    assert {door: what for door, what in seen(who, closed).items() if what} == {}


@pytest.mark.parametrize("who", INSIDERS.values(), ids=list(INSIDERS))
def test_every_door_shows_it_to_insiders(closed: Stream, who: Actor) -> None:
    assert all(seen(who, closed).values())


@pytest.mark.parametrize("who", OUTSIDERS.values(), ids=list(OUTSIDERS))
def test_outsiders_write_nothing(closed: Stream, who: Actor) -> None:
    before = store.count(SYSTEM)
    try:
        receipt = store.ingest(who, batch((closed.id, NOON + 2 * HOUR, 39)))
        assert (receipt.stored, receipt.refusals) == (0, 1)
        assert "not yours" in receipt.refused[0].reason
    except Problem as problem:
        assert problem.status in (401, 403)
    with pytest.raises(Problem):
        store.correct(who, closed.id, NOON, 1, "because")
    for write in (
        lambda: store.set_things(who, [Thing(key=closed.thing, solution="care", area="21004", name={"en": "mine"})]),
        lambda: store.set_streams(who, [StreamRow(key=closed.key, thing=closed.thing)]),
    ):
        try:
            assert write().refused == 1
        except Problem as problem:
            assert problem.status in (401, 403)
    assert store.count(SYSTEM) == before
    assert store.get_stream(SYSTEM, closed.id).level == Level.PERSONAL


@pytest.mark.parametrize("who", [who for who in OUTSIDERS.values() if who.grants and not who.scopes])
def test_the_quarantine_shows_outsiders_nothing(closed: Stream, who: Actor) -> None:
    assert [row for row in quarantine.list_quarantine(who) if row.solution == "care"] == []
    assert len(quarantine.list_quarantine(INSIDERS["of this solution"])) == 1


def test_who_may_only_see_cannot_write(closed: Stream) -> None:
    with pytest.raises(Problem) as caught:
        store.ingest(actor(level=Level.PERSONAL, rights=SEE), batch((closed.id, NOON + 2 * HOUR, 39)))
    assert caught.value.status == 403


def test_a_thing_made_stricter_takes_along_its_streams_alerts_and_quarantine() -> None:
    (stream,) = make("square")
    store.ingest(SYSTEM, batch((stream.id, NOON, 10)))
    store.ingest(SYSTEM, batch((stream.id, NOON, 11)))
    models.Alert.objects.create(stream_id=stream.id, solution="demo", area="21004", level=0, rule="full", status="act", since=NOON)
    editor = actor(level=Level.PUBLIC)
    assert store.list_alerts(ANONYMOUS)
    assert quarantine.list_quarantine(editor)
    store.set_things(SYSTEM, [Thing(key="demo/square", solution="demo", area="21004", level=Level.SHARED)])
    assert store.latest(ANONYMOUS) == []
    assert store.list_alerts(ANONYMOUS) == []
    assert quarantine.list_quarantine(editor) == []
    store.set_things(SYSTEM, [Thing(key="demo/square", solution="demo", area="21004", level=Level.PUBLIC)])
    assert len(store.latest(ANONYMOUS)) == 1


def test_nobody_takes_a_name_in_a_solution_that_is_not_theirs() -> None:
    somebody = actor("observations.demo", level=Level.PERSONAL)
    for thing in (Thing(key="air_quality/x", solution="demo"), Thing(key="x", solution="demo"), Thing(key="demo/\0", solution="demo")):
        assert store.set_things(somebody, [thing]).refused == 1
    assert store.set_things(SYSTEM, [Thing(key="air_quality/x")]).refused == 1
    assert store.set_things(somebody, [Thing(key="demo/x", solution="demo")]).added == 1
    assert store.set_streams(somebody, [StreamRow(key="air_quality/x/no2", thing="demo/x")]).refused == 1
    assert store.set_streams(somebody, [StreamRow(key="demo/x/fill", thing="demo/x", low=2, high=1)]).refused == 1
