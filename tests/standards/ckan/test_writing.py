"""What a client written for CKAN writes: packages, resources and rows, what stays closed, and how it is told that something is refused."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from ckanapi import NotAuthorized, NotFound, RemoteCKAN, ValidationError
from starlette.testclient import TestClient

from tests.standards.ckan.conftest import Bridge
from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import DatasetRow, Distribution
from zinneke.foundations.identity import store as identity
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.merging import Change
from zinneke.foundations.tables.numbered import Slice
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.problem import Problem
from zinneke.standards.ckan.actions import ACTIONS

BINS = [{"bin": "a1", "fill": 10, "emptied": "2026-11-01"}, {"bin": "a2", "fill": 20, "emptied": "2026-11-02"}]


@pytest.fixture
def editor(machine: TestClient) -> RemoteCKAN:
    """Return the real client, with the token of somebody who may edit."""
    identity.add_person(SYSTEM, "ann@brussels.test", "Ann")
    identity.grant_role(SYSTEM, "ann@brussels.test", "administrator", "", "*")
    token = identity.add_token(SYSTEM, "ann@brussels.test", "her laptop", ["see:*", "edit:*"])
    return RemoteCKAN("http://testserver", apikey=token, session=Bridge(machine))


def upload(name: str, text: str) -> io.BytesIO:
    file = io.BytesIO(text.encode())
    file.name = name
    return file


def bins(editor: RemoteCKAN, **more: Any) -> Any:
    editor.action.package_create(name="bins", title="Bins")
    return editor.action.datastore_create(resource={"package_id": "bins"}, records=BINS, primary_key="bin", **more)


def rows_of(ckan: RemoteCKAN, name: str = "bins.csv") -> list[list[Any]]:
    found = ckan.action.datastore_search(resource_id=name, sort="_id")
    return [[value for name, value in record.items() if name != "_id"] for record in found["records"]]


def test_a_package_is_created_public_patched_updated_and_withdrawn(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    made = editor.action.package_create(
        name="benches",
        title="Benches",
        notes="Where to sit.",
        tags=[{"name": "seat"}],
        groups=[{"name": "tran"}],
        license_id="cc0",
        owner_org="brussels-mobility",
        extras=[{"key": "frequency", "value": "annual"}],
        resources=[{"url": "https://example.org/benches.csv", "format": "CSV", "name": "All"}],
    )
    assert (made["state"], made["organization"]["title"], made["resources"][0]["format"]) == ("active", "Bruxelles Mobilité", "CSV")
    assert ckan.action.package_show(id="benches")["notes"] == "Where to sit."
    patched = editor.action.package_patch(id="benches", title="Public benches")
    assert (patched["title"], patched["notes"], len(patched["resources"])) == ("Public benches", "Where to sit.", 1)
    shown = editor.action.package_show(id="benches")
    assert editor.action.package_update(**shown)["resources"][0]["name_translated"] == {"en": "All"}
    emptied = editor.action.package_update(id="benches", title="Benches")
    assert (emptied["resources"], emptied["notes"], emptied["tags"], emptied["owner_org"]) == ([], "", [], None)
    editor.action.package_delete(id="benches")
    assert ckan.action.package_show(id="benches")["state"] == "deleted"
    assert "benches" not in ckan.action.package_list()


def test_a_private_package_is_a_draft_until_it_is_said_to_be_public(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    assert editor.action.package_create(name="later", title="Later", private=True)["state"] == "draft"
    with pytest.raises(NotFound):
        ckan.action.package_show(id="later")
    assert editor.action.package_patch(id="later", notes="More")["state"] == "draft"
    assert editor.action.package_patch(id="later", private=False)["state"] == "active"
    assert ckan.action.package_show(id="later")["notes"] == "More"
    with pytest.raises(ValidationError):
        editor.action.package_patch(id="later", private=True)
    editor.action.package_create(name="never", title="Never", private=True)
    editor.action.package_delete(id="never")
    with pytest.raises(NotFound):
        editor.action.package_show(id="never")


def test_notes_that_are_only_translated_are_told_to_every_reader_and_other_languages_passed_over(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    translated = {"nl": "Waar men zit.", "fr": "", "lb": "Wou ee sëtzt."}
    made = editor.action.package_create(name="benches", title="Benches", notes="", notes_translated=translated)
    assert (made["notes"], made["notes_translated"]) == ("Waar men zit.", {"nl": "Waar men zit."})
    assert ckan.action.package_search(q="name:benches")["results"][0]["notes"] == "Waar men zit."


def test_two_resources_with_one_address_have_ids_of_their_own_and_are_changed_apart(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    address = "https://example.org/benches"
    listed = [{"url": address, "format": form, "name": name} for form, name in (("CSV", "All"), ("JSON", "All"), ("JSON", "All"))]
    first, second, third = editor.action.package_create(name="benches", title="Benches", resources=listed)["resources"]
    assert len({first["id"], second["id"], third["id"]}) == 3
    assert ckan.action.resource_show(id=second["id"])["format"] == "JSON"
    editor.action.resource_patch(id=second["id"], name="Some")
    shown = ckan.action.package_show(id="benches")["resources"]
    assert [each["name"] for each in shown] == ["All", "Some", "All"] and shown[0]["id"] == first["id"]
    editor.action.resource_delete(id=shown[1]["id"])
    assert [each["format"] for each in ckan.action.package_show(id="benches")["resources"]] == ["CSV", "JSON"]


def test_a_package_goes_to_another_organisation_and_its_resources_into_another_order(editor: RemoteCKAN) -> None:
    listed = [{"url": f"https://example.org/{name}.csv", "name": name} for name in "abc"]
    made = editor.action.package_create(name="benches", title="Benches", resources=listed)
    assert editor.action.package_owner_org_update(id="benches", organization_id="brussels-mobility") is None
    assert editor.action.package_show(id="benches")["owner_org"] == "brussels-mobility"
    ids = [each["id"] for each in made["resources"]]
    assert editor.action.package_resource_reorder(id="benches", order=[ids[2]])["order"] == [ids[2], ids[0], ids[1]]
    assert [each["name"] for each in editor.action.package_show(id="benches")["resources"]] == ["c", "a", "b"]
    with pytest.raises(ValidationError):
        editor.action.package_resource_reorder(id="benches", order=["nonsense"])
    bins(editor)
    editor.action.datastore_records_delete(resource_id="bins.csv", filters={"bin": "a1"})
    assert [row[0] for row in rows_of(editor)] == ["a2"]
    assert [each["name"] for each in editor.action.user_list()] == [editor.action.user_show()["name"]]


def test_a_file_sent_along_becomes_rows_and_the_next_one_their_next_version(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    editor.action.package_create(name="counts", title="Counts")
    made = editor.action.resource_create(package_id="counts", name="Counts", upload=upload("counts.csv", "place,count\nA,1\nB,2\n"))
    assert (made["id"], made["datastore_active"]) == ("counts.csv", True)
    assert rows_of(ckan, "counts.csv") == [["A", 1], ["B", 2]]
    assert made["remarks"] == []
    told = editor.action.resource_update(id="counts.csv", upload=upload("counts.csv", "place,count\nA,5\nB\n"))["remarks"]
    assert told == ["counts.csv: row 3 (byte 17): has fewer cells than the header: 1 instead of 2; the row was set aside"]
    assert rows_of(ckan, "counts.csv") == [["A", 5]]
    with pytest.raises(ValidationError):
        editor.action.resource_delete(id="counts.csv")


def test_a_resource_elsewhere_is_added_changed_and_taken_away(editor: RemoteCKAN) -> None:
    editor.action.package_create(name="links", title="Links")
    made = editor.action.resource_create(package_id="links", url="https://example.org/a.json", format="JSON", name="A")
    changed = editor.action.resource_patch(id=made["id"], name="B")
    assert (changed["name"], changed["url"], changed["format"]) == ("B", made["url"], "JSON")
    moved = editor.action.resource_update(id=made["id"], url="https://example.org/b.csv", format="CSV")
    editor.action.resource_delete(id=moved["id"])
    assert editor.action.package_show(id="links")["resources"] == []


def test_rows_are_inserted_updated_upserted_and_deleted_each_time_as_a_new_version(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    bins(editor, fields=[{"id": "bin", "type": "text"}, {"id": "fill", "type": "int"}, {"id": "emptied", "type": "date"}])
    upsert = editor.action.datastore_upsert
    upsert(resource_id="bins.csv", records=[{"bin": "a2", "fill": 25}, {"bin": "a3", "fill": 30}])
    assert rows_of(ckan) == [["a1", 10, "2026-11-01"], ["a2", 25, "2026-11-02"], ["a3", 30, None]]
    number = tables.get_version(SYSTEM, "bins").number
    upsert(resource_id="bins.csv", records=[{"bin": "a2", "fill": "25"}])
    assert tables.get_version(SYSTEM, "bins").number == number, "the same rows are no new version"
    upsert(resource_id="bins.csv", method="insert", records=[{"bin": "a4", "fill": 1}])
    upsert(resource_id="bins.csv", method="update", records=[{"bin": "a4", "fill": 2}])
    editor.action.datastore_delete(resource_id="bins.csv", filters={"bin": ["a1", "a3"]})
    assert rows_of(ckan) == [["a2", 25, "2026-11-02"], ["a4", 2, None]]
    assert tables.get_version(SYSTEM, "bins").number == number + 3


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"records": [{"bin": "a1", "colour": "red"}]}, "records"),
        ({"records": [{"bin": "a1", "fill": "much"}]}, "records"),
        ({"records": [{"fill": 1}]}, "records"),
        ({"records": [{"bin": "a9"}], "method": "update"}, "records"),
        ({"records": [{"bin": "a1"}], "method": "insert"}, "records"),
        ({"records": [{"bin": "a1"}], "method": "replace"}, "method"),
        ({"records": "["}, "records"),
        ({"records": [{"bin": "a1"}], "primary_key": "nothing"}, "primary_key"),
        ({"records": [{"bin": {"a": 1}}]}, "records"),
        ({"records": [{"bin": "a5", "fill": 10**40}]}, "records"),
    ],
)
def test_rows_that_do_not_fit_are_refused_and_nothing_changes(editor: RemoteCKAN, asked: dict[str, Any], field: str) -> None:
    bins(editor)
    with pytest.raises(ValidationError) as refused:
        editor.action.datastore_upsert(resource_id="bins.csv", **asked)
    assert field in refused.value.error_dict
    assert tables.get_version(SYSTEM, "bins").number == 1


def test_points_stay_points_when_rows_change_and_no_row_goes_without_filters(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    editor.action.datastore_delete(resource_id="trees.csv", filters={"_id": [1, 2]})
    version = tables.get_version(SYSTEM, "trees")
    assert (version.rows, version.geometry, version.number) == (28, "point", 2)
    assert ckan.action.datastore_info(id="trees.csv")["fields"][1]["info"]["unit"] == "m"
    for filters in ({}, {"nothing": 1}):
        with pytest.raises(ValidationError):
            editor.action.datastore_delete(resource_id="trees.csv", filters=filters)


def test_of_two_who_change_the_same_version_the_second_is_told(editor: RemoteCKAN) -> None:
    merged = tables.get_merged(SYSTEM, "trees", Change("delete", rows=Slice(numbers=(1,), limit=10)))
    editor.action.datastore_delete(resource_id="trees.csv", filters={"_id": [2]})
    with pytest.raises(Problem, match="meanwhile"):
        store.set_rows(SYSTEM, "trees", merged.source, merged.spec, after=merged.after)
    assert tables.get_version(SYSTEM, "trees").rows == 29


def test_personal_data_are_closed_whichever_way_they_come_in(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    numbers = ["93.05.18-223.61", "85.07.30-033.28", "00.01.25-567.77"]
    rows = "team,contact\n" + "".join(f"T{place},somebody{place}@example.org\n" for place in range(30))
    editor.action.package_create(name="teams", title="Teams")
    editor.action.resource_create(package_id="teams", upload=upload("teams.csv", rows))
    assert [each.name for each in tables.get_version(ANONYMOUS, "teams").columns] == ["team"]
    assert "example.org" not in str(ckan.action.datastore_search(resource_id="teams.csv"))
    editor.action.package_create(name="notes", title="Notes")
    editor.action.datastore_create(resource={"package_id": "notes"}, records=[{"key": "k", "note": "x"}], primary_key=["key"])
    later = [{"key": f"k{place}", "note": f"somebody{place}@example.org"} for place in range(30)] + [{"key": "n", "note": numbers[0]}]
    editor.action.datastore_upsert(resource_id="notes.csv", records=later)
    closed = tables.get_version(SYSTEM, "notes").column("note")
    assert closed is not None
    assert closed.level is Level.PERSONAL


@pytest.mark.parametrize(
    ("action", "asked", "field"),
    [
        ("package_create", {}, "name"),
        ("package_create", {"name": "Not A Key", "title": "x"}, "name"),
        ("package_create", {"name": "trees", "title": "x"}, "name"),
        ("package_create", {"name": "x", "title": {"a": 1}}, "title"),
        ("package_create", {"name": "x", "owner_org": "nobody-knows"}, "owner_org"),
        ("package_create", {"name": "x", "groups": [{"name": "nothing"}]}, "groups"),
        ("package_create", {"name": "x", "license_id": "my-own"}, "license_id"),
        ("package_create", {"name": "x", "resources": [{"url": "javascript:alert(1)"}]}, "url"),
        ("package_create", {"name": "x", "resources": [{"url": "https://[/"}]}, "url"),
        ("package_create", {"name": "x", "url": "javascript:alert(1)"}, "url"),
        ("package_create", {"name": "x", "tags": "a"}, "tags"),
        ("package_create", {"name": "x", "extras": [{"key": "level", "value": "secret"}]}, "level"),
        ("package_create", {"name": "x", "extras": [{"key": "issued", "value": "soon"}]}, "issued"),
        ("package_create", {"name": "x", "title_translated": {"xx": "y"}}, "title_translated"),
        ("package_owner_org_update", {"id": "trees", "organization_id": "nobody-knows"}, "owner_org"),
        ("package_create", {"name": "x", "title_translated": [1]}, "title_translated"),
        ("package_create", {"name": "x", "keywords": 1.5}, "keywords"),
        ("package_patch", {"id": "trees", "name": "shrubs"}, "name"),
        ("package_patch", {"id": "bike-counts", "title": "x"}, "message"),
        ("resource_create", {"package_id": "trees"}, "url"),
        ("resource_create", {"url": "https://example.org/x"}, "package_id"),
        ("resource_patch", {"id": "trees.csv", "url": "https://example.org/x"}, "url"),
        ("resource_patch", {"id": "trees.csv"}, "name"),
        ("datastore_create", {"records": [{"a": 1}]}, "resource_id"),
        ("organization_create", {"title": "x"}, "name"),
        ("organization_create", {"name": "Not A Key"}, "name"),
        ("organization_create", {"name": "brussels-mobility"}, "name"),
        ("group_create", {"name": "tran"}, "name"),
        ("group_create", {"name": "y", "title_translated": {"xx": "y"}}, "title_translated"),
        ("group_create", {"name": "y", "title": "z" * 501}, "title"),
        ("organization_member_create", {"id": "x"}, "message"),
        ("tag_create", {"name": "x"}, "message"),
        ("vocabulary_create", {"name": "x"}, "message"),
    ],
)
def test_what_cannot_be_written_is_a_validation_error_that_names_the_field(
    editor: RemoteCKAN, action: str, asked: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        editor.call_action(action, asked)
    assert field in refused.value.error_dict, refused.value.error_dict
    assert store.list_unpublished(SYSTEM) == []
    assert "x" not in store.list_keys(SYSTEM)


def test_what_is_not_there_is_not_found(editor: RemoteCKAN) -> None:
    for action, asked in (("package_patch", {"id": "nothing"}), ("resource_delete", {"id": "nothing.csv"}), ("package_delete", {"id": "nothing"})):
        with pytest.raises(NotFound):
            editor.call_action(action, asked)


def test_nothing_is_written_by_get_or_by_somebody_who_may_only_read(ckan: RemoteCKAN, machine: TestClient) -> None:
    writing = [name for name, action in ACTIONS.items() if action.writes]
    assert len(writing) > 11
    for name in writing:
        assert machine.get(f"/api/3/action/{name}?id=trees").status_code == 400
        with pytest.raises(NotAuthorized):
            ckan.call_action(name, {"id": "trees", "name": "x", "title": "x", "resource_id": "trees.csv", "package_id": "trees"})


def test_what_another_portal_dumped_is_loaded_with_its_ids(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    dumped = {**ckan.action.package_show(id="bike-counts"), "name": "bike-counts-2", "id": "0e6d3e14-1f0b-4d53-8d0e-0a5b3a9c1f00"}
    editor.action.package_create(**dumped)
    found = ckan.action.package_show(id="0e6d3e14-1f0b-4d53-8d0e-0a5b3a9c1f00")
    assert (found["name"], found["title_translated"]) == ("bike-counts-2", dumped["title_translated"])
    assert {code: set(words) for code, words in found["keywords"].items()} == {"fr": {"vélo", "comptage"}, "nl": {"fiets"}}
    assert [each["url"] for each in found["resources"]] == [each["url"] for each in dumped["resources"]]


def test_the_tables_of_a_package_lead_to_one_another_on_their_pages_and_follow_what_is_said_of_the_package(
    machine: TestClient, editor: RemoteCKAN
) -> None:
    from django.test import Client

    editor.action.package_create(name="benches", title="Benches", owner_org="brussels-mobility")
    for name in ("benches.csv", "repairs.csv"):
        editor.action.resource_create(package_id="benches", name=name, upload=upload(name, "bench,cost\nA,1\n"))
    [part] = store.list_parts(ANONYMOUS, "benches")
    whole, further = (Client().get(f"/en/data/{key}/").content.decode() for key in ("benches", part.key))
    assert f'href="/en/data/{part.key}/"' in whole
    assert 'href="/en/data/benches/"' in further
    assert f"/datasets/{part.key}" in machine.get("/dcat/catalog.ttl").text
    assert "isPartOf" in machine.get(f"/dcat/datasets/{part.key}.ttl").text
    editor.action.package_patch(id="benches", license_id="odbl", groups=[{"name": "tran"}])
    assert (store.get_dataset(ANONYMOUS, part.key).row.licence, store.get_dataset(ANONYMOUS, part.key).row.themes) == ("odbl", ("TRAN",))
    editor.action.package_patch(id="benches", extras=[{"key": "level", "value": "shared"}])
    with pytest.raises(Problem):
        store.get_dataset(ANONYMOUS, part.key)


def test_a_revision_changes_parts_by_their_paths_and_only_what_is_as_said(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    links = [{"url": f"https://example.org/{name}.csv", "format": "CSV", "name": name} for name in ("one", "two", "three")]
    made = editor.action.package_create(name="paths", title="Paths", notes="Old", tags=[{"name": "way"}], license_id="cc0", resources=links)
    revised = editor.action.package_revise(match={"notes": "Old", "name": "paths"}, update={"notes": "New"})["package"]
    assert (revised["notes"], revised["title"], len(revised["resources"])) == ("New", "Paths", 3)
    with pytest.raises(ValidationError) as refused:
        editor.action.package_revise(match={"notes": "Old", "name": "paths"}, update={"notes": "Newer"})
    assert "match" in refused.value.error_dict
    second = made["resources"][1]["id"]
    done = editor.action.package_revise(
        match__name="paths",
        filter=["-resources__0", "-tags__*"],
        update__tags__extend=[{"name": "road"}, {"name": "track"}],
        update__resources__extend=[{"url": "https://example.org/four.csv", "name": "four"}],
        **{f"update__resources__{second[:12]}": {"format": "JSON"}, "update__title": "Ways"},
        include=["+title", "+resources__*__name", "+tags__*__name", "-*"],
    )["package"]
    assert done == {
        "title": "Ways",
        "resources": [{"name": name} for name in ("two", "three", "four")],
        "tags": [{"name": "road"}, {"name": "track"}],
    }
    shown = ckan.action.package_show(id="paths")
    assert ([each["format"] for each in shown["resources"]], shown["license_id"], shown["notes"]) == (["JSON", "CSV", ""], "cc0", "New")
    fresh = editor.action.package_revise(match__id=made["id"], filter=["+resources", "-*"], update={"title": "Fresh"})["package"]
    assert (fresh["name"], fresh["title"], fresh["notes"], fresh["tags"], len(fresh["resources"])) == ("paths", "Fresh", "", [], 3)


def whole() -> DatasetRow:
    """Return a dataset of our own of which a package does not say all."""
    ways = (
        Distribution(format="csv", url="https://example.org/stops.csv"),
        Distribution(page="https://example.org/stops"),
        Distribution(title={"fr": "Tout", "nl": "Alles"}, format="json", url="https://example.org/stops.json", bytes=12),
    )
    row = DatasetRow(
        uri="", key="stops", title={"fr": "Arrêts", "nl": "Haltes"}, description={"fr": "Où attendre."}, licence="cc-by-4.0", frequency="ANNUAL",
        keywords={"fr": ("arrêt", "bus"), "nl": ("bus", "halte")}, issued=datetime(2020, 1, 1, tzinfo=UTC), page="https://example.org/",
        contact="a@b.test", distributions=ways,
    )  # fmt: skip
    return store.add_dataset(SYSTEM, row).row


@pytest.mark.parametrize(
    ("asked", "changed"),
    [
        ({"update": {"license_id": "cc0"}}, {"licence": "cc0"}),
        ({"update": {"title_translated": {"nl": "Bushaltes"}}}, {"title": {"fr": "Arrêts", "nl": "Bushaltes"}}),
        ({"update": {"title": "Stops"}}, {"title": {"fr": "Arrêts", "nl": "Haltes", "en": "Stops"}}),
        ({"update__tags__extend": [{"name": "stop"}]}, {"keywords": {"fr": ("arrêt", "bus"), "nl": ("bus", "halte"), "en": ("stop",)}}),
        ({"update__extras__extend": [{"key": "access", "value": "public"}]}, {"access": "public"}),
        ({"filter": ["-extras", "-url", "-maintainer"]}, {"frequency": "", "issued": None, "page": "", "contact": ""}),
        ({"filter": ["-license_id", "-tags"]}, {"licence": "", "keywords": {}}),
    ],
)
def test_a_revision_changes_nothing_but_what_it_says(editor: RemoteCKAN, asked: dict[str, Any], changed: dict[str, Any]) -> None:
    before = whole()
    editor.action.package_revise(match={"name": "stops"}, **asked)
    assert store.get_dataset(SYSTEM, "stops").row == msgspec.structs.replace(before, **changed)


def test_a_revision_of_one_resource_leaves_the_others_and_the_rest_of_it(editor: RemoteCKAN) -> None:
    first, page, last = whole().distributions
    editor.action.package_revise(match={"name": "stops"}, update__resources__2={"size": 13}, update__license_id="cc0")
    last = msgspec.structs.replace(last, bytes=13)
    assert store.get_dataset(SYSTEM, "stops").row.distributions == (first, page, last)
    editor.action.package_revise(match={"name": "stops"}, filter=["-resources__0"], update__resources__0={"format": "PDF"})
    assert store.get_dataset(SYSTEM, "stops").row.distributions == (msgspec.structs.replace(page, format="pdf"), last)


def test_a_package_that_is_written_back_as_it_was_read_stays_as_it_was(editor: RemoteCKAN) -> None:
    before = whole()
    editor.action.package_update(**{**editor.action.package_show(id="stops"), "license_id": "cc0"})
    after = store.get_dataset(SYSTEM, "stops").row
    assert (after.keywords, after.distributions, after.licence) == (before.keywords, before.distributions, "cc0")


@pytest.mark.parametrize(
    "asked",
    [
        {"update": {"title": "x"}},
        {"match": {"name": "later"}, "filter": ["title"]},
        {"match": {"name": "later"}, "update__resources__7": {"name": "x"}},
        {"match": {"name": "later"}, "update__resources__ab": {"name": "x"}},
        {"match": {"name": "later"}, "update__title__deeper": "x"},
        {"match": {"name": "later"}, "update__tags__extend": "x"},
        {"match": {"name": "later"}, "update": {"__".join("abcdefghij"): 1}},
        {"match": "{", "update": {"title": "x"}},
        {"match": {"name": "later"}, "update": {"resources": "x"}},
        {"match": {"name": "later"}, "update": {"title": ["x"], "title_translated": 3}},
    ],
)
def test_a_revision_that_cannot_be_done_is_refused_and_changes_nothing(editor: RemoteCKAN, asked: dict[str, Any]) -> None:
    before = editor.action.package_create(name="later", title="Later", private=True)
    with pytest.raises(ValidationError):
        editor.action.package_revise(**asked)
    assert editor.action.package_show(id="later") == before


def test_a_draft_is_purged_and_what_was_published_is_not(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    editor.action.package_create(name="draft", title="Draft", private=True)
    editor.action.dataset_purge(id="draft")
    with pytest.raises(NotFound):
        editor.action.package_show(id="draft")
    with pytest.raises(ValidationError, match="package_delete"):
        editor.action.dataset_purge(id="trees")
    with pytest.raises(NotAuthorized):
        ckan.action.dataset_purge(id="trees")
    assert ckan.action.package_show(id="trees")["state"] == "active"
    with pytest.raises(ValidationError, match="views"):
        editor.action.resource_view_create(resource_id="trees.csv", view_type="text_view", title="x")


def test_a_resource_keeps_its_id_whatever_is_changed_moved_or_taken_away_beside_it(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    twice = [{"url": "https://example.org/a.csv", "name": name, "format": "CSV"} for name in ("First", "Second", "Third")]
    editor.action.package_create(name="twice", title="Twice", resources=twice)
    first, second, third = (each["id"] for each in ckan.action.package_show(id="twice")["resources"])
    editor.action.package_resource_reorder(id="twice", order=[third, second, first])
    assert {each["id"]: each["name"] for each in ckan.action.package_show(id="twice")["resources"]} == {
        first: "First", second: "Second", third: "Third",
    }  # fmt: skip
    editor.action.resource_delete(id=first)
    assert ckan.action.resource_show(id=second)["name"] == "Second"
    editor.action.resource_patch(id=second, url="https://example.org/b.csv", name="Moved")
    assert ckan.action.resource_show(id=second)["url"] == "https://example.org/b.csv"
    assert ckan.action.resource_show(id=third)["name"] == "Third"
    with pytest.raises(NotFound):
        ckan.action.resource_show(id=first)


def test_what_was_described_elsewhere_keeps_the_ids_that_it_had_when_a_client_first_writes(ckan: RemoteCKAN, editor: RemoteCKAN) -> None:
    ways = tuple(Distribution(url="https://example.org/x.csv", format="csv", title={"en": name}) for name in ("One", "Two"))
    store.publish(SYSTEM, DatasetRow(uri="urn:before", key="before", title={"en": "Before"}, distributions=ways), b"a\n1\n", Spec())
    ids = {each["name"]: each["id"] for each in ckan.action.package_show(id="before")["resources"]}
    editor.action.resource_delete(id=ids["One"])
    assert ckan.action.resource_show(id=ids["Two"])["name"] == "Two"
