"""Read the content that comes with the platform: indicators with their queries, rankings from a table, statements about the building blocks.

A second run changes nothing. What people have touched since is left to them.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem, wrong
from zinneke.office.indicators import life, store
from zinneke.office.indicators.measures import Measure
from zinneke.office.indicators.models import IndicatorRecord, StatementRecord
from zinneke.office.indicators.values import City, Ranking, Sheet, Statement, Words


class Shipped(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An indicator as the file gives it: what of the sheet is its own, its query, and what differed in earlier definitions."""

    key: str
    sheet: dict[str, Any]
    measure: Measure | None = None
    since: str = ""
    reason: str = ""
    before: tuple[dict[str, Any], ...] = ()


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file: texts that several indicators share, and the indicators."""

    evidence: str
    owners: dict[str, Words]
    sources: dict[str, Words]
    notes: dict[str, Words]
    indicator: tuple[Shipped, ...]


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A statement as the file gives it."""

    key: str
    block: str
    grade: int
    since: date
    says: Words
    missing: Words = {}
    evidence: Words
    address: str = ""
    owner: str = ""


def load_indicators(path: Path, options: dict[str, Any]) -> Counts:
    """Load indicators, put their definitions in force, and compute them; what lacks its data here says so on its own page."""
    content = msgspec.toml.decode(path.read_bytes(), type=Content)
    counts, keys = Counts(), []
    for each in content.indicator:
        try:
            word = life.ship(SYSTEM, each.key, _definitions(content, each), content.evidence)
        except (Problem, msgspec.ValidationError, KeyError) as fault:
            counts.refuse(each.key, f"{getattr(fault, 'detail', '') or fault}")
            continue
        setattr(counts, word, getattr(counts, word) + 1)
        keys.append(each.key)
    mine = IndicatorRecord.objects.filter(key__in=keys, state="validated").values_list("key", flat=True)
    computed = store.compute(SYSTEM, list(mine))
    counts.changed += bool(computed.added and not counts.added)
    return counts


def _definitions(content: Content, given: Shipped) -> list[life.Defined]:
    """Return the definitions of an indicator, the earliest first."""
    owner = next(iter(content.owners))
    now = {"owner": owner, "accept": "computed", **given.sheet}
    found = []
    for other in (*given.before, {"since": given.since, "reason": given.reason}):
        raw = {**now, **other}
        since, reason = raw.pop("since", ""), raw.pop("reason", "")
        raw["owner_name"] = content.owners[raw["owner"]]
        raw["source"] = content.sources[raw.pop("from")]
        if "note" in raw:
            raw["misses"] = content.notes[raw.pop("note")]
        measure = raw.pop("measure", None) or given.measure
        sheet = msgspec.convert({**raw, "measure": msgspec.to_builtins(measure)}, Sheet)
        found.append(life.Defined(sheet, since, reason))
    return found


def load_ranking(path: Path, options: dict[str, Any]) -> Counts:
    """Load an edition of a ranking from a table; `options` names its columns, and what a score is divided by where the decimal point was lost."""
    ranking = msgspec.convert(options["ranking"], Ranking)
    scale, columns = float(options.get("divide", 1)), options["columns"]
    counts, read = Counts(), []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            try:
                scores = {name: float(row[column]) / scale for name, column in options.get("parts", {}).items()}
                read.append((row[columns["city"]].strip(), row[columns["country"]].strip(), float(row[columns["score"]]) / scale, scores))
            except (KeyError, TypeError, ValueError):
                counts.refuse(f"row {number}", "a name or a score is missing, or is not a number. Correct the row and load again.")
    if not read:
        raise wrong(f"{path.name} holds no city with a score.", where=path.name)
    order = sorted((score for _, _, score, _ in read), reverse=True)
    cities = [City(name, country, order.index(score) + 1, score, parts) for name, country, score, parts in read]
    changed = store.set_ranking(SYSTEM, ranking, cities)
    counts.added, counts.unchanged = (len(cities), 0) if changed else (0, len(cities))
    return counts


def load_statements(path: Path, options: dict[str, Any]) -> Counts:
    """Load the first statements about the building blocks; one that is there already belongs to those who keep it up."""
    content = msgspec.toml.decode(path.read_bytes(), type=dict[str, list[Said]])
    counts = Counts()
    for each in content["statement"]:
        if StatementRecord.objects.filter(key=each.key).exists():
            counts.unchanged += 1
            continue
        try:
            store.set_statement(SYSTEM, Statement(**msgspec.structs.asdict(each), revision=0))
            counts.added += 1
        except Problem as problem:
            counts.refuse(each.key, problem.detail)
    return counts


READERS = {"indicators": load_indicators, "ranking": load_ranking, "statements": load_statements}
