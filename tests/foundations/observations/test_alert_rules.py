"""Rules that people make: they open alerts and close them as what is observed has it, late, corrected and in bulk as well."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from tests.foundations.observations.city import HOUR, NOON, batch, make
from tests.foundations.subscriptions.town import somebody
from zinneke.foundations.observations import register, store
from zinneke.foundations.observations.alerting import fences, usual, watching
from zinneke.foundations.observations.alerting import store as rules
from zinneke.foundations.observations.alerting.values import Anomaly, Frozen, Geofence, Rate, Rule, Silent, Threshold, When
from zinneke.foundations.observations.values import AlertState, Batch, Place, Stream, Thing, Wanted
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level
from zinneke.kernel.event import AlertsChanged, _listeners, listen
from zinneke.kernel.problem import Problem, wrong

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def keeper() -> Actor:
    """Somebody who keeps the observations, and may make rules for everybody."""
    return somebody("steward")


@pytest.fixture
def told() -> Any:
    """Return what is announced: whether an alert opens, about which stream, when."""
    came: list[tuple[bool, int, datetime]] = []

    def hear(event: AlertsChanged) -> None:
        came.extend((each.opened, each.stream, each.time) for each in event.alerts)

    listen(AlertsChanged, hear)
    yield came
    _listeners[AlertsChanged].remove(hear)


def rule(when: When, *, shared: bool = True, name: str = "Rule", **wanted: Any) -> Rule:
    return Rule(name=name, when=when, wanted=Wanted(**(wanted or {"reading": "fill"})), shared=shared)


def send(stream: Stream, *values: float, begin: datetime = NOON, step: timedelta = MINUTE) -> None:
    """Store values in one commit."""
    receipt = store.ingest(SYSTEM, batch(*((stream.id, begin + at * step, value) for at, value in enumerate(values))))
    assert receipt.stored == len(values)


def open_now() -> list[AlertState]:
    return [alert for alert in store.list_alerts(SYSTEM) if alert.rule.startswith("rule-")]


def all_of_it() -> list[tuple[datetime, datetime | None]]:
    """Return from when to when alerts of people's rules were open, oldest first."""
    found = [alert for alert in store.list_alerts(SYSTEM, only_open=False) if alert.rule.startswith("rule-")]
    return sorted((alert.since, alert.until) for alert in found)  # type: ignore[type-var]


def test_a_threshold_opens_once_and_closes_when_it_is_back_by_more_than_its_hysteresis(keeper: Actor) -> None:
    (one,) = make("one")
    made = rules.add_rule(keeper, rule(Threshold(above=80, hysteresis=5), name="Nearly full"))
    for minute, value in enumerate([79, 81, 79, 80.5, 76, 81]):
        send(one, value, begin=NOON + minute * MINUTE)
    (alert,) = open_now()
    assert (alert.rule, alert.name["en"], alert.since, alert.value) == (made.key, "Nearly full", NOON + MINUTE, 81)
    assert alert.sentence == {
        "fr": "81\u202f%\u00a0: au-dessus de 80\u202f%.",
        "nl": "81\u00a0%: boven 80\u00a0%.",
        "en": "81\u00a0%: above 80\u00a0%.",
    }
    send(one, 75, begin=NOON + 6 * MINUTE)
    assert open_now() == []
    assert all_of_it() == [(NOON + MINUTE, NOON + 6 * MINUTE)]


@pytest.mark.parametrize("at_once", [True, False])
def test_values_in_one_commit_say_the_same_as_one_by_one(keeper: Actor, at_once: bool, told: list[Any]) -> None:
    (one,) = make("one")
    rules.add_rule(keeper, rule(Threshold(above=80, below=10, hysteresis=2, lasting=120)))
    values = [50, 81, 50, 81, 82, 79, 83, 77, 50, 9, 9, 11, 9, 12, 50, 90]
    if at_once:
        send(one, *values)
    else:
        for minute, value in enumerate(values):
            send(one, value, begin=NOON + minute * MINUTE)
    assert [(opened, round((moment - NOON) / MINUTE)) for opened, _, moment in told] == [(True, 5), (False, 7), (True, 11), (False, 13)]


