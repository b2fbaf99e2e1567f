"""Questions in SQL: one SELECT, read into a tree of which only what is listed here is taken, asked of DuckDB over the visible columns alone."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from zinneke.foundations.tables.numbered import NUMBER, Told
from zinneke.foundations.tables.rules import choose_column
from zinneke.foundations.tables.values import Column
from zinneke.kernel.problem import Problem, wrong

LONGEST = 8_000
MOST_ROWS = 32_000
MOST_TABLES = 4
DEEPEST = 60
SECONDS = 4.0
MEMORY = "192MB"
AT_ONCE = 2
"""Questions that are worked on at once: more of them would keep everybody waiting."""

_SHAPE = (
    exp.Select, exp.From, exp.Join, exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Star, exp.Where, exp.Group,
    exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Offset, exp.Distinct, exp.Paren, exp.Tuple,
)  # fmt: skip
_VALUES = (exp.Literal, exp.Null, exp.Boolean, exp.Interval, exp.Var, exp.Neg)
_CONDITIONS = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.DPipe, exp.Case, exp.If, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Escape,
)  # fmt: skip
_FUNCTIONS: dict[str, type[exp.Expression]] = {
    "count": exp.Count, "sum": exp.Sum, "avg": exp.Avg, "min": exp.Min, "max": exp.Max, "stddev": exp.Stddev, "variance": exp.Variance,
    "abs": exp.Abs, "round": exp.Round, "ceil": exp.Ceil, "floor": exp.Floor, "sqrt": exp.Sqrt, "power": exp.Pow, "ln": exp.Ln,
    "lower": exp.Lower, "upper": exp.Upper, "length": exp.Length, "trim": exp.Trim, "substring": exp.Substring, "concat": exp.Concat,
    "coalesce": exp.Coalesce, "nullif": exp.Nullif, "greatest": exp.Greatest, "least": exp.Least, "cast": exp.Cast, "extract": exp.Extract,
    "date_trunc": exp.TimestampTrunc, "date": exp.Date,
}  # fmt: skip
_TYPES = {
    exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR, exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.SMALLINT,
    exp.DataType.Type.FLOAT, exp.DataType.Type.DOUBLE, exp.DataType.Type.DECIMAL, exp.DataType.Type.BOOLEAN, exp.DataType.Type.DATE,
    exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPTZ,
}  # fmt: skip
_ALLOWED = frozenset((*_SHAPE, *_VALUES, *_CONDITIONS, *_FUNCTIONS.values(), exp.DataType, exp.DataTypeParam))
_FLAT = ("with_", "with", "windows", "qualify", "laterals", "pivots", "sample", "locks", "into", "hint", "distribute", "connect", "match", "using")
_turn = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Source:
    """A table that may be asked: its file, and the columns of it that the reader may see."""

    file: Path
    columns: tuple[Column, ...]


def refuse(what: str) -> Problem:
    """Return the refusal of a question that is not taken."""
    return wrong(what, where="sql")


def read(sql: str) -> exp.Select:
    """Return the tree of one SELECT in which nothing stands that is not listed here. Raises `Problem` 400 saying what it is."""
    if len(sql) > LONGEST:
        raise refuse(f"The query has more than {LONGEST:,} characters.")
    try:
        trees = [tree for tree in sqlglot.parse(sql, read="postgres") if tree is not None]
    except (SqlglotError, RecursionError, ValueError, IndexError, AttributeError, TypeError) as reason:
        first = str(reason).splitlines()[0][:200] if isinstance(reason, SqlglotError) else "it is nested too deeply or broken off"
        raise refuse(f"The query cannot be read: {first}") from None
    if len(trees) != 1 or type(trees[0]) is not exp.Select:
        raise refuse("Ask with exactly one SELECT: nothing else is taken here.")
    tree = trees[0]
    for node in tree.walk():
        _check(node, tree)
    if tree.args.get("from_") is None and tree.args.get("from") is None:
        raise refuse("Say with FROM which resource is meant.")
    return tree


def _check(node: exp.Expression, tree: exp.Expression) -> None:
    if isinstance(node, exp.Select) and node is not tree:
        raise refuse("A SELECT inside another is not taken. Ask one after the other.")
    if type(node) not in _ALLOWED:
        named = node.name if isinstance(node, exp.Anonymous) else type(node).__name__
        raise refuse(f"{named[:60]} is not taken here. Functions are {', '.join(_FUNCTIONS)}; there are no windows, unions or WITH.")
    if isinstance(node, exp.DataType) and node.this not in _TYPES:
        raise refuse("That type is not known here. Cast to text, int, bigint, float, numeric, boolean, date or timestamp.")
    if any(node.args.get(name) for name in _FLAT):
        raise refuse("WITH, USING, WINDOW, PIVOT, TABLESAMPLE, INTO and locks are not taken. Ask one plain SELECT.")
    if isinstance(node, exp.Table) and (node.args.get("db") or node.args.get("catalog") or not isinstance(node.this, exp.Identifier)):
        raise refuse('A resource is named by its id in double quotes, as in FROM "trees.csv".')
    if isinstance(node, exp.Join) and (node.side not in ("", "LEFT", "INNER") or node.kind not in ("", "INNER", "OUTER") or not node.args.get("on")):
        raise refuse("Resources are joined with JOIN or LEFT JOIN, and ON.")
    if isinstance(node, exp.Limit | exp.Offset) and not (isinstance(node.expression, exp.Literal) and node.expression.is_int):
        raise refuse("LIMIT and OFFSET are whole numbers.")
    depth, above = 0, node.parent
    while above is not None:
        depth, above = depth + 1, above.parent
    if depth > DEEPEST:
        raise refuse(f"The query goes more than {DEEPEST} levels deep.")


def tables_of(tree: exp.Select) -> list[str]:
    """Return the names of the resources that a question is about. Raises `Problem` 400 for too many."""
    names = list(dict.fromkeys(table.name for table in tree.find_all(exp.Table)))
    if len(list(tree.find_all(exp.Table))) > MOST_TABLES:
        raise refuse(f"At most {MOST_TABLES} resources can be asked together.")
    return names


def answer(tree: exp.Select, sources: Mapping[str, Source]) -> Told:
    """Answer a question over its sources, bounded in rows, memory and time. Raises `Problem` 400 or 503."""
    _check_columns(tree, sources)
    names = {name: f"t{place}" for place, name in enumerate(sources)}
    for table in tree.find_all(exp.Table):
        alias = table.alias or table.name
        table.replace(exp.to_table(names[table.name]).as_(exp.to_identifier(alias, quoted=True), table=True))
    limit = tree.args.get("limit")
    asked = int(limit.expression.this) if limit is not None else MOST_ROWS
    if asked > MOST_ROWS or limit is None:
        tree = tree.limit(MOST_ROWS + 1)
    query = tree.sql(dialect="duckdb", identify=True)
    if not _turn.acquire(timeout=SECONDS):
        raise Problem(503, "Too many questions at once", "Others are being answered. Ask again in a moment.", headers={"Retry-After": "2"})
    try:
        found = _run(query, {names[name]: source for name, source in sources.items()})
    finally:
        _turn.release()
    rows = list(zip(*(column.to_pylist() for column in found.columns), strict=True)) if found.num_columns else []
    fields = tuple((field.name, _kind(field.type)) for field in found.schema)
    return Told(fields, rows[:MOST_ROWS], len(rows) > MOST_ROWS)


def _check_columns(tree: exp.Select, sources: Mapping[str, Source]) -> None:
    """Refuse a column that no source shows this reader, in the words for one that is not there."""
    by_alias = {table.alias or table.name: sources[table.name] for table in tree.find_all(exp.Table)}
    made = {each.alias for each in tree.expressions if isinstance(each, exp.Alias)}
    for column in tree.find_all(exp.Column):
        if isinstance(column.this, exp.Star):
            continue
        if column.table and column.table not in by_alias:
            raise refuse(f"There is no resource {column.table[:60]!r} in FROM.")
        where = [by_alias[column.table]] if column.table else list(by_alias.values())
        known = [each for source in where for each in source.columns if each.type != "geometry"]
        lowered = {each.name.lower() for each in known} | {NUMBER}
        if column.name not in made and column.name.lower() not in lowered:
            choose_column(known, column.name, "sql")


def _run(query: str, sources: Mapping[str, Source]) -> pa.Table:
    """Run a question in a DuckDB of its own, which sees these files, spills nothing and reaches nothing else."""
    config = {"autoinstall_known_extensions": False, "autoload_known_extensions": False, "threads": 1, "memory_limit": MEMORY}
    with duckdb.connect(config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, source in sources.items():
            columns = ", ".join(_quoted(column.name) for column in source.columns if column.type != "geometry")
            chosen = f"file_row_number + 1 AS {NUMBER}" + (f", {columns}" if columns else "")
            file = str(source.file).replace("'", "''")
            connection.execute(f"CREATE VIEW {name} AS SELECT {chosen} FROM read_parquet('{file}', file_row_number = true)")  # noqa: S608 our own names
        connection.execute(f"SET allowed_paths = [{', '.join(_text(str(source.file)) for source in sources.values())}]")
        connection.execute("SET temp_directory = ''")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        alarm = threading.Timer(SECONDS, connection.interrupt)
        alarm.start()
        try:
            return connection.execute(query).to_arrow_table()
        except duckdb.InterruptException:
            raise Problem(400, "The query takes too long", f"It was stopped after {SECONDS:.0f} seconds. Ask for less, or filter first.") from None
        except duckdb.OutOfMemoryException:
            raise refuse("The query takes more memory than there is for one. Ask for less, or filter first.") from None
        except (duckdb.BinderException, duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException) as reason:
            raise refuse(f"The query cannot be answered: {str(reason).splitlines()[0][:200]}") from None
        except duckdb.Error:
            raise refuse("The query cannot be answered as it stands. Ask it more simply.") from None
        finally:
            alarm.cancel()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _kind(kind: pa.DataType) -> str:
    """Return the type of an answer's column in the words of the tables."""
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "decimal"
    if pa.types.is_date(kind):
        return "date"
    return "timestamp" if pa.types.is_timestamp(kind) else "text"
