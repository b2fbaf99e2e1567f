"""Three ways to rank options: weighted sum, TOPSIS and PROMETHEE II.

Each is a function from weights to scores, so that what asks for ten thousand weightings asks once. A higher score is better everywhere.
Rank reversal: on declared scales (`scale`) a weighted sum never changes the order of two options when a third comes or goes; with every other
normalisation, with TOPSIS and with PROMETHEE II it may, and `sensitivity.removals` shows where it does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from zinneke.kernel.problem import wrong
from zinneke.office.selection.rules.table import Array, Preference, Table

Way = Literal["weighted_sum", "topsis", "promethee"]
Normalisation = Literal["scale", "minmax", "max", "sum", "vector"]
WAYS: tuple[Way, ...] = get_args(Way)
NORMALISATIONS: tuple[Normalisation, ...] = get_args(Normalisation)
Scorer = Callable[[Array], Array]
"""From weightings (draws × criteria, each summing to one) to scores (draws × options)."""


def normalise(table: Table, by: Normalisation) -> Array:
    """Return the values as numbers of which more is better (options × criteria). A criterion on which all are equal says the same of everybody.

    `scale` (x − low) / (high − low) over the declared scale; `minmax` the same over what occurs; `max` x / max x, or 1 − x / max x where less is
    better; `sum` x / Σx, or (1/x) / Σ(1/x); `vector` x / √Σx², or 1 − that. After Hwang and Yoon (1981), chapter 2, and Triantaphyllou (2000).
    Raises `Problem` 400 where a normalisation is not defined: values below zero for `max`, zero or less for `sum`.
    """
    x, more = table.values, table.more
    if not len(x):
        return x
    if by in ("scale", "minmax"):
        low, high = (table.low, table.high) if by == "scale" else (x.min(axis=0), x.max(axis=0))
        extent = high - low
        part = np.divide(x - low, extent, out=np.ones_like(x), where=extent != 0)
        return np.where(more | (extent == 0), part, 1 - part)
    if by == "sum":
        if (x <= 0).any():
            raise wrong("The normalisation `sum` divides by the values: all must be above zero. Choose `scale` or `minmax`.", where="values")
        turned = np.where(more, x, 1 / x)
        return np.asarray(turned / turned.sum(axis=0))
    if by == "max" and (x < 0).any():
        raise wrong("The normalisation `max` needs values that are not below zero. Choose `scale` or `minmax`.", where="values")
    size = x.max(axis=0) if by == "max" else np.sqrt((x**2).sum(axis=0))
    part = np.divide(x, size, out=np.zeros_like(x), where=size != 0)
    return np.where(more, part, 1 - part)


def prefer(difference: Array, preference: Preference) -> Array:
    """Return the preference, 0 to 1, that a difference in favour gives (0 for one that is not in favour).

    The six functions of Brans, Vincke and Mareschal, "How to select and how to rank projects: the PROMETHEE method", EJOR 24 (1986).
    """
    d, q, p = difference, preference.q, preference.p
    if preference.shape == "u":
        return (d > q).astype(float)
    if preference.shape == "v" and p > 0:
        return np.clip(d / p, 0.0, 1.0)
    if preference.shape == "level":
        return np.where(d > p, 1.0, np.where(d > q, 0.5, 0.0))
    if preference.shape == "linear" and p > q:
        return np.clip((d - q) / (p - q), 0.0, 1.0)
    if preference.shape == "linear":
        return (d > q).astype(float)
    if preference.shape == "gaussian" and preference.s > 0:
        return np.where(d > 0, 1 - np.exp(-(d**2) / (2 * preference.s**2)), 0.0)
    return (d > 0).astype(float)


def pair_flows(values: Array, more: bool, preference: Preference) -> Array:
    """Return P(a, b) − P(b, a) on one criterion (options × options)."""
    signed = values if more else -values
    forward = prefer(signed[:, None] - signed[None, :], preference)
    return np.asarray(forward - forward.T)


def net_flows(table: Table) -> Array:
    """Return the net flow of each option on each criterion alone (options × criteria, −1 to 1); their weighted sum is PROMETHEE II's φ.

    φⱼ(a) = 1/(n−1) · Σ over b of Pⱼ(a, b) − Pⱼ(b, a); after Brans and Mareschal (2005), PROMETHEE methods, § 5.
    """
    options, criteria = table.values.shape
    given = table.preferences or (Preference(),) * criteria
    columns = [pair_flows(table.values[:, at], bool(table.more[at]), given[at]).sum(axis=1) / max(1, options - 1) for at in range(criteria)]
    return np.stack(columns, axis=1) if columns else table.values


def scorer(table: Table, way: Way, normalisation: Normalisation = "scale") -> Scorer:
    """Return the function from weights to scores of one way of ranking.

    Weighted sum: Σ wⱼ rᵢⱼ. TOPSIS (Hwang and Yoon 1981): D⁻ / (D⁺ + D⁻), distances to the best and worst of what occurs over weighted normalised
    values; 0.5 for everybody when nothing tells them apart. PROMETHEE II: the net flow φ, between −1 and 1.
    """
    if way == "promethee":
        parts = net_flows(table)
        return lambda weights: np.asarray(weights @ parts.T)
    parts = normalise(table, normalisation)
    if way == "weighted_sum":
        return lambda weights: np.asarray(weights @ parts.T)
    best = (parts - parts.max(axis=0, initial=-np.inf)) ** 2 if len(parts) else parts
    worst = (parts - parts.min(axis=0, initial=np.inf)) ** 2 if len(parts) else parts

    def closeness(weights: Array) -> Array:
        to_best, to_worst = np.sqrt(weights**2 @ best.T), np.sqrt(weights**2 @ worst.T)
        both = to_best + to_worst
        return np.divide(to_worst, both, out=np.full_like(both, 0.5), where=both > 0)

    return closeness


def score(table: Table, way: Way, normalisation: Normalisation = "scale") -> Array:
    """Return the score of each option under the table's own weights."""
    return scorer(table, way, normalisation)(table.weights[None, :])[0]


def ranks(scores: Array) -> NDArray[np.int64]:
    """Return the rank of each option, 1 for the best, along the last axis; equals share the better rank (1, 2, 2, 4).

    Scores that differ by less than 10⁻¹⁰ are equal: what lies below is rounding.
    """
    given = np.round(scores, 10)
    order = np.argsort(-given, axis=-1, kind="stable")
    ordered = np.take_along_axis(given, order, axis=-1)
    places = np.broadcast_to(np.arange(given.shape[-1]), given.shape)
    fresh = np.concatenate([np.ones((*given.shape[:-1], 1), bool), ordered[..., 1:] != ordered[..., :-1]], axis=-1)[..., : given.shape[-1]]
    shared = np.maximum.accumulate(np.where(fresh, places, 0), axis=-1) + 1
    found = np.empty(given.shape, np.int64)
    np.put_along_axis(found, order, shared, axis=-1)
    return found
