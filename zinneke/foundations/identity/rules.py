"""Roles, scopes, codes and paths: what identity decides without looking anything up."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import urlsplit

from zinneke.foundations.identity.values import Held, Role
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import CLOSED_SUBJECTS, EVERYTHING, Actor, Grant, Level, Right, covers, reach
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import Text

TOKEN_PREFIX = "zk_"  # noqa: S105  the start of every token, not one
AREA = re.compile(r"[A-Za-z0-9_-]{0,20}")
SCOPE = re.compile(r"(see|edit|command):(\*|[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)*)")

BUILT_IN: tuple[Role, ...] = (
    Role("partner", Text("partenaire", "partner", "partner"), frozenset({Right.SEE}), Level.SHARED),
    Role("steward", Text("gestionnaire de données", "gegevensbeheerder", "data steward"), frozenset({Right.SEE, Right.EDIT}), Level.PERSONAL),
    Role("operator", Text("opérateur", "operator", "operator"), frozenset(Right), Level.SHARED),
    Role(
        "manager",
        Text("responsable de la Smart City", "Smart City-manager", "Smart City manager"),
        frozenset(Right),
        Level.PERSONAL,
        ("cartography", "indicators", "knowledge", "network", "projects", "scenarios", "selection"),
    ),
    Role(
        "administrator",
        Text("administrateur", "beheerder", "administrator"),
        frozenset(Right),
        Level.PERSONAL,
        (EVERYTHING, *sorted(CLOSED_SUBJECTS)),
    ),
)


def roles() -> dict[str, Role]:
    """Return every role by key: the built-in ones, and `solution.role` for each that a solution brings."""
    found = {role.key: role for role in BUILT_IN}
    for solution in registry.solutions().values():
        for role in solution.roles:
            key = f"{solution.key}.{role.key}"
            found[key] = Role(key, role.name, role.rights, role.level, (solution.subject,))
    return found


def say_role(key: str, language: str) -> str:
    """Return the name of a role in one language; the key itself where the role no longer exists."""
    role = roles().get(key)
    return role.name.said_in(language) if role else key


def grants_of(held: Iterable[Held]) -> tuple[Grant, ...]:
    """Return the grants that held roles amount to; a role that no longer exists gives nothing."""
    known = roles()
    return tuple(
        Grant(role.key, role.rights, role.level, each.area, subject)
        for each in held
        if (role := known.get(each.role))
        for subject in (role.subjects if each.subject == EVERYTHING else (each.subject,))
    )


def check_holding(held: Held) -> None:
    """Refuse a holding that means nothing: an unknown role, subject or area, or a solution's role elsewhere. Raises Problem 400."""
    role = roles().get(held.role)
    if role is None:
        raise wrong(f"There is no role {held.role!r}. Choose one of {', '.join(roles())}.")
    if not AREA.fullmatch(held.area):
        raise wrong(f"{held.area!r} is not the code of an area. Use a commune's NIS code such as 21015, or nothing for everywhere.")
    rooms = {room.rpartition(".")[2] for room in registry.rooms()} | CLOSED_SUBJECTS
    if held.subject != EVERYTHING and held.subject.partition(".")[0] not in rooms:
        raise wrong(f"There is no subject {held.subject!r}. Use * or one of {', '.join(sorted(rooms))}.")
    if role.subjects[0] != EVERYTHING and held.subject != EVERYTHING and not any(covers(subject, held.subject) for subject in role.subjects):
        raise wrong(f"The role {held.role} exists on {', '.join(role.subjects)} only.")


def check_giver(actor: Actor, grants: Iterable[Grant]) -> None:
    """Refuse unless the actor holds everything that is given: nobody gives more than they have, no token gives anything."""
    if actor.scopes is not None:
        raise Problem(403, "Not allowed", "A token gives no rights. Sign in to give or withdraw a role, or to make a token.")
    for grant in grants:
        if not all(reach(actor, right, grant.subject).allows(grant.level, grant.area) for right in grant.rights):
            raise Problem(403, "Not allowed", f"You cannot give or withdraw {grant.role} on {grant.subject}: you do not hold all of it yourself.")


def needs_second_factor(grants: Iterable[Grant]) -> bool:
    """Say whether somebody may not go without a second factor: they reach personal data, or the platform itself."""
    return any(grant.level is Level.PERSONAL or grant.subject.partition(".")[0] in CLOSED_SUBJECTS for grant in grants)


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """Return the scopes of a token in order, each once. Raises Problem 400 for none, or for what is not a scope."""
    found = sorted({scope.strip() for scope in scopes})
    for scope in found:
        if not SCOPE.fullmatch(scope):
            raise wrong(f"{scope!r} is not a scope. Write see:observations, edit:tables.trees or see:*.")
    if not found:
        raise wrong("A token needs at least one scope, such as see:observations.")
    return found


def new_token() -> str:
    """Return a token nobody can guess: 256 random bits after `zk_`."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return the SHA-256 of a token or recovery code; enough, since each is long and random."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_recovery_codes(count: int = 10) -> list[str]:
    """Return recovery codes of 80 random bits, as people copy them: four groups of four."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return ["-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4)) for _ in range(count)]


def normalised_code(text: str) -> str:
    """Return a code as it was given out, whatever spaces, dashes or capitals somebody typed."""
    plain = re.sub(r"[^a-z0-9]", "", text.lower())
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4)) if len(plain) == 16 else plain


def own_path(path: str, fallback: str) -> str:
    """Return where to go after signing in: a path of this platform, never another site's address."""
    clean = path.strip()
    if not clean.startswith("/") or clean.startswith("//") or "\\" in clean or any(ord(letter) < 33 or ord(letter) == 127 for letter in clean):
        return fallback
    parts = urlsplit(clean)
    return fallback if parts.scheme or parts.netloc else clean
