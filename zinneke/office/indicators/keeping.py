"""Values: entered, computed, decided on and corrected. A correction keeps what was published before, with who, when and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Level, Right, refusal
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import Text
from zinneke.office.indicators import rules
from zinneke.office.indicators import sentences as say
from zinneke.office.indicators.computing import Cells
from zinneke.office.indicators.life import read_sheet
from zinneke.office.indicators.models import DefinitionRecord, IndicatorRecord, ValueRecord
from zinneke.office.indicators.periods import is_period, read_period
from zinneke.office.indicators.rights import SUBJECT, allows, find, hand, subject_of, values_within
from zinneke.office.indicators.sentences import AGAIN, CORRECTED, NEWER
from zinneke.office.indicators.values import Sheet, ValueRow

MOST = 50_000
Slot = tuple[str, str, str]
FIGURES = ("value", "absent", "low", "high", "version")


def enter(
    actor: Actor,
    key: str,
    rows: Iterable[tuple[str, ValueRow]],
    known_areas: Mapping[str, Any],
    why: str = "",
    how: str = "typed",
    language: str = "en",
) -> Counts:
    """Keep values, each with the place where it stood, as drafts to be decided on; one that cannot be taken is counted with the reason."""
    record = find(actor, key)
    versions = versions_of(record)
    if record.state == "retired":
        raise Problem(409, "Retired", f"The indicator {key} is retired and takes no values any more.")
    if not versions:
        raise Problem(409, "Not validated yet", f"The indicator {key} takes values when its definition is validated.")
    counts, made, seen, now = Counts(), [], set[Slot](), datetime.now(UTC)
    held = _current(record)
    for place, row in rows:
        slot = (row.period, row.area, row.dimension)
        version, sheet = in_force(versions, row.period) if is_period(row.period) else versions[0][:2]
        fault = _row_fault(actor, record, row, slot in seen, known_areas) or _figure_fault(sheet, row)
        if fault:
            counts.refuse(place, f"{fault.said_in(language)}.")
            continue
        seen.add(slot)
        figures = (row.value, "" if row.value is not None else "no_data", row.low, row.high, version)
        if _same(held.get(slot, ()), figures):
            counts.unchanged += 1
            continue
        provenance = {"how": how} | ({"note": row.note} if row.note else {}) | ({"why": why} if why else {})
        made.append(_value(record, slot, figures, row.quality or sheet.quality, provenance, actor, now))
        counts.added += slot not in held
        counts.changed += slot in held
    with transaction.atomic():
        _write(record, made, now)
        if made:
            audit.record(actor, "indicator.values", f"{SUBJECT}.{record.owner}:{key}", {"entered": len(made), "how": how}, why)
    return counts


def _row_fault(actor: Actor, record: IndicatorRecord, row: ValueRow, twice: bool, known_areas: Mapping[str, Any]) -> Text | None:
    if not is_period(row.period):
        return say.fill(say.PERIOD, period=row.period)
    if row.area and row.area not in known_areas:
        return say.fill(say.NO_COMMUNE, cell=row.area)
    if twice:
        return say.TWICE
    if not allows(actor, Right.EDIT, record.owner, max(Level.SHARED, Level(record.level)), row.area or record.area):
        return say.NOT_YOURS
    return say.TOO_LONG if len(row.dimension) > 80 else None


def _figure_fault(sheet: Sheet, row: ValueRow) -> Text | None:
    if row.value is None:
        return None
    if row.low is not None and row.high is not None and not row.low <= row.value <= row.high:
        return say.BETWEEN
    return rules.plausible(sheet, row.value)


def keep_cells(
    actor: Actor, record: IndicatorRecord, cells: Cells, version: int, sheet: Sheet, level: Level, inputs: list[str], now: datetime
) -> int:
    """Keep computed figures and return how many are new or changed; the same figures again change nothing.

    Where the sheet accepts computed values, those that are plausible are validated by its own rule, at its level or the stricter one
    of the data they come from; the others wait as drafts, and so does what differs from a value that somebody validated by hand. What
    was refused is not proposed again. Where the data have become more confidential, so do the values computed before.
    """
    if level > Level.PUBLIC:
        ValueRecord.objects.filter(indicator=record, version=version, level__lt=level, provenance__how="computed").update(level=level)
    held, made, refused = _current(record), [], _refused(record)
    evidence = f"Computed by definition {version}; accepted by the rule that was validated with it."
    for slot, cell in cells.items():
        figures = (cell.value, cell.absent, cell.low, cell.high, version)
        if _same(held.get(slot, ()), figures) or (*slot, cell.value) in refused:
            continue
        quality = max(sheet.quality, 4) if cell.held else sheet.quality
        provenance: dict[str, Any] = {"how": "computed", "inputs": inputs} | ({"held": cell.held} if cell.held else {})
        doubt = None if cell.value is None else rules.plausible(sheet, cell.value)
        if doubt:
            provenance["doubt"] = doubt.as_dict()
        value = _value(record, slot, figures, quality, provenance, actor, now)
        if level > Level.PUBLIC:
            value.provenance["level"] = int(level)
        value.level = max(value.level, level)
        by_hand = any(each.state == "validated" and each.provenance.get("how") != "computed" for each in held.get(slot, ()))
        if sheet.accept == "computed" and not doubt and not by_hand:
            value.state, value.level = "validated", max(Level(record.level), level)
            value.decided, value.decided_by, value.evidence = now, hand(actor), evidence
            value.provenance["accepted"] = "rule"
        made.append(value)
    with transaction.atomic():
        _write(record, made, now)
    return len(made)


def _same(held: Iterable[ValueRecord], figures: tuple[Any, ...]) -> bool:
    """Say whether the newest of what is kept in a slot has these figures already."""
    newest = max(held, key=lambda each: each.pk, default=None)
    return newest is not None and all(_close(getattr(newest, name), figure) for name, figure in zip(FIGURES, figures, strict=True))


def _close(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return bool(one == other or abs(one - other) <= 1e-12 * max(abs(one), abs(other)))
    return bool(one == other)


def _value(
    record: IndicatorRecord, slot: Slot, figures: tuple[Any, ...], quality: int, provenance: dict[str, Any], actor: Actor, now: datetime
) -> ValueRecord:
    value, absent, low, high, version = figures
    period, area, dimension = slot
    return ValueRecord(
        indicator=record, version=version, period=period, start=read_period(period)[0], level=max(Level.SHARED, Level(record.level)),
        area=area, dimension=dimension, value=value, absent=absent, low=low, high=high, quality=quality, state="draft",
        provenance=provenance, entered=now, entered_by=hand(actor),
    )  # fmt: skip


def _write(record: IndicatorRecord, made: list[ValueRecord], now: datetime) -> None:
    """Write values, ending the drafts that they replace and, where they are validated, the values published before."""
    if not made:
        return
    held = _current(record)
    drafts, published = [], []
    for value in made:
        for earlier in held.get((value.period, value.area, value.dimension), ()):
            if earlier.state == "draft":
                drafts.append(earlier.pk)
            elif value.state == "validated":
                published.append(earlier.pk)
    for start in range(0, len(drafts), 500):
        ValueRecord.objects.filter(pk__in=drafts[start : start + 500]).update(state="replaced", ended=now, why_ended=NEWER.en)
    for start in range(0, len(published), 500):
        ValueRecord.objects.filter(pk__in=published[start : start + 500]).update(ended=now, why_ended=AGAIN.en)
    ValueRecord.objects.bulk_create(made, batch_size=500)
    refresh(record, now)


def _refused(record: IndicatorRecord) -> set[tuple[Any, ...]]:
    """Return the figures that somebody has refused, with their place."""
    return set(ValueRecord.objects.filter(indicator=record, state="refused").values_list("period", "area", "dimension", "value"))


def _current(record: IndicatorRecord) -> dict[Slot, list[ValueRecord]]:
    """Return what is kept and not ended, by slot: at most a published value and a draft each."""
    found: dict[Slot, list[ValueRecord]] = {}
    for value in ValueRecord.objects.filter(indicator=record, ended=None, state__in=("draft", "validated")).defer("evidence"):
        found.setdefault((value.period, value.area, value.dimension), []).append(value)
    return found


def refresh(record: IndicatorRecord, now: datetime) -> None:
    """Note on the indicator what its published values tell apart, the newest period, and when the next value is due."""
    published = ValueRecord.objects.filter(indicator=record, state="validated", ended=None, value__isnull=False).order_by()
    newest = published.order_by("-start", "-period").values_list("period", flat=True).first()
    record.latest = newest or ""
    areas = sorted(set(published.values_list("area", flat=True)))
    record.areas, record.home = len([area for area in areas if area]), areas[0] if len(areas) == 1 else ""
    record.dimensions = sorted({each.partition(":")[0] for each in published.exclude(dimension="").values_list("dimension", flat=True).distinct()})
    record.updated = now
    if record.version and record.state == "validated" and not record.due_by_hand:
        sheet = read_sheet(DefinitionRecord.objects.get(indicator=record, number=record.version).sheet)
        record.due = rules.due_after(sheet, record.latest)
    record.save(update_fields=("latest", "areas", "dimensions", "updated", "due", "areas", "home", "dimensions"))


def decide(actor: Actor, ids: Iterable[int], accept: bool, evidence: str) -> int:
    """Say yes or no to draft values, on evidence; returns how many. Not to one's own; a yes ends the value published before, which is kept."""
    chosen = list(dict.fromkeys(ids))[:MOST]
    if not evidence.strip():
        raise wrong("Say on which evidence you decide: what you read, compared or computed again.", where="evidence")
    now = datetime.now(UTC)
    with transaction.atomic():
        found = list(
            ValueRecord.objects.filter(values_within(actor, Right.COMMAND), pk__in=chosen, state="draft", ended=None).select_related("indicator")
        )
        if not found:
            raise Problem(409, "Nothing to decide", "None of these values waits for a decision of yours. Perhaps a colleague was quicker.")
        if actor.person is not None and any(value.entered_by == hand(actor) for value in found):
            raise Problem(403, "Four eyes", "Whoever entered a value does not decide on it. Ask a colleague.")
        for value in found:
            _decide_one(actor, value, accept, evidence, now)
        for record in {value.indicator_id: value.indicator for value in found}.values():
            refresh(record, now)
            audit.record(actor, "indicator.decide", f"{SUBJECT}.{record.owner}:{record.key}", {"accepted": accept, "values": len(found)}, evidence)
    return len(found)


