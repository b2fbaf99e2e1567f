"""The verbs of `tables`: publish a version, find it, read it. What an actor may not see is not in the query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from django.conf import settings

from zinneke.foundations.tables import archives, comparing, exports, figures, files, inspecting, layers, publishing, tiling
from zinneke.foundations.tables.asking import conditions_of, demand_shapes, figure_column, fingerprint, ordered, selected
from zinneke.foundations.tables.conditions import mask, matching
from zinneke.foundations.tables.features import geojson
from zinneke.foundations.tables.findings import Difference, Inspection
from zinneke.foundations.tables.frame import Array, Frame, tuples
from zinneke.foundations.tables.grouping import check, group
from zinneke.foundations.tables.merging import get_merged
from zinneke.foundations.tables.models import VersionRecord
from zinneke.foundations.tables.paging import page, shuffled, skip
from zinneke.foundations.tables.rules import Cursor, check_key, choose_column, read_cursor, write_cursor
from zinneke.foundations.tables.slices import MOST_SLICED, ask, export_slice, read_slice
from zinneke.foundations.tables.terms import computed, scene
from zinneke.foundations.tables.values import (
    GEOMETRY,
    Aggregate,
    BBox,
    Column,
    Export,
    Features,
    Form,
    Grouping,
    Layout,
    Published,
    Query,
    Rows,
    Spec,
    Step,
    Stream,
    Version,
    Where,
)
from zinneke.foundations.tables.versions import find_record, seen_by, version_of, visible
from zinneke.foundations.tables.versions import open_version as _open
from zinneke.foundations.territory import tiles
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.route import verb

MOST_ROWS = 1_000
MOST_FEATURES = 10_000
_PIECE = 4_096
_ALL = Query()


@verb(Right.EDIT, "tables")
def publish(
    actor: Actor, dataset: str, source: Path | bytes, spec: Spec | None = None, held: bool = False, after: int | None = None, waits: bool = False
) -> Published:
    """Read a source and keep it as the dataset's next version, unless it is the same as the current one.

    A first version that is `held` is seen only by those who may edit it, until `release`; later ones are as those before.
    With `after`, the number of the version that was read, nothing is published when there is a newer one: 409. A version that `waits` is
    seen by editors alone, beside the current one, until `settle`.

    Raises `Problem`: 400 when the source cannot be read at all, 413 when it is too large, 401 or 403 without the right.
    """
    return publishing.publish_version(actor, check_key(dataset), source, spec or Spec(), held, after, waits)


@verb(Right.EDIT, "tables")
def settle(actor: Actor, dataset: str, accept: bool, mark: str) -> Version | None:
    """Open the version of a dataset that waits and return it, or forget it. Raises `Problem` 404 when none waits, 409 when another does."""
    record = publishing.settle_waiting(actor, dataset, accept, mark)
    return version_of(record, visible(actor, record)) if accept else None


@verb(Right.EDIT, "tables")
def find_waiting(actor: Actor, dataset: str) -> Version | None:
    """Return the version of a dataset that waits for somebody to look at it, None when there is none that the actor may edit."""
    record = publishing.find_waiting(dataset)
    columns = visible(actor, record) if record else ()
    return version_of(record, columns) if record and columns else None


@verb(Right.EDIT, "tables")
def hold(actor: Actor, dataset: str) -> None:
    """Close a dataset's versions to all but those who may edit them: it is withdrawn. Raises `Problem` 404."""
    publishing.set_held(actor, dataset, True)


@verb(Right.EDIT, "tables")
def release(actor: Actor, dataset: str) -> None:
    """Open a dataset's versions to whoever their levels are open to: it is published. Raises `Problem` 404."""
    publishing.set_held(actor, dataset, False)


@verb(Right.EDIT, "tables")
def discard(actor: Actor, dataset: str) -> int:
    """Delete the versions of a dataset that is held: its draft was given up. Returns how many; raises `Problem` 409 for published ones."""
    return publishing.discard_versions(actor, dataset)


