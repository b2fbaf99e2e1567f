"""ODSQL finds what Python finds, and no text breaks it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zinneke.foundations.tables import store
from zinneke.foundations.tables.rules import fold
from zinneke.foundations.tables.values import Query
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.problem import Problem
from zinneke.standards.explore.meaning import Sense, read_where
from zinneke.standards.explore.moments import read_layout
from zinneke.standards.explore.question import Clauses, understand
from zinneke.standards.explore.syntax import read_items

WORDS = ["Ixelles", "élan vital", "it's", 'say "x"', "a\\b", ""]
ROWS = [(n, WORDS[n % 6] or None, n % 7 - 3 if n % 5 else None, n % 3 == 0 if n % 4 else None, 2000 + n % 9) for n in range(60)]
Says = bool | None


@pytest.fixture(scope="module")
def sense(django_db_setup: None, django_db_blocker: Any) -> Any:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out).writerows([("n", "word", "x", "yes", "day"), *((n, word, x, yes, f"{year}-06-15") for n, word, x, yes, year in ROWS)])
    with django_db_blocker.unblock():
        store.publish(SYSTEM, "odsql", out.getvalue().encode())
        yield Sense(store.get_version(ANONYMOUS, "odsql"))
        from zinneke.foundations.tables.models import VersionRecord

        VersionRecord.objects.filter(dataset="odsql").delete()


def quoted(text: str, quote: str) -> str:
    return quote + text.replace("\\", "\\\\").replace(quote, quote * 2) + quote


def compare(name: str, place: int) -> st.SearchStrategy[tuple[str, Any]]:
    signs = {"=": lambda a, b: a == b, ":": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, ">=": lambda a, b: a >= b}

    def made(sign: str, number: int, turned: bool) -> tuple[str, Any]:
        told = f"{number} {({'<': '>', '>=': '<='}).get(sign, sign)} {name}" if turned else f"{name} {sign}{number}"
        return told, lambda row: None if row[place] is None else signs[sign](row[place], number)

    return st.builds(made, st.sampled_from(list(signs)), st.integers(-4, 60), st.booleans())


def span(low: int, high: int, opened: str, closed: str) -> tuple[str, Any]:
    def says(row: Any) -> Says:
        if row[2] is None:
            return None
        return (row[2] > low if opened == "]" else row[2] >= low) and (row[2] < high if closed == "[" else row[2] <= high)

    return f"x in {opened}{low}..{high}{closed}", says


def text(word: str, quote: str) -> tuple[str, Any]:
    return f"word = {quoted(word, quote)}", lambda row: None if row[1] is None else row[1] == word


def like(word: str) -> tuple[str, Any]:
    return f"word LIKE '{word}'", lambda row: None if row[1] is None else fold(word) in fold(row[1])


LEAVES = st.one_of(
    compare("x", 2),
    compare("n", 0),
    st.builds(span, st.integers(-4, 4), st.integers(-4, 4), st.sampled_from("[]"), st.sampled_from("[]")),
    st.builds(text, st.sampled_from([word for word in WORDS if word]), st.sampled_from("'\"")),
    st.builds(like, st.sampled_from(["IXEL", "elan", "vital", "zzz"])),
    st.just(("x is null", lambda row: row[2] is None)),
    st.just(("x IS NOT NULL", lambda row: row[2] is not None)),
    st.just(("yes", lambda row: row[3])),
    st.builds(lambda year: (f"year(day) = {year}", lambda row: row[4] == year), st.integers(1999, 2010)),
    st.builds(lambda k: (f"x * 2 + {k} > n", lambda row: None if row[2] is None else row[2] * 2 + k > row[0]), st.integers(-5, 60)),
)


def both(parts: list[tuple[str, Any]]) -> tuple[str, Any]:
    def says(row: Any) -> Says:
        told = [part[1](row) for part in parts]
        return False if False in told else None if None in told else True

    return "(" + " AND ".join(part[0] for part in parts) + ")", says


def either(parts: list[tuple[str, Any]]) -> tuple[str, Any]:
    def says(row: Any) -> Says:
        told = [part[1](row) for part in parts]
        return True if True in told else None if None in told else False

    return "(" + " or ".join(part[0] for part in parts) + ")", says


def contrary(part: tuple[str, Any]) -> tuple[str, Any]:
    def says(row: Any) -> Says:
        told = part[1](row)
        return None if told is None else not told

    return f"not ({part[0]})", says


TREES = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        st.builds(both, st.lists(part, min_size=1, max_size=3)), st.builds(either, st.lists(part, min_size=1, max_size=3)), st.builds(contrary, part)
    ),
    max_leaves=6,
)


@pytest.mark.django_db
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES)
def test_a_condition_finds_the_rows_that_python_finds(sense: Sense, asked: tuple[str, Any]) -> None:
    found = store.read_rows(ANONYMOUS, "odsql", Query(("n",), (read_where(asked[0], sense),), limit=100))
    assert [row[0] for row in found.rows] == [row[0] for row in ROWS if asked[1](row) is True], asked[0]


SIGNS = "( ) [ ] , .. * + - / = : != < \\ ' ; -- é \u200f `a_b`"
NAMES = "x word yes day and or not in is null like true as desc to distinct count( sum( range( year( search( now( include("
LITERALS = "1 1.5 -2 'a' \"b\" date'2020' geom'POINT(1\u00a01)' 10km 1day"
PIECES = st.sampled_from(f"{SIGNS} {NAMES} {LITERALS}".split(" "))


@pytest.mark.django_db
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=12).map(" ".join) | st.text(max_size=30), st.sampled_from(["where", "select", "group_by", "order_by", "refine"]))
def test_any_words_in_any_clause_are_answered_or_told_what_is_wrong(sense: Sense, words: str, clause: str) -> None:
    value: Any = [words] if clause in ("where", "refine") else words
    try:
        asked = understand(Clauses(**{clause: value}), sense)
        if asked.groups is not None:
            store.read_groups(ANONYMOUS, "odsql", asked.groups)
        else:
            store.read_rows(ANONYMOUS, "odsql", asked.query)
    except Problem as problem:
        assert problem.status == 400 and len(problem.detail) < 1_000


@settings(max_examples=100)
@given(st.text(max_size=20))
def test_any_layout_is_read_or_refused(layout: str) -> None:
    try:
        parts = read_layout(layout, "fr")
    except Problem as problem:
        assert problem.status == 400
    else:
        assert isinstance(parts, tuple)


def test_labels_are_what_was_written_or_what_comes_after_as() -> None:
    assert [each.label for each in read_items("a, `b c`, sum( a ) as s, a+1 , count(*)")] == ["a", "b c", "s", "a+1", "count(*)"]
