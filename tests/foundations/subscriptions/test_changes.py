"""Whoever subscribes is told of corrections, and of datasets that are published or withdrawn, as far as they see them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.foundations.subscriptions import town
from tests.foundations.subscriptions.town import NOON, make, observe, somebody
from zinneke.foundations.observations import register
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.attributes import changes as attribute_changes
from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.values import Thing, Wanted
from zinneke.foundations.subscriptions import changes, gathering, letters, waiting
from zinneke.foundations.subscriptions import store as subscriptions
from zinneke.foundations.subscriptions.gathering import Place
from zinneke.foundations.subscriptions.values import (
    CHANGED,
    CORRECTED,
    CREATED,
    DELETED,
    PUBLISHED,
    SOURCE,
    THINGS,
    WITHDRAWN,
    Endpoint,
    Event,
    Missed,
    Notification,
    Subscription,
)
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.kernel.confidentiality import SYSTEM, Actor, Level
from zinneke.kernel.event import ObservationsStored
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db(transaction=True)
TREES = b"kind,n\noak,1\n"


def told(who: Actor, *kinds: str, wanted: Wanted | None = None) -> list[Event]:
    """Return what somebody is owed from the beginning; each notification is of one kind."""
    found: list[Event] = []
    place, until = Place(0, 0), gathering.here()
    asked = Subscription(endpoint=Endpoint(kind="events"), kinds=kinds, wanted=wanted or Wanted())
    while place.occurrence < until.occurrence:
        got = gathering.gather(who, asked, lambda event: True, place)
        found += got.events
        place = got.place
    return found


def test_a_correction_is_told_with_what_was_there_before_and_why() -> None:
    (shown,) = make("a")
    (shut,) = make("b", level=Level.SHARED)
    for stream in (shown, shut):
        observe(stream, 10)
        observations.correct(SYSTEM, stream.id, NOON, 12, "the lid was open")
    (event,) = told(somebody(), CORRECTED)
    assert (event.kind, event.stream, event.value, event.time) == (CORRECTED, shown.id, 12, NOON)
    assert event.about == {"before": 10, "reason": "the lid was open"}
    assert told(somebody(), CORRECTED, wanted=Wanted(streams=(shut.id,))) == []
    assert len(told(somebody("administrator"), CORRECTED)) == 2


def test_versions_of_datasets_are_told_and_withdrawals_to_whoever_sees_the_dataset() -> None:
    shared = Spec(columns=tuple(ColumnSpec(name, level=Level.SHARED) for name in ("kind", "n")))
    tables.publish(SYSTEM, "trees", TREES)
    tables.publish(SYSTEM, "trees", TREES)
    tables.publish(SYSTEM, "trees", TREES + b"elm,2\n")
    tables.publish(SYSTEM, "secret", TREES, shared)
    tables.publish(SYSTEM, "draft", TREES, held=True)
    tables.hold(SYSTEM, "trees")
    both = (PUBLISHED, WITHDRAWN)
    assert [(each.kind, each.about["dataset"], each.about["version"]) for each in told(somebody(), *both)] == [
        (PUBLISHED, "trees", 1), (PUBLISHED, "trees", 2), (WITHDRAWN, "trees", 2),
    ]  # fmt: skip
    assert [each.thing for each in told(somebody("administrator"), PUBLISHED)] == ["trees", "trees", "secret"]
    tables.release(SYSTEM, "draft")
    assert [each.thing for each in told(somebody(), PUBLISHED, wanted=Wanted(things=("draft",)))] == ["draft"]


def test_things_are_told_when_they_are_made_known_changed_and_deleted_to_whoever_sees_them() -> None:
    asked = town.hook("http://127.0.0.1:9/hook", kinds=THINGS, wanted=Wanted())
    subscriptions.add(somebody(), asked)
    for level in (Level.PUBLIC, Level.SHARED):
        key = f"ngsi-ld/urn:a:{level}"
        for colour in ("green", "blue"):
            assert not observations.set_things(SYSTEM, [Thing(key=key, level=level, properties={"colour": colour})]).refused
    verbs.remove_linked(SYSTEM, "urn:a:0")
    kinds = [(each.kind, each.thing, each.about.get("changes")) for each in told(somebody(), *THINGS)]
    assert kinds == [
        (CREATED, "ngsi-ld/urn:a:0", {"colour": [{}, {"value": "green"}]}),
        (CHANGED, "ngsi-ld/urn:a:0", {"colour": [{"value": "green"}, {"value": "blue"}]}),
        (DELETED, "ngsi-ld/urn:a:0", None),
    ]
    assert len(told(somebody("administrator"), *THINGS)) == 5
    notification: Any = Notification(subscription=1, sequence=1, made=NOON, kind=CHANGED, events=told(somebody(), CHANGED))
    assert "urn:a:0 · colour\n" in letters.write(notification, "Bins", "en")[1]


def test_what_was_noted_of_things_that_are_hidden_by_a_load_of_many_is_no_longer_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attribute_changes, "MOST", 1)
    reader = somebody()
    subscriptions.add(reader, town.hook("http://127.0.0.1:9/hook", kinds=THINGS, wanted=Wanted()))
    for name in "ab":
        assert not observations.set_things(SYSTEM, [Thing(key=f"ngsi-ld/urn:{name}", properties={"colour": "green"})]).refused
    assert len(told(reader, *THINGS)) == 2
    hidden = [Thing(key=f"ngsi-ld/urn:{name}", level=Level.SHARED, properties={"colour": "red"}) for name in "ab"]
    assert not observations.set_things(SYSTEM, hidden).refused
    assert told(reader, *THINGS) == []
    assert [each.kind for each in told(somebody("administrator"), *THINGS)] == [CREATED, CREATED]


def test_of_a_large_change_is_told_which_attributes_it_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "LARGEST", 100)
    subscriptions.add(somebody(), town.hook("http://127.0.0.1:9/hook", kinds=THINGS, wanted=Wanted()))
    for properties in ({"colour": "green" * 50, "note": "x"}, {"colour": "blue" * 50}):
        observations.set_things(SYSTEM, [Thing(key="ngsi-ld/urn:a", properties=properties)])
    kind = {"type": "Property"}
    assert [each.about["changes"] for each in told(somebody(), CREATED, CHANGED)] == [
        {"colour": [{}, kind], "note": [{}, kind]}, {"colour": [kind, kind], "note": [kind, {}]},
    ]  # fmt: skip


def test_whoever_delivers_wakes_for_a_stream_that_is_newer_than_what_is_known_of_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    (known, other) = make("a", "b")
    subscriptions.add(somebody(), town.hook("http://127.0.0.1:9/hook", wanted=Wanted(streams=(known.id,))))
    waiting.watched(register.current())
    woken: list[int] = []
    monkeypatch.setattr(waiting, "_wake", lambda: woken.append(1))
    waiting.stored(ObservationsStored(streams=[other.id], rows=1))
    assert woken == []
    waiting.stored(ObservationsStored(streams=[10_000], rows=1))
    assert woken == [1]


@pytest.mark.parametrize(
    ("language", "history", "gone"),
    [("fr", "L’historique", "ne sont plus gardées"), ("nl", "geschiedenis", "niet meer"), ("en", "history", "no longer kept")],
)
def test_a_letter_tells_measurements_that_left_the_queue_apart_from_news_that_is_gone(language: str, history: str, gone: str) -> None:
    def lines(observations: int, occurrences: int) -> list[str]:
        lost = Missed(observations, occurrences)
        told = Notification(subscription=1, sequence=1, made=NOON, kind=CORRECTED, events=[], missed=lost)
        return letters.write(told, "Bins", language)[1].split("\n\n")[0].splitlines()

    measured, news = lines(4, 3)
    assert "4" in measured and history in measured
    assert "3" in news and history not in news and gone in news
    assert lines(0, 3) == [news] and lines(4, 0) == [measured]
    (unknown,) = lines(0, 0)
    assert "0" not in unknown


@pytest.mark.parametrize(("language", "said"), [("fr", "bac · niveau\u00a0: 5 %"), ("nl", "bac · niveau: 5 %"), ("en", "bac · niveau: 5 %")])
def test_a_line_of_a_letter_has_the_spaces_of_its_language(language: str, said: str) -> None:
    event = Event(id="1.1", kind="observation", time=NOON, stored=NOON, thing="bac", reading="niveau", value=5, unit="%")
    told = Notification(subscription=1, sequence=1, made=NOON, events=[event])
    assert said in letters.write(told, "Bins", language)[1]
    closed = Event(id="2", kind=CORRECTED, time=NOON, stored=NOON, thing="bac", about={"sentence": dict.fromkeys(("fr", "nl", "en"), "plein")})
    told = Notification(subscription=1, sequence=1, made=NOON, events=[closed])
    assert said.replace(" · niveau", "").replace("5 %", "plein") in letters.write(told, "Bins", language)[1]


@pytest.mark.parametrize(("language", "subject"), [("fr", "Données publiées"), ("nl", "Gepubliceerde gegevens"), ("en", "Data published")])
def test_a_letter_says_which_dataset_has_which_version(language: str, subject: str) -> None:
    tables.publish(SYSTEM, "trees", TREES)
    notification: Any = Notification(subscription=1, sequence=1, made=NOON, kind=PUBLISHED, events=told(somebody(), PUBLISHED))
    head, text = letters.write(notification, "Arbres", language)
    assert subject in head
    assert "trees, versi" in text


@pytest.mark.parametrize(("language", "subject"), [("fr", "Sources enregistrées"), ("nl", "Geregistreerde bronnen"), ("en", "Registered sources")])
def test_a_registered_source_is_told_as_it_was_and_as_it_is(language: str, subject: str) -> None:
    subscriptions.add(who := somebody(), Subscription(endpoint=Endpoint(kind="events"), kinds=(SOURCE,)))
    verbs.keep(SYSTEM, "source", "urn:a:1", {"information": [1]})
    verbs.keep(SYSTEM, "source", "urn:a:1", {"information": [2]}, new=False)
    verbs.remove_kept(SYSTEM, "source", "urn:a:1")
    verbs.keep(SYSTEM, "context", "1", {})
    events = told(who, SOURCE)
    assert [(each.about["was"], each.about["now"]) for each in events] == [
        ({}, {"information": [1]}), ({"information": [1]}, {"information": [2]}), ({"information": [2]}, {}),
    ]  # fmt: skip
    head, text = letters.write(Notification(subscription=1, sequence=1, made=NOON, kind=SOURCE, events=events), "Sources", language)
    assert subject in head and "urn:a:1\n" in text and "None" not in text


def test_how_things_stand_at_first_is_told_by_standards_only() -> None:
    with pytest.raises(Problem, match="at first only standards"):
        subscriptions.add(somebody(), Subscription(endpoint=Endpoint(kind="webhook", address="https://x.example"), first=True))
