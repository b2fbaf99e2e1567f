"""Who knocks at the doors, and what they should find: written down here by hand, never asked of the code under test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level, Right

SCHAERBEEK, ANDERLECHT = "21015", "21001"


@dataclass(frozen=True, slots=True)
class Item:
    """Something planted: a word that stands nowhere else, and how confidential it is."""

    mark: str
    level: Level
    area: str


PUBLIC = Item("quagpublic", Level.PUBLIC, ANDERLECHT)
SHARED_HERE = Item("quagnearby", Level.SHARED, SCHAERBEEK)
SHARED_THERE = Item("quagfaraway", Level.SHARED, ANDERLECHT)
PERSONAL = Item("quagintimate", Level.PERSONAL, SCHAERBEEK)
ITEMS = (PUBLIC, SHARED_HERE, SHARED_THERE, PERSONAL)
ALL = frozenset(item.mark for item in ITEMS)

VISITOR, PARTNER, STEWARD, OPERATOR = "a visitor", "a partner in Schaerbeek", "a steward in Schaerbeek", "an operator of smart_bins"
ADMINISTRATOR, NARROW = "an administrator", "an administrator's token for the territory only"
ROLES: dict[str, tuple[str, str, str] | None] = {
    VISITOR: None,
    PARTNER: ("partner", SCHAERBEEK, "*"),
    STEWARD: ("steward", SCHAERBEEK, "*"),
    OPERATOR: ("operator", "", "observations.smart_bins"),
    ADMINISTRATOR: ("administrator", "", "*"),
    NARROW: ("administrator", "", "*"),
}
_ANY = ["see:*", "edit:*", "command:*", *(f"{right}:{subject}" for right in Right for subject in ("identity", "audit", "platform"))]
SCOPES = {NARROW: ["see:territory", "edit:territory"]}

_JUST = frozenset({PUBLIC.mark})
_TO_SHARED = frozenset({PUBLIC.mark, SHARED_HERE.mark, SHARED_THERE.mark})
SEES: dict[str, dict[str, frozenset[str]]] = {
    VISITOR: {"": _JUST},
    PARTNER: {"": frozenset({PUBLIC.mark, SHARED_HERE.mark})},
    STEWARD: {"": frozenset({PUBLIC.mark, SHARED_HERE.mark, PERSONAL.mark})},
    OPERATOR: {"": _JUST, "observations.smart_bins": _TO_SHARED},
    ADMINISTRATOR: {"": ALL},
    NARROW: {"": _JUST},
}
"""Of what is planted, who sees what; a subject of its own where that differs."""
EDITS: dict[str, dict[str, frozenset[str]]] = {
    VISITOR: {"": frozenset()},
    PARTNER: {"": frozenset()},
    STEWARD: {"": frozenset({SHARED_HERE.mark, PERSONAL.mark})},
    OPERATOR: {"": frozenset(), "observations.smart_bins": _TO_SHARED},
    ADMINISTRATOR: {"": ALL},
    NARROW: {"": frozenset()},
}

CLOSED = ("identity", "audit", "platform")


def passes(kind: str, right: Right, subject: str) -> bool:
    """Say whether the guard of a door should let somebody through at all: they hold the right somewhere behind it."""
    room = subject.partition(".")[0]
    if kind == ADMINISTRATOR:
        return True
    if room in CLOSED:
        return False
    if right is Right.SEE:
        return True
    return {
        VISITOR: False,
        PARTNER: False,
        STEWARD: right is Right.EDIT,
        OPERATOR: subject in ("observations", "observations.smart_bins"),
        NARROW: right is Right.EDIT and room == "territory",
    }[kind]


def allowed(kind: str, right: Right, subject: str, level: Level, area: str) -> bool:
    """Say whether somebody's right should reach one thing: the rules of `docs/rights.md`, spelled out a second time."""
    room = subject.partition(".")[0]
    public = right is Right.SEE and level is Level.PUBLIC and room not in CLOSED
    if kind == ADMINISTRATOR:
        return True
    if kind == NARROW:
        return public or (room == "territory" and right in (Right.SEE, Right.EDIT))
    if kind == PARTNER:
        return public or (right is Right.SEE and level <= Level.SHARED and area == SCHAERBEEK and room not in CLOSED)
    if kind == STEWARD:
        return public or (right in (Right.SEE, Right.EDIT) and area == SCHAERBEEK and room not in CLOSED)
    if kind == OPERATOR:
        return public or (subject == "observations.smart_bins" and level <= Level.SHARED)
    return public


@dataclass(frozen=True, slots=True)
class Somebody:
    """One of the cast, as a verb, a machine and a browser meet them."""

    kind: str
    actor: Actor
    token: str = ""
    person: int | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Return what their machine sends along."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def sees(self, subject: str = "") -> frozenset[str]:
        """Return the marks that they should find."""
        return SEES[self.kind].get(subject, SEES[self.kind][""])

    def edits(self, subject: str = "") -> frozenset[str]:
        """Return the marks of what they may change."""
        return EDITS[self.kind].get(subject, EDITS[self.kind][""])


def gather() -> list[Somebody]:
    """Bring everybody into being the way they really do: people with roles, tokens with scopes."""
    from zinneke.foundations.identity import store as identity

    cast = [Somebody(VISITOR, ANONYMOUS)]
    for number, (kind, role) in enumerate(ROLES.items()):
        if role is None:
            continue
        email = f"somebody{number}@brussels.test"
        person = identity.add_person(SYSTEM, email, f"Somebody {number}")
        identity.grant_role(SYSTEM, email, *role)
        token = identity.add_token(SYSTEM, email, kind[:40], SCOPES.get(kind, _ANY), 1)
        actor = identity.find_actor_by_token(token)
        assert actor is not None
        cast.append(Somebody(kind, actor, token, person.id))
    return cast


def revoked_token() -> str:
    """Return an administrator's token that was revoked."""
    from zinneke.foundations.identity import store as identity

    token = identity.add_token(SYSTEM, "somebody4@brussels.test", "revoked", _ANY, 1)
    assert identity.find_actor_by_token(token)
    identity.revoke_token(SYSTEM, identity.list_tokens(SYSTEM)[0].id)
    return token


def yesterday() -> datetime:
    """Return a moment in the recent past."""
    return datetime.now(UTC).replace(microsecond=0)
