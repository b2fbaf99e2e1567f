"""The map of the data for machines: things, findings, the Only Once check, gaps, scans and exports."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from zinneke.foundations.catalogue.vocabularies import THEMES
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import Level, Right
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import Call, Needs, Reply, Route
from zinneke.office.cartography import store
from zinneke.office.cartography.coverage import AXES, PERIODS, Axis, Crossing, cross
from zinneke.office.cartography.exports import EXPORTS
from zinneke.office.cartography.findings import Finding
from zinneke.office.cartography.gaps import Covered, Missed
from zinneke.office.cartography.grouping import FoundGroup
from zinneke.office.cartography.once import FormCheck
from zinneke.office.cartography.peers import Lacking
from zinneke.office.cartography.reading import READERS
from zinneke.office.cartography.reading.origin import Origin
from zinneke.office.cartography.scanning import ScanRecord
from zinneke.office.cartography.shelf import SUBJECT
from zinneke.office.cartography.store import Known
from zinneke.office.cartography.summary import Summary
from zinneke.office.cartography.things import Kind, Thing, ThingRow
from zinneke.office.cartography.values import RelationKind

Limit = Annotated[int, msgspec.Meta(ge=1, le=500)]
Offset = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Name = Annotated[str, msgspec.Meta(max_length=200)]
MOST_SUBJECTS = 500
SEE, EDIT = Needs(Right.SEE, SUBJECT), Needs(Right.EDIT, SUBJECT)


class AskThings(msgspec.Struct, forbid_unknown_fields=True):
    """Filters; `q` are words or beginnings of words in any language."""

    kind: list[Kind] = []
    owner: Name = ""
    q: Name = ""
    status: Literal["", "declared", "verified", "stale"] = ""
    area: Name = ""
    limit: Limit = 100
    offset: Offset = 0


class AskThing(msgspec.Struct, forbid_unknown_fields=True):
    """A thing by its key; `version` is the one that was read before writing."""

    key: Name
    version: Annotated[int, msgspec.Meta(ge=0)] | None = None


class AskFindings(msgspec.Struct, forbid_unknown_fields=True):
    """Filters; without `decision` all of them, with an empty one those that nobody decided."""

    kind: RelationKind | Literal[""] = ""
    decision: Literal["", "confirmed", "rejected", "justified"] | None = None
    owner: Name = ""
    thing: Name = ""
    limit: Limit = 100
    offset: Offset = 0


class AskGroups(msgspec.Struct, forbid_unknown_fields=True):
    """Groups of one kind of finding, or of any."""

    kind: RelationKind | Literal[""] = ""
    fewest: Annotated[int, msgspec.Meta(ge=2, le=1000)] = 3


class AskFinding(msgspec.Struct, forbid_unknown_fields=True):
    """A finding by its number."""

    id: Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class AskChecks(msgspec.Struct, forbid_unknown_fields=True):
    """Forms of one owner, or one form."""

    owner: Name = ""
    form: Name = ""


class AskScan(msgspec.Struct, forbid_unknown_fields=True):
    """What the body is and whose: `source` names it (the same at every scan), `format` how it is written, `dialect` which SQL."""

    source: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    format: Literal["sql", "openapi", "json-schema", "form", "table", "dcat", "sketch"]
    owner: Name = ""
    level: Literal["public", "shared", "personal"] = "shared"
    area: Annotated[str, msgspec.Meta(max_length=20)] = ""
    dialect: Name = ""


class AskCoverage(msgspec.Struct, forbid_unknown_fields=True):
    """Two axes, and what the datasets that are counted have of the others; administrations by the words of their names."""

    rows: Axis = "theme"
    columns: Axis = "commune"
    theme: Name = ""
    commune: Name = ""
    administration: Name = ""
    period: Name = ""


class AskExport(msgspec.Struct, forbid_unknown_fields=True):
    """An export by its file's name."""

    name: Name
    lang: Literal["fr", "nl", "en"] | None = None


class Said(msgspec.Struct, forbid_unknown_fields=True):
    """What a person decides of a finding, and why."""

    decision: Literal["confirmed", "rejected", "justified"]
    reason: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class ThingPage(msgspec.Struct):
    """A page of things, and how many there are."""

    total: int
    things: list[Thing]


class FindingPage(msgspec.Struct):
    """A page of findings, and how many there are."""

    total: int
    findings: list[Finding]


class Gaps(msgspec.Struct):
    """What is missing: high-value data, elements asked for and held nowhere, vain searches, and what peer cities publish and we do not."""

    high_value: list[Covered]
    held_nowhere: list[str]
    misses: list[Missed]
    peers: list[Lacking]


def list_things(call: Call[AskThings]) -> ThingPage:
    """Return things of the map."""
    ask = call.ask
    found, total = store.list_things(call.actor, ask.kind, ask.owner, ask.q, ask.status, ask.area, ask.limit, ask.offset)
    return ThingPage(total, found)


def get_thing(call: Call[AskThing]) -> Known:
    """Return everything known of one thing."""
    return store.get_thing(call.actor, call.ask.key)


def set_thing(call: Call[AskThing]) -> Thing:
    """Write a thing; what is written by hand no scan changes back. With `version`, only if it did not change since."""
    row: ThingRow = call.body
    if row.key != call.ask.key:
        raise wrong(f"The address says {call.ask.key!r} and the body {row.key!r}.", where="key")
    return store.set_thing(call.actor, row, call.ask.version)


