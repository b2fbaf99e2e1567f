"""Read indicators and their values as far as an actor may see them; the reach stands in every query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Q

from zinneke.kernel.confidentiality import Actor, Level
from zinneke.kernel.problem import not_found
from zinneke.office.indicators import rules
from zinneke.office.indicators.life import OPEN, read_sheet
from zinneke.office.indicators.models import DefinitionRecord, IndicatorRecord, ValueRecord
from zinneke.office.indicators.rights import find, values_within, within
from zinneke.office.indicators.values import (
    Comparison,
    Decision,
    Indicator,
    Placed,
    Point,
    Run,
    Series,
    Sheet,
    Standing,
    Trend,
    Value,
    Version,
    Waypoint,
)

PUBLISHED = Q(state="validated", ended=None)


def indicators(actor: Actor, condition: Q | None = None) -> list[Indicator]:
    """Return the indicators within reach that answer to a condition, in order of domain and key."""
    records = IndicatorRecord.objects.filter(within(actor)).order_by("domain", "key")
    found = list(records.filter(condition) if condition is not None else records)
    definitions: dict[int, dict[int, DefinitionRecord]] = defaultdict(dict)
    for each in DefinitionRecord.objects.filter(indicator__in=[record.pk for record in found]):
        definitions[each.indicator_id][each.number] = each
    valued = _unstated(found)
    return [_indicator(record, definitions[record.pk], record.pk in valued) for record in found]


def measured_in(actor: Actor, area: str) -> Q:
    """Return the condition of the indicators with a published value of an area."""
    return Q(pk__in=ValueRecord.objects.filter(values_within(actor), PUBLISHED, area=area).values("indicator"))


def one(actor: Actor, key: str) -> Indicator:
    """Return an indicator. Raises `Problem` 404."""
    record = find(actor, key)
    return _indicator(record, {each.number: each for each in record.definitions.all()}, bool(_unstated([record])))


def _indicator(record: IndicatorRecord, definitions: dict[int, DefinitionRecord], valued: bool) -> Indicator:
    under_way = next((each.number for each in definitions.values() if each.state in OPEN), 0)
    shown = definitions[record.version or max(definitions)]
    return Indicator(
        key=record.key, state=record.state, owner=record.owner, level=Level(record.level), area=record.area, version=record.version,
        open=under_way, revision=record.revision, sheet=read_sheet(shown.sheet), since=shown.since, created=record.created,
        changed=record.changed, validated=record.validated, evidence=record.evidence, reason=record.reason, successor=record.successor,
        due=record.due, updated=record.updated, latest=record.latest, areas=record.areas,
        home=record.home, dimensions=tuple(record.dimensions),
        measured=bool(record.updated and (record.areas or record.latest or valued)), fault=record.fault,
    )  # fmt: skip


def _unstated(records: Iterable[IndicatorRecord]) -> set[int]:
    """Return those that have values although they say no area and no period of them, in one query."""
    asked = [each.pk for each in records if each.updated and not each.areas and not each.latest]
    found = ValueRecord.objects.filter(PUBLISHED, indicator__in=asked, value__isnull=False) if asked else ValueRecord.objects.none()
    return set(found.values_list("indicator", flat=True))


def versions(actor: Actor, key: str, opened: bool) -> list[Version]:
    """Return the definitions, the newest first; those never validated only to whoever may see what is open."""
    found = find(actor, key).definitions.order_by("-number")
    shown = found if opened else found.filter(state="validated")
    return [Version(each.number, each.since, each.state, read_sheet(each.sheet), each.reason, each.created) for each in shown]


def decisions(actor: Actor, key: str) -> list[Decision]:
    """Return what was done with an indicator, the oldest first."""
    return [Decision(each.deed, _who(each.who, actor), each.organisation, each.at, each.why, each.version) for each in find(actor, key).deeds.all()]


def runs(actor: Actor, key: str, limit: int) -> list[Run]:
    """Return the newest computings of an indicator."""
    record = find(actor, key)
    return [
        Run(each.at, key, each.version, each.seconds, each.count, each.written, tuple(each.inputs), each.fault) for each in record.runs.all()[:limit]
    ]


def values(actor: Actor, key: str, condition: Q) -> list[Value]:
    """Return values of an indicator, in order of area, dimension and time."""
    record = find(actor, key)
    units = {each.number: read_sheet(each.sheet).unit for each in record.definitions.all()}
    found = ValueRecord.objects.filter(values_within(actor), condition, indicator=record).order_by(
        "area", "dimension", "start", "period", "entered", "pk"
    )
    return [_value(each, units, actor) for each in found]


def waiting(actor: Actor, right_condition: Q) -> list[tuple[str, Value]]:
    """Return the drafts that wait for a decision, the oldest first, each with its indicator's key."""
    found = ValueRecord.objects.filter(right_condition, state="draft", ended=None).select_related("indicator").order_by("entered", "pk")[:5000]
    units = _units(found)
    return [(each.indicator.key, _value(each, units[each.indicator_id], actor)) for each in found]


def _units(found: Iterable[ValueRecord]) -> dict[int, dict[int, str]]:
    units: dict[int, dict[int, str]] = defaultdict(dict)
    for each in DefinitionRecord.objects.filter(indicator__in={value.indicator_id for value in found}):
        units[each.indicator_id][each.number] = read_sheet(each.sheet).unit
    return units


