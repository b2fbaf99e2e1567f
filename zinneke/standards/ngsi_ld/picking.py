"""What is picked or left out of entities, and of those that they lead to: `owner{name}` (the standard's clause 4.21)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from zinneke.kernel.problem import wrong
from zinneke.standards.ngsi_ld.writing import Writer

TERM = re.compile(r"\s*([^\s,|{}]+)\s*")
SEPARATORS = ",|"
DEEPEST = 5
Terms = Mapping[str, Any]
"""Members, each with those of the entity that it leads to, none where nothing is said of them."""


def read(text: str, where: str, expand: Callable[[str], str]) -> Terms:
    """Read a list of members, with commas or bars between. Raises `Problem` 400."""
    if not text.strip():
        return {}
    found, at = _terms(text, 0, 0, where, expand)
    if at < len(text):
        raise _broken(text, at, where)
    return found


def _terms(text: str, at: int, deep: int, where: str, expand: Callable[[str], str]) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while True:
        match = TERM.match(text, at)
        if match is None or deep > DEEPEST:
            raise _broken(text, at, where)
        name, at = expand(match[1]), match.end()
        inside: dict[str, Any] = {}
        if text.startswith("{", at):
            inside, at = _terms(text, at + 1, deep + 1, where, expand)
            if not text.startswith("}", at):
                raise _broken(text, at, where)
            at = len(text) - len(text[at + 1 :].lstrip())
        found[name] = {**found.get(name, {}), **inside}
        if at >= len(text) or text[at] not in SEPARATORS:
            return found, at
        at += 1


def _broken(text: str, at: int, where: str) -> Exception:
    told = (
        f"{where} cannot be read from character {at + 1}: {text[at : at + 30]!r}. It is such as id,owner{{name,address}}, {DEEPEST} deep at the most."
    )
    return wrong(told, where=where)


def shaped(writer: Writer, picked: Terms, omitted: Terms) -> Writer:
    """Return a writer that tells what is picked (everything where that is nothing) and not what is left out."""
    below = {name: (picked.get(name) or {}, omitted.get(name) or {}) for name in (*picked, *omitted)}
    return replace(
        writer,
        only=frozenset(picked) if picked else None,
        without=frozenset(name for name, inside in omitted.items() if not inside),
        below={name: shaped(writer, *each) for name, each in below.items() if any(each)},
    )


def deepest(terms: Terms) -> int:
    """Return how many relationships are followed for what is said of members."""
    return max((1 + deepest(each) for each in terms.values() if each), default=0)


def either(one: Writer, other: Writer) -> Writer:
    """Return a writer that tells whatever either of two does, of an entity to which several relationships lead."""
    below = {name: each for name, each in one.below.items() if name not in other.below and not other.shown(name)}
    below |= {name: each for name, each in other.below.items() if name not in one.below and not one.shown(name)}
    below |= {name: either(each, other.below[name]) for name, each in one.below.items() if name in other.below}
    only = None if one.only is None or other.only is None else one.only | other.only
    return replace(one, only=only, without=one.without & other.without, below=below)
