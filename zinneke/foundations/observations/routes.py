"""The machines' door to observations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings

from zinneke.foundations.observations import feeds, quarantine, quarantine_routes, resending, retention, rule_routes, store, wire
from zinneke.foundations.observations.samples import samples_of
from zinneke.foundations.observations.values import MOST_ROWS, AlertState, History, Latest, Receipt, Step, Stream
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.period import read_moment
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Later, Needs, Reply, Route

LARGEST, LARGEST_ARROW = 16_000_000, 32_000_000
SEE, EDIT = Needs(Right.SEE, "observations"), Needs(Right.EDIT, "observations")
WINDOW: dict[Step, timedelta] = {
    "raw": timedelta(days=1),
    "minute": timedelta(days=1),
    "hour": timedelta(days=31),
    "day": timedelta(days=366),
    "week": timedelta(days=3660),
    "month": timedelta(days=3660),
}
"""How far back a history begins when it is not said."""
Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=MOST_ROWS)]
Some = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class AskStreams(msgspec.Struct, forbid_unknown_fields=True):
    """Which streams; `after` is the `next` of the page before."""

    solution: str | None = None
    reading: str | None = None
    area: str | None = None
    thing: str | None = None
    after: Number = 0
    limit: Some = 100


class AskStream(msgspec.Struct, forbid_unknown_fields=True):
    """One stream."""

    id: Number


class Keep(msgspec.Struct, forbid_unknown_fields=True):
    """For how many days raw observations are kept: 0 for ever, null as the solution says."""

    days: Annotated[int, msgspec.Meta(ge=0, le=retention.LONGEST)] | None


class AskHistory(msgspec.Struct, forbid_unknown_fields=True):
    """A period of one stream: `from` ≤ time < `to`; without an offset the times are the city's. As JSON, or all of it as CSV.

    `as_of` is a moment, or a day until its end: what was heard or corrected later is as if it had not been.
    """

    id: Number
    since: str | None = msgspec.field(default=None, name="from")
    until: str | None = msgspec.field(default=None, name="to")
    step: Step = "raw"
    limit: Limit | None = None
    as_of: str | None = None
    format: Literal["json", "csv"] = "json"


class AskLatest(msgspec.Struct, forbid_unknown_fields=True):
    """Whose latest values; `ids` is repeated, or a list with commas. `as_of` as for a history: the newest that was known then."""

    solution: str | None = None
    reading: str | None = None
    area: str | None = None
    thing: str | None = None
    ids: list[str] | None = None
    as_of: str | None = None
    after: Number = 0
    limit: Limit = 1000


class AskSource(msgspec.Struct, forbid_unknown_fields=True):
    """A source of a solution."""

    solution: str
    source: str


class AskAlerts(msgspec.Struct, forbid_unknown_fields=True):
    """Which alerts: those still open, or all."""

    solution: str | None = None
    all: bool = False
    limit: Some = 100


class StreamPage(msgspec.Struct):
    """Streams, and the `after` of the next page, null on the last."""

    streams: list[Stream]
    next: int | None = None


class LatestPage(msgspec.Struct):
    """Latest values, and the `after` of the next page, null on the last."""

    latest: list[Latest]
    next: int | None = None


class Alerts(msgspec.Struct):
    """Alerts, newest first."""

    alerts: list[AlertState]


def take_observations(call: Call[Any]) -> Receipt:
    """Store observations. The answer comes after they are on disk and says exactly what became of each.

    An observation sent again changes nothing and is counted as a duplicate. What cannot be taken is listed in `refused` with the
    reason and kept in quarantine; the others are stored all the same. When none could be, the answer is a 422 with the same members.
    """
    return _told(store.ingest(call.actor, wire.read(call.body)))


def take_few(call: Call[Any]) -> Later | None:
    """Store a few observations together with what others send at the same time."""
    return Later(store.hand_over(call.actor, wire.read(call.body)), _told)


def take_arrow(call: Call[None]) -> Receipt:
    """Store observations sent as an Arrow IPC stream with the columns stream, time and value. Answers as for JSON."""
    return _told(store.ingest(call.actor, wire.read_arrow(call.body)))


def _told(receipt: Receipt) -> Receipt:
    if receipt.refusals and not receipt.stored and not receipt.duplicates:
        sentence = f"None of the {receipt.refusals} observations could be taken; see refused for the reason of each."
        raise Problem(422, "Nothing was stored", sentence, stored=0, duplicates=0, refusals=receipt.refusals, refused=receipt.refused)
    return receipt


def take_source(call: Call[AskSource]) -> Receipt:
    """Take in what a source of a solution sends, in the source's own form. Answers as for observations.

    A body that cannot be read is kept in quarantine with its first bytes.
    """
    ask = call.ask
    try:
        samples = samples_of(ask.solution, ask.source, call.body)
    except Problem as problem:
        if problem.status != 404:
            quarantine.keep_unread(call.actor, call.body, _why(problem), ask.solution, ask.source)
        raise
    return _told(store.take_samples(call.actor, ask.solution, samples))


def _why(problem: Problem) -> str:
    """Say why a body was refused, by the fault that the decoder met where it met one."""
    fault = problem.__cause__
    return resending.fault_of(fault) if isinstance(fault, Exception) else problem.detail or problem.title


def list_streams(call: Call[AskStreams]) -> StreamPage:
    """List datastreams with what they observe, their unit, first and last time and number of observations."""
    ask = call.ask
    found = store.list_streams(
        call.actor, solution=ask.solution, reading=ask.reading, area=ask.area, thing=ask.thing, after=ask.after, limit=ask.limit + 1
    )
    return StreamPage(found[: ask.limit], found[ask.limit - 1].id if len(found) > ask.limit else None)


def get_stream(call: Call[AskStream]) -> Stream:
    """Describe one datastream."""
    return store.get_stream(call.actor, call.ask.id)


def set_keep(call: Call[AskStream]) -> Stream:
    """Say for how long a datastream's raw observations are kept; what is older is deleted within the day after."""
    return retention.set_keep(call.actor, call.ask.id, call.body.days)


