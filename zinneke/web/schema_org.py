"""A dataset in the words of schema.org, as search engines read them in its page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from zinneke.foundations.catalogue import vocabularies
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.tables.values import Version
from zinneke.kernel.text import choose

SHORTEST, LONGEST = 50, 5_000
"""Characters of a description that search engines take."""


def describe(dataset: Dataset, version: Version | None, site: str, spoken: str) -> str:
    """Return the JSON-LD of a dataset's page, safe inside a script element."""
    row = dataset.row
    title, _lang = dataset.title_in(spoken)
    description, _lang = dataset.description_in(spoken)
    permanent = f"{site}/datasets/{dataset.key}"
    licence = vocabularies.LICENCES.get(row.licence)
    changed = version.created if version else row.modified
    said: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": permanent,
        "url": f"{site}/{spoken}/data/{dataset.key}/",
        "name": title,
        "description": (description if len(description) >= SHORTEST else f"{title}. {description}")[:LONGEST],
        "inLanguage": list(row.languages),
        "identifier": [permanent, *((row.uri,) if row.uri.startswith("http") else ())],
        "keywords": list(row.keywords.get(spoken, ()) or next(iter(row.keywords.values()), ())),
        "license": licence.uri if licence else "",
        "isAccessibleForFree": True if licence and licence.open else None,
        "creator": _organisation(dataset, spoken),
        "publisher": _organisation(dataset, spoken),
        "dateModified": changed.isoformat() if changed else "",
        "datePublished": row.issued.isoformat() if row.issued else "",
        "temporalCoverage": f"{row.start or '..'}/{row.end or '..'}" if row.start or row.end else "",
        "spatialCoverage": _places(dataset, version, spoken),
        "sameAs": [each for each in row.same_as if each.startswith("http")],
        "version": str(version.number) if version else "",
        "variableMeasured": [choose(column.label, spoken)[0] or column.name for column in version.columns][:100] if version else [],
        "includedInDataCatalog": {"@type": "DataCatalog", "name": "Zinneke", "url": f"{site}/dcat/catalog"},
        "distribution": _downloads(dataset, site),
    }
    kept = {name: value for name, value in said.items() if value not in ("", [], None)}
    return json.dumps(kept, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028")


def _organisation(dataset: Dataset, spoken: str) -> dict[str, str] | None:
    publisher = dataset.row.publisher
    if publisher is None:
        return None
    address = {"url": publisher.uri} if publisher.uri.startswith("http") else {}
    return {"@type": "Organization", "name": choose(publisher.name, spoken)[0] or publisher.key, **address}


def _places(dataset: Dataset, version: Version | None, spoken: str) -> list[dict[str, Any]]:
    names = [vocabularies.COMMUNES[code].name.said_in(spoken) for code in dataset.row.communes if code in vocabularies.COMMUNES]
    places: list[dict[str, Any]] = [{"@type": "Place", "name": name} for name in names]
    if version is not None and version.bbox:
        west, south, east, north = version.bbox
        places.append({"@type": "Place", "geo": {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}})
    return places


def _downloads(dataset: Dataset, site: str) -> list[dict[str, str]]:
    return [
        {"@type": "DataDownload", "encodingFormat": each.media_type or vocabularies.FORMATS[each.format].name if each.format in vocabularies.FORMATS
         else each.media_type, "contentUrl": address}
        for each in dataset.distributions[:100]
        if (address := f"{site}{each.url}" if each.url.startswith("/") else each.url).startswith(("http://", "https://"))
    ]  # fmt: skip


def alternates(key: str) -> Iterable[tuple[str, str]]:
    """Yield the media type and the address of each other form of a dataset's page."""
    yield "text/turtle", f"/dcat/datasets/{key}.ttl"
    yield "application/ld+json", f"/dcat/datasets/{key}.jsonld"
    yield "application/rdf+xml", f"/dcat/datasets/{key}.rdf"