def test_a_breach_that_does_not_last_opens_nothing(keeper: Actor) -> None:
    (one,) = make("one")
    rules.add_rule(keeper, rule(Threshold(above=80, lasting=600)))
    send(one, *([90] * 9), 70, *([90] * 10))
    assert all_of_it() == []
    send(one, 90, begin=NOON + 20 * MINUTE)
    assert all_of_it() == [(NOON + 20 * MINUTE, None)]


def test_a_rate_is_from_one_observation_to_the_next(keeper: Actor) -> None:
    (one,) = make("one")
    rules.add_rule(keeper, rule(Rate(rises=30, falls=60, per="hour")))
    send(one, 10, 20, step=HOUR)
    send(one, 60, begin=NOON + 2 * HOUR)
    (alert,) = open_now()
    assert alert.sentence["en"] == "Rises by 40\u00a0% an hour."
    send(one, 60, begin=NOON + 3 * HOUR)
    assert open_now() == []
    send(one, 25, begin=NOON + 3.5 * HOUR)
    (alert,) = open_now()
    assert alert.sentence["fr"] == "En baisse de 70\u202f% par heure."


def test_a_sensor_that_stands_still_is_told_and_closed_when_it_moves(keeper: Actor) -> None:
    (one,) = make("one")
    rules.add_rule(keeper, rule(Frozen(after=3 * 3600)))
    send(one, 7, 7, 7, step=HOUR)
    assert open_now() == []
    send(one, 7, begin=NOON + 3 * HOUR)
    (alert,) = open_now()
    assert alert.sentence["en"] == "Unchanged at 7\u00a0% for 3 hours."
    send(one, 8, begin=NOON + 4 * HOUR)
    assert all_of_it() == [(NOON + 3 * HOUR, NOON + 4 * HOUR)]


