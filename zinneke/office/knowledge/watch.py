"""The watch: votes and moves on the radar, projects put before those who could do them, sources followed and what they bring."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from zinneke.foundations.audit import store as audit
from zinneke.foundations.fetching import Answer, check_address
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.office.knowledge import models, rules, store
from zinneke.office.knowledge.documents import read_draft, write_draft
from zinneke.office.knowledge.feeds import read_feed
from zinneke.office.knowledge.kinds import RINGS
from zinneke.office.knowledge.sight import SUBJECT, find_editable, find_row, insist, may_entry, visible, within
from zinneke.office.knowledge.values import (
    Draft,
    Elsewhere,
    Entry,
    MoveMade,
    Proposed,
    ReferralMade,
    Ring,
    SourceFollowed,
    Technology,
    VoteCast,
    Words,
)

DAY = timedelta(days=1)


def _ring(ring: str) -> str:
    if ring not in RINGS:
        raise wrong(f"There is no ring {ring!r}. There are {', '.join(RINGS)}.", where="ring")
    return ring


@verb(Right.EDIT, SUBJECT)
def cast_vote(actor: Actor, key: str, ring: str, argument: str) -> None:
    """Say where one would place a technology, and why; a later vote replaces one's own."""
    if not argument.strip():
        raise wrong("Say why: a place without an argument helps nobody.", where="argument")
    row = find_editable(actor, "technology", key)
    fields = {"ring": _ring(ring), "argument": argument.strip()[:1000], "name": actor.name or actor.key, "time": datetime.now(UTC)}
    row.votes.update_or_create(person=actor.key[:100], defaults=fields)
    audit.record(actor, "radar.vote", f"{SUBJECT}:technology:{key}", {"ring": ring})


@verb(Right.SEE, SUBJECT)
def list_votes(actor: Actor, key: str) -> list[VoteCast]:
    """Return the votes on a technology, the newest first; only members of the group see whose they are."""
    row = find_row(actor, "technology", key)
    named = may_entry(actor, Right.EDIT, row)
    return [VoteCast(each.name if named else "", each.ring, each.argument, each.time) for each in row.votes.order_by("-time")]


@verb(Right.COMMAND, SUBJECT)
def move_technology(actor: Actor, key: str, ring: Ring, argument: Words) -> Entry:
    """Place a published technology in another ring, with the argument that decided it; the move stays readable.

    A change that waits to be published stays waiting, with the new ring in it.
    """
    _ring(ring)
    if not all(argument.get(language, "").strip() for language in rules.REQUIRED):
        raise wrong("Give the argument in French and in Dutch: both are read.", where="argument")
    with transaction.atomic():
        row = find_editable(actor, "technology", key, lock=True)
        insist(actor, Right.COMMAND, Level(row.level), row.area, row.owner)
        if not row.live:
            raise Problem(409, "Not yet", "This technology is not on the radar yet. Publish it first.")
        before = _placed(read_draft(bytes(row.shown or b"")))
        if before.ring == ring:
            raise wrong("It is in that ring already.", where="ring")
        now, by = datetime.now(UTC), actor.name or actor.key
        row.document, row.shown = (_with_ring(bytes(each or b""), ring) for each in (row.document, row.shown))
        row.version, row.changed, row.changed_by = row.version + 1, now, by
        row.shown_version = row.version if row.state == "published" else row.shown_version
        row.save()
        row.moves.create(before=before.ring, after=ring, argument=dict(argument), time=now, by=by)
        row.revisions.create(version=row.version, state=row.state, document=row.document, note=f"{before.ring} → {ring}", time=now, by=by)
        row.votes.all().delete()
        audit.record(actor, "radar.move", f"{SUBJECT}:technology:{key}", {"from": before.ring, "to": ring})
    return store.get_entry(actor, "technology", key)


def _placed(draft: Draft) -> Technology:
    assert isinstance(draft.details, Technology)
    return draft.details


def _with_ring(document: bytes, ring: Ring) -> bytes:
    draft = read_draft(document)
    return write_draft(msgspec.structs.replace(draft, details=msgspec.structs.replace(_placed(draft), ring=ring)))


@verb(Right.SEE, SUBJECT)
def list_moves(actor: Actor, key: str) -> list[MoveMade]:
    """Return how a technology came to where it is, the newest move first."""
    rows = find_row(actor, "technology", key).moves.order_by("-time", "-pk")
    return [MoveMade(each.before, each.after, each.argument, each.time, each.by) for each in rows]


