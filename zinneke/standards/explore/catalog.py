"""The catalogue: datasets with their metadata, facets, exports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from zinneke.foundations.catalogue import store, vocabularies
from zinneke.foundations.catalogue.values import Dataset, Selected
from zinneke.foundations.catalogue.wanted import CodedField, Words, leaves
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Version
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.event import Used, announce
from zinneke.kernel.route import Call, Reply
from zinneke.kernel.spreadsheet import as_csv
from zinneke.kernel.text import choose
from zinneke.standards.explore.datasets import (
    ROOT,
    AskDataset,
    FacetValue,
    Language,
    Parts,
    TellFacet,
    TellFacets,
    Zone,
    facet_name,
    language_of,
)
from zinneke.standards.explore.exports import TellExports
from zinneke.standards.explore.faults import malformed, misfit
from zinneke.standards.explore.feed import MEDIA_TYPE, feed
from zinneke.standards.explore.question import MOST_RECORDS
from zinneke.standards.explore.records import Link, TellField, fields
from zinneke.standards.explore.syntax import Applied, Field, Star, read_items
from zinneke.standards.explore.wishes import FACETS, Reader

_NAMES = ("dataset_id", "title", "description", "theme", "keyword", "publisher", "license", "language", "modified", "records_count")
_ORDERS = {"modified": "modified", "title": "title", "dataset_id": "key", "data_quality": "quality"}
_PAGE = 100
_MOST_VALUES = 100
LINKED = {"dcat": "rdf", "dcat-ap": "rdf", "rdf": "rdf", "ttl": "ttl", "jsonld": "jsonld"}
"""Forms of linked data, by the form that they have where the catalogue stands as DCAT-AP."""


class AskDatasets(msgspec.Struct):
    """Which datasets: words, comparisons, `refine` and `exclude` with `facet:value`; at most 100 a page, or groups by one facet."""

    select: Parts = []
    where: Parts = []
    group_by: Parts = []
    order_by: Parts = []
    refine: Parts = []
    exclude: Parts = []
    limit: int = 10
    offset: int = 0
    lang: Language = ""
    timezone: Zone = "UTC"
    include_links: bool = False
    include_app_metas: bool = False


class AskCatalogExport(AskDatasets):
    """Which datasets, as what."""

    format: Literal["csv", "dcat", "dcat-ap", "json", "jsonld", "rdf", "rss", "ttl"] = "json"
    limit: int = -1


class AskCatalogFacets(msgspec.Struct):
    """Which facets (all without `facet`) of which datasets."""

    facet: Parts = []
    where: Parts = []
    refine: Parts = []
    exclude: Parts = []
    lang: Language = ""
    timezone: Zone = "UTC"


class AskForms(msgspec.Struct):
    """Nothing more."""

    lang: Language = ""


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


class TellDatasets(msgspec.Struct):
    """How many datasets there are, and those of this page."""

    total_count: int
    results: list[Any]


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


def get_dataset(call: Call[AskDataset]) -> TellDataset:
    """Give one dataset with its fields and metadata."""
    found = store.get_dataset(call.actor, call.ask.dataset_id)
    return dataset(call.actor, found, language_of(call), call.base if call.ask.include_links else "")


def get_datasets(call: Call[AskDatasets]) -> TellDatasets:
    """Give a page of datasets, the most relevant first, from any offset; or how many there are of each publisher, theme and so on."""
    ask = call.ask
    if not -1 <= ask.limit <= MOST_RECORDS:
        raise misfit("limit", f"{ask.limit} was found but -1 <= limit <= {MOST_RECORDS} is expected.")
    if not 0 <= ask.offset < 2**31:
        raise misfit("offset", f"{ask.offset} was found but 0 <= offset is expected.")
    limit = MOST_RECORDS if ask.limit < 0 else ask.limit
    if any(part.strip() for part in ask.group_by):
        return _grouped(call, limit)
    names = _selected(ask)
    page = _Asked(call).page(ask.offset, limit)
    base = call.base if ask.include_links else ""
    found = [dataset(call.actor, each, language_of(call), base) for each in page.datasets]
    return TellDatasets(page.total, [_narrowed(each, names) for each in found] if names else found)


def _selected(ask: AskDatasets) -> list[str]:
    items = read_items(", ".join(ask.select)) if any(part.strip() for part in ask.select) else []
    if any(isinstance(each.node, Star) for each in items):
        return []
    names = [each.node.name.removeprefix("default.") for each in items if isinstance(each.node, Field)]
    if len(names) < len(items) or not set(names) <= set(_NAMES):
        raise malformed(f"of datasets these can be selected: {', '.join(_NAMES)}")
    return names


def _narrowed(each: TellDataset, names: Sequence[str]) -> dict[str, Any]:
    return {name: each.dataset_id if name == "dataset_id" else each.metas["default"].get(name) for name in names}


class _Asked:
    """What one request asks of the catalogue. Raises `Problem` 400 for what cannot be read."""

    def __init__(self, call: Call[Any], ordered: bool = True) -> None:
        self.actor, self.language = call.actor, language_of(call)
        self.reader = Reader(self.actor, self.language)
        self.wanted = self.reader.wanted(call.ask.where, call.ask.refine, call.ask.exclude)
        self.by = _order(getattr(call.ask, "order_by", []) if ordered else ())
        announce(Used("search"))
        if any(isinstance(each, Words) for each in leaves(self.wanted)) and not self.page(0, 0).total:
            self.wanted = self.reader.respelled(self.wanted)

    def page(self, offset: int, limit: int, counted: Sequence[CodedField] = ()) -> Selected:
        """Return some of the datasets that match, and how many have each value of some facets."""
        return store.select(self.actor, self.wanted, self.by, self.language, limit, offset, counted, 0)


def _order(clauses: Sequence[str]) -> tuple[str, ...]:
    found = []
    for each in read_items(", ".join(clauses), ordered=True) if any(part.strip() for part in clauses) else ():
        name = each.node.name.removeprefix("default.") if isinstance(each.node, Field) else ""
        if name not in _ORDERS:
            raise malformed(f"datasets are ordered by {', '.join(_ORDERS)}")
        found.append(f"-{_ORDERS[name]}" if each.down else _ORDERS[name])
    return tuple(found) or ("-score",)


def _grouped(call: Call[AskDatasets], limit: int) -> TellDatasets:
    """Return how many datasets have each value of one facet."""
    ask, keys = call.ask, read_items(", ".join(call.ask.group_by))
    name = keys[0].node.name.removeprefix("default.") if len(keys) == 1 and isinstance(keys[0].node, Field) else ""
    if name not in FACETS:
        raise malformed(f"datasets are grouped by one of {', '.join(FACETS)}")
    shown = {keys[0].label: ""}
    for each in read_items(", ".join(ask.select)) if any(part.strip() for part in ask.select) else ():
        if isinstance(each.node, Applied) and each.node.name == "count":
            shown[each.label] = "count"
        elif not isinstance(each.node, Field) or each.node.name.removeprefix("default.") != name:
            raise malformed(f"of groups {name} and count(*) can be selected")
    asked = _Asked(call, ordered=False)
    field = FACETS[name]
    rows = [(asked.reader.label(field, code), count) for code, count in asked.page(0, 0, (field,)).counts[field]]
    for each in reversed(read_items(", ".join(ask.order_by), ordered=True) if any(part.strip() for part in ask.order_by) else []):
        counts = shown.get(each.label) == "count" or (isinstance(each.node, Applied) and each.node.name == "count")
        if not counts and each.label not in shown:
            raise malformed(f"groups are ordered by {name} or count(*)")
        rows.sort(key=lambda row: row[1] if counts else row[0].casefold(), reverse=each.down)
    page = rows[ask.offset : ask.offset + limit]
    return TellDatasets(len(rows), [{label: count if what else value for label, what in shown.items()} for value, count in page])


def get_facets(call: Call[AskCatalogFacets]) -> TellFacets:
    """Give the facets of the catalogue, with how many datasets have each value."""
    wanted = [facet_name(each) for each in call.ask.facet] or list(FACETS)
    for name in wanted:
        if name not in FACETS:
            raise misfit("facet", f"{name[:40]!r} is none of {', '.join(FACETS)}.")
    asked = _Asked(call)
    counts = asked.page(0, 0, [FACETS[name] for name in wanted]).counts
    refined = {each.partition(":")[0].strip() + ":" + each.partition(":")[2].strip().strip("\"'") for each in call.ask.refine}
    told = []
    for name in wanted:
        values = [(asked.reader.label(FACETS[name], code), code, count) for code, count in counts[FACETS[name]][:_MOST_VALUES]]
        told.append(TellFacet(name, [
            FacetValue(label, count, "refined" if {f"{name}:{label}", f"{name}:{code}"} & refined else "displayed", code)
            for label, code, count in values
        ]))  # fmt: skip
    return TellFacets([Link("self", f"{call.base}{ROOT}/facets"), Link("source", f"{call.base}{ROOT}")], told)


def get_exports(call: Call[AskForms]) -> TellExports:
    """Give the addresses of the exports of the catalogue."""
    address = f"{call.base}{ROOT}/exports"
    return TellExports([Link("self", address), *(Link(name, f"{address}/{name}") for name in sorted(("csv", "json", "rss", *LINKED)))])


def get_export(call: Call[AskCatalogExport]) -> Reply:
    """Give every dataset that matches, with its metadata, streamed; as linked data the whole catalogue, from where it stands as DCAT-AP."""
    ask, language = call.ask, language_of(call)
    if ask.format in LINKED:
        if any((*ask.where, *ask.refine, *ask.exclude)):
            raise misfit("format", f"{ask.format} gives the whole catalogue; leave where, refine and exclude out.")
        return Reply(status=303, headers={"Location": f"{call.base}/dcat/catalog.{LINKED[ask.format]}"})
    found = _all(call, _Asked(call))
    headers = {"Content-Disposition": f'attachment; filename="catalog.{ask.format}"'}
    if ask.format == "rss":
        return Reply(feed(found, call.base, language), media_type=MEDIA_TYPE, headers=headers)
    told = (dataset(call.actor, each, language) for each in found)
    if ask.format == "csv":
        return Reply(_lines(told), media_type="text/csv; charset=utf-8", headers=headers)
    return Reply(_listed(told), headers=headers)


def _all(call: Call[AskCatalogExport], asked: _Asked) -> Iterator[Dataset]:
    """Yield every dataset that matches, as many as are asked for; the whole catalogue is read straight through."""
    left = 2**31 if call.ask.limit < 0 else call.ask.limit
    if not any((*call.ask.where, *call.ask.refine, *call.ask.exclude, *call.ask.order_by)) and call.ask.format != "rss":
        after = 0
        while left > 0:
            found, after = store.list_datasets(call.actor, after, min(left, _PAGE))
            yield from found
            left -= len(found) if after else left
        return
    offset = 0
    while left > 0 and (page := asked.page(offset, min(left, _PAGE)).datasets):
        yield from page
        offset, left = offset + len(page), left - len(page)


def _lines(told: Iterator[TellDataset]) -> Iterator[bytes]:
    yield as_csv(_NAMES, ()).encode()
    for each in told:
        line = [each.dataset_id, *(_flat(each.metas["default"].get(name)) for name in _NAMES[1:])]
        yield as_csv(line, ()).encode()


def _flat(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _listed(found: Iterator[TellDataset]) -> Iterator[bytes]:
    comma = b"["
    for each in found:
        yield comma + msgspec.json.encode(each)
        comma = b",\n"
    yield b"]\n" if comma != b"[" else b"[]\n"
