"""What everybody reads: the list of indicators, one indicator, what became of one value, rankings, the building blocks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.period import city_zone, read_moment_or_none
from zinneke.kernel.policy import CHALLENGES, DOMAINS, FOUNDATIONS
from zinneke.kernel.problem import not_found
from zinneke.kernel.text import Text
from zinneke.kernel.units import unit as unit_of
from zinneke.office.indicators import drawing, figures, measures, store
from zinneke.office.indicators import sentences as say
from zinneke.office.indicators.periods import say_period
from zinneke.office.indicators.rights import holds
from zinneke.office.indicators.values import City, Indicator, Standing, Value

GENERAL = Text("Généraux et classements", "Algemeen en rangschikkingen", "General and rankings")
STEPS: dict[int, Text] = {
    0: Text("Rien encore", "Nog niets", "Nothing yet"),
    1: Text("Intention", "Voornemen", "Intention"),
    2: Text("Premiers essais", "Eerste proeven", "First trials"),
    3: Text("En service pour certains", "In gebruik bij sommigen", "In use by some"),
    4: Text("Usage courant", "Dagelijks gebruik", "Everyday use"),
}


def language() -> str:
    """Return the language of the page."""
    return (get_language() or "en")[:2]


def names_of(actor: Actor) -> dict[str, str]:
    """Return the communes' names in the reader's language by code, with the Region under the empty code."""
    spoken = language()
    found = {area.code: area.name.get(spoken) or area.name.get("fr") or area.code for area in territory.list_areas(actor)}
    return {"": drawing.REGION.said_in(spoken), **dict(sorted(found.items(), key=lambda each: each[1]))}


def index(request: HttpRequest) -> HttpResponse:
    """List the indicators by domain, each with its newest figure and where it stands."""
    actor: Actor = request.actor
    found = store.list_indicators(actor)
    stands = store.standings(actor, found)
    rows = [_listed(each, stand) for each, stand in zip(found, stands, strict=True)]
    rows.sort(key=lambda row: (row["standing"].latest is None, row["indicator"].title(language()).casefold()))
    groups = [(key, name, [row for row in rows if row["indicator"].sheet.domain == key]) for key, name in (*DOMAINS.items(), ("", GENERAL))]
    context = {
        "groups": [(key, name, held) for key, name, held in groups if held],
        "count": len(found),
        "measured": sum(each.measured for each in found),
        "promised": sum(each.sheet.objective is not None for each in found),
        "late": sum(each.late(timezone.localdate()) for each in found),
        "may_edit": holds(actor, Right.EDIT),
        "may_decide": holds(actor, Right.COMMAND),
        "rankings": store.list_rankings(actor),
    }
    return render(request, "indicators/index.html", context)


def _listed(indicator: Indicator, standing: Standing) -> dict[str, Any]:
    return {
        "indicator": indicator,
        "standing": standing,
        "figure": figures.say_value(standing.latest.value) if standing.latest else None,
        "unit": figures.say_unit(indicator.sheet.unit),
        "period": say_period(standing.latest.period) if standing.latest else None,
        "judged": standing.status != "unknown",
    }


def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show one indicator: where it stands, its course, the communes, every value, and how it is made. Raises `Problem` 404."""
    actor: Actor = request.actor
    found, names, spoken = store.get_indicator(actor, key), names_of(actor), language()
    asked = request.GET.get("area")
    area = asked if asked in names else found.home
    moment = read_moment_or_none(request.GET.get("as_of", ""), city_zone())
    stand = store.standings(actor, [found], area, moment)[0]
    series = {(each.area, each.dimension): each.points for each in store.series(actor, key, moment=moment)}
    comparison = store.compare(actor, key, _period(request.GET.get("period"), series))
    values = store.list_values(actor, key, moment)
    plain = {(each.area, each.period): _cell(each) for each in values if not each.dimension}
    periods, table = drawing.grid(plain, list(names))
    context = {
        "indicator": found, "sheet": found.sheet, "standing": stand, "names": names, "area": area,
        "as_of": request.GET.get("as_of", "") if moment else "",
        "place": names.get(area, area), "domain": DOMAINS.get(found.sheet.domain), "late": found.late(timezone.localdate()),
        "figure": figures.say_figure(stand.latest.value, found.sheet.unit) if stand.latest else None,
        "period": say_period(stand.latest.period) if stand.latest else None,
        "sentence": figures.say_standing(found, stand), "trend": figures.say_trend(found, stand),
        "course": drawing.course(found, series.get((area, ""), ()), series.get(("", ""), ()) if area else (), names.get(area, area), spoken),
        "communes": drawing.side_by_side(found, comparison, names, spoken), "comparison": comparison,
        "periods": [(each, say_period(each)) for each in comparison.periods[-12:]],
        "head": [say_period(each) for each in periods], "codes": periods, "table": [(code, names.get(code, code), cells) for code, cells in table],
        "split": _split(found, values),
        "may_edit": actor.known and store.may(actor, Right.EDIT, key), "may_decide": actor.known and store.may(actor, Right.COMMAND, key),
        **_method(actor, found),
    }  # fmt: skip
    return render(request, "indicators/show.html", context)


