"""The pages of alert rules: all that one may know of, a form that tries before it keeps, and one with its alerts and who is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.alerting import store as rules
from zinneke.foundations.observations.alerting import words
from zinneke.foundations.observations.alerting.values import Anomaly, Frozen, Geofence, Rate, RuleState, Silent, Threshold, Trial
from zinneke.foundations.subscriptions import store
from zinneke.foundations.subscriptions.rule_forms import KINDS, RuleForm
from zinneke.foundations.territory import store as territory
from zinneke.kernel import registry
from zinneke.kernel.chart import Bar, BarChart
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.text import choose

FIRST, SHOWN = 8, 50
NAMES = dict(KINDS)


@never_cache
def show_all(request: HttpRequest) -> HttpResponse:
    """List one's own rules, those for everybody, and what solutions declare."""
    actor: Actor = request.actor
    found = [(each, *_standing(each), _kind(each), _about(actor, each)) for each in rules.list_rules(actor)]
    own = [each for each in found if each[0].own]
    return render(request, "subscriptions/rules.html", {"own": own, "others": [each for each in found if not each[0].own]})


@never_cache
def make(request: HttpRequest) -> HttpResponse:
    """Take a rule: try it on the past, or keep it."""
    actor: Actor = request.actor
    asked = {"stream": request.GET.get("stream"), "about": request.GET.get("about")}
    form = RuleForm(actor, request.POST or None, initial={name: value for name, value in asked.items() if value})
    context: dict[str, Any] = {"form": form, "stream": _stream(actor, form["stream"].value())}
    if request.method == "POST" and form.is_valid():
        try:
            rule = form.rule()
            if request.POST.get("answer") == "save":
                made = rules.add_rule(actor, rule)
                messages.success(request, _("The rule is kept and looks from now on."))
                return redirect("alert-rule", number=made.id)
            trial = rules.try_rule(actor, rule, form.cleaned_data["days"] or 7)
            return render(request, "subscriptions/rule_new.html", {**context, "trial": trial, **_tried(trial)})
        except Problem as problem:
            if problem.status == 401:
                raise
            form.tell(problem)
    return render(request, "subscriptions/rule_new.html", context, status=422 if request.method == "POST" else 200)


