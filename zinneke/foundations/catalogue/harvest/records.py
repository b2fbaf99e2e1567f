"""OGC API Records: the items of a catalogue collection, by the `next` link that each page gives."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import msgspec

from zinneke.foundations.catalogue.harvest.asking import PAGE, PAGES, Rows, Visit, each, listed, members, text, texts
from zinneke.foundations.catalogue.readers import Described, DescribedForm, DescribedPeriod, DescribedPublisher, row_of
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.kernel.load import Fault

DATA = frozenset({"enclosure", "item", "items", "data", "download", "service", "http://www.opengis.net/def/rel/ogc/1.0/dataset"})
OTHER = frozenset({"self", "alternate", "collection", "root", "next", "prev", "license", "describedby", "canonical"})


def read(visit: Visit) -> Rows:
    """Read every record of a collection, given by its own address or by that of its items."""
    path, _, query = visit.address.partition("?")
    at = visit.address if path.rstrip("/").endswith("/items") else f"{path.rstrip('/')}/items?{query}"
    at += ("&" if "?" in at and not at.endswith("?") else "" if at.endswith("?") else "?") + f"limit={PAGE}"
    seen: set[str] = set()
    for number in range(1, PAGES + 1):
        if at in seen:
            yield Fault(f"page {number}", "The page leads back to one that was read. The rest was not read; tell the publisher.")
            return
        seen.add(at)
        found = visit.json(at)
        yield from each(found.get("features"), f"page {number}", lambda item, at=at: _row(item, at, visit.language))  # type: ignore[misc]
        following = next((text(link.get("href")) for link in found.get("links") or () if isinstance(link, dict) and link.get("rel") == "next"), "")
        if not following or not found.get("features"):
            return
        at = urljoin(at, following)
    yield Fault(f"page {PAGES}", f"There are more than {PAGES} pages; the rest was not read.")


def _row(item: dict[str, Any], at: str, language: str) -> DatasetRow | None:
    key, properties = text(item.get("id")), item.get("properties")
    if not key or not isinstance(properties, dict):
        raise ValueError("it has no id or no properties")
    if text(properties.get("type")).lower() not in ("", "dataset", "series", "service", "nongeographicdataset"):
        return None
    code = properties.get("language")
    spoken = text(code.get("code") if isinstance(code, dict) else code)[:2] or language
    links = [link for link in (*(item.get("links") or ()), *members(item.get("assets")).values()) if isinstance(link, dict)]
    own = next((text(link.get("href")) for link in links if link.get("rel") in ("canonical", "self")), "")
    contacts = [each for each in properties.get("contacts") or () if isinstance(each, dict)]
    publisher = next((found for each in contacts if (found := text(each.get("organization")) or text(each.get("name")))), "")
    mail = next(
        (found for each in contacts for entry in each.get("emails") or () if isinstance(entry, dict) and (found := text(entry.get("value")))), ""
    )
    concepts = [concept for theme in properties.get("themes") or () if isinstance(theme, dict) for concept in theme.get("concepts") or ()]
    licence = text(properties.get("license")) or next((text(link.get("href")) for link in links if link.get("rel") == "license"), "")
    interval = members(item.get("time")).get("interval")
    start, end = (text(each).removeprefix("..") for each in interval[:2]) if isinstance(interval, list) and len(interval) > 1 else ("", "")
    described = Described(
        uri=urljoin(at, own) if own else f"{at.partition('?')[0]}/{key}",
        identifier=text((properties.get("externalIds") or [{}])[0].get("value")) or key,
        title=texts(properties.get("title") or key, spoken),
        description=texts(properties.get("description"), spoken),
        keywords={spoken: listed(properties.get("keywords") or [])},
        themes=[text(concept.get("id")).rstrip("/").rpartition("/")[2] for concept in concepts if isinstance(concept, dict)],
        publisher=DescribedPublisher({spoken: publisher}) if publisher else None,
        issued=text(properties.get("created")),
        modified=text(properties.get("updated")),
        languages=[spoken] if spoken != "und" else [],
        landingPage=next((text(link.get("href")) for link in links if link.get("rel") == "alternate" and "html" in text(link.get("type"))), ""),
        temporal=DescribedPeriod(start, end),
        distributions=[_form(link, at, spoken, licence) for link in links if link.get("rel") in DATA or link.get("rel") not in OTHER],
    )
    return msgspec.structs.replace(row_of(described), contact=mail)


def _form(link: dict[str, Any], at: str, language: str, licence: str) -> DescribedForm:
    return DescribedForm(
        title=texts(link.get("title"), language),
        mediaType=text(link.get("type")).partition(";")[0],
        downloadURL=urljoin(at, text(link.get("href"))),
        license=licence,
    )