def _decide_one(actor: Actor, value: ValueRecord, accept: bool, evidence: str, now: datetime) -> None:
    if accept:
        why = str(value.provenance.get("why", "")) or CORRECTED.en
        same = ValueRecord.objects.filter(indicator=value.indicator, period=value.period, area=value.area, dimension=value.dimension)
        same.filter(state="validated", ended=None).update(ended=now, why_ended=why)
        value.level = max(value.indicator.level, value.provenance.get("level", 0))
    value.state = "validated" if accept else "refused"
    value.decided, value.decided_by, value.evidence = now, hand(actor), evidence
    value.ended = None if accept else now
    value.save()


def withdraw(actor: Actor, id: int, reason: str) -> None:
    """Take a published value back without another in its place; it stays in the history."""
    value = ValueRecord.objects.filter(values_within(actor), pk=id, state="validated", ended=None).select_related("indicator").first()
    if value is None:
        raise Problem(404, "Not found", "There is no such published value here, or it is not open to you.")
    if not allows(actor, Right.COMMAND, value.indicator.owner, Level(value.level), value.area):
        raise refusal(actor, Right.COMMAND, subject_of(value.indicator.owner))
    if not reason.strip():
        raise wrong("Say why the value is taken back.", where="reason")
    now = datetime.now(UTC)
    with transaction.atomic():
        ValueRecord.objects.filter(pk=id).update(ended=now, why_ended=reason)
        refresh(value.indicator, now)
        audit.record(actor, "indicator.withdraw", f"{SUBJECT}.{value.indicator.owner}:{value.indicator.key}", {"value": id}, reason)


def versions_of(record: IndicatorRecord) -> list[tuple[int, Sheet, str]]:
    """Return the definitions that are or were in force, the newest first."""
    return [(each.number, read_sheet(each.sheet), each.since) for each in record.definitions.filter(state="validated").order_by("-number")]


def in_force(versions: list[tuple[int, Sheet, str]], period: str) -> tuple[int, Sheet]:
    """Return the definition that is in force in a period: the newest that has begun, else the first."""
    start = read_period(period)[0]
    for number, sheet, since in versions:
        if not since or read_period(since)[0] <= start:
            return number, sheet
    return versions[-1][0], versions[-1][1]
