"""Who comes to an event: seats given one at a time, a waiting list, reminders, and forgetting; and what a workshop wrote down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q, Sum

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.policy import AUDIENCES, DOMAINS
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.kernel.text import LANGUAGES
from zinneke.office.knowledge import links, models, rules
from zinneke.office.knowledge.documents import read_draft, read_entry
from zinneke.office.knowledge.sight import SUBJECT, find_editable, find_row, may_entry
from zinneke.office.knowledge.values import Asked, Captured, Entry, Event, Registered, Seats

KEPT = timedelta(days=30)
"""How long after an event the names and addresses of those who came are kept."""
AHEAD = timedelta(days=2)
"""How long before an event those who come are reminded."""


def event_of(entry: Entry) -> Event:
    """Return what an event has of its own."""
    assert isinstance(entry.details, Event)
    return entry.details


def _seats(row: models.Entry, seats: int) -> Seats:
    counted = row.registrations.aggregate(
        taken=Sum("seats", filter=Q(state="going")), waiting=Sum("seats", filter=Q(state="waiting"))
    )  # fmt: skip
    return Seats(seats, counted["taken"] or 0, counted["waiting"] or 0)


@verb(Right.SEE, SUBJECT)
def get_seats(actor: Actor, key: str) -> Seats:
    """Return how full an event is."""
    row = find_row(actor, "event", key)
    return _seats(row, event_of(read_entry(row)).seats)


@verb(Right.SEE, SUBJECT)
def register(actor: Actor, key: str, asked: Asked, now: datetime | None = None) -> Registered | None:
    """Take seats at an event that is open to whoever asks, or a place on the waiting list; None for an address that is registered already.

    What was registered is told by letter only: whoever types the address of another learns and changes nothing.

    Two who ask for the last seat at once stand in line at the event's row: one gets it, the other waits.
    Raises `Problem` 400 naming the field, 409 when registration is closed.
    """
    now = now or datetime.now(UTC)
    name, address = _check(asked)
    with transaction.atomic():
        find_row(actor, "event", key)
        row = models.Entry.objects.select_for_update().get(kind="event", key=key)
        event = event_of(read_entry(row))
        if not row.live or row.state == "archived" or not rules.open_for(event, now):
            raise Problem(409, "Closed", "Registration for this event is closed.")
        if not 1 <= asked.seats <= event.limit:
            raise wrong(f"One person takes from 1 to {event.limit} seats.", where="seats")
        if row.registrations.filter(email=address).exclude(state="cancelled").exists():
            return None
        made = row.registrations.create(
            name=name, email=address, language=asked.language, seats=asked.seats, audience=asked.audience, needs=asked.needs.strip()[:500],
            state=rules.place(asked.seats, _seats(row, event.seats).free), consented=now, created=now,
        )  # fmt: skip
        audit.record(actor, "event.register", f"{SUBJECT}:event:{key}", {"registration": made.pk, "state": made.state})
    return registered(made, row)


def _check(asked: Asked) -> tuple[str, str]:
    name = rules.one_line(asked.name, "name")
    if not name:
        raise wrong("Give your name.", where="name")
    if not asked.consent:
        raise wrong("Without your agreement we may not keep your name and address, and cannot register you.", where="consent")
    if asked.language not in LANGUAGES or (asked.audience and asked.audience not in AUDIENCES):
        raise wrong("Choose one of the answers of the list.", where="language" if asked.language not in LANGUAGES else "audience")
    return name[:200], rules.email(asked.email)


def registered(row: models.Registration, entry: models.Entry) -> Registered:
    """Return a registration as a value."""
    return Registered(
        row.pk, entry.key, read_draft(bytes(entry.shown or entry.document)).title, row.name, row.email, row.language, row.seats, row.state,
        row.audience, row.needs, row.created, row.erased is not None, links.write(links.REGISTRATION, row.pk),
    )  # fmt: skip


@verb(Right.SEE, SUBJECT)
def get_registration(actor: Actor, token: str) -> Registered:
    """Return the registration that a link belongs to: whoever has the link is the one who registered. Raises `Problem` 404."""
    row = _by_token(token)
    return registered(row, row.entry)


def _by_token(token: str) -> models.Registration:
    number = links.read(links.REGISTRATION, token)[0]
    row = models.Registration.objects.select_related("entry").filter(pk=number).first()
    if row is None:
        raise not_found("registration", "of this link")
    return row


@verb(Right.SEE, SUBJECT)
def cancel_registration(actor: Actor, token: str) -> tuple[Registered, list[Registered]]:
    """Give seats back by the link of a letter; return the registration, and those who came in from the waiting list.

    A second time changes nothing.
    """
    number = _by_token(token).pk
    with transaction.atomic():
        row = models.Registration.objects.select_related("entry").get(pk=number)
        entry = models.Entry.objects.select_for_update().get(pk=row.entry_id)
        row.refresh_from_db()
        if row.state == "cancelled":
            return registered(row, entry), []
        row.state, row.name, row.email, row.needs, row.erased = "cancelled", "", "", "", datetime.now(UTC)
        row.save()
        audit.record(actor, "event.cancel", f"{SUBJECT}:event:{entry.key}", {"registration": row.pk})
        return registered(row, entry), _promote(entry)


def _promote(entry: models.Entry) -> list[Registered]:
    """Bring in those who wait, oldest first, as far as the seats go; the caller holds the event's row."""
    free = _seats(entry, event_of(read_entry(entry)).seats).free
    waiting = list(entry.registrations.filter(state="waiting").order_by("created", "pk"))
    coming = set(rules.promote([(each.pk, each.seats) for each in waiting], free))
    chosen = [each for each in waiting if each.pk in coming]
    entry.registrations.filter(pk__in=coming).update(state="going")
    for each in chosen:
        each.state = "going"
    return [registered(each, entry) for each in chosen]


