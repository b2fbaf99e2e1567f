"""The catalogue in Explore: asked with AND, OR and NOT, narrowed and counted, in the forms that its clients take; what is closed is in none."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import msgspec
import pytest

from tests.standards.explore.conftest import BASE, answer, get, records
from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Publisher
from zinneke.kernel.confidentiality import SYSTEM, Level

pytestmark = pytest.mark.django_db
CITY, JETTE = Publisher("city", {"fr": "Ville de Bruxelles", "en": "City of Brussels"}), Publisher("jette", {"fr": "Jette"})
CSV = (Distribution(format="csv", url="https://example.org/a.csv"),)


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    rows = [
        DatasetRow(uri="urn:air", key="air", title={"en": "Air quality"}, publisher=CITY, themes=("ENVI",), distributions=CSV, licence="cc0",
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
        ({"where": 'search("qualite de l air")'}, ["air"]),
        ({"where": 'search("quolity")'}, ["air"]),
        ({"where": "modified >= date'2024-02-01'"}, ["bomen"]),
        ({"where": "modified < '2025'"}, ["air"]),
        ({"where": "modified = date'2024-01-31'"}, ["air"]),
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


@pytest.mark.parametrize(
    "asked",
    [
        {"exclude": "nothing"}, {"exclude": "level:shared"}, {"where": "nonsense = 1"}, {"where": "theme > 'A'"}, {"where": "modified = 3"},
        {"where": "records_count > 5"}, {"where": "search(nonsense, 'x')"}, {"where": "(" * 60 + "1" + ")" * 60}, {"group_by": "title"},
        {"group_by": "theme, publisher"}, {"group_by": "theme", "select": "title"}, {"group_by": "theme", "order_by": "title"},
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
