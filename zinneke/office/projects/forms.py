"""The forms of the room: a fiche in sections and rows, a component, a gate. What was typed becomes a value, and a value what can be typed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from django import forms
from django.utils.translation import get_language

from zinneke.kernel import policy
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import Text, choose
from zinneke.office.projects import intake, labels, words
from zinneke.office.projects.values import Check, Component, Data, Document, Effect, Fiche, Lesson, Milestone, Obstacle, Partner, Risk, Texts

LANGUAGES = ("fr", "nl", "en")
MORE = 2
"""Empty rows that a list offers beyond those it has."""
Choices = Sequence[tuple[str, str]]


def spoken() -> str:
    """Return the language of the page."""
    return (get_language() or "en")[:2]


def choices(known: Mapping[str, Text], empty: bool = False) -> list[tuple[str, str]]:
    """Return words by code as the choices of a field; with `empty`, nothing chosen comes first."""
    return [("", "—")] * empty + [(code, name.said_in(spoken())) for code, name in known.items()]


class Amount(forms.CharField):
    """An amount as people write it: 12 500,50 or 12,500.50."""

    def to_python(self, value: Any) -> float | None:
        """Return the number. Raises ValidationError with the sentence that helps."""
        if value in (None, ""):
            return None
        try:
            return intake.amount(value)
        except ValueError:
            said = Text("Écrivez un nombre, par exemple 12500,50.", "Schrijf een getal, bijvoorbeeld 12500,50.", "Write a number, such as 12500.50.")
            raise forms.ValidationError(said.said_in(spoken())) from None


def text(size: int = 200, rows: int = 0) -> forms.CharField:
    """Return a field for words, of several lines with `rows`."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(required=False, max_length=size, widget=widget)


def day() -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), input_formats=["%Y-%m-%d", "%d/%m/%Y"])


def one(known: Mapping[str, Text], empty: bool = False) -> forms.ChoiceField:
    """Return a field for one code."""
    return forms.ChoiceField(required=False, choices=lambda: choices(known, empty))


def many(known: Mapping[str, Text]) -> forms.MultipleChoiceField:
    """Return a field for several codes, as boxes to tick."""
    return forms.MultipleChoiceField(required=False, choices=lambda: choices(known), widget=forms.CheckboxSelectMultiple())


