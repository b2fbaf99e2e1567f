"""Tables that people open in a spreadsheet run nothing."""

from __future__ import annotations

import csv
import io
import re

from hypothesis import given
from hypothesis import strategies as st

from zinneke.kernel.spreadsheet import FORMULA, RISKY, as_csv, guard

CELLS = st.text(st.sampled_from("=+-@\t\r\n\"',;a1é"), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_no_cell_begins_like_a_formula_and_none_is_lost(lines: list[tuple[str, str]]) -> None:
    back = list(csv.reader(io.StringIO(as_csv(("=head", "b"), lines), newline="")))
    assert back[0] == ["'=head", "b"]
    assert not any(cell.startswith(RISKY) for line in back for cell in line)
    assert [tuple(cell[1:] if cell[1:].startswith(RISKY) and cell[0] == "'" else cell for cell in line) for line in back[1:]] == [
        tuple(cell[1:] if cell[:1] == "'" and cell[1:].startswith(RISKY) else cell for cell in line) for line in lines
    ]


@given(CELLS)
def test_the_pattern_says_the_same_as_the_signs(cell: str) -> None:
    assert re.sub(FORMULA, r"'\1", cell) == guard(cell)


def test_numbers_stay_numbers() -> None:
    assert guard(-5) == -5
    assert as_csv(("n",), [(-5,)]) == "n\r\n-5\r\n"
