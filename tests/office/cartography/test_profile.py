"""Profiles: over all rows, of anything that is handed over, and without a single value of anybody's."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.office.cartography import numbers
from zinneke.cli import main
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.problem import Problem
from zinneke.office.cartography import packet
from zinneke.office.cartography.profile import language, profile, shape
from zinneke.office.cartography.sketch import containment, hashes_of, key_name, sketch
from zinneke.office.cartography.sources import NULLS, read, read_postgresql, read_rows
from zinneke.office.cartography.values import TableProfile

KEY = b"a key of the run, thirty-two byte"


def profiled(path: Path, text: str | bytes, name: str = "table.csv") -> TableProfile:
    file = path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with read(file) as source:
        return profile(source, KEY)


def people(rows: int) -> tuple[str, list[str]]:
    """Return a register as CSV, and every value in it that is somebody's."""
    chance, lines, secret = random.Random(3), ["niss;naam;voornaam;geboortedatum;postcode;geslacht;email;loon"], []
    for n in range(rows):
        niss, born = numbers.national(chance), f"19{chance.randint(40, 99)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        name, pay = f"Testmans{n}ov", f"{chance.randint(100_000, 999_999) / 100:.2f}"
        lines.append(
            f"{niss};{name};{chance.choice(['Marie', 'Jan'])};{born};{chance.choice([1000, 1050, 1080])};{'MV'[n % 2]};{name}@example.be;{pay}"
        )
        secret += [niss, name, born, f"{name}@example.be", pay]
    return "\n".join(lines), secret


def test_no_value_of_a_personal_column_leaves(tmp_path: Path) -> None:
    text, secret = people(300)
    found = profiled(tmp_path, text)
    told = packet.write(found, "Ixelles", key_name(KEY)).decode()
    raw = msgspec.json.encode(found).decode()
    assert not [value for value in secret if value.lower() in told.lower() or value.lower() in raw.lower()]
    assert found.level is Level.PERSONAL and found.column("niss").kind == "national_number"  # type: ignore[union-attr]
    assert found.identifying[0].kinds == ("birth_date", "postal_code", "sex")
    assert all(not (each.quantiles or each.first) for each in found.columns if each.level is not Level.PUBLIC)


def test_a_plain_name_beside_a_first_name_is_somebodys(tmp_path: Path) -> None:
    rows = [f"{first},Testmans{chr(97 + n)}" for n, first in enumerate(["Marie", "Jan", "Luc", "Sofie", "Emma", "Tom"] * 4)]
    found = profiled(tmp_path, "\n".join(["prenom,nom", *rows]))
    assert found.columns[1].level is Level.PERSONAL and not found.columns[1].quantiles
    alone = profiled(tmp_path, "\n".join(["nom,places", *(f"Salle {n},{n}" for n in range(24))]))
    assert alone.columns[0].level is Level.PUBLIC


def test_types_are_those_of_all_rows(tmp_path: Path) -> None:
    lines = ["id,code,amount,day,moment,flag,nothing,late"]
    lines += [
        f"{n},{n:05},{n / 3:.2f},2024-{n % 12 + 1:02}-01,2024-01-01T{n % 24:02}:00:00Z,{'yes' if n % 2 else 'no'},,{n if n < 3_900 else 'x'}"
        for n in range(4_000)
    ]
    found = {column.name: column for column in profiled(tmp_path, "\n".join(lines)).columns}
    assert {name: column.type for name, column in found.items()} == {
        "id": "integer", "code": "text", "amount": "decimal", "day": "date", "moment": "timestamp", "flag": "boolean", "nothing": "empty",
        "late": "text",
    }  # fmt: skip
    assert found["id"].unique and found["id"].sequence and found["id"].distinct == 4_000
    assert found["id"].quantiles[0] == 0 and found["id"].quantiles[-1] == 4_000 and (found["day"].first, found["day"].last) == ("2024-01", "2024-12")
    assert found["nothing"].filled == 0 and found["code"].shapes == (("9+", 1.0),)


