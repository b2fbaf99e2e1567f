"""The table that every ranking starts from: options by criteria, made of what several evaluators said, with what is missing said aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from zinneke.kernel.problem import wrong

Array = NDArray[np.float64]
Shape = Literal["usual", "u", "v", "level", "linear", "gaussian"]
Missing = Literal["leave_out", "worst", "median"]
Middle = Literal["mean", "median"]


@dataclass(frozen=True, slots=True)
class Preference:
    """How a difference on one criterion becomes a preference between 0 and 1: `q` is indifferent, `p` strict, `s` the bend of the Gaussian."""

    shape: Shape = "usual"
    q: float = 0.0
    p: float = 0.0
    s: float = 0.0


@dataclass(frozen=True, slots=True)
class Table:
    """What is ranked. `values` is options × criteria in raw units, `weights` sum to one, `more` says where more is better.

    `low` and `high` are the ends of each declared scale.
    """

    values: Array
    weights: Array
    more: NDArray[np.bool_]
    low: Array
    high: Array
    preferences: tuple[Preference, ...] = ()

    def without(self, option: int) -> Table:
        """Return the same without one option."""
        return self.only(np.delete(np.arange(len(self.values)), option))

    def only(self, options: NDArray[np.intp] | Sequence[int]) -> Table:
        """Return the same with some of the options."""
        return Table(self.values[np.asarray(options, dtype=np.intp)], self.weights, self.more, self.low, self.high, self.preferences)


def share(weights: Sequence[float] | Array) -> Array:
    """Return weights that sum to one. Raises `Problem` 400 for a negative or unreadable one, and when all are zero."""
    given = np.asarray(weights, dtype=float)
    if given.size == 0:
        raise wrong("A ranking needs at least one criterion.", where="weights")
    if not np.isfinite(given).all():
        raise wrong("A weight is a number. One of these is not.", where="weights")
    if (given < 0).any():
        raise wrong("A weight cannot be negative. A criterion of which less is better says so itself; its weight stays positive.", where="weights")
    if not given.sum() > 0:
        raise wrong("All weights are zero, so nothing could be put before anything. Give at least one criterion a weight.", where="weights")
    return np.asarray(given / given.sum())


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the evaluators said together: the middle and the spread (highest minus lowest) of each cell, how many spoke, and what was done about gaps.

    All arrays are options × criteria. `ranked` are the options that go into the ranking; `left_out` those that lack a score under the rule
    `leave_out`; `vetoed` those that fall short of a veto threshold. `filled` marks the cells that a rule filled in.
    """

    middle: Array
    spread: Array
    voices: NDArray[np.int64]
    filled: NDArray[np.bool_]
    ranked: tuple[int, ...]
    left_out: tuple[int, ...] = ()
    vetoed: tuple[tuple[int, int], ...] = field(default=())


def gather(
    scores: Array,
    more: NDArray[np.bool_],
    low: Array,
    high: Array,
    veto: Sequence[float | None],
    missing: Missing = "leave_out",
    middle: Middle = "mean",
) -> Gathered:
    """Put the scores of all evaluators (options × criteria × evaluators, NaN where none was given) together.

    A missing score is never a zero: by rule the option stays out of the ranking (`leave_out`), or the cell takes the worst end of the scale
    (`worst`), or the median of the other options on that criterion (`median`; where nobody was scored at all, the middle of the scale).
    A veto is judged on what was really said, never on what was filled in.
    """
    known = ~np.isnan(scores)
    voices = known.sum(axis=2)
    said = np.where(voices > 0, _middle(scores, middle), np.nan)
    spread = np.where(voices > 0, _extent(scores), np.nan)
    vetoed = _vetoed(said, more, veto)
    gap = np.isnan(said)
    out = {option for option, _criterion in vetoed}
    left: tuple[int, ...] = ()
    if missing == "leave_out":
        left = tuple(int(at) for at in np.flatnonzero(gap.any(axis=1)) if at not in out)
    filled = np.where(gap, _fill(said, more, low, high, missing), said)
    ranked = tuple(at for at in range(len(said)) if at not in out and at not in left)
    return Gathered(filled, spread, voices, gap & (missing != "leave_out"), ranked, left, vetoed)


def _middle(scores: Array, middle: Middle) -> Array:
    with np.errstate(all="ignore"):
        total = np.nansum(scores, axis=2)
        if middle == "mean":
            return np.asarray(total / np.maximum(1, (~np.isnan(scores)).sum(axis=2)))
    ordered = np.sort(scores, axis=2)  # NaN last
    spoken = np.maximum(1, (~np.isnan(scores)).sum(axis=2))
    below, above = (spoken - 1) // 2, spoken // 2
    pick = [np.take_along_axis(ordered, at[..., None], axis=2)[..., 0] for at in (below, above)]
    return np.asarray((pick[0] + pick[1]) / 2)


def _extent(scores: Array) -> Array:
    known = ~np.isnan(scores)
    return np.asarray(np.where(known, scores, -np.inf).max(axis=2, initial=-np.inf) - np.where(known, scores, np.inf).min(axis=2, initial=np.inf))


def _vetoed(said: Array, more: NDArray[np.bool_], veto: Sequence[float | None]) -> tuple[tuple[int, int], ...]:
    found = []
    for column, threshold in enumerate(veto):
        if threshold is not None:
            short = said[:, column] < threshold if more[column] else said[:, column] > threshold
            found += [(int(at), column) for at in np.flatnonzero(short)]
    return tuple(found)


def _fill(said: Array, more: NDArray[np.bool_], low: Array, high: Array, missing: Missing) -> Array:
    """Return for each criterion the value that a gap takes, as a row."""
    if missing == "worst":
        return np.where(more, low, high)
    known = ~np.isnan(said)
    return np.array(
        [np.median(said[known[:, at], at]) if known[:, at].any() else (low[at] + high[at]) / 2 for at in range(said.shape[1])], dtype=float
    )
