"""What the finding half of the room takes and gives: frozen, free of storage, and never a raw value of anybody's data."""

from __future__ import annotations

from typing import Literal

import msgspec

from zinneke.foundations.tables.findings import Evidence, Kind
from zinneke.kernel.confidentiality import Level, strictest

VERSION = "1"
"""The version of the rules and of the sketch file; kept with each piece of evidence."""

Type = Literal["empty", "boolean", "integer", "decimal", "date", "timestamp", "text"]
RelationKind = Literal["copy", "older", "subset", "joinable", "unionable", "asked"]
Action = Literal["retire", "feed", "service", "union", "drop"]


class Sketch(msgspec.Struct, frozen=True):
    """A keyed sample of a set of values: every hash below 2^(64 - level), sorted, as little-endian unsigned 64-bit numbers.

    `size` is the number of different values (estimated when `level` is above 0). Level 0 keeps all of them: small sets are exact.
    `key` names the key without telling it; sketches under different keys cannot be compared.
    """

    size: int
    level: int
    hashes: bytes
    key: str


class ColumnProfile(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a column without any of its values.

    `shapes` are patterns (`9999-99-99`, `Aa Aa`) with the share of rows they cover; `quantiles` are the 0, 10, 25, 50, 75, 90 and
    100 % points of numbers, rounded to three figures; `first` and `last` the months (`2024-03`) between which dates lie: none of the
    three is given for columns that are not public. `lengths` are the least, mean and most bytes. `sequence` says that whole
    numbers run on without gaps (a surrogate key).
    `words` is a sketch of the words in a text, `language` the one that they look like (`fr`, `nl`, `en` or "").
    `labels` is what people read in its place, in any language: a form's questions, a schema's comments.
    """

    name: str
    type: Type = "text"
    rows: int = 0
    filled: int = 0
    distinct: int = 0
    unique: bool = False
    sequence: bool = False
    lengths: tuple[int, float, int] = (0, 0.0, 0)
    shapes: tuple[tuple[str, float], ...] = ()
    quantiles: tuple[float, ...] = ()
    first: str = ""
    last: str = ""
    language: str = ""
    evidence: tuple[Evidence, ...] = ()
    level: Level = Level.PUBLIC
    sketch: Sketch | None = None
    words: Sketch | None = None
    labels: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind | None:
        """Return what the column surely holds, None when no evidence is sure."""
        return next((each.kind for each in self.evidence if each.sure), None)


class Identifying(msgspec.Struct, frozen=True):
    """Columns that name nobody alone but together do: which, and the kinds that make it so."""

    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]


class TableProfile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A table's profile. `key` is its name in the map, unique there; `partial` is a sentence when not everything could be read.

    `keys` are the smallest sets of columns (one or two) that are different in every row; `asked` says that it is a form.
    """

    key: str
    name: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    keys: tuple[tuple[str, ...], ...] = ()
    identifying: tuple[Identifying, ...] = ()
    partial: str = ""
    faults: tuple[str, ...] = ()
    asked: bool = False
    version: str = VERSION

    @property
    def level(self) -> Level:
        """Return the strictest level of the columns; PERSONAL at once when a combination identifies."""
        return Level.PERSONAL if self.identifying else strictest(column.level for column in self.columns)

    def column(self, name: str) -> ColumnProfile | None:
        """Return a column by name, None when there is none."""
        return next((column for column in self.columns if column.name == name), None)


class Part(msgspec.Struct, frozen=True):
    """One reason for a score: its name, how strong it is (0 to 1), how much it counts (0 to 1), and a figure or word to show."""

    name: Literal[
        "name", "concept", "values", "words", "numbers", "shapes", "kind", "dates", "nulls", "neighbours", "columns", "entities", "rows", "lists"
    ]
    value: float
    weight: float
    shown: str = ""


class Match(msgspec.Struct, frozen=True):
    """Two columns that hold the same thing, as far as `score` (0 to 1) says, and why.

    `contained` is the share of the left column's different values that the right one has, `covers` the other way round (-1: not known).
    """

    left: str
    right: str
    score: float
    parts: tuple[Part, ...] = ()
    contained: float = -1.0
    covers: float = -1.0


class Worth(msgspec.Struct, frozen=True):
    """What a redundancy is about, to be priced by whoever knows the prices: systems, rows kept twice, fields kept or typed twice."""

    systems: int
    rows: int
    fields: int


class Relation(msgspec.Struct, frozen=True):
    """What the table `left` is to the table `right` (both keys): left is a copy, an older copy or a subset *of* right.

    Of `joinable`, `unionable` and `asked` the direction says nothing, except that `keep` names the table to keep or to feed from.
    """

    kind: RelationKind
    left: str
    right: str
    score: float
    keep: str
    action: Action
    worth: Worth
    parts: tuple[Part, ...] = ()
    matches: tuple[Match, ...] = ()


class Group(msgspec.Struct, frozen=True):
    """Tables or entries that belong together by one kind of relation, the strongest of their relations' scores, and the relations."""

    kind: RelationKind
    members: tuple[str, ...]
    score: float
    relations: tuple[Relation, ...]
