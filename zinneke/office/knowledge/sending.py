"""Letters leave: each claimed before it is sent and marked after, so that a crash between the two sends nothing twice."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from zinneke.kernel.text import Text, choose
from zinneke.office.knowledge import events, letters, links, models
from zinneke.office.knowledge.kinds import KINDS
from zinneke.office.knowledge.values import Entry, LetterRecord, Registered

log = logging.getLogger("zinneke.knowledge")
BATCH = 50
"""Letters of one run of the chore, so that it stays one of seconds."""
ATTEMPTS = 5
SUBJECTS = {
    "confirm": Text("Confirmez votre abonnement", "Bevestig uw abonnement", "Confirm your subscription"),
    "going": Text("Vous êtes inscrit", "U bent ingeschreven", "You are registered"),
    "waiting": Text("Vous êtes sur la liste d’attente", "U staat op de wachtlijst", "You are on the waiting list"),
    "cancelled": Text("Votre inscription est annulée", "Uw inschrijving is geannuleerd", "Your registration is cancelled"),
    "reminder": Text("Rappel", "Herinnering", "Reminder"),
}


def site() -> str:
    """Return the address that links in letters begin with."""
    return settings.PUBLIC_URL or f"http://{settings.HOST}:{settings.PORT}"


def address(page: str, language: str, **values: str) -> str:
    """Return the whole address of a page in a language."""
    with translation.override(language):
        return site() + reverse(page, kwargs=values or None)


def _write(template: str, language: str, subject: str, to: str, context: Mapping[str, object]) -> EmailMultiAlternatives:
    with translation.override(language):
        text = render_to_string(f"knowledge/mail/{template}.html", context)
    return EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [to], headers={"Auto-Submitted": "auto-generated"})


def _send(message: EmailMultiAlternatives) -> bool:
    """Send one letter; False, and a line in the log, when no server took it."""
    try:
        return bool(message.send())
    except OSError:
        log.exception("letter not sent")
        return False


def send_confirmation(email: str, language: str, token: str) -> bool:
    """Send the letter whose link begins a subscription; False when no server took it."""
    context = {"link": address("newsletter-confirm", language, token=token)}
    return _send(_write("confirm", language, SUBJECTS["confirm"].said_in(language), email, context))


def send_registration(registered: Registered, entry: Entry, reminder: bool = False) -> bool:
    """Tell somebody that they are going or waiting, or that the day is near; False when no server took the letter: the seat is kept all the same."""
    language, title = registered.language, choose(entry.draft.title, registered.language)[0]
    word = SUBJECTS["reminder" if reminder else registered.state].said_in(language)
    context = {
        "registered": registered, "entry": entry, "event": events.event_of(entry), "title": title, "reminder": reminder,
        "link": address("event-registration", language, token=registered.token),
        "page": address("knowledge-entry", language, path="events", key=entry.key),
    }  # fmt: skip
    return _send(_write("registration", language, f"{word}: {title}"[:200], registered.email, context))


def render_letter(letter: LetterRecord, entries: Iterable[Entry], language: str, leave: str) -> tuple[str, str, str]:
    """Return a letter's subject, text and HTML in a language."""
    lines = [(each, address("knowledge-entry", language, path=_path(each), key=each.key)) for each in entries]
    context = {
        "intro": choose(letter.intro, language)[0],
        "lines": lines,
        "leave": leave,
        "site": address("knowledge", language),
        "language": language,
    }
    subject = choose(letter.subject, language)[0]
    with translation.override(language):
        text = render_to_string("knowledge/mail/letter-text.html", context)
        page = render_to_string("knowledge/mail/letter.html", {**context, "subject": subject})
    return subject, text, page


def _path(entry: Entry) -> str:
    return KINDS[entry.kind].path


def send_due(now: datetime, most: int = BATCH) -> str:
    """Send what approved letters owe to subscribers, `most` at once: the chore of the letters. Returns a line for the log."""
    sent = failed = 0
    connection = get_connection()
    for row in models.Letter.objects.filter(state="sending").order_by("approved"):
        letter = letters.read_letter(row)
        while sent + failed < most and (delivery := _claim(row, now)):
            outcome = _deliver(letter, delivery, connection)
            sent, failed = sent + (outcome == "sent"), failed + (outcome == "failed")
        if not _owed(row).exists() and not row.deliveries.filter(state="failed", attempts__lt=ATTEMPTS).exists():
            models.Letter.objects.filter(pk=row.pk).update(state="sent")
    return f"{sent} letters sent, {failed} failed" if sent or failed else ""


def _owed(letter: models.Letter) -> QuerySet[models.Subscriber]:
    subscribers = models.Subscriber.objects.filter(state="confirmed", confirmed__lte=letter.approved)
    return subscribers.exclude(deliveries__letter=letter).order_by("pk")


def _claim(letter: models.Letter, now: datetime) -> models.Delivery | None:
    """Return the next delivery, which is ours alone from now on; None when there is none that can be made now."""
    while (subscriber := _owed(letter).first()) is not None:
        try:
            with transaction.atomic():
                return models.Delivery.objects.create(
                    letter=letter,
                    subscriber=subscriber,
                    audience=subscriber.audience,
                    language=subscriber.language,
                    state="sending",
                    attempts=1,
                    time=now,
                )
        except IntegrityError:  # somebody else claimed it between the two lines above
            continue
    for row in letter.deliveries.filter(state="failed", attempts__lt=ATTEMPTS, time__lt=now, subscriber__state="confirmed").order_by("time"):
        if letter.deliveries.filter(pk=row.pk, state="failed").update(state="sending", attempts=row.attempts + 1, time=now):
            row.refresh_from_db()
            return row
    return None


def _deliver(letter: LetterRecord, delivery: models.Delivery, connection: object) -> str:
    subscriber = delivery.subscriber
    entries = letters.compose(letter, tuple(subscriber.themes))
    state = "nothing"
    if entries:
        message = build(letter, entries, subscriber.pk, subscriber.email, subscriber.language)
        message.connection = connection
        try:
            message.send()
            state = "sent"
        except OSError:  # SMTP errors are among them: the server said no, so nothing left
            state = "failed"
    delivery.state = state
    delivery.save(update_fields=("state",))
    return state


def build(letter: LetterRecord, entries: Iterable[Entry], subscriber: int, email: str, language: str) -> EmailMultiAlternatives:
    """Return one letter for one subscriber, with the heads by which mail programs offer to unsubscribe in one click (RFC 8058)."""
    token = links.write(links.LEAVE, subscriber)
    leave = address("newsletter-leave", language, token=token)
    subject, text, page = render_letter(letter, entries, language, leave)
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
    heads = {
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<letters.{host}>",
        "Message-ID": f"<letter.{letter.id}.{subscriber}@{host}>",
        "Precedence": "bulk",
    }
    message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [email], headers=heads)
    message.attach_alternative(page, "text/html")
    return message


def remind_due(now: datetime) -> str:
    """Remind those whose event is near, each once: the chore of the events. Returns a line for the log."""
    told = 0
    for registered, entry in events.list_to_remind(now):
        if events.mark_reminded(registered.id, now):
            send_registration(registered, entry, reminder=True)
            told += 1
    return f"{told} reminded" if told else ""
