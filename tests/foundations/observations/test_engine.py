"""What every `ObservationStore` promises; a further engine joins by adding itself to `open_store`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zinneke.foundations.observations import clickhouse
from zinneke.foundations.observations.clickhouse import ClickHouseStore
from zinneke.foundations.observations.duck import DuckStore
from zinneke.foundations.observations.duck_mirror import UNMADE
from zinneke.foundations.observations.engine import Bound, Earlier, ObservationStore, Rows
from zinneke.foundations.observations.tail import NEVER, Tail
from zinneke.foundations.observations.values import EPOCH, Batch, Detail
from zinneke.foundations.observations.writer import CONFLICT, DUPLICATE, STORED, Writer
from zinneke.kernel.problem import Problem

ENGINES: dict[str, Callable[[Path], ObservationStore]] = {
    "duckdb": lambda folder: DuckStore(folder / "o.duckdb"),
    "clickhouse": lambda folder: ClickHouseStore(f"chdb://{folder}/clickhouse"),
}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObservationStore]:
    if request.param == "clickhouse" and not os.environ.get("CI"):
        pytest.importorskip("chdb", reason="ClickHouse's engine is not here: tools/peers.sh says how to install it; on a build machine it must be")
    opened = ENGINES[request.param](tmp_path)
    yield opened
    opened.close()


def rows(*sent: tuple[int, int, float]) -> Rows:
    columns = list(zip(*sent, strict=True)) or [(), (), ()]
    return Rows(np.array(columns[0], np.int32), np.array(columns[1], np.int64), np.array(columns[2], float), np.zeros(len(sent), np.uint8))


def taken(lines: tuple[Any, Any]) -> list[tuple[int, int]]:
    """Return lines of a stream and a figure in order."""
    return sorted(zip(lines[0].tolist(), lines[1].tolist(), strict=True))


def test_rows_come_back_in_order_and_bounded(engine: ObservationStore) -> None:
    engine.append(rows((1, 30, 3.0), (1, 10, 1.0), (2, 20, 2.0)))
    assert engine.read(1, 0, 100, 10).times.tolist() == [10, 30]
    assert engine.read(1, 10, 30, 10).times.tolist() == [10]
    assert engine.read(1, 0, 100, 1).times.tolist() == [10]
    assert engine.read_many(np.array([1, 2], np.int32), 0, 100, 10).streams.tolist() == [1, 1, 2]


def test_stored_keys_are_found_with_their_values(engine: ObservationStore) -> None:
    engine.append(rows((1, 10, 1.0), (1, 20, 2.0), (2, 10, 3.0)))
    found = engine.find(np.array([2, 1, 1], np.int32), np.array([10, 15, 20], np.int64))
    assert sorted(zip(found.positions.tolist(), found.values.tolist(), strict=True)) == [(0, 3.0), (2, 2.0)]


def test_the_summary_has_a_line_a_stream(engine: ObservationStore) -> None:
    engine.append(rows((1, 30, 3.0), (1, 10, 1.0), (2, 20, 2.0)))
    ends = engine.summarise()
    lines = sorted(zip(*(column.tolist() for column in ends), strict=True))
    assert lines == [(1, 10, 30, 3.0, 0, 2), (2, 20, 20, 2.0, 0, 1)]
    assert engine.summarise(np.array([2], np.int32)).streams.tolist() == [2]


def test_a_revision_keeps_the_earlier_value(engine: ObservationStore) -> None:
    engine.append(rows((1, 10, 1.0)))
    engine.revise(1, 10, 5.0, 3, Earlier(1.0, 0, 99, "ada", "calibrated"))
    found = engine.read(1, 0, 100, 10)
    assert (found.values.tolist(), found.qualities.tolist()) == ([5.0], [3])
    assert engine.revisions(1, 10) == [Earlier(1.0, 0, 99, "ada", "calibrated")]


def test_dropping_takes_what_is_older_and_nothing_else(engine: ObservationStore) -> None:
    engine.append(rows((1, 10, 1.0), (1, 20, 2.0), (2, 10, 3.0)))
    assert taken(engine.drop_before(np.array([1], np.int32), 20)) == [(1, 1)]
    assert engine.summarise().rows.sum() == 2
    assert engine.drop(np.array([1, 2], np.int32)) == 2


@pytest.mark.parametrize("zone", ["Europe/Brussels", "Asia/Kathmandu", "America/St_Johns"])
@pytest.mark.parametrize("step", ["day", "week", "month"])
def test_buckets_begin_at_local_midnight_in_any_zone(engine: ObservationStore, zone: str, step: str) -> None:
    from zoneinfo import ZoneInfo

    start = datetime(2025, 1, 1, tzinfo=ZoneInfo(zone))
    micros = int((start - EPOCH) / timedelta(microseconds=1))
    engine.append(rows(*((1, micros + i * 900_000_000, 1.0) for i in range(96 * 120))))
    found = engine.bucket(1, micros, micros + 10**15, step, zone, 1000)  # type: ignore[arg-type]
    local = [(EPOCH + timedelta(microseconds=time)).astimezone(ZoneInfo(zone)) for time in found.times.tolist()]
    assert {(moment.hour, moment.minute) for moment in local} == {(0, 0)}
    assert found.count.sum() == 96 * 120


def test_as_of_a_moment_what_came_later_is_not_there(engine: ObservationStore, monkeypatch: pytest.MonkeyPatch) -> None:
    second = 1_800_000_000
    monkeypatch.setattr("time.time_ns", lambda: second * 10**9)
    engine.append(rows((1, 10, 1.0), (1, 20, 2.0), (2, 10, 7.0)))
    then = second * 1_000_000
    engine.revise(1, 10, 5.0, 3, Earlier(1.0, 0, then + 10_000_000, "ada", "calibrated"))
    engine.revise(1, 10, 6.0, 3, Earlier(5.0, 3, then + 20_000_000, "ada", "again"))
    monkeypatch.setattr("time.time_ns", lambda: (second + 30) * 10**9)
    engine.append(rows((1, 30, 3.0)))
    one = np.array([1], np.int32)
    for later, values, qualities in ((0, [1.0, 2.0], [0, 0]), (15, [5.0, 2.0], [3, 0]), (25, [6.0, 2.0], [3, 0]), (60, [6.0, 2.0, 3.0], [3, 0, 0])):
        as_of = then + later * 1_000_000
        found = engine.read(1, 0, 100, 10, as_of)
        assert (found.values.tolist(), found.qualities.tolist()) == (values, qualities)
        assert engine.read_many(one, 0, 100, 10, as_of).values.tolist() == values
        bucket = engine.bucket(1, 0, 100, "hour", "UTC", 10, as_of)
        assert (bucket.total.tolist(), bucket.flagged.tolist()) == ([sum(values)], [qualities.count(3)])
        assert engine.summarise(one, as_of).values.tolist() == [values[-1]]
    assert engine.read(1, 0, 100, 10, then - 1_000_000).times.tolist() == []
    assert [earlier.value for earlier in engine.revisions(1, 10)] == [1.0, 5.0]


def test_roll_ups_stay_when_rows_are_dropped(engine: ObservationStore) -> None:
    quarter = 900_000_000
    engine.append(rows(*((1, at * quarter, float(at)) for at in range(96)), *((2, at * quarter, 1.0) for at in range(4))))
    both = np.array([1, 2], np.int32)
    before = {step: engine.bucket(1, 0, 10**12, step, "Europe/Brussels", 100) for step in ("hour", "day")}  # type: ignore[arg-type]
    assert taken(engine.drop_before(both[:1], 50 * quarter, quarter)) == [(1, 50)]
    assert taken(engine.begin(both, 0)) == [(1, 50 * quarter), (2, 0)]
    for step, expected in before.items():
        found = engine.bucket(1, 0, 10**12, step, "Europe/Brussels", 100)  # type: ignore[arg-type]
        assert [getattr(found, name).tolist() for name in found.__slots__] == [getattr(expected, name).tolist() for name in found.__slots__]
    assert engine.read(1, 0, 10**12, 100).times[0] == 50 * quarter
    assert [column.tolist() for column in engine.dropped()] == [[1], [50 * quarter]]
    assert taken(engine.drop_before(both[1:], 2 * quarter)) == [(2, 2)]
    assert engine.bucket(2, 0, 10**12, "hour", "UTC", 100).count.tolist() == [2]
    assert sorted(engine.summarise().rows.tolist()) == [2, 46]


DAY = 86_400_000_000
"""January 1970 has 31 of them; then comes the next month."""


def test_dropping_over_months_leaves_what_is_newer_and_what_is_of_others(engine: ObservationStore) -> None:
    mine = [(1, day * DAY, float(day)) for day in (0, 10, 12, 40, 70, 80)]
    engine.append(rows(*mine, (2, 11 * DAY, 5.0), (2, 70 * DAY, 6.0)))
    one = np.array([1], np.int32)
    assert taken(engine.drop_before(one, 75 * DAY, 900_000_000)) == [(1, 5)]
    assert taken(engine.begin(np.array([1, 2, 3], np.int32), 0)) == [(1, 80 * DAY), (2, 11 * DAY)]
    assert engine.read(1, -(10**15), 10**15, 10).times.tolist() == [80 * DAY]
    assert engine.read(2, -(10**15), 10**15, 10).times.tolist() == [11 * DAY, 70 * DAY]
    assert engine.bucket(1, -(10**15), 10**15, "month", "UTC", 10).count.tolist() == [3, 1, 2]
    ends = engine.summarise()
    assert sorted(zip(ends.streams.tolist(), ends.rows.tolist(), strict=True)) == [(1, 1), (2, 2)]
    assert taken(engine.drop_before(one, 75 * DAY, 900_000_000)) == []
    assert engine.bucket(1, -(10**15), 10**15, "month", "UTC", 10).count.tolist() == [3, 1, 2]


def test_a_hundred_thousand_streams_are_named_at_once(engine: ObservationStore) -> None:
    many = np.arange(1, 100_001, dtype=np.int32)
    engine.append(rows((1, 10, 1.0), (99_999, 20, 2.0), (100_001, 30, 3.0)))
    assert engine.summarise(many).streams.tolist() == [1, 99_999]
    assert engine.read_many(many, 0, 100, 10).values.tolist() == [1.0, 2.0]
    assert taken(engine.drop_before(many, 15)) == [(1, 1)]
    assert engine.drop(many) == 1
    assert engine.summarise().streams.tolist() == [100_001]


def test_ten_thousand_keys_are_deleted_at_once(engine: ObservationStore) -> None:
    engine.append(rows(*((1 + at % 3, at, float(at)) for at in range(12_000))), {(1, 0): Detail(result='"a"')})
    gone = engine.read_many(np.array([1, 2], np.int32), 0, 12_000, 12_000)
    assert engine.remove(gone.streams, gone.times) == 8_000
    assert engine.summarise().rows.tolist() == [4_000]
    assert engine.remove(gone.streams[:1], gone.times[:1]) == 0


def test_what_is_told_beside_a_value_comes_back_and_goes_with_it(engine: ObservationStore) -> None:
    told = Detail(until=20, result='{"a": 1}', feature=7)
    engine.append(rows((1, 10, float("nan")), (1, 20, 2.0)), {(1, 10): told})
    keys = np.array([1, 1], np.int32), np.array([10, 20], np.int64)
    assert engine.details(*keys) == {(1, 10): told}
    assert engine.detailed(keys[0])
    assert not engine.detailed(np.array([9], np.int32))
    assert engine.bucket(1, 0, 100, "hour", "UTC", 10).count.tolist() == [1]
    assert engine.remove(keys[0][:1], keys[1][:1]) == 1
    assert engine.details(*keys) == {}
    assert engine.summarise().first.tolist() == [20]


ONE = np.array([1], np.int32)
TWO = np.array([1, 2], np.int32)
JOINED = "SELECT o.stream, o.t, o.value, d.result FROM observation o LEFT JOIN detail d ON d.stream = o.stream AND d.t = o.t"
BOUNDED = {
    "of a stream": (Bound(ONE, 3, 9), "o.stream = 1 AND o.t >= 3 AND o.t < 9 ORDER BY o.t", [(1, at) for at in range(3, 9)]),
    "the latest of one": (Bound(ONE, most=3, latest=True), "o.stream = 1 ORDER BY o.t DESC LIMIT 2", [(1, 19), (1, 18)]),
    "the first of each": (Bound(TWO, 5, most=2), "o.stream < 3 AND o.t >= 5 AND o.t < 7 ORDER BY o.stream, o.t", [(1, 5), (1, 6), (2, 5), (2, 6)]),
    "the latest of each": (
        Bound(TWO, end=9, most=2, latest=True), "o.stream < 3 AND o.t IN (7, 8) ORDER BY o.stream, o.t", [(1, 7), (1, 8), (2, 7), (2, 8)],
    ),
    "what follows a key": (
        Bound(most=3, since=(1, 18)), "(o.stream, o.t) > (1, 18) ORDER BY o.stream, o.t LIMIT 3", [(1, 19), (2, 0), (2, 1)],
    ),
    "keys": (Bound(TWO, times=np.array([4, 8])), "(o.stream, o.t) IN ((1, 4), (2, 8)) ORDER BY o.stream", [(1, 4), (2, 8)]),
    "no key": (Bound(ONE[:0], times=np.array([], np.int64)), "false", []),
}  # fmt: skip


@pytest.mark.parametrize("name", BOUNDED)
def test_a_statement_over_many_observations_is_answered_within_its_bound(
    engine: ObservationStore, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(clickhouse, "MOST_JOINED", 10)
    told = {(stream, at): Detail(result=f'"{stream}.{at}"') for stream in (1, 2) for at in range(0, 20, 4)}
    engine.append(rows(*((stream, at, float(at)) for stream in (1, 2, 3) for at in range(20))), told)
    bound, where, keys = BOUNDED[name]
    expected = [(*key, float(key[1]), told[key].result if key in told else None) for key in keys]
    assert engine.select(f"{JOINED} WHERE {where}", {}, {}, lambda: bound) == expected
    assert engine.select("SELECT min(r.result_time), count(DISTINCT r.stream) FROM told_results r", {}, {}) == [(None, 2)]
    if isinstance(engine, ClickHouseStore):
        with pytest.raises(Problem, match="10 are read at the most"):
            engine.select(f"{JOINED} WHERE {where}", {}, {})
        with pytest.raises(Problem, match="10 are read at the most"):
            engine.select(f"{JOINED} WHERE {where}", {}, {}, lambda: Bound(TWO, 0, 15))


def test_what_was_told_of_all_observations_is_found_without_them(engine: ObservationStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clickhouse, "MOST_JOINED", 10)
    told = {(stream, at): Detail(result_time=100 * stream + at, feature=7 + stream % 2) for stream in (1, 2, 3) for at in range(20)}
    engine.append(rows(*((*key, 1.0) for key in told)), told)
    ends = "SELECT stream, min(result_time), max(result_time) FROM told_results GROUP BY stream ORDER BY stream"
    assert engine.select(ends, {}, {}) == [(stream, 100 * stream, 100 * stream + 19) for stream in (1, 2, 3)]
    assert engine.select("SELECT DISTINCT stream FROM told_about WHERE feature = $f ORDER BY stream", {"f": 8}, {}) == [(1,), (3,)]
    streams, times = engine.find_about(7)
    assert sorted(zip(streams.tolist(), times.tolist(), strict=True)) == [(2, at) for at in range(20)]
    assert not len(engine.find_about(99)[0])


def test_the_writer_counts_replays_on_any_engine(engine: ObservationStore) -> None:
    writer = Writer(engine, Tail(engine))
    sent = rows((1, 10, 1.0), (1, 20, 2.0), (2, 10, 3.0))
    batch = Batch(sent.streams, sent.times, sent.values)
    assert writer.take(batch).tolist() == [STORED] * 3
    assert writer.take(batch).tolist() == [DUPLICATE] * 3
    writer.close()
    again = Writer(engine, Tail(engine))
    other = Batch(sent.streams, sent.times, sent.values + np.array([0, 1, 0]))
    assert again.take(other).tolist() == [DUPLICATE, CONFLICT, DUPLICATE]
    again.close()
    assert len(engine.read_many(np.array([1, 2], np.int32), 0, 100, 10).times) == 3


def test_a_second_process_is_told_who_has_the_file(tmp_path: Path) -> None:
    store = DuckStore(tmp_path / "o.duckdb")
    code = (
        "import sys; from zinneke.foundations.observations.duck import DuckStore; from zinneke.kernel.problem import Problem\n"
        "try: DuckStore(sys.argv[1])\n"
        "except Problem as problem: print(problem.status, problem.title)"
    )
    told = subprocess.run([sys.executable, "-c", code, store.path], capture_output=True, text=True, check=True).stdout
    assert told == "409 The server has it\n"
    store.close()


FULL_DISK = """
import os, resource, signal, sys
import numpy as np
from zinneke.foundations.observations.duck import DuckStore
from zinneke.foundations.observations.engine import Rows
from zinneke.kernel.problem import Problem

