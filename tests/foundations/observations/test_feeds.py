"""Live addresses are asked as often as they change, with what they said of themselves, and later and later while they fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.foundations.observations.city import actor
from zinneke.foundations.fetching import Answer
from zinneke.foundations.observations import feeds, quarantine, store
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.problem import Problem
from zinneke.kernel.registry import solutions
from zinneke.kernel.solution import Sample

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)


class Publisher:
    """A live address whose answers are planned: a value, a problem, or nothing new."""

    def __init__(self, settings: Any) -> None:
        settings.FEEDS = ("air_quality/*",)
        self.solution = solutions()["air_quality"]
        self.source = next(source for source in self.solution.sources if source.address)
        self.asked: list[tuple[str, str, str]] = []
        self.plan: list[Any] = []

    def fetch(self, address: str, etag: str, modified: str) -> Answer:
        self.asked.append((address, etag, modified))
        planned = self.plan.pop(0)
        if isinstance(planned, Problem):
            raise planned
        return planned if isinstance(planned, Answer) else Answer(200, address, planned, etag=f'"{len(self.asked)}"', modified="today")

    @property
    def feed(self) -> feeds.Feed:
        return next(each for each in feeds.list_feeds(SYSTEM) if each.source == self.source.key)


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Publisher:
    made = Publisher(settings)

    def decode(solution: str, source: str, body: bytes) -> list[Sample]:
        if body == b"broken":
            raise Problem(400, "The request needs a correction", "It cannot be read.")
        return [Sample("station-1", made.solution.readings[0].key, NOW, float(body))]

    monkeypatch.setattr(feeds.samples, "samples_of", decode)
    return made


def test_nothing_is_asked_that_the_city_did_not_name(settings: Any) -> None:
    settings.FEEDS = ()
    assert feeds.ask_due(NOW, lambda *_: pytest.fail("asked")) == ""
    assert feeds.list_feeds(SYSTEM) == []


def test_what_is_new_is_stored_and_what_is_not_is_not_sent_again(publisher: Publisher) -> None:
    publisher.plan = [b"12", Answer(304, publisher.source.address)]
    assert "1 stored" in feeds.ask_due(NOW, publisher.fetch)
    assert feeds.ask_due(NOW, publisher.fetch) == "", "its time has not come"
    feeds.ask_due(NOW + timedelta(hours=2), publisher.fetch)
    assert publisher.asked == [(publisher.source.address, "", ""), (publisher.source.address, '"1"', "today")]
    feed = publisher.feed
    assert (feed.stored, feed.failures, feed.fault, feed.changed) == (1, 0, "", NOW)
    assert store.count(SYSTEM, "air_quality") == 1


def test_a_feed_that_fails_is_asked_later_and_later_and_forgiven_at_once(publisher: Publisher) -> None:
    publisher.plan = [Problem(502, "Not given", "It answered 503.")] * 4 + [b"12"]
    now, pauses = NOW, []
    for _ in range(4):
        feeds.ask_due(now, publisher.fetch)
        assert publisher.feed.due
        pauses.append(publisher.feed.due - now)
        now = publisher.feed.due
    assert all(later > 1.5 * sooner for sooner, later in zip(pauses, pauses[1:], strict=False) if later < timedelta(hours=10))
    assert (publisher.feed.failures, publisher.feed.fault) == (4, "It answered 503.")
    feeds.ask_due(now, publisher.fetch)
    assert (publisher.feed.failures, publisher.feed.fault, publisher.feed.stored) == (0, "", 1)


def test_what_cannot_be_read_is_kept_and_asked_for_again(publisher: Publisher) -> None:
    publisher.plan = [b"broken"]
    feeds.ask_due(NOW, publisher.fetch)
    assert (publisher.feed.failures, publisher.feed.fault) == (1, "It cannot be read.")
    (kept,) = quarantine.list_quarantine(SYSTEM)
    assert (kept.solution, kept.source, kept.size) == ("air_quality", publisher.source.key, 6)
    publisher.plan = [b"12"]
    feeds.ask_due(NOW + timedelta(days=1), publisher.fetch)
    assert publisher.asked[-1][1] == "", "nothing of the broken answer is remembered"


def test_pauses_are_bounded_whatever_happens() -> None:
    minute = timedelta(minutes=1)
    assert feeds.pause(minute, 0, 0.5) == minute
    assert feeds.pause(minute, 3, 0.0) == 8 * minute * 0.9
    assert feeds.pause(minute, 500, 1.0) == feeds.LONGEST * 1.1


def test_only_those_who_edit_a_solution_see_its_feeds(publisher: Publisher) -> None:
    assert feeds.list_feeds(actor("observations.air_quality")) == feeds.list_feeds(SYSTEM) != []
    assert feeds.list_feeds(actor("observations.smart_bins")) == []
    with pytest.raises(Problem):
        feeds.list_feeds(ANONYMOUS)
