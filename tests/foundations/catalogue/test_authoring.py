"""A dataset of our own goes from draft over review to the public and back, and every step is kept with who, when and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from zinneke.foundations.catalogue import shelf, store
from zinneke.foundations.catalogue.values import DatasetRow, Distribution
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables import versions
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Grant, Level, Right
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db

ROW = DatasetRow(uri="", key="bins", title={"fr": "Poubelles", "nl": "Vuilnisbakken"})
READER = Actor("reader", grants=(Grant("partner", frozenset({Right.SEE}), Level.PERSONAL),))
CLERK = Actor("clerk", name="A. Clerk", grants=(Grant("clerk", frozenset({Right.SEE, Right.EDIT}), Level.PERSONAL),))


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    versions.forget()


def refused(status: int, call: Any, *arguments: Any) -> str:
    with pytest.raises(Problem) as caught:
        call(*arguments)
    assert caught.value.status == status, caught.value.document()
    return caught.value.detail


def published() -> str:
    store.add_dataset(CLERK, ROW)
    store.set_rows(CLERK, "bins", b"name,figure\na,1\n", Spec())
    store.submit(CLERK, "bins")
    store.accept(CLERK, "bins")
    return "bins"


def everywhere(actor: Actor) -> list[bool]:
    """Say for every door whether it shows the dataset."""
    found = [
        bool(store.search(actor, "vuilnisbakken").hits),
        any(each.key for each in store.suggest(actor, "vuiln")),
        bool(store.list_datasets(actor)[0]),
        bool(tables.list_datasets(actor)),
        tables.find_version(actor, "bins") is not None,
    ]
    for ask in (lambda: store.get_dataset(actor, "bins"), lambda: tables.read_rows(actor, "bins"), lambda: tables.export(actor, "bins", "csv")):
        try:
            found.append(bool(ask()))
        except Problem as problem:
            assert problem.status == 404
            found.append(False)
    return found


def test_a_draft_and_a_review_are_seen_by_those_who_may_edit_and_by_nobody_else_whatever_they_may_see() -> None:
    store.add_dataset(CLERK, ROW)
    store.set_rows(CLERK, "bins", b"name,figure\na,1\n", Spec())
    for _state in ("draft", "review"):
        assert all(everywhere(CLERK))
        assert not any(everywhere(ANONYMOUS))
        assert not any(everywhere(READER))
        assert store.search(CLERK, "vuilnisbakken").hits[0].state == store.get_dataset(CLERK, "bins").state == _state
        assert not store.list_news(CLERK)
        if _state == "draft":
            store.submit(CLERK, "bins")
    store.accept(CLERK, "bins")
    assert all(everywhere(ANONYMOUS))
    assert all(everywhere(READER))


def test_what_is_withdrawn_keeps_its_page_that_says_why_and_closes_its_rows() -> None:
    published()
    assert "Say why" in refused(400, store.withdraw, CLERK, "bins", " ")
    store.withdraw(CLERK, "bins", "The counts were wrong.")
    found = store.get_dataset(ANONYMOUS, "bins")
    assert (found.state, found.reason) == ("withdrawn", "The counts were wrong.")
    assert found.since is not None
    assert tables.find_version(ANONYMOUS, "bins") is None
    assert not store.search(ANONYMOUS, "vuilnisbakken").hits
    assert not store.list_datasets(ANONYMOUS)[0]
    assert tables.read_rows(CLERK, "bins").rows == [("a", 1)]
    store.submit(CLERK, "bins")
    store.accept(CLERK, "bins")
    assert all(everywhere(ANONYMOUS))


def test_every_step_is_kept_with_who_when_and_why_for_those_who_may_edit() -> None:
    store.add_dataset(CLERK, ROW)
    store.submit(CLERK, "bins", "please look")
    store.send_back(CLERK, "bins", "a licence is lacking")
    turns = store.list_turns(CLERK, "bins")
    assert [(turn.state, turn.actor, turn.reason) for turn in turns] == [
        ("draft", "clerk", ""), ("review", "clerk", "please look"), ("draft", "clerk", "a licence is lacking"),
    ]  # fmt: skip
    assert turns[0].time <= turns[2].time
    refused(403, store.list_turns, READER, "bins")
    assert [each.key for each in store.list_unpublished(CLERK)] == ["bins"]


def test_a_step_that_does_not_start_where_the_dataset_stands_is_refused() -> None:
    store.add_dataset(CLERK, ROW)
    assert "moved on" in refused(409, store.accept, CLERK, "bins")
    assert "moved on" in refused(409, store.withdraw, CLERK, "bins", "why")
    refused(404, store.submit, CLERK, "nonsense")
    refused(403, store.submit, READER, "bins")


def test_a_description_is_changed_only_when_nobody_did_since_it_was_read() -> None:
    first = store.add_dataset(CLERK, ROW)
    store.set_rows(CLERK, "bins", b"name\na\n", Spec())
    read = store.get_dataset(CLERK, "bins")
    own = msgspec.structs.replace(ROW, title={"en": "Bins"}, distributions=(Distribution(url="https://example.org/b.csv"),))
    changed = store.set_dataset(CLERK, "bins", own, read.etag)
    assert changed.title == {"en": "Bins"}
    assert changed.uri == first.uri
    assert [each.url for each in changed.distributions] == [
        "/api/tables/bins/export/csv", "/api/tables/bins/export/json", "/api/tables/bins/export/parquet", "https://example.org/b.csv",
    ]  # fmt: skip
    assert "since you read it" in refused(409, store.set_dataset, CLERK, "bins", ROW, read.etag)


def test_a_key_that_is_taken_is_refused_and_one_that_is_not_asked_for_is_made() -> None:
    store.add_dataset(CLERK, ROW)
    refused(409, store.add_dataset, CLERK, ROW)
    assert store.add_dataset(CLERK, msgspec.structs.replace(ROW, key="")).key == "poubelles"


def test_a_draft_that_is_given_up_leaves_nothing_and_a_published_dataset_cannot_be_deleted(tmp_path: Path) -> None:
    store.add_dataset(CLERK, ROW)
    store.set_rows(CLERK, "bins", b"name\na\n", Spec())
    store.delete_draft(CLERK, "bins")
    assert not any(everywhere(CLERK))
    refused(404, store.get_dataset, SYSTEM, "bins")
    published()
    assert "Withdraw" in refused(409, store.delete_draft, CLERK, "bins")
    refused(409, tables.discard, CLERK, "bins")


def test_an_entry_is_as_strict_as_its_strictest_column_unless_it_was_given_a_level() -> None:
    store.add_dataset(CLERK, ROW)
    personal = Spec(columns=(ColumnSpec(name="name", level=Level.PERSONAL),))
    store.set_rows(CLERK, "bins", b"name,figure\na,1\n", personal)
    assert store.get_dataset(CLERK, "bins").level is Level.PERSONAL
    read = store.get_dataset(CLERK, "bins")
    store.set_dataset(CLERK, "bins", msgspec.structs.replace(read.row, level=Level.PUBLIC), read.etag)
    store.set_rows(CLERK, "bins", b"name,figure\na,2\n", personal)
    assert store.get_dataset(CLERK, "bins").level is Level.PUBLIC
    store.submit(CLERK, "bins")
    store.accept(CLERK, "bins")
    assert [column.name for column in tables.get_version(ANONYMOUS, "bins").columns] == ["figure"]


def test_rows_of_a_draft_are_in_a_large_index_that_was_saved_and_leave_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "SMALL", 0)
    store.set_datasets(SYSTEM, [DatasetRow(uri=f"urn:{number}", title={"nl": f"Lijst {number}"}) for number in range(30)], "elsewhere")
    store.add_dataset(CLERK, ROW)
    shelf.forget()
    assert store.search(CLERK, "vuilnisbakken").total == 1
    assert store.search(READER, "vuilnisbakken").total == 0
    store.delete_draft(CLERK, "bins")
    assert store.search(CLERK, "vuilnisbakken").total == 0


def test_publishing_at_once_leaves_drafts_to_their_review() -> None:
    entry = msgspec.structs.replace(ROW, uri="urn:bins")
    store.add_dataset(CLERK, entry)
    assert "not published" in refused(409, store.publish, CLERK, entry, b"name\na\n", Spec())
    other = msgspec.structs.replace(entry, uri="urn:other", key="other")
    store.publish(CLERK, other, b"name\na\n", Spec())
    assert [turn.state for turn in store.list_turns(CLERK, "other")] == ["published"]
