"""The front door from outside: taking an enquiry in, showing it to whoever holds its word, and forgetting what is personal when its time has come."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level
from zinneke.kernel.problem import Problem, wrong
from zinneke.office.network import letters, models, rules, wording, words
from zinneke.office.network.asked import EnquiryLine, EnquiryRow, OwnEnquiry, Receipt
from zinneke.office.network.reaching import SUBJECT, touch

MOST_AN_HOUR = 6
"""Forms from one address in an hour."""
FOR_ASKER = ("received", "transferred", "answered", "message", "rated", "closed", "erased")


def check_pace(address: str, now: datetime) -> None:
    """Count a form from an address, known for a day by a digest only, and refuse one too many. Raises Problem 429."""
    known = hmac.new(settings.SECRET_KEY.encode(), f"{now:%Y-%m-%d} {address}".encode(), sha256).hexdigest()
    models.Knock.objects.filter(time__lt=now - timedelta(days=1)).delete()
    if models.Knock.objects.filter(digest=known, time__gte=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise Problem(429, "Too many at once", "Several messages came from here within an hour. Wait an hour, or telephone.")
    models.Knock.objects.create(digest=known, time=now)


def take(actor: Actor, given: EnquiryRow) -> Receipt:
    """Keep an enquiry under a reference, promise a day, and acknowledge it by mail where there is an address. Raises Problem 400."""
    check(given)
    received = given.received or datetime.now(UTC)
    due = rules.promised(given.kind, timezone.localdate(received))
    word = rules.new_word()
    with transaction.atomic():
        key = _next_reference(timezone.localdate(received).year)
        found = models.Enquiry(
            key=key, level=Level.PERSONAL, area=given.area, digest=rules.digest(word), channel=given.channel, language=given.language,
            kind=given.kind, name=rules.one_line(given.name, 200), email=given.email.strip(), phone=rules.one_line(given.phone, 60),
            subject=rules.one_line(given.subject), text=rules.lines(given.text), received=received, due=due, state="new",
            mail=rules.digest(given.mail) if given.mail else "",
        )  # fmt: skip
        touch(found, actor)
        add_line(found, "received", "", received)
        audit.record(actor, "enquiry.received", f"{SUBJECT}.enquiry:{key}", {"channel": given.channel, "language": given.language})
        if not given.quiet:
            _acknowledge(found, word)
    return Receipt(key, word, due)


def _next_reference(year: int) -> str:
    """Return the next reference of a year; whoever else takes one waits for the end of this transaction."""
    models.Numbers.objects.get_or_create(year=year)
    numbers = models.Numbers.objects.select_for_update().get(year=year)
    numbers.last += 1
    numbers.save()
    return rules.reference(year, numbers.last)


def check(given: EnquiryRow) -> None:
    """Refuse what cannot be kept as it is. Raises Problem 400 naming the field."""
    if not rules.lines(given.text):
        raise wrong("The message is empty.", where="text")
    if len(given.text) > rules.LONGEST:
        raise wrong(f"The message has {len(given.text):,} characters; {rules.LONGEST:,} are the most. Shorten it, or send it in parts.", where="text")
    if given.email.strip() and not rules.is_email(given.email.strip()):
        raise wrong("This is not an email address to which an answer can go.", where="email")
    known = {"kind": words.ENQUIRY_KINDS, "channel": words.CHANNELS, "language": ("fr", "nl", "en")}
    for name, choices in known.items():
        if getattr(given, name) not in choices:
            raise wrong(f"There is no {name} {getattr(given, name)!r}.", where=name)


def address(language: str, reference: str, word: str) -> str:
    """Return the address of the page on which an asker follows their enquiry."""
    base = settings.PUBLIC_URL or f"http://{settings.HOST}:{settings.PORT}"
    return f"{base}/{language}/enquiries/{reference}/{word}/"


def _acknowledge(found: models.Enquiry, word: str) -> None:
    said = {"reference": found.key, "due": wording.say_day(found.due, found.language), "address": address(found.language, found.key, word)}
    subject, text = (each.said_in(found.language).format(**said) for each in (wording.RECEIVED, wording.RECEIVED_TEXT))
    letters.keep(found.key, found.email, f"{subject} [{found.key}]", text, found.received)


def add_line(found: models.Enquiry, what: str, text: str, time: datetime, level: Level = Level.PUBLIC) -> None:
    """Write down what the asker did; what they wrote is as personal as the enquiry."""
    models.EnquiryLine.objects.create(enquiry=found, level=level, time=time, what=what, text=text)


def find_own(reference: str, word: str) -> models.Enquiry:
    """Return the enquiry of a reference whose word this is; a wrong one is answered like an unknown reference. Raises Problem 404."""
    found = models.Enquiry.objects.filter(key=reference[:80]).first()
    kept = found.digest if found else rules.digest("nothing")
    if not hmac.compare_digest(kept, rules.digest(word)) or found is None:
        raise Problem(404, "Not found", "There is no enquiry under this reference with this word. Check the address that you were given.")
    return found


def own(found: models.Enquiry) -> OwnEnquiry:
    """Return an enquiry as its asker sees it."""
    kept = found.lines.filter(what__in=FOR_ASKER).order_by("time", "pk")
    steps = tuple(EnquiryLine(each.time, each.what, "", each.text if each.what in ("message", "transferred") else "") for each in kept)
    return OwnEnquiry(
        reference=found.key, language=found.language, kind=found.kind, subject=found.subject, text=found.text, received=found.received,
        due=found.due, state=found.state, owner=found.owner, answer=found.answer, answered=found.answered, satisfied=found.satisfied,
        erased=found.erased, steps=steps,
    )  # fmt: skip


def rate(found: models.Enquiry, satisfied: str, comment: str) -> None:
    """Keep whether an answer helped, and close the enquiry; one that did not help goes back to the queue. Raises Problem 400 or 409."""
    if satisfied not in words.SATISFIED:
        raise wrong("Say yes, partly or no.", where="satisfied")
    if found.answered is None or found.erased:
        raise Problem(409, "Not yet", "There is no answer yet to say anything about.")
    now = datetime.now(UTC)
    found.satisfied, found.comment = satisfied, rules.lines(comment, 2000)
    found.state, found.closed = ("assigned", None) if satisfied == "no" and found.state != "closed" else ("closed", found.closed or now)
    with transaction.atomic():
        touch(found, "the asker")
        add_line(found, "rated", "", now)
        audit.record(ANONYMOUS, "enquiry.rated", f"{SUBJECT}.enquiry:{found.key}", {"satisfied": satisfied})


def add_message(found: models.Enquiry, text: str, mail: str, time: datetime) -> None:
    """Add a further message from the asker to an enquiry that is not erased; one that was answered or closed is opened again."""
    with transaction.atomic():
        found.state = "assigned" if found.assigned else "new"
        found.closed = None
        touch(found, "the asker")
        audit.record(ANONYMOUS, "enquiry.message", f"{SUBJECT}.enquiry:{found.key}")
        models.EnquiryLine.objects.create(
            enquiry=found, level=Level.PERSONAL, time=time, by=rules.digest(mail)[:40] if mail else "", what="message", text=rules.lines(text)
        )


def erase(found: models.Enquiry, now: datetime) -> None:
    """Take out of an enquiry whatever is personal, its letters and notes included; channel, kind, days and satisfaction stay to be counted."""
    for name in ("name", "email", "phone", "subject", "text", "answer", "comment", "mail"):
        setattr(found, name, "")
    found.digest, found.erased = rules.digest(rules.new_word()), now
    if found.state != "closed":
        found.state, found.closed = "closed", found.closed or now
    found.lines.update(text="", by="")
    found.lines.filter(what="note").delete()
    models.Letter.objects.filter(about=found.key).delete()


def close_and_erase(now: datetime) -> tuple[int, int]:
    """Close what was answered a month ago without a word since, erase what was closed a year ago, and return how many of each."""
    closed = erased = 0
    for found in models.Enquiry.objects.filter(state="answered", answered__lt=now - rules.PATIENCE):
        found.state, found.closed = "closed", now
        with transaction.atomic():
            touch(found, SYSTEM)
            add_line(found, "closed", "", now)
        closed += 1
    for found in models.Enquiry.objects.filter(state="closed", closed__lt=now - rules.KEPT, erased=None):
        with transaction.atomic():
            erase(found, now)
            touch(found, SYSTEM)
            audit.record(SYSTEM, "enquiry.erased", f"{SUBJECT}.enquiry:{found.key}")
        erased += 1
    return closed, erased


def remind(now: datetime) -> int:
    """Write once to whoever holds an enquiry whose promise ends within two working days, and return how many were written to."""
    soon = rules.after_working_days(timezone.localdate(now), 2)
    waiting = models.Enquiry.objects.filter(state__in=("new", "assigned"), reminded=None, due__lte=soon).exclude(assigned=None)
    people = {each.id: each for each in identity.list_people(SYSTEM)} if waiting else {}
    for found in waiting:
        with transaction.atomic():
            models.Enquiry.objects.filter(pk=found.pk).update(reminded=now)
            if (person := people.get(found.assigned)) and person.active:
                said = {"reference": found.key, "due": wording.say_day(found.due, person.language)}
                subject, text = (each.said_in(person.language).format(**said) for each in (wording.REMINDER, wording.REMINDER_TEXT))
                letters.keep(found.key, person.email, subject, text, now)
    return len(waiting)
