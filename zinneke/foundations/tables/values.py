"""What the verbs of `tables` take and return: frozen, and free of any storage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.load import Fault

Type = Literal["boolean", "integer", "decimal", "date", "timestamp", "text", "geometry"]
Operator = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "between", "in", "contains", "starts", "like", "ilike", "caselike", "accentlike", "near", "begins", "null"
]
Relation = Literal["intersects", "disjoint", "within", "contains", "equals", "touches", "crosses", "overlaps", "dwithin"]
Form = Literal["csv", "json", "jsonl", "geojson", "xlsx", "parquet", "gpkg", "shp", "fgb", "kml", "gpx"]
Do = Literal["drop", "mask", "first", "range", "year", "month", "commune", "suppress", "declare"]
Step = Literal["minute", "hour", "day", "week", "month", "year"]
Aggregate = Literal["count", "sum", "mean", "min", "max"]
BBox = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
GEOMETRY = "geometry"
"""The name of the column that holds a version's shapes, when it has any."""


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a column holds: shares and figures over all rows, in the column's own unit.

    `minimum`, `maximum` and `quantiles` (5, 25, 50, 75, 95 %) of dates and timestamps are ISO texts. `histogram` counts the
    values in equal bins between minimum and maximum. `top` and the extremes of text stand only in public columns.
    """

    nulls: float = 0.0
    distinct: int = 0
    minimum: Any = None
    maximum: Any = None
    mean: float | None = None
    quantiles: tuple[Any, ...] = ()
    histogram: tuple[int, ...] = ()
    top: tuple[tuple[Any, int], ...] = ()
    years: tuple[tuple[int, int], ...] = ()


class Column(msgspec.Struct, frozen=True):
    """One column of a version: `level` says who may see it, `unit` is a UCUM code."""

    name: str
    type: Type
    level: Level = Level.PUBLIC
    label: dict[str, str] = {}
    unit: str = ""
    profile: Profile = Profile()


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a dataset as an actor may see it: columns above the actor's reach are not in it.

    `geometry` is the kind of shapes (`point`, `line`, `polygon`, `mixed`) or "", `time` the name of the main time column or "".
    `held` says that it is not published, so that only those who may edit it see it.
    """

    dataset: str
    number: int
    digest: str
    rows: int
    bytes: int
    columns: tuple[Column, ...]
    created: datetime
    source: str = ""
    licence: str = ""
    level: Level = Level.PUBLIC
    area: str = ""
    geometry: str = ""
    time: str = ""
    bbox: BBox | None = None
    lineage: tuple[str, ...] = ()
    held: bool = False
    treatments: tuple[Treatment, ...] = ()

    @property
    def mark(self) -> str:
        """Return what its permanent address ends with: its number, for content can come back, and the beginning of its digest."""
        return f"{self.number}-{self.digest[:12]}"

    def column(self, name: str) -> Column | None:
        """Return a column by name, None when there is none."""
        return next((column for column in self.columns if column.name == name), None)


class ColumnSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known beforehand of one column; what is left empty is found in the data.

    `name` is the name in the source, `to` the name in the version. `format` is a strptime layout for dates and timestamps, or
    `unix` for seconds since 1970. `level` None means: as in the version before, else public.
    """

    name: str
    to: str = ""
    type: Type | Literal[""] = ""
    level: Level | None = None
    label: dict[str, str] = {}
    unit: str = ""
    format: str = ""
    drop: bool = False


class Treatment(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is done to a column before it is published, and recorded.

    `drop` takes it away, `mask` hides its values, `first` keeps the first `by` characters, `range` puts numbers into ranges `by` wide,
    `year` and `month` keep that of a date, `commune` tells the commune instead of the point, `suppress` leaves out rows in small groups,
    `declare` says `why` the column holds nothing personal though it looks as if it did.
    """

    do: Do
    column: str = ""
    by: float = 0
    why: str = ""


