"""Organisations and who sits in them: the directory, posts with their holders, who has nobody, who leads which project."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

import msgspec
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM, Actor, Level, Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import verb
from zinneke.kernel.text import choose
from zinneke.office.network import models, rules
from zinneke.office.network.reaching import SUBJECT, demand, put, row, rows, sheet, touch, within_at
from zinneke.office.network.values import Lead, LeadStep, Organisation, Post, Texts


@verb(Right.SEE, SUBJECT)
def list_organisations(actor: Actor, kind: str = "", language: str = "en") -> list[Organisation]:
    """Return the organisations within reach, by name in one language; those of one kind where given."""
    found = rows(actor, models.Organisation, kind=kind)
    names = _names()
    listed = [sheet(Organisation, each, name=names.get(each.key, {"en": each.key})) for each in found]
    return sorted(listed, key=lambda each: choose(each.name, language)[0].casefold())


def _names() -> dict[str, Texts]:
    """Return the names that identity keeps; which of them are shown, the rows within reach decide."""
    return {each.key: dict(each.name) for each in identity.list_organisations(SYSTEM)}


@verb(Right.SEE, SUBJECT)
def get_organisation(actor: Actor, key: str) -> Organisation:
    """Return an organisation. Raises Problem 404."""
    found = row(actor, models.Organisation, key)
    return sheet(Organisation, found, name=_names().get(key, {"en": key}))


@verb(Right.EDIT, SUBJECT)
def set_organisation(actor: Actor, organisation: Organisation) -> Organisation:
    """Write an organisation, and its name into identity; the area that identity gives rights in stays what it was there.

    Raises Problem 400 for an organisation that stands under itself, 409 when it changed meanwhile.
    """
    above, seen = organisation.parent, {organisation.key}
    while above:
        if above in seen:
            raise wrong(f"{organisation.key} would stand under itself. Choose another organisation above it.", where="parent")
        seen.add(above)
        above = models.Organisation.objects.filter(key=above).values_list("parent", flat=True).first() or ""
    owned = msgspec.structs.replace(organisation, owner=organisation.owner or organisation.key)
    with transaction.atomic():
        found = put(actor, models.Organisation, owned)
        known = next((each for each in identity.list_organisations(SYSTEM) if each.key == owned.key), None)
        if known is None or dict(known.name) != owned.name:
            identity.add_organisation(SYSTEM, owned.key, owned.name, known.area if known else owned.area)
    return sheet(Organisation, found, name=owned.name)


@verb(Right.SEE, SUBJECT)
def list_posts(actor: Actor, organisation: str = "", past: bool = False) -> list[Post]:
    """Return who sits where: today, or with `past` since ever, the latest first."""
    found = _posts(actor, owner=organisation)
    if not past:
        found = found.filter(_on(timezone.localdate()))
    return [_post(each) for each in found.order_by("owner", "deputy_of", "-since", "key")]


@verb(Right.SEE, SUBJECT)
def get_post(actor: Actor, key: str) -> Post:
    """Return a post, with as much of its holder as the actor may see. Raises Problem 404."""
    found = _posts(actor, key=key).first()
    return _post(found if found is not None else row(actor, models.Post, key))


def _posts(actor: Actor, **conditions: object) -> QuerySet[models.Post]:
    """Ask for posts in which the name and the ways to reach the person stand only where the actor reaches that far."""
    personal = within_at(actor, Right.SEE, Level.PERSONAL)
    named = Q(agreed=True) | within_at(actor, Right.SEE, Level.SHARED) | personal
    return rows(actor, models.Post, **conditions).annotate(
        seen_person=Case(When(named, then=F("person")), default=Value("")),
        seen_email=Case(When(personal, then=F("email")), default=Value("")),
        seen_phone=Case(When(personal, then=F("phone")), default=Value("")),
        seen_account=Case(When(personal, then=F("account")), default=None),
    )


def _post(found: models.Post) -> Post:
    seen = {name: getattr(found, f"seen_{name}") for name in ("person", "email", "phone", "account")}
    return sheet(Post, found, **seen)


def _on(day: date) -> Q:
    return Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))


@verb(Right.EDIT, SUBJECT)
def set_post(actor: Actor, post: Post) -> Post:
    """Write a post and who holds it; that takes the right to edit personal data there. Raises Problem 400 or 409."""
    if post.until and post.until < post.since:
        raise wrong("A mandate cannot end before it begins.", where="until")
    if post.email and not rules.is_email(post.email):
        raise wrong(f"{post.email!r} is not an email address.", where="email")
    if not models.Organisation.objects.filter(key=post.owner).exists():
        raise wrong(f"There is no organisation {post.owner!r}.", where="owner")
    account = next((each.id for each in identity.list_people(SYSTEM) if each.email == post.email.lower()), None) if post.email else None
    plain = {name: rules.one_line(getattr(post, name)) for name in ("person", "phone")}
    put(actor, models.Post, msgspec.structs.replace(post, account=account, **plain), needs=Level.PERSONAL)
    return get_post(actor, post.key)


@verb(Right.EDIT, SUBJECT)
def forget_person(actor: Actor, key: str) -> None:
    """Erase who held a post, because they ask it or are gone; the post, its dates and what it led and decided stay. Raises Problem 404."""
    with transaction.atomic():
        found = row(actor, models.Post, key, Right.EDIT, lock=True)
        demand(actor, Right.EDIT, Level.PERSONAL, found.area, found.owner)
        found.person, found.email, found.phone, found.account, found.agreed = "", "", "", None, False
        found.until = found.until or timezone.localdate()
        touch(found, actor)
        audit.record(actor, "post.forget", f"{SUBJECT}.post:{key}")


@verb(Right.SEE, SUBJECT)
def list_vacancies(actor: Actor) -> list[tuple[Organisation, bool]]:
    """Return the organisations that should name a representative and have nobody (True), or nobody to stand in (False)."""
    today = timezone.localdate()
    held = set(models.Post.objects.filter(_on(today), deputy_of="").values_list("owner", flat=True))
    deputised = set(models.Post.objects.filter(_on(today)).exclude(deputy_of="").values_list("owner", flat=True))
    return [(each, each.key not in held) for each in list_organisations(actor) if each.appoints and not (each.key in held and each.key in deputised)]


@verb(Right.SEE, SUBJECT)
def list_leads(actor: Actor, project: str = "", posts: Iterable[str] | None = None) -> list[Lead]:
    """Return who leads which project, the latest first."""
    found = rows(actor, models.Lead, project=project)
    if posts is not None:
        found = found.filter(post__in=list(posts))
    return [_lead(each) for each in found.prefetch_related("steps").order_by("-changed")]


@verb(Right.SEE, SUBJECT)
def get_lead(actor: Actor, key: str) -> Lead:
    """Return who leads a project, with every step. Raises Problem 404."""
    return _lead(row(actor, models.Lead, key))


def _lead(found: models.Lead) -> Lead:
    steps = sorted(found.steps.all(), key=lambda each: (each.time, each.pk))
    return sheet(Lead, found, steps=tuple(LeadStep(each.time, each.what, each.post, each.by, each.note) for each in steps))


@verb(Right.EDIT, SUBJECT)
def offer_lead(actor: Actor, lead: Lead) -> Lead:
    """Ask the holder of a post to lead a project. Raises Problem 409 while somebody leads it, or was asked and has not answered."""
    post = row(actor, models.Post, lead.post)
    if models.Lead.objects.filter(project=lead.project, state__in=("offered", "accepted")).exists():
        raise Problem(409, "Somebody leads it", "Somebody leads this project already, or was asked to. Let them hand it over instead.")
    placed = msgspec.structs.replace(lead, key=lead.key or rules.new_key(), owner=post.owner, state="offered", area=lead.area or post.area)
    with transaction.atomic():
        found = put(actor, models.Lead, placed)
        _step(actor, found, "offered", lead.post, "")
    return get_lead(actor, found.key)


ANSWERS = {
    "accepted": ({"offered"}, "accepted"),
    "declined": ({"offered"}, "declined"),
    "delegated": ({"offered", "accepted"}, "offered"),
    "handed over": ({"accepted"}, "offered"),
    "ended": ({"accepted"}, "ended"),
}
"""What may be answered: from which states, and to which."""


@verb(Right.SEE, SUBJECT)
def answer_lead(actor: Actor, key: str, what: str, post: str = "", note: str = "") -> Lead:
    """Accept a lead, decline it, delegate it, hand it over or end it: the one who was asked may, and whoever may edit it.

    To delegate or hand over takes the `post` that it goes to, who is asked in turn. Raises Problem 400, 403 or 409.
    """
    with transaction.atomic():
        found = row(actor, models.Lead, key, lock=True)
        own = actor.person is not None and actor.scopes is None
        if not (own and models.Post.objects.filter(_on(timezone.localdate()), key=found.post, account=actor.person).exists()):
            row(actor, models.Lead, key, Right.EDIT)
        before, after = ANSWERS.get(what, (set(), ""))
        if found.state not in before:
            raise Problem(409, "Not now", f"A lead that is {found.state} cannot be {what}.")
        moves = what in ("delegated", "handed over")
        if moves:
            if post == found.post:
                raise wrong("Choose somebody else to hand it to.", where="post")
            found.owner, found.post = row(actor, models.Post, post).owner, post
        today = timezone.localdate()
        found.state = after
        found.since = today if what == "accepted" else None if moves else found.since
        found.until = today if what == "ended" else found.until
        touch(found, actor)
        _step(actor, found, what, found.post, note)
        audit.record(actor, f"lead.{what}", f"{SUBJECT}.lead:{key}", {"post": found.post})
    return _lead(found)


def _step(actor: Actor, found: models.Lead, what: str, post: str, note: str) -> None:
    note = rules.one_line(note, 1000)
    models.LeadStep.objects.create(lead=found, time=datetime.now(UTC), by=actor.name or actor.key, what=what, post=post, note=note)
