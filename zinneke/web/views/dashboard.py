"""The dashboard of the smart-city policy: for everybody, for each audience and commune, for whoever leads; to compare, print, embed and take away."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt

from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.policy import AUDIENCES
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import Front, Needs, Page
from zinneke.kernel.spreadsheet import as_csv
from zinneke.kernel.text import Text, choose
from zinneke.office.indicators import figures, store
from zinneke.office.indicators.periods import say_period
from zinneke.office.indicators.values import Indicator
from zinneke.web import dashboard, ground, report, sparkline
from zinneke.web.comparing import shaded
from zinneke.web.templatetags.zinneke import language

SEE, COMMAND = Needs(Right.SEE, "indicators"), Needs(Right.COMMAND, "indicators")
HEAD = (
    "key", "name", "domain", "unit", "period", "value", "low", "high", "target", "target_period", "status", "owner", "source", "definition_version",
)  # fmt: skip
FILTERS = ("domain", "challenge", "kind")
OPENING: dict[str, tuple[Text, tuple[str, ...]]] = {
    "administrations": (
        Text(
            "Où en est chaque promesse, et qui en répond.",
            "Waar elke belofte staat, en wie ervoor instaat.",
            "Where each promise stands, and who answers for it.",
        ),
        ("government", "mobility", "environment", "living", "economy", "people", ""),
    ),
    "companies": (
        Text(
            "Ce qui compte pour entreprendre ici : activité, accès, données à réutiliser.",
            "Wat telt om hier te ondernemen: activiteit, bereikbaarheid, herbruikbare gegevens.",
            "What matters for business here: activity, access, data to use again.",
        ),
        ("economy", "mobility", "government", "people", "living", "environment", ""),
    ),
    "academia": (
        Text(
            "Les séries, leurs méthodes et ce qui n’est pas mesuré.",
            "De reeksen, hun methodes en wat niet gemeten wordt.",
            "The series, their methods and what is not measured.",
        ),
        ("environment", "people", "mobility", "living", "economy", "government", ""),
    ),
    "citizens": (
        Text(
            "L’air, la rue, le quartier : ce que l’on vit chaque jour.",
            "De lucht, de straat, de wijk: wat men elke dag ervaart.",
            "The air, the street, the neighbourhood: what one lives every day.",
        ),
        ("environment", "living", "mobility", "people", "economy", "government", ""),
    ),
}
"""For each audience: what its page says first, and which domains it puts first."""


def show(request: HttpRequest) -> HttpResponse:
    """Show where the Region stands against what it promised, domain by domain, and what it does not measure."""
    return _board(request, store.list_indicators(request.actor), {})


def audience(request: HttpRequest, key: str) -> HttpResponse:
    """Show the same dashboard as one audience reads it. Raises `Problem` 404."""
    if key not in AUDIENCES:
        raise not_found("audience", key)
    words, order = OPENING[key]
    return _board(request, store.list_indicators(request.actor), {"audience": key, "opening": words, "order": order})


def _board(request: HttpRequest, found: list[Indicator], more: dict[str, Any]) -> HttpResponse:
    actor: Actor = request.actor
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    kept = dashboard.narrowed(found, asked)
    measured = dashboard.tiles(actor, [each for each in kept if each.measured])
    groups = dashboard.by_domain(measured)
    if order := more.get("order"):
        groups.sort(key=lambda group: order.index(group[0]))
    titles = {each.key: each for each in found}
    context = {
        "groups": groups,
        "counts": dashboard.counted(measured),
        "count": len(kept),
        "measured": len(measured),
        "filters": _filters(found, asked),
        "on": any(asked.values()),
        "gaps": dashboard.missing(store.gaps_among(found), titles),
        "audiences": AUDIENCES.items(),
        "communes": _communes(actor),
        "rankings": store.list_rankings(actor),
        "today": timezone.localdate(),
        "may_decide": _leads(actor),
        "query": urlencode({name: value for name, value in asked.items() if value}),
        **more,
    }
    return render(request, "web/dashboard.html", context)


def _leads(actor: Actor) -> bool:
    return actor.known and any(Right.COMMAND in grant.rights for grant in actor.grants)


def _filters(found: list[Indicator], asked: dict[str, str]) -> list[tuple[str, list[tuple[dashboard.Filter, str]]]]:
    """Return each filter's choices with the address that each leads to."""
    shown = []
    for name, choices in dashboard.choices(found, asked).items():
        leading = [(each, f"?{urlencode({**{k: v for k, v in asked.items() if v}, name: '' if each.on else each.key})}") for each in choices]
        shown.append((name, leading))
    return shown


