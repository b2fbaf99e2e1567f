"""The actions that write rows of the DataStore: each makes the next version of a table, or changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import msgspec

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.tables_of import own_table
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.merging import Change
from zinneke.foundations.tables.values import ColumnSpec, Type
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call
from zinneke.standards.ckan import tabling
from zinneke.standards.ckan.asking import Many, Mapped, many, mapped, read
from zinneke.standards.ckan.datastore import TYPES, narrowed, table_of
from zinneke.standards.ckan.describing import ResourceFields
from zinneke.standards.ckan.packages import MARK, find, find_resource

Records = list[dict[str, Any]]
MOST_CELLS = 2_000_000
_OTHER: dict[str, Type] = {
    "bool": "boolean", "int": "integer", "int4": "integer", "int8": "integer", "bigint": "integer", "integer": "integer", "float": "decimal",
    "float8": "decimal", "double precision": "decimal", "numeric": "decimal", "date": "date", "timestamp": "timestamp", "timestamptz": "timestamp",
    "text": "text", "varchar": "text",
}  # fmt: skip
"""The types of PostgreSQL that a field may be given, in our words."""


class Field(msgspec.Struct):
    """A field: its name, its type in PostgreSQL's words, what it is called."""

    id: str
    type: str = ""
    info: dict[str, Any] = {}


class Resource(msgspec.Struct):
    """A resource that begins with its rows."""

    package_id: str = ""
    name: str = ""
    id: str = ""


class AskCreate(msgspec.Struct):
    """Rows for a resource: `resource` with a `package_id`, or `resource_id`; `fields` with types, `records`, `primary_key`."""

    resource: Mapped = {}
    resource_id: str = ""
    fields: list[Field] | None = None
    records: Records | str = []
    primary_key: Many = ""


class AskUpsert(msgspec.Struct):
    """Rows to put to a resource by `method`: insert, update or upsert; the last two know rows by the primary key."""

    resource_id: str
    records: Records | str = []
    method: Literal["insert", "update", "upsert"] = "upsert"
    primary_key: Many = ""
    dry_run: bool = False


class AskDelete(msgspec.Struct):
    """Rows to take from a resource: those that `filters` finds."""

    resource_id: str = ""
    id: str = ""
    filters: Mapped = {}


def datastore_create(call: Call[Any], ask: AskCreate) -> dict[str, Any]:
    """Keep rows as a table of a package, their types as `fields` says; a resource that has rows already gets these put to them."""
    given = read(Resource, mapped(ask.resource, "resource"))
    if not ask.resource_id and not given.package_id:
        raise wrong("Missing value: give a resource_id, or resource with the package_id.", where="resource_id")
    held, place = _meant(call, ask.resource_id) if ask.resource_id else (find(call.actor, given.package_id), None)
    catalogue.list_turns(call.actor, held.key)
    table = own_table(held.row.distributions[place].url) if place is not None else ""
    records, keys = _records(ask.records), many(ask.primary_key)
    if len(keys) > 8 or len(msgspec.json.encode(keys)) > 900:
        raise wrong("Rows are told apart by eight fields at most.", where="primary_key")
    if table:
        name = ask.resource_id
        _change(call, table, Change("upsert" if keys else "insert", records, tuple(keys)))
    else:
        content, columns = _first(ask, records, keys), tuple(map(_column, ask.fields or []))
        if place is None:
            said = ResourceFields(name=given.name, id=given.id)
            made = tabling.new_table(call, held, said, content, f"{given.name or held.key}.json", columns)
        else:
            made = tabling.next_rows(call, held, place, content, f"{held.key}.json", columns)
        name, table = made["id"], own_table(made["url"].removeprefix(call.base))
    _remember(call, table, keys)
    told = [{"id": column.name, "type": TYPES[column.type]} for column in tables.get_version(call.actor, table).columns]
    return {"resource_id": name, "method": "insert", "fields": told, "primary_key": keys}


def _meant(call: Call[Any], name: str) -> tuple[Dataset, int | None]:
    """Return the package and the place of a resource; `package.csv`, or the package's name, is its first table, also before there is one."""
    key = name.partition(".")[0]
    if MARK.fullmatch(name) or (name != key and tabling.awaited(call, name) is None):
        return find_resource(call.actor, name)
    held = find(call.actor, key)
    return find_resource(call.actor, f"{key}.csv") if held.versioned else (held, None)


