"""Records are found by words, place, time, type and identifier, each part of the question holding, and `next` leads through all of them once."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from tests.standards.ogc.conftest import get
from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import DatasetRow, Publisher
from zinneke.kernel.confidentiality import SYSTEM, Level

pytestmark = pytest.mark.django_db
ITEMS = "/ogc/collections/catalogue/items"


@pytest.fixture(autouse=True)
def _some() -> None:
    store.set_datasets(
        SYSTEM,
        [
            DatasetRow(
                uri="e:1",
                key="trees",
                title={"en": "Trees", "fr": "Érables d’ici"},
                keywords={"en": ("bark", "leaf")},
                themes=("ENVI",),
                licence="cc0",
                publisher=Publisher(key="parks", name={"en": "Parks of the city"}),
                box=(4.31, 50.81, 4.33, 50.83),
                modified=datetime(2024, 5, 1, tzinfo=UTC),
            ),
            DatasetRow(
                uri="e:2",
                key="benches",
                title={"en": "Benches"},
                keywords={"en": ("bark",)},
                themes=("TRAN",),
                box=(4.41, 50.81, 4.43, 50.83),
                modified=datetime(2025, 5, 1, tzinfo=UTC),
            ),
            DatasetRow(uri="e:3", key="budget", title={"en": "Budget"}),
            DatasetRow(uri="e:4", key="files", title={"en": "Trees under inquiry"}, box=(4.31, 50.81, 4.33, 50.83), level=Level.SHARED),
        ],
        "test",
    )


def keys(question: str) -> list[str]:
    answer = get(f"{ITEMS}?{question}")
    assert answer.status == 200, answer.body
    return sorted(each["id"] for each in answer.json["features"])


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("bbox=4.3,50.8,4.35,50.85", ["trees"]),
        ("bbox=50.8,4.3,50.85,4.35&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326", ["trees"]),
        ("bbox=4.3,50.8,4.5,50.85", ["benches", "trees"]),
        ("bbox=4.3,50.8,4.5,50.85&datetime=2025-01-01/..", ["benches"]),
        ("datetime=../2024-12-31", ["trees"]),
        ("q=trees", ["trees"]),
        ("q=trees&bbox=4.4,50.8,4.5,50.85", []),
        ("type=dataset", ["benches", "budget", "trees"]),
        ("type=service", []),
    ],
)
def test_each_part_of_the_question_holds(question: str, found: list[str]) -> None:
    assert keys(question) == found


def test_a_record_says_where_its_data_lie() -> None:
    assert get(f"{ITEMS}/trees").json["geometry"]["coordinates"][0][0] == [4.31, 50.81]
    assert get(f"{ITEMS}/budget").json["geometry"] is None


@pytest.mark.parametrize("question", ["limit=1", "limit=1&bbox=4.3,50.8,4.5,50.85"])
def test_next_leads_through_all_of_them_once(question: str) -> None:
    seen, address = [], f"{ITEMS}?{question}"
    while address:
        page = get(address).json
        seen += [each["id"] for each in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert sorted(seen) == keys(question.replace("limit=1", "limit=100")) and len(seen) == page["numberMatched"]


@pytest.mark.parametrize("question", ["bbox=1,2,3", "bbox=5,50,4,51", "datetime=yesterday", "bbox=4,50,5,51&after=x"])
def test_what_cannot_be_understood_is_told(question: str) -> None:
    assert get(f"{ITEMS}?{question}").status == 400


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("title = 'Trees'", ["trees"]),
        ("title LIKE '%e%s'", ["benches", "trees"]),
        ("CASEI(title) LIKE CASEI('BENCH%')", ["benches"]),
        ("ACCENTI(CASEI(title)) LIKE ACCENTI(CASEI('erables%'))", ["trees"]),
        ("title LIKE '100\\%'", []),
        ("NOT title LIKE '%e%s'", ["budget"]),
        ("type LIKE 'data%'", ["benches", "budget", "trees"]),
        ("CASEI(type) LIKE CASEI('DATA_ET')", ["benches", "budget", "trees"]),
        ("type LIKE 'DATA%'", []),
        ("keywords = 'bark'", ["benches", "trees"]),
        ("A_CONTAINS(keywords, ('bark', 'leaf'))", ["trees"]),
        ("A_CONTAINEDBY(keywords, ('bark'))", ["benches", "budget"]),
        ("A_CONTAINEDBY(('bark'), keywords)", ["benches", "trees"]),
        ("A_EQUALS(keywords, ('leaf', 'bark'))", ["trees"]),
        ("A_OVERLAPS(keywords, ('leaf', 'stone'))", ["trees"]),
        ("NOT A_OVERLAPS(keywords, ('leaf'))", ["benches", "budget"]),
        ("themes IN ('ENVI', 'ECON')", ["trees"]),
        ("themes = 'Transport'", ["benches"]),
        ("themes <> 'ENVI'", ["benches"]),
        ("themes IS NULL", ["budget"]),
        ("license = 'cc0' AND publisher = 'Parks of the city'", ["trees"]),
        ("updated > TIMESTAMP('2024-12-31T00:00:00Z')", ["benches"]),
        ("updated = DATE('2024-05-01')", ["trees"]),
        ("updated BETWEEN DATE('2024-01-01') AND DATE('2024-12-31')", ["trees"]),
        ("NOT updated > DATE('2024-12-31')", ["trees"]),
        ("T_DURING(updated, INTERVAL('2025-01-01', '..'))", ["benches"]),
        ("updated IS NOT NULL", ["benches", "trees"]),
        ("S_INTERSECTS(geometry, BBOX(4.3, 50.8, 4.35, 50.85))", ["trees"]),
        ("NOT S_INTERSECTS(geometry, BBOX(4.3, 50.8, 4.35, 50.85))", ["benches"]),
        ("S_WITHIN(geometry, BBOX(4.4, 50.8, 4.5, 50.85)) OR id = 'budget'", ["benches", "budget"]),
        ("quality >= 0 AND quality < 101", ["benches", "budget", "trees"]),
        ("quality > 100", []),
        ("type = 'dataset' AND id LIKE 'b%'", ["benches", "budget"]),
        ("type <> 'dataset'", []),
        ("TRUE", ["benches", "budget", "trees"]),
        ('{"op": "and", "args": [{"op": "=", "args": [{"property": "keywords"}, "bark"]}, '
         '{"op": "a_contains", "args": [{"property": "keywords"}, ["leaf"]]}]}', ["trees"]),
    ],
)  # fmt: skip
def test_records_answer_a_filter_in_cql2_and_what_may_not_be_seen_is_in_no_answer(condition: str, found: list[str]) -> None:
    assert keys(f"filter={quote(condition)}") == found


@pytest.mark.parametrize(
    "condition",
    ["depth = 3", "title > 'a'", "quality + 1 = 2 * quality", "S_DWITHIN(geometry, POINT(4 50), 3, 'm')", "A_CONTAINS(title, ('a'))",
     "A_CONTAINS(keywords)", "updated LIKE '2024%'", "id LIKE 'a\\%'", "title = 3", " OR ".join(f"title LIKE '%{n}%'" for n in range(30))],
)  # fmt: skip
def test_a_condition_that_records_cannot_answer_is_refused(condition: str) -> None:
    assert get(f"{ITEMS}?filter={quote(condition)}").status == 400


def test_records_are_sorted_named_by_their_properties_and_say_what_they_may_be_asked() -> None:
    def order(by: str) -> list[str]:
        return [each["id"] for each in get(f"{ITEMS}?sortby={by}").json["features"]]

    assert order("title") == ["benches", "budget", "trees"]
    assert order("-title")[0] == "trees"
    assert order("-updated")[0] == "benches"
    assert order("id") == ["benches", "budget", "trees"]
    assert get(f"{ITEMS}?sortby=depth").status == 400
    page = get(f"{ITEMS}?sortby=title&limit=2").json
    assert [each["id"] for each in get(next(link["href"] for link in page["links"] if link["rel"] == "next")).json["features"]] == ["trees"]
    assert keys("keywords=bark&themes=ENVI") == ["trees"]
    assert keys("ids=trees,budget&sortby=title") == ["budget", "trees"]
    asked = get("/ogc/collections/catalogue/queryables").json["properties"]
    assert asked["keywords"]["type"] == "array" and asked["updated"]["format"] == "date-time" and "geometry" in asked
    assert set(get("/ogc/collections/catalogue/sortables").json["properties"]) == {"title", "updated", "created", "id", "quality"}
