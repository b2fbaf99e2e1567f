"""Groups that meet: their series, agendas built from what members relay, reports, decisions that are followed, actions with owner and date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import verb
from zinneke.kernel.text import LANGUAGES, choose
from zinneke.office.network import models, rules, words
from zinneke.office.network.reaching import SUBJECT, put, row, rows, sheet, touch
from zinneke.office.network.values import Action, Decision, Group, Meeting, Point


@verb(Right.SEE, SUBJECT)
def list_groups(actor: Actor) -> list[Group]:
    """Return the groups within reach: the network of leads and the consultation first, then the theme groups."""
    order = list(words.GROUP_KINDS)
    found = [sheet(Group, each) for each in rows(actor, models.Group)]
    return sorted(found, key=lambda each: (order.index(each.kind), choose(each.name, "en")[0]))


@verb(Right.SEE, SUBJECT)
def get_group(actor: Actor, key: str) -> Group:
    """Return a group. Raises Problem 404."""
    return sheet(Group, row(actor, models.Group, key))


@verb(Right.EDIT, SUBJECT)
def set_group(actor: Actor, group: Group) -> Group:
    """Write a group. Raises Problem 400 for a series that cannot be followed, 409 when it changed meanwhile."""
    owned = msgspec.structs.replace(group, owner=group.owner or group.key)
    if owned.rule:
        if owned.begins is None:
            raise wrong("A series needs the day and hour of its first meeting.", where="begins")
        rules.occurrences(owned.rule, owned.begins, _zone(), owned.begins)
    return sheet(Group, put(actor, models.Group, owned))


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.CITY_ZONE)


@verb(Right.EDIT, SUBJECT)
def plan_meetings(actor: Actor, key: str) -> int:
    """Plan the coming meetings of a group's series and return how many are new; what was moved or cancelled stays so. Raises Problem 404."""
    group = sheet(Group, row(actor, models.Group, key, Right.EDIT))
    if not group.rule or group.begins is None:
        return 0
    planned = set(models.Meeting.objects.filter(group=key).values_list("planned_for", flat=True))
    moments = rules.occurrences(group.rule, group.begins, _zone(), max(group.begins, datetime.now(UTC)))
    with transaction.atomic():
        new = [each for each in moments if each not in planned]
        for moment in new:
            _plan(actor, group, moment)
        if new:
            audit.record(actor, "group.plan", f"{SUBJECT}.group:{key}", {"meetings": len(new)})
    return len(new)


def _plan(actor: Actor, group: Group, moment: datetime) -> None:
    day = moment.astimezone(_zone())
    meeting = models.Meeting(
        key=f"{group.key}-{day:%Y-%m-%d-%H%M}", level=group.level, area=group.area, owner=group.owner, group=group.key,
        start=moment, end=moment + timedelta(minutes=group.minutes), place=group.place, planned_for=moment,
    )  # fmt: skip
    touch(meeting, actor)


@verb(Right.SEE, SUBJECT)
def list_meetings(actor: Actor, group: str = "", since: datetime | None = None, until: datetime | None = None, limit: int = 500) -> list[Meeting]:
    """Return meetings in order of time, of one group and within a period where given."""
    found = rows(actor, models.Meeting, group=group)
    found = found.filter(end__gte=since) if since else found
    found = found.filter(start__lt=until) if until else found
    return _named(found.order_by("start", "key")[:limit])


@verb(Right.SEE, SUBJECT)
def get_meeting(actor: Actor, key: str) -> Meeting:
    """Return a meeting. Raises Problem 404."""
    return _named([row(actor, models.Meeting, key)])[0]


@verb(Right.EDIT, SUBJECT)
def set_meeting(actor: Actor, meeting: Meeting) -> Meeting:
    """Write a meeting, before it or after: place and hour, who was there, the report. Its group says who may see it. Raises Problem 400 or 409."""
    if meeting.end <= meeting.start:
        raise wrong("A meeting ends after it begins.", where="end")
    placed = _under(meeting, row(actor, models.Group, meeting.group))
    return _named([put(actor, models.Meeting, placed)])[0]


def _named(found: Iterable[models.Meeting]) -> list[Meeting]:
    groups = dict(models.Group.objects.values_list("key", "name"))
    return [sheet(Meeting, each, name=dict.fromkeys(LANGUAGES, each.title) if each.title else groups.get(each.group, {})) for each in found]


def _under(child: Meeting, group: models.Group) -> Meeting:
    return msgspec.structs.replace(child, level=max(child.level, Level(group.level)), area=group.area, owner=group.owner)


@verb(Right.SEE, SUBJECT)
def list_points(actor: Actor, meeting: str) -> list[Point]:
    """Return what was relayed for a meeting, in the order of its agenda, what was left out last."""
    found = [sheet(Point, each) for each in rows(actor, models.Point, meeting=meeting)]
    return sorted(found, key=lambda each: (each.state == "left out", each.place, each.changed or datetime.min.replace(tzinfo=UTC)))


