"""What a room finds in its own things for the search over everything. A room with a module `search` has `find` and `KIND` in it.

`KIND: Text` names what is found, in the plural; `find(actor, typed, language) -> Iterable[Finding]` yields the best first, within the actor's reach.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from zinneke.kernel.text import LANGUAGES, Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One line among the results: what kind of thing it is, its icon, title (in language `lang`), address, and a sentence about it."""

    kind: Text
    icon: str
    title: str
    lang: str
    address: str
    about: str = ""
    domain: str = ""
    weak: bool = False


def fold(text: str) -> list[str]:
    """Return the words of a text in small letters without accents."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
    return re.findall(r"\w+", bare)


def answers(typed: str, *texts: Text) -> bool:
    """Say whether every word typed begins a word of the texts, in any one language of the house."""
    wanted = fold(typed)
    for language in LANGUAGES:
        there = [word for text in texts for word in fold(text.said_in(language))]
        if wanted and all(any(word.startswith(each) for word in there) for each in wanted):
            return True
    return False
