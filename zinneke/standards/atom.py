"""Atom (RFC 4287): the news of the catalogue, in each language, of everything, a publisher, a theme or a search. Public data only, whoever asks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Literal
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape, quoteattr

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import Hit
from zinneke.foundations.catalogue.vocabularies import THEMES
from zinneke.kernel.confidentiality import ANONYMOUS, Right
from zinneke.kernel.route import Call, Needs, Reply, Route
from zinneke.kernel.text import Text

MOST = 50
MEDIA_TYPE = "application/atom+xml"
TITLE = Text("Nouveautés du catalogue de données", "Nieuw in de datacatalogus", "New in the data catalogue")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class AskFeed(msgspec.Struct, forbid_unknown_fields=True):
    """A language, and what to narrow the feed to: words, publishers, themes, communes."""

    language: Literal["fr", "nl", "en"]
    q: Annotated[str, msgspec.Meta(max_length=300)] = ""
    publisher: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    theme: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    commune: Annotated[list[str], msgspec.Meta(max_length=20)] = []


def get_feed(call: Call[AskFeed]) -> Reply:
    """Return the fifty datasets that changed last, newest first, as an Atom feed."""
    ask = call.ask
    narrowed = {"publisher": ask.publisher, "theme": ask.theme, "commune": ask.commune}
    found = store.search(ANONYMOUS, ask.q, ask.language, narrowed, "newest", MOST)
    now = datetime.now(UTC)
    hits = [hit for hit in found.hits if hit.modified is not None and hit.modified <= now]
    asked = urlencode([*((("q", ask.q),) if ask.q else ()), *((name, value) for name, values in narrowed.items() for value in values)])
    document = "".join(_feed(call.base, ask.language, asked, _title(ask), hits)).encode("utf-8", "replace")
    headers = {"ETag": f'"{hashlib.blake2b(document, digest_size=12).hexdigest()}"', "Cache-Control": "public, max-age=300"}
    if hits and hits[0].modified:
        headers["Last-Modified"] = format_datetime(hits[0].modified.astimezone(UTC).replace(microsecond=0), usegmt=True)
    if headers["ETag"] in call.headers.get("if-none-match", ""):
        return Reply(status=304, headers=headers)
    return Reply(document, media_type=MEDIA_TYPE, headers=headers)


def _title(ask: AskFeed) -> str:
    themes = [THEMES[each].said_in(ask.language) for each in ask.theme if each in THEMES]
    narrowed = ", ".join([*((ask.q,) if ask.q else ()), *themes, *ask.publisher, *ask.commune])
    return f"{TITLE.said_in(ask.language)} – {narrowed}" if narrowed else TITLE.said_in(ask.language)


def _feed(base: str, language: str, asked: str, title: str, hits: list[Hit]) -> Iterator[str]:
    own = f"{base}/feeds/{language}/datasets.atom" + (f"?{asked}" if asked else "")
    page = f"{base}/{language}/search/?{asked}{'&' if asked else ''}type=dataset"
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">\n'
    yield f"<id>{_text(own)}</id>\n<title>{_text(title)}</title>\n<updated>{_moment(hits[0].modified if hits else None)}</updated>\n"
    yield f'<link rel="self" type="{MEDIA_TYPE}" href={quoteattr(own)}/>\n<link rel="alternate" type="text/html" href={quoteattr(page)}/>\n'
    yield "<author><name>Zinneke</name></author>\n"
    for hit in hits:
        yield from _entry(base, language, hit)
    yield "</feed>\n"


def _entry(base: str, language: str, hit: Hit) -> Iterator[str]:
    permanent = f"{base}/datasets/{quote(hit.key)}"
    yield f"<entry>\n<id>{_text(permanent)}</id>\n<title>{_text(hit.title)}</title>\n<updated>{_moment(hit.modified)}</updated>\n"
    yield f'<link rel="alternate" type="text/html" href={quoteattr(f"{base}/{language}/data/{quote(hit.key)}/")}/>\n'
    yield f'<link rel="related" type="text/turtle" href={quoteattr(f"{base}/dcat/datasets/{quote(hit.key)}.ttl")}/>\n'
    if hit.publisher:
        yield f"<author><name>{_text(hit.publisher)}</name></author>\n"
    for theme in hit.themes:
        if theme in THEMES:
            yield f'<category term="{theme}" label={quoteattr(THEMES[theme].said_in(language))}/>\n'
    if hit.excerpt:
        mark = f' xml:lang="{hit.excerpt_lang}"' if hit.excerpt_lang in ("fr", "nl", "en", "de") else ""
        yield f'<summary type="text"{mark}>{_text(hit.excerpt)}</summary>\n'
    yield "</entry>\n"


def _moment(when: datetime | None) -> str:
    return (when or datetime(1970, 1, 1, tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def _text(words: str) -> str:
    return escape(_NOT_XML.sub("", words))


ROUTES = (
    Route(
        method="GET",
        path="/feeds/{language}/datasets.atom",
        call=get_feed,
        audience=Needs(Right.SEE, store.SUBJECT),
        ask=AskFeed,
        media_type=MEDIA_TYPE,
        summary="News of the catalogue as an Atom feed",
        tags=("catalogue",),
        conformance=("https://www.rfc-editor.org/rfc/rfc4287",),
    ),
)
