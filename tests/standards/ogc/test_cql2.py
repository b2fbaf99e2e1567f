"""CQL2: what it means by the OGC's own rules, the same in text and in JSON; and whatever is hostile gets a clear 400."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.standards.ogc.conftest import get
from zinneke.foundations.tables.values import ColumnSpec, Published
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.problem import Problem
from zinneke.standards.ogc.cql2 import json as cql2_json
from zinneke.standards.ogc.cql2 import text as cql2_text

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
ITEMS = "/ogc/collections/trees/items"
CHENE, SMALL, ORME, PURE, NAMELESS = "Chêne", "chene", "Orme 'gris'", "100%_pur", None
AROUND = "POLYGON((4.355 50.848, 4.375 50.848, 4.375 50.865, 4.355 50.865, 4.355 50.848))"


def asked(condition: str, language: str = "cql2-text", more: str = "") -> Any:
    return get(f"{ITEMS}?filter={quote(condition)}&filter-lang={language}{more}")


MEANINGS = [
    ("height > 10", [CHENE, ORME]),
    ("10 < height", [CHENE, ORME]),
    ("height >= 12 AND alive = FALSE", [ORME]),
    ("alive", [CHENE, SMALL, PURE]),
    ("NOT alive", [ORME, NAMELESS]),
    ("height = 3 OR height = 8 AND alive = FALSE", [SMALL]),
    ("(height = 3 OR height = 8) AND alive = true", [SMALL, PURE]),
    ("NOT height > 10 AND name IS NOT NULL", [SMALL, PURE]),
    ("NOT (name = 'chene' OR name = 'Chêne')", [ORME, PURE]),
    ("name IS NULL", [NAMELESS]),
    ("name <> 'chene'", [CHENE, ORME, PURE]),
    ("name = 'Orme ''gris'''", [ORME]),
    (r"name = 'Orme \'gris\''", [ORME]),
    ('"height" BETWEEN 5 AND 12', [ORME, PURE, NAMELESS]),
    ("height NOT BETWEEN 5 AND 12", [CHENE, SMALL]),
    ("height IN (3, 12, 99)", [SMALL, ORME]),
    ("name NOT IN ('chene', 'Chêne')", [ORME, PURE]),
    ("name LIKE 'ch%'", [SMALL]),
    ("name LIKE '_h_ne'", [CHENE, SMALL]),
    (r"name LIKE '100\%\_%'", [PURE]),
    ("name NOT LIKE '%e%'", [PURE]),
    ("CASEI(name) = CASEI('CHENE')", [SMALL]),
    ("CASEI(name) = casei('CHÊNE')", [CHENE]),
    ("ACCENTI(name) = ACCENTI('Chene')", [CHENE]),
    ("ACCENTI(CASEI(name)) = CASEI(ACCENTI('chêne'))", [CHENE, SMALL]),
    ("CASEI(name) LIKE CASEI('ORME%')", [ORME]),
    ("CASEI(name) IN (CASEI('CHENE'), CASEI('100%_PUR'))", [SMALL, PURE]),
    ("CASEI(name) <> CASEI('CHENE')", [CHENE, ORME, PURE]),
    ("height > 2 * 5 + 1 - -0.5", [CHENE, ORME]),
    ("height = 2 ^ 3", [PURE]),
    ("height = 17 % 9", [PURE]),
    ("height * 2 > 20", [CHENE, ORME]),
    ("20 < 2 * height", [CHENE, ORME]),
    ("height + height = 4 ^ 2", [PURE]),
    ("height % 5 = 3 OR height div 10 = 2", [CHENE, SMALL, PURE]),
    ("height / 0 > 1", []),
    ("-height BETWEEN -8 AND -4", [PURE, NAMELESS]),
    ("height BETWEEN height - 1 AND height", [CHENE, SMALL, ORME, PURE, NAMELESS]),
    ("NOT height * 2 > 20 AND name = name", [SMALL, PURE]),
    ("planted < planted", []),
    ("planted >= DATE('2005-11-20')", [SMALL, ORME, NAMELESS]),
    ("seen < TIMESTAMP('2024-06-01T10:00:00Z')", [CHENE]),
    ("T_AFTER(seen, TIMESTAMP('2024-06-15T00:00:00Z'))", [ORME, PURE]),
    ("T_BEFORE(seen, DATE('2024-06-01'))", [CHENE]),
    ("T_AFTER(DATE('2024-06-01'), seen)", [CHENE]),
    ("T_DURING(seen, INTERVAL('2024-05-15', '2024-07-15'))", [SMALL, ORME]),
    ("T_INTERSECTS(seen, INTERVAL('2024-07-01T10:00:00Z', '..'))", [ORME, PURE]),
    ("T_INTERSECTS(INTERVAL(planted, seen), INTERVAL('2009-01-01', '2010-12-31'))", [CHENE, SMALL, ORME]),
    ("T_DISJOINT(planted, INTERVAL('2000-01-01', '2012-01-01'))", [CHENE, NAMELESS]),
    ("T_EQUALS(planted, DATE('2010-01-05'))", [ORME]),
    ("T_STARTS(planted, INTERVAL('2010-01-05', '2011-01-01'))", [ORME]),
    ("T_CONTAINS(planted, INTERVAL('2010-01-05', '2011-01-01'))", []),
    (f"S_INTERSECTS(geometry, {AROUND})", [SMALL, ORME]),
    (f"S_WITHIN(geometry, {AROUND}) AND height < 10", [SMALL]),
    (f"S_CONTAINS({AROUND}, geometry)", [SMALL, ORME]),
    (f"S_DISJOINT(geometry, {AROUND})", [CHENE, PURE]),
    ("S_INTERSECTS(geometry, BBOX(4.355, 50.848, 4.375, 50.865))", [SMALL, ORME]),
    ("S_INTERSECTS(geometry, POINT(4.36 50.85))", [SMALL]),
    ("S_EQUALS(geometry, POINT Z (4.36 50.85 3))", [SMALL]),
    ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(4.36 50.85), POINT(4.37 50.86)))", [SMALL, ORME]),
    ("S_DWITHIN(geometry, POINT(4.36 50.85), 700, 'meters')", [CHENE, SMALL]),
    ("S_DWITHIN(geometry, POINT(4.36 50.85), 0.1, 'km')", [SMALL]),
    ("TRUE", [CHENE, SMALL, ORME, PURE, NAMELESS]),
    ("FALSE OR 1 > 2", []),
    ("1 = 1 AND name = 'chene'", [SMALL]),
]


@pytest.mark.django_db
def test_a_condition_means_what_the_standard_says(trees: Published) -> None:
    wrong = []
    for condition, found in MEANINGS:
        answer = asked(condition)
        if answer.status != 200 or answer.names != found:
            wrong.append(f"{condition}: {answer.names if answer.status == 200 else answer.json['detail']}, not {found}")
    assert not wrong, "\n".join(wrong)


AROUND_JSON = {"type": "Polygon", "coordinates": [[[4.355, 50.848], [4.375, 50.848], [4.375, 50.865], [4.355, 50.865], [4.355, 50.848]]]}
ALIVE = {"op": "=", "args": [{"property": "alive"}, True]}
PAIRS = [
    ("height > 10 AND alive = TRUE", {"op": "and", "args": [{"op": ">", "args": [{"property": "height"}, 10]}, ALIVE]}),
    ("NOT name LIKE 'ch%'", {"op": "not", "args": [{"op": "like", "args": [{"property": "name"}, "ch%"]}]}),
    ("height BETWEEN 5 AND 12", {"op": "between", "args": [{"property": "height"}, 5, 12]}),
    ("height IN (3, 12)", {"op": "in", "args": [{"property": "height"}, [3, 12]]}),
    ("name IS NULL", {"op": "isNull", "args": [{"property": "name"}]}),
    ("CASEI(name) = CASEI('X')", {"op": "=", "args": [{"op": "casei", "args": [{"property": "name"}]}, {"op": "casei", "args": ["X"]}]}),
    (f"S_INTERSECTS(geometry, {AROUND})", {"op": "s_intersects", "args": [{"property": "geometry"}, AROUND_JSON]}),
    ("S_INTERSECTS(geometry, BBOX(4.3,50.8,4.4,50.9))", {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [4.3, 50.8, 4.4, 50.9]}]}),
    ("T_DURING(seen, INTERVAL('2024-01-01', '..'))", {"op": "t_during", "args": [{"property": "seen"}, {"interval": ["2024-01-01", ".."]}]}),
    ("planted = DATE('2010-01-05')", {"op": "=", "args": [{"property": "planted"}, {"date": "2010-01-05"}]}),
    ("seen = TIMESTAMP('2024-06-01T10:00:00Z')", {"op": "=", "args": [{"property": "seen"}, {"timestamp": "2024-06-01T10:00:00Z"}]}),
    ("height = 2 + 3 * 4", {"op": "=", "args": [{"property": "height"}, {"op": "+", "args": [2, {"op": "*", "args": [3, 4]}]}]}),
    ("height * 2 > 20", {"op": ">", "args": [{"op": "*", "args": [{"property": "height"}, 2]}, 20]}),
]  # fmt: skip


def test_text_and_json_are_read_alike() -> None:
    for as_text, as_json in PAIRS:
        assert cql2_text.parse(as_text) == cql2_json.parse(json.dumps(as_json)), as_text
    assert cql2_text.parse("planted = DATE('2010-01-05') OR seen > TIMESTAMP('2024-06-01T12:00:00+02:00')").args[1].args[1] == datetime(  # type: ignore[union-attr]
        2024, 6, 1, 10, tzinfo=UTC
    )


@pytest.mark.django_db
def test_json_is_understood_with_and_without_its_name(trees: Published) -> None:
    condition = json.dumps(PAIRS[6][1])
    assert asked(condition, "cql2-json").names == asked(condition, "").names == [SMALL, ORME]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "shape"),
    [
        (4326, "POLYGON((50.848 4.355, 50.848 4.375, 50.865 4.375, 50.865 4.355, 50.848 4.355))"),
        (31370, "BBOX(149100, 170900, 150500, 172800)"),
        (3812, "BBOX(649100, 670900, 650500, 672800)"),
        (3857, "BBOX(484800, 6594000, 487000, 6597500)"),
    ],
)
def test_a_shape_of_the_filter_may_be_in_another_system(trees: Published, code: int, shape: str) -> None:
    assert asked(f"S_WITHIN(geometry, {shape})", more=f"&filter-crs={EPSG}{code}").names == [SMALL, ORME]


@pytest.mark.django_db
def test_a_filter_goes_with_a_box_a_time_and_pages(trees: Published) -> None:
    more = "&bbox=4.3,50.8,4.375,50.9&datetime=2024-05-15/..&limit=1"
    first = asked("height > 1", more=more)
    assert first.names == [SMALL] and first.json["numberMatched"] == 2
    following = next(link["href"] for link in first.json["links"] if link["rel"] == "next")
    assert get(following).names == [ORME]


HOSTILE = [
    ("", None, 200),
    ("colour = 'red'", "no property 'colour'", 400),
    ("height = 'tall'", "compare it with a number", 400),
    ("height = TRUE", "compare it with a number", 400),
    ("name = 5", "a text in quotes", 400),
    ("alive = 'yes'", "TRUE or FALSE", 400),
    ("planted = 5", "DATE", 400),
    ("planted = 'soon'", "is no date", 400),
    ("seen = TIMESTAMP('noon')", "no timestamp", 400),
    ("planted = DATE('2024-02-30')", "no date", 400),
    ("height", "no condition alone", 400),
    ("'x'", "a value, not a condition", 400),
    ("height >", "its end", 400),
    ("height > 1 AND", "its end", 400),
    ("height > 1 name = 'x'", "AND, OR or the end", 400),
    ("(height > 1", "should stand", 400),
    ("height ; DROP TABLE trees", "cannot be read from character 8", 400),
    ("name = 'x' -- y", "cannot be compared", 400),
    ("name = 'unended", "cannot be read", 400),
    ("pg_sleep(10)", "no function 'pg_sleep'", 400),
    ("name = pg_sleep(10)", "A constant should stand", 400),
    ("name = height", "cannot be compared", 400),
    ("name * 2 > 10", "is for numbers", 400),
    ("height + alive > 10", "is for numbers", 400),
    ("geometry + 1 > 10", "is a shape", 400),
    ("height + seen > DATE('2024-01-01')", "is for numbers|cannot be compared", 400),
    ("height * 2 > name", "cannot be compared", 400),
    ("CASEI(name) = name", "with a constant", 400),
    ("height + nothing > 10", "no property 'nothing'", 400),
    (" + ".join(["height"] * 400) + " > 1", "levels deep|deep and has at most", 400),
    ("height > 1 / 0", "has no result", 400),
    ("height > 9 ^ 9 ^ 9", "too large|no result", 400),
    ("height > 1e999", "too large", 400),
    ("CASEI(name) > CASEI('x')", "compare with =", 400),
    ("CASEI(name) = 'x'", "both sides", 400),
    ("CASEI(height) = CASEI('x')", "is decimal|compare it with a number", 400),
    ("height LIKE '1%'", "for texts", 400),
    ("name LIKE 5", "a text in quotes", 400),
    ("name IN ()", "should stand", 400),
    ("S_INTERSECTS(name, POINT(4 50))", "no shape", 400),
    ("S_INTERSECTS(geometry, geometry)", "with a geometry", 400),
    ("S_INTERSECTS(geometry)", "no function of two shapes", 400),
    ("S_INTERSECTS(geometry, POINT(4))", "cannot be read", 400),
    ("S_INTERSECTS(geometry, POLYGON((4 50, 5 51, 4 51)))", "cannot be read", 400),
    ("S_WITHIN(geometry, POLYGON((4 50, 5 51, 4 51, 5 50, 4 50)))", "not valid", 400),
    ("S_INTERSECTS(geometry, POINT EMPTY)", "empty", 400),
    ("S_INTERSECTS(geometry, POINT(170000 150000))", "not on Earth", 400),
    ("S_INTERSECTS(geometry, POINT(4.3 200))", "not on Earth", 400),
    ("S_INTERSECTS(geometry, BBOX(5, 51, 4, 50))", "swapped", 400),
    ("S_INTERSECTS(geometry, BBOX(1, 2, 3))", "four numbers", 400),
    ("S_NEAR(geometry, POINT(4 50))", "no function of two shapes", 400),
    ("S_DWITHIN(geometry, POINT(4 50), 10, 'leagues')", "no unit", 400),
    ("S_DWITHIN(geometry, POINT(4 50), -1)", "distance", 400),
    ("S_DWITHIN(geometry, POINT(4 50), 'x')", "is a number", 400),
    ("geometry = POINT(4 50)", "A constant should stand|is a shape", 400),
    ("T_AFTER(name, DATE('2024-01-01'))", "no date and no time", 400),
    ("T_AFTER(DATE('2024-01-01'), DATE('2024-01-02'))", "with constants", 400),
    ("T_LATER(seen, DATE('2024-01-01'))", "no function of two times", 400),
    ("T_DURING(seen, INTERVAL('2024-01-01'))", "two ends", 400),
    ("T_DURING(seen, 5)", "should stand", 400),
    ("(" * 2000 + "TRUE" + ")" * 2000, "levels deep", 400),
    ("NOT " * 4000 + "TRUE", "levels deep", 400),
    (" OR ".join(["height=1"] * 1500), "more than 500 conditions|words", 400),
    ("height IN (" + ",".join(map(str, range(3000))) + ")", "at most 1,000|words", 400),
    ("name = '\ud800'".encode("utf-8", "replace").decode(), None, 200),
]  # fmt: skip


@pytest.mark.django_db
def test_whatever_is_hostile_gets_a_clear_answer(trees: Published) -> None:
    faults = []
    for condition, says, status in HOSTILE:
        answer = asked(condition)
        told = answer.json.get("detail", "")
        if answer.status != status or (says and not re.search(says, told)):
            faults.append(f"{condition[:70]}: {answer.status} {told}")
    assert not faults, "\n".join(faults)


JSON_FAULTS = [
    "null", "[]", "5", '"x"', "{", '{"op":5}', '{"op":"and"}', '{"op":"and","args":5}', '{"op":"=","args":[{"property":5},1]}', '{"op":"="}',
    '{"op":"=","args":[null,1]}', '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":["x"]}]}',
    '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[]}]}', '{"a":' * 3000 + "1" + "}" * 3000, "[" * 9000,
    '{"op":"=","args":[{"interval":["2024-01-01","2025-01-01"]},1]}', '{"op":"in","args":[{"property":"name"},5]}', '{"property":"geometry"}',
    '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"GeometryCollection","geometries":' + "[" * 500,
]  # fmt: skip


@pytest.mark.django_db
def test_json_that_is_no_condition_is_refused(trees: Published) -> None:
    for document in JSON_FAULTS:
        answer = asked(document, "cql2-json")
        assert answer.status == 400 and answer.json["where"] == "filter", document[:80]
    assert asked("TRUE", "ecql").status == 400
    assert asked("S_INTERSECTS(geometry, POINT(4 50))", more="&filter-crs=EPSG:9999").status == 400


_WORDS = st.sampled_from(
    [
        *("height", "name", "seen", "planted", "alive", "geometry", "AND", "OR", "NOT", "LIKE", "IN", "BETWEEN", "IS", "NULL", "TRUE", "DIV"),
        *("CASEI", "ACCENTI", "S_INTERSECTS", "T_DURING", "INTERVAL", "DATE", "TIMESTAMP", "BBOX", "POINT", "POLYGON", "'2024-01-01'", "'x'"),
        *("(", ")", ",", "=", "<>", "<", "1", "2.5", "+", "-", "*", "/", "^", '"', "'", "..", ";", "%", "\\", "é"),
    ]
)


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(condition=st.one_of(st.lists(_WORDS, max_size=14).map(" ".join), st.text(max_size=30)))
def test_no_text_makes_the_filter_fail(trees: Published, condition: str) -> None:
    answer = asked(condition.replace("\0", ""))
    assert answer.status in (200, 400), answer.json
    assert answer.status == 200 or answer.json["detail"]


_NAMED = [{"property": "height"}, {"property": "geometry"}, {"date": "2024-01-01"}]
_OPS = ["and", "or", "not", "=", "like", "in", "between", "s_within", "t_after", "casei", "+"]
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=4), st.sampled_from(_NAMED)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.fixed_dictionaries({"op": st.sampled_from(_OPS), "args": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"type": st.sampled_from(["Point", "Polygon", "X"]), "coordinates": inner}),
        st.fixed_dictionaries({"interval": inner}),
    ),
    max_leaves=8,
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=_VALUES)
def test_no_json_makes_the_filter_fail(trees: Published, document: Any) -> None:
    assert asked(json.dumps(document), "cql2-json").status in (200, 400)


_LEAF = st.one_of(
    st.tuples(st.just("height"), st.sampled_from(["=", "<>", "<", ">", "<=", ">="]), st.sampled_from([3, 5, 8, 12, 21.5])),
    st.tuples(st.just("alive"), st.just("="), st.booleans()),
    st.tuples(st.just("name"), st.sampled_from(["=", "<>"]), st.sampled_from(["chene", "Chêne"])),
)
_TREE = st.recursive(
    _LEAF, lambda inner: st.one_of(st.tuples(st.just("not"), inner), st.tuples(st.sampled_from(["and", "or"]), inner, inner)), max_leaves=6
)
ROWS = [(CHENE, 21.5, True), (SMALL, 3, True), (ORME, 12, False), (PURE, 8, True), (NAMELESS, 5, False)]


def written(tree: Any) -> str:
    if tree[0] == "not":
        return f"NOT ({written(tree[1])})"
    if tree[0] in ("and", "or"):
        return f"({written(tree[1])} {tree[0].upper()} {written(tree[2])})"
    value = f"'{tree[2]}'" if isinstance(tree[2], str) else str(tree[2]).upper()
    return f"{tree[0]} {tree[1]} {value}"


def holds(tree: Any, row: dict[str, Any]) -> bool | None:
    """Say by hand, in three values, whether a condition holds of a row."""
    if tree[0] == "not":
        inner = holds(tree[1], row)
        return None if inner is None else not inner
    if tree[0] in ("and", "or"):
        parts = [holds(tree[1], row), holds(tree[2], row)]
        decided = tree[0] == "or"
        return decided if decided in parts else None if None in parts else not decided
    value = row[tree[0]]
    if value is None:
        return None
    tests: dict[str, Callable[[], bool]] = {
        "=": lambda: value == tree[2], "<>": lambda: value != tree[2], "<": lambda: value < tree[2],
        ">": lambda: value > tree[2], "<=": lambda: value <= tree[2], ">=": lambda: value >= tree[2],
    }  # fmt: skip
    return tests[tree[1]]()


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=_TREE)
def test_conditions_of_any_depth_find_what_they_find_by_hand(trees: Published, tree: Any) -> None:
    due = [name for name, height, alive in ROWS if holds(tree, {"name": name, "height": height, "alive": alive})]
    assert asked(written(tree)).names == due


@pytest.mark.django_db
def test_a_closed_property_cannot_be_asked_about(publish: Callable[..., Published]) -> None:
    publish(columns=(ColumnSpec("height", level=Level.SHARED),))
    closed, none = asked("height > 1"), asked("nonsense > 1")
    assert closed.status == 400 and closed.json["detail"].replace("height", "nonsense") == none.json["detail"]


def test_a_parser_says_where_it_stopped() -> None:
    with pytest.raises(Problem, match="character 12"):
        cql2_text.parse("height > 1 height")


def test_a_filter_may_be_sent(trees: Published) -> None:
    items = "/ogc/collections/trees/items"
    found = get(f"{items}?limit=1&bbox=4,50,5,51", sent=b'{"op": ">", "args": [{"property": "height"}, 5]}').json
    assert (found["numberMatched"], found["numberReturned"]) == (3, 1)
    (following,) = (link["href"] for link in found["links"] if link["rel"] == "next")
    assert get(following).json["numberMatched"] == 3
    for sent in (b"", b"\xff", b"height > 5", b"{", b'{"op": "nonsense", "args": []}'):
        assert get(items, sent=sent).status == 400, sent
    assert get(f"{items}?filter=alive", sent=b"true").status == get(f"{items}?filter-lang=cql2-text", sent=b"true").status == 400
