"""What a dashboard shows of indicators: tiles with figure, time, status, course and target; and what is not measured, of the same rank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.policy import CHALLENGES, DOMAINS
from zinneke.kernel.text import Text
from zinneke.office.indicators import figures, store
from zinneke.office.indicators.periods import say_period
from zinneke.office.indicators.values import Gap, Indicator, Point, Standing
from zinneke.web import sparkline
from zinneke.web.sparkline import Spark

GENERAL = Text("Général", "Algemeen", "General")
KINDS: dict[str, Text] = {
    "input": Text("Moyens", "Middelen", "Input"),
    "process": Text("Processus", "Proces", "Process"),
    "output": Text("Réalisations", "Realisaties", "Output"),
    "outcome": Text("Résultats", "Resultaten", "Outcome"),
    "impact": Text("Effets", "Effecten", "Impact"),
}
STATUSES: dict[str, Text] = {
    "good": Text("sur la bonne voie", "op koers", "on the path"),
    "watch": Text("à surveiller", "in het oog te houden", "to watch"),
    "act": Text("hors de la voie", "van koers", "off the path"),
    "unknown": Text("sans cible", "zonder streefwaarde", "without a target"),
}
GAPS: dict[str, Text] = {
    "unmeasured": Text("Pas encore mesuré", "Nog niet gemeten", "Not measured yet"),
    "disaggregation": Text("Pas assez détaillé", "Niet genoeg uitgesplitst", "Not detailed enough"),
    "no_outcome": Text("Domaine sans indicateur de résultat", "Domein zonder resultaatindicator", "Domain without an outcome indicator"),
    "late": Text("Mise à jour en retard", "Bijwerking te laat", "Update overdue"),
    "no_target": Text("Sans cible", "Zonder streefwaarde", "Without a target"),
    "fault": Text("Ne se calcule plus", "Niet meer te berekenen", "No longer computable"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One indicator on a dashboard: where it stands in an area, and its small course."""

    indicator: Indicator
    standing: Standing
    figure: Text | None
    unit: Text
    period: Text | None
    target: Text | None
    target_when: Text | None
    trend: Text | None
    spark: Spark | None
    late: bool
    place: int = 0
    of: int = 0
    region: Text | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice of a filter: where it leads, how many it leaves, whether it is on."""

    key: str
    name: Text
    count: int
    on: bool


def tiles(actor: Actor, indicators: Sequence[Indicator], area: str | None = None) -> list[Tile]:
    """Return the tiles of indicators in an area (None: what each is about), what somebody must act on first, then by name of domain."""
    found, today = store.standings_and_courses(actor, indicators, area), timezone.localdate()
    return [_tile(each, stand, course, today) for each, (stand, course) in zip(indicators, found, strict=True)]


def _tile(indicator: Indicator, stand: Standing, course: Sequence[Point], today: date) -> Tile:
    target = stand.target
    points = [point for point in course if point.unit == indicator.sheet.unit]
    return Tile(
        indicator=indicator,
        standing=stand,
        figure=figures.say_value(stand.latest.value) if stand.latest else None,
        unit=figures.say_unit(indicator.sheet.unit),
        period=say_period(stand.latest.period) if stand.latest else None,
        target=figures.say_figure(target.value, indicator.sheet.unit) if target else None,
        target_when=say_period(target.period) if target else None,
        trend=figures.say_trend(indicator, stand),
        spark=sparkline.draw(points, target.value if target else None),
        late=indicator.late(today),
    )


def beside(found: Sequence[Tile], courses: dict[tuple[str, str], tuple[Point, ...]], code: str, communes: Iterable[str]) -> list[Tile]:
    """Return a commune's tiles with its place among the communes, the highest first, and the Region's figure, all of the same period."""
    placed, codes = [], list(communes)
    for tile in found:
        period, key = tile.standing.latest.period if tile.standing.latest else "", tile.indicator.key
        at = {each: _value_at(courses.get((key, each), ()), period) for each in ("", *codes)}
        values = sorted((at[each] or 0 for each in codes if at[each] is not None), reverse=True)
        own, region, unit = at.get(code), at[""], tile.indicator.sheet.unit
        place = values.index(own) + 1 if own in values else 0
        placed.append(replace(tile, place=place, of=len(values), region=None if region is None or unit == "1" else figures.say_figure(region, unit)))
    return placed


def _value_at(points: Sequence[Point], period: str) -> float | None:
    return next((point.value for point in points if point.period == period), None)


def by_domain(found: Iterable[Tile]) -> list[tuple[str, Text, list[Tile]]]:
    """Return the tiles by domain, in each what somebody must act on first, then what has a course, then by name."""
    rank = {"act": 0, "watch": 1, "good": 2, "unknown": 3}
    ordered = sorted(found, key=lambda tile: (rank[tile.standing.status], tile.spark is None, tile.indicator.key))
    groups = [(key, name, [tile for tile in ordered if tile.indicator.sheet.domain == key]) for key, name in (*DOMAINS.items(), ("", GENERAL))]
    return [group for group in groups if group[2]]


def counted(found: Iterable[Tile]) -> list[tuple[str, Text, int]]:
    """Return how many tiles have each status, those without any left out."""
    counts = Counter(str(tile.standing.status) for tile in found)
    return [(status, words, counts[status]) for status, words in STATUSES.items() if counts[status]]


def choices(found: Sequence[Indicator], asked: dict[str, str]) -> dict[str, list[Filter]]:
    """Return the filters with the number of indicators that each choice leaves beside the others that are on; none leads to nothing."""
    reads: dict[str, tuple[dict[str, Text], Callable[[Indicator], Iterable[str]]]] = {
        "domain": ({**DOMAINS, "general": GENERAL}, lambda each: (each.sheet.domain or "general",)),
        "challenge": (CHALLENGES, lambda each: each.sheet.challenges),
        "kind": (KINDS, lambda each: (each.sheet.kind,)),
    }
    filters: dict[str, list[Filter]] = {}
    for name, (words, read) in reads.items():
        left = [each for each in found if all(asked[other] in reads[other][1](each) for other in reads if other != name and asked.get(other))]
        counts = Counter(key for each in left for key in read(each))
        filters[name] = [Filter(key, said, counts[key], asked.get(name) == key) for key, said in words.items() if counts[key]]
    return filters


def narrowed(found: Sequence[Indicator], asked: dict[str, str]) -> list[Indicator]:
    """Return the indicators that answer to every filter that is on."""
    return [
        each
        for each in found
        if asked.get("domain", "") in ("", each.sheet.domain or "general")
        and (not asked.get("challenge") or asked["challenge"] in each.sheet.challenges)
        and asked.get("kind", "") in ("", each.sheet.kind)
    ]


def missing(gaps: Iterable[Gap], titles: dict[str, Indicator]) -> list[tuple[Text, list[tuple[str, Indicator | None, Text | None]]]]:
    """Return what is not measured by kind of gap: the key, the indicator it is about, else the domain."""
    groups: dict[str, list[tuple[str, Indicator | None, Text | None]]] = {}
    for gap in gaps:
        if gap.kind in ("unmeasured", "no_outcome", "late", "fault"):
            groups.setdefault(gap.kind, []).append((gap.key, titles.get(gap.key), DOMAINS.get(gap.domain) if not gap.key else None))
    return [(GAPS[kind], groups[kind]) for kind in GAPS if kind in groups]
