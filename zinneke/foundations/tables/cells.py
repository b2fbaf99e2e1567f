"""From raw cells to typed columns: the type of each is found over all of its rows, and a cell that does not fit is named, never lost in silence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from zinneke.foundations.tables.forms import SQL_TYPES, TEXT, WRITTEN, Written, written_as
from zinneke.foundations.tables.raw import Raw
from zinneke.foundations.tables.values import GEOMETRY, ColumnSpec, Spec
from zinneke.kernel.problem import wrong

_TOLERATED = 0.01
_TOLERATED_WHEN_NAMED = 0.2
_TOLERATED_WHEN_ALIKE = 0.5
_ENOUGH = 100
_SAMPLE = 2_000
BLANKS = ("n.d.", "n.d", "nd", "N.D.", "ND", "n.a.", "n/a", "n.b.", "nb", "n.c.", "nc", "-", "--", "–", "—", "?", "..", "...", "…")
"""What people write where a number or a date is not known: in columns of these it stands for nothing, among texts it stays."""
_CODE = re.compile("[+-]?0[0-9]")
"""Zeros in front: a column with such a cell holds codes, not numbers."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a raw column becomes: its form, and how many of its cells do not have it."""

    number: int
    name: str
    written: Written
    bad: int


def type_columns(raw: Raw, spec: Spec, numbers: frozenset[str]) -> pa.Table:
    """Return the typed table in the order of the source; each cell that does not fit its column becomes a fault and stays empty.

    `numbers` are columns known to hold coordinates. Raises `Problem` 400 when the spec names a column that is not there.
    """
    asked = {each.name: each for each in spec.columns}
    if unknown := [name for name in asked if name not in (*raw.names, GEOMETRY)]:
        raise wrong(f"{raw.faults.name} has no column {unknown[0]!r}. Its columns are: {', '.join(raw.names[:30])}.", where=raw.faults.name)
    wanted = [(number, name) for number, name in enumerate(raw.names) if not (name in asked and asked[name].drop)]
    samples = _samples(raw, [number for number, _ in wanted])
    plans = {number: _plausible(raw, number, asked.get(name, ColumnSpec(name)), samples[number], spec, name in numbers) for number, name in wanted}
    choices = [_likely(number, name, plans[number], samples[number]) for number, name in wanted]
    table = _extract(raw, choices, quick=True)
    if doubtful := _doubtful(raw, choices, table):
        counts = _count(raw, {number: plans[number] for number in doubtful}, spec)
        chosen = [
            _choose(each.number, each.name, plans[each.number], counts[each.number], asked.get(each.name), each.name in numbers)
            for each in choices
            if each.number in doubtful
        ]
        for choice, column in zip(chosen, _extract(raw, chosen, quick=False).columns, strict=True):
            place = next(place for place, each in enumerate(choices) if each.number == choice.number)
            table = table.set_column(place, table.column_names[place], column)
            if choice.bad:
                _note(raw, choice, spec)
    raw.marks = {choice.name: choice.written.mark for choice in choices if choice.written.mark}
    names = [asked[choice.name].to or choice.name if choice.name in asked else choice.name for choice in choices]
    if len(set(names)) < len(names):
        raise wrong("The spec gives two columns the same name.", where="columns")
    return table.rename_columns(names)


def _extract(raw: Raw, choices: list[Choice], quick: bool) -> pa.Table:
    """Return the raw columns read in their forms, in the order of the rows."""

    def typed(choice: Choice) -> str:
        cell = f"c{choice.number}"
        if choice.written is TEXT:
            return cell
        value = choice.written.quickly(cell) if quick else choice.written.expression(f"trim({cell})")
        return f"CAST({value} AS {SQL_TYPES[choice.written.type]}) AS {cell}"

    try:
        return raw.connection.execute(f"SELECT {', '.join(map(typed, choices))} FROM raw").to_arrow_table()  # noqa: S608 built from our own forms
    except duckdb.Error as reason:
        raise wrong(f"The columns cannot be read as the spec says: {str(reason).splitlines()[0][:200]}", where="columns") from reason


def _likely(number: int, name: str, forms: list[Written], sample: list[str]) -> Choice:
    """Return the form that most of a sample has, the preferred one of equals."""
    best = max(forms, key=lambda form: sum(form.looks(text) for text in sample), default=TEXT)
    return Choice(number, name, best, 0)


def _doubtful(raw: Raw, choices: list[Choice], table: pa.Table) -> list[int]:
    """Return the columns in which some cell was not read in the likely form: they are looked at closely."""
    typed = [choice for choice in choices if choice.written is not TEXT]
    if not typed:
        return []
    filled = raw.connection.execute(f"SELECT {', '.join(f'count(c{each.number})' for each in typed)} FROM raw").fetchone() or ()  # noqa: S608
    read = {choice.number: table.num_rows - table.column(place).null_count for place, choice in enumerate(choices)}
    return [choice.number for choice, count in zip(typed, filled, strict=True) if read[choice.number] < count]


