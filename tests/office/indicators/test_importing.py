from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office.indicators.conftest import in_force, officer, sheet
from zinneke.kernel.confidentiality import Right
from zinneke.kernel.problem import Problem
from zinneke.office.indicators import importing, store

WRITER = officer(1, Right.SEE, Right.EDIT)


def code(word: str) -> str:
    return {"Schaerbeek": "21015", "21015": "21015"}.get(word, "")


def test_a_half_empty_import_keeps_what_is_good_and_names_the_rest_by_row() -> None:
    data = "Période;Commune;Valeur\n2024;Schaerbeek;1 234,5\n;;\n2025;Schaerbeek;\n2025;Atlantis;3\n2025;;abc\n".encode()
    rows, faults = importing.read(data, code, "fr")
    assert [(place, row.period, row.area, row.value) for place, row in rows] == [("row 2", "2024", "21015", 1234.5)]
    assert [fault.where for fault in faults] == ["row 4", "row 5", "row 6"]
    assert "pas de valeur" in faults[0].what


def test_a_file_without_the_columns_is_refused_with_a_sentence() -> None:
    for data in (b"", b"a,b\n1,2\n", b"\0\1\2"):
        with pytest.raises(Problem) as refused:
            importing.read(data, code)
        assert refused.value.status == 400


def test_an_excel_workbook_is_read_as_csv_is() -> None:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    for row in (("jaar", "gemeente", "waarde"), (2024, "21015", 7.5), (2025, "21015", None)):
        book.active.append(row)
    book.save(out)
    rows, faults = importing.read(out.getvalue(), code)
    assert [(row.period, row.value) for _, row in rows] == [("2024", 7.5)]
    assert len(faults) == 1


def test_a_workbook_that_is_none_is_refused() -> None:
    with pytest.raises(Problem, match="cannot be opened"):
        importing.read(b"PK\x03\x04 broken", code)


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_sentence(data: bytes) -> None:
    try:
        importing.read(b"period,value\n" + data, code)
    except Problem as problem:
        assert problem.status in (400, 413)


@pytest.mark.parametrize(("text", "value"), [("1234.5", 1234.5), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("12,5", 12.5), ("7 %", 7), ("-3", -3)])
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert importing.number(text) == value


@pytest.mark.usefixtures("town")
def test_an_import_of_the_same_changes_nothing_and_impossible_values_are_told() -> None:
    in_force("trees", sheet())
    data = b"period,area,value\n2024,Schaarbeek,5\n2025,Schaarbeek,-5\n"
    first = store.import_values(WRITER, "trees", data)
    again = store.import_values(WRITER, "trees", data)
    assert (first.added, first.refused, again.added, again.unchanged) == (1, 1, 0, 1)
    assert first.faults[0].where == "row 3"
    assert "below nought" in first.faults[0].what
