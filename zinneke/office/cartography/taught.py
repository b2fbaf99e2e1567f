"""Words that two tables teach: where columns surely are one by their values, what differs in their names means the same in these tables.

`address ↔ indirizzo` and `address_id ↔ indirizzo_id` share their values: so *address* is *indirizzo* here, and `address2` is `indirizzo2`,
though neither holds anything. No lexicon knows of it and no language is assumed; what one pair of tables teaches is forgotten with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from zinneke.foundations.tables.wording import alike, pieces
from zinneke.office.cartography.features import Matrix

Words = dict[str, str]
_BELIEVED = 0.9
"""What the pairs that teach a word must come to together, each counting as much as it is certain."""
_ONE_WORD = 0.6


def teach(pairs: Iterable[tuple[str, str, float]]) -> Words:
    """Return what words of the left table are in the right one, by pairs of names that belong together and how certain that is.

    A word for which there are two proposals of about the same strength is not learnt.
    """
    support: dict[tuple[str, str], float] = defaultdict(float)
    for left, right, certain in pairs:
        if words := _differing(left, right):
            support[words] += certain
    left_best, right_best = (_rivals(support, side) for side in (0, 1))
    return {
        one: other for (one, other), total in support.items() if total >= _BELIEVED and total > 2 * max(left_best[one, other], right_best[one, other])
    }


def _rivals(support: dict[tuple[str, str], float], side: int) -> dict[tuple[str, str], float]:
    """Return for each proposal the strongest other one for the same word."""
    return {
        words: max((total for other, total in support.items() if other != words and other[side] == words[side]), default=0.0) for words in support
    }


def _differing(left: str, right: str) -> tuple[str, str] | None:
    """Return the one word of each name that has no counterpart in the other, None where it is not one of each."""
    mine, theirs = list(pieces(left)), list(pieces(right))
    for word in pieces(left):
        best = max(theirs, key=lambda each: _same(word, each), default="")
        if best and _same(word, best) > _ONE_WORD:
            mine.remove(word)
            theirs.remove(best)
    if len(mine) == len(theirs) == 1 and not mine[0].isdigit() and not theirs[0].isdigit():
        return mine[0], theirs[0]
    return None


def _same(one: str, other: str) -> float:
    return 1.0 if one == other else alike(one, other)[1]


def renamed(left: Sequence[str], right: Sequence[str], words: Words) -> tuple[Matrix, Matrix, dict[int, str]]:
    """Return how alike the names are once these words are put into the left ones (letters, meaning), and by which words each left one was changed."""
    letters, meaning = (np.zeros((len(left), len(right))) for _ in range(2))
    lessons = {}
    for row, name in enumerate(left):
        used = [word for word in pieces(name) if word in words]
        if used:
            lessons[row] = ", ".join(f"{word} = {words[word]}" for word in used)
            spoken = "_".join(words.get(word, word) for word in pieces(name))
            letters[row], meaning[row] = np.array([alike(spoken, other) for other in right], float).reshape(-1, 2).T
    return letters, meaning, lessons
