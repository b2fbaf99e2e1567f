"""Who may do what: levels, rights, actors, and the one decision that every query carries inside it.

Deny, then allow: nothing is reachable until a grant, or the public level, says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from zinneke.kernel.problem import Problem

EVERYWHERE = ""
EVERYTHING = "*"
CLOSED_SUBJECTS = frozenset({"identity", "audit", "platform"})
"""Subjects of which the public sees nothing, whatever the level; `*` does not include them, they are granted by name."""
MOST_DECIDED = 1_000
"""Decisions that are remembered with one actor."""


class Level(IntEnum):
    """How confidential a column, a property or a dataset is; a higher number is stricter."""

    PUBLIC = 0
    SHARED = 1
    PERSONAL = 2


class Right(StrEnum):
    """The three things that can be allowed."""

    SEE = "see"
    EDIT = "edit"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role held in one area: which rights, on which subject, up to which level.

    `subject` is a room (`observations`), a part of one (`observations.smart_bins`, `tables.trees`) or `*`, every open one;
    `area` is an area's code (a commune's NIS code) or `""` for everywhere.
    """

    role: str
    rights: frozenset[Right]
    level: Level = Level.PUBLIC
    area: str = EVERYWHERE
    subject: str = EVERYTHING


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks: a visitor, a person, a machine with a token, or the platform itself.

    `scopes` narrow a token: words such as `see:observations`, `edit:*`; None means not narrowed.
    """

    key: str
    name: str = ""
    organisation: str | None = None
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[str] | None = None
    person: int | None = None
    known: bool = field(default=True)
    _decided: dict[tuple[Right, str], Reach] = field(default_factory=dict, init=False, repr=False, compare=False)

    def within_scopes(self, right: Right, subject: str) -> bool:
        """Say whether the token's scopes, if any, include this right on this subject."""
        if self.scopes is None:
            return True
        return any(scope.startswith(f"{right}:") and covers(scope[len(right) + 1 :], subject) for scope in self.scopes)


def covers(held: str, asked: str) -> bool:
    """Say whether holding one subject includes another: everything open, itself, or a part of it after a dot."""
    if held == EVERYTHING:
        return asked.partition(".")[0] not in CLOSED_SUBJECTS
    return held == asked or asked.startswith(f"{held}.")


ANONYMOUS = Actor("anonymous", known=False)
SYSTEM = Actor(
    "system",
    name="Zinneke",
    grants=tuple(Grant("system", frozenset(Right), Level.PERSONAL, subject=subject) for subject in (EVERYTHING, *sorted(CLOSED_SUBJECTS))),
)
"""The platform at work for itself: loading, roll-ups, retention. Never the actor of a request."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The answer of the decision: for each level, in which areas. Stores turn it into a condition of the query.

    `areas[level]` is None for everywhere, else a set of area codes; the empty set means nowhere.
    """

    areas: tuple[frozenset[str] | None, frozenset[str] | None, frozenset[str] | None]

    def allows(self, level: Level, area: str = EVERYWHERE) -> bool:
        """Say whether one thing of this level in this area is within reach (for a single thing already at hand)."""
        where = self.areas[level]
        return where is None or (area != EVERYWHERE and area in where)

    @property
    def nothing(self) -> bool:
        """Say whether nothing at all is within reach."""
        public, shared, personal = self.areas
        return not (public is None or public or shared is None or shared or personal is None or personal)

    def highest(self, area: str = EVERYWHERE) -> Level | None:
        """Return the strictest level within reach in an area, None when there is none."""
        return max((level for level in Level if self.allows(level, area)), default=None)

    def sql(self, level: str = "level", area: str = "area") -> tuple[str, list[object]]:
        """Return the same decision as a SQL condition over two columns, and its parameters (`?` style).

        The two names are column names from our own code, never from a request.
        """
        clauses: list[str] = []
        values: list[object] = []
        for lvl, where in zip(Level, self.areas, strict=True):
            if where is None:
                clauses.append(f"{level} = ?")
                values.append(int(lvl))
            elif where:
                clauses.append(f"({level} = ? AND {area} IN ({', '.join('?' * len(where))}))")
                values += [int(lvl), *sorted(where)]
        return (f"({' OR '.join(clauses)})" if clauses else "(1 = 0)"), values


def reach(actor: Actor, right: Right, subject: str) -> Reach:
    """Decide how far an actor's right reaches on a subject: the one decision function of the house.

    Everybody sees what is public, except on closed subjects. A grant up to a level covers the levels below it.
    A token never reaches further than its scopes. Grants on parts of the subject do not count here: see `parts`.
    An actor never changes, so what was decided once about this one is remembered with it.
    """
    decided = actor._decided.get((right, subject))
    if decided is None:
        if len(actor._decided) >= MOST_DECIDED:
            actor._decided.clear()
        decided = actor._decided[right, subject] = _decide(actor, right, subject)
    return decided


def _decide(actor: Actor, right: Right, subject: str) -> Reach:
    areas: list[frozenset[str] | None] = [frozenset(), frozenset(), frozenset()]
    if right is Right.SEE and subject.split(".")[0] not in CLOSED_SUBJECTS:
        areas[Level.PUBLIC] = None
    if actor.within_scopes(right, subject):
        for grant in actor.grants:
            if right in grant.rights and covers(grant.subject, subject):
                for level in range(grant.level + 1):
                    held = areas[level]
                    if held is not None:
                        areas[level] = None if grant.area == EVERYWHERE else held | {grant.area}
    return Reach((areas[0], areas[1], areas[2]))


def parts(actor: Actor, right: Right, subject: str) -> dict[str, Reach]:
    """Return the reach on each part of a subject (`observations.smart_bins`) that the actor holds a grant or scope of its own on.

    A store joins them to the reach on the whole: `whole OR (part = ? AND reach on the part)`.
    """
    return {part: reach(actor, right, part) for part in _held_parts(actor, subject)}


def _held_parts(actor: Actor, subject: str) -> list[str]:
    held = {grant.subject for grant in actor.grants} | {scope.partition(":")[2] for scope in actor.scopes or ()}
    return sorted(part for part in held if part.startswith(f"{subject}."))


def demand(actor: Actor, right: Right, subject: str, level: Level = Level.PUBLIC, area: str = EVERYWHERE) -> None:
    """Refuse, with a sentence, unless the actor holds this right on this subject, level and area.

    Raises `Problem` 401 for a visitor who might sign in, 403 for somebody known.
    """
    if not reach(actor, right, subject).allows(level, area):
        raise refusal(actor, right, subject)


def demand_any(actor: Actor, right: Right, subject: str) -> None:
    """Refuse unless the actor holds this right on this subject, or a part of it, somewhere, at some level."""
    if reach(actor, right, subject).nothing and all(reach(actor, right, part).nothing for part in _held_parts(actor, subject)):
        raise refusal(actor, right, subject)


def refusal(actor: Actor, right: Right, subject: str) -> Problem:
    """Return the refusal itself: sign in (401), or ask for the right (403)."""
    if not actor.known:
        return Problem(401, "Sign in", f"To {right} {subject}, sign in or send a token with the scope {right}:{subject}.")
    return Problem(403, "Not allowed", f"{actor.name or actor.key} may not {right} {subject} here. Ask an administrator for a role that does.")


def strictest(levels: Iterable[Level]) -> Level:
    """Return the strictest of several levels; of nothing, PERSONAL, because what is unknown stays closed."""
    found = list(levels)
    return max(found) if found else Level.PERSONAL
