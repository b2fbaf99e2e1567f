"""Two versions are compared by a column that tells rows apart, else by whole rows, and only what somebody sees of both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from zinneke.foundations.tables import store, versions
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    versions.forget()


def published(*contents: bytes, **spec: Any) -> None:
    for content in contents:
        store.publish(SYSTEM, "trees", content, Spec(**spec))


def test_rows_are_told_apart_by_a_column_whose_values_stand_once() -> None:
    published(b"id,name,height\n1,oak,5\n2,elm,6\n3,ash,7\n", b"id,name,age\n1,oak,1\n2,elm tree,2\n4,fir,3\n")
    found = store.compare(SYSTEM, "trees", 1, 2)
    assert (found.key, found.added, found.removed, found.changed) == ("id", 1, 1, 1)
    assert [(each.name, each.before, each.after) for each in found.changed_columns] == [("height", "integer", ""), ("age", "", "integer")]
    assert [(each.what, each.before, each.after) for each in found.some] == [
        ("changed", ("2", "elm"), ("2", "elm tree")), ("removed", ("3", "ash"), ()), ("added", (), ("4", "fir")),
    ]  # fmt: skip


def test_whole_rows_are_compared_where_no_column_tells_them_apart() -> None:
    published(b"name,kind\noak,a\noak,a\nelm,b\n", b"name,kind\noak,a\nelm,b\nelm,b\n")
    found = store.compare(SYSTEM, "trees", 1, 2)
    assert (found.key, found.added, found.removed, found.changed) == ("", 1, 1, 0)
    with pytest.raises(Problem, match="tell them apart"):
        store.compare(SYSTEM, "trees", 1, 2, "name")
    with pytest.raises(Problem, match="both versions"):
        store.compare(SYSTEM, "trees", 1, 2, "nonsense")


def test_a_column_above_the_reach_is_neither_compared_nor_named() -> None:
    hidden = (ColumnSpec(name="owner", level=Level.PERSONAL),)
    published(b"id,owner\n1,An\n2,Bo\n", b"id,owner\n1,Cy\n2,Di\n", columns=hidden)
    assert store.compare(SYSTEM, "trees", 1, 2).changed == 2
    found = store.compare(ANONYMOUS, "trees", 1, 2)
    assert (found.columns, found.changed) == (("id",), 0)
    with pytest.raises(Problem, match="both versions"):
        store.compare(ANONYMOUS, "trees", 1, 2, "owner")
    with pytest.raises(Problem) as caught:
        store.compare(ANONYMOUS, "trees", 1, 3)
    assert caught.value.status == 404


def test_a_moved_point_is_a_changed_row() -> None:
    published(b"id,lon,lat\n1,4.3,50.8\n2,4.4,50.9\n", b"id,lon,lat\n1,4.3,50.8\n2,4.41,50.9\n")
    assert store.compare(SYSTEM, "trees", 1, 2).changed == 1