@never_cache
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show how a rule stands: what it watches, its alerts, and who is told."""
    actor: Actor = request.actor
    found = rules.get_rule(actor, _number(number))
    alerts = observations.list_alerts(actor, only_open=False, limit=SHOWN, rule=found.key)
    status, said = _standing(found)
    context = {
        "found": found, "status_key": status, "status_words": said, "kind": _kind(found), "about": _about(actor, found), "waits": waits(found),
        "alerts": alerts, "told": store.count_told(actor, found.key) if found.may_change else None,
        "own": [each for each in store.list_own(actor) if found.key in (each.subscription.wanted.rules or ())],
    }  # fmt: skip
    return render(request, "subscriptions/rule.html", context)


@never_cache
@require_POST
def act(request: HttpRequest, number: str) -> HttpResponse:
    """Pause a rule, let it go on, or end it."""
    actor: Actor = request.actor
    found = _number(number)
    match request.POST.get("answer", ""):
        case "pause":
            rules.pause_rule(actor, found)
        case "resume":
            rules.resume_rule(actor, found)
        case "remove":
            rules.remove_rule(actor, found)
            messages.success(request, _("The rule is removed. Its alerts are over."))
            return redirect("alert-rules")
    return redirect("alert-rule", number=found)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise not_found("rule", text)
    return int(text)


def _language() -> str:
    return (get_language() or "en")[:2]


def _standing(found: RuleState) -> tuple[str, str]:
    """Return how a rule stands, as a status and in words."""
    if found.state != "active":
        return "unknown", _("Paused") if found.state == "paused" else _("Stopped")
    if found.open:
        return found.status, ngettext("%(n)s open alert", "%(n)s open alerts", found.open) % {"n": found.open}
    if found.learning:
        return "watch", _("Still learning what is usual")
    return "good", _("Nothing to tell")


def _kind(found: RuleState) -> str:
    """Return what a rule watches for, in a few words."""
    if found.rule is None:
        return _("Declared by the solution")
    return str(NAMES[str(type(found.rule.when).__struct_config__.tag)])


def waits(found: RuleState) -> str:
    """Say exactly what a rule watches for."""
    if found.rule is None:
        return ""
    when, language, unit = found.rule.when, _language(), _unit(found)
    said: list[str] = []
    match when:
        case Threshold():
            said += [_("above %(n)s") % {"n": _said(when.above, unit)}] if when.above is not None else []
            said += [_("below %(n)s") % {"n": _said(when.below, unit)}] if when.below is not None else []
            said += [_("over when it is back by %(n)s") % {"n": _said(when.hysteresis, unit)}] if when.hysteresis else []
        case Rate():
            per = words.AN_HOUR[when.per].said_in(language)
            said += [_("rises by more than %(n)s %(per)s") % {"n": _said(when.rises, unit), "per": per}] if when.rises is not None else []
            said += [_("falls by more than %(n)s %(per)s") % {"n": _said(when.falls, unit), "per": per}] if when.falls is not None else []
        case Anomaly():
            said += [_("more than %(n)s standard deviations from what is usual at this hour") % {"n": _said(when.deviations)}]
        case Silent():
            said += [_("no value for %(span)s") % {"span": _span(when.after, gettext("three of the sensor’s intervals"))}]
        case Frozen():
            said += [_("the same value for %(span)s") % {"span": _span(when.after, gettext("twelve of the sensor’s intervals"))}]
        case Geofence():
            said += [_("inside the area") if when.when == "inside" else _("outside the area")]
    if lasting := getattr(when, "lasting", 0.0):
        said.append(_("for at least %(span)s") % {"span": words.say_span(lasting).said_in(language)})
    return ", ".join(said)


def _said(number: float | None, unit: str = "") -> str:
    return words.quantity(number or 0.0, unit or ("1" if number == round(number or 0) else "{score}")).said_in(_language())


def _unit(found: RuleState) -> str:
    """Return the unit of what a rule is about, where that is one reading."""
    solution = registry.solutions().get(found.solution)
    return next((reading.unit for reading in solution.readings if reading.key == found.reading), "") if solution else ""


def _span(seconds: float | None, usual: str) -> str:
    return usual if seconds is None else words.say_span(seconds).said_in(_language())


def _about(actor: Actor, found: RuleState) -> str:
    """Say in a line which sensors a rule is about."""
    language, solution = _language(), registry.solutions().get(found.solution)
    said = [solution.name.said_in(language)] if solution else []
    if solution and found.reading:
        said += [reading.name.said_in(language) for reading in solution.readings if reading.key == found.reading][:1]
    elif found.reading:
        said.append(found.reading)
    wanted = found.rule.wanted if found.rule else None
    if wanted and wanted.area:
        said += [choose(area.name, language)[0] for area in territory.list_areas(actor) if area.code == wanted.area]
    if wanted and wanted.streams:
        said += [name for number in wanted.streams[:3] if (known := _stream(actor, number)) for name in [known[1]]]
    return " · ".join(said)


def _stream(actor: Actor, number: Any) -> tuple[int, str] | None:
    """Return the number of a stream and what it is called, None when there is none or it is not open to the actor."""
    if not number or not str(number).isdigit() or len(str(number)) > 9:
        return None
    for stream in observations.list_streams(actor, after=int(number) - 1, limit=1):
        if stream.id == int(number):
            thing = observations.get_thing(actor, stream.thing)
            return stream.id, choose(thing.name, _language())[0] or stream.key
    return None


def _tried(trial: Trial) -> dict[str, Any]:
    """Return the chart of a trial, by day."""
    bars = [Bar(date_format(each.day, "j b"), float(each.count)) for each in trial.days]
    title = _("Alerts that it would have opened, by day")
    chart = BarChart(key="trial", title=title, caption="", unit="1", bars=bars) if trial.count and len(bars) > 1 else None
    return {
        "chart": chart,
        "last_day": trial.end - timedelta(microseconds=1),
        "shown": trial.alerts[:FIRST],
        "rest": trial.alerts[FIRST:SHOWN],
        "more": max(0, trial.count - SHOWN),
    }
