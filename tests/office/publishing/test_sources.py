"""A table of a database and what sensors measured become datasets in the same flow; no address is told, nobody reads further than they may."""

from __future__ import annotations

import gzip
import logging
import secrets
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import shapely
from django.test import Client

from tests.office.publishing.test_flow import ABOUT, text
from tests.postgres import reachable, running
from zinneke.foundations import databases
from zinneke.foundations.audit import store as audit
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.fetching import Answer, Fetcher
from zinneke.foundations.identity import store as identity
from zinneke.foundations.observations import lifecycle
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import StreamRow, ThingRow
from zinneke.foundations.tables import opening
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.problem import Problem
from zinneke.kernel.solution import Sample
from zinneke.office.publishing import arriving, commands, models, refreshing, sources, store
from zinneke.office.publishing.sources import FromDatabase, FromStreams, FromWeb

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "hunter2-and-more"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(arriving, "MOMENT", 30.0)
    lifecycle.stop()
    yield
    lifecycle.stop()


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a SQLite file of trees, in a folder from which databases may be read."""
    folder = tmp_path / "registers"
    folder.mkdir()
    with sqlite3.connect(folder / "green.sqlite") as made:
        made.execute("CREATE TABLE bomen (nr TEXT PRIMARY KEY, hoogte REAL, geplant TEXT, ziek INTEGER, foto BLOB)")
        made.executemany("INSERT INTO bomen VALUES (?, ?, ?, ?, ?)", [("0042", 12.5, "1990-02-01", 0, b"\0"), ("0007", None, "2001-03-02", 1, None)])
        made.execute("CREATE VIEW zieke AS SELECT nr FROM bomen WHERE ziek")
    monkeypatch.setenv("ZINNEKE_DATABASES", str(folder))
    return folder / "green.sqlite"


def sqlite_form(path: Path) -> dict[str, str]:
    return {"begin": "database", "engine": "sqlite", "name": str(path)}


def test_a_table_is_chosen_read_published_and_read_again(publisher: Client, trees: Path) -> None:
    answer = publisher.post("/en/publish/", sqlite_form(trees))
    place = answer["Location"].removesuffix("fetch/")
    page = text(publisher.get(f"{place}fetch/"))
    assert "bomen (5 columns" in page and "zieke (1 column" in page
    assert publisher.get(f"{place}table/")["Location"] == f"{place}fetch/"
    assert publisher.post(f"{place}fetch/", {"table": ""}).status_code == 422
    assert publisher.post(f"{place}fetch/", {"table": "bomen"})["Location"] == f"{place}table/"
    assert "0042" in text(publisher.get(f"{place}table/"))
    publisher.post(f"{place}about/", ABOUT)
    assert "every hour" in text(publisher.get(f"{place}check/"))
    assert publisher.post(f"{place}check/", {"do": "publish", "hours": "1"})["Location"] == "/en/data/arbres/"
    version = tables.get_version(ANONYMOUS, "arbres")
    assert {each.name: each.type for each in version.columns} == {
        "nr": "text",
        "hoogte": "decimal",
        "geplant": "date",
        "ziek": "integer",
        "foto": "text",
    }
    assert "SQLite green.sqlite, bomen" in " ".join(version.lineage)
    with sqlite3.connect(trees) as changed:
        changed.execute("INSERT INTO bomen (nr) VALUES ('0100')")
    assert refreshing.refresh_due(datetime.now(UTC)) == "arbres new"
    assert refreshing.refresh_due(datetime.now(UTC) + timedelta(hours=1)) == "arbres unchanged"
    assert tables.get_version(ANONYMOUS, "arbres").rows == 3
    assert "bomen" in text(publisher.get("/en/publish/refresh/arbres/")) and str(trees.parent) not in text(
        publisher.get("/en/publish/refresh/arbres/")
    )


def test_a_table_that_begins_to_hold_people_is_a_failure_and_never_a_version(publisher: Client, trees: Path) -> None:
    work = store.begin_source(SYSTEM, FromDatabase(f"sqlite:{trees}", "bomen"))
    store.set_row(SYSTEM, work.key, catalogue_row(), "task")
    made = store.finish_upload(SYSTEM, work.key, publish=True, hours=1)
    with sqlite3.connect(trees) as changed:
        changed.execute("ALTER TABLE bomen ADD COLUMN mail TEXT")
        changed.execute("UPDATE bomen SET mail = nr || '@example.be'")
    assert refreshing.refresh_due(datetime.now(UTC)) == f"{made.key} failed"
    with sqlite3.connect(trees) as changed:
        changed.execute("DROP VIEW zieke")
        changed.execute("DROP TABLE bomen")
    found = store.find_refresh(SYSTEM, made.key)
    assert found is not None and "tell of people" in found.fault
    assert refreshing.refresh_due(found.due) == f"{made.key} failed"
    found = store.find_refresh(SYSTEM, made.key)
    assert found is not None and "no table bomen" in found.fault
    assert tables.get_version(SYSTEM, made.key).number == 1


def catalogue_row() -> Any:
    return catalogue.DatasetRow(uri="", title={"fr": "Arbres"})


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:/etc/passwd",
        "sqlite:{folder}/../zinneke.sqlite3",
        "postgresql://u:p@127.0.0.1/zinneke",
        "postgresql://u:p@db.example:5433/city",
        "postgresql://u:p@db.example/city?host=evil.example",
        "postgresql://u:p@db.example/city?sslkey=/etc/shadow",
        "postgresql://u:p@db.example,evil.example/city",
        "postgresql://db.example/city",
        "postgresql://u:p@db.example:x/city",
        "mysql://u:p@db.example/",
        "file:///etc/passwd",
    ],
)
def test_only_databases_that_the_city_allows_are_opened(address: str, trees: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZINNEKE_DATABASES", f"{trees.parent}, db.example")
    somebody = identity.actor_of_person(identity.add_person(SYSTEM, "ann@brussels.test", "Ann").id)
    assert somebody is not None
    connect = psycopg.connect  # by which the records may be read, too: Django names all that it gives, an address stands alone
    monkeypatch.setattr(psycopg, "connect", lambda *address, **named: pytest.fail("it was asked") if address else connect(**named))
    with pytest.raises(Problem) as refusal:
        sources.check(somebody, FromDatabase(address.format(folder=trees.parent), "x"))
    assert refusal.value.status == 400


def test_an_allowed_address_is_taken_apart_and_the_second_reading_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZINNEKE_DATABASES", "db.example:5433")
    clean = databases.check_address("postgresql://an%40n:p%2Fw@DB.example:5433/city?sslmode=require")
    assert clean == "postgresql://an%40n:p%2Fw@db.example:5433/city?passfile=/dev/null&sslmode=require"
    assert databases.check_address(clean) == clean
    assert databases.shown(clean) == "PostgreSQL city"


def test_what_the_form_takes_for_a_host_leads_nowhere_else(publisher: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZINNEKE_DATABASES", "db.example")
    form = {"begin": "database", "engine": "postgresql", "name": "city", "user": "ann", "password": SECRET}
    for host in ("", "x@db.example", "db.example/other", "db.example?host=evil", "evil.example", "db.example:99999"):
        refused = publisher.post("/en/publish/", form | {"host": host})
        assert refused.status_code == 422, host
        assert SECRET not in text(refused)


@pytest.mark.xdist_group("postgresql")
def test_no_page_log_or_journal_tells_a_password(publisher: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    base = next(
        (f"postgresql://{user}@127.0.0.1:5432" for user in ("root", "postgres") if reachable(f"postgresql://{user}@127.0.0.1:5432/postgres")), ""
    )
    if not base:
        pytest.skip("No PostgreSQL answers at 127.0.0.1:5432.")
    name = f"publishing_{secrets.token_hex(4)}"
    monkeypatch.setenv("ZINNEKE_DATABASES", "127.0.0.1:5432")
    caplog.set_level(logging.INFO)
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        with psycopg.connect(f"{base}/{name}", autocommit=True) as connection:
            connection.execute(
                'CREATE SCHEMA groen; CREATE TABLE groen."Bo""men" '
                "(id int PRIMARY KEY, postcode text, prijs numeric(9, 2), ok bool, sinds timestamptz)"
            )
            connection.execute(
                "INSERT INTO groen.\"Bo\"\"men\" VALUES (2, '01000', 12.50, true, '2026-01-02 10:00+01'), (1, '1030', NULL, false, NULL)"
            )
        user = base.removeprefix("postgresql://").partition("@")[0]
        form = {"begin": "database", "engine": "postgresql", "host": "127.0.0.1", "name": name, "user": user, "password": SECRET}
        answer = publisher.post("/nl/publish/", form)
        place = answer["Location"].removesuffix("fetch/")
        publisher.post(f"{place}fetch/", {"table": 'groen.Bo"men'})
        pages = [text(publisher.get(f"{place}{step}/")) for step in ("table", "people")]
        publisher.post(f"{place}about/", ABOUT)
        pages.append(text(publisher.get(f"{place}check/")))
        publisher.post(f"{place}check/", {"do": "publish", "hours": "24"})
        version = tables.get_version(ANONYMOUS, "arbres")
        types = {each.name: each.type for each in version.columns}
        assert types == {"id": "integer", "postcode": "text", "prijs": "decimal", "ok": "boolean", "sinds": "timestamp"}
        refused = publisher.post("/nl/publish/", form | {"name": "none_such"})
        pages += [text(refused), text(publisher.get("/nl/publish/refresh/arbres/")), text(publisher.get("/nl/data/arbres/"))]
    finally:
        with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    refreshing.refresh_due(datetime.now(UTC))
    found = store.find_refresh(SYSTEM, "arbres")
    assert found is not None and found.state == "failed"
    kept = [found.fault, *(str(each) for each in models.Refresh.objects.values_list()), *(str(each) for each in models.Upload.objects.values_list())]
    journal = str(list(audit.list_entries(SYSTEM)))
    told = "\n".join([*pages[:3], *pages[4:], *kept, caplog.text, journal, str(version)])
    assert SECRET not in told and "127.0.0.1" not in told


STAND_IN = """
CREATE TYPE geometry;
CREATE FUNCTION geometry_in(cstring) RETURNS geometry AS 'textin' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION geometry_out(geometry) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
CREATE TYPE geometry (INPUT = geometry_in, OUTPUT = geometry_out, LIKE = text);
"""
"""Where PostGIS is not installed: a type of that name, of its own, that shows what PostGIS shows a client, EWKB as hexadecimal digits."""


@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize("kind", ["geometry", "bytea"])
def test_shapes_of_a_postgis_table_are_published_from_the_live_database_where_they_lie(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lambert = [shapely.set_srid(shapely.Point(148_900 + number * 10, 170_600), 31370) for number in range(30)]
    name = f"publishing_{secrets.token_hex(4)}"
    with running() as base, psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(f"{base}/{name}", autocommit=True) as connection:
                there = connection.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'").fetchone()
                connection.execute("CREATE EXTENSION postgis" if there == (1,) else STAND_IN)
                connection.execute(f"CREATE TABLE bomen (nr int PRIMARY KEY, soort text, plaats {kind})")
                for number, shape in enumerate(lambert):
                    held = shapely.to_wkb(shape, include_srid=True, hex=kind == "geometry")
                    connection.execute("INSERT INTO bomen VALUES (%s, 'linde', %s)", (number, held))
                connection.execute("INSERT INTO bomen VALUES (99, 'eik', NULL)")
            monkeypatch.setenv("ZINNEKE_DATABASES", base.partition("@")[2])
            work = store.begin_source(SYSTEM, FromDatabase(f"{base}/{name}", "public.bomen"))
            store.set_row(SYSTEM, work.key, catalogue_row(), "task")
            made = store.finish_upload(SYSTEM, work.key, publish=True, hours=1)
            version = tables.get_version(ANONYMOUS, made.key)
            assert (version.geometry, version.rows, version.bbox is not None) == ("point", 31, True)
            found = tables.features(ANONYMOUS, made.key, (4.3, 50.8, 4.4, 50.9))
            assert found["numberMatched"] == 30
            lon, lat = found["features"][0]["geometry"]["coordinates"]
            assert 4.34 < lon < 4.36 and 50.83 < lat < 50.86
            with psycopg.connect(f"{base}/{name}", autocommit=True) as connection:
                connection.execute("DELETE FROM bomen WHERE nr < 10")
            assert refreshing.refresh_due(datetime.now(UTC)) == f"{made.key} new"
            assert tables.features(ANONYMOUS, made.key, (4.3, 50.8, 4.4, 50.9))["numberMatched"] == 20
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_an_address_is_kept_sealed_for_its_owner_alone() -> None:
    sealed = sources.seal(FromDatabase(f"postgresql://u:{SECRET}@h/d", "t"), "refresh:a")
    assert SECRET not in sealed
    assert sources.unseal(sealed, "refresh:a") == FromDatabase(f"postgresql://u:{SECRET}@h/d", "t")
    with pytest.raises(Problem):
        sources.unseal(sealed, "refresh:b")


# --- streams ---------------------------------------------------------------------------------------------------


@pytest.fixture
def measured() -> None:
    """Let two stations measure, one of them for administrations only."""
    samples = [Sample(station, "no2", NOW - timedelta(hours=n), 10.0 + n, place=(4.35, 50.85)) for station in ("A1", "B2") for n in range(1, 49)]
    observations.take_samples(SYSTEM, "air_quality", samples)
    thing = observations.get_thing(SYSTEM, "air_quality/B2")
    stream = observations.find_stream(SYSTEM, "air_quality/B2/no2")
    assert stream is not None
    observations.set_things(
        SYSTEM, [ThingRow(key=thing.key, name=thing.name, kind=thing.kind, solution="air_quality", place=thing.place, level=Level.SHARED)]
    )
    given = {name: getattr(stream, name) for name in StreamRow.__struct_fields__}
    observations.set_streams(SYSTEM, [StreamRow(**{**given, "level": Level.SHARED})])


def test_what_a_station_measured_is_published_and_grows(publisher: Client, measured: None) -> None:
    assert 'value="air_quality/no2"' in text(publisher.get("/en/publish/"))
    answer = publisher.post("/en/publish/", {"begin": "streams", "streams": "air_quality/no2", "thing": "A1", "days": "30"})
    place = answer["Location"].removesuffix("table/")
    publisher.post(f"{place}about/", ABOUT)
    publisher.post(f"{place}check/", {"do": "publish", "hours": "1"})
    version = tables.get_version(ANONYMOUS, "arbres")
    assert (version.rows, version.geometry, version.time) == (48, "point", "time")
    assert {each.name: each.unit for each in version.columns}["value"] == "ug/m3"
    observations.take_samples(SYSTEM, "air_quality", [Sample("A1", "no2", NOW - timedelta(minutes=1), 5.0)])
    assert refreshing.refresh_due(datetime.now(UTC)) == "arbres new"
    assert tables.get_version(ANONYMOUS, "arbres").rows == 49


def test_what_is_for_administrations_stays_closed_unless_somebody_says_why(measured: None) -> None:
    work = store.begin_source(SYSTEM, FromStreams("air_quality", "no2", days=7))
    assert work.raw is not None and work.raw.rows == 96
    assert {each.suggested for each in work.raw.columns} == {Level.SHARED}
    assert {each.level for each in work.spec.columns} == {Level.SHARED}
    opened = Spec(name=work.spec.name, columns=tuple(type(each)(name=each.name) for each in work.spec.columns))
    store.set_spec(SYSTEM, work.key, opened)
    store.set_row(SYSTEM, work.key, catalogue_row(), "task")
    with pytest.raises(Problem) as refusal:
        store.finish_upload(SYSTEM, work.key, publish=True)
    assert refusal.value.status == 409


def test_a_refresh_reads_with_the_rights_of_whoever_set_it_up(publisher: Client, measured: None) -> None:
    person = identity.add_person(SYSTEM, "writer@brussels.test", "Writer")
    for subject in ("catalogue", "tables"):
        identity.grant_role(SYSTEM, "writer@brussels.test", "steward", "", subject)
    catalogue.publish(SYSTEM, catalogue.DatasetRow(uri="urn:air", key="air", title={"fr": "Air"}), b"x\n1\n", Spec(name="x.csv"))
    store.set_refresh(SYSTEM, "air", FromStreams("air_quality", "no2", days=7), 1, Spec(name="air.csv"))
    models.Refresh.objects.update(person=person.id)
    assert refreshing.refresh_due(datetime.now(UTC)) == "air new"
    assert tables.get_version(SYSTEM, "air").rows == 48, "the station for administrations is not theirs to see"
    identity.set_active(SYSTEM, "writer@brussels.test", False)
    assert refreshing.refresh_due(datetime.now(UTC) + timedelta(hours=1)) == "air failed"
    assert tables.get_version(SYSTEM, "air").rows == 48


@pytest.mark.parametrize(
    "form",
    [
        {"streams": "air_quality/none"},
        {"streams": "none"},
        {"streams": "air_quality/no2", "thing": "nowhere"},
        {"streams": "air_quality/no2", "start": "yesterday"},
        {"streams": "air_quality/no2", "start": "2026-02-01", "end": "2025-01-01"},
        {"streams": "air_quality/no2", "start": "1900-01-01"},
        {"streams": "air_quality/no2", "days": "99999"},
    ],
)
def test_a_measurement_or_a_period_that_is_none_is_said_at_its_field(publisher: Client, measured: None, form: dict[str, str]) -> None:
    refused = publisher.post("/fr/publish/", {"begin": "streams", **form})
    assert refused.status_code == 422
    assert "#streams" in text(refused) or "#period" in text(refused) or "#days" in text(refused)


# --- arriving ----------------------------------------------------------------------------------------------------


def test_what_is_large_is_told_while_it_comes_and_what_fails_can_be_tried_again(publisher: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "_start", lambda actor, key: None)
    monkeypatch.setattr(sources, "check_address", lambda address: None)
    answer = publisher.post("/en/publish/", {"address": "https://93.184.216.34/large.csv"})
    place = answer["Location"]
    assert place.endswith("/fetch/")
    record = models.Upload.objects.get()
    (Path(arriving.uploads.folder(record.key)) / "arriving-x").write_bytes(b"x" * 5_000_000)
    page = text(publisher.get(place))
    assert 'http-equiv="refresh"' in page and "hx-get" in page and "4.8" in page
    assert publisher.post(place).status_code == 422, "it is under way"

    def bring(actor: Any, source: Any, path: Path) -> Any:
        if not came:
            raise Problem(502, "Not reached", "large.example could not be reached: ConnectError.")
        path.write_bytes(came)
        return sources.Brought("large.csv")

    came = b""
    monkeypatch.setattr(sources, "bring", bring)
    arriving.fetch(SYSTEM, record.key)
    page = text(publisher.get(place))
    assert "could not be reached" in page and "Try again" in page and 'http-equiv="refresh"' not in page
    publisher.post(place)
    came = b"name\noak\n"
    arriving.fetch(SYSTEM, record.key)
    assert publisher.get(place)["Location"].endswith("/table/")
    assert "/table/" in publisher.get(place, headers={"HX-Request": "true"})["HX-Redirect"]


def test_what_a_process_that_is_gone_was_fetching_is_fetched_again_and_what_is_given_up_leaves_nothing(publisher: Client, trees: Path) -> None:
    publisher.post("/en/publish/", sqlite_form(trees))
    record = models.Upload.objects.get()
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    models.Upload.objects.update(state="fetching", changed=long_ago)
    record.refresh_from_db()
    assert arriving.silent(record)
    assert publisher.post(f"/en/publish/{record.key}/fetch/", {"table": "bomen"})["Location"].endswith("/table/")
    models.Upload.objects.update(state="fetching")
    publisher.post(f"/en/publish/{record.key}/delete/")
    assert not arriving.uploads.folder(record.key).exists()


def test_the_command_line_publishes_a_table_and_keeps_it_fresh(trees: Path) -> None:
    said: list[str] = []
    out: Any = SimpleNamespace(say=said.append, progress=lambda *_: None)

    def publish(*words: str) -> int:
        import argparse

        parser = argparse.ArgumentParser()
        commands.configure(parser)
        return commands.run(parser.parse_args(words), out)

    assert publish(f"sqlite:{trees}", "--table", "bomen", "--title", "Bomen", "--language", "nl", "--every", "24") == 0
    assert "bomen: version 1, 2 rows kept of 2." in said[-1]
    assert publish(f"sqlite:{trees}", "--table", "bomen", "--title", "Bomen", "--language", "nl") == 0
    assert "unchanged" in said[-1]
    assert publish(f"sqlite:{trees}", "--table", "none", "--title", "Geen") == 1
    assert publish("streams:air_quality/none", "--title", "Geen") == 1
    found = store.find_refresh(SYSTEM, "bomen")
    assert found is not None and (found.hours, found.address) == (24, "SQLite green.sqlite, bomen")


def test_a_web_address_that_was_kept_before_addresses_were_sealed_is_still_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue.publish(SYSTEM, catalogue.DatasetRow(uri="urn:t", key="t", title={"nl": "T"}), b"name\noak\n", Spec(name="t.csv"))
    monkeypatch.setattr(sources, "check_address", lambda address: None)
    store.set_refresh(SYSTEM, "t", FromWeb("https://93.184.216.34/t.csv"), 1, Spec(name="t.csv"))
    models.Refresh.objects.update(source="")
    asked = []

    def save(actor: Any, source: Any, path: Path, etag: str, modified: str) -> Any:
        asked.append(source)
        path.write_bytes(b"name\nelm\n")
        return sources.Brought("t.csv")

    assert refreshing.refresh_due(datetime.now(UTC), save) == "t new"
    assert asked == [FromWeb("https://93.184.216.34/t.csv")]


@pytest.mark.parametrize(("held", "name"), [(gzip.compress(b"name\noak\n", mtime=0), "trees.csv.gz"), (b"name\noak\n", "trees.csv")])
def test_a_packed_file_that_a_server_unpacks_on_the_way_is_called_what_it_is(
    held: bytes, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(self: Fetcher, address: str, path: Path, etag: str, modified: str) -> Answer:
        path.write_bytes(held)
        return Answer(200, address, b"", "text/csv", "", "")

    monkeypatch.setattr(Fetcher, "save", save)
    brought = sources.bring(SYSTEM, FromWeb("https://93.184.216.34/trees.csv.gz?today"), tmp_path / "source")
    assert brought.name == name
    assert opening.open_source(tmp_path / "source", Spec(name=brought.name), tmp_path).name == "trees.csv"
