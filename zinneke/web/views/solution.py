"""The pages of the solutions, generated from what each declares: the answer first, then map, trend, figures, method and data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import AlertState, Latest
from zinneke.kernel.chart import Bar, BarChart
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import not_found
from zinneke.kernel.registry import solutions
from zinneke.kernel.route import Needs, Page
from zinneke.kernel.solution import AnswerRow, Reading, Solution
from zinneke.kernel.text import choose
from zinneke.web import domains, formats, ground, layers, trend
from zinneke.web.standing import Standing, Typical, standing, typical
from zinneke.web.templatetags.zinneke import language
from zinneke.web.views.dataset import csv_file, site

LISTED = 60
TABLED = 12
TO_ACT = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A line to act on, with the page of its sensor where there is one."""

    row: AnswerRow
    href: str


def index(request: HttpRequest) -> HttpResponse:
    """List the solutions, each with its answer now."""
    actor: Actor = request.actor
    found = [standing(actor, each, whole=False) for each in solutions().values()]
    groups = [(domain, [each for each in found if each.solution.domain == domain.key]) for domain in domains.DOMAINS]
    return render(request, "web/solutions.html", {"groups": [(domain, held) for domain, held in groups if held]})


def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show one solution. Raises `Problem` 404."""
    actor: Actor = request.actor
    solution, spoken = get(key), language()
    now = standing(actor, solution)
    latest = observations.latest(actor, solution=key)
    context: dict[str, Any] = {
        "solution": solution,
        "standing": now,
        "domain": domains.BY_KEY[solution.domain],
        "calls": calls(site(request), solution),
        "alerts": spoken_once(observations.list_alerts(actor, solution=key, limit=100))[:12],
        "datasets": linked(actor, solution),
        "profiles": [profile(each, spoken) for each in typical(actor, solution) if any(value is not None for value in each.values)],
    }
    if now.newest is not None:
        acted = rows(now, latest)
        context |= {
            "rows": acted[:TO_ACT],
            "more_rows": acted[TO_ACT:],
            **values(solution, latest),
            **on_map(request, actor, solution, latest, spoken),
        }
        context |= course(request, actor, solution, now.newest, latest, spoken)
    return render(request, "web/solution.html", context)


def calls(address: str, solution: Solution) -> dict[str, str]:
    """Return the lines that read the newest values and that send new ones, with the real address and keys."""
    source = solution.sources[0].key if solution.sources else "samples"
    send = f'curl -X POST -H "Authorization: Bearer $TOKEN" --data-binary @sample.json "{address}/api/solutions/{solution.key}/{source}"'
    return {"read": f'curl -s "{address}/api/latest?solution={solution.key}&limit=5"', "send": send}


def spoken_once(alerts: Sequence[AlertState]) -> list[AlertState]:
    """Return the alerts, those that say the same of the same thing only once."""
    return list({(each.thing, each.sentence.get("en", "")): each for each in reversed(alerts)}.values())[::-1]


def get(key: str) -> Solution:
    """Return a solution. Raises `Problem` 404."""
    found = solutions().get(key)
    if found is None:
        raise not_found("solution", key)
    return found


def linked(actor: Actor, solution: Solution) -> list[Dataset]:
    """Return the datasets that the solution names and this actor may see."""
    if not solution.datasets:
        return []
    ours = {each.key: each for each in catalogue.list_datasets(actor, limit=1000, source=catalogue.OURS)[0]}
    return [ours[key] for key in solution.datasets if key in ours]


def rows(now: Standing, latest: Sequence[Latest]) -> list[Row]:
    """Return the lines to act on, each leading to a sensor of its asset."""
    streams: dict[str, int] = {}
    for each in latest:
        streams.setdefault(each.thing.key.partition("/")[2], each.stream.id)
    return [
        Row(each, reverse("sensor", kwargs={"number": str(streams[each.asset])}) if each.asset in streams else "")
        for each in (now.answer.rows if now.answer else ())
    ]


def values(solution: Solution, latest: Sequence[Latest]) -> dict[str, Any]:
    """Return the newest values for the table, by reading and name, and how many there are in all."""
    order = {reading.key: at for at, reading in enumerate(solution.readings)}
    names = {reading.key: reading.name for reading in solution.readings}
    known = sorted(latest, key=lambda each: (not each.stream.area, order.get(each.stream.reading, 99), choose(each.thing.name, language())[0]))
    return {"latest": [(each, names.get(each.stream.reading)) for each in known[:TABLED]], "latest_count": len(known)}


def on_map(request: HttpRequest, actor: Actor, solution: Solution, latest: Sequence[Latest], spoken: str) -> dict[str, Any]:
    """Return the map of the layer that the address asks for, else of the first one with values; nothing when none has a place."""
    offered = [(layer, layers.items(layer, solution, latest, spoken)) for layer in solution.layers]
    offered = [(layer, shown) for layer, shown in offered if shown]
    if not offered:
        return {}
    offered.sort(key=lambda each: not any(item.area for item in each[1]))
    asked = request.GET.get("layer")
    layer, shown = max(offered, key=lambda each: (each[0].key == asked, sum(1 for item in each[1] if item.area), len(each[1])))
    return {
        "layer": layer,
        "layer_links": [(each, f"?layer={each.key}#map-part", each is layer) for each, _shown in offered],
        "legend": layers.legend(layer, solution, shown, spoken),
        "items": shown[:LISTED],
        "items_more": max(0, len(shown) - LISTED),
        "drawing": ground.picture(actor, spoken, layers.points(shown), bbox=_around(actor, shown)),
        "map_layers": [layers.values_layer(solution, layer, spoken)],
        "bounds": list(_around(actor, shown) or ()) or None,
    }


def _around(actor: Actor, shown: Sequence[layers.Item]) -> tuple[float, float, float, float] | None:
    """Return the box of the values: the Region while they lie in it, else their own with a margin."""
    land = ground.ground(actor).bbox
    box = (min(i.lon for i in shown) - 0.02, min(i.lat for i in shown) - 0.015, max(i.lon for i in shown) + 0.02, max(i.lat for i in shown) + 0.015)
    inside = [i for i in shown if land and land[0] <= i.lon <= land[2] and land[1] <= i.lat <= land[3]]
    return land if land and inside else box


def chosen(request: HttpRequest, solution: Solution, latest: Sequence[Latest]) -> tuple[Reading, trend.Period, list[Reading]]:
    """Return the reading and period that the address asks for, and the readings that have values."""
    heard = Counter(each.stream.reading for each in latest if each.stream.area) or Counter(each.stream.reading for each in latest)
    known = {each.stream.reading for each in latest}
    offered = sorted((reading for reading in solution.readings if reading.key in known), key=lambda reading: reading.key not in heard) or [
        *solution.readings
    ]
    first = max((layer.reading for layer in solution.layers if layer.reading in heard), key=lambda key: heard[key], default=offered[0].key)
    reading = next((each for each in offered if each.key == request.GET.get("reading")), solution.reading(first))
    usual = "month" if reading.interval >= trend.DAY else "week"
    return reading, trend.BY_KEY.get(request.GET.get("period", usual), trend.BY_KEY[usual]), offered


def ending(latest: Sequence[Latest], reading: Reading) -> datetime | None:
    """Return the newest time of a reading: on the territory while it has a value there, else anywhere."""
    known = [each for each in latest if each.stream.reading == reading.key]
    return max((each.time for each in [each for each in known if each.stream.area] or known), default=None)


def courses(actor: Actor, solution: Solution, reading: Reading, period: trend.Period, newest: datetime, compare: bool) -> list[trend.Course]:
    """Return the course of a reading over the period that ends with its newest value, and a year before when asked."""
    end = newest + timedelta(microseconds=1)
    start = end - timedelta(seconds=period.seconds)
    moves = (timedelta(), trend.A_YEAR_BEFORE) if compare else (timedelta(),)
    found = [observations.series(actor, solution.key, reading.key, start - move, end - move) for move in moves]
    together = _("all places together") if trend.adds_up(reading) else _("mean of all places")
    inside = [[series for series in each if series.area] or each for each in found]
    made = [trend.course(each, reading, period.step, language(), together) for each in inside]
    return [each for each in made if each.starts]


def course(request: HttpRequest, actor: Actor, solution: Solution, newest: datetime, latest: Sequence[Latest], spoken: str) -> dict[str, Any]:
    """Return the trend: the chart, and the readings, periods and comparison that a press away would show."""
    reading, period, offered = chosen(request, solution, latest)
    compare = request.GET.get("compare") == "year"
    last = ending(latest, reading) or newest
    found = courses(actor, solution, reading, period, last, compare)
    query = f"?reading={reading.key}&period={period.key}" + ("&compare=year" if compare else "")
    csv = reverse("solution-trend", kwargs={"key": solution.key}) + query
    made = (
        trend.chart(found[0], found[1] if len(found) > 1 else None, reading, period, spoken, reading.name.said_in(spoken), csv, _publishers(solution))
        if found
        else None
    )
    return {
        "trend": made,
        "reading": reading,
        "readings": [(each, f"?reading={each.key}&period={period.key}#trend", each is reading) for each in offered],
        "periods": [
            (each.key, f"?reading={reading.key}&period={each.key}{'&compare=year' if compare else ''}#trend", each is period)
            for each in trend.PERIODS
        ],
        "compare": compare,
        "compare_link": f"?reading={reading.key}&period={period.key}{'' if compare else '&compare=year'}#trend",
        "compare_empty": compare and len(found) < 2,
    }


def _publishers(solution: Solution) -> str:
    return ", ".join(dict.fromkeys(source.publisher for source in solution.sources if source.publisher))


def profile(typical: Typical, spoken: str) -> BarChart:
    """Return the bars of a profile: the typical day, the typical week."""
    labels = [label.said_in(spoken) for label in typical.profile.labels]
    bars = tuple(Bar(label, value) for label, value in zip(labels, typical.values, strict=False))
    high = max((bar for bar in bars if bar.value is not None), key=lambda bar: bar.value or 0)
    caption = _("Highest: %(label)s (%(value)s).") % {"label": high.label, "value": formats.quantity(high.value, typical.profile.unit, spoken)}
    return BarChart(key=typical.profile.key, title=typical.profile.name.said_in(spoken), caption=caption, unit=typical.profile.unit, bars=bars)


def trend_csv(request: HttpRequest, key: str) -> HttpResponse:
    """Give the figures of the trend as CSV. Raises `Problem` 404 where there are none."""
    actor: Actor = request.actor
    solution = get(key)
    latest = observations.latest(actor, solution=key)
    reading, period, _offered = chosen(request, solution, latest)
    last = ending(latest, reading)
    found = courses(actor, solution, reading, period, last, request.GET.get("compare") == "year") if last else []
    if not found:
        raise not_found("trend", f"{key}/{reading.key}")
    now = found[0]
    head, columns = ["time", *now.names], [[moment.isoformat() for moment in now.starts], *now.values]
    if len(found) > 1:
        by_time = {moment + trend.A_YEAR_BEFORE: value for moment, value in zip(found[1].starts, found[1].values[0], strict=True)}
        head.append(_("a year before"))
        columns.append([by_time.get(moment) for moment in now.starts])
    return csv_file(f"{key}-{reading.key}.csv", head, zip(*columns, strict=True))


def latest_csv(request: HttpRequest, key: str) -> HttpResponse:
    """Give the newest value of every sensor of a solution as CSV. Raises `Problem` 404."""
    actor: Actor = request.actor
    solution, spoken = get(key), language()
    units = {reading.key: reading.unit for reading in solution.readings}
    lines = (
        (
            each.thing.key,
            choose(each.thing.name, spoken)[0],
            each.stream.reading,
            each.time.isoformat(),
            each.value,
            units.get(each.stream.reading, each.stream.unit),
            each.thing.area,
            each.thing.place.lon if each.thing.place else "",
            each.thing.place.lat if each.thing.place else "",
        )
        for each in observations.latest(actor, solution=key)
    )
    return csv_file(f"{key}-latest.csv", ("sensor", "name", "reading", "time", "value", "unit", "commune", "longitude", "latitude"), lines)


SAMPLE = {"key": next(iter(solutions()), "")}
SEE = Needs(Right.SEE, "observations")
PAGES = (
    Page(name="solutions", path="solutions/", view=index, audience=SEE),
    Page(name="solution", path="solutions/{key}/", view=show, audience=SEE, sample=SAMPLE),
    Page(name="solution-trend", path="solutions/{key}/trend.csv", view=trend_csv, audience=SEE, sample=SAMPLE),
    Page(name="solution-latest", path="solutions/{key}/latest.csv", view=latest_csv, audience=SEE, sample=SAMPLE),
)