@verb(Right.SEE, SUBJECT)
def list_moved(actor: Actor, since: datetime) -> dict[str, tuple[str, str]]:
    """Return the technologies that moved since a moment, by key: from which ring to which; new ones come from none."""
    rows = models.Move.objects.filter(visible(actor, "entry__"), time__gte=since).order_by("time")
    moved: dict[str, tuple[str, str]] = {}
    for key, before, after in rows.values_list("entry__key", "before", "after"):
        moved[key] = (moved[key][0] if key in moved else before, after)
    return moved


@verb(Right.EDIT, SUBJECT)
def refer(actor: Actor, key: str, party: str, note: str = "") -> None:
    """Put a project seen elsewhere before an organisation that could do it here. Raises `Problem` 409 when that was done already."""
    row = find_editable(actor, "elsewhere", key)
    if not party.strip():
        raise wrong("Say to whom it goes: the key of an organisation.", where="party")
    try:
        with transaction.atomic():
            row.referrals.create(party=party.strip()[:100], note=note.strip()[:1000], asked=datetime.now(UTC), asked_by=actor.name or actor.key)
            audit.record(actor, "watch.refer", f"{SUBJECT}:elsewhere:{key}", {"party": party})
    except IntegrityError:
        raise Problem(409, "Done already", f"It was put before {party} already.", where="party") from None


@verb(Right.SEE, SUBJECT)
def list_referrals(actor: Actor, key: str = "", open_only: bool = False) -> list[ReferralMade]:
    """Return who was asked about projects seen elsewhere and what they said: for administrations within reach, and for the party itself."""
    held = visible(actor, "entry__") & (within(actor, Right.EDIT, "entry__") | Q(party=actor.organisation or "-"))
    rows = models.Referral.objects.filter(held).select_related("entry").order_by("-asked")
    rows = rows.filter(entry__key=key) if key else rows
    return [_referral(row) for row in (rows.filter(state="asked") if open_only else rows)[:500]]


def _referral(row: models.Referral) -> ReferralMade:
    title = read_draft(bytes(row.entry.shown or row.entry.document)).title
    return ReferralMade(
        row.pk, row.entry.key, title, row.party, row.note, row.state, row.reason, row.asked, row.asked_by, row.answered
    )  # fmt: skip


@verb(Right.SEE, SUBJECT)
def answer_referral(actor: Actor, number: int, accept: bool, reason: str = "") -> None:
    """Accept or decline for the party that was asked; a refusal says why. Only that organisation, or who edits the watch for it, may answer."""
    with transaction.atomic():
        row = models.Referral.objects.select_for_update().select_related("entry").filter(visible(actor, "entry__"), pk=number).first()
        mine = row is not None and actor.known and (actor.organisation == row.party or may_entry(actor, Right.EDIT, row.entry))
        if row is None or not mine:
            raise not_found("referral", number)
        if row.state != "asked":
            raise Problem(409, "Answered already", f"{row.answered_by} answered this already.")
        if not accept and not reason.strip():
            raise wrong("Say why it is declined, so that nobody asks again in vain.", where="reason")
        row.state, row.reason = "accepted" if accept else "declined", reason.strip()[:1000]
        row.answered, row.answered_by = datetime.now(UTC), actor.name or actor.key
        row.save()
        audit.record(actor, f"watch.{row.state}", f"{SUBJECT}:elsewhere:{row.entry.key}", {"party": row.party})


@verb(Right.EDIT, SUBJECT)
def add_source(
    actor: Actor, name: str, address: str, level: Level = Level.PUBLIC, area: str = "", themes: tuple[str, ...] = (), checked: bool = True
) -> int:
    """Follow a feed. Raises `Problem` 400 for an address inside the network, 409 for one that is followed already."""
    insist(actor, Right.EDIT, level, area)
    if checked:
        check_address(address)
    if not name.strip():
        raise wrong("Give the source a name.", where="name")
    try:
        with transaction.atomic():
            row = models.Source.objects.create(
                name=name.strip()[:200], address=address, level=level, area=area, themes=list(themes), due=datetime.now(UTC)
            )  # fmt: skip
            audit.record(actor, "source.add", f"{SUBJECT}:source:{row.pk}", {"address": address})
    except IntegrityError:
        raise Problem(409, "Followed already", "This feed is followed already.", where="address") from None
    return int(row.pk)


