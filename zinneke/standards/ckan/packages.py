"""The actions that read packages and resources: search, show, list, suggest, what changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.catalogue.vocabularies import FORMATS, LICENCES, THEMES, format_key
from zinneke.foundations.catalogue.wanted import EVERYTHING, Coded, CodedField, Draft, Every, Not, Part, Wanted
from zinneke.foundations.tables import store as tables
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import Call
from zinneke.kernel.text import choose
from zinneke.standards.ckan import shape, solr
from zinneke.standards.ckan.asking import Many, many, queries

MOST = 1000
MARK = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""An identifier that a resource may come with."""
WHOLE = Not(Part())
"""Packages: a further table of a dataset is a resource of it."""
PUBLIC = Every((Coded("level", ("public",)), Not(Draft()), WHOLE))
"""What CKAN means without `include_private` and `include_drafts`."""
SCANNED = 20_000
"""Datasets whose resources are looked through by `resource_search`."""
Rows = Annotated[int, msgspec.Meta(ge=0)]
Start = Annotated[int, msgspec.Meta(ge=0, le=2**31)]
_ORDERS = {
    "score": "score",
    "relevance": "score",
    "metadata_modified": "changed",
    "metadata_created": "seen",
    "modified": "modified",
    "title": "title",
    "title_string": "title",
    "title_sort": "title",
    "name": "key",
    "id": "key",
    "quality": "quality",
}
_UNCOUNTED = ("views_recent", "views_total", "popularity")
"""Orders that CKAN has with tracking: taken, and all the same here."""


class AskId(msgspec.Struct):
    """One thing, by its id or name."""

    id: str
    name_or_id: str = ""


class AskPage(msgspec.Struct):
    """A page of a list."""

    limit: Annotated[int, msgspec.Meta(ge=0)] | None = None
    offset: Start = 0
    include_private: bool = False


class AskSearch(msgspec.Struct, rename={"facet_field": "facet.field", "facet_limit": "facet.limit", "facet_mincount": "facet.mincount"}):
    """A search: `q` and `fq` in Solr's language, `sort`, `rows` up to 1,000, `start`, facets."""

    q: str = ""
    fq: Many = ""
    fq_list: Many = ""
    sort: str = ""
    rows: Rows = 10
    start: Start = 0
    facet: bool = True
    facet_field: Many = ""
    facet_limit: int = 50
    facet_mincount: int = 1
    include_private: bool = False
    include_drafts: bool = False
    use_default_schema: bool = False
    fl: Many = ""


def package_search(call: Call[Any], ask: AskSearch) -> dict[str, Any]:
    """Find packages. Words are understood in French, Dutch and English; facets count all that were found."""
    asked = [solr.read(each) for each in (*queries(ask.fq), *queries(ask.fq_list))]
    wanted: list[Wanted] = [each for each in (solr.read(ask.q, lenient=True), *asked) if each != EVERYTHING]
    if not ask.include_private:
        wanted.append(PUBLIC.parts[0])
    if not ask.include_drafts:
        wanted.append(PUBLIC.parts[1])
    wanted.append(WHOLE)
    fields = _facets(ask) if ask.facet else {}
    by = order(ask.sort)
    found = store.select(
        call.actor,
        Every(tuple(wanted)),
        by,
        call.language,
        min(ask.rows, MOST),
        ask.start,
        tuple(dict.fromkeys(fields.values())),
        max(0, ask.facet_limit) if ask.facet_limit != 0 else 1,
    )
    results = [shape.package(each, call.base, call.language) for each in found.datasets]
    if kept := set(many(ask.fl)) - {"*", "score"}:
        results = [{name: value for name, value in each.items() if name in kept} for each in results]
    counts = {name: _counted(ask, code, found.counts.get(code, [])) for name, code in fields.items()}
    return {
        "count": found.total,
        "sort": ask.sort or "score desc, metadata_modified desc",
        "facets": {name: dict(values) for name, values in counts.items()},
        "results": results,
        "search_facets": {name: {"title": name, "items": _items(call, fields[name], values)} for name, values in counts.items()},
    }


def _facets(ask: AskSearch) -> dict[str, CodedField]:
    """Return CKAN's name and ours of each facet that is asked for. Raises `Problem` 400 for one that is not there."""
    found: dict[str, CodedField] = {}
    for name in many(ask.facet_field):
        code = solr.CODES.get(name.removeprefix("extras_"))
        if code is None:
            raise solr.fault(f"undefined field {name[:60]}. Facets are {', '.join(solr.CODES)}")
        found[name] = code  # type: ignore[assignment]
    return found


