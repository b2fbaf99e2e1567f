"""Where data come from besides a file: a web address, a table of a database, what sensors measured. Each becomes a file that the flow reads.

A database's address is kept sealed, and shown without host, user and password. What sensors measured is read with the rights of whoever
asked for it, each time anew.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from zinneke.foundations import databases
from zinneke.foundations.databases import Broken, Field, Relation
from zinneke.foundations.fetching import Answer, Fetcher, check_address
from zinneke.foundations.identity import store as identity
from zinneke.foundations.identity import vault
from zinneke.foundations.observations import store as observations
from zinneke.foundations.tables.values import ColumnSpec
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import SYSTEM, Actor, Level, strictest
from zinneke.kernel.period import city_zone, read_moment
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.solution import Reading, Series
from zinneke.kernel.text import Text
from zinneke.office.publishing.rules import LARGEST

MOST_ROWS = 5_000_000
SECONDS = 600
"""How long an address may send."""
LONGEST_PERIOD = 3_660
"""Days of measurements that are published together."""
_TEXT = re.compile(r"char|text|clob|uuid|enum|string|citext", re.IGNORECASE)


class FromWeb(msgspec.Struct, frozen=True, tag="web"):
    """What is at a public web address."""

    address: str


class FromDatabase(msgspec.Struct, frozen=True, tag="database"):
    """A table or view of a database; "" as long as none is chosen."""

    address: str
    table: str = ""


class FromStreams(msgspec.Struct, frozen=True, tag="streams"):
    """A reading of a solution, at all its stations or at one (`thing`): over the last `days`, or from a day on, until another."""

    solution: str
    reading: str
    thing: str = ""
    days: int = 0
    start: str = ""
    end: str = ""


Source = FromWeb | FromDatabase | FromStreams
_decode = msgspec.json.Decoder(Source).decode


class Brought(msgspec.Struct, frozen=True):
    """What came: the name of the file, what is known of its columns, and the level below which none of them opens by itself."""

    name: str
    columns: tuple[ColumnSpec, ...] = ()
    floor: Level = Level.PUBLIC
    answer: Answer | None = None


def seal(source: Source, owner: str) -> str:
    """Return a source as it may be kept."""
    return vault.seal(msgspec.json.encode(source).decode(), owner)


def unseal(sealed: str, owner: str) -> Source:
    """Return what was sealed. Raises `Problem` 409 when the platform's key has changed since."""
    if (found := vault.unseal(sealed, owner)) is None:
        raise Problem(409, "Not readable", "The address can no longer be read, since the platform’s key has changed. Publish from it anew.")
    return _decode(found)


def told(source: Source) -> str:
    """Return where data come from as people may read it."""
    match source:
        case FromWeb(address):
            return address
        case FromDatabase(address, table):
            return f"{databases.shown(address)}, {table}" if table else databases.shown(address)
        case FromStreams():
            of = "/".join(each for each in (source.solution, source.reading, source.thing) if each)
            period = f"last {source.days} days" if source.days else f"{source.start} – {source.end or 'now'}"
            return f"{of}, {period}"


def check(actor: Actor, source: Source) -> Source:
    """Return a source in the form in which it is read. Raises `Problem` 400 naming the field for one that may not be asked."""
    match source:
        case FromWeb(address):
            check_address(address)
        case FromDatabase(address, table):
            if actor is not SYSTEM:
                return FromDatabase(databases.check_address(address), table)
            databases.engine_of(address)
        case FromStreams():
            _reading(source)
            _period(source, datetime.now(UTC))
            if not _streams(actor, source, 1):
                raise wrong("Nothing was measured there that you may see.", where="streams")
    return source


def acting(person: int | None) -> Actor:
    """Return who a refresh acts for: whoever set it up, as far as they may still do it, or the platform. Raises `Problem` 409."""
    if person is None:
        return SYSTEM
    if (actor := identity.actor_of_person(person)) is None:
        raise Problem(409, "Not here any more", "Whoever set this up is here no more. Set it up again in your own name.")
    return actor


