"""What people fill in: checked here in their language, so that nothing typed is lost and each fault stands at its field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from zinneke.kernel.policy import DOMAINS
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import LANGUAGES, choose
from zinneke.office.selection.values import ExerciseRow, Idea, IdeaRow, Method, Plan, Texts
from zinneke.office.selection.words import EVIDENCE, STATES


def language() -> str:
    """Return the language of the page."""
    return (get_language() or "en")[:2]


def said(words: Any) -> str:
    """Return a text in the language of the page."""
    return str(words.said_in(language()))


def refuse(form: forms.Form, problem: Problem) -> None:
    """Put what a verb refused onto the form, in the reader's language."""
    where = str(problem.extra.get("where", ""))
    form.add_error(where if where in form.fields else None, problem.said_in(language()))


class IdeaForm(forms.Form):
    """An idea as people write it."""

    title_fr = forms.CharField(label=gettext_lazy("Title in French"), required=False, max_length=200)
    title_nl = forms.CharField(label=gettext_lazy("Title in Dutch"), required=False, max_length=200)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), required=False, max_length=200)
    about_fr = forms.CharField(label=gettext_lazy("What it is, in French"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3}))
    about_nl = forms.CharField(label=gettext_lazy("What it is, in Dutch"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3}))
    about_en = forms.CharField(label=gettext_lazy("What it is, in English"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3}))
    city = forms.CharField(label=gettext_lazy("City"), max_length=100)
    country = forms.CharField(label=gettext_lazy("Country"), required=False, max_length=100)
    domain = forms.ChoiceField(label=gettext_lazy("Domain"), required=False)
    since = forms.IntegerField(label=gettext_lazy("Year it began"), required=False, min_value=1800, max_value=2100)
    tags = forms.CharField(label=gettext_lazy("Tags"), required=False, max_length=300, help_text=gettext_lazy("Several with commas between them."))
    source = forms.CharField(
        label=gettext_lazy("Source"), required=False, max_length=300, help_text=gettext_lazy("Who says so: a report, a page, a person met.")
    )
    source_url = forms.URLField(label=gettext_lazy("Address of the source"), required=False, max_length=1000, assume_scheme="https")
    source_date = forms.DateField(label=gettext_lazy("Date of the source"), required=False, widget=forms.DateInput({"type": "date"}))
    evidence = forms.ChoiceField(label=gettext_lazy("How sure are we?"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["domain"].choices = [("", _("none yet")), *((key, said(text)) for key, text in DOMAINS.items())]
        self.fields["evidence"].choices = [(key, said(text)) for key, text in EVIDENCE.items()]

    def clean(self) -> dict[str, Any]:
        """Ask for a title in one language at least, and for a source where something is called verified."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(found.get(f"title_{language}") for language in LANGUAGES):
            self.add_error("title_fr", _("Give the idea a title in one of the three languages."))
        if found.get("evidence") != "public_knowledge" and not (found.get("source") or found.get("source_url")):
            self.add_error("source", _("Say which source, or leave it as public knowledge."))
        return found

    def row(self, key: str = "") -> IdeaRow:
        """Return what was filled in."""
        found = self.cleaned_data
        return IdeaRow(
            key=key,
            title={language: found[f"title_{language}"].strip() for language in LANGUAGES if found[f"title_{language}"].strip()},
            about={language: found[f"about_{language}"].strip() for language in LANGUAGES if found[f"about_{language}"].strip()},
            city=found["city"].strip(), country=found["country"].strip(), domain=found["domain"], since=found["since"],
            tags=tuple(dict.fromkeys(filter(None, (tag.strip() for tag in found["tags"].split(","))))), source=found["source"].strip(),
            source_url=found["source_url"], source_date=found["source_date"], evidence=found["evidence"],
        )  # fmt: skip


def typed(idea: Idea) -> dict[str, Any]:
    """Return an idea as the form shows it."""
    row = idea.row
    texts = {f"{name}_{language}": getattr(row, name).get(language, "") for name in ("title", "about") for language in LANGUAGES}
    plain = {name: getattr(row, name) for name in ("city", "country", "domain", "since", "source", "source_url", "source_date", "evidence")}
    return {**texts, **plain, "tags": ", ".join(row.tags), "version": idea.version}


class DecisionForm(forms.Form):
    """What is decided about an idea."""

    kind = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=5000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("One sentence that others can follow. It is published."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *given: Any, idea: Idea, **named: Any) -> None:
        super().__init__(*given, **named)
        choices = (
            [("return", _("Bring it back in"))] if idea.out else [("pass", _("Let it through to the next stage")), ("exclude", _("Leave it out"))]
        )
        self.fields["kind"].choices = choices if idea.stage != "roadmap" or idea.out else choices[1:]


class ImportForm(forms.Form):
    """A table of ideas."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or Excel, at most 2 megabytes. The first line names the columns, in French, Dutch or English."),
    )


class SettleForm(forms.Form):
    """How a disagreement is settled."""

    value = forms.FloatField(label=gettext_lazy("Settled value"), localize=True)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=5000)


class FrameForm(forms.Form):
    """What a portfolio may take."""

    budget = forms.IntegerField(label=gettext_lazy("Budget (€)"), required=False, min_value=0, max_value=10**11)
    people = forms.IntegerField(label=gettext_lazy("People in each quarter"), required=False, min_value=0, max_value=10_000)
    parallel = forms.IntegerField(label=gettext_lazy("Projects at a time, at most"), required=False, min_value=0, max_value=1000)
    quarters = forms.IntegerField(label=gettext_lazy("Quarters"), min_value=1, max_value=16)


