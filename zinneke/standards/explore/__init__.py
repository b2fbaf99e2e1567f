"""Explore v2.1, the interface of the Region's present portals: their clients change a host name and nothing else."""

from __future__ import annotations

from typing import Any

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Needs, Route
from zinneke.standards.explore import catalog, catalog_exports, datasets, exports, facets, faults, metadata

_CATALOGUE, _TABLES = Needs(Right.SEE, "catalogue"), Needs(Right.SEE, "tables")
_ONE = f"{datasets.ROOT}/datasets/{{dataset_id}}"
_FILE = "application/octet-stream"


def _get(path: str, call: Any, ask: type, gives: Any, summary: str, audience: Needs, media_type: str = "application/json") -> Route:
    return Route(
        method="GET", path=path, call=call, ask=ask, gives=gives, summary=summary, audience=audience, tags=("explore",), fault=faults.told,
        media_type=media_type,
    )  # fmt: skip


ROUTES = (
    _get(f"{datasets.ROOT}/datasets", catalog.get_datasets, catalog.AskDatasets, catalog.TellDatasets, "Datasets", _CATALOGUE),
    _get(_ONE, catalog.get_dataset, catalog.AskOne, metadata.TellDataset, "A dataset", _CATALOGUE),
    _get(f"{datasets.ROOT}/facets", catalog.get_facets, catalog.AskCatalogFacets, facets.TellFacets, "Facets of datasets", _CATALOGUE),
    _get(
        f"{datasets.ROOT}/exports", catalog_exports.get_exports, catalog_exports.AskForms, exports.TellExports, "Forms of the catalogue", _CATALOGUE
    ),
    _get(
        f"{datasets.ROOT}/exports/{{format}}",
        catalog_exports.get_export,
        catalog_exports.AskCatalogExport,
        None,
        "The catalogue as a file",
        _CATALOGUE,
        _FILE,
    ),
    _get(f"{_ONE}/records", datasets.get_records, datasets.AskRecords, datasets.TellRecords, "Records or groups", _TABLES),
    _get(f"{_ONE}/records/{{record_id}}", datasets.get_record, datasets.AskRecord, dict[str, Any], "A record", _TABLES),
    _get(f"{_ONE}/facets", datasets.get_facets, datasets.AskFacets, facets.TellFacets, "Facets of records", _TABLES),
    _get(f"{_ONE}/attachments", datasets.get_attachments, datasets.AskDataset, datasets.TellAttachments, "Attachments", _TABLES),
    _get(f"{_ONE}/exports", exports.get_exports, datasets.AskDataset, exports.TellExports, "Forms of the records", _TABLES),
    _get(f"{_ONE}/exports/{{format}}", exports.get_export, exports.AskExport, None, "Records as a file", _TABLES, _FILE),
)