def read_history(call: Call[AskHistory]) -> History | Reply:
    """Read a datastream's observations as they are, or by minute, hour, day, week or month of the city's local time.

    A step without an observation is absent and listed in `gaps`. Where more follows, `next` is the `from` to go on with.
    Without `from` and `to` it is the end of what there is.
    """
    ask = call.ask
    stream = store.get_stream(call.actor, ask.id)
    zone = ZoneInfo(settings.CITY_ZONE)
    end = read_moment(ask.until, zone) if ask.until else (stream.last or datetime.now(UTC)) + timedelta(microseconds=1)
    try:
        start = read_moment(ask.since, zone) if ask.since else end - WINDOW[ask.step]
    except OverflowError:
        raise wrong("The period begins before the year 1.", where="to") from None
    if ask.format == "json":
        return store.history(call.actor, ask.id, start, end, ask.step, ask.limit or 1000, _then(ask.as_of))
    headers = {"Content-Disposition": f'attachment; filename="datastream-{ask.id}.csv"'}
    return Reply(_csv(call.actor, ask, start, end), media_type="text/csv; charset=utf-8", headers=headers)


def _csv(actor: Actor, ask: AskHistory, start: datetime, end: datetime) -> Iterator[bytes]:
    """Yield a history as CSV, page by page: all of it, or as many rows as the limit says."""
    yield b"time,value,quality\r\n" if ask.step == "raw" else b"time,mean,min,max,count,sum,flagged\r\n"
    left, since, then = ask.limit, start, _then(ask.as_of)
    while True:
        page = store.history(actor, ask.id, since, end, ask.step, left or MOST_ROWS, then)
        lines = [f"{_moment(point.time)},{point.value!r},{point.quality}\r\n" for point in page.points]
        lines += [f"{_moment(one.time)},{one.mean!r},{one.min!r},{one.max!r},{one.count},{one.sum!r},{one.flagged}\r\n" for one in page.buckets]
        yield "".join(lines).encode()
        if page.next is None or left is not None:
            return
        since = page.next


def _then(text: str | None) -> datetime | None:
    """Read the moment as of which something is asked; a day means until its end in the city. Raises `Problem` 400."""
    if text is None:
        return None
    zone = ZoneInfo(settings.CITY_ZONE)
    moment = read_moment(text, zone)
    if len(text.strip()) > len("2026-11-23"):
        return moment
    return (moment.astimezone(zone) + timedelta(days=1)).astimezone(UTC) - timedelta(microseconds=1)


