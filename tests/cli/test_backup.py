"""A backup of a served city under load is one moment of it, and what is restored from it is whole."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests import postgres
from tests.city import City, sent

pytestmark = pytest.mark.xdist_group("backup")


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = City(tmp_path)
    yield made
    for node in list(made.processes):
        made.stop(node)


def filled(city: City) -> int:
    """Start a city with a datastream, a dataset and somebody who may write both; return the datastream's number."""
    city.start("main")
    city.token = city.admit("ann@city.test", "see:*", "edit:*")
    stream = city.make_stream("main", "bench")
    assert city.ask("main", "POST", "/api/observations", json=sent(stream, 0, 10_000)).json()["stored"] == 10_000
    assert city.ask("main", "POST", "/api/tables/trees?form=csv", content=b"name,size\noak,7\nelm,9\n").status_code < 300
    return stream


def restored(city: City, backup: Path) -> City:
    """Restore a backup into another data folder, and serve it."""
    other = City(city.folder / "other", **{name: value for name, value in city.shared.items() if name.startswith("ZINNEKE_")})
    other.folder.mkdir()
    done = other.command("restore", str(backup))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "entries stand" in done.stdout
    other.token = city.token
    other.start("main")
    return other


def test_a_backup_made_under_load_holds_what_was_acknowledged_before_it_and_is_whole(city: City) -> None:
    stream = filled(city)
    acknowledged, stop, faults = [10_000], threading.Event(), []

    def send() -> None:
        while not stop.is_set():
            answer = city.ask("main", "POST", "/api/observations", json=sent(stream, acknowledged[0], 500))
            if answer.status_code != 200 or answer.json()["stored"] != 500:
                faults.append(answer.text)
                return
            acknowledged[0] += 500

    thread = threading.Thread(target=send)
    thread.start()
    before = acknowledged[0]
    done = city.command("backup", str(city.folder / "kept"))
    after = acknowledged[0] + 500
    stop.set()
    thread.join()
    assert done.returncode == 0, done.stdout + done.stderr
    assert not faults
    (backup,) = (city.folder / "kept").iterdir()
    assert all(path.stat().st_mode & 0o077 == 0 for path in backup.rglob("*"))
    city.stop("main")
    other = restored(city, backup)
    try:
        values = [value for _, value in other.stored(stream)]
        assert values == [float(number) for number in range(len(values))]
        assert before <= len(values) <= after
        rows = other.ask("main", "GET", "/api/tables/trees/rows").json()["rows"]
        assert [row["name"] for row in rows] == ["oak", "elm"]
        assert other.ask("main", "POST", "/api/observations", json=sent(stream, len(values), 1)).json()["stored"] == 1
    finally:
        other.stop("main")


def test_a_backup_is_refused_where_it_would_be_lost_and_a_restore_where_something_is_or_the_backup_is_not_whole(city: City) -> None:
    filled(city)
    inside = city.command("backup", str(city.folder / "main" / "kept"))
    assert inside.returncode == 1
    assert "Name another folder" in inside.stdout
    city.stop("main")
    assert city.command("backup", str(city.folder / "kept")).returncode == 0, "without a server, too"
    (backup,) = (city.folder / "kept").iterdir()
    assert "holds" in (full := city.command("restore", str(backup))).stdout
    assert full.returncode == 1
    assert "no manifest.json" in city.command("restore", str(city.folder), node="third").stdout
    manifest = json.loads((backup / "manifest.json").read_text())
    damaged = backup / next(name for name in manifest["files"] if name.endswith(".parquet"))
    os.truncate(damaged, 10)
    told = city.command("restore", str(backup), node="third")
    assert told.returncode == 1
    assert "is not what was backed up" in told.stdout


@pytest.mark.skipif(not shutil.which("pg_dump") and not os.environ.get("CI"), reason="PostgreSQL's client is not installed")
def test_records_in_postgresql_are_in_the_backup_too(tmp_path: Path) -> None:
    name = f"zinneke_backup_{os.getpid()}"
    with postgres.running() as cluster, psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
        for each in (name, f"{name}_again"):
            connection.execute(f"CREATE DATABASE {each}")
        city = City(tmp_path, ZINNEKE_DATABASE_URL=f"{cluster}/{name}")
        try:
            stream = filled(city)
            done = city.command("backup", str(tmp_path / "kept"))
            assert done.returncode == 0, done.stdout + done.stderr
            city.stop("main")
            (backup,) = (tmp_path / "kept").iterdir()
            city.shared["ZINNEKE_DATABASE_URL"] = f"{cluster}/{name}_again"
            other = restored(city, backup)
            assert len(other.stored(stream)) == 10_000
            assert httpx.get(f"{other.url('main')}/en/", trust_env=False).status_code == 200
            other.stop("main")
        finally:
            for node in list(city.processes):
                city.stop(node)
            for each in (name, f"{name}_again"):
                connection.execute(f"DROP DATABASE IF EXISTS {each} WITH (FORCE)")
