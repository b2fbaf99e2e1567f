"""When the sun rises and sets: hours of darkness by day and clock hour, for any latitude.

Declination and equation of time by the series of J. W. Spencer (1971), the hour angle at a zenith of 90.833 degrees (refraction and the
sun's own radius), as in the solar calculator of NOAA. Within two to three minutes of almanacs between the polar circles.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HORIZON = 90.833
DAYS = 365
YEAR = 2027
"""An ordinary year, for the dates on which clocks change."""


def sun_times(latitude: float, longitude: float) -> tuple[Floats, Floats]:
    """Return sunrise and sunset of each day of an ordinary year, in hours of UTC (possibly below 0 or above 24).

    In a polar night the two meet at noon; under a midnight sun they are twelve hours from it.
    """
    turn = 2 * np.pi * (np.arange(DAYS) + 0.5) / DAYS
    declination = (
        0.006918
        - 0.399912 * np.cos(turn)
        + 0.070257 * np.sin(turn)
        - 0.006758 * np.cos(2 * turn)
        + 0.000907 * np.sin(2 * turn)
        - 0.002697 * np.cos(3 * turn)
        + 0.00148 * np.sin(3 * turn)
    )
    minutes = 229.18 * (0.000075 + 0.001868 * np.cos(turn) - 0.032077 * np.sin(turn) - 0.014615 * np.cos(2 * turn) - 0.040849 * np.sin(2 * turn))
    phi = np.radians(latitude)
    cosine = np.cos(np.radians(HORIZON)) / (np.cos(phi) * np.cos(declination)) - np.tan(phi) * np.tan(declination)
    half = np.degrees(np.arccos(np.clip(cosine, -1, 1))) / 15
    noon = 12 - longitude / 15 - minutes / 60
    return noon - half, noon + half


def clock_shift(zone: str) -> Floats:
    """Return the hours that the clocks of a zone are ahead of UTC, for each day of the year."""
    there = ZoneInfo(zone)
    noons = (datetime.combine(date(YEAR, 1, 1) + timedelta(days), datetime.min.time(), UTC) + timedelta(hours=12) for days in range(DAYS))
    return np.array([(each.astimezone(there).utcoffset() or timedelta()).total_seconds() / 3600 for each in noons])


def month_of_day() -> NDArray[np.int64]:
    """Return the month (0 to 11) of each day of the year."""
    return np.array([(date(YEAR, 1, 1) + timedelta(days)).month - 1 for days in range(DAYS)])
