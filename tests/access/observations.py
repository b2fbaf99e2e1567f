"""The world of the observations: each item once in a solution that the operator holds and once in one that they do not."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import numpy as np
from django.test import override_settings

from tests.access import linked_things
from tests.access.cast import ITEMS, SCHAERBEEK, Item, Somebody
from tests.access.doors import Door, Open, changes, counts, lists, opens, plain
from zinneke.foundations.observations import feeds, hearing, heeding, intake, models, quarantine, register, standing, store
from zinneke.foundations.observations.gathering import Gathering
from zinneke.foundations.observations.refused import Mend, Sought
from zinneke.foundations.observations.values import (
    Apply,
    Batch,
    Draft,
    Given,
    Node,
    Order,
    Path,
    Period,
    Place,
    Question,
    Receipt,
    StreamRow,
    Thing,
    Wanted,
)
from zinneke.kernel.confidentiality import SYSTEM, Actor, Level
from zinneke.kernel.pending import Pending
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.solution import Sample

START = datetime(2026, 11, 18, 6, tzinfo=UTC)
SOLUTIONS = {"air_quality": "pm25", "smart_bins": "fill"}
ROWS = {item.mark: 2**at for at, item in enumerate(ITEMS)}
"""How many observations each item has: every sum of them is a sum of just one choice of items."""
ROOM = "zinneke.foundations.observations.store"
QUARANTINE = "zinneke.foundations.observations.quarantine"
HEARING = "zinneke.foundations.observations.hearing"
HANDLED: dict[str, str] = {
    f"{ROOM}.newest_stamp": "tells a random stamp, which says nothing of the records but that they changed",
    f"{ROOM}.check_streams": "tells of numbers what the store tells whoever writes to them: tests/foundations/devices/test_store.py",
    "zinneke.foundations.observations.quarantine.keep_messages": "only adds to the quarantine, for senders who may be nobody",
    "zinneke.foundations.observations.retention.apply_retention": "deletes, by stream and reach; tells figures only",
    "zinneke.foundations.observations.retention.set_keep": "a stream beyond reach is not there: tests/foundations/observations/test_retention.py",
}
PLACES = {item.mark: Place(4.35 + at / 100, 50.85) for at, item in enumerate(ITEMS)}


def thing(solution: str, item: Item, **other: Any) -> Thing:
    """Return a planted thing, or the same otherwise."""
    planted = {
        "key": f"{solution}/{item.mark}", "name": {"en": item.mark}, "kind": item.mark, "solution": solution, "area": item.area,
        "level": item.level, "place": PLACES[item.mark], "properties": {"note": item.mark},
    }  # fmt: skip
    return Thing(**{**planted, **other})


def stream(solution: str, item: Item, **other: Any) -> StreamRow:
    """Return a planted stream, or the same otherwise."""
    key, reading = f"{solution}/{item.mark}", SOLUTIONS[solution]
    planted = {"key": f"{key}/{reading}", "thing": key, "name": {"en": item.mark}, "reading": reading, "unit": "ug/m3", "interval": 600}
    return StreamRow(**{**planted, "low": 0, "high": 100, **other})


def plant() -> dict[tuple[str, str], int]:
    """Plant the items, and return the number of each one's stream by solution and mark."""
    numbers: dict[tuple[str, str], int] = {}
    heed, heeding._heed = heeding._heed, lambda known: np.ones(len(known.ids), bool)  # so that all of it is told to whoever may hear it
    try:
        return _planted(numbers)
    finally:
        heeding._heed = heed


