"""Downloads, maps and figures: what goes out is what came in, in constant memory, and time is the city's."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zinneke.foundations.tables import blocks, exports, layers, store, tiling
from zinneke.foundations.tables.values import ColumnSpec, Filter, Layout, Published, Query, Spec
from zinneke.foundations.territory.crs import transform
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.problem import Problem

Publish = Callable[..., Published]
HERE = ZoneInfo("Europe/Brussels")


def body(form: str, query: Query | None = None, dataset: str = "trees", **more: bool) -> bytes:
    return b"".join(store.export(ANONYMOUS, dataset, form, query, **more).chunks)  # type: ignore[arg-type]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=("Cs",)), min_size=1).filter(
                lambda text: text.strip() == text
            ),
            st.integers(-(10**17), 10**17),
            st.floats(allow_nan=False, allow_infinity=False, width=32),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_csv_comes_back_as_it_went_out(rows: list[tuple[str, int, float]]) -> None:
    """Text keeps every character, numbers every digit; text like a formula comes back with its apostrophe."""
    source = io.StringIO()
    writer = csv.writer(source, lineterminator="\n")
    writer.writerow(["words", "whole", "part"])
    writer.writerows([[words, whole, repr(part)] for words, whole, part in rows])
    types = (ColumnSpec("words", type="text"), ColumnSpec("whole", type="integer"), ColumnSpec("part", type="decimal"))
    store.publish(SYSTEM, "round", source.getvalue().encode(), Spec(columns=types))
    assert store.read_rows(ANONYMOUS, "round", Query(limit=1000)).rows == rows
    out = list(csv.reader(io.StringIO(body("csv", dataset="round").decode(), newline="")))
    guarded = [f"'{words}" if words[0] in "=+-@\t\r" else words for words, _, _ in rows]
    assert out[0] == ["words", "whole", "part"]
    assert [(row[0], int(row[1]), float(row[2])) for row in out[1:]] == [(words, row[1], row[2]) for words, row in zip(guarded, rows, strict=True)]


def test_every_form_holds_the_same_rows_filtered_and_in_order(publish: Publish) -> None:
    publish("n,d,m,w,yes,lat,lon\n1,2024-01-01,2024-01-01T10:00:00Z,é,true,50.8,4.3\n2,2024-01-02,2024-07-01T10:00:00Z,,false,50.9,4.4\n3,,,x,,,\n")
    query = Query(where=(Filter("n", "lt", 3),), order=("-n",))
    assert [row["n"] for row in json.loads(body("json", query))] == [2, 1]
    assert json.loads(body("json", query))[0]["m"] == "2024-07-01T10:00:00Z"
    assert pq.read_table(io.BytesIO(body("parquet", query)))["n"].to_pylist() == [2, 1]
    collection = json.loads(body("geojson", query))
    assert [feature["properties"]["n"] for feature in collection["features"]] == [2, 1]
    assert collection["features"][0]["geometry"] == {"type": "Point", "coordinates": [4.4, 50.9]}
    lines = body("csv", query).decode().splitlines()
    assert lines[1].startswith("2,2024-01-02,") and "2024-07-01T10:00:00Z" in lines[1] and "POINT (4.4 50.9)" in lines[1]
    assert json.loads(body("json", Query(("n", "yes"))))[2] == {"n": 3, "yes": None}
    geo = json.loads(pq.read_schema(io.BytesIO(body("parquet"))).metadata[b"geo"])
    assert geo["primary_column"] == "geometry"


def test_an_empty_selection_is_still_a_file_of_its_form(publish: Publish) -> None:
    publish("n,lat,lon\n1,50.8,4.3\n")
    nothing = Query(where=(Filter("n", "gt", 5),))
    assert json.loads(body("json", nothing)) == [] and json.loads(body("geojson", nothing))["features"] == []
    assert body("csv", nothing) == b'"n","lat","lon","geometry"\r\n'
    assert pq.read_table(io.BytesIO(body("parquet", nothing))).num_rows == 0


def test_a_cell_like_a_formula_is_shown_not_run(publish: Publish) -> None:
    publish('a,n\n"=1+1",-5\n@x,1\n+3 a,2\n- b,3\nfine,4\n')
    out = list(csv.reader(io.StringIO(body("csv").decode())))
    assert [row[0] for row in out[1:]] == ["'=1+1", "'@x", "'+3 a", "'- b", "fine"]
    assert out[1][1] == "-5"
    assert body("csv", layout=Layout(bom=True)).startswith(b"\xef\xbb\xbf")


def test_a_large_table_goes_out_in_pieces(publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_BATCH", 100)
    publish("n\n" + "\n".join(str(n) for n in range(1000)))
    chunks = list(store.export(ANONYMOUS, "trees", "csv").chunks)
    assert len(chunks) == 11 and max(map(len, chunks)) < 1000


def test_shapes_that_are_not_there_cannot_be_downloaded(publish: Publish) -> None:
    publish("n\n1\n")
    with pytest.raises(Problem, match="no shapes"):
        body("geojson")
    with pytest.raises(Problem, match="no form of download"):
        body("ods")


def test_features_in_a_box_say_how_many_matched(publish: Publish) -> None:
    publish("n,lat,lon\n" + "\n".join(f"{n},50.8{n:02},4.3" for n in range(50)))
    found = store.features(ANONYMOUS, "trees", (4.2, 50.80, 4.4, 50.8195), limit=5)
    assert (found["numberMatched"], found["numberReturned"]) == (20, 5)
    assert found["features"][0]["geometry"]["type"] == "Point" and found["features"][0]["properties"]["n"] == 0


def test_features_come_page_by_page_and_each_keeps_its_identifier_while_others_publish(publish: Publish) -> None:
    rows = "n,lat,lon\n" + "".join(f"{n},50.8{n:02},4.3\n" for n in range(50)) + "50,,\n"
    publish(rows)
    asked = Query(columns=("n",), bbox=(4.2, 50.8, 4.4, 50.8395), limit=15)
    first = store.read_features(ANONYMOUS, "trees", asked)
    publish(rows + "51,50.81,4.3\n")
    second = store.read_features(ANONYMOUS, "trees", replace(asked, after=first.next))
    third = store.read_features(ANONYMOUS, "trees", replace(asked, after=second.next))
    assert [len(each.rows) for each in (first, second, third)] == [15, 15, 10] and third.next == "" and first.total == third.total == 40
    assert [row for each in (first, second, third) for row in each.rows] == [(n,) for n in range(40)]
    again = store.get_feature(ANONYMOUS, "trees", second.ids[0])
    assert second.ids[0] == "1.16" and again.rows[0][0] == 15
    assert json.loads(msgspec.json.encode(again.records()))[0]["geometry"] == {"type": "Point", "coordinates": [4.3, 50.815]}
    assert json.loads(msgspec.json.encode(store.get_feature(ANONYMOUS, "trees", "1.51").records()))[0]["geometry"] is None
    for nowhere in ("1.0", "1.52", "9.1", "1", "a.b", "1.", "-1.2", "1.9999999999"):
        with pytest.raises(Problem, match="There is no"):
            store.get_feature(ANONYMOUS, "trees", nowhere)


def test_features_are_given_in_the_system_that_is_asked_for(publish: Publish) -> None:
    publish("n,lat,lon\n1,50.8467,4.3525\n")
    asked = {code: json.loads(msgspec.json.encode(store.read_features(ANONYMOUS, "trees", crs=code).shapes[0])) for code in (4326, 31370, 3812, 3857)}
    for code, shape in asked.items():
        assert shape["coordinates"] == pytest.approx([float(each[0]) for each in transform([4.3525], [50.8467], 4326, code)], abs=0.001), code
    turned = store.read_features(ANONYMOUS, "trees", flipped=True).shapes[0]
    assert json.loads(msgspec.json.encode(turned))["coordinates"] == [50.8467, 4.3525]


@given(
    st.lists(st.tuples(st.floats(-10, 10, width=32), st.floats(-10, 10, width=32), st.floats(0, 3, width=32)), max_size=900),
    st.tuples(st.floats(-11, 11), st.floats(-11, 11), st.floats(0, 12)),
)
@settings(max_examples=40, deadline=None)
def test_blocks_find_what_looking_at_each_box_finds(boxes: list[tuple[float, float, float]], asked: tuple[float, float, float]) -> None:
    sides = np.array([(x, y, x + size, y + size) if size < 2.5 else (np.nan,) * 4 for x, y, size in sorted(boxes)], float).reshape(-1, 4)
    west, south, size = asked
    held = tuple(np.ascontiguousarray(side) for side in sides.T)
    box = (west, south, west + size, south + size)
    assert blocks.Blocks(held).touching(box).tolist() == np.flatnonzero(blocks.touching(held, slice(None), box)).tolist()


def test_a_tile_is_thinned_in_the_same_way_each_time(publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    tiling.forget()
    monkeypatch.setattr(layers, "most_features", lambda z: 50 if z < 15 else 1000)
    publish("n,lat,lon\n" + "\n".join(f"{n},{50.8 + n % 20 / 1000},{4.3 + n // 20 / 1000}" for n in range(400)))
    tile, again = (store.tile(ANONYMOUS, "trees", 8, 131, 85).content for _ in range(2))
    assert tile == again and tile
    tiling.forget()
    monkeypatch.setattr(layers, "most_features", lambda z: 1000)
    assert len(store.tile(ANONYMOUS, "trees", 8, 131, 85).content) > 2 * len(tile)
    assert store.tile(ANONYMOUS, "trees", 8, 0, 0).content == b""
    with pytest.raises(Problem):
        store.tile(ANONYMOUS, "trees", 1, 2, 0)


def test_a_day_has_the_hours_that_the_clock_gives_it(publish: Publish) -> None:
    hours = "\n".join(f"2024-{day}T{hour:02}:30:00Z,1" for day in ("03-30", "03-31", "10-26", "10-27", "10-28") for hour in range(24))
    publish(f"t,n\n{hours}\n")
    days = {start.date(): (start, count) for start, count in store.series(ANONYMOUS, "trees", "t", ("n",), "day", aggregate="sum")}
    assert days[date(2024, 3, 31)] == (datetime(2024, 3, 31, tzinfo=HERE), 23.0)
    assert days[date(2024, 10, 27)] == (datetime(2024, 10, 27, tzinfo=HERE), 25.0)
    per_hour = store.series(ANONYMOUS, "trees", "t", (), "hour")
    assert len(per_hour) == 120 and all(count == 1 for _, count in per_hour)


@pytest.mark.parametrize(
    ("step", "starts"),
    [
        ("week", ["2024-02-26", "2024-03-04", "2024-12-30"]),
        ("month", ["2024-02-01", "2024-03-01", "2025-01-01"]),
        ("year", ["2024-01-01", "2025-01-01"]),
    ],
)
def test_longer_steps_begin_where_people_begin_them(publish: Publish, step: str, starts: list[str]) -> None:
    publish("d,n\n2024-02-29,1\n2024-03-03,2\n2024-03-04,3\n2025-01-01,\n")
    found = store.series(ANONYMOUS, "trees", "d", ("n",), step)  # type: ignore[arg-type]
    assert [start.isoformat() for start, _ in found] == starts
    assert found[-1][1] is None


def test_too_many_steps_and_wrong_columns_are_told(publish: Publish) -> None:
    publish("d,n,w\n0001-01-01,1,a\n2024-01-01,2,b\n")
    for ask, says in (
        (lambda: store.series(ANONYMOUS, "trees", "d", (), "day"), "more than 20,000"),
        (lambda: store.series(ANONYMOUS, "trees", "n", ()), "needs a date"),
        (lambda: store.series(ANONYMOUS, "trees", "d", ("w",)), "need numbers"),
        (lambda: store.tally(ANONYMOUS, "trees", "w", aggregate="sum"), "of which column"),
        (lambda: store.tally(ANONYMOUS, "trees", "w", "n", "median"), "no aggregate"),  # type: ignore[arg-type]
    ):
        with pytest.raises(Problem, match=says):
            ask()


def test_a_tally_counts_and_sums_per_value(publish: Publish) -> None:
    publish("kind,n\noak,1\nelm,5\noak,2\n,9\nash,\n")
    assert store.tally(ANONYMOUS, "trees", "kind") == [("oak", 2), ("ash", 1), ("elm", 1)]
    assert store.tally(ANONYMOUS, "trees", "kind", "n", "sum") == [("elm", 5.0), ("oak", 3.0)]
    assert store.tally(ANONYMOUS, "trees", "kind", "n", "max", 1) == [("elm", 5.0)]
    assert store.tally(ANONYMOUS, "trees", "kind", where=(Filter("n", "ge", 2),)) == [("elm", 1), ("oak", 1)]


def test_shapes_survive_the_way_through_geojson_and_parquet(publish: Publish) -> None:
    shape = {"type": "Polygon", "coordinates": [[[4.3, 50.8], [4.4, 50.8], [4.4, 50.9], [4.3, 50.8]]]}
    publish(json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "id": "x", "properties": {"n": 1}, "geometry": shape}]}))
    publish(body("parquet"), dataset="copy")
    assert json.loads(body("geojson", dataset="copy"))["features"][0]["geometry"] == shape
    assert store.get_version(ANONYMOUS, "copy").bbox == pytest.approx(shapely.box(4.3, 50.8, 4.4, 50.9).bounds)
