"""For search engines: `robots.txt`, a sitemap in parts with every page in its three languages, and OpenSearch. Public pages only, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import ANONYMOUS, Right
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.route import EVERYONE, Call, Needs, Reply, Route
from zinneke.kernel.text import LANGUAGES, Text

SIZE = 5_000
"""Datasets in a part: three addresses each, well under the 50,000 that a part may have."""
READERS = Needs(Right.SEE, store.SUBJECT)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
ROBOTS = """User-agent: *
Allow: /
Disallow: /admin/
Disallow: /api/tables/
Disallow: /*/account/
Disallow: /*/search/?*&
Disallow: /*/data/*?*where=
Crawl-delay: 1

Sitemap: {base}/sitemap.xml
"""
SEARCH = Text("Chercher dans Zinneke", "Zoeken in Zinneke", "Search Zinneke")


class AskPart(msgspec.Struct, forbid_unknown_fields=True):
    """A part of the datasets, from 1 on."""

    number: Annotated[int, msgspec.Meta(ge=1, le=50_000)]


class AskLanguage(msgspec.Struct, forbid_unknown_fields=True):
    """A language of the house."""

    language: Literal["fr", "nl", "en"]


def get_robots(call: Call[None]) -> Reply:
    """Tell crawlers where the sitemap is, and to leave alone what is endless or private."""
    return Reply(ROBOTS.format(base=call.base).encode(), media_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"})


def get_index(call: Call[None]) -> Reply:
    """List the parts of the sitemap."""
    edition = store.get_edition(ANONYMOUS)
    parts = [f"{call.base}/sitemaps/pages.xml", *(f"{call.base}/sitemaps/datasets/{n}.xml" for n in range(1, -(-edition.datasets // SIZE) + 1))]
    dated = f"<lastmod>{_day(edition.changed)}</lastmod>" if edition.changed else ""
    entries = "".join(f"<sitemap><loc>{escape(part)}</loc>{dated}</sitemap>\n" for part in parts)
    return _xml([f'{_HEAD}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</sitemapindex>\n'])


def get_pages(call: Call[None]) -> Reply:
    """List the pages at which people begin."""
    return _xml(_urls(call.base, ((path, None) for path in _beginnings())))


def _beginnings() -> Iterator[str]:
    """Yield the path of each page, after its language, that a visitor may open and that needs nothing else to be known."""
    for page in registry.pages():
        if page.localised and "{" not in page.path and (page.front is not None or page.name in ("home", "search", "map", "about", "developers")):
            try:
                page.audience.check(ANONYMOUS)
            except Problem:
                continue
            yield page.path


def get_datasets(call: Call[AskPart]) -> Reply:
    """List the pages of five thousand datasets, each in its three languages."""
    listed = store.list_addresses(ANONYMOUS, call.ask.number, SIZE)
    if not listed:
        raise not_found("part of the sitemap", call.ask.number)
    return _xml(_urls(call.base, ((f"data/{quote(key)}/", changed) for key, changed in listed)))


def _urls(base: str, paths: Iterable[tuple[str, datetime | None]]) -> Iterator[str]:
    yield f"{_HEAD}<urlset {_SPACES}>\n"
    for path, changed in paths:
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(f"{base}/{language}/{path}")}/>' for language in LANGUAGES
        )
        dated = f"<lastmod>{_day(changed)}</lastmod>" if changed else ""
        yield "".join(f"<url><loc>{escape(f'{base}/{language}/{path}')}</loc>{dated}{others}</url>\n" for language in LANGUAGES)
    yield "</urlset>\n"


def get_opensearch(call: Call[AskLanguage]) -> Reply:
    """Describe our search, so that a browser can offer it."""
    language = call.ask.language
    page = f"{call.base}/{language}/search/?q={{searchTerms}}"
    feed = f"{call.base}/feeds/{language}/datasets.atom?q={{searchTerms}}"
    return _xml([
        f'{_HEAD}<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n<ShortName>Zinneke</ShortName>\n'
        f"<Description>{escape(SEARCH.said_in(language))}</Description>\n<Language>{language}</Language>\n<InputEncoding>UTF-8</InputEncoding>\n"
        f'<Url type="text/html" template={quoteattr(page)}/>\n'
        f'<Url type="application/atom+xml" template={quoteattr(feed)}/>\n</OpenSearchDescription>\n'
    ], "application/opensearchdescription+xml")  # fmt: skip


def _day(when: datetime | None) -> str:
    return when.astimezone(UTC).date().isoformat() if when else ""


def _xml(pieces: Iterable[str], media_type: str = "application/xml") -> Reply:
    return Reply((piece.encode() for piece in pieces), media_type=media_type, headers={"Cache-Control": "public, max-age=3600"})


_TAGS = ("platform",)
ROUTES = (
    Route(method="GET", path="/robots.txt", call=get_robots, audience=EVERYONE, media_type="text/plain", slow=False, tags=_TAGS,
          summary="What crawlers may do"),
    Route(method="GET", path="/sitemap.xml", call=get_index, audience=READERS, media_type="application/xml", tags=_TAGS,
          summary="The parts of the sitemap"),
    Route(method="GET", path="/sitemaps/pages.xml", call=get_pages, audience=EVERYONE, media_type="application/xml", tags=_TAGS,
          summary="Pages at which people begin"),
    Route(method="GET", path="/sitemaps/datasets/{number}.xml", call=get_datasets, audience=READERS, ask=AskPart, media_type="application/xml",
          tags=_TAGS, summary="Pages of datasets"),
    Route(method="GET", path="/opensearch/{language}.xml", call=get_opensearch, audience=EVERYONE, ask=AskLanguage, slow=False,
          media_type="application/opensearchdescription+xml", tags=_TAGS, summary="Our search, described for browsers"),
)  # fmt: skip
