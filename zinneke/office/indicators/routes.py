"""Indicators for machines: the definitions, the values and where they stand; and the doors for those who propose, enter and decide."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import Right
from zinneke.kernel.load import Counts
from zinneke.kernel.period import city_zone, read_moment
from zinneke.kernel.route import Call, Needs, Reply, Route
from zinneke.kernel.spreadsheet import as_csv
from zinneke.office.indicators import exports, importing, store
from zinneke.office.indicators.rights import SUBJECT
from zinneke.office.indicators.values import (
    City,
    Comparison,
    Gap,
    Indicator,
    Ranking,
    Run,
    Series,
    Sheet,
    Standing,
    Statement,
    Value,
    ValueRow,
    Version,
    Words,
)

Key = Annotated[str, msgspec.Meta(max_length=100)]
Area = Annotated[str, msgspec.Meta(max_length=20, description="A commune's NIS code; empty for the whole Region.")]
Why = Annotated[str, msgspec.Meta(max_length=4000)]
SEE, EDIT, COMMAND = (Needs(right, SUBJECT) for right in (Right.SEE, Right.EDIT, Right.COMMAND))
TAGS = ("indicators",)


class AskIndicators(msgspec.Struct, forbid_unknown_fields=True):
    """Which indicators: of a domain (`general` for those of none), with values of an area, in a state of their life, for an audience."""

    domain: Annotated[str, msgspec.Meta(max_length=20)] = ""
    area: Area = ""
    state: Literal["validated", "retired", "proposed", "review", "returned", "refused", "all"] = "validated"
    audience: Annotated[str, msgspec.Meta(max_length=20)] = ""


class AskIndicator(msgspec.Struct, forbid_unknown_fields=True):
    """An indicator by its key, and the area of which its standing is told (left out: the one it is about)."""

    key: Key
    area: Area | None = None


class AskValues(msgspec.Struct, forbid_unknown_fields=True):
    """The values of an indicator, all or of one area; `as_of` gives those that were published at a moment."""

    key: Key
    area: Area | None = None
    as_of: Annotated[str, msgspec.Meta(max_length=40)] = ""


class AskComparison(msgspec.Struct, forbid_unknown_fields=True):
    """A period, left out for the newest that most communes have."""

    key: Key
    period: Annotated[str, msgspec.Meta(max_length=30)] | None = None


class AskHistory(msgspec.Struct, forbid_unknown_fields=True):
    """One place of an indicator: its period, area and dimension."""

    key: Key
    period: Annotated[str, msgspec.Meta(max_length=30)] = ""
    area: Area = ""
    dimension: Annotated[str, msgspec.Meta(max_length=80)] = ""


class AskKey(msgspec.Struct, forbid_unknown_fields=True):
    """Something by its key."""

    key: Key


class AskBlock(msgspec.Struct, forbid_unknown_fields=True):
    """A building block of the policy, or all of them."""

    block: Annotated[str, msgspec.Meta(max_length=20)] = ""


class AskImport(msgspec.Struct, forbid_unknown_fields=True):
    """Into which indicator, and why, where values are corrected."""

    key: Key
    why: Why = ""


class Listed(msgspec.Struct, frozen=True):
    """An indicator with where it stands, and its page."""

    indicator: Indicator
    standing: Standing
    page: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is proposed: a key, the sheet, the area it is kept for, an address of the service that answers for it."""

    key: Key
    sheet: Sheet
    area: Area = ""
    contact: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Revision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A changed sheet; `revision` is the one that was read, `since` the first period of the new definition, `reason` why it changes."""

    sheet: Sheet
    revision: int
    since: Annotated[str, msgspec.Meta(max_length=30)] = ""
    reason: Why = ""


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision on a definition, and its evidence."""

    verdict: Literal["validated", "returned", "refused"]
    evidence: Why


class ValuesVerdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision on draft values, and its evidence."""

    ids: Annotated[list[int], msgspec.Meta(max_length=5000)]
    accept: bool
    evidence: Why


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an indicator is retired, or a value taken back, and what follows it."""

    reason: Why
    successor: Annotated[str, msgspec.Meta(max_length=80)] = ""


