"""What the office is and promises: its mandate in versions, its commitments with dates, its memberships, and the questions that come back."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import verb
from zinneke.office.network import models, rules
from zinneke.office.network.reaching import SUBJECT, S, put, row, rows, sheet, within, within_at
from zinneke.office.network.values import Commitment, Faq, Mandate, Membership


@verb(Right.SEE, SUBJECT)
def list_mandates(actor: Actor) -> list[Mandate]:
    """Return the versions of the mandate, the one in force first."""
    return [sheet(Mandate, each) for each in rows(actor, models.Mandate).order_by("-approved", "-pk")]


@verb(Right.SEE, SUBJECT)
def get_mandate(actor: Actor, key: str) -> Mandate:
    """Return one version of the mandate. Raises Problem 404."""
    return sheet(Mandate, row(actor, models.Mandate, key))


@verb(Right.EDIT, SUBJECT)
def set_mandate(actor: Actor, mandate: Mandate) -> Mandate:
    """Add a version of the mandate, or correct one. Raises Problem 409 when it changed meanwhile."""
    return sheet(Mandate, put(actor, models.Mandate, _keyed(mandate)))


def _keyed(given: S) -> S:
    return given if given.key else msgspec.structs.replace(given, key=rules.new_key())


@verb(Right.SEE, SUBJECT)
def list_commitments(actor: Actor) -> list[Commitment]:
    """Return what the office promised: what is late first, then by day; what was kept last."""
    today = timezone.localdate()
    found = [sheet(Commitment, each) for each in rows(actor, models.Commitment).order_by("promised", "pk")]
    return sorted(found, key=lambda each: (each.done is not None, not each.late(today), each.due is None, each.due or each.promised))


@verb(Right.SEE, SUBJECT)
def get_commitment(actor: Actor, key: str) -> Commitment:
    """Return a commitment. Raises Problem 404."""
    return sheet(Commitment, row(actor, models.Commitment, key))


@verb(Right.EDIT, SUBJECT)
def set_commitment(actor: Actor, commitment: Commitment) -> Commitment:
    """Write a commitment, or that it was kept. Raises Problem 400 or 409."""
    if commitment.done and commitment.done < commitment.promised:
        raise wrong("A commitment cannot be kept before it was made.", where="done")
    return sheet(Commitment, put(actor, models.Commitment, _keyed(commitment)))


@verb(Right.SEE, SUBJECT)
def list_memberships(actor: Actor) -> list[Membership]:
    """Return the networks in which the office takes part; whom it knows there only for whoever sees personal data."""
    return [sheet(Membership, each, contact=each.seen_contact) for each in _memberships(actor).order_by("scope", "key")]


@verb(Right.SEE, SUBJECT)
def get_membership(actor: Actor, key: str) -> Membership:
    """Return a membership. Raises Problem 404."""
    row(actor, models.Membership, key)
    found = _memberships(actor).get(key=key)
    return sheet(Membership, found, contact=found.seen_contact)


def _memberships(actor: Actor) -> QuerySet[Any]:
    personal = within_at(actor, Right.SEE, Level.PERSONAL)
    return rows(actor, models.Membership).annotate(seen_contact=Case(When(personal, then=F("contact")), default=Value("")))


@verb(Right.EDIT, SUBJECT)
def set_membership(actor: Actor, membership: Membership) -> Membership:
    """Write a membership; with a contact it takes the right to edit personal data. Raises Problem 409 when it changed meanwhile."""
    found = put(actor, models.Membership, _keyed(membership), needs=Level.PERSONAL if membership.contact else Level.PUBLIC)
    return get_membership(actor, found.key)


@verb(Right.SEE, SUBJECT)
def list_faq(actor: Actor, proposed: bool = False) -> list[Faq]:
    """Return the questions that come back with their answers: the approved ones, or with `proposed` the others, for whoever may approve them."""
    found = rows(actor, models.Faq, Right.EDIT if proposed else Right.SEE)
    found = found.exclude(state="approved") if proposed else found.filter(state="approved")
    return [sheet(Faq, each) for each in found.order_by("pk")]


@verb(Right.SEE, SUBJECT)
def get_faq(actor: Actor, key: str) -> Faq:
    """Return a question with its answer; one that is not approved only for whoever may approve it. Raises Problem 404."""
    found = rows(actor, models.Faq, key=key).filter(Q(state="approved") | within(actor, Right.EDIT)).first()
    return sheet(Faq, found if found is not None else row(actor, models.Faq, "?"))


@verb(Right.EDIT, SUBJECT)
def set_faq(actor: Actor, faq: Faq) -> Faq:
    """Propose a question with its answer, or change it: a changed text waits for approval again. Raises Problem 409 when it changed meanwhile."""
    return sheet(Faq, put(actor, models.Faq, msgspec.structs.replace(_keyed(faq), state="proposed", approved_by="", approved=None)))


@verb(Right.COMMAND, SUBJECT)
def approve_faq(actor: Actor, key: str, version: int, withdraw: bool = False) -> Faq:
    """Publish a proposed question, or withdraw one; that takes the right to command. Raises Problem 409 when it changed meanwhile."""
    found = sheet(Faq, row(actor, models.Faq, key, Right.COMMAND))
    state = "withdrawn" if withdraw else "approved"
    approved = msgspec.structs.replace(found, version=version, state=state, approved_by=actor.name or actor.key, approved=timezone.localdate())
    return sheet(Faq, put(actor, models.Faq, approved))
