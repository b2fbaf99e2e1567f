"""Refusals in the language of whoever reads them: one catalogue of sentences, keyed by the English one in which they are raised.

A store refuses in English, which machines, journals and tests read. Where a page shows the refusal, `say` finds the sentence that it was made
from and returns it in three languages. Each folder keeps its own sentences in `refusals.toml`; `{0}`, `{1}` stand for what is filled in.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from zinneke.kernel.text import Text, same

_HOUSE = Path(__file__).resolve().parents[1]
_BLANK = re.compile(r"'\{\d+\}'|\{\d+\}")
_DEEPEST = 3
"""How many refusals may stand within one another, as where a row tells what its cell was refused for."""


@cache
def read() -> dict[str, Text]:
    """Return every sentence with its French and Dutch, by its English template."""
    found: dict[str, Text] = {}
    for path in sorted(_HOUSE.rglob("refusals.toml")):
        for english, said in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found[english] = Text(said["fr"], said["nl"], english)
    return found


@cache
def _patterns() -> list[tuple[re.Pattern[str], Text]]:
    """Return the templates with blanks as patterns, those with most words of their own first."""
    blanks = sorted((each for each in read() if _BLANK.search(each)), key=lambda each: -len(_BLANK.sub("", each)))
    return [(re.compile(_pattern(each), re.DOTALL), read()[each]) for each in blanks]


def _pattern(template: str) -> str:
    """Return a template as a pattern; a blank in quotes takes what `repr` writes, with its quotes or none."""
    parts, last = [], 0
    for blank in _BLANK.finditer(template):
        parts.append(re.escape(template[last : blank.start()]))
        parts.append("['\"]?(.*?)['\"]?" if blank.group().startswith("'") else "(.*?)")
        last = blank.end()
    return "".join((*parts, re.escape(template[last:])))


def say(sentence: str, deep: int = _DEEPEST) -> Text:
    """Return a refusal in three languages; one that is in no catalogue stays as it was raised."""
    if whole := read().get(sentence):
        return whole
    if deep and len(sentence) <= 2000:
        for pattern, text in _patterns():
            if found := pattern.fullmatch(sentence):
                filled = [say(each, deep - 1) for each in found.groups()]
                return Text(
                    text.fr.format(*(each.fr for each in filled)),
                    text.nl.format(*(each.nl for each in filled)),
                    sentence,
                )
    return same(sentence)
