"""The live figures of the first page and of a domain: one card a solution, kept for a minute for visitors."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.urls import reverse

from zinneke.foundations.observations import store as observations
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.solution import Solution
from zinneke.web import formats
from zinneke.web.figures import FigureCard
from zinneke.web.standing import DAY, Figure, Standing, standing

SECONDS = 60.0
WEEKS = 35 * DAY
"""Seconds back to which an indicator speaks of today."""
_held: dict[str, tuple[float, datetime | None, Standing]] = {}


def standing_now(actor: Actor, solution: Solution) -> Standing:
    """Return how a solution stands; for visitors the same until something newer is observed, at most a minute."""
    if actor.known:
        return standing(actor, solution)
    newest = observations.newest(actor, solution.key)
    held = _held.get(solution.key)
    if held and held[1] == newest and time.monotonic() - held[0] < SECONDS:
        return held[2]
    now = standing(actor, solution)
    _held[solution.key] = (time.monotonic(), newest, now)
    return now


def cards(actor: Actor, solutions: Iterable[Solution], language: str) -> list[FigureCard]:
    """Return a card for each solution that has been heard of; silent ones are left out."""
    found = (standing_now(actor, solution) for solution in solutions)
    return [_card(each, language) for each in found if each.newest]


def _card(now: Standing, language: str) -> FigureCard:
    solution, answer = now.solution, now.answer
    sources = dict.fromkeys(source.publisher for source in solution.sources if source.publisher)
    card = FigureCard(
        name=solution.name.said_in(language),
        value="",
        status=answer.status if answer else "",
        words=answer.sentence.said_in(language) if answer else "",
        time=now.until or now.newest,
        daily=now.daily,
        away=now.away,
        source=", ".join(sources),
        address=reverse("solution", kwargs={"key": solution.key}),
        icon=solution.icon,
        domain=solution.domain,
    )
    return _headline(card, now, language)


def _headline(card: FigureCard, now: Standing, language: str) -> FigureCard:
    """Say large what matters today: an indicator of the last weeks, else the first line of the answer, else an indicator of a longer time."""
    known = sorted((each for each in now.figures if each.value is not None), key=lambda each: each.indicator.window)
    row = next(iter(now.answer.rows), None) if now.answer else None
    if known and (row is None or known[0].indicator.window <= WEEKS):
        return _of_indicator(card, known[0], now, language)
    if row is None:
        return card
    value, unit = formats.number(row.value, language, _decimals(row.value)), formats.symbol(row.unit)
    return replace(card, value=value, unit=unit, place=row.name.said_in(language), what=row.note.said_in(language))


def _of_indicator(card: FigureCard, figure: Figure, now: Standing, language: str) -> FigureCard:
    indicator, value = figure.indicator, figure.value or 0.0
    return replace(
        card,
        value=formats.number(value, language, _decimals(value)),
        unit=formats.symbol(indicator.unit),
        what=indicator.name.said_in(language),
        time=figure.ends or card.time,
        daily=now.solution.reading(indicator.reading).interval >= DAY or indicator.window > DAY,
    )


def _decimals(value: float) -> int:
    return 0 if abs(value) >= 100 or float(value).is_integer() else 1
