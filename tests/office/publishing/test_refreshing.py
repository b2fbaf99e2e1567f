"""A dataset is fetched again on time and visibly; what fails is tried later and never removes the last good version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import DatasetRow, Publisher
from zinneke.foundations.fetching import Answer
from zinneke.foundations.identity import store as identity
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Spec, Treatment
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor
from zinneke.kernel.problem import Problem
from zinneke.office.publishing import models, refreshing, store
from zinneke.office.publishing.sources import Brought, FromWeb, Source

pytestmark = pytest.mark.django_db
ADDRESS = "https://93.184.216.34/trees.csv"


@pytest.fixture
def trees() -> datetime:
    """Publish a dataset that is fetched every hour, and return when it was set up."""
    catalogue.publish(SYSTEM, DatasetRow(uri="urn:trees", key="trees", title={"nl": "Bomen"}), b"name\noak\n", Spec())
    store.set_refresh(SYSTEM, "trees", FromWeb(ADDRESS), 1, Spec())
    return datetime.now(UTC)


def giving(content: bytes, etag: str = "a") -> Callable[[Actor, Source, Path, str, str], Brought]:
    def save(actor: Actor, source: Source, path: Path, known: str, modified: str) -> Brought:
        assert source == FromWeb(ADDRESS)
        if known == etag:
            return Brought("trees.csv", answer=Answer(304, ADDRESS))
        path.write_bytes(content)
        return Brought("trees.csv", answer=Answer(200, ADDRESS, etag=etag))

    return save


def failing(actor: Actor, source: Source, path: Path, etag: str, modified: str) -> Brought:
    raise Problem(502, "Not given", "trees.example answered 500.")


def test_a_new_file_is_a_new_version_and_the_same_one_is_not(trees: datetime) -> None:
    assert refreshing.refresh_due(trees, giving(b"name\noak\nelm\n")) == "trees new"
    assert tables.get_version(ANONYMOUS, "trees").rows == 2
    assert refreshing.refresh_due(trees, giving(b"")) == ""
    later = trees + timedelta(hours=1)
    assert refreshing.refresh_due(later, giving(b"")) == "trees unchanged"
    found = store.find_refresh(SYSTEM, "trees")
    assert found is not None
    assert (found.state, found.version, found.succeeded) == ("unchanged", 2, later)
    assert refreshing.refresh_due(later + timedelta(hours=1), giving(b"name\noak\nelm\n", "b")) == "trees unchanged"


def test_what_fails_says_since_when_is_tried_again_later_and_later_and_leaves_the_version(trees: datetime) -> None:
    now, pauses = trees, []
    for _time in range(3):
        assert refreshing.refresh_due(now, failing) == "trees failed"
        found = store.find_refresh(SYSTEM, "trees")
        assert found is not None
        pauses.append(found.due - now)
        now = found.due
    assert pauses == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert (found.state, found.since, found.tries, found.fault) == ("failed", trees, 3, "trees.example answered 500.")
    assert [each.dataset for each in store.list_failed(SYSTEM)] == ["trees"]
    assert tables.get_version(ANONYMOUS, "trees").rows == 1
    assert refreshing.refresh_due(now, giving(b"name\nfir\n")) == "trees new"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\x00\x01\x02" * 100, "NUL"),
        (("name,mail\n" + "".join(f"a,an{n}@example.be\n" for n in range(60))).encode(), "tell of people"),
        (b"", "empty"),
    ],
)
def test_what_must_not_be_published_is_a_failure_and_never_a_version(trees: datetime, content: bytes, word: str) -> None:
    assert refreshing.refresh_due(trees, giving(content)) == "trees failed"
    found = store.find_refresh(SYSTEM, "trees")
    assert found is not None
    assert word in found.fault
    assert tables.get_version(ANONYMOUS, "trees").number == 1


def test_a_fetch_that_was_cut_off_is_taken_up_again(trees: datetime) -> None:
    models.Refresh.objects.update(state="fetching", since=trees - timedelta(hours=2))
    assert refreshing.refresh_due(trees, giving(b"name\nfir\n")) == "trees new"


def test_an_address_inside_is_refused_and_a_refresh_can_be_stopped(trees: datetime) -> None:
    with pytest.raises(Problem):
        store.set_refresh(SYSTEM, "trees", FromWeb("http://127.0.0.1/"), 1, Spec())
    with pytest.raises(Problem):
        store.set_refresh(SYSTEM, "trees", FromWeb(ADDRESS), 5, Spec())
    store.stop_refresh(SYSTEM, "trees")
    assert store.find_refresh(SYSTEM, "trees") is None


def editor(name: str) -> Actor:
    person = identity.add_person(SYSTEM, f"{name}@brussels.test", name.title())
    identity.grant_role(SYSTEM, person.email, "steward", "", "*")
    found = identity.actor_of_person(person.id)
    assert found is not None
    return found


def test_under_a_rule_a_refresh_waits_as_whoever_set_it_up_until_somebody_else_accepted_what_it_makes(trees: datetime) -> None:
    ann, bob, hour = editor("ann"), editor("bob"), timedelta(hours=1)
    held = catalogue.get_dataset(SYSTEM, "trees")
    catalogue.set_dataset(SYSTEM, "trees", msgspec.structs.replace(held.row, publisher=Publisher("parks", {"en": "Parks"})), held.etag)
    catalogue.set_rule(SYSTEM, "parks", "always")

    def rows() -> int:
        return tables.get_version(ANONYMOUS, "trees").rows

    def settled(now: datetime) -> datetime:
        """Fetch elms and ashes as Ann, which waits, and let Bob accept them."""
        assert refreshing.refresh_due(now, giving(b"name\noak\nelm\nash\n")) == "trees new"
        assert rows() == 1, "it waits"
        assert refreshing.refresh_due(now + hour, giving(b"name\n", "b")) == "", "nothing is fetched while a version waits"
        waiting = catalogue.find_waiting(bob, "trees")
        assert waiting is not None
        with pytest.raises(Problem, match="sent this version yourself"):
            catalogue.accept_version(ann, "trees", waiting.mark)
        catalogue.accept_version(bob, "trees", waiting.mark)
        assert rows() == 3
        return now + hour

    store.set_refresh(ann, "trees", FromWeb(ADDRESS), 1, Spec())
    later = settled(datetime.now(UTC))
    assert refreshing.refresh_due(later, giving(b"name\nfir\n", "c")) == "trees new"
    assert rows() == 1, "what was accepted once is fetched again by itself"
    store.set_refresh(ann, "trees", FromWeb(ADDRESS), 1, Spec(treatments=(Treatment("declare", "name", why="names of trees"),)))
    assert refreshing.refresh_due(later, giving(b"name\nyew\nbox\n", "d")) == "trees new"
    assert rows() == 1, "another way to read it waits again"
    assert catalogue.get_dataset(ann, "trees").waits
