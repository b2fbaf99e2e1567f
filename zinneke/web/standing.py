"""How a solution stands now: its answer, its figures and its marks on the map, computed from what was observed."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar, cast

from django.conf import settings

from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import Latest
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.solution import Answer, Class, Indicator, Layer, Profile, Series, Solution
from zinneke.kernel.text import Text

Readings = Mapping[str, Sequence[Series]]
Made = TypeVar("Made")

BROKEN = Answer(
    Text(
        "Le calcul de cette réponse a échoué. Les mesures ci-dessous sont exactes.",
        "Dit antwoord kon niet worden berekend. De metingen hieronder kloppen.",
        "This answer could not be computed. The measurements below are right.",
    )
)


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator with its value, None where it cannot say, and the newest time among the values it is made of."""

    indicator: Indicator
    value: float | None
    met: bool | None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Typical:
    """A profile with its values, one for each label."""

    profile: Profile
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A solution now: `newest` is the time of its newest value, None before the first.

    `until` is the newest value of what the answer speaks of, `daily` when that stands for a whole day; `away`: measured outside the Region.
    """

    solution: Solution
    newest: datetime | None
    answer: Answer | None
    figures: tuple[Figure, ...] = ()
    until: datetime | None = None
    daily: bool = False
    away: bool = False


_lock = threading.Lock()
_kept: OrderedDict[tuple[object, ...], object] = OrderedDict()
MOST_KEPT = 64
DAY = 86_400
LONGEST_KEPT = 60
"""Seconds after which a correction of an old value is seen here too."""


def standing(actor: Actor, solution: Solution, whole: bool = True) -> Standing:
    """Return how a solution stands for this actor; `whole` False leaves out the figures, for lists of solutions."""
    return _once(actor, solution, f"standing {whole}", lambda: _compute(actor, solution, whole))


def typical(actor: Actor, solution: Solution) -> tuple[Typical, ...]:
    """Return a solution's profiles for this actor."""
    return _once(actor, solution, "typical", lambda: _profiles(actor, solution))


def _once(actor: Actor, solution: Solution, what: str, make: Callable[[], Made]) -> Made:
    """Compute something once for each state of the observations (rows, newest value) and each reach (grants, scopes)."""
    key = (
        solution.key,
        what,
        observations.newest(actor, solution.key),
        observations.count(actor, solution.key),
        actor.grants,
        actor.scopes,
        settings.DATA,
        monotonic() // LONGEST_KEPT,
    )
    with _lock:
        if key in _kept:
            return cast("Made", _kept[key])
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return made


def _compute(actor: Actor, solution: Solution, whole: bool) -> Standing:
    ends = moments(actor, solution)
    if not ends:
        return Standing(solution, None, None)
    newest, readings = max(ends.values()), read(actor, solution, ends, solution.indicators if whole else ())
    answer = _answer(solution, cut(readings, ends, solution.window))
    until, daily, away = spoken_of(actor, solution, answer)
    if not whole:
        return Standing(solution, newest, answer, until=until, daily=daily, away=away)
    figures = tuple(_figure(each, readings, ends) for each in solution.indicators if each.since <= newest.date())
    return Standing(solution, newest, answer, latest_definitions(figures), until, daily, away)


def _profiles(actor: Actor, solution: Solution) -> tuple[Typical, ...]:
    if not solution.profiles:
        return ()
    ends = moments(actor, solution)
    readings = read(actor, solution, ends, solution.profiles)
    return tuple(_typical(each, readings, ends) for each in solution.profiles)


def spoken_of(actor: Actor, solution: Solution, answer: Answer) -> tuple[datetime | None, bool, bool]:
    """Return the newest time of the assets that the answer names (else of all), whether it stands for a day, and whether all are away."""
    latest = observations.latest(actor, solution=solution.key, limit=10_000)
    named = {row.asset for row in answer.rows}
    meant = [each for each in latest if each.thing.key.partition("/")[2] in named] or latest
    newest = max(meant, key=lambda each: each.time, default=None)
    if newest is None:
        return None, False, False
    return newest.time, newest.stream.interval >= DAY, not any(each.stream.area for each in latest)


def moments(actor: Actor, solution: Solution) -> dict[str, datetime]:
    """Return the newest time of each reading: inside the city's territory while the solution has anything there, else anywhere."""
    latest = observations.latest(actor, solution=solution.key, limit=10_000)
    inside = [each for each in latest if each.stream.area] or latest
    ends: dict[str, datetime] = {}
    for each in inside:
        ends[each.stream.reading] = max(each.time, ends.get(each.stream.reading, each.time))
    return ends


def read(actor: Actor, solution: Solution, ends: Mapping[str, datetime], users: Sequence[Indicator | Profile]) -> dict[str, Sequence[Series]]:
    """Return the series of every reading, each over the longest window that somebody asks of it."""
    windows = dict.fromkeys(ends, solution.window)
    for each in users:
        if each.reading in ends:
            windows[each.reading] = max(windows[each.reading], each.window)
    return {
        key: observations.series(actor, solution.key, key, ends[key] - timedelta(seconds=window), ends[key] + timedelta(microseconds=1))
        for key, window in windows.items()
    }


def cut(readings: Readings, ends: Mapping[str, datetime], window: int) -> dict[str, Sequence[Series]]:
    """Return the same series over a shorter window that ends with each reading's newest value; silent ones are left out."""
    return {key: tuple(_since(series, ends[key] - timedelta(seconds=window))) for key, series in readings.items()}


def _since(series: Iterable[Series], start: datetime) -> Iterable[Series]:
    for each in series:
        at = bisect_left(each.times, start)
        if at < len(each.times):
            yield each if at == 0 else replace(each, times=each.times[at:], values=each.values[at:])


def _answer(solution: Solution, readings: Readings) -> Answer:
    try:
        return solution.answer(readings)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return BROKEN


def _figure(indicator: Indicator, readings: Readings, ends: Mapping[str, datetime]) -> Figure:
    series = cut(readings, ends, indicator.window).get(indicator.reading, ())
    try:
        value = indicator.formula(series)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        value = None
    met = None
    if value is not None and indicator.target is not None:
        met = value <= indicator.target if indicator.lower_is_better else value >= indicator.target
    return Figure(indicator, value, met, ends.get(indicator.reading))


def latest_definitions(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Keep, of indicators with one key, the definition that began last."""
    kept: dict[str, Figure] = {}
    for each in sorted(figures, key=lambda figure: figure.indicator.since):
        kept[each.indicator.key] = each
    return tuple(kept.values())


def _typical(profile: Profile, readings: Readings, ends: Mapping[str, datetime]) -> Typical:
    series = cut(readings, ends, profile.window).get(profile.reading, ())
    try:
        values = tuple(profile.formula(series))
    except (ArithmeticError, LookupError, TypeError, ValueError):
        values = (None,) * len(profile.labels)
    return Typical(profile, values)


def class_of(layer: Layer, value: float) -> Class | None:
    """Return the class that a value belongs to; above the last bound, the last class."""
    for each in layer.classes:
        if value <= each.upto:
            return each
    return layer.classes[-1] if layer.classes else None


def of_layer(layer: Layer, latest: Iterable[Latest]) -> list[Latest]:
    """Return the latest values that a layer shows, those with a place."""
    return [each for each in latest if each.stream.reading == layer.reading and each.thing.place and each.thing.kind in (layer.asset, "")]
