"""Publishing: what is read, what is found in it, what is refused and said, and that a version is there whole or not at all."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import shapely

from zinneke.foundations.tables import files, opening, store
from zinneke.foundations.tables.values import ColumnSpec, Published, Query, Spec
from zinneke.kernel import event
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.problem import Problem

Publish = Callable[..., Published]


def types(published: Published) -> dict[str, str]:
    return {column.name: column.type for column in published.version.columns}


def rows(dataset: str = "trees", *columns: str) -> list[tuple[object, ...]]:
    return store.read_rows(SYSTEM, dataset, Query(columns, limit=1000)).rows


def told(published: Published) -> str:
    return "\n".join(map(str, published.faults))


def test_types_are_found_over_all_rows_not_only_the_first(publish: Publish) -> None:
    many = "\n".join(f"{number},{number}" for number in range(5000))
    assert types(publish(f"a,b\n{many}\n9.5,x\n"))["a"] == "decimal"
    assert types(publish(f"a,b\n{many}\n9.5,12bis\n"))["b"] == "text"


def test_every_type_is_recognised(publish: Publish) -> None:
    done = publish("yes,whole,part,day,moment,words\ntrue,1,1.5,2024-02-29,2024-02-29T12:00:00Z,a\nFALSE,-2,2,2023-01-01,2023-01-01 10:00,b\n")
    assert types(done) == {"yes": "boolean", "whole": "integer", "part": "decimal", "day": "date", "moment": "timestamp", "words": "text"}
    assert rows()[0] == (True, 1, 1.5, date(2024, 2, 29), datetime(2024, 2, 29, 12, tzinfo=UTC), "a")


def test_codes_with_leading_zeros_stay_text(publish: Publish) -> None:
    assert types(publish("nis,n\n04000,1\n21004,2\n"))["nis"] == "text"
    assert rows()[0][0] == "04000"


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1,5", "2,25"), [1.5, 2.25]),
        (("1.234,5", "2,5"), [1234.5, 2.5]),
        (("1,234.5", "12,000,000"), [1234.5, 12e6]),
        (("1 234,5", "12 000"), [1234.5, 12000.0]),
        (("1e3", "-.5"), [1000.0, -0.5]),
    ],
)
def test_decimal_commas_and_thousands_are_read(publish: Publish, cells: tuple[str, str], values: list[float]) -> None:
    publish(f"a;b\n{cells[0]};x\n{cells[1]};y\n")
    assert [row[0] for row in rows()] == values


def test_the_decimal_mark_can_be_said_where_it_cannot_be_seen(publish: Publish) -> None:
    source = "a;b\n1.234;x\n2.500;y\n"
    publish(source)
    assert [row[0] for row in rows()] == [1.234, 2.5]
    publish(source, decimal=",")
    assert [row[0] for row in rows()] == [1234.0, 2500.0]


@pytest.mark.parametrize(
    ("cell", "other", "value"),
    [
        ("31/12/2024", "01/02/2024", date(2024, 12, 31)),
        ("12/31/2024", "01/02/2024", date(2024, 12, 31)),
        ("31-12-2024", "01-02-2024", date(2024, 12, 31)),
        ("31.12.2024", "01.02.2024", date(2024, 12, 31)),
        ("31/12/2024 14:30", "01/02/2024 00:00", datetime(2024, 12, 31, 13, 30, tzinfo=UTC)),
        ("12/31/2024 02:30:00 PM", "01/02/2024 12:00:00 AM", datetime(2024, 12, 31, 13, 30, tzinfo=UTC)),
        ("2024-07-01 12:00", "2024-01-01 12:00", datetime(2024, 7, 1, 10, tzinfo=UTC)),
        ("2024-07-01T12:00:00+00:00", "2024-01-01T12:00:00Z", datetime(2024, 7, 1, 12, tzinfo=UTC)),
    ],
)
def test_dates_and_moments_are_read_in_the_citys_zone(publish: Publish, cell: str, other: str, value: object) -> None:
    publish(f"a,b\n{cell},x\n{other},y\n")
    assert rows()[0][0] == value


def test_a_layout_and_unix_seconds_can_be_said(publish: Publish) -> None:
    publish("a,b\n20240229,0\n20240301,86400\n", columns=(ColumnSpec("a", type="date", format="%Y%m%d"), ColumnSpec("b", format="unix")))
    assert rows() == [(date(2024, 2, 29), datetime(1970, 1, 1, tzinfo=UTC)), (date(2024, 3, 1), datetime(1970, 1, 2, tzinfo=UTC))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(publish: Publish, delimiter: str) -> None:
    publish(delimiter.join(["a", "b", "c"]) + "\n" + delimiter.join(["1", '"x, y; z|"', "3"]) + "\n")
    assert rows() == [(1, "x, y; z|", 3)]


def test_quotes_line_breaks_and_empty_cells_are_kept(publish: Publish) -> None:
    publish('a,b\n"said ""no""\nand left",\n,2\n')
    assert rows() == [('said "no"\nand left', None), (None, 2)]


def test_another_encoding_is_read_and_said(publish: Publish) -> None:
    done = publish("nom,n\nchaussée d'Ixelles,1\nrue de la Forêt,2\nplace de la Résistance,3\n".encode("cp1252"))
    assert [row[0] for row in rows()][0] == "chaussée d'Ixelles"
    assert "byte 12" in told(done) and "not UTF-8" in told(done)
    publish("\ufeffnom,n\né,1\n", dataset="bom")
    assert rows("bom") == [("é", 1)]
    publish("nom,n\né,1\n".encode("utf-16"), dataset="wide")
    assert rows("wide") == [("é", 1)]


def test_a_ragged_row_is_set_aside_and_named(publish: Publish) -> None:
    done = publish("a,b\n1,2\n3\n4,5,6\n7,8\n")
    assert (done.read, done.kept, done.set_aside) == (4, 2, 2)
    assert "row 3" in told(done) and "fewer cells" in told(done) and "row 4" in told(done) and "more cells" in told(done)


def test_a_bad_cell_is_named_with_its_row_even_after_rows_set_aside(publish: Publish) -> None:
    done = publish("a,b\n1,2\n3\nx,5\n7,8\n", columns=(ColumnSpec("a", type="integer"),))
    assert "row 4, column a: 'x' is no integer" in told(done)
    assert rows() == [(1, 2), (None, 5), (7, 8)]


def test_a_day_that_is_none_is_named(publish: Publish) -> None:
    done = publish("d,n\n2024-02-29,1\n2023-02-29,2\n2024-01-01,3\n")
    assert types(done)["d"] == "date" and "row 3, column d: '2023-02-29' is no date" in told(done)


@pytest.mark.parametrize(
    ("lat", "lon", "says"),
    [
        ("nan", "4.3", "only one"),
        ("95", "4.3", "no place on earth"),
        ("4.35", "50.85", "swapped"),
        ("north", "4.3", "'north' is no decimal"),
        ("", "4.3", "only one"),
    ],
)
def test_a_bad_coordinate_is_named_and_its_row_kept(publish: Publish, lat: str, lon: str, says: str) -> None:
    good = "".join(f"{number},50.{number},4.{number}\n" for number in range(1, 9))
    done = publish(f"n,lat,lon\n{good}9,{lat},{lon}\n")
    assert done.kept == 9 and says in told(done) and "row 10" in told(done)
    assert rows("trees", "n", "geometry")[8] == (9, None)
    assert done.version.geometry == "point" and done.version.bbox == pytest.approx((4.1, 50.1, 4.8, 50.8))


def test_projected_coordinates_become_degrees(publish: Publish) -> None:
    done = publish("n,x,y\n1,148794.94,170948.33\n", lon="x", lat="y", crs="EPSG:31370")
    assert (
        done.version.bbox is not None
        and done.version.bbox[0] == pytest.approx(4.35, abs=0.01)
        and done.version.bbox[1] == pytest.approx(50.85, abs=0.01)
    )


def test_geojson_keeps_good_shapes_and_names_bad_ones(publish: Publish) -> None:
    shapes = [
        {"type": "Polygon", "coordinates": [[[4, 50], [5, 50], [5, 51], [4, 50]]]},
        {"type": "Polygon", "coordinates": [[[4, 50], [5, 50], [5, 51], [4, 52]]]},
        {"type": "Point", "coordinates": [400, 50]},
        {"type": "Blob", "coordinates": [4, 50]},
        None,
    ]
    collection = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"n": n}, "geometry": shape} for n, shape in enumerate(shapes)],
    }
    done = publish(json.dumps(collection))
    assert done.kept == 5 and done.version.geometry == "polygon"
    assert "row 2: its shape cannot be read" in told(done) and "row 3: its shape lies outside" in told(done) and "row 4" in told(done)
    assert [row[0] is None for row in rows("trees", "geometry")] == [False, True, True, True, True]


@pytest.mark.parametrize(("form", "text"), [("geojson", '{"type": "FeatureCollection", "features": [{"type": "Fé'), ("json", '[{"a": "é"}, {"a":')])
def test_a_document_that_breaks_off_is_told_with_its_byte_and_stores_nothing(publish: Publish, form: str, text: str) -> None:
    with pytest.raises(Problem) as caught:
        publish(text, form=form)
    byte = int(caught.value.extra["where"].rpartition("byte ")[2])
    assert 0 < byte <= len(text.encode())
    assert "Nothing was stored" in caught.value.detail and "line 1" in caught.value.detail


def test_a_member_of_a_collection_that_is_no_feature_is_named(publish: Publish) -> None:
    done = publish(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"n": 1}}, {"type": "Banana", "properties": {"n": 2}}]}'
    )
    assert done.kept == 2 and "row 2: is no Feature but 'Banana'" in told(done)


def test_json_finds_its_records_flattens_them_and_names_doubled_members(publish: Publish) -> None:
    done = publish('{"result": {"records": [{"a": {"b": 1}, "c": ["x"], "d": true}, {"a": {"b": 2.5}, "e": "0123", "e": "0456"}, 7]}}')
    assert types(done) == {"a.b": "decimal", "c": "text", "d": "boolean", "e": "text"}
    assert rows() == [(1.0, '["x"]', True, None), (2.5, None, None, "0456")]
    assert "row 2: the member e is given more than once" in told(done) and "is no record but '7'" in told(done)


def test_members_doubled_outside_the_records_are_told_of_the_document(publish: Publish) -> None:
    done = publish('{"about": {"by": 1, "by": 2}, "rows": [{"a": 1}, {"a": {"x": 3, "x": 4}}]}', dataset="inside")
    assert "row 2: the member x is given more than once" in told(done)
    assert "the member by is given more than once" in told(publish('{"about": {"by": 1, "by": 2}, "rows": [{"a": 1}]}', dataset="outside"))


def test_json_lines_set_a_broken_line_aside(publish: Publish) -> None:
    done = publish('{"a": 1}\n{"a": \n{"a": 3}\n', form="jsonl")
    assert done.kept == 2 and done.set_aside == 1 and "row 2: is not JSON" in told(done)


def test_gzip_zip_members_and_parquet_are_read(publish: Publish) -> None:
    text = b"a,b\n1,2\n"
    publish(gzip.compress(text), dataset="packed")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("one.csv", text)
        made.writestr("two.csv", "c\n5\n6\n")
    publish(archive.getvalue(), dataset="member", member="one.csv")
    publish(b"".join(store.export(SYSTEM, "packed", "parquet").chunks), dataset="again")
    assert rows("packed") == rows("member") == rows("again") == [(1, 2)]
    with pytest.raises(Problem, match=r"one\.csv, two\.csv"):
        publish(archive.getvalue(), dataset="which")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02", "NUL"),
        (b"%PDF-1.7 something", "no table"),
        (b"\x1f\x8bbroken", "cannot be unpacked"),
        (b"PK\x03\x04broken", "cannot be unpacked"),
        (b"PAR1broken", "not Parquet"),
        (b" \n", "empty"),
        (b'{"a": [', "not JSON"),
        (b'{"type": "FeatureCollection", "features": 5}', "not GeoJSON"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"type":"FeatureCollection","features":[]}', "no record"),
        (",".join(f"c{number}" for number in range(2001)).encode() + b"\n", "columns"),
        (b"a,b\n" + bytes(range(256)) * 3, "is not text: byte 132"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(publish: Publish, source: bytes, says: str) -> None:
    with pytest.raises(Problem, match=says) as refused:
        publish(source)
    assert refused.value.status in (400, 413)
    assert store.find_version(SYSTEM, "trees") is None


def test_a_file_that_is_named_as_packed_and_is_not_is_told(tmp_path: Path) -> None:
    (tmp_path / "trees.csv.gz").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(Problem, match=r"trees\.csv\.gz cannot be unpacked: it is named \.gz and is no gzip"):
        opening.open_source(tmp_path / "trees.csv.gz", Spec(), tmp_path)


def test_a_shape_nested_without_end_is_refused_not_followed(publish: Publish) -> None:
    deep = "[" * 5000 + "]" * 5000
    text = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":' + deep + "}}]}"
    try:
        done = publish(text)
    except Problem as problem:  # Python 3.11 stops at this depth already while reading the document
        assert "nested too deep" in problem.detail and store.find_version(SYSTEM, "trees") is None
    else:
        assert "nested too deep" in told(done) and done.kept == 1


def test_a_zip_bomb_is_not_unpacked(publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST", 10_000_000)
    with pytest.raises(Problem, match="unpacks to far more") as refused:
        publish(gzip.compress(b"a\n" + b"0\n" * 20_000_000, 9))
    assert refused.value.status == 413
    assert not list((files.folder() / ".work").iterdir())


def test_columns_without_name_or_with_the_same_get_one_and_it_is_said(publish: Publish) -> None:
    done = publish("a,,a,geometry\n1,2,3,4\n", geometry=False)
    assert list(types(done)) == ["a", "column_2", "a_2", "geometry_2"]
    assert "column 2: has no name" in told(done)


@pytest.mark.parametrize(
    "text", ["a;b;\n1;2;\n3;4;\n", "a;b\n1;2;\n3;4;\n", "a;b;\n1;2\n3;4\n", "a ; b ; \n1;2; \n3;4; \n", "a;b;;;\n1;2;;;\n3;4;;;\n"]
)
def test_a_delimiter_that_closes_the_line_makes_no_column(publish: Publish, text: str) -> None:
    done = publish(text, geometry=False)
    assert list(types(done)) == ["a", "b"] and done.kept == 2 and not done.set_aside


def test_a_last_column_without_a_name_stays_where_it_holds_something(publish: Publish) -> None:
    done = publish("a;b;\n1;2;\n3;4;5\n", geometry=False)
    assert list(types(done)) == ["a", "b", "column_3"] and "column 3: has no name" in told(done)


def test_a_name_in_the_spec_that_is_not_there_is_refused(publish: Publish) -> None:
    with pytest.raises(Problem, match="no column 'x'"):
        publish("a\n1\n2\n", columns=(ColumnSpec("x"),))


def test_columns_are_renamed_dropped_and_typed_as_said(publish: Publish) -> None:
    done = publish(
        "a,b,c\n1,2,3\n",
        columns=(ColumnSpec("a", to="first", unit="m", label={"fr": "premier"}), ColumnSpec("b", drop=True), ColumnSpec("c", type="text")),
    )
    assert types(done) == {"first": "integer", "c": "text"}
    assert done.version.columns[0].unit == "m" and done.version.columns[0].label == {"fr": "premier"}


def test_the_same_again_changes_nothing_and_another_way_to_read_is_another_version(publish: Publish) -> None:
    first, again = publish("a,b\n1,x\n"), publish(gzip.compress(b"a,b\n1,x\n"))
    assert first.changed and not again.changed and again.version == first.version
    other = publish("a,b\n1,x\n", columns=(ColumnSpec("a", type="text"),))
    assert other.changed and other.version.number == 2
    assert [version.number for version in store.list_versions(SYSTEM, "trees")] == [2, 1]
    assert store.read_rows(SYSTEM, "trees", number=1).rows == [(1, "x")] and store.read_rows(SYSTEM, "trees").rows == [("1", "x")]


def test_whoever_listens_hears_of_a_new_version_once(publish: Publish, django_capture_on_commit_callbacks: object) -> None:
    heard: list[event.DatasetPublished] = []
    event.listen(event.DatasetPublished, heard.append)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        publish("a\n1\n2\n", dataset="heard")
        publish("a\n1\n2\n", dataset="heard")
    assert heard == [event.DatasetPublished("heard", 1)]


def test_the_file_is_geoparquet_sorted_so_that_neighbours_lie_together(publish: Publish) -> None:
    lines = "\n".join(f"{number},{50 + number % 317 / 400},{4 + number * 7 % 331 / 400}" for number in range(60_000))
    done = publish(f"n,lat,lon\n{lines}\n")
    path = files.path_of("trees", 1, done.version.digest)
    geo = json.loads(pq.read_metadata(path).metadata[b"geo"])
    assert geo["version"] == "1.1.0" and geo["columns"]["geometry"]["encoding"] == "WKB" and "bbox" in geo["columns"]["geometry"]["covering"]
    assert pq.ParquetFile(path).num_row_groups == 2
    shapes = shapely.from_wkb(pq.read_table(path, columns=["geometry"])["geometry"].to_pylist())
    steps = shapely.distance(shapes[:-1], shapes[1:])
    assert steps.mean() < 0.01


def test_the_profile_tells_what_a_column_holds(publish: Publish) -> None:
    done = publish("kind,n,d\noak,1,2023-05-01\noak,2,2024-05-01\nelm,,2024-06-01\n,4,\n")
    kind, n, d = (column.profile for column in done.version.columns)
    assert kind.top == (("oak", 2), ("elm", 1)) and kind.nulls == 0.25 and kind.distinct == 2
    assert (n.minimum, n.maximum, n.mean, sum(n.histogram)) == (1, 4, pytest.approx(7 / 3), 3)
    assert (d.minimum, d.maximum, d.years) == ("2023-05-01", "2024-06-01", ((2023, 1), (2024, 2)))


def test_a_level_that_is_left_out_is_not_lowered(publish: Publish) -> None:
    publish("a,b\n1,2\n", columns=(ColumnSpec("a", level=Level.PERSONAL),))
    done = publish("a,b\n1,3\n")
    assert done.version.columns[0].level is Level.PERSONAL and done.version.level is Level.PERSONAL
    assert store.get_version(ANONYMOUS, "trees").columns[0].name == "b"


@pytest.mark.parametrize("key", ["", "../x", "A", "a b", "a/b", "-a", "x" * 121])
def test_a_key_that_cannot_be_a_folder_is_refused(publish: Publish, key: str) -> None:
    with pytest.raises(Problem, match="cannot be the key"):
        publish("a\n1\n", dataset=key)


def test_killed_while_publishing_there_is_nothing_or_the_whole_version(tmp_path: Path) -> None:
    """Kill at the two moments that matter: when the file is written but has no name yet, and when it has one but no record."""
    script = tmp_path / "run.py"
    script.write_text(
        textwrap.dedent(r"""
        import os, signal, sys
        import django
        django.setup()
        from django.core.management import call_command
        from zinneke.foundations.tables import files, publishing, store
        from zinneke.kernel.confidentiality import SYSTEM

        def die(*args): os.kill(os.getpid(), signal.SIGKILL)

        settle, moment = files.settle, sys.argv[1]
        if moment == "unnamed":
            call_command("migrate", "tables", verbosity=0)
            call_command("migrate", "audit", verbosity=0)
            call_command("migrate", "subscriptions", verbosity=0)
            files.settle = die
        if moment == "unrecorded":
            files.settle = lambda *args: die(settle(*args))
        swept = publishing.sweep_leftovers()
        there = len(list(files.folder().glob("*/*.parquet"))) + len(list((files.folder() / ".work").glob("*")))
        print(swept, there, store.find_version(SYSTEM, "big") is not None, flush=True)
        done = store.publish(SYSTEM, "big", b"a,b\n1,2\n3,4\n")
        print(done.changed, done.version.number, store.read_rows(SYSTEM, "big").rows, flush=True)
        """)
    )
    (tmp_path / "data").mkdir()
    environment = {**os.environ, "ZINNEKE_DATA": str(tmp_path / "data"), "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[3])

    def run(moment: str) -> tuple[int, list[str]]:
        done = subprocess.run([sys.executable, str(script), moment], env=environment, stdout=subprocess.PIPE, text=True, check=False)
        return done.returncode, done.stdout.splitlines()

    assert run("unnamed") == (-signal.SIGKILL, ["0 0 False"])
    assert run("unrecorded") == (-signal.SIGKILL, ["1 0 False"])
    assert run("whole") == (0, ["2 0 False", "True 1 [(1, 2), (3, 4)]"])
    assert run("whole") == (0, ["0 1 True", "False 1 [(1, 2), (3, 4)]"])
