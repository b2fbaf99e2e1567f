"""Explore v2.1: `catalog/datasets`, page by page; after the first time, only what changed since."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from zinneke.foundations.catalogue.harvest.asking import PAGE, Rows, Visit, each, listed, members, text, texts
from zinneke.foundations.catalogue.readers import Described, DescribedForm, DescribedPeriod, DescribedPublisher, row_of
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.kernel.load import Fault

WALL = 10_000
"""How far the interface lets itself be paged."""
FORMS = (("csv", "text/csv"), ("json", "application/json"), ("parquet", "application/vnd.apache.parquet"), ("xlsx", ""))


def read(visit: Visit) -> Rows:
    """Read every dataset of a portal that speaks Explore."""
    base = visit.address.split("/api/")[0].rstrip("/")
    asked = {"limit": str(PAGE), "order_by": "dataset_id"}
    if visit.since:
        asked["where"] = f"modified >= date'{visit.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
    for offset in range(0, WALL, PAGE):
        found = visit.json(f"{base}/api/explore/v2.1/catalog/datasets?{urlencode({**asked, 'offset': offset})}")
        results = found.get("results")
        yield from each(results, f"page from {offset}", lambda item: _row(item, base, visit.language))
        if not results or offset + len(results) >= int(found.get("total_count") or 0):
            return
    yield Fault(f"page from {WALL}", f"The portal lets nobody page further than {WALL:,} datasets; the rest was not read. Harvest its DCAT instead.")


def _row(item: dict[str, Any], base: str, language: str) -> DatasetRow | None:
    name = text(item.get("dataset_id"))
    if not name:
        raise ValueError("it has no dataset_id")
    metas = members(item.get("metas"))
    default, dcat = members(metas.get("default")), members(metas.get("dcat"))
    spoken = text(default.get("language"))[:2] or language
    publisher, page = text(default.get("publisher")) or text(dcat.get("creator")), f"{base}/explore/dataset/{quote(name)}/"
    licence = text(default.get("license_url")) or text(default.get("license"))
    described = Described(
        uri=page,
        identifier=name,
        title=texts(default.get("title") or name, spoken),
        description=texts(default.get("description"), spoken),
        keywords={spoken: listed(default.get("keyword")) + listed(default.get("theme"))},
        themes=[theme.rstrip("/").rpartition("/")[2] for theme in listed(dcat.get("theme"))],
        publisher=DescribedPublisher({spoken: publisher}) if publisher else None,
        issued=text(dcat.get("created")) or text(dcat.get("issued")),
        modified=text(default.get("modified")) or text(default.get("data_processed")),
        frequency=text(dcat.get("accrualperiodicity")),
        languages=listed(default.get("metadata_languages")) or [spoken],
        spatial=[],
        landingPage=page,
        temporal=DescribedPeriod(text(dcat.get("temporal_coverage_start")), text(dcat.get("temporal_coverage_end"))),
        distributions=_forms(item, base, name, licence),
    )
    return msgspec.structs.replace(row_of(described), contact=text(dcat.get("contact_email")))


def _forms(item: dict[str, Any], base: str, name: str, licence: str) -> list[DescribedForm]:
    forms = [DescribedForm(format="api", accessURL=f"{base}/api/explore/v2.1/catalog/datasets/{quote(name)}", license=licence)]
    if not item.get("has_records", True):
        return forms
    kinds = (*FORMS, ("geojson", "application/geo+json")) if "geo" in listed(item.get("features")) else FORMS
    at = f"{base}/api/explore/v2.1/catalog/datasets/{quote(name)}/exports/"
    return [*(DescribedForm(format=form, mediaType=media, downloadURL=at + form, license=licence) for form, media in kinds), *forms]
