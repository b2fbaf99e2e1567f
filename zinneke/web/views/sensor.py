"""The page of one sensor's reading: its newest value, its course over a day, week, month or year, and what is known of its quality."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zinneke.foundations.observations import retention
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import MOST_ROWS, History, Latest, Quality, Step, Stream
from zinneke.foundations.territory import store as territory
from zinneke.kernel.chart import Line, LineChart
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import not_found
from zinneke.kernel.registry import solutions
from zinneke.kernel.route import Needs, Page
from zinneke.kernel.solution import Reading, Solution
from zinneke.kernel.text import choose, same
from zinneke.web import formats, ground, layers, trend
from zinneke.web.outline import Point
from zinneke.web.standing import class_of
from zinneke.web.templatetags.zinneke import language
from zinneke.web.views.dataset import csv_file, site

STEPS: dict[str, Step] = {"hour": "raw", "day": "raw", "week": "hour", "month": "day", "year": "week"}
SPANS = {"hour": timedelta(hours=1), **{period.key: timedelta(seconds=period.seconds) for period in trend.PERIODS}}
SHOWN = 8
SECONDS = {"hour": 3600, "day": 86_400, "week": 7 * 86_400}


def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show one sensor's reading. Raises `Problem` 404."""
    actor: Actor = request.actor
    spoken = language()
    stream = stream_of(actor, number)
    thing = observations.get_thing(actor, stream.thing)
    beside = observations.latest(actor, thing=stream.thing)
    now = next((each for each in beside if each.stream.id == stream.id), None)
    solution = solutions().get(stream.solution)
    reading = declared(solution, stream)
    context: dict[str, Any] = {
        "stream": stream,
        "thing": thing,
        "name": choose(thing.name, spoken)[0] or thing.key.partition("/")[2],
        "reading": reading,
        "now": now,
        "now_class": _class(solution, stream, now),
        "beside": [(each, _reading_name(solution, each.stream, spoken)) for each in beside if each.stream.id != stream.id][:20],
        "solution": solution,
        "commune": ground.ground(actor).name(thing.area, spoken),
        "commune_href": ground.ground(actor).href(thing.area, spoken),
        "calls": {"read": f'curl -s "{site(request)}/api/datastreams/{stream.id}/observations"'},
        "heard": now is not None and datetime.now(formats.zone()) - now.time < timedelta(seconds=3 * stream.interval),
        "kept": retention.kept(stream),
        "keeper": retention.may_set_keep(actor, stream),
        "suspect": now is not None and now.quality == Quality.SUSPECT,
    }
    if stream.last is not None:
        context |= past(request, actor, stream, reading, spoken)
    if thing.place:
        point = Point(thing.place.lon, thing.place.lat, context["name"], context["now_class"].status if context["now_class"] else "unknown")
        context |= {"drawing": ground.picture(actor, spoken, [point], bbox=_box(actor, point)), "at": f"14.5/{point.lat:.4f}/{point.lon:.4f}"}
        context["away"] = is_away(actor, point)
        layer = next((each for each in solution.layers if each.reading == stream.reading), None) if solution else None
        context["map_layers"] = [layers.values_layer(solution, layer, spoken)] if solution and layer else []
    return render(request, "web/sensor.html", context)


def stream_of(actor: Actor, number: str) -> Stream:
    """Return the stream of a number. Raises `Problem` 404."""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise not_found("sensor", number)
    return observations.get_stream(actor, int(number))


def declared(solution: Solution | None, stream: Stream) -> Reading:
    """Return the reading of a stream as its solution declares it, else as the stream itself says."""
    for reading in solution.readings if solution else ():
        if reading.key == stream.reading:
            return reading
    name = same(choose(stream.name, "en")[0] or stream.reading)
    low, high = stream.low if stream.low is not None else 0.0, stream.high if stream.high is not None else 1.0
    return Reading(stream.reading, name, stream.unit, stream.means, low, high, stream.interval or 3600)


def _reading_name(solution: Solution | None, stream: Stream, spoken: str) -> str:
    return declared(solution, stream).name.said_in(spoken)


def _class(solution: Solution | None, stream: Stream, now: Latest | None) -> Any:
    layer = next((each for each in solution.layers if each.reading == stream.reading), None) if solution else None
    return class_of(layer, now.value) if layer and now else None


def _box(actor: Actor, point: Point) -> tuple[float, float, float, float]:
    """Return the Region's box where the sensor stands in it, else a box around the sensor."""
    land = ground.ground(actor).bbox
    if land and land[0] <= point.lon <= land[2] and land[1] <= point.lat <= land[3]:
        return land
    return point.lon - 0.05, point.lat - 0.03, point.lon + 0.05, point.lat + 0.03


def is_away(actor: Actor, point: Point) -> bool:
    """Say whether a point lies outside the communes that are known by now; where none are, nothing can be said."""
    return bool(ground.ground(actor).communes) and not territory.locate(actor, [point.lon], [point.lat])[0][0]


def periods_of(stream: Stream) -> tuple[str, ...]:
    """Return the periods in which more than one value of a stream can lie."""
    return tuple(key for key, span in SPANS.items() if span.total_seconds() > stream.interval)