class Labelled(forms.Form):
    """A form whose labels and hints are those of `labels`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = labels.LABELS[name].said_in(spoken()) if name in labels.LABELS else name
            field.help_text = labels.HINTS[name].said_in(spoken()) if name in labels.HINTS else ""

    def put(self, field: str, what: Text | Mapping[str, str]) -> None:
        """Say at a field what is wrong with it; at the form where it has no such field."""
        said = what.said_in(spoken()) if isinstance(what, Text) else choose(what, spoken())[0]
        self.add_error(next((name for name in (field, f"{field}_{spoken()}") if name in self.fields), None), said)


class FicheForm(Labelled):
    """A fiche without its lists."""

    name_fr, name_nl, name_en = text(), text(), text()
    summary_fr, summary_nl, summary_en = text(2000, 3), text(2000, 3), text(2000, 3)
    key = text(80)
    domain, domains = one(policy.DOMAINS, True), many(policy.DOMAINS)
    challenges, foundations, audiences = many(policy.CHALLENGES), many(policy.FOUNDATIONS), many(policy.AUDIENCES)
    plans = many(words.PLANS)
    owner, communes = one({}), many({})
    contact, lead, web = text(), text(), text(500)
    level = one(labels.LEVELS)
    place = text(5_000_000, 2)
    start, end, started, expected, ended = day(), day(), day(), day(), day()
    planned, committed, spent = Amount(required=False), Amount(required=False), Amount(required=False)
    funding = text(500)
    health, health_note = one(words.HEALTH), text(500)
    uses, gives, suppliers = text(5000, 3), text(5000, 3), text(5000, 2)
    components, offers = many({}), many({})
    check_data, check_reuse, check_openness = one(words.ANSWERS), one(words.ANSWERS), one(words.ANSWERS)
    check_privacy, check_inclusion = one(words.ANSWERS), one(words.ANSWERS)
    why_new = text(2000, 3)

    def __init__(self, *args: Any, owners: Choices, communes: Choices, components: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "—"), *owners]
        self.fields["communes"].choices = communes
        self.fields["components"].choices = self.fields["offers"].choices = components

    def clean_place(self) -> dict[str, Any] | None:
        """Read a point or GeoJSON. Raises ValidationError for neither."""
        typed = self.cleaned_data["place"].strip()
        try:
            if not typed:
                return None
            if typed.startswith("{"):
                told = json.loads(typed)
                return told.get("geometry") or told if isinstance(told, dict) else None
            lon, lat = (float(part) for part in typed.replace(";", ",").split(","))
        except ValueError:
            raise forms.ValidationError(labels.HINTS["place"].said_in(spoken())) from None
        return {"type": "Point", "coordinates": [lon, lat]}


def lines(typed: str) -> tuple[str, ...]:
    """Return the lines of a field that hold anything, each once."""
    return tuple(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))


def said(texts: Texts, typed: str) -> Texts:
    """Return texts with what was typed in the language of the page; the other languages stay."""
    return {language: found for language, found in {**texts, spoken(): typed.strip()}.items() if found}


def fill(before: Fiche, form: FicheForm) -> Fiche:
    """Return a fiche with what a form says; what the form does not show stays as it was."""
    typed = form.cleaned_data
    plain = [
        "owner",
        "domain",
        "contact",
        "lead",
        "web",
        "funding",
        "health",
        "start",
        "end",
        "started",
        "expected",
        "ended",
        "planned",
        "committed",
        "spent",
        "why_new",
    ]
    several = ("domains", "challenges", "foundations", "audiences", "plans", "communes", "components", "offers")
    return msgspec.structs.replace(
        before,
        key=typed["key"] or before.key,
        name={language: word for language in LANGUAGES if (word := typed[f"name_{language}"])},
        summary={language: word for language in LANGUAGES if (word := typed[f"summary_{language}"])},
        level=Level(int(typed["level"] or 0)),
        place=typed["place"],
        health_note=said(before.health_note, typed["health_note"]),
        uses=_data(typed["uses"], before.uses),
        gives=_data(typed["gives"], before.gives),
        suppliers=lines(typed["suppliers"]),
        check=Check(**{name: typed[f"check_{name}"] for name in words.CHECK}),
        **{name: typed[name] for name in plain},
        **{name: tuple(typed[name]) for name in several},
    )


def _data(typed: str, before: Iterable[Data]) -> tuple[Data, ...]:
    known = {each.key for each in before if each.key}
    return tuple(
        Data(key=line) if line in known or (line.isascii() and " " not in line and "-" in line) else Data(name=line) for line in lines(typed)
    )


def typed_of(fiche: Fiche) -> dict[str, Any]:
    """Return a fiche as a form shows it."""
    point = fiche.place and fiche.place.get("type") == "Point" and fiche.place["coordinates"]
    shown = {name: getattr(fiche, name) for name in FicheForm.base_fields if name in Fiche.__struct_fields__}
    texts = {f"{member}_{language}": getattr(fiche, member).get(language, "") for member in ("name", "summary") for language in LANGUAGES}
    return {
        **shown,
        **texts,
        **{f"check_{name}": getattr(fiche.check, name) for name in words.CHECK},
        **{name: "\n".join(each.key or each.name for each in getattr(fiche, name)) for name in ("uses", "gives")},
        **{name: f"{amount:.2f}".removesuffix(".00") for name in ("planned", "committed", "spent") if (amount := getattr(fiche, name)) is not None},
        "suppliers": "\n".join(fiche.suppliers),
        "health_note": choose(fiche.health_note, spoken())[0],
        "level": str(int(fiche.level)),
        "place": f"{point[0]}, {point[1]}" if point else json.dumps(fiche.place) if fiche.place else "",
    }


class MilestoneForm(Labelled):
    """A milestone."""

    name, due, done = text(), day(), day()


class PartnerForm(Labelled):
    """A partner, and how it is involved in the phases that are ticked."""

    name, helix = text(), one(policy.AUDIENCES)
    phases, how = many(words.PHASES), text()


class EffectForm(Labelled):
    """An expected effect."""

    indicator, unit = text(), text(40)
    baseline, expected, by, reached = Amount(required=False), Amount(required=False), day(), Amount(required=False)


class RiskForm(Labelled):
    """A risk."""

    what, weight, answer = text(500), one(words.WEIGHTS), text(500)


class LessonForm(Labelled):
    """A lesson."""

    kind, what = one(words.LESSONS), text(1000, 2)


class ObstacleForm(Labelled):
    """An obstacle in law."""

    what, law, body, state = text(500), text(), text(), one(words.OBSTACLES)


class DocumentForm(Labelled):
    """A document."""

    title, url = text(), text(500)


def _milestone(typed: dict[str, Any], before: Milestone | None) -> Milestone | None:
    return Milestone(name=said(before.name if before else {}, typed["name"]), due=typed["due"], done=typed["done"]) if typed["due"] else None


def _partner(typed: dict[str, Any], before: Partner | None) -> Partner:
    how = before.phases if before else {}
    first = next(iter(how.values()), "")
    changed = typed["how"] != first
    return Partner(
        name=typed["name"],
        helix=typed["helix"],
        phases={phase: typed["how"] if changed else how.get(phase, typed["how"]) for phase in typed["phases"]},
    )


def _risk(typed: dict[str, Any], before: Risk | None) -> Risk:
    return Risk(
        what=said(before.what if before else {}, typed["what"]), weight=typed["weight"], answer=said(before.answer if before else {}, typed["answer"])
    )


def _lesson(typed: dict[str, Any], before: Lesson | None) -> Lesson:
    return Lesson(kind=typed["kind"], what=said(before.what if before else {}, typed["what"]))


def _obstacle(typed: dict[str, Any], before: Obstacle | None) -> Obstacle:
    return Obstacle(what=said(before.what if before else {}, typed["what"]), law=typed["law"], body=typed["body"], state=typed["state"])


def _document(typed: dict[str, Any], before: Document | None) -> Document:
    return Document(title=said(before.title if before else {}, typed["title"]), url=typed["url"])


Maker = Callable[[dict[str, Any], Any], Any]
LISTS: dict[str, tuple[type[Labelled], str, Maker]] = {
    "milestones": (MilestoneForm, "name", _milestone),
    "partners": (PartnerForm, "name", _partner),
    "effects": (EffectForm, "indicator", lambda typed, before: Effect(**typed)),
    "risks": (RiskForm, "what", _risk),
    "lessons": (LessonForm, "what", _lesson),
    "obstacles": (ObstacleForm, "what", _obstacle),
    "documents": (DocumentForm, "title", _document),
}
"""Each list of a fiche: the form of a row, the field without which a row is empty, and what makes a value of it."""


class Rows:
    """The rows of one list in a form."""

    def __init__(self, name: str, values: Sequence[Any], data: Any = None) -> None:
        self.name, self.values = name, values
        self.kind, self.main, self.maker = LISTS[name]
        self.title = labels.ROWS[name]
        count = len(values) + MORE
        self.forms = [self.kind(data, prefix=f"{name}-{at}", initial=_row_of(values[at]) if at < len(values) else None) for at in range(count)]

    def is_valid(self) -> bool:
        """Say whether every row that holds anything can be read."""
        return all(list(map(Labelled.is_valid, self.forms))) and not self._incomplete()

    def _incomplete(self) -> bool:
        missing = Text("Donnez aussi une date.", "Geef ook een datum.", "Give a date too.")
        short = [form for form in self.forms if self.name == "milestones" and form.cleaned_data["name"] and not form.cleaned_data["due"]]
        for form in short:
            form.put("due", missing)
        return bool(short)

    def read(self) -> tuple[Any, ...]:
        """Return the values of the rows that hold anything; a row whose main field was emptied goes."""
        made = []
        for at, form in enumerate(self.forms):
            if str(form.cleaned_data.get(self.main) or "").strip():
                made.append(self.maker(form.cleaned_data, self.values[at] if at < len(self.values) else None))
        return tuple(each for each in made if each is not None)


def _row_of(value: Any) -> dict[str, Any]:
    shown = {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, Partner):
        return {**shown, "phases": list(value.phases), "how": next(iter(value.phases.values()), "")}
    return {name: choose(each, spoken())[0] if isinstance(each, dict) else each for name, each in shown.items()}


class ComponentForm(Labelled):
    """A component."""

    name_fr, name_nl, name_en = text(), text(), text()
    about_fr, about_nl, about_en = text(2000, 3), text(2000, 3), text(2000, 3)
    key, owner, licence = text(80), one({}), text(100)
    code, api = text(500), text(500)
    state = one(words.COMPONENT_STATES)
    readiness = forms.IntegerField(required=False, min_value=1, max_value=9)
    priority = forms.IntegerField(required=False, min_value=1, max_value=999)
    depends = many({})

    def __init__(self, *args: Any, owners: Choices, components: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "—"), *owners]
        self.fields["depends"].choices = components
        self.fields["state"].initial = "running"

    def fill(self, before: Component) -> Component:
        """Return a component with what the form says."""
        typed = self.cleaned_data
        plain = {name: typed[name] for name in ("owner", "licence", "code", "api", "state", "readiness", "priority")}
        texts = {member: {code: word for code in LANGUAGES if (word := typed[f"{member}_{code}"])} for member in ("name", "about")}
        return msgspec.structs.replace(before, key=before.key or typed["key"], depends=tuple(typed["depends"]), **plain, **texts)


def typed_component(component: Component) -> dict[str, Any]:
    """Return a component as its form shows it."""
    shown = {name: getattr(component, name) for name in ComponentForm.base_fields if name in Component.__struct_fields__}
    return shown | {f"{member}_{code}": getattr(component, member).get(code, "") for member in ("name", "about") for code in LANGUAGES}


class GateForm(Labelled):
    """The decision to pass a project to another phase, with the evidence of each of its audiences."""

    to, reason, above_limit = one(words.PHASES), text(2000, 3), text(1000, 2)

    def __init__(self, *args: Any, audiences: Iterable[str], ways: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(code, words.PHASES[code].said_in(spoken())) for code in ways]
        for code in audiences:
            field = text(2000, 2)
            field.label = policy.AUDIENCES[code].said_in(spoken())
            self.fields[f"evidence-{code}"] = field

    @property
    def evidence(self) -> list[Any]:
        """Return the fields for what each audience has shown."""
        return [self[name] for name in self.fields if name.startswith("evidence-")]