class Entered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values to enter, and why, where they correct others."""

    values: Annotated[list[ValueRow], msgspec.Meta(max_length=20_000)]
    why: Why = ""


class Tally(msgspec.Struct, frozen=True):
    """What became of values: how many are new, changed or the same, and each that was refused with its place and the reason."""

    added: int
    changed: int
    unchanged: int
    refused: int
    faults: list[str]


class GivenRanking(msgspec.Struct, frozen=True):
    """A ranking and its cities, the best first."""

    ranking: Ranking
    cities: list[City]


class Stated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A statement about a building block; `revision` is the one that was read, left out for a new one."""

    block: Annotated[str, msgspec.Meta(max_length=20)]
    says: Words
    grade: Annotated[int, msgspec.Meta(ge=0, le=4)]
    evidence: Words
    since: date
    missing: Words = {}
    address: Annotated[str, msgspec.Meta(max_length=500)] = ""
    owner: Annotated[str, msgspec.Meta(max_length=80)] = ""
    revision: int | None = None


class Decided(msgspec.Struct, frozen=True):
    """How many values were decided on."""

    decided: int


def list_indicators(call: Call[AskIndicators]) -> list[Listed]:
    """Return indicators with where each stands; nothing that is not validated is shown to those who may not see drafts."""
    ask = call.ask
    domain = None if not ask.domain else "" if ask.domain == "general" else ask.domain
    found = store.list_indicators(call.actor, domain, ask.area or None, None if ask.state == "all" else ask.state, ask.audience)
    stands = store.standings(call.actor, found, ask.area or None)
    return [Listed(each, stand, _page(call, each.key)) for each, stand in zip(found, stands, strict=True)]


def get_indicator(call: Call[AskIndicator]) -> Listed:
    """Return an indicator: its definition in force, its life, and where it stands."""
    found = store.get_indicator(call.actor, call.ask.key)
    return Listed(found, store.standings(call.actor, [found], call.ask.area)[0], _page(call, found.key))


def _page(call: Call[Any], key: str) -> str:
    return f"{call.base}/{call.language}/indicators/{key}/"


def list_values(call: Call[AskValues]) -> list[Value]:
    """Return the published values with their provenance, or those that were published at a moment."""
    found = store.list_values(call.actor, call.ask.key, _moment(call.ask.as_of))
    return found if call.ask.area is None else [each for each in found if each.area == call.ask.area]


def _moment(text: str) -> datetime | None:
    return read_moment(text, city_zone()) if text else None


def csv_values(call: Call[AskValues]) -> Reply:
    """Return the same as CSV."""
    indicator, values = store.get_indicator(call.actor, call.ask.key), list_values(call)
    names = {area.code: area.name.get(call.language) or area.name.get("fr", area.code) for area in territory.list_areas(call.actor)}
    return _csv(as_csv(exports.HEAD, exports.rows(indicator, values, names)), indicator.key)


def sdmx_values(call: Call[AskValues]) -> Reply:
    """Return the same as SDMX-CSV 2.0 (TIME_PERIOD, REF_AREA, OBS_VALUE, OBS_STATUS …)."""
    indicator = store.get_indicator(call.actor, call.ask.key)
    return _csv(as_csv(exports.SDMX, exports.sdmx(indicator, list_values(call))), f"{indicator.key}-sdmx")


def _csv(text: str, name: str) -> Reply:
    return Reply(text.encode(), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'inline; filename="{name}.csv"'})


def list_series(call: Call[AskIndicator]) -> list[Series]:
    """Return the published series by area and dimension."""
    return store.series(call.actor, call.ask.key, None if call.ask.area is None else (call.ask.area,))


def compare(call: Call[AskComparison]) -> Comparison:
    """Return the communes beside one another in a period, the highest first."""
    return store.compare(call.actor, call.ask.key, call.ask.period)


