"""The machines' door to tables: versions, rows, figures, shapes, tiles and downloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from zinneke.foundations.tables import store
from zinneke.foundations.tables.findings import Difference
from zinneke.foundations.tables.values import Aggregate, BBox, ColumnSpec, Form, Layout, Profile, Query, Spec, Step, Treatment, Version
from zinneke.kernel.box import read_box
from zinneke.kernel.confidentiality import Level, Right
from zinneke.kernel.event import RowsComing, announce
from zinneke.kernel.freshness import unchanged
from zinneke.kernel.partial import of_file
from zinneke.kernel.problem import wrong
from zinneke.kernel.resuming import counted, resumable
from zinneke.kernel.route import Call, Needs, Reply, Route

_SEE, _EDIT = Needs(Right.SEE, "tables"), Needs(Right.EDIT, "tables")
_TAGS = ("tables",)
LARGEST = 64_000_000
"""Bytes of one upload."""
Key = Annotated[str, Meta(max_length=200, description="Key of the dataset.")]
Number = Annotated[int, Meta(ge=1, le=2**31 - 1, description="Number of a version; the newest when it is left out.")]
Word = Annotated[str, Meta(max_length=300)]
Conditions = Annotated[list[Word], Meta(max_length=50, description="`column:op:value`; op is eq, ne, lt, le, gt, ge, between, in, contains or null.")]
Names = Annotated[list[Word], Meta(max_length=2_000)]
Box = Annotated[str, Meta(max_length=200, description="west,south,east,north in degrees")]


class AskList(msgspec.Struct, forbid_unknown_fields=True):
    """A page of datasets; `after` is the key of the last one of the page before."""

    after: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100


class AskDataset(msgspec.Struct, forbid_unknown_fields=True):
    """A dataset, or one version of it."""

    dataset: Key
    version: Number | None = None


class AskVersions(msgspec.Struct, forbid_unknown_fields=True):
    """A dataset."""

    dataset: Key


class AskDifference(msgspec.Struct, forbid_unknown_fields=True):
    """Two versions of a dataset; `key` names the column that tells rows apart, when it is not to be found."""

    dataset: Key
    older: Number
    newer: Number
    key: Word = ""


class AskRows(msgspec.Struct, forbid_unknown_fields=True):
    """Which rows and columns of a dataset, in which order (`-column` for descending); `after` is the `next` of the page before."""

    dataset: Key
    select: Names = []
    where: Conditions = []
    order: Annotated[list[Word], Meta(max_length=20)] = []
    limit: Annotated[int, Meta(ge=1, le=store.MOST_ROWS)] = 100
    after: Word = ""
    bbox: Box = ""
    version: Number | None = None


class AskExport(msgspec.Struct, forbid_unknown_fields=True):
    """Which rows and columns to download, as what. Of CSV: the sign between columns and before decimals; `bom` puts a byte order mark first."""

    dataset: Key
    form: Form
    select: Names = []
    where: Conditions = []
    order: Annotated[list[Word], Meta(max_length=20)] = []
    bbox: Box = ""
    bom: bool = False
    separator: Annotated[str, Meta(max_length=1)] = ","
    decimal: Literal[".", ","] = "."
    version: Number | None = None


class AskFeatures(msgspec.Struct, forbid_unknown_fields=True):
    """What lies in a box."""

    dataset: Key
    bbox: Box = ""
    where: Conditions = []
    limit: Annotated[int, Meta(ge=1, le=store.MOST_FEATURES)] = 1000
    version: Number | None = None


class AskSeries(msgspec.Struct, forbid_unknown_fields=True):
    """Figures of `value` columns per step of local time; without them the number of rows. `time` left out is the main time column."""

    dataset: Key
    time: Word = ""
    value: Annotated[list[Word], Meta(max_length=20)] = []
    step: Step = "day"
    aggregate: Aggregate = "mean"
    where: Conditions = []
    version: Number | None = None


class AskTally(msgspec.Struct, forbid_unknown_fields=True):
    """For each value of a column the number of rows, or a figure of another column; the largest first."""

    dataset: Key
    column: Word
    value: Word | None = None
    aggregate: Aggregate = "count"
    where: Conditions = []
    limit: Annotated[int, Meta(ge=1, le=1000)] = 20
    version: Number | None = None


class AskTile(msgspec.Struct, forbid_unknown_fields=True):
    """A tile of the usual web map."""

    dataset: Key
    z: Annotated[int, Meta(ge=0, le=24)]
    x: Annotated[int, Meta(ge=0)]
    y: Annotated[int, Meta(ge=0)]
    version: Number | None = None


class AskPublish(msgspec.Struct, forbid_unknown_fields=True):
    """How to read what is sent. `level` is that of the whole, `columns` those of single ones: `column:public`, `column:shared`, `column:personal`."""

    dataset: Key
    name: Word = ""
    form: Literal["", "csv", "json", "jsonl", "geojson", "parquet"] = ""
    delimiter: Annotated[str, Meta(max_length=1)] = ""
    encoding: Word = ""
    decimal: Literal["", ",", "."] = ""
    records: Word = ""
    member: Word = ""
    zone: Word = "Europe/Brussels"
    lon: Word = ""
    lat: Word = ""
    crs: Word = "EPSG:4326"
    geometry: bool = True
    level: Literal["public", "shared", "personal"] = "public"
    columns: Names = []
    area: Annotated[str, Meta(max_length=20)] = ""
    time: Word = ""
    source: Word = ""
    licence: Word = ""


class TellColumn(msgspec.Struct):
    """A column: its type, who may see it, what it is called, its unit (UCUM) and what it holds."""

    name: str
    type: str
    level: str
    label: dict[str, str]
    unit: str
    profile: Profile


class TellVersion(msgspec.Struct):
    """A version: what it holds, as far as it is open to whoever asks."""

    dataset: str
    number: int
    digest: str
    rows: int
    bytes: int
    columns: list[TellColumn]
    created: datetime
    source: str
    licence: str
    level: str
    area: str
    geometry: str
    time: str
    bbox: BBox | None
    lineage: Sequence[str]
    held: bool = False
    treatments: Sequence[Treatment] = ()


class TellVersions(msgspec.Struct):
    """Versions, and the `after` of the next page ("" after the last)."""

    versions: list[TellVersion]
    next: str = ""


class TellRows(msgspec.Struct):
    """Rows as objects, the number of rows that match, and the `after` of the next page ("" after the last)."""

    columns: Sequence[str]
    rows: list[dict[str, Any]]
    total: int
    next: str


class TellFault(msgspec.Struct):
    """Something that could not be taken as it was: where and what."""

    where: str
    what: str


class TellPublished(msgspec.Struct):
    """What became of a publication: every row read was kept or set aside, and each fault says where it is."""

    version: TellVersion
    changed: bool
    read: int
    kept: int
    set_aside: int
    faults: list[TellFault]


class TellFigures(msgspec.Struct):
    """Rows of figures under the names of their columns."""

    columns: Sequence[str]
    rows: list[tuple[Any, ...]]


_VERSION = [each.name for each in fields(Version)]


def _told(version: Version) -> TellVersion:
    columns = [TellColumn(each.name, each.type, each.level.name.lower(), each.label, each.unit, each.profile) for each in version.columns]
    return TellVersion(**{name: getattr(version, name) for name in _VERSION} | {"level": version.level.name.lower(), "columns": columns})


def _box(text: str) -> BBox | None:
    return read_box(text) if text else None


def list_tables(call: Call[AskList]) -> TellVersions:
    """Give the current version of each dataset, by key."""
    found = store.list_datasets(call.actor, call.ask.after, call.ask.limit)
    return TellVersions([_told(version) for version in found], found[-1].dataset if len(found) == call.ask.limit else "")


def get_table(call: Call[AskDataset]) -> TellVersion:
    """Give a version with its columns, their types, units and profiles."""
    return _told(store.get_version(call.actor, call.ask.dataset, call.ask.version))


def compare_versions(call: Call[AskDifference]) -> Difference:
    """Tell what changed from one version to another: columns, and rows added, removed and changed, with a few of each."""
    ask = call.ask
    return store.compare(call.actor, ask.dataset, ask.older, ask.newer, ask.key)


def list_table_versions(call: Call[AskVersions]) -> TellVersions:
    """Give every version of a dataset, newest first."""
    return TellVersions([_told(version) for version in store.list_versions(call.actor, call.ask.dataset)])


def get_rows(call: Call[AskRows]) -> TellRows:
    """Give a page of rows. The order and `next` stay true while new versions are published: a page holds on to its version."""
    ask = call.ask
    query = Query(tuple(ask.select), tuple(ask.where), tuple(ask.order), ask.limit, ask.after, _box(ask.bbox))
    found = store.read_rows(call.actor, ask.dataset, query, ask.version)
    return TellRows(found.columns, found.records(), found.total, found.next)


def get_export(call: Call[AskExport]) -> Reply:
    """Give every row that matches as a file. In CSV, text that a spreadsheet would run as a formula has an apostrophe before it."""
    ask = call.ask
    query = Query(tuple(ask.select), tuple(ask.where), tuple(ask.order), bbox=_box(ask.bbox))
    made = store.export(call.actor, ask.dataset, ask.form, query, ask.version, Layout(ask.separator, ask.decimal, ask.bom))
    reply = Reply(media_type=made.media_type, headers={"Content-Disposition": f'attachment; filename="{made.filename}"'})
    return counted(ask.dataset, resumable(made.chunks, made.etag, call.headers, reply))


def get_features(call: Call[AskFeatures]) -> Reply:
    """Give what touches a box as GeoJSON."""
    ask = call.ask
    found = store.features(call.actor, ask.dataset, _box(ask.bbox), ask.limit, ask.version, tuple(ask.where))
    return Reply(msgspec.json.encode(found), media_type="application/geo+json")


def get_series(call: Call[AskSeries]) -> TellFigures:
    """Give figures per step of the city's own time: a day has 23 or 25 hours when the clock changes."""
    ask = call.ask
    time = ask.time or store.get_version(call.actor, ask.dataset, ask.version).time
    if not time:
        raise wrong("This dataset has no column of dates or times.", where="time")
    rows = store.series(call.actor, ask.dataset, time, ask.value, ask.step, tuple(ask.where), ask.version, ask.aggregate)
    return TellFigures((time, *(ask.value or ("rows",))), rows)


