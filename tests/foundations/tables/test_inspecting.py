"""Before anything is published, a source is shown as it was understood: how it was read, the type of each column, and what tells of people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from zinneke.foundations.tables import inspecting
from zinneke.foundations.tables.findings import Inspection
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.problem import Problem

NATIONAL = ("85073003328", "17073003384", "40011500133")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path


def looked(content: bytes, **spec: Any) -> Inspection:
    return inspecting.inspect(content, Spec(**spec))


def test_encoding_delimiter_decimal_comma_and_types_are_found_and_said() -> None:
    found = looked("année;taux;quand\n2026;0,5;01/02/2026\n2025;1,25;02/03/2025\n".encode("cp1252"))
    assert (found.encoding, found.delimiter, found.form) == ("cp1252", ";", "csv")
    assert [(each.column.name, each.column.type, each.decimal) for each in found.columns] == [
        ("année", "integer", ""), ("taux", "decimal", ","), ("quand", "date", ""),
    ]  # fmt: skip
    assert found.sample[0] == ("2026", "0.5", "2026-02-01")


def test_identifiers_and_personal_data_are_found_with_the_share_of_valid_values() -> None:
    lines = [f"An{number} Peeters,{NATIONAL[number % 3]},an{number}@example.be,{number % 7}" for number in range(60)]
    found = looked(("naam,rijksregisternummer,mail,klas\n" + "\n".join(lines)).encode())
    levels = {each.column.name: each.suggested for each in found.columns}
    kinds = {each.column.name: each.evidence[0].kind for each in found.columns if each.evidence}
    assert levels["mail"] is Level.PERSONAL
    assert kinds["mail"] == "mail"
    assert levels["klas"] is Level.PUBLIC
    mail = next(each for each in found.columns if each.column.name == "mail").evidence[0]
    assert (mail.share, mail.sure) == (1.0, True)


def test_points_beside_people_are_theirs() -> None:
    lines = [f"person{number}@example.be,4.3{number:02},50.8{number:02}" for number in range(60)]
    found = looked(("mail,lon,lat\n" + "\n".join(lines)).encode())
    assert {each.column.name: each.suggested for each in found.columns}["geometry"] is Level.PERSONAL


def test_groups_are_counted_without_being_refused() -> None:
    found = inspecting.inspect(b"a,b\n1,x\n1,x\n2,y\n", Spec(quasi=("a", "b"), k=5), 2)
    assert found.groups is not None
    assert (found.groups.k, found.groups.groups, found.groups.rows) == (1, 2, 1)


def test_ten_thousand_columns_are_refused_with_a_sentence() -> None:
    with pytest.raises(Problem, match="10,000 columns"):
        looked(",".join(f"c{number}" for number in range(10_000)).encode() + b"\n" + b",".join([b"1"] * 10_000) + b"\n")


def test_ragged_rows_swapped_coordinates_and_rings_that_are_none_are_said_with_their_place() -> None:
    rows = "".join(f"{number},4.3{number},50.8{number}\n" for number in range(10, 30))
    said = " ".join(map(str, looked(("id,lon,lat\n" + rows + "1,2\n9,50.85,4.35\n").encode()).faults))
    assert "row 22" in said
    assert "look swapped" in said
    shape = b'{"type":"Polygon","coordinates":[[[4,50],[4,51]]]}'
    ring = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":' + shape + b"}]}"
    assert looked(ring, name="a.geojson").faults


def made_up(number: int) -> str:
    """Return a name that is in no list."""
    return "".join("bdfgklmnprstvz"[number // 5**place % 14] + "aeiou"[number // 3**place % 5] for place in range(4)).title()


@pytest.mark.parametrize(
    ("header", "closed"),
    [
        ("achternaam;wijk", {"achternaam"}),
        ("nom_de_famille;quartier", {"nom_de_famille"}),
        ("voornaam;naam", {"voornaam", "naam"}),
        ("geboortedatum;naam", {"geboortedatum", "naam"}),
        ("naam;wijk", set()),
        ("boom;naam", set()),
    ],
)
def test_surnames_are_recognised_by_what_they_are_called_and_how_they_look(header: str, closed: set[str]) -> None:
    filled: dict[str, Any] = {
        "voornaam": lambda n: ("Marie", "Jan", "Fatima", "Luc")[n % 4],
        "geboortedatum": lambda n: f"19{n % 60 + 40}-01-{n % 28 + 1:02}",
    }
    rows = [";".join(filled.get(name, made_up)(n) for name in header.split(";")) for n in range(200)]
    found = looked("\n".join([header, *rows]).encode(), name="people.csv").columns
    assert {each.column.name for each in found if each.suggested is Level.PERSONAL} == closed
