"""The front door behind the counter: what staff do with an enquiry, from the queue to the answer, a transfer, a note, the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM, Actor, Level, Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import verb
from zinneke.kernel.text import choose
from zinneke.office.network import asking, directory, letters, models, rules, wording, words
from zinneke.office.network.asked import Enquiry, EnquiryFigures, EnquiryLine, EnquiryRow, Receipt
from zinneke.office.network.reaching import SUBJECT, check_version, demand, reaches, row, rows, sheet, touch

FEWEST = 5
"""Figures about fewer people than this are not told."""


@verb(Right.EDIT, SUBJECT)
def note_enquiry(actor: Actor, enquiry: EnquiryRow) -> Receipt:
    """Write down an enquiry that came by telephone, at the counter or on paper, for somebody without a screen. Raises Problem 400."""
    demand(actor, Right.EDIT, Level.PERSONAL, enquiry.area, "")
    return asking.take(actor, enquiry)


@verb(Right.SEE, SUBJECT)
def list_enquiries(actor: Actor, state: str = "open", mine: bool = False, limit: int = 200) -> list[Enquiry]:
    """Return enquiries within reach, those due first: `open`, one of the states, or "" for all; `mine` are those assigned to the actor."""
    found = rows(actor, models.Enquiry)
    if state == "open":
        found = found.filter(state__in=("new", "assigned"))
    elif state:
        found = found.filter(state=state)
    if mine:
        found = found.filter(assigned=actor.person or 0)
    return [sheet(Enquiry, each, lines=()) for each in found.order_by("due", "pk")[:limit]]


@verb(Right.SEE, SUBJECT)
def get_enquiry(actor: Actor, key: str) -> Enquiry:
    """Return an enquiry with all that happened to it, notes included where the actor reaches their level too. Raises Problem 404."""
    return _whole(actor, row(actor, models.Enquiry, key))


def _whole(actor: Actor, found: models.Enquiry) -> Enquiry:
    seen = [level for level in Level if reaches(actor, Right.SEE, level, found.area, found.owner)]
    kept = found.lines.filter(level__in=seen).order_by("time", "pk")
    return sheet(Enquiry, found, lines=tuple(EnquiryLine(each.time, each.what, each.by, each.text) for each in kept))


@verb(Right.SEE, SUBJECT)
def list_handlers(actor: Actor, key: str) -> list[tuple[int, str]]:
    """Return the people to whom an enquiry can be given: those who may edit it. Empty for whoever may not themselves. Raises Problem 404."""
    found = row(actor, models.Enquiry, key)
    return _handlers(found) if reaches(actor, Right.EDIT, Level(found.level), found.area, found.owner) else []


def _handlers(found: models.Enquiry) -> list[tuple[int, str]]:
    people = [each for each in identity.list_people(SYSTEM) if each.active and each.roles]
    able = [(each.id, each.name, identity.actor_of_person(each.id)) for each in people]
    return [(id, name) for id, name, who in able if who and reaches(who, Right.EDIT, Level(found.level), found.area, found.owner)]


@verb(Right.EDIT, SUBJECT)
def assign_enquiry(actor: Actor, key: str, person: int, version: int) -> Enquiry:
    """Give an enquiry to somebody who may answer it. Raises Problem 400 for anybody else, 409 when it changed meanwhile."""
    with transaction.atomic():
        found = _taken(actor, key, version)
        name = dict(_handlers(found)).get(person)
        if name is None:
            raise wrong("This person may not handle the enquiry. Choose one of those listed.", where="person")
        found.assigned, found.assigned_name, found.reminded = person, name, None
        found.state = "assigned" if found.state == "new" else found.state
        _kept(actor, found, "assigned", name, Level.SHARED)
    return _whole(actor, found)


@verb(Right.EDIT, SUBJECT)
def add_note(actor: Actor, key: str, text: str) -> Enquiry:
    """Add an internal note: for administrations, never for the asker. Raises Problem 400 when there is nothing in it."""
    if not (clean := rules.lines(text)):
        raise wrong("Write something in the note.", where="text")
    with transaction.atomic():
        found = _taken(actor, key)
        _kept(actor, found, "note", clean, Level.SHARED)
    return _whole(actor, found)


@verb(Right.EDIT, SUBJECT)
def answer_enquiry(actor: Actor, key: str, answer: str, version: int) -> Enquiry:
    """Answer, in the language of whoever asked; the answer leaves by mail where there is an address. Raises Problem 400 or 409."""
    if not (clean := rules.lines(answer)):
        raise wrong("Write the answer first.", where="answer")
    now = datetime.now(UTC)
    with transaction.atomic():
        found = _taken(actor, key, version)
        found.answer, found.answered, found.state = clean, found.answered or now, "answered"
        _kept(actor, found, "answered", "", Level.PUBLIC)
        letter = wording.ANSWERED_TEXT.said_in(found.language).format(answer=clean, reference=key)
        letters.keep(key, found.email, f"{wording.ANSWERED.said_in(found.language).format(reference=key)} [{key}]", letter, now)
    return _whole(actor, found)


@verb(Right.EDIT, SUBJECT)
def transfer_enquiry(actor: Actor, key: str, organisation: str, version: int) -> Enquiry:
    """Pass an enquiry to another administration, whole; whoever handled it there is chosen there, and the asker is told. The promise stays.

    Raises Problem 400 when it is there already or the organisation is unknown, 409 when it changed meanwhile.
    """
    place = directory.get_organisation(actor, organisation)
    with transaction.atomic():
        found = _taken(actor, key, version)
        if found.owner == organisation:
            raise wrong("It is with this administration already.", where="organisation")
        found.owner, found.assigned, found.assigned_name = organisation, None, ""
        found.state = "new" if found.state == "assigned" else found.state
        _kept(actor, found, "transferred", organisation, Level.PUBLIC)
        named = {"organisation": choose(place.name, found.language)[0], "reference": key, "due": wording.say_day(found.due, found.language)}
        subject, text = (each.said_in(found.language).format(**named) for each in (wording.TRANSFERRED, wording.TRANSFERRED_TEXT))
        letters.keep(key, found.email, f"{subject} [{key}]", text, datetime.now(UTC))
    return sheet(Enquiry, found, lines=())


@verb(Right.EDIT, SUBJECT)
def close_enquiry(actor: Actor, key: str, version: int) -> Enquiry:
    """Close an enquiry: it leaves the queue, and after a year what is personal in it is erased. Raises Problem 409."""
    with transaction.atomic():
        found = _taken(actor, key, version)
        if found.state == "closed":
            raise Problem(409, "Closed already", "The enquiry is closed already.")
        found.state, found.closed = "closed", datetime.now(UTC)
        _kept(actor, found, "closed", "", Level.PUBLIC)
    return _whole(actor, found)


@verb(Right.EDIT, SUBJECT)
def erase_enquiry(actor: Actor, key: str) -> Enquiry:
    """Erase what is personal in an enquiry at once, because the asker wants it; what was counted stays. Raises Problem 404."""
    with transaction.atomic():
        found = _taken(actor, key)
        asking.erase(found, datetime.now(UTC))
        _kept(actor, found, "erased", "", Level.PUBLIC)
    return _whole(actor, found)


def _taken(actor: Actor, key: str, version: int | None = None) -> models.Enquiry:
    """Take an enquiry to change it, unless somebody else did since `version`."""
    found: models.Enquiry = row(actor, models.Enquiry, key, Right.EDIT, lock=True)
    if version is not None:
        check_version(found, version)
    return found


def _kept(actor: Actor, found: models.Enquiry, what: str, text: str, level: Level) -> None:
    """Save what was done, the line that tells it, and its entry in the journal, which says nothing of what was asked."""
    touch(found, actor)
    by = actor.name or actor.key
    models.EnquiryLine.objects.create(enquiry=found, level=level, time=datetime.now(UTC), by=by, what=what, text=text)
    audit.record(actor, f"enquiry.{what}", f"{SUBJECT}.enquiry:{found.key}", {"owner": found.owner} if what == "transferred" else {})


@verb(Right.SEE, SUBJECT)
def count_enquiries(actor: Actor) -> EnquiryFigures:
    """Return how many enquiries came, by which way, and how many were answered in time: figures of five people or more, for everybody."""
    found = models.Enquiry.objects.values_list("channel", "state", "answered", "due", "satisfied")
    seen = list(found)
    in_time = sum(timezone.localdate(answered) <= due for _, _, answered, due, _ in seen if answered)
    return EnquiryFigures(
        received=_told(len(seen)),
        answered=_told(sum(answered is not None for _, _, answered, _, _ in seen)),
        in_time=_told(in_time),
        by_channel={key: _told(count) for key, count in _in_order(Counter(each[0] for each in seen), words.CHANNELS).items()},
        by_satisfaction={key: _told(count) for key, count in _in_order(Counter(each[4] for each in seen), words.SATISFIED).items()},
    )


def _told(count: int) -> int | None:
    return count if count >= FEWEST or count == 0 else None


def _in_order(counted: Counter[str], known: Iterable[str]) -> dict[str, int]:
    return {key: counted[key] for key in known if counted[key]}
