"""Where things are read from, and how they get their names in the map."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.finding import fold
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import wrong
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import Column, Database, Details, Relation, Table, ThingRow, Words

LARGEST = 50_000_000
"""Bytes of the largest document that is read."""
MOST_COLUMNS = 20_000
"""Columns of the widest table that is kept."""
LANGUAGES = ("fr", "nl", "en")


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """A source: its name (`crm`, the same at every scan), whose it is, and how confidential what it tells of itself is."""

    name: str
    owner: str = ""
    level: Level = Level.SHARED
    area: str = ""
    title: Words = {}

    def key(self, *names: str) -> str:
        """Return the key of something in this source. Raises `Problem` 400 for a source without a usable name."""
        slug = "/".join(filter(None, (slugged(name) for name in (self.name, *names))))
        if not slug:
            raise wrong("The source needs a name of letters or figures, such as crm.", where="name")
        return slug[:200].rstrip("/.:-")

    def row(self, key: str, details: Details, title: Words | str, about: Words | str = "", links: Iterable[tuple[Relation, str]] = ()) -> ThingRow:
        """Return a thing of this source."""
        return ThingRow(
            key=key,
            details=details,
            title=worded(title) or {"en": key},
            about=worded(about),
            owner=self.owner,
            level=self.level,
            area=self.area,
            origin=self.name,
            links=tuple(links),
        )

    def scanned(self, things: Iterable[ThingRow], faults: Iterable[Fault] = (), partial: str = "", whole: bool = True) -> Scanned:
        """Return what was read."""
        return Scanned(
            origin=self.name,
            things=tuple(things),
            faults=tuple(faults),
            partial=partial,
            whole=whole,
            owner=self.owner,
            level=self.level,
            area=self.area,
        )

    def with_tables(
        self, tables: Iterable[tuple[str, Table, str]], engine: str, faults: Iterable[Fault] = (), partial: str = "", place: str = ""
    ) -> Scanned:
        """Return a database of this source and its tables, each a name, its columns and what its owner says of it."""
        found = [(self.key(name), name, table, about) for name, table, about in tables]
        holds: list[tuple[Relation, str]] = [("holds", key) for key, *_ in found]
        database = self.row(self.key(), Database(engine=engine, place=place), self.title or self.name, links=holds)
        return self.scanned([*(self.row(key, table, name, about) for key, name, table, about in found), database], faults, partial)


def slugged(text: str) -> str:
    """Return a text as part of a key: small letters, figures, dots and dashes."""
    return re.sub(r"[^a-z0-9._:]+", "-", "-".join(fold(text)) if not text.isascii() else text.lower()).strip("-._:")


def worded(text: Words | str) -> Words:
    """Return a text by language; one whose language nobody told counts as English, and is shown in its place everywhere."""
    if isinstance(text, str):
        return {"en": text.strip()[:2000]} if text.strip() else {}
    return {language: said.strip()[:2000] for language, said in text.items() if language in LANGUAGES and said and said.strip()}


def column(name: str, kind: str = "", label: Words | str = "", key: bool = False, references: str = "") -> Column:
    """Return a column, with what is too long cut."""
    return Column(name=name[:500], type=kind[:100], label=worded(label), key=key, references=references[:500])


def decoded(data: bytes) -> str:
    """Return a document's text: UTF-8, else what it seems to be. Raises `Problem` 400 for one that is too large or no text."""
    if len(data) > LARGEST:
        raise wrong(f"The document has {len(data):,} bytes; {LARGEST:,} at the most are read.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        if b"\0" in data[:4096]:
            raise wrong(f"This is no text: byte {fault.start:,} cannot be read.", where=f"byte {fault.start}") from None
        return data.decode("cp1252", "replace")
