"""Datasets that two catalogues list: by identifier, by access address, by title and publisher. Shown with the evidence, never merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from zinneke.foundations.catalogue.values import DatasetRow, Duplicate
from zinneke.foundations.catalogue.words import fold

COMMON = 3
"""What more datasets of one source share than this tells none of them from another: a portal's front page, a shared service."""
SHORTEST = 8
"""Characters of an identifier that can hardly be anybody else's."""
SUREST = ("identifier", "address", "title")
MOST = 20_000
"""Pairs that are held at once."""
Trait = tuple[str, str]


def traits(row: DatasetRow) -> Iterator[Trait]:
    """Yield what a dataset may be recognised by elsewhere, the surest first."""
    for identifier in {row.identifier.strip().lower(), row.uri.strip().lower()}:
        if len(identifier) >= SHORTEST:
            yield "identifier", identifier
    for form in row.distributions:
        for address in (form.url, form.page):
            if address:
                yield "address", address.strip().partition("://")[2].rstrip("/") or address
    if row.publisher:
        for title in {fold(each) for each in row.title.values()}:
            for name in {fold(each) for each in row.publisher.name.values()}:
                yield "title", f"{title} – {name}"


def find(ours: Iterable[tuple[str, DatasetRow]], others: Iterable[tuple[str, str, DatasetRow]], most: int = 200) -> list[Duplicate]:
    """Return which of our datasets (key, row) others (key, source, row) list too, each pair once, the surest first."""
    known: dict[Trait, set[str]] = defaultdict(set)
    for key, row in ours:
        for trait in traits(row):
            known[trait].add(key)
    found: dict[tuple[str, str], Duplicate] = {}
    for other, source, row in others:
        for kind, value in traits(row):
            keys = known.get((kind, value), set())
            if 0 < len(keys) <= COMMON:
                for key in keys:
                    found.setdefault((key, other), Duplicate(key, other, source, kind, value[:300]))
        if len(found) >= MOST:
            break
    return sorted(found.values(), key=lambda pair: SUREST.index(pair.by))[:most]
