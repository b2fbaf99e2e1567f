"""A campaign as people meet it: what is measured and why, a form that works without script, and what is kept of what they send."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from zinneke.foundations.devices import campaigns
from zinneke.foundations.devices.values import Contribution
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem


class ContributionForm(forms.Form):
    """What was measured, and where, as somebody would say it."""

    value = forms.FloatField(label=gettext_lazy("Your measurement"), localize=True)
    place = forms.CharField(
        label=gettext_lazy("Where you measured"),
        max_length=100,
        help_text=gettext_lazy("A street, a square or a neighbourhood. We keep less than that."),
    )

    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput())
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["place"].widget.attrs["aria-describedby"] = "id_place_helptext"
        self.fields["place"].required = not (self.data.get("lon") and self.data.get("lat"))
        self.fields["value"].widget.attrs["inputmode"] = "decimal"


@never_cache
def show_all(request: HttpRequest) -> HttpResponse:
    """List the campaigns that take contributions today."""
    found = [each for each in campaigns.list_campaigns(request.actor) if campaigns.is_open(each, today())]
    return render(request, "devices/campaigns.html", {"campaigns": found})


@never_cache
def contribute(request: HttpRequest, key: str) -> HttpResponse:
    """Show a campaign and take a contribution. Raises `Problem` 404."""
    actor: Actor = request.actor
    campaign = campaigns.get_campaign(actor, key)
    form = ContributionForm(request.POST or None)
    context: dict[str, Any] = {"campaign": campaign, "form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (place := _place(actor, form)):
            try:
                given = Contribution(form.cleaned_data["value"], *place)
                context["kept"] = campaigns.contribute(actor, key, given, str(request.META.get("REMOTE_ADDR", "")))
                context["form"], status = ContributionForm(), 200
            except Problem as problem:
                if problem.status == 404:
                    raise
                where = {"value": "value", "lon, lat": "place"}.get(str(problem.extra.get("where", "")))
                form.add_error(where, problem.said_in(_language()))
                status = problem.status if problem.status == 429 else 422
    context["open"] = campaigns.is_open(campaign, today())
    return render(request, "devices/contribute.html", context, status=status)


def today() -> date:
    """Return the day that it is in the city."""
    return datetime.now(ZoneInfo(settings.CITY_ZONE)).date()


def _language() -> str:
    return (get_language() or "en")[:2]


def _place(actor: Actor, form: forms.Form) -> tuple[float, float] | None:
    """Return the longitude and latitude of what somebody named, or their phone told; or tell at its field that there is none of that name."""
    given = form.cleaned_data
    if not given["place"]:
        return given["lon"], given["lat"]
    found = territory.find_places(actor, given["place"], _language(), limit=1)
    if not found:
        form.add_error("place", _("We know no place of that name. Try the name of a street or of the neighbourhood."))
        return None
    return found[0].lon, found[0].lat
