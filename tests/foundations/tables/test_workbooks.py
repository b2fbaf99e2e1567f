"""Workbooks are read sheet by sheet, header found and merged cells filled, within bounds whatever the archive claims."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from zinneke.foundations.tables import inspecting, workbooks
from zinneke.foundations.tables.findings import Inspection
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.problem import Problem


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path / "data"


def book(**sheets: list[list[Any]]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return saved(made)


def saved(made: Workbook) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def looked(content: bytes, **spec: Any) -> Inspection:
    return inspecting.inspect(content, Spec(name="book.xlsx", **spec))


def told(status: int, content: bytes, **spec: Any) -> str:
    with pytest.raises(Problem) as caught:
        looked(content, **spec)
    assert caught.value.status == status
    return caught.value.detail


def test_types_dates_and_empty_rows_of_a_sheet_are_found_over_all_rows() -> None:
    rows = [["name", "count", "share", "open", "on"], ["a", 1, 0.5, True, date(2026, 1, 2)], [], ["b", 12, 1.25, False, datetime(2026, 3, 4)]]
    found = looked(book(data=rows))
    assert [(each.column.name, each.column.type) for each in found.columns] == [
        ("name", "text"), ("count", "integer"), ("share", "decimal"), ("open", "boolean"), ("on", "date"),
    ]  # fmt: skip
    assert (found.form, found.rows, found.sample[1]) == ("xlsx", 2, ("b", "12", "1.25", "false", "2026-03-04"))


def test_titles_above_the_header_are_left_out_and_said() -> None:
    found = looked(book(data=[["Report of 2026"], [], ["name", "count", "where"], ["a", 1, "x"], ["b", 2, "y"]]))
    assert [each.column.name for each in found.columns] == ["name", "count", "where"]
    assert any("above the header" in fault.what for fault in found.faults)


def test_the_sheet_is_chosen_and_one_that_is_not_there_is_refused_with_the_names_of_those_that_are() -> None:
    content = book(first=[["a"], [1]], second=[["b"], [2]])
    assert looked(content).columns[0].column.name == "a"
    assert any("2 sheets" in fault.what for fault in looked(content).faults)
    assert looked(content, sheet="second").columns[0].column.name == "b"
    assert "first, second" in told(400, content, sheet="third")


def test_a_merged_cell_stands_in_each_of_the_rows_that_it_covers() -> None:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (["commune", "year", "count"], ["Jette", 2025, 1], [None, 2026, 2], ["Evere", 2026, 3]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    assert [row[0] for row in looked(saved(made)).sample] == ["Jette", "Jette", "Evere"]


def test_errors_of_the_spreadsheet_and_cells_beyond_the_header_are_said() -> None:
    found = looked(book(data=[["a", "b"], [1, "#DIV/0!"], [2, 3, "stray"]]))
    said = " ".join(fault.what for fault in found.faults)
    assert "error of the spreadsheet" in said
    assert "'stray'" in said


def test_a_workbook_that_unpacks_to_far_more_than_it_is_is_not_opened() -> None:
    file = io.BytesIO(book(data=[["a"], [1]]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", b"\0" * 30_000_000)
    assert "not opened" in told(413, file.getvalue())


def test_what_only_claims_to_be_a_workbook_is_refused_with_a_sentence() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook><!DOCTYPE lolz [<!ENTITY lol 'lol'>]>")
    assert "no Excel workbook" in told(400, file.getvalue())
    assert "empty sheet" in told(400, book(data=[]))
    assert "no row below" in told(400, book(data=[["a", "b"]]))


def test_too_many_columns_or_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "columns" in told(413, book(data=[[f"c{number}" for number in range(2_001)], list(range(2_001))]))
    monkeypatch.setattr(workbooks, "MOST_CELLS", 3)
    assert "as CSV" in told(413, book(data=[["a", "b"], [1, 2], [3, 4]]))
