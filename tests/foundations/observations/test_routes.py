"""The machines' door, through the adapter."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.foundations.observations.city import HOUR, NOON, actor, batch, make
from zinneke.asgi.door import Door
from zinneke.foundations.observations import store, wire
from zinneke.foundations.observations.routes import ROUTES
from zinneke.foundations.observations.values import Level, Stream
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db(transaction=True)
EDITOR = {"authorization": "Bearer editor"}


@pytest.fixture
def door() -> TestClient:
    people = {"Bearer editor": actor(level=Level.PUBLIC)}
    return TestClient(Door(ROUTES, lambda headers, safe: people.get(headers.get("authorization", ""), ANONYMOUS)))


@pytest.fixture
def bin() -> Stream:
    return make("a")[0]


def test_objects_and_columns_are_both_taken(door: TestClient, bin: Stream) -> None:
    rows = [{"stream": bin.id, "time": "2026-03-10T12:00:00Z", "value": 1.5}, {"stream": bin.id, "time": "2026-03-10T14:00:00.5+01:00", "value": 2}]
    answer = door.post("/api/observations", json={"observations": rows}, headers=EDITOR)
    assert (answer.status_code, answer.json()) == (200, {"stored": 2, "duplicates": 0, "refusals": 0, "refused": []})
    columns = {"streams": [bin.id] * 2, "times": [to_microseconds(NOON), "2026-03-10T15:00:00Z"], "values": [1.5, 3]}
    assert door.post("/api/observations", json=columns, headers=EDITOR).json()["duplicates"] == 1
    whole = {"streams": [bin.id] * 2, "times": [to_microseconds(NOON + i * HOUR) for i in (5, 6)], "values": [4, 5]}
    assert door.post("/api/observations", json=whole, headers=EDITOR).json()["stored"] == 2
    found = door.get(f"/api/datastreams/{bin.id}/observations", params={"from": "2026-03-10T12:00:00Z", "to": "2026-03-11"}).json()
    assert [(point["time"], point["value"]) for point in found["points"]][:2] == [("2026-03-10T12:00:00Z", 1.5), ("2026-03-10T13:00:00.500000Z", 2)]


def test_a_receipt_tells_exactly_what_became_of_each(door: TestClient, bin: Stream) -> None:
    rows = [
        {"stream": bin.id, "time": "2026-03-10T12:00:00Z", "value": 1},
        {"stream": bin.id, "time": "2026-03-10T12:00:00", "value": 1},
        {"stream": bin.id, "time": "2026-02-30T12:00:00Z", "value": 1},
        {"stream": bin.id, "time": "yesterday", "value": 1},
        {"stream": 2_000_000_000, "time": "2026-03-10T12:00:00Z", "value": 1},
        {"stream": bin.id, "time": "2026-03-10T12:00:00Z", "value": 1},
        {"stream": bin.id, "time": "2026-03-10T13:00:00Z", "value": -1},
    ]
    answer = door.post("/api/observations", json={"observations": rows}, headers=EDITOR)
    receipt = answer.json()
    assert (answer.status_code, receipt["stored"], receipt["duplicates"], receipt["refusals"]) == (200, 1, 1, 5)
    assert [refusal["index"] for refusal in receipt["refused"]] == [1, 2, 3, 4, 6]
    told = [refusal["reason"] for refusal in receipt["refused"]]
    for words, reason in zip(("no time zone", "is not a date", "'yesterday' is not a date", "no stream 2000000000", "range"), told, strict=True):
        assert words in reason
    kept = door.get("/api/quarantine", headers=EDITOR).json()["quarantine"]
    assert "yesterday" in {row["time"] for row in kept}
    assert door.get("/api/quarantine").status_code == 401


def test_when_nothing_could_be_stored_it_is_a_problem_with_the_receipt(door: TestClient, bin: Stream) -> None:
    rows = [{"stream": bin.id, "time": "2026-03-10T12:00:00Z", "value": 400}]
    answer = door.post("/api/observations", json={"observations": rows}, headers=EDITOR)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (problem["stored"], problem["refusals"], problem["refused"][0]["index"]) == (0, 1, 0)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "not JSON"),
        ("[]", "should be an object, not a list"),
        ("{}", "Send observations"),
        ('{"observations": [{"stream": "x", "time": "2026-03-10T12:00:00Z", "value": 1}]}', "observations[0].stream"),
        ('{"observations": [{"stream": 1, "time": "2026-03-10T12:00:00Z", "value": 1, "colour": 2}]}', "Known: stream, time, value."),
        ('{"observations": [{"stream": 1, "time": "2026-03-10T12:00:00Z", "value": null}]}', "observations[0].value"),
        ('{"observations": [{"stream": 1, "stream": 2, "time": "2026-03-10T12:00:00Z", "value": 1}]}', "twice"),
        ('{"observations": [{"stream": 1, "time": "2026-03-10T12:00:00Z", "value": 1e999}]}', "observations[0].value"),
        ('{"observations": [{"stream": 1, "time": "2026-03-10T12:00:00Z", "value": NaN}]}', "JSON"),
        ('{"streams": [1, 2], "times": ["2026-03-10T12:00:00Z"], "values": [1]}', "same number"),
        ('{"streams": [99999999999], "times": ["2026-03-10T12:00:00Z"], "values": [1]}', "streams[0]"),
        ('{"observations": [], "streams": []}', "not both"),
    ],
)
def test_a_malformed_body_is_told_where_and_stores_nothing(door: TestClient, bin: Stream, body: str, words: str) -> None:
    answer = door.post("/api/observations", content=body, headers=EDITOR)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]
    assert store.count(SYSTEM) == 0


def test_visitors_write_nothing(door: TestClient, bin: Stream) -> None:
    answer = door.post("/api/observations", json={"observations": [{"stream": bin.id, "time": "2026-03-10T12:00:00Z", "value": 1}]})
    assert answer.status_code == 401


def test_streams_are_listed_page_by_page(door: TestClient) -> None:
    make("a", "b", "c")
    make("d", level=Level.SHARED)
    first = door.get("/api/datastreams", params={"limit": 2, "solution": "demo"}).json()
    assert [stream["thing"] for stream in first["streams"]] == ["demo/a", "demo/b"]
    second = door.get("/api/datastreams", params={"limit": 2, "after": first["next"]}).json()
    assert ([stream["thing"] for stream in second["streams"]], second["next"]) == (["demo/c"], None)
    assert door.get(f"/api/datastreams/{second['streams'][0]['id']}").json()["unit"] == "%"
    hidden = store.list_streams(SYSTEM)[-1].id
    for address in (f"/api/datastreams/{hidden}", f"/api/datastreams/{hidden}/observations", "/api/datastreams/999"):
        assert door.get(address).status_code == 404


def test_the_latest_values_come_with_what_they_mean(door: TestClient) -> None:
    a, b = make("a", "b")
    make("never")
    store.ingest(SYSTEM, batch((a.id, NOON, 1), (b.id, NOON + HOUR, 2)))
    found = door.get("/api/latest", params={"solution": "demo"}).json()
    assert [(line["time"], line["value"], line["stream"]["thing"]["name"]["en"]) for line in found["latest"]] == [
        ("2026-03-10T12:00:00Z", 1, "a"),
        ("2026-03-10T13:00:00Z", 2, "b"),
    ]
    assert [line["value"] for line in door.get(f"/api/latest?ids={b.id},{b.id}&ids=77").json()["latest"]] == [2]
    page = door.get("/api/latest?limit=1").json()
    assert page["next"] == a.id
    assert door.get("/api/latest?area=21001").json()["latest"] == []
    assert door.get("/api/latest?ids=x").status_code == 400


def test_a_history_is_read_as_csv_whole(door: TestClient, bin: Stream) -> None:
    store.ingest(SYSTEM, batch(*((bin.id, NOON + i * HOUR, float(i % 7)) for i in range(30))))
    address = f"/api/datastreams/{bin.id}/observations"
    answer = door.get(address, params={"format": "csv", "from": "2026-03-01"})
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.text.splitlines()
    assert (lines[0], lines[1], len(lines)) == ("time,value,quality", "2026-03-10T12:00:00Z,0.0,0", 31)
    days = door.get(address, params={"format": "csv", "step": "day"}).text.splitlines()
    assert days[1].startswith("2026-03-10T00:00:00+01:00,")
    assert door.get(address, params={"from": "2026-03-12", "to": "2026-03-11"}).status_code == 400
    assert door.get(address, params={"step": "year"}).status_code == 400
    assert door.get(address, params={"limit": 10_001}).status_code == 400
    assert len(door.get(address).json()["points"]) == 24
    for moment in ("0001-01-01T00:00:00Z", "0001-01-01", "9999-12-31T23:59:59-12:00"):
        assert door.get(address, params={"to": moment}).status_code == 400


def test_a_solution_has_an_ingestion_address(door: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.foundations.observations.test_solutions import TANKS

    monkeypatch.setattr(registry, "solutions", lambda: {"tanks": TANKS})
    assert door.post("/api/solutions/tanks/csv", content=b"a,0,10\nb,0,20\n", headers=EDITOR).json()["stored"] == 2
    broken = door.post("/api/solutions/tanks/csv", content=b"a,1,10\nb,0\n", headers=EDITOR)
    assert (broken.status_code, broken.json()["stored"]) == (400, 0)
    assert door.post("/api/solutions/tanks/csv", content=b"\xff", headers=EDITOR).json()["where"] == "byte 0"
    assert store.count(SYSTEM) == 2
    for address in ("/api/solutions/tanks/xml", "/api/solutions/none/csv"):
        assert door.post(address, content=b"", headers=EDITOR).status_code == 404
    assert door.get("/api/alerts").json() == {"alerts": []}


LOOSE = ("2026-11-23T06Z", "2026-11-23 06:00Z", "2026-11-23T06:00:00+0100", "2026-11-23T06:00:00.123456789Z", "2026-11-23", "12026-01-01T00:00Z")
TIMES = st.one_of(
    st.datetimes(timezones=st.timezones()).map(lambda time: time.isoformat()),
    st.sampled_from(LOOSE),
    st.text(max_size=30),
    st.integers(-(2**62), 2**62),
)


@given(st.lists(TIMES, max_size=20))
def test_any_time_is_read_the_same_alone_as_in_company(times: list[str | int]) -> None:
    moments, unread = wire.read_times(times)
    for at, time in enumerate(times):
        alone, fault = wire.read_times([time])
        assert alone[0] == moments[at]
        assert bool(fault) == (at in unread)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_sentence_or_read(body: bytes) -> None:
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, Problem):
        wire.read(msgspec.json.decode(body, type=wire.SentObservations))


def arrow(**columns: Any) -> bytes:
    table = pa.table(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def test_arrow_is_taken_in_bulk_and_told_as_the_other_forms_are(door: TestClient, bin: Stream) -> None:
    times = pa.array([NOON + at * HOUR for at in range(3)], pa.timestamp("us", "UTC"))
    body = arrow(stream=[bin.id, bin.id, 2_000_000_000], time=times, value=[1, 2, 3])
    for stored, duplicates in ((2, 0), (0, 2)):
        answer = door.post("/api/observations/arrow", content=body, headers=EDITOR).json()
        assert (answer["stored"], answer["duplicates"], answer["refusals"]) == (stored, duplicates, 1)
    micros = arrow(stream=[bin.id], time=[to_microseconds(NOON + 9 * HOUR)], value=[1.5])
    assert door.post("/api/observations/arrow", content=micros, headers=EDITOR).json()["stored"] == 1


def test_what_is_no_such_arrow_is_refused_and_stores_nothing(door: TestClient, bin: Stream) -> None:
    time = [to_microseconds(NOON)]
    good = arrow(stream=[bin.id], time=time, value=[1.0])
    hostile = [b"", b"x", good[: len(good) // 2], arrow(stream=[bin.id], value=[1.0]), arrow(stream=["a"], time=time, value=[1.0])]
    hostile += [arrow(stream=[None], time=time, value=[1.0]), arrow(stream=[bin.id], time=pa.array([NOON.replace(tzinfo=None)]), value=[1.0])]
    hostile += [arrow(stream=[2**40], time=time, value=[1.0])]
    for body in hostile:
        assert door.post("/api/observations/arrow", content=body, headers=EDITOR).status_code == 400
    assert store.count(SYSTEM) == 0


@given(st.integers(0, 1000), st.integers(0, 255))
def test_a_spoiled_arrow_stream_breaks_nothing(at: int, byte: int) -> None:
    body = bytearray(arrow(stream=[1, 2], time=[1, 2], value=[1.0, 2.0]))
    body[at % len(body)] = byte
    with contextlib.suppress(Problem):
        assert len(wire.read_arrow(bytes(body))) <= 2
