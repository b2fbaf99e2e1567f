"""What air stations send: IRCEL-CELINE's live map, and tables of daily means."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from zinneke.kernel.payload import finite, read_document, read_table
from zinneke.kernel.period import read_moment
from zinneke.kernel.problem import wrong
from zinneke.kernel.solution import Sample
from zinneke.kernel.text import same

BELGIUM = ZoneInfo("Europe/Brussels")


def decode_daily(data: bytes) -> Iterator[Sample]:
    """Yield the daily means of a table `date,station,pm25,pm10,no2`; a day begins at midnight in Belgium."""
    for row in read_table(data, ("date", "station", "pm25", "pm10", "no2")):
        station, day = row.text("station"), row.moment("date", BELGIUM)
        for pollutant in ("pm25", "pm10", "no2"):
            if (value := row.value(pollutant)) is not None:
                yield Sample(station, f"{pollutant}_day", day, value)


def decode_live(data: bytes) -> Iterator[Sample]:
    """Yield the latest hourly means of IRCEL-CELINE's map layers (`realtime:no2_hmean_station` and its sisters), as GeoJSON.

    A feature names its layer in its id, its station in `ab_local_code`, its time in `timestamp`, its mean in `value`.
    """
    document = read_document(data)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise wrong("The answer is not a collection of features: it has no list `features`.")
    for place, feature in enumerate(features, 1):
        try:
            properties = feature["properties"]
            if properties["value"] is None:
                continue
            lon, lat = feature["geometry"]["coordinates"]
            yield Sample(
                str(properties.get("ab_eoi_code") or properties["ab_local_code"]),
                str(feature["id"]).partition("_")[0].rpartition(":")[2],
                read_moment(str(properties["timestamp"])),
                finite(properties["value"]),
                same(str(properties.get("ab_name") or properties["ab_local_code"])),
                (finite(lon), finite(lat)),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            needs = "an id, coordinates, and the properties ab_local_code or ab_eoi_code, timestamp and value"
            raise wrong(f"Feature {place} is not a station's mean: it needs {needs}.", where=f"feature {place}") from None
