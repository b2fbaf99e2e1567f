from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.models import AreaRecord, Edition
from zinneke.foundations.territory.values import AreaRow, Located, PlaceRow
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Grant, Right
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db


def square(code: str, west: float, kind: str = "commune", names: dict[str, str] | None = None, parent: str = "04000") -> AreaRow:
    return AreaRow(code, kind, names or {"fr": f"Ville {code}", "nl": f"Stad {code}"}, shapely.box(west, 50.0, west + 0.1, 50.1), parent)


@pytest.fixture
def two_communes() -> None:
    territory.set_areas(SYSTEM, [square("1", 4.0), square("2", 4.1), square("2-1", 4.1, "neighbourhood", parent="2")])


@pytest.mark.usefixtures("two_communes")
def test_loading_the_same_areas_again_changes_nothing() -> None:
    before = territory.edition(SYSTEM)
    counts = territory.set_areas(SYSTEM, [square("1", 4.0), square("2", 4.1)])
    assert (counts.added, counts.changed, counts.unchanged) == (0, 0, 2)
    assert territory.edition(SYSTEM) == before


@pytest.mark.usefixtures("two_communes")
def test_a_moved_border_is_seen_by_the_next_question() -> None:
    assert territory.locate_one(ANONYMOUS, 4.05, 50.05) == Located("1", "")
    counts = territory.set_areas(SYSTEM, [square("1", 3.9)])
    assert counts.changed == 1
    assert territory.locate_one(ANONYMOUS, 4.05, 50.05) == Located("", "")
    assert territory.locate_one(ANONYMOUS, 3.95, 50.05) == Located("1", "")


@pytest.mark.usefixtures("two_communes")
def test_a_point_on_a_border_belongs_to_the_lower_code_however_it_is_asked() -> None:
    for lon in ([4.1], [4.1, 4.05], [4.15, 4.1]):
        communes, _ = territory.locate(ANONYMOUS, lon, [50.05] * len(lon))
        assert communes[lon.index(4.1)] == "1"


@pytest.mark.usefixtures("two_communes")
def test_a_point_has_a_commune_and_a_neighbourhood_and_outside_has_neither() -> None:
    communes, neighbourhoods = territory.locate(ANONYMOUS, [4.15, 4.05, 9.0, np.nan], [50.05, 50.05, 50.05, 50.05])
    assert communes.tolist() == ["2", "1", "", ""]
    assert neighbourhoods.tolist() == ["2-1", "", "", ""]


@pytest.mark.usefixtures("two_communes")
@pytest.mark.parametrize(
    ("lon", "lat", "words"),
    [(50.05, 4.05, "look swapped"), (float("nan"), 50.0, "not a number"), (149_000.0, 170_000.0, "not on Earth"), (4.0, 95.0, "not on Earth")],
)
def test_a_wrong_coordinate_is_refused_with_what_is_wrong(lon: float, lat: float, words: str) -> None:
    with pytest.raises(Problem, match=words):
        territory.locate_one(ANONYMOUS, lon, lat)


def test_lists_of_different_lengths_are_refused() -> None:
    with pytest.raises(Problem, match="each point needs both"):
        territory.locate(ANONYMOUS, [4.0, 4.1], [50.0])


def test_bad_rows_are_counted_with_their_place_and_the_good_ones_are_kept() -> None:
    rows = [
        square("1", 4.0),
        square("1", 4.0),
        AreaRow("3", "commune", {"fr": "Trois"}, {"type": "Polygon", "coordinates": [[[1, "x"]]]}),
        AreaRow("4", "commune", {"fr": "Quatre"}, shapely.Point(4, 50)),
        AreaRow("5", "commune", {"fr": "Cinq"}, shapely.box(150_000, 160_000, 151_000, 161_000)),
        Fault("feature 7", "the ring is not closed."),
    ]
    counts = territory.set_areas(SYSTEM, rows)
    assert counts.added == 1
    assert counts.refused == 5
    said = [str(fault) for fault in counts.faults]
    assert "came before" in said[0] and "cannot be read" in said[1] and "Point" in said[2] and "not on Earth" in said[3]
    assert said[4] == "feature 7: the ring is not closed."


@pytest.mark.usefixtures("two_communes")
def test_a_street_knows_every_commune_it_passes_through() -> None:
    line = shapely.LineString([(4.02, 50.05), (4.15, 50.05)])
    territory.set_places(SYSTEM, "street", [PlaceRow("s1", {"fr": "Rue Longue", "nl": "Langestraat"}, line)])
    (place,) = territory.find_places(ANONYMOUS, "langestr", "nl")
    assert place.detail["communes"] == ["1", "2"]
    assert place.area == "1"


