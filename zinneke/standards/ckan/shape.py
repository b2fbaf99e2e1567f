"""What the catalogue keeps, in CKAN's words: packages, resources, organisations, groups, tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import msgspec

from zinneke.foundations.catalogue.tables_of import own_table
from zinneke.foundations.catalogue.values import Body, Dataset, Distribution
from zinneke.foundations.catalogue.vocabularies import FORMATS, LICENCES, THEMES
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import choose

URN = "urn:uuid:"
"""How the address of a dataset begins that came with an identifier of its own."""
_STATES = {"draft": "draft", "review": "draft", "published": "active", "withdrawn": "deleted"}
"""Where a dataset stands on its way to the public, in CKAN's words."""
_EXTRAS = ("identifier", "frequency", "access", "start", "end")


def moment(value: datetime | None) -> str | None:
    """Return a moment as CKAN writes it: UTC, without saying so."""
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None).isoformat()


def package_id(dataset: Dataset) -> str:
    """Return the identifier that never changes: the one that it came with, else its key."""
    return dataset.uri.removeprefix(URN) if dataset.uri.startswith(URN) else dataset.key


def package(dataset: Dataset, base: str, language: str) -> dict[str, Any]:
    """Return a dataset as a package."""
    row = dataset.row
    found = package_id(dataset)
    tags = sorted({word for words in row.keywords.values() for word in words})
    ids = resource_ids(dataset.key, row.distributions)
    resources = [resource(dataset, place, each, base, language, ids) for place, each in enumerate(row.distributions)]
    return {
        "id": found,
        "name": dataset.key,
        "title": choose(row.title, language)[0],
        "title_translated": row.title,
        "notes": choose(row.description, language)[0],
        "notes_translated": row.description,
        "author": choose(row.publisher.name, language)[0] if row.publisher else None,
        "author_email": None,
        "maintainer": row.contact or None,
        "maintainer_email": None,
        **_licensed(row.licence, language),
        "metadata_created": moment(dataset.first_seen),
        "metadata_modified": moment(dataset.changed),
        "owner_org": row.publisher.key if row.publisher else None,
        "organization": organisation(row.publisher.key, row.publisher.name, language) if row.publisher else None,
        "private": dataset.level is not Level.PUBLIC,
        "state": "deleted" if dataset.gone else _STATES[dataset.state],
        "type": "dataset",
        "url": row.page or f"{base}/{language}/data/{dataset.key}/",
        "version": None,
        "creator_user_id": None,
        "num_tags": len(tags),
        "num_resources": len(resources),
        "tags": [tag(word) for word in tags],
        "keywords": {spoken: list(words) for spoken, words in row.keywords.items()},
        "groups": [group(each, language) for each in (*row.themes, *row.groups)],
        "resources": resources,
        "extras": extras(dataset),
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _licensed(key: str, language: str) -> dict[str, Any]:
    known = LICENCES.get(key)
    return {
        "license_id": key or "unknown",
        "license_title": known.name.said_in(language) if known else key or None,
        "license_url": known.uri if known else None,
        "isopen": bool(known and known.open),
    }


def extras(dataset: Dataset) -> list[dict[str, str]]:
    """Return what CKAN has no field for."""
    row = dataset.row
    found: dict[str, Any] = {name: getattr(row, name) for name in _EXTRAS}
    found |= {
        "uri": row.uri,
        "issued": moment(row.issued),
        "modified": moment(row.modified),
        "language": ",".join(row.languages),
        "spatial_uri": ",".join(row.spatial),
        "commune": ",".join(row.communes),
        "level": dataset.level.name.lower(),
        "area": dataset.area,
        "source": dataset.source,
        "quality": str(dataset.quality),
    }
    return [{"key": name, "value": value} for name, value in sorted(found.items()) if value]


def resource_ids(key: str, rows: Sequence[Distribution]) -> list[str]:
    """Return the identifier of each way to get a dataset: its own, our forms by their name, others by what leads to them.

    Of several ways that lead to the same, the first is named so, the others also by their form and name, whatever their order.
    """
    found: dict[str, None] = {}
    for place, row in enumerate(rows):
        name, leads = _resource_id(key, place, row), f"{row.url or row.page} {row.format} {sorted(row.title.items())}"
        while name in found:
            name = f"{key}.{_digest(leads)}"
            leads += " again"
        found[name] = None
    return list(found)


def steady(key: str, rows: Sequence[tuple[str, Distribution]]) -> tuple[Distribution, ...]:
    """Return ways that had these identifiers ("" is a new one): one that would get another by what is changed, moved or taken away keeps its own.

    Our own forms of rows have theirs from the table.
    """
    found = [row for _, row in rows]
    for _ in rows:
        lost = [place for place, now in enumerate(resource_ids(key, found)) if rows[place][0] not in ("", now) and not own_table(found[place].url)]
        if not lost:
            break
        for place in lost:
            found[place] = msgspec.structs.replace(found[place], mark=rows[place][0])
    return tuple(found)


def identified(key: str, rows: Sequence[Distribution]) -> list[tuple[str, Distribution]]:
    """Return ways with their identifiers."""
    return list(zip(resource_ids(key, rows), rows, strict=True))


def _resource_id(key: str, place: int, row: Distribution) -> str:
    if row.mark:
        return row.mark
    if table := own_table(row.url):
        return f"{table}.{row.url.rpartition('/')[2]}"
    return f"{key}.{_digest(row.url or row.page or f'{place} {row.title}')}"


def _digest(leads: str) -> str:
    return blake2b(leads.encode("utf-8", "replace"), digest_size=6).hexdigest()


def resource(dataset: Dataset, place: int, row: Distribution, base: str, language: str, ids: Sequence[str] = ()) -> dict[str, Any]:
    """Return a way to get a dataset as a resource. `datastore_active` stands on the CSV of each table: that the DataStore answers for.

    That one is an upload, so that a client that loads what it dumped sends the rows along. `ids` are those of all its ways.
    """
    kept = row.url.endswith("/export/csv") and bool(own_table(row.url))
    return {
        "id": (ids or resource_ids(dataset.key, dataset.row.distributions))[place],
        "package_id": package_id(dataset),
        **shown(row, dataset.row.licence, base, language),
        "name_translated": row.title,
        "description": "",
        "mimetype_inner": None,
        "url_type": "upload" if kept else None,
        "hash": "",
        "position": place,
        "state": "active",
        "resource_type": None,
        "cache_url": None,
        "cache_last_updated": None,
        "created": moment(dataset.first_seen),
        "last_modified": moment(dataset.row.modified),
        "metadata_modified": moment(dataset.changed),
        "datastore_active": kept,
    }


def shown(row: Distribution, licence: str, base: str, language: str) -> dict[str, Any]:
    """Return what clients may write of a resource, as they read it: what is not said of it itself is told of its form, page or dataset."""
    form = FORMATS.get(row.format)
    address = row.url or row.page
    return {
        "name": choose(row.title, language)[0] or (form.name if form else "") or address.rpartition("/")[2],
        "format": form.name if form else row.format,
        "mimetype": row.media_type or None,
        "url": f"{base}{address}" if address.startswith("/") else address,
        "license": row.licence or licence,
        "size": row.bytes or None,
    }


def organisation(
    key: str, names: Mapping[str, str], language: str, count: int | None = None, description: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a publisher as an organisation."""
    title = choose(names, language)[0] or key
    found: dict[str, Any] = {
        "id": key,
        "name": key,
        "title": title,
        "display_name": title,
        "title_translated": dict(names),
        "description": choose(description or {}, language)[0],
        "type": "organization",
        "is_organization": True,
        "image_url": "",
        "image_display_url": "",
        "approval_status": "approved",
        "state": "active",
    }
    return found if count is None else {**found, "package_count": count}


def group(theme: str, language: str, count: int | None = None, body: Body | None = None) -> dict[str, Any]:
    """Return a theme of the European Union, or a group that was described here, as a group."""
    name = THEMES.get(theme)
    title = choose(body.title, language)[0] if body else name.said_in(language) if name else theme
    found: dict[str, Any] = {
        "id": theme.lower(),
        "name": theme.lower(),
        "title": title,
        "display_name": title,
        "title_translated": body.title if body else name.as_dict() if name else {},
        "description": choose(body.description, language)[0] if body else "",
        "type": "group",
        "is_organization": False,
        "image_url": "",
        "image_display_url": "",
        "approval_status": "approved",
        "state": "active",
    }
    return found if count is None else {**found, "package_count": count}


def tag(word: str) -> dict[str, Any]:
    """Return a keyword as a tag."""
    return {"id": word, "name": word, "display_name": word, "vocabulary_id": None, "state": "active"}


def licence(key: str, language: str) -> dict[str, Any]:
    """Return a licence of the register."""
    known = LICENCES[key]
    return {
        "id": key,
        "title": known.name.said_in(language),
        "url": known.uri,
        "status": "active",
        "is_okd_compliant": known.open,
        "is_osi_compliant": False,
        "od_conformance": "approved" if known.open else "not reviewed",
        "osd_conformance": "not reviewed",
        "domain_content": True,
        "domain_data": True,
        "domain_software": False,
        "family": "",
        "is_generic": key in ("other", "unknown"),
        "maintainer": "",
    }
