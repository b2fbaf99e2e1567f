"""What the pages of map, data, solutions and communes write: the words of the living map, JSON for attributes, hosts of addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from zinneke.foundations.catalogue import vocabularies
from zinneke.kernel.chart import BarChart, Dot
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.web import charts, columns, formats, ground, related
from zinneke.web.outline import Bbox, Drawing, Point
from zinneke.web.templatetags.zinneke import language

register = template.Library()


@register.simple_tag
def map_words() -> str:
    """Give the words of the living map as JSON."""
    locale = {
        "AttributionControl.ToggleAttribution": _("Show or hide the sources"),
        "NavigationControl.ZoomIn": _("Zoom in"),
        "NavigationControl.ZoomOut": _("Zoom out"),
        "Popup.Close": _("Close"),
        "CooperativeGesturesHandler.WindowsHelpText": _("Hold Ctrl while scrolling to zoom the map"),
        "CooperativeGesturesHandler.MacHelpText": _("Hold ⌘ while scrolling to zoom the map"),
        "CooperativeGesturesHandler.MobileHelpText": _("Use two fingers to move the map"),
        "ScaleControl.Meters": "m",
        "ScaleControl.Kilometers": "km",
    }
    return json.dumps(
        {"more": _("Look closer"), "credit": _("Map: Statbel, UrbIS, OpenStreetMap contributors"), "locale": locale}, ensure_ascii=False
    )


@register.filter
def as_json(value: Any) -> str:
    """Write a value as JSON for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def written_day(text: str) -> str:
    """Write a day, a month or a year that a catalogue gives as text; what is none of them stays as it is."""
    try:
        if re.fullmatch(r"\d{4}-\d\d", text):
            return formats.day(date.fromisoformat(f"{text}-01"), language(), "month")
        return formats.day(date.fromisoformat(text[:10]), language(), "plain")
    except ValueError:
        return text


@register.filter
def site_of(address: str) -> str:
    """Write the host of a web address, so that readers see where a link leads."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@register.filter
def format_names(keys: Iterable[str]) -> list[str]:
    """Give the names of data forms by key, each once; a form that is none of the known ones says nothing and is left out."""
    known = (vocabularies.FORMATS[key] for key in keys if key in vocabularies.FORMATS and key != "other")
    return list(dict.fromkeys(form.label.said_in(language()) for form in known))


@register.simple_tag
def city_zone() -> str:
    """Give the zone in which living charts write times."""
    return str(settings.CITY_ZONE)


@register.simple_tag
def draw_ground(dots: Iterable[Dot] = (), on: str = "", bounds: Bbox | None = None) -> Drawing | None:
    """Draw the Region's communes and dots upon them, for `living_map.html`: `{% draw_ground dots as drawing %}`; `on` marks one commune."""
    points = [Point(dot.lon, dot.lat, dot.name, dot.status, dot.colour, dot.address) for dot in dots]
    return ground.picture(ANONYMOUS, language(), points, on, bounds)


@register.inclusion_tag("web/includes/chart.html")
def column_chart(chart: BarChart) -> dict[str, Any]:
    """Show bars upright, for what has an order of its own: `{% column_chart chart %}` with a kernel `BarChart`."""
    return {"chart": chart, "svg": columns.draw_columns(chart, language()), "table": charts.bar_table(chart, language())}


@register.inclusion_tag("web/includes/related.html", takes_context=True, name="related")
def show_related(context: template.Context, kind: str, key: str) -> dict[str, Any]:
    """Show what goes with a thing in the rooms of the office: `{% related "project" project.key %}`; also `indicator`, `domain`, `commune`."""
    actor = getattr(context.get("request"), "actor", ANONYMOUS)
    spoken = language()
    return {"groups": related.TO[kind](actor, key, spoken), "whole": kind in {"domain", "commune"}, "LANGUAGE_CODE": spoken}