@verb(Right.EDIT, "tables")
def check_source(actor: Actor, source: Path | bytes, spec: Spec | None = None, least: int = 0) -> Inspection:
    """Return what a source would become when it is published so, for correction; keeps nothing.

    With `spec.quasi`, counts the rows in groups of fewer than `least`. Raises `Problem` when the source cannot be read at all.
    """
    return inspecting.inspect(source, spec or Spec(), least)


@verb(Right.EDIT, "tables")
def check_closed(actor: Actor, source: Path | bytes, spec: Spec) -> Spec:
    """Return the spec with every column in which people are recognised as closed as that suggests; keeps nothing."""
    return inspecting.close(source, spec)


@verb(Right.EDIT, "tables")
def check_parts(actor: Actor, source: Path) -> list[str]:
    """Return the files inside a zip archive or the sheets of a workbook, of which one is to be chosen; nothing for other sources."""
    return inspecting.list_parts(source)


@verb(Right.SEE, "tables")
def list_datasets(actor: Actor, after: str = "", limit: int = 100) -> list[Version]:
    """Return the current version of each dataset that the actor may see something of, by key, after a key."""
    records = VersionRecord.objects.filter(seen_by(actor), current=True, dataset__gt=after).order_by("dataset")[: min(limit, MOST_ROWS)]
    return [version_of(record, visible(actor, record)) for record in records]


@verb(Right.SEE, "tables")
def list_versions(actor: Actor, dataset: str) -> list[Version]:
    """Return every version of a dataset, newest first. Raises `Problem` 404 for a dataset that is not there."""
    records = VersionRecord.objects.filter(seen_by(actor, dataset), dataset=dataset).order_by("-number")
    found = [version_of(record, visible(actor, record)) for record in records]
    if not found:
        raise not_found("dataset", dataset)
    return found


@verb(Right.SEE, "tables")
def find_version(actor: Actor, dataset: str, number: int | None = None) -> Version | None:
    """Return a version, the newest when no number is given, None when there is none that the actor may see."""
    record = find_record(actor, dataset, number)
    return None if record is None else version_of(record, visible(actor, record))


@verb(Right.SEE, "tables")
def compare(actor: Actor, dataset: str, older: int, newer: int, key: str = "") -> Difference:
    """Return what changed from one version to another, of the columns that the actor sees of both; `key` tells rows apart.

    Raises `Problem` 404 for a version that is not there, 400 for a key that does not tell rows apart, 413 for too many rows.
    """
    first, second = find_record(actor, dataset, older), find_record(actor, dataset, newer)
    if first is None or second is None:
        raise not_found("version of this dataset", older if first is None else newer)
    paths = files.path_of(dataset, first.number, first.digest), files.path_of(dataset, second.number, second.digest)
    return comparing.compare(*paths, visible(actor, first), visible(actor, second), key, (first.rows, second.rows))


@verb(Right.SEE, "tables")
def get_version(actor: Actor, dataset: str, number: int | None = None) -> Version:
    """Return a version, the newest when no number is given. Raises `Problem` 404."""
    record, columns, _ = _open(actor, dataset, number)
    return version_of(record, columns)


@verb(Right.SEE, "tables")
def read_rows(actor: Actor, dataset: str, query: Query | None = None, number: int | None = None) -> Rows:
    """Return a page of rows, at most 1,000, and the exact number that match.

    Raises `Problem` 404 for a dataset that is not there, 400 for a query that cannot be answered.
    """
    query = query or _ALL
    record, columns, frame, cursor = _begin(actor, dataset, query, number)
    if not 1 <= query.limit <= MOST_ROWS:
        raise wrong(f"`limit` goes from 1 to {MOST_ROWS:,}.", where="limit")
    names = selected(columns, query.columns)
    order = [(frame.held(name), down) for name, down in ordered(columns, query.order)]
    asked = conditions_of(frame, columns, query.where, query.bbox, query.zone)
    if query.offset or query.shuffle is not None:
        (rows, total), place = skip(frame, asked, order, query.limit, query.offset, query.shuffle), -1
    else:
        rows, total, place = page(frame, asked, order, query.limit, cursor.place)
    following = write_cursor(Cursor(record.number, cursor.asked, place)) if place >= 0 else ""
    if not query.computed:
        return Rows(tuple(names), tuples(frame, names, rows), total, following)
    found = computed(scene(frame, columns, query.zone or settings.CITY_ZONE), query.computed, rows)
    told = zip(*(frame.held(name).cells(rows) for name in query.columns and names), *found, strict=True)
    return Rows((*(query.columns and names), *(name for name, _ in query.computed)), list(told), total, following)


