"""Compute indicators from the platform's data, each after those that it is made of, and log every run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from time import perf_counter

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem
from zinneke.office.indicators import measures, rankings
from zinneke.office.indicators.computing import Cell, Cells, Known, compute
from zinneke.office.indicators.keeping import keep_cells, versions_of
from zinneke.office.indicators.models import IndicatorRecord, RunRecord, ValueRecord
from zinneke.office.indicators.periods import read_period
from zinneke.office.indicators.rights import SUBJECT
from zinneke.office.indicators.sources import Sources
from zinneke.office.indicators.values import City, Sheet

Defined = tuple[int, Sheet, str]


def run(actor: Actor, records: Iterable[IndicatorRecord], now: datetime | None = None) -> Counts:
    """Compute indicators and return what changed; a fault stops one indicator and no other, and its published values stay."""
    moment = now or datetime.now(UTC)
    chosen = {record.key: (record, versions_of(record)) for record in records}
    sources, counts = Sources(now=moment), Counts()
    for key in _ordered({key: defined for key, (_, defined) in chosen.items()}, counts):
        record, defined = chosen[key]
        if not any(sheet.measure for _, sheet, _ in defined):
            continue
        _run_one(actor, record, defined, sources, counts, moment)
    if counts.added or counts.refused:
        audit.record(actor, "indicator.compute", SUBJECT, {"written": counts.added, "faults": [str(each) for each in counts.faults][:20]})
    return counts


def _ordered(defined: dict[str, list[Defined]], counts: Counts) -> list[str]:
    """Return the keys so that each comes after those it is made of; indicators made of one another are refused."""
    needed = {key: {need for _, sheet, _ in each for need in measures.needs(sheet.measure)} & defined.keys() for key, each in defined.items()}
    order: list[str] = []
    while needed:
        ready = sorted(key for key, needs in needed.items() if needs <= set(order))
        if not ready:
            for key in sorted(needed):
                counts.refuse(key, "it is made of indicators that are made of it. Break the circle.")
            break
        order += ready
        for key in ready:
            del needed[key]
    return order


def _run_one(actor: Actor, record: IndicatorRecord, defined: list[Defined], sources: Sources, counts: Counts, moment: datetime) -> None:
    known = Known(lambda key: _published(key, sources), lambda key: _cities(key, sources))
    for number, sheet, since in reversed(defined):
        begun = perf_counter()
        sources.begin()
        cells, fault, written = Cells(), "", 0
        try:
            if sheet.measure:
                cells = _of_its_time(compute(sheet.measure, sources, known), number, since, defined)
                written = keep_cells(actor, record, cells, number, sheet, sources.level, list(sources.inputs), moment)
        except Problem as problem:
            fault = problem.detail or problem.title
            counts.refuse(record.key, fault)
        counts.added += written
        counts.unchanged += len(cells) - written
        _log(record, number, moment, perf_counter() - begun, len(cells), written, list(sources.inputs), fault)


def _of_its_time(cells: Cells, number: int, since: str, defined: list[Defined]) -> Cells:
    """Return the cells of the periods in which a definition is the one in force: from its own beginning to that of the next."""
    first = read_period(since)[0]
    later = [read_period(start)[0] for other, _, start in defined if other > number and start]
    if any(other > number and not start for other, _, start in defined):
        return {}
    last = min(later, default=None)
    return {
        place: cell for place, cell in cells.items() if (begin := read_period(place[0])[0]) >= first and (last is None or begin < last)
    }  # fmt: skip


def _published(key: str, sources: Sources) -> Cells:
    """Return the published values of another indicator, and let its level count."""
    found: Cells = {}
    values = ValueRecord.objects.filter(indicator__key=key, state="validated", ended=None)
    if not IndicatorRecord.objects.filter(key=key).exists():
        raise Problem(409, "Indicator gone", f"There is no indicator {key!r} any more. Change the query.")
    for period, area, dimension, value, absent, low, high, level in values.values_list(
        "period", "area", "dimension", "value", "absent", "low", "high", "level"
    ):
        found[period, area, dimension] = Cell(value, absent, low, high)
        sources.level = max(sources.level, level)
    return found


def _cities(key: str, sources: Sources) -> list[City]:
    found, level = rankings.cities(key)
    sources.level = max(sources.level, level)
    return found


def _log(record: IndicatorRecord, version: int, at: datetime, seconds: float, count: int, written: int, inputs: list[str], fault: str) -> None:
    """Write down a run that wrote something or failed in a new way; the same result again needs no line."""
    before = record.runs.first()
    if before is None or written or fault != before.fault or inputs != before.inputs:
        RunRecord.objects.create(
            indicator=record, version=version, at=at, seconds=seconds, count=count, written=written, inputs=inputs, fault=fault
        )  # fmt: skip
    if record.fault != fault and version == record.version:
        record.fault = fault
        record.save(update_fields=("fault",))
