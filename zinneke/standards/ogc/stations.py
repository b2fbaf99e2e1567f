"""What is observed, as collections: for each solution the places that measure, and what each of them measures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import Stream, Thing
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.route import Call
from zinneke.kernel.text import choose
from zinneke.standards.ogc.answers import COVERAGE, GEOJSON, HTML, JSON, ROOT, Link
from zinneke.standards.ogc.coverages import Parameter
from zinneke.standards.ogc.systems import CRS84, NAMES
from zinneke.standards.ogc.times import written

PREFIX = "observations."
QUERIES = ("position", "radius", "area", "cube", "locations", "items")
FORMS = ("CoverageJSON", "GeoJSON")
_MOST_STREAMS = 100_000


@dataclass(frozen=True, slots=True)
class Station:
    """A place that measures, with its streams."""

    thing: Thing
    streams: Sequence[Stream]

    @property
    def id(self) -> str:
        """Return the identifier of the location: the key of the thing inside its solution."""
        return self.thing.key.partition("/")[2] or self.thing.key

    @property
    def place(self) -> tuple[float, float] | None:
        """Return longitude and latitude, None where the place is not known."""
        return (self.thing.place.lon, self.thing.place.lat) if self.thing.place else None


def solution_of(collection: str) -> str:
    """Return the key of a collection's solution. Raises `Problem` 404 for a collection of another kind."""
    if not collection.startswith(PREFIX):
        raise not_found("collection of observations", collection)
    return collection.removeprefix(PREFIX)


def stations(actor: Actor, collection: str) -> list[Station]:
    """Return the places that measure, in order of key. Raises `Problem` 404 where the actor sees none."""
    solution = solution_of(collection)
    streams: dict[str, list[Stream]] = {}
    for stream in observations.list_streams(actor, solution=solution, limit=_MOST_STREAMS):
        streams.setdefault(stream.thing, []).append(stream)
    found = [Station(thing, streams[thing.key]) for thing in observations.list_things(actor, solution=solution) if thing.key in streams]
    if not found:
        raise not_found("collection", collection)
    return found


def parameters(found: Iterable[Station], asked: str = "") -> list[Parameter]:
    """Return what is measured, or of that what is asked for by name. Raises `Problem` 400 for a name that is not measured."""
    known: dict[str, Parameter] = {}
    for stream in (stream for station in found for stream in station.streams):
        if stream.reading not in known:
            known[stream.reading] = Parameter(stream.reading, _name(stream), stream.unit, stream.means)
    if not asked:
        return list(known.values())
    names = [name.strip() for name in asked.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise wrong(f"{name[:60]!r} is not measured here. There are {', '.join(known)[:500]}.", where="parameter-name")
    return [known[name] for name in dict.fromkeys(names)]


def _name(stream: Stream) -> dict[str, str]:
    solution = registry.solutions().get(stream.solution)
    reading = next((each for asset in solution.assets for each in asset.readings if each.key == stream.reading), None) if solution else None
    return reading.name.as_dict() if reading else {"en": stream.reading}


def describe_all(call: Call[Any]) -> list[dict[str, Any]]:
    """Describe every collection of observations that the actor sees something of."""
    keys = sorted({thing.solution for thing in observations.list_things(call.actor) if thing.solution})
    return [describe(call, PREFIX + key) for key in keys]


def describe(call: Call[Any], collection: str) -> dict[str, Any]:
    """Describe a collection of observations. Raises `Problem` 404."""
    found = stations(call.actor, collection)
    solution = registry.solutions().get(solution_of(collection))
    here = f"{call.base}{ROOT}/collections/{collection}"
    crs_details = [{"crs": name, "wkt": ""} for name in NAMES[:1]]
    return {
        "id": collection,
        "title": solution.name.said_in(call.language) if solution else solution_of(collection),
        "description": solution.purpose.said_in(call.language) if solution else "",
        "links": [
            Link(here, "self", JSON),
            Link(f"{here}?f=html", "alternate", HTML),
            Link(f"{here}/items", "items", GEOJSON, "Items"),
            *(Link(f"{here}/{query}", "data", COVERAGE if query not in ("items", "locations") else GEOJSON, query) for query in QUERIES),
        ],
        "extent": extent(found),
        "itemType": "feature",
        "crs": list(NAMES),
        "storageCrs": CRS84,
        "data_queries": {
            query: {
                "link": {
                    "href": f"{here}/{query}",
                    "rel": "data",
                    "variables": {
                        "title": query,
                        "query_type": query,
                        "output_formats": list(FORMS) if query not in ("items", "locations") else ["GeoJSON"],
                        "default_output_format": "CoverageJSON" if query not in ("items", "locations") else "GeoJSON",
                        "crs_details": crs_details,
                        **({"within_units": ["km", "m", "mi"]} if query == "radius" else {}),
                    },
                }
            }
            for query in QUERIES
        },
        "output_formats": list(FORMS),
        "parameter_names": {parameter.key: parameter.as_dict() for parameter in parameters(found)},
    }


def extent(found: Sequence[Station]) -> dict[str, Any]:
    """Return where and when there are measurements."""
    places = [station.place for station in found if station.place]
    made: dict[str, Any] = {}
    if places:
        lons, lats = [place[0] for place in places], [place[1] for place in places]
        made["spatial"] = {"bbox": [[min(lons), min(lats), max(lons), max(lats)]], "crs": CRS84}
    first, last = span([stream for station in found for stream in station.streams])
    if first and last:
        made["temporal"] = {"interval": [[written(first), written(last)]], "trs": 'TIMECRS["DateTime",TDATUM["Gregorian Calendar"]]'}
    return made


def span(streams: Iterable[Stream]) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last moment of some streams."""
    heard = [stream for stream in streams if stream.first and stream.last]
    firsts, lasts = [stream.first for stream in heard if stream.first], [stream.last for stream in heard if stream.last]
    return min(firsts, default=None), max(lasts, default=None)


def location(call: Call[Any], collection: str, station: Station) -> dict[str, Any]:
    """Return a place that measures as a GeoJSON feature, with the address of its measurements."""
    first, last = span(station.streams)
    address = f"{call.base}{ROOT}/collections/{collection}/locations/{station.id}"
    properties = {
        "name": choose(station.thing.name, call.language)[0],
        "kind": station.thing.kind,
        "parameter-name": sorted({stream.reading for stream in station.streams}),
        "datetime": f"{written(first)}/{written(last)}" if first else "",
        "edrqueryendpoint": address,
    }
    geometry = {"type": "Point", "coordinates": list(station.place)} if station.place else None
    return {"type": "Feature", "id": station.id, "geometry": geometry, "properties": properties}
