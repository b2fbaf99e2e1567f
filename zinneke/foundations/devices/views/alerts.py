"""What calls for somebody now: the alerts, and one sensor as it is heard of, moment by moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.foundations.devices.store import SUBJECT
from zinneke.foundations.devices.views.devices import words
from zinneke.foundations.observations import retention, standing
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.alerting import records
from zinneke.foundations.observations.values import Stream
from zinneke.kernel import registry
from zinneke.kernel.chart import Line, LineChart
from zinneke.kernel.confidentiality import Actor, Right, reach
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.text import choose

MOST = 200
VALUES = 120
"""Values that the live chart shows, when they come as often as they should."""


@never_cache
def show_all(request: HttpRequest) -> HttpResponse:
    """List the open alerts and who has gone silent, of one solution or of all."""
    actor: Actor = request.actor
    asked = request.GET.get("solution", "")
    known = registry.solutions()
    found = observations.list_alerts(actor, asked if asked in known else None, limit=MOST)
    shown = [(each, records.number_of(each.rule), _reading(actor, each.stream)) for each in found]
    context = {
        "alerts": shown,
        "known": actor.person is not None,
        "asked": asked,
        "solutions": [(key, each.name) for key, each in known.items()],
        "most": len(found) == MOST,
    }
    return render(request, "devices/alerts.html", context)


def _reading(actor: Actor, number: int) -> str:
    """Return what a stream reads, as its solution or it itself says it."""
    stream = observations.get_stream(actor, number)
    spoken = (get_language() or "en")[:2]
    solution = registry.solutions().get(stream.solution)
    declared = next((each for each in solution.readings if each.key == stream.reading), None) if solution else None
    return declared.name.said_in(spoken) if declared else choose(stream.name, spoken)[0] or stream.reading


@never_cache
def live(request: HttpRequest, number: str) -> HttpResponse:
    """Show the newest values of a sensor and how it stands; the page asks again by itself where script runs, else at a link."""
    actor: Actor = request.actor
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise not_found("sensor", number)
    stream = observations.get_stream(actor, int(number))
    thing = observations.get_thing(actor, stream.thing)
    (now,) = standing.list_standing(actor, [stream.id])
    spoken = (get_language() or "en")[:2]
    context = {
        "stream": stream,
        "thing_name": choose(thing.name, spoken)[0] or thing.key,
        "name": choose(stream.name, spoken)[0] or stream.reading or stream.key,
        "now": now,
        "findings": words(now.findings),
        "chart": _chart(actor, stream, choose(stream.name, spoken)[0] or stream.reading or stream.key),
        "every": max(2, min(60, stream.interval or 10)),
        "asked": datetime.now(UTC),
        "kept": retention.kept(stream),
        "may_keep": retention.may_set_keep(actor, stream),
        "may_register": not reach(actor, Right.EDIT, SUBJECT).nothing,
    }
    return render(request, "devices/live.html", context)


@require_POST
def keep(request: HttpRequest, number: str) -> HttpResponse:
    """Set for how many days the raw values of a sensor are kept; nothing filled in means as its solution says."""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise not_found("sensor", number)
    word = request.POST.get("days", "").strip()
    try:
        if word and not (word.isascii() and word.isdigit() and len(word) < 10):
            raise wrong(f"{word[:20]!r} is not a number of days.", where="days")
        retention.set_keep(request.actor, int(number), int(word) if word else None)
    except Problem as problem:
        if problem.status != 400:
            raise
        messages.error(request, problem.said_in((get_language() or "en")[:2]))
    else:
        messages.success(request, _("It is noted. What is older goes within the day after."))
    return redirect("sensor-live", number=number)


def _chart(actor: Actor, stream: Stream, name: str) -> LineChart | None:
    if stream.last is None:
        return None
    start = stream.last - timedelta(seconds=VALUES * (stream.interval or 60))
    points = observations.history(actor, stream.id, start, stream.last + timedelta(microseconds=1), limit=2000).points
    return LineChart(
        key="live",
        title=name,
        caption=_("The newest values, each as it was measured."),
        unit=stream.unit,
        lines=(Line(name, [(each.time, each.value) for each in points]),),
        gap=(stream.interval or 0) * 2.5,
        zero=stream.low is not None and stream.low >= 0,
    )
