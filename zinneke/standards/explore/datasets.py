"""A dataset's records: pages, groups, one record, facets, attachments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from zinneke.foundations.tables import store
from zinneke.foundations.tables.values import Figure, Grouping, Key, Term, Where
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import Call
from zinneke.kernel.text import LANGUAGES
from zinneke.standards.explore.facets import LEVELS, Path, TellFacet, TellFacets, Wish, chosen_of, dated, listed, read_wishes
from zinneke.standards.explore.faults import misfit
from zinneke.standards.explore.meaning import Sense
from zinneke.standards.explore.moments import zone_of
from zinneke.standards.explore.question import MOST_GROUPS, MOST_RECORDS, Asked, Clauses, conditions, facet_condition, facet_field, understand
from zinneke.standards.explore.records import Link, is_facet, writer

ROOT = "/api/explore/v2.1/catalog"
_MOST_FACETS = 20
_MOST_READ = 1_000
Clause = Annotated[str, Meta(max_length=10_000)]
Parts = Annotated[list[Clause], Meta(max_length=50)]
Identifier = Annotated[str, Meta(max_length=200, description="Key of the dataset.")]
Zone = Annotated[str, Meta(max_length=60, description="Time zone of hours and days.")]
Language = Annotated[str, Meta(max_length=20)]


class AskDataset(msgspec.Struct):
    """A dataset."""

    dataset_id: Identifier
    lang: Language = ""
    include_links: bool = False
    include_app_metas: bool = False


class AskRecords(msgspec.Struct):
    """Which records, in ODSQL: `select`, `where`, `group_by`, `order_by`; `refine` and `exclude` take `field:value`."""

    dataset_id: Identifier
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


class AskRecord(msgspec.Struct):
    """One record."""

    dataset_id: Identifier
    record_id: Annotated[str, Meta(max_length=100)]
    select: Parts = []
    lang: Language = ""
    timezone: Zone = "UTC"


class AskFacets(msgspec.Struct):
    """Which facets (`facet`, all without it) of which records."""

    dataset_id: Identifier
    facet: Parts = []
    where: Parts = []
    refine: Parts = []
    exclude: Parts = []
    lang: Language = ""
    timezone: Zone = "UTC"


class TellRecords(msgspec.Struct, omit_defaults=True):
    """How many records there are, and those of this page."""

    total_count: int
    results: list[dict[str, Any]]
    links: list[Link] = msgspec.field(default_factory=list, name="_links")


class TellAttachments(msgspec.Struct):
    """Attachments: there are none."""

    links: list[Link]
    attachments: list[Any]


def language_of(call: Call[Any]) -> str:
    """Return the language that was asked for: `lang`, else what the browser says."""
    return call.ask.lang if call.ask.lang in LANGUAGES else call.language


def clauses_of(ask: AskRecords, most: int = 0) -> Clauses:
    """Return the clauses of a request; `most` 0 asks for all records. Raises `Problem` 400 for a limit or offset out of bounds."""
    if not 0 <= ask.offset < 2**40:
        raise misfit("offset", f"{ask.offset} was found but 0 <= offset is expected.")
    if most and not -1 <= ask.limit <= most:
        raise misfit("limit", f"{ask.limit} was found but -1 <= limit <= {most} is expected.")
    limit = ask.limit if ask.limit >= 0 else most
    joined = (", ".join(part for part in parts if part.strip()) for parts in (ask.select, ask.group_by, ask.order_by))
    select, group_by, order_by = joined
    return Clauses(select, ask.where, group_by, order_by, ask.refine, ask.exclude, limit, ask.offset)


def get_records(call: Call[AskRecords]) -> TellRecords:
    """Give a page of records or groups: at most 100 records (20,000 groups), from any offset."""
    ask = call.ask
    sense = Sense(store.get_version(call.actor, ask.dataset_id), zone_of(ask.timezone), language_of(call))
    grouped = any(part.strip() for part in ask.group_by)
    asked = understand(clauses_of(ask, MOST_GROUPS if grouped else MOST_RECORDS), sense)
    told = records(call.actor, ask.dataset_id, asked, sense)
    if ask.include_links:
        address = f"{call.base}{ROOT}/datasets/{ask.dataset_id}"
        told.links = [Link("self", f"{address}/records"), Link("dataset", address)]
    return told


def records(actor: Actor, dataset: str, asked: Asked, sense: Sense) -> TellRecords:
    """Return what is asked of a dataset as records; a limit of 0 asks how many there are."""
    number = sense.version.number
    if asked.groups is not None:
        limit = asked.groups.limit
        found = store.read_groups(actor, dataset, replace(asked.groups, limit=max(1, limit)), number)
    else:
        limit = asked.query.limit
        found = store.read_rows(actor, dataset, replace(asked.query, limit=max(1, limit)), number)
    labels = [label for label, _ in asked.labels]
    told = [dict(zip(labels, values, strict=True)) for values in writer(asked, found.columns, sense)(found.rows[:limit])]
    return TellRecords(found.total, told)


def get_record(call: Call[AskRecord]) -> dict[str, Any]:
    """Give one record by its identifier: number of the version, full stop, number of the row from 1."""
    ask = call.ask
    number, _, row = ask.record_id.partition(".")
    if not all(each.isascii() and each.isdigit() and len(each) < 10 and int(each) for each in (number, row)):
        raise not_found("record", ask.record_id)
    sense = Sense(store.get_version(call.actor, ask.dataset_id, int(number)), zone_of(ask.timezone), language_of(call))
    asked = understand(Clauses(", ".join(ask.select), limit=1, offset=int(row) - 1), sense)
    if asked.groups is not None or int(row) > sense.version.rows:
        raise not_found("record", ask.record_id)
    return records(call.actor, ask.dataset_id, asked, sense).results[0]


def get_facets(call: Call[AskFacets]) -> TellFacets:
    """Give the values of facets with how many records have each: texts with few values, yes and no, dates by year, month and day."""
    ask = call.ask
    version = store.get_version(call.actor, ask.dataset_id)
    sense = Sense(version, zone_of(ask.timezone), language_of(call))
    wishes = (
        read_wishes(ask.facet) or [Wish(column.name) for column in version.columns if is_facet(column.type, column.profile.distinct)][:_MOST_FACETS]
    )
    address = f"{call.base}{ROOT}/datasets/{ask.dataset_id}"
    return TellFacets([Link("self", f"{address}/facets"), Link("dataset", address)], [_facet(call, wish, sense) for wish in wishes])


def _facet(call: Call[AskFacets], wish: Wish, sense: Sense) -> TellFacet:
    """Return one facet; where it is disjunctive, what is refined of it does not narrow it."""
    ask, column = call.ask, sense.column(wish.name)
    chosen = chosen_of(ask.refine, ask.exclude, column.name)
    others = [each for each in ask.refine if facet_field(each, sense) != column.name] if wish.disjunctive else ask.refine
    where = conditions(Clauses(where=ask.where, refine=others, exclude=ask.exclude), sense)

    def counted(terms: Sequence[Term], *more: Where) -> list[tuple[Any, ...]]:
        keys = tuple(Key(f"value{place}", each) for place, each in enumerate(terms))
        grouping = Grouping(keys, (Figure("count", "count"),), (*where, *more), ("-count",), _MOST_READ, zone=sense.zone)
        rows = store.read_groups(call.actor, ask.dataset_id, grouping, sense.version.number).rows
        return [row for row in rows if row[-2] is not None]

    itself = Term("column", (column.name,))
    if column.type not in ("date", "timestamp"):
        return listed(wish, [(_written(value), _written(value), count) for value, count in counted([itself])], chosen)

    def below(depth: int, path: Path) -> list[tuple[int, int]]:
        inside = (facet_condition(f"{column.name}:{'/'.join(path)}", "refine", sense)[1],) if path else ()
        return [(int(value), count) for value, count in counted([Term(LEVELS[depth], (itself,))], *inside)]

    return dated(wish, below, chosen)


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def get_attachments(call: Call[AskDataset]) -> TellAttachments:
    """Give the attachments of a dataset: none, since files that belong to data are distributions of the catalogue here."""
    store.get_version(call.actor, call.ask.dataset_id)
    address = f"{call.base}{ROOT}/datasets/{call.ask.dataset_id}"
    return TellAttachments([Link("self", f"{address}/attachments"), Link("dataset", address)], [])