def get_tally(call: Call[AskTally]) -> TellFigures:
    """Give a figure for each value of a column, the largest first."""
    ask = call.ask
    rows = store.tally(call.actor, ask.dataset, ask.column, ask.value, ask.aggregate, ask.limit, tuple(ask.where), ask.version)
    return TellFigures((ask.column, ask.value or "rows"), rows)


def get_tile(call: Call[AskTile]) -> Reply:
    """Give a Mapbox vector tile; 204 where nothing is. Dense tiles below zoom 15 are thinned, the same way each time."""
    ask = call.ask
    headers = {"Cache-Control": "private, max-age=300" if call.actor.known else "public, max-age=300"}
    if "if-none-match" in call.headers:
        for etag in store.tile_tags(call.actor, ask.dataset, ask.version):
            if unchanged(call.headers, etag):
                return Reply(status=304, headers={**headers, "ETag": etag})
    made = store.tile(call.actor, ask.dataset, ask.z, ask.x, ask.y, ask.version, packed="gzip" in call.headers.get("accept-encoding", ""))
    headers |= {"ETag": made.etag, **({"Content-Encoding": made.packing} if made.packing else {})}
    return Reply(made.content, 200 if made.content else 204, "application/vnd.mapbox-vector-tile", headers)


def get_archive(call: Call[AskDataset]) -> Reply:
    """Give all vector tiles of a version as one PMTiles file, or the parts that `Range` asks for, so that a map reads it where it lies."""
    path, etag = store.archive(call.actor, call.ask.dataset, call.ask.version)
    made = of_file(path, etag, call.headers, "application/vnd.pmtiles")
    made.headers["Cache-Control"] = "private, max-age=300" if call.actor.known else "public, max-age=300"
    return counted(call.ask.dataset, made)