def _value(record: ValueRecord, units: dict[int, str], actor: Actor) -> Value:
    return Value(
        id=record.pk, period=record.period, area=record.area, dimension=record.dimension, value=record.value, absent=record.absent,
        low=record.low, high=record.high, quality=record.quality, state=record.state, version=record.version,
        unit=units.get(record.version, "1"), provenance=record.provenance, entered=record.entered, entered_by=_who(record.entered_by, actor),
        decided=record.decided, decided_by=_who(record.decided_by, actor), evidence=record.evidence, ended=record.ended, why_ended=record.why_ended,
    )  # fmt: skip


def _who(key: str, actor: Actor) -> str:
    """Return the key of whoever did something; people are named to people who are signed in only."""
    return key if actor.known or not key.startswith(("person:", "token:")) else ""


def as_of(moment: datetime) -> Q:
    """Return the condition of what was published at a moment."""
    return Q(decided__lte=moment, state="validated") & (Q(ended=None) | Q(ended__gt=moment))


def points(
    actor: Actor, keys: Sequence[str], areas: Iterable[str] | None, moment: datetime | None = None, only: Q | None = None
) -> dict[tuple[str, str, str], list[Point]]:
    """Return the published points of indicators by key, area and dimension, in order of time, in one query; `only` those of a condition."""
    condition = as_of(moment) if moment else PUBLISHED
    found = ValueRecord.objects.filter(values_within(actor), condition, indicator__key__in=list(keys))
    if areas is not None:
        found = found.filter(area__in=list(areas))
    if only is not None:
        found = found.filter(only)
    names = ("indicator__key", "indicator_id", "area", "dimension", "period", "start", "value", "low", "high", "quality", "version")
    rows = list(found.order_by("start", "period").values_list(*names))
    units: dict[tuple[int, int], str] = {}
    definitions = DefinitionRecord.objects.filter(indicator__in={row[1] for row in rows})
    for pk, number, sheet in definitions.values_list("indicator_id", "number", "sheet"):
        units[pk, number] = sheet["unit"]  # a path into JSON would read the unit "1" as a number
    made: dict[tuple[str, str, str], list[Point]] = defaultdict(list)
    for key, pk, area, dimension, period, start, value, low, high, quality, version in rows:
        made[key, area, dimension].append(Point(period, start, value, low, high, quality, version, units.get((pk, version), "1")))
    return made


def series(actor: Actor, key: str, areas: Iterable[str] | None, moment: datetime | None = None) -> list[Series]:
    """Return the published series of an indicator, the Region first."""
    find(actor, key)
    return [Series(area, dimension, tuple(held)) for (_, area, dimension), held in sorted(points(actor, [key], areas, moment).items())]


def stand(indicator: Indicator, held: Sequence[Point], area: str, today: date) -> Standing:
    """Return where an indicator stands in an area, from its published points."""
    sheet: Sheet = indicator.sheet
    known = [point for point in held if point.value is not None and point.start <= today]
    latest = known[-1] if known else None
    previous = known[-2] if len(known) > 1 else None
    path = rules.path_at(sheet, latest.period) if latest and latest.unit == sheet.unit else None
    status, gap = rules.judge(latest.value if latest else None, path, sheet.better, sheet.tolerance)
    slope: Trend = rules.trend(held)
    target = Waypoint(sheet.objective.period, sheet.objective.value) if sheet.objective else None
    return Standing(
        key=indicator.key, area=area, latest=latest, previous=previous, target=target, path=path, gap=gap, status=status, trend=slope,
        going=rules.going(sheet.better, slope), due=indicator.due, late=indicator.late(today),
    )  # fmt: skip


def compare(actor: Actor, key: str, period: str | None, communes: Iterable[str]) -> Comparison:
    """Return the communes beside one another in a period, the newest in which most of them have a value when none is given."""
    find(actor, key)
    held = {(area, point.period): point for (_, area, dimension), each in points(actor, [key], None).items() if not dimension for point in each}
    counted: dict[str, int] = defaultdict(int)
    for (area, when), point in held.items():
        counted[when] += bool(area) and point.value is not None
    starts = {when: point.start for (_, when), point in held.items()}
    periods = sorted((when for when, count in counted.items() if count), key=lambda when: (starts[when], when))
    if period is None:
        most = max((counted[when] for when in periods), default=0)
        period = next((when for when in reversed(periods) if 2 * counted[when] >= most), "")
    elif period not in starts:
        raise not_found("value in the period", period)
    there = [(code, held.get((code, period))) for code in communes]
    order = sorted((point.value for _, point in there if point and point.value is not None), reverse=True)
    placed = [
        Placed(code, point.value if point else None, point.low if point else None, point.high if point else None,
               order.index(point.value) + 1 if point and point.value is not None else 0, "" if point else "no_data")
        for code, point in there
    ]  # fmt: skip
    region = held.get(("", period))
    ranked = sorted(placed, key=lambda each: (each.place == 0, each.place, each.area))
    return Comparison(key, period, tuple(periods), region.value if region else None, tuple(ranked))
