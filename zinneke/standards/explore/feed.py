"""The catalogue as RSS 2.0: what was changed last, for those who read feeds of this interface."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.utils import format_datetime
from urllib.parse import quote
from xml.sax.saxutils import escape

from zinneke.foundations.catalogue.values import Dataset

MEDIA_TYPE = "application/rss+xml; charset=utf-8"
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def feed(datasets: Iterable[Dataset], base: str, language: str) -> Iterator[bytes]:
    """Yield a channel with an item for each dataset, in a language as far as it was written in it."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Zinneke</title><link>{_text(base)}/</link>'.encode()
    yield f"<description>Zinneke</description><language>{language}</language>\n".encode()
    for each in datasets:
        yield _item(each, base, language).encode("utf-8", "replace")
    yield b"</channel></rss>\n"


def _item(each: Dataset, base: str, language: str) -> str:
    address = f"{base}/datasets/{quote(each.key)}"
    lines = [f"<title>{_text(each.title_in(language)[0])}</title>", f"<link>{_text(address)}</link>", f"<guid>{_text(address)}</guid>"]
    if about := each.description_in(language)[0]:
        lines.append(f"<description>{_text(about)}</description>")
    lines += [f"<category>{_text(theme)}</category>" for theme in each.row.themes]
    if each.row.modified:
        lines.append(f"<pubDate>{format_datetime(each.row.modified)}</pubDate>")
    return f"<item>{''.join(lines)}</item>\n"


def _text(words: str) -> str:
    return escape(_NOT_XML.sub("", words))
