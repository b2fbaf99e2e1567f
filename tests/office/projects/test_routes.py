"""The doors for machines: versions as ETags, lists in every form, imports, gates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from tests.office.projects.conftest import fiche
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM, Actor
from zinneke.office.projects import keeping, store
from zinneke.office.projects.rules import Line
from zinneke.office.projects.values import Milestone


@pytest.fixture
def machine() -> Iterator[TestClient]:
    from zinneke.asgi.house import build

    yield TestClient(build(), raise_server_exceptions=False)


@pytest.fixture
def token() -> dict[str, str]:
    return {"Authorization": f"Bearer {identity.add_token(SYSTEM, 'owner@stib.test', 'robot', ['see:*', 'edit:*', 'command:*'], 1)}"}


pytestmark = pytest.mark.django_db(transaction=True)


def body(**other: Any) -> bytes:
    return msgspec.json.encode(fiche(**other))


def test_a_project_is_written_once_then_only_with_its_version(owner: Actor, machine: TestClient, token: dict[str, str]) -> None:
    made = machine.put("/api/projects/tram-lights", content=body(), headers=token)
    assert made.status_code == 201 and made.headers["etag"] == '"1"', made.text
    assert machine.put("/api/projects/tram-lights", content=body(funding="x"), headers=token).status_code == 428
    changed = machine.put("/api/projects/tram-lights", content=body(funding="x"), headers={**token, "If-Match": '"1"'})
    assert changed.status_code == 200 and changed.headers["etag"] == '"2"'
    late = machine.put("/api/projects/tram-lights", content=body(funding="y"), headers={**token, "If-Match": '"1"'})
    assert late.status_code == 412 and "Nothing was overwritten" in late.json()["detail"]
    assert machine.get("/api/projects/tram-lights", headers={"If-None-Match": '"2"'}).status_code == 304
    assert machine.put("/api/projects/tram-lights", content=body(), headers={**token, "If-None-Match": "*"}).status_code == 412
    assert machine.put("/api/projects/another", content=body(), headers=token).status_code == 400


def test_a_fault_names_its_member_in_three_languages(owner: Actor, machine: TestClient, token: dict[str, str]) -> None:
    answer = machine.post("/api/projects", content=body(planned=-1.0), headers=token)
    assert answer.status_code == 422
    (fault,) = answer.json()["faults"]
    assert fault["field"] == "planned" and set(fault["what"]) == {"fr", "nl", "en"}
    assert machine.post("/api/projects", content=b'{"name": {}}', headers=token).status_code == 400
    assert machine.post("/api/projects", content=body()).status_code == 401


def test_the_list_comes_in_every_form(owner: Actor, machine: TestClient) -> None:
    point = {"type": "Point", "coordinates": [4.35, 50.85]}
    stone = Milestone(name={"en": "First light"}, due="2027-03-01")  # type: ignore[arg-type]
    keeping.take(
        SYSTEM, [Line("1", msgspec.convert(msgspec.to_builtins(fiche(place=point, milestones=(stone,), summary={"en": "Green"})), type(fiche())))]
    )
    assert machine.get("/api/projects").json()["total"] == 1
    assert machine.get("/api/projects?domain=people").json()["total"] == 0
    assert b"tram-lights" in machine.get("/api/projects.csv").content
    feature = machine.get("/api/projects.geojson?lang=fr").json()["features"][0]
    assert feature["geometry"] == point and feature["properties"]["href"] == "/fr/projects/tram-lights/"
    linked = machine.get("/api/projects.jsonld").json()["@graph"][0]
    assert linked["@type"] == "Project" and linked["name"]["fr"] == "Feux pour le tram"
    assert b"SUMMARY:Lights for the tram: First light" in machine.get("/api/projects.ics?lang=en").content.replace(b"\r\n ", b"")


def test_jsonld_is_rdf(owner: Actor, machine: TestClient) -> None:
    from rdflib import Graph

    store.set_project(owner, fiche(summary={"fr": "Vert", "en": "Green"}))
    graph = Graph().parse(data=machine.get("/api/projects.jsonld").text, format="json-ld")
    assert {str(each.language) for each in graph.objects() if getattr(each, "language", None)} >= {"fr", "en"}


def test_a_file_is_imported_and_every_row_answered(owner: Actor, machine: TestClient, token: dict[str, str]) -> None:
    answer = machine.post("/api/projects/import", content=b"name,owner,domain\nLights,stib,mobility\nNo owner,,mobility\n", headers=token).json()
    assert (answer["added"], answer["refused"]) == (1, 1) and answer["faults"][0]["where"] == "row 3"
    assert machine.post("/api/projects/import", content=b"x" * 6_000_000, headers=token).status_code == 413


def test_gates_confirmation_likeness_and_synergies(owner: Actor, machine: TestClient, token: dict[str, str]) -> None:
    store.set_project(owner, fiche())
    wish = {"to": "initiation", "reason": "asked by the minister"}
    assert machine.post("/api/projects/tram-lights/gates", json=wish, headers=token).json()["project"]["phase"] == "initiation"
    assert machine.post("/api/projects/tram-lights/gates", json={"to": "rollout", "reason": "x"}, headers=token).status_code == 422
    assert machine.post("/api/projects/tram-lights/confirm", headers=token).json()["project"]["confirmed"]
    alike = machine.post("/api/projects/alike", content=body(key="tram-lights-2"), headers=token).json()
    assert alike[0]["key"] == "tram-lights"
    assert machine.get("/api/synergies", headers=token).json() == []
    assert machine.post("/api/synergies/99", json={"state": "refused", "reason": "x"}, headers=token).status_code == 404
    assert machine.post("/api/synergies/refresh", headers=token).status_code == 403


def test_components_are_written_by_hand_and_from_publiccode(owner: Actor, machine: TestClient, token: dict[str, str]) -> None:
    made = machine.put("/api/components/box", json={"key": "box", "name": {"fr": "Boîte"}, "owner": "stib"}, headers=token)
    assert made.status_code == 201 and machine.get("/api/components/box").json()["name"] == {"fr": "Boîte"}
    assert machine.put("/api/components/box", json={"key": "box", "name": {"fr": "B"}, "owner": "stib"}, headers=token).status_code == 428
    assert machine.put("/api/components/x/publiccode", content=b"nothing", headers=token).status_code == 400
    manager = identity.add_token(SYSTEM, "owner@stib.test", "none", ["see:projects"], 1)
    assert machine.put("/api/components/y", json={"key": "y", "name": {"fr": "y"}}, headers={"Authorization": f"Bearer {manager}"}).status_code == 403
    assert json.loads(machine.get("/api/components").content)[0]["own"]