@pytest.mark.usefixtures("two_communes")
def test_places_are_written_once_and_only_when_they_change() -> None:
    rows = [PlaceRow(f"n{at}", {"fr": f"Café {at}"}, shapely.Point(4.05, 50.05), "cafe") for at in range(50)]
    assert territory.set_places(SYSTEM, "poi", rows).added == 50
    assert territory.set_places(SYSTEM, "poi", rows).unchanged == 50
    moved = [PlaceRow("n1", {"fr": "Café 1"}, shapely.Point(4.15, 50.05), "cafe")]
    counts = territory.set_places(SYSTEM, "poi", moved)
    assert (counts.changed, counts.added) == (1, 0)
    assert territory.find_places(ANONYMOUS, "cafe 1", "fr")[0].area == "2"


@pytest.mark.usefixtures("two_communes")
def test_only_who_may_edit_everywhere_changes_the_territory() -> None:
    clerk = Actor("clerk", grants=(Grant("editor", frozenset({Right.EDIT}), area="1", subject="territory"),))
    for actor, status in ((ANONYMOUS, 401), (clerk, 403)):
        with pytest.raises(Problem) as problem:
            territory.set_areas(actor, [square("9", 5.0)])
        assert problem.value.status == status
        with pytest.raises(Problem):
            territory.set_places(actor, "poi", [])


def test_an_unknown_code_or_kind_is_told() -> None:
    with pytest.raises(Problem, match="no area '77777'"):
        territory.get_area(ANONYMOUS, "77777")
    with pytest.raises(Problem, match="not a kind of area"):
        territory.list_areas(ANONYMOUS, "province")
    with pytest.raises(Problem, match="not a kind of place"):
        territory.set_places(SYSTEM, "tree", [])


@pytest.mark.usefixtures("two_communes")
def test_areas_come_with_their_box_centre_and_parent() -> None:
    areas = territory.list_areas(ANONYMOUS)
    assert [area.code for area in areas] == ["1", "2"]
    assert areas[0].bbox == (4.0, 50.0, 4.1, 50.1)
    assert areas[0].centre == pytest.approx((4.05, 50.05))
    assert [area.code for area in territory.list_areas(ANONYMOUS, "neighbourhood", "2")] == ["2-1"]
    collection = territory.area_geojson(ANONYMOUS, ["2", "nowhere"])
    assert [feature["id"] for feature in collection["features"]] == ["2"]


@pytest.mark.usefixtures("two_communes")
def test_a_whole_load_takes_away_what_is_no_longer_there_unless_something_was_refused() -> None:
    rows = [PlaceRow(f"n{at}", {"fr": f"Café {at}"}, shapely.Point(4.05, 50.05), "cafe") for at in range(5)]
    territory.set_places(SYSTEM, "poi", rows)
    counts = territory.set_places(SYSTEM, "poi", [*rows[:2], Fault("feature 2", "broken")], whole=True)
    assert (counts.unchanged, counts.refused, territory.count(SYSTEM)["poi"]) == (2, 1, 5)
    counts = territory.set_places(SYSTEM, "poi", rows[:2], whole=True)
    assert (counts.changed, counts.unchanged, territory.count(SYSTEM)["poi"]) == (3, 2, 2)
    territory.set_areas(SYSTEM, [square("2", 4.1)], whole=True)
    assert [area.code for area in territory.list_areas(SYSTEM)] == ["2"]
    assert territory.list_areas(SYSTEM, "neighbourhood"), "another kind is left alone"
    assert territory.locate_one(ANONYMOUS, 4.05, 50.05) == Located("", "")


@pytest.mark.usefixtures("two_communes")
def test_what_another_process_changes_is_seen_here() -> None:
    assert territory.locate_one(ANONYMOUS, 4.05, 50.05).commune == "1"
    assert territory.find_places(ANONYMOUS, "ville 1", "fr")[0].key == "1"
    AreaRecord.objects.filter(code="1").update(geometry=shapely.to_wkb(shapely.box(5, 50, 5.1, 50.1)), search="elsewhere||")
    Edition.objects.update_or_create(subject="areas", defaults={"mark": "written by another process"})
    assert territory.locate_one(ANONYMOUS, 4.05, 50.05).commune == ""
    assert territory.find_places(ANONYMOUS, "elsewhere", "fr")[0].key == "1"
    assert "1" not in {place.key for place in territory.find_places(ANONYMOUS, "ville 1", "fr")}


def test_a_repaired_outline_is_noted_in_the_report_and_kept() -> None:
    counts = territory.set_areas(SYSTEM, [replace(square("1", 4.0), note="feature 0: it was repaired.")])
    assert (counts.added, counts.refused, [str(fault) for fault in counts.faults]) == (1, 0, ["area 1: feature 0: it was repaired."])
