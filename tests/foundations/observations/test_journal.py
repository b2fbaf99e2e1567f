"""The journal: what is stored is in it once, in order, whatever moment the power goes; what was not stored is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from zinneke.foundations.observations.duck import DuckStore
from zinneke.foundations.observations.engine import Rows
from zinneke.foundations.observations.journal import HEAD, ROW, Journal
from zinneke.kernel.problem import Problem


def rows(first: int, count: int = 1) -> Rows:
    numbers = np.arange(first, first + count)
    return Rows(numbers.astype(np.int32), numbers.astype(np.int64) * 1000, numbers / 2, np.zeros(count, np.uint8))


@pytest.fixture
def store(tmp_path: Path) -> DuckStore:
    return DuckStore(tmp_path / "o.duckdb")


def keep(journal: Journal, store: DuckStore, kept: Rows, stored: int = 7) -> None:
    journal.intend(kept, stored)
    store.append(kept)
    journal.settle()


def streams(journal: Journal, position: int = 0, most: int = 1000) -> list[int]:
    return journal.read(position, most).rows.streams.tolist()


def test_rows_are_read_back_in_order_from_any_position(tmp_path: Path, store: DuckStore) -> None:
    journal = Journal(tmp_path / "j", store, segment=300)
    for first in range(0, 60, 3):
        keep(journal, store, rows(first, 3), first)
    assert journal.end == 60 and len(list((tmp_path / "j").iterdir())) > 3
    for position in (0, 1, 29, 59, 60):
        assert streams(journal, position) == list(range(position, 60))
    page = journal.read(4, 5)
    assert page.positions.tolist() == [4, 5, 6, 7, 8] and page.end == 9 and page.stored.tolist() == [3, 3, 6, 6, 6]
    assert page.rows.values.tolist() == [2, 2.5, 3, 3.5, 4] and page.rows.times.tolist() == [4000, 5000, 6000, 7000, 8000]
    assert journal.stored_at(4) == 3 and journal.stored_at(60) is None


def test_places_in_a_large_file_are_found(tmp_path: Path, store: DuckStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zinneke.foundations.observations.journal.STRIDE", 200)
    journal = Journal(tmp_path / "j", store)
    for first in range(0, 100, 2):
        journal.intend(rows(first, 2), 1)
        journal.settle()
        assert streams(journal, first) == [first, first + 1]
    assert streams(journal, 51, 3) == [51, 52, 53]
    assert streams(journal, 3, 3) == [3, 4, 5]


@pytest.mark.parametrize("committed", [True, False])
def test_the_last_record_counts_when_its_rows_were_committed(tmp_path: Path, store: DuckStore, committed: bool) -> None:
    journal = Journal(tmp_path / "j", store)
    keep(journal, store, rows(1))
    journal.intend(rows(2), 7)
    if committed:
        store.append(rows(2))
    journal.close()  # the power goes here
    again = Journal(tmp_path / "j", store)
    assert streams(again) == ([1, 2] if committed else [1])
    keep(again, store, rows(3))
    assert streams(again) == ([1, 2, 3] if committed else [1, 3])


def test_a_record_that_was_being_written_is_cut_off_wherever_it_ends(tmp_path: Path, store: DuckStore) -> None:
    journal = Journal(tmp_path / "j", store)
    keep(journal, store, rows(1))
    journal.close()
    (path,) = (tmp_path / "j").iterdir()
    whole = path.read_bytes()
    for length in range(1, HEAD.size + ROW):
        path.write_bytes(whole + whole[:length])
        again = Journal(tmp_path / "j", store)
        assert streams(again) == [1]
        again.close()
        assert path.read_bytes() == whole
    path.write_bytes(whole + whole[:-1] + b"\xff")
    again = Journal(tmp_path / "j", store)
    assert streams(again) == [1]


def test_what_is_withdrawn_was_never_there(tmp_path: Path, store: DuckStore) -> None:
    journal = Journal(tmp_path / "j", store)
    keep(journal, store, rows(1))
    journal.intend(rows(2), 7)
    assert streams(journal) == [1]
    journal.withdraw()
    keep(journal, store, rows(3))
    assert streams(journal) == [1, 3]
    journal.close()
    assert streams(Journal(tmp_path / "j", store)) == [1, 3]


def test_a_full_disk_refuses_and_leaves_it_whole(tmp_path: Path, store: DuckStore, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path / "j", store)
    keep(journal, store, rows(1))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fdatasync", full)
        with pytest.raises(Problem) as refused:
            journal.intend(rows(2), 7)
    assert refused.value.status == 507
    keep(journal, store, rows(3))
    assert streams(journal) == [1, 3]


def test_it_holds_so_much_and_no_more_and_drops_what_nobody_needs(tmp_path: Path, store: DuckStore) -> None:
    journal = Journal(tmp_path / "j", store, segment=100, most=500)
    for first in range(100):
        keep(journal, store, rows(first))
    assert sum(path.stat().st_size for path in (tmp_path / "j").iterdir()) < 800
    assert 0 < journal.begin < 100 == journal.end
    assert streams(journal) == list(range(journal.begin, 100))
    journal.trim(97)
    assert streams(journal, 97) == [97, 98, 99]
    begin = journal.begin
    journal.close()
    again = Journal(tmp_path / "j", store)
    assert (again.begin, again.end) == (begin, 100)
