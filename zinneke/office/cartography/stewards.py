"""Stewards who are no longer there: people whose account was closed, and those who let a question pass unanswered."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import F, Max

from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM, Actor, Right
from zinneke.office.cartography import models, shelf


def without(actor: Actor, limit: int = 100) -> list[models.Thing]:
    """Return what the actor may write and nobody looks after any more: its steward left, or let the last question pass."""
    gone = _left()
    named = shelf.things(actor, Right.EDIT).exclude(steward="").order_by("key")
    found = (
        {each.pk: each for each in named.only("pk", "key", "title", "steward", "changed") if each.steward.strip().casefold() in gone} if gone else {}
    )
    asked = models.Question.objects.filter(shelf.reachable(actor, Right.EDIT, "thing__")).annotate(last=Max("thing__questions__pk"))
    passed = asked.filter(pk=F("last"), answered=None, expires__lt=datetime.now(UTC)).select_related("thing")
    found |= {each.thing_id: each.thing for each in passed}
    return sorted(found.values(), key=lambda each: each.key)[:limit]


def _left() -> frozenset[str]:
    """Return the mail addresses and names of people whose account was closed; a name that somebody active has too says nothing."""
    people = identity.list_people(SYSTEM)
    active = {said.strip().casefold() for each in people if each.active for said in (each.email, each.name)}
    return frozenset(said.strip().casefold() for each in people if not each.active for said in (each.email, each.name)) - active - {""}