def list_relations(source: FromDatabase) -> list[Relation]:
    """Return the tables and views of a database. Raises `Problem` 502 when it does not answer."""
    try:
        with databases.opened(source.address) as (ask, engine):
            return list(databases.read_relations(ask, engine))
    except Broken as fault:
        raise Problem(502, "Not reached", f"The database did not answer: {fault}.", where="database") from None


def bring(actor: Actor, source: Source, path: Path, etag: str = "", modified: str = "") -> Brought:
    """Write what a source holds now to a file. Raises `Problem` 400, 403, 413 or 502 for what keeps it from coming."""
    checked = check(actor, source)
    match checked:
        case FromWeb(address):
            with Fetcher("publishes data", most=LARGEST, seconds=SECONDS, again=()) as fetcher:
                answer = fetcher.save(address, path, etag=etag, modified=modified)
            return Brought(_file_name(answer.address, path), answer=answer)
        case FromDatabase():
            return _table(checked, path)
        case FromStreams():
            return _measured(actor, checked, path)


def _file_name(address: str, path: Path) -> str:
    """Return how a file from the web is called; many servers tell of a `.gz` that it is packed for the way alone, and it comes unpacked."""
    name = address.partition("?")[0].rstrip("/").rpartition("/")[2] or "data"
    if not name.lower().endswith(".gz") or not path.is_file():
        return name
    with path.open("rb") as file:
        return name if file.read(2) == b"\x1f\x8b" else name[:-3] or "data"


def _table(source: FromDatabase, path: Path) -> Brought:
    """Write a table, in the order of its key where it has one, so that the same rows are the same file."""
    try:
        with databases.opened(source.address) as (ask, engine):
            found = next((each for each in list(databases.read_relations(ask, engine)) if each.name == source.table), None)
            if found is None:
                raise wrong(f"The database has no table {source.table[:200]} that this user may read.", where="table")
            quoted = engine.dialect.quoted
            keys = ", ".join(quoted(each.name) for each in found.fields if each.key)
            columns, order = ", ".join(quoted(each.name) for each in found.fields), f" ORDER BY {keys}" if keys else ""
            question = f"SELECT {columns} FROM {found.spelled}{order} LIMIT {MOST_ROWS + 1}"  # noqa: S608 the engine's own names, quoted
            _write(path, [each.name for each in found.fields], ask(question))
    except Broken as fault:
        raise Problem(502, "Not reached", f"The database did not answer: {fault}.", where="database") from None
    typed = () if engine.name == "SQLite" else tuple(_texts(found.fields))  # which has no type for dates: they are texts there
    return Brought(f"{source.table.rpartition('.')[2]}.csv", typed)


def _texts(fields: Sequence[Field]) -> Iterator[ColumnSpec]:
    """Yield the columns that are texts in the database: codes and numbers in them stay as they are written."""
    for each in fields:
        name = " ".join(each.name.split())
        if _TEXT.search(each.type) and name == each.name and name not in ("geometry", "bbox") and len(name) <= 200:
            yield ColumnSpec(name=name, type="text")


