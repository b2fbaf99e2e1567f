"""Values that documents have, as numbers: which documents have some of them, and how many have each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zinneke.foundations.catalogue.segment import Ints
from zinneke.kernel.confidentiality import Level, Reach

Mask = NDArray[np.bool_]
Keys = NDArray[np.int64]


@dataclass(slots=True)
class Codes:
    """Pairs of holders (profiles, or documents) and codes, in the order of holders."""

    values: list[str]
    numbers: dict[str, int]
    holders: Ints
    codes: Ints

    def count(self, tally: Keys) -> Keys:
        """Return how often each value is had, from how often each holder is."""
        return np.bincount(self.codes, tally[self.holders], minlength=len(self.values)).astype(np.int64)

    def having(self, chosen: Sequence[str], size: int) -> Mask:
        """Return which of so many holders have any of the chosen values."""
        wanted = np.zeros(len(self.values) + 1, np.bool_)
        for value in chosen:
            wanted[self.numbers.get(value, len(self.values))] = True
        wanted[-1] = False
        mask = np.zeros(size, np.bool_)
        mask[self.holders[wanted[self.codes]]] = True
        return mask

    def bare(self, size: int) -> Mask:
        """Return which of so many holders have no value at all."""
        mask = np.ones(size, np.bool_)
        mask[self.holders] = False
        return mask


@dataclass(slots=True)
class Profiles:
    """The combination of facet values that each document has. Many share one, so that counting every facet reads one number a document."""

    of: Ints
    size: int
    facets: dict[str, Codes]

    def tally(self, documents: NDArray[np.integer] | Mask) -> Keys:
        """Return how many of some documents have each profile."""
        return np.bincount(self.of[documents], minlength=self.size)

    def having(self, name: str, chosen: Sequence[str]) -> Mask:
        """Return which profiles have any of the chosen values of a facet."""
        return self.facets[name].having(chosen, self.size)


def reached(live: Mask, level: NDArray[np.int64], area: Ints, areas: Mapping[str, int], reach: Reach) -> Mask:
    """Return which of some documents, by their levels and areas, are within reach."""
    table = np.zeros((len(Level), max(1, len(areas))), np.bool_)
    for name, number in areas.items():
        for each in Level:
            table[each, number] = reach.allows(each, name)
    return live & table[level, area]
