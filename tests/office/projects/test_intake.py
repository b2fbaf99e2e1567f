"""Files from elsewhere: headings in three languages, half-empty rows, amounts and dates as people write them, bombs and huge ones."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor
from zinneke.kernel.problem import Problem
from zinneke.office.projects import exports, intake, places, store
from zinneke.office.projects.intake import Lookups
from zinneke.office.projects.rules import Line

LOOKUPS = Lookups.of({"stib": {"fr": "STIB", "nl": "MIVB"}}, {"21015": {"fr": "Schaerbeek", "nl": "Schaarbeek"}})
FRENCH = (
    "Nom;Porteur;Domaine;Phase;Début;Budget prévu;Commune;Longitude;Latitude\n"
    "Feux;STIB;Mobilité;Réalisation et essai;01/02/2026;12 500,50;Schaerbeek;4,45;50,85\n"
)
DUTCH = "naam,eigenaar,domein,fase,begindatum,begroting\nLichten,MIVB,mobiliteit,Uitvoering en proef,2026-02-01,12500.50\n"
ENGLISH = "Name\tOwner\tDomain\tPhase\tStart date\tBudget\nLights\tstib\tmobility\texecution\t2026-02-01\t12,500.50\n"


def read(text: str) -> list[Line]:
    return list(intake.read(text.encode(), LOOKUPS))


@pytest.mark.parametrize("text", [FRENCH, DUTCH, ENGLISH])
def test_headings_may_be_in_any_of_the_three_languages(text: str) -> None:
    (line,) = read(text)
    assert line.fiche is not None
    assert (line.fiche.owner, line.fiche.domain, line.phase) == ("stib", "mobility", "execution")
    assert (line.fiche.start, line.fiche.planned) == (date(2026, 2, 1), 12500.5)


def test_a_place_and_a_commune_are_read_as_written() -> None:
    (line,) = read(FRENCH)
    assert line.fiche is not None
    assert line.fiche.communes == ("21015",) and line.fiche.place == {"type": "Point", "coordinates": [4.45, 50.85]}


def test_half_empty_rows_are_told_by_row_and_good_ones_kept(town: None) -> None:
    text = (
        "name,owner,domain,start,budget\nGood,stib,mobility,,\n,,,,\nNo domain,stib,,,\n,stib,mobility,,\n"
        "Bad date,stib,mobility,soon,\nBad money,stib,mobility,,much\nBad owner,nobody,mobility,,\n"
        "Below zero,stib,mobility,,-4\nGood,stib,mobility,,\n"
    )
    counts = store.take_projects(SYSTEM, intake.read(text.encode(), places.lookups(SYSTEM)))
    assert counts.added == 1
    told = {fault.where: fault.what for fault in counts.faults}
    assert set(told) == {"row 4", "row 5", "row 6", "row 7", "row 8", "row 9", "row 10"}
    assert "domain" in told["row 4"] and "name" in told["row 5"] and "2026-11-28" in told["row 6"] and "amount" in told["row 7"]
    assert "not known" in told["row 8"] and "negative" in told["row 9"] and "row 2" in told["row 10"]


def test_a_second_import_changes_nothing_and_a_longer_one_only_what_it_says(town: None, owner: Actor) -> None:
    first = "name,owner,domain,contact\nLights,stib,mobility,Desk\n"
    assert store.take_projects(owner, intake.read(first.encode(), places.lookups(owner))).added == 1
    again = store.take_projects(owner, intake.read(first.encode(), places.lookups(owner)))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    more = "name,owner,domain,budget\nLights,stib,mobility,5000\n"
    assert store.take_projects(owner, intake.read(more.encode(), places.lookups(owner))).changed == 1
    kept = store.get_project(owner, "lights").fiche
    assert (kept.planned, kept.contact) == (5000.0, "Desk")


def test_what_the_platform_exports_it_can_import_and_nothing_changes(town: None) -> None:
    store.take_projects(SYSTEM, intake.read(FRENCH.encode(), places.lookups(SYSTEM)))
    table = exports.as_csv(store.list_projects(ANONYMOUS), "http://x", "fr")
    counts = store.take_projects(SYSTEM, intake.read(table, places.lookups(SYSTEM)))
    assert (counts.added, counts.changed, counts.unchanged, counts.refused) == (0, 0, 1, 0), counts.faults


def test_a_cell_that_looks_like_a_formula_is_quoted(town: None) -> None:
    text = "name,owner,domain\n=cmd|' /C calc'!A0,stib,mobility\n"
    store.take_projects(SYSTEM, intake.read(text.encode(), places.lookups(SYSTEM)))
    assert b"'=cmd" in exports.as_csv(store.list_projects(ANONYMOUS), "", "en")


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_with_its_own_dates_and_numbers() -> None:
    data = workbook([["Naam", "Eigenaar", "Domein", "Einddatum", "Begroting"], ["Lichten", "MIVB", "Mobiliteit", date(2027, 5, 1), 99.5], [None] * 5])
    (line,) = intake.read(data, LOOKUPS)
    assert line.fiche is not None and (line.fiche.end, line.fiche.planned) == (date(2027, 5, 1), 99.5)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"a,b\n1,2\n", 400),
        (b"PK\x03\x04 this is no workbook", 400),
        (b"name,owner,domain\n" + b"x" * intake.LARGEST, 413),
        (b"name,owner,domain\n" + b"a,stib,mobility\n" * (intake.MOST + 1), 413),
    ],
)
def test_what_is_no_table_or_too_large_is_told(data: bytes, status: int) -> None:
    with pytest.raises(Problem) as told:
        list(intake.read(data, LOOKUPS))
    assert told.value.status == status and told.value.detail


def test_a_workbook_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "UNPACKED", 1000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 100_000)
    with pytest.raises(Problem) as told:
        list(intake.read(out.getvalue(), LOOKUPS))
    assert told.value.status == 413


@given(st.integers(0, 10**9), st.integers(0, 99), st.sampled_from([("\u202f", ","), (".", ","), (",", "."), (" ", ","), ("", ","), ("", ".")]))
def test_amounts_are_read_as_people_write_them(whole: int, cents: int, marks: tuple[str, str]) -> None:
    thousands, point = marks
    written = f"{whole:,}".replace(",", thousands) + f"{point}{cents:02d} €"
    assert intake.amount(written) == pytest.approx(whole + cents / 100)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_sentence(data: bytes) -> None:
    try:
        for line in intake.read(data, LOOKUPS):
            assert line.fiche or line.wrong
    except Problem as problem:
        assert problem.detail