def rows(turn):
    return Rows(np.full(20_000, 1, np.int32), np.arange(turn * 20_000, (turn + 1) * 20_000), np.random.random(20_000), np.zeros(20_000, np.uint8))

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store, taken = DuckStore(sys.argv[1]), 0
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, resource.RLIM_INFINITY))
try:
    while True:
        store.append(rows(taken))
        taken += 1
except Problem as problem:
    print(problem.status, len(store.read(1, 0, 10**9, 10**9).times) == 20_000 * taken)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.append(rows(taken))
print(taken + 1, flush=True)
os._exit(9)
"""


def test_on_a_full_disk_writing_is_refused_reading_goes_on_and_space_is_all_it_takes(tmp_path: Path) -> None:
    path = tmp_path / "o.duckdb"
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 9, done.stderr
    refused, taken = done.stdout.splitlines()
    assert refused == "507 True"
    store = DuckStore(path)
    assert len(store.read(1, 0, 10**9, 10**9).times) == 20_000 * int(taken)
    store.close()


def test_tables_of_entities_of_which_a_part_cannot_be_read_are_made_anew(tmp_path: Path) -> None:
    path, asked = tmp_path / "entities.duckdb", "SELECT sum(id % 7) FROM mirror.thing"
    things = [{"thing": pa.table({"id": np.random.default_rng(1).integers(0, 2**62, 200_000)})}]
    store = DuckStore(tmp_path / "o.duckdb", mirror=path)
    store.reflect("one", things)
    due = store.select(asked, {}, {})
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:600_000] + bytes(100_000) + whole[700_000:])
    store = DuckStore(tmp_path / "o.duckdb", mirror=path)
    assert store.reflected == "one"
    with pytest.raises(Problem, match="made anew") as told:
        store.select(asked, {}, {})
    assert told.value.status == 503 and store.reflected is None
    store.reflect("one", things)
    assert store.select(asked, {}, {}) == due
    store.close()


FULL_MIRROR = """
import os, resource, signal, sys
from pathlib import Path
import numpy as np
import pyarrow as pa
from zinneke.foundations.observations.duck import DuckStore
from zinneke.foundations.observations.engine import Rows
from zinneke.kernel.problem import Problem