def post_table(call: Call[AskPublish]) -> TellPublished:
    """Publish the body as the dataset's next version: CSV, JSON, JSON lines, GeoJSON or Parquet, plain, gzip or zip."""
    ask = call.ask
    spec = Spec(
        **{name: getattr(ask, name) for name in ask.__struct_fields__ if name not in ("dataset", "level", "columns", "name")},
        name=ask.name or f"{ask.dataset}.{ask.form}".rstrip("."),
        level=Level[ask.level.upper()],
        columns=tuple(_level_of(text) for text in ask.columns),
    )
    announce(RowsComing(ask.dataset))
    done = store.publish(call.actor, ask.dataset, call.body, spec)
    faults = [TellFault(fault.where, fault.what) for fault in done.faults]
    return TellPublished(_told(done.version), done.changed, done.read, done.kept, done.set_aside, faults)


def _level_of(text: str) -> ColumnSpec:
    name, _, level = text.rpartition(":")
    if not name or level.upper() not in Level.__members__:
        raise wrong(f"{text[:100]!r} gives no level. Write column:public, column:shared or column:personal.", where="columns")
    return ColumnSpec(name, level=Level[level.upper()])


def _get(path: str, call: Any, ask: type, gives: Any, summary: str, **more: Any) -> Route:
    return Route(method="GET", path=path, call=call, audience=_SEE, ask=ask, gives=gives, summary=summary, tags=_TAGS, **more)


