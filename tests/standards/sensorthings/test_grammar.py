"""Filters and options are read into trees; whatever is sent, the answer is a tree or a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zinneke.foundations.observations.values import Apply, Given, Node, Path, Period
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem
from zinneke.standards.sensorthings.grammar import DEEPEST, read_filter, read_order
from zinneke.standards.sensorthings.options import read_query, read_token, write_token

DAY = datetime(2026, 3, 10, tzinfo=UTC)
AT = to_microseconds(DAY)
paths = st.sampled_from(["result", "Datastream/Thing/name", "properties/height", "@iot.id", "phenomenonTime"]).map(
    lambda path: Path(tuple(path.split("/")))
)
givens = st.one_of(
    st.integers(0, 10**9).map(lambda number: Given("number", number)),
    st.text(max_size=8).filter(lambda text: "\0" not in text).map(lambda text: Given("text", text)),
    st.booleans().map(lambda truth: Given("truth", truth)),
    st.just(Given("null")),
    st.integers(0, 10**6).map(lambda seconds: Given("time", AT + seconds * 1_000_000)),
)


def _deeper(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    operators = st.sampled_from(["and", "or", "eq", "ne", "gt", "ge", "lt", "le", "add", "sub", "mul", "div", "mod"])
    return st.one_of(
        st.tuples(operators, inner, inner).map(lambda found: Apply(found[0], (found[1], found[2]))),
        inner.map(lambda node: Apply("not", (node,))),
        st.tuples(st.sampled_from(["concat", "substringof", "geo.distance"]), inner, inner).map(lambda found: Apply(found[0], found[1:])),
        st.just(Apply("now", ())),
    )


trees = st.recursive(st.one_of(paths, givens), _deeper, max_leaves=12)


def written(node: Node) -> str:
    """Return a tree as text, every part in parentheses."""
    if isinstance(node, Path):
        return "/".join(node.steps)
    if isinstance(node, Given):
        return _word(node)
    if node.function == "not":
        return f"(not ({written(node.operands[0])}))"
    if node.function in ("concat", "substringof", "geo.distance", "now"):
        return f"{node.function}({', '.join(map(written, node.operands))})"
    left, right = map(written, node.operands)
    return f"({left} {node.function} {right})"


def _word(node: Given) -> str:
    if node.kind == "text":
        return "'{}'".format(node.value.replace("'", "''"))
    if node.kind == "time":
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=node.value)).isoformat().replace("+00:00", "Z")
    return {True: "true", False: "false", None: "null"}[node.value] if node.kind != "number" else str(node.value)


@given(trees)
@settings(max_examples=60)
def test_what_is_written_is_read_back(tree: Node) -> None:
    assert read_filter(written(tree)) == tree


@given(st.text(alphabet="ab/()',1 -$@.eqandornotgeo'TZ:\t\né\0", max_size=60))
@settings(max_examples=150)
def test_any_text_gives_a_tree_or_a_sentence(text: str) -> None:
    for read in (read_filter, read_order, lambda words: read_query(f"$filter={words}&$expand={words}&$top={words}")):
        try:
            read(text)
        except Problem as problem:
            assert problem.status == 400
            assert problem.detail


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a eq 1 or b eq 2 and c eq 3", "(a eq 1) or ((b eq 2) and (c eq 3))"),
        ("1 add 2 mul 3 eq 7", "(1 add (2 mul 3)) eq 7"),
        ("10 sub 2 sub 3 eq 5", "((10 sub 2) sub 3) eq 5"),
        ("not a eq 1 and b eq 2", "(not (a eq 1)) and (b eq 2)"),
        ("id in (1, 2)", "(id eq 1) or (id eq 2)"),
    ],
)
def test_operators_bind_as_the_standard_says(text: str, tree: str) -> None:
    assert read_filter(text) == read_filter(tree)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("'it''s'", Given("text", "it's")),
        ("2026-03-10T01:00:00+01:00", Given("time", AT)),
        ("2026-03-10T00:00:00Z/P1DT1S", Given("period", Period(AT, AT + 86_401_000_000))),
        ("2026-03-10T00:00:00Z/2026-03-11T00:00:00Z", Given("period", Period(AT, AT + 86_400_000_000))),
        ("duration'PT1H30M'", Given("duration", 5_400_000_000)),
        ("1.5e3", Given("number", 1500.0)),
        ("2026-03-10", Given("date", "2026-03-10")),
        ("properties/with-dash/x", Path(("properties", "with-dash", "x"))),
    ],
)
def test_values_are_read_as_what_they_are(text: str, found: Any) -> None:
    assert read_filter(text) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("result gt", "the end"),
        ("result gt 5 5", "character 13"),
        ("(result gt 5", "parenthesis"),
        ("geography'POINT(4'", "geometry"),
        ("geography'POINT EMPTY'", "geometry"),
        ("duration'P1Y'", "duration"),
        ("2026-02-30T00:00:00Z", "date"),
        ("2026-03-11T00:00:00Z/2026-03-10T00:00:00Z", "ends before"),
        ("1e999 eq 1", "too large"),
        ("result ; drop table observation", "character 8"),
        ("(" * (DEEPEST + 5) + "1" + ")" * (DEEPEST + 5), "deep"),
        ("not " * 500 + "true", "deep"),
        (" or ".join(["result eq 1"] * 500), "parts"),
        ("x" * 10_000, "longer"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place_and_the_reason(text: str, told: str) -> None:
    with pytest.raises(Problem, match=told) as refused:
        read_filter(text)
    assert refused.value.status == 400


def test_options_inside_an_expansion_are_its_own() -> None:
    query = (
        "$expand=Datastreams($filter=name eq 'a;b,(c';$top=2;$expand=Observations($orderby=phenomenonTime desc)),Locations/HistoricalLocations&$top=5"
    )
    asked = read_query(query)
    assert asked.expand is not None
    inner = asked.expand["Datastreams"]
    assert (inner.top, inner.where, asked.top) == (2, Apply("eq", (Path(("name",)), Given("text", "a;b,(c"))), 5)
    assert inner.expand is not None
    assert inner.expand["Observations"].order[0].descending
    assert asked.expand["Locations"].expand is not None


@pytest.mark.parametrize(
    "query",
    [
        "$expand=" + "A($expand=" * 9 + "A" + ")" * 9,
        "$expand=" + ",".join(f"A{at}" for at in range(60)),
        "$expand=" + "/".join("A" * 9),
        "$top=-1",
        "$top=1e5",
        "$count=yes",
        "$nothing=1",
        "$top=1&$top=2",
        "$expand=A(",
        "$expand=A)",
        "$skiptoken=%00",
        "$skiptoken=abc",
        "$filter=%ff",
    ],
)
def test_options_that_make_no_sense_or_go_too_far_are_refused(query: str) -> None:
    with pytest.raises(Problem) as refused:
        read_query(query)
    assert refused.value.status == 400


@given(st.lists(st.one_of(st.none(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False), st.text(), st.booleans())))
@settings(max_examples=40)
def test_a_place_in_an_order_survives_an_address(values: list[Any]) -> None:
    assert read_token(write_token(tuple(values))) == tuple(values)
