"""The form with which a person makes an alert rule."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy

from zinneke.foundations.observations.alerting import store as rules
from zinneke.foundations.observations.alerting.values import Anomaly, Frozen, Geofence, Rate, Rule, Silent, Threshold, When
from zinneke.foundations.observations.values import Wanted
from zinneke.foundations.territory import store as territory
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.refusals import say
from zinneke.kernel.text import choose

KINDS = (
    ("threshold", gettext_lazy("A value passes a limit")),
    ("rate", gettext_lazy("A value rises or falls too fast")),
    ("anomaly", gettext_lazy("A value is unusual for this hour")),
    ("silent", gettext_lazy("A sensor has gone silent")),
    ("frozen", gettext_lazy("A value no longer changes")),
    ("geofence", gettext_lazy("A thing enters or leaves an area")),
)
STATUSES = (("act", gettext_lazy("Somebody must act")), ("watch", gettext_lazy("Something to watch")))
PERIODS = (("hour", pgettext_lazy("a rate", "an hour")), ("minute", pgettext_lazy("a rate", "a minute")))
SIDES = (("outside", gettext_lazy("it is outside")), ("inside", gettext_lazy("it is inside")))
DAYS = (
    (1, gettext_lazy("the last day")),
    (7, gettext_lazy("the last 7 days")),
    (30, gettext_lazy("the last 30 days")),
    (92, gettext_lazy("the last 3 months")),
)
GROUPS = {
    "threshold": ("above", "below", "hysteresis"),
    "rate": ("rises", "falls", "per"),
    "anomaly": ("deviations",),
    "silent": ("silence",),
    "frozen": ("standstill",),
    "geofence": ("side", "places", "box", "polygon"),
}
"""Which fields belong to which kind of rule."""
FIELDS = {"wanted": "about", "wanted.solution": "about", "wanted.area": "area", "when.areas": "places", "when": "places"}
MINUTE = 60


def _number(label: Any, hint: Any = "") -> forms.FloatField:
    return forms.FloatField(label=label, help_text=hint, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))


class RuleForm(forms.Form):
    """What a rule watches for, and of which sensors. Made for a stream, it is about that stream only."""

    name = forms.CharField(label=gettext_lazy("Its name"), max_length=200, help_text=gettext_lazy("It stands in the alerts."))
    about = forms.ChoiceField(label=gettext_lazy("Which sensors"), required=False)
    area = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    stream = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("What to watch for"), choices=KINDS)
    above = _number(gettext_lazy("Above"))
    below = _number(gettext_lazy("Below"))
    hysteresis = _number(
        gettext_lazy("Over when it is back by"), gettext_lazy("So that a value around the limit does not open and close it all the time.")
    )
    rises = _number(gettext_lazy("Rises by more than"))
    falls = _number(gettext_lazy("Falls by more than"))
    per = forms.ChoiceField(label=pgettext_lazy("a rate", "In"), choices=PERIODS, required=False)
    deviations = _number(
        gettext_lazy("Standard deviations"),
        gettext_lazy("From 2 to 50; 5 when empty. What is usual is learned for each sensor, by hour, from its last 2,000 values."),
    )
    silence = _number(gettext_lazy("Minutes without a value"), gettext_lazy("Empty: three times the sensor’s own interval."))
    standstill = _number(gettext_lazy("Minutes with the same value"), gettext_lazy("Empty: twelve times the sensor’s own interval."))
    side = forms.ChoiceField(label=gettext_lazy("Tell when"), choices=SIDES, required=False)
    places = forms.MultipleChoiceField(label=gettext_lazy("These communes"), required=False, widget=forms.SelectMultiple(attrs={"size": 6}))
    box = forms.CharField(
        label=gettext_lazy("Or a box"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("West, south, east, north in degrees, such as 4.34 50.84 4.37 50.86"),
    )
    polygon = forms.CharField(
        label=gettext_lazy("Or a polygon (GeoJSON)"), required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    lasting = _number(gettext_lazy("For at least (minutes)"), gettext_lazy("Empty: at once."))
    status = forms.ChoiceField(label=gettext_lazy("How serious"), choices=STATUSES)
    shared = forms.BooleanField(label=gettext_lazy("For everybody who may see these sensors, not for me alone"), required=False)
    days = forms.TypedChoiceField(label=gettext_lazy("Try it on"), choices=DAYS, coerce=int, initial=7, required=False, empty_value=7)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        language = (get_language() or "en")[:2]
        areas = sorted(((area.code, choose(area.name, language)[0]) for area in territory.list_areas(actor)), key=lambda each: each[1])
        self.fields["area"].choices = [("", gettext_lazy("All communes")), *areas]
        self.fields["places"].choices = areas
        self.fields["about"].choices = [("", gettext_lazy("Choose")), *_abouts(language)]
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"id_{name}_helptext" if field.help_text else ""
        if self["stream"].value():
            del self.fields["about"], self.fields["area"]
        if not rules.keeps(actor):
            del self.fields["shared"]

    def group(self, kind: str) -> list[forms.BoundField]:
        """Return the fields of a kind of rule."""
        return [self[name] for name in GROUPS[kind]]

    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Return every kind of rule with its words and its fields."""
        return [(kind, str(words), self.group(kind)) for kind, words in KINDS]

    def before(self) -> list[forms.BoundField]:
        """Return the fields before those of the kinds."""
        return [self[name] for name in ("name", "about", "area", "kind") if name in self.fields]

    def after(self) -> list[forms.BoundField]:
        """Return the fields after those of the kinds, that for everybody apart."""
        return [self[name] for name in ("lasting", "status")]

    def rule(self) -> Rule:
        """Return what was filled in. Raises `Problem` 400 for what cannot be read."""
        given = self.cleaned_data
        solution, _, reading = given.get("about", "").partition("/")
        stream = given.get("stream")
        wanted = Wanted(solution or None, reading or None, given.get("area") or None, streams=(stream,) if stream else None)
        return Rule(name=given["name"], when=self._when(given), wanted=wanted, status=given["status"], shared=bool(given.get("shared")))

    def _when(self, given: dict[str, Any]) -> When:
        lasting = (given.get("lasting") or 0) * MINUTE
        match given["kind"]:
            case "threshold":
                made: When = Threshold(given["above"], given["below"], given["hysteresis"] or 0.0, lasting)
            case "rate":
                made = Rate(given["rises"], given["falls"], given["per"] or "hour", lasting)
            case "anomaly":
                made = Anomaly(given["deviations"] or 5.0, lasting)
            case "silent":
                made = Silent(None if given["silence"] is None else given["silence"] * MINUTE)
            case "frozen":
                made = Frozen(None if given["standstill"] is None else given["standstill"] * MINUTE)
            case _:
                made = Geofence(given["side"] or "outside", tuple(given["places"]), _box(given["box"]), _polygon(given["polygon"]), lasting)
        try:
            return msgspec.convert(msgspec.to_builtins(made), type=When)
        except msgspec.ValidationError:
            raise wrong("A number of this rule is too small or too large: a time is at most 31 days, deviations are from 2 to 50.") from None

    def tell(self, problem: Problem) -> None:
        """Put a verb's refusal at the field that it names, or on top."""
        where = str(problem.extra.get("where", ""))
        field = FIELDS.get(where, where.rpartition(".")[2])
        self.add_error(field if field in self.fields else None, say(problem.detail).said_in((get_language() or "en")[:2]))


def _abouts(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the readings of each solution, and all of it, as groups of choices."""
    found = []
    for key, solution in registry.solutions().items():
        readings = {reading.key: reading.name.said_in(language) for reading in solution.readings}
        name = solution.name.said_in(language)
        found.append(
            (
                name,
                [
                    (f"{key}/", gettext("%(solution)s: everything") % {"solution": name}),
                    *((f"{key}/{each}", said) for each, said in readings.items()),
                ],
            )
        )
    return found


def _box(text: str) -> tuple[float, float, float, float] | None:
    if not text.strip():
        return None
    try:
        west, south, east, north = (float(part) for part in text.replace(";", " ").replace(",", " ").split())
    except ValueError:
        raise wrong("A box is west, south, east, north in degrees, west before east and south before north.", where="when.box") from None
    return west, south, east, north


def _polygon(text: str) -> dict[str, Any] | None:
    if not text.strip():
        return None
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise wrong("The polygon cannot be read as GeoJSON.", where="when.polygon") from None
