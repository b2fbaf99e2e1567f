"""The catalogue: datasets with their metadata, facets, exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.grouping import Figure, Key
from zinneke.foundations.catalogue.values import Selected
from zinneke.foundations.catalogue.wanted import CodedField, Words, leaves
from zinneke.kernel.event import Used, announce
from zinneke.kernel.route import Call
from zinneke.standards.explore.choosing import chooser, grouped, has_figures, items_of, read_groups
from zinneke.standards.explore.datasets import ROOT, AskDataset, Language, Parts, Zone, language_of
from zinneke.standards.explore.facets import LEVELS, Path, TellFacet, TellFacets, Wish, chosen_of, dated, listed, read_wishes
from zinneke.standards.explore.faults import malformed, misfit
from zinneke.standards.explore.metadata import TellDataset, dataset
from zinneke.standards.explore.moments import zone_of
from zinneke.standards.explore.question import MOST_GROUPS, MOST_RECORDS
from zinneke.standards.explore.records import Link
from zinneke.standards.explore.syntax import Field
from zinneke.standards.explore.wishes import FACETS, MOMENTS, Reader

_ORDERS = {"modified": "modified", "title": "title", "dataset_id": "key", "data_quality": "quality", "metadata_processed": "changed"}


class AskDatasets(msgspec.Struct):
    """Which datasets: words, comparisons, `refine` and `exclude` with `facet:value`; at most 100 a page, or groups of them."""

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


class AskCatalogFacets(msgspec.Struct):
    """Which facets (all without `facet`) of which datasets."""

    facet: Parts = []
    where: Parts = []
    refine: Parts = []
    exclude: Parts = []
    lang: Language = ""
    timezone: Zone = "UTC"


class AskOne(AskDataset):
    """A dataset, or what is selected of it."""

    select: Parts = []
    timezone: Zone = "UTC"


class TellDatasets(msgspec.Struct):
    """How many datasets there are, and those of this page."""

    total_count: int
    results: list[Any]


def get_dataset(call: Call[AskOne]) -> TellDataset | dict[str, Any]:
    """Give one dataset with its fields and metadata, or what is selected of it."""
    choose = chooser(items_of(call.ask.select), zone_of(call.ask.timezone))
    found = store.get_dataset(call.actor, call.ask.dataset_id)
    told: TellDataset | dict[str, Any] = choose(dataset(call.actor, found, language_of(call), call.base if call.ask.include_links else ""))
    return told


def get_datasets(call: Call[AskDatasets]) -> TellDatasets:
    """Give a page of datasets, the most relevant first, from any offset; or groups of them with figures."""
    ask, most = call.ask, MOST_GROUPS if is_grouped(call.ask) else MOST_RECORDS
    demand_page(ask, most)
    limit = most if ask.limit < 0 else ask.limit
    if is_grouped(ask):
        return TellDatasets(*groups_of(call, limit))
    choose = chooser(items_of(ask.select), zone_of(ask.timezone))
    page = Asked(call).page(ask.offset, limit)
    base = call.base if ask.include_links else ""
    return TellDatasets(page.total, [choose(dataset(call.actor, each, language_of(call), base)) for each in page.datasets])


def demand_page(ask: AskDatasets, most: int) -> None:
    """Raise `Problem` 400 for a page of more than the most, or from before the first on."""
    if not -1 <= ask.limit <= most:
        raise misfit("limit", f"{ask.limit} was found but -1 <= limit <= {most} is expected.")
    if not 0 <= ask.offset < 2**31:
        raise misfit("offset", f"{ask.offset} was found but 0 <= offset is expected.")


def is_grouped(ask: AskDatasets) -> bool:
    """Say whether groups are asked for: by `group_by`, or one of all by a figure in `select`."""
    return any(part.strip() for part in ask.group_by) or has_figures(items_of(ask.select))


def groups_of(call: Call[Any], limit: int | None) -> tuple[int, list[dict[str, Any]]]:
    """Return how many groups a request asks for, and so many of them from its offset on; None is all."""
    groups, asked = read_groups(call.ask.select, call.ask.group_by, call.ask.order_by), Asked(call, ordered=False)
    return grouped(asked.reader, asked.wanted, groups, call.ask.offset, limit)


class Asked:
    """What one request asks of the catalogue. Raises `Problem` 400 for what cannot be read."""

    def __init__(self, call: Call[Any], ordered: bool = True) -> None:
        self.actor, self.language = call.actor, language_of(call)
        self.reader = Reader(self.actor, self.language, zone_of(call.ask.timezone))
        self.wanted = self.reader.wanted(call.ask.where, call.ask.refine, call.ask.exclude)
        self.by = _order(getattr(call.ask, "order_by", []) if ordered else ())
        announce(Used("search"))
        self.respelled = any(isinstance(each, Words) for each in leaves(self.wanted)) and not self.page(0, 0).total
        if self.respelled:
            self.wanted = self.reader.respelled(self.wanted)

    def page(self, offset: int, limit: int, counted: Sequence[CodedField] = ()) -> Selected:
        """Return some of the datasets that match, and how many have each value of some facets."""
        return store.select(self.actor, self.wanted, self.by, self.language, limit, offset, counted, 0)


def _order(clauses: Sequence[str]) -> tuple[str, ...]:
    found = []
    for each in items_of(clauses, ordered=True):
        name = each.node.name.removeprefix("default.") if isinstance(each.node, Field) else ""
        if name not in _ORDERS:
            raise malformed(f"datasets are ordered by {', '.join(_ORDERS)}")
        found.append(f"-{_ORDERS[name]}" if each.down else _ORDERS[name])
    return tuple(found) or ("-score",)


def get_facets(call: Call[AskCatalogFacets]) -> TellFacets:
    """Give the facets of the catalogue, with how many datasets have each value."""
    wishes = read_wishes(call.ask.facet) or [Wish(name) for name in (*FACETS, *MOMENTS)]
    for wish in wishes:
        if wish.name.removeprefix("default.") not in (*FACETS, *MOMENTS):
            raise misfit("facet", f"{wish.name[:40]!r} is none of {', '.join((*FACETS, *MOMENTS))}.")
    asked = Asked(call)
    names = [FACETS[wish.name] for wish in wishes if wish.name in FACETS and not wish.disjunctive]
    counts = asked.page(0, 0, names).counts
    return TellFacets([Link("self", f"{call.base}{ROOT}/facets"), Link("source", f"{call.base}{ROOT}")], [
        _facet(call, asked, wish, counts) for wish in wishes
    ])  # fmt: skip


def _facet(call: Call[AskCatalogFacets], asked: Asked, wish: Wish, counts: dict[str, list[tuple[str, int]]]) -> TellFacet:
    """Return one facet; where it is disjunctive, what is refined of it does not narrow it."""
    ask, name = call.ask, wish.name.removeprefix("default.")
    chosen, reader, wanted = chosen_of(ask.refine, ask.exclude, name), asked.reader, asked.wanted
    if wish.disjunctive:
        others = [each for each in ask.refine if each.partition(":")[0].strip().removeprefix("default.") != name]
        wanted = reader.wanted(ask.where, others, ask.exclude)
        wanted = reader.respelled(wanted) if asked.respelled else wanted
    if name in MOMENTS:
        field = MOMENTS[name]

        def below(depth: int, path: Path) -> list[tuple[int, int]]:
            inside = reader.inside(wanted, name, path) if path else wanted
            found = store.group(call.actor, inside, [Key(field, LEVELS[depth])], [Figure("count")], reader.zone)
            return [(value, count) for value, count in found if value is not None]

        return dated(wish, below, chosen)
    code = FACETS[name]
    values = counts[code] if code in counts else store.select(call.actor, wanted, limit=0, counted=(code,), most=0).counts[code]
    return listed(wish, [(reader.label(code, value), value, count) for value, count in values], chosen)
