"""The DataStore: the rows that we keep of a resource, searched, asked in SQL, described and dumped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import msgspec

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue import tables_of
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.numbered import NUMBER, Slice
from zinneke.foundations.tables.values import Column, Filter
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.resuming import counted
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ckan.asking import Many, Mapped, many, mapped
from zinneke.standards.ckan.packages import MARK, find_resource

MOST = tables.MOST_SLICED
TYPES = {
    "boolean": "bool",
    "integer": "int8",
    "decimal": "float8",
    "date": "date",
    "timestamp": "timestamptz",
    "text": "text",
    "geometry": "json",
}
"""Our types in the words of PostgreSQL, which are CKAN's."""


class AskRows(msgspec.Struct):
    """Rows of a resource: `filters`, words (`q`), `fields`, `sort`, `limit` up to 32,000, `offset`, `distinct`, the form of the records."""

    resource_id: str = ""
    id: str = ""
    filters: Mapped = {}
    q: Mapped = ""
    distinct: bool = False
    plain: bool = True
    limit: Annotated[int, msgspec.Meta(ge=0)] = 100
    offset: Annotated[int, msgspec.Meta(ge=0, le=2**40)] = 0
    fields: Many = ""
    sort: Many = ""
    include_total: bool = True
    records_format: Literal["objects", "lists", "csv", "tsv"] = "objects"


class AskSql(msgspec.Struct):
    """One SELECT in which a resource is named by its id, in double quotes."""

    sql: str


class AskTable(msgspec.Struct):
    """A resource of the DataStore."""

    id: str = ""
    resource_id: str = ""


class AskDump(msgspec.Struct, rename={"form": "format"}):
    """A whole resource as CSV, TSV or JSON; what narrows a search narrows this too."""

    id: Annotated[str, msgspec.Meta(max_length=300)]
    form: Literal["csv", "tsv", "json"] = "csv"
    bom: bool = False
    limit: Annotated[int, msgspec.Meta(ge=0)] | None = None
    offset: Annotated[int, msgspec.Meta(ge=0, le=2**40)] = 0
    filters: Annotated[str, msgspec.Meta(max_length=8000)] = ""
    q: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    fields: Annotated[str, msgspec.Meta(max_length=8000)] = ""
    sort: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    distinct: bool = False


def table_of(actor: Actor, name: str) -> Dataset:
    """Return the dataset whose rows a resource stands for. Raises `Problem` 404 for one that is not there, or whose rows we do not keep."""
    key, dot, _form = name.partition(".")
    known = None
    if dot or MARK.fullmatch(name):
        whole, place = find_resource(actor, name)
        key = tables_of.own_table(whole.row.distributions[place].url)
        known = whole if key == whole.key else None
    try:
        dataset = known or catalogue.get_dataset(actor, key)
    except Problem as problem:
        raise not_found("resource", name) if problem.status == 404 else problem from None
    if not dataset.versioned:
        raise not_found("resource in the DataStore", name)
    return dataset


def datastore_search(call: Call[Any], ask: AskRows) -> dict[str, Any]:
    """Search the rows of a resource. Each has its number in `_id`; words must each begin a word of the row."""
    name = ask.resource_id or ask.id
    if not name:
        raise wrong("Missing value", where="resource_id")
    dataset = table_of(call.actor, name)
    limit = min(ask.limit, MOST)
    columns = tables.get_version(call.actor, dataset.key).columns
    asked, numbered = narrowed(columns, ask.filters, ask.q, ask.fields, ask.sort)
    asked = replace(asked, distinct=ask.distinct, limit=limit, offset=ask.offset)
    answer: dict[str, Any] = {
        "resource_id": name,
        "include_total": ask.include_total,
        "records_format": ask.records_format,
        "limit": limit,
        "offset": ask.offset,
        "q": ask.q,
        "filters": mapped(ask.filters, "filters"),
    }
    if ask.records_format in ("csv", "tsv"):
        found = tables.read_slice(call.actor, dataset.key, replace(asked, limit=0))
        made, _ = tables.export_slice(call.actor, dataset.key, ask.records_format, asked, numbered=numbered)
        heading, _, records = b"".join(made.chunks).decode().partition("\r\n")
        answer["records"] = records.replace("\r\n", "\n")
    else:
        found = tables.read_slice(call.actor, dataset.key, asked)
        names = [NUMBER, *(column.name for column in found.columns)]
        rows = found.rows if numbered else [row[1:] for row in found.rows]
        names = names if numbered else names[1:]
        answer["records"] = rows if ask.records_format == "lists" else [dict(zip(names, row, strict=True)) for row in rows]
    answer["fields"] = _fields(found.columns, numbered)
    if ask.include_total:
        answer |= {"total": found.total, "total_was_estimated": False}
    return {**answer, "_links": _links(ask, name, limit)}


def _fields(columns: tuple[Column, ...], numbered: bool) -> list[dict[str, Any]]:
    return [*([{"id": NUMBER, "type": "int"}] if numbered else []), *map(field, columns)]


def field(column: Column) -> dict[str, Any]:
    """Return a column as a field of the DataStore, with what is known of it."""
    told: dict[str, Any] = {"id": column.name, "type": TYPES[column.type]}
    info = {f"label_{language}": label for language, label in column.label.items()} | ({"unit": column.unit} if column.unit else {})
    if info:
        told["info"] = {"label": next(iter(column.label.values()), column.name), **info}
    return told


