"""What is wanted of datasets, as a tree: words, values, dates, and how these are joined. What published query languages are translated to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zinneke.kernel.box import Box
from zinneke.kernel.problem import wrong

TextField = Literal["", "title", "keywords", "publisher", "description"]
"""A text that is searched; "" is all of them, where words are also understood in the other languages."""
CodedField = Literal["publisher", "theme", "licence", "format", "level", "commune", "source", "language", "keyword"]
Moment = Literal["modified", "seen", "changed"]
"""When the data last changed, when the entry came, when the entry last changed here."""
DEEPEST, MOST = 40, 400
"""How deep a tree may go, and how many parts it may have."""
TITLES = 8
"""Conditions on titles at once: each of them reads all titles."""
STARS = 2
"""Stars of a pattern: more of them take longer than they help."""


@dataclass(frozen=True, slots=True)
class Words:
    """Every word stands in the text; with `together`, in one and the same text; with `begins`, the last only begins so.

    With `nearly`, it begins so but for one letter where nothing begins so.
    """

    text: str
    field: TextField = ""
    together: bool = False
    begins: bool = False
    nearly: bool = False


@dataclass(frozen=True, slots=True)
class Coded:
    """Any of these values; in `like`, `*` stands for any letters and `?` for one."""

    field: CodedField
    values: tuple[str, ...] = ()
    like: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """Datasets of these keys; in `like`, `*` stands for any letters and `?` for one."""

    keys: tuple[str, ...] = ()
    like: str = ""


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment from `low` to `high`, both included; None is without bound. What has no such moment is not meant."""

    field: Moment
    low: datetime | None = None
    high: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """What is about a part of the map: by its own box, by a commune that the part touches, or by being about the whole Region."""

    box: Box


@dataclass(frozen=True, slots=True)
class Titled:
    """A title in any language is like this: `%` stands for any letters, `_` for one, a stroke (`\\`) before either for itself.

    With `case` and `accents` large letters and accents do not count.
    """

    like: str
    case: bool = False
    accents: bool = False


@dataclass(frozen=True, slots=True)
class Numbered:
    """A figure of the entry from `low` to `high`, both included: its quality, or how many distributions it has."""

    field: Literal["quality", "distributions"]
    low: float = float("-inf")
    high: float = float("inf")


@dataclass(frozen=True, slots=True)
class Boxed:
    """The box that the data cover is so to a shape (WKB in degrees). What says no box is not meant."""

    relation: Literal["intersects", "disjoint", "within", "contains", "equals", "touches", "crosses", "overlaps"]
    shape: bytes


@dataclass(frozen=True, slots=True)
class Only:
    """What has none but these values, or no value at all."""

    field: CodedField
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """Datasets whose rows we keep ourselves."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Datasets that are not published yet."""


@dataclass(frozen=True, slots=True)
class Part:
    """Datasets that are further tables of another one."""


@dataclass(frozen=True, slots=True)
class Every:
    """All of these; of none, everything."""

    parts: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """Any of these; of none, nothing."""

    parts: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """What is not this."""

    part: Wanted


Wanted = Words | Coded | Named | Dated | Placed | Titled | Numbered | Boxed | Only | Kept | Draft | Part | Every | Either | Not
EVERYTHING, NOTHING = Every(), Either()


def leaves(wanted: Wanted, depth: int = 0) -> Iterator[Wanted]:
    """Yield the parts that hold no others. Raises `Problem` 400 for a tree that is too deep or too large to be answered."""
    if depth > DEEPEST:
        raise wrong(f"The question goes more than {DEEPEST} levels deep. Ask it more simply.", where="q")
    if not isinstance(wanted, Every | Either | Not):
        yield wanted
        return
    for part in (wanted.part,) if isinstance(wanted, Not) else wanted.parts:
        yield from leaves(part, depth + 1)


def check(wanted: Wanted) -> None:
    """Refuse a tree that is too deep or too large to be answered (Problem 400)."""
    parts = list(leaves(wanted))
    if len(parts) > MOST:
        raise wrong(f"The question has more than {MOST} parts. Ask for less at once.", where="q")
    if sum(isinstance(part, Titled) for part in parts) > TITLES:
        raise wrong(f"The question asks more than {TITLES} times what titles are like. Ask for less at once.", where="q")
    for part in parts:
        like = part.like if isinstance(part, Coded | Named) else ""
        if len(like) > 120 or len(re.findall(r"\*+", like)) > STARS:
            raise wrong(f"A pattern has at most 120 characters and {STARS} stars: {like[:40]!r} has more.", where="q")
