"""Words that are typed a little wrong, as patterns."""

from __future__ import annotations

import re

SHORTEST, LONGEST = 4, 40
"""Letters of a word in which one may be wrong."""


def begun(word: str, letter: str = r"[^\W\d_]") -> str:
    """Return the pattern of what begins like a word, or so but for one letter that is not its first: another, one more or less, two in turn.

    `letter` is how any letter is written in the language of the pattern.
    """
    starts = [re.escape(word)]
    if SHORTEST <= len(word) <= LONGEST and word.isalpha():
        starts += [word[:at] + letter + word[at + 1 :] for at in range(1, len(word))]
        starts += [word[:at] + word[at + 1 :] for at in range(1, len(word) - 1)]
        starts += [word[:at] + letter + word[at:] for at in range(1, len(word))]
        starts += [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(1, len(word) - 1)]
    return f"(?:{'|'.join(starts)})"
