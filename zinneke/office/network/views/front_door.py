"""The front door as people outside meet it: asking, following one's enquiry, saying whether the answer helped, the questions that come back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.problem import Problem
from zinneke.office.network import rules, store, words
from zinneke.office.network.asked import EnquiryRow
from zinneke.office.network.forms import Area, Choice
from zinneke.office.network.views.editing import commands, complain, done, language, may, whole


class AskForm(forms.Form):
    """What somebody asks. Only the message is needed; `website` is a field that people do not see and machines fill."""

    kind = Choice(words.ENQUIRY_KINDS, label=gettext_lazy("What is it?"), initial="question")
    text = Area(9, label=gettext_lazy("Your message"), max_length=None)
    name = forms.CharField(label=gettext_lazy("Your name"), required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.CharField(
        label=gettext_lazy("Your email address"),
        required=False,
        help_text=gettext_lazy("For the answer. Without it, you find the answer on the page whose address you get now."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.CharField(required=False)

    def clean_text(self) -> str:
        """Say how much too long a message is."""
        text = str(self.cleaned_data["text"])
        if len(text) > rules.LONGEST:
            said = _("Your message has %(length)s characters; %(longest)s is the most. Shorten it, or send it in parts: nothing is lost meanwhile.")
            raise forms.ValidationError(said % {"length": len(text), "longest": rules.LONGEST})
        return text

    def clean_email(self) -> str:
        """Take one address, and nothing more than that."""
        email = str(self.cleaned_data["email"]).strip()
        if email and not rules.is_email(email):
            raise forms.ValidationError(_("This is not an email address to which an answer can go."))
        return email

    def clean_name(self) -> str:
        """Take a name on one line."""
        if any(each in self.data.get("name", "") for each in "\r\n"):
            raise forms.ValidationError(_("Write your name on one line."))
        return rules.one_line(str(self.cleaned_data["name"]), 200)

    def clean_website(self) -> str:
        """Refuse what a machine filled in; somebody whose browser did can empty it."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave the field “website” empty: it is there to stop machines."))
        return ""


@never_cache
@sensitive_post_parameters()
def ask(request: HttpRequest) -> HttpResponse:
    """Take a question from anybody, and give its reference and the address at which to follow it."""
    form = AskForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            taken = form.cleaned_data
            row = EnquiryRow(text=taken["text"], kind=taken["kind"], name=taken["name"], email=taken["email"], language=language())
            try:
                receipt = store.add_enquiry(request.actor, row, str(request.META.get("REMOTE_ADDR", "")))
            except Problem as problem:
                status = 429 if problem.status == 429 else complain(form, problem)
                if problem.status == 429:
                    form.add_error(None, _("Several messages came from here within an hour. Yours is still below: send it in an hour."))
            else:
                answer = redirect("enquiry-own", reference=receipt.reference, word=receipt.word)
                answer.headers["Referrer-Policy"] = "no-referrer"
                return answer
    return render(request, "network/ask.html", {"form": form, "faq": store.list_faq(request.actor)[:4]}, status=status)


@never_cache
@sensitive_post_parameters()
def own(request: HttpRequest, reference: str, word: str) -> HttpResponse:
    """Show an enquiry to whoever holds its word, and take whether the answer helped or a further message."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            if "satisfied" in request.POST:
                store.rate_own_enquiry(reference, word, request.POST["satisfied"], request.POST.get("comment", ""))
            else:
                store.add_own_message(reference, word, request.POST.get("text", ""))
            return _unnamed(redirect(request.path))
        except Problem as problem:
            if problem.status == 404:
                raise
            errors["text"] = problem.said_in(language())
    found = store.get_own_enquiry(reference, word)
    organisation = next((each for each in store.list_organisations(request.actor) if each.key == found.owner), None)
    context = {
        "enquiry": found,
        "organisation": organisation,
        "address": request.build_absolute_uri(request.path),
        "errors": errors,
        "typed": request.POST.get("text", "") if errors else "",
    }
    return _unnamed(render(request, "network/own.html", context, status=422 if errors else 200))


def _unnamed(response: HttpResponse) -> HttpResponse:
    """Let the address, which holds the word, go nowhere with a link, and no search engine keep it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def faq(request: HttpRequest) -> HttpResponse:
    """Show the questions that come back with their answers, and to whoever may, those that wait for approval."""
    context: dict[str, Any] = {
        "faq": store.list_faq(request.actor),
        "proposed": store.list_faq(request.actor, proposed=True) if may(request, Right.EDIT) else (),
        "figures": store.count_enquiries(request.actor),
        "channels": words.CHANNELS,
        "may_edit": may(request, Right.EDIT),
        "may_approve": commands(request),
    }
    return render(request, "network/faq.html", context)


@require_POST
def approve(request: HttpRequest, key: str) -> HttpResponse:
    """Publish a question, or withdraw it."""
    withdraw, version = request.POST.get("what") == "withdraw", whole(request.POST.get("version"))
    kept = _("Withdrawn.") if withdraw else _("Published.")
    return done(request, lambda: store.approve_faq(request.actor, key, version, withdraw), kept, "faq")
