"""What the engine finds is what going through everything one by one finds."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.foundations.observations.city import NOON
from zinneke.foundations.observations import store
from zinneke.foundations.observations.values import Batch, Place, Question, StreamRow, Thing
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.standards.sensorthings.grammar import read_filter, read_order

pytestmark = pytest.mark.django_db(transaction=True)
THINGS = [("alpha", 4.30, 50.80, 3), ("Beta 2", 4.40, 50.85, 7), ("gamma's", 4.50, 50.90, None)]
Row = dict[str, Any]


def plant() -> list[Row]:
    rows: list[Row] = []
    for name, lon, lat, height in THINGS:
        key = f"demo/{name}"
        properties = {} if height is None else {"height": height, "in": {"street": name[:1]}}
        store.set_things(SYSTEM, [Thing(key=key, name={"en": name}, place=Place(lon, lat), area="21004", properties=properties)])
        for reading, unit in (("fill", "%"), ("heat", "Cel")):
            store.set_streams(SYSTEM, [StreamRow(key=f"{key}/{reading}", thing=key, name={"en": reading}, reading=reading, unit=unit)])
            stream = store.find_stream(SYSTEM, f"{key}/{reading}")
            assert stream
            times = [NOON + timedelta(minutes=37 * at * (1 + len(name))) for at in range(12)]
            values = [round(math.sin(at + len(name)) * 20, 1) for at in range(12)]
            store.ingest(SYSTEM, Batch.of([(stream.id, time, value) for time, value in zip(times, values, strict=True)]))
            for time, value in zip(times, values, strict=True):
                rows.append(
                    {"stream": stream.id, "time": time, "result": value, "reading": reading, "name": name, "at": (lon, lat), "height": height}
                )
    return rows


AREA = shapely.box(4.25, 50.7, 4.45, 50.87)
numbers = st.integers(-25, 25)
moments = st.integers(0, 60).map(lambda hours: NOON + timedelta(hours=hours))
SIGNS = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b, "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}  # fmt: skip
signs = st.sampled_from(sorted(SIGNS))
Truth = bool | None


def _known(function: Any) -> Any:
    return lambda row: function(row)


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _compared(sign: str, value: Any) -> Any:
    return lambda found: None if found is None else SIGNS[sign](found, value)


leaves = st.one_of(
    st.tuples(signs, numbers).map(lambda x: (f"result {x[0]} {x[1]}", lambda row: SIGNS[x[0]](row["result"], x[1]))),
    st.tuples(signs, numbers).map(lambda x: (f"result mul 2 add 1 {x[0]} {x[1]}", lambda row: SIGNS[x[0]](row["result"] * 2 + 1, x[1]))),
    st.tuples(signs, numbers).map(lambda x: (f"round(result) {x[0]} {x[1]}", lambda row: SIGNS[x[0]](_round(row["result"]), x[1]))),
    st.tuples(signs, numbers).map(lambda x: (f"floor(result) {x[0]} {x[1]}", lambda row: SIGNS[x[0]](math.floor(row["result"]), x[1]))),
    st.tuples(signs, moments).map(lambda x: (f"phenomenonTime {x[0]} {_said(x[1])}", lambda row: SIGNS[x[0]](row["time"], x[1]))),
    st.tuples(signs, st.integers(0, 23)).map(lambda x: (f"hour(phenomenonTime) {x[0]} {x[1]}", lambda row: SIGNS[x[0]](row["time"].hour, x[1]))),
    st.tuples(moments, st.integers(1, 30)).map(
        lambda x: (f"during(phenomenonTime, {_said(x[0])}/PT{x[1]}H)", lambda row: x[0] <= row["time"] <= x[0] + timedelta(hours=x[1]))
    ),
    st.sampled_from(["%", "Cel", "x"]).map(
        lambda x: (
            f"Datastream/unitOfMeasurement/definition eq 'http://www.opengis.net/def/uom/UCUM/{x}'",
            lambda row: row["reading"] == {"%": "fill", "Cel": "heat"}.get(x),
        )
    ),
    st.sampled_from(["a", "A", "'", "2", " "]).map(
        lambda x: (f"substringof('{x.replace(chr(39), chr(39) * 2)}', Datastream/Thing/name)", lambda row: x in row["name"])
    ),
    st.tuples(signs, st.integers(0, 8)).map(
        lambda x: (f"length(Datastream/Thing/name) {x[0]} {x[1]}", lambda row: SIGNS[x[0]](len(row["name"]), x[1]))
    ),
    st.tuples(signs, st.integers(0, 9)).map(
        lambda x: (f"Datastream/Thing/properties/height {x[0]} {x[1]}", lambda row: _compared(x[0], x[1])(row["height"]))
    ),
    st.just(("Datastream/Thing/properties/height eq null", lambda row: row["height"] is None)),
    st.just(("tolower(substring(Datastream/Thing/name, 0, 1)) eq 'b'", lambda row: row["name"][0].lower() == "b")),
    st.just((f"st_within(FeatureOfInterest/feature, geography'{AREA.wkt}')", lambda row: AREA.contains(shapely.Point(row["at"])))),
    st.just(("geo.distance(FeatureOfInterest/feature, geography'POINT (4.3 50.8)') lt 0.1", lambda row: _far(row["at"]) < 0.1)),
)  # fmt: skip


def _round(value: float) -> int:
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def _far(at: tuple[float, float]) -> float:
    return math.hypot(at[0] - 4.3, at[1] - 50.8)


def _and(left: Any, right: Any) -> Any:
    def both(row: Row) -> Truth:
        one, other = left[1](row), right[1](row)
        return False if one is False or other is False else None if one is None or other is None else True

    return (f"({left[0]} and {right[0]})", both)


def _not(inner: Any) -> Any:
    def negated(row: Row) -> Truth:
        found = inner[1](row)
        return None if found is None else not found

    return (f"not ({inner[0]})", negated)


def _or(left: Any, right: Any) -> Any:
    _, negated = _not(_and(_not(left), _not(right)))
    return (f"({left[0]} or {right[0]})", negated)


conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(st.tuples(inner, inner).map(lambda two: _and(*two)), st.tuples(inner, inner).map(lambda two: _or(*two)), inner.map(_not)),
    max_leaves=5,
)


def key(row: Row) -> str:
    return f"{row['stream']}.{int(row['time'].timestamp() * 1_000_000)}"


@pytest.fixture
def rows() -> list[Row]:
    return plant()


def test_a_condition_finds_what_going_through_everything_finds(rows: list[Row]) -> None:
    @given(conditions)
    @settings(max_examples=120, suppress_health_check=list(HealthCheck))
    def check(condition: Any) -> None:
        text, holds = condition
        due = {key(row) for row in rows if holds(row) is True}
        answered = store.ask(SYSTEM, Question(set="Observations", where=read_filter(text), top=1000, count=True))
        assert {str(found.id) for found in answered.entities} == due, text
        assert answered.count == len(due)
        streams = store.ask(SYSTEM, Question(set="Datastreams", where=read_filter(_from_stream(text)), top=1000))
        assert {found.id for found in streams.entities} == {row["stream"] for row in rows if holds(row) is True}, text

    check()


def _from_stream(text: str) -> str:
    """Ask the same of the streams: of which some observation fulfils it."""
    for name in ("result", "phenomenonTime", "FeatureOfInterest"):
        text = text.replace(name, f"Observations/{name}")
    return text.replace("Datastream/Thing", "Thing").replace("Datastream/unit", "unit")


def test_pages_put_together_are_the_whole_in_order(rows: list[Row]) -> None:
    orders = {
        "result desc": lambda row: (-row["result"], row["stream"], row["time"]),
        "Datastream/Thing/name,phenomenonTime desc": lambda row: (row["name"], -row["time"].timestamp(), row["stream"]),
        "Datastream/Thing/properties/height desc": lambda row: (row["height"] is None, -(row["height"] or 0), row["stream"], row["time"]),
        "phenomenonTime": lambda row: (row["time"], row["stream"]),
        "": lambda row: (row["stream"], row["time"]),
    }
    for order, place in orders.items():
        for top in (5, 7, 100):
            by = read_order(order) if order else ()
            question, found = Question(set="Observations", order=by, top=top, count=True), []
            while True:
                answered = store.ask(SYSTEM, question)
                assert answered.count in (None, len(rows))
                found += [str(one.id) for one in answered.entities]
                if answered.next is None:
                    break
                question = Question(set="Observations", order=by, top=top, after=answered.next)
            assert found == [key(row) for row in sorted(rows, key=place)], (order, top)
