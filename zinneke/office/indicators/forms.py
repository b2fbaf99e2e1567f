"""The forms of those who propose, enter and decide; what they mean is checked by the room's rules, and told at the field."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zinneke.kernel.policy import AUDIENCES, CHALLENGES, DOMAINS
from zinneke.kernel.text import Text
from zinneke.office.indicators import sentences as say
from zinneke.office.indicators.importing import number
from zinneke.office.indicators.measures import Measure
from zinneke.office.indicators.values import Objective, Sheet, Waypoint, Words

LANGUAGES = (("fr", "français"), ("nl", "Nederlands"), ("en", "English"))
_WHERE = {"baseline": "baseline_period", "objective": "objective_period", "name": "name_fr", "definition": "definition_fr"}


def spoken() -> str:
    """Return the language of the page."""
    return (get_language() or "en")[:2]


def choices(words: dict[str, Text], nothing: Any = None) -> Any:
    """Return choices in the reader's language, asked for when the form is made."""

    def made() -> list[tuple[str, Any]]:
        listed: list[tuple[str, Any]] = [(key, text.said_in(spoken())) for key, text in words.items()]
        return listed if nothing is None else [("", nothing), *listed]

    return made


class Figure(forms.CharField):
    """A number as people write it, with a comma or a point."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> float | None:
        """Return the number, None for nothing."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return number(text)
        except ValueError:
            raise forms.ValidationError(_("Write a number, such as 12.5.")) from None