@verb(Right.SEE, "tables")
def stream_rows(actor: Actor, dataset: str, query: Query | None = None, number: int | None = None, numbered: bool = False) -> Stream:
    """Return every row that matches, some thousand at a time, `numbered` with its place behind its cells; `limit` and `after` do not count."""
    query = query or _ALL
    _, columns, frame = _open(actor, dataset, number)
    names = query.columns and selected(columns, query.columns) or ([] if query.computed else selected(columns, ()))
    order = [(frame.held(name), down) for name, down in ordered(columns, query.order)]
    rows = matching(frame, conditions_of(frame, columns, query.where, query.bbox, query.zone), order)
    rows = (rows if query.shuffle is None else shuffled(rows, query.shuffle))[query.offset :]
    place = scene(frame, columns, query.zone or settings.CITY_ZONE)
    computed(place, query.computed, rows[:0])

    def pieces() -> Iterator[list[tuple[Any, ...]]]:
        for some in (rows[start : start + _PIECE] for start in range(0, len(rows), _PIECE)):
            cells = [*(frame.held(name).cells(some) for name in names), *computed(place, query.computed, some)]
            yield list(zip(*cells, *([(some + 1).tolist()] if numbered else []), strict=True))

    return Stream((*names, *(name for name, _ in query.computed), *([""] if numbered else [])), pieces(), len(rows))


@verb(Right.SEE, "tables")
def read_groups(actor: Actor, dataset: str, grouping: Grouping, number: int | None = None) -> Rows:
    """Return groups of the rows that match, with figures of each: at most 20,000 from an offset on, and how many groups there are.

    Raises `Problem` 404 for a dataset that is not there, 400 for a question that cannot be answered.
    """
    check(grouping)
    _, columns, frame = _open(actor, dataset, number)
    rows = matching(frame, conditions_of(frame, columns, grouping.where, grouping.bbox, grouping.zone))
    groups, total = group(scene(frame, columns, grouping.zone or settings.CITY_ZONE), grouping, rows)
    return Rows(grouping.names, groups, total)


@verb(Right.SEE, "tables")
def export(actor: Actor, dataset: str, form: Form, query: Query | None = None, number: int | None = None, layout: Layout | None = None) -> Export:
    """Return all rows that match as a file, in chunks; `limit` and `after` of the query do not count.

    `layout` says how CSV is written. Raises `Problem` as `read_rows` does, 413 for more rows than a form can hold.
    """
    query, layout = query or _ALL, layout or Layout()
    record, columns, frame = _open(actor, dataset, number)
    version = version_of(record, columns)
    exports.check(form, version, layout)
    names = selected(columns, query.columns or tuple(column.name for column in columns))
    if form in exports.SHAPED and GEOMETRY not in names:
        names = [*names, GEOMETRY]
    asked = conditions_of(frame, columns, query.where, query.bbox, query.zone)
    order = [(frame.held(name), down) for name, down in ordered(columns, query.order)]
    rows = matching(frame, asked, order) if order else None
    found = mask(frame, asked) if rows is None else None
    count = len(rows) if rows is not None else frame.rows if found is None else int(np.count_nonzero(found))
    parts = exports.Parts(names, count, pq.read_schema(frame.parquet), lambda: exports.batches(frame, names, found, rows))
    etag = exports.etag_of(form, version, names, query, layout)
    return Export(exports.write(form, parts, version, layout), exports.MEDIA_TYPES[form], f"{dataset}-{record.number}.{exports.ENDINGS[form]}", etag)


