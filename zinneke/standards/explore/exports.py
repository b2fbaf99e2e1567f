"""Everything at once: the records of a dataset as files, however many there are."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Protocol

import msgspec
from msgspec import Meta

from zinneke.foundations.tables import store
from zinneke.foundations.tables.exports import MOVED
from zinneke.foundations.tables.sheets import write_rows
from zinneke.foundations.tables.values import Form
from zinneke.foundations.tables.values import Layout as TableLayout
from zinneke.foundations.territory.crs import CODES
from zinneke.kernel.resuming import counted, resumable
from zinneke.kernel.route import Call, Reply
from zinneke.kernel.spreadsheet import guard
from zinneke.standards.explore import linked
from zinneke.standards.explore.datasets import ROOT, AskDataset, AskRecords, clauses_of, language_of
from zinneke.standards.explore.faults import misfit
from zinneke.standards.explore.meaning import Sense
from zinneke.standards.explore.moments import zone_of
from zinneke.standards.explore.question import MOST_GROUPS, Asked, understand
from zinneke.standards.explore.records import Link, fields, writer

_FLAT = ("csv", "xlsx")
OURS = {"json": "application/json", "jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
"""Forms in which fields have the names and values that clients of this interface know."""
FORMS: dict[str, Form] = {
    "geojson": "geojson", "parquet": "parquet", "xlsx": "xlsx", "shp": "shp", "kml": "kml", "gpx": "gpx", "fgb": "fgb", "gpkg": "gpkg",
}  # fmt: skip
"""Forms of the house, by the name that they have here."""


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Delimiter = Annotated[str, Meta(min_length=1, max_length=1)]


class AskExport(AskRecords):
    """Which records, as what. Of CSV: the delimiter, whether a byte order mark comes first, labels instead of names, every text quoted.

    `compressed` gives the file through gzip; `epsg` is the system of coordinates.
    """

    format: Literal[
        "csv", "fgb", "geojson", "gpkg", "gpx", "ical", "json", "jsonl", "jsonld", "kml", "n3", "parquet", "rdfxml", "shp", "turtle", "xlsx"
    ] = "json"  # fmt: skip
    limit: int = -1
    delimiter: Delimiter = ";"
    list_separator: Delimiter = ","
    with_bom: bool = True
    use_labels: bool = False
    quote_all: bool = False
    compressed: bool = False
    epsg: int = 4326


class Layout(Protocol):
    """How CSV is written."""

    delimiter: str
    quote_all: bool
    with_bom: bool


class TellExports(msgspec.Struct):
    """The forms in which records can be had."""

    links: list[Link]


def get_exports(call: Call[AskDataset]) -> TellExports:
    """Give the addresses of the exports of a dataset."""
    version = store.get_version(call.actor, call.ask.dataset_id)
    address = f"{call.base}{ROOT}/datasets/{call.ask.dataset_id}/exports"
    told = (name for name in linked.MEDIA_TYPES if name != "ical" or linked.calendar_columns(version)[0])
    names = sorted({*OURS, *told, *(name for name, form in FORMS.items() if version.geometry or form in ("parquet", "xlsx"))})
    return TellExports([Link("self", address), *(Link(name, f"{address}/{name}") for name in names)])


def get_export(call: Call[AskExport]) -> Reply:
    """Give every record that matches (or so many from an offset on), streamed; groups are at most 20,000."""
    ask = call.ask
    version = store.get_version(call.actor, ask.dataset_id)
    sense = Sense(version, zone_of(ask.timezone), language_of(call))
    grouped = any(part.strip() for part in ask.group_by)
    clauses = clauses_of(ask, MOST_GROUPS if grouped else 0)
    asked = understand(clauses, sense)
    if ask.epsg != 4326 and (ask.format not in MOVED or ask.epsg not in CODES):
        raise misfit("epsg", f"{ask.epsg} was found; {', '.join(MOVED)} take {', '.join(map(str, CODES))}, other files hold coordinates in 4326.")
    part = asked.groups is not None or bool(asked.query.computed) or bool(ask.offset) or ask.limit >= 0
    if ask.format in FORMS and not (ask.format == "xlsx" and (part or ask.use_labels)):
        if part:
            raise misfit("format", f"{ask.format} takes whole records; use csv, json, jsonl or xlsx.")
        made = store.export(call.actor, ask.dataset_id, FORMS[ask.format], asked.query, version.number, TableLayout(crs=ask.epsg))
        headers = {"Content-Disposition": f'attachment; filename="{made.filename}"'}
        if ask.compressed:
            return counted(ask.dataset_id, _packed(made.chunks, headers))
        return counted(ask.dataset_id, resumable(made.chunks, made.etag, call.headers, Reply(media_type=made.media_type, headers=headers)))
    if ask.format in linked.MEDIA_TYPES:
        return _linked(call, asked, sense)
    labels = [label for label, _ in asked.labels]
    names = {field.name: field.label for field in fields(version, sense.language)} if ask.use_labels else {}
    told = [names.get(label, label) for label in labels]
    pieces = _pieces(call, asked, sense)
    if ask.format == "xlsx":
        chunks = write_rows(told, (row for piece in pieces for row in piece))
    elif ask.format == "csv":
        chunks = lines_of_csv(told, pieces, ask)
    else:
        chunks = _json(pieces, labels) if ask.format == "json" else _lines(pieces, labels)
    headers = {"Content-Disposition": f'attachment; filename="{ask.dataset_id}.{ask.format}"'}
    if ask.compressed:
        return counted(ask.dataset_id, _packed(chunks, headers))
    return counted(ask.dataset_id, Reply(chunks, media_type=XLSX if ask.format == "xlsx" else OURS[ask.format], headers=headers))


def _linked(call: Call[AskExport], asked: Asked, sense: Sense) -> Reply:
    """Return records as linked data, or as a calendar."""
    ask, version = call.ask, sense.version
    if asked.groups is not None:
        raise misfit("format", f"{ask.format} takes records, and no groups; use csv, json, jsonl or xlsx.")
    computed = {name for name, _ in asked.query.computed}
    labels = tuple((label, "" if name in computed else name) for label, name in asked.labels)
    if ask.format == "ical" and not any(name == linked.calendar_columns(version)[0] for _, name in labels):
        raise misfit("format", "a calendar needs a date or a moment among the fields.")
    stream = store.stream_rows(call.actor, ask.dataset_id, asked.query, version.number, numbered=True)
    pieces = linked.numbered(_cut(stream.pieces, ask.limit), writer(asked, stream.columns, sense))
    chunks = linked.write(ask.format, linked.Records(f"{call.base}{ROOT}/datasets/{ask.dataset_id}", version, labels, pieces))
    headers = {"Content-Disposition": f'attachment; filename="{ask.dataset_id}.{linked.ENDINGS[ask.format]}"'}
    if ask.compressed:
        return counted(ask.dataset_id, _packed(chunks, headers))
    return counted(ask.dataset_id, Reply(chunks, media_type=linked.MEDIA_TYPES[ask.format], headers=headers))


def _packed(chunks: Iterable[bytes], headers: dict[str, str]) -> Reply:
    """Return the same file through gzip."""
    packer = zlib.compressobj(wbits=31)

    def packed(chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            yield packer.compress(chunk)
        yield packer.flush()

    name = headers["Content-Disposition"].rstrip('"')
    return Reply(packed(chunks), media_type="application/gzip", headers={"Content-Disposition": f'{name}.gz"'})


def _pieces(call: Call[AskExport], asked: Asked, sense: Sense) -> Iterator[list[list[Any]]]:
    """Return the values of the records that are asked for, some thousand records at a time."""
    ask, number = call.ask, sense.version.number
    if asked.groups is not None:
        if not asked.groups.limit:
            return iter(())
        found = store.read_groups(call.actor, ask.dataset_id, asked.groups, number)
        return iter([writer(asked, found.columns, sense, ask.format in _FLAT)(found.rows)])
    stream = store.stream_rows(call.actor, ask.dataset_id, asked.query, number)
    told = writer(asked, stream.columns, sense, ask.format in _FLAT)
    return (told(piece) for piece in _cut(stream.pieces, ask.limit))


def _cut(pieces: Iterator[list[Any]], limit: int) -> Iterator[list[Any]]:
    """Yield pieces until so many rows were given; -1 is all of them."""
    for piece in pieces:
        if 0 <= limit <= len(piece):
            yield piece[:limit]
            return
        limit -= len(piece) if limit >= 0 else 0
        yield piece


def lines_of_csv(names: list[str], pieces: Iterable[list[list[Any]]], ask: Layout) -> Iterator[bytes]:
    """Yield CSV, its cells guarded, as an answer says that it is to be written."""

    def written(lines: Any) -> bytes:
        text = io.StringIO(newline="")
        writing = csv.writer(text, delimiter=ask.delimiter, quoting=csv.QUOTE_ALL if ask.quote_all else csv.QUOTE_MINIMAL)
        writing.writerows([guard(cell) for cell in line] for line in lines)
        return text.getvalue().encode()

    if ask.delimiter in '"\r\n':
        raise misfit("delimiter", "a quote or the end of a line cannot stand between columns.")
    yield (b"\xef\xbb\xbf" if ask.with_bom else b"") + written([names])
    for piece in pieces:
        yield written(piece)


def _json(pieces: Iterator[list[list[Any]]], labels: list[str]) -> Iterator[bytes]:
    encoder, comma = msgspec.json.Encoder(), b""
    yield b"["
    for piece in pieces:
        if piece:
            yield comma + b",\n".join(encoder.encode(dict(zip(labels, values, strict=True))) for values in piece)
            comma = b",\n"
    yield b"]\n"


def _lines(pieces: Iterator[list[list[Any]]], labels: list[str]) -> Iterator[bytes]:
    encoder = msgspec.json.Encoder()
    for piece in pieces:
        yield b"".join(encoder.encode(dict(zip(labels, values, strict=True))) + b"\n" for values in piece)
