"""Letters by theme: who gets them and stops getting them, what stands in them, and sending each once to each."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Count

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import ANONYMOUS, Actor, Level, Right
from zinneke.kernel.policy import AUDIENCES
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.kernel.text import LANGUAGES
from zinneke.office.knowledge import index, links, models, rules, store
from zinneke.office.knowledge.sight import SUBJECT, insist
from zinneke.office.knowledge.values import Entry, Event, LetterRecord, Reach, Subscribed, Words

KINDS_TOLD = ("article", "event", "challenge", "elsewhere", "technology")
"""What letters tell of, in their order."""
BOUNCES = 3
"""After so many bounces nothing more is sent to an address."""
AGAIN = timedelta(minutes=10)
"""An address that asked gets no second confirmation sooner, however often somebody types it."""


@verb(Right.SEE, SUBJECT)
def subscribe(actor: Actor, email: str, language: str, themes: tuple[str, ...] = (), audience: str = "", now: datetime | None = None) -> str:
    """Ask for letters; return the word for the link that confirms, empty when no letter is to be sent now.

    Nothing tells whether the address was known: the answer to whoever asks is the same. Without themes: all of them.
    """
    address, now = rules.email(email), now or datetime.now(UTC)
    if language not in LANGUAGES:
        raise wrong("Choose one of the three languages.", where="language")
    if audience and audience not in AUDIENCES:
        raise wrong("Choose one of the answers of the list.", where="audience")
    known = {concept.key for concept in store.list_concepts(actor)}
    wish = {"language": language, "themes": [each for each in themes if each in known], "audience": audience}
    with transaction.atomic():
        row = models.Subscriber.objects.select_for_update().filter(email=address).first()
        if row is not None and now - row.asked < AGAIN:
            return ""
        row = row or models.Subscriber(email=address, serial=0, state="asked", language=language)
        row.serial, row.asked, row.wish = row.serial + 1, now, wish
        row.save()
    return links.write(links.CONFIRM, row.pk, row.serial)


@verb(Right.SEE, SUBJECT)
def confirm(actor: Actor, token: str, now: datetime | None = None) -> Subscribed:
    """Confirm by the link of the letter; a second time changes nothing. Raises `Problem` 404 for a false link, 410 for one that is too old."""
    number, serial = (*links.read(links.CONFIRM, token, links.WEEK), 0)[:2]
    with transaction.atomic():
        row = models.Subscriber.objects.select_for_update().filter(pk=number).first()
        if row is None:
            raise not_found("subscription", "of this link")
        if row.serial != serial or row.state == "left":
            raise Problem(
                410, "Too old", "This link is no longer valid: you unsubscribed or asked again since. Ask for a new one; nothing was changed."
            )
        if row.wish:
            row.language, row.themes, row.audience, row.wish = row.wish["language"], row.wish["themes"], row.wish["audience"], {}
            row.state, row.confirmed, row.bounces = "confirmed", row.confirmed or now or datetime.now(UTC), 0
            row.save()
            audit.record(actor, "letters.confirm", f"{SUBJECT}:subscriber:{row.pk}")
    return Subscribed(row.language, tuple(row.themes), row.state)


@verb(Right.SEE, SUBJECT)
def leave(actor: Actor, token: str, now: datetime | None = None) -> bool:
    """Stop getting letters, by the link in each of them; return False when that was so already. The address is forgotten at once.

    Raises `Problem` 404 for a link that is not ours.
    """
    number = links.read(links.LEAVE, token)[0]
    with transaction.atomic():
        row = models.Subscriber.objects.select_for_update().filter(pk=number).first()
        if row is None or row.state == "left":
            return False
        row.state, row.left, row.email, row.serial = "left", now or datetime.now(UTC), f"left-{row.pk}", row.serial + 1
        row.save()
        audit.record(actor, "letters.leave", f"{SUBJECT}:subscriber:{row.pk}")
    return True


@verb(Right.SEE, SUBJECT)
def check_leave(actor: Actor, token: str) -> str:
    """Return how the subscription of a link stands, without changing it: a letter's reader may fetch links by itself."""
    number = links.read(links.LEAVE, token)[0]
    row = models.Subscriber.objects.filter(pk=number).first()
    return row.state if row else "left"


def _manage(actor: Actor, right: Right) -> None:
    insist(actor, right, Level.SHARED, "")


@verb(Right.EDIT, SUBJECT)
def set_letter(
    actor: Actor, number: int, subject: Words, intro: Words, themes: tuple[str, ...] = (), since: datetime | None = None, version: int = 0
) -> LetterRecord:
    """Write a letter, a new one where `number` is 0. Raises `Problem` 400 for a subject of several lines, 409 when it changed or left meanwhile."""
    _manage(actor, Right.EDIT)
    subject = {language: rules.one_line(text, f"subject_{language}") for language, text in subject.items() if text.strip()}
    if missing := [language for language in rules.REQUIRED if not subject.get(language)]:
        raise wrong("Give the subject in French and in Dutch.", where=f"subject_{missing[0]}")
    with transaction.atomic():
        row = models.Letter.objects.select_for_update().filter(pk=number).first() if number else None
        if number and row is None:
            raise not_found("letter", number)
        if row is not None and (row.state != "draft" or row.version != version):
            raise Problem(409, "Changed meanwhile", f"{row.by} changed or sent this letter meanwhile. Nothing was overwritten.")
        row = row or models.Letter(created=datetime.now(UTC), version=0, since=since or _last())
        row.subject, row.intro, row.themes, row.by, row.version = subject, dict(intro), list(themes), actor.name or actor.key, row.version + 1
        row.since = since or row.since
        row.save()
        audit.record(actor, "letter.set", f"{SUBJECT}:letter:{row.pk}")
    return read_letter(row)


