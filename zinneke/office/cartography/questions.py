"""Questions to stewards: a letter with a link that nobody can guess, at which one confirms, corrects, or says that the thing is no more."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from smtplib import SMTPException
from typing import Literal

import msgspec
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import Text, choose
from zinneke.office.cartography import keeping, models, shelf
from zinneke.office.cartography.shelf import SUBJECT
from zinneke.office.cartography.things import Details, Thing, ThingRow, Words

OPEN = timedelta(days=60)
"""How long a steward can answer."""
Answer = Literal["confirmed", "corrected", "gone"]
HEADING = Text("Est-ce toujours exact ? {title}", "Klopt dit nog? {title}", "Is this still right? {title}")
LETTER = Text(
    "Bonjour,\n\nLa carte des données de la Région décrit « {title} », dont vous avez la charge. Est-ce toujours exact ?\n\n"
    "Relisez, confirmez ou corrigez ici (jusqu’au {until}) :\n{link}\n\n"
    "Aucun compte n’est nécessaire. Merci : cela prend deux minutes et évite à d’autres la même question.",
    "Goedendag,\n\nDe kaart van de gegevens van het Gewest beschrijft “{title}”, waar u voor zorgt. Klopt dit nog?\n\n"
    "Lees het na, bevestig of verbeter het hier (tot {until}):\n{link}\n\n"
    "U hebt geen account nodig. Dank u: het duurt twee minuten en bespaart anderen dezelfde vraag.",
    "Good day,\n\nThe map of the Region’s data describes “{title}”, which you look after. Is it still right?\n\n"
    "Read it, and confirm or correct it here (until {until}):\n{link}\n\n"
    "You need no account. Thank you: it takes two minutes, and spares others the same question.",
)


class Asked(msgspec.Struct, frozen=True):
    """A question as whoever asked it sees it: never with the address it went to unless they may see personal data."""

    id: int
    thing: str
    title: Words
    sent: datetime
    expires: datetime
    answered: datetime | None
    answer: str
    note: str = ""
    sent_to: str = ""


def ask(actor: Actor, key: str, address: str, language: str, base: str) -> Asked:
    """Send a steward the question about a thing; `base` is our own address.

    Raises `Problem` 400 for what is no mail address, 502 when the letter does not leave.
    """
    record = shelf.record_of(actor, key, Right.EDIT)
    try:
        validate_email(address)
    except ValidationError:
        raise wrong(f"{address!r} is no mail address.", where="address") from None
    token, now = secrets.token_urlsafe(24), datetime.now(UTC)
    with transaction.atomic():
        question = models.Question.objects.create(
            thing=record, digest=digest(token), sent_to=address, language=language, sent=now, expires=now + OPEN, by=actor.key
        )
        audit.record(actor, "steward.ask", f"{SUBJECT}:{key}", {"question": question.pk})
        title, until = choose(record.title, language)[0], timezone.localtime(question.expires).strftime("%d/%m/%Y")
        link = f"{base}/{language}/cartography/questions/{token}/"
        body = LETTER.said_in(language).format(title=title, until=until, link=link)
        try:
            EmailMessage(HEADING.said_in(language).format(title=title[:100]), body, settings.DEFAULT_FROM_EMAIL, [address]).send()
        except (OSError, SMTPException):
            raise Problem(502, "Not sent", "The mail server does not take the letter now. Nothing was asked; try again later.") from None
    return asked(question, True)


def digest(token: str) -> str:
    """Return what is kept of a link's secret."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def find(token: str) -> models.Question:
    """Return the question behind a link. Raises `Problem` 404 for one that is unknown, answered or too old: the three look the same."""
    found = models.Question.objects.select_related("thing").filter(digest=digest(token[:100]), answered=None, expires__gt=datetime.now(UTC)).first()
    if found is None or found.thing.withdrawn:
        raise Problem(404, "Not found", "This link is unknown, was used already, or is too old. Ask for a new one.")
    return found


def shown(token: str) -> tuple[Thing, str]:
    """Return the thing that a link asks about, and the language of the letter."""
    question = find(token)
    return shelf.thing(question.thing), question.language


def answer(token: str, said: Answer, title: Words, about: Words, note: str, details: Details | None = None) -> str:
    """Take a steward's answer and return the thing's key. A correction wins over machines; what is said to be gone waits for whoever asked."""
    with transaction.atomic():
        question = find(token)
        record = models.Thing.objects.select_for_update().get(pk=question.thing_id)
        by, row = f"steward:{question.pk}", msgspec.json.decode(record.document, type=ThingRow)
        if said == "gone":
            record.missing = timezone.localdate()
            record.save(update_fields=("missing",))
        else:
            after = row
            if said == "corrected":
                after = msgspec.structs.replace(row, title=title or row.title, about=about or row.about, details=details or row.details)
            record.reviewed, record.missing = timezone.localdate(), None
            claimed = sorted({*record.claimed, *keeping.differences(row, after)})
            keeping.write(record, msgspec.structs.replace(after, next_review=timezone.localdate() + keeping.REVIEW), by, claimed, withdrawn=False)
        question.answered, question.answer, question.note = datetime.now(UTC), said, note.strip()[:2000]
        question.save(update_fields=("answered", "answer", "note"))
        audit.record(by, "steward.answer", f"{SUBJECT}:{record.key}", {"said": said})
    return str(record.key)


def asked(question: models.Question, personal: bool) -> Asked:
    """Return a question as a value."""
    return Asked(
        id=question.pk, thing=question.thing.key, title=question.thing.title, sent=question.sent, expires=question.expires,
        answered=question.answered, answer=question.answer, note=question.note, sent_to=question.sent_to if personal else "",
    )  # fmt: skip
