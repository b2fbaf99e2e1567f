"""Weights from comparisons two by two: the analytic hierarchy process, by both of its usual calculations, with its check of consistency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from zinneke.kernel.problem import wrong
from zinneke.office.selection.rules.table import Array

MOST = 15
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""The mean consistency index of random matrices of 1 to 15 criteria: T. L. Saaty, The Analytic Hierarchy Process (1980), table of chapter 1."""
ENOUGH = 0.10
"""A consistency ratio above this asks for another look at the judgements (Saaty 1980)."""


@dataclass(frozen=True, slots=True)
class Weighting:
    """What the comparisons amount to.

    `weights` come from the principal eigenvector, `geometric` from the geometric mean of the rows; `largest` is λmax, `index` (λmax − n) / (n − 1),
    `ratio` the index over the random one. `worst` is the pair (row, column) that fits the rest least, `fitting` the judgement that would fit it.
    """

    weights: Array
    geometric: Array
    largest: float
    index: float
    ratio: float
    worst: tuple[int, int] | None
    fitting: float

    @property
    def consistent(self) -> bool:
        """Say whether the judgements hold together well enough to be used."""
        return self.ratio <= ENOUGH


def complete(judgements: Mapping[tuple[int, int], float], criteria: int) -> Array:
    """Return the full matrix of comparisons: ones on the diagonal, each judgement and its inverse; what was not judged counts as equal.

    Raises `Problem` 400 for a judgement outside 1/9 … 9, or more than 15 criteria.
    """
    if not 1 <= criteria <= MOST:
        raise wrong(f"Comparisons two by two serve 1 to {MOST} criteria; here are {criteria}. Group them first.", where="criteria")
    matrix = np.ones((criteria, criteria))
    for (row, column), value in judgements.items():
        if not (0 <= row < criteria and 0 <= column < criteria and row != column):
            raise wrong(f"There is no pair {row + 1}, {column + 1} among {criteria} criteria.", where="judgements")
        if not 1 / 9 - 1e-9 <= value <= 9 + 1e-9:
            raise wrong(f"A judgement lies between 1/9 and 9; {value:g} does not.", where="judgements")
        matrix[row, column], matrix[column, row] = value, 1 / value
    return matrix


def weigh(matrix: Array) -> Weighting:
    """Return the weights of a matrix of comparisons and how consistent it is. Raises `Problem` 400 for one that is not reciprocal."""
    criteria = len(matrix)
    if not 1 <= criteria <= MOST:
        raise wrong(f"Comparisons two by two serve 1 to {MOST} criteria; here are {criteria}. Group them first.", where="criteria")
    if matrix.shape != (criteria, criteria) or not (matrix > 0).all() or not np.allclose(matrix * matrix.T, 1, rtol=1e-6):
        raise wrong("Each comparison must be the inverse of the opposite one: if A is 3 times B, B is a third of A.", where="judgements")
    values, vectors = np.linalg.eig(matrix)
    at = int(np.argmax(values.real))
    principal = np.abs(vectors[:, at].real)
    geometric = np.exp(np.log(matrix).mean(axis=1))
    weights, largest = principal / principal.sum(), float(values[at].real)
    index = max(0.0, (largest - criteria) / (criteria - 1)) if criteria > 1 else 0.0
    random = RANDOM_INDEX[criteria - 1]
    strain = np.abs(np.log(matrix * weights[None, :] / weights[:, None]))
    row, column = (int(each) for each in np.unravel_index(int(strain.argmax()), strain.shape))
    strained = strain[row, column] > 1e-6
    return Weighting(
        weights,
        geometric / geometric.sum(),
        largest,
        index,
        index / random if random else 0.0,
        (row, column) if strained else None,
        float(weights[row] / weights[column]),
    )
