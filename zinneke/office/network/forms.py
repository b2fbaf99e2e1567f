"""The forms of the network. Each turns what was typed into the value that a verb takes; what is wrong is said at its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import msgspec
from django import forms
from django.core.validators import RegexValidator, URLValidator
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from zinneke.kernel.confidentiality import Actor, Level
from zinneke.kernel.text import LANGUAGES, Text, choose
from zinneke.office.network import rules, store, values, words

NAMES = {"fr": "Français", "nl": "Nederlands", "en": "English"}
ADDRESS = [URLValidator(schemes=["https", "http"])]


def said(known: Mapping[Any, Text]) -> list[tuple[Any, str]]:
    """Return choices in the reader's language."""
    language = (get_language() or "en")[:2]
    return [(key, text.said_in(language)) for key, text in known.items()]


def spoken(texts: Mapping[str, str]) -> str:
    """Return a text that came from a record in the reader's language."""
    return choose(texts, (get_language() or "en")[:2])[0]


class Choice(forms.ChoiceField):
    """One of some words of the network."""

    def __init__(self, known: Mapping[Any, Text], **more: Any) -> None:
        super().__init__(choices=lambda: said(known), **more)


class Day(forms.DateField):
    """A day, as browsers write it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more)


class Moment(forms.DateTimeField):
    """A day and an hour on the city's clock, as browsers write them."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **more)


class Area(forms.CharField):
    """A text of several lines."""

    def __init__(self, rows: int = 6, **more: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **{"max_length": 20_000, **more})


class Lines(Area):
    """Several texts, one on each line."""

    def clean(self, value: Any) -> tuple[str, ...]:
        """Return the lines that say something."""
        return tuple(rules.one_line(each) for each in super().clean(value).splitlines() if each.strip())

    def prepare_value(self, value: Any) -> Any:
        """Return what to show in the field."""
        return "\n".join(value) if isinstance(value, tuple | list) else value


class SheetForm(forms.Form):
    """A form over a sheet: `texts` are its fields in three languages, `fixed` what comes along from the address of the form."""

    sheet: ClassVar[type[values.Sheet]]
    texts: ClassVar[dict[str, tuple[Any, int]]] = {}
    fixed: ClassVar[tuple[str, ...]] = ()
    error_css_class = "wrong"

    def __init__(self, actor: Actor, *, before: values.Sheet | None, given: Mapping[str, str], data: Any = None) -> None:
        initial = {**given, **(msgspec.structs.asdict(before) if before else {})}
        for name in self.texts:
            initial |= {f"{name}_{each}": (initial.get(name) or {}).get(each, "") for each in LANGUAGES}
        super().__init__(data, initial=initial)
        self.actor, self.before = actor, before
        for name, (label, rows) in self.texts.items():
            for language in LANGUAGES:
                field = Area(rows, required=False) if rows else forms.CharField(max_length=300, required=False)
                field.label = f"{gettext(label)} ({NAMES[language]})"
                field.widget.attrs["lang"] = language
                self.fields[f"{name}_{language}"] = field
        for name in self.fixed:
            self.fields[name] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=before.version if before else 0)
        if before and "key" in self.fields:
            del self.fields["key"]
        self.order_fields([*self.first(), *self.fields])

    def first(self) -> Iterable[str]:
        """Return the fields that stand before the others: the key, then the texts."""
        return ["key", *(f"{name}_{language}" for name in self.texts for language in LANGUAGES)]

    def clean(self) -> dict[str, Any]:
        """Ask for each text in one language at least, where it is the sheet's first."""
        cleaned: dict[str, Any] = super().clean() or {}
        first = next(iter(self.texts), None)
        if first and not any(cleaned.get(f"{first}_{language}", "").strip() for language in LANGUAGES):
            self.add_error(f"{first}_fr", _("Write it in one language at least."))
        return cleaned

    def value(self) -> values.Sheet:
        """Return the sheet as it should be kept."""
        taken = {name: self.cleaned_data[name] for name in self.fields if name in self.sheet.__struct_fields__}
        for name in self.texts:
            taken[name] = {each: text for each in LANGUAGES if (text := rules.lines(self.cleaned_data[f"{name}_{each}"], 20_000))}
        taken = {name: tuple(each) if isinstance(each, list) else each for name, each in taken.items()}
        taken["version"] = self.cleaned_data.get("version") or 0
        return msgspec.structs.replace(self.before, **taken) if self.before else self.sheet(**taken)


def who_sees() -> forms.TypedChoiceField:
    """Return the choice of who may see a sheet: everybody, or administrations."""
    open_to = {0: words.LEVELS[0], 1: words.LEVELS[1]}
    return forms.TypedChoiceField(label=_("Who may see it"), choices=lambda: said(open_to), coerce=lambda each: Level(int(each)), initial=0)


def key_field() -> forms.CharField:
    """Return the field of a key that people choose themselves."""
    message = _("Small letters, figures and dashes only, such as ville-de-bruxelles.")
    return forms.CharField(
        label=_("Key in the address"), max_length=80, help_text=message, validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", message)]
    )


def one_of(**more: Any) -> forms.ChoiceField:
    """Return a choice that the form fills for its actor."""
    return forms.ChoiceField(**more)


def several(**more: Any) -> forms.MultipleChoiceField:
    """Return a choice of several that the form fills for its actor."""
    return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False, **more)


def organisations(actor: Actor) -> list[tuple[str, str]]:
    """Return the organisations that somebody may choose."""
    language = (get_language() or "en")[:2]
    return [(each.key, spoken(each.name)) for each in store.list_organisations(actor, language=language)]


def posts(actor: Actor) -> list[tuple[str, str]]:
    """Return the posts that somebody may choose, by organisation, with the holder's name where they may see it."""
    named = dict(organisations(actor))
    return [
        (each.key, " · ".join(filter(None, (named.get(each.owner, each.owner), spoken(each.title), each.person)))) for each in store.list_posts(actor)
    ]


def optional(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return choices of which none need be taken."""
    return [("", gettext("– none –")), *choices]
