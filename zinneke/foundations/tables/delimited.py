"""Text with delimiters (commas, semicolons, tabs, bars) into raw cells; rows that do not fit are set aside and named."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb

from zinneke.foundations.tables.raw import MOST_ROWS, Faults, Raw, clean_names, few_enough
from zinneke.foundations.tables.values import Spec, Type
from zinneke.kernel.problem import Problem, wrong

_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_LINE = 2_000_000
_LOOKED = 200
"""Lines by which the shape of a text is known."""
_NO_NUMBER: frozenset[Type] = frozenset({"text", "date", "timestamp", "boolean"})
"""What a column may be whose values are quoted as texts."""


def read_delimited(path: Path, spec: Spec, faults: Faults, connection: duckdb.DuckDBPyConnection) -> Raw:
    """Read a UTF-8 text with delimiters. Raises `Problem` 400 when it has no header or no row fits it."""
    with path.open("rb") as file:
        sample = file.read(262_144)
    if b"\x00" in sample:
        raise wrong(f"{faults.name} is not a text: it holds NUL bytes (the first at byte {sample.index(0)}).", where=faults.name)
    lines = sample.decode("utf-8", "replace").splitlines(keepends=True)[spec.skip :]
    if not "".join(lines).strip():
        raise wrong(f"{faults.name} is empty.", where=faults.name)
    delimiter = spec.delimiter or _delimiter(lines)
    if len(delimiter) != 1:
        raise wrong(f"{delimiter!r} cannot be a delimiter; it is one character.", where="delimiter")
    try:
        first = next(csv.reader(io.StringIO("".join(lines)), delimiter=delimiter))
    except (csv.Error, StopIteration) as reason:
        raise wrong(f"{faults.name} has no header that can be read: {reason}.", where=f"{faults.name}: row {spec.skip + 1}") from reason
    given = as_wide_as_rows(first, lines, delimiter) if spec.header else [f"column_{number}" for number in range(1, len(first) + 1)]
    few_enough(len(given), faults)
    _load(connection, path, delimiter, spec, len(given))
    names = clean_names(without_empty_end(connection, given), faults)
    quoted = deliberately_quoted(lines[int(spec.header) :], delimiter, len(given))
    allowed = [_NO_NUMBER if number in quoted else None for number in range(len(names))]
    aside = _rejects(connection, faults)
    rows = _one(connection, "SELECT count(*) FROM raw")
    if rows > MOST_ROWS:
        raise Problem(413, "Too large", f"{faults.name} has {rows:,} rows; at most {MOST_ROWS:,} are taken.", where=faults.name)
    if not rows and aside:
        raise wrong(f"No row of {faults.name} fits its header of {len(names)} columns. {faults.listed[-1].what}", where=faults.name)
    return Raw(connection, names, faults, rows, allowed, spec.skip + 1 + int(spec.header), aside, delimiter=delimiter)


def as_wide_as_rows(first: list[str], lines: Sequence[str], delimiter: str) -> list[str]:
    """Return the cells of a header as the rows below have them, where only one of the two ends in a delimiter that closes the line."""
    rows = rows_below(lines, delimiter)
    width = common_width(rows)
    if width == len(first) + 1 and not any(row[-1].strip() for row in rows if len(row) == width):
        return [*first, ""]
    if width == len(first) - 1 and width and not first[-1].strip():
        return first[:-1]
    return first


def rows_below(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Return the cells of the first rows below the header; a row that the sample cuts is not among them."""
    try:
        rows = [row for row in csv.reader(io.StringIO("".join(lines[:_LOOKED])), delimiter=delimiter) if row][1:]
    except csv.Error:
        return []
    return rows[:-1] if len(lines) > _LOOKED else rows


def common_width(rows: Sequence[Sequence[str]]) -> int:
    """Return the number of cells that nine rows in ten have, 0 when there is none."""
    width, times = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
    return width if times >= 0.9 * len(rows) else 0


def without_empty_end(connection: duckdb.DuckDBPyConnection, names: list[str]) -> list[str]:
    """Take the last columns out of `raw` that have neither a name nor a value, and return the names of the others."""
    while len(names) > 1 and not names[-1].strip():
        last = f"c{len(names) - 1}"
        if _one(connection, f"SELECT count(nullif(trim({last}), '')) FROM raw"):  # noqa: S608 a number of ours
            break
        connection.execute(f"ALTER TABLE raw DROP COLUMN {last}")
        names = names[:-1]
    return names


