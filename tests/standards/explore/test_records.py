"""Records, groups, facets and files in the shapes that clients of the Region's portals know."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import shapely
from openpyxl import load_workbook
from rdflib import RDF, XSD, Graph, Literal, URIRef

from tests.standards.explore.conftest import BASE, ROOT, answer, get, records
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Spec
from zinneke.foundations.territory.crs import transform
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.standards.explore import linked

pytestmark = pytest.mark.usefixtures("trees")


def heights(where: str, **asked: Any) -> list[float]:
    return [each["height"] for each in records(where=where, order_by="height", **asked)]


def test_a_record_is_flat_and_its_point_is_called_as_clients_know_it() -> None:
    found = get("/datasets/trees/records", limit=1)
    assert found["total_count"] == 5
    (first,) = found["results"]
    assert first == {
        "species": "Chêne rouge", "height": 21.5, "planted": "1999-03-01", "seen": "2024-05-01T10:00:00+00:00", "alive": True,
        "lat": 50.8467, "lon": 4.3525, "geo_point_2d": {"lon": 4.3525, "lat": 50.8467},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("height > 5 and height <= 12", [8, 12]),
        ("not height > 5", [3, 5]),
        ("height in [3..8[", [3, 5]),
        ("height: ]3 TO 8]", [5, 8]),
        ("height IN (3, 12, 99)", [3, 12]),
        ("height not in (3, 12)", [5, 8, 21.5]),
        ("species is null", [5]),
        ("species IS NOT NULL and not alive", [12]),
        ("alive is true or height = 5", [3, 5, 8, 21.5]),
        ('species like "CHENE"', [3, 21.5]),
        ('"chêne rouge"', [21.5]),
        ('search(species, "rouge") or search("gris")', [12, 21.5]),
        ('suggest(species, "rou")', [21.5]),
        ('startswith(species, "CHÊNE")', [3, 21.5]),
        ("startswith(species, '100%_')", [8]),
        ("species = 'chene'", [3]),
        ("planted >= date'2005' and planted < date'2011/01/01'", [3, 12]),
        ("year(planted) = 2015", [5]),
        ("length(species) = 5", [3]),
        ("date_format(planted, 'MM') = '03'", [21.5]),
        ("height * 2 > 20 and 10 < height", [12, 21.5]),
        ("`height` = 5", [5]),
        ("within_distance(geo_point_2d, geom'POINT(4.3525 50.8467)', 1km)", [3, 21.5]),
        ("in_bbox(geo_point_2d, 50.855, 4.365, 50.875, 4.385)", [8, 12]),
        ('intersects(geo_point_2d, geom\'{"type":"Point","coordinates":[4.38,50.87]}\')', [8]),
        ("disjoint(geo_point_2d, geom'POLYGON((4.3 50.8,4.375 50.8,4.375 50.9,4.3 50.9,4.3 50.8))')", [8]),
        ("seen > now(years=-100) and seen < date'2024-06-01T00:00:00+02:00'", [21.5]),
    ],
)
def test_a_condition_finds_what_it_says(where: str, expected: list[float]) -> None:
    assert heights(where) == expected


def test_hours_are_those_of_the_time_zone_that_is_asked_for() -> None:
    asked = {"select": "count(*) as n", "group_by": "month(seen) as m", "where": "month(seen) = 6"}
    counted = {zone: records(**asked, timezone=zone) for zone in ("UTC", "Europe/Brussels")}
    assert counted["UTC"] == [] and counted["Europe/Brussels"] == [{"m": 6, "n": 1}]
    assert records(where="height = 3", timezone="Europe/Brussels")[0]["seen"] == "2024-06-01T00:30:00+02:00"


def test_fields_are_chosen_renamed_and_computed() -> None:
    assert records(select="species as name, height * 2 as double, length(species)", where="height = 3") == [
        {"name": "chene", "double": 6.0, "length(species)": 5}
    ]
    assert list(records(select="include(spec*), height", limit=1)[0]) == ["species", "height"]
    assert "lat" not in records(select="exclude(l*), exclude(geo_point_2d)", limit=1)[0]


def test_groups_count_sum_and_order() -> None:
    found = get("/datasets/trees/records", select="alive, count(*) as n, sum(height) as total, avg(height)", group_by="alive", order_by="n desc")
    assert found["total_count"] == 2
    assert found["results"] == [
        {"alive": True, "n": 3, "total": 32.5, "avg(height)": pytest.approx(32.5 / 3)},
        {"alive": False, "n": 2, "total": 17, "avg(height)": 8.5},
    ]
    assert records(select="count(*)") == [{"count(*)": 5}]
    assert records(select="max(height) as tallest, median(height), percentile(height, 0) as least, count(distinct alive) as kinds") == [
        {"tallest": 21.5, "median(height)": 8.0, "least": 3.0, "kinds": 2}
    ]
    assert records(select="count(*) as n", group_by="range(height, ]5, 10[) as r") == [
        {"r": "]*, 5[", "n": 1}, {"r": "[5, 10[", "n": 2}, {"r": "[10, *[", "n": 2},
    ]  # fmt: skip
    assert records(group_by="date_format(planted, \"'in 'yyyy\") as year", order_by="year desc", limit=1) == [{"year": "in 2015"}]
    assert records(select="count(*)", group_by="alive", order_by="sum(height) desc", limit=1)[0]["alive"] is True


def test_figures_are_computed_of_figures() -> None:
    found = records(
        select="alive, sum(height) / count(*) as mean, (max(height) - min(height)) * 2 as spread, count(*)", group_by="alive", order_by="alive"
    )
    assert [each["mean"] for each in found] == [8.5, pytest.approx(32.5 / 3)]
    assert [(each["spread"], each["count(*)"]) for each in found] == [(14, 2), (37, 3)]
    assert set(found[0]) == {"alive", "mean", "spread", "count(*)"}
    assert records(select="count(*) - count(species)") == [{"count(*) - count(species)": 1}]
    assert records(select="count(*) / (count(*) - 5) as nothing") == [{"nothing": None}]
    for order in ("sum(height) / count(*) desc", "m desc", "max(height) desc"):
        asked = {"select": "alive, sum(height) / count(*) as m", "group_by": "alive", "limit": 1}
        assert records(order_by=order, **asked)[0]["alive"] is True
    assert list(records(select="sum(height) * sum(height) * 1e300 * 1e300 as huge")[0].values()) == [None]


def test_an_order_by_chance_is_the_same_for_a_seed_and_holds_every_record_once() -> None:
    every = sorted(each["height"] for each in records(select="height"))
    orders = {tuple(each["height"] for each in records(select="height", order_by=f"random({seed})")) for seed in range(20)}
    assert len(orders) > 10 and all(sorted(order) == every for order in orders)
    whole = records(order_by="random(7)")
    assert [records(order_by="random(7)", limit=1, offset=at)[0] for at in range(5)] == whole
    assert records(order_by="random()", where="alive") == records(order_by="random()", where="alive")
    exported = answer("/datasets/trees/exports/json", order_by="random(7)", select="height")[1]
    assert [each["height"] for each in msgspec.json.decode(exported)] == [each["height"] for each in whole]


def test_refine_and_exclude_take_values_and_parts_of_dates() -> None:
    assert [each["height"] for each in records(refine='species:"chene"')] == [3]
    assert [each["height"] for each in records(refine="seen:2024/05")] == [21.5, 3]
    assert [each["height"] for each in records(exclude="seen:2024", order_by="height")] == [5]


def test_there_is_no_wall_in_the_middle_of_the_data(publish: Any) -> None:
    publish("n\n" + "\n".join(str(n) for n in range(12_000)), "many", time="")
    found = get("/datasets/many/records", limit=2, offset=11_998, order_by="n")
    assert found["total_count"] == 12_000 and [each["n"] for each in found["results"]] == [11_998, 11_999]
    status, body = answer("/datasets/many/exports/csv", select="n", with_bom="false")
    assert status == 200 and len(body.splitlines()) == 12_001


def test_facets_say_how_many_have_each_value() -> None:
    found = {each["name"]: each["facets"] for each in get("/datasets/trees/facets", refine="alive:true")["facets"]}
    assert found["alive"] == [{"name": "true", "count": 3, "state": "refined", "value": "true"}]
    assert [(each["value"], each["count"]) for each in found["seen"]] == [("2024", 3)]


def test_files_hold_every_record_and_no_formula() -> None:
    _, body = answer("/datasets/trees/exports/csv", select="species, height, geo_point_2d", where="height >= 8")
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        ["species", "height", "geo_point_2d"],
        ["Chêne rouge", "21.5", "50.8467, 4.3525"],
        ["'=Orme 'gris'", "12.0", "50.86, 4.37"],
        ["100%_pur", "8.0", "50.87, 4.38"],
    ]
    _, lines = answer("/datasets/trees/exports/jsonl", select="height", limit=2)
    assert lines == b'{"height":21.5}\n{"height":3.0}\n'
    assert len(get("/datasets/trees/exports/json")) == 5
    assert len(get("/datasets/trees/exports/geojson", where="alive")["features"]) == 3
    assert get("/datasets/trees/exports/json", select="count(*) as n", group_by="alive", order_by="n") == [
        {"alive": False, "n": 2},
        {"alive": True, "n": 3},
    ]


def test_one_record_has_an_address() -> None:
    assert get("/datasets/trees/records/1.2")["species"] == "chene"
    for missing in ("1.9", "2.1", "x", "1.0", "1.1.1"):
        assert answer(f"/datasets/trees/records/{missing}")[0] == 404


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        ({"where": "hight > 1"}, "ODSQLError", "Did you mean height"),
        ({"where": "height >"}, "ODSQLError", "ends too early"),
        ({"where": "height > 1)"}, "ODSQLError", "at letter 11"),
        ({"where": "(" * 5_000}, "ODSQLError", "40 deep"),
        ({"where": "not " * 2_000 + "alive"}, "ODSQLError", "40 deep"),
        ({"where": " or ".join(["alive"] * 600)}, "ODSQLError", "more than 500"),
        ({"where": "height > 'tall'"}, "InvalidRESTParameterError", "no decimal"),
        ({"where": "drop_table(height)"}, "ODSQLError", "Unknown function"),
        ({"where": "height; DROP TABLE x"}, "ODSQLError", "cannot be read"),
        ({"where": "height = null"}, "ODSQLError", "is null"),
        ({"where": "planted > date'yesterday'"}, "ODSQLError", "no date"),
        ({"where": "intersects(geo_point_2d, geom'POINT(a b)')"}, "ODSQLError", "cannot be read"),
        ({"where": "within_distance(geo_point_2d, geom'POINT(4 50)', 3parsec)"}, "ODSQLError", "unit"),
        ({"where": "species like " + "'" + "a " * 30 + "'"}, "ODSQLError", "20 words"),
        ({"where": "\u202eheight > 1"}, "ODSQLError", "cannot be read"),
        ({"where": "'"}, "ODSQLError", "cannot be read"),
        ({"where": "height in [1..2"}, "ODSQLError", "not closed"),
        ({"select": "species, count(*)", "group_by": "alive"}, "ODSQLError", "not grouped by"),
        ({"select": "sum(species)"}, "ODSQLError", "numbers"),
        ({"select": "height + species"}, "ODSQLError", "takes numbers"),
        ({"select": "geo_point_2d + 1"}, "ODSQLError", "nothing is computed"),
        ({"group_by": "geo_point_2d"}, "ODSQLError", "shape"),
        ({"group_by": "range(height, 0)"}, "ODSQLError", "width"),
        ({"group_by": "range(height, [3, 1])"}, "ODSQLError", "rise"),
        ({"group_by": "range(planted, 5 days)"}, "ODSQLError", "step of time"),
        ({"group_by": "date_format(planted, 'bogus')"}, "ODSQLError", "layout"),
        ({"select": "sum(height) / alive", "group_by": "alive"}, "ODSQLError", "figures and numbers"),
        ({"select": "max(planted) - 1"}, "ODSQLError", "numbers"),
        ({"select": "count(*) + length(species)"}, "ODSQLError", "figures and numbers"),
        ({"select": " + ".join(["count(*)"] * 300)}, "ODSQLError", "deep"),
        ({"order_by": "random(1.5)"}, "ODSQLError", "whole number"),
        ({"order_by": "random(height)"}, "ODSQLError", "whole number"),
        ({"order_by": "random(1), height"}, "ODSQLError", "alone"),
        ({"where": "random(1) > 0"}, "ODSQLError", "Unknown function"),
        ({"order_by": "height * 2"}, "ODSQLError", "ordered by fields"),
        ({"limit": "101"}, "InvalidRESTParameterError", "-1 <= limit <= 100"),
        ({"offset": "-1"}, "InvalidRESTParameterError", "offset"),
        ({"timezone": "Mars/Olympus"}, "InvalidRESTParameterError", "no time zone"),
        ({"timezone": "../../etc/passwd"}, "InvalidRESTParameterError", "no time zone"),
        ({"refine": "species"}, "InvalidRESTParameterError", "field:value"),
        ({"limit": "many"}, "InvalidRESTParameterError", "limit"),
        ({"where": "9" * 5_000 + " < height"}, "ODSQLError", "too long"),
        ({"where": "a" * 10_001}, "InvalidRESTParameterError", "where"),
    ],
)
def test_what_cannot_be_asked_is_told_in_the_form_of_the_interface(asked: dict[str, str], code: str, says: str) -> None:
    status, body = answer("/datasets/trees/records", **asked)
    told = msgspec.json.decode(body)
    assert status == 400 and set(told) == {"error_code", "message"}
    assert says in told["message"] and told["error_code"] == code, told


def test_a_dataset_that_is_not_there_is_not_found() -> None:
    for end in ("/records", "/facets", "/exports", "/exports/csv", "/attachments", ""):
        status, body = answer(f"/datasets/nothing{end}")
        assert status == 404 and msgspec.json.decode(body)["error_code"] == "NotFoundError"


def test_places_are_counted_in_squares_of_the_map_and_a_box_lies_around_each_group() -> None:
    whole = records(select="count(*) as n, bbox(geo_point_2d) as box, envelope(geo_point_2d) as around")[0]
    assert whole["box"] == whole["around"]
    ring = [[4.3525, 50.8467], [4.38, 50.8467], [4.38, 50.87], [4.3525, 50.87], [4.3525, 50.8467]]
    assert whole["box"] == {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}
    asked = {"select": "count(*) as n", "order_by": "n desc"}
    near = records(group_by="geo_cluster(geo_point_2d, 14, 40) as place", **asked)
    assert [each["n"] for each in near] == [1] * 5
    assert {"lon": 4.3525, "lat": 50.8467} in [each["place"] for each in near]
    far = records(group_by="geo_cluster(geo_point_2d, 0) as place", **asked)
    assert far == [{"place": {"lon": 4.365625, "lat": 50.856675}, "n": 4}, {"place": None, "n": 1}]
    by = records(select="bbox(geo_point_2d) as box", group_by="alive, geo_cluster(geo_point_2d, 0) as place", order_by="box")
    assert len(by) == 3
    text = answer("/datasets/trees/exports/csv", select="count(*) as n, bbox(geo_point_2d) as box", group_by="geo_cluster(geo_point_2d, 0) as place")[
        1
    ]
    assert b"50.856675, 4.365625" in text
    assert b"Polygon" in text


@pytest.mark.parametrize(
    ("select", "group_by"),
    [
        ("bbox(height)", ""),
        ("envelope()", ""),
        ("bbox(geo_point_2d, 1)", ""),
        ("count(*)", "geo_cluster(geo_point_2d)"),
        ("count(*)", "geo_cluster(geo_point_2d, 99)"),
        ("count(*)", "geo_cluster(geo_point_2d, 10, 0)"),
        ("count(*)", "geo_cluster(geo_point_2d, 'far')"),
        ("count(*)", "geo_cluster(height, 10)"),
        ("count(*)", "geo_cluster(geo_point_2d, 1, 2, 3)"),
    ],
)
def test_squares_and_boxes_of_what_has_no_place_are_refused(select: str, group_by: str) -> None:
    status, said = answer("/datasets/trees/records", select=select, **({"group_by": group_by} if group_by else {}))
    assert (status, b"error_code" in said) == (400, True), said


def facet(name: str, **asked: Any) -> list[Any]:
    """Return the values of one facet of the trees."""
    (told,) = get("/datasets/trees/facets", facet=name, **asked)["facets"]
    return list(told["facets"])


def test_dates_are_a_hierarchy_of_years_months_and_days_in_the_zone_that_is_asked_for() -> None:
    assert [(each["value"], each["count"], "facets" in each) for each in facet("planted")] == [
        ("2015", 1, False), ("2010", 1, False), ("2005", 1, False), ("1999", 1, False),
    ]  # fmt: skip
    (year,) = facet("seen", refine="seen:2024")
    assert (year["name"], year["state"], year["count"]) == ("2024", "refined", 4)
    assert [(each["name"], each["value"], each["count"], each["state"]) for each in year["facets"]] == [
        ("08", "2024/08", 1, "displayed"), ("07", "2024/07", 1, "displayed"), ("05", "2024/05", 2, "displayed"),
    ]  # fmt: skip
    (year,) = facet("seen", refine="seen:2024/05")
    (month,) = year["facets"]
    assert (month["state"], [(each["value"], each["count"]) for each in month["facets"]]) == ("refined", [("2024/05/31", 1), ("2024/05/01", 1)])
    (year,) = facet("seen", refine="seen:2024/05", timezone="Europe/Brussels")
    assert [(each["value"], each["count"]) for each in year["facets"]] == [("2024/05", 1)]
    (year,) = facet("seen", refine="seen:2024/06/01", timezone="Europe/Brussels")
    assert [each["state"] for each in (year, year["facets"][0], year["facets"][0]["facets"][0])] == ["refined"] * 3
    assert [each["height"] for each in records(refine="seen:2024/06", timezone="Europe/Brussels")] == [3]


def test_a_facet_is_cut_sorted_begun_and_counted_as_if_it_were_not_refined() -> None:
    assert [each["value"] for each in facet('facet(name="species", sort="alphanum", limit=2)')] == ["100%_pur", "=Orme 'gris'"]
    assert [each["value"] for each in facet('facet(name="species", prefix="ch", sort="-alphanum")')] == ["Chêne rouge", "chene"]
    assert [(each["value"], each["state"]) for each in facet("alive", refine="alive:true")] == [("true", "refined")]
    both = [("true", 3, "refined"), ("false", 2, "displayed")]
    assert [(each["value"], each["count"], each["state"]) for each in facet('facet(name="alive", disjunctive=true)', refine="alive:true")] == both
    assert len(records(refine=["alive:true", "alive:false"])) == 5
    assert facet("alive", exclude="alive:true")[-1] == {"name": "true", "count": 0, "state": "excluded", "value": "true"}
    assert facet("seen", exclude="seen:2024/05")[-1] == {"name": "05", "count": 0, "state": "excluded", "value": "2024/05"}
    for wrong in ("facet()", "facet(nonsense)", 'facet(name="species", limit=0)', 'facet(name="species", colour="red")', "nonsense", "geo_shape"):
        assert answer("/datasets/trees/facets", facet=wrong)[0] == 400, wrong
    assert answer("/datasets/trees/facets", facet="seen", refine="seen:soon")[0] == 400


def test_a_suggestion_takes_the_beginning_of_a_word_and_forgives_one_letter() -> None:
    def found(text: str) -> list[float]:
        return [each["height"] for each in records(where=f'suggest(species, "{text}")', order_by="height")]

    assert found("rou") == found("roug") == found("ruog") == found("rogue") == found("rouxg") == found("rouh") == found("chêne ro") == [21.5]
    assert found("chen") == found("chne") == [3, 21.5]
    assert found("ouge") == found("xouge") == found("rxxg") == []


def test_a_file_may_be_a_part_a_workbook_with_labels_or_packed() -> None:
    _, body = answer("/datasets/trees/exports/xlsx", select="species, height * 2 as twice", limit=2, order_by="height")
    assert [tuple(row) for row in load_workbook(io.BytesIO(body)).active.values] == [("species", "twice"), ("chene", 6), (None, 10)]
    _, body = answer("/datasets/trees/exports/xlsx", select="alive, count(*) as n", group_by="alive", order_by="n")
    assert [tuple(row) for row in load_workbook(io.BytesIO(body)).active.values] == [("alive", "n"), (False, 2), (True, 3)]
    plain = answer("/datasets/trees/exports/csv")[1]
    assert gzip.decompress(answer("/datasets/trees/exports/csv", compressed="true")[1]) == plain
    assert len(msgspec.json.decode(gzip.decompress(answer("/datasets/trees/exports/geojson", compressed="true")[1]))["features"]) == 5
    assert answer("/datasets/trees/exports/csv", epsg=4326)[1] == plain
    assert answer("/datasets/trees/exports/csv", epsg=31370)[0] == answer("/datasets/trees/exports/shp", epsg=27700)[0] == 400


def test_files_of_shapes_hold_them_in_the_system_that_is_asked_for(tmp_path: Path) -> None:
    import pyogrio

    first = [float(each[0]) for each in transform([4.3525], [50.8467], 4326, 31370)]
    _, body = answer("/datasets/trees/exports/geojson", epsg=31370)
    told = msgspec.json.decode(body)
    assert told["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::31370"
    assert told["features"][0]["geometry"]["coordinates"] == pytest.approx(first, abs=0.01)
    assert [each["geometry"] for each in told["features"]][-1] is None
    for form, name in (("gpkg", "trees.gpkg"), ("shp", "trees.zip"), ("fgb", "trees.fgb")):
        path = tmp_path / name
        where = "species = 'Chêne rouge'" if form != "shp" else "height > 20"
        path.write_bytes(answer(f"/datasets/trees/exports/{form}", epsg=31370, where=where)[1])
        meta, _, shapes, _ = pyogrio.raw.read(path)
        assert "31370" in str(meta["crs"]) or "Lambert" in str(meta["crs"]), form
        point = shapely.from_wkb(shapes[0])
        assert [point.x, point.y] == pytest.approx(first, abs=0.01)


@pytest.mark.parametrize(("form", "parser"), [("turtle", "turtle"), ("n3", "n3"), ("rdfxml", "xml"), ("jsonld", "json-ld")])
def test_records_are_linked_data_in_every_form_with_the_same_facts(form: str, parser: str) -> None:
    status, body = answer(f"/datasets/trees/exports/{form}", order_by="height desc")
    assert status == 200
    graph = Graph().parse(data=body, format=parser)
    own = f"{BASE}{ROOT}/datasets/trees"
    first = URIRef(f"{own}/records/1.1")
    assert len(set(graph.subjects(RDF.type, URIRef(f"{own}#Record")))) == 5
    assert str(graph.value(first, URIRef(f"{own}#species"))) == "Chêne rouge"
    assert graph.value(first, URIRef(f"{own}#height")).toPython() == 21.5  # type: ignore[union-attr]
    assert graph.value(first, URIRef(f"{own}#planted")) == Literal("1999-03-01", datatype=XSD.date)
    assert graph.value(first, URIRef(f"{own}#alive")).toPython() is True  # type: ignore[union-attr]
    assert str(graph.value(first, URIRef(f"{own}#geo_point_2d"))) == "POINT (4.3525 50.8467)"
    assert str(graph.value(URIRef(f"{own}/records/1.3"), URIRef(f"{own}#species"))) == "=Orme 'gris'"
    assert graph.value(URIRef(f"{own}/records/1.5"), URIRef(f"{own}#species")) is None
    question = {"where": "height < 4", "select": "species as who, height * 2 as twice"}
    some = Graph().parse(data=answer(f"/datasets/trees/exports/{form}", **question)[1], format=parser)
    (subject,) = some.subjects(RDF.type, URIRef(f"{own}#Record"))
    assert str(subject) == f"{own}/records/1.2" and some.value(subject, URIRef(f"{own}#twice")).toPython() == 6  # type: ignore[union-attr]
    assert answer(f"/datasets/trees/exports/{form}", group_by="alive")[0] == 400
    assert len(list(Graph().parse(data=answer(f"/datasets/trees/exports/{form}", limit=2)[1], format=parser).subjects(RDF.type, None))) >= 2


def test_names_and_texts_that_would_break_linked_data_do_not() -> None:
    odd = 'n°,2nd "one",a b,a_b\n"x\ny\\""z",<b>&,\x01,]]>\n'
    tables.publish(SYSTEM, "odd", odd.encode(), Spec())
    for form, parser in (("turtle", "turtle"), ("rdfxml", "xml"), ("jsonld", "json-ld")):
        graph = Graph().parse(data=answer(f"/datasets/odd/exports/{form}")[1], format=parser)
        own = f"{BASE}{ROOT}/datasets/odd"
        told = {str(name).partition("#")[2]: str(value) for _, name, value in graph.triples((URIRef(f"{own}/records/1.1"), None, None))}
        assert told["n_"] == 'x\ny\\"z' and told["_2nd__one_"] == "<b>&" and told["a_b_2"] == "]]>"


def test_what_is_computed_under_the_name_of_a_column_is_told_as_what_it_is() -> None:
    status, body = answer("/datasets/trees/exports/turtle", select="year(planted) as planted", limit=1, order_by="height desc")
    assert status == 200 and b'"1999"^^<http://www.w3.org/2001/XMLSchema#integer>' in body
    assert answer("/datasets/trees/exports/ical", select="year(seen) as seen, species")[0] == 400


def test_the_ends_of_the_calendar_are_events_too() -> None:
    assert linked._when(date.max) == ["DTSTART;VALUE=DATE:99991231"]
    assert linked._when(date(800, 1, 1)) == ["DTSTART;VALUE=DATE:08000101", "DTEND;VALUE=DATE:08000102"]
    assert linked._when("0001-01-01T00:00:00+01:00") == ["DTSTART:00010101T000000Z"]
    assert [linked._figure(each) for each in (1.5, float("inf"), float("-inf"), float("nan"))] == ["1.5", "INF", "-INF", "NaN"]


def test_a_place_that_a_system_has_not_is_no_place_there() -> None:
    tables.publish(SYSTEM, "poles", b"a,lat,lon\n1,-90,0\n2,50,4\n", Spec())
    first, second = get("/datasets/poles/exports/geojson", epsg=3812)["features"]
    assert first["geometry"] is None and second["geometry"]["type"] == "Point"


def test_records_with_a_time_are_a_calendar() -> None:
    status, body = answer("/datasets/trees/exports/ical")
    lines = body.decode().replace("\r\n ", "").split("\r\n")
    assert status == 200 and all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert (lines[0], lines[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert lines.count("BEGIN:VEVENT") == 4, "what has no time is no event"
    assert "DTSTART:20240501T100000Z" in lines and "SUMMARY:Chêne rouge" in lines and "GEO:50.8467;4.3525" in lines
    assert any(line.startswith("DESCRIPTION:species: Chêne rouge\\nheight: 21.5") for line in lines)
    assert answer("/datasets/trees/exports/ical", select="species")[0] == 400
    tables.publish(SYSTEM, "timeless", b"a,b\nx,1\n", Spec())
    assert answer("/datasets/timeless/exports/ical")[0] == 400
    assert "ical" not in [each["rel"] for each in get("/datasets/timeless/exports")["links"]]
    tables.publish(SYSTEM, "days", b"what,day\nMarket,2026-05-01\n", Spec())
    assert b"DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260502" in answer("/datasets/days/exports/ical")[1]