class SheetForm(forms.Form):
    """The definition of an indicator: what it is, how it is made, what is promised, what it does not say."""

    key = forms.SlugField(
        label=_("Key of the indicator"), max_length=80, help_text=_("Part of its address: small letters, digits, hyphens, such as trees-per-km2.")
    )
    unit = forms.CharField(label=_("Unit"), max_length=40, help_text=_("A UCUM code: % or /km2 or ug/m3; 1 for a count."))
    owner = forms.SlugField(label=_("Owner, by key"), max_length=80, help_text=_("The organisation that answers for it."))
    owner_name_fr = forms.CharField(label=_("Owner, by name"), max_length=200, required=False)
    contact = forms.EmailField(label=_("Address of the service that is told when it leaves its path"), required=False)
    domain = forms.ChoiceField(label=_("Domain"), required=False, choices=choices(DOMAINS, _("general, of no domain")))
    kind = forms.ChoiceField(label=_("Step from means to effects"), choices=choices(say.KINDS), initial="outcome")
    frequency = forms.ChoiceField(label=_("How often it is updated"), choices=choices(say.FREQUENCIES))
    delay = forms.IntegerField(label=_("Days after a period until its value is due"), min_value=0, max_value=1500, initial=365)
    quality = forms.TypedChoiceField(label=_("Quality"), coerce=int, choices=choices({str(key): text for key, text in say.GRADES.items()}), initial=6)
    challenges = forms.MultipleChoiceField(label=_("Challenges"), required=False, choices=choices(CHALLENGES), widget=forms.CheckboxSelectMultiple)
    audiences = forms.MultipleChoiceField(label=_("For whom"), required=False, choices=choices(AUDIENCES), widget=forms.CheckboxSelectMultiple)
    expected = forms.MultipleChoiceField(
        label=_("Ought to be told apart by"),
        required=False,
        choices=choices(say.DIMENSIONS),
        widget=forms.CheckboxSelectMultiple,
        initial=["commune"],
    )
    better = forms.ChoiceField(
        label=_("What is better"), required=False, choices=lambda: [("", _("neither")), ("up", _("more is better")), ("down", _("less is better"))]
    )  # fmt: skip
    signed = forms.BooleanField(label=_("It may be below nought"), required=False)
    low = Figure(label=_("At least plausible"), required=False)
    high = Figure(label=_("At most plausible"), required=False)
    baseline_period = forms.CharField(label=_("Baseline, period"), required=False, max_length=30)
    baseline_value = Figure(label=_("Baseline, value"), required=False)
    objective_period = forms.CharField(label=_("Target, by when"), required=False, max_length=30)
    objective_value = Figure(label=_("Target, value"), required=False)
    path = forms.CharField(
        label=_("Steps on the way"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("One a line: 2027: 25")
    )  # fmt: skip
    tolerance = Figure(label=_("How far off its path before somebody must act"), required=False)
    accept = forms.ChoiceField(
        label=_("Who accepts its values"), choices=[("each", _("a colleague, each of them")), ("computed", _("nobody, when computed and plausible"))]
    )  # fmt: skip
    references = forms.CharField(
        label=_("Reference numbers"), required=False, max_length=300, help_text=_("The numbers only: iso37120 8.1, sdg 11.6.2")
    )  # fmt: skip
    measure = forms.CharField(
        label=_("Query over our own data"), required=False, widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("In JSON, as the documentation of indicators shows; empty for values that are typed or imported."),
    )  # fmt: skip
    since = forms.CharField(
        label=_("New definition holds from"), required=False, max_length=30, help_text=_("A period, such as 2026; empty for all.")
    )
    reason = forms.CharField(label=_("Why it changes"), required=False, max_length=2000)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, label, area, needed in TEXTS:
            for code, name in LANGUAGES:
                widget = forms.Textarea(attrs={"rows": 2, "lang": code}) if area else forms.TextInput(attrs={"lang": code})
                said = f"{label} ({name})"
                self.fields[f"{field}_{code}"] = forms.CharField(label=said, max_length=3000, required=needed and code != "en", widget=widget)

    def group(self, *names: str) -> list[Any]:
        """Return fields by name, for a part of the page; a text stands for its three languages."""
        texts = {field for field, *_rest in TEXTS}
        return [self[each] for name in names for each in ([f"{name}_{code}" for code, _name in LANGUAGES] if name in texts else [name])]

    @property
    def what(self) -> list[Any]:
        """Return the fields that say what it is."""
        return self.group("name", "definition", "domain", "kind", "challenges", "audiences", "owner", "owner_name_fr")

    @property
    def how(self) -> list[Any]:
        """Return the fields that say how it is made."""
        return self.group(
            "unit", "formula", "source", "frequency", "delay", "quality", "expected", "signed", "low", "high", "references", "measure", "accept"
        )

    @property
    def promise(self) -> list[Any]:
        """Return the fields of the objective."""
        return self.group(
            "better", "baseline_period", "baseline_value", "objective_period", "objective_value", "path", "tolerance", "says", "plan"
        )  # fmt: skip

    @property
    def limits(self) -> list[Any]:
        """Return what it does not measure."""
        return self.group("misses")

    def clean_measure(self) -> Measure | None:
        """Return the query, read from JSON."""
        text = self.cleaned_data.get("measure", "").strip()
        if not text:
            return None
        try:
            found: Measure = msgspec.json.decode(text, type=Measure)
        except msgspec.DecodeError as fault:
            raise forms.ValidationError(_("This is no query: %(fault)s"), params={"fault": str(fault)}) from None
        return found

    def clean_path(self) -> tuple[Waypoint, ...]:
        """Return the steps on the way, one a line."""
        steps = []
        for line in filter(str.strip, self.cleaned_data.get("path", "").splitlines()):
            period, _colon, value = line.partition(":")
            try:
                steps.append(Waypoint(period.strip(), number(value)))
            except ValueError:
                raise forms.ValidationError(_("Write each step as a period, a colon and a number: 2027: 25")) from None
        return tuple(steps)

    def clean_references(self) -> dict[str, str]:
        """Return the numbers by catalogue."""
        pairs = [each.split(maxsplit=1) for each in self.cleaned_data.get("references", "").split(",") if each.strip()]
        if any(len(pair) != 2 for pair in pairs):
            raise forms.ValidationError(_("Write a catalogue and a number, with commas between several: iso37120 8.1, sdg 11.6.2"))
        return {name.lower(): code for name, code in pairs}

    def sheet(self) -> Sheet:
        """Return the sheet that the form describes."""
        data = self.cleaned_data
        promised, baseline = data["objective_value"], data["baseline_value"]
        objective = None
        if promised is not None or data["objective_period"] or self._text("says"):
            objective = Objective(
                says=self._text("says"), value=promised or 0.0, period=data["objective_period"], path=data["path"], plan=self._text("plan")
            )  # fmt: skip
        return Sheet(
            name=self._text("name"), definition=self._text("definition"), formula=self._text("formula"), source=self._text("source"),
            misses=self._text("misses"), unit=data["unit"].strip(), owner=data["owner"], owner_name=self._owner(), domain=data["domain"],
            kind=data["kind"],
            frequency=data["frequency"], delay=data["delay"], quality=data["quality"], challenges=tuple(data["challenges"]),
            audiences=tuple(data["audiences"]), expected=tuple(data["expected"]), better=data["better"], signed=data["signed"], low=data["low"],
            high=data["high"], baseline=Waypoint(data["baseline_period"], baseline) if baseline is not None else None, objective=objective,
            tolerance=data["tolerance"] or 0.0, accept=data["accept"], references=data["references"], measure=data["measure"],
        )  # fmt: skip

    def _owner(self) -> Words:
        name = self.cleaned_data["owner_name_fr"].strip()
        return {code: name for code, _name in LANGUAGES} if name else {}

    def _text(self, field: str) -> Words:
        return {code: text for code, _name in LANGUAGES if (text := self.cleaned_data.get(f"{field}_{code}", "").strip())}

    def blame(self, faults: list[dict[str, str]]) -> None:
        """Tell each fault that the room found at its field, in the reader's language."""
        for fault in faults:
            field = _WHERE.get(fault["field"], fault["field"])
            self.add_error(field if field in self.fields else None, fault[spoken()])


TEXTS = (
    ("name", _("Name"), False, True),
    ("definition", _("Definition"), True, True),
    ("formula", _("Formula"), False, False),
    ("source", _("Source"), False, False),
    ("misses", _("What it does not measure"), True, False),
    ("says", _("The objective promised"), False, False),
    ("plan", _("The public plan that promises it"), False, False),
)
"""Texts in three languages: the field, its label, whether it is long, whether it must be there in French and Dutch."""


def filled(sheet: Sheet) -> dict[str, Any]:
    """Return what the form of a sheet shows at first."""
    promised = sheet.objective
    data: dict[str, Any] = {name: _written(getattr(sheet, name)) for name in _SAME} | {
        "owner_name_fr": sheet.owner_name.get("fr", ""),
        "measure": msgspec.json.format(msgspec.json.encode(sheet.measure)).decode() if sheet.measure else "",
        "references": ", ".join(f"{name} {code}" for name, code in sheet.references.items()),
    }
    if sheet.baseline:
        data |= {"baseline_period": sheet.baseline.period, "baseline_value": _written(sheet.baseline.value)}
    if promised:
        data |= {"objective_period": promised.period, "objective_value": _written(promised.value)}
        data["path"] = "\n".join(f"{step.period}: {_written(step.value)}" for step in promised.path)
    texts = {"says": promised.says if promised else {}, "plan": promised.plan if promised else {}}
    for field, *_rest in TEXTS:
        words: Words = texts[field] if field in texts else getattr(sheet, field)
        data |= {f"{field}_{code}": words.get(code, "") for code, _name in LANGUAGES}
    return data


def _written(value: Any) -> Any:
    """Return a number as the reader writes it, anything else as it is."""
    if not isinstance(value, float):
        return value
    return f"{value:.12g}".replace(".", "." if spoken() == "en" else ",")


_SAME = (
    "unit", "owner", "domain", "kind", "frequency", "delay", "quality", "challenges", "audiences", "expected", "better", "signed", "low", "high",
    "tolerance", "accept",
)  # fmt: skip


class ValueForm(forms.Form):
    """One value as somebody types it."""

    period = forms.CharField(label=_("Period"), max_length=30, required=False, help_text=_("2025, 2025-Q4 or 2025-11"))
    area = forms.ChoiceField(label=_("Commune"), required=False)
    value = Figure(label=_("Value"))
    low = Figure(label=_("Not below"), required=False)
    high = Figure(label=_("Not above"), required=False)
    note = forms.CharField(label=_("Note on the value"), max_length=500, required=False)
    why = forms.CharField(label=_("Why, when it corrects a published value"), max_length=1000, required=False)

    def __init__(self, *args: Any, areas: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = list(areas.items())


class ImportForm(forms.Form):
    """A file of values."""

    file = forms.FileField(
        label=_("CSV file or Excel workbook"), help_text=_("Its first row names the columns: period, area, value; low, high, note if you have them.")
    )
    why = forms.CharField(
        label=_("Why, when it corrects published values"), max_length=1000, required=False, widget=forms.TextInput(attrs={"id": "id_import_why"})
    )


class EvidenceForm(forms.Form):
    """The evidence of a decision."""

    evidence = forms.CharField(
        label=_("On which evidence"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you read, compared or computed again."),
    )  # fmt: skip
