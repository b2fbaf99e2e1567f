"""The catalogue: datasets with their metadata, facets, exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from zinneke.foundations.catalogue import store, vocabularies
from zinneke.foundations.catalogue.values import Dataset, Facet
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Version
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem
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
from zinneke.standards.explore.question import MOST_RECORDS
from zinneke.standards.explore.records import Link, TellField, fields
from zinneke.standards.explore.syntax import Applied, Field, Node, Star, read_expression, read_items
from zinneke.standards.explore.syntax import Literal as Value

FACETS = {"publisher": "publisher", "theme": "theme", "license": "licence", "language": "language", "format": "format", "source": "source"}
"""The facets of the catalogue by the names that they have here."""
_NAMES = ("dataset_id", "title", "description", "theme", "keyword", "publisher", "license", "language", "modified", "records_count")
_ORDERS = {"modified": "newest", "title": "title"}
_PAGE = 100


class AskDatasets(msgspec.Struct):
    """Which datasets: words, `field = "value"` and `refine=facet:value`; at most 100 a page."""

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

    format: Literal["csv", "json"] = "json"
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
    """Give a page of datasets, the most relevant first, from any offset."""
    ask = call.ask
    if not -1 <= ask.limit <= MOST_RECORDS:
        raise misfit("limit", f"{ask.limit} was found but -1 <= limit <= {MOST_RECORDS} is expected.")
    if not 0 <= ask.offset < 2**31:
        raise misfit("offset", f"{ask.offset} was found but 0 <= offset is expected.")
    limit = MOST_RECORDS if ask.limit < 0 else ask.limit
    names = _selected(ask)
    keys, total = _keys(call, ask.offset, limit)
    base = call.base if ask.include_links else ""
    found = [dataset(call.actor, each, language_of(call), base) for each in _opened(call.actor, keys)]
    return TellDatasets(total, [_narrowed(each, names) for each in found] if names else found)


def _selected(ask: AskDatasets) -> list[str]:
    if any(part.strip() for part in ask.group_by):
        raise malformed("the catalogue is not grouped here. Its facets are counted at /catalog/facets")
    items = read_items(", ".join(ask.select)) if any(part.strip() for part in ask.select) else []
    if any(isinstance(each.node, Star) for each in items):
        return []
    names = [each.node.name.removeprefix("default.") for each in items if isinstance(each.node, Field)]
    if len(names) < len(items) or not set(names) <= set(_NAMES):
        raise malformed(f"of datasets these can be selected: {', '.join(_NAMES)}")
    return names


def _narrowed(each: TellDataset, names: Sequence[str]) -> dict[str, Any]:
    return {name: each.dataset_id if name == "dataset_id" else each.metas["default"].get(name) for name in names}


def _opened(actor: Actor, keys: Sequence[str]) -> Iterator[Dataset]:
    for key in keys:
        try:
            yield store.get_dataset(actor, key)
        except Problem:  # gone since it was found
            continue


class _Page(msgspec.Struct):
    """Some of the datasets that match: their keys, where the search goes on behind each and behind the last, and the facets."""

    total: int
    keys: list[str] = []
    cursors: list[str] = []
    after: str = ""
    facets: tuple[Facet, ...] = ()


def _keys(call: Call[Any], offset: int, limit: int) -> tuple[list[str], int]:
    """Return the keys of a page, and how many datasets match; beyond what one search reaches it goes on from dataset to dataset."""
    found = _search(call, limit if offset <= store.FURTHEST else _PAGE, min(offset, store.FURTHEST))
    past = offset - store.FURTHEST
    while past > 0 and found.keys:
        if past <= len(found.keys):
            return _search(call, limit, 0, found.cursors[past - 1]).keys, found.total
        past -= len(found.keys)
        found = _search(call, _PAGE, 0, found.after) if found.after else _Page(found.total)
    return found.keys, found.total


def _search(call: Call[Any], limit: int, offset: int, after: str = "") -> _Page:
    text, facets, key = _meant(call.ask, call.actor, language_of(call))
    if key is not None:
        keys = [] if after else [each.key for each in _opened(call.actor, [key])]
        return _Page(len(keys), keys[offset : offset + limit])
    order = "relevance"
    for each in read_items(", ".join(getattr(call.ask, "order_by", [])), ordered=True) if any(getattr(call.ask, "order_by", [])) else ():
        name = each.node.name.removeprefix("default.") if isinstance(each.node, Field) else ""
        if name not in _ORDERS or each.down is (name == "title"):
            raise malformed("datasets are ordered by `title` or by `modified desc`")
        order = _ORDERS[name]
    found = store.search(call.actor, text, language_of(call), facets, order, limit, offset, after)
    return _Page(found.total, [hit.key for hit in found.hits], [hit.cursor for hit in found.hits], found.after, found.facets)


def _meant(ask: Any, actor: Actor, language: str) -> tuple[str, Mapping[str, Sequence[str]], str | None]:
    """Return the words, facets and key that are asked for. Raises `Problem` 400 for what the catalogue is not asked here."""
    if ask.exclude and any(part.strip() for part in ask.exclude):
        raise misfit("exclude", "the catalogue excludes nothing; refine instead.")
    words: list[str] = []
    chosen: dict[str, list[str]] = {}
    key: list[str] = []
    for each in ask.refine:
        name, parted, value = each.partition(":")
        if not parted or name.strip() not in FACETS:
            raise misfit("refine", f"{each[:60]!r} is not written facet:value with one of {', '.join(FACETS)}.")
        chosen.setdefault(FACETS[name.strip()], []).append(value.strip().strip("\"'"))
    for each in ask.where:
        if each.strip():
            _read(read_expression(each), words, chosen, key)
    found = {name: [_code(name, value, actor, language) for value in values] for name, values in chosen.items()}
    return " ".join(words), found, key[0] if key else None


def _read(node: Node, words: list[str], chosen: dict[str, list[str]], key: list[str]) -> None:
    if isinstance(node, Value) and isinstance(node.value, str):
        words.append(node.value)
    elif isinstance(node, Applied) and node.name == "and":
        for each in node.args:
            _read(each, words, chosen, key)
    elif isinstance(node, Applied) and node.name in ("search", "suggest", "startswith", "like") and node.args:
        _read(node.args[-1], words, chosen, key)
    elif isinstance(node, Applied) and node.name == "eq" and isinstance(node.args[0], Field) and isinstance(node.args[1], Value):
        name, value = node.args[0].name.removeprefix("default."), str(node.args[1].value)
        if name in ("dataset_id", "datasetid"):
            key.append(value)
        elif name in FACETS:
            chosen.setdefault(FACETS[name], []).append(value)
        else:
            words.append(value)
    else:
        raise malformed(f"the catalogue takes words, search(…), dataset_id, and {', '.join(FACETS)} with `=`, joined by AND")


def _code(name: str, value: str, actor: Actor, language: str) -> str:
    """Return the code of a facet's value that is given by its name."""
    if name == "theme":
        return next((code for code, text in vocabularies.THEMES.items() if value in (code, text.fr, text.nl, text.en)), value)
    if name == "licence":
        return next((code for code, each in vocabularies.LICENCES.items() if value in (code, each.name.fr, each.name.nl, each.name.en)), value)
    listed = next((facet for facet in store.search(actor, "", language, limit=0).facets if facet.key == name), None)
    return next((each.value for each in (listed.values if listed else ()) if value in (each.value, each.label)), value)


