"""SQL schemas: every CREATE TABLE becomes a table; a statement that cannot be understood is told by its line and the others are kept."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from zinneke.kernel.load import Fault
from zinneke.kernel.problem import wrong
from zinneke.office.cartography.reading.origin import MOST_COLUMNS, Origin, column, decoded
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import Column, Table

MOST_TRIED = 2_000_000
"""Signs of a schema that is tried in every dialect when none was named."""
DIALECTS = ("postgres", "mysql", "sqlite", "tsql", "oracle", "duckdb", "")


def read(data: bytes, origin: Origin, dialect: str = "") -> Scanned:
    """Read a schema. `dialect` is one of `DIALECTS`, "" for whichever understands most of it. Raises `Problem` 400 when no table is in it."""
    if dialect not in DIALECTS:
        raise wrong(f"There is no dialect {dialect!r}. There are {', '.join(filter(None, DIALECTS))}.", where="dialect")
    text = decoded(data)
    tables, faults = _understood(text, dialect)
    if faults and not dialect and len(text) <= MOST_TRIED:
        for other in filter(None, DIALECTS):
            found = _understood(text, other)
            if (len(found[0]), -len(found[1])) > (len(tables), -len(faults)):
                (tables, faults), dialect = found, other
    if not tables and not faults:
        raise wrong("There is no CREATE TABLE in this document. Send the schema as your database writes it, such as pg_dump --schema-only.")
    return origin.with_tables(((name, Table(tuple(columns)), about) for name, (columns, about) in tables.items()), dialect or "SQL", faults)


def _understood(text: str, dialect: str) -> tuple[dict[str, tuple[list[Column], str]], list[Fault]]:
    """Return the tables of a schema, each with its columns and what is said of it, and the statements that a dialect does not understand."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # what it does not understand is told to who sent it, not to the log
    tables: dict[str, tuple[list[Column], str]] = {}
    faults: list[Fault] = []
    for line, statement in statements(text, dialect):
        if not statement.lstrip().lower().startswith(("create", "comment")):
            continue
        try:
            tree = parse_one(statement, dialect=dialect or None)
        except SqlglotError as fault:
            faults.append(Fault(f"line {line}", f"this statement is not understood: {_first(str(fault))}"))
            continue
        if isinstance(tree, exp.Command):
            faults.append(Fault(f"line {line}", "this statement is not understood."))
        elif isinstance(tree, exp.Create) and tree.kind == "TABLE" and isinstance(tree.this, exp.Schema):
            tables[_name(tree.this.this)] = list(_columns(tree.this))[:MOST_COLUMNS], _comment(tree)
        elif isinstance(tree, exp.Comment) and tree.args.get("kind") == "TABLE" and (name := _name(tree.this)) in tables:
            tables[name] = tables[name][0], tree.expression.name
    return tables, faults


def statements(text: str, dialect: str) -> Iterator[tuple[int, str]]:
    """Yield each statement with the line on which it begins; a text that cannot be cut into words is one statement."""
    from sqlglot import tokenize
    from sqlglot.errors import SqlglotError

    try:
        tokens = tokenize(text, read=dialect or None)
    except SqlglotError:
        for number, part in enumerate(text.split(";")):
            if part.strip():
                yield text[: sum(len(each) + 1 for each in text.split(";")[:number])].count("\n") + 1, part.strip()
        return
    begin = None
    for token in tokens:
        if token.text == ";" and token.token_type.name == "SEMICOLON":
            if begin is not None:
                yield begin.line, text[begin.start : token.start]
            begin = None
        elif begin is None:
            begin = token
    if begin is not None:
        yield begin.line, text[begin.start :]


def _name(node: Any) -> str:
    return ".".join(part.name for part in node.parts) if hasattr(node, "parts") else str(node.name)


def _comment(tree: Any) -> str:
    from sqlglot import exp

    found = tree.find(exp.SchemaCommentProperty)
    return found.this.name if found else ""


def _columns(schema: Any) -> Iterator[Column]:
    from sqlglot import exp

    keys = {part.name for each in schema.find_all(exp.PrimaryKey) for part in each.expressions}
    foreign = {
        part.name: _name(each.args["reference"].this.this if isinstance(each.args["reference"].this, exp.Schema) else each.args["reference"].this)
        for each in schema.find_all(exp.ForeignKey)
        if each.args.get("reference")
        for part in each.expressions
    }
    for each in schema.expressions:
        if isinstance(each, exp.ColumnDef):
            key = each.name in keys or each.find(exp.PrimaryKeyColumnConstraint) is not None
            said = each.find(exp.CommentColumnConstraint)
            reference = each.find(exp.Reference)
            target = foreign.get(each.name) or (
                _name(reference.this.this if isinstance(reference.this, exp.Schema) else reference.this) if reference else ""
            )
            yield column(each.name, each.kind.sql() if each.kind else "", said.this.name if said else "", key, target)


def _first(text: str) -> str:
    return text.split("\n")[0].split(". Line")[0][:200]
