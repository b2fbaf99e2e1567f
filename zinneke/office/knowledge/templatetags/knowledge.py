"""What the templates of the room write: words of choices, references to other things, text as HTML, moments in letters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django import forms, template
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from zinneke.kernel.text import Text, choose
from zinneke.office.knowledge import kinds, markup

register = template.Library()

WORDS: dict[str, Mapping[str, Text]] = {
    "event": kinds.EVENT_FORMS,
    "article": kinds.ARTICLE_FORMS,
    "relevance": kinds.RELEVANCE,
    "status": kinds.STATUSES,
    "stage": kinds.STAGES,
    "ring": kinds.RINGS,
    "quadrant": kinds.QUADRANTS,
}
NAMES = {
    "fr": Text("français", "Frans", "French"),
    "nl": Text("néerlandais", "Nederlands", "Dutch"),
    "en": Text("anglais", "Engels", "English"),
}
LOCALES = {"fr": "fr_BE", "nl": "nl_BE", "en": "en_GB"}
PLACES = {
    **{kind: kind for kind in ("project", "component", "dataset", "indicator", "solution")},
    **{kind: f"network-{kind}" for kind in ("action", "decision", "meeting", "organisation", "opinion")},
}
"""The page of a thing of another room by its kind, where that page takes a `key`."""


def language() -> str:
    """Return the language of the page."""
    return (get_language() or "en")[:2]


@register.simple_tag
def spoken() -> str:
    """Give the language of the page for addresses."""
    return language()


@register.filter
def word(key: str, of: str) -> str:
    """Write a choice in the reader's language: `{{ details.ring|word:"ring" }}`."""
    found = WORDS[of].get(key)
    return found.said_in(language()) if found else key


@register.filter
def language_name(code: str) -> str:
    """Write the name of a language in the reader's."""
    return NAMES[code].said_in(language()) if code in NAMES else code


@register.filter
def template_of(kind: str) -> str:
    """Give the template of what stands first on the page of a kind."""
    return f"knowledge/kinds/{kind}-top.html"


@register.filter
def template_below(kind: str) -> str:
    """Give the template of what stands below the text."""
    return f"knowledge/kinds/{kind}-below.html"


@register.filter
def template_facts(kind: str) -> str:
    """Give the template of a kind's facts."""
    return f"knowledge/kinds/{kind}-facts.html"


@register.filter
def reference(text: str) -> str:
    """Write a reference (`project:lora`, an address) as a link where there is a page for it, else as it is."""
    kind, _, key = text.partition(":")
    if kind in ("http", "https"):
        return format_html('<a href="{}">{}</a>', text, text.partition("://")[2][:60])
    try:
        return format_html('<a href="{}">{}</a>', reverse(PLACES[kind], kwargs={"key": key}), text)
    except (KeyError, NoReverseMatch):
        return format_html("<code>{}</code>", text)


@register.filter
def safe_address(address: str) -> str:
    """Give a web address for a link, nothing for one that a browser would run."""
    return address if address.lower().startswith(("https://", "http://")) else ""


@register.filter(name="markup")
def as_html(words: Mapping[str, str]) -> str:
    """Write a text in the reader's language as HTML; what was typed is escaped."""
    return mark_safe(markup.write_html(choose(words, language())[0], 3))  # noqa: S308  the renderer escapes all it is given


@register.filter
def bare(text: str) -> str:
    """Write a text without its marks, to be copied."""
    return markup.write_plain(text)


@register.filter
def is_choices(field: Any) -> bool:
    """Say whether a field is boxes to tick."""
    return isinstance(field.field.widget, forms.CheckboxSelectMultiple)


@register.filter
def moment_text(moment: datetime) -> str:
    """Write a moment in city time as plain text, for letters."""
    local = moment.astimezone(ZoneInfo(settings.CITY_ZONE))
    form = {"fr": "EEEE d MMMM y, H 'h' mm", "nl": "EEEE d MMMM y, HH.mm 'uur'", "en": "EEEE d MMMM y, HH:mm"}[language()]
    return str(format_datetime(local, form, locale=LOCALES[language()]))


@register.simple_tag
def feed_address(theme: str = "") -> str:
    """Give the address of the Atom feed in the reader's language."""
    return f"/api/knowledge/feeds/{language()}" + (f"?theme={theme}" if theme else "")
