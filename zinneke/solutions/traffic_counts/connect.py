"""What counters send: Brussels Mobility's bike and traffic interfaces, and a table of its quarter-hours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from zinneke.kernel.payload import finite, read_document, read_table
from zinneke.kernel.period import read_moment
from zinneke.kernel.problem import wrong
from zinneke.kernel.solution import Sample

BELGIUM = ZoneInfo("Europe/Brussels")


def decode_bikes(data: bytes) -> Iterator[Sample]:
    """Yield the quarter-hours of a tab-separated table with Unix seconds: bikes counted and their mean speed in km/h."""
    for row in read_table(data, ("device_name", "latitude", "longitude", "timestamp_from", "bike_count", "bike_avg_speed"), "\t"):
        device, seconds, lon, lat = row.text("device_name"), row.value("timestamp_from"), row.value("longitude"), row.value("latitude")
        if seconds is None or not 0 <= seconds < 4e9:
            raise row.fault("timestamp_from", "it must be a number of seconds since 1970.")
        time, count, speed = datetime.fromtimestamp(seconds, UTC), row.value("bike_count"), row.value("bike_avg_speed")
        place = None if lon is None or lat is None else (lon, lat)
        if count is not None:
            yield Sample(device, "bikes", time, count, place=place)
        if count and speed is not None:
            yield Sample(device, "bike_speed", time, speed, place=place)


def decode_bikes_live(data: bytes) -> Iterator[Sample]:
    """Yield the bikes counted since midnight: `{"data": {"CJM90": {"day_cnt": 779, "cnt_time": "2022/05/20 15:49:00"}}}`."""
    return _each_counter(data, lambda counts: ("bikes_today", counts["cnt_time"], counts["day_cnt"]))


def decode_traffic_live(data: bytes) -> Iterator[Sample]:
    """Yield the vehicles of the last hour: `{"data": {"LOU_110": {"results": {"60m": {"t1": {"count": 812, "start_time": …}}}}}}`."""
    return _each_counter(data, lambda counts: ("vehicles", counts["results"]["60m"]["t1"]["start_time"], counts["results"]["60m"]["t1"]["count"]))


def _each_counter(data: bytes, read: Callable[[Any], tuple[str, str, object]]) -> Iterator[Sample]:
    document = read_document(data)
    members = document.get("data") if isinstance(document, dict) else None
    if not isinstance(members, dict):
        raise wrong("The answer has no object `data` with a member for each counter.")
    for device, counts in members.items():
        try:
            reading, time, count = read(counts)
            if count is not None:
                yield Sample(device, reading, read_moment(str(time).replace("/", "-"), BELGIUM), finite(count))
        except (KeyError, TypeError):
            raise wrong(f"Counter {device} lacks a count or its time.", where=device) from None
