from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.foundations.territory import mvt
from zinneke.foundations.territory import tiles, wire
from zinneke.foundations.territory.tags import Column, Columns
from zinneke.foundations.territory.tiles import BUFFER, EXTENT, Layer
from zinneke.kernel.problem import Problem

Z, X, Y = 12, 2097, 1374  # around the Grand-Place
WEST, SOUTH, EAST, NORTH = tiles.bounds(Z, X, Y)


def inside(across: float, up: float) -> tuple[float, float]:
    """A point of the tile by fractions from its south-west corner."""
    return WEST + across * (EAST - WEST), SOUTH + up * (NORTH - SOUTH)


def test_tile_numbers_and_bounds_agree() -> None:
    assert tiles.bounds(0, 0, 0) == pytest.approx((-180, -85.0511287798, 180, 85.0511287798))
    assert tiles.tile_at(4.3525, 50.8467, Z) == (X, Y)
    assert WEST < 4.3525 < EAST and SOUTH < 50.8467 < NORTH


@pytest.mark.parametrize("numbers", [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, -1), (3, 0, 8)])
def test_a_tile_that_does_not_exist_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(Problem, match="There is no tile"):
        tiles.encode([], *numbers)
    with pytest.raises(Problem):
        tiles.bounds(*numbers)


def test_nothing_gives_empty_bytes() -> None:
    far = Layer("far", [shapely.Point(100, 10), shapely.Point(), None], [{}, {}, {}])
    assert tiles.encode([], Z, X, Y) == b""
    assert tiles.encode([far, Layer("none", [], [])], Z, X, Y) == b""


def test_points_come_back_with_their_typed_properties() -> None:
    properties = [
        {"s": "é – ü", "i": 7, "n": -9, "f": 1.5, "yes": True, "no": False, "none": None, "nan": float("nan"), "list": [1, "b"]},
        {"i": 2**40, "big": 2**70, "np": np.float64(2.5), "one": 1, "true": True, "npi": np.int32(4)},
    ]
    layer = Layer("p", [shapely.Point(*inside(0.25, 0.75)), shapely.Point(*inside(0.5, 0.5))], properties)
    decoded = mvt.decode(tiles.encode([layer], Z, X, Y))["p"]
    assert (decoded.version, decoded.extent) == (2, EXTENT)
    first, second = decoded.features
    assert first.properties == {"s": "é – ü", "i": 7, "n": -9, "f": 1.5, "yes": True, "no": False, "list": '[1, "b"]'}
    assert second.properties == {"i": 2**40, "big": str(2**70), "np": 2.5, "one": 1, "true": True, "npi": 4}
    assert type(second.properties["one"]) is int and type(second.properties["true"]) is bool
    ((x, y),) = first.paths[0]
    assert x == EXTENT // 4 and y == pytest.approx(EXTENT / 4, abs=2)


def test_points_just_beyond_the_edge_are_kept_for_symbols_and_farther_ones_dropped() -> None:
    margin = BUFFER / EXTENT
    points = [shapely.Point(*inside(-margin * 0.9, 0.5)), shapely.Point(*inside(-margin * 1.1, 0.5))]
    decoded = mvt.decode(tiles.encode([Layer("p", points, [{"at": 0}, {"at": 1}])], Z, X, Y))
    assert [feature.properties["at"] for feature in decoded["p"].features] == [0]


def test_multipoints_lines_and_polygons_keep_their_order_in_one_layer() -> None:
    shapes = [
        shapely.box(*inside(0.1, 0.1), *inside(0.9, 0.9)),
        shapely.MultiPoint([inside(0.2, 0.2), inside(0.3, 0.3), inside(5, 5)]),
        shapely.LineString([inside(0.1, 0.1), inside(0.5, 0.9)]),
        shapely.Point(*inside(0.5, 0.5)),
    ]
    features = mvt.decode(tiles.encode([Layer("mixed", shapes, [{"at": at} for at in range(4)])], Z, X, Y))["mixed"].features
    assert [(feature.kind, feature.properties["at"]) for feature in features] == [(3, 0), (1, 1), (2, 2), (1, 3)]
    assert len(features[1].paths) == 2


def test_a_polygon_with_a_hole_is_wound_as_the_specification_asks() -> None:
    outer, hole = shapely.box(*inside(-1, -1), *inside(2, 2)), shapely.box(*inside(0.4, 0.4), *inside(0.6, 0.6))
    for shape in (outer.difference(hole), outer.difference(hole).reverse()):
        ((feature,),) = [layer.features for layer in mvt.decode(tiles.encode([Layer("a", [shape], [{}])], Z, X, Y)).values()]
        exterior, interior = feature.paths
        assert mvt.area(exterior) == (EXTENT + 2 * BUFFER) ** 2
        assert mvt.area(interior) < 0
        assert exterior[0] == exterior[-1]


def test_specks_are_dropped_and_invalid_outlines_survive() -> None:
    speck = shapely.box(*inside(0.5, 0.5), *inside(0.5001, 0.5001))
    bow_tie = shapely.Polygon([inside(0.1, 0.1), inside(0.9, 0.9), inside(0.9, 0.1), inside(0.1, 0.9)])
    features = mvt.decode(tiles.encode([Layer("a", [speck, bow_tie], [{"at": 0}, {"at": 1}])], Z, X, Y))["a"].features
    assert [feature.properties["at"] for feature in features] == [1]
    assert all(mvt.area(path) > 0 for path in features[0].paths)
    assert len(features[0].paths) == 2


