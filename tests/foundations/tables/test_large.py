"""A table of very many rows answers as a small one does: the same rows, in the same order, and the same number of all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zinneke.foundations.tables import conditions, frame, paging, ranked
from zinneke.foundations.tables.frame import Frame
from zinneke.foundations.tables.trees import conditions as asked_of
from zinneke.foundations.tables.values import Column, Filter, Not, Or
from zinneke.kernel.problem import Problem

ROWS = 3_000
COLUMNS = tuple(
    Column(name, kind)
    for name, kind in (("n", "integer"), ("heavy", "integer"), ("value", "decimal"), ("word", "text"), ("when", "timestamp"), ("flag", "boolean"))
)


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the same table twice: read as one of many rows, in pieces of 100 with 40 bounds, and as a small one."""
    random, place = np.random.default_rng(7), tmp_path_factory.mktemp("large")
    empty = random.random(ROWS) < 0.1
    words = np.array(["été", "Ete", "arbre", "boom", "zee", "Zoo", *(f"rue {n}" for n in range(300))])
    table = pa.table(
        {
            "n": pa.array(np.arange(ROWS)),
            "heavy": pa.array(np.where(random.random(ROWS) < 0.7, 5, random.integers(-50, 50, ROWS)), mask=empty),
            "value": pa.array(np.round(random.random(ROWS) * 100, 2), mask=random.random(ROWS) < 0.05),
            "word": pa.array(words[random.integers(0, len(words), ROWS)], pa.string(), mask=empty),
            "when": pa.array([datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=n) for n in range(ROWS)], pa.timestamp("us", "UTC")),
            "flag": pa.array(random.random(ROWS) < 0.5),
        }
    )
    pq.write_table(table, place / "table.parquet", row_group_size=700)
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in (
            (paging, "FEW", 2), (frame, "LARGE", 1_000), (ranked, "CHUNK", 100), (ranked, "_BOUNDS", 40), (ranked, "_SAMPLE", 500),
            (paging, "CHUNK", 100), (paging, "MANY", 60), (paging, "STRIDE", 32), (paging, "WALK", 700), (paging, "NEAR", 3),
        ):  # fmt: skip
            patch.setattr(module, name, value)
        yield Frame(place / "table.parquet", place / "open", ROWS), Frame(place / "table.parquet", place / "plain", ROWS)


def plain(frames: Any) -> Frame:
    """Return the second of two frames, read as a small one."""
    found = frames[1]
    found.__class__ = type("Small", (Frame,), {"large": property(lambda self: False)})
    return found


numbers = st.integers(-60, 110)
narrow = st.sampled_from(["ete", "rue 1", "rue 12", "z", "nothing", "été"])
bounds = st.one_of(
    st.builds(Filter, st.sampled_from(["n", "heavy", "value"]), st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), numbers),
    st.builds(lambda low, width: Filter("n", "between", [low, low + width]), st.integers(-5, ROWS), st.integers(0, ROWS)),
    st.builds(lambda low, width: Filter("value", "between", [low, low + width]), st.floats(0, 100), st.floats(0, 60)),
    st.builds(Filter, st.just("heavy"), st.just("in"), st.lists(numbers, min_size=1, max_size=4)),
    st.builds(Filter, st.just("word"), st.sampled_from(["eq", "contains", "starts", "ge", "lt"]), narrow),
    st.builds(lambda minute: Filter("when", "ge", f"2024-01-0{minute % 3 + 1}T0{minute % 10}:00:00Z"), st.integers(0, 60)),
    st.builds(Filter, st.just("flag"), st.just("eq"), st.booleans()),
    st.builds(Filter, st.sampled_from(["heavy", "word", "value"]), st.just("null"), st.just(True)),
)
wishes = st.one_of(bounds, bounds.map(Not), st.lists(bounds, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))))
orders = st.lists(st.tuples(st.sampled_from([column.name for column in COLUMNS]), st.booleans()), max_size=2, unique_by=lambda each: each[0])


@settings(deadline=None, max_examples=250)
@given(st.lists(wishes, max_size=3), orders, st.integers(1, 70), st.integers(0, 200))
def test_many_rows_answer_as_few_do(frames: Any, where: list[Any], by: list[tuple[str, bool]], limit: int, offset: int) -> None:
    large, small = frames[0], plain(frames)
    every = conditions.matching(small, asked_of(small, where, COLUMNS, "UTC"), [(small.held(name), down) for name, down in by])
    asked, order = asked_of(large, where, COLUMNS, "UTC"), [(large.held(name), down) for name, down in by]
    found: list[int] = []
    place = 0
    for _ in range(8):
        rows, total, place = paging.page(large, asked, order, limit, place)
        found += rows.tolist()
        assert total == len(every)
        if place < 0:
            break
    assert found == every[: len(found)].tolist()
    assert place >= 0 or len(found) == len(every)
    rows, total = paging.skip(large, asked, order, limit, offset)
    assert (rows.tolist(), total) == (every[offset : offset + limit].tolist(), len(every))


def test_a_column_of_many_rows_gives_the_same_cells_orders_and_counts(frames: Any) -> None:
    large, small = frames[0], plain(frames)
    for column in COLUMNS:
        one, other = large.held(column.name), small.held(column.name)
        rows = np.arange(0, ROWS, 7)
        assert one.cells(rows) == other.cells(rows)
        for down in (False, True):
            assert one.order(down).tolist() == other.order(down).tolist()
    assert large.held("word").counts().tolist() == small.held("word").counts().tolist()


def test_what_was_laid_out_once_is_not_laid_out_again(frames: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = Frame(frames[0].parquet, tmp_path, ROWS)
    told = first.held("value").cells(np.arange(20))
    monkeypatch.setattr(ranked, "lay", lambda *_: pytest.fail("laid out again"))
    assert Frame(first.parquet, tmp_path, ROWS).held("value").cells(np.arange(20)) == told


def test_two_that_ask_first_at_once_get_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = Barrier(2)

    def slow(*asked: Any) -> object:
        with suppress(BrokenBarrierError):
            both.wait(0.2)
        return object()

    monkeypatch.setattr(frame, "Frame", slow)
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda _: frame.open_frame(tmp_path / "one.parquet", tmp_path, 1), range(2))
    frame.close_frames()
    assert first is second


def test_a_column_that_another_laid_out_first_stays_and_nothing_is_left_behind(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": pa.array(range(10))}), tmp_path / "table.parquet")
    folder = tmp_path / "open" / "0.ranked"
    for _ in range(2):
        ranked.lay(tmp_path / "table.parquet", "n", 10, folder, frame._PHYSICAL)
    assert [each.name for each in folder.parent.iterdir()] == ["0.ranked"]
    assert np.load(folder / "keys.npy").tolist() == list(range(10))


def test_an_order_by_chance_of_too_many_rows_is_refused_in_each_language() -> None:
    with pytest.raises(Problem) as refused:
        paging.shuffled(np.zeros(paging.LARGE + 1, np.int8), 1)
    assert len({refused.value.said_in(language) for language in ("fr", "nl", "en")}) == 3
