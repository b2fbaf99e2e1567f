"""The words of our templates: numbers, quantities, moments, texts in the reader's language, icons, statuses, charts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from zinneke.kernel.chart import BarChart, LineChart
from zinneke.kernel.refusals import say
from zinneke.kernel.solution import Status
from zinneke.kernel.text import Text, choose
from zinneke.kernel.units import unit as unit_of
from zinneke.web import assets, charts, formats

register = template.Library()

STATUSES: dict[Status, Text] = {
    "good": Text("Bon", "Goed", "Good"),
    "watch": Text("À surveiller", "In het oog te houden", "To watch"),
    "act": Text("À traiter", "Actie nodig", "Action needed"),
    "unknown": Text("Inconnu", "Onbekend", "Unknown"),
}


def language() -> str:
    """Return the language of the page that is being written."""
    return (get_language() or "en")[:2]


@register.simple_tag
def colon() -> str:
    """Write a colon between two parts of a line; French puts a space before it that does not break."""
    return f"{formats.before_sign(language())}: "


@register.simple_tag
def semicolon() -> str:
    """Write a semicolon between two parts of a line, as `colon` does."""
    return f"{formats.before_sign(language())}; "


@register.simple_tag
def question_mark() -> str:
    """Write a question mark behind what was found, as `colon` does."""
    return f"{formats.before_sign(language())}?"


@register.filter
def number(value: Any, decimals: int | None = None) -> str:
    """Write a number in the reader's format: `{{ n|number }}`, `{{ n|number:1 }}`."""
    return formats.number(value, language(), decimals) if isinstance(value, int | float) or value is None else str(value)


@register.filter
def quantity(value: Any, unit: str = "1") -> str:
    """Write a value with its unit: `{{ value|quantity:"ug/m3" }}` gives 12,3 µg/m³."""
    return formats.quantity(value, unit, language())


@register.filter
def symbol(unit: str) -> str:
    """Write the symbol of a unit by its UCUM code."""
    return unit_of(unit).symbol


@register.filter
def unit_name(unit: str) -> str:
    """Write the name of a unit by its UCUM code, for those who read by ear."""
    return unit_of(unit).name.said_in(language())


@register.filter
def moment(value: datetime | None, form: str = "long") -> str:
    """Write a moment in city time as a `<time>`: `{{ t|moment }}`, `{{ t|moment:"short" }}`, `{{ t|moment:"hour" }}`."""
    if value is None:
        return formats.MISSING
    iso = formats.local(value).isoformat(timespec="minutes")
    return format_html('<time datetime="{}" title="{}">{}</time>', iso, iso, formats.moment(value, language(), form))


@register.filter
def day(value: date | datetime | None, form: str = "plain") -> str:
    """Write a day as a `<time>`: `{{ d|day }}` 23 novembre 2026, `{{ d|day:"long" }}` with the weekday, `"short"`, `"month"`."""
    if value is None:
        return formats.MISSING
    iso = (formats.local(value).date() if isinstance(value, datetime) else value).isoformat()
    return format_html('<time datetime="{}" title="{}">{}</time>', iso, iso, formats.day(value, language(), form))


@register.filter
def said(text: Text | str | None) -> str:
    """Write a kernel Text in the reader's language; a plain string, such as the name of a law, as it is."""
    return text.said_in(language()) if isinstance(text, Text) else text or ""


@register.filter
def refusal(sentence: str) -> str:
    """Write what a store refused in the reader's language."""
    return say(sentence).said_in(language())


@register.filter
def plain(texts: Mapping[str, str] | None) -> str:
    """Write the best language of a text that came from outside, without markup: for titles and attributes."""
    return choose(texts or {}, language())[0]


@register.filter
def texts(value: Mapping[str, str] | None) -> str:
    """Write the best language of a text that came from outside, marked with its language where it is not the page's."""
    text, spoken = choose(value or {}, language())
    return format_html('<span lang="{}">{}</span>', spoken, text) if text and spoken != language() else text


@register.simple_tag
def asset(path: str) -> str:
    """Give the address of a static file of ours, with the hash of its content: `{% asset "zinneke.css" %}`."""
    return assets.address(path)


@register.simple_tag
def icon(name: str, label: str = "", classes: str = "") -> SafeString:
    """Draw an icon of the set (Lucide names); without `label` it is decoration beside a word."""
    href = f"{assets.address('vendor/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon {}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, href)
    return format_html('<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}"/></svg>', classes, href)


_SHAPES = {
    "good": "M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2Zm3.6 5L7.4 11 4.6 8.4l1-1.1 1.7 1.6 3.2-3.7Z",
    "watch": "M8 1 15.4 14.4H.6Zm-.8 4.8v4.4h1.6V5.8Zm0 5.4v1.6h1.6v-1.6Z",
    "act": "M5 1h6l4 4v6l-4 4H5l-4-4V5Zm2.1 2.8v5.4h1.8V3.8Zm0 6.6v1.8h1.8v-1.8Z",
    "unknown": "M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2Zm0 1.6a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 8 2.8ZM4.8 7.2h6.4v1.6H4.8Z",
}


@register.simple_tag
def status(kind: str, words: Any = "") -> SafeString:
    """Draw a status as a shape with words: `{% status "watch" %}` or `{% status answer.status "Quite busy" %}`."""
    kind = kind if kind in _SHAPES else "unknown"
    shown = words.said_in(language()) if isinstance(words, Text) else words or STATUSES[kind].said_in(language())  # type: ignore[index]
    return format_html(
        '<span class="status status-{}"><svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="{}"/></svg> '
        '<span class="words">{}</span></span>',
        kind,
        _SHAPES[kind],
        shown,
    )


@register.inclusion_tag("web/includes/chart.html")
def line_chart(chart: LineChart) -> dict[str, Any]:
    """Show a line chart with its sentence, table and CSV: `{% line_chart chart %}` with a kernel `LineChart`."""
    return {"chart": chart, "svg": charts.draw_lines(chart, language()), "table": charts.line_table(chart, language())}


@register.inclusion_tag("web/includes/chart.html")
def bar_chart(chart: BarChart) -> dict[str, Any]:
    """Show a bar chart with its sentence, table and CSV: `{% bar_chart chart %}` with a kernel `BarChart`."""
    return {"chart": chart, "svg": charts.draw_bars(chart, language()), "table": charts.bar_table(chart, language())}
