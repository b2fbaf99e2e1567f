"""The catalogue in Explore: asked with AND, OR and NOT, narrowed and counted, in the forms that its clients take; what is closed is in none."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from statistics import pstdev
from xml.etree import ElementTree

import msgspec
import pytest
from openpyxl import load_workbook

from tests.standards.explore.conftest import BASE, answer, get, records
from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Publisher
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level

pytestmark = pytest.mark.django_db
CITY, JETTE = Publisher("city", {"fr": "Ville de Bruxelles", "en": "City of Brussels"}), Publisher("jette", {"fr": "Jette"})
CSV = (Distribution(format="csv", url="https://example.org/a.csv"),)


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    rows = [
        DatasetRow(uri="urn:air", key="air", title={"en": "Air quality"}, publisher=CITY, themes=("ENVI",), distributions=CSV, licence="cc0",
                   box=(4.3, 50.8, 4.4, 50.9),
                   modified=datetime(2024, 1, 31, 12, tzinfo=UTC)),
        DatasetRow(uri="urn:trees", key="bomen", title={"en": "Street trees"}, publisher=JETTE, themes=("ENVI",), distributions=CSV,
                   keywords={"en": ("oak", "lime")}, modified=datetime(2025, 1, 31, tzinfo=UTC)),
        DatasetRow(uri="urn:parking", key="parking", title={"en": "Car parks & <lots>"}, publisher=CITY, themes=("TRAN",), licence="cc0"),
        DatasetRow(uri="urn:closed", key="closed", title={"en": "Zygotenregister"}, publisher=JETTE, level=Level.SHARED),
    ]  # fmt: skip
    store.set_datasets(SYSTEM, rows, "test")


def keys(**asked: object) -> list[str]:
    return sorted(each["dataset_id"] for each in get("/datasets", **asked)["results"])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["air", "bomen", "parking"]),
        ({"exclude": "theme:ENVI"}, ["parking"]),
        ({"exclude": ["publisher:City of Brussels"]}, ["bomen"]),
        ({"refine": "license:cc0", "exclude": "theme:Environment"}, ["parking"]),
        ({"where": "theme = 'ENVI' and not publisher = 'Jette'"}, ["air"]),
        ({"where": 'search("trees") or dataset_id = "parking"'}, ["bomen", "parking"]),
        ({"where": "publisher in ('Jette', 'nobody')"}, ["bomen"]),
        ({"where": "publisher != 'Jette'"}, ["air", "parking"]),
        ({"where": "keyword = 'oak'"}, ["bomen"]),
        ({"where": 'search(title, "trees")'}, ["bomen"]),
        ({"where": 'suggest(title, "tre")'}, ["bomen"]),
        ({"where": 'suggest(title, "tere")'}, ["bomen"]),
        ({"where": 'startswith(title, "tere")'}, []),
        ({"where": 'startswith(title, "tre")'}, ["bomen"]),
        ({"where": 'suggest("strete tre")'}, ["bomen"]),
        ({"where": 'suggest("parkigs")'}, ["parking"]),
        ({"where": 'suggest("quailt")'}, ["air"]),
        ({"where": 'suggest(title, "zygotne")'}, []),
        ({"refine": "modified:2024"}, ["air"]),
        ({"refine": "modified:2024/01/31"}, ["air"]),
        ({"refine": "modified:2025/01/31", "timezone": "America/New_York"}, []),
        ({"refine": "modified:2025/01/30", "timezone": "America/New_York"}, ["bomen"]),
        ({"exclude": "modified:2024/01"}, ["bomen", "parking"]),
        ({"where": "modified is null"}, ["parking"]),
        ({"where": "keyword is not null"}, ["bomen"]),
        ({"where": "has_records"}, []),
        ({"where": "data_quality >= 0 and data_quality < 100.5"}, ["air", "bomen", "parking"]),
        ({"where": "data_quality in [101..200]"}, []),
        ({"where": "in_bbox(bbox, 50.85, 4.35, 50.95, 4.45)"}, ["air"]),
        ({"where": "in_bbox(bbox, 51, 5, 52, 6)"}, []),
        ({"where": "within(bbox, geom'POLYGON((4 50,5 50,5 51,4 51,4 50))')"}, ["air"]),
        ({"where": "disjoint(bbox, geom'POINT(3 51)')"}, ["air"]),
        ({"where": "within_distance(bbox, geom'POINT(4.5 50.85)', 8km)"}, ["air"]),
        ({"where": "within_distance(bbox, geom'POINT(4.5 50.85)', 6km)"}, []),
        ({"where": "has_records = false and theme = 'TRAN'"}, ["parking"]),
        ({"where": "metadata_processed < date'2020'"}, []),
        ({"where": 'search("qualite de l air")'}, ["air"]),
        ({"where": 'search("quolity")'}, ["air"]),
        ({"where": "modified >= date'2024-02-01'"}, ["bomen"]),
        ({"where": "modified < '2025'"}, ["air"]),
        ({"where": "modified = date'2024-01-31'"}, ["air"]),
        ({"where": "modified <= date'9999-12-31'"}, ["air", "bomen"]),
        ({"where": "modified > date'9999-12-31'"}, []),
        ({"where": "modified > '9999-12-31T23:59:59.5Z'"}, []),
        ({"where": "modified < date'0001-01-01'", "timezone": "Asia/Tokyo"}, []),
        ({"refine": "modified:9999"}, []),
        ({"refine": "modified:9999/12/31"}, []),
        ({"where": "records_count > 0"}, []),
        ({"where": 'search("zygotenregister")'}, []),
    ],
)
def test_the_catalogue_answers_conditions(asked: dict[str, object], expected: list[str]) -> None:
    assert keys(**asked) == expected


def test_it_is_ordered_both_ways_and_paged() -> None:
    found = [each["dataset_id"] for each in get("/datasets", order_by="title desc", limit=2)["results"]]
    assert found == ["bomen", "parking"]
    assert [each["dataset_id"] for each in get("/datasets", order_by="title", offset=2)["results"]] == ["bomen"]
    assert [each["dataset_id"] for each in get("/datasets", order_by="modified desc")["results"]][:2] == ["bomen", "air"]


def test_datasets_are_counted_in_groups() -> None:
    found = get("/datasets", select="publisher, count(*) as n", group_by="publisher", order_by="n desc", lang="en")
    assert found == {"total_count": 2, "results": [{"publisher": "City of Brussels", "n": 2}, {"publisher": "Jette", "n": 1}]}
    assert get("/datasets", group_by="theme", exclude="theme:TRAN", lang="en", limit=1)["results"] == [{"theme": "Environment"}]


def test_groups_have_several_keys_moments_and_figures_and_hold_what_has_no_value() -> None:
    found = get("/datasets", select="theme, publisher, count(*) as n", group_by="theme, publisher", order_by="theme, publisher", lang="en")
    assert [tuple(each.values()) for each in found["results"]] == [
        ("Environment", "City of Brussels", 1), ("Environment", "Jette", 1), ("Transport", "City of Brussels", 1),
    ]  # fmt: skip
    found = get("/datasets", select="count(*) as n, max(modified) as last", group_by="year(modified) as y", order_by="y desc")["results"]
    assert found == [
        {"y": None, "n": 1, "last": None},
        {"y": 2025, "n": 1, "last": "2025-01-31T00:00:00+00:00"},
        {"y": 2024, "n": 1, "last": "2024-01-31T12:00:00+00:00"},
    ]
    found = get("/datasets", select="keyword, count(*) as n", group_by="keyword", order_by="n desc, keyword")["results"]
    assert found == [{"keyword": None, "n": 2}, {"keyword": "lime", "n": 1}, {"keyword": "oak", "n": 1}]
    whole = get("/datasets", select="count(*) as n, count(modified) as dated, count(distinct publisher) as publishers, count(*) * 2 as twice")
    assert whole == {"total_count": 1, "results": [{"n": 3, "dated": 2, "publishers": 2, "twice": 6}]}
    assert get("/datasets", select="count(*) as n", where='dataset_id = "nothing"')["results"] == [{"n": 0}]
    (quality,) = get("/datasets", select="min(data_quality) as low, max(data_quality) as high, avg(data_quality) as mean, sum(data_quality) as s")[
        "results"
    ]
    assert quality["low"] <= quality["mean"] <= quality["high"] and quality["s"] == pytest.approx(3 * quality["mean"])


def test_fields_of_a_dataset_are_selected_renamed_and_computed() -> None:
    air = get(
        "/datasets", where='dataset_id = "air"', select="dataset_id, default.title as name, length(title) + 1 as n, year(modified) as y", lang="en"
    )
    assert air["results"] == [{"dataset_id": "air", "name": "Air quality", "n": 12, "y": 2024}]
    (one,) = get("/datasets", where='dataset_id = "air"', select="include(lic*), fields")["results"]
    assert set(one) == {"license", "license_url", "fields"} and one["fields"] == []
    (one,) = get("/datasets", where='dataset_id = "air"', select="exclude(metas), exclude(fields)", lang="en")["results"]
    assert one["title"] == "Air quality" and not {"metas", "fields"} & set(one)
    assert get("/datasets/air", select="title, dcat.dataquality", lang="en").keys() == {"title", "dataquality"}
    assert get("/datasets/parking", select="year(modified) as y") == {"y": None}


def test_moments_are_a_hierarchy_of_facets() -> None:
    (told,) = get("/facets", facet="modified", refine="modified:2024/01")["facets"]
    (year,) = told["facets"]
    (month,) = year["facets"]
    assert (year["value"], year["state"], month["value"], month["state"]) == ("2024", "refined", "2024/01", "refined")
    assert month["facets"] == [{"name": "31", "count": 1, "state": "displayed", "value": "2024/01/31"}]
    (told,) = get("/facets", facet='facet(name="modified", disjunctive=true)', refine="modified:2024")["facets"]
    assert [(each["value"], each["state"]) for each in told["facets"]] == [("2025", "displayed"), ("2024", "refined")]
    (told,) = get("/facets", facet="theme", exclude="theme:TRAN", lang="en")["facets"]
    assert [(each["name"], each["count"], each["state"]) for each in told["facets"]] == [("Environment", 2, "displayed"), ("TRAN", 0, "excluded")]


def test_facets_name_what_is_refined_and_leave_out_what_is_excluded() -> None:
    told = {each["name"]: each["facets"] for each in get("/facets", refine="publisher:Jette", lang="en")["facets"]}
    assert told["publisher"] == [{"name": "Jette", "count": 1, "state": "refined", "value": "jette"}]
    assert {each["name"] for each in told["keyword"]} == {"oak", "lime"}


def test_it_is_exported_as_rss_and_leads_to_its_linked_data() -> None:
    status, body = answer("/exports/rss", lang="en", where="theme = 'TRAN'")
    (item,) = ElementTree.fromstring(body).iter("item")
    assert (status, item.findtext("title"), item.findtext("link")) == (200, "Car parks & <lots>", f"{BASE}/datasets/parking")
    assert b"Zygoten" not in answer("/exports/rss")[1]
    assert answer("/exports/ttl")[0] == answer("/exports/dcat")[0] == 303
    assert answer("/exports/ttl", where="theme = 'TRAN'")[0] == 400
    listed = msgspec.json.decode(answer("/exports/json", exclude="theme:ENVI")[1])
    assert [each["dataset_id"] for each in listed] == ["parking"]


def test_every_form_that_is_listed_is_given() -> None:
    for link in get("/exports")["links"]:
        if link["rel"] != "self":
            assert answer(f"/exports/{link['rel']}")[0] in (200, 303), link


def test_it_is_exported_as_tables_and_as_the_inventory_of_data_json() -> None:
    _, body = answer("/exports/csv", select="dataset_id, keyword", order_by="dataset_id", list_separator="|", delimiter=",")
    assert body == b"\xef\xbb\xbfdataset_id,keyword\r\nair,\r\nbomen,oak|lime\r\nparking,\r\n"
    _, body = answer("/exports/csv", with_bom="false", limit=1, lang="en")
    assert body.startswith(b"dataset_id;title;") and len(body.splitlines()) == 2
    _, body = answer("/exports/csv", select="theme, count(*) as n", group_by="theme", with_bom="false", lang="en")
    assert body == b"theme;n\r\nEnvironment;2\r\nTransport;1\r\n"
    sheet = load_workbook(io.BytesIO(answer("/exports/xlsx", select="dataset_id", order_by="dataset_id")[1])).active
    assert [row[0] for row in sheet.values] == ["dataset_id", "air", "bomen", "parking"]
    told = msgspec.json.decode(answer("/exports/data.json", lang="en")[1])
    assert told["conformsTo"].endswith("v1.1/schema") and len(told["dataset"]) == 3
    air = next(each for each in told["dataset"] if each["title"] == "Air quality")
    assert (air["accessLevel"], air["publisher"]["name"], air["distribution"][0]["accessURL"]) == ("public", "City of Brussels", CSV[0].url)
    assert answer("/exports/rss", group_by="theme")[0] == 400
    assert [answer("/exports/json", **each)[0] for each in ({"offset": -1}, {"limit": -2})] == [400, 400]
    assert len(msgspec.json.decode(answer("/exports/json", offset=1, order_by="dataset_id")[1])) == 2
    ours = DatasetRow(
        uri="urn:ours", key="ours", title={"en": "Ours"}, distributions=(Distribution(format="csv", url="/api/tables/ours/export/csv"),)
    )
    store.set_datasets(SYSTEM, [ours], "ours")
    told = msgspec.json.decode(answer("/exports/data.json", where="dataset_id = 'ours'")[1])
    assert [each["distribution"][0]["accessURL"] for each in told["dataset"]] == [f"{BASE}/api/tables/ours/export/csv"]


@pytest.mark.parametrize(
    "asked",
    [
        {"exclude": "nothing"}, {"exclude": "level:shared"}, {"where": "nonsense = 1"}, {"where": "theme > 'A'"}, {"where": "modified = 3"},
        {"where": "records_count > 5"}, {"where": "search(nonsense, 'x')"}, {"where": "(" * 60 + "1" + ")" * 60}, {"group_by": "title"},
        {"group_by": "theme, title"}, {"group_by": "year(title)"}, {"group_by": "theme", "select": "sum(title)"}, {"select": "nonsense"},
       
        {"select": "exclude(*)"}, {"select": "year(nonsense)"}, {"refine": "modified:soon"},
        {"refine": "modified:20245"}, {"refine": "modified:2024/05/311"}, {"where": "title is null"},
        {"group_by": "theme", "select": "title"}, {"group_by": "theme", "order_by": "title"},
        {"order_by": "nonsense"}, {"where": "modified > date'soon'"}, {"where": " or ".join(["'a'"] * 500)},
    ],
)  # fmt: skip
def test_what_means_nothing_is_said_so(asked: dict[str, str]) -> None:
    status, body = answer("/datasets", **asked)
    assert status == 400, body
    assert b"error_code" in body


@pytest.mark.usefixtures("trees")
def test_a_search_of_records_forgives_one_letter() -> None:
    def found(word: str) -> list[float]:
        return [each["height"] for each in records(where=f'search(species, "{word}")', order_by="height")]

    assert found("rouge") == found("ruoge") == found("roug") == found("rougee") == found("rauge") == [21.5]
    assert found("rxxge") == []


def test_what_is_computed_of_a_dataset_is_computed_of_numbers() -> None:
    asked = "title * 1000000000000 as a, keyword * 1000000000000 as b, title + 'x' as c, records_count + 2 as d, 9999999999 * 9999999999 as e"
    for each in get("/datasets", select=asked)["results"]:
        assert each == {"a": None, "b": None, "c": None, "d": 2, "e": 9.999999998e19}


def test_a_facet_that_is_counted_as_if_not_refined_forgives_the_same_letters() -> None:
    asked = {"facet": 'facet(name="theme", disjunctive=true)', "refine": "theme:ENVI", "where": 'search("quolity")'}
    (facet,) = get("/facets", **asked)["facets"]
    assert [(each["value"], each["count"]) for each in facet["facets"]] == [("ENVI", 1)]


def test_qualities_are_counted_in_steps_and_told_by_percentiles() -> None:
    found = get("/datasets", select="count(*) as n, min(data_quality) as low", group_by="range(data_quality, 50) as step", order_by="step")["results"]
    assert sum(each["n"] for each in found) == 3
    assert all(each["step"] in ("[0, 50[", "[50, 100[") and int(each["step"][1:].partition(",")[0]) <= each["low"] for each in found)
    asked = "median(data_quality) as m, percentile(data_quality, 50) as p, stddev(data_quality) as s, avg(data_quality) as a"
    figures = get("/datasets", select=asked)
    (one,) = figures["results"]
    qualities = sorted(each.quality for each in store.list_datasets(ANONYMOUS)[0])
    assert one["m"] == one["p"] == qualities[1]
    assert one["s"] == pytest.approx(pstdev(qualities)) and one["a"] == pytest.approx(sum(qualities) / 3)
    for wrong in ("range(title, 5)", "range(data_quality, 0)", "range(data_quality)"):
        assert answer("/datasets", group_by=wrong)[0] == 400, wrong
    for wrong in ("percentile(data_quality, 101)", "percentile(data_quality)", "median(title)"):
        assert answer("/datasets", select=wrong)[0] == 400, wrong
    assert answer("/datasets", where="within_distance(bbox, geom'POINT EMPTY', 1km)")[0] == 400
    assert answer("/datasets", where="in_bbox(title, 1, 2, 3, 4)")[0] == answer("/datasets", where="data_quality > 'a'")[0] == 400
