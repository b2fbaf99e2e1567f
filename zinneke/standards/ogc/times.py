"""`datetime` of OGC API: a moment, a day, or an interval that may be open at one end or both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from zinneke.kernel.period import city_zone, read_moment
from zinneke.kernel.problem import Problem, wrong

_DAY = 10
"""Letters of a day without a time."""


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time with both its ends in it; None is open."""

    start: datetime | None
    end: datetime | None


def read_span(text: str, where: str = "datetime") -> Span | None:
    """Read a moment, a day or an interval (`2024-01-01/..`); days are the city's own. Raises `Problem` 400."""
    if not text.strip():
        return None
    parts = [part.strip() for part in text.split("/")]
    if len(parts) > 2:
        raise wrong(
            f"{text[:80]!r} is no moment and no interval. Write 2024-01-01, 2024-01-01T12:00:00Z, or two of them with a stroke between.", where=where
        )
    first, last = parts[0], parts[-1]
    if len(parts) == 2 and first in ("", "..") and last in ("", ".."):
        return None
    start = None if first in ("", "..") else _moment(first, where)
    end = None if last in ("", "..") else _moment(last, where)
    if end is not None and len(last) == _DAY:
        end += timedelta(days=1, microseconds=-1)
    if start is None and end is None:
        raise wrong("The interval is open at both ends, or empty. Leave `datetime` out instead.", where=where)
    if start and end and start > end:
        raise wrong(f"The interval {text[:80]} ends before it begins.", where=where)
    return Span(start, end)


def _moment(text: str, where: str) -> datetime:
    try:
        moment = read_moment(text, city_zone())
        return moment if 1 < moment.year < 9999 else _beyond(text)
    except Problem as fault:
        raise wrong(fault.detail, where=where) from None


def _beyond(text: str) -> datetime:
    raise wrong(f"{text[:40]!r} lies beyond the years that are kept here.")


def written(moment: datetime | None) -> str:
    """Return a moment as OGC API writes it; `..` for none."""
    return ".." if moment is None else moment.isoformat().replace("+00:00", "Z")
