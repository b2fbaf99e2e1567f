"""Levels per column through every verb: what is above a reader's reach is not shown, not asked, not counted and not mentioned."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.foundations.tables.conftest import SECRET_ROWS, SECRETS, reader
from zinneke.foundations.tables import store
from zinneke.foundations.tables.values import ColumnSpec, Filter, Query, Spec
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Grant, Level, Right
from zinneke.kernel.problem import Problem

HIDDEN = ("owner", "note", "lat", "when", "geometry")
SEEN = ("kind", "lon", "n")


@pytest.fixture
def _people(db: None) -> None:
    store.publish(SYSTEM, "people", SECRET_ROWS, SECRETS)


pytestmark = pytest.mark.usefixtures("_people")


def test_each_reader_sees_the_columns_within_reach() -> None:
    def names(actor: Actor) -> set[str]:
        return {column.name for column in store.get_version(actor, "people").columns}

    assert names(ANONYMOUS) == set(SEEN)
    assert names(reader(Level.SHARED)) == {*SEEN, "note", "lat", "when", "geometry"}
    assert names(reader(Level.PERSONAL)) == names(SYSTEM) == {*SEEN, *HIDDEN}
    assert names(reader(Level.PERSONAL, "tables.people")) == {*SEEN, *HIDDEN}
    assert names(reader(Level.PERSONAL, "tables.others")) == set(SEEN)
    narrowed = Actor("token", grants=reader(Level.PERSONAL).grants, scopes=frozenset({"see:observations"}))
    assert names(narrowed) == set(SEEN)


def test_a_version_does_not_tell_of_what_is_hidden() -> None:
    version = store.get_version(ANONYMOUS, "people")
    assert (version.level, version.geometry, version.time, version.bbox) == (Level.PUBLIC, "", "", None)
    full = store.get_version(SYSTEM, "people")
    assert (full.level, full.geometry, full.time) == (Level.PERSONAL, "point", "when") and full.bbox is not None


def test_no_frequent_values_or_extremes_of_columns_that_are_not_public() -> None:
    by_name = {column.name: column.profile for column in store.get_version(SYSTEM, "people").columns}
    for name in ("owner", "note", "lat", "when"):
        assert by_name[name].top == () and by_name[name].minimum is None and by_name[name].maximum is None
    assert by_name["kind"].top == (("oak", 2), ("elm", 1))


@pytest.mark.parametrize("name", HIDDEN)
@pytest.mark.parametrize(
    "ask",
    [
        lambda name: store.read_rows(ANONYMOUS, "people", Query((name,))),
        lambda name: store.read_rows(ANONYMOUS, "people", Query(where=(Filter(name, "null", False),))),
        lambda name: store.read_rows(ANONYMOUS, "people", Query(order=(name,))),
        lambda name: store.read_rows(ANONYMOUS, "people", Query(order=(f"-{name}",))),
        lambda name: b"".join(store.export(ANONYMOUS, "people", "csv", Query((name,))).chunks),
        lambda name: b"".join(store.export(ANONYMOUS, "people", "csv", Query(where=(Filter(name, "null", False),))).chunks),
        lambda name: store.tally(ANONYMOUS, "people", name),
        lambda name: store.tally(ANONYMOUS, "people", "kind", name, "sum"),
        lambda name: store.tally(ANONYMOUS, "people", "kind", where=(Filter(name, "null", False),)),
        lambda name: store.series(ANONYMOUS, "people", name, ()),
        lambda name: store.series(ANONYMOUS, "people", name, (name,)),
    ],
)
def test_a_hidden_column_and_one_that_does_not_exist_are_answered_alike(name: str, ask: Callable[[str], Any]) -> None:
    def refusal(word: str) -> tuple[int, str]:
        with pytest.raises(Problem) as refused:
            ask(word)
        return refused.value.status, refused.value.detail.replace(repr(word), "it")

    status, detail = refusal(name)
    assert (status, detail.partition(".")[0]) == (400, "There is no column it")
    assert not any(hidden in detail for hidden in HIDDEN if hidden not in ("n",))
    assert refusal("qqqqqqq")[1] == detail or "Did you mean" in detail


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_downloads_hold_only_what_is_visible(form: Any) -> None:
    body = b"".join(store.export(ANONYMOUS, "people", form).chunks)
    for secret in (b"Jan", b"Eva", b"owner", b"note", b"50.81"):
        assert secret not in body
    if form == "parquet":
        assert pq.read_schema(io.BytesIO(body)).names == list(SEEN)
    everything = b"".join(store.export(reader(Level.PERSONAL), "people", form).chunks)
    assert b"Jan" in everything


def test_maps_need_shapes_that_are_visible() -> None:
    for ask in (
        lambda actor: store.features(actor, "people"),
        lambda actor: store.tile(actor, "people", 0, 0, 0),
        lambda actor: b"".join(store.export(actor, "people", "geojson").chunks),
        lambda actor: store.read_rows(actor, "people", Query(bbox=(4, 50, 5, 51))),
    ):
        with pytest.raises(Problem, match="no shapes"):
            ask(ANONYMOUS)
        assert ask(reader(Level.SHARED))
    shared = json.dumps(store.features(reader(Level.SHARED), "people"))
    assert "Jan" not in shared and "old" in shared
    tile = store.tile(reader(Level.SHARED), "people", 0, 0, 0).content
    assert b"Jan" not in tile and b"owner" not in tile and b"old" in tile


def test_a_dataset_without_any_visible_column_is_not_there() -> None:
    store.publish(SYSTEM, "secret", b"a,b\n1,2\n", Spec(level=Level.SHARED, area="21015"))
    for ask in (store.get_version, store.list_versions, store.read_rows, lambda a, d: store.export(a, d, "csv"), lambda a, d: store.tally(a, d, "a")):
        for actor in (ANONYMOUS, reader(Level.SHARED, area="21001"), reader(Level.SHARED, "tables.people"), reader(Level.PUBLIC)):
            with pytest.raises(Problem) as refused:
                ask(actor, "secret")
            with pytest.raises(Problem) as missing:
                ask(actor, "nowhere")
            assert refused.value.status == missing.value.status == 404
            assert refused.value.detail.replace("secret", "nowhere") == missing.value.detail
        assert ask(reader(Level.SHARED, area="21015"), "secret")
        assert ask(reader(Level.SHARED, "tables.secret"), "secret")
    listed = {actor: [version.dataset for version in store.list_datasets(actor)] for actor in (ANONYMOUS, reader(Level.SHARED, "tables.secret"))}
    assert [*listed.values()] == [["people"], ["people", "secret"]]


def test_a_shape_made_of_hidden_coordinates_is_as_hidden_as_they_are() -> None:
    spec = Spec(columns=(ColumnSpec("lon", level=Level.PERSONAL),))
    done = store.publish(SYSTEM, "homes", b"n,lat,lon\n1,50.8,4.3\n", spec)
    assert {column.name: column.level for column in done.version.columns}["geometry"] is Level.PERSONAL


def test_who_may_publish_is_decided_by_level_area_and_what_was_there() -> None:
    def editor(level: Level, area: str = "", subject: str = "tables") -> Actor:
        return Actor("editor", grants=(Grant("editor", frozenset({Right.EDIT}), level, area, subject),))

    for actor, status in ((ANONYMOUS, 401), (reader(Level.PERSONAL), 403), (editor(Level.PUBLIC), 403), (editor(Level.PERSONAL, "21015"), 403)):
        with pytest.raises(Problem) as refused:
            store.publish(actor, "people", b"a\n1\n", Spec())
        assert refused.value.status == status
    with pytest.raises(Problem):
        store.publish(editor(Level.PUBLIC), "new", b"a\n1\n", Spec(level=Level.SHARED))
    assert store.publish(editor(Level.PUBLIC, "21015"), "new", b"a\n1\n", Spec(area="21015")).changed
    assert store.publish(editor(Level.PERSONAL, "", "tables.people"), "people", b"a\n1\n", Spec()).changed