def history(call: Call[AskHistory]) -> list[Value]:
    """Return everything that was ever kept of one place, with who decided, when and why it ended."""
    ask = call.ask
    return store.history(call.actor, ask.key, ask.period, ask.area, ask.dimension)


def list_versions(call: Call[AskKey]) -> list[Version]:
    """Return the definitions that are or were in force, the newest first."""
    return store.list_versions(call.actor, call.ask.key)


def list_runs(call: Call[AskKey]) -> list[Run]:
    """Return the newest computings: over which versions of the data, how long, with what fault."""
    return store.list_runs(call.actor, call.ask.key)


def as_ngsi(call: Call[AskIndicator]) -> Reply:
    """Return an indicator in an area as an NGSI-LD entity of the smart data model KeyPerformanceIndicator."""
    found = store.get_indicator(call.actor, call.ask.key)
    stand = store.standings(call.actor, [found], call.ask.area)[0]
    area = territory.find_area(call.actor, stand.area) if stand.area else None
    place = (area.name.get(call.language) or area.name.get("fr", "")) if area else "Region"
    entity = exports.entity(found, stand, place, call.base, call.language)
    return Reply(msgspec.json.encode(entity), media_type="application/ld+json")


def list_gaps(call: Call[None]) -> list[Gap]:
    """Return what is not measured, or not as it ought to be."""
    return store.gaps(call.actor)


def list_rankings(call: Call[None]) -> list[Ranking]:
    """Return the international rankings that are kept."""
    return store.list_rankings(call.actor)


def get_ranking(call: Call[AskKey]) -> GivenRanking:
    """Return a ranking and its cities."""
    return GivenRanking(*store.get_ranking(call.actor, call.ask.key))


def list_statements(call: Call[AskBlock]) -> list[Statement]:
    """Return the state of play of the policy's building blocks."""
    return store.list_statements(call.actor, call.ask.block)


def state(call: Call[AskKey]) -> Statement:
    """Keep a statement about a building block: how far it is, what shows it, what is missing."""
    sent: Stated = call.body
    fields = {**msgspec.structs.asdict(sent), "key": call.ask.key, "revision": sent.revision or 0}
    return store.set_statement(call.actor, Statement(**fields), sent.revision)


def propose(call: Call[None]) -> Indicator:
    """Propose an indicator; every fault of the sheet is told at once."""
    sent: Proposal = call.body
    return store.propose(call.actor, sent.key, sent.sheet, sent.area, sent.contact)


def revise(call: Call[AskKey]) -> Indicator:
    """Change a proposal, or propose the next version of a definition."""
    sent: Revision = call.body
    return store.revise(call.actor, call.ask.key, sent.sheet, sent.revision, sent.since, sent.reason)


def submit(call: Call[AskKey]) -> Indicator:
    """Send what is proposed to review."""
    return store.submit(call.actor, call.ask.key)


def decide(call: Call[AskKey]) -> Indicator:
    """Validate, return or refuse what is in review; not one's own."""
    return store.decide(call.actor, call.ask.key, call.body.verdict, call.body.evidence)


def retire(call: Call[AskKey]) -> Indicator:
    """Retire an indicator with a reason and a successor."""
    return store.retire(call.actor, call.ask.key, call.body.reason, call.body.successor)


def enter_values(call: Call[AskKey]) -> Tally:
    """Enter values as drafts; the others are taken when some cannot be, and each fault is told."""
    return _tally(store.enter_values(call.actor, call.ask.key, call.body.values, call.body.why, "sent", call.language))


def import_values(call: Call[AskImport]) -> Tally:
    """Enter the values of a CSV file or Excel workbook as drafts; its head is in any of the three languages."""
    return _tally(store.import_values(call.actor, call.ask.key, call.body, call.ask.why, call.language))


def compute(call: Call[AskKey]) -> Tally:
    """Compute an indicator from the platform's data now."""
    return _tally(store.compute(call.actor, [call.ask.key]))


def _tally(counts: Counts) -> Tally:
    return Tally(counts.added, counts.changed, counts.unchanged, counts.refused, [str(each) for each in counts.faults])