def _communes(actor: Actor) -> list[tuple[str, str]]:
    land, spoken = ground.ground(actor), language()
    return sorted(((code, land.name(code, spoken)) for code in land.communes), key=lambda each: each[1])


def commune(request: HttpRequest, code: str) -> HttpResponse:
    """Show one commune against the Region and among the others. Raises `Problem` 404."""
    actor: Actor = request.actor
    land = ground.ground(actor)
    if code not in land.communes:
        raise not_found("commune", code)
    found = [each for each in store.list_indicators(actor, area=code) if each.areas > 1]
    own = dashboard.tiles(actor, found, code)
    periods = {tile.standing.latest.period for tile in own if tile.standing.latest}
    tiles = dashboard.beside(own, store.courses(actor, found, {"", *land.communes}, periods=periods), code, land.communes)
    groups = dashboard.by_domain(tile for tile in tiles if tile.standing.latest)
    name = land.name(code, language())
    context = {"groups": groups, "code": code, "name": name, "page": land.href(code, language()), "communes": _communes(actor), "count": len(tiles)}
    return render(request, "web/dashboard_commune.html", context)


def compare(request: HttpRequest, key: str) -> HttpResponse:
    """Show one indicator over the communes: a map, and the course of each on one scale. Raises `Problem` 404."""
    actor: Actor = request.actor
    found, spoken = store.get_indicator(actor, key), language()
    series = {each.area: each.points for each in store.series(actor, key) if not each.dimension}
    asked = request.GET.get("period")
    compared = store.compare(actor, key, asked if any(asked == point.period for points in series.values() for point in points) else None)
    land = ground.ground(actor)
    shown = [point for area, points in series.items() if area for point in points if point.unit == found.sheet.unit]
    values = [point.value for point in shown if point.value is not None]
    low, high = (min(0.0, min(values)), max(values)) if values else (0.0, 1.0)
    multiples = []
    for each in compared.communes:
        points = [point for point in series.get(each.area, ()) if point.unit == found.sheet.unit]
        spark = sparkline.draw(points, low=low, high=high)
        multiples.append((each.area, land.name(each.area, spoken) or each.area, figures.say_figure(each.value, found.sheet.unit), each.place, spark))
    context = {
        "indicator": found,
        "sheet": found.sheet,
        "period": say_period(compared.period) if compared.period else None,
        "periods": [(each, say_period(each), each == compared.period) for each in compared.periods[-12:]],
        "map": shaded(land, {each.area: each.value for each in compared.communes}, found.sheet.unit, spoken),
        "multiples": multiples,
        "region": figures.say_figure(compared.region, found.sheet.unit) if compared.region is not None else None,
    }
    return render(request, "web/dashboard_compare.html", context)


def manager(request: HttpRequest) -> HttpResponse:
    """Show whoever leads what needs them: what is off its path, late, in review, drafted, broken; and how projects do."""
    actor: Actor = request.actor
    found = store.list_indicators(actor)
    tiles = dashboard.tiles(actor, [each for each in found if each.measured])
    titles = {each.key: each for each in store.list_indicators(actor, state=None)}
    context = {
        "counts": dashboard.counted(tiles),
        "alarms": [tile for tile in tiles if tile.standing.status in ("act", "watch")],
        "objectives": [tile for tile in tiles if tile.standing.target],
        "review": store.list_in_review(actor),
        "drafts": [(titles.get(key), value) for key, value in store.list_drafts(actor)[:50]],
        "gaps": dashboard.missing(store.gaps_among(found), titles),
        "projects": report.projects(actor),
    }
    return render(request, "web/dashboard_manager.html", context)


