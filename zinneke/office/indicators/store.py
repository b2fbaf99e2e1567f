"""The verbs of indicators: for those who propose, review and enter, and the face that dashboards read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from django.db.models import Q

from zinneke.foundations.tables.rules import fold
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.load import Counts
from zinneke.kernel.policy import DOMAINS
from zinneke.kernel.route import verb
from zinneke.office.indicators import importing, keeping, life, rankings, reading, running
from zinneke.office.indicators.models import IndicatorRecord
from zinneke.office.indicators.rights import SUBJECT, find, values_within, within
from zinneke.office.indicators.values import (
    City,
    Comparison,
    Decision,
    Gap,
    Indicator,
    Point,
    Ranking,
    Run,
    Series,
    Sheet,
    Standing,
    Statement,
    Value,
    ValueRow,
    Version,
)

INTERNAL = ("gaps_among",)

# ------------------------------------------------------------------ the face that dashboards read


@verb(Right.SEE, SUBJECT)
def list_indicators(
    actor: Actor, domain: str | None = None, area: str | None = None, state: str | None = "validated", audience: str = ""
) -> list[Indicator]:
    """Return indicators by domain (`""` for the general ones), by area that they have values of, by state (None for every one)."""
    condition = Q()
    if domain is not None:
        condition &= Q(domain=domain)
    if state is not None:
        condition &= Q(state=state)
    if area:
        condition &= reading.measured_in(actor, area)
    found = reading.indicators(actor, condition)
    return [each for each in found if audience in each.sheet.audiences] if audience else found


@verb(Right.SEE, SUBJECT)
def get_indicator(actor: Actor, key: str) -> Indicator:
    """Return an indicator with the definition in force. Raises `Problem` 404."""
    return reading.one(actor, key)


@verb(Right.SEE, SUBJECT)
def standing(actor: Actor, key: str, area: str | None = None, moment: datetime | None = None) -> Standing:
    """Return where an indicator stands in an area (None: the one that it is about), now or as it was known at a moment."""
    return standings(actor, [reading.one(actor, key)], area, moment)[0]


@verb(Right.SEE, SUBJECT)
def standings(actor: Actor, indicators: Sequence[Indicator], area: str | None = None, moment: datetime | None = None) -> list[Standing]:
    """Return where several indicators stand in an area, in one query: for dashboards."""
    return [stand for stand, _ in standings_and_courses(actor, indicators, area, moment)]


@verb(Right.SEE, SUBJECT)
def standings_and_courses(
    actor: Actor, indicators: Sequence[Indicator], area: str | None = None, moment: datetime | None = None
) -> list[tuple[Standing, tuple[Point, ...]]]:
    """Return where several indicators stand in an area, each with its course there, in one query: for tiles."""
    where = {each.key: each.home if area is None else area for each in indicators}
    held = courses(actor, indicators, where.values(), moment)
    today = (moment or datetime.now(UTC)).date()
    found = [(each, where[each.key], held.get((each.key, where[each.key]), ())) for each in indicators]
    return [(reading.stand(each, course, place, today), course) for each, place, course in found]


@verb(Right.SEE, SUBJECT)
def series(actor: Actor, key: str, areas: Iterable[str] | None = None, moment: datetime | None = None) -> list[Series]:
    """Return the published series of an indicator in areas (`""` is the Region; None for all), by dimension; now or as of a moment."""
    return reading.series(actor, key, areas, moment)


@verb(Right.SEE, SUBJECT)
def courses(
    actor: Actor, indicators: Sequence[Indicator], areas: Iterable[str], moment: datetime | None = None, periods: Iterable[str] | None = None
) -> dict[tuple[str, str], tuple[Point, ...]]:
    """Return the published courses of several indicators in several areas (`""` is the Region) by key and area, in one query: for dashboards.

    With `periods`, of the courses only what lies in these.
    """
    only = Q(dimension="") if periods is None else Q(dimension="", period__in=set(periods))
    held = reading.points(actor, [each.key for each in indicators], set(areas), moment, only)
    return {(key, area): tuple(points) for (key, area, _), points in held.items()}


@verb(Right.SEE, SUBJECT)
def compare(actor: Actor, key: str, period: str | None = None) -> Comparison:
    """Return the communes beside one another in a period (None: the newest that most of them have), the highest first."""
    return reading.compare(actor, key, period, [each.code for each in territory.list_areas(actor)])


@verb(Right.SEE, SUBJECT)
def gaps(actor: Actor, today: date | None = None) -> list[Gap]:
    """Return what is not measured, or not as it ought to be, as far as the actor may know."""
    return gaps_among(list_indicators(actor), today)


def gaps_among(known: Sequence[Indicator], today: date | None = None) -> list[Gap]:
    """Return what all these indicators do not measure, or not as they ought to. Needs no right: whoever has them was given them."""
    day = today or datetime.now(UTC).date()
    found: list[Gap] = []
    for each in known:
        if not each.measured:
            found.append(Gap("unmeasured", each.key, each.sheet.domain))
            continue
        actual = {*each.dimensions, *(["commune"] if each.areas else [])}
        found += [Gap("disaggregation", each.key, each.sheet.domain, word) for word in each.sheet.expected if word not in actual]
        if each.sheet.objective is None:
            found.append(Gap("no_target", each.key, each.sheet.domain))
        if each.late(day):
            found.append(Gap("late", each.key, each.sheet.domain, each.due.isoformat() if each.due else ""))
        if each.fault:
            found.append(Gap("fault", each.key, each.sheet.domain, each.fault))
    measured = {each.sheet.domain for each in known if each.measured and each.sheet.kind in ("outcome", "impact")}
    return found + [Gap("no_outcome", domain=domain) for domain in DOMAINS if domain not in measured]


@verb(Right.SEE, SUBJECT)
def history(actor: Actor, key: str, period: str, area: str = "", dimension: str = "") -> list[Value]:
    """Return everything that was ever kept in one place, the oldest first: what it was, who decided, when and why it ended."""
    return reading.values(actor, key, Q(period=period, area=area, dimension=dimension))


@verb(Right.SEE, SUBJECT)
def list_values(actor: Actor, key: str, moment: datetime | None = None, drafts: bool = False) -> list[Value]:
    """Return the published values, now or as of a moment; with `drafts` also those that wait, for whoever may see them."""
    condition = reading.as_of(moment) if moment else reading.PUBLISHED
    return reading.values(actor, key, condition | Q(state="draft", ended=None) if drafts else condition)


@verb(Right.SEE, SUBJECT)
def list_versions(actor: Actor, key: str) -> list[Version]:
    """Return the definitions that are or were in force, the newest first; whoever may edit sees the open ones too."""
    return reading.versions(actor, key, opened=may(actor, Right.EDIT, key))


@verb(Right.SEE, SUBJECT)
def list_deeds(actor: Actor, key: str) -> list[Decision]:
    """Return what was done with an indicator, the oldest first."""
    return reading.decisions(actor, key)


@verb(Right.SEE, SUBJECT)
def list_runs(actor: Actor, key: str, limit: int = 10) -> list[Run]:
    """Return the newest computings of an indicator: over which data, how long, with what fault."""
    return reading.runs(actor, key, max(1, min(limit, 100)))


@verb(Right.SEE, SUBJECT)
def list_rankings(actor: Actor) -> list[Ranking]:
    """Return the international rankings that are kept."""
    return rankings.listed(actor)


@verb(Right.SEE, SUBJECT)
def get_ranking(actor: Actor, key: str) -> tuple[Ranking, list[City]]:
    """Return a ranking and its cities, the best first. Raises `Problem` 404."""
    return rankings.one(actor, key)


@verb(Right.SEE, SUBJECT)
def list_statements(actor: Actor, block: str = "") -> list[Statement]:
    """Return the state of play of the policy's building blocks, the furthest first in each."""
    return rankings.statements(actor, block)


