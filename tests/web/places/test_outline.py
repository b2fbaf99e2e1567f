"""Drawn maps: what is in the box stays in the picture."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.web.places.conftest import square
from zinneke.web.outline import SHAPES, Frame, Point, around, draw, runs

BOX = (4.2, 50.8, 4.4, 50.9)


@given(st.floats(BOX[0], BOX[2]), st.floats(BOX[1], BOX[3]))
def test_a_point_of_the_box_lies_in_the_picture(lon: float, lat: float) -> None:
    frame = Frame(BOX)
    x, y = frame.project(lon, lat)
    assert 0 <= x <= frame.width and 0 <= y <= frame.height


def test_every_status_has_a_shape_of_its_own() -> None:
    frame = Frame(BOX)
    assert len({frame.mark(Point(4.3, 50.85, "", status)).path for status in SHAPES}) == 4
    assert frame.mark(Point(4.3, 50.85, "", "nonsense")).status == "unknown"


def test_areas_are_closed_and_the_one_in_question_is_drawn_last() -> None:
    features = [{"id": code, "geometry": square(4.2, 50.8)} for code in ("a", "b")]
    drawing = draw(Frame(BOX), features, {"a": "A"}, {}, "a")
    assert [each.on for each in drawing.outlines] == [False, True]
    assert all(re.fullmatch(r"M[\d. L]+Z", each.path) for each in drawing.outlines)


def test_every_kind_of_geometry_gives_its_runs() -> None:
    ring = square(0, 0)["coordinates"][0]
    assert len(list(runs({"type": "MultiPolygon", "coordinates": [[ring], [ring]]}))) == 2
    assert len(list(runs({"type": "LineString", "coordinates": ring}))) == 1
    assert not list(runs({"type": "Point", "coordinates": [1, 2]}))
    assert len(list(runs({"type": "GeometryCollection", "geometries": [{"type": "LineString", "coordinates": ring}]}))) == 1


def test_around_nothing_there_is_no_box() -> None:
    assert around([]) is None
    assert around([(0, 0, 1, 1), (2, -1, 3, 0)]) == (0, -1, 3, 1)