def test_the_same_value_written_in_two_ways_is_one_value(tmp_path: Path) -> None:
    chance = random.Random(4)
    given = [numbers.national(chance) for _ in range(50)]
    bare = profiled(tmp_path, "\n".join(["niss,day,price,town", *(f"{n},2024-03-0{1 + i % 9},{i}.50,UCCLE" for i, n in enumerate(given))]))
    dotted = [f"{n[:2]}.{n[2:4]}.{n[4:6]}-{n[6:9]}.{n[9:]}" for n in given]
    spelt = profiled(tmp_path, "\n".join(["nn;dag;prijs;stad", *(f"{n};0{1 + i % 9}/03/2024;{i},5;Uccle " for i, n in enumerate(dotted))]))
    for one, other in zip(bare.columns, spelt.columns, strict=True):
        assert one.sketch and other.sketch and containment(one.sketch, other.sketch).share == 1.0, (one.name, one.type, other.type)


def test_keys_are_single_columns_or_pairs(tmp_path: Path) -> None:
    single = profiled(tmp_path, "\n".join(["id,ref", *(f"{n},R{n * 977}" for n in range(60))]))
    assert single.keys == (("ref",), ("id",))
    double = profiled(tmp_path, "\n".join(["commune,year,value", *(f"C{n % 19},{2000 + n // 19},{n % 7}" for n in range(190))]))
    assert double.keys == (("commune", "year"),)


def test_five_thousand_columns_are_taken(tmp_path: Path) -> None:
    rows = [[f"c{n}" for n in range(5_000)], *([f"{n}v{row}" if n % 20 == 0 else "" for n in range(5_000)] for row in range(3))]
    found = profiled(tmp_path, "\n".join(map(",".join, rows)))
    assert len(found.columns) == 5_000 and found.columns[4_980].distinct == 3 and found.columns[1].type == "empty"


def test_an_empty_table_and_columns_of_nothing_are_profiled(tmp_path: Path) -> None:
    assert profiled(tmp_path, "").columns == () and profiled(tmp_path, "a,b\n").rows == 0
    nothing = profiled(tmp_path, "a,b\n" + ",NULL\n" * 20)
    assert [column.type for column in nothing.columns] == ["empty", "empty"] and nothing.keys == () and nothing.rows == 20


def test_ragged_rows_are_set_aside_and_counted(tmp_path: Path) -> None:
    found = profiled(tmp_path, "a,b\n1,2\n3\n4,5,6\n7,8\n")
    assert found.rows == 2 and "2 rows do not have 2 cells" in found.faults[0] and "line 3" in found.faults[0]


def test_another_encoding_is_read_and_said(tmp_path: Path) -> None:
    found = profiled(tmp_path, "rue;année\nChaussée d’Ixelles;2024\n".encode("cp1252") * 40)
    assert found.columns[0].name == "rue" and any("UTF-8" in fault for fault in found.faults)


def test_bytes_that_are_no_text_are_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Problem):
        profiled(tmp_path, b"\x00\x01\xff\xfe" * 300)


def test_parquet_and_sqlite_give_the_same_as_csv(tmp_path: Path) -> None:
    ids, names = list(range(1, 40)), [f"Plein {n % 7}" for n in range(39)]
    pq.write_table(pa.table({"id": ids, "name": names}), tmp_path / "t.parquet")
    database = sqlite3.connect(tmp_path / "t.db")
    database.execute("CREATE TABLE t (id INTEGER, name TEXT)")
    database.executemany("INSERT INTO t VALUES (?, ?)", zip(ids, names, strict=True))
    database.commit()
    database.close()
    from_text = profiled(tmp_path, "\n".join(["id,name", *(f"{i},{n}" for i, n in zip(ids, names, strict=True))]), "t.csv")
    for name in ("t.parquet", "t.db"):
        with read(tmp_path / name) as source:
            assert profile(source, KEY).columns == from_text.columns


def test_a_database_with_several_tables_asks_which(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "two.db")
    database.execute("CREATE TABLE a (x)")
    database.execute("CREATE TABLE b (x)")
    database.close()
    with pytest.raises(Problem, match="a, b"), read(tmp_path / "two.db") as _:
        pass


