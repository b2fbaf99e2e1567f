"""What a city has to load, read from its manifest (`cli/cities/NAME.toml`): which file is what, in words that msgspec checks."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

import msgspec

from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.kernel.problem import Problem, wrong

CITIES = Path(__file__).parent / "cities"
Words = dict[str, str]
"""A text by language: `{fr = "…", nl = "…", en = "…"}`."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every entry has: its key, its file in the folder, and the publisher's live address; either may be missing."""

    key: str
    file: str = ""
    live: str = ""

    def path(self, folder: Path) -> Path | None:
        """Return where the entry's file is, None for an entry that has none in a folder."""
        return folder / self.file if self.file else None


class AreaEntry(Entry, frozen=True, kw_only=True):
    """Boundaries, all there are of their kind. `reader` is one of the territory's readers; `beside` a file that completes the first.

    `live_names` gives, for each property that the reader needs, the names it may have in the live answer, in small letters.
    """

    reader: Literal["region", "municipalities", "neighbourhoods"]
    beside: str = ""
    live_names: dict[str, tuple[str, ...]] = {}


class PlaceEntry(Entry, frozen=True, kw_only=True):
    """Streets or points of interest, all there are of their kind, for the search of places."""

    reader: Literal["streets", "pois"]


class CatalogueEntry(Entry, frozen=True, kw_only=True):
    """Another catalogue, dataset by dataset."""

    reader: Literal["data_gov_be"]


class ColumnWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people read above a column, and how to read it."""

    fr: str = ""
    nl: str = ""
    en: str = ""
    unit: str = ""
    to: str = ""
    type: str = ""
    format: str = ""
    drop: bool = False

    def spec(self, name: str) -> ColumnSpec:
        """Return the same as `tables` takes it."""
        label = {language: text for language in ("fr", "nl", "en") if (text := getattr(self, language))}
        return msgspec.convert(
            {"name": name, "to": self.to, "type": self.type, "label": label, "unit": self.unit, "format": self.format, "drop": self.drop}, ColumnSpec
        )


class TableEntry(Entry, frozen=True, kw_only=True):
    """A dataset that we keep ourselves, with its entry in the catalogue.

    `read` says how to read the file, `live_read` the live answer where it is made differently; `languages` are those of the data themselves.
    """

    title: Words
    description: Words
    publisher: str
    languages: tuple[Literal["fr", "nl", "en", "de"], ...] = ()
    licence: str = "unknown"
    themes: tuple[str, ...] = ()
    keywords: dict[str, tuple[str, ...]] = {}
    page: str = ""
    period: tuple[str, str] = ("", "")
    frequency: str = ""
    read: Spec = Spec()
    live_read: Spec | None = None
    columns: dict[str, ColumnWords] = {}


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A thing that measures: its own identifier, its names (one name for all languages may be a text), its place."""

    key: str
    name: Words | str
    lon: float | None = None
    lat: float | None = None


class ThingsFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of things: which columns hold the identifier, the names by language and the place."""

    file: str
    key: str
    name: Words
    lon: str = ""
    lat: str = ""


class Measure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column of values: which reading it is, and of which thing where the table has a column for each.

    The rest describes a reading that no solution declares: unit (UCUM), definition, plausible range, normal interval in seconds.
    """

    column: str
    reading: str
    thing: str = ""
    where: dict[str, str] = {}
    name: Words = {}
    unit: str = "1"
    means: str = ""
    low: float | None = None
    high: float | None = None
    interval: int = 3600


class ObservationsEntry(Entry, frozen=True, kw_only=True):
    """A table of observations. `solution` says whose readings they are; without it `group` names their family.

    `time` is the column of the time and `zone` how to read it: a zone, `unix` seconds, or a fixed offset such as `+01:00`.
    `thing` is the column of the thing's identifier; `sum` adds up the values of as many seconds. `skip` are words for no value.
    """

    time: str
    values: tuple[Measure, ...]
    solution: str = ""
    group: str = ""
    kind: str = ""
    zone: str = "Europe/Brussels"
    delimiter: str = ","
    thing: str = ""
    named: str = ""
    sum: int = 0
    skip: tuple[str, ...] = ("", "N/A", "NA", "null")
    things: tuple[Named, ...] = ()
    things_file: ThingsFile | None = None


class FeedEntry(Entry, frozen=True, kw_only=True):
    """A file, or the live address, of a solution's source; `things` names and places what it measures."""

    solution: str
    source: str
    things: tuple[Named, ...] = ()
    things_file: ThingsFile | None = None


class RoomEntry(Entry, frozen=True, kw_only=True):
    """Something that a room of the office or of engagement reads itself, with the reader of that name in its `loading` module.

    `shipped` is a file of ours beside the manifests, for what is written here and not found in a folder; `options` go to the reader.
    """

    room: str
    reader: str
    shipped: str = ""
    options: dict[str, Any] = {}

    def path(self, folder: Path) -> Path | None:
        """Return the file of the folder, or the one that comes with the manifests."""
        return CITIES / self.shipped if self.shipped else super().path(folder)


class PublisherWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation that publishes, by name and address."""

    name: Words
    uri: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that a city loads, in the order in which it is loaded."""

    name: Words
    publishers: dict[str, PublisherWords]
    areas: tuple[AreaEntry, ...] = ()
    places: tuple[PlaceEntry, ...] = ()
    catalogue: tuple[CatalogueEntry, ...] = ()
    table: tuple[TableEntry, ...] = ()
    observations: tuple[ObservationsEntry, ...] = ()
    feed: tuple[FeedEntry, ...] = ()
    room: tuple[RoomEntry, ...] = ()

    def entries(self) -> list[tuple[str, Entry]]:
        """Return every entry with its kind, in the order of loading."""
        return [(kind, entry) for kind in KINDS for entry in getattr(self, kind)]


KINDS = ("areas", "places", "catalogue", "table", "observations", "feed", "room")


def read_manifest(city: str) -> Manifest:
    """Return a city's manifest. Raises `Problem` 404 for an unknown city, 400 for a manifest with a fault."""
    path = CITIES / f"{city}.toml"
    if not city.isidentifier() or not path.is_file():
        known = ", ".join(sorted(each.stem for each in CITIES.glob("*.toml")))
        raise Problem(404, "Unknown city", f"There is no manifest for {city!r}. Known cities: {known}.")
    return parse_manifest(path.read_bytes(), path.name)


def parse_manifest(data: bytes, name: str) -> Manifest:
    """Return a manifest from TOML. Raises `Problem` 400 saying which entry is wrong, also for two entries of one key."""
    try:
        manifest = msgspec.toml.decode(data, type=Manifest)
    except msgspec.DecodeError as fault:
        raise wrong(f"{name}: {fault}") from None
    seen: set[str] = set()
    for kind, entry in manifest.entries():
        if (path := f"{kind}/{entry.key}") in seen:
            raise wrong(f"{name}: {path} is there twice.")
        seen.add(path)
        if isinstance(entry, TableEntry) and entry.publisher not in manifest.publishers:
            raise wrong(f"{name}: {path} names the publisher {entry.publisher!r}, which is not among the publishers.")
    return manifest


def digest(entry: Entry) -> str:
    """Return a digest of what an entry says: when it changes, its file is loaded again."""
    return hashlib.blake2b(msgspec.json.encode(entry, order="deterministic"), digest_size=16).hexdigest()
