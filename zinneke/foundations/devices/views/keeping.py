"""Campaigns as whoever holds them meets them: declared, changed, what came of them, closed and opened again."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.foundations.devices import campaigns
from zinneke.foundations.devices.values import Campaign
from zinneke.foundations.devices.views.campaigns import today
from zinneke.foundations.devices.views.devices import LEVELS
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import SYSTEM, Actor, Level
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import LANGUAGES, choose
from zinneke.kernel.units import UNITS, Unit

SAYINGS = (
    ("name", gettext_lazy("Name")),
    ("about", gettext_lazy("Why people should take part, in a sentence or two")),
    ("reading", gettext_lazy("What is measured")),
)
"""What is said in the three languages."""
SPOKEN = {"fr": gettext_lazy("in French"), "nl": gettext_lazy("in Dutch"), "en": gettext_lazy("in English")}
COARSE = (
    ("100", gettext_lazy("a square of 100 metres")),
    ("250", gettext_lazy("a square of 250 metres")),
    ("500", gettext_lazy("a square of 500 metres")),
    ("1000", gettext_lazy("a square of 1,000 metres")),
    ("0", gettext_lazy("the neighbourhood")),
)
MOST = 200
"""Squares that the page of a campaign lists."""


class CampaignForm(forms.Form):
    """A campaign as it is declared."""

    key = forms.CharField(
        label=gettext_lazy("Word in its address"), max_length=60, help_text=gettext_lazy("Small letters, figures, hyphens: noise-2026.")
    )
    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    low = forms.FloatField(label=gettext_lazy("Lowest plausible value"), localize=True)
    high = forms.FloatField(label=gettext_lazy("Highest plausible value"), localize=True)
    metres = forms.ChoiceField(label=gettext_lazy("What is kept of the place"), choices=COARSE, initial="500")
    starts = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    ends = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    area = forms.ChoiceField(label=gettext_lazy("Where it is held"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("Who may take part and see what came of it"), choices=LEVELS, initial=str(int(Level.PUBLIC)))

    def __init__(self, *args: Any, known: Campaign | None = None, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        own = dict(self.fields)
        self.fields.clear()
        for name, label in SAYINGS:
            for language in LANGUAGES:
                widget = forms.Textarea({"rows": 2}) if name == "about" else forms.TextInput()
                widget.attrs["lang"] = language
                self.fields[f"{name}_{language}"] = forms.CharField(label=f"{label}, {SPOKEN[language]}", max_length=500, widget=widget)
        self.fields.update(own)
        units = {each.code: _unit(each, _language()) for each in UNITS.values()}
        communes = [(each.code, choose(each.name, _language())[0]) for each in territory.list_areas(SYSTEM, kind="commune")]
        own["unit"].choices = sorted({**({known.unit: known.unit} if known else {}), **units}.items(), key=lambda each: each[1].lower())
        own["area"].choices = [("", _("the whole Region")), *sorted(communes, key=lambda each: each[1])]
        own["key"].widget.attrs["aria-describedby"] = "id_key_helptext"
        if known:
            own["key"].widget = forms.HiddenInput()
            if str(known.metres) not in dict(COARSE):
                own["metres"].choices = [(str(known.metres), str(known.metres)), *COARSE]

    def campaign(self, **more: Any) -> Campaign:
        """Return the campaign that was filled in."""
        given = self.cleaned_data
        texts = {name: {language: given[f"{name}_{language}"].strip() for language in LANGUAGES} for name, _label in SAYINGS}
        plain = {name: given[name] for name in ("key", "unit", "low", "high", "starts", "ends", "area")}
        return Campaign(**{**texts, **plain, "metres": int(given["metres"]), "level": Level(int(given["level"])), **more})

    def tell(self, problem: Problem) -> None:
        """Put a verb's refusal at the field that it names, or on top."""
        where = str(problem.extra.get("where", ""))
        place = where if where in self.fields else f"{where}_fr" if f"{where}_fr" in self.fields else None
        self.add_error(place, problem.said_in(_language()))


def _unit(unit: Unit, language: str) -> str:
    name = unit.name.said_in(language)
    return f"{name} ({unit.symbol})" if unit.symbol else name


def _language() -> str:
    return (get_language() or "en")[:2]


@never_cache
def show_all(request: HttpRequest) -> HttpResponse:
    """List the campaigns that one may change, and declare another."""
    actor: Actor = request.actor
    form = CampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = campaigns.declare(actor, form.campaign())
        except Problem as problem:
            if problem.status == 401:
                raise
            form.tell(problem)
        else:
            messages.success(request, _("The campaign is declared. Its address for participants stands on this page."))
            return redirect("campaign", key=made.key)
    found = [{"campaign": each, "state": _state(each)} for each in campaigns.list_kept(actor)]
    return render(request, "devices/keeping.html", {"campaigns": found, "form": form}, status=422 if request.method == "POST" else 200)


def _state(campaign: Campaign) -> str:
    if campaign.closed:
        return "closed"
    return "coming" if today() < campaign.starts else "over" if today() > campaign.ends else "open"


@never_cache
def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show a campaign with what came of it, its address for participants, and a form that changes it."""
    actor: Actor = request.actor
    campaign = campaigns.get_kept(actor, key)
    form = CampaignForm(request.POST or None, initial=_initial(campaign), known=campaign)
    if request.method == "POST" and form.is_valid():
        try:
            campaigns.set_campaign(actor, form.campaign(key=key, closed=campaign.closed))
        except Problem as problem:
            if problem.status == 401:
                raise
            form.tell(problem)
        else:
            messages.success(request, _("The campaign was changed. What was contributed stays as it was kept."))
            return redirect("campaign", key=key)
    takings = campaigns.list_takings(actor, key)
    address = request.build_absolute_uri(reverse("contribute", kwargs={"key": key}))
    context = {
        "campaign": campaign,
        "state": _state(campaign),
        "takings": takings[:MOST],
        "squares": len(takings),
        "times": sum(each.times for each in takings),
        "address": address,
        "code": _code(address),
        "form": form,
    }
    return render(request, "devices/campaign.html", context, status=422 if request.method == "POST" else 200)


def _initial(campaign: Campaign) -> dict[str, Any]:
    texts = {f"{name}_{language}": getattr(campaign, name).get(language, "") for name, _label in SAYINGS for language in LANGUAGES}
    plain = {name: getattr(campaign, name) for name in ("key", "unit", "low", "high", "starts", "ends", "area")}
    return {**texts, **plain, "metres": str(campaign.metres), "level": str(int(campaign.level))}


def _code(address: str) -> SafeString:
    import segno

    drawn = segno.make(address, error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=False)
    return mark_safe(drawn)  # noqa: S308  drawn by segno from our own address; nothing of it is a reader's


@never_cache
@require_POST
def act(request: HttpRequest, key: str) -> HttpResponse:
    """Close a campaign, or open it again."""
    actor: Actor = request.actor
    campaign = campaigns.get_kept(actor, key)
    closed = request.POST.get("answer") == "close"
    campaigns.set_campaign(actor, msgspec.structs.replace(campaign, closed=closed))
    if closed:
        messages.success(request, _("The campaign is closed. It takes nothing more; what was contributed stays."))
    else:
        messages.success(request, _("The campaign is open again, within its days."))
    return redirect("campaign", key=key)
