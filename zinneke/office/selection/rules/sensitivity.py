"""How firm a ranking is: to each weight, to all weights at once, to the way of ranking, and to an option that goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zinneke.office.selection.rules.ranking import WAYS, Normalisation, Scorer, Way, net_flows, normalise, prefer, ranks, score, scorer
from zinneke.office.selection.rules.table import Array, Preference, Table

HALVINGS = 40
STEPS = 200
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Interval:
    """How far one weight (0 to 1) may move, the others growing or shrinking in proportion, before something changes.

    `below` and `above` are the pairs (ahead, behind) that change places just outside; None where the end of the weight itself is reached.
    """

    low: float
    high: float
    below: tuple[int, int] | None = None
    above: tuple[int, int] | None = None


def moved(weights: Array, criterion: int, to: float) -> Array:
    """Return the weights with one set to a value and the others scaled so that all still sum to one (evenly, where they were all zero)."""
    rest = 1 - weights[criterion]
    others = weights * ((1 - to) / rest) if rest > 0 else np.full_like(weights, (1 - to) / max(1, len(weights) - 1))
    others[criterion] = to
    return others


def weight_intervals(table: Table, way: Way, normalisation: Normalisation, first: int | None = None) -> list[Interval]:
    """Return, for each weight, how far it may move before the order changes, or before the `first` so many are no longer the same ones.

    In closed form where scores are linear in the weights (weighted sum, PROMETHEE II): with weight t, sᵢ(t) = t·vᵢₖ + (1−t)·Rᵢ, Rᵢ the weighted mean
    of the other criteria; two options meet at t = (Rᵢ−Rⱼ) / ((Rᵢ−Rⱼ) − (vᵢₖ−vⱼₖ)). For TOPSIS by bisection, after a walk of 200 steps
    that finds the first change; a change and its undoing between two steps would be passed over.
    """
    criteria = range(len(table.weights))
    if len(table.values) < 2 or len(table.weights) < 2:
        return [Interval(0.0, 1.0) for _ in criteria]
    if way == "topsis":
        give = scorer(table, way, normalisation)
        return [_bisected(give, table.weights, criterion, first) for criterion in criteria]
    parts = net_flows(table) if way == "promethee" else normalise(table, normalisation)
    return [_crossed(parts, table.weights, criterion, first) for criterion in criteria]


def _crossed(parts: Array, weights: Array, criterion: int, first: int | None) -> Interval:
    now = float(weights[criterion])
    own, rest = parts[:, criterion], parts @ moved(weights, criterion, 0.0)
    scores = parts @ weights
    ahead, behind = _pairs(scores, first)
    across, along = rest[ahead] - rest[behind], own[ahead] - own[behind]
    with np.errstate(divide="ignore", invalid="ignore"):
        meeting = across / (across - along)
    meeting = np.where(np.isfinite(meeting) & (meeting >= 0) & (meeting <= 1), meeting, np.nan)
    under, over = np.where(meeting <= now, meeting, -1.0), np.where(meeting >= now, meeting, 2.0)
    under, over = np.nan_to_num(under, nan=-1.0), np.nan_to_num(over, nan=2.0)
    lowest, highest = (int(under.argmax()), int(over.argmin())) if len(ahead) else (-1, -1)
    return Interval(
        float(under[lowest]) if lowest >= 0 and under[lowest] >= 0 else 0.0,
        float(over[highest]) if highest >= 0 and over[highest] <= 1 else 1.0,
        (int(ahead[lowest]), int(behind[lowest])) if lowest >= 0 and under[lowest] >= 0 else None,
        (int(ahead[highest]), int(behind[highest])) if highest >= 0 and over[highest] <= 1 else None,
    )


def _pairs(scores: Array, first: int | None) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs (ahead, behind) whose order matters: all that are not equal, or those across the line behind the first so many."""
    rounded = np.round(scores, 10)
    counted = rounded[:, None] > rounded[None, :]
    if first is not None:
        inside = ranks(scores) <= first
        counted &= inside[:, None] & ~inside[None, :]
    ahead, behind = np.nonzero(counted)
    return ahead, behind


def _bisected(give: Scorer, weights: Array, criterion: int, first: int | None) -> Interval:
    now = float(weights[criterion])
    ahead, behind = _pairs(give(weights[None, :])[0], first)
    if not len(ahead):
        return Interval(0.0, 1.0)

    def changed(at: float) -> int | None:
        scores = np.round(give(moved(weights, criterion, at)[None, :])[0], 10)
        turned = np.flatnonzero(scores[ahead] < scores[behind])
        return int(turned[0]) if len(turned) else None

    def edge(end: float) -> tuple[float, tuple[int, int] | None]:
        held = now
        for step in range(1, STEPS + 1):
            at = now + (end - now) * step / STEPS
            if (pair := changed(at)) is not None:
                lost = at
                for _ in range(HALVINGS):
                    half = (held + lost) / 2
                    found = changed(half)
                    held, lost, pair = (half, lost, pair) if found is None else (held, half, found)
                return held, (int(ahead[pair]), int(behind[pair]))
            held = at
        return end, None

    (low, below), (high, above) = edge(0.0), edge(1.0)
    return Interval(low, high, below, above)