def _write(path: Path, header: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    """Write rows as CSV. Raises `Problem` 413 for too many rows or bytes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number, row in enumerate(rows, 1):
            writer.writerow([_cell(value) for value in row])
            if number > MOST_ROWS or (number % 1_000 == 0 and file.tell() > LARGEST):
                raise Problem(413, "Too large", f"The table has more than {MOST_ROWS:,} rows or {LARGEST // 1_000_000} MB; that is not taken.")


def _cell(value: Any) -> Any:
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case bytes() | bytearray() | memoryview():
            return _shape(bytes(value)) or f"({len(value):,} bytes)"
        case dict() | list():
            return msgspec.json.encode(value, enc_hook=str).decode()
    return value


def _shape(value: bytes) -> str:
    """Return a shape as hexadecimal digits: WKB, or what MySQL keeps, which has the number of the coordinate system before it; "" for other bytes."""
    if len(value) > 1_000_000:
        return ""
    if value[4:5] == b"\1" and value[5:9] in _WKB_KINDS[b"\1"]:  # the number goes behind the kind, as PostGIS writes it
        kind = int.from_bytes(value[5:9], "little") | 0x20000000
        return (b"\1" + kind.to_bytes(4, "little") + value[:4] + value[9:]).hex() if any(value[:4]) else value[4:].hex()
    if value[:1] in (b"\0", b"\1") and value[1:5] in _WKB_KINDS[value[:1]]:
        return value.hex()
    return ""


_WKB_KINDS = {
    mark: {(kind | flags).to_bytes(4, order) for kind in range(1, 8) for flags in (0, 0x20000000, 0x80000000, 0xA0000000)}  # type: ignore[arg-type]
    for mark, order in ((b"\0", "big"), (b"\1", "little"))
}
"""The kinds of shapes as the four bytes after the order of bytes say them."""


def _reading(source: FromStreams) -> Reading:
    solution = registry.solutions().get(source.solution)
    found = next((each for asset in solution.assets for each in asset.readings if each.key == source.reading), None) if solution else None
    if found is None:
        raise wrong("Choose what was measured.", where="streams")
    return found


def _period(source: FromStreams, now: datetime) -> tuple[datetime, datetime]:
    """Return the moments from and until which: days are the city's, and the last one counts."""
    if source.days:
        if not 1 <= source.days <= LONGEST_PERIOD:
            raise wrong(f"Give a number of days from 1 to {LONGEST_PERIOD:,}.", where="period")
        return now - timedelta(days=source.days), now
    try:
        start = read_moment(source.start, city_zone())
        end = read_moment(source.end, city_zone()) + timedelta(days=1) if source.end else now
    except Problem:
        raise wrong("Give the days as 2026-11-23.", where="period") from None
    if not timedelta() < end - start <= timedelta(days=LONGEST_PERIOD):
        raise wrong("The period is empty or longer than ten years.", where="period")
    return start, end


def _streams(actor: Actor, source: FromStreams, limit: int = 1_000_000) -> list[Any]:
    thing = f"{source.solution}/{source.thing}" if source.thing else None
    return list(observations.list_streams(actor, solution=source.solution, reading=source.reading, thing=thing, limit=limit))


def _measured(actor: Actor, source: FromStreams, path: Path) -> Brought:
    reading, (start, end) = _reading(source), _period(source, datetime.now(UTC))
    thing = f"{source.solution}/{source.thing}" if source.thing else None
    floor = strictest(each.level for each in _streams(actor, source))
    series = observations.series(actor, source.solution, source.reading, start, end, thing=thing)
    if not any(len(each.times) for each in series):
        raise wrong("Nothing was measured there in that period.", where="period")
    rows = sorted(((moment, each.asset, value, each) for each in series for moment, value in zip(each.times, each.values, strict=True)), key=_first)
    _write(path, tuple(_LABELS), (_observed(*row) for row in rows))
    labels = {**_LABELS, "value": reading.name}
    columns = (ColumnSpec(name=name, label=label.as_dict(), unit=reading.unit if name == "value" else "") for name, label in labels.items())
    texts = (msgspec.structs.replace(each, type="text") if each.name in ("station", "name_fr", "name_nl") else each for each in columns)
    return Brought(f"{source.solution}-{source.reading}.csv", tuple(texts), floor)


def _first(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row[:2]


def _observed(moment: datetime, station: str, value: float, each: Series) -> tuple[Any, ...]:
    return moment, station, each.name.fr, each.name.nl, value, *(each.place or (None, None))


_LABELS = {
    "time": Text("moment", "tijdstip", "time"),
    "station": Text("station", "station", "station"),
    "name_fr": Text("nom en français", "naam in het Frans", "name in French"),
    "name_nl": Text("nom en néerlandais", "naam in het Nederlands", "name in Dutch"),
    "value": Text("valeur", "waarde", "value"),
    "lon": Text("longitude", "lengtegraad", "longitude"),
    "lat": Text("latitude", "breedtegraad", "latitude"),
}