@verb(Right.SEE, SUBJECT)
def may(actor: Actor, right: Right, key: str) -> bool:
    """Say whether somebody may do more with an indicator than see it: for the buttons of its page."""
    return IndicatorRecord.objects.filter(within(actor, right), key=key).exists()


# ------------------------------------------------------------------ proposal, validation, values


@verb(Right.EDIT, SUBJECT)
def propose(actor: Actor, key: str, sheet: Sheet, area: str = "", contact: str = "") -> Indicator:
    """Propose an indicator. Raises `Problem` 422 with every fault of the sheet, 409 for a key that is taken."""
    life.propose(actor, key, sheet, area, contact)
    return reading.one(actor, key)


@verb(Right.EDIT, SUBJECT)
def revise(actor: Actor, key: str, sheet: Sheet, revision: int, since: str = "", reason: str = "") -> Indicator:
    """Change a proposal, or propose the next version of a validated definition. Raises `Problem` 409 when somebody was quicker."""
    life.revise(actor, key, sheet, revision, since, reason)
    return reading.one(actor, key)


@verb(Right.EDIT, SUBJECT)
def submit(actor: Actor, key: str) -> Indicator:
    """Send what is proposed to review."""
    life.submit(actor, key)
    return reading.one(actor, key)


@verb(Right.COMMAND, SUBJECT)
def decide(actor: Actor, key: str, verdict: str, evidence: str) -> Indicator:
    """Validate, return or refuse what is in review, on evidence, and not one's own."""
    life.decide(actor, key, verdict, evidence)
    return reading.one(actor, key)


