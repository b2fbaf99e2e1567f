"""What anybody may do without an account: come to an event, get letters and stop them, answer a challenge."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from zinneke.kernel.problem import Problem
from zinneke.kernel.text import choose
from zinneke.office.knowledge import challenges, events, kinds, letters, sending, store
from zinneke.office.knowledge.forms import AnswerForm, RegistrationForm, SubscriptionForm
from zinneke.office.knowledge.kinds import KINDS
from zinneke.office.knowledge.values import Asked
from zinneke.office.knowledge.views import asking


@never_cache
def register(request: HttpRequest, key: str) -> HttpResponse:
    """Take seats at an event, or a place on its waiting list; a letter says which, and how to give them back, and nothing but the letter does."""
    actor, language = asking.actor_of(request), asking.language_of(request)
    entry = store.get_entry(actor, "event", key)
    event = events.event_of(entry)
    form = RegistrationForm(event.limit, request.POST or None, initial={"seats": 1})
    sent = False
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        asked = Asked(
            name=typed["name"], email=typed["email"], language=language, seats=typed.get("seats") or 1, audience=typed["audience"],
            needs=typed["needs"], consent=typed["consent"],
        )  # fmt: skip
        try:
            if registered := events.register(actor, key, asked):
                sending.send_registration(registered, entry)
            sent = True
        except Problem as problem:
            if problem.status not in (400, 409):
                raise
            form.add_error(None, _("Registration for this event is closed.")) if problem.status == 409 else form.tell(problem)
    seats = events.get_seats(actor, key)
    context = {**asking.frame(request, KINDS["event"], entry), "form": form, "entry": entry, "event": event, "seats": seats, "sent": sent}
    return render(request, "knowledge/register.html", context, status=422 if request.method == "POST" and not sent else 200)


@never_cache
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """Show one's own registration by the link of the letter, and give the seats back."""
    actor = asking.actor_of(request)
    registered = events.get_registration(actor, token)
    if request.method == "POST":
        address = registered.email
        registered, coming = events.cancel_registration(actor, token)
        for each in coming:
            sending.send_registration(each, store.get_entry(actor, "event", each.event))
        if address:
            return redirect("event-registration", token=token)
    context = {**asking.frame(request, KINDS["event"]), "registered": registered, "word": kinds.SEATS[registered.state], "token": token}
    return render(request, "knowledge/registration.html", context)


@never_cache
def newsletter(request: HttpRequest) -> HttpResponse:
    """Ask for letters; the same answer whether the address was known or not."""
    actor, language = asking.actor_of(request), asking.language_of(request)
    themes = store.list_concepts(actor)
    form = SubscriptionForm(themes, language, request.POST or None, initial={"language": language, "themes": request.GET.getlist("theme")})
    sent = False
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            token = letters.subscribe(actor, typed["email"], typed["language"], tuple(typed["themes"]), typed["audience"])
            sent = not token or sending.send_confirmation(typed["email"], typed["language"], token)
            if not sent:
                form.add_error(None, _("The letter could not be sent now. Please try again in ten minutes; nothing was lost."))
        except Problem as problem:
            form.tell(problem)
    context = {**asking.frame(request), "form": form, "sent": sent}
    return render(request, "knowledge/newsletter.html", context, status=422 if request.method == "POST" and not sent else 200)


@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a subscription by a button, since mail programs fetch links by themselves."""
    done, fault = None, ""
    if request.method == "POST":
        try:
            done = letters.confirm(asking.actor_of(request), token)
        except Problem as problem:
            if problem.status not in (404, 410):
                raise
            fault = _("This link is not valid (any more). Nothing was changed. Ask for a new one; it comes within a minute.")
    themes = asking.named(request, "theme", done.themes) if done else []
    context = {**asking.frame(request), "done": done, "fault": fault, "themes": themes, "token": token}
    return render(request, "knowledge/confirm.html", context, status=410 if fault else 200)


@never_cache
@csrf_exempt
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the letters: one press of a button, or the mail program's own (RFC 8058), which comes without a cookie; the signed link is the proof."""
    done, fault, state = None, "", ""
    try:
        if request.method == "POST":
            done = letters.leave(asking.actor_of(request), token)
        else:
            state = letters.check_leave(asking.actor_of(request), token)
    except Problem as problem:
        if problem.status != 404:
            raise
        fault = _("This link is not one of ours, or it was cut off. Copy it whole from the letter. Nothing was changed.")
    context = {**asking.frame(request), "done": done, "fault": fault, "state": state, "token": token}
    return render(request, "knowledge/leave.html", context, status=404 if fault else 200)


@never_cache
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Answer a challenge."""
    actor = asking.actor_of(request)
    entry = store.get_entry(actor, "challenge", key)
    form = AnswerForm(request.POST or None)
    sent = False
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            challenges.answer_challenge(actor, key, typed["organisation"], typed["name"], typed["email"], typed["text"])
            sent = True
        except Problem as problem:
            if problem.status not in (400, 409):
                raise
            form.add_error(None, _("This challenge takes no more answers.")) if problem.status == 409 else form.tell(problem)
    open_ = challenges.takes_answers(challenges.challenge_of(entry)) and entry.live and entry.state != "archived"
    title = choose(entry.draft.title, asking.language_of(request))[0]
    context = {**asking.frame(request, KINDS["challenge"], entry), "form": form, "entry": entry, "sent": sent, "open": open_, "entry_title": title}
    return render(request, "knowledge/answer.html", context, status=422 if request.method == "POST" and not sent else 200)
