"""Live databases are read without touching a row; one that drops the connection half-way gives what was seen; no password is ever told."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from tests.postgres import installed, own_cluster
from zinneke.foundations import databases
from zinneke.foundations.databases import Broken, Refused
from zinneke.kernel.problem import Problem
from zinneke.office.cartography import relations
from zinneke.office.cartography.profile import profile
from zinneke.office.cartography.reading import live
from zinneke.office.cartography.reading.origin import Origin
from zinneke.office.cartography.reading.sampling import Sampling
from zinneke.office.cartography.sources import read_database
from zinneke.office.cartography.things import Table

CRM = Origin(name="crm")
KEY = b"a key made up for this test only"


def people(path: Path, first: int, rows: int) -> str:
    """Write a register of people with numbers of its own and return its address."""
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE personen (rrn TEXT PRIMARY KEY, naam TEXT, straat TEXT)")
        made.executemany(
            "INSERT INTO personen VALUES (?, ?, ?)", [(number(n), f"Janssens{n}", f"Bergstraat {n}") for n in range(first, first + rows)]
        )
        made.execute("CREATE VIEW iedereen AS SELECT * FROM personen")
    return f"sqlite:{path}"


def number(n: int) -> str:
    """Return a national number that passes its check."""
    born = f"{n % 60 + 40:02}{n % 12 + 1:02}{n % 28 + 1:02}{n % 997 + 1:03}"
    return f"{born}{97 - int(born) % 97:02}"


def columns(found: Any) -> dict[str, list[str]]:
    return {each.title["en"]: [column.name for column in each.details.columns] for each in found.things if isinstance(each.details, Table)}


def test_a_sqlite_file_is_read_and_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "crm.sqlite"
    with sqlite3.connect(path) as made:
        made.executescript(
            "CREATE TABLE gemeente (id INTEGER PRIMARY KEY, nis TEXT); CREATE TABLE p (naam TEXT, g INTEGER REFERENCES gemeente (id));"
        )
    before = path.read_bytes()
    found = live.read(f"sqlite:{path}", CRM)
    assert columns(found) == {"gemeente": ["id", "nis"], "p": ["naam", "g"]}
    table = next(each for each in found.things if each.key == "crm/p")
    assert table.details.columns[1].references == "gemeente"
    assert path.read_bytes() == before


@pytest.mark.parametrize("address", ["sqlite:/nowhere/at/all", "oracle://x", "file:///etc/passwd", ""])
def test_what_is_no_database_is_refused(address: str) -> None:
    with pytest.raises(Problem) as refusal:
        live.read(address, CRM)
    assert refusal.value.status == 400


def test_a_connection_that_drops_half_way_gives_what_was_seen_and_calls_nothing_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def dropping(address: str) -> Iterator[Any]:
        def ask(question: str) -> Iterator[tuple[Any, ...]]:
            yield "a", "id", "int", "", True, "", 5, "", "a", False
            yield "a", "naam", "text", "", False, "", 5, "", "a", False
            yield "b", "id", "int", "", True, "", 5, "", "b", False
            raise Broken("server closed the connection")

        yield ask

    monkeypatch.setitem(databases.ENGINES, "postgresql", databases.ENGINES["postgresql"]._replace(opener=dropping, question=""))
    found = live.read("postgresql://u:secret@h/d", CRM)
    assert columns(found) == {"a": ["id", "naam"], "b": ["id"]}
    assert "after 2 tables" in found.partial and "secret" not in found.partial


def test_without_being_asked_no_row_is_looked_at(tmp_path: Path) -> None:
    assert live.read(people(tmp_path / "crm.sqlite", 0, 50), CRM).profiles == ()


def test_rows_that_are_looked_at_leave_a_profile_and_no_value(tmp_path: Path) -> None:
    found = live.read(people(tmp_path / "crm.sqlite", 0, 900), CRM, Sampling(1000, KEY))
    (profile,) = found.profiles  # the view repeats its table
    assert (profile.key, profile.rows) == ("crm/personen", 900)
    assert [column.kind for column in profile.columns][0] == "national_number"
    told = msgspec.msgpack.encode(profile)
    assert b"Janssens7" not in told and b"Bergstraat" not in told and number(7).encode() not in told


def test_two_systems_of_which_some_rows_are_looked_at_are_found_to_hold_the_same_people(tmp_path: Path) -> None:
    one = live.read(people(tmp_path / "a.sqlite", 0, 6000), Origin(name="a"), Sampling(1500, KEY)).profiles[0]
    other = live.read(people(tmp_path / "b.sqlite", 0, 6000), Origin(name="b"), Sampling(1500, KEY)).profiles[0]
    assert one.rows == other.rows and 1200 < one.rows <= 1500 and "of about 6,000 rows" in one.faults[0]
    found = relations.judge(one, other)
    assert found is not None and found.kind == "copy"


def test_a_connection_that_drops_while_rows_come_keeps_what_came_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def dropping(address: str) -> Iterator[Any]:
        def ask(question: str) -> Iterator[tuple[Any, ...]]:
            if not question:
                for table in "abcd":
                    yield table, "naam", "text", "", False, "", None, "", table, False
            elif "count" in question:
                yield (3,)
            elif "FROM a" in question:
                yield from (("Mia",), ("Jan",), ("Piet",))
            elif "FROM b" in question:
                raise Refused("InsufficientPrivilege")
            else:
                yield from [("Mia",)] * 600
                raise Broken("server closed the connection")

        yield ask

    monkeypatch.setitem(databases.ENGINES, "postgresql", databases.ENGINES["postgresql"]._replace(opener=dropping, question=""))
    found = live.read("postgresql://u:secret@h/d", CRM, Sampling(1000, KEY))
    assert list(columns(found)) == ["a", "b", "c", "d"], "the names of all tables were read before any row"
    assert {each.key: each.rows for each in found.profiles} == {"crm/a": 3, "crm/c": 500}
    assert "at table 3 of 4" in found.partial and "What was read is kept" in found.partial
    assert any("b: its rows could not be read (InsufficientPrivilege)" in str(fault) for fault in found.faults)


@pytest.mark.xdist_group("postgresql")
def test_a_real_postgresql_is_read_with_its_comments_and_keys_and_refuses_with_no_password_told() -> None:
    programs = installed()
    if programs is None:
        pytest.skip("There is no PostgreSQL on this machine.")
    with own_cluster(programs) as base:
        with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
            connection.execute("CREATE SCHEMA bevolking")
            connection.execute("CREATE TABLE bevolking.gemeente (id int PRIMARY KEY, nis char(5))")
            connection.execute("CREATE TABLE bevolking.persoon (rrn char(11) PRIMARY KEY, g int REFERENCES bevolking.gemeente)")
            connection.execute("COMMENT ON COLUMN bevolking.persoon.rrn IS 'Rijksregisternummer'")
            connection.execute("INSERT INTO bevolking.gemeente SELECT n, n::text FROM generate_series(1, 100) n")
            connection.execute("ANALYZE")
        found = live.read(f"{base}/postgres", CRM)
        assert columns(found) == {"bevolking.gemeente": ["id", "nis"], "bevolking.persoon": ["rrn", "g"]}
        person = next(each.details for each in found.things if each.key == "crm/bevolking.persoon")
        assert person.columns[0].key and person.columns[0].label == {"en": "Rijksregisternummer"}
        assert person.columns[1].references == "bevolking.gemeente"
        assert next(each.details.rows for each in found.things if each.key == "crm/bevolking.gemeente") == 100
        with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
            connection.execute("CREATE ROLE reader LOGIN")
            connection.execute("GRANT USAGE ON SCHEMA bevolking TO reader")
            connection.execute("GRANT SELECT ON bevolking.gemeente TO reader")
        reader = f"{base}/postgres".replace("postgres@", "reader@")
        sampled = live.read(reader, CRM, Sampling(40, KEY))
        assert [(each.key, 20 < each.rows <= 40) for each in sampled.profiles] == [("crm/bevolking.gemeente", True)]
        assert not sampled.partial and "bevolking.persoon: its rows could not be read" in str(sampled.faults[0])
        with pytest.raises(Problem) as refusal:
            live.read(f"{base.replace('postgres@', 'postgres:hush-hush@')}/nodatabase", CRM)
        assert "hush-hush" not in refusal.value.detail and "nothing in the map changes" in refusal.value.detail


def test_one_table_of_any_database_is_sketched_and_an_unknown_one_names_the_others(tmp_path: Path) -> None:
    address = people(tmp_path / "crm.db", 1, 60)
    with read_database(address, "personen") as source:
        assert [each.name for each in profile(source, KEY).columns] == ["rrn", "naam", "straat"] and source.rows == 60
    with pytest.raises(Problem, match="iedereen, personen"), read_database(address, "klanten"):
        pass
    for address in ("mysql://reader:hush-hush@127.0.0.1:1/crm", "oracle://reader:hush-hush@db/crm"):
        with pytest.raises(Problem) as refusal, read_database(address, "personen"):
            pass
        assert "hush-hush" not in str(refusal.value)


def test_a_real_mariadb_is_read_with_its_comments_and_keys() -> None:
    pymysql = pytest.importorskip("pymysql")
    try:
        connection = pymysql.connect(host="127.0.0.1", user="root", connect_timeout=2, autocommit=True)
    except pymysql.Error:
        pytest.skip("There is no MariaDB on this machine that root may enter without a password.")
    name = f"zinneke_test_{secrets.token_hex(4)}"
    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            cursor.execute(f"CREATE TABLE {name}.gemeente (id INT PRIMARY KEY, nis CHAR(5) COMMENT 'NIS-code')")
            cursor.execute(f"CREATE TABLE {name}.persoon (rrn CHAR(11) PRIMARY KEY, g INT, FOREIGN KEY (g) REFERENCES gemeente (id))")
            cursor.execute(f"INSERT INTO {name}.gemeente SELECT seq, seq FROM {name}.gemeente RIGHT JOIN (SELECT 21004 AS seq) AS one ON true")
            found = live.read(f"mysql://root@127.0.0.1/{name}", CRM, Sampling(40, KEY))
            with read_database(f"mysql://root@127.0.0.1/{name}", "gemeente") as source:
                sketched = profile(source, KEY)
            with pytest.raises(Problem, match="gemeente, persoon"), read_database(f"mysql://root@127.0.0.1/{name}", "straat"):
                pass
        finally:
            cursor.execute(f"DROP DATABASE {name}")
    assert (sketched.rows, [each.name for each in sketched.columns]) == (1, ["id", "nis"])
    assert columns(found) == {"gemeente": ["id", "nis"], "persoon": ["rrn", "g"]}
    tables = {each.key: each.details for each in found.things}
    assert tables["crm/gemeente"].columns[1].label == {"en": "NIS-code"}
    assert tables["crm/persoon"].columns[1].references == "gemeente"
    assert {each.key: each.rows for each in found.profiles} == {"crm/gemeente": 1, "crm/persoon": 0} and not found.faults
