"""Columns of times as microseconds since 1970, a hundred thousand at a time: local clocks, fixed offsets, Unix seconds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from zinneke.kernel.period import read_moment, to_microseconds
from zinneke.kernel.problem import Problem

HOUR = 3_600_000_000
NOT_A_TIME = np.int64(np.iinfo(np.int64).min)
"""What stands where a text is not a time."""
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  a clock on a wall, before its zone is known
_OFFSET = re.compile(r"[T ]\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)\s*$", re.ASCII)
_DIGITS = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
Int64s = NDArray[np.int64]


class Clock:
    """Reads the times of one source; `zone` is a zone, `unix`, or a fixed offset such as `+01:00`.

    In the hour that autumn repeats, the second value of one thing at the same local time is the later one.
    """

    def __init__(self, zone: str) -> None:
        self._unix = zone == "unix"
        fixed = re.fullmatch(r"([+-])(\d\d):(\d\d)", zone)
        self._shift = (1 if fixed[1] == "+" else -1) * (int(fixed[2]) * 60 + int(fixed[3])) * 60_000_000 if fixed else 0
        self._zone = ZoneInfo("UTC" if self._unix or fixed else zone)
        self._hours: dict[int, tuple[int, int]] = {}
        self._seen: set[tuple[str, int]] = set()

    def read(self, texts: Sequence[str], things: Sequence[str]) -> Int64s:
        """Return the time of each row, NOT_A_TIME where the text is none or names a local time that does not exist."""
        if self._unix:
            return self._seconds(texts)
        if texts and all(text.endswith(("+00:00", "Z")) for text in texts):
            return self._plain([text.removesuffix("Z").removesuffix("+00:00") for text in texts], texts)
        if any(_OFFSET.search(text) for text in texts):
            return np.array([self._one(text) for text in texts], np.int64)
        local = self._plain(texts, texts)
        return self._to_utc(np.where(local == NOT_A_TIME, NOT_A_TIME, local - self._shift), things)

    def _plain(self, bare: Sequence[str], texts: Sequence[str]) -> Int64s:
        """Return times without a zone as they stand; one by one where numpy does not take them all."""
        try:
            if all(_DIGITS.match(text) for text in bare):
                return np.array(bare, "datetime64[us]").astype(np.int64)
        except (ValueError, OverflowError):
            pass
        utc = ZoneInfo("UTC")
        found = []
        for text in texts:
            try:
                found.append(to_microseconds(read_moment(text, utc)))
            except Problem:
                found.append(int(NOT_A_TIME))
        return np.array(found, np.int64)

    def _seconds(self, texts: Sequence[str]) -> Int64s:
        try:
            numbers = np.array(texts, np.float64)
        except ValueError:
            numbers = np.array([float(text) if re.fullmatch(r"\d+(\.\d+)?", text.strip()) else np.nan for text in texts])
        good = np.isfinite(numbers) & (np.abs(numbers) < 1e11)
        return np.where(good, np.where(good, numbers, 0) * 1_000_000, NOT_A_TIME).astype(np.int64)

    def _one(self, text: str) -> int:
        try:
            return to_microseconds(read_moment(text, self._zone)) - (0 if _OFFSET.search(text) else self._shift)
        except Problem:
            return int(NOT_A_TIME)

    def _to_utc(self, local: Int64s, things: Sequence[str]) -> Int64s:
        hours = local // HOUR
        unique, places = np.unique(hours, return_inverse=True)
        offsets = np.array([self._offsets(hour) for hour in unique.tolist()], np.int64).reshape(-1, 2)[places]
        result = local - offsets[:, 0]
        result[(offsets[:, 0] == NOT_A_TIME) | (local == NOT_A_TIME)] = NOT_A_TIME
        for row in np.flatnonzero((offsets[:, 0] != offsets[:, 1]) & (result != NOT_A_TIME)).tolist():
            mark = (things[row], int(local[row]))
            if mark in self._seen:
                result[row] = local[row] - offsets[row, 1]
            self._seen.add(mark)
        return result

    def _offsets(self, hour: int) -> tuple[int, int]:
        """Return the offset of a local hour in microseconds, first and second time round; NOT_A_TIME for one that is skipped."""
        if hour not in self._hours:
            self._hours[hour] = self._work_out(hour)
        return self._hours[hour]

    def _work_out(self, hour: int) -> tuple[int, int]:
        try:
            wall = _EPOCH + timedelta(hours=hour)
        except OverflowError:
            return int(NOT_A_TIME), int(NOT_A_TIME)
        both = [wall.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1)]
        if both[0].astimezone(UTC).astimezone(self._zone).replace(tzinfo=None) != wall:
            return int(NOT_A_TIME), int(NOT_A_TIME)
        first, second = ((each.utcoffset() or timedelta(0)) // timedelta(microseconds=1) for each in both)
        return first, second