def test_a_sensor_that_falls_silent_is_told_by_the_clock_and_closed_when_it_speaks(keeper: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    (one, two) = make("one", "two")
    monkeypatch.setattr(watching, "_began", 0)
    rules.add_rule(keeper, rule(Silent(after=1800)))
    send(one, 1, begin=now - HOUR)
    send(two, 1, begin=now)
    watching.look(now)
    (alert,) = open_now()
    assert (alert.stream, alert.since, alert.sentence["nl"]) == (one.id, now - HOUR / 2, "Al 30 minuten geen meting.")
    watching.look(now)
    send(one, 2, begin=now - HOUR * 0.9)
    assert len(open_now()) == 1, "what was measured long ago and comes late breaks no silence"
    send(one, 2, begin=now)
    assert open_now() == []


def test_nobody_is_called_silent_for_the_time_in_which_we_were_not_there_to_hear(keeper: Actor) -> None:
    now = datetime.now(UTC)
    (one,) = make("one")
    rules.add_rule(keeper, rule(Silent(after=1800)))
    send(one, 1, begin=now - HOUR)
    watching.look(now)
    assert open_now() == []
    watching.look(now + HOUR)
    assert len(open_now()) == 1


def move(name: str, lon: float, lat: float) -> None:
    store.set_things(SYSTEM, [Thing(key=f"demo/{name}", name={"en": name}, solution="demo", area="21004", place=Place(lon, lat))])


def test_a_thing_that_leaves_a_box_is_told_and_closed_when_it_is_back(keeper: Actor) -> None:
    (one,) = make("one")
    move("one", 4.35, 50.85)
    rules.add_rule(keeper, rule(Geofence(when="outside", box=(4.3, 50.8, 4.4, 50.9))))
    watching.look(datetime.now(UTC))
    assert open_now() == []
    move("one", 4.5, 50.85)
    (alert,) = open_now()
    assert (alert.stream, alert.sentence["en"]) == (one.id, "Is outside the area.")
    move("one", 4.36, 50.85)
    assert open_now() == [], "with what moves it, before anybody looks"


def test_what_is_made_known_inside_a_fence_is_told_at_once_and_what_no_fence_concerns_costs_nothing(
    keeper: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = make("one")
    rules.add_rule(keeper, rule(Geofence(when="inside", box=(4.3, 50.8, 4.4, 50.9)), things=("demo/one",)))
    make("two")
    watching.look(datetime.now(UTC))
    monkeypatch.setattr(fences, "look", lambda plan, now: pytest.fail("a fence was looked at"))
    move("two", 4.35, 50.85)
    monkeypatch.undo()
    move("one", 4.35, 50.85)
    assert [alert.stream for alert in open_now()] == [one.id]


def test_a_move_that_is_rolled_back_opens_nothing(keeper: Actor) -> None:
    make("one")
    move("one", 4.35, 50.85)
    rules.add_rule(keeper, rule(Geofence(when="outside", box=(4.3, 50.8, 4.4, 50.9))))
    with pytest.raises(RuntimeError), register.alone():
        move("one", 4.5, 50.85)
        raise RuntimeError
    assert open_now() == []


def test_a_thing_that_enters_a_drawn_polygon_is_told(keeper: Actor) -> None:
    make("one", "two")
    move("one", 4.1, 50.1)
    triangle = {"type": "Polygon", "coordinates": [[[4.3, 50.8], [4.4, 50.8], [4.35, 50.9], [4.3, 50.8]]]}
    rules.add_rule(keeper, rule(Geofence(when="inside", polygon=triangle)))
    assert open_now() == [], "of a thing whose place nobody knows nothing is said"
    move("one", 4.35, 50.82)
    (alert,) = open_now()
    assert alert.thing == "demo/one"


def test_a_fence_whose_area_is_no_more_keeps_nobody_elses_from_being_looked_at(
    keeper: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (one,) = make("one")
    move("one", 4.35, 50.85)
    lost, kept = (4.3, 50.8, 4.4, 50.95), (4.3, 50.8, 4.4, 50.9)
    broken = rules.add_rule(keeper, rule(Geofence(when="outside", box=lost)))
    sound = rules.add_rule(keeper, rule(Geofence(when="outside", box=kept)))
    shape = fences.shape

    def without_one(when: Geofence) -> Any:
        if when.box == lost:
            raise wrong("There is no area '21099' here.", where="when.areas")
        return shape(when)

    monkeypatch.setattr(fences, "shape", without_one)
    move("one", 4.5, 50.85)
    for _ in range(2):
        watching.look(datetime.now(UTC))
    assert [alert.rule for alert in open_now()] == [sound.key]
    assert [line.getMessage().split()[0] for line in caplog.records if "21099" in line.getMessage()] == [broken.key]


def wave(days: int, step: timedelta = HOUR) -> list[float]:
    """Return values that follow the hour of the day, a little unevenly."""
    count = round(days * timedelta(days=1) / step)
    return [50 + 20 * np.sin(at * step / timedelta(days=1) * 2 * np.pi) + (at * 7 % 5) / 5 for at in range(count)]


def test_an_unusual_value_is_told_once_usual_ones_are_known(keeper: Actor) -> None:
    (one,) = make("one")
    send(one, *wave(14), begin=NOON, step=HOUR)
    made = rules.add_rule(keeper, rule(Anomaly(deviations=6)))
    assert rules.get_rule(keeper, made.id or 0).learning == 1
    end = NOON + 14 * 24 * HOUR
    send(one, 95, begin=end)
    assert open_now() == [], "while it learns it says nothing"
    watching.look(datetime.now(UTC))
    assert rules.get_rule(keeper, made.id or 0).learning == 0
    send(one, 57, begin=end + HOUR)
    assert open_now() == []
    send(one, 20, begin=end + 2 * HOUR)
    (alert,) = open_now()
    assert alert.sentence["en"].startswith("20\u00a0%, where 6") and alert.sentence["en"].endswith("is usual at this hour.")
    send(one, 64, begin=end + 3 * HOUR)
    assert open_now() == []


def test_what_is_usual_has_one_size_for_ever_and_learns_a_new_level() -> None:
    known = usual.Usual()
    for at, value in enumerate(wave(60)):
        known.look(at * 3_600_000_000, value, 6.0)
    assert len(known._hours) <= 48
    begin = 60 * 24
    away = [known.look((begin + at) * 3_600_000_000, value + 100, 6.0) for at, value in enumerate(wave(14))]
    assert abs(away[0][0]) > 6 and abs(away[-1][0]) < 6  # type: ignore[index]


def test_a_rule_speaks_up_about_what_is_wrong_already(keeper: Actor) -> None:
    one, two = make("one", "two")
    send(one, 90, 91)
    send(two, 10)
    rules.add_rule(keeper, rule(Threshold(above=80)))
    (alert,) = open_now()
    assert (alert.stream, alert.value) == (one.id, 91)


@pytest.mark.parametrize(
    ("when", "values"),
    [(Threshold(above=80, lasting=180), [90, 90, 90, 90]), (Rate(rises=30, per="minute"), [1, 50]), (Frozen(after=180), [5, 5, 5, 5])],
)
def test_after_a_restart_it_is_where_it_was(keeper: Actor, when: When, values: list[float], told: list[Any]) -> None:
    (one,) = make("one")
    rules.add_rule(keeper, rule(when))
    send(one, *values[:-1])
    watching.forget()
    send(one, values[-1], begin=NOON + (len(values) - 1) * MINUTE)
    assert len(open_now()) == 1, "what was remembered before is read again"
    watching.forget()
    send(one, 0 if isinstance(when, Threshold) else values[-1] + 1, begin=NOON + len(values) * MINUTE)
    assert open_now() == []
    assert [opened for opened, _, _ in told] == [True, False]


def test_what_was_stored_but_not_told_before_a_crash_is_told_after_it(keeper: Actor, monkeypatch: pytest.MonkeyPatch, told: list[Any]) -> None:
    (one,) = make("one")
    rules.add_rule(keeper, rule(Threshold(above=80)))
    send(one, 10)
    with monkeypatch.context() as crashed:
        crashed.setattr(watching, "watch", lambda *_: None)
        send(one, 90, begin=NOON + MINUTE)
    watching.forget()
    assert watching.look(NOON) == 0
    assert [(opened, moment) for opened, _, moment in told] == [(True, NOON + MINUTE)]


def test_a_late_value_within_the_while_that_counts_is_taken_into_account(keeper: Actor) -> None:
    (one,) = make("one")
    rules.add_rule(keeper, rule(Threshold(above=80, lasting=300)))
    send(one, 90)
    send(one, 90, begin=NOON + 5 * MINUTE)
    assert len(open_now()) == 1
    send(one, 20, begin=NOON + 2 * MINUTE)
    assert open_now() == [], "it was not above all the time: the alert had no ground"
    send(one, 90, begin=NOON + 8 * MINUTE)
    assert open_now() == []
    send(one, 90, begin=NOON + 10 * MINUTE)
    assert len(open_now()) == 1, "five minutes above since the first value after the late one"


def test_a_late_value_older_than_the_newest_opens_and_closes_nothing_where_only_the_newest_counts(keeper: Actor, told: list[Any]) -> None:
    (one,) = make("one")
    rules.add_rule(keeper, rule(Threshold(above=80)))
    send(one, 50, begin=NOON + HOUR)
    send(one, 95)
    assert told == []
    send(one, 95, begin=NOON + 2 * HOUR)
    send(one, 10, begin=NOON + 1.5 * HOUR)
    assert [opened for opened, _, _ in told] == [True]


def test_rows_that_arrive_in_any_order_end_the_same(keeper: Actor) -> None:
    rng = np.random.default_rng(7)
    streams = make(*(f"s{at}" for at in range(20)))
    rules.add_rule(keeper, rule(Threshold(above=80, hysteresis=10, lasting=120)))
    values = rng.uniform(60, 100, (20, 30))
    for at, stream in enumerate(streams):
        order = rng.permutation(30) if at % 2 else np.arange(30)
        for part in np.array_split(order, 6):
            store.ingest(SYSTEM, batch(*((stream.id, NOON + int(minute) * MINUTE, float(values[at, minute])) for minute in part)))
    now = {alert.stream for alert in open_now()}
    watching.look(NOON)
    expected = set()
    for at, stream in enumerate(streams):
        wrong_since = None
        for minute, value in enumerate(values[at]):
            wrong_since = (minute if wrong_since is None else wrong_since) if value > 80 else None if value <= 70 else wrong_since
        if wrong_since is not None and 29 - wrong_since >= 2:
            expected.add(stream.id)
    assert now == expected and 0 < len(expected) < 20


def test_a_corrected_value_takes_its_alert_back_or_opens_one(keeper: Actor, told: list[Any]) -> None:
    (one,) = make("one")
    rules.add_rule(keeper, rule(Threshold(above=80)))
    send(one, 50, 95)
    assert len(open_now()) == 1
    store.correct(SYSTEM, one.id, NOON + MINUTE, 59, "a slip of the pen")
    assert open_now() == []
    store.correct(SYSTEM, one.id, NOON, 99, "older than what counts")
    assert open_now() == []
    store.correct(SYSTEM, one.id, NOON + MINUTE, 85, "no slip at all")
    assert len(open_now()) == 1
    assert [opened for opened, _, _ in told] == [True, False, True]


def test_a_corrected_value_in_the_middle_counts_for_a_rule_that_must_last(keeper: Actor) -> None:
    (one,) = make("one")
    rules.add_rule(keeper, rule(Threshold(above=80, lasting=240)))
    send(one, 90, 90, 10, 90, 90)
    assert open_now() == []
    store.correct(SYSTEM, one.id, NOON + 2 * MINUTE, 88, "the sensor was being cleaned")
    (alert,) = open_now()
    assert alert.since == NOON + 4 * MINUTE


def test_a_write_that_fails_is_tried_again_with_the_next_value(keeper: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError

    from zinneke.foundations.observations.alerting import telling

    (one,) = make("one")
    rules.add_rule(keeper, rule(Threshold(above=80)))

    def fail(*_: object) -> None:
        raise DatabaseError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(telling, "_write", fail)
        send(one, 90)
    assert open_now() == []
    send(one, 91, begin=NOON + MINUTE)
    assert len(open_now()) == 1


def test_one_of_ones_own_is_told_to_nobody_else(keeper: Actor) -> None:
    (one,) = make("one")
    reader = somebody()
    rules.add_rule(reader, rule(Threshold(above=80), shared=False))
    send(one, 90)
    assert [alert.stream for alert in store.list_alerts(reader)] == [one.id]
    for other in (ANONYMOUS, keeper, SYSTEM):
        assert store.list_alerts(other) == []
    assert [each.own for each in rules.list_rules(reader) if each.id] == [True]
    assert [each for each in rules.list_rules(keeper) if each.id] == []


def test_one_of_ones_own_sees_what_its_owner_sees() -> None:
    (hidden,) = make("hidden", level=Level.PERSONAL)
    (seen,) = make("seen")
    reader = somebody()
    rules.add_rule(reader, rule(Threshold(above=80), shared=False))
    send(hidden, 90)
    send(seen, 90)
    from zinneke.foundations.observations import models

    assert list(models.Alert.objects.values_list("stream_id", flat=True)) == [seen.id]


def test_one_for_everybody_is_made_by_who_keeps_those_sensors(keeper: Actor) -> None:
    make("one")
    with pytest.raises(Problem) as refused:
        rules.add_rule(somebody(), rule(Threshold(above=80)))
    assert refused.value.status == 403
    with pytest.raises(Problem) as asked:
        rules.add_rule(ANONYMOUS, rule(Threshold(above=80), shared=False))
    assert asked.value.status == 401
    partly = somebody("steward", "observations.smart_bins")
    with pytest.raises(Problem, match="about others, too"):
        rules.add_rule(partly, rule(Threshold(above=80)))


def test_one_for_everybody_shows_nothing_of_what_is_hidden_from_who_looks(keeper: Actor) -> None:
    (hidden,) = make("hidden", level=Level.PERSONAL)
    (seen,) = make("seen")
    both = rules.add_rule(keeper, rule(Threshold(above=80), things=("demo/hidden", "demo/seen"), streams=(hidden.id, seen.id)))
    none = rules.add_rule(keeper, rule(Threshold(above=80), things=("demo/hidden",)))
    reader = somebody()
    (told,) = [each for each in rules.list_rules(reader) if each.id]
    assert told == rules.get_rule(reader, both.id or 0)
    assert told.rule
    assert (told.rule.wanted.things, told.rule.wanted.streams) == (("demo/seen",), (seen.id,))
    for verb in (rules.get_rule, rules.pause_rule):
        with pytest.raises(Problem) as refused:
            verb(reader, none.id or 0)
        assert refused.value.status == 404
    assert [each.rule for each in rules.list_rules(keeper) if each.id] == [both.rule, none.rule]


def test_pausing_closes_what_is_open_and_going_on_opens_it_again(keeper: Actor, told: list[Any]) -> None:
    (one,) = make("one")
    made = rules.add_rule(keeper, rule(Threshold(above=80)))
    send(one, 90)
    assert rules.pause_rule(keeper, made.id or 0).state == "paused"
    assert open_now() == []
    send(one, 95, begin=NOON + MINUTE)
    assert open_now() == []
    assert rules.resume_rule(keeper, made.id or 0).open == 1
    assert rules.change_rule(keeper, made.id or 0, rule(Threshold(above=97))).open == 0
    rules.change_rule(keeper, made.id or 0, rule(Threshold(above=94)))
    rules.remove_rule(keeper, made.id or 0)
    assert open_now() == []
    assert [opened for opened, _, _ in told] == [True, False, True, False, True, False]
    send(one, 99, begin=NOON + 2 * MINUTE)
    assert open_now() == []


def test_a_rule_is_changed_by_who_made_it_only(keeper: Actor) -> None:
    make("one")
    mine = rules.add_rule(somebody(), rule(Threshold(above=80), shared=False))
    shared = rules.add_rule(keeper, rule(Threshold(above=80)))
    other = somebody()
    acts: tuple[Callable[[int], Any], ...] = (
        lambda number: rules.pause_rule(other, number),
        lambda number: rules.resume_rule(other, number),
        lambda number: rules.remove_rule(other, number),
        lambda number: rules.change_rule(other, number, rule(Threshold(above=1))),
    )
    for act in acts:
        for number, status in ((mine.id or 0, 404), (shared.id or 0, 403)):
            with pytest.raises(Problem) as refused:
                act(number)
            assert refused.value.status == status
    with pytest.raises(Problem):
        rules.get_rule(other, mine.id or 0)
    assert rules.get_rule(other, shared.id or 0).may_change is False


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (rule(Threshold()), "limit"),
        (rule(Threshold(above=10, below=20)), "leave nothing"),
        (rule(Threshold(above=float("nan"))), "number"),
        (rule(Threshold(above=10, below=5, hysteresis=3)), "leave nothing"),
        (rule(Rate()), "rises"),
        (rule(Geofence()), "areas"),
        (rule(Geofence(areas=("99999",))), "no area"),
        (rule(Geofence(box=(5, 50, 4, 51))), "west"),
        (rule(Geofence(polygon={"type": "Point", "coordinates": [4, 50]})), "polygon"),
        (rule(Geofence(polygon={"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]})), "cross"),
        (rule(Geofence(polygon={"type": "Polygon", "coordinates": "no"})), "polygon"),
        (Rule(name="all", when=Threshold(above=1)), "which sensors"),
        (rule(Threshold(above=1), solution="strange"), "no solution"),
        (rule(Threshold(above=1), rules=("rule-1",)), "other rules"),
        (rule(Threshold(above=1), name=" "), "name"),
    ],
)
def test_what_makes_no_sense_is_refused_with_where(made: Rule, why: str) -> None:
    with pytest.raises(Problem, match=why) as refused:
        rules.add_rule(somebody(), made)
    assert refused.value.status == 400 and refused.value.extra["where"]


def test_who_loses_the_account_is_watched_for_no_more() -> None:
    from tests.foundations.subscriptions.town import email_of
    from zinneke.foundations.identity import store as identity

    (one,) = make("one")
    reader = somebody()
    rules.add_rule(reader, rule(Threshold(above=80), shared=False))
    identity.set_active(SYSTEM, email_of(reader), False)
    watching.changed()
    send(one, 90)
    from zinneke.foundations.observations import models

    assert not models.Alert.objects.exists()


def test_a_commit_of_many_rows_tells_how_each_stream_ends_where_too_much_happened(
    keeper: Actor, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from zinneke.foundations.observations.alerting import machine

    (one,) = make("one")
    rules.add_rule(keeper, rule(Threshold(above=80)))
    real = machine.changes
    monkeypatch.setattr(machine, "changes", lambda held, first, told, most: real(held, first, told, min(most, 10)))
    values = np.tile([90.0, 10.0], 50)
    store.ingest(SYSTEM, Batch(np.full(100, one.id, np.int32), np.arange(100) * 60_000_000 + 1_700_000_000_000_000, values))
    assert told == []
    store.ingest(SYSTEM, Batch(np.full(99, one.id, np.int32), np.arange(99) * 60_000_000 + 1_700_010_000_000_000, values[:99]))
    assert [opened for opened, _, _ in told] == [True]


def test_where_no_rule_is_about_a_stream_nothing_is_asked(keeper: Actor, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    from zinneke.foundations.observations import register
    from zinneke.foundations.observations.alerting import holding

    one, two = make("one", "two")
    rules.add_rule(keeper, rule(Threshold(above=80), streams=(two.id,)))
    send(one, 90)
    monkeypatch.setattr(holding, "take", None)
    known = register.current()
    with django_assert_num_queries(0):
        watching.watch(known, np.array([one.id], np.int32), np.array([1], np.int64), np.array([99.0]))


def test_a_commit_is_held_against_a_rule_over_many_streams_at_once(
    keeper: Actor, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    from zinneke.foundations.observations import register
    from zinneke.foundations.observations.alerting import holding

    streams = make(*(f"s{at}" for at in range(500)))
    rules.add_rule(keeper, rule(Threshold(above=80)))
    ids = np.array([stream.id for stream in streams], np.int32)
    begin = 1_700_000_000_000_000
    store.ingest(SYSTEM, Batch(ids, np.full(500, begin), np.full(500, 10.0)))
    calls, real = [], holding.take
    monkeypatch.setattr(holding, "take", lambda *given, **more: calls.append(len(given[1])) or real(*given, **more))
    known = register.current()
    with django_assert_num_queries(0):
        watching.watch(known, ids, np.full(500, begin + 1), np.full(500, 20.0))
    assert calls == [500]


def test_an_alert_is_over_when_what_opened_it_is_deleted(keeper: Actor) -> None:
    (one,) = make("one")
    rules.add_rule(keeper, rule(Threshold(above=80)))
    send(one, 50, 90)
    assert len(open_now()) == 1
    store.remove_entity(SYSTEM, "Observations", f"{one.id}.{int((NOON + MINUTE).timestamp()) * 1_000_000}")
    assert open_now() == []
    send(one, 95, begin=NOON + 2 * MINUTE)
    store.remove_entity(SYSTEM, "Observations", f"{one.id}.{int((NOON + 2 * MINUTE).timestamp()) * 1_000_000}")
    store.remove_entity(SYSTEM, "Observations", f"{one.id}.{int(NOON.timestamp()) * 1_000_000}")
    assert open_now() == []


def test_a_rule_is_watched_even_when_others_store_while_it_is_being_kept(keeper: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    from zinneke.foundations.observations.alerting import records

    (one,) = make("one")
    send(one, 10)
    real = watching.changed

    def stored_meanwhile() -> None:
        real()
        with monkeypatch.context() as before_the_commit:
            before_the_commit.setattr(records, "watched", lambda: [])
            send(one, 20, begin=NOON + MINUTE)

    monkeypatch.setattr(watching, "changed", stored_meanwhile)
    rules.add_rule(keeper, rule(Threshold(above=80)))
    send(one, 90, begin=NOON + 2 * MINUTE)
    assert len(open_now()) == 1


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_stored_while_records_are_written_is_held_against_rules_once_that_is_over_whatever_became_of_it(keeper: Actor, fails: bool) -> None:
    one, two = make("one", "two")
    rules.add_rule(keeper, rule(Threshold(above=80)))
    send(two, 90)
    with contextlib.suppress(InterruptedError), register.alone():
        send(one, 90)
        store.correct(SYSTEM, two.id, NOON, 70, "Misread")
        with register.alone():
            send(one, 95, begin=NOON + MINUTE)
        assert [alert.stream for alert in open_now()] == [two.id]
        if fails:
            raise InterruptedError
    assert [alert.stream for alert in open_now()] == [one.id]