def things(count):
    return [{"thing": pa.table({"id": np.random.randint(0, 2**62, count)})}]

def held():
    return store.select("SELECT count(*) FROM mirror.thing", {}, {})[0][0]

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = DuckStore(sys.argv[1], mirror=Path(sys.argv[1] + ".mirror"))
store.reflect("one", things(5))
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
try:
    store.reflect("two", things(400_000))
except Problem as problem:
    print(problem.status, problem.detail, store.reflected, held())
store.append(Rows(np.ones(1, np.int32), np.ones(1, np.int64), np.ones(1), np.zeros(1, np.uint8)))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.reflect("two", things(400_000))
print(store.reflected, held(), len(store.read(1, 0, 9, 9).times), flush=True)
os._exit(9)
"""


def test_on_a_full_disk_the_tables_of_entities_stay_as_they_are_and_it_is_said_why(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL_MIRROR, str(tmp_path / "o.duckdb")], capture_output=True, text=True, check=False)
    assert done.returncode == 9, done.stderr
    assert done.stdout.splitlines() == [f"507 {UNMADE} one 5", "two 400000 1"]


KEYS = st.tuples(st.integers(1, 3), st.integers(1, 12), st.sampled_from([1.0, 2.0]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(KEYS, max_size=12), max_size=8), st.integers(0, 7))
def test_any_order_of_batches_with_replays_gives_what_a_dict_gives(batches: list[list[tuple[int, int, float]]], reopened: int) -> None:
    store = DuckStore(":memory:")
    tail = Tail(store)
    writer = Writer(store, tail)
    model: dict[tuple[int, int], float] = {}
    for number, sent in enumerate(batches):
        if number == reopened:
            writer.close()
            tail = Tail(store)
            writer = Writer(store, tail)
        taken = rows(*sent)
        fates = writer.take(Batch(taken.streams, taken.times, taken.values)).tolist()
        expected = []
        for stream, time, value in sent:
            before = model.setdefault((stream, time), value)
            expected.append(CONFLICT if before != value else DUPLICATE)
        seen: set[tuple[int, int]] = set()
        stored_now = {key for key, fate in zip([row[:2] for row in sent], fates, strict=True) if fate == STORED}
        for (stream, time, _), fate, other in zip(sent, fates, expected, strict=True):
            first = (stream, time) not in seen and (stream, time) in stored_now
            assert fate == (STORED if first else other)
            seen.add((stream, time))
    writer.close()
    found = store.read_many(np.array([1, 2, 3], np.int32), 0, 100, 1000)
    stored = list(zip(found.streams.tolist(), found.times.tolist(), found.values.tolist(), strict=True))
    assert stored == sorted((stream, time, value) for (stream, time), value in model.items())
    ends = tail.ends(np.array([1, 2, 3], np.int32))
    for at, stream in enumerate((1, 2, 3)):
        times = [time for number, time in model if number == stream]
        assert ends.rows[at] == len(times)
        assert ends.last[at] == max(times, default=NEVER)
        assert ends.first[at] == min(times, default=NEVER)
        assert not times or ends.values[at] == model[stream, max(times)]
    store.close()


def test_when_too_much_waits_the_sender_is_asked_to_come_back(tmp_path: Path) -> None:
    import threading

    store = DuckStore(tmp_path / "o.duckdb")
    writer = Writer(store, Tail(store), room=10)
    hold = threading.Event()
    blocker = threading.Thread(target=writer.do, args=(hold.wait,))
    blocker.start()
    taken = rows(*((1, at, 1.0) for at in range(8)))
    answers: list[list[int]] = []
    waiting = threading.Thread(target=lambda: answers.append(writer.take(Batch(taken.streams, taken.times, taken.values)).tolist()))
    waiting.start()
    while not writer.waiting:
        hold.wait(0.01)
    with pytest.raises(Problem) as caught:
        writer.take(Batch(taken.streams, taken.times, taken.values))
    assert (caught.value.status, caught.value.headers) == (429, {"Retry-After": "1"})
    hold.set()
    waiting.join()
    blocker.join()
    assert answers == [[STORED] * 8]
    writer.close()
    with pytest.raises(Problem, match="Send this again"):
        writer.take(Batch(taken.streams, taken.times, taken.values))
    store.close()


def test_senders_at_the_same_time_are_each_told_about_their_own(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    store = DuckStore(tmp_path / "o.duckdb")
    writer = Writer(store, Tail(store))

    def send(number: int) -> int:
        taken = rows(*((1, at, 1.0) for at in range(number, number + 50)))
        return writer.take(Batch(taken.streams, taken.times, taken.values)).tolist().count(STORED)

    with ThreadPoolExecutor(8) as pool:
        stored = sum(pool.map(send, range(0, 400, 10)))
    assert stored == len(store.read(1, 0, 10_000, 10_000).times) == 440
    writer.close()
    store.close()


def test_a_fault_of_the_engine_reaches_the_sender_and_the_writer_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = DuckStore(tmp_path / "o.duckdb")
    writer = Writer(store, Tail(store))
    taken = rows((1, 1, 1.0))

    def full(sent: Rows) -> None:
        raise Problem(507, "The disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "append", full)
        with pytest.raises(Problem) as caught:
            writer.take(Batch(taken.streams, taken.times, taken.values))
    assert caught.value.status == 507
    assert writer.take(Batch(taken.streams, taken.times, taken.values)).tolist() == [STORED]
    writer.close()
    store.close()


def test_what_is_no_number_stays_so_beside_numbers(engine: ObservationStore) -> None:
    engine.append(rows((1, 1, 1.5), (2, 2, np.nan), (3, 3, -0.0)))
    found = [engine.read(stream, 0, 10, 10).values.tolist() for stream in (1, 2, 3)]
    assert found[0] == [1.5]
    assert np.isnan(found[1][0])
    assert found[2] == [0.0]


def test_what_is_dropped_leaves_room_in_the_file_by_groups(tmp_path: Path) -> None:
    engine, each = DuckStore(tmp_path / "o.duckdb"), 122_880
    for turn in range(4):
        times = np.arange(turn * each, (turn + 1) * each, dtype=np.int64) * 1_000
        engine.append(Rows((times % 7 + 1).astype(np.int32), times, np.sin(times), np.zeros(each, np.uint8)))

    def groups() -> int:
        engine._writer.execute("CHECKPOINT")
        return int(engine._reader().execute("SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('observation')").fetchall()[0][0])

    assert groups() == 4
    assert sum(engine.drop_before(np.arange(1, 8, dtype=np.int32), 3 * each * 1_000)[1]) == 3 * each
    assert groups() == 1
    engine.close()