def asked(request: HttpRequest, stream: Stream) -> tuple[str, datetime, datetime, Step]:
    """Return the period that the address asks for, its bounds, and its step; `until` (a day, or a moment) moves it into the past."""
    known = periods_of(stream)
    usual = "day" if 0 < stream.interval < 3600 else "week" if stream.interval < 86_400 else "month"
    key = request.GET.get("period", usual)
    key = key if key in known else usual
    end = min(stream.last or datetime.now(formats.zone()), _until(request.GET.get("until", "")))
    step = STEPS[key] if stream.interval < SECONDS.get(STEPS[key], 0) else "raw"
    return key, end - SPANS[key], end + timedelta(microseconds=1), step


def _until(said: str) -> datetime:
    """Return the moment that an address names: the end of a day, or a moment of the city's; the far future where it names none."""
    far = datetime.max.replace(tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(said).replace(tzinfo=formats.zone())
        return moment if "T" in said else moment + timedelta(days=1)
    except (ValueError, OverflowError):
        return far


def past(request: HttpRequest, actor: Actor, stream: Stream, reading: Reading, spoken: str) -> dict[str, Any]:
    """Return the chart of the period that the address asks for, the periods beside it, and the quality of what it shows."""
    key, start, end, step = asked(request, stream)
    history = observations.history(actor, stream.id, start, end, step, MOST_ROWS)
    kept = f"&until={request.GET['until']}" if _until(request.GET.get("until", "")).year < 9999 else ""

    def at(moment: datetime) -> str:
        return f"?period={key}&until={moment.astimezone(formats.zone()).replace(tzinfo=None).isoformat(timespec='minutes')}#course"

    return {
        "chart": drawn(history, reading, spoken, f"csv/?period={key}{kept}"),
        "period": key,
        "periods": [(each, f"?period={each}{kept}#course", each == key) for each in periods_of(stream)],
        "earlier": at(start) if stream.first and start > stream.first else "",
        "later": at(end + SPANS[key]) if stream.last and end < stream.last else "",
        "gaps": history.gaps[:SHOWN],
        "gap_count": len(history.gaps),
        "start": start,
        "end": end,
        **quality(history, stream),
    }


def quality(history: History, stream: Stream) -> dict[str, Any]:
    """Return how many values came of those that were to come, and which of those shown are marked."""
    marked = [each for each in history.points if each.quality]
    came = len(history.points) + sum(each.count for each in history.buckets)
    due = int((history.end - max(history.start, stream.first or history.start)).total_seconds() // stream.interval) if stream.interval else 0
    return {"came": came, "due": max(due, came), "marked": marked[:SHOWN], "marked_count": len(marked)}


def drawn(history: History, reading: Reading, spoken: str, csv: str) -> LineChart | None:
    """Return the chart of a history: values as they are, or the mean of each step with its lowest and highest."""
    total = trend.adds_up(reading)
    if history.points:
        points: list[tuple[datetime, float | None]] = [(each.time, each.value) for each in history.points]
    else:
        points = [(each.time, each.sum if total else each.mean) for each in history.buckets]
    if not points:
        return None
    known = [(value, moment) for moment, value in points if value is not None]
    high, low = max(known), min(known)
    when = formats.day if reading.interval >= trend.DAY or history.step in ("day", "week", "month") else formats.moment
    words = {"raw": _("Each value as it was measured."), "hour": _("By hour."), "day": _("By day."), "week": _("By week.")}.get(history.step, "")
    caption = " ".join(
        (
            words,
            _("Highest: %(value)s, %(when)s.") % {"value": formats.quantity(high[0], reading.unit, spoken), "when": when(high[1], spoken, "short")},
            _("Lowest: %(value)s, %(when)s.") % {"value": formats.quantity(low[0], reading.unit, spoken), "when": when(low[1], spoken, "short")},
        )
    )
    band = [] if total else [(each.time, each.min, each.max) for each in history.buckets]
    title = reading.name.said_in(spoken)
    gap = max(SECONDS.get(history.step, 0) * 1.6, (history.interval or 3600) * 2.5)
    return LineChart(
        key="course",
        title=title,
        caption=caption,
        unit=reading.unit,
        lines=(Line(title, points),),
        band=band,
        gap=gap,
        zero=reading.low >= 0,
        csv=csv,
    )


def as_file(request: HttpRequest, number: str) -> HttpResponse:
    """Give the values of the period as CSV. Raises `Problem` 404."""
    actor: Actor = request.actor
    stream = stream_of(actor, number)
    _key, start, end, step = asked(request, stream)
    history = observations.history(actor, stream.id, start, end, step, MOST_ROWS)
    name = f"sensor-{stream.id}.csv"
    if history.buckets:
        if trend.adds_up(declared(solutions().get(stream.solution), stream)):
            return csv_file(
                name,
                ("time", "sum", "mean", "min", "max", "count"),
                ((b.time.isoformat(), b.sum, b.mean, b.min, b.max, b.count) for b in history.buckets),
            )
        return csv_file(
            name,
            ("time", "mean", "min", "max", "sum", "count"),
            ((b.time.isoformat(), b.mean, b.min, b.max, b.sum, b.count) for b in history.buckets),
        )
    return csv_file(name, ("time", stream.reading or "value", "quality"), ((p.time.isoformat(), p.value, int(p.quality)) for p in history.points))


SEE = Needs(Right.SEE, "observations")
PAGES = (
    Page(name="sensor", path="sensors/{number}/", view=show, audience=SEE, sample={"number": "1"}),
    Page(name="sensor-csv", path="sensors/{number}/csv/", view=as_file, audience=SEE, sample={"number": "1"}),
)