def test_a_connection_that_drops_half_way_leaves_a_partial_profile() -> None:
    def batches() -> Iterator[list[tuple[int, str]]]:
        yield [(n, f"name {n}") for n in range(100)]
        raise ConnectionResetError("the other side hung up")

    with read_rows("register", ["id", "name"], batches()) as source:
        found = profile(source, KEY)
    assert found.rows == 100 and found.columns[1].distinct == 100
    assert "lost after 100 rows" in found.partial and "hung up" in found.partial


def test_an_error_that_quotes_a_value_does_not_carry_it_out() -> None:
    import psycopg

    def batches() -> Iterator[list[tuple[str]]]:
        yield [("a",)]
        raise psycopg.DataError("invalid input for 85.07.30-033.28")

    from zinneke.office.cartography.sources import _engine, _rows

    with _engine() as (connection, _):
        found = profile(_rows(connection, "register", ["name"], batches(), (psycopg.Error,)), KEY)
    assert "DataError" in found.partial and "85.07" not in found.partial


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.one_of(st.none(), st.integers(), st.dates())), max_size=12))
def test_any_cells_are_counted_as_they_are(rows: list[tuple[str, object]]) -> None:
    with read_rows("t", ["a", "b"], [rows] if rows else []) as source:
        found = profile(source, KEY)
    assert found.rows == len(rows)
    for place, column in enumerate(found.columns):
        cells = [str(row[place]).encode("utf-8", "replace").decode() for row in rows if row[place] is not None]
        filled = [cell for cell in cells if cell not in NULLS]
        assert column.type == "empty" or (column.filled == len(filled) and column.distinct <= len(set(filled)))


def test_a_database_that_does_not_answer_is_a_sentence() -> None:
    with pytest.raises(Problem, match="does not let us in"), read_postgresql("postgresql://nobody@127.0.0.1:1/none", "t"):
        pass


def test_a_packet_is_read_back_and_a_damaged_one_refused(tmp_path: Path) -> None:
    found = profiled(tmp_path, people(40)[0])
    told = packet.write(found, "Jette", key_name(KEY))
    assert packet.read(told).profile == found
    for damaged in (told[:-20], told.replace(b'"version": "1"', b'"version": "9"', 1), b"[]", told.replace(key_name(KEY).encode(), b"0" * 16, 1)):
        with pytest.raises(Problem):
            packet.read(damaged)


def test_the_command_writes_a_file_without_a_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "people.csv").write_text(people(60)[0])
    (tmp_path / "key").write_text("0123456789abcdef" * 4)
    words = ["sketch", str(tmp_path / "people.csv"), "--key-file", str(tmp_path / "key"), "--out", str(tmp_path / "p.json"), "--name", "jette.people"]
    assert main(words) == 0
    found = packet.read((tmp_path / "p.json").read_bytes())
    assert found.profile.key == "jette.people" and found.profile.rows == 60
    assert "niss: national number" in capsys.readouterr().out
    assert main([*words[:3], str(tmp_path / "nokey")]) == 1


def test_a_shape_tells_no_letter_and_no_figure() -> None:
    assert shape("Rue de la Loi 16, bte 4") == shape("Quai du Roi 99, bus 7")[: len(shape("Rue de la Loi 16, bte 4"))]
    assert shape("1-ABC-123") == "9-A-999" and shape("20240131") == "9+" and shape("Éé") == "Aa"


def test_the_language_of_texts_is_guessed_only_when_it_shows() -> None:
    assert language(["La rue est fermée pour des travaux dans la commune"] * 5) == "fr"
    assert language(["De straat is afgesloten voor werken in het kader van de heraanleg"] * 5) == "nl"
    assert language(["Ixelles", "Uccle", "Jette"]) == ""


def test_the_columns_of_a_sketch_under_another_key_share_nothing(tmp_path: Path) -> None:
    found = profiled(tmp_path, people(50)[0])
    other = sketch([numbers.national(random.Random(3))], b"another key of thirty-two bytes !")
    with pytest.raises(ValueError, match="different keys"):
        containment(found.columns[0].sketch, other)  # type: ignore[arg-type]


