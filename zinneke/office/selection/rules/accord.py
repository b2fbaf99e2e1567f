"""How far evaluators agree beyond chance: Cohen's kappa, plain and weighted, over two or more of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from zinneke.kernel.text import Text
from zinneke.office.selection.rules.table import Array

Weighing = Literal["", "linear", "quadratic"]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa: 1 is full agreement, 0 what chance alone gives. None where it says nothing: no common judgements, or only one grade used."""

    value: float | None
    observed: float
    expected: float
    judged: int


def kappa(one: Sequence[float], other: Sequence[float], grades: Sequence[float], weighing: Weighing = "") -> Kappa:
    """Return κ = (pₒ − pₑ) / (1 − pₑ) over the things that both judged (NaN: not judged).

    J. Cohen, Educational and Psychological Measurement 20 (1960); weighted: Psychological Bulletin 70 (1968), with linear or quadratic weights by the
    distance between grades in their order.
    """
    places = {grade: at for at, grade in enumerate(grades)}
    both = [(places[a], places[b]) for a, b in zip(one, other, strict=True) if a in places and b in places]
    if not both:
        return Kappa(None, 0.0, 0.0, 0)
    table = np.zeros((len(grades), len(grades)))
    for row, column in both:
        table[row, column] += 1
    return from_table(table, weighing)


def from_table(table: Array, weighing: Weighing = "") -> Kappa:
    """Return kappa from the table of counts: rows what the one said, columns what the other said."""
    shares = table / table.sum()
    size = len(table)
    distance = np.abs(np.arange(size)[:, None] - np.arange(size)[None, :]) / max(1, size - 1)
    fit = {"": (distance == 0).astype(float), "linear": 1 - distance, "quadratic": 1 - distance**2}[weighing]
    observed = float((fit * shares).sum())
    expected = float((fit * np.outer(shares.sum(axis=1), shares.sum(axis=0))).sum())
    value = None if expected > 1 - 1e-12 else (observed - expected) / (1 - expected)
    return Kappa(value, observed, expected, int(table.sum()))


def mean_kappa(scores: Array, grades: Sequence[float], weighing: Weighing = "") -> Kappa:
    """Return the mean of the kappas of all pairs of evaluators (things × evaluators), each weighing what they judged together (Light 1971)."""
    found = [kappa(scores[:, a].tolist(), scores[:, b].tolist(), grades, weighing) for a, b in combinations(range(scores.shape[1]), 2)]
    spoken = [each for each in found if each.value is not None]
    judged = sum(each.judged for each in spoken)
    if not judged:
        return Kappa(None, 0.0, 0.0, sum(each.judged for each in found))
    mean = [sum(getattr(each, name) * each.judged for each in spoken) / judged for name in ("value", "observed", "expected")]
    return Kappa(mean[0], mean[1], mean[2], judged)


def say(value: float | None) -> Text:
    """Return what a kappa means in words: the scale of Landis and Koch, Biometrics 33 (1977)."""
    if value is None:
        return Text("impossible à mesurer", "niet te meten", "cannot be measured")
    words = (
        (0.0, Text("moins bon que le hasard", "slechter dan het toeval", "worse than chance")),
        (0.2, Text("très faible", "zeer zwak", "slight")),
        (0.4, Text("faible", "zwak", "fair")),
        (0.6, Text("modéré", "matig", "moderate")),
        (0.8, Text("bon", "goed", "substantial")),
        (2.0, Text("presque parfait", "bijna volledig", "almost perfect")),
    )
    return next(text for limit, text in words if value <= limit + 1e-9)
