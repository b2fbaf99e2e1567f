"""Reading rows: filters as Python would do them, pages that hold together, and questions that are answered with a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zinneke.foundations.tables import conditions, frame, store
from zinneke.foundations.tables.rules import fold
from zinneke.foundations.tables.values import Filter, Published, Query
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.problem import Problem

Publish = Callable[..., Published]
WORDS = ["Ixelles", "ixelles", "Élsene", "elsene", "Saint-Gilles", "saint gilles", "Forêt", "foret", "", "Z", "été"]
DAY = date(2024, 1, 1)
NOON = datetime(2024, 3, 30, 12, tzinfo=UTC)
COLUMNS = ("word", "whole", "part", "yes", "day", "moment")


def table() -> list[tuple[Any, ...]]:
    """Return 400 rows with every type and empty cells."""
    return [
        (
            WORDS[n * 7 % len(WORDS)] or None,
            n % 23 - 11 if n % 5 else None,
            (n * 37 % 101) / 4 if n % 7 else None,
            n % 3 == 0 if n % 11 else None,
            DAY + timedelta(days=n % 40) if n % 13 else None,
            NOON + timedelta(minutes=97 * (n % 50)) if n % 17 else None,
        )
        for n in range(400)
    ]


ROWS = table()


def csv(rows: list[tuple[Any, ...]]) -> str:
    def cell(value: Any) -> str:
        if value is None:
            return ""
        return value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else str(value).lower() if isinstance(value, bool) else str(value)

    return "\n".join([",".join(COLUMNS), *(",".join(map(cell, row)) for row in rows)])


@pytest.fixture(scope="module", params=["looked through", "kept in order"])
def ready(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Any:
    """Publish the table once; the second time with the orders that large tables keep ready, and pieces of 64 rows."""
    with django_db_blocker.unblock():
        store.publish(SYSTEM, "readings", csv(ROWS).encode())
        with pytest.MonkeyPatch.context() as patch:
            if request.param == "kept in order":
                patch.setattr(conditions, "INDEXED", 10)
                patch.setattr(conditions, "_CHUNK", 64)
                patch.setattr(conditions, "_FEW", 30)
            yield frame.INDEXED
        from zinneke.foundations.tables.models import VersionRecord

        VersionRecord.objects.filter(dataset="readings").delete()


def key(value: Any) -> Any:
    return (fold(value), value) if isinstance(value, str) else value


def holds(row: tuple[Any, ...], condition: Filter) -> bool:
    """Say what a condition means, in Python."""
    value = row[COLUMNS.index(condition.column)]
    wanted = condition.value
    if condition.op == "null":
        return (value is None) is wanted
    if value is None:
        return False
    if condition.op == "contains":
        return fold(wanted) in fold(value)
    if condition.op == "eq":
        return bool(value == wanted)
    if condition.op == "ne":
        return bool(value != wanted)
    if condition.op == "in":
        return value in wanted
    if condition.op == "between":
        return bool(key(wanted[0]) <= key(value) <= key(wanted[1]))
    tests = {"lt": key(value) < key(wanted), "le": key(value) <= key(wanted), "gt": key(value) > key(wanted), "ge": key(value) >= key(wanted)}
    return bool(tests[condition.op])


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "word": st.sampled_from([*WORDS, "a", "zzz", "saint"]) | st.text(max_size=3),
    "whole": st.integers(-15, 15) | st.floats(-15, 15, allow_nan=False) | st.sampled_from([2**70, -(2**70), math.inf]),
    "part": st.integers(-1, 30) | st.floats(-1, 30, allow_nan=False) | st.sampled_from([0.25, 12.5, 25.0, -math.inf]),
    "yes": st.booleans(),
    "day": st.dates(DAY - timedelta(days=2), DAY + timedelta(days=45)),
    "moment": st.integers(-5, 60).map(lambda n: NOON + timedelta(minutes=97 * n))
    | st.datetimes(datetime(2024, 3, 30), datetime(2024, 4, 3), timezones=st.just(UTC)),
}


@st.composite
def asked(draw: st.DrawFn) -> Filter:
    column = draw(st.sampled_from(COLUMNS))
    op = draw(st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge", "between", "in", "null", *(["contains"] if column == "word" else [])]))
    value = VALUES[column]
    if op == "null":
        return Filter(column, "null", draw(st.booleans()))
    if op == "between":
        return Filter(column, "between", [draw(value), draw(value)])
    return Filter(column, op, draw(st.lists(value, max_size=4)) if op == "in" else draw(value))


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    where=st.lists(asked(), max_size=3),
    order=st.lists(st.sampled_from([*COLUMNS, *(f"-{name}" for name in COLUMNS)]), max_size=2),
    limit=st.integers(1, 60),
)
def test_filters_order_and_pages_give_what_python_gives(ready: Any, where: list[Filter], order: list[str], limit: int) -> None:
    expected = [row for row in ROWS if all(holds(row, each) for each in where)]
    for name in reversed(order):
        place = COLUMNS.index(name.lstrip("-"))
        there = [row for row in expected if row[place] is not None]
        there.sort(key=lambda row: key(row[place]), reverse=name.startswith("-"))
        if name.startswith("-"):
            there = stable_descending([row for row in expected if row[place] is not None], place)
        expected = there + [row for row in expected if row[place] is None]
    found, after, pages = [], "", 0
    while True:
        page = store.read_rows(ANONYMOUS, "readings", Query(where=tuple(where), order=tuple(order), limit=limit, after=after))
        assert page.total == len(expected)
        found += page.rows
        after, pages = page.next, pages + 1
        assert pages <= len(ROWS) + 1
        if not after:
            break
        assert len(page.rows) == limit
    assert found == expected


def stable_descending(rows: list[tuple[Any, ...]], place: int) -> list[tuple[Any, ...]]:
    """Sort from high to low, leaving equal ones in the order in which they came."""
    values = sorted({key(row[place]) for row in rows}, reverse=True)
    rank = {value: number for number, value in enumerate(values)}
    return sorted(rows, key=lambda row: rank[key(row[place])])


def test_a_page_holds_on_to_its_version_while_another_is_published(publish: Publish) -> None:
    publish("n\n" + "\n".join(str(n) for n in range(1, 31)))
    first = store.read_rows(ANONYMOUS, "trees", Query(order=("-n",), limit=10))
    publish("n\n500\n600\n")
    second = store.read_rows(ANONYMOUS, "trees", Query(order=("-n",), limit=10, after=first.next))
    assert [row[0] for row in first.rows + second.rows] == list(range(30, 10, -1))


def test_a_cursor_is_for_its_own_question(publish: Publish) -> None:
    publish("n\n1\n2\n3\n")
    first = store.read_rows(ANONYMOUS, "trees", Query(limit=1))
    for query in (Query(limit=1, after=first.next, order=("n",)), Query(after="nonsense"), Query(after="WzEsMiwzXQ")):
        with pytest.raises(Problem, match="after"):
            store.read_rows(ANONYMOUS, "trees", query)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (Query(("spcies",)), "Did you mean 'species'"),
        (Query(where=(Filter("hight", "gt", 1),)), "Did you mean 'height'"),
        (Query(order=("-heigt",)), "Did you mean 'height'"),
        (Query(where=(Filter("height", "contains", "1"),)), "'contains' cannot be asked"),
        (Query(where=(Filter("height", "gt", "tall"),)), "'tall' is no decimal"),
        (Query(where=(Filter("planted", "gt", "soon"),)), "'soon' is no date"),
        (Query(where=(Filter("height", "between", ["1"]),)), "two values"),
        (Query(where=(Filter("height", "in", list(range(1001))),)), "at most 1,000"),
        (Query(where=(Filter("geometry", "eq", "x"),)), "Use null"),
        (Query(order=("geometry",)), "no order"),
        (Query(limit=0), "limit"),
        (Query(limit=1001), "limit"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_why(publish: Publish, query: Query, says: str) -> None:
    publish("species,height,planted,lat,lon\noak,1.5,2024-01-01,50.8,4.3\nelm,2.5,2024-01-02,50.9,4.4\n")
    with pytest.raises(Problem, match=says) as refused:
        store.read_rows(ANONYMOUS, "trees", query)
    assert refused.value.status == 400


def test_text_compares_without_case_and_accents_first(publish: Publish) -> None:
    publish("name,n\nÉlan,1\nelan,2\nzoo,3\nEau,4\n")
    assert [row[0] for row in store.read_rows(ANONYMOUS, "trees", Query(order=("name",))).rows] == ["Eau", "elan", "Élan", "zoo"]
    found = store.read_rows(ANONYMOUS, "trees", Query(where=(Filter("name", "contains", "ÉLA"),)))
    assert found.total == 2


def test_a_box_keeps_what_touches_it(publish: Publish) -> None:
    publish("n,lat,lon\n1,50.8,4.3\n2,50.9,4.4\n3,,\n")
    found = store.read_rows(ANONYMOUS, "trees", Query(("n",), bbox=(4.2, 50.7, 4.35, 50.85)))
    assert found.rows == [(1,)]
    empty = store.read_rows(ANONYMOUS, "trees", Query(("n",), where=(Filter("geometry", "null", True),)))
    assert empty.rows == [(3,)]


@pytest.mark.django_db
def test_what_is_not_there_is_not_found() -> None:
    for ask in (store.get_version, store.read_rows, store.list_versions, store.features):
        with pytest.raises(Problem) as refused:
            ask(ANONYMOUS, "nothing")
        assert refused.value.status == 404
    assert store.find_version(ANONYMOUS, "nothing") is None


def test_a_column_of_nothing_and_a_table_of_one_row_can_be_read(publish: Publish) -> None:
    publish("a,b\n1,\n")
    assert store.read_rows(ANONYMOUS, "trees", Query(where=(Filter("b", "null", True),), order=("b", "-a"))).rows == [(1, None)]
    assert store.read_rows(ANONYMOUS, "trees", Query(where=(Filter("b", "contains", "x"),))).total == 0