def test_a_line_that_leaves_and_comes_back_is_cut_in_two() -> None:
    line = shapely.LineString([inside(0.1, 0.5), inside(0.1, 3), inside(0.9, 3), inside(0.9, 0.5)])
    (feature,) = mvt.decode(tiles.encode([Layer("l", [line], [{}])], Z, X, Y))["l"].features
    assert len(feature.paths) == 2
    assert all(-BUFFER <= each <= EXTENT + BUFFER for path in feature.paths for point in path for each in point)


@given(st.lists(st.integers(0, 2**34), max_size=50))
def test_varints_written_in_bulk_are_those_written_one_by_one(numbers: list[int]) -> None:
    encoded, ends = wire.varints(np.array(numbers, np.int64))
    assert encoded == b"".join(map(wire.varint, numbers))
    assert mvt.varints(encoded) == numbers
    assert len(ends) == len(numbers)


pairs = st.tuples(st.floats(WEST - 0.2, EAST + 0.2), st.floats(SOUTH - 0.1, NORTH + 0.1))


@settings(max_examples=60, deadline=None)
@given(st.lists(pairs, min_size=2, max_size=30), st.lists(st.lists(pairs, min_size=3, max_size=12), max_size=3))
def test_whatever_is_drawn_decodes_and_stays_within_the_margin(path: list[tuple[float, float]], rings: list[list[tuple[float, float]]]) -> None:
    shapes = [shapely.LineString(path), shapely.MultiPoint(path), *(shapely.Polygon(ring) for ring in rings)]
    tile = tiles.encode([Layer("any", shapes, [{"at": at} for at in range(len(shapes))])], Z, X, Y)
    for layer in mvt.decode(tile).values():
        for feature in layer.features:
            for points in feature.paths:
                assert all(-BUFFER <= each <= EXTENT + BUFFER for point in points for each in point)
                if feature.kind == 2:
                    assert len(points) > 1
                if feature.kind == 3:
                    assert len(points) >= 4 and mvt.area(points) != 0
            if feature.kind == 3:
                assert mvt.area(feature.paths[0]) > 0


@settings(max_examples=100, deadline=None)
@given(st.floats(-179.9, 179.9), st.floats(-85, 85), st.integers(0, 22))
def test_a_point_is_drawn_where_it_is(lon: float, lat: float, z: int) -> None:
    x, y = tiles.tile_at(lon, lat, z)
    ((feature,),) = [layer.features for layer in mvt.decode(tiles.encode([Layer("p", [shapely.Point(lon, lat)], [{}])], z, x, y)).values()]
    ((px, py),) = feature.paths[0]
    west, _, east, _ = tiles.bounds(z, x, y)
    assert west + (px + 0.5) / EXTENT * (east - west) == pytest.approx(lon, abs=(east - west) / EXTENT)
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z
    assert (y + (py + 0.5) / EXTENT) == pytest.approx(row, abs=1 / EXTENT)


@given(st.lists(st.tuples(st.floats(4.2, 4.5), st.floats(50.7, 51.0)), min_size=1, max_size=40), st.data())
def test_points_given_as_numbers_are_drawn_as_points_given_as_shapes(places: list[tuple[float, float]], data: st.DataObject) -> None:
    numbers = np.array(places)
    properties = [{"n": data.draw(st.integers(-5, 2**40)), "t": data.draw(st.text(max_size=300))} for _ in places]
    z, (x, y) = 10, tiles.tile_at(*places[0], 10)
    fast = mvt.decode(tiles.encode([Layer("p", numbers, properties)], z, x, y))
    slow = mvt.decode(tiles.encode([Layer("p", [shapely.Point(*each) for each in places], properties)], z, x, y))
    assert fast == slow


def test_columns_are_drawn_as_the_same_properties_feature_by_feature() -> None:
    count = 300
    numbers = np.column_stack((np.linspace(4.3, 4.4, count), np.linspace(50.8, 50.9, count)))
    whole, parts = np.arange(count) * 1_000_003, np.arange(count) / 7
    below, valid = -np.arange(count), np.arange(count) % 3 > 0
    columns = Columns((
        Column("whole", whole, None), Column("parts", parts, valid), Column("below", below, None),
        Column("text", np.arange(count) % 5, valid, lambda some: [f"é{each}" * 200 if each else "" for each in some.tolist()]),
        Column("none", whole, np.zeros(count, bool), lambda some: []),
    ))  # fmt: skip
    plain = [
        {"whole": int(whole[at]), "below": int(below[at])}
        | ({"parts": float(parts[at]), "text": f"é{at % 5}" * 200 if at % 5 else ""} if valid[at] else {})
        for at in range(count)
    ]
    z, (x, y) = 9, tiles.tile_at(4.35, 50.85, 9)
    assert mvt.decode(tiles.encode([Layer("p", numbers, columns)], z, x, y)) == mvt.decode(tiles.encode([Layer("p", numbers, plain)], z, x, y))