class StepForm(forms.Form):
    """A project on the roadmap."""

    name_fr = forms.CharField(label=gettext_lazy("Name in French"), max_length=200)
    name_nl = forms.CharField(label=gettext_lazy("Name in Dutch"), max_length=200)
    domain = forms.ChoiceField(label=gettext_lazy("Domain"))
    start = forms.RegexField(
        r"^20\d\d-Q[1-4]$",
        label=gettext_lazy("Starts in"),
        help_text=gettext_lazy("A quarter, such as 2027-Q1."),
        error_messages={"invalid": gettext_lazy("Write a quarter as 2027-Q1.")},
    )
    quarters = forms.IntegerField(label=gettext_lazy("For how many quarters"), min_value=1, max_value=40)
    state = forms.ChoiceField(label=gettext_lazy("State"))
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=5000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("One sentence that others can follow. It is published."),
    )
    beyond = forms.CharField(
        label=gettext_lazy("Why above the limit"),
        max_length=5000,
        required=False,
        help_text=gettext_lazy("Only when one more is to run than the limit allows: a decision of its own, which is recorded."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["domain"].choices = [(key, said(text)) for key, text in DOMAINS.items()]
        self.fields["state"].choices = [(key, said(text)) for key, text in STATES.items()]


class EditionForm(forms.Form):
    """A new edition of the roadmap."""

    reason = forms.CharField(label=gettext_lazy("What is new, and why"), max_length=5000, widget=forms.Textarea({"rows": 2}))
    ceiling = forms.IntegerField(label=gettext_lazy("Projects at a time, at most"), min_value=1, max_value=1000)


class ExerciseForm(forms.Form):
    """An exercise as it is opened."""

    name_fr = forms.CharField(label=gettext_lazy("Title in French"), max_length=200)
    name_nl = forms.CharField(label=gettext_lazy("Title in Dutch"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("Title in English"), required=False, max_length=200)
    about_fr = forms.CharField(label=gettext_lazy("What it is for, in French"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))
    about_nl = forms.CharField(label=gettext_lazy("What it is for, in Dutch"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))
    about_en = forms.CharField(label=gettext_lazy("What it is for, in English"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))
    method = forms.ChoiceField(label=gettext_lazy("Method"), help_text=gettext_lazy("The version stays the same as long as the exercise lasts."))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), help_text=gettext_lazy("Each figure of a practice run says that it is one."))
    first = forms.IntegerField(label=gettext_lazy("How many are wanted"), min_value=1, max_value=1000)

    def __init__(self, *given: Any, methods: Iterable[Method], **named: Any) -> None:
        super().__init__(*given, **named)
        words = _("version")
        self.fields["method"].choices = [
            (f"{each.key}/{each.version}", f"{choose(each.row.name, language())[0]}, {words} {each.version}") for each in methods
        ]
        self.fields["kind"].choices = [("real", _("An evaluation that counts")), ("practice", _("A practice run"))]

    def row(self, key: str) -> ExerciseRow:
        """Return what was filled in."""
        found = self.cleaned_data
        method, _slash, version = found["method"].partition("/")
        name: Texts = {tongue: text for tongue in LANGUAGES if (text := found[f"name_{tongue}"].strip())}
        about: Texts = {tongue: text for tongue in LANGUAGES if (text := found[f"about_{tongue}"].strip())}
        return ExerciseRow(
            key=key, name=name, about=about, method=method, method_version=int(version), example=found["kind"] == "practice", first=found["first"]
        )  # fmt: skip


class PlanForm(forms.Form):
    """What an option takes, and what binds it to others."""

    cost = forms.IntegerField(label=gettext_lazy("Cost (€)"), min_value=0, max_value=10**11)
    quarters = forms.IntegerField(label=gettext_lazy("For how many quarters"), min_value=1, max_value=40)
    people = forms.FloatField(label=gettext_lazy("People in each quarter"), min_value=0, max_value=10_000, localize=True)
    needs = forms.MultipleChoiceField(label=gettext_lazy("Needs these to be finished first"), required=False, widget=forms.CheckboxSelectMultiple)
    against = forms.MultipleChoiceField(label=gettext_lazy("Cannot go together with"), required=False, widget=forms.CheckboxSelectMultiple)
    must = forms.BooleanField(label=gettext_lazy("It must be chosen"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *given: Any, others: Iterable[tuple[str, str]], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["needs"].choices = self.fields["against"].choices = list(others)

    def clean(self) -> dict[str, Any]:
        """Refuse an option that needs what it excludes."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if set(found.get("needs", ())) & set(found.get("against", ())):
            self.add_error("against", _("One and the same project cannot be both needed and excluded."))
        return found

    def plan(self) -> Plan:
        """Return what was filled in."""
        found = self.cleaned_data
        return Plan(
            cost=float(found["cost"]), quarters=found["quarters"], people=found["people"], needs=tuple(found["needs"]),
            against=tuple(found["against"]), must=found["must"],
        )  # fmt: skip


class CarryForm(forms.Form):
    """Why a portfolio is carried into the roadmap; what stands beside it by project is read apart."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("One sentence that others can follow. It is published."),
    )
    beyond = forms.CharField(
        label=gettext_lazy("Why above the limit"),
        max_length=900,
        required=False,
        help_text=gettext_lazy("Only when one more is to run than the limit allows: a decision of its own, which is recorded."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class VerdictsForm(forms.Form):
    """Why the verdicts of a screening become decisions."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("One sentence that others can follow. It is published."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
