"""The pages of subscriptions: one's own with a form for another, one with its dead letters and what can be done, and everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.alerting import store as rules
from zinneke.foundations.observations.alerting.values import RuleState
from zinneke.foundations.subscriptions import store
from zinneke.foundations.subscriptions.forms import SubscriptionForm
from zinneke.foundations.subscriptions.values import OBSERVATION, SOURCE, THINGS, Outcome, Standing
from zinneke.foundations.territory import store as territory
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.refusals import say
from zinneke.kernel.text import choose

STATES = {
    "paused": ("unknown", gettext_noop("Paused")),
    "stopped": ("act", gettext_noop("Stopped")),
    "expired": ("unknown", gettext_noop("Over")),
}
TRANSPORTS = {
    "mail": gettext_noop("Mail"),
    "webhook": gettext_noop("Own system (webhook)"),
    "events": gettext_noop("Read by a program"),
    "mqtt": "MQTT",
}


@never_cache
def show_own(request: HttpRequest) -> HttpResponse:
    """List one's own subscriptions, and take another."""
    actor: Actor = request.actor
    asked = {name: request.GET[name] for name in ("solution", "stream", "area", "rule", "name") if request.GET.get(name)}
    form = SubscriptionForm(actor, request.POST or None, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            made = store.add(actor, form.subscription())
        except Problem as problem:
            if problem.status in (401, 403):
                raise
            form.tell(problem)
        else:
            return render(request, "subscriptions/subscription.html", {**_shown(actor, made.standing.id), "secret": made.secret})
    found = [(each, *_standing(each), _about(actor, each)) for each in store.list_own(actor)]
    rule = _rule(actor, form["rule"].value())
    context = {"found": found, "form": form, "stream": _stream(actor, form["stream"].value()), "rule": rule}
    return render(request, "subscriptions/subscriptions.html", context, status=422 if request.method == "POST" else 200)


@never_cache
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show how one of one's own subscriptions does, and its dead letters."""
    return render(request, "subscriptions/subscription.html", _shown(request.actor, _number(number)))


@never_cache
@require_POST
def act(request: HttpRequest, number: str) -> HttpResponse:
    """Pause, go on, try, sign anew or end a subscription; send a dead letter again, or let it go."""
    actor: Actor = request.actor
    found, letter = _number(number), int(request.POST.get("letter") or 0)
    match request.POST.get("answer", ""):
        case "pause":
            store.pause(actor, found)
        case "resume":
            store.resume(actor, found)
        case "test":
            _tell(request, store.test(actor, found))
        case "send":
            _tell(request, store.send_letter(actor, found, letter))
        case "forget":
            store.remove_letter(actor, found, letter)
        case "secret":
            secret = store.renew_secret(actor, found)
            return render(request, "subscriptions/subscription.html", {**_shown(actor, found), "secret": secret})
        case "remove":
            store.remove(actor, found)
            messages.success(request, _("The subscription is removed. Nothing more is sent."))
            return redirect("subscriptions")
    return redirect("subscription", number=found)


@never_cache
def show_all(request: HttpRequest) -> HttpResponse:
    """Show how everybody's subscriptions do, those that need somebody first."""
    found = [(each, *_standing(each)) for each in store.list_all(request.actor)]
    order = {"act": 0, "watch": 1, "good": 2, "unknown": 3}
    return render(request, "subscriptions/all.html", {"found": sorted(found, key=lambda each: (order[each[1]], each[0].id))})


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise not_found("subscription", text)
    return int(text)


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    if outcome.good:
        messages.success(request, _("It arrived."))
    else:
        messages.error(request, _("It did not arrive. %(why)s") % {"why": say(outcome.reason).said_in((get_language() or "en")[:2])})


def _standing(found: Standing) -> tuple[str, str]:
    """Return how a subscription stands, as a status and in words."""
    if found.state in STATES:
        status, words = STATES[found.state]
        return status, _(words)
    if found.circuit != "closed":
        return "act", _("Its endpoint fails")
    if found.letters or (found.last_failure and (found.last_success is None or found.last_failure > found.last_success)):
        return "watch", _("Look at what failed")
    return "good", _("Well")


def _shown(actor: Actor, number: int) -> dict[str, Any]:
    found = store.get(actor, number)
    status, words = _standing(found)
    return {
        "found": found,
        "status_key": status,
        "status_words": words,
        "transport": _(TRANSPORTS[found.subscription.endpoint.kind]),
        "about": _about(actor, found),
        "stream": _stream(actor, found.subscription.wanted.streams[0] if found.subscription.wanted.streams else None),
        "letters": store.list_letters(actor, number),
        "pushed": found.subscription.endpoint.kind != "events",
        "signed": found.subscription.endpoint.kind == "webhook",
    }


def _about(actor: Actor, found: Standing) -> str:
    """Say in a line what a subscription is about."""
    wanted, language = found.subscription.wanted, (get_language() or "en")[:2]
    solution = registry.solutions().get(wanted.solution or "")
    said = [_(_kind(found.subscription.kinds))]
    said += [choose(each.name, language)[0] for each in rules.list_rules(actor) if each.key in wanted.rules] if wanted.rules else []
    said += [solution.name.said_in(language)] if solution else []
    said += [choose(area.name, language)[0] for area in territory.list_areas(actor) if area.code == wanted.area] if wanted.area else []
    return " · ".join(said)


def _kind(kinds: Sequence[str]) -> str:
    """Return in a word what somebody is told of: nothing that happens, of what is told by the clock."""
    if not kinds:
        return gettext_noop("How things stand, at regular intervals")
    if OBSERVATION in kinds:
        return gettext_noop("Measurements")
    if set(kinds) == {SOURCE}:
        return gettext_noop("Registered sources")
    return gettext_noop("Changes to things") if set(kinds) <= set(THINGS) else gettext_noop("Alerts")


def _rule(actor: Actor, key: Any) -> RuleState | None:
    """Return the rule that a subscription is to be about, None when there is none or it is not open to the actor."""
    return next((each for each in rules.list_rules(actor) if each.key == key), None) if key else None


def _stream(actor: Actor, number: Any) -> tuple[int, str] | None:
    """Return the number of a stream and what it is called, None when there is none or it is not open to the actor."""
    if not number or not str(number).isdigit():
        return None
    for latest in observations.list_streams(actor, after=int(number) - 1, limit=1):
        if latest.id == int(number):
            thing = observations.get_thing(actor, latest.thing)
            return latest.id, choose(thing.name, (get_language() or "en")[:2])[0] or latest.key
    return None