@verb(Right.EDIT, SUBJECT)
def list_sources(actor: Actor) -> list[SourceFollowed]:
    """Return the feeds that are followed, with how many items of each wait."""
    rows = models.Source.objects.filter(within(actor, Right.EDIT)).annotate(n=Count("spotted", filter=Q(spotted__state="new")))
    return [
        SourceFollowed(row.pk, row.name, row.address, row.active, row.failures, row.due, row.read, row.fault, row.n) for row in rows.order_by("name")
    ]


@verb(Right.EDIT, SUBJECT)
def set_source(actor: Actor, number: int, active: bool) -> None:
    """Stop following a feed, or follow it again from now."""
    changed = models.Source.objects.filter(within(actor, Right.EDIT), pk=number).update(active=active, failures=0, due=datetime.now(UTC))
    if not changed:
        raise not_found("source", number)
    audit.record(actor, "source.set", f"{SUBJECT}:source:{number}", {"active": active})


@verb(Right.EDIT, SUBJECT)
def list_proposed(actor: Actor, limit: int = 100) -> list[Proposed]:
    """Return the items of the sources that wait to be kept or dismissed, the newest first."""
    rows = models.Spotted.objects.filter(within(actor, Right.EDIT, "source__"), state="new").select_related("source").order_by("-seen", "pk")
    return [Proposed(row.pk, row.source.name, row.title, row.address, row.about, row.dated, row.seen) for row in rows[: max(1, min(limit, 500))]]


@verb(Right.EDIT, SUBJECT)
def keep_proposed(actor: Actor, number: int, city: str, language: str = "en") -> Entry:
    """Make a draft of an item: a project seen elsewhere, with its source. Nothing is published by this."""
    with transaction.atomic():
        row = _proposed(actor, number)
        seen = row.dated or row.seen
        draft = Draft(
            title={language: row.title}, summary={language: row.about} if row.about else {}, themes=tuple(row.source.themes),
            details=Elsewhere(city=city.strip()[:100], source=row.address, seen=seen.date()),
            level=Level(row.source.level), area=row.source.area, owner=row.source.owner,
        )  # fmt: skip
        entry = store.set_entry(actor, draft, note=row.source.name)
        row.state, row.entry = "kept", entry.reference
        row.save(update_fields=("state", "entry"))
    return entry


@verb(Right.EDIT, SUBJECT)
def dismiss_proposed(actor: Actor, number: int) -> None:
    """Lay an item aside; the same item does not come back."""
    row = _proposed(actor, number)
    row.state = "dismissed"
    row.save(update_fields=("state",))


def _proposed(actor: Actor, number: int) -> models.Spotted:
    rows = models.Spotted.objects.filter(within(actor, Right.EDIT, "source__"), pk=number, state="new").select_related("source")
    if (row := rows.first()) is None:
        raise not_found("item", number)
    return row


def read_due(now: datetime, fetch: Callable[[str, str, str], Answer], most: int = 5) -> str:
    """Read the sources whose time has come, a few at once: the chore of the watch. Returns a line for the log."""
    told = []
    for row in models.Source.objects.filter(active=True, due__lte=now).order_by("due")[:most]:
        try:
            new = _take(row, fetch(row.address, row.etag, row.modified), now)
            row.failures, row.fault, row.read, row.due = 0, "", now, now + DAY / 4
            told += [f"{row.name}: {new} new"] if new else []
        except Problem as problem:
            row.failures += 1
            row.fault, row.due = problem.detail[:500], now + rules.back_off(row.failures)
            row.active = row.active and problem.extra.get("status_there") != 410
            told.append(f"{row.name}: {problem.detail}")
        row.save()
    return "; ".join(told)


def _take(row: models.Source, fetched: Answer, now: datetime) -> int:
    """Propose the items that were not there before; nothing is published."""
    if fetched.status == 304:
        return 0
    items = {hashlib.sha256(item.id.encode()).hexdigest(): item for item in read_feed(fetched.body, row.address)}
    known = set(row.spotted.filter(digest__in=list(items)).values_list("digest", flat=True))
    new = [
        models.Spotted(source=row, digest=digest, title=item.title, address=item.address, about=item.about, dated=item.dated, seen=now)
        for digest, item in items.items() if digest not in known
    ]  # fmt: skip
    models.Spotted.objects.bulk_create(new, ignore_conflicts=True)
    row.etag, row.modified = fetched.etag, fetched.modified
    return len(new)
