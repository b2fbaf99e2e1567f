from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zinneke.foundations.territory import geojson
from zinneke.foundations.territory.geojson import read_geojson, repaired
from zinneke.kernel.load import Fault


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def point(lon: Any, lat: Any) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def test_each_feature_comes_with_its_number_properties_and_shape() -> None:
    data = collection(feature(point(4.35, 50.85), name="a"), feature(None), {**feature(point(4, 50)), "id": 7})
    assert list(read_geojson(data)) == [(0, {"name": "a"}, shapely.Point(4.35, 50.85)), (1, {}, None), (2, {"@id": 7}, shapely.Point(4, 50))]


def test_one_bad_feature_is_told_and_the_others_are_read() -> None:
    bad = [
        "a string",
        {"type": "Feature", "properties": 5, "geometry": None},
        {"type": "Thing", "properties": {}, "geometry": None},
        feature({"type": "Circle", "coordinates": [1, 2]}),
        feature(point("4.35", 50)),
        feature(point(4.35, None)),
        feature({"type": "LineString", "coordinates": [[4, 50], [4.1]]}),
        feature({"type": "LineString", "coordinates": [[4, 50]]}),
        feature({"type": "Polygon", "coordinates": [[[4, 50], [4.1, 50]]]}),
        feature({"type": "Polygon", "coordinates": []}),
        feature({"type": "Polygon", "coordinates": [[[4, 50], [5, "x"], [5, 51]]]}),
        feature({"type": "MultiPolygon", "coordinates": [7]}),
        feature({"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": []}]}),
        feature({"type": "Point"}),
        feature({"type": "Point", "coordinates": [True, False]}),
    ]
    found = list(read_geojson(collection(*bad, feature(point(4, 50)))))
    assert len(found) == len(bad) + 1
    for index, _, geometry in found[:-1]:
        assert isinstance(geometry, Fault), f"feature {index} was taken: {geometry}"
        assert geometry.where == f"feature {index}"
        assert geometry.what[-1] == "."
    assert found[-1][2] == shapely.Point(4, 50)


def test_a_fault_in_a_line_names_the_coordinate() -> None:
    ((_, _, fault),) = read_geojson(collection(feature({"type": "LineString", "coordinates": [[4, 50], [4.1, 50.1], [4.2, "north"]]})))
    assert "coordinate 2 is [4.2, 'north'], not a pair of numbers" in fault.what


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b'{"type": "FeatureCollection", "features": [', "byte 43: this is not GeoJSON: it breaks off"),
        pytest.param(b'{"type": "FeatureCollection", "features": [' + b"1" * 5_000, "file: this is not GeoJSON that can be read.", id="digits"),
        (b'{"type": "FeatureCollection", "features": [}]}', "byte 43"),
        (b'{"type": "FeatureCollection", "features": {}}', "Expected `array`"),
        (b'{"type": "Topology", "objects": {}}', "'Topology'"),
        (b"[1, 2]", "Expected `object`"),
        ('{"type": "FeatureCollection", "name": "é"}'.encode("latin-1"), "not UTF-8"),
        (b'{"type":"FeatureCollection","features":[],"crs":{"type":"name","properties":{"name":"EPSG:28992"}}}', "EPSG:28992"),
        (b'{"type":"FeatureCollection","features":[],"crs":{"type":"link"}}', "cannot be read"),
        (b'{"type":"FeatureCollection","x":' + b"[" * 100_000, "deep"),
        (b"\x1f\x8b" + b"rubbish", "damaged"),
        (gzip.compress(b'{"type": "FeatureCollection", "features": []}', mtime=0)[:-9], "stops before its end"),
    ],
)
def test_a_broken_file_is_one_fault_that_says_what_and_where(data: bytes, words: str) -> None:
    ((index, _, fault),) = read_geojson(data)
    assert index == -1 and isinstance(fault, Fault)
    assert words in str(fault)


def test_a_byte_that_is_not_utf8_is_named() -> None:
    ((_, _, fault),) = read_geojson('{"type": "é"}'.encode("latin-1"))
    assert fault.where == "byte 10"


def test_gzip_a_byte_order_mark_height_and_a_single_feature_are_accepted() -> None:
    data = b"\xef\xbb\xbf" + json.dumps(feature(point(4.35, 50.85) | {"coordinates": [4.35, 50.85, 12.5]}, a=1)).encode()
    assert [row[1:] for row in read_geojson(gzip.compress(data))] == [({"a": 1}, shapely.Point(4.35, 50.85))]


def test_coordinates_of_a_known_system_are_transformed() -> None:
    old = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::31370"}}
    ((_, _, shape),) = read_geojson(collection(feature(point(148855.4, 170699.7)), crs=old))
    assert (shape.x, shape.y) == pytest.approx((4.3525, 50.8467), abs=1e-5)


def test_a_bomb_and_a_giant_are_refused_before_they_fill_the_memory() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    ((_, _, fault),) = read_geojson(bomb, max_bytes=1_000_000)
    assert "swells beyond 1,000,000 bytes" in fault.what
    ((_, _, fault),) = read_geojson(b" " * 2_000_000, max_bytes=1_000_000)
    assert "2,000,000 bytes" in fault.what


def test_too_many_features_or_coordinates_end_the_reading_with_a_fault() -> None:
    data = collection(*(feature(point(4, 50)) for _ in range(10)))
    found = list(read_geojson(data, max_features=3))
    assert len(found) == 4 and "the first 3 were read" in found[-1][2].what
    found = list(read_geojson(data, max_coordinates=4))
    assert isinstance(found[-1][2], Fault) and "more than 4 coordinates" in found[-1][2].what
    line = feature({"type": "LineString", "coordinates": [[4, 50]] * 50})
    assert "more than may be read" in next(iter(read_geojson(collection(line), max_coordinates=10)))[2].what


def test_an_outline_that_crosses_itself_is_repaired_with_a_note() -> None:
    whole, note = repaired(shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    assert whole.is_valid and shapely.get_dimensions(whole) == 2
    assert "was repaired" in note
    assert repaired(shapely.box(0, 0, 1, 1))[1] == ""


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "coordinates", "geometries", "x"]), inner, max_size=3),
    max_leaves=20,
)
kinds = st.sampled_from([*geojson._DEPTHS, "GeometryCollection", "Nonsense"])


@settings(max_examples=200, deadline=None)
@example("GeometryCollection", [{"type": []}])
@given(kinds, anything)
def test_whatever_is_in_a_feature_it_is_read_or_told_never_raised(kind: str, coordinates: Any) -> None:
    data = collection(feature({"type": kind, "coordinates": coordinates, "geometries": coordinates}), feature(point(4, 50)))
    found = list(read_geojson(data))
    assert len(found) == 2
    assert isinstance(found[0][2], Fault | shapely.Geometry)
    assert found[1][2] == shapely.Point(4, 50)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_the_bytes_the_reader_answers(data: bytes) -> None:
    for _, _, geometry in read_geojson(data):
        assert geometry is None or isinstance(geometry, Fault | shapely.Geometry)