def decide_values(call: Call[None]) -> Decided:
    """Say yes or no to draft values."""
    sent: ValuesVerdict = call.body
    return Decided(store.decide_values(call.actor, sent.ids, sent.accept, sent.evidence))


def _route(method: Literal["GET", "POST", "PUT"], path: str, call: Any, summary: str, audience: Needs = SEE, **other: Any) -> Route:
    return Route(method=method, path=path, call=call, audience=audience, summary=summary, tags=TAGS, **other)


_ONE = "/api/indicators/{key}"
ROUTES = (
    _route("GET", "/api/indicators", list_indicators, "List indicators and where they stand", ask=AskIndicators, gives=list[Listed]),
    _route("GET", _ONE, get_indicator, "One indicator", ask=AskIndicator, gives=Listed),
    _route("GET", f"{_ONE}/values", list_values, "Its values with provenance", ask=AskValues, gives=list[Value]),
    _route("GET", f"{_ONE}/values.csv", csv_values, "Its values as CSV", ask=AskValues, media_type="text/csv"),
    _route("GET", f"{_ONE}/sdmx.csv", sdmx_values, "Its values as SDMX-CSV", ask=AskValues, media_type="text/csv"),
    _route("GET", f"{_ONE}/series", list_series, "Its series by area", ask=AskIndicator, gives=list[Series]),
    _route("GET", f"{_ONE}/compare", compare, "The communes beside one another", ask=AskComparison, gives=Comparison),
    _route("GET", f"{_ONE}/history", history, "Everything kept of one value", ask=AskHistory, gives=list[Value]),
    _route("GET", f"{_ONE}/versions", list_versions, "Its definitions", ask=AskKey, gives=list[Version]),
    _route("GET", f"{_ONE}/runs", list_runs, "Its computings", ask=AskKey, gives=list[Run]),
    _route("GET", f"{_ONE}/ngsi-ld", as_ngsi, "As an NGSI-LD KeyPerformanceIndicator", ask=AskIndicator, media_type="application/ld+json"),
    _route("GET", "/api/indicator-gaps", list_gaps, "What is not measured", gives=list[Gap]),
    _route("GET", "/api/rankings", list_rankings, "International rankings", gives=list[Ranking]),
    _route("GET", "/api/rankings/{key}", get_ranking, "A ranking and its cities", ask=AskKey, gives=GivenRanking),
    _route("GET", "/api/building-blocks", list_statements, "State of the building blocks", ask=AskBlock, gives=list[Statement]),
    _route("PUT", "/api/building-blocks/{key}", state, "Keep a statement about a building block", EDIT, ask=AskKey, takes=Stated, gives=Statement),
    _route("POST", "/api/indicators", propose, "Propose an indicator", EDIT, takes=Proposal, gives=Indicator, status=201),
    _route("PUT", _ONE, revise, "Change a definition", EDIT, ask=AskKey, takes=Revision, gives=Indicator),
    _route("POST", f"{_ONE}/submit", submit, "Send to review", EDIT, ask=AskKey, gives=Indicator),
    _route("POST", f"{_ONE}/decision", decide, "Decide on a definition", COMMAND, ask=AskKey, takes=Verdict, gives=Indicator),
    _route("POST", f"{_ONE}/retire", retire, "Retire an indicator", COMMAND, ask=AskKey, takes=Ending, gives=Indicator),
    _route("POST", f"{_ONE}/values", enter_values, "Enter values", EDIT, ask=AskKey, takes=Entered, gives=Tally, limit=10_000_000),
    _route("POST", f"{_ONE}/import", import_values, "Import values", EDIT, ask=AskImport, takes=bytes, gives=Tally, limit=importing.MOST_BYTES),
    _route("POST", f"{_ONE}/compute", compute, "Compute an indicator", EDIT, ask=AskKey, gives=Tally),
    _route("POST", "/api/indicator-values/decision", decide_values, "Decide on values", COMMAND, takes=ValuesVerdict, gives=Decided),
)
