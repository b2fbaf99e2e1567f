"""Dates of ODSQL: literals of any precision, and the layouts in which `date_format` writes."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from zinneke.kernel.text import Text
from zinneke.standards.explore.faults import malformed, misfit

_DAYS = (
    Text("lundi", "maandag", "Monday"), Text("mardi", "dinsdag", "Tuesday"), Text("mercredi", "woensdag", "Wednesday"),
    Text("jeudi", "donderdag", "Thursday"), Text("vendredi", "vrijdag", "Friday"), Text("samedi", "zaterdag", "Saturday"),
    Text("dimanche", "zondag", "Sunday"),
)  # fmt: skip
_SET = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_MOVED = ("weeks", "days", "hours", "minutes", "seconds", "microseconds")
_SHORT = {"fr": 3, "nl": 2, "en": 3}
_PART = re.compile(r"'((?:[^']|'')*)'|yyyy|YYYY|yy|YY|xxxx|xx|ww?|EEEE|E{1,3}|e|DDD|D|MM?|dd?|HH?|mm?|ss?|[^A-Za-z']+|(.)", re.DOTALL)
_NUMBERS = {
    "yyyy": ("year", 4), "YYYY": ("year", 4), "yy": ("year", 2), "YY": ("year", 2), "xxxx": ("weekyear", 4), "xx": ("weekyear", 2),
    "w": ("week", 1), "ww": ("week", 2), "e": ("dayofweek", 1), "D": ("dayofyear", 1), "DDD": ("dayofyear", 3), "M": ("month", 1),
    "MM": ("month", 2), "d": ("day", 1), "dd": ("day", 2), "H": ("hour", 1), "HH": ("hour", 2), "m": ("minute", 1), "mm": ("minute", 2),
    "s": ("second", 1), "ss": ("second", 2),
}  # fmt: skip


def zone_of(name: str) -> str:
    """Return a time zone's name if there is such a zone. Raises `Problem` 400."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise misfit("timezone", f"{name[:50]!r} is no time zone. Write it like Europe/Brussels.") from None
    return name


def read_moment(text: str, zone: str) -> date | datetime:
    """Return a date literal: a day for one without a time of day (a year begins on its first), else a moment; without offset in the zone."""
    plain = text.strip().replace("/", "-")
    if match := re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", plain):
        year, month, day = (int(part or 1) for part in match.groups())
        try:
            return date(year, month, day)
        except ValueError:
            raise malformed(f"{text[:40]!r} is no date") from None
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        raise malformed(f"{text[:40]!r} is no date. Write it like date'2024-01-31' or date'2024-01-31T08:00:00Z'") from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def now(shift: dict[str, int], zone: str) -> datetime:
    """Return this moment, set to (`hour=0`) or moved by (`days=-7`) some units. Raises `Problem` 400."""
    found = datetime.now(UTC).astimezone(ZoneInfo(zone))
    try:
        for name, number in shift.items():
            if name in _SET:
                found = found.replace(**{name: number})  # type: ignore[arg-type]
            elif name in ("years", "months"):
                months = found.year * 12 + found.month - 1 + number * (12 if name == "years" else 1)
                year, month = divmod(months, 12)
                found = found.replace(year=year, month=month + 1, day=min(found.day, monthrange(year, month + 1)[1]))
            elif name in _MOVED:
                found += timedelta(**{name: number})
            else:
                raise malformed(f"now() has no argument {name[:20]!r}")
    except (ValueError, OverflowError):
        raise malformed("now() is moved out of the calendar") from None
    return found


def read_layout(layout: str, language: str) -> tuple[tuple[str, Any], ...]:
    """Return the parts of a layout of `date_format`, as `tables` writes them. Raises `Problem` 400 for a letter that means nothing."""
    if len(layout) > 200:
        raise malformed("a layout of dates has at most 200 letters")
    parts: list[tuple[str, Any]] = []
    for match in _PART.finditer(layout):
        written = match.group()
        if written in _NUMBERS:
            parts.append(_NUMBERS[written])
        elif written.startswith("E"):
            names = [day.said_in(language) for day in _DAYS]
            parts.append(("dayofweek", tuple(names if written == "EEEE" else (f"{name[: _SHORT.get(language, 3)]}." for name in names))))
        elif match.group(1) is not None:
            parts.append(("", match.group(1).replace("''", "'") or "'"))
        elif match.group(2):
            raise malformed(f"{written!r} means nothing in a layout of dates. Put words between single quotes")
        else:
            parts.append(("", written))
    return tuple(parts)
