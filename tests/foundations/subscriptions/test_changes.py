"""Whoever subscribes is told of corrections, and of datasets that are published or withdrawn, as far as they see them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.foundations.subscriptions import town
from tests.foundations.subscriptions.town import NOON, make, observe, somebody
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.values import Thing, Wanted
from zinneke.foundations.subscriptions import gathering, letters
from zinneke.foundations.subscriptions import store as subscriptions
from zinneke.foundations.subscriptions.gathering import Place
from zinneke.foundations.subscriptions.values import (
    CHANGED,
    CORRECTED,
    CREATED,
    DELETED,
    PUBLISHED,
    THINGS,
    WITHDRAWN,
    Endpoint,
    Event,
    Notification,
    Subscription,
)
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.kernel.confidentiality import SYSTEM, Actor, Level

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


@pytest.mark.parametrize(("language", "subject"), [("fr", "Données publiées"), ("nl", "Gepubliceerde gegevens"), ("en", "Data published")])
def test_a_letter_says_which_dataset_has_which_version(language: str, subject: str) -> None:
    tables.publish(SYSTEM, "trees", TREES)
    notification: Any = Notification(subscription=1, sequence=1, made=NOON, kind=PUBLISHED, events=told(somebody(), PUBLISHED))
    head, text = letters.write(notification, "Arbres", language)
    assert subject in head
    assert "trees, versi" in text
