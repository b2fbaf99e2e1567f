"""Read a feed, RSS 2.0, RSS 1.0 or Atom, as if its sender meant harm: no document type, no entities, no depth, no more than so much. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, TreeBuilder  # noqa: S405  only the builder: what is parsed is parsed below, without entities
from xml.parsers import expat

import msgspec

from zinneke.kernel.problem import Problem, wrong

LARGEST = 2_000_000
"""Bytes of a feed that are read."""
MOST = 200
"""Items of a feed that are taken."""
DEEPEST = 40
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")


class Item(msgspec.Struct, frozen=True):
    """One item of a feed. `dated` is None where the feed gives no date that can be read."""

    id: str
    title: str
    address: str
    about: str
    dated: datetime | None


def read_feed(data: bytes, address: str) -> list[Item]:
    """Return the items of a feed, the newest as the feed gives them. Raises `Problem` 400 saying why a document is no feed, or not a safe one."""
    if len(data) > LARGEST:
        raise wrong(f"The feed is larger than {LARGEST:,} bytes.")
    root = _tree(data)
    if _name(root) not in ("rss", "rdf", "feed"):
        raise wrong(f"This is no feed: its first element is {_name(root)[:40]!r}, not rss, RDF or feed.")
    found = [element for element in root.iter() if _name(element) in ("item", "entry")]
    items = (_item(element, address) for element in found[:MOST])
    return [item for item in items if item.title and item.address]


def _tree(data: bytes) -> Element:
    """Parse without any entity but XML's own five."""
    builder, depth = TreeBuilder(), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise wrong(f"The feed is nested deeper than {DEEPEST} elements.")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def refuse(*_: object) -> None:
        raise wrong("The feed declares a document type or entities, which may hide an attack. It was not read.")

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse  # type: ignore[assignment]
    try:
        parser.Parse(data, True)
        return builder.close()
    except Problem:
        raise
    except (expat.ExpatError, LookupError, ValueError, AssertionError) as fault:
        raise wrong(f"The feed cannot be read as XML: {fault}.") from None


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower()


def _children(element: Element, *names: str) -> Iterator[Element]:
    yield from (child for name in names for child in element if _name(child) == name)


def _text(element: Element, *names: str) -> str:
    return next((words for child in _children(element, *names) if (words := plain("".join(child.itertext())))), "")


def _item(element: Element, address: str) -> Item:
    link = _link(element, address)
    return Item(
        id=(_text(element, "guid", "id") or link)[:1000],
        title=_text(element, "title")[:300],
        address=link,
        about=_text(element, "description", "summary", "content", "encoded")[:1000],
        dated=moment(_text(element, "pubdate", "published", "updated", "date")),
    )


def _link(element: Element, address: str) -> str:
    """Return where an item leads: a web address, made whole against the feed's own; empty for anything else."""
    found = [(child.get("rel", "alternate"), child.get("href") or "".join(child.itertext())) for child in _children(element, "link")]
    chosen = next((to for rel, to in found if rel == "alternate" and to.strip()), "") or _text(element, "guid", "id")
    try:
        whole = urljoin(address, chosen.strip())
        return whole[:1000] if urlsplit(whole).scheme in ("http", "https") and urlsplit(whole).hostname else ""
    except ValueError:
        return ""


def plain(text: str) -> str:
    """Return text without markup, on one line."""
    return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", html.unescape(text)))).replace("<", "‹").replace(">", "›").strip()


def moment(text: str) -> datetime | None:
    """Return the date of an item, RFC 822 or ISO 8601, in UTC; None where it cannot be read."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None
