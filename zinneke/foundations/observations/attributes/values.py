"""The words in which attributes are asked for, told and changed. Names are IRIs, short where the standard's default vocabulary has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

MEMBERS = {
    "Property": "value",
    "Relationship": "object",
    "GeoProperty": "value",
    "LanguageProperty": "languageMap",
    "VocabProperty": "vocab",
    "JsonProperty": "json",
    "ListProperty": "valueList",
    "ListRelationship": "objectList",
}
"""The kinds of attributes, and the member that holds the value of each."""
ALL = "*"
"""Every instance of an attribute, whatever its dataset."""


class Instance(msgspec.Struct, kw_only=True):
    """One value of an attribute: its kind, unit (UN/CEFACT), moment (microseconds since 1970), dataset, and attributes about it."""

    kind: str = "Property"
    value: Any = None
    unit: str = ""
    observed: int | None = None
    dataset: str = ""
    target: tuple[str, ...] = ()
    created: int | None = None
    modified: int | None = None
    about: dict[str, list[Instance]] = {}


class Linked(msgspec.Struct, kw_only=True):
    """One entity: its id, types and scopes, and its attributes, each with an instance for each dataset."""

    id: str
    types: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    attributes: dict[str, list[Instance]] = {}
    created: int | None = None
    modified: int | None = None


How = Literal["put", "fresh", "update", "partial", "merge"]
"""How attributes are written: in any case; only those that are not there yet; only those that are; into one that is there; into what there is."""
DERIVED = frozenset({"solution", "commune"})
"""Attributes of what a solution declares that follow from the thing itself, and are not written."""
NULL = "urn:ngsi-ld:null"
"""What is sent in the place of a value that is to be taken away."""


class Edit(msgspec.Struct, kw_only=True, frozen=True):
    """A change of one entity. `put` gives instances by name and dataset, `drop` takes them away; `whole` takes away all else.

    `new` says that the entity must not be there yet (True), must be there (False), or either (None). An instance whose value is UNSET, or
    whose kind is "", keeps what is there. `moment` is when it was observed, where an instance does not say; `lang` the language of a text that
    is put where there are several.
    """

    id: str
    new: bool | None = False
    how: How = "put"
    types: tuple[str, ...] = ()
    scopes: tuple[str, ...] | None = None
    put: dict[str, list[Instance]] = {}
    drop: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    moment: int | None = None
    lang: str = ""


class Number(msgspec.Struct, frozen=True, gc=False):
    """A number that an attribute is at a moment, in a unit where one is said."""

    value: float
    moment: int
    unit: str = ""


class Outcome(msgspec.Struct):
    """What became of an edit: whether the entity is new, and which attributes were left as they are, and why."""

    new: bool = False
    left: dict[str, str] = {}


class Logic(msgspec.Struct, frozen=True):
    """Conditions together: all of them, or any."""

    operator: Literal["and", "or"]
    parts: tuple[Condition, ...]


class Compare(msgspec.Struct, frozen=True):
    """A condition on an attribute: `about` leads to attributes about it, `inside` into its document; `sign` "" asks that it is there.

    `values` are several of which one is enough; a pair is a range, both ends included; a `datetime` is a moment.
    """

    name: str
    about: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    sign: Literal["", "==", "!=", ">", ">=", "<", "<=", "~=", "!~="] = ""
    values: tuple[Any, ...] = ()


class OfType(msgspec.Struct, frozen=True):
    """That the entity is of a type."""

    iri: str


class InScope(msgspec.Struct, frozen=True):
    """That the entity is in a scope: a regular expression over one scope."""

    pattern: str


class Leads(msgspec.Struct, frozen=True):
    """That a relationship leads to an entity, of any of these types where there are some, for which a condition holds."""

    name: str
    types: tuple[str, ...]
    where: Condition


Condition = Logic | Compare | OfType | InScope | Leads


class Around(msgspec.Struct, frozen=True):
    """A condition on a place: a predicate of simple features, or `near` with its distances in metres; `shape` is WKB."""

    predicate: str
    shape: bytes
    name: str = "location"
    most: float | None = None
    least: float | None = None


class Sorting(msgspec.Struct, frozen=True):
    """By what entities are ordered: `@id`, `@type`, `@createdAt`, `@modifiedAt`, the value of an attribute, or its distance from a `shape` (WKB)."""

    by: Compare
    descending: bool = False
    shape: bytes = b""


class Wanted(msgspec.Struct, kw_only=True, frozen=True):
    """Which entities are meant, and which page of them. `having`: at least one of these attributes."""

    where: tuple[Condition, ...] = ()
    ids: tuple[str, ...] | None = None
    pattern: str = ""
    around: Around | None = None
    having: tuple[str, ...] = ()
    order: tuple[Sorting, ...] = ()
    limit: int = 20
    offset: int = 0
    count: bool = False


class Found(msgspec.Struct, kw_only=True):
    """A page of entities, whether there are more, and how many in all when that was asked."""

    entities: list[Linked]
    more: bool = False
    count: int | None = None


class Span(msgspec.Struct, kw_only=True, frozen=True):
    """Which part of an evolution is meant: start ≤ moment < end in microseconds; `last` so many of each attribute, the newest.

    Periods begin at `origin`.
    """

    start: int
    end: int
    origin: int | None = None
    last: int | None = None
    limit: int = 1000
    methods: tuple[str, ...] = ()
    period: str = ""


class Evolution(msgspec.Struct, kw_only=True):
    """An entity over time: for each attribute its instances, or for each method its values with start and end of each period.

    `until` is set when there was more than one answer holds: what is told ends there.
    """

    entity: Linked
    figures: dict[tuple[str, str], dict[str, list[tuple[Any, int, int]]]] = {}
    until: int | None = None
    first: int | None = None


class TypeCount(msgspec.Struct, frozen=True):
    """How many entities of some types together have an attribute, and as what kind."""

    types: tuple[str, ...]
    name: str
    kind: str
    count: int


class Kept(msgspec.Struct, kw_only=True):
    """A document that is kept for a standard: a JSON-LD context, a registration of another source."""

    id: str
    document: Any
    created: datetime
    modified: datetime
