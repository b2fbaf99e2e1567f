"""Calendar addresses that people make for their own programs: each acts for its owner, no further, until it is revoked or the owner leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Q

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.route import verb
from zinneke.office.network import calendar, meetings, models, rules
from zinneke.office.network.reaching import SUBJECT
from zinneke.office.network.values import Action, Feed, Meeting

PAST = timedelta(days=92)
"""How far back a calendar goes."""
MOST = 20


@verb(Right.SEE, SUBJECT)
def add_feed(actor: Actor, group: str = "") -> str:
    """Make a calendar address for oneself, of one group or of everything, and return its word: the only time that it is seen.

    Raises Problem 401 for visitors and tokens, 404 for a group that one does not see, 409 for too many.
    """
    person = _oneself(actor)
    if group:
        meetings.get_group(actor, group)
    if models.Feed.objects.filter(person=person, revoked=None).count() >= MOST:
        raise Problem(409, "Too many", f"You have {MOST} calendar addresses. Revoke one first.")
    word = rules.new_word()
    made = models.Feed.objects.create(digest=rules.digest(word), person=person, group=group, made=datetime.now(UTC))
    audit.record(actor, "calendar.add", f"{SUBJECT}.calendar:{made.pk}", {"group": group})
    return word


@verb(Right.SEE, SUBJECT)
def list_own_feeds(actor: Actor) -> list[Feed]:
    """Return one's own calendar addresses that still work, without their words."""
    return [Feed(each.pk, each.group, each.made) for each in models.Feed.objects.filter(person=_oneself(actor), revoked=None).order_by("pk")]


@verb(Right.SEE, SUBJECT)
def revoke_feed(actor: Actor, id: int) -> None:
    """Revoke one of one's own calendar addresses, at once. Raises Problem 404."""
    if not models.Feed.objects.filter(pk=id, person=_oneself(actor), revoked=None).update(revoked=datetime.now(UTC)):
        raise not_found("calendar", id)
    audit.record(actor, "calendar.revoke", f"{SUBJECT}.calendar:{id}")


def _oneself(actor: Actor) -> int:
    if actor.person is None or actor.scopes is not None:
        raise Problem(401, "Sign in", "Sign in to make a calendar address; a token cannot.")
    return actor.person


def read(word: str, site: str) -> bytes:
    """Return the calendar of a word, as far as its owner may see today. Raises Problem 404 for a word that is unknown or revoked."""
    feed = models.Feed.objects.filter(digest=rules.digest(word[:200]), revoked=None).first()
    owner = identity.actor_of_person(feed.person) if feed else None
    if feed is None or owner is None:
        raise Problem(404, "Not found", "This calendar address does not work, or no longer. Make a new one on the page of the meetings.")
    shown = meetings.list_meetings(owner, group=feed.group, since=datetime.now(UTC) - PAST)
    own = set(models.Post.objects.filter(Q(account=feed.person)).values_list("key", flat=True))
    tasks = meetings.list_actions(owner, posts=own) if own and not feed.group else []
    return calendar.write(_name(owner, feed.group), _own_meetings(shown, own, feed.group), tasks, settings.CITY_ZONE, site)


def _own_meetings(shown: list[Meeting], own: set[str], group: str) -> list[Meeting]:
    """Keep the meetings of groups that one belongs to, or of the one group that was asked for."""
    if group:
        return shown
    organisations = set(models.Post.objects.filter(key__in=own).values_list("owner", flat=True))
    groups = {key for key, members in models.Group.objects.values_list("key", "members") if set(members) & (own | organisations)}
    return [each for each in shown if each.group in groups]


def _name(owner: Actor, group: str) -> str:
    return rules.bilingual(meetings.get_group(owner, group).name) if group else "Zinneke"


@verb(Right.SEE, SUBJECT)
def get_group_calendar(actor: Actor, key: str, site: str) -> bytes:
    """Return the meetings of a group as iCalendar. Raises Problem 404."""
    group = meetings.get_group(actor, key)
    shown = meetings.list_meetings(actor, group=key, since=datetime.now(UTC) - PAST)
    return calendar.write(rules.bilingual(group.name), shown, (), settings.CITY_ZONE, site)


@verb(Right.SEE, SUBJECT)
def get_meeting_calendar(actor: Actor, key: str, site: str) -> bytes:
    """Return one meeting with its actions as iCalendar. Raises Problem 404."""
    meeting = meetings.get_meeting(actor, key)
    tasks: list[Action] = meetings.list_actions(actor, meeting=key)
    return calendar.write(rules.bilingual(meeting.name), [meeting], tasks, settings.CITY_ZONE, site)
