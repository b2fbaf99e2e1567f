"""Groups, their calendar, a meeting before and after, decisions that are followed, actions with owner and date."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.foundations.papers import serving
from zinneke.kernel.confidentiality import Right
from zinneke.office.network import papers, store
from zinneke.office.network.views.directory import known_posts
from zinneke.office.network.views.editing import commands, done, may, whole


def groups(request: HttpRequest) -> HttpResponse:
    """Show the groups, the coming meetings, and what is to be done."""
    now = datetime.now(UTC)
    listed = store.list_groups(request.actor)
    actions = store.list_actions(request.actor, state="open")
    context = {
        "groups": listed,
        "named": {each.key: each for each in listed},
        "coming": store.list_meetings(request.actor, since=now, limit=12),
        "late": [each for each in actions if each.late(timezone.localdate())],
        "open": len(actions),
        "feeds": store.list_own_feeds(request.actor) if request.actor.person is not None else (),
        "may_edit": may(request, Right.EDIT),
    }
    return render(request, "network/groups.html", context)


def group(request: HttpRequest, key: str) -> HttpResponse:
    """Show a group: what it is for, who belongs to it, its meetings to come and past, its actions."""
    found = store.get_group(request.actor, key)
    now = datetime.now(UTC)
    meetings = store.list_meetings(request.actor, group=key)
    keys = {each.key for each in meetings}
    context = {
        "group": found,
        "organisations": {each.key: each for each in store.list_organisations(request.actor)},
        "posts": known_posts(request),
        "coming": [each for each in meetings if each.end >= now],
        "past": [each for each in reversed(meetings) if each.end < now],
        "actions": [each for each in store.list_actions(request.actor, state="open") if each.meeting in keys],
        "today": timezone.localdate(),
        "may_edit": store.may_edit(request.actor, found),
    }
    return render(request, "network/group.html", context)


@require_POST
def plan(request: HttpRequest, key: str) -> HttpResponse:
    """Plan the coming meetings of a series now."""
    made = store.plan_meetings(request.actor, key)
    messages.success(request, ngettext("%(n)s meeting planned.", "%(n)s meetings planned.", made) % {"n": made})
    return redirect("network-group", key=key)


def meeting(request: HttpRequest, key: str) -> HttpResponse:
    """Show a meeting: before it the agenda and its papers, after it who was there, the report, the decisions and the actions."""
    found = store.get_meeting(request.actor, key)
    posts, organisations = known_posts(request), {each.key: each for each in store.list_organisations(request.actor)}
    points, may_edit = store.list_points(request.actor, key), store.may_edit(request.actor, found)
    context = {
        "meeting": found,
        "group": store.get_group(request.actor, found.group),
        "agenda": [each for each in points if each.state == "agenda"],
        "relayed": [each for each in points if each.state != "agenda"],
        "decisions": store.list_decisions(request.actor, meeting=key),
        "actions": store.list_actions(request.actor, meeting=key),
        "posts": posts,
        "organisations": organisations,
        "today": timezone.localdate(),
        "over": found.end < datetime.now(UTC),
        "may_edit": may_edit,
        **serving.shown(papers.list_papers(request.actor, key), reverse("network-meeting", kwargs={"key": key}), may_edit),
    }
    return render(request, "network/meeting.html", context)


def actions(request: HttpRequest) -> HttpResponse:
    """Show actions: those in a state, mine, or those for a project."""
    state = request.GET.get("state", "open")
    state = state if state in ("open", "done", "dropped") else "open"
    project, mine = request.GET.get("project", "")[:120], "mine" in request.GET
    posts = store.own_posts(request.actor) if mine else None
    context = {
        "actions": store.list_actions(request.actor, state=state, posts=posts, project=project),
        "state": state,
        "mine": mine,
        "project": project,
        "posts": known_posts(request),
        "organisations": {each.key: each for each in store.list_organisations(request.actor)},
        "today": timezone.localdate(),
        "may_edit": may(request, Right.EDIT),
    }
    return render(request, "network/actions.html", context)


@never_cache
def action(request: HttpRequest, key: str) -> HttpResponse:
    """Show an action with what it came from, and let its owner say that it is done."""
    found = store.get_action(request.actor, key)
    if request.method == "POST":
        return done(request, lambda: store.finish_action(request.actor, key), _("Done, and written down."), request.path)
    posts = known_posts(request)
    context = {
        "action": found,
        "post": posts.get(found.post),
        "organisations": {each.key: each for each in store.list_organisations(request.actor)},
        "meeting": next((each for each in store.list_meetings(request.actor) if each.key == found.meeting), None) if found.meeting else None,
        "decision": next((each for each in store.list_decisions(request.actor) if each.key == found.decision), None) if found.decision else None,
        "today": timezone.localdate(),
        "may_edit": store.may_edit(request.actor, found),
        "may_finish": found.state == "open" and (store.may_edit(request.actor, found) or found.post in store.own_posts(request.actor)),
    }
    return render(request, "network/action.html", context)


def escalations(request: HttpRequest) -> HttpResponse:
    """Show the register of escalations: who had to do what by when, and whether they did."""
    context = {
        "decisions": store.list_decisions(request.actor, escalations=True),
        "organisations": {each.key: each for each in store.list_organisations(request.actor)},
        "today": timezone.localdate(),
        "may_edit": commands(request),
    }
    return render(request, "network/escalations.html", context)


def decision(request: HttpRequest, key: str) -> HttpResponse:
    """Show a decision, what came of it, and the actions that it brought."""
    found = store.get_decision(request.actor, key)
    context = {
        "decision": found,
        "meeting": next((each for each in store.list_meetings(request.actor) if each.key == found.meeting), None) if found.meeting else None,
        "actions": store.list_actions(request.actor, decision=key),
        "organisations": {each.key: each for each in store.list_organisations(request.actor)},
        "posts": known_posts(request),
        "today": timezone.localdate(),
        "may_edit": store.may_edit(request.actor, found),
    }
    return render(request, "network/decision.html", context)


@never_cache
def calendars(request: HttpRequest) -> HttpResponse:
    """Show one's own calendar addresses; make one, shown this once, or revoke one."""
    made = ""
    if request.method == "POST" and "revoke" in request.POST:
        there = reverse("network-calendars")
        return done(request, lambda: store.revoke_feed(request.actor, whole(request.POST.get("revoke"))), _("Revoked: it no longer works."), there)
    if request.method == "POST":
        word = store.add_feed(request.actor, request.POST.get("group", "")[:80])
        site = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
        made = f"{site}/api/network/calendars/{word}"
    listed = store.list_groups(request.actor)
    context = {"made": made, "feeds": store.list_own_feeds(request.actor), "groups": listed, "named": {each.key: each for each in listed}}
    return render(request, "network/calendars.html", context)