def _links(ask: AskRows, name: str, limit: int) -> dict[str, str]:
    def link(offset: int) -> str:
        shown = {"resource_id": name, "limit": str(limit), **({"offset": str(offset)} if offset else {})}
        shown |= {key: str(value) for key, value in (("q", ask.q), ("sort", ask.sort), ("fields", ask.fields)) if isinstance(value, str) and value}
        if ask.filters:
            shown["filters"] = ask.filters if isinstance(ask.filters, str) else msgspec.json.encode(ask.filters).decode()
        return f"/api/3/action/datastore_search?{urlencode(shown)}"

    links = {"start": link(0), "next": link(ask.offset + limit)}
    return links if not ask.offset else {**links, "prev": link(max(0, ask.offset - limit))}


def narrowed(columns: tuple[Column, ...], filters: Mapped, words: Mapped, fields: Many, sort: Many) -> tuple[Slice, bool]:
    """Return a slice as CKAN's parameters ask for it, and whether the row's number is shown. Raises `Problem` 400 naming the parameter."""
    where: list[Filter] = []
    numbers: tuple[int, ...] | None = None
    for name, value in mapped(filters, "filters").items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(each, dict | list) for each in values):
            raise wrong(f"The filter {name[:60]!r} takes a value or a list of values.", where="filters")
        if name == NUMBER:
            numbers = tuple(int(str(each)) for each in values if re.fullmatch(r"\d{1,15}", str(each)))
        elif values == [None]:
            where.append(Filter(name, "null", True))
        else:
            where.append(Filter(name, "in", [each for each in values if each is not None]))
    asked = many(fields)
    texts: Mapping[str, Any] = mapped(words, "q") if isinstance(words, dict) or words.lstrip().startswith("{") else {}
    found = Slice(
        columns=tuple(name for name in asked if name != NUMBER),
        where=tuple(where),
        text="" if texts or isinstance(words, dict) else _words(words),
        texts=tuple((name, _words(str(value))) for name, value in texts.items()),
        numbers=numbers,
        order=tuple(_orders(columns, sort)),
    )
    return found, not asked or NUMBER in asked


def _words(text: str) -> str:
    """Return the words of a full-text query: its `:*` and operators mean what is meant here anyway."""
    return re.sub(r":\*|[&|!()]", " ", text)


def _orders(columns: tuple[Column, ...], sort: Many) -> Iterator[str]:
    names = {column.name for column in columns} | {NUMBER}
    for part in many(sort):
        match = re.fullmatch(r'(?:"((?:[^"]|"")+)"|(.+?))(?:\s+(asc|desc))?(?:\s+nulls\s+(?:first|last))?', part.strip(), re.IGNORECASE)
        name = (match[1] or match[2]).replace('""', '"') if match else ""
        if match is None or name not in names:
            raise wrong(f"It cannot be sorted by {part[:60]!r}: there is no such field. Write field asc or field desc.", where="sort")
        yield f"-{name}" if (match[3] or "").lower() == "desc" else name


def datastore_search_sql(call: Call[Any], ask: AskSql) -> dict[str, Any]:
    """Answer one SELECT over resources: columns, the usual functions and aggregates, WHERE, JOIN, GROUP BY, HAVING, ORDER BY, LIMIT."""
    found = tables.ask(call.actor, ask.sql, lambda name: table_of(call.actor, name).key)
    names = [name for name, _kind in found.columns]
    answer = {
        "sql": ask.sql,
        "fields": [{"id": name, "type": TYPES[kind]} for name, kind in found.columns],
        "records": [dict(zip(names, map(_plain, row), strict=True)) for row in found.rows],
    }
    return {**answer, "records_truncated": True} if found.truncated else answer


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) or value is None or hasattr(value, "isoformat") else str(value)


def datastore_info(call: Call[Any], ask: AskTable) -> dict[str, Any]:
    """Describe the fields of a resource, and say how many rows it has."""
    name = ask.id or ask.resource_id
    version = tables.get_version(call.actor, table_of(call.actor, name).key)
    fields = []
    for column in version.columns:
        notnull = column.profile.nulls == 0
        schema = {"native_type": TYPES[column.type], "notnull": notnull, "is_index": True, "index_name": "", "uniquekey": False}
        fields.append({**field(column), "schema": schema})
    meta = {"id": name, "count": version.rows, "size": version.bytes, "db_size": None, "table_type": "BASE TABLE", "version": version.number}
    return {"meta": meta, "fields": fields}


def dump(call: Call[AskDump]) -> Reply:
    """Give the rows of a resource as a file: CSV, TSV, or JSON with the fields and each row as a list."""
    ask = call.ask
    dataset = table_of(call.actor, ask.id)
    columns = tables.get_version(call.actor, dataset.key).columns
    asked, numbered = narrowed(columns, ask.filters, ask.q, ask.fields, ask.sort)
    asked = replace(asked, distinct=ask.distinct, limit=2**50 if ask.limit is None else ask.limit, offset=ask.offset)
    form: Literal["csv", "tsv", "lists"] = "lists" if ask.form == "json" else ask.form
    made, shown = tables.export_slice(call.actor, dataset.key, form, asked, bom=ask.bom, numbered=numbered)
    headers = {"Content-Disposition": f'attachment; filename="{ask.id.encode("ascii", "replace").decode().replace(chr(34), "")}.{ask.form}"'}
    chunks = made.chunks if form != "lists" else _document(_fields(shown, numbered), made.chunks)
    return counted(dataset.key, Reply(chunks, media_type=made.media_type, headers=headers))


def _document(fields: list[dict[str, Any]], rows: Iterator[bytes]) -> Iterator[bytes]:
    yield b'{\n"fields": ' + msgspec.json.encode(fields) + b',\n"records": [\n'
    yield from rows
    yield b"\n]}\n"