def _moment(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def read_latest(call: Call[AskLatest]) -> Reply | LatestPage:
    """Read the newest value of each datastream with what it observes and where."""
    if call.ask.as_of is None:
        return read_memory(call)
    ask = call.ask
    filters = {"solution": ask.solution, "reading": ask.reading, "area": ask.area, "thing": ask.thing}
    found = store.latest(call.actor, **filters, ids=_numbers(ask), after=ask.after, limit=ask.limit, as_of=_then(ask.as_of))
    return LatestPage(found, found[-1].stream.id if len(found) == ask.limit else None)


def quick_latest(call: Call[AskLatest]) -> Reply | None:
    """Answer from memory, unless the past is asked for."""
    return read_memory(call) if call.ask.as_of is None else None


def read_memory(call: Call[AskLatest]) -> Reply:
    """Return the newest values as they stand."""
    ask, ids = call.ask, _numbers(call.ask)
    body = store.latest_document(
        call.actor, solution=ask.solution, reading=ask.reading, area=ask.area, thing=ask.thing, ids=ids, after=ask.after, limit=ask.limit
    )
    return Reply(body)


def _numbers(ask: AskLatest) -> list[int] | None:
    if ask.ids is None:
        return None
    words = ",".join(ask.ids).split(",")
    plain = "".join(words).isdecimal() and all(word and len(word) < 11 and word.isascii() for word in words)
    return list(map(int, words)) if plain else [_number(word) for word in words]


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 11):
        raise wrong(f"{word!r} is not the number of a datastream.", where="ids")
    return int(word)


def list_alerts(call: Call[AskAlerts]) -> Alerts:
    """List the alerts that are open, or all, newest first; then the datastreams that have gone silent."""
    return Alerts(store.list_alerts(call.actor, call.ask.solution, not call.ask.all, call.ask.limit))


class Feeds(msgspec.Struct):
    """Live addresses that the platform asks."""

    feeds: list[feeds.Feed]


def list_feeds(call: Call[None]) -> Feeds:
    """List the live addresses of publishers that the platform asks itself, when each was asked, and what is wrong with it."""
    return Feeds(feeds.list_feeds(call.actor))


TAGS = ("Observations",)
ROUTES = (
    Route(
        method="POST",
        path="/api/observations",
        call=take_observations,
        quick=take_few,
        audience=EDIT,
        takes=wire.SentObservations,
        gives=Receipt,
        limit=LARGEST,
        summary="Store observations",
        tags=TAGS,
    ),
    Route(
        method="POST",
        path="/api/observations/arrow",
        call=take_arrow,
        audience=EDIT,
        takes=bytes,
        gives=Receipt,
        limit=LARGEST_ARROW,
        summary="Store observations in bulk, as Arrow",
        tags=TAGS,
    ),
    Route(
        method="POST",
        path="/api/solutions/{solution}/{source}",
        call=take_source,
        audience=EDIT,
        ask=AskSource,
        takes=bytes,
        gives=Receipt,
        limit=LARGEST,
        summary="Take in what a solution's source sends",
        tags=TAGS,
    ),
    Route(
        method="GET",
        path="/api/datastreams",
        call=list_streams,
        audience=SEE,
        ask=AskStreams,
        gives=StreamPage,
        summary="List datastreams",
        tags=TAGS,
    ),
    Route(
        method="GET",
        path="/api/datastreams/{id}",
        call=get_stream,
        audience=SEE,
        ask=AskStream,
        gives=Stream,
        summary="Describe a datastream",
        tags=TAGS,
    ),
    Route(
        method="GET",
        path="/api/datastreams/{id}/observations",
        call=read_history,
        audience=SEE,
        ask=AskHistory,
        gives=History,
        summary="Read a datastream's history",
        tags=TAGS,
    ),
    Route(
        method="GET",
        path="/api/latest",
        call=read_latest,
        audience=SEE,
        ask=AskLatest,
        gives=LatestPage,
        quick=quick_latest,
        summary="Read the latest values",
        tags=TAGS,
    ),
    Route(method="GET", path="/api/alerts", call=list_alerts, audience=SEE, ask=AskAlerts, gives=Alerts, summary="List alerts", tags=TAGS),
    Route(method="GET", path="/api/feeds", call=list_feeds, audience=EDIT, gives=Feeds, summary="List the feeds that are asked", tags=TAGS),
    Route(
        method="PUT",
        path="/api/datastreams/{id}/keep",
        call=set_keep,
        audience=Needs(Right.COMMAND, "observations"),
        ask=AskStream,
        takes=Keep,
        gives=Stream,
        summary="Say how long a datastream's raw observations are kept",
        tags=TAGS,
    ),
    *quarantine_routes.ROUTES,
    *rule_routes.ROUTES,
)
