"""In which order documents come, and one page of them, without sorting all that was found. Pure, over arrays."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from zinneke.foundations.catalogue.codes import Keys, Mask
from zinneke.foundations.catalogue.segment import Floats, Ints

RANK_BITS = 24
USED_MOST, QUALITY_OF_USE = 3.0, 20
"""The logarithm of the downloads (a thousand) from which more make no difference; points of quality that they are worth without words."""
FINE = 65_536
"""Steps of a score that are told apart."""
STRIDE = 1024
"""Documents of an order that are looked at first; then twice as many each time."""


class Page(NamedTuple):
    """Documents with their sort keys, the best first, and whether more follow."""

    documents: list[int]
    keys: list[int]
    more: bool


class Ranks:
    """Orders that do not depend on the query: the key of each document, unique, the largest first, and all documents laid out so."""

    def __init__(self, ids: Keys, quality: Keys, modified: Keys, versioned: Mask, local: Mask, use: Mapping[int, int]) -> None:
        """Order by what we keep ourselves, quality and use: downloads of late by `ids`."""
        used = np.zeros(len(ids), np.float32)
        for document in np.flatnonzero(np.isin(ids, list(use))).tolist() if use else ():
            used[document] = min(1.0, float(np.log10(1 + use[int(ids[document])])) / USED_MOST)
        valued = quality.astype(np.int64) + np.rint(QUALITY_OF_USE * used).astype(np.int64)
        kept = versioned.astype(np.int64)
        best = np.lexsort((ids, -((((kept << 8) | valued) << 40) | np.maximum(modified, 0))))
        self.best = np.empty(len(ids), np.int64)
        self.best[best] = (1 << RANK_BITS) - 1 - np.arange(len(ids))
        self.worth: Floats = (0.8 + 0.25 * quality / 100 + 0.35 * versioned + 0.25 * local + 0.25 * used).astype(np.float32)
        self._modified, self._quality = modified, quality
        self._keys: dict[str, Keys] = {"relevance": self.best}
        self._orders: dict[str, Ints] = {"relevance": best.astype(np.int32)}

    def keys(self, order: str) -> Keys:
        """Return the key of each document in an order, `relevance` without words, `newest` or `quality`."""
        if order not in self._keys:
            first = self._modified if order == "newest" else self._quality.astype(np.int64)
            self._keys[order] = (first << RANK_BITS) | self.best
        return self._keys[order]

    def laid_out(self, order: str, keys: Keys) -> Ints:
        """Return all documents in an order, the largest key first."""
        if order not in self._orders:
            self._orders[order] = np.argsort(keys)[::-1].astype(np.int32)
        return self._orders[order]

    def answered(self, documents: Ints, scores: Floats, limit: int, offset: int, after: int | None) -> Page:
        """Return a page of documents by how well they answer; of equals, the better one first."""
        worth = (scores * self.worth[documents] * FINE).astype(np.int32)
        last = offset + limit
        if after is None and 0 < last < len(documents):
            few = worth >= np.partition(worth, len(worth) - last)[len(worth) - last]
            keys = (worth[few].astype(np.int64) << RANK_BITS) | self.best[documents[few]]
            return few_of(documents[few], keys, limit, offset, None)._replace(more=True)
        return few_of(documents, (worth.astype(np.int64) << RANK_BITS) | self.best[documents], limit, offset, after)


def few_of(documents: Ints, keys: Keys, limit: int, offset: int, after: int | None) -> Page:
    """Return a page of documents by their keys."""
    if after is not None:
        later = keys < after
        documents, keys, offset = documents[later], keys[later], 0
    last = offset + limit
    more = 0 < last < len(keys)
    if more:
        kept = np.argpartition(keys, len(keys) - last)[len(keys) - last :]
        documents, keys = documents[kept], keys[kept]
    page = np.argsort(keys)[::-1][offset:last]
    return Page(documents[page].tolist(), keys[page].tolist(), more)


def walk(order: Ints, keys: Keys, inside: Callable[[Ints], Mask], limit: int, offset: int, after: int | None) -> Page:
    """Return a page of the documents of an order that are inside, looking no further than it takes."""
    at, stride, found, count = 0, STRIDE, [], 0
    if after is not None:
        at, offset = bisect_right(order, -after, key=lambda document: -int(keys[document])), 0
    last = offset + limit
    while at < len(order) and last > 0 and count <= last:
        some = order[at : at + stride]
        found.append(some[inside(some)])
        count += len(found[-1])
        at, stride = at + stride, stride * 2
    documents = np.concatenate(found)[offset:last] if found else order[:0]
    return Page(documents.tolist(), keys[documents].tolist(), count > last)
