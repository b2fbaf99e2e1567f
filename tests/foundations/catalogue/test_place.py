"""Searching in a part of the map finds what is about that part: by its own box, by its commune, or as a part of the Region."""

from __future__ import annotations

import pytest
import shapely

from tests.foundations.catalogue.test_store import row
from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.authoring import box_of
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import AreaRow
from zinneke.kernel.box import read_box
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db
BRUSSELS = "http://www.geonames.org/2800867"


@pytest.fixture
def places() -> None:
    west, east = shapely.box(4.30, 50.80, 4.35, 50.90), shapely.box(4.35, 50.80, 4.40, 50.90)
    territory.set_areas(SYSTEM, [AreaRow("21010", "commune", {"fr": "Jette"}, west), AreaRow("21004", "commune", {"fr": "Bruxelles"}, east)])
    rows = [
        row(1, key="jette", communes=("21010",)),
        row(2, key="brussels", communes=("21004",)),
        row(3, key="region", spatial=(BRUSSELS,)),
        row(4, key="corner", box=(4.31, 50.81, 4.32, 50.82)),
        row(5, key="nowhere"),
        row(6, key="hidden", communes=("21010",), level=Level.SHARED),
    ]
    assert store.set_datasets(SYSTEM, rows, "test").added == 6


def found(box: str) -> set[str]:
    return {hit.key for hit in store.search(ANONYMOUS, "jeu", box=read_box(box)).hits}


def test_a_part_of_the_map_finds_its_commune_its_boxes_and_the_region(places: None) -> None:
    assert found("4.305,50.805,4.33,50.83") == {"jette", "region", "corner"}
    assert found("4.36,50.85,4.37,50.86") == {"brussels", "region"}
    assert found("4.34,50.85,4.36,50.86") == {"jette", "brussels", "region"}
    assert found("3,51,3.1,51.1") == set()


def test_facets_count_only_what_is_about_that_part(places: None) -> None:
    seen = store.search(ANONYMOUS, box=read_box("4.36,50.85,4.37,50.86"))
    assert seen.total == 2
    assert {value.value for facet in seen.facets if facet.key == "commune" for value in facet.values} == {"21004"}


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "4.4,50,4.3,51", "4,51,5,50", "nan,50,5,51", "4,50,500,51"])
def test_what_is_no_box_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Problem, match="west,south,east,north"):
        read_box(text)


def test_an_entry_says_where_its_shapes_are_unless_they_are_for_fewer_people() -> None:
    points = b"name,lon,lat\nA,4.31,50.81\nB,4.35,50.85\n"
    level = ColumnSpec(name="lon", level=Level.PERSONAL), ColumnSpec(name="lat", level=Level.PERSONAL)
    open_, closed = tables.publish(SYSTEM, "open", points, Spec()).version, tables.publish(SYSTEM, "closed", points, Spec(columns=level)).version
    assert box_of(open_, Level.PUBLIC) == pytest.approx((4.31, 50.81, 4.35, 50.85))
    assert box_of(closed, Level.PUBLIC) is None
    assert box_of(closed, None) is not None
