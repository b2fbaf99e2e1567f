"""What the real client dumps of one house, or of a CKAN, it loads into another: organisations, groups, packages with several tables, rows."""

from __future__ import annotations

import csv
import functools
import http.server
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ckanapi import RemoteCKAN, ValidationError

from tests.test_process import start, zinneke

pytestmark = pytest.mark.xdist_group("process")
GROUP = {"name": "open-streets", "title": "Open streets", "description": "What is done with streets."}
ORGANISATION = {"name": "parks", "title": "Parks of the city", "title_translated": {"fr": "Parcs de la ville"}}
FIRST, SECOND, ALONE = (f"{number}e6d3e14-1f0b-4d53-8d0e-0a5b3a9c1f00" for number in (1, 2, 3))


class House:
    """A served instance, and the token of somebody who may edit it."""

    def __init__(self, data: Path) -> None:
        data.mkdir()
        for words in (
            ("add", "ann@brussels.test"),
            ("role", "ann@brussels.test", "administrator"),
            ("token", "ann@brussels.test", "--scope", "see:*", "--scope", "edit:*"),
        ):
            made = zinneke(data, "user", *words)
            assert made.returncode == 0, made.stdout + made.stderr
        self.token = next(word for word in made.stdout.split() if len(word) > 30)
        self.process, self.url = start(data)
        self.editor, self.visitor = RemoteCKAN(self.url, apikey=self.token), RemoteCKAN(self.url)

    def ckanapi(self, *words: str) -> str:
        """Call the client from the command line, as its users do; its workers are processes of their own."""
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        program = "import sys; from ckanapi.cli.main import main; sys.exit(main())"
        line = [sys.executable, "-c", program, *words, "-r", self.url, "-a", self.token, "--processes=2"]
        done = subprocess.run(line, capture_output=True, text=True, timeout=120, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stderr

    def rows(self, resource: str) -> list[dict[str, Any]]:
        found = self.visitor.action.datastore_search(resource_id=resource, sort="_id")["records"]
        return [{name: value for name, value in row.items() if name != "_id"} for row in found]

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(60)


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, House]]:
    """Serve two houses."""
    folder = tmp_path_factory.mktemp("houses")
    one, other = House(folder / "one"), House(folder / "other")
    yield one, other
    one.close()
    other.close()


def upload(name: str, text: str) -> io.BytesIO:
    file = io.BytesIO(text.encode())
    file.name = name
    return file


def plant(house: House) -> None:
    act = house.editor.action
    act.organization_create(**ORGANISATION)
    act.group_create(**GROUP)
    act.package_create(
        name="benches", title="Benches", owner_org="parks", groups=[{"name": "open-streets"}, {"name": "tran"}], license_id="cc0",
        resources=[{"url": "https://example.org/benches.pdf", "format": "PDF", "name": "A plan"}],
    )  # fmt: skip
    act.resource_create(package_id="benches", name="Where they are", upload=upload("benches.csv", "bench,seats\nA,3\nB,2\n"))
    act.resource_create(package_id="benches", name="Repairs", upload=upload("repairs.csv", "bench,cost\nA,10.5\nA,4.5\nB,7.25\n"))
    place = act.resource_create(package_id="benches", name="Visits", format="CSV")
    act.datastore_create(resource_id=place["id"], fields=[{"id": "day", "type": "date"}], records=[{"day": "2026-05-01", "people": 12}])
    made = act.datastore_create(resource={"package_id": "benches", "name": "Woods"}, records=[{"wood": "oak"}, {"wood": "elm"}], primary_key="wood")
    act.datastore_upsert(resource_id=made["resource_id"], records=[{"wood": "ash"}])


def test_a_package_with_several_tables_is_written_read_dumped_and_loaded_with_its_rows_into_another_house(
    houses: tuple[House, House], tmp_path: Path
) -> None:
    one, other = houses
    plant(one)
    package = one.visitor.action.package_show(id="benches")
    tables = {each["name"]: each["id"] for each in package["resources"] if each["datastore_active"]}
    assert list(tables) == ["Where they are", "Repairs", "Visits", "Woods"]
    assert one.rows(tables["Visits"]) == [{"day": "2026-05-01", "people": 12}]
    assert one.rows(tables["Woods"]) == [{"wood": wood} for wood in ("oak", "elm", "ash")]
    first, second = tables["Where they are"], tables["Repairs"]
    joined = f'SELECT a.bench, sum(b.cost) AS cost FROM "{first}" a JOIN "{second}" b ON a.bench = b.bench GROUP BY a.bench'
    found = one.visitor.action.datastore_search_sql(sql=f"{joined} ORDER BY a.bench")["records"]
    assert found == [{"bench": "A", "cost": 15.0}, {"bench": "B", "cost": 7.25}]
    assert one.visitor.action.package_list() == ["benches"]
    assert one.visitor.action.package_search(q="benches")["count"] == 1
    assert one.visitor.action.package_search(fq="groups:open-streets")["count"] == 1

    for thing in ("organizations", "groups", "datasets"):
        one.ckanapi("dump", thing, "--all", "-O", str(tmp_path / thing))
        other.ckanapi("load", thing, "-I", str(tmp_path / thing), *(["--upload-resources"] if thing == "datasets" else []))
    loaded = other.visitor.action.package_show(id="benches")
    assert (loaded["id"], loaded["organization"]["title"]) == (package["id"], "Parks of the city")
    assert [each["name"] for each in loaded["groups"]] == [each["name"] for each in package["groups"]] == ["tran", "open-streets"]
    assert other.visitor.action.group_show(id="open-streets")["description"] == GROUP["description"]
    ways = sorted((each["name"], each["format"]) for each in package["resources"])
    assert sorted((each["name"], each["format"]) for each in loaded["resources"]) == ways
    for resource in tables.values():
        assert other.rows(resource) == one.rows(resource), resource

    before = loaded["metadata_modified"]
    other.ckanapi("load", "datasets", "-I", str(tmp_path / "datasets"), "--upload-resources")
    again = other.visitor.action.package_show(id="benches")
    assert [each["url"] for each in again["resources"]] == [each["url"] for each in loaded["resources"]], "a second load changes nothing"
    assert again["metadata_modified"] >= before

    act = one.editor.action
    act.resource_patch(id=tables["Repairs"], name="What was mended")
    act.resource_patch(id=tables["Repairs"], upload=upload("repairs.csv", "bench,cost\nB,1.5\n"))
    assert one.rows(tables["Repairs"]) == [{"bench": "B", "cost": 1.5}]
    act.resource_delete(id=tables["Woods"])
    assert [each["name"] for each in act.package_show(id="benches")["resources"] if each["datastore_active"]][1:] == ["What was mended", "Visits"]
    with pytest.raises(ValidationError):
        act.organization_delete(id="parks")
    act.package_delete(id="benches")
    act.organization_update(id="parks", title="Gardens")
    assert act.organization_show(id="parks")["title"] == "Gardens"


