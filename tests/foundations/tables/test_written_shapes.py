"""Shapes in a column of their own, as PostGIS and other databases write them, become the shapes of the rows, in degrees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from zinneke.foundations.tables import store
from zinneke.foundations.tables.values import Published, Spec
from zinneke.kernel.confidentiality import SYSTEM

pytestmark = pytest.mark.django_db
GRAND_PLACE = (4.3525, 50.8467)
LAMBERT = (148_900.0, 170_700.0)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path


def ewkb(shape: Any, system: int = 0) -> str:
    return str(shapely.to_wkb(shapely.set_srid(shape, system) if system else shape, hex=True, include_srid=bool(system)))


def published(*cells: str, spec: Spec | None = None, head: str = "name,geom") -> Published:
    text = f"{head}\n" + "".join(f'row{number},"{cell}"\n' for number, cell in enumerate(cells))
    return store.publish(SYSTEM, "places", text.encode(), spec or Spec())


def bbox(done: Published) -> tuple[float, ...]:
    assert done.version.bbox is not None
    return tuple(round(each, 2) for each in done.version.bbox)


POINT = shapely.Point(*GRAND_PLACE)
SQUARE = shapely.box(4.35, 50.84, 4.36, 50.85)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (ewkb(POINT), "point"),
        (ewkb(POINT, 4326), "point"),
        (ewkb(SQUARE, 4326).lower(), "polygon"),
        (f"\\x{ewkb(SQUARE)}", "polygon"),
        (ewkb(shapely.Point(*LAMBERT), 31370), "point"),
        (str(shapely.to_wkb(POINT, hex=True, byte_order=0)), "point"),
        (ewkb(shapely.Point(*GRAND_PLACE, 30.0), 4326), "point"),
        ("POINT (4.3525 50.8467)", "point"),
        ("SRID=31370;POINT(148900 170700)", "point"),
        ("point z (4.3525 50.8467 12)", "point"),
        ("MULTIPOLYGON (((4.35 50.84, 4.36 50.84, 4.36 50.85, 4.35 50.84)))", "polygon"),
    ],
)
def test_a_column_of_shapes_is_recognised_and_moved_to_degrees(cell: str, kind: str) -> None:
    done = published(cell, cell)
    assert ([column.name for column in done.version.columns], done.version.geometry) == (["name", "geometry"], kind)
    west, south, east, north = bbox(done)
    assert 4.34 <= west <= east <= 4.37
    assert 50.83 <= south <= north <= 50.86
    assert done.faults == ()


def test_what_cannot_be_read_or_lies_in_an_unknown_system_is_said_with_its_row_and_the_row_is_kept() -> None:
    good = [ewkb(POINT, 4326)] * 30
    broken = ewkb(SQUARE)[:-10]
    done = published(*good, broken, "", ewkb(POINT, 2154))
    assert (done.version.rows, done.version.geometry) == (33, "point")
    said = [str(fault) for fault in done.faults]
    assert any("row 32" in each and "cannot be read as a shape" in each for each in said)
    assert any("EPSG:2154" in each for each in said)


@pytest.mark.parametrize(
    "cell",
    [
        "0107000000" + "01000000" + "0107000000010000000" * 3,
        "GEOMETRYCOLLECTION(" * 5_000 + "POINT(1 1)" + ")" * 5_000,
        ("010700000001000000") * 20_000,
        ("010400000001000000") * 60_000,
        "010700000002000000" + "0102000000401f0000" + "00" * 16 * 8000 + ("010700000001000000") * 60_000,
        "GEOMETRYCOLLECTION(" + "COMPOUNDCURVE(" * 60_000,
        "0101000000",
        "POINT (999 999)",
    ],
)
def test_hostile_shapes_are_refused_one_by_one(cell: str) -> None:
    done = published(*[ewkb(POINT)] * 30, cell)
    assert done.version.rows == 31
    assert done.faults


def test_collections_in_collections_are_refused_however_their_name_is_written() -> None:
    name = "Geometry\\u0043ollection"
    cell = f'{{"type":"{name}","coordinates":[],"geometries":[' + f'{{"type":"{name}","geometries":[' * 35_000 + "]}" * 35_001
    good = '{"type":"Point","coordinates":[4.35,50.84]}'
    done = published(*[each.replace('"', '""') for each in (good, *[good] * 30, cell, " " + cell)])
    assert (done.version.rows, done.version.geometry) == (33, "point")
    assert sum("cannot be read as a shape" in str(fault) for fault in done.faults) == 2


def test_what_is_not_deep_is_read_on() -> None:
    from zinneke.foundations.tables.nesting import deep_text, deep_wkb

    for text in (
        "GEOMETRYCOLLECTION Z (POINT Z (1 2 3), GEOMETRYCOLLECTION Z (MULTIPOLYGON Z (((0 0 1, 1 0 1, 1 1 1, 0 0 1)))))",
        "GEOMETRYCOLLECTION (MULTIPOINT (1 1, 2 2), LINESTRING (0 0, 1 1))",
        "POLYGON ((0 0, 1 0, 1 1, 0 0), (0.1 0.1, 0.2 0.1, 0.2 0.2, 0.1 0.1))",
    ):
        shape = shapely.from_wkt(text)
        assert not deep_text(text.encode()) and not deep_text(shapely.to_geojson(shape).encode())
        assert not any(deep_wkb(shapely.to_wkb(shape, byte_order=order, flavor=flavor)) for order in (0, 1) for flavor in ("iso", "extended"))
    nested = shapely.from_wkt("GEOMETRYCOLLECTION(POINT(1 1)," * 30 + "POINT(2 2)" + ")" * 30)
    assert deep_wkb(shapely.to_wkb(nested)) and deep_wkb(shapely.to_wkb(nested, byte_order=0)) and deep_text(nested.wkt.encode())
    assert not deep_wkb(b"") and not deep_wkb(b"\x01\x07")


def test_a_column_whose_name_only_begins_like_places_keeps_its_pairs() -> None:
    done = published("10.5,20.5", "11.5,20.0", head="name,allocation")
    assert ([column.name for column in done.version.columns], done.version.geometry) == (["name", "allocation"], "")
    assert published("50.84,4.35", "50.85,4.36", head="name,coordinates").version.geometry == "point"


def test_texts_and_codes_that_only_look_a_little_like_shapes_stay_texts() -> None:
    done = published("Pointe du nord", "point of sale", "0101")
    assert ([column.name for column in done.version.columns], done.version.geometry) == (["name", "geom"], "")
    hashes = published("01ab34cd", "01ffee00")
    assert [column.name for column in hashes.version.columns] == ["name", "geom"]


def test_what_is_declared_as_a_text_or_without_shapes_is_left_as_it_is() -> None:
    from zinneke.foundations.tables.values import ColumnSpec

    assert published(ewkb(POINT), spec=Spec(columns=(ColumnSpec("geom", type="text"),))).version.geometry == ""
    assert published(ewkb(POINT), spec=Spec(geometry=False)).version.geometry == ""


def test_what_is_exported_as_csv_comes_back_with_its_shapes() -> None:
    published(ewkb(SQUARE), ewkb(SQUARE))
    text = b"".join(store.export(SYSTEM, "places", "csv").chunks)
    done = store.publish(SYSTEM, "again", text, Spec())
    assert done.version.geometry == "polygon"
    assert bbox(done) == (4.35, 50.84, 4.36, 50.85)


def test_bytes_of_a_database_that_are_shapes_are_told_apart_from_files() -> None:
    from zinneke.office.publishing.sources import _cell

    plain, big = shapely.to_wkb(POINT), shapely.to_wkb(SQUARE, byte_order=0)
    assert _cell(plain) == plain.hex()
    assert _cell(memoryview(big)) == big.hex()
    mysql = (4326).to_bytes(4, "little") + plain
    assert shapely.get_srid(shapely.from_wkb(_cell(mysql))) == 4326
    assert _cell(bytes(4) + plain) == plain.hex()
    assert _cell(b"\x89PNG....") == "(8 bytes)"
