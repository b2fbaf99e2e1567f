"""Downloads in every form can be opened by the programs they are for, hold nothing that is run, and can be resumed."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from zinneke.foundations.tables import routes, sheets, store
from zinneke.foundations.tables.values import And, Filter, Layout, Published, Query
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call, Reply

Publish = Callable[..., Published]
TREES = "\n".join(
    (
        "species,height,planted,seen,lat,lon",
        "=cmd|'/c calc',1.5,2024-01-01,2024-05-01T10:00:00Z,50.8,4.3",
        "Orme é,2.25,,2024-06-01T10:00:00Z,50.9,4.4",
        ",3,,,,",
    )
)
CORNERS = [[[4, 50], [5, 50], [5, 51], [4, 50]]]


def feature(name: str, kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": kind, "coordinates": coordinates}}


AREAS = {"type": "FeatureCollection", "features": [feature("a", "Polygon", CORNERS), feature("b", "MultiPolygon", [CORNERS])]}


def whole(form: Any, dataset: str = "trees", query: Query | None = None, layout: Layout | None = None) -> bytes:
    return b"".join(store.export(ANONYMOUS, dataset, form, query, layout=layout).chunks)


@pytest.mark.parametrize("form", ["gpkg", "shp", "fgb", "kml", "gpx", "geojson"])
def test_geographic_programs_read_points_with_their_properties(publish: Publish, tmp_path: Path, form: str) -> None:
    import pyogrio

    publish(TREES)
    path = tmp_path / f"trees.{'shp.zip' if form == 'shp' else form}"
    path.write_bytes(whole(form))
    _, _, shapes, columns = pyogrio.raw.read(path)
    assert len(shapes) in (2, 3)
    texts = [cell for column in columns for cell in column if isinstance(cell, str)]
    assert shapes[1] is not None and (form == "gpx" or any("Orme é" in text for text in texts))


@pytest.mark.parametrize("form", ["gpkg", "shp", "fgb", "kml"])
def test_areas_simple_and_manifold_stand_in_one_file(publish: Publish, tmp_path: Path, form: str) -> None:
    import pyogrio

    publish(json.dumps(AREAS), "areas", form="geojson")
    path = tmp_path / f"areas.{'shp.zip' if form == 'shp' else form}"
    path.write_bytes(whole(form, "areas"))
    assert pyogrio.read_info(path)["features"] == 2


def test_a_workbook_holds_types_and_runs_nothing(publish: Publish) -> None:
    publish(TREES)
    rows = list(load_workbook(io.BytesIO(whole("xlsx", query=Query(("species", "height", "seen")))), read_only=True)["data"].values)
    assert rows[0] == ("species", "height", "seen")
    assert rows[1][:2] == ("'=cmd|'/c calc'", 1.5) and rows[1][2].isoformat() == "2024-05-01T10:00:00"
    assert rows[3][:2] == (None, 3)


def test_a_workbook_takes_no_more_rows_than_a_sheet_has(publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(TREES)
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    with pytest.raises(Problem, match="A sheet holds") as refused:
        store.export(ANONYMOUS, "trees", "xlsx")
    assert refused.value.status == 413
    assert store.export(ANONYMOUS, "trees", "xlsx", Query(where=(And((Filter("height", "gt", 2),)),)))


def test_csv_is_written_as_a_spreadsheet_of_the_country_reads_it(publish: Publish) -> None:
    publish(TREES)
    text = whole("csv", query=Query(("species", "height")), layout=Layout(";", ",", True)).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";")) == [["species", "height"], ["'=cmd|'/c calc'", "1,5"], ["Orme é", "2,25"], ["", "3"]]
    assert [json.loads(line)["height"] for line in whole("jsonl").splitlines()] == [1.5, 2.25, 3.0]


@pytest.mark.parametrize(
    ("form", "layout", "says"),
    [
        ("shp", None, "several kinds"),
        ("gpx", None, "areas"),
        ("doc", None, "no form"),
        ("csv", Layout(",", ","), "one sign"),
        ("csv", Layout('"'), "one sign"),
    ],
)
def test_a_form_that_cannot_hold_the_data_is_refused(publish: Publish, form: Any, layout: Layout | None, says: str) -> None:
    publish(json.dumps({**AREAS, "features": [*AREAS["features"], feature("c", "Point", [4, 50])]}), "mixed", form="geojson")
    with pytest.raises(Problem, match=says):
        store.export(ANONYMOUS, "mixed", form, layout=layout)
    publish("a,b\n1,2\n", "plain")
    with pytest.raises(Problem, match="no shapes"):
        store.export(ANONYMOUS, "plain", "kml")


def ask(headers: dict[str, str], form: str = "csv", **asked: Any) -> tuple[Reply, bytes]:
    reply = routes.get_export(Call(ANONYMOUS, routes.AskExport("trees", form, **asked), headers=headers))  # type: ignore[arg-type]
    return reply, reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)


def test_a_download_that_broke_off_goes_on_where_it_stopped(publish: Publish) -> None:
    publish("n\n" + "\n".join(str(n) for n in range(5_000)))
    first, body = ask({})
    tag = first.headers["ETag"]
    assert first.status == 200 and first.headers["Accept-Ranges"] == "bytes"
    rest, tail = ask({"range": "bytes=1000-", "if-range": tag})
    assert rest.status == 206 and tail == body[1000:]
    assert rest.headers["Content-Range"] == f"bytes 1000-{len(body) - 1}/{len(body)}"
    assert ask({"range": "bytes=5-9"})[1] == body[5:10]
    assert ask({"range": "bytes=-7"})[1] == body[-7:]
    assert ask({"if-none-match": tag})[0].status == 304
    packed = ask({"accept-encoding": "gzip"})[0].headers
    assert packed["ETag"] != tag and packed["Accept-Ranges"] == "none"
    assert ask({"accept-encoding": "gzip", "range": "bytes=3-", "if-range": packed["ETag"]})[0].status == 200
    with pytest.raises(Problem) as refused:
        ask({"range": f"bytes={len(body)}-"})
    assert refused.value.status == 416 and refused.value.headers["Content-Range"] == f"bytes */{len(body)}"


def test_what_changed_meanwhile_is_begun_again(publish: Publish) -> None:
    publish("n\n1\n2\n")
    tag = ask({})[0].headers["ETag"]
    assert ask({}, separator=";")[0].headers["ETag"] != tag != ask({}, where=["n:gt:1"])[0].headers["ETag"]
    publish("n\n1\n3\n")
    reply, body = ask({"range": "bytes=3-", "if-range": tag})
    assert reply.status == 200 and body.endswith(b"3\r\n")
    for nonsense in ("bytes=-", "bytes=a-b", "lines=1-2", "bytes=1-2,4-5", "bytes=9-1"):
        if nonsense == "bytes=9-1":
            with pytest.raises(Problem):
                ask({"range": nonsense})
        else:
            assert ask({"range": nonsense})[0].status == 200
    assert "ETag" not in ask({}, form="xlsx")[0].headers


def test_a_shapefile_comes_with_all_of_its_parts(publish: Publish) -> None:
    publish(TREES)
    names = {name.rpartition(".")[2] for name in zipfile.ZipFile(io.BytesIO(whole("shp"))).namelist()}
    assert {"shp", "shx", "dbf", "prj", "cpg"} <= names