def of_a_ckan(base: str) -> dict[str, list[dict[str, Any]]]:
    """Return what the client dumps of a CKAN, whose ids are UUIDs and whose rows lie in files."""
    whose, group = "5f0c2c5e-8d0a-4b1e-9c61-3a8a0e1d7b11", "7a9b1c2d-8d0a-4b1e-9c61-3a8a0e1d7b22"
    organisation = {"id": whose, "name": "water-works", "title": "Water works", "users": [], "state": "active", "type": "organization"}
    resources = [
        {"id": mark, "name": name, "format": "CSV", "url": f"{base}/{file}", "url_type": kind, "package_id": ALONE, "size": None, "position": place}
        for place, (mark, name, file, kind) in enumerate(
            [(FIRST, "Fountains", "fountains.csv", "upload"), (SECOND, "Samples", "samples.csv", "upload"), (ALONE, "A link", "link.csv", None)]
        )
    ]
    package = {
        "id": "9d1f2a3b-8d0a-4b1e-9c61-3a8a0e1d7b33", "name": "fountains", "title": "Fountains", "notes": None, "owner_org": whose, "private": False,
        "organization": organisation, "groups": [{"id": group, "name": "water", "title": "Water"}], "license_id": "cc-by", "state": "active",
        "tags": [{"name": "water", "display_name": "water", "vocabulary_id": None}], "extras": [{"key": "whatever", "value": "passed over"}],
        "resources": resources, "author_email": "", "isopen": True, "num_tags": 1, "relationships_as_object": [], "type": "dataset",
    }  # fmt: skip
    groups = [{"id": group, "name": "water", "title": "Water", "description": "All of it.", "image_display_url": "", "users": [], "type": "group"}]
    return {"organizations": [organisation], "groups": groups, "datasets": [package]}


class Silent(http.server.SimpleHTTPRequestHandler):
    """The files of a folder, without a word."""

    def log_message(self, format: str, *words: Any) -> None:
        """Say nothing."""


def test_what_was_dumped_of_a_ckan_is_loaded_with_its_ids_and_files_and_its_groups(houses: tuple[House, House], tmp_path: Path) -> None:
    house = houses[1]
    (tmp_path / "fountains.csv").write_text("fountain,litres\nF1,3\nF2,4\n")
    (tmp_path / "samples.csv").write_text("fountain;ph\nF1;7,5\nF2;6,5\n")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for thing, lines in of_a_ckan(f"http://127.0.0.1:{server.server_port}").items():
            (tmp_path / thing).write_text("".join(json.dumps(line) + "\n" for line in lines))
            for _time in range(2):
                house.ckanapi("load", thing, "-I", str(tmp_path / thing), *(["--upload-resources"] if thing == "datasets" else []))
    finally:
        server.shutdown()
        server.server_close()
    shown = house.visitor.action.package_show(id="9d1f2a3b-8d0a-4b1e-9c61-3a8a0e1d7b33")
    assert (shown["name"], shown["organization"]["name"], [each["name"] for each in shown["groups"]]) == ("fountains", "water-works", ["water"])
    assert house.rows(FIRST) == [{"fountain": "F1", "litres": 3}, {"fountain": "F2", "litres": 4}]
    assert house.rows(SECOND) == [{"fountain": "F1", "ph": 7.5}, {"fountain": "F2", "ph": 6.5}]
    assert {each["id"] for each in shown["resources"]} >= {FIRST, SECOND, ALONE}
    assert [each["name"] for each in shown["resources"] if each["datastore_active"]] == ["Fountains", "Samples"]
    dumped = house.visitor.session.get(f"{house.url}/datastore/dump/{SECOND}").text
    assert [row["ph"] for row in csv.DictReader(io.StringIO(dumped))] == ["7.5", "6.5"]
    assert house.visitor.action.resource_show(id=SECOND)["package_id"] == shown["id"]
    assert house.visitor.action.group_show(id="water", include_datasets=True)["package_count"] == 1
