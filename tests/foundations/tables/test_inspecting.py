"""Before anything is published, a source is shown as it was understood: how it was read, the type of each column, and what tells of people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from zinneke.foundations.tables import inspecting
from zinneke.foundations.tables.findings import Inspection
from zinneke.foundations.tables.systems import find_axes
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


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("Nom", ("Élodie Dubois", "Jean Peeters", "Fatima El Amrani")),
        ("Naam", ("Jan Janssens", "An De Smet")),
        ("Contactpersoon", ("Peeters Marie",)),
        ("Responsable", ("Élodie Dubois", "Jean-Pierre Lambert", "Mohamed El Amrani")),
    ],
)
def test_names_of_people_are_found_in_a_table_of_a_few_rows(column: str, values: tuple[str, ...]) -> None:
    found = looked((f"{column};banc\n" + "".join(f"{value};{number}\n" for number, value in enumerate(values))).encode())
    assert (found.columns[0].suggested, found.columns[0].evidence[0].kind) == (Level.PERSONAL, "person_name")
    assert found.columns[1].suggested is Level.PUBLIC


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("Nom", ("Parc Royal", "Bois de la Cambre", "Parc Josaphat", "Jardin Botanique")),
        ("Naam", ("Warandepark", "Ter Kamerenbos")),
        ("Arrêt", ("Arts-Loi", "Gare Centrale", "Eddy Merckx", "Simonis")),
        ("Rue", ("Rue Jean Dubois", "Avenue Marie-José", "Place Eugène Flagey")),
        ("École", ("Saint Michel", "Saint Louis", "Sint Pieter", "Sainte Marie")),
    ],
)
def test_names_of_places_are_not_taken_for_people(column: str, values: tuple[str, ...]) -> None:
    found = looked((f"{column};n\n" + "".join(f"{value};{number}\n" for number, value in enumerate(values))).encode())
    assert found.columns[0].suggested is Level.PUBLIC


@pytest.mark.parametrize(
    ("head", "rows", "place", "crs"),
    [
        ("X;Y", "149000,5;170500\n149100;170600,25\n", ("X", "Y"), "EPSG:31370"),
        ("x_lambert2008;y_lambert2008", "649000.5;670500\n649100;670600\n", ("x_lambert2008", "y_lambert2008"), "EPSG:3812"),
        ("lon;lat", "149000;170500\n149100;170600\n", ("lon", "lat"), "EPSG:31370"),
        ("lon;lat", "50.85;4.35\n50.86;4.36\n", ("lat", "lon"), "EPSG:4326"),
        ("y;x", "50.85;4.35\n50.86;4.36\n", ("x", "y"), "EPSG:4326"),
        ("coordonnee_x_lambert_belge_72;coordonnee_y_lambert_belge_72", "149000;170500\n149100;170600\n", None, "EPSG:31370"),
    ],
)
def test_coordinates_are_read_in_the_system_and_the_order_in_which_they_are(head: str, rows: str, place: tuple[str, str] | None, crs: str) -> None:
    found = looked(f"{head}\n{rows}".encode())
    assert (found.place, found.crs, found.geometry) == (place or tuple(head.split(";")), crs, "point")
    assert found.bbox is not None and 4.2 < found.bbox[0] < found.bbox[2] < 4.5 and 50.8 < found.bbox[1] < 50.9
    assert bool(found.faults) is head.startswith("lon"), "said where the names say otherwise"


def test_a_long_name_is_looked_at_once() -> None:
    assert find_axes(["pos" * 3000 + "xq", "x" + "coord" * 3000 + "q", "lambert_" * 3000 + "z", "y"]) is None


def test_coordinates_in_quotes_that_other_columns_have_not_are_coordinates_still() -> None:
    found = looked(b'id,name,lat,lon\n1,A,"50.85","4.35"\n2,B,"50.86","4.36"\n')
    assert (found.place, found.geometry) == (("lon", "lat"), "point")


def test_figures_called_x_and_y_that_are_no_places_stay_figures() -> None:
    found = looked(b"x;y\n1;2\n3;4\n")
    assert (found.place, found.geometry) == ((), "")


@pytest.mark.parametrize("mark", ["n.d.", "-", "N/A", "?"])
def test_what_stands_for_no_figure_leaves_a_column_of_figures_one(mark: str) -> None:
    found = looked(f"banc;valeur\nA;12,5\nB;1.234,75\nC;{mark}\n".encode())
    assert [(each.column.type, each.column.profile.nulls) for each in found.columns] == [("text", 0.0), ("decimal", pytest.approx(1 / 3, abs=0.01))]
    assert looked(f"a;b\n{mark};1\nx;2\n".encode()).sample[0][0] == mark, "among texts it stays what it is"


def test_a_text_that_is_called_a_workbook_is_read_and_said() -> None:
    found = inspecting.inspect(b"naam;waarde\nLinde;1\n", Spec(name="bomen.xlsx"))
    assert (found.form, found.rows) == ("csv", 1)
    assert [each.what for each in found.faults] == ["its name ends with .xlsx, but it is text; it was read as csv"]


def test_shapes_in_metres_without_a_system_are_placed_and_those_that_cross_themselves_mended() -> None:
    def feature(shape: str) -> str:
        return '{"type": "Feature", "properties": {"a": 1}, "geometry": ' + shape + "}"

    metres = ", ".join(feature(f'{{"type": "Point", "coordinates": [{149_000 + number}, 170500]}}') for number in range(3))
    found = looked(f'{{"type": "FeatureCollection", "features": [{metres}]}}'.encode())
    assert found.bbox is not None and 4.2 < found.bbox[0] < 4.5
    assert [each.what for each in found.faults] == [
        "its shapes are in metres and it does not say of which system; they were read as Belgian Lambert 72"
    ]
    bow = feature('{"type": "Polygon", "coordinates": [[[4.3, 50.8], [4.4, 50.9], [4.4, 50.8], [4.3, 50.9], [4.3, 50.8]]]}')
    flat = feature('{"type": "Polygon", "coordinates": [[[4.3, 50.8], [4.4, 50.9], [4.3, 50.8], [4.3, 50.8]]]}')
    found = looked(f'{{"type": "FeatureCollection", "features": [{bow}, {flat}]}}'.encode())
    assert [each.what.rpartition("; ")[2] for each in found.faults] == ["it was mended", "the row was kept without it"]


def test_columns_of_points_and_shapes_as_portals_export_them_become_the_shapes_of_the_rows() -> None:
    shape = '{""coordinates"": [[[4.3, 50.8], [4.4, 50.9], [4.4, 50.8], [4.3, 50.8]]], ""type"": ""Polygon""}'
    both = looked(f'Geo Point;Geo Shape;nom\n50.85, 4.35;"{shape}";Parc\n50.86, 4.36;"{shape}";Bois\n'.encode())
    assert (both.geometry, [each.column.name for each in both.columns]) == ("polygon", ["Geo Point", "nom", "geometry"])
    for pair in ("50.85, 4.35", "4.35,50.85"):
        one = looked(f"nom;geo_point_2d\nParc;{pair}\n".replace(pair, f'"{pair}"').encode())
        assert (one.geometry, one.bbox) == ("point", (4.35, 50.85, 4.35, 50.85))


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        ('"code","naam","n"\n"1000","Brussel",3\n"1030","Schaarbeek",4\n', ["text", "text", "integer"]),
        ('code;waarde\n"1000";1,5\n"1030";2\n', ["text", "decimal"]),
        ('"code","n"\n"1000","3"\n"1030","4"\n', ["integer", "integer"]),  # all is quoted, which says nothing
        ('waarde,n\n"1,5",3\n"2,5",4\n', ["decimal", "integer"]),  # quoted since it must be
        ('code,n\n"1000",3\n1030,4\n', ["integer", "integer"]),
        ('dag,n\n"2026-05-01",3\n"2026-05-02",4\n', ["date", "integer"]),
    ],
)
def test_numbers_that_a_program_quoted_as_texts_stay_codes(content: str, kinds: list[str]) -> None:
    assert [each.column.type for each in looked(content.encode()).columns] == kinds
