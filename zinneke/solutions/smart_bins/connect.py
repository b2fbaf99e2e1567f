"""What bins send: a level sensor's message, or a contractor's table of emptyings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from zinneke.kernel.payload import finite, read_document, read_table
from zinneke.kernel.period import read_moment
from zinneke.kernel.problem import wrong
from zinneke.kernel.solution import Sample
from zinneke.kernel.text import same

EDINBURGH = ZoneInfo("Europe/London")
"""The clock of the only contractor whose table we know."""


def decode_sensor(data: bytes) -> Iterator[Sample]:
    """Yield the levels of one message or a list of them: `{"id": …, "time": …Z, "fill": per cent}`, with `lon` and `lat` where the sensor knows."""
    document = read_document(data)
    for place, message in enumerate(document if isinstance(document, list) else [document], 1):
        try:
            position = (finite(message["lon"]), finite(message["lat"])) if "lon" in message else None
            yield Sample(str(message["id"]), "fill", read_moment(str(message["time"])), finite(message["fill"]), place=position)
        except (KeyError, TypeError):
            raise wrong(f"Message {place} is not a level: it needs id, time and fill.", where=f"message {place}") from None


def decode_collections(data: bytes) -> Iterator[Sample]:
    """Yield, for each emptying, the level before, the level after one second later, and the weight taken away."""
    for row in read_table(data, ("site_id", "site_name", "collected_at", "fill_before_pct", "fill_after_pct", "weight_kg")):
        site, name, time = row.text("site_id"), same(row.text("site_name")), row.moment("collected_at", EDINBURGH)
        for reading, column, later in (("fill", "fill_before_pct", 0), ("fill", "fill_after_pct", 1), ("weight", "weight_kg", 0)):
            if (value := row.value(column)) is not None:
                yield Sample(site, reading, time + timedelta(seconds=later), value, name)
