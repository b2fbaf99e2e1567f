"""Values that documents have, as numbers: which documents have some of them, and how many have each. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zinneke.foundations.catalogue.segment import Ints

Mask = NDArray[np.bool_]
Keys = NDArray[np.int64]


@dataclass(slots=True)
class Codes:
    """Pairs of documents and codes, in the order of documents, and where each document's pairs start."""

    values: list[str]
    numbers: dict[str, int]
    docs: Ints
    codes: Ints
    starts: Keys

    def count(self, mask: Mask, few: Keys | None = None) -> NDArray[np.int64]:
        """Count, for each value, the documents of a mask; when they are `few`, given as a list, only their pairs are read."""
        if few is None:
            return np.bincount(self.codes[mask[self.docs]], minlength=len(self.values))
        first = self.starts[few]
        lengths = self.starts[few + 1] - first
        ends = np.cumsum(lengths)
        pairs = np.repeat(first - ends + lengths, lengths) + np.arange(ends[-1] if len(ends) else 0)
        return np.bincount(self.codes[pairs], minlength=len(self.values))

    def holders(self, chosen: Sequence[str], size: int) -> Mask:
        """Return the documents that have any of the chosen values."""
        wanted = np.zeros(len(self.values) + 1, np.bool_)
        for value in chosen:
            wanted[self.numbers.get(value, len(self.values))] = True
        wanted[-1] = False
        mask = np.zeros(size, np.bool_)
        mask[self.docs[wanted[self.codes]]] = True
        return mask