def _first(ask: AskCreate, records: Records, keys: list[str]) -> bytes:
    """Return the first rows of a table as a file."""
    if not records:
        raise wrong("A table begins with its first rows: send records, or a file with resource_create.", where="records")
    names = list(dict.fromkeys([*(each.id for each in ask.fields or []), *(column for each in records for column in each)]))
    if len(records) * len(names) > MOST_CELLS:
        raise wrong(
            f"At most {MOST_CELLS:,} cells are taken at once. Send a file with resource_create, the rest with datastore_upsert.", where="records"
        )
    if unknown := [key for key in keys if key not in names]:
        raise wrong(f"There is no field {unknown[0][:60]!r} to tell rows apart by.", where="primary_key")
    return msgspec.json.encode([{column: each.get(column) for column in names} for each in records])


def _column(field: Field) -> ColumnSpec:
    kind = _OTHER.get(field.type.lower())
    if field.type and kind is None:
        raise wrong(f"The field {field.id[:60]!r} has the type {field.type[:40]!r}; there are {', '.join(_OTHER)}.", where="fields")
    label = {code: str(text)[:200] for code in ("fr", "nl", "en") if (text := field.info.get(f"label_{code}"))}
    return ColumnSpec(field.id, type=kind or "", label=label, unit=str(field.info.get("unit") or "")[:60])


def datastore_upsert(call: Call[Any], ask: AskUpsert) -> dict[str, Any]:
    """Put records to the rows of a resource: a new version, unless they say nothing new. Fields that a record leaves out keep their value."""
    held = table_of(call.actor, ask.resource_id)
    catalogue.list_turns(call.actor, held.key)
    records, keys = _records(ask.records), tuple(many(ask.primary_key)) or _remembered(call, held.key)
    if not keys and ask.method != "insert":
        raise wrong("Name the fields by which rows are told apart; datastore_create remembers them too.", where="primary_key")
    _change(call, held.key, Change(ask.method, records, keys), dry=ask.dry_run)
    return {"resource_id": ask.resource_id, "method": ask.method, "records": records}


def datastore_delete(call: Call[Any], ask: AskDelete) -> dict[str, Any]:
    """Take the rows that filters find from a resource: a new version without them. The versions before stay."""
    name = ask.resource_id or ask.id
    if not name:
        raise wrong("Missing value", where="resource_id")
    held = table_of(call.actor, name)
    catalogue.list_turns(call.actor, held.key)
    filters = mapped(ask.filters, "filters")
    if not filters:
        raise wrong("Say which rows with filters. A whole table goes with its package: package_delete.", where="filters")
    asked, _ = narrowed(tables.get_version(call.actor, held.key).columns, filters, "", "", "")
    _change(call, held.key, Change("delete", rows=replace(asked, limit=2**50)))
    return {"resource_id": name, "filters": filters}


def datastore_records_delete(call: Call[Any], ask: AskDelete) -> dict[str, Any]:
    """Take the rows that filters find from a resource, as datastore_delete does."""
    return datastore_delete(call, ask)


def _records(given: Records | str) -> Records:
    if isinstance(given, list):
        return given
    try:
        return msgspec.json.decode(given, type=Records) if given.strip() else []
    except (msgspec.MsgspecError, RecursionError):
        raise wrong("This takes a list of objects.", where="records") from None


def _change(call: Call[Any], key: str, change: Change, *, dry: bool = False) -> None:
    """Make the next version of a table; columns in which people are recognised now are closed."""
    merged = tables.get_merged(call.actor, key, change)
    if dry or not merged.source:
        return
    try:
        spec = tables.check_closed(call.actor, merged.source, merged.spec)
        catalogue.set_rows(call.actor, key, merged.source, spec, after=merged.after)
    except Problem as problem:
        raise wrong(problem.detail, where="records") if problem.status in (400, 413, 422) else problem from None


def _remember(call: Call[Any], key: str, keys: list[str]) -> None:
    """Note by which fields the rows of a table are told apart, so that a client need not say it each time."""
    if keys:
        catalogue.set_digest(call.actor, f"keys of {key}", "ckan", msgspec.json.encode(keys).decode())


def _remembered(call: Call[Any], key: str) -> tuple[str, ...]:
    found = catalogue.find_digest(call.actor, f"keys of {key}")
    return msgspec.json.decode(found.note, type=tuple[str, ...]) if found else ()
