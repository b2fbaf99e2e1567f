"""Answers of companies and researchers to a challenge; who chooses among them says why."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.office.knowledge import models, rules
from zinneke.office.knowledge.documents import read_entry
from zinneke.office.knowledge.sight import SUBJECT, find_editable, find_row, may_entry
from zinneke.office.knowledge.values import Answered, Challenge, Entry

LONGEST = 10_000


def challenge_of(entry: Entry) -> Challenge:
    """Return what a challenge has of its own."""
    assert isinstance(entry.details, Challenge)
    return entry.details


def takes_answers(challenge: Challenge) -> bool:
    """Say whether a challenge can still be answered today."""
    return challenge.stage == "open" and (challenge.closes is None or timezone.localdate() <= challenge.closes)


@verb(Right.SEE, SUBJECT)
def answer_challenge(actor: Actor, key: str, organisation: str, name: str, email: str, text: str) -> int:
    """Answer a challenge that is open to whoever asks. Raises `Problem` 400 naming the field, 409 when it is closed."""
    row = find_row(actor, "challenge", key)
    entry = read_entry(row)
    if not entry.live or entry.state == "archived" or not takes_answers(challenge_of(entry)):
        raise Problem(409, "Closed", "This challenge takes no more answers.")
    typed = {"organisation": rules.one_line(organisation, "organisation"), "name": rules.one_line(name, "name"), "text": text.strip()}
    for field, value in typed.items():
        if not value:
            raise wrong("This is missing.", where=field)
    if len(text) > LONGEST:
        raise wrong(f"Write at most {LONGEST:,} characters; name a page where the rest stands.", where="text")
    with transaction.atomic():
        made = row.answers.create(**typed, email=rules.email(email), created=datetime.now(UTC))
        audit.record(actor, "challenge.answer", f"{SUBJECT}:challenge:{key}", {"answer": made.pk})
    return int(made.pk)


@verb(Right.EDIT, SUBJECT)
def list_answers(actor: Actor, key: str) -> list[Answered]:
    """Return the answers to a challenge, for whoever may edit it up to personal data: they hold names and trade secrets."""
    row = find_editable(actor, "challenge", key)
    if not may_entry(actor, Right.EDIT, row, Level.PERSONAL):
        raise not_found("list of answers to", key)
    return [
        Answered(each.pk, each.organisation, each.name, each.email, each.text, each.state, each.reason, each.created)
        for each in row.answers.order_by("created")
    ]


@verb(Right.EDIT, SUBJECT)
def decide_answer(actor: Actor, key: str, number: int, chosen: bool, reason: str) -> None:
    """Choose an answer, or not, and say why."""
    row = find_editable(actor, "challenge", key)
    if not may_entry(actor, Right.EDIT, row, Level.PERSONAL):
        raise not_found("list of answers to", key)
    if not reason.strip():
        raise wrong("Say why: whoever answered may ask.", where="reason")
    state = "chosen" if chosen else "declined"
    if not models.Answer.objects.filter(entry=row, pk=number).update(state=state, reason=reason.strip()[:1000]):
        raise not_found("answer", number)
    audit.record(actor, f"challenge.{state}", f"{SUBJECT}:challenge:{key}", {"answer": number})
