"""Readers ask, say and show; somebody reads it first; nothing of who says it is kept, and one person votes once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from starlette.testclient import TestClient

from tests.office.publishing.conftest import signed_in
from zinneke.foundations.catalogue import shelf
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.event import UseCounted, Used, listen
from zinneke.office.publishing import counting, models, store, voices
from zinneke.office.publishing.values import PostRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def trees() -> str:
    """Return the key of a public dataset."""
    catalogue.publish(SYSTEM, DatasetRow(uri="urn:trees", key="trees", title={"nl": "Bomen"}), b"name\noak\n", Spec())
    return "trees"


def text(answer: Any) -> str:
    return answer.content.decode()


def test_a_request_is_read_shown_voted_for_once_and_answered(publisher: Client, trees: str) -> None:
    visitor = Client()
    asked = {"title": "Fontaines", "text": "Pour une carte des fontaines."}
    assert visitor.post("/fr/data-requests/", asked).status_code == 302
    assert "Fontaines" not in text(visitor.get("/fr/data-requests/"))
    number = models.Post.objects.get().pk
    assert visitor.get(f"/fr/data-requests/{number}/").status_code == 404
    assert "Fontaines" in text(publisher.get("/fr/desk/"))
    publisher.post(f"/fr/data-requests/{number}/", {"do": "shown"})
    assert "Fontaines" in text(visitor.get("/fr/data-requests/"))
    for _time in range(2):
        visitor.post(f"/fr/data-requests/{number}/vote/")
    assert store.get_post(ANONYMOUS, number).votes == 1
    assert publisher.post(f"/fr/data-requests/{number}/", {"do": "answered", "answer": ""}).status_code == 422
    publisher.post(f"/fr/data-requests/{number}/", {"do": "answered", "answer": "Les voici.", "leads_to": "trees"})
    page = text(visitor.get(f"/fr/data-requests/{number}/"))
    assert "Les voici." in page
    assert "/fr/data/trees/" in page


def test_what_would_tell_of_the_asker_is_refused_and_what_was_typed_stays() -> None:
    for words in ("Write to an@example.be", "Call 02 123 45 67 89"):
        answer = Client().post("/en/data-requests/", {"title": "Fountains", "text": words})
        assert answer.status_code == 422
        assert "everybody would read" in text(answer)
        assert words in text(answer)
    fields = {field.name for field in models.Post._meta.get_fields()}
    assert not fields & {"email", "phone", "author", "address", "person"}


def test_too_much_from_one_address_is_refused() -> None:
    for number in range(voices.AN_HOUR):
        assert Client().post("/en/data-requests/", {"title": f"T{number}", "text": "x"}).status_code == 302
    assert "within an hour" in text(Client().post("/en/data-requests/", {"title": "T", "text": "x"}))


def test_a_machine_that_fills_every_field_leaves_nothing() -> None:
    Client().post("/en/data-requests/", {"title": "Buy", "text": "now", "website": "http://x.example"})
    assert not models.Post.objects.exists()


def test_discussions_and_reuses_stand_with_their_dataset_and_are_as_open_as_it(trees: str) -> None:
    store.add_post(ANONYMOUS, PostRow(kind="discussion", dataset="trees", text="One oak is missing.", language="en"))
    made = PostRow(kind="reuse", dataset="trees", title="Tree map", text="", link="https://trees.example/map", shown_as="Club", language="en")
    store.add_post(ANONYMOUS, made)
    assert "One oak" not in text(Client().get("/en/data/trees/talk/"))
    for post in store.list_waiting(SYSTEM):
        store.moderate(SYSTEM, post.number, "shown")
    assert "One oak" in text(Client().get("/en/data/trees/talk/"))
    assert "Tree map" in text(Client().get("/en/reuses/"))
    row = catalogue.get_dataset(SYSTEM, "trees")
    catalogue.set_dataset(SYSTEM, "trees", msgspec.structs.replace(row.row, level=Level.SHARED), row.etag)
    assert Client().get("/en/data/trees/talk/").status_code == 404
    assert "Tree map" not in text(Client().get("/en/reuses/"))
    assert "web address" in text(signed_in("a@b.test").post("/en/data/trees/talk/", {"kind": "reuse", "title": "x", "link": "javascript:alert(1)"}))


def test_what_is_downloaded_much_is_found_first() -> None:
    for key in ("a", "b", "c"):
        catalogue.publish(SYSTEM, DatasetRow(uri=f"urn:{key}", key=key, title={"nl": "Bomen"}), b"name\noak\n", Spec(name="t.csv"))
    last = catalogue.search(ANONYMOUS, "bomen", "nl").hits[-1].key
    for _time in range(30):
        counting.note(Used("download", last))
    counting.flush(datetime.now(UTC))
    listen(UseCounted, shelf.take_use)
    counting.tell(datetime.now(UTC))
    assert catalogue.search(ANONYMOUS, "bomen", "nl").hits[0].key == last
    counting.tell(datetime.now(UTC) + timedelta(days=40))
    assert catalogue.search(ANONYMOUS, "bomen", "nl").hits[-1].key == last


def test_uses_are_counted_as_numbers_a_day_and_shown(trees: str) -> None:
    for _time in range(3):
        counting.note(Used("download", "trees"))
    counting.note(Used("search"))
    counting.flush(datetime.now(UTC))
    counting.flush(datetime.now(UTC))
    usage = store.get_usage(ANONYMOUS)
    assert (usage.downloads, usage.searches, usage.most) == (3, 1, (("trees", 3),))
    page = text(Client().get("/en/statistics/"))
    assert "Bomen" in page


def test_a_file_that_is_fetched_counts_as_a_download_whichever_door_it_leaves_by_and_what_the_platform_reads_for_itself_does_not(
    trees: str, transactional_db: None
) -> None:
    from zinneke.asgi.house import build

    client = TestClient(build())
    listen(Used, counting.note)
    doors = (
        "/api/tables/trees/export/csv",
        "/api/explore/v2.1/catalog/datasets/trees/exports/json",
        "/api/explore/v2.1/catalog/datasets/trees/exports/parquet",
        "/datastore/dump/trees.csv",
    )
    for door in doors:
        assert client.get(door).status_code == 200, door
    first = client.get(doors[0])
    assert client.get(doors[0], headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert tables.export(SYSTEM, "trees", "parquet")
    counting.flush(datetime.now(UTC))
    assert store.get_usage(ANONYMOUS).downloads == len(doors) + 1