def _last() -> datetime:
    last = models.Letter.objects.exclude(until=None).order_by("-until").values_list("until", flat=True).first()
    return last or datetime.now(UTC) - timedelta(days=30)


@verb(Right.EDIT, SUBJECT)
def list_letters(actor: Actor) -> list[LetterRecord]:
    """Return the letters, the newest first."""
    _manage(actor, Right.EDIT)
    return [read_letter(row) for row in models.Letter.objects.order_by("-created")[:200]]


@verb(Right.EDIT, SUBJECT)
def get_letter(actor: Actor, number: int) -> LetterRecord:
    """Return a letter. Raises `Problem` 404."""
    _manage(actor, Right.EDIT)
    row = models.Letter.objects.filter(pk=number).first()
    if row is None:
        raise not_found("letter", number)
    return read_letter(row)


def read_letter(row: models.Letter) -> LetterRecord:
    """Return a letter as a value."""
    counted = Counter(row.deliveries.values_list("state", flat=True)) if row.pk else Counter()
    stuck = row.deliveries.filter(state="sending", time__lt=datetime.now(UTC) - timedelta(hours=1)).count()
    return LetterRecord(
        row.pk, row.subject, row.intro, tuple(row.themes), row.since, row.state, row.version, row.by, row.approved, tuple(row.items),
        counted["sent"], counted["failed"], stuck, counted["nothing"],
    )  # fmt: skip


def compose(letter: LetterRecord, themes: tuple[str, ...] = (), now: datetime | None = None) -> list[Entry]:
    """Return what a letter tells somebody who chose these themes: what everybody may see and is new since the last letter, of its own themes.

    A letter that was approved keeps what it had then, without what was withdrawn since.
    """
    if letter.items or letter.state != "draft":
        found = store.list_by_reference(ANONYMOUS, letter.items)
        found = [each for each in found if each.state != "archived"]
    else:
        every = (each for kind in KINDS_TOLD for each in store.list_entries(ANONYMOUS, kind))
        found = [each for each in every if each.published and each.published >= letter.since and not _past(each, now or datetime.now(UTC))]
    return _of(_of(found, letter.themes), themes)


def _of(entries: list[Entry], themes: tuple[str, ...]) -> list[Entry]:
    if not themes:
        return entries
    held = index.current().thesaurus
    wanted = set().union(*(held.within(theme) for theme in themes))
    return [each for each in entries if wanted & set(each.draft.themes)]


def _past(entry: Entry, now: datetime) -> bool:
    return isinstance(entry.details, Event) and rules.over(entry.details, now)


@verb(Right.COMMAND, SUBJECT)
def approve_letter(actor: Actor, number: int, version: int, now: datetime | None = None) -> LetterRecord:
    """Let a letter go: what stands in it is fixed, and the chore sends it. Raises `Problem` 409 when it changed, 422 when nothing is new."""
    _manage(actor, Right.COMMAND)
    with transaction.atomic():
        row = models.Letter.objects.select_for_update().filter(pk=number).first()
        if row is None:
            raise not_found("letter", number)
        if row.state != "draft" or row.version != version:
            raise Problem(409, "Changed meanwhile", f"{row.by} changed or sent this letter meanwhile. Look at it again first.")
        found = compose(read_letter(row), now=now)
        if not found:
            raise Problem(422, "Nothing new", "There is nothing new to tell since the last letter, so it was not sent.")
        row.items, row.state, row.approved, row.version = [each.reference for each in found], "sending", now or datetime.now(UTC), row.version + 1
        row.until = row.approved
        row.save()
        audit.record(actor, "letter.approve", f"{SUBJECT}:letter:{row.pk}", {"items": len(found)})
    return read_letter(row)


@verb(Right.EDIT, SUBJECT)
def record_bounce(actor: Actor, email: str) -> bool:
    """Note that letters came back from an address; after three nothing more is sent there. False when the address is unknown."""
    _manage(actor, Right.EDIT)
    with transaction.atomic():
        row = models.Subscriber.objects.select_for_update().filter(email=rules.email(email)).first()
        if row is None:
            return False
        row.bounces += 1
        row.state = "bounced" if row.bounces >= BOUNCES else row.state
        row.save()
        audit.record(actor, "letters.bounce", f"{SUBJECT}:subscriber:{row.pk}", {"bounces": row.bounces})
    return True


def erase_unconfirmed(now: datetime) -> int:
    """Forget addresses that were typed and never confirmed while their link was valid. For the chore alone."""
    return int(models.Subscriber.objects.filter(state="asked", asked__lt=now - timedelta(seconds=links.WEEK)).delete()[0])


@verb(Right.EDIT, SUBJECT)
def list_reach(actor: Actor) -> list[Reach]:
    """Return how many people of each audience get letters, how many letters they got, and how many seats they took; nobody is followed."""
    _manage(actor, Right.EDIT)
    subscribers = dict(models.Subscriber.objects.filter(state="confirmed").values_list("audience").annotate(Count("pk")))
    sent = dict(models.Delivery.objects.filter(state="sent").values_list("audience").annotate(Count("pk")))
    going = dict(models.Registration.objects.filter(state="going").values_list("audience").annotate(Count("pk")))
    return [Reach(key, subscribers.get(key, 0), sent.get(key, 0), going.get(key, 0)) for key in (*AUDIENCES, "")]
