"""What is usual for a stream, learned as values come: a mean for each hour of working days and weekends, and how far values stray from it.

The statistics are of `river`: exponentially weighted, so that a stream's state has one size for ever and follows the seasons.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

SCHOOL = 48
"""Values that must have been heard before anything is said."""
ENOUGH = 3
"""Values in an hour of the week before its own mean counts."""
LASTING = 24
"""Unusual values in a row after which they are learned, too: the world has changed."""
FADING, FADING_SPREAD = 0.2, 0.02
GRAIN = 0.01
"""The least that a standard deviation is taken for, as a part of the mean: a stream that hardly ever moves may move a little."""
SECOND = 1_000_000


class Usual:
    """What is usual for one stream. `until` is the time of the newest value that was looked at."""

    __slots__ = ("_hours", "_level", "_spread", "_streak", "_zone", "heard", "until")

    def __init__(self) -> None:
        stats = _stats()
        self._zone = ZoneInfo(settings.CITY_ZONE)
        self._hours: dict[tuple[bool, int], tuple[Any, int]] = {}
        self._level, self._spread = stats.EWMean(FADING_SPREAD), stats.EWMean(FADING_SPREAD)
        self._streak = self.heard = 0
        self.until: int | None = None

    def look(self, time: int, value: float, limit: float) -> tuple[float, float] | None:
        """Return by how many deviations a value is away from what is usual, and what is; None while learning. Then learn from it."""
        local = datetime.fromtimestamp(time / SECOND, self._zone)
        hour = local.weekday() >= 5, local.hour
        self.until = time
        expected, ready = self._expected(hour), self.ready
        if expected is None:
            self._learn(hour, value, 0.0)
            return None
        stray = value - expected
        deviation = max(self._spread.get() ** 0.5, GRAIN * abs(self._level.get()), 1e-9)
        away = stray / deviation
        unusual = ready and abs(away) > limit
        self._streak = self._streak + 1 if unusual else 0
        if not unusual or self._streak >= LASTING:
            self._learn(hour, value, stray)
        return (away, expected) if ready else None

    def _expected(self, hour: tuple[bool, int]) -> float | None:
        mean, count = self._hours.get(hour, (None, 0))
        if count >= ENOUGH:
            return float(mean.get())
        return float(self._level.get()) if self.heard else None

    def _learn(self, hour: tuple[bool, int], value: float, stray: float) -> None:
        mean, count = self._hours.get(hour) or (_stats().EWMean(FADING), 0)
        mean.update(value)
        self._hours[hour] = mean, count + 1
        self._level.update(value)
        self._spread.update(stray * stray)
        self.heard += 1

    @property
    def ready(self) -> bool:
        """Say whether enough was heard to speak."""
        return self.heard >= SCHOOL


@cache
def _stats() -> Any:
    from river import stats  # takes a second, which only who has such a rule waits for

    return stats
