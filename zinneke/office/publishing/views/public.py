"""What readers say and see of publishing: requests, discussions, reuses, figures of the portal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.tables import store as tables
from zinneke.kernel.confidentiality import Right, demand_any
from zinneke.kernel.problem import Problem
from zinneke.kernel.refusals import say
from zinneke.kernel.text import Text, choose
from zinneke.office.publishing import refreshing, store
from zinneke.office.publishing.counting import get_usage
from zinneke.office.publishing.values import Post, PostRow
from zinneke.office.publishing.views.flow import actor_of, language

Faults = list[tuple[str, str, Text]]


def may_edit(request: HttpRequest) -> bool:
    """Say whether whoever looks may answer somewhere."""
    try:
        demand_any(actor_of(request), Right.EDIT, store.SUBJECT)
    except Problem:
        return False
    return True


def _taken(request: HttpRequest, kind: str, dataset: str = "") -> Faults:
    """Take what a form says; return what is wrong with it. A field that people do not see tells machines apart."""
    if request.POST.get("website"):
        return []
    typed = {name: request.POST.get(name, "")[:10_000] for name in ("text", "title", "link", "shown_as")}
    try:
        store.add_post(actor_of(request), PostRow(kind=kind, language=language(), dataset=dataset, **typed), _address(request))
    except Problem as problem:
        if problem.status in (401, 403, 404):
            raise
        return [(str(problem.extra.get("where", "text")), "", say(problem.detail or problem.title))]
    messages.success(request, _("Thank you. It stands here once somebody has read it."))
    return []


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


@never_cache
def requests(request: HttpRequest) -> HttpResponse:
    """List what data people ask for, most wanted first, and take another request."""
    faults = _taken(request, "request") if request.method == "POST" else []
    if request.method == "POST" and not faults:
        return redirect("data-requests")
    posts = store.list_posts(actor_of(request), "request")
    context = {"posts": posts, "faults": faults, "typed": request.POST, "fields": {field for field, *_rest in faults}}
    return render(request, "publishing/requests.html", context, status=422 if faults else 200)


@never_cache
def post(request: HttpRequest, number: str) -> HttpResponse:
    """Show one post with its answer; whoever may edit decides about it."""
    actor = actor_of(request)
    found = store.get_post(actor, _number(number))
    faults: Faults = []
    if request.method == "POST":
        try:
            answer, leads = request.POST.get("answer", ""), request.POST.get("leads_to", "").strip()[:120]
            store.moderate(actor, found.number, request.POST.get("do", ""), answer, leads)
            messages.success(request, _("Done."))
            return redirect("publish") if request.POST.get("do") == "hidden" else redirect("data-post", number=number)
        except Problem as problem:
            if problem.status in (401, 403):
                raise
            faults = [("answer" if problem.status == 400 else "leads_to", "", say(problem.detail or problem.title))]
    context = {
        "post": found,
        "faults": faults,
        "may_edit": may_edit(request),
        "typed": request.POST,
        "answer_dataset": _titled(request, found.leads_to),
    }
    return render(request, "publishing/post.html", context, status=422 if faults else 200)


def _titled(request: HttpRequest, key: str) -> tuple[str, str] | None:
    """Return a dataset's key and title, when whoever looks may see it."""
    try:
        return (key, choose(catalogue.get_dataset(actor_of(request), key).title, language())[0]) if key else None
    except Problem:
        return None


@never_cache
@require_POST
def vote(request: HttpRequest, number: str) -> HttpResponse:
    """Say that one wants the same data."""
    try:
        store.cast_vote(actor_of(request), _number(number), _address(request))
        messages.success(request, _("Your voice is counted, once."))
    except Problem as problem:
        if problem.status != 429:
            raise
        messages.error(request, say(problem.detail).said_in(language()))
    return redirect("data-requests")


@never_cache
def talk(request: HttpRequest, key: str) -> HttpResponse:
    """Show what is said about a dataset and what was made of it, and take more."""
    actor = actor_of(request)
    dataset = catalogue.get_dataset(actor, key)
    kind = "reuse" if request.POST.get("kind") == "reuse" else "discussion"
    faults = _taken(request, kind, key) if request.method == "POST" else []
    if request.method == "POST" and not faults:
        return redirect("dataset-talk", key=key)
    context = {
        "dataset": dataset, "title_words": choose(dataset.title, language())[0], "kind": kind, "typed": request.POST, "faults": faults,
        "fields": {field for field, *_rest in faults},
        "discussions": store.list_posts(actor, "discussion", key),
        "reuses": store.list_posts(actor, "reuse", key),
    }  # fmt: skip
    return render(request, "publishing/talk.html", context, status=422 if faults else 200)


@never_cache
def reuses(request: HttpRequest) -> HttpResponse:
    """Show what people made of the data."""
    found: list[tuple[Post, Any]] = [(each, _titled(request, each.dataset)) for each in store.list_posts(actor_of(request), "reuse")]
    return render(request, "publishing/reuses.html", {"reuses": found})


@never_cache
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the portal in figures: what there is, and how often it is used."""
    actor = actor_of(request)
    usage = get_usage(actor)
    most = [(*titled, count) for key, count in usage.most if (titled := _titled(request, key))]
    kept = tables.list_datasets(actor, limit=1000)
    context = {
        "figures": catalogue.statistics(actor), "usage": usage, "most": most, "rows": sum(each.rows for each in kept),
        "versions": sum(each.number for each in kept), "requests": len(store.list_posts(actor, "request")),
        "reuses": len(store.list_posts(actor, "reuse")),
    }  # fmt: skip
    return render(request, "publishing/statistics.html", context)


STATES: dict[str, Text] = {
    "waiting": Text("en attente", "wachtend", "waiting"),
    "fetching": Text("en cours de lecture", "wordt opgehaald", "being fetched"),
    "unchanged": Text("inchangé", "ongewijzigd", "unchanged"),
    "new": Text("nouvelle version", "nieuwe versie", "new version"),
    "failed": Text("échoue", "mislukt", "failing"),
}


@never_cache
def refresh(request: HttpRequest, key: str) -> HttpResponse:
    """Show how the scheduled refresh of a dataset goes, and stop it."""
    actor = actor_of(request)
    if request.method == "POST":
        store.stop_refresh(actor, key)
        messages.success(request, _("It is not fetched any more. Its versions stay."))
        return redirect("dataset", key=key)
    dataset = catalogue.get_dataset(actor, key)
    found = store.find_refresh(actor, key)
    context = {
        "dataset": dataset, "title_words": choose(dataset.title, language())[0], "refresh": found,
        "state": STATES.get(found.state) if found else None,
        "fault": say(found.fault) if found and found.fault else None, "hours": refreshing.HOURS,
    }  # fmt: skip
    return render(request, "publishing/refresh.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