class Spec(msgspec.Struct, frozen=True, omit_defaults=True):
    """How to read and publish a source. Everything has a default: most files need only their name.

    `records` is the path of the list inside a JSON document (`result.records`); `member` the file inside a zip archive.
    `lon` and `lat` name the columns of a point in `crs` (x and y for a projected one); left empty they are found by name, and
    `geometry` False leaves them alone. `zone` is that of times which name none; `decimal` is `,` or `.` when it must not be
    guessed. `level` holds for columns that name none and are new. `sheet` is that of a workbook. `treatments` are done in their order, by
    the names that columns have in the version; with `k`, at least so many rows must then share the same values of the columns `quasi`.
    """

    form: Literal["", "csv", "json", "jsonl", "geojson", "parquet", "xlsx"] = ""
    name: str = ""
    columns: tuple[ColumnSpec, ...] = ()
    delimiter: str = ""
    encoding: str = ""
    decimal: Literal["", ",", "."] = ""
    header: bool = True
    skip: int = 0
    records: str = ""
    member: str = ""
    zone: str = "Europe/Brussels"
    nulls: tuple[str, ...] = ("NA", "N/A", "null", "NULL", "None", "NaN", "nan", "#N/A")
    lon: str = ""
    lat: str = ""
    crs: str = "EPSG:4326"
    geometry: bool = True
    level: Level = Level.PUBLIC
    area: str = ""
    time: str = ""
    source: str = ""
    licence: str = ""
    lineage: tuple[str, ...] = ()
    sheet: str = ""
    treatments: tuple[Treatment, ...] = ()
    quasi: tuple[str, ...] = ()
    k: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a publication: the version, whether it is new, the rows, and each fault with its place."""

    version: Version
    changed: bool
    faults: tuple[Fault, ...] = ()
    read: int = 0
    kept: int = 0
    set_aside: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: `value` is a list for `in` and `between`, true or false for `null`, else one value or its text.

    `contains` and `ilike` ignore case and accents, `starts` and `like` do not; in a `like` `%` stands for any letters, `_` for one, `\\`
    before either for itself; `caselike` ignores case alone, `accentlike` accents alone. `near` is `contains`, or a word of four letters or more
    that differs from the text by one; `begins` is that of how a word begins. `ne` does not match empty cells; texts are compared folded first.
    """

    column: str
    op: Operator
    value: Any = None


@dataclass(frozen=True, slots=True)
class Spatial:
    """What a row's shape is to a given one (WKB in degrees): `within` it, `contains` it, …; `dwithin` means at most `metres` from it."""

    op: Relation
    shape: bytes
    metres: float = 0.0


@dataclass(frozen=True, slots=True)
class Term:
    """A value computed of a row: the `column` or the `value` named by the first argument, else an operation on other terms.

    Operations: `+ - * / div % ^` (a whole quotient is rounded down), `length lower upper`,
    `year quarter month day dayofweek hour minute second` in the zone asked for, and
    `format` (the parts of a moment, written one after the other; see `terms.PARTS`).
    """

    op: str
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """What one computed value is to another."""

    op: Literal["eq", "ne", "lt", "le", "gt", "ge"]
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class And:
    """All of several conditions; without any, every row."""

    parts: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of several conditions; without any, no row."""

    parts: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of a condition. A row whose cell is empty matches neither a condition nor its contrary, as in SQL."""

    part: Where


Where = Filter | Spatial | Compare | And | Or | Not
"""A tree of conditions."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows and columns: no columns means all but the geometry; `order` holds names, `-name` for descending.

    All conditions of `where` must hold; one may be a tree, or its text, `column:op:value`.
    `computed` are further columns, each with its name; `offset` passes over so many rows (a page that follows another is cheaper by `after`),
    and `zone` is the one in which hours and days are counted, the city's when it is empty. `shuffle` is the seed of an order by chance.

    `bbox` keeps the rows whose shape touches a box. `after` is the `next` of the page before; it also holds on to its version.
    """

    columns: tuple[str, ...] = ()
    where: tuple[Where | str, ...] = ()
    order: tuple[str, ...] = ()
    limit: int = 100
    after: str = ""
    bbox: BBox | None = None
    computed: tuple[tuple[str, Term], ...] = ()
    offset: int = 0
    zone: str = ""
    shuffle: int | None = None