def _period(asked: str | None, series: dict[tuple[str, str], Any]) -> str | None:
    """Return the period that was asked for when there are values of it."""
    return asked if any(point.period == asked for points in series.values() for point in points) else None


def _cell(value: Value) -> dict[str, Any]:
    return {"value": value, "figure": figures.say_value(value.value), "absent": say.ABSENT.get(value.absent)}


def _split(indicator: Indicator, values: list[Value]) -> list[tuple[str, Text, Text]]:
    """Return the Region's newest figures by dimension: the dimension, its period, the figure."""
    apart = [each for each in values if each.dimension and not each.area and each.value is not None]
    newest = max((each.period for each in apart), default="")
    return [
        (each.dimension, say_period(each.period), figures.say_figure(each.value, indicator.sheet.unit)) for each in apart if each.period == newest
    ]


def _method(actor: Actor, found: Indicator) -> dict[str, Any]:
    """Return how an indicator is made: words for its codes, what is expected and what there is, data, runs, versions, deeds."""
    sheet = found.sheet
    actual = {*found.dimensions, *(["commune"] if found.areas > 1 else [])}
    return {
        "unit": unit_of(sheet.unit), "kind": say.KINDS[sheet.kind], "grade": say.GRADES[sheet.quality], "frequency": say.FREQUENCIES[sheet.frequency],
        "challenges": [CHALLENGES[each] for each in sheet.challenges],
        "expected": [(say.DIMENSIONS[each], each in actual) for each in sheet.expected],
        "datasets": measures.datasets(sheet.measure), "made_of": measures.needs(sheet.measure),
        "runs": store.list_runs(actor, found.key, 3), "versions": store.list_versions(actor, found.key),
        "deeds": [(say.DEEDS.get(each.deed), each) for each in store.list_deeds(actor, found.key)], "state": say.STATES[found.state],
    }  # fmt: skip


def history(request: HttpRequest, key: str) -> HttpResponse:
    """Show everything that was ever kept of one value: what it was, from which data, who decided, when and why it ended."""
    actor: Actor = request.actor
    found, names = store.get_indicator(actor, key), names_of(actor)
    period, area, dimension = (request.GET.get(name, "") for name in ("period", "area", "dimension"))
    kept = store.history(actor, key, period, area, dimension)
    if not kept:
        raise not_found("value", f"{period} {area}".strip())
    rows = [
        {
            "value": each,
            "figure": figures.say_figure(each.value, each.unit),
            "absent": say.ABSENT.get(each.absent),
            "grade": say.GRADES[each.quality],
            "evidence": say.fill(say.BY_RULE, version=each.version) if "accepted" in each.provenance else each.evidence,
            "ended": say.ENDED.get(each.why_ended, each.why_ended),
        }
        for each in reversed(kept)
    ]
    context = {"indicator": found, "place": names.get(area, area), "period": say_period(period), "dimension": dimension, "rows": rows}
    return render(request, "indicators/history.html", context)


def ranking(request: HttpRequest, key: str) -> HttpResponse:
    """Show an international ranking: our city and those of the benchmark first, then all of them. Raises `Problem` 404."""
    found, cities = store.get_ranking(request.actor, key)
    chosen = [city for city in cities if city.name in found.compared]
    context = {"ranking": found, "cells": _scores(found.parts, chosen), "all": _scores(found.parts, cities), "ours": found.compared[:1]}
    return render(request, "indicators/ranking.html", context)


def _scores(parts: dict[str, Any], cities: list[City]) -> list[tuple[City, Text, list[Text]]]:
    return [(city, figures.say_value(city.score), [figures.say_value(city.parts.get(part)) for part in parts]) for city in cities]


def blocks(request: HttpRequest) -> HttpResponse:
    """Show the state of play of the five building blocks of the policy: how far each is, since when, what shows it, what is missing."""
    kept = store.list_statements(request.actor)
    groups = [(key, name, [(each, STEPS[each.grade]) for each in kept if each.block == key]) for key, name in FOUNDATIONS.items()]
    return render(request, "indicators/blocks.html", {"groups": groups, "steps": STEPS})