@verb(Right.SEE, "tables")
def features(
    actor: Actor, dataset: str, bbox: BBox | None = None, limit: int = 1000, number: int | None = None, where: Sequence[Where | str] = ()
) -> dict[str, Any]:
    """Return what touches a box as a GeoJSON FeatureCollection of at most 10,000 features, with the number that matched.

    Raises `Problem` 400 for a dataset without shapes.
    """
    _, columns, frame = _open(actor, dataset, number)
    demand_shapes(dataset, columns)
    if not 1 <= limit <= MOST_FEATURES:
        raise wrong(f"`limit` goes from 1 to {MOST_FEATURES:,}.", where="limit")
    rows, total, _ = page(frame, conditions_of(frame, columns, where, bbox), (), limit, 0)
    names = [column.name for column in columns]
    return layers.feature_collection([dict(zip(names, row, strict=True)) for row in tuples(frame, names, rows)], total)


@verb(Right.SEE, "tables")
def read_features(
    actor: Actor, dataset: str, query: Query | None = None, number: int | None = None, crs: int = 4326, flipped: bool = False
) -> Features:
    """Return a page of at most 10,000 rows as features with their properties and shapes (null where a row has none) in one of the known systems.

    Raises `Problem` as `read_rows` does.
    """
    query = query or _ALL
    record, columns, frame, cursor = _begin(actor, dataset, query, number)
    if not 1 <= query.limit <= MOST_FEATURES:
        raise wrong(f"`limit` goes from 1 to {MOST_FEATURES:,}.", where="limit")
    order = [(frame.held(name), down) for name, down in ordered(columns, query.order)]
    rows, total, place = page(frame, conditions_of(frame, columns, query.where, query.bbox), order, query.limit, cursor.place)
    following = write_cursor(Cursor(record.number, cursor.asked, place)) if place >= 0 else ""
    return _features(record, columns, frame, rows, selected(columns, query.columns), (total, following), (crs, flipped))


@verb(Right.SEE, "tables")
def get_feature(actor: Actor, dataset: str, id: str, crs: int = 4326, flipped: bool = False) -> Features:
    """Return one feature by its identifier, `version.row`. Raises `Problem` 404 where there is none."""
    number, _, row = id.partition(".")
    if not all(each.isascii() and each.isdigit() and len(each) < 10 and each != "0" for each in (number, row)):
        raise not_found("feature", id[:50])
    record, columns, frame = _open(actor, dataset, int(number))
    if not 1 <= int(row) <= frame.rows:
        raise not_found("feature", id)
    return _features(record, columns, frame, np.array([int(row) - 1]), selected(columns, ()), (1, ""), (crs, flipped))


def _features(
    record: VersionRecord,
    columns: tuple[Column, ...],
    frame: Frame,
    rows: Array,
    names: Sequence[str],
    ends: tuple[int, str],
    system: tuple[int, bool],
) -> Features:
    shaped = GEOMETRY in {column.name for column in columns}
    shapes = geojson(frame, rows, *system) if shaped else [None] * len(rows)
    names = [name for name in names if name != GEOMETRY]
    ids = [f"{record.number}.{row + 1}" for row in rows.tolist()]
    return Features(ids, shapes, tuple(names), tuples(frame, names, rows), *ends, version_of(record, columns))


@verb(Right.SEE, "tables")
def tile(actor: Actor, dataset: str, z: int, x: int, y: int, number: int | None = None, packed: bool = False) -> tiling.Tile:
    """Return a Mapbox vector tile whose layer has the dataset's key; `packed` with gzip where that makes it smaller."""
    tiles.check(z, x, y)
    record, columns, frame = _open(actor, dataset, number)
    demand_shapes(dataset, columns)
    return tiling.tile(frame, record.digest, dataset, [column.name for column in columns], z, x, y, packed)