def get_facets(call: Call[AskCatalogFacets]) -> TellFacets:
    """Give the facets of the catalogue, with how many datasets have each value."""
    wanted = [facet_name(each) for each in call.ask.facet] or list(FACETS)
    for name in wanted:
        if name not in FACETS:
            raise misfit("facet", f"{name[:40]!r} is none of {', '.join(FACETS)}.")
    found = {facet.key: facet for facet in _search(call, 0, 0).facets}
    told = []
    for name in wanted:
        values = found[FACETS[name]].values if FACETS[name] in found else ()
        told.append(TellFacet(name, [FacetValue(each.label, each.count, "refined" if each.selected else "displayed", each.value) for each in values]))
    return TellFacets([Link("self", f"{call.base}{ROOT}/facets"), Link("source", f"{call.base}{ROOT}")], told)


def get_exports(call: Call[AskForms]) -> TellExports:
    """Give the addresses of the exports of the catalogue."""
    address = f"{call.base}{ROOT}/exports"
    return TellExports([Link("self", address), *(Link(name, f"{address}/{name}") for name in ("csv", "json"))])


def get_export(call: Call[AskCatalogExport]) -> Reply:
    """Give every dataset that matches, with its metadata, streamed."""
    ask, language = call.ask, language_of(call)
    told = (dataset(call.actor, each, language) for each in _all(call, _search(call, _PAGE, 0)))
    headers = {"Content-Disposition": f'attachment; filename="catalog.{ask.format}"'}
    if ask.format == "csv":
        return Reply(_lines(told), media_type="text/csv; charset=utf-8", headers=headers)
    return Reply(_listed(told), headers=headers)


def _all(call: Call[AskCatalogExport], page: _Page) -> Iterator[Dataset]:
    """Yield every dataset that matches, as many as are asked for; the whole catalogue is read straight through."""
    left = page.total if call.ask.limit < 0 else call.ask.limit
    if not any((*call.ask.where, *call.ask.refine, *call.ask.order_by)):
        after = 0
        while left > 0:
            found, after = store.list_datasets(call.actor, after, min(left, _PAGE))
            yield from found
            left -= len(found) if after else left
        return
    while page.keys and left > 0:
        yield from _opened(call.actor, page.keys[:left])
        left -= len(page.keys)
        page = _search(call, _PAGE, 0, page.after) if page.after else _Page(0)


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
