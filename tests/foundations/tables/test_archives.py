"""PMTiles and GeoParquet as others read them: the reader of PMTiles, piece by piece, and pyarrow."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest
import shapely
from pmtiles.reader import Reader

from tests.foundations.tables.conftest import SECRETS, reader
from tests.foundations.territory import mvt
from zinneke.foundations.tables import ahead, archives, routes, store
from zinneke.foundations.tables.values import Published
from zinneke.foundations.territory.tiles import tile_at
from zinneke.kernel.confidentiality import ANONYMOUS, Level
from zinneke.kernel.event import DatasetPublished
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call

Publish = Callable[..., Published]
ROWS = "n,lat,lon\n" + "\n".join(f"{n},{50.8 + n / 1000},{4.3 + n / 700}" for n in range(60))


def fetch(range: str = "", dataset: str = "trees", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Ask the door for a part of an archive."""
    told = {name.replace("_", "-"): value for name, value in headers.items()} | ({"range": range} if range else {})
    reply = routes.get_archive(Call(ANONYMOUS, routes.AskDataset(dataset), headers=told))
    return reply.status, reply.body if isinstance(reply.body, bytes) else b"".join(reply.body), reply.headers


def test_a_map_reads_an_archive_piece_by_piece(publish: Publish) -> None:
    publish(ROWS)
    remote = Reader(lambda start, length: fetch(f"bytes={start}-{start + length - 1}")[1])
    header = remote.header()
    assert header["max_zoom"] == archives.DEEPEST and header["min_zoom"] == 0
    assert remote.metadata()["vector_layers"][0] == {
        "id": "trees",
        "fields": {"n": "Number", "lat": "Number", "lon": "Number"},
        "minzoom": 0,
        "maxzoom": 14,
    }
    x, y = tile_at(4.3, 50.8, 14)
    inside = mvt.decode(gzip.decompress(remote.get(14, x, y)))["trees"].features
    assert 0 in [feature.properties["n"] for feature in inside]
    assert len(mvt.decode(gzip.decompress(remote.get(6, *tile_at(4.3, 50.8, 6))))["trees"].features) == 60
    assert remote.get(14, 0, 0) is None


def test_parts_wholes_and_what_has_not_changed(publish: Publish) -> None:
    publish(ROWS)
    status, whole, headers = fetch()
    assert status == 200 and int(headers["Content-Length"]) == len(whole) and headers["Accept-Ranges"] == "bytes"
    assert (
        fetch("bytes=0-6") == (206, b"PMTiles", {**headers, "Content-Range": f"bytes 0-6/{len(whole)}"} | {}) or fetch("bytes=0-6")[1] == b"PMTiles"
    )
    assert fetch("bytes=-5")[1] == whole[-5:] and fetch("bytes=7-")[1] == whole[7:]
    assert fetch("bytes=0-6", if_range='"other"')[0] == 200 and fetch("bytes=0-6", if_range=headers["ETag"])[0] == 206
    assert fetch("bytes=0-1,4-5")[0] == 200 and fetch("lines=1-2")[0] == 200
    assert fetch(if_none_match=headers["ETag"])[0] == 304
    with pytest.raises(Problem) as refused:
        fetch(f"bytes={len(whole)}-")
    assert refused.value.status == 416 and refused.value.headers["Content-Range"] == f"bytes */{len(whole)}"


def test_an_archive_is_built_once_and_anew_for_the_next_version(publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(ROWS)
    first, tag = store.archive(ANONYMOUS, "trees")
    monkeypatch.setattr(archives, "draw_tile", lambda *_: pytest.fail("drawn again"))
    assert store.archive(ANONYMOUS, "trees") == (first, tag)
    monkeypatch.undo()
    publish(ROWS + "\n99,50.9,4.4")
    assert store.archive(ANONYMOUS, "trees")[1] != tag


def test_data_spread_far_stop_at_an_earlier_zoom(publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_TILES", 20)
    publish("n,lat,lon\n" + "\n".join(f"{n},{n % 9 * 15 - 60},{n * 5 - 170}" for n in range(60)))
    path, _ = store.archive(ANONYMOUS, "trees")
    content = path.read_bytes()
    assert Reader(lambda start, length: content[start : start + length]).header()["max_zoom"] == 2


def test_a_closed_column_is_in_nobody_elses_archive(publish: Publish) -> None:
    publish("kind,owner,n,lat,lon\noak,Jan,1,50.8,4.3\nelm,An,2,50.9,4.4\n", columns=SECRETS.columns[:1])
    open_to_all, closed = store.archive(ANONYMOUS, "trees")[0], store.archive(reader(Level.PERSONAL), "trees")[0]
    assert open_to_all != closed
    for path, sees in ((open_to_all, False), (closed, True)):
        content = path.read_bytes()
        tile = gzip.decompress(Reader(lambda start, length, c=content: c[start : start + length]).get(0, 0, 0))
        assert (b"Jan" in tile) is sees


def test_a_dataset_without_shapes_has_no_archive(publish: Publish) -> None:
    publish("n\n1\n")
    with pytest.raises(Problem, match="no shapes"):
        store.archive(ANONYMOUS, "trees")


def test_geoparquet_is_what_its_specification_says(publish: Publish) -> None:
    publish(ROWS)
    body = b"".join(store.export(ANONYMOUS, "trees", "parquet").chunks)
    table = pq.read_table(io.BytesIO(body))
    geo = json.loads(table.schema.metadata[b"geo"])
    column = geo["columns"]["geometry"]
    assert geo["version"] == "1.1.0" and geo["primary_column"] == "geometry" and column["encoding"] == "WKB"
    assert column["geometry_types"] == ["Point"] and "crs" not in column  # without a crs it is OGC:CRS84, longitude first
    assert column["bbox"] == pytest.approx([4.3, 50.8, 4.3 + 59 / 700, 50.859])
    covering = column["covering"]["bbox"]
    assert covering == {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}
    shapes = shapely.from_wkb(table["geometry"].to_pylist())
    assert shapely.bounds(shapes).tolist() == [list(each.values()) for each in table["bbox"].to_pylist()]


def test_what_was_published_is_cut_before_anybody_asks(publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(ROWS)
    publish("n\n1\n", dataset="plain")
    ahead.forget()
    for each in ("plain", "trees", "trees", "gone"):
        ahead.note(DatasetPublished(each, 1))
    assert ahead.build_next(datetime.now(UTC)).startswith("trees: ")
    monkeypatch.setattr(archives, "_write", lambda *_: pytest.fail("it was there"))
    assert fetch()[0] == 200
    assert ahead.build_next(datetime.now(UTC)) == ""