def _counted(ask: AskSearch, code: str, counts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    kept = [(_said(code, value), count) for value, count in counts if count >= ask.facet_mincount]
    return [] if ask.facet_limit == 0 else kept


def _said(code: str, value: str) -> str:
    """Return a facet's value as it stands in packages."""
    return value.lower() if code == "theme" else FORMATS[value].name if code == "format" and value in FORMATS else value


def _items(call: Call[Any], code: str, counts: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    names = store.publisher_names(call.actor) if code == "publisher" and counts else {}
    groups = store.list_bodies(call.actor, "group") if code == "theme" and any(value.upper() not in THEMES for value, _count in counts) else {}

    def display(value: str) -> str:
        if code == "publisher":
            return choose(names.get(value, {}), call.language)[0] or value
        if code == "theme":
            return str(shape.group(value.upper() if value.upper() in THEMES else value, call.language, body=groups.get(value))["title"])
        return LICENCES[value].name.said_in(call.language) if code == "licence" and value in LICENCES else value

    return [{"name": value, "display_name": display(value), "count": count} for value, count in counts]


def order(sort: str) -> tuple[str, ...]:
    """Return an order as the catalogue takes it. Raises `Problem` 400 for a field that cannot be sorted by."""
    found = []
    for part in (sort or "score desc, metadata_modified desc").split(","):
        name, _, way = part.strip().partition(" ")
        way = way.strip().lower() or "asc"
        if name in _UNCOUNTED:
            continue
        if name not in _ORDERS or way not in ("asc", "desc"):
            raise solr.fault(f"it cannot be sorted by {part.strip()[:60]!r}; sort by {', '.join(_ORDERS)}, each with asc or desc")
        found.append(f"-{_ORDERS[name]}" if way == "desc" else _ORDERS[name])
    return tuple(found)


def package_list(call: Call[Any], ask: AskPage) -> list[str]:
    """List the names of packages."""
    return store.list_keys(call.actor, ask.limit, ask.offset, open_only=not ask.include_private)


def current_package_list_with_resources(call: Call[Any], ask: AskPage) -> list[dict[str, Any]]:
    """List packages whole, those that changed last first."""
    wanted = WHOLE if ask.include_private else PUBLIC
    limit = min(MOST, MOST if ask.limit is None else ask.limit)
    found = store.select(call.actor, wanted, ("-changed",), call.language, limit, ask.offset)
    return [shape.package(each, call.base, call.language) for each in found.datasets]


def package_show(call: Call[Any], ask: AskId) -> dict[str, Any]:
    """Show a package by its id or name."""
    return shape.package(find(call.actor, ask.id), call.base, call.language)


def find(actor: Actor, name: str) -> Dataset:
    """Return a dataset by its key, or by the identifier that it came with. Raises `Problem` 404."""
    try:
        return store.get_dataset(actor, name)
    except Problem as problem:
        if problem.status != 404 or (found := store.find_by_uri(actor, shape.URN + name)) is None:
            raise
        return found


def find_resource(actor: Actor, name: str) -> tuple[Dataset, int]:
    """Return the dataset of a resource and its place there: by its id, or `table.form`. Raises `Problem` 404."""
    try:
        dataset = (store.find_by_mark(actor, name) if MARK.fullmatch(name) else None) or store.get_dataset(actor, name.partition(".")[0])
        if dataset.row.part_of:
            dataset = store.get_dataset(actor, dataset.row.part_of)
    except Problem as problem:
        raise not_found("resource", name) if problem.status == 404 else problem from None
    table, _, form = name.partition(".")
    ids = shape.resource_ids(dataset.key, dataset.row.distributions)
    for place, each in enumerate(dataset.row.distributions):
        if name == ids[place] or each.url == f"/api/tables/{table}/export/{form}":
            return dataset, place
    raise not_found("resource", name)


def resource_show(call: Call[Any], ask: AskId) -> dict[str, Any]:
    """Show a resource."""
    dataset, place = find_resource(call.actor, ask.id)
    return shape.resource(dataset, place, dataset.row.distributions[place], call.base, call.language)


class AskResources(msgspec.Struct):
    """A search of resources: `query` is `field:words`, or a list of such; `order_by` a field."""

    query: Many
    order_by: str = ""
    offset: Start = 0
    limit: Annotated[int, msgspec.Meta(ge=0, le=MOST)] = MOST


_RESOURCE_FIELDS = ("name", "description", "url", "format", "hash")


def resource_search(call: Call[Any], ask: AskResources) -> dict[str, Any]:
    """Find resources whose fields contain words, whatever their case, in the datasets that changed last."""
    terms = []
    for query in queries(ask.query):
        name, colon, words = query.partition(":")
        if not colon or name not in _RESOURCE_FIELDS:
            raise wrong(f"{query[:60]!r} is no query of resources: write field:words, with a field of {', '.join(_RESOURCE_FIELDS)}.", where="query")
        terms.append((name, words.strip().lower()))
    if ask.order_by and ask.order_by not in _RESOURCE_FIELDS:
        raise wrong(f"Resources can be ordered by {', '.join(_RESOURCE_FIELDS)}.", where="order_by")
    formats = [words for name, words in terms if name == "format"]
    wanted: Wanted = Every((*(Coded("format", (format_key(form), form), like=f"*{form}*") for form in formats), WHOLE))
    matched: list[dict[str, Any]] = []
    for start in range(0, SCANNED, MOST):
        page = store.select(call.actor, wanted, ("-changed",), call.language, MOST, start).datasets
        for dataset in page:
            ids = shape.resource_ids(dataset.key, dataset.row.distributions)
            for place, row in enumerate(dataset.row.distributions):
                found = shape.resource(dataset, place, row, call.base, call.language, ids)
                if all(words in str(found[name] or "").lower() for name, words in terms):
                    matched.append(found)
        if len(page) < MOST:
            break
    if ask.order_by:
        matched.sort(key=lambda each: str(each[ask.order_by] or ""))
    return {"count": len(matched), "results": matched[ask.offset : ask.offset + ask.limit]}


def resource_view_list(call: Call[Any], ask: AskId) -> list[dict[str, Any]]:
    """List the ways to look at a resource: the page of the table, where we keep its rows."""
    dataset, place = find_resource(call.actor, ask.id)
    if not dataset.versioned:
        return []
    page = f"{call.base}/{call.language}/data/{dataset.key}/"
    view = {"id": f"{ask.id}.page", "resource_id": ask.id, "package_id": shape.package_id(dataset), "view_type": "webpage_view"}
    return [{**view, "title": dataset.title_in(call.language)[0], "description": "", "page_url": page}]


def resource_view_show(call: Call[Any], ask: AskId) -> dict[str, Any]:
    """Show one way to look at a resource."""
    name, dot, page = ask.id.rpartition(".")
    found = resource_view_list(call, AskId(name)) if dot and page == "page" else []
    if not found:
        raise not_found("view", ask.id)
    return found[0]


def package_relationships_list(call: Call[Any], ask: AskId) -> list[Any]:
    """List how a package is related to others: not said here, where further tables are resources of their package."""
    find(call.actor, ask.id)
    return []


class AskPrefix(msgspec.Struct):
    """What was typed so far."""

    q: str = ""
    query: str = ""
    limit: Annotated[int, msgspec.Meta(ge=0, le=100)] = 10
    offset: Start = 0

    @property
    def typed(self) -> str:
        """Return what was typed, whichever of CKAN's two names it came under."""
        return self.q or self.query


def package_autocomplete(call: Call[Any], ask: AskPrefix) -> list[dict[str, str]]:
    """Return packages to offer while somebody types."""
    offered = store.suggest(call.actor, ask.typed, call.language, min(20, ask.limit) * 2)
    found = [each for each in offered if each.key][: ask.limit]
    return [{"name": each.key, "title": each.text, "match_field": "title", "match_displayed": f"{each.text} ({each.key})"} for each in found]


class AskActivity(msgspec.Struct):
    """A page of what happened."""

    id: str = ""
    offset: Start = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 31


def recently_changed_packages_activity_list(call: Call[Any], ask: AskActivity) -> list[dict[str, Any]]:
    """List which packages came or changed last."""
    found = store.select(call.actor, PUBLIC, ("-changed",), call.language, ask.limit, ask.offset)
    return [changed(each) for each in found.datasets]


def changed(dataset: Dataset) -> dict[str, Any]:
    """Return the last thing that happened to a package."""
    return _activity(dataset, shape.moment(dataset.changed), dataset.changed == dataset.first_seen)


def package_activity_list(call: Call[Any], ask: AskActivity) -> list[dict[str, Any]]:
    """List when a package came, when its description changed last, and each version of its rows that we keep."""
    dataset = find(call.actor, ask.id)
    times = {dataset.changed, *(each.created for each in tables.list_versions(call.actor, dataset.key))} if dataset.versioned else {dataset.changed}
    later = sorted((time for time in times if time > dataset.first_seen), reverse=True)
    found = [*(_activity(dataset, shape.moment(time), False) for time in later), _activity(dataset, shape.moment(dataset.first_seen), True)]
    return found[ask.offset : ask.offset + ask.limit]


def _activity(dataset: Dataset, time: str | None, new: bool) -> dict[str, Any]:
    package = {"id": shape.package_id(dataset), "name": dataset.key, "title": choose(dataset.title, "en")[0]}
    return {
        "id": f"{dataset.key}.{time}",
        "timestamp": time,
        "user_id": None,
        "object_id": package["id"],
        "revision_id": None,
        "activity_type": "new package" if new else "changed package",
        "data": {"package": package},
    }
