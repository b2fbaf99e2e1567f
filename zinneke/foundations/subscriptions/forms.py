"""The form with which a person makes a subscription."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext, gettext_lazy

from zinneke.foundations.observations.values import Wanted
from zinneke.foundations.subscriptions import brokers
from zinneke.foundations.subscriptions.values import ALERT_CLOSED, ALERT_OPENED, OBSERVATION, Condition, Endpoint, Subscription
from zinneke.foundations.territory import store as territory
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem
from zinneke.kernel.refusals import say
from zinneke.kernel.text import choose

KINDS = (("alerts", gettext_lazy("Alerts, when they open and when they are over")), ("observations", gettext_lazy("Measurements")))
CONDITIONS = (("", gettext_lazy("Every one")), ("above", gettext_lazy("Only those above")), ("below", gettext_lazy("Only those below")))
TRANSPORTS = (
    ("mail", gettext_lazy("To my mail address")), ("webhook", gettext_lazy("To an address of my own system (webhook)")),
    ("mqtt", gettext_lazy("To a topic of the city’s MQTT broker")),
)  # fmt: skip
PAUSES = (
    (60, gettext_lazy("At most once a minute")), (900, gettext_lazy("At most once every quarter of an hour")),
    (3600, gettext_lazy("At most once an hour")), (86400, gettext_lazy("At most once a day")), (0, gettext_lazy("At once (not by mail)")),
)  # fmt: skip
FIELDS = {"endpoint": "address", "condition": "limit", "throttling": "pause"}
"""Which field of the form a refusal of the store is about."""


class SubscriptionForm(forms.Form):
    """What one wants to be told of, when and where. Made for a stream, it is about that stream only."""

    name = forms.CharField(label=gettext_lazy("Its name"), max_length=200, help_text=gettext_lazy("It stands in the subject of the letters."))
    kind = forms.ChoiceField(label=gettext_lazy("What you are told of"), choices=KINDS)
    solution = forms.ChoiceField(label=gettext_lazy("Solution"), required=False)
    area = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    condition = forms.ChoiceField(label=gettext_lazy("Which measurements"), choices=CONDITIONS, required=False)
    limit = forms.FloatField(label=gettext_lazy("Limit"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    transport = forms.ChoiceField(label=gettext_lazy("Where"), choices=TRANSPORTS)
    address = forms.CharField(
        label=gettext_lazy("Web address"), max_length=2000, required=False,
        widget=forms.TextInput(attrs={"placeholder": "https://", "inputmode": "url"}),
        help_text=gettext_lazy("Only for your own system."),
    )  # fmt: skip
    pause = forms.TypedChoiceField(label=gettext_lazy("How often"), choices=PAUSES, coerce=int, initial=900)
    stream = forms.IntegerField(required=False, widget=forms.HiddenInput)
    rule = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        language = (get_language() or "en")[:2]
        solutions = [(key, solution.name.said_in(language)) for key, solution in registry.solutions().items()]
        areas = [(area.code, choose(area.name, language)[0]) for area in territory.list_areas(actor)]
        self.fields["solution"].choices = [("", gettext_lazy("All solutions")), *sorted(solutions, key=lambda each: each[1])]
        self.fields["area"].choices = [("", gettext_lazy("All communes")), *sorted(areas, key=lambda each: each[1])]
        if settings.MQTT_URL and actor.person is not None:
            topics = {"prefix": brokers.prefix(actor.person)}
            self.fields["address"].label = gettext("Web address or MQTT topic")
            self.fields["address"].help_text = gettext("Only for your own system. Your MQTT topics begin with %(prefix)s") % topics
        else:
            self.fields["transport"].choices = TRANSPORTS[:2]
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"id_{name}_helptext" if field.help_text else ""
        if self["stream"].value() or self["rule"].value():
            del self.fields["solution"], self.fields["area"]
        if self["rule"].value():
            self.fields["kind"].choices = KINDS[:1]
            del self.fields["condition"], self.fields["limit"]

    def clean(self) -> dict[str, Any]:
        """Ask for a limit where there is a condition."""
        given = super().clean() or self.cleaned_data
        if given.get("condition") and given.get("limit") is None and "limit" not in self.errors:
            self.add_error("limit", gettext_lazy("Give the number above or below which you want to be told."))
        return given

    def subscription(self) -> Subscription:
        """Return what was filled in."""
        given = self.cleaned_data
        kinds = (OBSERVATION,) if given["kind"] == "observations" else (ALERT_OPENED, ALERT_CLOSED)
        streams, rules = (given["stream"],) if given["stream"] else None, (given["rule"],) if given["rule"] else None
        wanted = Wanted(given.get("solution") or None, area=given.get("area") or None, streams=streams, rules=rules)
        endpoint = Endpoint(kind=given["transport"], address=given["address"].strip() if given["transport"] in ("webhook", "mqtt") else "")
        condition = Condition(given["condition"], {"limit": given["limit"]}) if given.get("condition") else None
        return Subscription(
            name=given["name"], endpoint=endpoint, kinds=kinds, wanted=wanted, condition=condition, throttling=float(given["pause"])
        )  # fmt: skip

    def tell(self, problem: Problem) -> None:
        """Put a verb's refusal at the field that it names, or on top."""
        where = str(problem.extra.get("where", "")).partition(".")[0]
        field = FIELDS.get(where, where)
        self.add_error(field if field in self.fields else None, say(problem.detail).said_in((get_language() or "en")[:2]))
