"""The doors of the catalogue as linked data, which show what the catalogue shows, and those for feeds and search engines: public data only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.access.cast import PUBLIC, Item, Somebody
from tests.access.doors import Door, at_most, lists, marks, opens

Ask = Callable[..., Any]


def doors(ask: Ask) -> list[Door]:
    """Return every reading route of DCAT over the catalogue's world."""
    found = []
    for form in ("ttl", "jsonld", "rdf"):
        found += [
            lists(f"GET /dcat/catalog.{form}", lambda who, form=form: ask(who, f"/dcat/catalog.{form}").content),
            lists(f"GET /dcat/catalog.{form}", lambda who, form=form: ask(who, f"/dcat/catalog.{form}?page=1").content),
            opens("GET /dcat/datasets/{key}." + form, lambda who, item, form=form: ask(who, f"/dcat/datasets/{item.mark}.{form}")),
        ]
    found += [lists("GET /dcat/catalog", lambda who: ask(who, "/dcat/catalog").content)]
    found += [opens(f"GET {path}/{{key}}", lambda who, item, path=path: ask(who, f"{path}/{item.mark}")) for path in ("/dcat/datasets", "/datasets")]
    found += [
        at_most("GET /feeds/{language}/datasets.atom", lambda who: _public(who, ask(who, "/feeds/en/datasets.atom").content)),
        at_most("GET /sitemap.xml", lambda who: ask(who, "/sitemap.xml").content),
        at_most("GET /sitemaps/datasets/{number}.xml", lambda who: _public(who, ask(who, "/sitemaps/datasets/1.xml").content)),
    ]
    return [*found, opens("GET /datasets/{key}/versions/{mark}", _without_version(ask))]


def _public(who: Somebody, content: bytes) -> bytes:
    """Return what feeds and sitemaps say, which is the same to everybody: what is public."""
    assert marks(content) == {PUBLIC.mark}, who.kind
    return content


def _without_version(ask: Ask) -> Callable[[Somebody, Item], Any]:
    """Open the version of a dataset: where the entry is not seen, the refusal is that of the entry, and else that it has no version."""

    def opened(who: Somebody, item: Item) -> bool:
        answer = ask(who, f"/datasets/{item.mark}/versions/1-{'a' * 12}")
        assert answer.status_code == 404
        return f"version '{item.mark}" in answer.text

    return opened
