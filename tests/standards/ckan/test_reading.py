"""What a client written for CKAN reads: packages, their search, what they belong to, and how it is told when something is wrong."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from ckanapi import NotAuthorized, NotFound, RemoteCKAN, SearchQueryError, ValidationError
from ckanapi.cli.dump import dump_things_worker
from ckanapi.cli.search import search_datasets
from ckanapi.errors import CKANAPIError
from starlette.testclient import TestClient

from zinneke.kernel.confidentiality import SYSTEM
from zinneke.standards.ckan.actions import ACTIONS


def names(found: Any) -> list[str]:
    return [each["name"] for each in found["results"]]


def test_a_search_counts_facets_over_all_that_it_found_and_returns_packages_whole(ckan: RemoteCKAN) -> None:
    found = ckan.action.package_search(q="", rows=1, sort="name desc", **{"facet.field": ["groups", "tags", "res_format", "organization"]})
    assert found["count"] == 3
    assert names(found) == ["trees"]
    assert found["facets"]["groups"] == {"tran": 2, "envi": 1}
    assert found["facets"]["tags"]["comptage"] == 2
    assert found["facets"]["res_format"]["CSV"] == 3
    assert found["search_facets"]["organization"]["items"][0].keys() == {"name", "display_name", "count"}


@pytest.mark.parametrize(
    ("query", "due"),
    [
        ("fietsen", ["bike-counts"]),
        ("qualité de l'air", ["air-stations"]),
        ('title:"air quality"', ["air-stations"]),
        ("title:vélos", ["bike-counts"]),
        ("title:heure", []),
        ("notes:heure", ["bike-counts"]),
        ("tags:comptage AND NOT groups:envi", ["bike-counts"]),
        ("tags:(fiets OR vélo)", ["bike-counts"]),
        ('+res_format:CSV -license_id:"cc0"', ["air-stations", "bike-counts"]),
        ("organization:bru*", ["bike-counts"]),
        ("name:air-st?tions", ["air-stations"]),
        ("statio*", ["air-stations"]),
        ("stetio*", []),
        ("metadata_modified:[NOW-1HOUR TO *] AND groups:envi", ["air-stations"]),
        ("metadata_created:[* TO 2020-01-01T00:00:00Z]", []),
        ("modified:[2026-01-01T00:00:00Z TO 2026-01-31T00:00:00Z]", ["bike-counts"]),
        ("state:active AND dataset_type:dataset AND tags:fiets", ["bike-counts"]),
        ("C++ (", []),
    ],
)
def test_solr_s_language_is_understood(ckan: RemoteCKAN, query: str, due: list[str]) -> None:
    assert names(ckan.action.package_search(q=query, sort="name asc")) == due


def test_filters_are_taken_in_each_way_in_which_clients_write_them(ckan: RemoteCKAN, machine: TestClient) -> None:
    for filters in ({"fq": "groups:tran tags:fiets"}, {"fq_list": ["groups:tran", "tags:fiets"]}, {"fq": ["groups:tran", "tags:fiets"]}):
        assert names(ckan.action.package_search(**filters)) == ["bike-counts"]
    for query in ("fq=groups:tran&fq=tags:fiets", 'fq_list=["groups:tran","tags:fiets"]', "fq=%2Bgroups:tran+%2Btags:fiets"):
        for prefix in ("/api/3/action", "/api/action"):
            assert names(machine.get(f"{prefix}/package_search?{query}").json()["result"]) == ["bike-counts"]
    assert names(machine.post("/api/3/action/package_search", data={"fq": "tags:fiets"}).json()["result"]) == ["bike-counts"]


def test_a_package_shows_what_we_know_in_every_language_and_in_ckan_s_fields(ckan: RemoteCKAN) -> None:
    package = ckan.action.package_show(id="bike-counts")
    assert package["title_translated"] == {"fr": "Comptages de vélos", "nl": "Fietstellingen"}
    assert package["organization"]["title"] == "Bruxelles Mobilité"
    assert [each["name"] for each in package["tags"]] == ["comptage", "fiets", "vélo"]
    assert package["isopen"] is True
    assert not package["private"]
    assert {each["key"]: each["value"] for each in package["extras"]}["uri"] == "https://example.org/bikes"
    resource = ckan.action.resource_show(id=package["resources"][0]["id"])
    assert resource == package["resources"][0]
    assert (resource["format"], resource["url"], resource["datastore_active"]) == ("CSV", "https://example.org/bikes.csv", False)
    ours = ckan.action.package_show(id="trees")["resources"]
    assert [each["datastore_active"] for each in ours] == [True, *[False] * (len(ours) - 1)]
    assert ours[0]["url"] == "http://testserver/api/tables/trees/export/csv"


def test_what_is_not_public_is_not_there_for_a_visitor(ckan: RemoteCKAN) -> None:
    assert ckan.action.package_search(q="bicycles", include_private=True)["count"] == 1
    with pytest.raises(NotFound):
        ckan.action.package_show(id="secret-plan")
    assert "secret-plan" not in ckan.action.package_list(include_private=True)
    with pytest.raises(NotAuthorized):
        ckan.action.user_show()


def test_lists_of_what_packages_belong_to(ckan: RemoteCKAN) -> None:
    act = ckan.action
    assert act.package_list() == ["air-stations", "bike-counts", "trees"]
    assert act.package_list(limit=1, offset=1) == ["bike-counts"]
    assert act.organization_list() == ["environment", "brussels-mobility"]
    assert act.organization_list(all_fields=True, sort="name")[0]["package_count"] == 1
    assert act.organization_show(id="environment", include_datasets=True)["packages"][0]["name"] == "air-stations"
    assert "tran" in act.group_list()
    assert act.group_show(id="tran")["package_count"] == 2
    assert act.tag_list() == ["air quality", "comptage", "fiets", "vélo"]
    assert act.tag_show(id="fiets", include_datasets=True)["packages"][0]["name"] == "bike-counts"
    assert act.tag_autocomplete(query="vel") == ["vélo"]
    assert act.organization_autocomplete(q="mobil")[0]["name"] == "brussels-mobility"
    assert act.package_autocomplete(q="stati")[0]["name"] == "air-stations"
    assert "json" in act.format_autocomplete(q="js")
    assert "cc-by-4.0" in [each["id"] for each in act.license_list()]
    assert act.current_package_list_with_resources(limit=2)[0]["resources"]
    assert act.resource_search(query="name:heure")["results"][0]["package_id"] == "bike-counts"
    assert act.resource_search(query="format:CSV")["count"] == 3
    assert act.resource_view_list(id="trees.csv")[0]["page_url"].endswith("/data/trees/")
    assert act.vocabulary_list() == []
    assert act.site_read() is True
    assert act.status_show()["ckan_version"].startswith("2.11")
    assert act.package_activity_list(id="trees")[-1]["activity_type"] == "new package"
    assert len(act.recently_changed_packages_activity_list()) == 3
    assert [each["data"]["package"]["name"] for each in act.organization_activity_list(id="environment")] == ["air-stations"]
    assert len(act.group_activity_list(id="tran")) == 2
    assert act.package_relationships_list(id="trees") == []
    for name in ACTIONS:
        assert "Parameters:" in act.help_show(name=name)


@pytest.mark.parametrize(
    ("action", "parameters", "kind"),
    [
        ("package_show", {"id": "nonsense"}, NotFound),
        ("resource_show", {"id": "nonsense.csv"}, NotFound),
        ("resource_show", {"id": "bike-counts.nonsense"}, NotFound),
        ("organization_show", {"id": "nonsense"}, NotFound),
        ("group_show", {"id": "nonsense"}, NotFound),
        ("tag_show", {"id": "nonsense"}, NotFound),
        ("help_show", {"name": "nonsense"}, NotFound),
        ("package_show", {}, ValidationError),
        ("package_search", {"rows": "many"}, ValidationError),
        ("package_search", {"start": -1}, ValidationError),
        ("package_search", {"fq": "nonsense:x"}, SearchQueryError),
        ("package_search", {"q": "title:[a TO"}, SearchQueryError),
        ("package_search", {"sort": "nonsense desc"}, SearchQueryError),
        ("package_search", {"facet.field": ["nonsense"]}, SearchQueryError),
        ("organization_list", {"sort": "nonsense"}, ValidationError),
        ("resource_search", {"query": "nonsense"}, ValidationError),
        ("nonsense", {}, CKANAPIError),
    ],
)
def test_faults_come_as_the_client_s_own_errors(ckan: RemoteCKAN, action: str, parameters: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        ckan.call_action(action, parameters)


def test_the_envelope_of_a_fault_has_the_status_of_ckan(machine: TestClient) -> None:
    for address, status, kind in (
        ("package_show?id=nonsense", 404, "Not Found Error"),
        ("package_show", 409, "Validation Error"),
        ("package_search?q=%7B!x%7D", 400, "Search Query Error"),
        ("user_show", 403, "Authorization Error"),
        ("nonsense", 400, "Bad Request"),
    ):
        answer = machine.get(f"/api/3/action/{address}")
        told = answer.json()
        assert (answer.status_code, told["success"], told["error"]["__type"]) == (status, False, kind)
        assert told["help"] == f"http://testserver/api/3/action/help_show?name={address.partition('?')[0]}"
    for body, media in ((b'{"id":', "application/json"), (b"[]", "application/json"), (b"--x", "multipart/form-data; boundary=y")):
        answer = machine.post("/api/3/action/package_show", content=body, headers={"Content-Type": media})
        assert (answer.status_code, answer.json()["error"]["__type"]) == (400, "Bad Request")
    assert machine.delete("/api/3/action/package_show").json()["success"] is False


def test_the_client_s_own_commands_dump_the_whole_catalogue_and_page_through_a_search(ckan: RemoteCKAN) -> None:
    arguments = {"--datastore-fields": True, "--get-request": False, "--datapackages": None, "--resource-views": False, "--insecure": False}
    out = io.BytesIO()
    lines = b"".join(json.dumps(name).encode() + b"\n" for name in ckan.action.package_list())
    dump_things_worker(ckan, "datasets", {**arguments, "--apikey": None}, stdin=io.BytesIO(lines), stdout=out)
    dumped = [json.loads(line)[2] for line in out.getvalue().splitlines()]
    assert [each["name"] for each in dumped] == ["air-stations", "bike-counts", "trees"]
    assert [each["id"] for each in dumped[2]["resources"][0]["datastore_fields"]][:3] == ["_id", "species", "height"]
    out = io.BytesIO()
    keys = {"--insecure": False, "--input-json": False, "--input": None, "--output": None, "--gzip": False, "KEY=STRING": ["q=groups:tran"]}
    search_datasets(ckan, keys, stdout=out)
    assert len(out.getvalue().splitlines()) == 2


@pytest.mark.django_db(transaction=True)
def test_whoever_is_known_is_shown_themselves_and_finds_what_is_shared_when_asking_for_it(machine: TestClient) -> None:
    from zinneke.foundations.identity import store as identity

    identity.add_person(SYSTEM, "ann@brussels.test", "Ann")
    identity.grant_role(SYSTEM, "ann@brussels.test", "administrator")
    token = identity.add_token(SYSTEM, "ann@brussels.test", "her laptop", ["see:*"])
    for headers in ({"Authorization": token}, {"X-CKAN-API-Key": token}, {"Authorization": f"Bearer {token}"}):
        assert machine.get("/api/3/action/user_show", headers=headers).json()["result"]["fullname"] == "her laptop"
        found = machine.get("/api/3/action/package_search?q=secret", headers=headers).json()["result"]
        shared = machine.get("/api/3/action/package_search?q=secret&include_private=true", headers=headers).json()["result"]
        assert (found["count"], shared["count"], shared["results"][0]["private"]) == (0, 1, True)
    answer = machine.get("/api/3/action/package_search", headers={"Authorization": "nonsense"})
    assert (answer.status_code, answer.json()["error"]["__type"]) == (401, "Authorization Error")


def test_tags_are_searched_members_listed_and_a_view_shown(ckan: RemoteCKAN) -> None:
    found = ckan.action.tag_search(query="compt")
    assert (found["count"], [each["name"] for each in found["results"]]) == (1, ["comptage"])
    assert ckan.action.tag_search(query=["compt", "fiets"])["count"] == 0
    assert {each["name"] for each in ckan.action.group_package_show(id="tran")} == {"bike-counts", "air-stations"}
    assert ckan.action.member_list(id="brussels-mobility", object_type="package") == [["bike-counts", "package", "public"]]
    assert ckan.action.member_list(id="brussels-mobility", object_type="user") == []
    (view,) = ckan.action.resource_view_list(id="trees.csv")
    assert ckan.action.resource_view_show(id=view["id"]) == view
    for name, asked in (("resource_view_show", "trees.nothing"), ("group_package_show", "nowhere"), ("member_list", "nowhere")):
        with pytest.raises(NotFound):
            ckan.call_action(name, {"id": asked})


def test_facets_are_limited_counted_from_and_pages_of_a_search_fit_together(ckan: RemoteCKAN) -> None:
    asked: dict[str, Any] = {"facet.field": '["tags", "groups"]', "rows": 0}
    assert set(ckan.action.package_search(**asked)["facets"]["tags"]) == {"vélo", "comptage", "fiets", "air quality"}
    assert ckan.action.package_search(**asked, **{"facet.mincount": 2})["facets"] == {"tags": {"comptage": 2}, "groups": {"tran": 2}}
    assert list(ckan.action.package_search(**asked, **{"facet.limit": 1})["facets"]["tags"]) == ["comptage"]
    assert len(ckan.action.package_search(**asked, **{"facet.limit": -1})["facets"]["tags"]) == 4
    assert ckan.action.package_search(fq_list=["groups:tran", "res_format:JSON"])["results"][0]["name"] == "bike-counts"
    names = [ckan.action.package_search(sort="name desc", rows=1, start=at)["results"][0]["name"] for at in range(3)]
    assert names == ["trees", "bike-counts", "air-stations"]
    assert ckan.action.current_package_list_with_resources(limit=1, offset=1) == ckan.action.current_package_list_with_resources(limit=3)[1:2]
