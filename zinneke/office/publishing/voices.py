"""What readers say: discussions, reuses, requests for data that are missing. Moderated; of who says it nothing is kept."""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from zinneke.foundations.audit import store as audit
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.identity.within import within
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.pacing import Pacing
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.office.publishing import models
from zinneke.office.publishing.rules import SUBJECT
from zinneke.office.publishing.values import Post, PostRow

KINDS = ("discussion", "reuse", "request")
SHOWN = ("shown", "answered", "declined")
LONGEST = 3_000
AN_HOUR = 6
"""What one address may say in an hour; votes count as a tenth."""
_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]+\.[a-z]{2,24}", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"(?:\+|\b)\d(?:[ ./()-]{0,2}\d){8,}")
_pacing = Pacing(3_600)


@verb(Right.SEE, SUBJECT)
def list_posts(actor: Actor, kind: str, dataset: str = "", limit: int = 100) -> list[Post]:
    """Return what is shown of a kind, the most wanted requests first, else the newest; of one dataset where one is named (Problem 404)."""
    found = models.Post.objects.filter(within(actor, Right.SEE, SUBJECT, part="dataset"), kind=kind, state__in=SHOWN)
    if dataset:
        catalogue.get_dataset(actor, dataset)
        found = found.filter(dataset=dataset)
    order = ("-votes", "-created") if kind == "request" else ("-created",)
    posts = [_post(each) for each in found.order_by(*order)[: max(1, min(limit, 200))]]
    return posts if dataset else [each for each in posts if not each.dataset or _open(actor, each.dataset)]


@verb(Right.SEE, SUBJECT)
def get_post(actor: Actor, number: int) -> Post:
    """Return one post that is shown, or that waits for those who moderate it. Raises `Problem` 404."""
    condition = (Q(state__in=SHOWN) & within(actor, Right.SEE, SUBJECT, part="dataset")) | within(actor, Right.EDIT, SUBJECT, part="dataset")
    found = models.Post.objects.filter(condition, pk=number).first()
    if found is None or (found.dataset and not _open(actor, found.dataset)):
        raise not_found("post", number)
    return _post(found)


@verb(Right.SEE, SUBJECT)
def add_post(actor: Actor, row: PostRow, address: str = "") -> Post:
    """Take what somebody says; it is shown once somebody has read it. Raises `Problem` 400 naming the field, 404, 429 for too much."""
    if row.kind not in KINDS:
        raise wrong("Say whether it is a discussion, a reuse or a request.", where="kind")
    text, title = row.text.strip(), " ".join(row.title.split())
    if not text and row.kind != "reuse":
        raise wrong("Write what you want to say.", where="text")
    if row.kind != "discussion" and not title:
        raise wrong("Give it a title.", where="title")
    if len(text) > LONGEST or len(title) > 200 or len(row.shown_as) > 100:
        raise wrong(f"That is too long; {LONGEST} characters are the most. Shorten it: nothing is lost meanwhile.", where="text")
    if _MAIL.search(f"{text} {title}") or _LONG_NUMBER.search(f"{text} {title}"):
        raise wrong("It holds a mail address or a telephone number, which everybody would read. Leave it out.", where="text")
    link = row.link.strip()
    if row.kind == "reuse" and not re.fullmatch(r"https?://[^\s<>\"']{4,490}", link):
        raise wrong("Give the web address where it can be seen.", where="link")
    dataset = catalogue.get_dataset(actor, row.dataset) if row.dataset else None
    if dataset is None and row.kind != "request":
        raise wrong("Say which dataset it is about.", where="dataset")
    check_pace(address, actor)
    made = models.Post.objects.create(
        kind=row.kind, dataset=row.dataset, level=dataset.level if dataset else Level.PUBLIC, area=dataset.area if dataset else "",
        title=title, text=text, link=link if row.kind == "reuse" else "", shown_as=" ".join(row.shown_as.split()),
        language=row.language, created=datetime.now(UTC),
    )  # fmt: skip
    return _post(made)


@verb(Right.SEE, SUBJECT)
def cast_vote(actor: Actor, number: int, address: str = "") -> int:
    """Say that one wants the same; once. Returns the votes. Raises `Problem` 404."""
    post = get_post(actor, number)
    if post.kind != "request" or post.state not in SHOWN:
        raise not_found("request", number)
    check_pace(address, actor, 0.1)
    who = actor.key if actor.known else address
    digest = hmac.new(settings.SECRET_KEY.encode(), f"vote {number} {who}".encode(), sha256).hexdigest()
    try:
        with transaction.atomic():
            models.Ballot.objects.create(post_id=number, digest=digest)
            models.Post.objects.filter(pk=number).update(votes=F("votes") + 1)
    except IntegrityError:
        pass
    return int(models.Post.objects.values_list("votes", flat=True).get(pk=number))


@verb(Right.EDIT, SUBJECT)
def list_waiting(actor: Actor) -> list[Post]:
    """Return what waits to be read and shown, the oldest first, as far as the actor may edit it."""
    found = models.Post.objects.filter(within(actor, Right.EDIT, SUBJECT, part="dataset"), state="waiting")
    return [_post(each) for each in found.order_by("created")[:200]]


@verb(Right.EDIT, SUBJECT)
def moderate(actor: Actor, number: int, state: str, answer: str = "", leads_to: str = "") -> Post:
    """Show a post, keep it away, answer it or decline it; the answer is signed by the organisation, not by a person."""
    if state not in (*SHOWN, "hidden"):
        raise wrong("Say what becomes of it.", where="state")
    if state in ("answered", "declined") and not answer.strip():
        raise wrong("Write the answer: who asked reads it here.", where="answer")
    with transaction.atomic():
        found = models.Post.objects.select_for_update().filter(within(actor, Right.EDIT, SUBJECT, part="dataset"), pk=number).first()
        if found is None:
            raise not_found("post", number)
        if leads_to:
            catalogue.get_dataset(actor, leads_to)
        found.state, found.decided = state, datetime.now(UTC)
        if answer.strip():
            found.answer, found.answered_by = answer.strip()[:LONGEST], (actor.organisation or "")[:120]
        found.leads_to = leads_to or found.leads_to
        found.save()
        audit.record(actor, "moderate", f"{SUBJECT}.post:{number}", {"state": state})
    return _post(found)


def check_pace(address: str, actor: Actor, weight: float = 1.0) -> None:
    """Count what an address says, in memory only, and refuse too much (Problem 429). Needs no right: it keeps the house quiet."""
    key = actor.key if actor.known else address
    if _pacing.take(f"{key} {weight}", int(AN_HOUR / weight)):
        raise Problem(429, "Too many at once", "Several messages came from here within an hour. Wait a little; what you typed is still here.")


def forget_pace() -> None:
    """Forget who said how much. Needs no right: for tests."""
    _pacing.forget()


def _open(actor: Actor, dataset: str) -> bool:
    try:
        catalogue.get_dataset(actor, dataset)
    except Problem:
        return False
    return True


def _post(each: models.Post) -> Post:
    return Post(
        number=each.pk, kind=each.kind, dataset=each.dataset, title=each.title, text=each.text, link=each.link, shown_as=each.shown_as,
        language=each.language, state=each.state, answer=each.answer, answered_by=each.answered_by, leads_to=each.leads_to, votes=each.votes,
        created=each.created, decided=each.decided,
    )  # fmt: skip