ROUTES = (
    _get("/api/tables", list_tables, AskList, TellVersions, "Datasets that have versions"),
    _get("/api/tables/{dataset}", get_table, AskDataset, TellVersion, "A dataset's columns and profile"),
    _get("/api/tables/{dataset}/versions", list_table_versions, AskVersions, TellVersions, "A dataset's versions"),
    _get("/api/tables/{dataset}/compare", compare_versions, AskDifference, Difference, "What changed between two versions"),
    _get("/api/tables/{dataset}/rows", get_rows, AskRows, TellRows, "Rows of a dataset"),
    _get("/api/tables/{dataset}/export/{form}", get_export, AskExport, None, "Download a dataset", media_type="application/octet-stream"),
    _get("/api/tables/{dataset}/features", get_features, AskFeatures, dict[str, Any], "Shapes in a box", media_type="application/geo+json"),
    _get("/api/tables/{dataset}/series", get_series, AskSeries, TellFigures, "Figures per step of time"),
    _get("/api/tables/{dataset}/tally", get_tally, AskTally, TellFigures, "Figures per value of a column"),
    _get("/tiles/tables/{dataset}.pmtiles", get_archive, AskDataset, None, "All vector tiles of a dataset", media_type="application/vnd.pmtiles"),
    _get(
        "/tiles/tables/{dataset}/{z}/{x}/{y}.mvt",
        get_tile,
        AskTile,
        None,
        "A vector tile of a dataset",
        media_type="application/vnd.mapbox-vector-tile",
    ),
    Route(
        method="POST",
        path="/api/tables/{dataset}",
        call=post_table,
        audience=_EDIT,
        ask=AskPublish,
        takes=bytes,
        gives=TellPublished,
        limit=LARGEST,
        summary="Publish a version of a dataset",
        tags=_TAGS,
    ),
)
