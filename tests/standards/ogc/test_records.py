"""Records are found by words, place, time, type and identifier, each part of the question holding, and `next` leads through all of them once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.standards.ogc.conftest import get
from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.kernel.confidentiality import SYSTEM, Level

pytestmark = pytest.mark.django_db
ITEMS = "/ogc/collections/catalogue/items"


@pytest.fixture(autouse=True)
def _some() -> None:
    store.set_datasets(
        SYSTEM,
        [
            DatasetRow(uri="e:1", key="trees", title={"en": "Trees"}, box=(4.31, 50.81, 4.33, 50.83), modified=datetime(2024, 5, 1, tzinfo=UTC)),
            DatasetRow(uri="e:2", key="benches", title={"en": "Benches"}, box=(4.41, 50.81, 4.43, 50.83), modified=datetime(2025, 5, 1, tzinfo=UTC)),
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
