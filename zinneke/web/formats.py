"""Numbers, quantities and moments as readers of French, Dutch and English write them."""

from __future__ import annotations

import math
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.numbers import format_decimal
from django.conf import settings

from zinneke.kernel.units import unit as unit_of

LOCALES = {"fr": "fr_BE", "nl": "nl_BE", "en": "en_GB"}
NO_BREAK = "\u00a0"
MISSING = "–"
LARGEST = 1e15
"""From here on a number is written in powers of ten."""
_HOUR = {"fr": "H\u00a0'h'\u00a0mm", "nl": "HH.mm\u00a0'uur'", "en": "HH:mm"}
_MOMENT = {language: f"EEEE d MMMM y, {hour}" for language, hour in _HOUR.items()}
_SHORT = {language: f"d MMM y, {hour}" for language, hour in _HOUR.items()}


def locale(language: str) -> str:
    """Return Babel's locale for a language of the house."""
    return LOCALES.get(language, "en_GB")


@cache
def zone() -> ZoneInfo:
    """Return the city's time zone."""
    return ZoneInfo(settings.CITY_ZONE)


def number(value: float | int | None, language: str, decimals: int | None = None) -> str:
    """Write a number; `decimals` None shows up to two where they say something. A dash for what is not a number."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return MISSING
    if abs(value) >= LARGEST:
        return f"{value:.3g}"
    if decimals is None:
        pattern = "#,##0" if float(value).is_integer() or abs(value) >= 1000 else "#,##0.##"
    else:
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text: str = format_decimal(value, format=pattern, locale=locale(language))
    return text.replace("\u202f", NO_BREAK)


def quantity(value: float | int | None, unit: str, language: str) -> str:
    """Write a value with its unit, with the decimals that are worth showing for that unit."""
    measure = unit_of(unit)
    written = number(value, language, measure.decimals if value is not None and not float(value).is_integer() else 0)
    if not measure.symbol or written == MISSING:
        return written
    tight = measure.symbol == "°" or (measure.symbol == "%" and language != "fr")
    return f"{written}{'' if tight else NO_BREAK}{measure.symbol}"


def symbol(unit: str) -> str:
    """Return the symbol of a unit by its UCUM code."""
    return unit_of(unit).symbol


def local(moment: datetime) -> datetime:
    """Return a moment in the city's time. A moment without a zone is refused."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(zone())


def before_sign(language: str) -> str:
    """Return what stands before a colon, a semicolon or a question mark: in French, a space that does not break."""
    return NO_BREAK if language == "fr" else ""


def moment(value: datetime, language: str, form: str = "long") -> str:
    """Write a moment in city time: `long` with the weekday, `short`, or `hour` alone."""
    pattern = {"long": _MOMENT, "short": _SHORT, "hour": _HOUR}[form].get(language, _MOMENT["en"])
    text: str = babel_datetime(local(value), _first(pattern, local(value), language), tzinfo=zone(), locale=locale(language))
    return text


def full_hour(language: str) -> str:
    """Return the pattern of an hour without minutes, short enough for an axis."""
    return {"fr": f"H{NO_BREAK}'h'", "nl": f"H{NO_BREAK}'u.'"}.get(language, "HH:mm")


def _first(pattern: str, value: date, language: str) -> str:
    """Return the pattern with the first of the month as French writes it: 1er."""
    return pattern.replace("d MMM", "d'er' MMM") if language == "fr" and value.day == 1 else pattern


def day(value: date, language: str, form: str = "long") -> str:
    """Write a day: `long` with the weekday, `plain` without, `short` with the month cut."""
    if isinstance(value, datetime):
        value = local(value).date()
    pattern = {"long": "EEEE d MMMM y", "plain": "d MMMM y", "short": "d MMM y", "month": "MMMM y"}[form]
    text: str = babel_date(value, _first(pattern, value, language), locale=locale(language))
    return text