def _samples(raw: Raw, numbers: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for number in numbers:
        some = f"SELECT c{number} FROM raw WHERE c{number} IS NOT NULL LIMIT {_SAMPLE}"  # noqa: S608 the names are c0, c1, …
        rows = raw.connection.execute(f"SELECT DISTINCT trim(c{number}) FROM ({some}) LIMIT 300").fetchall()  # noqa: S608
        found[number] = [row[0] for row in rows]
    return found


def _plausible(raw: Raw, number: int, asked: ColumnSpec, sample: list[str], spec: Spec, coordinate: bool) -> list[Written]:
    """Return the forms that a column may have, the preferred first."""
    if asked.type == "text" or asked.type == "geometry":
        return []
    if asked.format:
        return [written_as(asked.type or "timestamp", asked.format)]
    written = [each for each in WRITTEN if not each.mark or spec.decimal in ("", each.mark)]
    if asked.type:
        return [each for each in written if each.type == asked.type or (asked.type == "timestamp" and each.type == "date")]
    if coordinate:
        return [each for each in written if each.type == "decimal"]  # of quoted ones too
    allowed = raw.allowed[number]
    forms = [each for each in written if allowed is None or each.type in allowed]
    sample = [each for each in sample if each not in spec.nulls and each not in BLANKS]
    if any(_CODE.match(each) for each in sample):
        forms = [each for each in forms if each.type not in ("integer", "decimal")]
    return [each for each in forms if each.mostly(sample)]


def _count(raw: Raw, plans: dict[int, list[Written]], spec: Spec) -> dict[int, list[int]]:
    """Count over all rows, per column: cells that hold something, cells with a leading zero, and cells per plausible form, read and alike."""
    parts, nulls = [], ", ".join("'" + word.replace("'", "''") + "'" for word in (*spec.nulls, *BLANKS))
    for number, forms in plans.items():
        if forms:
            v = f"trim(c{number})"
            parts.append(f"count(*) FILTER ({v} <> '' AND {v} NOT IN ({nulls})), count(*) FILTER (regexp_matches({v}, '^[+-]?0[0-9]'))")
            parts += [f"count({form.expression(v)}), count(*) FILTER ({form.match(v)})" for form in forms]
    if not parts:
        return {number: [0, 0] for number in plans}
    try:
        row = raw.connection.execute(f"SELECT {', '.join(parts)} FROM raw").fetchone()  # noqa: S608 built from our own forms
    except duckdb.Error as reason:
        raise wrong(f"The columns cannot be read as the spec says: {str(reason).splitlines()[0][:200]}", where="columns") from reason
    left = list(row or ())
    return {number: [left.pop(0) for _ in range(2 + 2 * len(forms))] if forms else [0, 0] for number, forms in plans.items()}


def _choose(number: int, name: str, forms: list[Written], counts: list[int], asked: ColumnSpec | None, coordinate: bool) -> Choice:
    """Choose the form that leaves the fewest cells unread; text when too many would be, or when zeros in front mean a code."""
    filled, zeros = counts[:2]
    declared = asked is not None and bool(asked.type or asked.format)
    best: Choice | None = None
    for form, read, alike in zip(forms, counts[2::2], counts[3::2], strict=True):
        bad = filled - read
        if form.type in ("integer", "decimal") and zeros and not declared and not coordinate:
            continue
        whole = form.type == "decimal" and read == next(
            (count for each, count in zip(forms, counts[2::2], strict=False) if each.type == "integer"), -1
        )
        share = 0.0 if whole and not coordinate else _tolerated(form, filled, alike, coordinate)
        if not declared and (not filled or bad > share * filled) and not (coordinate and read):
            continue
        if best is None or bad < best.bad:
            best = Choice(number, name, form, bad)
    return best or Choice(number, name, TEXT, 0)


def _tolerated(form: Written, filled: int, alike: int, coordinate: bool) -> float:
    """Return which share of cells may fail to be read: more where the name, or the look of all cells, leaves no doubt about the type."""
    if coordinate:
        return _TOLERATED_WHEN_NAMED
    if form.type in ("date", "timestamp") and alike == filled:
        return _TOLERATED_WHEN_ALIKE
    return _TOLERATED if filled >= _ENOUGH and form.type not in ("integer", "boolean") else 0.0


def _note(raw: Raw, choice: Choice, spec: Spec) -> None:
    v = f"trim(c{choice.number})"
    nulls = [*spec.nulls, *BLANKS]
    query = f"""SELECT row, cell FROM (SELECT row_number() OVER () - 1 AS row, {v} AS cell, {choice.written.expression(v)} AS value FROM raw)
        WHERE value IS NULL AND cell <> '' AND cell NOT IN ({", ".join("?" * len(nulls))}) ORDER BY row LIMIT 20"""  # noqa: S608 built from our own forms
    found: list[tuple[Any, ...]] = raw.connection.execute(query, nulls).fetchall()
    for row, cell in found:
        raw.faults.note(raw.place(row, choice.name), f"{cell[:60]!r} is no {choice.written.type}; the cell was left empty")
    if choice.bad > len(found):
        raw.faults.note(
            f"column {choice.name}",
            f"{choice.bad - len(found):,} more cells are no {choice.written.type}; they were left empty",
            choice.bad - len(found),
        )