def list_findings(call: Call[AskFindings]) -> FindingPage:
    """Return where data are kept or asked twice, the surest first, with the evidence part by part."""
    ask = call.ask
    found, total = store.list_findings(call.actor, ask.kind, ask.decision, ask.owner, ask.thing, False, ask.limit, ask.offset)
    return FindingPage(total, found)


def list_groups(call: Call[AskGroups]) -> list[FoundGroup]:
    """Return what hangs together by findings of one kind, the largest first."""
    return store.list_groups(call.actor, call.ask.kind, call.ask.fewest)


def get_finding(call: Call[AskFinding]) -> Finding:
    """Return one finding."""
    return store.get_finding(call.actor, call.ask.id)


def decide_finding(call: Call[AskFinding]) -> Finding:
    """Keep what a person decides of a finding, for ever."""
    return store.decide_finding(call.actor, call.ask.id, call.body.decision, call.body.reason)


def list_checks(call: Call[AskChecks]) -> list[FormCheck]:
    """Return for each form, field by field: stop asking, get the agreement, no source, key, or not yet understood."""
    return store.list_checks(call.actor, call.ask.owner, call.ask.form)


def list_gaps(call: Call[None]) -> Gaps:
    """Return what is missing."""
    actor, compared = call.actor, store.get_compared(call.actor)[0]
    return Gaps(store.list_high_value(actor), store.list_held_nowhere(actor), store.list_misses(actor), list(compared.lacks[:MOST_SUBJECTS]))


def get_coverage(call: Call[AskCoverage]) -> Crossing:
    """Return two axes against each other: the number of public datasets in each cell, 0 where nothing is published."""
    ask, survey = call.ask, store.get_coverage(call.actor)[0]
    if ask.rows == ask.columns:
        raise wrong("Give two different axes as rows and columns.", where="columns")
    known: dict[Axis, tuple[str, ...]] = {
        "theme": tuple(THEMES),
        "commune": tuple(each.code for each in territory.list_areas(call.actor, "commune")),
        "administration": tuple(survey.administrations),
        "period": PERIODS,
    }
    narrowed: dict[Axis, str] = {axis: getattr(ask, axis) for axis in AXES}
    return cross(survey, ask.rows, ask.columns, known, narrowed)


def get_summary(call: Call[None]) -> Summary:
    """Return the map in figures, as far as one sees it."""
    return store.statistics(call.actor)


def take_scan(call: Call[AskScan]) -> ScanRecord:
    """Read a document about one's data into the map: what is new is added, what changed is changed, nothing is deleted."""
    ask = call.ask
    origin = Origin(name=ask.source, owner=ask.owner, level=Level[ask.level.upper()], area=ask.area)
    return store.take_scan(call.actor, READERS[ask.format](call.body, origin, ask.dialect))


def export(call: Call[AskExport]) -> Reply:
    """Return the map, the glossary, the datasets or the register of processing as a file."""
    media_type, data = store.export(call.actor, call.ask.name, call.ask.lang or call.language, call.base)
    return Reply(data, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{call.ask.name}"'})


ROUTES = (
    Route(method="GET", path="/api/cartography/things", call=list_things, audience=SEE, ask=AskThings, gives=ThingPage,
          summary="Things of the map of the data", tags=("cartography",)),
    Route(method="GET", path="/api/cartography/things/{key:path}", call=get_thing, audience=SEE, ask=AskThing, gives=Known,
          summary="One thing of the map", tags=("cartography",)),
    Route(method="PUT", path="/api/cartography/things/{key:path}", call=set_thing, audience=EDIT, ask=AskThing, takes=ThingRow, gives=Thing,
          limit=5_000_000, summary="Write a thing of the map", tags=("cartography",)),
    Route(method="GET", path="/api/cartography/findings", call=list_findings, audience=SEE, ask=AskFindings, gives=FindingPage,
          summary="Where data are kept or asked twice", tags=("cartography",)),
    Route(method="GET", path="/api/cartography/groups", call=list_groups, audience=SEE, ask=AskGroups, gives=list[FoundGroup],
          summary="What hangs together", tags=("cartography",)),
    Route(method="GET", path="/api/cartography/findings/{id}", call=get_finding, audience=SEE, ask=AskFinding, gives=Finding,
          summary="One finding", tags=("cartography",)),
    Route(method="POST", path="/api/cartography/findings/{id}/decision", call=decide_finding, audience=EDIT, ask=AskFinding, takes=Said,
          gives=Finding, summary="Decide a finding", tags=("cartography",)),
    Route(method="GET", path="/api/cartography/only-once", call=list_checks, audience=SEE, ask=AskChecks, gives=list[FormCheck],
          summary="Which questions forms need not ask", tags=("cartography",)),
    Route(method="GET", path="/api/cartography/gaps", call=list_gaps, audience=SEE, gives=Gaps, summary="What is missing", tags=("cartography",)),
    Route(method="GET", path="/api/cartography/coverage", call=get_coverage, audience=SEE, ask=AskCoverage, gives=Crossing,
          summary="Themes, communes, administrations and periods against one another", tags=("cartography",)),
    Route(method="GET", path="/api/cartography/summary", call=get_summary, audience=SEE, gives=Summary,
          summary="The map in figures", tags=("cartography",)),
    Route(method="POST", path="/api/cartography/scans", call=take_scan, audience=EDIT, ask=AskScan, takes=bytes, gives=ScanRecord,
          limit=50_000_000, summary="Read a document about data into the map", tags=("cartography",)),
    Route(method="GET", path="/api/cartography/export/{name}", call=export, audience=SEE, ask=AskExport, summary=f"A file: {', '.join(EXPORTS)}",
          tags=("cartography",)),
)  # fmt: skip
