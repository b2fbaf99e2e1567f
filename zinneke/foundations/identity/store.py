"""Who is asking, and who may do what: look actors up, keep people, organisations, roles and tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import memory, models, rules
from zinneke.foundations.identity.values import Held, Organisation, PersonRecord, Role, TokenRecord
from zinneke.kernel.confidentiality import ANONYMOUS, Actor, Level, Right, demand, reach
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb

INTERNAL = (
    "note_own_visit",
    "find_actor_by_token",
    "recall_actor_by_token",
    "actor_of_person",
    "actor_of_key",
    "letterbox_of",
    "actor_of_session",
    "add_own_token",
    "list_own_tokens",
    "revoke_own_token",
    "get_own_record",
    "set_own_language",
)
DAY = 86_400.0


def recall_actor_by_token(token: str) -> Actor | None:
    """Return a token's actor from memory alone, None when it must be looked up: safe inside an event loop.

    Needs no right: it is how rights are found.
    """
    known: Actor | None = memory.recall("token", rules.digest(token))
    return known


def find_actor_by_token(token: str) -> Actor | None:
    """Return whom a token acts for: its owner, narrowed by its scopes; None when unknown, revoked, expired or its owner left.

    Needs no right: it is how rights are found.
    """
    if not token.startswith(rules.TOKEN_PREFIX) or len(token) > 200:
        return None
    digest = rules.digest(token)
    return memory.remember("token", digest, lambda: _look_up_token(digest))


def _look_up_token(digest: str) -> tuple[Actor, float] | None:
    now = datetime.now(UTC)
    found = models.Token.objects.select_related("owner__organisation").filter(digest=digest, revoked=None, expires__gt=now, owner__is_active=True)
    if (token := found.first()) is None:
        return None
    if token.last_used != now.date():
        models.Token.objects.filter(pk=token.pk).update(last_used=now.date())
    actor = _actor(token.owner, key=f"token:{token.pk}", name=token.name, scopes=frozenset(token.scopes))
    return actor, (token.expires - now).total_seconds()


def actor_of_person(pk: int) -> Actor | None:
    """Return a person as the actor that verbs take, None when there is no such person or they left.

    Needs no right: the caller has verified who it is.
    """
    return memory.remember("person", str(pk), lambda: _look_up_person(pk))


def _look_up_person(pk: int) -> tuple[Actor, float] | None:
    person = models.Person.objects.select_related("organisation").filter(pk=pk, is_active=True).first()
    return (_actor(person), DAY) if person else None


def actor_of_key(key: str) -> Actor | None:
    """Return whom the key of an actor, kept from an earlier request, stands for as they are now; None when they left or the token is void.

    Needs no right: it is how rights are found again, by work that goes on when nobody asks.
    """
    kind, _, number = key.partition(":")
    if not number.isdigit():
        return None
    if kind == "person":
        return actor_of_person(int(number))
    digest = models.Token.objects.filter(pk=int(number)).values_list("digest", flat=True).first() if kind == "token" else None
    return memory.remember("token", digest, lambda: _look_up_token(digest)) if digest else None


def letterbox_of(pk: int) -> tuple[str, str] | None:
    """Return the address of a person's mail and the language in which they are written to, None when they left.

    Needs no right: it is for writing to them what they asked for, and shown to nobody.
    """
    return models.Person.objects.filter(pk=pk, is_active=True).values_list("email", "language").first()


def actor_of_session(session_key: str | None) -> Actor:
    """Return who is signed in under a session key (the cookie's value), the anonymous visitor when nobody is.

    Needs no right: it is how rights are found.
    """
    if not session_key or len(session_key) > 100:
        return ANONYMOUS
    return memory.remember("session", rules.digest(session_key), lambda: _look_up_session(session_key)) or ANONYMOUS


def _look_up_session(session_key: str) -> tuple[Actor, float] | None:
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    pk = session.get(SESSION_KEY)
    if pk is None:
        return None
    person = models.Person.objects.select_related("organisation").filter(pk=int(pk), is_active=True).first()
    if person is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash()):
        return None
    return _actor(person), DAY


def _actor(person: models.Person, key: str = "", name: str = "", scopes: frozenset[str] | None = None) -> Actor:
    held = (Held(*row) for row in person.grants.values_list("role", "area", "subject"))
    organisation = person.organisation.key if person.organisation else None
    return Actor(key or f"person:{person.pk}", name or person.name, organisation, rules.grants_of(held), scopes, person.pk)


@verb(Right.EDIT, "identity")
def add_organisation(actor: Actor, key: str, name: Mapping[str, str], area: str = "") -> Organisation:
    """Keep an organisation under a key; one that is there already takes the new name and area."""
    demand(actor, Right.EDIT, "identity", Level.SHARED, area)
    with transaction.atomic():
        before = models.Organisation.objects.filter(key=key).first()
        if before is not None:
            demand(actor, Right.EDIT, "identity", Level.SHARED, before.area)
        models.Organisation.objects.update_or_create(key=key, defaults={"name": dict(name), "area": area})
        audit.record(actor, "organisation.set", f"organisation:{key}", {"name": dict(name), "area": area})
    memory.forget()
    return Organisation(key, dict(name), area)


@verb(Right.SEE, "identity")
def list_organisations(actor: Actor) -> list[Organisation]:
    """Return the organisations within reach."""
    found = models.Organisation.objects.filter(_within(actor, Right.SEE, Level.SHARED, "area")).order_by("key")
    return [Organisation(each.key, each.name, each.area) for each in found]


@verb(Right.EDIT, "identity")
def add_person(
    actor: Actor, email: str, name: str, organisation: str | None = None, password: str | None = None, language: str = "fr"
) -> PersonRecord:
    """Keep a new person; without a password they cannot sign in yet. Raises Problem 400 or 409."""
    email = email.strip().lower()
    place = models.Organisation.objects.filter(key=organisation).first() if organisation else None
    if organisation and place is None:
        raise not_found("organisation", organisation)
    demand(actor, Right.EDIT, "identity", Level.PERSONAL, place.area if place else "")
    try:
        validate_email(email)
        if password is not None:
            validate_password(password, models.Person(email=email, name=name))
    except ValidationError as fault:
        raise wrong(" ".join(fault.messages)) from None
    try:
        with transaction.atomic():
            person = models.Person.objects.create_user(email, password, name=name or email, organisation=place)
            audit.record(actor, "person.add", f"person:{person.pk}", {"organisation": organisation})
    except IntegrityError:
        raise Problem(409, "Already there", f"Somebody with the address {email} is already known.") from None
    return _record(person)


@verb(Right.EDIT, "identity")
def set_active(actor: Actor, email: str, active: bool) -> PersonRecord:
    """Let a person in, or out: whoever is out has no session and no token that works."""
    with transaction.atomic():
        person = _person(actor, Right.EDIT, email)
        rules.check_giver(actor, _actor(person).grants)
        person.is_active, person.stamp = active, person.stamp + 1
        person.save(update_fields=("is_active", "stamp"))
        audit.record(actor, "person.in" if active else "person.out", f"person:{person.pk}")
    memory.forget()
    return _record(person)


@verb(Right.EDIT, "identity")
def set_password(actor: Actor, email: str, password: str) -> None:
    """Give a person another password, and end their sessions. Raises Problem 400 when it is too weak."""
    person = _person(actor, Right.EDIT, email)
    rules.check_giver(actor, _actor(person).grants)
    try:
        validate_password(password, person)
    except ValidationError as fault:
        raise wrong(" ".join(fault.messages)) from None
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=("password",))
        audit.record(actor, "person.password", f"person:{person.pk}")
    memory.forget()


@verb(Right.EDIT, "identity")
def reset_second_factor(actor: Actor, email: str) -> None:
    """Take away a person's second factor and recovery codes, for when the telephone is lost; their sessions end."""
    with transaction.atomic():
        person = _person(actor, Right.EDIT, email)
        rules.check_giver(actor, _actor(person).grants)
        person.totp_secret, person.totp_counter, person.stamp = "", 0, person.stamp + 1
        person.save(update_fields=("totp_secret", "totp_counter", "stamp"))
        person.recovery_codes.all().delete()
        audit.record(actor, "person.totp_reset", f"person:{person.pk}")
    memory.forget()


@verb(Right.EDIT, "identity")
def grant_role(actor: Actor, email: str, role: str, area: str = "", subject: str = "*") -> Held:
    """Give a person a role in an area (`""`: everywhere) on a subject; nobody gives more than they hold themselves.

    Who comes to need a second factor and has none is signed out, to set one up at the next sign-in.
    """
    held = Held(role, area, subject)
    rules.check_holding(held)
    grants = rules.grants_of([held])
    with transaction.atomic():
        person = _person(actor, Right.EDIT, email)
        rules.check_giver(actor, grants)
        _, new = models.Grant.objects.get_or_create(person=person, role=role, area=area, subject=subject, defaults={"by": actor.key})
        if new:
            if rules.needs_second_factor(grants) and not person.totp_secret:
                person.stamp += 1
                person.save(update_fields=("stamp",))
            audit.record(actor, "role.grant", f"person:{person.pk}", {"role": role, "area": area, "on": subject})
    memory.forget()
    return held


@verb(Right.EDIT, "identity")
def check_role(actor: Actor, role: str, area: str = "", subject: str = "*") -> None:
    """Refuse a role that could not be given: one that is unknown, or more than the actor holds. Raises Problem 400 or 403."""
    held = Held(role, area, subject)
    rules.check_holding(held)
    rules.check_giver(actor, rules.grants_of([held]))


@verb(Right.EDIT, "identity")
def revoke_role(actor: Actor, email: str, role: str, area: str = "", subject: str = "*") -> None:
    """Take a role away again, at once. Raises Problem 404 when it was not held."""
    with transaction.atomic():
        person = _person(actor, Right.EDIT, email)
        rules.check_giver(actor, rules.grants_of([Held(role, area, subject)]))
        if not person.grants.filter(role=role, area=area, subject=subject).delete()[0]:
            raise not_found("role", role)
        audit.record(actor, "role.revoke", f"person:{person.pk}", {"role": role, "area": area, "on": subject})
    memory.forget()


@verb(Right.SEE, "identity")
def list_people(actor: Actor) -> list[PersonRecord]:
    """Return the people within reach: those of organisations in the areas where identity may be seen."""
    people = models.Person.objects.select_related("organisation").prefetch_related("grants")
    return [_record(person) for person in people.filter(_within(actor, Right.SEE, Level.PERSONAL, "organisation__area"))]


@verb(Right.SEE, "identity")
def list_roles(actor: Actor) -> list[Role]:
    """Return every role that can be given."""
    return list(rules.roles().values())


@verb(Right.EDIT, "identity")
def add_token(actor: Actor, owner_email: str, name: str, scopes: Iterable[str], days: int = 365) -> str:
    """Make a token for a person's machine and return it: the only time that it is seen. Nobody lends more than they hold."""
    owner = _person(actor, Right.EDIT, owner_email)
    rules.check_giver(actor, _actor(owner).grants)
    return _add_token(actor, owner, name, scopes, days)


@verb(Right.EDIT, "identity")
def revoke_token(actor: Actor, id: int) -> None:
    """Revoke a token, at once. Raises Problem 404."""
    found = models.Token.objects.filter(_within(actor, Right.EDIT, Level.PERSONAL, "owner__organisation__area"), pk=id)
    _revoke(actor, found.first(), id)


@verb(Right.SEE, "identity")
def list_tokens(actor: Actor, owner_email: str | None = None) -> list[TokenRecord]:
    """Return the tokens of people within reach, newest first; those of one owner where given."""
    found = models.Token.objects.select_related("owner").filter(_within(actor, Right.SEE, Level.PERSONAL, "owner__organisation__area"))
    return [_token(token) for token in (found.filter(owner__email=owner_email.strip().lower()) if owner_email else found)]


def add_own_token(actor: Actor, name: str, scopes: Iterable[str], days: int = 365) -> str:
    """Make a token for oneself and return it. Needs no right: a token never reaches further than its owner."""
    return _add_token(actor, _oneself(actor), name, scopes, days)


def list_own_tokens(actor: Actor) -> list[TokenRecord]:
    """Return one's own tokens, newest first. Needs no right: they are one's own."""
    return [_token(token) for token in _oneself(actor).tokens.select_related("owner")]


def revoke_own_token(actor: Actor, id: int) -> None:
    """Revoke one of one's own tokens, at once. Needs no right: they are one's own. Raises Problem 404."""
    _revoke(actor, _oneself(actor).tokens.filter(pk=id).first(), id)


def get_own_record(actor: Actor) -> PersonRecord:
    """Return what is kept of oneself. Needs no right: it is one's own."""
    return _record(_oneself(actor))


def set_own_language(actor: Actor, language: str) -> None:
    """Keep the language one reads. Needs no right: it is one's own."""
    if language not in dict(settings.LANGUAGES):
        raise wrong(f"{language!r} is not a language of this platform.")
    models.Person.objects.filter(pk=_oneself(actor).pk).update(language=language)


SITTING = timedelta(minutes=30)
"""Within this time somebody who looks at the desk again is still there, and sees what changed since the time before."""


def note_own_visit(actor: Actor) -> datetime | None:
    """Note that one is at one's desk, and return when one was there the time before, None at the first. Needs no right: it is one's own."""
    person, now = _oneself(actor), datetime.now(UTC)
    if person.desk_last is None or now - person.desk_last > SITTING:
        person.desk_before = person.desk_last
    person.desk_last = now
    models.Person.objects.filter(pk=person.pk).update(desk_before=person.desk_before, desk_last=now)
    return person.desk_before


def _oneself(actor: Actor) -> models.Person:
    if actor.person is None or actor.scopes is not None:
        raise Problem(401, "Sign in", "Sign in to see or change what is your own; a token cannot.")
    return models.Person.objects.select_related("organisation").get(pk=actor.person)


def _within(actor: Actor, right: Right, level: Level, column: str) -> Q:
    areas = reach(actor, right, "identity").areas[level]
    return Q() if areas is None else Q(**{f"{column}__in": sorted(areas)})


def _person(actor: Actor, right: Right, email: str) -> models.Person:
    within = _within(actor, right, Level.PERSONAL, "organisation__area")
    person = models.Person.objects.filter(within, email=email.strip().lower()).first()
    if person is None:
        raise not_found("person", email)
    return person


def _add_token(actor: Actor, owner: models.Person, name: str, scopes: Iterable[str], days: int) -> str:
    if actor.scopes is not None:
        raise Problem(403, "Not allowed", "A token makes no tokens. Sign in to make one.")
    if not 1 <= days <= 1100:
        raise wrong("A token lives between 1 and 1100 days.")
    checked, token, label = rules.check_scopes(scopes), rules.new_token(), name.strip()[:100] or "token"
    expires = datetime.now(UTC) + timedelta(days=days)
    with transaction.atomic():
        made = models.Token.objects.create(owner=owner, name=label, digest=rules.digest(token), scopes=checked, expires=expires)
        audit.record(actor, "token.add", f"token:{made.pk}", {"owner": f"person:{owner.pk}", "scopes": checked, "days": days})
    return token


def _revoke(actor: Actor, token: models.Token | None, id: int) -> None:
    if token is None:
        raise not_found("token", id)
    with transaction.atomic():
        models.Token.objects.filter(pk=token.pk, revoked=None).update(revoked=datetime.now(UTC))
        audit.record(actor, "token.revoke", f"token:{token.pk}")
    memory.forget()


def _record(person: models.Person) -> PersonRecord:
    held = tuple(Held(grant.role, grant.area, grant.subject) for grant in person.grants.all())
    organisation = person.organisation.key if person.organisation else None
    return PersonRecord(person.pk, person.email, person.name, organisation, person.language, person.is_active, bool(person.totp_secret), held)


def _token(token: models.Token) -> TokenRecord:
    return TokenRecord(token.pk, token.owner.email, token.name, tuple(token.scopes), token.created, token.expires, token.revoked, token.last_used)
