"""Groups and computed values: the same as counting in Python, in local time, with empty cells a group of their own."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zinneke.foundations.tables import store
from zinneke.foundations.tables.values import Bins, Compare, Figure, Grouping, Key, Published, Query, Term
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.problem import Problem

Publish = Callable[..., Published]
WORDS = ["oak", "Élm", "", "ash"]
ROWS = [(WORDS[n % 4] or None, n % 5 if n % 7 else None, n * 1.5 if n % 3 else None, date(2024, 1 + n % 12, 1 + n % 28)) for n in range(90)]


def column(name: str) -> Term:
    return Term("column", (name,))


@pytest.fixture(scope="module")
def ready(django_db_setup: None, django_db_blocker: Any) -> Any:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in ROWS]
    with django_db_blocker.unblock():
        store.publish(SYSTEM, "grove", "\n".join(["kind,age,height,day", *lines]).encode())
        yield None
        from zinneke.foundations.tables.models import VersionRecord

        VersionRecord.objects.filter(dataset="grove").delete()


KEYS: dict[str, tuple[Term, Callable[[tuple[Any, ...]], Any]]] = {
    "kind": (column("kind"), lambda row: row[0]),
    "age": (column("age"), lambda row: row[1]),
    "year": (Term("year", (column("day"),)), lambda row: row[3].year),
    "month": (Term("month", (column("day"),)), lambda row: row[3].month),
    "length": (Term("length", (column("kind"),)), lambda row: None if row[0] is None else len(row[0])),
    "double": (Term("*", (column("age"), Term("value", (2,)))), lambda row: None if row[1] is None else row[1] * 2),
}
TAKES: dict[str, Callable[[list[float]], Any]] = {
    "count": len,
    "distinct": lambda values: len(set(values)),
    "sum": sum,
    "mean": statistics.fmean,
    "min": min,
    "max": max,
    "median": statistics.median,
    "stddev": statistics.pstdev,
}


@pytest.mark.usefixtures("ready")
@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(list(KEYS)), unique=True, max_size=3), st.sampled_from(list(TAKES)), st.booleans())
def test_groups_are_those_that_python_counts(names: list[str], take: Any, turned: bool) -> None:
    grouping = Grouping(
        tuple(Key(name, KEYS[name][0]) for name in names),
        (Figure("rows", "count"), Figure("figure", take, column("height"))),
        order=("-rows", *names[:1]) if turned else (),
        limit=1000,
    )
    found = store.read_groups(ANONYMOUS, "grove", grouping)
    groups: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for row in ROWS:
        groups.setdefault(tuple(KEYS[name][1](row) for name in names), []).append(row)
    assert found.total == len(groups) == len(found.rows)
    for line in found.rows:
        rows = groups[line[: len(names)]]
        values = [row[2] for row in rows if row[2] is not None]
        assert line[-2] == len(rows)
        expected = TAKES[take](values) if values or take in ("count", "distinct") else None
        assert line[-1] == (None if expected is None else pytest.approx(expected))
    if turned:
        assert [line[-2] for line in found.rows] == sorted((line[-2] for line in found.rows), reverse=True)


@pytest.mark.usefixtures("ready")
@pytest.mark.django_db
def test_ranges_hold_their_lower_edge_and_say_what_lies_outside_when_asked() -> None:
    def counted(bins: Bins, name: str = "age") -> list[tuple[Any, ...]]:
        return store.read_groups(ANONYMOUS, "grove", Grouping((Key("range", column(name), bins),), (Figure("rows", "count"),))).rows

    ages = [row[1] for row in ROWS if row[1] is not None]
    assert counted(Bins((1, 3))) == [("[1, 3[", sum(1 <= age < 3 for age in ages))]
    assert [label for label, _ in counted(Bins((1, 3), below=True, above=True))] == ["]*, 1[", "[1, 3[", "[3, *["]
    assert [label for label, _ in counted(Bins(width=2.0))] == ["[0, 2[", "[2, 4[", "[4, 6[", None]
    months = counted(Bins(width="month"), "day")
    assert [label for label, _ in months] == [date(2024, month, 1) for month in range(1, 13)]
    assert sum(count for _, count in months) == len(ROWS)


def test_hours_and_days_are_counted_in_the_zone_that_is_asked_for(publish: Publish) -> None:
    publish("when\n2024-03-31T00:30:00Z\n2024-03-31T22:30:00Z\n")
    when = column("when")
    named = ("format", (when, (("day", 2), ("", "/"), ("month", 2), ("", " "), ("hour", 2))))
    query = Query(computed=(("hour", Term("hour", (when,))), ("day", Term("day", (when,))), ("said", Term(*named))))
    assert store.read_rows(ANONYMOUS, "trees", query).rows == [(1, 31, "31/03 01"), (0, 1, "01/04 00")]
    assert store.read_rows(ANONYMOUS, "trees", Query(computed=query.computed, zone="UTC")).rows == [(0, 31, "31/03 00"), (22, 31, "31/03 22")]
    found = store.read_rows(ANONYMOUS, "trees", Query(where=(Compare("eq", Term("day", (when,)), Term("value", (1,))),)))
    assert found.rows == [(datetime(2024, 3, 31, 22, 30, tzinfo=UTC),)]


@pytest.mark.usefixtures("ready")
@pytest.mark.django_db
def test_an_offset_passes_over_rows_in_every_order() -> None:
    for order in ((), ("-height",), ("kind", "age")):
        whole = store.read_rows(ANONYMOUS, "grove", Query(order=order, limit=90)).rows
        assert store.read_rows(ANONYMOUS, "grove", Query(order=order, limit=7, offset=41)).rows == whole[41:48]


def deep(levels: int) -> Term:
    found = column("age")
    for _ in range(levels):
        found = Term("+", (found, Term("value", (1,))))
    return found


@pytest.mark.usefixtures("ready")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("term", "says"),
    [
        (deep(30), "at most 20 deep"),
        (Term("+", (column("kind"), column("age"))), "takes numbers"),
        (Term("year", (column("age"),)), "takes a date"),
        (Term("length", (column("age"),)), "takes a text"),
        (Term("nothing", ()), "no function"),
        (column("agee"), "Did you mean 'age'"),
        (Term("*", (column("age"), Term("value", (2**62,)))), "cannot be computed"),
    ],
)
def test_what_cannot_be_computed_is_told(term: Term, says: str) -> None:
    for ask in (
        lambda: store.read_rows(ANONYMOUS, "grove", Query(computed=(("x", term),))),
        lambda: store.read_groups(ANONYMOUS, "grove", Grouping((Key("x", term),))),
    ):
        with pytest.raises(Problem, match=says) as refused:
            ask()
        assert refused.value.status == 400


@pytest.mark.usefixtures("ready")
@pytest.mark.django_db
def test_a_division_by_nothing_gives_no_value() -> None:
    halves = Term("/", (Term("value", (1,)), column("age")))
    assert store.read_groups(ANONYMOUS, "grove", Grouping((Key("x", halves),))).total == 5  # 1, 1/2, 1/3, 1/4 and none