@dataclass(frozen=True, slots=True)
class Bins:
    """Intervals in which numbers or moments are counted together: between `edges`, or all of one `width` (a number, or a step of time).

    `below` and `above` say whether what lies outside the edges has intervals of its own; an interval includes its lower edge. `cell`
    is for shapes instead: squares of the map of so much of its width, each told by the middle of what lies there.
    """

    edges: tuple[Any, ...] = ()
    width: float | Step = 0.0
    below: bool = False
    above: bool = False
    cell: float = 0.0


@dataclass(frozen=True, slots=True)
class Key:
    """What rows are grouped by: a computed value under a name, or the interval that it lies in."""

    name: str
    term: Term
    bins: Bins | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a group’s rows: `count` may have no term, `share` is a percentile’s, `box` lies around shapes, `of` is computed of others."""

    name: str
    take: Literal["count", "distinct", "sum", "mean", "min", "max", "median", "percentile", "stddev", "box", "of"]
    term: Term | None = None
    share: float = 50.0


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups of the rows that match, and figures of each; `order` holds names of keys and figures, `-name` for descending."""

    keys: tuple[Key, ...] = ()
    figures: tuple[Figure, ...] = ()
    where: tuple[Where | str, ...] = ()
    order: tuple[str, ...] = ()
    limit: int = 100
    offset: int = 0
    bbox: BBox | None = None
    zone: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the keys, then of the figures."""
        return (*(each.name for each in self.keys), *(each.name for each in self.figures))


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of rows, the exact number of rows that match, and the cursor of the next page ("" after the last)."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    total: int
    next: str = ""

    def records(self) -> list[Any]:
        """Return each row as a Struct with its columns for fields: made and written as JSON in a fifth of the time of a mapping."""
        record = _record(self.columns)
        return [record(*row) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Stream:
    """All rows that match, some at a time, and how many there are."""

    columns: tuple[str, ...]
    pieces: Iterator[list[tuple[Any, ...]]]
    total: int


@lru_cache(maxsize=256)
def _record(columns: tuple[str, ...]) -> type[msgspec.Struct]:
    return msgspec.defstruct("Record", [(f"c{number}", Any, msgspec.field(name=column)) for number, column in enumerate(columns)])


@dataclass(frozen=True, slots=True)
class Layout:
    """How CSV is written: the sign between columns, the one before decimals, a byte order mark; the system (EPSG) of shapes in a file of them."""

    separator: str = ","
    decimal: Literal[".", ","] = "."
    bom: bool = False
    crs: int = 4326


@dataclass(frozen=True, slots=True)
class Export:
    """A download: chunks of bytes in constant memory, with what a browser needs to save them.

    `etag` is the same only for the same bytes; "" where they may differ from one time to the next, so that nothing is resumed.
    """

    chunks: Iterator[bytes]
    media_type: str
    filename: str
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Features:
    """A page of rows with their shapes: an identifier for each (`version.row`, which stays true for ever), its shape ready for JSON
    and its properties; the exact number that match, the cursor of the next page ("" after the last), and the version that was read.
    """

    ids: Sequence[str]
    shapes: Sequence[Any]
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    total: int
    next: str
    version: Version

    def records(self) -> list[Any]:
        """Return each feature as a GeoJSON Struct, which is written as JSON in a fifth of the time of a mapping."""
        record = _record(self.columns)
        return [Feature(id, shape, record(*row)) for id, shape, row in zip(self.ids, self.shapes, self.rows, strict=True)]


class Feature(msgspec.Struct, tag_field="type", tag="Feature"):
    """A feature of GeoJSON."""

    id: str
    geometry: Any
    properties: Any
