"""Rows that come as a file or as records: the first table of a package, a further one, or the next version of either."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.tables_of import own_table
from zinneke.foundations.catalogue.values import Dataset, Distribution
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call
from zinneke.standards.ckan import shape
from zinneke.standards.ckan.asking import UPLOAD
from zinneke.standards.ckan.describing import ResourceFields
from zinneke.standards.ckan.packages import MARK, find

Columns = tuple[ColumnSpec, ...]


def awaited(call: Call[Any], name: str) -> Dataset | None:
    """Return the package without rows whose first table a resource `package.csv` will be, as in what was dumped elsewhere; None for any other."""
    key, _, form = name.partition(".")
    if form != "csv":
        return None
    try:
        found = find(call.actor, key)
    except Problem:
        return None
    return None if found.versioned else found


def new_table(call: Call[Any], held: Dataset, given: ResourceFields, content: bytes, name: str, columns: Columns = ()) -> dict[str, Any]:
    """Keep rows as a table of a package that it has not had yet: its first one, else a further one beside it."""
    mark = given.id if MARK.fullmatch(given.id) else ""
    title = {call.language: given.name[:1000]} if given.name else {}
    if mark and (other := store.find_by_mark(call.actor, mark)) and other.key != held.key:
        raise wrong("There is a resource with this id already.", where="id")
    if not held.versioned:
        said = _keep(call, held, content, name, columns)
        return _told(call, _first_named(call.actor, held.key, title, mark), held.key, said)
    part = store.add_part(call.actor, held.key, title or {call.language: name.rpartition(".")[0] or "2"}, mark)
    try:
        said = _keep(call, part, content, name, columns)
        if held.state == "published":
            store.submit(call.actor, part.key)
            if not store.needs_second(call.actor, part.key):
                store.accept(call.actor, part.key)
    except Problem:
        store.remove_part(call.actor, part.key, "Its rows could not be kept.")
        raise
    return _told(call, store.get_dataset(call.actor, held.key), part.key, said)


def next_rows(call: Call[Any], held: Dataset, place: int, content: bytes, name: str, columns: Columns = ()) -> dict[str, Any]:
    """Keep rows as what a resource stands for: the next version of its table, or where it was an address or a name alone, a table."""
    way = held.row.distributions[place]
    table = own_table(way.url)
    if table:
        remarks = _keep(call, held if table == held.key else store.get_dataset(call.actor, table), content, name, columns)
        return _told(call, store.get_dataset(call.actor, held.key), table, remarks)
    said = next((text for text in way.title.values() if text), "")
    given = ResourceFields(name=said, id=way.mark)
    left = tuple(each for number, each in enumerate(held.row.distributions) if number != place)
    told = new_table(call, held, given, content, name, columns)
    now = store.get_dataset(call.actor, held.key)
    kept = tuple(each for each in now.row.distributions if own_table(each.url) or each in left)
    store.set_dataset(call.actor, held.key, msgspec.structs.replace(now.row, distributions=kept), now.etag)
    return told


def _keep(call: Call[Any], held: Dataset, content: bytes, name: str, columns: Columns) -> list[str]:
    """Keep a file as the next version of a table, and return what is to be said of it; columns in which people are recognised stay closed."""
    store.list_turns(call.actor, held.key)  # whoever may not edit it is told so before anything is read
    before = tables.find_version(call.actor, held.key) if held.versioned else None
    if before is not None and before.treatments:
        raise wrong("Columns of these rows were treated before they were published. Publish the next version in the browser.", where=UPLOAD)
    spec = Spec(name=name[:200], level=held.level, area=held.area, licence=held.row.licence, columns=columns)
    try:
        done = store.set_rows(call.actor, held.key, content, tables.check_closed(call.actor, content, spec))
    except Problem as problem:
        raise wrong(problem.detail, where=UPLOAD) if problem.status in (400, 409, 413, 415, 422) else problem from None
    return [str(each) for each in done.faults]


def _first_named(actor: Actor, key: str, title: dict[str, str], mark: str) -> Dataset:
    """Call the first table of a package as its resource was called, and let go of addresses that led to these very rows elsewhere."""
    held = store.get_dataset(actor, key)
    own = f"/api/tables/{key}/export/csv"

    elsewhere = re.compile(rf"https?://[^/]+/api/tables/{re.escape(key)}/export/[a-z]+")
    title = title or next((each.title for each in held.row.distributions if elsewhere.fullmatch(each.url) and each.url.endswith(own)), {})

    def said(each: Distribution) -> Distribution:
        return msgspec.structs.replace(each, title=title or each.title, mark=mark or each.mark) if each.url == own else each

    ways = tuple(said(each) for each in held.row.distributions if not elsewhere.fullmatch(each.url) and not (mark and each.mark == mark))
    if ways != held.row.distributions:
        held = store.set_dataset(actor, key, msgspec.structs.replace(held.row, distributions=ways), held.etag)
    return held


def _told(call: Call[Any], held: Dataset, table: str, remarks: list[str]) -> dict[str, Any]:
    """Return the resource of a table, with each row that was set aside and whatever else was remarked of the file."""
    place, way = next((place, each) for place, each in enumerate(held.row.distributions) if each.url == f"/api/tables/{table}/export/csv")
    return {**shape.resource(held, place, way, call.base, call.language), "remarks": remarks}
