"""A dataset of the catalogue in the form that clients of this interface know: what it is, its fields, its metadata."""

from __future__ import annotations

from typing import Any

import msgspec

from zinneke.foundations.catalogue import vocabularies
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Version
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.text import choose
from zinneke.standards.explore.datasets import ROOT
from zinneke.standards.explore.records import Link, TellField, fields


class TellDataset(msgspec.Struct, omit_defaults=True):
    """A dataset: what it is, its fields when we keep its records, and its metadata."""

    dataset_id: str
    dataset_uid: str
    attachments: list[Any] = msgspec.field(default_factory=list)
    has_records: bool = msgspec.UNSET  # type: ignore[assignment]
    data_visible: bool = msgspec.UNSET  # type: ignore[assignment]
    fields: list[TellField] = msgspec.UNSET  # type: ignore[assignment]
    metas: dict[str, Any] = msgspec.UNSET  # type: ignore[assignment]
    features: list[str] = msgspec.UNSET  # type: ignore[assignment]
    links: list[Link] = msgspec.field(default_factory=list, name="_links")


def dataset(actor: Actor, found: Dataset, language: str, base: str = "") -> TellDataset:
    """Return a dataset of the catalogue in the form of this interface; `base` gives it links."""
    version = tables.find_version(actor, found.key) if found.versioned else None
    features = {"analyze": version, "geo": version and version.geometry, "timeserie": version and version.time}
    address = f"{base}{ROOT}/datasets/{found.key}"
    return TellDataset(
        dataset_id=found.key,
        dataset_uid=f"da_{found.key}",
        attachments=[],
        has_records=version is not None,
        data_visible=version is not None,
        fields=fields(version, language) if version else [],
        metas={"default": _default(found, version, language), "dcat": _dcat(found)},
        features=[name for name, there in features.items() if there],
        links=[Link("self", address), Link("records", f"{address}/records"), Link("exports", f"{address}/exports")] if base else [],
    )


def _default(found: Dataset, version: Version | None, language: str) -> dict[str, Any]:
    row, (title, spoken) = found.row, found.title_in(language)
    licence = vocabularies.LICENCES.get(row.licence)
    return {
        "title": title,
        "description": found.description_in(language)[0] or None,
        "theme": [vocabularies.THEMES[key].said_in(language) for key in row.themes if key in vocabularies.THEMES] or None,
        "keyword": list(row.keywords.get(spoken) or next(iter(row.keywords.values()), ())) or None,
        "license": licence.name.said_in(language) if licence else row.licence or None,
        "license_url": licence.uri or None if licence else None,
        "language": spoken or language,
        "metadata_languages": sorted(row.title),
        "publisher": choose(row.publisher.name, language)[0] if row.publisher else None,
        "references": row.page or None,
        "modified": row.modified.isoformat() if row.modified else None,
        "data_processed": version.created.isoformat() if version else None,
        "metadata_processed": found.changed.isoformat(),
        "records_count": version.rows if version else 0,
        "territory": list(row.spatial) or None,
        "geographic_reference": list(row.communes) or None,
        "bbox": list(version.bbox) if version and version.bbox else None,
    }


def _dcat(found: Dataset) -> dict[str, Any]:
    row = found.row
    return {
        "issued": row.issued.isoformat() if row.issued else None,
        "accrualperiodicity": row.frequency or None,
        "contact_email": row.contact or None,
        "temporal": f"{row.start}/{row.end}" if row.start or row.end else None,
        "dataquality": found.quality,
    }
