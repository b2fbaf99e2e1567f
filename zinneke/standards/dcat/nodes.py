"""What is said: a node is an address, its classes, and facts of predicate, kind and text. Addresses and languages of others are made safe here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

Fact = tuple[str, str, str]
"""Predicate, kind, text. The kind is `<` for an address, `@fr` for words of a language, `^xsd:date` for a typed value, "" for plain text."""
Node = tuple[str, tuple[str, ...], list[Fact]]

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "gsp": "http://www.opengis.net/ont/geosparql#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_UNSAFE = re.compile(r"[\x00-\x20<>\"{}|^`\\\x7f-\xa0\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SCHEME = re.compile(r"(?:https?|ftp)://[^/\s]|(?:urn|mailto):\S", re.IGNORECASE)
_INNER = re.compile(r"^https?://\[[0-9a-f:.]+\]", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*")


@lru_cache(5_000)
def address(written: str) -> str:
    """Return an address that every form of RDF can hold, what is not allowed in one written as `%20`; "" for what is no absolute address."""
    written = written.strip()
    if not _SCHEME.match(written):
        return ""
    head = inner[0] if (inner := _INNER.match(written)) else ""
    return head + re.sub(r"[\[\]]", _percent, _UNSAFE.sub(_percent, written[len(head) :]))


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


@lru_cache(200)
def kind_of(language: str) -> str:
    """Return the kind of words in a language; words in none that is known are plain text."""
    return f"@{language}" if _LANGUAGE.fullmatch(language) and language not in ("und", "mul", "zxx") else ""


def words(predicate: str, texts: Mapping[str, str]) -> Iterator[Fact]:
    """Yield a text in each of its languages."""
    for language, text in texts.items():
        if text:
            yield predicate, kind_of(language), text


def moment(predicate: str, when: datetime | None) -> Iterator[Fact]:
    """Yield a moment in UTC, when there is one."""
    if when is not None:
        yield predicate, "^xsd:dateTime", when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def day(predicate: str, written: str, last: bool = False) -> Iterator[Fact]:
    """Yield a date. Of a year or a month alone, its first day or its last; of what is no date, nothing."""
    parts = written.split("-")
    try:
        if len(parts) == 1:
            found = date(int(parts[0]), 12, 31) if last else date(int(parts[0]), 1, 1)
        elif len(parts) == 2:
            month = int(parts[1])
            found = date.fromordinal(date(int(parts[0]) + month // 12, month % 12 + 1, 1).toordinal() - 1) if last else date(int(parts[0]), month, 1)
        else:
            found = date.fromisoformat(written[:10])
    except ValueError:
        return
    yield predicate, "^xsd:date", found.isoformat()
