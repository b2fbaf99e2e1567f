"""Catalogues read again and again: nothing twice, nothing lost, nothing silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.foundations.catalogue.harvest.conftest import Remote
from zinneke.foundations.catalogue import chores, duplicates, harvesting, models, shelf, store
from zinneke.foundations.catalogue.commands import run_harvest as run_command
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, HarvestSource, Publisher
from zinneke.foundations.fetching import Fetcher
from zinneke.kernel import registry
from zinneke.kernel.command import find
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db
Make = Callable[[], Fetcher]
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    shelf.forget()
    yield
    shelf.forget()


def ttl(*numbers: int, word: str = "Arbres") -> bytes:
    head = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
    return (head + "".join(f'<https://a.example/{n}> a dcat:Dataset ; dct:title "{word} {n}"@fr .\n' for n in numbers)).encode()


@pytest.fixture
def source(remote: Remote, make: Make) -> Remote:
    remote.types["/c.ttl"] = "text/turtle"
    remote.gives["/c.ttl"] = ttl(*range(10))
    harvesting.add_harvest(SYSTEM, HarvestSource(kind="dcat", address=f"{remote.address}/c.ttl", key="there"), make)
    return remote


def run(make: Make, at: datetime = NOW, **more: Any) -> Any:
    return harvesting.run_harvest(SYSTEM, "there", make=make, now=at, **more)


def listed() -> set[str]:
    return {each.uri[-1] for each in store.list_datasets(SYSTEM, source="there")[0]}


def test_what_is_there_is_here_and_what_did_not_change_is_not_read_again(source: Remote, make: Make) -> None:
    first = run(make)
    assert (first.outcome, first.report.added, first.report.listed) == ("done", 10, 10) and len(listed()) == 10
    again = run(make)
    assert again.outcome == "unchanged" and source.headers[-1]["If-None-Match"]
    source.gives["/c.ttl"] = ttl(*range(9)) + ttl(10).split(b"\n", 1)[1] + ttl(11, word="Bancs").split(b"\n", 1)[1]
    third = run(make)
    assert (third.report.added, third.report.unchanged, third.report.gone, third.report.names) == (2, 9, 1, ("Arbres 9",))


def test_a_catalogue_that_gives_one_dataset_on_two_pages_is_not_taken_for_broken(remote: Remote, make: Make) -> None:
    package = {"id": "11111111", "name": "x", "title": "X"}
    remote.gives["/api/3/action/package_search"] = {"success": True, "result": {"count": 2, "results": [package]}}
    harvesting.add_harvest(SYSTEM, HarvestSource(kind="ckan", address=remote.address, key="there"), make)
    told = run(make)
    assert (told.outcome, told.report.listed, told.report.refused) == ("done", 1, 0)


def test_what_changed_is_written_once_and_who_asks_again_writes_nothing(source: Remote, make: Make) -> None:
    run(make)
    models.Harvest.objects.update(validators=b"{}")
    assert (run(make).report.unchanged, run(make).outcome) == (10, "unchanged")
    source.gives["/c.ttl"] = ttl(*range(10), word="Bomen")
    assert run(make).report.changed == 10


@pytest.mark.parametrize(
    ("gives", "note"),
    [(ttl(1, 2), "shrunk"), (ttl(), "nothing"), ((500, {}, b"no"), "nothing"), (b"<<< broken", "nothing"), (None, "nothing")],
)
def test_a_remote_that_fails_or_shrinks_takes_nothing_away_and_says_so(source: Remote, make: Make, gives: Any, note: str) -> None:
    run(make)
    source.gives["/c.ttl"] = gives
    told = run(make)
    assert len(listed()) == 10 and told.report.gone == 0 and note in told.report.notes and told.outcome in ("kept", "failed")
    assert told.report.faults or told.report.missing in (8, 10)


def test_a_person_may_say_that_the_shrinking_is_right(source: Remote, make: Make) -> None:
    run(make)
    source.gives["/c.ttl"] = ttl(1, 2)
    assert run(make).outcome == "kept"
    assert run(make).outcome in ("kept", "unchanged"), "without a person, it stays so"
    told = run(make, accept_shrink=True)
    assert told.report.gone == 8 and listed() == {"1", "2"}


def test_what_fails_is_tried_again_later_and_later(source: Remote, make: Make) -> None:
    source.gives["/c.ttl"] = (404, {}, b"")
    due = []
    for _ in range(3):
        run(make)
        found = harvesting.get_harvest(SYSTEM, "there")
        assert found.due is not None
        due.append((found.due - NOW) / timedelta(hours=1))
    assert due == [2, 4, 8] and harvesting.get_harvest(SYSTEM, "there").failures == 3
    assert harvesting.list_due(SYSTEM, NOW + timedelta(hours=9)) == ["there"]


def test_a_source_is_not_read_twice_at_once(source: Remote, make: Make) -> None:
    models.Harvest.objects.update(begun=NOW)
    with pytest.raises(Problem) as busy:
        run(make, NOW + timedelta(minutes=5))
    assert busy.value.status == 409
    assert run(make, NOW + timedelta(hours=3)).outcome == "done", "one that was cut off does not block for ever"


def test_ckan_is_asked_for_changes_and_once_a_week_for_everything(remote: Remote, make: Make) -> None:
    package = {"id": "11111111", "name": "x", "title": "X"}
    remote.gives["/api/3/action/package_search"] = {"success": True, "result": {"count": 1, "results": [package]}}
    harvesting.add_harvest(SYSTEM, HarvestSource(kind="ckan", address=remote.address, key="there"), make)
    run(make)
    assert run(make, NOW + timedelta(days=1)).report.changes_only and "metadata_modified" in remote.asked[-1]
    remote.gives["/api/3/action/package_search"] = {"success": True, "result": {"count": 0, "results": []}}
    assert run(make, NOW + timedelta(days=2)).report.gone == 0
    assert not run(make, NOW + timedelta(days=8)).report.changes_only


def test_what_is_harvested_is_as_confidential_as_its_source(remote: Remote, make: Make) -> None:
    remote.gives["/c.ttl"] = ttl(1)
    harvesting.add_harvest(SYSTEM, HarvestSource(kind="dcat", address=f"{remote.address}/c.ttl", key="there", level=Level.SHARED, area="21015"), make)
    run(make)
    assert not store.list_datasets(ANONYMOUS, source="there")[0] and store.list_datasets(SYSTEM, source="there")[0][0].area == "21015"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "soap"},
        {"address": "http://10.0.0.1/"},
        {"address": "file:///etc"},
        {"key": "No Good"},
        {"key": "zinneke"},
        {"hours": 0},
        {"language": "xx"},
    ],
)
def test_a_source_that_could_not_work_is_refused(wrong: dict[str, Any], remote: Remote, make: Make) -> None:
    with pytest.raises(Problem) as refused:
        harvesting.add_harvest(SYSTEM, HarvestSource(**{"kind": "dcat", "address": remote.address, "key": "there", **wrong}), make)
    assert refused.value.status == 400


def test_a_source_takes_no_other_source_s_name(source: Remote, make: Make) -> None:
    store.set_datasets(SYSTEM, [DatasetRow(uri="urn:1", title={"fr": "x"})], "elsewhere")
    for key in ("there", "elsewhere"):
        with pytest.raises(Problem) as refused:
            harvesting.add_harvest(SYSTEM, HarvestSource(kind="dcat", address=source.address, key=key), make)
        assert refused.value.status == 409


def test_what_two_sources_list_is_shown_with_the_evidence_and_not_merged(source: Remote, make: Make) -> None:
    others = [
        DatasetRow(uri="https://a.example/1", title={"nl": "Bomen"}),
        DatasetRow(uri="urn:other", title={"fr": "Arbres 2"}),
    ]
    store.set_datasets(SYSTEM, others, "elsewhere")
    told = run(make)
    assert [(pair.by, pair.source, pair.evidence) for pair in told.report.duplicates] == [("identifier", "elsewhere", "https://a.example/1")]
    assert len(store.list_datasets(SYSTEM, source="elsewhere")[0]) == 2 and len(listed()) == 10


def test_duplicates_are_known_by_address_and_by_title_and_publisher_but_not_by_what_everything_shares() -> None:
    def row(n: int, **more: Any) -> DatasetRow:
        return DatasetRow(**{"uri": f"urn:{n}", "title": {"fr": f"Titre {n}"}, **more})

    shared = (Distribution(page="https://portal.example/"),)
    ours = [(str(n), row(n, distributions=shared)) for n in range(9)]
    ours += [("file", row(20, distributions=(Distribution(url="https://a.example/x.csv"),)))]
    ours += [("named", row(21, title={"fr": "Qualité de l’air"}, publisher=Publisher("p", {"fr": "Bruxelles Environnement"})))]
    others = [
        ("o1", "s", row(30, distributions=shared)),
        ("o2", "s", row(31, distributions=(Distribution(url="http://a.example/x.csv/"),))),
        ("o3", "s", row(32, title={"fr": "qualite de l’air"}, publisher=Publisher("q", {"fr": "BRUXELLES Environnement"}))),
    ]
    assert [(pair.key, pair.other, pair.by) for pair in duplicates.find(ours, others)] == [("file", "o2", "address"), ("named", "o3", "title")]


def test_only_whoever_may_edit_there_sees_and_runs_a_source(source: Remote, make: Make) -> None:
    for ask in (
        lambda: harvesting.list_harvests(ANONYMOUS),
        lambda: harvesting.run_harvest(ANONYMOUS, "there", make=make),
        lambda: harvesting.add_harvest(ANONYMOUS, HarvestSource(kind="dcat", address="https://a.example", key="x"), make),
    ):
        with pytest.raises(Problem) as refused:
            ask()
        assert refused.value.status == 401


class Said(list[str]):
    def say(self, line: str) -> None:
        self.append(line)

    def progress(self, label: str, done: int, total: int) -> None: ...


def test_the_command_names_reads_and_tells(remote: Remote, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harvesting, "fetcher", make)
    remote.gives["/c.ttl"] = ttl(1)
    out = Said()
    for words in (f"harvest add dcat {remote.address}/c.ttl --key there --hours 6", "harvest run there", "harvest list"):
        found = find(registry.commands(), words.split())
        assert found and run_command(found[1], out) == 0
    assert "1 added" in out[1] and out[-1].startswith("there: dcat http://127.0.0.1") and "every 6 hours" in out[-1]


def test_the_chore_reads_what_is_due_and_only_one_thing_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(harvesting, "list_due", lambda actor, now: ["there"])
    monkeypatch.setattr(chores, "_read", lambda keys: read.extend(keys))
    assert chores.harvest_due(NOW) == "reading there"
    assert chores._thread is not None
    chores._thread.join(60)
    assert read == ["there"]
