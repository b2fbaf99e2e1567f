"""The front door from behind the counter: the queue, one enquiry with everything that can be done with it, a note of a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from zinneke.kernel.problem import Problem
from zinneke.office.network import mail, store, words
from zinneke.office.network.asked import EnquiryRow
from zinneke.office.network.forms import Area, Choice, said, spoken
from zinneke.office.network.sheets import LANGUAGES
from zinneke.office.network.views.editing import EDITORS_ONLY, complain, done, whole

STATES = ("open", "answered", "closed")


@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """Show the enquiries that somebody may see, those due first."""
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    mine = "mine" in request.GET
    context = {
        "enquiries": store.list_enquiries(request.actor, state, mine),
        "state": state,
        "mine": mine,
        "today": timezone.localdate(),
        "organisations": {each.key: each for each in store.list_organisations(request.actor)},
    }
    return render(request, "network/queue.html", context)


@never_cache
@sensitive_post_parameters()
def enquiry(request: HttpRequest, key: str) -> HttpResponse:
    """Show one enquiry and do with it what a button asks."""
    found = store.get_enquiry(request.actor, key)
    if request.method == "POST":
        return _deed(request, key)
    draft = request.session.pop(f"network.draft.{key}", "")
    organisations = store.list_organisations(request.actor)
    context = {
        "enquiry": found,
        "handlers": store.list_handlers(request.actor, key),
        "organisations": [(each.key, spoken(each.name)) for each in organisations if each.key != found.owner],
        "named": {each.key: each for each in organisations},
        "faq": store.list_faq(request.actor),
        "draft": draft or found.answer,
        "today": timezone.localdate(),
        "may_edit": store.may_edit(request.actor, found),
    }
    return render(request, "network/enquiry.html", context)


def _deed(request: HttpRequest, key: str) -> HttpResponse:
    actor, sent, version = request.actor, request.POST, whole(request.POST.get("version"))
    text = sent.get("text", "")
    deeds: dict[str, tuple[Callable[[], Any], str]] = {
        "assign": (lambda: store.assign_enquiry(actor, key, whole(sent.get("person")), version), _("Given to somebody.")),
        "note": (lambda: store.add_note(actor, key, text), _("The note is kept.")),
        "answer": (lambda: store.answer_enquiry(actor, key, text, version), _("The answer is kept, and sent where there is an address.")),
        "transfer": (lambda: store.transfer_enquiry(actor, key, sent.get("organisation", ""), version), _("Passed on, whole.")),
        "close": (lambda: store.close_enquiry(actor, key, version), _("Closed.")),
        "erase": (lambda: store.erase_enquiry(actor, key), _("What was personal is erased.")),
    }
    what = sent.get("what", "")
    if what not in deeds:
        return redirect("enquiry-staff", key=key)
    deed, kept = deeds[what]
    there = reverse("enquiry-staff", kwargs={"key": key})
    return done(request, lambda: _kept_when_refused(request, key, text, deed), kept, reverse("enquiries") if what == "transfer" else there)


def _kept_when_refused(request: HttpRequest, key: str, text: str, deed: Callable[[], Any]) -> None:
    """Do a deed; when it is refused, keep what was typed for the page that is shown next."""
    try:
        deed()
    except Problem:
        request.session[f"network.draft.{key}"] = text[:20_000]
        raise


class NoteForm(forms.Form):
    """An enquiry that came without a screen."""

    channel = forms.ChoiceField(label=gettext_lazy("How it came"), choices=lambda: [each for each in said(words.CHANNELS) if each[0] != "web"])
    kind = Choice(words.ENQUIRY_KINDS, label=gettext_lazy("What is it?"))
    language = Choice(LANGUAGES, label=gettext_lazy("Language of the answer"))
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300, required=False)
    text = Area(8, label=gettext_lazy("What was asked"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("Email address"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=60, required=False)


class MailForm(forms.Form):
    """A message as a file."""

    message = forms.FileField(label=gettext_lazy("Message (.eml)"))


@never_cache
@sensitive_post_parameters()
def note(request: HttpRequest) -> HttpResponse:
    """Write an enquiry down that came by telephone, at the counter or on paper; or take one in from a saved message."""
    EDITORS_ONLY.check(request.actor)
    post = request.POST if request.method == "POST" else None
    filed = post is not None and "file" in post
    form = NoteForm(None if filed else post)
    file_form = MailForm(post, request.FILES) if filed else MailForm()
    status = 200
    if post is not None:
        asked: forms.Form = file_form if filed else form
        status = 422
        if asked.is_valid():
            try:
                receipt = _filed(request) if filed else store.note_enquiry(request.actor, EnquiryRow(**form.cleaned_data))
            except Problem as problem:
                status = complain(asked, problem)
            else:
                told = _("Taken in as %(reference)s.") % {"reference": receipt.reference} if receipt else _("This message was taken in before.")
                messages.success(request, told)
                return redirect("enquiry-staff", key=receipt.reference) if receipt else redirect("enquiries")
    return render(request, "network/note.html", {"form": form, "file_form": file_form, "filed": filed}, status=status)


def _filed(request: HttpRequest) -> Any:
    file = request.FILES["message"]
    return store.add_mail(request.actor, file.read(mail.LARGEST + 1))