@verb(Right.SEE, SUBJECT)
def get_point(actor: Actor, key: str) -> Point:
    """Return a point of an agenda. Raises Problem 404."""
    return sheet(Point, row(actor, models.Point, key))


@verb(Right.EDIT, SUBJECT)
def set_point(actor: Actor, point: Point) -> Point:
    """Relay a point to a meeting, put it in its place or leave it out; it is as open as its meeting. Raises Problem 404 or 409."""
    meeting = row(actor, models.Meeting, point.meeting)
    placed = msgspec.structs.replace(
        point, key=point.key or rules.new_key(), by=point.by or actor.name or actor.key, level=max(point.level, Level(meeting.level)),
        area=meeting.area, owner=meeting.owner,
    )  # fmt: skip
    return sheet(Point, put(actor, models.Point, placed))


@verb(Right.SEE, SUBJECT)
def list_decisions(actor: Actor, meeting: str = "", escalations: bool = False) -> list[Decision]:
    """Return decisions, the latest first; those of a meeting, or only escalations: those that ask something of parties by a day."""
    found = rows(actor, models.Decision, meeting=meeting)
    found = found.exclude(due=None).exclude(parties=[]) if escalations else found
    return [sheet(Decision, each) for each in found.order_by("-taken", "-pk")]


@verb(Right.SEE, SUBJECT)
def get_decision(actor: Actor, key: str) -> Decision:
    """Return a decision. Raises Problem 404."""
    return sheet(Decision, row(actor, models.Decision, key))


@verb(Right.EDIT, SUBJECT)
def set_decision(actor: Actor, decision: Decision) -> Decision:
    """Write a decision, or what became of it; one of a meeting is at least as closed as the meeting. Raises Problem 400 or 409."""
    if decision.due and decision.due < decision.taken:
        raise wrong("The term of a decision lies after the day on which it was taken.", where="due")
    if decision.parties and decision.due is None:
        raise wrong("An escalation has a term: say by which day the parties act.", where="due")
    followed_on = decision.followed_on or timezone.localdate() if decision.followed != "open" else None
    placed = msgspec.structs.replace(decision, key=decision.key or rules.new_key(), followed_on=followed_on)
    if decision.meeting:
        meeting = row(actor, models.Meeting, decision.meeting)
        placed = msgspec.structs.replace(placed, level=max(decision.level, Level(meeting.level)), area=meeting.area, owner=meeting.owner)
    return sheet(Decision, put(actor, models.Decision, placed))


@verb(Right.SEE, SUBJECT)
def list_actions(
    actor: Actor, state: str = "", posts: Iterable[str] | None = None, meeting: str = "", project: str = "", decision: str = ""
) -> list[Action]:
    """Return actions, the most urgent first; those in a state, of some posts, or from a meeting, a decision or a project where given."""
    found = rows(actor, models.Action, state=state, meeting=meeting, project=project, decision=decision)
    if posts is not None:
        found = found.filter(post__in=list(posts))
    listed = [sheet(Action, each) for each in found.order_by("pk")]
    return sorted(listed, key=lambda each: (each.state != "open", each.due or date.max))


@verb(Right.SEE, SUBJECT)
def get_action(actor: Actor, key: str) -> Action:
    """Return an action. Raises Problem 404."""
    return sheet(Action, row(actor, models.Action, key))


@verb(Right.EDIT, SUBJECT)
def set_action(actor: Actor, action: Action) -> Action:
    """Write an action. One that comes from a meeting is at least as closed as the meeting. Raises Problem 400 or 409."""
    done = (action.done or timezone.localdate()) if action.state == "done" else None
    placed = msgspec.structs.replace(action, key=action.key or rules.new_key(), done=done)
    if action.meeting:
        meeting = row(actor, models.Meeting, action.meeting)
        placed = msgspec.structs.replace(placed, level=max(action.level, Level(meeting.level)), area=meeting.area, owner=meeting.owner)
    if action.post and not models.Post.objects.filter(key=action.post).exists():
        raise wrong(f"There is no post {action.post!r}.", where="post")
    return sheet(Action, put(actor, models.Action, placed))


@verb(Right.SEE, SUBJECT)
def finish_action(actor: Actor, key: str) -> Action:
    """Say that an action is done: its owner may, and whoever may edit it. Raises Problem 403 or 404."""
    with transaction.atomic():
        found = row(actor, models.Action, key, lock=True)
        own = actor.person is not None and actor.scopes is None and models.Post.objects.filter(key=found.post, account=actor.person).exists()
        if not own:
            row(actor, models.Action, key, Right.EDIT)
        if found.state == "open":
            found.state, found.done = "done", timezone.localdate()
            touch(found, actor)
            audit.record(actor, "action.done", f"{SUBJECT}.action:{key}")
    return sheet(Action, found)