@verb(Right.EDIT, SUBJECT)
def list_registrations(actor: Actor, key: str) -> list[Registered]:
    """Return who registered for an event, for whoever may edit it up to personal data. Raises `Problem` 404."""
    row = find_editable(actor, "event", key)
    if not may_entry(actor, Right.EDIT, row, Level.PERSONAL):
        raise not_found("list of people for", key)
    return [registered(each, row) for each in row.registrations.order_by("created", "pk")]


@verb(Right.EDIT, SUBJECT)
def add_capture(actor: Actor, key: str, kind: str, title: str, about: str = "", domain: str = "", owner: str = "") -> int:
    """Write down a need or a project during a workshop: one line, at the speed of talk."""
    row = find_editable(actor, "event", key)
    if kind not in ("need", "project"):
        raise wrong("Choose need or project.", where="kind")
    if domain and domain not in DOMAINS:
        raise wrong(f"There is no domain {domain!r}.", where="domain")
    if not (title := rules.one_line(title, "title")):
        raise wrong("Write what was said.", where="title")
    made = row.captures.create(
        kind=kind,
        title=title,
        about=about.strip()[:1000],
        domain=domain,
        owner=owner.strip()[:200],
        time=datetime.now(UTC),
        by=actor.name or actor.key,
    )
    return int(made.pk)


@verb(Right.EDIT, SUBJECT)
def remove_capture(actor: Actor, key: str, number: int) -> None:
    """Take a line out again."""
    find_editable(actor, "event", key).captures.filter(pk=number).delete()


@verb(Right.EDIT, SUBJECT)
def list_captures(actor: Actor, key: str) -> list[Captured]:
    """Return what a workshop wrote down, in order."""
    rows = find_editable(actor, "event", key).captures.order_by("pk")
    return [Captured(row.pk, row.kind, row.title, row.about, row.domain, row.owner, row.by) for row in rows]


def list_to_remind(now: datetime, most: int = 50) -> list[tuple[Registered, Entry]]:
    """Return who is to be reminded now, each with the event; `mark_reminded` says that it was done. For the chore alone."""
    near = models.Registration.objects.filter(
        state="going", reminded=None, erased=None, entry__day__gt=now, entry__day__lte=now + AHEAD, entry__live=True
    )
    rows = near.exclude(entry__state="archived").select_related("entry").order_by("pk")[:most]
    return [(registered(row, row.entry), read_entry(row.entry)) for row in rows]


def mark_reminded(number: int, now: datetime) -> bool:
    """Claim a reminder before it is sent; False when it was claimed already. For the chore alone."""
    return models.Registration.objects.filter(pk=number, reminded=None).update(reminded=now) == 1


def erase_old(now: datetime) -> int:
    """Empty names, addresses and needs of registrations whose event ended long enough ago; how many came stays known. For the chore alone."""
    past = models.Entry.objects.filter(kind="event", day__lt=now - KEPT, registrations__erased=None, registrations__isnull=False).distinct()
    over = [entry.pk for entry in past if event_of(read_entry(entry)).ends < now - KEPT]
    rows = models.Registration.objects.filter(entry__in=over, erased=None)
    return int(rows.update(name="", email="", needs="", erased=now))
