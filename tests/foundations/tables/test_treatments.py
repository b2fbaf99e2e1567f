"""What tells of people is dropped, masked or generalised as recorded treatments, and groups that are too small are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pycanon import anonymity

from zinneke.foundations.tables import store, versions
from zinneke.foundations.tables.treatments import groups
from zinneke.foundations.tables.values import ColumnSpec, Spec, Treatment
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import AreaRow
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.problem import Problem

PEOPLE = b"name,age,born,post,income\nAn,31,1995-02-03,1000,10\nBo,34,1992-05-06,1000,20\nCy,38,1988-07-08,1000,30\nDi,71,1955-01-01,1090,40\n"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    versions.forget()


def published(*treatments: Treatment, **spec: Any) -> Any:
    store.publish(SYSTEM, "people", PEOPLE, Spec(treatments=treatments, **spec))
    return store.get_version(SYSTEM, "people")


def rows() -> list[tuple[Any, ...]]:
    return store.read_rows(SYSTEM, "people").rows


@pytest.mark.django_db
def test_each_treatment_is_done_and_recorded_with_the_version() -> None:
    done = (
        Treatment("drop", "name"), Treatment("range", "age", 10), Treatment("year", "born"),
        Treatment("first", "post", 2), Treatment("mask", "income"),
    )  # fmt: skip
    version = published(*done)
    assert version.treatments == done
    assert rows()[0] == ("30–39", 1995, "10", "***")
    assert b"An" not in b"".join(store.export(SYSTEM, "people", "csv").chunks)


@pytest.mark.django_db
def test_groups_that_are_too_small_are_refused_until_a_column_is_general_enough_or_their_rows_are_left_out() -> None:
    with pytest.raises(Problem) as caught:
        published(Treatment("drop", "name"), quasi=("age", "post"), k=3)
    assert "4 rows stand in groups of fewer than 3" in caught.value.detail
    with pytest.raises(Problem):
        published(Treatment("range", "age", 10), quasi=("age", "post"), k=3)
    published(Treatment("range", "age", 10), Treatment("suppress"), quasi=("age", "post"), k=3)
    assert [row[0] for row in rows()] == ["An", "Bo", "Cy"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.sampled_from("xyz")), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None)
def test_the_smallest_group_is_what_pycanon_computes(found: list[tuple[str, int, str]]) -> None:
    frame = pandas.DataFrame(found, columns=["sex", "age", "post"])
    table = pa.Table.from_pandas(frame)
    for quasi in (["sex"], ["sex", "age"], ["sex", "age", "post"]):
        assert groups(table, quasi, 2).k == anonymity.k_anonymity(frame, quasi)


@pytest.mark.django_db
def test_the_commune_stands_for_the_point_and_the_coordinates_are_gone() -> None:
    territory.set_areas(SYSTEM, [AreaRow("21010", "commune", {"fr": "Jette", "nl": "Jette"}, shapely.box(4.3, 50.8, 4.4, 50.9))])
    store.publish(SYSTEM, "homes", b"lon,lat,kind\n4.35,50.85,a\n4.36,50.86,b\n9,50,c\n", Spec(treatments=(Treatment("commune"),)))
    version = store.get_version(SYSTEM, "homes")
    assert [column.name for column in version.columns] == ["kind", "commune"]
    assert (version.geometry, version.bbox) == ("", None)
    assert store.read_rows(SYSTEM, "homes").rows == [("a", "21010"), ("b", "21010"), ("c", None)]


@pytest.mark.django_db
def test_only_a_recorded_treatment_lowers_a_level_and_it_is_shown_to_whoever_sees_the_column() -> None:
    strict = Spec(columns=(ColumnSpec(name="age", level=Level.PERSONAL),))
    store.publish(SYSTEM, "people", PEOPLE, strict)
    lower = (ColumnSpec(name="age", level=Level.PUBLIC), ColumnSpec(name="income", level=Level.SHARED))
    refused = store.publish(SYSTEM, "people", PEOPLE, Spec(columns=lower))
    assert any("only a recorded treatment" in fault.what for fault in refused.faults)
    assert store.get_version(SYSTEM, "people").column("age").level is Level.PERSONAL
    renamed = (ColumnSpec(name="age", to="years", level=Level.PUBLIC),)
    assert store.publish(SYSTEM, "people", PEOPLE, Spec(columns=renamed)).version.column("years").level is Level.PERSONAL
    treated = Spec(columns=lower, treatments=(Treatment("range", "age", 10), Treatment("mask", "income")))
    store.publish(SYSTEM, "people", PEOPLE, strict)
    store.publish(SYSTEM, "people", PEOPLE, treated)
    seen = store.get_version(ANONYMOUS, "people")
    assert seen.column("age").level is Level.PUBLIC
    assert [each.column for each in seen.treatments] == ["age"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("treatment", "word"),
    [
        (Treatment("range", "name", 5), "Only numbers"),
        (Treatment("year", "age"), "Only dates"),
        (Treatment("first", "post", 0), "between 1 and 20"),
        (Treatment("mask", "nonsense"), "no column"),
        (Treatment("commune"), "no places"),
        (Treatment("suppress"), "Choose the columns"),
    ],
)
def test_a_treatment_that_cannot_be_done_is_refused_with_a_sentence(treatment: Treatment, word: str) -> None:
    with pytest.raises(Problem, match=word):
        published(treatment)
