"""Trees of conditions: what Python and shapely say row by row, bounded, and with every fault told."""

from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zinneke.foundations.tables import conditions, store
from zinneke.foundations.tables.rules import fold
from zinneke.foundations.tables.values import GEOMETRY, And, ColumnSpec, Filter, Not, Or, Published, Query, Spatial, Spec, Where
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.problem import Problem

Publish = Callable[..., Published]
WORDS = ["Ixelles", "Élsene", "saint gilles", "", "été"]
ROWS = [(n, WORDS[n % 5] or None, n % 7 if n % 3 else None, 4.3 + n % 10 / 50 if n % 4 else None, 50.8 + n // 10 / 50) for n in range(60)]
SQUARE = shapely.box(4.33, 50.81, 4.45, 50.87)
Says = bool | None


@pytest.fixture(scope="module", params=[65_536, 5])
def ready(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Any:
    """Publish the table once, looked through, and with orders kept ready and pieces of eight rows."""
    lines = [",".join("" if cell is None else str(cell) for cell in (n, word, x, lon, lat if lon else None)) for n, word, x, lon, lat in ROWS]
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        store.publish(SYSTEM, "places", "\n".join(["n,word,x,lon,lat", *lines]).encode())
        patch.setattr(conditions, "INDEXED", request.param)
        if request.param == 5:
            patch.setattr(conditions, "_CHUNK", 8)
        yield None
        from zinneke.foundations.tables.models import VersionRecord

        VersionRecord.objects.filter(dataset="places").delete()


def say(row: tuple[Any, ...], asked: Where) -> Says:
    """Return what a condition says of a row in three-valued logic."""
    if isinstance(asked, Not):
        part = say(row, asked.part)
        return None if part is None else not part
    if isinstance(asked, And | Or):
        parts = [say(row, each) for each in asked.parts]
        settles = isinstance(asked, Or)
        return settles if settles in parts else None if None in parts else not settles
    if isinstance(asked, Spatial):
        point = None if row[3] is None else shapely.Point(row[3], row[4])
        return None if point is None else bool(getattr(shapely, asked.op)(point, shapely.from_wkb(asked.shape)))
    cell = row[("n", "word", "x").index(asked.column)]
    if asked.op == "null":
        return (cell is None) is asked.value
    if cell is None:
        return None
    value: Any = asked.value
    return {
        "eq": lambda: cell == value,
        "ne": lambda: cell != value,
        "lt": lambda: cell < value,
        "in": lambda: cell in value,
        "starts": lambda: cell.startswith(value),
        "contains": lambda: fold(value) in fold(cell),
        "like": lambda: fnmatchcase(cell, value.replace("%", "*").replace("_", "?")),
        "ilike": lambda: fnmatchcase(fold(cell), fold(value).replace("%", "*").replace("_", "?")),
    }[asked.op]()


NUMBERS = st.builds(Filter, st.sampled_from(["n", "x"]), st.sampled_from(["eq", "ne", "lt"]), st.integers(-1, 60))
TEXTS = st.builds(
    Filter, st.just("word"), st.sampled_from(["eq", "starts", "contains", "like", "ilike"]), st.sampled_from([*WORDS, "%e_", "I%", "él%"])
)
EMPTY = st.builds(Filter, st.sampled_from(["word", "x"]), st.just("null"), st.booleans())
SHAPES = st.builds(Spatial, st.sampled_from(["intersects", "disjoint", "within"]), st.just(SQUARE.wkb))
TREES: st.SearchStrategy[Where] = st.recursive(
    NUMBERS | TEXTS | EMPTY | SHAPES,
    lambda part: st.builds(Not, part) | st.builds(And, st.lists(part, max_size=3).map(tuple)) | st.builds(Or, st.lists(part, max_size=3).map(tuple)),
    max_leaves=6,
)


@pytest.mark.usefixtures("ready")
@pytest.mark.django_db
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TREES, max_size=2), st.booleans())
def test_a_tree_finds_the_rows_that_python_finds(where: list[Where], ordered: bool) -> None:
    found = store.read_rows(ANONYMOUS, "places", Query(("n",), tuple(where), ("-n",) if ordered else (), limit=100))
    expected = [row[0] for row in ROWS if all(say(row, each) for each in where)]
    assert found.total == len(expected)
    assert [row[0] for row in found.rows] == (expected[::-1] if ordered else expected)


@pytest.mark.usefixtures("ready")
@pytest.mark.django_db
def test_a_distance_is_measured_in_metres_on_the_earth() -> None:
    from pyproj import Geod

    here, earth = shapely.Point(4.36, 50.84), Geod(ellps="WGS84")
    for metres in (1, 1_500, 3_000, 5_000):
        found = store.read_rows(ANONYMOUS, "places", Query(("n",), (Spatial("dwithin", here.wkb, metres),), limit=100))
        expected = [row[0] for row in ROWS if row[3] is not None and earth.inv(row[3], row[4], here.x, here.y)[2] <= metres + 0.5]
        assert [row[0] for row in found.rows] == expected


def test_lines_and_areas_are_compared_as_they_are_and_not_by_their_boxes(publish: Publish) -> None:
    shapes = {
        "inside": shapely.box(4.34, 50.82, 4.35, 50.83),
        "slanted": shapely.LineString([(4.30, 50.86), (4.34, 50.88)]),
        "across": SQUARE.buffer(0.01),
    }
    rows = [{"name": name, "geometry": shapely.geometry.mapping(shape)} for name, shape in shapes.items()]

    features = [{"type": "Feature", "properties": {"name": row["name"]}, "geometry": row["geometry"]} for row in rows]
    publish(json.dumps({"type": "FeatureCollection", "features": features}), "areas", form="geojson")

    def names(op: Any, metres: float = 0) -> list[str]:
        return sorted(row[0] for row in store.read_rows(ANONYMOUS, "areas", Query(("name",), (Spatial(op, SQUARE.wkb, metres),))).rows)

    assert names("intersects") == ["across", "inside"] and names("disjoint") == ["slanted"]
    assert names("within") == ["inside"] and names("contains") == ["across"]
    assert names("dwithin", 2_000) == ["across", "inside", "slanted"]


def test_other_verbs_take_trees_too(publish: Publish) -> None:
    publish("kind,n,lat,lon\noak,1,50.8,4.3\nelm,2,50.9,4.4\nash,3,50.9,4.4\n")
    where = (Or((Filter("kind", "eq", "oak"), Filter("n", "gt", 2))),)
    assert b"".join(store.export(ANONYMOUS, "trees", "csv", Query(("n",), where)).chunks).split() == [b'"n"', b"1", b"3"]
    assert store.features(ANONYMOUS, "trees", where=where)["numberMatched"] == 2
    assert store.tally(ANONYMOUS, "trees", "kind", where=where) == [("ash", 1), ("oak", 1)]


def deep(levels: int) -> Where:
    found: Where = Filter("n", "eq", 1)
    for _ in range(levels):
        found = Not(found)
    return found


@pytest.mark.parametrize(
    ("where", "says"),
    [
        (deep(41), "40 deep"),
        (deep(5_000), "40 deep"),
        (Or(tuple(Filter("n", "eq", n) for n in range(600))), "more than 500 conditions"),
        (Or((Filter("m", "eq", 1), Filter("n", "eq", 1))), "no column 'm'"),
        (Not(Filter("n", "like", "1%")), "'like' cannot be asked"),
        (Spatial("within", b"nonsense"), "cannot be read"),
        (Spatial("within", shapely.Polygon().wkb), "empty"),
        (Spatial("within", shapely.Polygon([(4, 50), (5, 51), (5, 50), (4, 51)]).wkb), "not valid"),
        (Spatial("dwithin", shapely.Point(4, 50).wkb, -1), "distance"),
        (Spatial("dwithin", shapely.Point(4, 90).wkb, 10), "latitudes"),
        (Spatial("dwithin", shapely.Point(float("inf"), 5).wkb, 10), "empty"),
    ],
)
def test_a_tree_that_cannot_be_asked_is_told_why(publish: Publish, where: Where, says: str) -> None:
    publish("n,lat,lon\n1,50.8,4.3\n2,50.9,4.4\n")
    with pytest.raises(Problem, match=says) as refused:
        store.read_rows(ANONYMOUS, "trees", Query(where=(where,)))
    assert refused.value.status == 400


@pytest.mark.django_db
def test_what_nobody_may_see_cannot_be_asked_about_inside_a_tree() -> None:
    store.publish(SYSTEM, "trees", b"n,owner\n1,Jan\n2,An\n", Spec(columns=(ColumnSpec("owner", level=Level.PERSONAL),)))
    for hidden in (Filter("owner", "eq", "Jan"), Spatial("within", SQUARE.wkb), Filter(GEOMETRY, "null", True)):
        with pytest.raises(Problem) as refused:
            store.read_rows(ANONYMOUS, "trees", Query(where=(Or((Filter("n", "eq", 1), Not(hidden))),)))
        assert refused.value.status == 400