@verb(Right.SEE, "tables")
def tile_tags(actor: Actor, dataset: str, number: int | None = None) -> tuple[str, str]:
    """Return the entity tags that every tile of a version has for this actor, plain and packed, without drawing one."""
    record, columns, _ = _open(actor, dataset, number)
    demand_shapes(dataset, columns)
    names = [column.name for column in columns]
    return tiling.etag_of(record.digest, names, False), tiling.etag_of(record.digest, names, True)


@verb(Right.SEE, "tables")
def archive(actor: Actor, dataset: str, number: int | None = None) -> tuple[Path, str]:
    """Return the file of a version's vector tiles (PMTiles), built when it is first asked for, and its entity tag."""
    record, columns, frame = _open(actor, dataset, number)
    demand_shapes(dataset, columns)
    etag = tiling.etag_of(record.digest, [column.name for column in columns], False)
    place = files.columns_folder(dataset, record.digest) / f"{etag.strip(chr(34))}.pmtiles"
    return archives.archive(frame, version_of(record, columns), columns, place), etag


@verb(Right.SEE, "tables")
def series(
    actor: Actor,
    dataset: str,
    time: str,
    values: Sequence[str],
    step: Step = "day",
    where: Sequence[Where | str] = (),
    number: int | None = None,
    aggregate: Aggregate = "mean",
) -> list[tuple[Any, ...]]:
    """Return (start of the step in local time, figure of each value column) per step, or (start, count of rows) without values."""
    _, columns, frame = _open(actor, dataset, number)
    column = choose_column(columns, time, "time")
    if column.type not in ("date", "timestamp"):
        raise wrong(f"Column {time!r} is {column.type}; a series needs a date or a timestamp.", where="time")
    if aggregate not in Aggregate.__args__:  # type: ignore[attr-defined]
        raise wrong(f"{aggregate!r} is no aggregate. Use count, sum, mean, min or max.", where="aggregate")
    held = [figure_column(frame, columns, name) for name in values]
    found = mask(frame, conditions_of(frame, columns, where, None))
    return figures.per_step(frame.held(time), held, step, aggregate, found, settings.CITY_ZONE)


@verb(Right.SEE, "tables")
def tally(
    actor: Actor,
    dataset: str,
    column: str,
    value: str | None = None,
    aggregate: Aggregate = "count",
    limit: int = 20,
    where: Sequence[Where | str] = (),
    number: int | None = None,
) -> list[tuple[Any, float]]:
    """Return (label, figure) for each value of a column, the largest figure first: the count of rows, or a figure of another column."""
    _, columns, frame = _open(actor, dataset, number)
    if choose_column(columns, column, "column").type == "geometry":
        raise wrong("Shapes cannot be counted by value. Choose another column.", where="column")
    if aggregate not in Aggregate.__args__:  # type: ignore[attr-defined]
        raise wrong(f"{aggregate!r} is no aggregate. Use count, sum, mean, min or max.", where="aggregate")
    if aggregate != "count" and value is None:
        raise wrong(f"Say with `value` of which column to take the {aggregate}.", where="value")
    held = None if value is None else figure_column(frame, columns, value)
    found = mask(frame, conditions_of(frame, columns, where, None))
    return figures.per_value(frame.held(column), held, aggregate, max(1, min(limit, MOST_ROWS)), found)


def _begin(actor: Actor, dataset: str, query: Query, number: int | None) -> tuple[VersionRecord, tuple[Column, ...], Frame, Cursor]:
    """Open the version that a query is about, the one that its cursor holds on to if it has one, and the place where its page begins."""
    asked = fingerprint(query)
    cursor = read_cursor(query.after) if query.after else Cursor(number or 0, asked, 0)
    if query.after and (cursor.asked != asked or number not in (None, cursor.number)):
        raise wrong("This `after` belongs to another query. Begin again without it, or ask the same as before.", where="after")
    return *_open(actor, dataset, cursor.number or number), cursor


__all__ = ["MOST_SLICED", "ask", "export_slice", "get_merged", "read_slice"]
"""What the store gathers from the room, beside its own."""
