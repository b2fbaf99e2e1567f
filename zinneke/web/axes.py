"""The arithmetic of charts: round ticks, moments worth a tick, gaps, thinning to pixels, labels kept apart. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from babel.dates import format_datetime
from babel.numbers import format_compact_decimal

from zinneke.kernel.text import Text
from zinneke.web import formats

TIME = Text("Moment", "Tijdstip", "Time")
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
HOUR, DAY = 3600, 86_400
_HOUR = "{hour}"
"""Where a pattern says the hour; each language writes it in its own way."""
_TIME_STEPS: tuple[tuple[float, str, str], ...] = (
    (HOUR, "hours:1", _HOUR),
    (3 * HOUR, "hours:3", _HOUR),
    (6 * HOUR, "hours:6", _HOUR),
    (12 * HOUR, "hours:12", f"d MMM {_HOUR}"),
    (DAY, "days:1", "d MMM"),
    (2 * DAY, "days:2", "d MMM"),
    (7 * DAY, "days:7", "d MMM"),
    (14 * DAY, "days:14", "d MMM"),
    (30.4 * DAY, "months:1", "MMM y"),
    (91 * DAY, "months:3", "MMM y"),
    (182 * DAY, "months:6", "MMM y"),
    (365 * DAY, "months:12", "y"),
    (5 * 365 * DAY, "months:60", "y"),
    (10 * 365 * DAY, "months:120", "y"),
    (25 * 365 * DAY, "months:300", "y"),
    (50 * 365 * DAY, "months:600", "y"),
)


def ticks(low: float, high: float, count: int) -> list[float]:
    """Return round values that enclose low and high, about `count` of them; at least two."""
    if high - low <= 1e-9 * max(abs(low), abs(high), 1.0):
        high = low + (abs(low) if abs(low) > 1e-6 else 1.0)
    rough = (high - low) / max(1, count - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in _STEPS if power * factor >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def decimals(values: Sequence[float]) -> int:
    """Return how many decimals a row of ticks needs."""
    return max((len(f"{value:.6f}".rstrip("0").partition(".")[2]) for value in values), default=0)


def labels(values: Sequence[float], language: str) -> list[str]:
    """Write the numbers beside an axis; from a million on the shortest way a language has."""
    places = decimals(values)
    if max(map(abs, values)) < 1e6:
        return [formats.number(value, language, places) for value in values]
    short = (str(format_compact_decimal(value, locale=formats.locale(language), fraction_digits=1)) for value in values)
    return [text.replace("\u202f", formats.NO_BREAK) for text in short]


STEPS = {"year": "y", "month": "LLL", "hour": _HOUR}
"""How moments are written that stand for a year, or for a month or an hour of no year in particular."""


def time_ticks(start: float, end: float, count: int, language: str, step_kind: str = "") -> list[tuple[float, str, str]]:
    """Return (seconds since 1970, words, text-anchor) at round hours, days, months or years of city time."""
    span = max(end - start, 1)
    _, step, pattern = next((each for each in _TIME_STEPS if span / each[0] <= count), _TIME_STEPS[-1])
    pattern = STEPS.get(step_kind, pattern)
    found: list[tuple[float, str, str]] = []
    for moment in _rounds(start, end, step):
        at = moment.timestamp()
        if found and at - found[-1][0] < span / (count + 1) * 0.6:
            continue
        anchor = "start" if at - start < span * 0.06 else "end" if end - at < span * 0.06 else "middle"
        found.append((at, _said(moment, pattern, language), anchor))
    return found


def say_step(moment: datetime, step: str, language: str) -> str:
    """Write a moment that stands for a year, a month or an hour."""
    pattern = {"month": "LLLL"}.get(step, STEPS[step])
    return _said(moment, pattern, language)


def _said(moment: datetime, pattern: str, language: str) -> str:
    return str(format_datetime(moment, pattern.replace(_HOUR, formats.full_hour(language)), tzinfo=formats.zone(), locale=formats.locale(language)))


def _rounds(start: float, end: float, step: str) -> Iterator[datetime]:
    """Yield the round moments between start and end."""
    kind, _, size = step.partition(":")
    zone, every = formats.zone(), int(size)
    local = datetime.fromtimestamp(start, UTC).astimezone(zone).replace(minute=0, second=0, microsecond=0)
    if kind != "hours":
        local = local.replace(hour=0)
    if kind == "months":
        local = local.replace(day=1)
    while local.timestamp() <= end:
        count = {"hours": local.hour, "days": local.toordinal() - 1, "months": local.year * 12 + local.month - 1}[kind]
        if count % every == 0 and local.timestamp() >= start:
            yield local
        if kind == "months":
            local = local.replace(year=local.year + local.month // 12, month=local.month % 12 + 1)
        elif kind == "days":
            local += timedelta(days=1)
        else:
            local = datetime.fromtimestamp(local.timestamp() + HOUR, UTC).astimezone(zone)


def stretches(points: Sequence[tuple[float, float | None]], gap: float) -> Iterator[list[tuple[float, float]]]:
    """Cut a series where a value is missing or where silence lasts longer than `gap` seconds (0: only where missing)."""
    current: list[tuple[float, float]] = []
    for at, value in points:
        broken = value is None or not math.isfinite(value)
        if current and (broken or (gap and at - current[-1][0] > gap)):
            yield current
            current = []
        if not broken and value is not None:
            current.append((at, value))
    if current:
        yield current


def thin(points: Sequence[tuple[float, float]], width: int) -> list[tuple[float, float]]:
    """Keep the lowest and highest point of each pixel column, so that no peak is lost."""
    if len(points) <= width:
        return list(points)
    start, span = points[0][0], (points[-1][0] - points[0][0]) or 1
    columns: dict[int, list[tuple[float, float]]] = {}
    for point in points:
        columns.setdefault(int((point[0] - start) / span * width / 2), []).append(point)
    kept: list[tuple[float, float]] = []
    for column in columns.values():
        kept += sorted({min(column, key=lambda p: p[1]), max(column, key=lambda p: p[1])})
    return kept


def apart(places: Sequence[float], distance: float, limit: float) -> list[float]:
    """Move sorted places down until neighbours are `distance` apart, then up again from `limit`."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + distance) if moved else place)
    for index in range(len(moved) - 1, -1, -1):
        ceiling = limit if index == len(moved) - 1 else moved[index + 1] - distance
        moved[index] = min(moved[index], ceiling)
    return moved


def shorten(text: str, length: int) -> str:
    """Cut a text at a length, with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
