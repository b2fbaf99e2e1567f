"""Moments and periods: always aware of their zone, kept in UTC, read by people in the city's time."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import Text

MONTHS = (
    ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"],
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
)
"""The months in French, Dutch and English."""

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII)


_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_USUAL = ("-", "-", "T", ":", ":", "Z")
"""What stands between the digits of `2026-11-23T14:05:00Z`, in which most machines write."""


def read_moment(text: str, zone: ZoneInfo | None = None) -> datetime:
    """Read an ISO 8601 moment (RFC 3339 and the looser forms sources write) as UTC.

    A text without an offset is in `zone`; without a zone that is refused, since guessing moves data by hours.
    In the hour that autumn repeats, the first is meant; in the hour that spring skips, the text is refused.
    Raises `Problem` 400.
    """
    if len(text) == 20 and (text[4], text[7], text[10], text[13], text[16], text[19]) == _USUAL and text.isascii() and text[11:13] != "24":
        with suppress(ValueError):
            return datetime.fromisoformat(text)
    match = _MOMENT.fullmatch(text.strip())
    if not match:
        raise wrong(f"{text!r} is not a date. Write it as 2026-11-23 or 2026-11-23T14:05:00Z.")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    fraction = int((match[7] or ".0")[1:7].ljust(6, "0"))
    try:
        moment = datetime(year, month, day, hour, minute, second, fraction)  # noqa: DTZ001  the zone follows below
        if match[8]:
            offset = match[8].replace("Z", "+00:00")
            return datetime.fromisoformat(f"{moment.isoformat()}{offset[:3]}:{offset[-2:]}").astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise wrong(f"{text!r} is not a date: {fault}.") from None
    if zone is None:
        raise wrong(f"{text!r} has no time zone. Add Z for UTC or an offset such as +01:00.")
    local = moment.replace(tzinfo=zone)
    try:
        moved = local.astimezone(UTC)
        there = moved.astimezone(zone).replace(tzinfo=None)
    except OverflowError as fault:
        raise wrong(f"{text!r} is not a date: {fault}.") from None
    if there != moment:
        raise wrong(f"{text!r} does not exist in {zone.key}: the clocks went forward. Add an offset.")
    return moved


def read_microseconds(text: str) -> int:
    """Read a moment with its offset as microseconds since 1970; one that many machines send is read once. Raises `Problem` 400."""
    return _read_once(text) if len(text) < 40 else to_microseconds(read_moment(text))


@lru_cache(10_000)
def _read_once(text: str) -> int:
    return to_microseconds(read_moment(text))


def read_moment_or_none(text: str, zone: ZoneInfo | None = None) -> datetime | None:
    """Read a moment, None where the text is not one."""
    try:
        return read_moment(text, zone)
    except Problem:
        return None


def to_microseconds(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970 in UTC, the form in which observations keep time."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    delta = moment - _BEGINNING
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_microseconds(microseconds: int) -> datetime:
    """Return microseconds since 1970 as an aware moment in UTC."""
    return datetime.fromtimestamp(microseconds // 1_000_000, UTC).replace(microsecond=microseconds % 1_000_000)


@cache
def city_zone() -> ZoneInfo:
    """Return the zone in which the city's people read their clocks (ZINNEKE_ZONE)."""
    return ZoneInfo(os.environ.get("ZINNEKE_ZONE", "Europe/Brussels"))


def say_day(moment: datetime) -> Text:
    """Return the day of a moment in the city as people write it: 1er juin 2021, 1 juni 2021, 1 June 2021."""
    local = moment.astimezone(city_zone())
    fr, nl, en = (months[local.month - 1] for months in MONTHS)
    return Text(f"{local.day}{'er' if local.day == 1 else ''} {fr} {local.year}", f"{local.day} {nl} {local.year}", f"{local.day} {en} {local.year}")


def say_moment(moment: datetime) -> Text:
    """Return a moment in the city as people write it: 1er juin 2021 à 14 h 05, 1 juni 2021 om 14.05 uur, 1 June 2021 at 14:05."""
    local = moment.astimezone(city_zone())
    day = say_day(moment)
    return Text(
        f"{day.fr} à {local.hour} h{f' {local.minute:02}' if local.minute else ''}",
        f"{day.nl} om {local.hour}.{local.minute:02} uur",
        f"{day.en} at {local.hour}:{local.minute:02}",
    )
