"""What a column holds, computed once over all rows when a version is published."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from zinneke.foundations import compute as pc
from zinneke.foundations.tables.values import Profile, Type
from zinneke.kernel.confidentiality import Level

_BINS = 20
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_MOST_TOP = 12
_FEW = 200
_FIRST, _LAST = -62_135_596_800_000_000, 253_370_764_800_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def profile(column: pa.ChunkedArray, kind: Type, level: Level) -> Profile:
    """Return the profile of a typed column; of one that is not public, neither frequent values nor extremes of text."""
    rows = len(column)
    nulls = round(column.null_count / rows, 6) if rows else 0.0
    if kind == "geometry" or column.null_count == rows:
        return Profile(nulls)
    distinct = int(pc.count_distinct(column).as_py()) if rows <= 200_000 or kind != "text" else _about(column)
    public = level is Level.PUBLIC
    top = _top(column, kind) if public and distinct <= _FEW and kind not in ("decimal",) else ()
    if kind == "boolean":
        return Profile(nulls, distinct, top=top)
    if kind == "text":
        extremes = pc.min_max(column).as_py() if public else {"min": None, "max": None}
        return Profile(nulls, distinct, _short(extremes["min"]), _short(extremes["max"]), top=top)
    numbers = _numbers(column, kind)
    counts = _histogram(numbers)
    quantiles = tuple(_told(each, kind) for each in np.quantile(numbers, _QUANTILES))
    mean = float(numbers.mean()) if kind in ("integer", "decimal") else None
    return Profile(
        nulls,
        distinct,
        _told(numbers.min(), kind) if public else None,
        _told(numbers.max(), kind) if public else None,
        mean,
        quantiles,
        tuple(int(each) for each in counts),
        top if kind != "timestamp" else (),
        _years(column) if kind in ("date", "timestamp") else (),
    )


def _about(column: pa.ChunkedArray) -> int:
    """Return the number of different texts, as that of the different hashes of a large column."""
    return len(set().union(*(pc.unique(chunk).to_pylist() for chunk in column.slice(0, 200_000).chunks)))


def _histogram(numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    low, high = float(numbers.min()), float(numbers.max())
    if not np.isfinite(high - low) or (high - low) / _BINS <= abs(high) * 1e-12:
        return np.array([len(numbers)])
    return np.histogram(numbers, bins=_BINS, range=(low, high))[0]


def _numbers(column: pa.ChunkedArray, kind: Type) -> np.ndarray[Any, Any]:
    filled = column.drop_null()
    if kind == "date":
        filled = filled.cast(pa.int32())
    elif kind == "timestamp":
        filled = filled.cast(pa.int64())
    return filled.to_numpy().astype(np.float64)


def _told(number: float, kind: Type) -> Any:
    if kind == "date":
        return (_EPOCH + timedelta(days=int(number))).date().isoformat()
    if kind == "timestamp":
        return (_EPOCH + timedelta(microseconds=max(_FIRST, min(_LAST, int(number))))).isoformat().replace("+00:00", "Z")
    return int(number) if kind == "integer" and float(number).is_integer() else float(number)


def _short(text: str | None) -> str | None:
    return text[:100] if text else text


def _top(column: pa.ChunkedArray, kind: Type) -> tuple[tuple[Any, int], ...]:
    counted = pc.value_counts(column.drop_null()).to_pylist()
    counted.sort(key=lambda each: (-each["counts"], str(each["values"])))
    return tuple((_plain(each["values"]), int(each["counts"])) for each in counted[:_MOST_TOP])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value[:200] if isinstance(value, str) else value


def _years(column: pa.ChunkedArray) -> tuple[tuple[int, int], ...]:
    counted = pc.value_counts(pc.year(column.drop_null())).to_pylist()
    return tuple(sorted((int(each["values"]), int(each["counts"])) for each in counted))[-200:]
