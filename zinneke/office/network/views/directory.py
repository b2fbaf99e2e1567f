"""The directory: organisations by kind, one organisation with who sits in it, who has nobody, who leads what."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.kernel.confidentiality import Level, Right
from zinneke.kernel.finding import answers
from zinneke.kernel.policy import DOMAINS
from zinneke.kernel.text import Text
from zinneke.office.network import store, words
from zinneke.office.network.values import Organisation, Post
from zinneke.office.network.views.editing import done, language, may


def directory(request: HttpRequest) -> HttpResponse:
    """Show the organisations, by kind, those with a representative marked; a word narrows them."""
    typed = request.GET.get("q", "")[:100]
    listed = store.list_organisations(request.actor, language=language())
    shown = [each for each in listed if not typed or answers(typed, _text(each))]
    vacant = {each.key: nobody for each, nobody in store.list_vacancies(request.actor)}
    kinds = [(name, sorted((each for each in shown if each.kind == kind), key=lambda each: each.area)) for kind, name in words.MANY_KINDS.items()]
    asked = [each for each in listed if each.appoints]
    represented = {each.key for each in asked if not vacant.get(each.key, False)}
    context = {
        "q": typed,
        "kinds": [(name, members) for name, members in kinds if members],
        "total": len(shown),
        "asked": len(asked),
        "filled": len(represented),
        "represented": represented,
        "memberships": store.list_memberships(request.actor),
        "may_edit": may(request, Right.EDIT),
    }
    return render(request, "network/directory.html", context)


def _text(organisation: Organisation) -> Text:
    name = organisation.name
    return Text(*(f"{name.get(each, '')} {organisation.key}" for each in ("fr", "nl", "en")))


def organisation(request: HttpRequest, key: str) -> HttpResponse:
    """Show one organisation: what it is, who represents it now and did before, what it leads."""
    found = store.get_organisation(request.actor, key)
    posts = store.list_posts(request.actor, key, past=True)
    now = {each.key for each in store.list_posts(request.actor, key)}
    listed = store.list_organisations(request.actor, language=language())
    context = {
        "organisation": found,
        "parent": next((each for each in listed if each.key == found.parent), None),
        "children": [each for each in listed if each.parent == key],
        "posts": [each for each in posts if each.key in now],
        "past": [each for each in posts if each.key not in now],
        "leads": [each for each in store.list_leads(request.actor) if each.owner == key],
        "domains": DOMAINS,
        "may_edit": store.may_edit(request.actor, found),
        "may_name": store.reaches(request.actor, Right.EDIT, Level.PERSONAL, found.area, found.owner),
    }
    return render(request, "network/organisation.html", context)


def nobody(request: HttpRequest) -> HttpResponse:
    """Show which organisations have no representative, and which nobody to stand in."""
    vacancies = store.list_vacancies(request.actor)
    without = sorted((each for each, none in vacancies if none), key=lambda each: each.area)
    named = [(name, [each for each in without if each.kind == kind]) for kind, name in words.MANY_KINDS.items()]
    context = {
        "kinds": [(name, members) for name, members in named if members],
        "without": len(without),
        "asked": len([each for each in store.list_organisations(request.actor) if each.appoints]),
        "no_deputy": [each for each, none in vacancies if not none],
        "may_edit": may(request, Right.EDIT),
    }
    return render(request, "network/nobody.html", context)


@require_POST
def forget(request: HttpRequest, key: str) -> HttpResponse:
    """Erase the person of a post."""
    post = store.get_post(request.actor, key)
    there = reverse("network-organisation", kwargs={"key": post.owner})
    return done(request, lambda: store.forget_person(request.actor, key), _("The person is erased; the post and its history stay."), there)


def leads(request: HttpRequest) -> HttpResponse:
    """Show who leads which project."""
    context = {"leads": store.list_leads(request.actor), "posts": known_posts(request), "may_edit": may(request, Right.EDIT)}
    return render(request, "network/leads.html", context)


def known_posts(request: HttpRequest) -> dict[str, Post]:
    """Return every post by key, past ones too, so that history keeps its names."""
    return {each.key: each for each in store.list_posts(request.actor, past=True)}


@never_cache
def lead(request: HttpRequest, key: str) -> HttpResponse:
    """Show who leads a project with every step, and take an answer."""
    found = store.get_lead(request.actor, key)
    if request.method == "POST":
        what, post, note = (request.POST.get(name, "") for name in ("what", "post", "note"))
        return done(request, lambda: store.answer_lead(request.actor, key, what, post, note), _("Kept."), request.path)
    own = found.post in store.own_posts(request.actor) or store.may_edit(request.actor, found)
    context: dict[str, Any] = {
        "lead": found,
        "posts": known_posts(request),
        "choices": [each for each in store.list_posts(request.actor) if each.key != found.post],
        "organisations": {each.key: each for each in store.list_organisations(request.actor)},
        "may_answer": own and found.state in ("offered", "accepted"),
    }
    return render(request, "network/lead.html", context)


def memberships(request: HttpRequest) -> HttpResponse:
    """Show the networks in which the office takes part."""
    return render(request, "network/memberships.html", {"memberships": store.list_memberships(request.actor), "may_edit": may(request, Right.EDIT)})