@pytest.mark.parametrize("moment", ["2024-02-28 09:30:00", "2024-02-28T00:00:00Z", "1999-12-31 23:59:59.25+01:00"])
@pytest.mark.parametrize("other", ["2024-02-29 10:00:00", " 2024-03-01 10:00:00", "2024-03-01 10:15"])
def test_moments_read_by_their_signs_alone_are_the_same_as_those_that_are_parsed(tmp_path: Path, moment: str, other: str) -> None:
    alone = profiled(tmp_path, "m\n" + f"{moment}\n" * 3).columns[0]
    beside = profiled(tmp_path, "m\n" + f"{moment}\n" * 300 + f"{other}\n").columns[0]
    assert alone.sketch and beside.sketch and (alone.type, alone.first) == ("timestamp", moment[:7])
    assert set(hashes_of(alone.sketch).tolist()) <= set(hashes_of(beside.sketch).tolist())


def test_a_leap_day_is_a_day_like_the_others(tmp_path: Path) -> None:
    plain, leap = (profiled(tmp_path, f"d\n2024-02-28\n{last}\n").columns[0] for last in ("2024-03-01", "2024-02-29"))
    assert plain.type == leap.type == "date" and plain.sketch and leap.sketch
    assert len(set(hashes_of(plain.sketch).tolist()) & set(hashes_of(leap.sketch).tolist())) == 1 and leap.last == "2024-02"


def test_a_moment_that_no_calendar_has_is_none(tmp_path: Path) -> None:
    rows = [f"2024-{n % 12 + 1:02}-{n % 28 + 1:02} 10:{n % 60:02}:00" for n in range(300)]
    found = profiled(tmp_path, "\n".join(["m", *rows, "2024-02-30 10:00:00"])).columns[0]
    assert found.type == "timestamp" and found.sketch and found.sketch.size == len(set(rows))


def test_row_names_without_a_header_are_a_column_as_r_writes_them(tmp_path: Path) -> None:
    found = profiled(tmp_path, '"mpg","cyl"\n' + "".join(f'"car {n}",{n % 30},{n % 3}\n' for n in range(40)))
    assert [(column.name, column.filled) for column in found.columns] == [("column_1", 40), ("mpg", 40), ("cyl", 40)]
    assert found.rows == 40 and "name of the row" in found.faults[0] and found.keys[0] == ("column_1",)


def test_a_comma_in_every_number_makes_no_row_names(tmp_path: Path) -> None:
    found = profiled(tmp_path, "commune,share\n" + "".join(f"Evere,{n},5\n" for n in range(40)))
    assert found.rows == 0 and [column.name for column in found.columns] == ["commune", "share"]


def test_a_header_that_no_row_fits_leaves_its_names_and_says_so(tmp_path: Path) -> None:
    found = profiled(tmp_path, "naam,straat\nJan,Kerkstraat,1,2\nPiet,Dorp,3,4\n")
    assert [(column.name, column.type, column.rows) for column in found.columns] == [("naam", "empty", 0), ("straat", "empty", 0)]
    assert "covers the names only" in found.partial and "2 rows do not have 2 cells" in found.faults[0]


@pytest.mark.parametrize(("head", "row"), [("a|b|", "1|x|"), ("a | b | ", "1 | x | "), ("a|b", "1|x|"), ("a|b|", "1|x"), ("a|b|||", "1|x|||")])
def test_a_delimiter_that_closes_the_line_makes_no_column(tmp_path: Path, head: str, row: str) -> None:
    found = profiled(tmp_path, f"{head}\n" + f"{row}\n" * 5)
    assert [column.name for column in found.columns] == ["a", "b"] and found.rows == 5 and not found.partial


def test_a_last_column_without_name_but_with_a_value_is_kept(tmp_path: Path) -> None:
    found = profiled(tmp_path, "a|b|\n" + "1|2|\n" * 300 + "1|2|3\n")
    assert [(column.name, column.filled) for column in found.columns] == [("a", 301), ("b", 301), ("column_3", 1)]
