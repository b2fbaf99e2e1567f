"""CKAN: `package_search`, page by page; after the first time, only what changed since."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from zinneke.foundations.catalogue.harvest.asking import PAGE, PAGES, Rows, Visit, each, listed, members, text, texts
from zinneke.foundations.catalogue.high_value import category_key
from zinneke.foundations.catalogue.readers import Described, DescribedForm, DescribedPeriod, DescribedPublisher, row_of
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.kernel.load import Fault


def read(visit: Visit) -> Rows:
    """Read every public dataset of a CKAN portal."""
    base = visit.address.split("/api/")[0].rstrip("/")
    asked = {"rows": str(PAGE), "sort": "metadata_created asc, id asc"}
    if visit.since:
        asked["fq"] = f"metadata_modified:[{visit.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} TO *]"
    start = 0
    for _ in range(PAGES):
        found = visit.json(f"{base}/api/3/action/package_search?{urlencode({**asked, 'start': start})}")
        result = found.get("result")
        if not found.get("success") or not isinstance(result, dict):
            yield Fault(f"page from {start}", "CKAN says that the search did not succeed. See whether the portal is open to everybody.")
            return
        packages = result.get("results")
        yield from each(packages, f"page from {start}", lambda package: _row(package, base, visit.language))
        start += len(packages) if isinstance(packages, list) else 0
        if not packages or start >= int(result.get("count") or 0):
            return
    yield Fault(f"page from {start}", f"There are more than {PAGES} pages; the rest was not read.")


def _row(package: dict[str, Any], base: str, language: str) -> DatasetRow | None:
    if package.get("private") or package.get("state") not in (None, "active"):
        return None
    extras = {text(item.get("key")): item.get("value") for item in package.get("extras") or () if isinstance(item, dict)}

    def said(name: str) -> str:
        return text(package.get(name)) or text(extras.get(name))

    name, organisation = text(package.get("name")), package.get("organization")
    keywords = members(package.get("keywords"))
    tags = [text(tag.get("name")) for tag in package.get("tags") or () if isinstance(tag, dict)]
    described = Described(
        uri=said("uri") or f"{base}/dataset/{quote(name or text(package.get('id')))}",
        identifier=said("identifier") or text(package.get("id")),
        title=_texts(package, "title", language) or texts(name, language),
        description=_texts(package, "notes", language),
        keywords={key: listed(words) for key, words in keywords.items()} or ({language: [tag for tag in tags if tag]} if any(tags) else {}),
        themes=[theme.rstrip("/").rpartition("/")[2] for theme in _many(package.get("theme") or extras.get("theme"))],
        publisher=_publisher(organisation, said, language),
        issued=said("issued") or text(package.get("metadata_created")),
        modified=said("modified") or text(package.get("metadata_modified")),
        frequency=said("frequency"),
        accessRights=said("access_rights").rpartition("/")[2],
        languages=[code.rstrip("/").rpartition("/")[2] for code in _many(package.get("language") or extras.get("language"))],
        spatial=[uri for uri in (said("spatial_uri"),) if uri],
        landingPage=text(package.get("url")) or f"{base}/dataset/{quote(name)}",
        temporal=DescribedPeriod(said("temporal_start"), said("temporal_end")),
        distributions=[_form(form, package, language) for form in package.get("resources") or () if isinstance(form, dict)],
    )
    contact = said("contact_email") or said("maintainer_email") or said("author_email")
    valued = tuple(key for address in _many(package.get("hvd_category") or extras.get("hvd_category")) if (key := category_key(address)))
    return msgspec.structs.replace(row_of(described), contact=contact, hvd=valued)


def _texts(said: dict[str, Any], name: str, language: str) -> dict[str, str | list[str]]:
    """Return a text by language: as it was translated, if it was into any, else the plain one."""
    return texts(said.get(f"{name}_translated"), language) or texts(said.get(name), language)


def _publisher(organisation: object, said: Any, language: str) -> DescribedPublisher | None:
    if name := said("publisher_name"):
        return DescribedPublisher({language: name}, said("publisher_uri"))
    if isinstance(organisation, dict):
        return DescribedPublisher(dict(_texts(organisation, "title", language) or texts(organisation.get("name"), language)))
    return None


def _form(form: dict[str, Any], package: dict[str, Any], language: str) -> DescribedForm:
    size = text(form.get("size"))
    return DescribedForm(
        title=_texts(form, "name", language),
        format=text(form.get("format")),
        mediaType=text(form.get("mimetype")),
        downloadURL=text(form.get("url")),
        accessURL=text(form.get("access_url")),
        license=text(form.get("license")) or text(package.get("license_url")) or text(package.get("license_id")),
        byteSize=size if size.isdigit() else "",
    )


def _many(value: object) -> list[str]:
    """Return a list, also one that is written as JSON inside a text, as CKAN's extras are."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    return listed(value)