@xframe_options_exempt
def embed(request: HttpRequest, key: str) -> HttpResponse:
    """Show one indicator alone, for other people's pages: the only page that others may frame. Raises `Problem` 404."""
    found = store.get_indicator(request.actor, key)
    tile = dashboard.tiles(request.actor, [found])[0]
    answer = render(request, "web/dashboard_embed.html", {"tile": tile})
    answer.headers["Content-Security-Policy"] = "default-src 'self'; script-src 'none'; style-src 'self'; font-src 'self'; frame-ancestors *"
    return answer


def table(request: HttpRequest) -> HttpResponse:
    """Give everything that the dashboard shows as CSV: newest value, target, status, method, sources."""
    actor: Actor = request.actor
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    found = dashboard.narrowed(store.list_indicators(actor), asked)
    head = (
        "key", "name", "domain", "unit", "period", "value", "low", "high", "target", "target_period", "status", "owner", "source",
        "definition_version",
    )  # fmt: skip
    lines, spoken = [], language()
    for each, stand in zip(found, store.standings(actor, found), strict=True):
        latest, target, sheet = stand.latest, stand.target, each.sheet
        newest = (latest.period, latest.value, latest.low, latest.high) if latest else ("", "", "", "")
        aim = (target.value, target.period) if target else ("", "")
        told = (choose(sheet.owner_name, spoken)[0] or sheet.owner, choose(sheet.source, spoken)[0])
        lines.append((each.key, each.title(spoken), sheet.domain, sheet.unit, *newest, *aim, stand.status, *told, each.version))
    answer = HttpResponse(as_csv(head, lines), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="dashboard.csv"'
    return answer


def pdf(request: HttpRequest) -> HttpResponse:
    """Give the dashboard as a report that can be printed and filed."""
    actor: Actor = request.actor
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    found = dashboard.narrowed(store.list_indicators(actor), asked)
    groups = dashboard.by_domain(dashboard.tiles(actor, [each for each in found if each.measured]))
    titles = {each.key: each for each in found}
    answer = HttpResponse(report.make(groups, dashboard.missing(store.gaps(actor), titles), language()), content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="dashboard.pdf"'
    return answer


PAGES = (
    Page(
        name="dashboard", path="dashboard/", view=show, audience=SEE, sample={},
        front=Front(
            icon="gauge",
            shelf="aims",
            rank=1,
            title=Text("Tableau de bord", "Dashboard", "Dashboard"),
            about=Text(
                "Où en est la Région par rapport à ce qu’elle a promis, et ce qu’elle ne mesure pas.",
                "Hoever het Gewest staat tegenover wat het beloofde, en wat het niet meet.",
                "Where the Region stands against what it promised, and what it does not measure.",
            ),
        ),
    ),
    Page(name="dashboard-audience", path="dashboard/for/{key}/", view=audience, audience=SEE, sample={"key": "citizens"}),
    Page(name="dashboard-commune", path="dashboard/communes/{code}/", view=commune, audience=SEE, sample={"code": "21015"}),
    Page(name="dashboard-compare", path="dashboard/compare/{key}/", view=compare, audience=SEE, sample={"key": "population"}),
    Page(name="dashboard-manager", path="dashboard/manager/", view=manager, audience=COMMAND),
    Page(name="dashboard-embed", path="dashboard/embed/{key}/", view=embed, audience=SEE, sample={"key": "population"}),
    Page(name="dashboard-csv", path="dashboard/dashboard.csv", view=table, audience=SEE, sample={}),
    Page(name="dashboard-pdf", path="dashboard/report.pdf", view=pdf, audience=SEE, sample={}),
)  # fmt: skip