def deliberately_quoted(lines: Sequence[str], delimiter: str, width: int) -> frozenset[int]:
    """Return the columns whose values all stand in quotes that they do not need, in a text that leaves other columns bare: its texts, codes too.

    That is how programs write that know their types; where all is quoted, or only what must be, it says nothing.
    """
    cell = re.compile(rf'"((?:[^"]|"")*)"|([^"{re.escape(delimiter)}]*)')
    quoted, bare, needed = ([0] * width for _ in range(3))
    for line in lines[:_LOOKED]:
        found, place, text = [], 0, line.rstrip("\r\n")
        while match := cell.match(text, place):
            found.append(match)
            place = match.end() + 1
            if text[match.end() : place] != delimiter:
                break
        if len(found) != width or place <= len(text):
            continue
        for number, match in enumerate(found):
            if match[1]:
                quoted[number] += 1
                needed[number] += delimiter in match[1] or '"' in match[1]
            bare[number] += bool(match[2] and match[2].strip())
    if not any(plain and not marked for plain, marked in zip(bare, quoted, strict=True)):
        return frozenset()
    return frozenset(number for number in range(width) if quoted[number] and not bare[number] and not needed[number])


def _load(connection: duckdb.DuckDBPyConnection, path: Path, delimiter: str, spec: Spec, width: int) -> None:
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(width))
    try:
        connection.execute(
            f"""CREATE TABLE raw AS SELECT * FROM read_csv(?, columns = {{{columns}}}, delim = ?, header = {spec.header}, skip = {int(spec.skip)},
                quote = '"', escape = '"', auto_detect = false, strict_mode = true, nullstr = '', store_rejects = true, rejects_limit = 0,
                max_line_size = {_LONGEST_LINE})""",  # noqa: S608 the names are c0, c1, …
            [str(path), delimiter],
        )
    except duckdb.Error as reason:
        raise wrong(f"The text cannot be read with the delimiter {delimiter!r}: {str(reason).splitlines()[0][:200]}", where="delimiter") from reason


def _rejects(connection: duckdb.DuckDBPyConnection, faults: Faults) -> list[int]:
    found = connection.execute(
        "SELECT line, any_value(error_type), any_value(error_message), any_value(line_byte_position) FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    for line, kind, message, byte in found:
        faults.note(f"row {line} (byte {byte})", explain(str(kind), str(message).splitlines()[0]))
    return [int(line) for line, *_ in found]


def explain(kind: str, message: str) -> str:
    """Return why a row was set aside, from what the reader says of it."""
    figures = re.findall(r"\d+", message)
    wanted, given = figures[:2] if len(figures) > 1 else ("", "")
    if kind == "MISSING COLUMNS":
        return f"has fewer cells than the header: {given} instead of {wanted}; the row was set aside"
    if kind == "TOO MANY COLUMNS":
        return f"has more cells than the header: {given} instead of {wanted}; the row was set aside"
    if kind == "UNQUOTED VALUE":
        return "has a quote that is not closed or stands inside a cell; double it within quotes; the row was set aside"
    if kind == "LINE SIZE OVER MAXIMUM":
        return f"is longer than {_LONGEST_LINE:,} bytes; a quote before it may not be closed; the row was set aside"
    if kind == "INVALID ENCODING":
        return "holds bytes that are not text in this encoding; the row was set aside"
    return f"cannot be read: {message}; the row was set aside"


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _delimiter(lines: list[str]) -> str:
    """Return the delimiter under which most of the first lines have as many cells as the first one, and the most of them."""

    def score(delimiter: str) -> tuple[float, int]:
        try:
            rows = [len(row) for row in csv.reader(io.StringIO("".join(lines[:_LOOKED])), delimiter=delimiter) if row]
        except csv.Error:
            return 0.0, 0
        if len(rows) > 1 and len(lines) > _LOOKED:
            rows.pop()
        width = rows[0] if rows else 0
        return (sum(each == width for each in rows) / len(rows) * min(width, 2), width) if width > 1 else (0.0, width)

    return max(_DELIMITERS, key=score)
