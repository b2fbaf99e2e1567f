"""What the office is and says: its mandate, its commitments, its opinions, and the drafts that it reads before they go out."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.problem import Problem
from zinneke.office.network import store, words
from zinneke.office.network.values import OpinionOutcome, Remark
from zinneke.office.network.views.editing import commands, done, language, may, whole


def mandate(request: HttpRequest) -> HttpResponse:
    """Show the mandate in force, and the versions before it."""
    versions = store.list_mandates(request.actor)
    return render(request, "network/mandate.html", {"versions": versions, "may_edit": may(request, Right.EDIT)})


def commitments(request: HttpRequest) -> HttpResponse:
    """Show what the office promised, what is late first."""
    today = timezone.localdate()
    listed = store.list_commitments(request.actor)
    context = {
        "commitments": [(each, each.late(today)) for each in listed],
        "late": len([each for each in listed if each.late(today) and not each.done]),
        "kept": len([each for each in listed if each.done]),
        "may_edit": may(request, Right.EDIT),
    }
    return render(request, "network/commitments.html", context)


def opinions(request: HttpRequest) -> HttpResponse:
    """Show the opinions: who asked, when, and what came of them."""
    named = {each.key: each for each in store.list_organisations(request.actor)}
    context = {"opinions": store.list_opinions(request.actor), "organisations": named, "may_edit": may(request, Right.EDIT)}
    return render(request, "network/opinions.html", context)


@never_cache
def opinion(request: HttpRequest, key: str) -> HttpResponse:
    """Show an opinion with its versions and what was decided; send the draft, or add a decision."""
    found = store.get_opinion(request.actor, key)
    if request.method == "POST" and request.POST.get("what") == "send":
        version = whole(request.POST.get("version"))
        return done(request, lambda: store.send_opinion(request.actor, key, version), _("Sent, and kept as a version."), request.path)
    if request.method == "POST":
        sent = request.POST
        decided = _day(sent.get("decided", ""))
        outcome = OpinionOutcome(
            version=whole(sent.get("number")), decided=decided, title=sent.get("title", "")[:300] or "–", reference=sent.get("reference", "")[:300],
            followed=sent.get("followed", ""), note=sent.get("note", "")[:2000],
        )  # fmt: skip
        return done(request, lambda: store.add_outcome(request.actor, key, outcome), _("Kept."), request.path)
    context = {
        "opinion": found,
        "organisations": {each.key: each for each in store.list_organisations(request.actor)},
        "followed": words.FOLLOWED,
        "today": timezone.localdate(),
        "may_edit": store.may_edit(request.actor, found),
        "may_send": commands(request),
    }
    return render(request, "network/opinion.html", context)


def _day(text: str) -> date:
    """Read a day that a form sent; today for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


def reviews(request: HttpRequest) -> HttpResponse:
    """Show the drafts that were submitted, and the checklist against which they are read."""
    context = {
        "reviews": store.list_reviews(request.actor),
        "organisations": {each.key: each for each in store.list_organisations(request.actor)},
        "checklist": words.CHECKLIST,
        "may_edit": may(request, Right.EDIT),
    }
    return render(request, "network/reviews.html", context)


@never_cache
def review(request: HttpRequest, key: str) -> HttpResponse:
    """Show a draft with the remarks to it, or take them."""
    found = store.get_review(request.actor, key)
    may_conclude = commands(request) and found.state == "submitted"
    remarks, fault, conclusion = found.remarks, "", found.conclusion
    if request.method == "POST":
        remarks = {line: Remark(request.POST.get(f"verdict-{line}", ""), request.POST.get(f"text-{line}", "")[:2000]) for line in words.CHECKLIST}
        conclusion = request.POST.get("conclusion", "")
        try:
            found = store.conclude_review(request.actor, key, whole(request.POST.get("version")), remarks, conclusion)
            may_conclude = False
        except Problem as problem:
            if problem.status in (401, 403, 404):
                raise
            fault = problem.said_in(language())
    context = {
        "review": found,
        "lines": [(line, text, remarks.get(line, Remark())) for line, text in words.CHECKLIST.items()],
        "verdicts": words.REMARKS,
        "conclusion": conclusion,
        "fault": fault,
        "organisations": {each.key: each for each in store.list_organisations(request.actor)},
        "may_edit": store.may_edit(request.actor, found),
        "may_conclude": may_conclude,
    }
    return render(request, "network/review.html", context, status=422 if fault else 200)
