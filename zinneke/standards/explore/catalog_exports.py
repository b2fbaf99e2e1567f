"""The whole catalogue at once, or what of it matches: as tables, as objects, as a feed, as linked data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.tables.sheets import write_rows
from zinneke.kernel.route import Call, Reply
from zinneke.standards.explore.catalog import AskDatasets, Asked, demand_page, groups_of, is_grouped
from zinneke.standards.explore.choosing import DCAT, FIELDS, chooser, items_of
from zinneke.standards.explore.data_json import inventory
from zinneke.standards.explore.datasets import ROOT, Language, language_of
from zinneke.standards.explore.exports import XLSX, Delimiter, TellExports, lines_of_csv
from zinneke.standards.explore.faults import misfit
from zinneke.standards.explore.feed import MEDIA_TYPE, feed
from zinneke.standards.explore.metadata import TellDataset, dataset
from zinneke.standards.explore.moments import zone_of
from zinneke.standards.explore.records import Link

_PAGE = 100
LINKED = {
    "dcat": "rdf", "dcat-ap": "rdf", "dcat_ap": "rdf", "dcat-ap-benap": "rdf", "dcat_ap_benap": "rdf", "dcat_ap_vl": "rdf", "rdf": "rdf",
    "ttl": "ttl", "jsonld": "jsonld",
}  # fmt: skip
"""Forms of linked data, by the form that they have where the catalogue stands as DCAT-AP."""
_COLUMNS = ("dataset_id", *FIELDS, *DCAT)


class AskCatalogExport(AskDatasets):
    """Which datasets, as what. Of CSV: the delimiters of columns and of values in one, every text quoted, whether a byte order mark comes first."""

    format: Literal[
        "csv",
        "data.json",
        "dcat",
        "dcat-ap",
        "dcat-ap-benap",
        "dcat_ap",
        "dcat_ap_benap",
        "dcat_ap_vl",
        "json",
        "jsonld",
        "rdf",
        "rss",
        "ttl",
        "xlsx",
    ] = "json"
    limit: int = -1
    delimiter: Delimiter = ";"
    list_separator: Delimiter = ","
    quote_all: bool = False
    with_bom: bool = True


class AskForms(msgspec.Struct):
    """Nothing more."""

    lang: Language = ""


def get_exports(call: Call[AskForms]) -> TellExports:
    """Give the addresses of the exports of the catalogue."""
    address = f"{call.base}{ROOT}/exports"
    names = ("csv", "data.json", "json", "rss", "xlsx", *LINKED)
    return TellExports([Link("self", address), *(Link(name, f"{address}/{name}") for name in sorted(names))])


def get_export(call: Call[AskCatalogExport]) -> Reply:
    """Give every dataset that matches, or groups of them, streamed; as linked data the whole catalogue, from where it stands as DCAT-AP."""
    ask, language = call.ask, language_of(call)
    demand_page(ask, 2**31)
    if ask.format in LINKED:
        if any((*ask.where, *ask.refine, *ask.exclude)):
            raise misfit("format", f"{ask.format} gives the whole catalogue; leave where, refine and exclude out.")
        return Reply(status=303, headers={"Location": f"{call.base}/dcat/catalog.{LINKED[ask.format]}"})
    zone, ending = zone_of(ask.timezone), "json" if ask.format == "data.json" else ask.format
    headers = {"Content-Disposition": f'attachment; filename="catalog.{ending}"'}
    if is_grouped(ask):
        if ask.format not in ("csv", "json", "xlsx"):
            raise misfit("format", f"{ask.format} holds datasets; groups are given as csv, json or xlsx.")
        _, groups = groups_of(call, None if ask.limit < 0 else ask.limit)
        return _table(call, list(groups[0]) if groups else [], groups, headers)
    datasets = _all(call, Asked(call))
    if ask.format == "rss":
        return Reply(feed(datasets, call.base, language), media_type=MEDIA_TYPE, headers=headers)
    if ask.format == "data.json":
        return Reply(inventory(datasets, call.base, language), headers=headers)
    items = items_of(ask.select)
    choose = chooser(items, zone)
    told = (choose(dataset(call.actor, each, language)) for each in datasets)
    flat = (each if isinstance(each, dict) else _flat(each) for each in told) if ask.format != "json" else told
    if ask.format == "json":
        return Reply(_listed(told), headers=headers)
    first = next(iter(flat), None)
    return _table(call, list(first) if first else list(_COLUMNS), flat if first is None else _chain(first, flat), headers)


def _chain(first: Any, others: Iterable[Any]) -> Iterator[Any]:
    yield first
    yield from others


def _flat(each: TellDataset) -> dict[str, Any]:
    values = {**each.metas["default"], **each.metas["dcat"]}
    return {name: each.dataset_id if name == "dataset_id" else values.get(name) for name in _COLUMNS}


def _table(call: Call[AskCatalogExport], names: list[str], found: Iterable[dict[str, Any]], headers: dict[str, str]) -> Reply:
    ask = call.ask
    if ask.format == "json":
        return Reply(_listed(found), headers=headers)
    rows = ([_cell(each[name], ask.list_separator) for name in names] for each in found)
    if ask.format == "xlsx":
        return Reply(write_rows(names, rows), media_type=XLSX, headers=headers)
    return Reply(lines_of_csv(names, ([row] for row in rows), ask), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: Any, separator: str) -> Any:
    if isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
        return separator.join(map(str, value))
    return msgspec.json.encode(value).decode() if isinstance(value, list | dict) else value


def _all(call: Call[AskCatalogExport], asked: Asked) -> Iterator[Dataset]:
    """Yield every dataset that matches, as many as are asked for; the whole catalogue is read straight through."""
    ask = call.ask
    left = 2**31 if ask.limit < 0 else ask.limit
    if not any((*ask.where, *ask.refine, *ask.exclude, *ask.order_by)) and ask.format != "rss" and not ask.offset:
        after = 0
        while left > 0:
            found, after = store.list_datasets(call.actor, after, min(left, _PAGE))
            yield from found
            left -= len(found) if after else left
        return
    offset = ask.offset
    while left > 0 and (page := asked.page(offset, min(left, _PAGE)).datasets):
        yield from page
        offset, left = offset + len(page), left - len(page)


def _listed(found: Iterable[Any]) -> Iterator[bytes]:
    comma = b"["
    for each in found:
        yield comma + msgspec.json.encode(each)
        comma = b",\n"
    yield b"]\n" if comma != b"[" else b"[]\n"
