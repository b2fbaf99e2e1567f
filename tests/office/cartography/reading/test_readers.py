"""What others wrote about their data is read as it is; what is wrong in it is told by its place, and the rest is kept."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zinneke.kernel.problem import Problem
from zinneke.kernel.refusals import say
from zinneke.office.cartography.reading import dcat, ddl, forms, schemas, tabular
from zinneke.office.cartography.reading.origin import Origin
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import Application, Element, Form, Table, Treatment

CRM = Origin(name="CRM", owner="paradigm")


def tables(found: Scanned) -> dict[str, list[str]]:
    return {each.title["en"]: [column.name for column in each.details.columns] for each in found.things if isinstance(each.details, Table)}


# --- SQL ------------------------------------------------------------------------------------------------------------

SCHEMA = b"""
CREATE TABLE public.persoon (
  id integer PRIMARY KEY,
  rijksregisternummer char(11) NOT NULL,
  naam varchar(80),
  gemeente_id integer REFERENCES gemeente (id)
);
CREATE TABLE this is not SQL at all (((;
CREATE TABLE gemeente (id integer, nis char(5), PRIMARY KEY (id));
COMMENT ON TABLE gemeente IS 'De negentien gemeenten; en niet meer';
INSERT INTO gemeente VALUES (1, '21015; x');
"""


def test_a_schema_with_an_error_gives_the_tables_around_it_and_says_the_line() -> None:
    found = ddl.read(SCHEMA, CRM, "postgres")
    assert tables(found) == {"public.persoon": ["id", "rijksregisternummer", "naam", "gemeente_id"], "gemeente": ["id", "nis"]}
    assert [fault.where for fault in found.faults] == ["line 8"]


def test_keys_references_and_comments_of_a_schema_are_kept() -> None:
    found = {each.title["en"]: each for each in ddl.read(SCHEMA, CRM, "postgres").things}
    columns = {column.name: column for column in found["public.persoon"].details.columns}
    assert columns["id"].key and not columns["naam"].key
    assert columns["gemeente_id"].references == "gemeente"
    assert found["gemeente"].about == {"en": "De negentien gemeenten; en niet meer"}
    assert [column.key for column in found["gemeente"].details.columns] == [True, False]


def test_comments_of_mysql_become_labels() -> None:
    found = ddl.read(b"CREATE TABLE `klant` (`nm` varchar(40) COMMENT 'Naam van de klant') COMMENT='Klanten';", CRM, "mysql")
    table = next(each for each in found.things if isinstance(each.details, Table))
    assert table.details.columns[0].label == {"en": "Naam van de klant"}
    assert table.about == {"en": "Klanten"}


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TABLE `klant` (`id` int AUTO_INCREMENT, `nm` varchar(40) COMMENT 'Naam', KEY `k` (`nm`)) ENGINE=InnoDB;\nCREATE TABLE `b` (`x` int);",
        "CREATE TABLE [dbo].[klant] ([id] INT IDENTITY(1,1), [nm] NVARCHAR(MAX));\nCREATE TABLE [dbo].[b] ([x] BIT);",
        "CREATE TABLE klant (id serial, nm text[]);\nCREATE TABLE b (x jsonb);",
        "CREATE TABLE klant (id NUMBER(10), nm VARCHAR2(40 CHAR));\nCREATE TABLE b (x CLOB);",
    ],
)
def test_a_schema_is_read_without_saying_which_database_wrote_it(schema: str) -> None:
    found = tables(ddl.read(schema.encode(), CRM))
    assert sorted(name.rpartition(".")[2] for name in found) == ["b", "klant"] and ["id", "nm"] in found.values()


@pytest.mark.parametrize(("data", "dialect"), [(b"SELECT 1", ""), (b"", ""), (b"\xff\xfe\x00\x00", ""), (SCHEMA, "klingon")])
def test_what_holds_no_table_or_no_text_is_refused_in_a_sentence(data: bytes, dialect: str) -> None:
    with pytest.raises(Problem) as refusal:
        ddl.read(data, CRM, dialect)
    assert refusal.value.status == 400 and refusal.value.detail.endswith((".", "only."))


@given(st.text(max_size=200))
def test_any_text_is_a_schema_or_a_refusal(text: str) -> None:
    try:
        found = ddl.read(text.encode("utf-8", "replace"), CRM)
    except Problem as refusal:
        assert refusal.status == 400
    else:
        assert found.origin == "CRM"


def test_a_table_of_five_thousand_columns_is_read_whole() -> None:
    columns = ", ".join(f"column_{number} integer" for number in range(5000))
    assert len(tables(ddl.read(f"CREATE TABLE wide ({columns});".encode(), CRM))["wide"]) == 5000


# --- OpenAPI and JSON Schema -------------------------------------------------------------------------------------------

OPENAPI = """
openapi: 3.1.0
info: {title: Permits, description: Building permits}
servers: [{url: "https://permits.example.org"}]
components:
  schemas:
    Permit:
      description: A permit
      properties:
        reference: {type: string, title: Reference}
        applicant: {$ref: "#/components/schemas/Person"}
        elsewhere: {$ref: "https://example.org/other.json"}
        lost: {$ref: "#/components/schemas/Nobody"}
    Person:
      allOf: [{properties: {niss: {type: string, format: niss}}}, {properties: {name: {type: [string, "null"]}}}]
"""


def test_schemas_of_an_api_become_tables_and_what_stands_elsewhere_is_told_not_fetched() -> None:
    found = schemas.read_openapi(OPENAPI.encode(), CRM)
    assert tables(found)["Permit"] == ["reference", "applicant.niss", "applicant.name", "elsewhere", "lost"]
    assert {fault.where for fault in found.faults} == {"Permit.elsewhere", "Permit.lost"}
    application = next(each for each in found.things if isinstance(each.details, Application))
    assert application.details.web == "https://permits.example.org" and application.links == (("uses", "crm"),)


def test_a_schema_that_contains_itself_ends() -> None:
    tree = {"title": "Node", "properties": {"name": {"type": "string"}, "child": {"$ref": "#"}}}
    assert "name" in tables(schemas.read_json_schema(json.dumps(tree).encode(), CRM))["Node"]


@pytest.mark.parametrize("text", ["a: *b", "a: &x [1,1]\nb: [*x,*x]", "{", "[1,2]", "- 1", "openapi", "%&/("])
def test_what_is_no_document_or_hides_many_values_in_few_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refusal:
        schemas.read_openapi(text.encode(), CRM)
    assert refusal.value.status == 400


def test_a_schema_that_people_fill_in_becomes_a_form() -> None:
    document = {"title": "Aanvraag", "required": ["naam"], "properties": {"naam": {"title": "Uw naam"}, "straat": {}}}
    (form,) = schemas.read_json_schema(json.dumps(document).encode(), CRM, form=True).things
    assert isinstance(form.details, Form)
    assert [(field.name, field.required) for field in form.details.fields] == [("naam", True), ("straat", False)]


# --- tables ------------------------------------------------------------------------------------------------------------


def test_an_inventory_of_columns_in_dutch_is_read_and_its_faults_are_told_by_row() -> None:
    rows = "Tabel;Veld;Etiket (nl)\npersoon;naam;Naam\n;geboortedatum;Geboren\npersoon;naam;Nog eens\nadres;;leeg\n"
    found = tabular.read(rows.encode(), CRM)
    assert tables(found) == {"persoon": ["naam", "geboortedatum"]}
    assert [fault.where for fault in found.faults] == ["row 4", "row 5"]


def test_a_list_of_things_keeps_the_good_rows_and_tells_the_bad_cells() -> None:
    rows = "soort,sleutel,titel (nl),titel (fr),kost,proprietaire\n"
    rows += "Toepassing,x,Loket,Guichet,12 500,bxl\nKasteel,y,,,,\nApplication,z,,Guichet 2,veel,bxl\n"
    found = tabular.read(rows.encode(), CRM)
    first, second = found.things
    assert first.key == "crm/x" and first.title == {"nl": "Loket", "fr": "Guichet"} and first.owner == "bxl"
    assert first.details == Application(cost=12500.0) and second.details == Application()
    assert [fault.where for fault in found.faults] == ["row 3, kind", "row 4, cost"]


def test_merged_cells_of_a_workbook_stand_in_every_row_that_they_cover() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Table", "Colonne"], ["personne", "nom"], [None, "prénom"], [None, "rue"], ["véhicule", "plaque"]):
        sheet.append(row)
    sheet.merge_cells("A2:A4")
    packed = io.BytesIO()
    book.save(packed)
    assert tables(tabular.read(packed.getvalue(), CRM)) == {"personne": ["nom", "prénom", "rue"], "véhicule": ["plaque"]}


def workbook(**sheets: list[list[str | None]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name == "Titre":
            sheet.merge_cells("A1:C1")
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def test_a_workbook_is_read_below_its_title_and_on_every_sheet_that_holds_an_inventory() -> None:
    data = workbook(
        Titre=[["Inventaire 2026, version 3", None, None], [], ["Table", "Colonne", "Description", "Propriétaire"],
               ["personne", "nom", "Nom de famille", "jette"], [None, "rue", None, None]],
        Applications=[["Type", "Titre", "Hébergement", "Coût par an (€)"], ["application", "Guichet", "cloud souverain", "12 500"],
                      ["application", "Agenda", "grenier", ""]],
        Notes=[["Merci à tous"]],
    )  # fmt: skip
    found = tabular.read(data, CRM)
    assert tables(found) == {"personne": ["nom", "rue"]}
    owned = {row.title["en"]: row for row in found.things}
    assert owned["personne"].owner == "jette" and isinstance(owned["personne"].details, Table)
    assert owned["personne"].details.columns[0].label == {"en": "Nom de famille"}
    assert owned["Guichet"].details == Application(hosting="sovereign", cost=12500.0) and owned["Agenda"].details == Application()
    assert [fault.where for fault in found.faults] == ["sheet Applications, row 3, hosting", "sheet Notes"]
    assert say(str(found.faults[0].where)).fr == "feuille Applications, ligne 3, hosting"


def altered(change: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    """Return a workbook of one thing and one merged range, with its parts changed."""
    book, packed, out = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.worksheets[0].append(["kind", "title"])
    book.worksheets[0].append(["application", "A"])
    book.worksheets[0].merge_cells("A3:B4")
    book.save(packed)
    with zipfile.ZipFile(packed) as one, zipfile.ZipFile(out, "w") as other:
        for each in one.namelist():
            other.writestr(*change(each, one.read(each)))
    return out.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda name, part: (name, part.replace(b'ref="A3:B4"', b"ref='A1:XFD1048576'")),
        lambda name, part: (name, part.replace(b'ref="A3:B4"', b'ref = "$A$1:$XFD$1048576"')),
        lambda name, part: (name, part.replace(b'ref="A3:B4"', b'ref="&#65;1:XFD1048576"')),
        lambda name, part: (name.replace("worksheets", "parts"), part.replace(b"worksheets/", b"parts/").replace(b"A3:B4", b"A1:XFD1048576")),
    ],
)
def test_a_sheet_merged_whole_is_refused_however_it_is_written(change: Callable[[str, bytes], tuple[str, bytes]]) -> None:
    with pytest.raises(Problem, match="merges 17,179,869,184 cells"):
        tabular.read(altered(change), CRM)


@pytest.mark.parametrize("broken", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_a_workbook_with_a_broken_part_is_refused(broken: str) -> None:
    with pytest.raises(Problem, match="no workbook that can be read"):
        tabular.read(altered(lambda name, part: (name, b"<x" if name == broken else part)), CRM)
    assert len(tabular.read(altered(lambda name, part: (name, part)), CRM).things) == 1


def test_a_stray_cell_far_away_costs_nothing_and_a_sheet_merged_whole_is_refused() -> None:
    book = openpyxl.Workbook()
    for place, text in (("A1", "Table"), ("B1", "Colonne"), ("A2", "personne"), ("B2", "nom"), ("XFD150000", "x")):
        book.active[place] = text
    packed = io.BytesIO()
    book.save(packed)
    found = tabular.read(packed.getvalue(), CRM)
    assert tables(found) == {"personne": ["nom"]} and len(found.faults) == 1
    merged, sheet = io.BytesIO(), b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    with zipfile.ZipFile(packed) as one, zipfile.ZipFile(merged, "w") as other:
        for each in one.infolist():
            data = one.read(each)
            other.writestr(each, data.replace(b"</sheetData>", sheet) if "worksheets" in each.filename else data)
    with pytest.raises(Problem, match="merges"):
        tabular.read(merged.getvalue(), CRM)


def test_a_register_and_a_glossary_are_read_in_the_words_of_their_forms() -> None:
    rows = "Soort;Titel;Doeleinden;Rechtsgrond;Bewaring (maanden, 0: onbeperkt);Ontvangers\n"
    rows += "Verwerking;Vergunningen;Vergunningen;Wet;120;Politie; \n".replace("Politie; ", '"Politie; Parket"')
    found = tabular.read(rows.encode(), CRM).things[0].details
    assert isinstance(found, Treatment) and found.keep == 120 and found.receivers == ("Politie", "Parket") and len(found.purposes) == 1
    rows = "type;titre (fr);définition (fr);approuvé pour le glossaire\nÉlément de données;Ménage;Qui vit ensemble.;oui\n"
    element = tabular.read(rows.encode(), CRM).things[0].details
    assert element == Element(definition={"fr": "Qui vit ensemble."}, approved=True)


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", bytes.fromhex("d0cf11e0a1b11ae1") + b"old", b"a,b\n1,2\n", b""])
def test_what_is_no_inventory_is_refused(data: bytes) -> None:
    with pytest.raises(Problem) as refusal:
        tabular.read(data, CRM)
    assert refusal.value.status == 400


# --- DCAT --------------------------------------------------------------------------------------------------------------

TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://example.org/d/trees> a dcat:Dataset ; dct:title "Arbres"@fr, "Bomen"@nl .
<https://example.org/d/none> a dcat:Dataset .
"""


def test_datasets_of_a_catalogue_are_read_and_those_without_title_told() -> None:
    found = dcat.read(TURTLE.encode(), CRM)
    assert [each.title for each in found.things if isinstance(each.details, Table)] == [{"fr": "Arbres", "nl": "Bomen"}]
    assert [fault.where for fault in found.faults] == ["https://example.org/d/none"]


@pytest.mark.parametrize(
    "text",
    [
        '{"@context": "https://example.org/context.jsonld", "@id": "x"}',
        '{"@graph": [{"@context": ["https://example.org/context.jsonld"]}]}',
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        "@prefix broken",
        "<a> <b> <c> .",
    ],
)
def test_what_would_be_fetched_or_is_no_catalogue_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refusal:
        dcat.read(text.encode(), CRM)
    assert refusal.value.status == 400


# --- forms -------------------------------------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="nl"><title>Parkeerkaart</title><form>
<label for="n">Uw naam</label><input id="n" name="naam" required>
<label>Rijksregisternummer <input name="rrn"></label>
<input type="hidden" name="csrf"><input type="submit" name="go">
<label><input type="radio" name="soort" value="a"> A</label><label><input type="radio" name="soort" value="b"> B</label>
</form>"""


def test_a_page_of_html_gives_its_questions_with_their_labels() -> None:
    (form,) = forms.read(PAGE.encode(), CRM).things
    assert form.title == {"en": "Parkeerkaart"}
    assert [(field.name, field.label, field.required) for field in form.details.fields[:2]] == [
        ("naam", {"nl": "Uw naam"}, True),
        ("rrn", {"nl": "Rijksregisternummer"}, False),
    ]
    assert [field.name for field in form.details.fields] == ["naam", "rrn", "soort"]


def test_a_form_in_json_keeps_how_often_it_is_filled_in() -> None:
    (form,) = forms.read(b'{"title": {"fr": "Demande"}, "volume": 1200, "fields": [{"name": "nom", "seconds": 5}]}', CRM).things
    assert form.details.volume == 1200 and form.details.fields[0].seconds == 5


WRONG = (b"<p>nothing</p>", b'{"title": "x"}', b'{"title": "x", "fields": [{"name": 3}]}', b'{"title": "x", "extra": 1, "fields": []}')


@pytest.mark.parametrize("data", WRONG)
def test_what_asks_nothing_is_refused(data: bytes) -> None:
    with pytest.raises(Problem) as refusal:
        forms.read(data, CRM)
    assert refusal.value.status == 400