def _planted(numbers: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    for solution in SOLUTIONS:
        for at, item in enumerate(ITEMS):
            store.set_things(SYSTEM, [thing(solution, item)])
            store.set_streams(SYSTEM, [stream(solution, item)])
            found = store.find_stream(SYSTEM, stream(solution, item).key)
            assert found is not None
            numbers[solution, item.mark] = found.id
            begin = START + at * timedelta(hours=12)
            receipt = store.ingest(SYSTEM, Batch.of([(found.id, begin + n * timedelta(minutes=10), 10.0 + at) for n in range(ROWS[item.mark])]))
            assert receipt.stored == ROWS[item.mark]
            store.ingest(SYSTEM, Batch.of([(found.id, begin, 4000.0)]))
            store.correct(SYSTEM, found.id, begin, 20.0 + at, f"wrong at {item.mark}")
            models.Alert.objects.create(
                stream_id=found.id, solution=solution, area=item.area, level=item.level, rule=item.mark, name={"en": item.mark},
                sentence={"en": item.mark}, status="act", value=10.0, since=begin,
            )  # fmt: skip
    return numbers


def refused(solution: str, item: Item) -> int:
    """Return the number of what was refused of an item."""
    return int(models.Quarantined.objects.filter(stream=stream(solution, item).key).latest("pk").pk)


def _names(solution: str, numbers: dict[tuple[str, str], int], found: list[standing.Standing]) -> list[str]:
    """Return the items of the streams that were told of."""
    told = {each.stream for each in found}
    return [mark for (owner, mark), number in numbers.items() if owner == solution and number in told]


def newest(expected: frozenset[str]) -> datetime:
    """Return when the newest observation of these items was made."""
    return max(
        START + at * timedelta(hours=12) + (ROWS[item.mark] - 1) * timedelta(minutes=10) for at, item in enumerate(ITEMS) if item.mark in expected
    )


def doors() -> list[Door]:
    """Plant the world and return every reading door of the store, each for both solutions."""
    numbers = plant()
    linked = [door for solution, reading in SOLUTIONS.items() for door in linked_things.doors(solution, reading)]
    return [*(door for solution in SOLUTIONS for door in _doors(solution, numbers)), *linked]


def _doors(solution: str, numbers: dict[tuple[str, str], int]) -> list[Door]:
    subject, reading, end = f"observations.{solution}", SOLUTIONS[solution], START + timedelta(days=4)

    def number(item: Item) -> int:
        return numbers[solution, item.mark]

    def begun(item: Item) -> datetime:
        return START + ITEMS.index(item) * timedelta(hours=12)

    def key(item: Item) -> str:
        return f"{solution}/{item.mark}"

    return [
        lists(f"{ROOM}.list_streams", lambda who: plain(store.list_streams(who.actor, solution=solution)), subject),
        lists(f"{ROOM}.list_things", lambda who: plain(store.list_things(who.actor, solution=solution)), subject),
        lists(f"{ROOM}.latest", lambda who: plain(store.latest(who.actor, solution=solution)), subject),
        lists(f"{ROOM}.list_numbers", lambda who: _numbered(solution, numbers, store.list_numbers(who.actor).tolist()), subject),
        opens(f"{ROOM}.stand", lambda who, item: store.stand(who.actor, np.array([number(item)], np.int32)), subject),
        lists(f"{ROOM}.latest_document", lambda who: store.latest_document(who.actor, solution=solution), subject),
        *(lists(f"{ROOM}.ask", lambda who, q=question: plain(store.ask(who.actor, q).entities), subject) for question in questions(solution)),
        counts(f"{ROOM}.ask", lambda who: counted(who, solution), lambda seen: sum(ROWS[mark] for mark in seen), subject),
        opens(f"{ROOM}.ask", lambda who, item: store.ask(who.actor, named(solution, item)).entities, subject),
        lists(f"{ROOM}.list_alerts", lambda who: plain(store.list_alerts(who.actor, solution=solution)), subject),
        lists(f"{ROOM}.series", lambda who: store.series(who.actor, solution, reading, START, end), subject),
        counts(f"{ROOM}.count", lambda who: store.count(who.actor, solution), lambda seen: sum(ROWS[mark] for mark in seen), subject),
        counts(f"{ROOM}.newest", lambda who: store.newest(who.actor, solution), newest, subject),
        opens(f"{ROOM}.get_stream", lambda who, item: store.get_stream(who.actor, number(item)), subject),
        opens(f"{ROOM}.find_stream", lambda who, item: store.find_stream(who.actor, f"{key(item)}/{reading}"), subject),
        opens(f"{ROOM}.get_thing", lambda who, item: store.get_thing(who.actor, key(item)), subject),
        opens(f"{ROOM}.history", lambda who, item: store.history(who.actor, number(item), START, end), subject),
        opens(f"{ROOM}.latest", lambda who, item: store.latest(who.actor, ids=[number(item)]), subject),
        lists(
            f"{QUARANTINE}.list_quarantine",
            lambda who: plain(quarantine.list_quarantine(who.actor, Sought(solution=solution))),
            subject,
            edits=True,
        ),
        opens(f"{QUARANTINE}.get_quarantined", lambda who, item: quarantine.get_quarantined(who.actor, refused(solution, item)), subject, edits=True),
        lists(
            "zinneke.foundations.observations.standing.list_standing",
            lambda who: _names(solution, numbers, standing.list_standing(who.actor, numbers.values())),
            subject,
        ),
        lists(f"{HEARING}.read_news", lambda who: plain(hearing.read_news(who.actor, 0, Wanted(solution=solution)).heard), subject),
        counts(
            f"{HEARING}.count_news",
            lambda who: hearing.count_news(who.actor, 0, Wanted(solution=solution))[0],
            lambda seen: sum(ROWS[mark] for mark in seen),
            subject,
        ),
        opens(f"{ROOM}.list_revisions", lambda who, item: store.list_revisions(who.actor, number(item), begun(item)), subject, edits=True),
    ]


def _numbered(solution: str, numbers: dict[tuple[str, str], int], found: list[int]) -> list[str]:
    return [mark for (owner, mark), number in numbers.items() if owner == solution and number in found]


def about(solution: str, *path: str) -> Node:
    """Return the condition that a thing, reached by a path, belongs to a solution."""
    return Apply("eq", (Path((*path, "properties", "solution")), Given("text", solution)))


def questions(solution: str) -> list[Question]:
    """Return a question for each way to an item: sets, expansions, paths of conditions and orders."""
    brought = Question(set="Datastreams", expand=(("Sensor", Question(set="Sensors")), ("Thing", Question(set="Things"))))
    heard, features = Apply("gt", (Path(("Datastreams", "Observations", "result")), Given("number", 0))), Question(set="FeaturesOfInterest")
    return [
        Question(set="Things", where=about(solution)),
        Question(set="Things", where=Apply("and", (about(solution), heard))),
        Question(set="Datastreams", where=about(solution, "Thing"), order=(Order(Path(("Thing", "name")), True),)),
        Question(set="Locations", where=about(solution, "Things")),
        Question(set="Locations", where=about(solution, "Things"), expand=(("Things", Question(set="Things", expand=(("Datastreams", brought),))),)),
        Question(set="HistoricalLocations", where=about(solution, "Thing"), expand=(("Locations", Question(set="Locations")),)),
        Question(set="Sensors", where=about(solution, "Datastreams", "Thing")),
        Question(set="ObservedProperties", where=about(solution, "Datastreams", "Thing"), expand=(("Datastreams", brought),)),
        Question(set="FeaturesOfInterest", where=about(solution, "Observations", "Datastream", "Thing")),
        Question(set="Observations", where=about(solution, "Datastream", "Thing"), top=1000, expand=(("FeatureOfInterest", features),)),
    ]  # fmt: skip


def counted(who: Somebody, solution: str) -> int | None:
    """Return how many observations of a solution somebody counts."""
    return store.ask(who.actor, Question(set="Observations", where=about(solution, "Datastream", "Thing"), top=0, count=True)).count


def named(solution: str, item: Item) -> Question:
    """Return the question for the one thing that has a stream of an item's name: a condition that must not tell of what is hidden."""
    called = Apply("eq", (Path(("Datastreams", "name")), Given("text", item.mark)))
    return Question(set="Things", where=Apply("and", (about(solution), called)))


def routes(get: object) -> list[Door]:
    """Plant the world and return every reading route; `get` asks an address as somebody."""
    numbers = plant()
    ask = get  # type: ignore[assignment]
    things = "/sta/v1.1/Things?$expand=Datastreams&$filter=properties/solution eq '{}'"
    found: list[Door] = [Door("GET /sta/v1.1", lambda who, expected: "" if b"Things" in ask(who, "/sta/v1.1").content else "tells nothing")]
    for solution, reading in SOLUTIONS.items():
        subject = f"observations.{solution}"

        def number(item: Item, solution: str = solution) -> int:
            return numbers[solution, item.mark]

        found += [
            Door("GET /api/feeds", lambda who, expected, s=solution: _feeds(ask, who, expected, s), subject, edits=True),
            lists("GET /api/datastreams", lambda who, s=solution: ask(who, f"/api/datastreams?solution={s}").content, subject),
            lists("GET /api/datastreams", lambda who, r=reading: ask(who, f"/api/datastreams?reading={r}&limit=1000").content, subject),
            opens("GET /api/datastreams/{id}", lambda who, item, n=number: ask(who, f"/api/datastreams/{n(item)}"), subject),
            opens(
                "GET /api/datastreams/{id}/observations", lambda who, item, n=number: ask(who, f"/api/datastreams/{n(item)}/observations"), subject
            ),
            opens(
                "GET /api/datastreams/{id}/observations",
                lambda who, item, n=number: ask(who, f"/api/datastreams/{n(item)}/observations?step=day&format=csv"),
                subject,
            ),
            lists("GET /api/latest", lambda who, s=solution: ask(who, f"/api/latest?solution={s}").content, subject),
            lists(
                "GET /api/latest",
                lambda who, s=solution: ask(who, "/api/latest?ids=" + ",".join(str(numbers[s, item.mark]) for item in ITEMS)).content,
                subject,
            ),
            lists("GET /sta/v1.1/{path:path}", lambda who, s=solution: ask(who, things.format(s)).content, subject),
            opens("GET /sta/v1.1/{path:path}", lambda who, item, n=number: ask(who, f"/sta/v1.1/Datastreams({n(item)})/Observations"), subject),
            opens("GET /sta/v1.1/{path:path}", lambda who, item, n=number: ask(who, f"/sta/v1.1/Datastreams({n(item)})/Thing/name/$value"), subject),
            lists("GET /api/alerts", lambda who, s=solution: ask(who, f"/api/alerts?solution={s}&all=true").content, subject),
            *_measured(ask, solution, subject),
            opens("GET /api/quarantine/{id}", lambda who, item, s=solution: ask(who, f"/api/quarantine/{refused(s, item)}"), subject, edits=True),
            *linked_things.routes(ask, solution),
            lists("GET /api/quarantine", lambda who, s=solution: ask(who, f"/api/quarantine?solution={s}").content, subject, edits=True),
        ]
    return found


def _feeds(ask: Callable[..., Any], who: Somebody, expected: frozenset[str], solution: str) -> str:
    """Say what is wrong with the feeds that somebody is told: those of a solution are for who edits something of it."""
    with override_settings(FEEDS=("*",)):
        answer = ask(who, "/api/feeds")
        asked = {each.solution for each in feeds.list_feeds(SYSTEM)}
    told = {each["solution"] for each in answer.json().get("feeds", ())}
    if solution in told and not expected:
        return f"leaks the feeds of {solution}"
    return f"withholds the feeds of {solution}" if expected and solution in asked - told else ""


def entities(solution: str, numbers: dict[tuple[str, str], int], later: Callable[[], datetime]) -> dict[str, Open]:
    """Return what is done to a planted stream and its observations as entities."""

    def heard(who: Somebody, item: Item) -> Any:
        moment = to_microseconds(later())
        values = {"result": 5.0, "phenomenonTime": Period(moment, moment), "parameters": {"a": 1}}
        return store.create_entity(who.actor, Draft("Observations", values, {"Datastream": (numbers[solution, item.mark],)}))

    def observed(who: Somebody, item: Item) -> Any:
        moment = to_microseconds(later())
        values = {"result": 5.0, "phenomenonTime": Period(moment, moment)}
        links = {"Datastream": (numbers[solution, item.mark],)}
        return store.create_observations(who.actor, [Draft("Observations", values, links)])[1].stored

    def at_once(gathering: Gathering, actor: Actor, batch: Batch) -> Pending[Receipt]:
        # the thread that gathers would wait, for what it puts in quarantine, until the transaction of this test ends
        done = Pending[Receipt]()
        done.settle(intake.take_each(register.current(), [(actor, batch)])[0])
        return done

    def handed(who: Somebody, item: Item) -> Any:
        moment = to_microseconds(later())
        draft = Draft("Observations", {"result": 5.0, "phenomenonTime": Period(moment, moment)}, {"Datastream": (numbers[solution, item.mark],)})
        with patch.object(Gathering, "put", at_once):
            known = store.hand_over_observation(who.actor, draft)
        assert known is not None
        return known[1].result().stored

    def gathered(who: Somebody, item: Item) -> Any:
        with patch.object(Gathering, "put", at_once):
            return store.hand_over(who.actor, Batch.of([(numbers[solution, item.mark], later(), 5.0)])).result().stored

    def renumbered(who: Somebody, item: Item) -> Any:
        store.change_entity(who.actor, numbers[solution, item.mark], Draft("Datastreams", {"name": "renamed"}))
        return True

    def together(who: Somebody, item: Item) -> Any:
        draft = Draft("Datastreams", {"name": "renamed together"})
        store.write_together(who.actor, lambda all_of_it: all_of_it.change_entity(who.actor, numbers[solution, item.mark], draft))
        return True

    def deleted(who: Somebody, item: Item) -> Any:
        moment = later()
        store.ingest(SYSTEM, Batch.of([(numbers[solution, item.mark], moment, 5.0)]))
        store.remove_entity(who.actor, "Observations", f"{numbers[solution, item.mark]}.{to_microseconds(moment)}")
        return True

    return {
        "create_entity": heard, "create_observations": observed, "hand_over_observation": handed, "hand_over": gathered, "change_entity": renumbered,
        "remove_entity": deleted, "write_together": together,
    }  # fmt: skip


def _measured(ask: Any, solution: str, subject: str) -> list[Door]:
    """Return the doors of OGC API to what a solution observes."""
    path, here, time = "GET /ogc/collections/{collection}", f"/ogc/collections/observations.{solution}", "datetime=2026-11-18/.."
    points = ",".join(f"({place.lon} {place.lat})" for place in PLACES.values())
    asked = {
        "position": f"coords=MULTIPOINT({points})", "radius": "coords=POINT(4.36 50.85)&within=50", "cube": "bbox=4,50,5,51",
        "area": "coords=POLYGON((4 50,5 50,5 51,4 51,4 50))",
    }  # fmt: skip
    return [
        lists(f"{path}/locations", lambda who: ask(who, f"{here}/locations").content, subject),
        lists(f"{path}/items", lambda who: ask(who, f"{here}/items").content, subject),
        opens(f"{path}/items/{{item}}", lambda who, item: ask(who, f"{here}/items/{item.mark}"), subject),
        opens(f"{path}/locations/{{location:path}}", lambda who, item: ask(who, f"{here}/locations/{item.mark}?{time}"), subject),
        *(lists(f"{path}/{name}", lambda who, n=name, q=query: ask(who, f"{here}/{n}?{q}&{time}").content, subject) for name, query in asked.items()),
    ]


def writing() -> list[Door]:
    """Plant the world and return every writing door of the store, taking things over among them."""
    numbers, tick = plant(), itertools.count(1)
    found = []
    for solution, reading in SOLUTIONS.items():
        subject = f"observations.{solution}"

        def later() -> datetime:
            return START - next(tick) * timedelta(seconds=1)

        def taken(who: Somebody, item: Item, s: str = solution) -> Any:
            return store.ingest(who.actor, Batch.of([(numbers[s, item.mark], later(), 5.0)])).stored

        def sampled(who: Somebody, item: Item, s: str = solution, r: str = reading) -> Any:
            return store.take_samples(who.actor, s, [Sample(item.mark, r, later(), 5.0)]).stored

        def corrected(who: Somebody, item: Item, s: str = solution) -> Any:
            at = START + ITEMS.index(item) * timedelta(hours=12)
            return store.correct(who.actor, numbers[s, item.mark], at, float(next(tick) % 90), "a test")

        def renamed(who: Somebody, item: Item, s: str = solution) -> Any:
            return store.set_things(who.actor, [thing(s, item, name={"en": "renamed"})]).changed

        def opened(who: Somebody, item: Item, s: str = solution) -> Any:
            return store.set_things(who.actor, [thing(s, item, level=Level.PUBLIC, area=SCHAERBEEK, kind="taken")]).changed

        def moved(who: Somebody, item: Item, s: str = solution) -> Any:
            return store.set_streams(who.actor, [stream(s, item, high=99)]).changed

        def restore(item: Item, s: str = solution) -> None:
            store.set_things(SYSTEM, [thing(s, item)])
            store.set_streams(SYSTEM, [stream(s, item)])

        doors = {
            "ingest": taken,
            "take_samples": sampled,
            "correct": corrected,
            "set_things": renamed,
            "set_things over": opened,
            "set_streams": moved,
            **entities(solution, numbers, later),
        }
        found += [changes(f"{ROOM}.{name}", ask, restore, subject) for name, ask in doors.items()]
        found += settling(solution, restore, subject)
        found += linked_things.writing(solution, reading, later, restore)
    return found


def settling(solution: str, restore: Callable[[Item], None], subject: str) -> list[Door]:
    """Return the doors at which what was refused is sent again, or let go."""

    def waits(item: Item) -> None:
        restore(item)
        models.Quarantined.objects.filter(pk=refused(solution, item)).update(state="waiting")

    later = (START - timedelta(days=1, seconds=at) for at in itertools.count())
    acts: dict[str, Open] = {
        "replay": lambda who, item: (
            quarantine.replay(who.actor, refused(solution, item), Mend(value="7", time=next(later).isoformat())).state == "stored"
        ),
        "replay_many": lambda who, item: quarantine.replay_many(who.actor, [refused(solution, item)]),
        "dismiss": lambda who, item: quarantine.dismiss(who.actor, refused(solution, item), "a test"),
    }
    return [changes(f"{QUARANTINE}.{name}", act, waits, subject) for name, act in acts.items()]
