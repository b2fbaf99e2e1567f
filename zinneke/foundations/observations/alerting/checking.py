"""Whether a rule makes sense, before it is tried or kept. Raises `Problem` 400 with where it does not."""

from __future__ import annotations

import math

from zinneke.foundations.observations.alerting import fences
from zinneke.foundations.observations.alerting.values import Geofence, Rate, Rule, Threshold
from zinneke.foundations.observations.values import Wanted
from zinneke.kernel import registry
from zinneke.kernel.problem import wrong


def check(rule: Rule) -> None:
    """Refuse what makes no sense."""
    if not rule.name.strip():
        raise wrong("Give the rule a name: it stands in the alerts.", where="name")
    _check_wanted(rule.wanted)
    match rule.when:
        case Threshold():
            _check_threshold(rule.when)
        case Rate():
            if rule.when.rises is None and rule.when.falls is None:
                raise wrong("Say by how much it rises, falls, or both.", where="when.rises")
        case Geofence():
            fences.shape(rule.when)


def _check_threshold(when: Threshold) -> None:
    if when.above is None and when.below is None:
        raise wrong("Give a limit: above, below, or both.", where="when.above")
    if not all(limit is None or math.isfinite(limit) for limit in (when.above, when.below)):
        raise wrong("A limit is a number.", where="when.above")
    if when.above is not None and when.below is not None and not when.below + when.hysteresis <= when.above - when.hysteresis:
        told = "No value would be well: the lower limit and the upper one, each with the hysteresis, leave nothing between them."
        raise wrong(told, where="when.hysteresis")


def _check_wanted(wanted: Wanted) -> None:
    if wanted.rules is not None:
        raise wrong("A rule is about sensors, not about other rules.", where="wanted.rules")
    if all(part is None for part in (wanted.solution, wanted.reading, wanted.area, wanted.things, wanted.streams)):
        raise wrong("Say which sensors: a solution, a reading, a commune, things or streams.", where="wanted")
    if wanted.solution is not None and wanted.solution not in registry.solutions():
        raise wrong(f"There is no solution {wanted.solution!r} here.", where="wanted.solution")


def explain_gone() -> str:
    """Return why a rule says nothing whose maker is gone."""
    return "The account or the token that it was made with is no longer valid."
