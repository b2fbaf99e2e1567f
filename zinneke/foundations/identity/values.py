"""What identity takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from zinneke.kernel.confidentiality import Level, Right
from zinneke.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Role:
    """A role: what its holders may do, up to which level, on which subjects when the grant names none.

    `subjects` of a solution's role is that solution alone.
    """

    key: str
    name: Text
    rights: frozenset[Right]
    level: Level
    subjects: tuple[str, ...] = ("*",)


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation, with the commune it serves (`""`: the whole region)."""

    key: str
    name: Mapping[str, str]
    area: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds: where and on what."""

    role: str
    area: str
    subject: str


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as others may see them; nothing that helps to sign in."""

    id: int
    email: str
    name: str
    organisation: str | None
    language: str
    active: bool
    second_factor: bool
    roles: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A machine's token without the token: only its digest was ever kept."""

    id: int
    owner: str
    name: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime
    revoked: datetime | None = None
    last_used: date | None = None
