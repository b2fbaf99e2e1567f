"""What the addresses of OGC API may be asked."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from zinneke.standards.ogc.cql2 import LANGUAGES

Form = Annotated[str, Meta(max_length=40, description="Form of the answer: `json` or `html`; without it `Accept` decides.")]
Name = Annotated[str, Meta(max_length=200)]
Word = Annotated[str, Meta(max_length=300)]
Box = Annotated[str, Meta(max_length=300, description="Four numbers in the axis order of `bbox-crs`: the lower corner, then the upper.")]
Times = Annotated[str, Meta(max_length=100, description="A moment, a day, or an interval: `2024-01-01/..`.")]
LONGEST_FILTER = 20_000
Filter = Annotated[str, Meta(max_length=LONGEST_FILTER, description="A condition in CQL2.")]
Tongue = Annotated[str, Meta(max_length=300, extra_json_schema={"enum": ["", *LANGUAGES]})]
Coords = Annotated[str, Meta(max_length=50_000, description="Well-known text: `POINT(4.35 50.85)`, `POLYGON((…))`.")]
Limit = Annotated[int, Meta(ge=1, le=2**31)]


class AskForm(msgspec.Struct, forbid_unknown_fields=True):
    """The form of the answer."""

    f: Form = ""


class AskCollections(msgspec.Struct, forbid_unknown_fields=True):
    """A page of collections; `after` is given by the link to the next page."""

    f: Form = ""
    after: Name = ""
    limit: Limit = 1_000


class AskCollection(msgspec.Struct, forbid_unknown_fields=True):
    """A collection."""

    collection: Name
    f: Form = ""


class AskItems(msgspec.Struct):
    """Which items of a collection. Any queryable may be given by its name: `?species=Tilia`. `after` is given by the link to the next page.

    `q`, `type`, `externalId` and `ids` are for records, `parameter-name` for observations.
    """

    collection: Name
    f: Form = ""
    limit: Limit = 0
    bbox: Box = ""
    bbox_crs: Word = msgspec.field(default="", name="bbox-crs")
    datetime: Times = ""
    crs: Word = ""
    properties: Annotated[str, Meta(max_length=20_000)] = ""
    sortby: Word = ""
    filter: Filter = ""
    filter_lang: Tongue = msgspec.field(default="", name="filter-lang")
    filter_crs: Word = msgspec.field(default="", name="filter-crs")
    after: Annotated[str, Meta(max_length=300)] = ""
    q: Annotated[str, Meta(max_length=1_000)] = ""
    type: Word = ""
    externalId: Annotated[str, Meta(max_length=2_000)] = ""
    ids: Annotated[str, Meta(max_length=5_000)] = ""
    parameter_name: Word = msgspec.field(default="", name="parameter-name")


class AskItem(msgspec.Struct, forbid_unknown_fields=True):
    """One item of a collection."""

    collection: Name
    item: Annotated[str, Meta(max_length=300)]
    f: Form = ""
    crs: Word = ""


class AskTileset(msgspec.Struct, forbid_unknown_fields=True):
    """The tiles of a collection in a tile matrix set."""

    collection: Name
    matrix_set: Name
    f: Form = ""


class AskTile(msgspec.Struct, forbid_unknown_fields=True):
    """One tile: zoom, row from the north, column from the west."""

    collection: Name
    matrix_set: Name
    matrix: Annotated[int, Meta(ge=0, le=24)]
    row: Annotated[int, Meta(ge=0, le=2**25)]
    column: Annotated[int, Meta(ge=0, le=2**25)]
    f: Form = ""


class AskMatrixSet(msgspec.Struct, forbid_unknown_fields=True):
    """A tile matrix set."""

    matrix_set: Name
    f: Form = ""


class AskData(msgspec.Struct, forbid_unknown_fields=True):
    """What was measured in a collection, over which time; without one, the newest value of each station. Systems are for `coords` and the answer."""

    collection: Name
    f: Form = ""
    datetime: Times = ""
    parameter_name: Word = msgspec.field(default="", name="parameter-name")
    crs: Word = ""


class AskPosition(AskData, forbid_unknown_fields=True, kw_only=True):
    """A point (or several), answered with the nearest station to each."""

    coords: Coords


class AskRadius(AskData, forbid_unknown_fields=True, kw_only=True):
    """A point and a distance."""

    coords: Coords
    within: Annotated[float, Meta(ge=0, le=1e7)]
    within_units: Annotated[str, Meta(max_length=20)] = msgspec.field(default="km", name="within-units")


class AskArea(AskData, forbid_unknown_fields=True, kw_only=True):
    """A polygon."""

    coords: Coords


class AskCube(AskData, forbid_unknown_fields=True, kw_only=True):
    """A box."""

    bbox: Box


class AskLocation(AskData, forbid_unknown_fields=True, kw_only=True):
    """A station."""

    location: Annotated[str, Meta(max_length=300)]


class AskLocations(msgspec.Struct, forbid_unknown_fields=True):
    """Which stations of a collection."""

    collection: Name
    f: Form = ""
    bbox: Box = ""
    datetime: Times = ""
    parameter_name: Word = msgspec.field(default="", name="parameter-name")
    limit: Limit = 1_000
    after: Name = ""
