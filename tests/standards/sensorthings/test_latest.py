"""What is answered from memory is, byte for byte, what the records and the rows say: whoever asks, whatever is asked, whatever changed meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.foundations.observations.city import HOUR, NOON, actor, batch, make
from zinneke.foundations.observations import declaring, lifecycle, models, register, store
from zinneke.foundations.observations.values import Draft, Stream
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Grant, Level, Right
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call
from zinneke.standards.sensorthings import AskPath, latest, reading

pytestmark = pytest.mark.django_db(transaction=True)
NEWEST = "Observations($orderby=phenomenonTime desc;$top=1{})"
WHO = (
    ANONYMOUS,
    actor(),
    actor(level=Level.SHARED),
    actor("observations.demo", Level.PERSONAL),
    actor(level=Level.SHARED, area="21004"),
    Actor("device:1", grants=(Grant("device", frozenset({Right.EDIT}), Level.PERSONAL, subject="observations.1"),)),
)
EXPANSIONS = (
    "",
    NEWEST.format(""),
    NEWEST.format(";$select=phenomenonTime,result"),
    NEWEST.format(";$select=result,Datastream,id"),
    NEWEST.format("") + ",Thing",
    "Thing($expand=Locations),Sensor,ObservedProperty($select=name),Observations($top=1;$orderby=phenomenonTime desc)",
    "Thing($select=name;$expand=Datastreams($select=id,name;$expand=" + NEWEST.format("") + "))," + NEWEST.format(""),
    "Observations($top=2;$orderby=phenomenonTime desc)",
    "Observations",
    "FeatureOfInterest",
)
OF_THINGS = ("", "Datastreams", "Datastreams/Observations", f"Locations,Datastreams($expand={NEWEST.format('')})", "HistoricalLocations")
FILTERS = (
    "", "id gt 2", "id ge 3", "id eq 4", "@iot.id eq 99", "id lt 5", "id gt 2.5", "id gt 99999999999999", "name eq 'one'", "Thing/name eq 'two'",
    "phenomenonTime lt 2026-03-10T15:00:00Z", "Observations/result gt 50", "ObservedProperty/name eq 'fill' and id gt 1", "nonsense",
)  # fmt: skip
PATHS = ("Datastreams", "Things", "Things(1)/Datastreams", "Things(2)/Datastreams", "Things(77)/Datastreams", "Datastreams(1)", "Observations")


@pytest.fixture
def city() -> list[Stream]:
    streams = [
        *make("one", "two"),
        *make("three", level=Level.SHARED),
        *make("four", level=Level.PERSONAL, area="21009"),
        *make("five", "six", solution="other", area="21009"),
        *make("seven", solution="other", level=Level.SHARED, area="21004"),
    ]
    store.ingest(SYSTEM, batch(*((each.id, NOON, 10.0 * each.id) for each in streams[:6])))
    store.ingest(SYSTEM, batch(*((each.id, NOON + HOUR, 5.5) for each in streams[2:5])))
    for number, location in ((1, [4.35, 50.85]), (2, [4.4, 50.9])):
        place = {"name": "roof", "encodingType": "application/geo+json", "location": {"type": "Point", "coordinates": location}}
        store.create_entity(SYSTEM, Draft("Locations", place, {"Things": (number,)}))
    return streams


def call(who: Actor, path: str, query: str, language: str = "en") -> Call[AskPath]:
    return Call(who, AskPath(path), None, "http://city", language, {}, query)


def told(answer: Callable[[Call[Any]], Any], asked: Call[AskPath]) -> Any:
    try:
        reply = answer(asked)
    except Problem as problem:
        return problem.status, problem.detail
    return None if reply is None else (reply.status, reply.body, reply.media_type)


def question(chance: random.Random) -> tuple[str, str]:
    path = chance.choice((*PATHS, "Datastreams", "Datastreams", "Things", "Things"))
    given = {
        "$expand": chance.choice(OF_THINGS if path == "Things" else EXPANSIONS), "$filter": chance.choice(("",) * 8 + FILTERS),
        "$top": chance.choice(("", "0", "1", "3", "100", "5000")), "$skip": chance.choice(("", "", "1", "2", "50")),
        "$select": chance.choice(("", "", "name", "id,phenomenonTime", "name,Thing,Observations", "result")),
        "$count": chance.choice(("", "", "true")), "$orderby": chance.choice(("", "", "", "name desc", "id desc", "phenomenonTime")),
        "$skiptoken": chance.choice(("", "", "", "WzJd", "W10", "WzIsM10", "WyJhIl0", "!")),
    }  # fmt: skip
    return path, "&".join(f"{name}={value}" for name, value in given.items() if value)


def change(chance: random.Random, streams: list[Stream], step: int) -> None:
    """Let something happen: mostly news, now and then a correction, another name, another level, a deletion."""
    stream, moment = chance.choice(streams), NOON + timedelta(minutes=step)
    match chance.randrange(12):
        case 0:
            store.set_streams(SYSTEM, [_row(stream, name={"en": f"name {step}"})])
        case 1:
            store.set_streams(SYSTEM, [_row(stream, level=Level.SHARED if step % 2 else Level.PUBLIC)])
        case 2:
            store.ingest(SYSTEM, batch((stream.id, moment, 1.0)))
            store.correct(SYSTEM, stream.id, moment, 2.0, "wrong")
        case 3:
            store.ingest(SYSTEM, batch((stream.id, moment, 1.0)))
            store.remove_entity(SYSTEM, "Observations", f"{stream.id}.{to_microseconds(moment)}")
        case 4:
            store.change_entity(SYSTEM, 1, Draft("Things", {"name": f"thing {step} % \u0001N"}))
        case 5 if step > 90:
            store.create_entity(SYSTEM, Draft("Observations", {"result": 7.5, "parameters": {"a": 1}}, {"Datastream": (7,)}))
        case _:
            store.ingest(SYSTEM, batch((stream.id, moment, chance.random() * 100), (streams[0].id, moment, 3.25)))


def _row(stream: Stream, **changed: Any) -> Any:
    names = ("key", "thing", "name", "reading", "means", "unit", "interval", "low", "high", "jump", "level", "keep")
    known = declaring.register.current().by_key[stream.key]
    return declaring.StreamRow(**{**{name: getattr(known, name) for name in names}, **changed})


@pytest.mark.parametrize("seed", range(4))
def test_memory_and_records_say_the_same(city: list[Stream], seed: int) -> None:
    chance, known = random.Random(seed), 0  # noqa: S311  which questions are asked is no secret
    for step in range(120):
        if step % 4 == 0:
            change(chance, city, step + 1)
        who, language = chance.choice(WHO), chance.choice(("en", "fr"))
        asked = call(who, *question(chance), language=language)
        for _ in range(2):
            found, expected = told(latest.answer, asked), told(reading.read_path, asked)
            known += found is not None and expected[0] == 200
            assert found in (None, expected), (asked.ask.path, asked.query, who.key)
    assert known > 10


def test_a_place_in_another_order_is_refused_with_a_reason(city: list[Stream]) -> None:
    status, detail = told(reading.read_path, call(ANONYMOUS, "Datastreams", "$orderby=name desc&$skiptoken=WzIsM10"))
    assert status == 400
    assert "another kind" in detail


def test_the_newest_of_all_with_their_things_is_known_from_memory_as_it_arrives(city: list[Stream]) -> None:
    asked = call(ANONYMOUS, "Datastreams", f"$expand=Thing,{NEWEST.format('')}&$top=3&$filter=id gt 1")
    assert told(latest.answer, asked) is None  # the records are first read
    expected = told(reading.read_path, asked)
    assert told(latest.answer, asked) == expected
    for minute in range(3):
        store.ingest(SYSTEM, batch((2, NOON + timedelta(hours=2, minutes=minute), 42.0)))
        fresh = told(latest.answer, asked)
        assert fresh == told(reading.read_path, asked) != expected
        expected = fresh


def test_things_without_their_streams_are_told_too(city: list[Stream]) -> None:
    asked = call(ANONYMOUS, "Things", "$expand=Locations")
    expected = told(reading.read_path, asked)
    assert expected[1].count(b'"description"') == 6  # four things and two roofs
    assert told(latest.answer, asked) == told(latest.answer, asked) == expected


def test_what_is_hidden_is_gone_from_memory_at_once(city: list[Stream]) -> None:
    asked = call(ANONYMOUS, "Datastreams", f"$expand={NEWEST.format('')}")
    told(reading.read_path, asked)
    assert b"Datastreams(2)" in told(latest.answer, asked)[1]
    store.set_streams(SYSTEM, [_row(city[1], level=Level.PERSONAL)])
    assert told(latest.answer, asked) is None
    assert b"Datastreams(2)" not in told(reading.read_path, asked)[1]
    assert b"Datastreams(2)" not in told(latest.answer, asked)[1]


def test_another_process_that_changes_the_records_is_noticed(city: list[Stream], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = call(ANONYMOUS, "Datastreams", "")
    told(reading.read_path, asked)
    assert told(latest.answer, asked) is not None
    models.Stamp.objects.update(value="another")
    monkeypatch.setattr(register, "_checked", 0.0)
    assert told(latest.answer, asked) is None


def test_a_name_with_what_looks_like_a_mark_is_told_as_it_is(city: list[Stream]) -> None:
    store.change_entity(SYSTEM, 1, Draft("Things", {"name": "100% \u0001N %(n)b \\u0001M"}))
    asked = call(ANONYMOUS, "Datastreams", f"$expand=Thing,{NEWEST.format('')}")
    expected = told(reading.read_path, asked)
    assert told(latest.answer, asked) == expected


def test_what_is_kept_is_bounded(city: list[Stream], monkeypatch: pytest.MonkeyPatch) -> None:
    told(reading.read_path, call(ANONYMOUS, "Datastreams", ""))
    monkeypatch.setattr(latest, "SHELVES", 3)
    monkeypatch.setattr(latest, "PAGES", 2)
    for name in ("id", "name", "id,name", "description", "name,description"):
        for top in (1, 2, 3):
            assert told(latest.answer, call(ANONYMOUS, "Datastreams", f"$select={name}&$top={top}")) is not None
    assert len(latest._shelves) <= 3
    assert all(len(shelf.pages) <= 2 for shelf in latest._shelves.values())
    monkeypatch.setattr(latest, "ROOM", 100)
    asked = call(ANONYMOUS, "Datastreams", "$top=4")
    assert told(latest.answer, asked) == told(reading.read_path, asked)
    assert not latest._shelves


def test_pages_asked_in_ever_other_words_stay_within_the_room(city: list[Stream], monkeypatch: pytest.MonkeyPatch) -> None:
    told(reading.read_path, call(ANONYMOUS, "Datastreams", ""))
    monkeypatch.setattr(latest, "ROOM", 200_000)
    for at in range(60):
        assert told(latest.answer, call(ANONYMOUS, "Datastreams", f"$expand={NEWEST.format('')},Thing&$filter=name ne '{at}'")) is not None
        kept = latest._shelves.values()
        assert sum(page.size for shelf in kept for page in shelf.pages.values()) <= sum(shelf.size for shelf in kept) <= 200_000


def test_the_door_answers_alike_at_first_and_afterwards(service: TestClient, city: list[Stream]) -> None:
    first, again = (service.get("Datastreams", params={"$expand": NEWEST.format("")}) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert lifecycle.ready()
