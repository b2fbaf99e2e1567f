"""Records as linked data (Turtle, N3, RDF/XML, JSON-LD) and as a calendar, written as they come.

Each record is named by its own address, each field by the address of its dataset, a number sign and its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from json.encoder import encode_basestring
from math import isfinite, isnan
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec
import shapely

from zinneke.foundations.tables.values import Version

MEDIA_TYPES = {
    "turtle": "text/turtle; charset=utf-8", "n3": "text/n3; charset=utf-8", "rdfxml": "application/rdf+xml", "jsonld": "application/ld+json",
    "ical": "text/calendar; charset=utf-8",
}  # fmt: skip
ENDINGS = {"turtle": "ttl", "n3": "n3", "rdfxml": "rdf", "jsonld": "jsonld", "ical": "ics"}
_XSD, _RDF, _RDFS = "http://www.w3.org/2001/XMLSchema#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
_WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"
_KINDS = {"boolean": "boolean", "integer": "integer", "decimal": "double", "date": "date", "timestamp": "dateTime"}
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FOLDED = 74
"""Bytes of a line of a calendar before its end."""
Rows = Iterable[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Records:
    """What is told: the address of the dataset, its version, the labels with the columns they are read from, and pieces of numbers and values."""

    address: str
    version: Version
    labels: tuple[tuple[str, str], ...]
    pieces: Iterator[list[tuple[int, Sequence[Any]]]]

    @property
    def names(self) -> list[str]:
        """Return the labels as names that stand in every form: letters, digits, hyphens and low lines, each once."""
        found: dict[str, None] = {}
        for label, _ in self.labels:
            name = plain = re.sub(r"^(?=[\d-])|^$", "_", re.sub("[^A-Za-z0-9_-]", "_", label))
            times = 1
            while name in found:
                times += 1
                name = f"{plain}_{times}"
            found[name] = None
        return list(found)

    @property
    def datatypes(self) -> list[str]:
        """Return the datatype of each label, "" for texts."""
        return [self._datatype(*each) for each in self.labels]

    def _datatype(self, label: str, column: str) -> str:
        found = self.version.column(column)
        if found is None:
            return ""
        return _WKT if found.type == "geometry" else f"{_XSD}{_KINDS[found.type]}" if found.type in _KINDS else ""

    def subject(self, number: int) -> str:
        """Return the address of a record."""
        return f"{self.address}/records/{self.version.number}.{number}"

    def said(self) -> Iterator[tuple[str, str, str]]:
        """Yield name, language and text of how each field is called."""
        for name, (_, column) in zip(self.names, self.labels, strict=True):
            found = self.version.column(column)
            for language, text in (found.label if found else {}).items():
                yield name, language, text


def write(form: str, told: Records) -> Iterator[bytes]:
    """Return records in one of these forms, in chunks."""
    return {"turtle": _turtle, "n3": _turtle, "rdfxml": _xml, "jsonld": _json, "ical": _calendar}[form](told)


def _datatype(value: Any, known: str) -> str:
    """Return the datatype of a value: that of its column, or of what was computed; "" for a text."""
    if known or isinstance(value, str):
        return known
    kinds = (bool, "boolean"), (int, "integer"), (float, "double"), (date, "date")
    return next((f"{_XSD}{name}" for kind, name in kinds if isinstance(value, kind)), _WKT if isinstance(value, dict) else "")


def _written(value: Any, datatype: str) -> str:
    """Return a value as the text of a literal."""
    if datatype == _WKT:
        return str(_shape(value).wkt)
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else _figure(value) if isinstance(value, float) else str(value)


def _figure(value: float) -> str:
    return repr(value) if isfinite(value) else "NaN" if isnan(value) else "INF" if value > 0 else "-INF"


def _shape(value: Any) -> Any:
    if "lon" in value:
        return shapely.Point(value["lon"], value["lat"])
    return shapely.from_geojson(msgspec.json.encode(value["geometry"]))


def _turtle(told: Records) -> Iterator[bytes]:
    """Write Turtle, of which N3 is more; a string of JSON, with nothing but the escapes that it needs, is one of Turtle too."""
    names, datatypes = told.names, told.datatypes
    yield f"@prefix : <{told.address}#> .\n@prefix rdfs: <{_RDFS}> .\n:Record a rdfs:Class .\n".encode()
    yield "".join(f":{name} rdfs:label {encode_basestring(text)}@{language} .\n" for name, language, text in told.said()).encode()

    def literal(value: Any, known: str) -> str:
        kind = _datatype(value, known)
        return f"{encode_basestring(_written(value, kind))}{f'^^<{kind}>' if kind else ''}"

    def line(number: int, row: Sequence[Any]) -> str:
        facts = [f":{name} {literal(value, kind)}" for name, value, kind in zip(names, row, datatypes, strict=True) if value is not None]
        return f"<{told.subject(number)}> {' ; '.join(['a :Record', *facts])} .\n"

    for piece in told.pieces:
        yield "".join(line(*each) for each in piece).encode()


def _xml(told: Records) -> Iterator[bytes]:
    names, datatypes = told.names, told.datatypes
    own = quoteattr(f"{told.address}#")
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="{_RDF}" xmlns:rdfs="{_RDFS}" xmlns:d={own}>\n'.encode()
    for name, language, text in told.said():
        about = quoteattr(f"{told.address}#{name}")
        yield f'<rdf:Description rdf:about={about}><rdfs:label xml:lang="{language}">{_marked(text)}</rdfs:label></rdf:Description>\n'.encode()

    def element(name: str, value: Any, known: str) -> str:
        kind = _datatype(value, known)
        typed = f' rdf:datatype="{kind}"' if kind else ""
        return f"<d:{name}{typed}>{_marked(_written(value, kind))}</d:{name}>"

    def line(number: int, row: Sequence[Any]) -> str:
        facts = "".join(element(name, value, kind) for name, value, kind in zip(names, row, datatypes, strict=True) if value is not None)
        return f"<d:Record rdf:about={quoteattr(told.subject(number))}>{facts}</d:Record>\n"

    for piece in told.pieces:
        yield "".join(line(*each) for each in piece).encode()
    yield b"</rdf:RDF>\n"


def _marked(text: str) -> str:
    return escape(_NOT_IN_XML.sub("", text))


def _json(told: Records) -> Iterator[bytes]:
    names, datatypes, encoder = told.names, told.datatypes, msgspec.json.Encoder()
    terms = {name: {"@id": name, "@type": kind} if kind else name for name, kind in zip(names, datatypes, strict=True)}
    context = {"@vocab": f"{told.address}#", **{name: term for name, term in terms.items() if isinstance(term, dict)}}
    yield b'{"@context": ' + encoder.encode(context) + b', "@graph": ['
    comma = b"\n"

    def record(number: int, row: Sequence[Any]) -> bytes:
        pairs = zip(names, row, strict=True)
        facts = {name: _written(value, _WKT) if isinstance(value, dict) else value for name, value in pairs if value is not None}
        return encoder.encode({"@id": told.subject(number), "@type": "Record", **facts})

    for piece in told.pieces:
        if piece:
            yield comma + b",\n".join(record(*each) for each in piece)
            comma = b",\n"
    yield b"\n]}\n"


def calendar_columns(version: Version) -> tuple[str, str]:
    """Return the columns that begin an event and name it: the main time, else the first date or moment, and the first text; "" without any."""
    times = [each.name for each in version.columns if each.type in ("date", "timestamp")]
    begins = version.time if version.time in times else next(iter(times), "")
    return begins, next((each.name for each in version.columns if each.type == "text"), "")


def _calendar(told: Records) -> Iterator[bytes]:
    """Write events (RFC 5545); records without a time are none."""
    begins, named = (_place(told.labels, each) for each in calendar_columns(told.version))
    stamp = told.version.created.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    yield _lines(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Zinneke//Explore//EN"])

    def event(number: int, row: Sequence[Any]) -> list[str]:
        if begins is None or row[begins] is None:
            return []
        name = str(row[named]) if named is not None and row[named] is not None else told.version.dataset
        pairs = zip(told.labels, row, strict=True)
        facts = [f"{label}: {value}" for (label, _), value in pairs if isinstance(value, str | int | float | date)]
        uid = told.subject(number).partition("//")[2]
        head = ["BEGIN:VEVENT", f"UID:{_said(uid)}", f"DTSTAMP:{stamp}", *_when(row[begins]), f"SUMMARY:{_said(name)}"]
        where = [f"GEO:{value['lat']};{value['lon']}" for value in row if isinstance(value, dict) and "lat" in value]
        return [*head, f"DESCRIPTION:{_said(chr(10).join(facts))}", *where[:1], "END:VEVENT"]

    for piece in told.pieces:
        yield _lines(line for each in piece for line in event(*each))
    yield _lines(["END:VCALENDAR"])


def _place(labels: Sequence[tuple[str, str]], column: str) -> int | None:
    return next((place for place, (_, name) in enumerate(labels) if column and name == column), None)


def _when(value: Any) -> list[str]:
    """Return when an event is: a day, until the next where there is one, or a moment."""
    if isinstance(value, date) and not isinstance(value, datetime):
        days = [value, value + timedelta(days=1)] if value < date.max else [value]
        return [f"DT{name};VALUE=DATE:{each.isoformat().replace('-', '')}" for name, each in zip(("START", "END"), days, strict=False)]
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:  # at the ends of the calendar
        moment = moment.replace(tzinfo=UTC)
    return [f"DTSTART:{moment.replace(tzinfo=None, microsecond=0).isoformat().replace('-', '').replace(':', '')}Z"]


def _said(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r", "").replace("\n", "\\n")


def _lines(lines: Iterable[str]) -> bytes:
    """Return lines of a calendar, those that are long folded between letters."""
    found: list[bytes] = []
    for line in lines:
        start = b""
        for letter in _NOT_IN_XML.sub("", line):
            each = letter.encode()
            if len(start) + len(each) > _FOLDED:
                found.append(start)
                start = b" "
            start += each
        found.append(start)
    return b"".join(each + b"\r\n" for each in found)


Told = Callable[[Iterable[tuple[Any, ...]]], list[list[Any]]]


def numbered(pieces: Iterator[list[tuple[Any, ...]]], told: Told) -> Iterator[list[tuple[int, Sequence[Any]]]]:
    """Yield values with the number of their row, which stands last in what was read."""
    for piece in pieces:
        yield list(zip((row[-1] for row in piece), told(piece), strict=True))