@verb(Right.COMMAND, SUBJECT)
def retire(actor: Actor, key: str, reason: str, successor: str = "") -> Indicator:
    """Retire an indicator with a reason and a successor."""
    life.retire(actor, key, reason, successor)
    return reading.one(actor, key)


@verb(Right.EDIT, SUBJECT)
def set_due(actor: Actor, key: str, due: date | None) -> Indicator:
    """Say when the next value is due; None leaves it to the frequency of the sheet."""
    life.set_due(actor, key, due)
    return reading.one(actor, key)


@verb(Right.EDIT, SUBJECT)
def enter_values(actor: Actor, key: str, rows: Iterable[ValueRow], why: str = "", how: str = "typed", language: str = "en") -> Counts:
    """Enter values as drafts; what cannot be taken is counted row by row with the reason."""
    placed = [(f"row {number}", row) for number, row in enumerate(rows, 1)]
    return keeping.enter(actor, key, placed, {each.code: None for each in territory.list_areas(actor)}, why, how, language)


@verb(Right.EDIT, SUBJECT)
def import_values(actor: Actor, key: str, data: bytes, why: str = "", language: str = "en") -> Counts:
    """Enter the values of a CSV file or Excel workbook as drafts; what cannot be read or taken is counted by its row in the file."""
    find(actor, key)
    areas = territory.list_areas(actor)
    codes = {fold(name): each.code for each in areas for name in (*each.name.values(), each.code)}
    rows, faults = importing.read(data, lambda word: codes.get(fold(word), ""), language)
    counts = keeping.enter(actor, key, rows, {each.code: None for each in areas}, why, "imported", language)
    for fault in faults:
        counts.refuse(fault.where, fault.what)
    return counts


@verb(Right.COMMAND, SUBJECT)
def decide_values(actor: Actor, ids: Iterable[int], accept: bool, evidence: str) -> int:
    """Say yes or no to draft values, on evidence, and not to one's own; returns how many."""
    return keeping.decide(actor, ids, accept, evidence)


@verb(Right.COMMAND, SUBJECT)
def withdraw_value(actor: Actor, id: int, reason: str) -> None:
    """Take a published value back; it stays in the history."""
    keeping.withdraw(actor, id, reason)


@verb(Right.EDIT, SUBJECT)
def compute(actor: Actor, keys: Iterable[str] | None = None, now: datetime | None = None) -> Counts:
    """Compute indicators from the platform's data, all that the actor may edit when no keys are given; says what changed and what failed."""
    records = IndicatorRecord.objects.filter(within(actor, Right.EDIT), state="validated")
    if keys is not None:
        chosen = list(keys)
        for key in chosen:
            find(actor, key, Right.EDIT)
        records = records.filter(key__in=chosen)
    return running.run(actor, records, now)


@verb(Right.EDIT, SUBJECT)
def list_open(actor: Actor) -> list[Indicator]:
    """Return the indicators with something proposed, returned or in review, for whoever may edit them."""
    return reading.indicators(actor, within(actor, Right.EDIT) & Q(definitions__state__in=life.OPEN, definitions__isnull=False))


@verb(Right.COMMAND, SUBJECT)
def list_in_review(actor: Actor) -> list[Indicator]:
    """Return the indicators with a definition in review, for whoever decides."""
    return reading.indicators(actor, within(actor, Right.COMMAND) & Q(definitions__state="review"))


@verb(Right.COMMAND, SUBJECT)
def list_drafts(actor: Actor) -> list[tuple[str, Value]]:
    """Return the values that wait for a decision of the actor's, the oldest first, with the key of their indicator."""
    return reading.waiting(actor, values_within(actor, Right.COMMAND))


@verb(Right.EDIT, SUBJECT)
def set_ranking(actor: Actor, ranking: Ranking, cities: Sequence[City], level: Level = Level.PUBLIC, area: str = "") -> bool:
    """Keep an edition of an international ranking; says whether anything is new."""
    return rankings.put(actor, ranking, cities, level, area)


@verb(Right.EDIT, SUBJECT)
def set_statement(actor: Actor, statement: Statement, revision: int | None = None, level: Level = Level.PUBLIC, area: str = "") -> Statement:
    """Keep a statement about a building block; `revision` is the one that was read. Raises `Problem` 409 when somebody was quicker."""
    return rankings.state(actor, statement, revision, level, area)
