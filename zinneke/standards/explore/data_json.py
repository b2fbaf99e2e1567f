"""The catalogue as `data.json`: the inventory of Project Open Data (schema 1.1), that harvesters of this interface read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from zinneke.foundations.catalogue import vocabularies
from zinneke.foundations.catalogue.values import Dataset
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import choose

_SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"
_ACCESS = {Level.PUBLIC: "public", Level.SHARED: "restricted public", Level.PERSONAL: "non-public"}


def inventory(datasets: Iterable[Dataset], base: str, language: str) -> Iterator[bytes]:
    """Yield the inventory, one dataset after the other, each in a language as far as it was written in it."""
    yield msgspec.json.encode({"@type": "dcat:Catalog", "conformsTo": _SCHEMA, "describedBy": f"{_SCHEMA}/catalog.json"})[:-1] + b',"dataset":['
    comma = b""
    for each in datasets:
        yield comma + msgspec.json.encode({name: value for name, value in _entry(each, base, language).items() if value not in (None, "", [])})
        comma = b",\n"
    yield b"]}\n"


def _entry(each: Dataset, base: str, language: str) -> dict[str, Any]:
    row, (title, spoken) = each.row, each.title_in(language)
    address = f"{base}/datasets/{quote(each.key)}"
    licence = vocabularies.LICENCES.get(row.licence)
    publisher = choose(row.publisher.name, language)[0] if row.publisher else ""
    return {
        "@type": "dcat:Dataset",
        "identifier": address,
        "title": title,
        "description": each.description_in(language)[0] or title,
        "keyword": list(row.keywords.get(spoken) or next(iter(row.keywords.values()), ())),
        "modified": (row.modified or each.changed).isoformat(),
        "issued": row.issued.isoformat() if row.issued else None,
        "publisher": {"@type": "org:Organization", "name": publisher} if publisher else None,
        "contactPoint": {"@type": "vcard:Contact", "fn": publisher or row.contact, "hasEmail": f"mailto:{row.contact}"} if row.contact else None,
        "accessLevel": _ACCESS[each.level],
        "license": licence.uri or None if licence else None,
        "language": list(row.languages),
        "theme": list(row.themes),
        "landingPage": address,
        "distribution": [
            {
                "@type": "dcat:Distribution",
                "format": one.format,
                "title": choose(one.title, language)[0] or one.format,
                "accessURL": f"{base}{one.url}" if one.url.startswith("/") else one.url,
            }
            for one in row.distributions
            if one.url
        ],
    }
