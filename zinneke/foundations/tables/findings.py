"""What is found in a source before it is published: how it was read, what its columns hold, whom they tell of."""

from __future__ import annotations

from typing import Literal

import msgspec

from zinneke.foundations.tables.values import BBox, Column
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.load import Fault

RECOGNISER = "1"
"""Changes when the same column would be recognised differently."""
Kind = Literal[
    "national_number", "bis_number", "enterprise_number", "establishment_number", "vat_number", "iban", "structured_communication",
    "licence_plate", "phone", "mail", "first_name", "surname", "person_name", "street", "address", "house_number", "postal_code", "commune",
    "birth_date", "birth_place", "coordinate", "parcel", "sex", "nationality",
]  # fmt: skip
"""What a column holds, as far as it identifies something."""


class Evidence(msgspec.Struct, frozen=True):
    """Why a column is said to hold a kind: the rule, the share of valid distinct values, and how many were looked at.

    `rule` is `checksum`, `pattern`, `list` (a reference list) or `name` (the column's name alone: a suspicion, `sure` is False);
    `named` says whether the column's name agrees, `share` is 0 to 1.
    """

    kind: Kind
    rule: Literal["checksum", "pattern", "list", "name"]
    share: float
    sample: int
    named: bool
    sure: bool
    level: Level
    version: str = RECOGNISER


class Groups(msgspec.Struct, frozen=True):
    """How many rows share the same values of some columns: the fewest (`k`), the groups, and the `rows` in groups of fewer than `least`."""

    k: int
    groups: int
    rows: int
    least: int


class Looked(msgspec.Struct, frozen=True):
    """A column as it was found: its name in the source, what it may hold, the level that suggests, some values, the decimal mark."""

    column: Column
    source: str
    evidence: tuple[Evidence, ...] = ()
    suggested: Level = Level.PUBLIC
    examples: tuple[str, ...] = ()
    decimal: str = ""


class Inspection(msgspec.Struct, frozen=True):
    """What a source would become: how it was read, its columns, its first rows as text, and what is wrong with it."""

    name: str
    bytes: int
    form: str
    encoding: str
    delimiter: str
    columns: tuple[Looked, ...]
    rows: int
    read: int
    set_aside: int
    faults: tuple[Fault, ...]
    sample: tuple[tuple[str, ...], ...]
    geometry: str = ""
    place: tuple[str, ...] = ()
    crs: str = ""
    bbox: BBox | None = None
    time: str = ""
    groups: Groups | None = None


class ChangedColumn(msgspec.Struct, frozen=True):
    """A column that only one version has, or whose type changed: the type `before` and `after`, "" where there is none."""

    name: str
    before: str
    after: str


class ChangedRow(msgspec.Struct, frozen=True):
    """A row that was added, removed or changed, its cells as text in the order of the common columns."""

    what: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Difference(msgspec.Struct, frozen=True):
    """What changed between two versions: `columns` are those of both, `key` the column that tells rows apart ("" compares whole rows).

    `some` holds a few rows of each kind; without a key a changed row is one removed and one added.
    """

    columns: tuple[str, ...]
    changed_columns: tuple[ChangedColumn, ...]
    key: str
    rows_before: int
    rows_after: int
    added: int
    removed: int
    changed: int
    some: tuple[ChangedRow, ...]