@dataclass(frozen=True, slots=True)
class Sample:
    """What many weightings say together. `acceptability[i, r]` is the share of draws in which option i has rank r + 1.

    `first` is each option's share of draws among the first so many, `best` of being first; `low` and `high` hold 90 % of its ranks.
    """

    draws: int
    acceptability: Array
    first: Array
    best: Array
    low: NDArray[np.int64]
    high: NDArray[np.int64]


def sample(table: Table, way: Way, normalisation: Normalisation, first: int, draws: int = 10_000, near: float = 0.0, seed: int = 20190430) -> Sample:
    """Rank under many weightings drawn at random: all weightings alike (`near` 0), or around the chosen ones (Dirichlet with concentration `near`).

    Rank acceptability after Lahdelma and Salminen, "SMAA-2", Operations Research 49 (2001). The seed is fixed, so that the same question gets the
    same answer.
    """
    options, give = len(table.values), scorer(table, way, normalisation)
    counted = np.zeros(options * options, np.int64)
    for weights in _draw(table.weights, draws, near, seed):
        found = ranks(give(weights)) - 1
        counted += np.bincount((found + np.arange(options) * options).ravel(), minlength=options * options)
    acceptability = counted.reshape(options, options) / draws
    piled = np.cumsum(acceptability, axis=1)
    low, high = (piled < 0.05).sum(axis=1) + 1, (piled < 0.95 - 1e-12).sum(axis=1) + 1
    return Sample(draws, acceptability, piled[:, min(first, options) - 1], acceptability[:, 0], low, np.minimum(high, options))


def _draw(weights: Array, draws: int, near: float, seed: int) -> list[Array]:
    made = np.random.default_rng(seed)
    given = weights > 0
    alpha = np.ones(len(weights)) if near <= 0 else weights[given] * near
    drawn = made.dirichlet(alpha, draws)
    if near > 0:
        whole = np.zeros((draws, len(weights)))
        whole[:, given] = drawn
        drawn = whole
    return [drawn[at : at + CHUNK] for at in range(0, draws, CHUNK)]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two ways of ranking agree: Kendall's τ-b and Spearman's ρ, both 1 for the same order and −1 for the opposite one."""

    one: Way
    other: Way
    kendall: float
    spearman: float


def compare_ways(table: Table, normalisation: Normalisation) -> tuple[dict[Way, NDArray[np.int64]], list[Agreement]]:
    """Return the ranks under each way, and how far the ways agree, two by two. Equal for all: they agree."""
    found = {way: ranks(score(table, way, normalisation)) for way in WAYS}
    pairs = [(one, other) for at, one in enumerate(WAYS) for other in WAYS[at + 1 :]]
    return found, [Agreement(one, other, *correlate(found[one], found[other])) for one, other in pairs]


def correlate(one: NDArray[np.int64], other: NDArray[np.int64]) -> tuple[float, float]:
    """Return Kendall's τ-b and Spearman's ρ of two rankings; 1 when they are the same, 0 where one of them tells nobody apart."""
    if np.array_equal(one, other):
        return 1.0, 1.0
    if len(set(one.tolist())) < 2 or len(set(other.tolist())) < 2:
        return 0.0, 0.0
    from scipy.stats import kendalltau, spearmanr

    return float(kendalltau(one, other).statistic), float(spearmanr(one, other).statistic)


@dataclass(frozen=True, slots=True)
class Reversal:
    """Two options that change places when a third, which is neither, is taken away."""

    removed: int
    ahead: int
    behind: int


def removals(table: Table, way: Way, normalisation: Normalisation, among: int = 50) -> list[Reversal]:
    """Take each of the first `among` options away in turn, and return every pair of the others among them that changes places."""
    before = np.round(score(table, way, normalisation), 10)
    first = np.argsort(-before, kind="stable")[:among]
    found: list[Reversal] = []
    for removed in first.tolist():
        after = _without(table, way, normalisation, before, removed)
        rest = first[first != removed]
        turned = (before[rest][:, None] > before[rest][None, :]) & (after[rest][:, None] < after[rest][None, :])
        found += [Reversal(removed, int(rest[ahead]), int(rest[behind])) for ahead, behind in zip(*np.nonzero(turned), strict=True)]
    return found


def _without(table: Table, way: Way, normalisation: Normalisation, scores: Array, removed: int) -> Array:
    """Return the scores of all options with one taken away; its own place means nothing."""
    options = len(table.values)
    if way == "promethee":
        lost = np.zeros(options)
        for at, weight in enumerate(table.weights):
            ahead = (table.values[:, at] - table.values[removed, at]) * (1 if table.more[at] else -1)
            preference = table.preferences[at] if table.preferences else Preference()
            lost += weight * (prefer(ahead, preference) - prefer(-ahead, preference))
        return np.asarray(np.round((scores * max(1, options - 1) - lost) / max(1, options - 2), 9))
    rest = np.delete(np.arange(options), removed)
    after = np.zeros(options)
    after[rest] = score(table.only(rest), way, normalisation)
    return np.asarray(np.round(after, 10))
