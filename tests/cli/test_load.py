"""Loading a folder: everything in it, once, and a bad file never stops the others."""

from __future__ import annotations

import argparse
import gzip
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import msgspec
import pytest

from tests.cli.conftest import Told
from zinneke.cli import load
from zinneke.cli.loader import Loader, Outcome
from zinneke.cli.manifest import Manifest, parse_manifest
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.observations import store as observations
from zinneke.foundations.tables import store as tables
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db

MANIFEST = b"""
name = { fr = "Test", nl = "Test", en = "Test" }
publishers.us = { name = { fr = "Nous", nl = "Wij", en = "We" } }

[[areas]]
key = "communes"
file = "communes.geojson"
reader = "municipalities"

[[table]]
key = "trees"
file = "trees.csv"
title = { fr = "Arbres", nl = "Bomen", en = "Trees" }
description = { fr = "Des arbres.", nl = "Bomen.", en = "Some trees." }
publisher = "us"
columns.height = { fr = "Hauteur", nl = "Hoogte", en = "Height", unit = "m" }

[[observations]]
key = "counts"
file = "counts.csv"
solution = "traffic_counts"
kind = "counter"
time = "time"
thing = "counter"
values = [{ column = "bikes", reading = "bikes" }]
things = [{ key = "A", name = "Rue A", lon = 4.35, lat = 50.85 }]

[[observations]]
key = "rooms"
file = "rooms.csv"
group = "rooms"
time = "time"
zone = "UTC"
sum = 600
[[observations.values]]
column = "people"
reading = "people"
thing = "hall"
means = "https://example.org/people"
low = 0
high = 100
name = { fr = "Personnes", nl = "Personen", en = "People" }

[[feed]]
key = "bins"
file = "bins.csv"
solution = "smart_bins"
source = "collections"
things_file = { file = "sites.csv", key = "site_id", name = { fr = "name", nl = "name", en = "name" } }
"""
SQUARE = [[[4.3, 50.8], [4.4, 50.8], [4.4, 50.9], [4.3, 50.9], [4.3, 50.8]]]
COMMUNE = {"nis": "21004", "name_fr": "Bruxelles", "name_nl": "Brussel", "postal_codes": ["1000"]}
FILES: dict[str, bytes] = {
    "communes.geojson": msgspec.json.encode(
        {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": COMMUNE, "geometry": {"type": "Polygon", "coordinates": SQUARE}}],
        }
    ),
    "trees.csv": b"name,height,lon,lat\noak,12.5,4.35,50.85\nelm,9,4.36,50.86\n",
    "counts.csv": b"time,counter,bikes\n2022-10-30 02:00,A,3\n2022-10-30 02:00,A,4\n2022-10-30 03:00,A,5\n2022-10-30 03:00,B,7\n",
    "rooms.csv": b"time,people\n2026-01-01 00:00,1\n2026-01-01 00:05,2\n2026-01-01 00:10,4\n",
    "sites.csv": b"site_id,name\n7,High Street\n",
    "bins.csv": b"site_id,site_name,collected_at,fill_before_pct,fill_after_pct,weight_kg\n7,High Street,2016-06-03 13:23:26,43,0,7.2\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    made.mkdir()
    for name, content in FILES.items():
        (made / name).write_bytes(content)
    return made


@pytest.fixture
def city() -> Manifest:
    return parse_manifest(MANIFEST, "test.toml")


def run(city: Manifest, folder: Path, told: Told) -> dict[str, Outcome]:
    return {each.path: each for each in Loader("test", city, folder, told).run(city.entries())}


@pytest.mark.usefixtures("own_store")
def test_a_folder_is_loaded_whole(city: Manifest, folder: Path, told: Told) -> None:
    outcomes = run(city, folder, told)
    assert {each.word for each in outcomes.values()} == {"loaded"}, outcomes
    assert territory.get_area(ANONYMOUS, "21004").name["nl"] == "Brussel"
    assert tables.get_version(ANONYMOUS, "trees").rows == 2
    dataset = catalogue.get_dataset(ANONYMOUS, "trees")
    assert (dataset.title["fr"], dataset.row.licence, dataset.versioned) == ("Arbres", "unknown", True)
    column = tables.get_version(ANONYMOUS, "trees").column("height")
    assert column is not None
    assert (column.unit, column.label["nl"]) == ("m", "Hoogte")


@pytest.mark.usefixtures("own_store")
def test_observations_keep_their_time_unit_and_place_and_both_hours_of_autumn(city: Manifest, folder: Path, told: Told) -> None:
    run(city, folder, told)
    counts = {each.thing.key: each for each in observations.latest(ANONYMOUS, solution="traffic_counts")}
    first = counts["traffic_counts/A"]
    assert (first.value, first.time.isoformat(), first.stream.unit, first.thing.area) == (5, "2022-10-30T02:00:00+00:00", "1", "21004")
    history = observations.history(ANONYMOUS, first.stream.id, first.time.replace(hour=0), first.time)
    assert [(point.time.hour, point.value) for point in history.points] == [(0, 3), (1, 4)]
    assert counts["traffic_counts/B"].thing.name["fr"] == "B"
    [hall] = observations.latest(ANONYMOUS, thing="rooms/hall")
    assert (hall.value, hall.stream.name["nl"], hall.stream.rows) == (4, "Personen", 2)


@pytest.mark.usefixtures("own_store")
def test_a_second_run_changes_nothing_and_says_so(city: Manifest, folder: Path, told: Told) -> None:
    run(city, folder, told)
    before = (observations.count(SYSTEM), len(tables.list_versions(SYSTEM, "trees")))
    outcomes = list(run(city, folder, told).values())
    assert {each.word for each in outcomes} == {"unchanged"}
    assert load.report(outcomes, 0.1, told) == 0
    assert told.lines[-1] == "0 loaded, 5 unchanged, 0 failed in 0.1 s. Nothing has changed."
    assert (observations.count(SYSTEM), len(tables.list_versions(SYSTEM, "trees"))) == before


@pytest.mark.usefixtures("own_store")
def test_without_the_ledger_nothing_is_stored_twice(city: Manifest, folder: Path, told: Told) -> None:
    run(city, folder, told)
    count = observations.count(SYSTEM)
    outcomes = {each.path: each for each in Loader("another ledger", city, folder, told).run(city.entries())}
    assert observations.count(SYSTEM) == count
    assert outcomes["feed/bins"].said == "3 unchanged"
    assert outcomes["observations/counts"].said == "4 unchanged"
    assert len(tables.list_versions(SYSTEM, "trees")) == 1


@pytest.mark.usefixtures("own_store")
def test_a_changed_file_is_loaded_again(city: Manifest, folder: Path, told: Told) -> None:
    run(city, folder, told)
    (folder / "trees.csv").write_bytes(FILES["trees.csv"] + b"ash,3,4.34,50.84\n")
    outcomes = run(city, folder, told)
    assert outcomes["table/trees"].word == "loaded"
    assert outcomes["feed/bins"].word == "unchanged"
    assert tables.get_version(ANONYMOUS, "trees").rows == 3


def _bomb() -> bytes:
    return gzip.compress(b"0" * 150_000_000, 1)


BROKEN = {
    "malformed GeoJSON": ("communes.geojson", b'{"type": "FeatureCollection", "features": [{"type": ', "areas/communes", ""),
    "a page of HTML instead": ("counts.csv", b"<html><body>Not found</body></html>", "observations/counts", "no column"),
    "a truncated gzip": ("counts.csv", gzip.compress(FILES["counts.csv"] * 500)[:-200], "observations/counts", "unpacked"),
    "another encoding": ("bins.csv", FILES["bins.csv"].replace(b"High", b"H\xfcgh"), "feed/bins", "UTF-8"),
    "a bomb": ("rooms.csv", _bomb(), "observations/rooms", "Row 1 cannot be read"),
    "a bad number in a feed": ("bins.csv", FILES["bins.csv"].replace(b",43,", b",much,"), "feed/bins", "row 2, column fill_before_pct"),
    "an empty file": ("bins.csv", b"", "feed/bins", "no column"),
    "an empty table": ("trees.csv", b"", "table/trees", "trees.csv is empty"),
    "a file that stands beside": ("sites.csv", b"site_id,name\n7,H\xfcgh Street\n", "feed/bins", "sites.csv, row 2, byte 16"),
    "zeros": ("counts.csv", b"\0" * 1000, "observations/counts", ""),
}


@pytest.mark.usefixtures("own_store")
@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_told_and_the_others_are_loaded(case: str, city: Manifest, folder: Path, told: Told) -> None:
    name, content, path, said = BROKEN[case]
    (folder / name).write_bytes(content)
    outcomes = run(city, folder, told)
    assert outcomes[path].faults, outcomes[path]
    assert said in "\n".join(str(fault) for fault in outcomes[path].faults)
    assert all(each.word == "loaded" for each in outcomes.values() if each.path != path)
    status = load.report(list(outcomes.values()), 1, told)
    assert status == (1 if outcomes[path].word == "failed" else 0)
    assert f"{path}: {name}" in told.text
    (folder / name).write_bytes(FILES[name])
    assert {path: each.word for path, each in run(city, folder, told).items()}[path] == "loaded"


@pytest.mark.usefixtures("own_store")
def test_bad_rows_are_told_by_row_and_column_and_the_good_ones_are_stored(city: Manifest, folder: Path, told: Told) -> None:
    rows = b"time,counter,bikes\n2026-01-01 00:00,A,1\nlate,A,2\n2026-01-01 00:30,A,many\n2026-03-29 02:30,A,4\n"
    rows += b"2026-01-01 01:00,A\n2026-01-01 01:15,A,-5\n2026-01-01 01:30,A,6\n"
    (folder / "counts.csv").write_bytes(rows)
    outcome = run(city, folder, told)["observations/counts"]
    assert outcome.word == "loaded"
    assert outcome.said == "2 added, 5 refused"
    faults = [str(each) for each in outcome.faults]
    assert len(faults) == 5
    text = "\n".join(faults)
    for place in ("counts.csv, row 3, column time", "row 4, column bikes", "row 5, column time", "row 6", "row 7, column bikes"):
        assert place in text, text


@pytest.mark.usefixtures("own_store")
def test_a_missing_file_is_said_and_is_no_failure(city: Manifest, folder: Path, told: Told) -> None:
    (folder / "bins.csv").unlink()
    outcomes = run(city, folder, told)
    assert outcomes["feed/bins"].word == "missing"
    assert load.report(list(outcomes.values()), 1, told) == 0
    assert "Not in the folder: bins.csv." in told.text


@pytest.mark.usefixtures("own_store")
def test_an_empty_folder_is_refused_with_an_example(city: Manifest, tmp_path: Path, told: Told) -> None:
    with pytest.raises(Problem, match="such as communes.geojson"):
        load.load_folder("test", city, city.entries(), tmp_path, told)


def test_only_chooses_by_kind_and_by_key(city: Manifest) -> None:
    assert [entry.key for _, entry in load.choose(city, ["table"])] == ["trees"]
    assert [entry.key for _, entry in load.choose(city, ["feed/bins", "areas"])] == ["communes", "bins"]
    with pytest.raises(Problem, match="no such entry"):
        load.choose(city, ["table/forest"])


@pytest.mark.usefixtures("own_store")
def test_the_bar_never_goes_back(city: Manifest, folder: Path, told: Told) -> None:
    run(city, folder, told)
    done = [done for label, done, _ in told.bars if label == "Loading"]
    assert done == sorted(done)
    assert done[-1] == told.bars[-1][2]


def command(data: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "ZINNEKE_DATA": str(data), "ZINNEKE_CITY_DATA": "/nonexistent"}
    return subprocess.Popen([sys.executable, "-m", "zinneke", *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture(scope="session")
def loaded(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, float]:
    """Load the real folder once, and return the data folder, what was said, and the seconds it took."""
    data = tmp_path_factory.mktemp("brussels")
    begun = time.monotonic()
    process = command(data, "load", "brussels", "--from", str(shared_data))
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return data, said, time.monotonic() - begun


@pytest.mark.xdist_group("load")
def test_the_real_folder_is_loaded(loaded: tuple[Path, str, float]) -> None:
    _, said, _ = loaded
    assert " 0 failed" in said
    assert "areas/municipalities: 19 added." in said
    assert "catalogue/data.gov.be: 17,828 added." in said
    lines = [line for line in said.splitlines() if " added" in line]
    stored = sum(int(line.split(": ")[1].split(" added")[0].replace(",", "")) for line in lines if line.startswith(("observations/", "feed/")))
    assert stored > 1_000_000
    assert len([line for line in lines if line.startswith("table/")]) >= 50


@pytest.mark.xdist_group("load")
def test_a_second_load_of_the_real_folder_changes_nothing(loaded: tuple[Path, str, float], shared_data: Path) -> None:
    process = command(loaded[0], "load", "brussels", "--from", str(shared_data))
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert re.search(r"^0 loaded, \d+ unchanged, 0 failed", said, re.MULTILINE), said
    assert said.rstrip().endswith("Nothing has changed.")


@pytest.mark.xdist_group("load")
def test_a_killed_load_is_completed_by_the_next_with_nothing_twice(shared_data: Path, tmp_path: Path) -> None:
    words = (
        "load",
        "brussels",
        "--from",
        str(shared_data),
        "--only",
        "areas",
        "--only",
        "observations/noise-leuven",
        "--only",
        "feed/bins-edinburgh",
    )
    process = command(tmp_path, *words)
    database = tmp_path / "observations.duckdb.wal"
    while process.poll() is None and not (database.exists() and database.stat().st_size > 200_000):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process = command(tmp_path, *words)
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    line = next(line for line in said.splitlines() if line.startswith("observations/noise-leuven"))
    numbers = [int(part.split()[0].replace(",", "")) for part in line.split(": ")[1].rstrip(".").split(", ")]
    assert sum(numbers) == 201_256
    process = command(tmp_path, *words)
    said, _ = process.communicate(timeout=120)
    assert "Nothing has changed." in said


def test_the_command_is_declared_for_whoever_owns_the_stores() -> None:
    assert load.COMMAND.exclusive
    parser = argparse.ArgumentParser()
    load.COMMAND.configure(parser)
    args = parser.parse_args(["brussels", "--from", "x", "--only", "table/trees"])
    assert (args.city, args.folder, args.only) == ("brussels", Path("x"), ["table/trees"])


def test_a_zip_of_one_table_is_read_as_that_table(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("x.csv", "a\n1\n")
    from zinneke.cli.files import read_rows

    assert list(read_rows(tmp_path / "x.zip", ",")) == [(1, ["a"]), (2, ["1"])]
