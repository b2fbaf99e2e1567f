"""CoverageJSON (OGC 21-069): what was measured at a place as a series of points in time, and many of them as a collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zinneke.kernel.units import UNITS
from zinneke.standards.ogc.systems import CRS84, System
from zinneke.standards.ogc.times import written


@dataclass(frozen=True, slots=True)
class Parameter:
    """What is measured: its key, its name by language, its unit (UCUM) and the address that defines it."""

    key: str
    name: Mapping[str, str]
    unit: str
    means: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the parameter as CoverageJSON and EDR have it."""
        known = UNITS.get(self.unit)
        label = known.name.as_dict() if known else {"en": self.unit}
        observed: dict[str, Any] = {"label": dict(self.name)}
        if self.means:
            observed["id"] = self.means
        return {
            "type": "Parameter",
            "id": self.key,
            "description": dict(self.name),
            "observedProperty": observed,
            "unit": {"label": label, "symbol": {"value": self.unit, "type": "http://www.opengis.net/def/uom/UCUM/"}},
        }


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured at a place: the moments, and for each parameter a value at each of them or None."""

    id: str
    name: Mapping[str, str]
    x: float
    y: float
    times: Sequence[datetime]
    values: Mapping[str, Sequence[float | None]]


def joined(series: Mapping[str, Sequence[tuple[datetime, float]]]) -> tuple[list[datetime], dict[str, list[float | None]]]:
    """Bring several series of one place to the same moments."""
    times = sorted({time for each in series.values() for time, _ in each})
    tables = {key: dict(each) for key, each in series.items()}
    return times, {key: [table.get(time) for time in times] for key, table in tables.items()}


def coverage(measured: Measured, system: System) -> dict[str, Any]:
    """Return what was measured at one place as a coverage."""
    axes = {
        "x": {"values": [measured.y if system.flipped else measured.x]},
        "y": {"values": [measured.x if system.flipped else measured.y]},
        "t": {"values": [written(time) for time in measured.times]},
    }
    ranges = {
        key: {"type": "NdArray", "dataType": "float", "axisNames": ["t"], "shape": [len(values)], "values": values}
        for key, values in measured.values.items()
    }
    domain = {"type": "Domain", "domainType": "PointSeries", "axes": axes, "referencing": _referencing(system)}
    return {"type": "Coverage", "id": measured.id, "title": dict(measured.name), "domain": domain, "ranges": ranges}


def _referencing(system: System) -> list[dict[str, Any]]:
    kind = "GeographicCRS" if system.code == 4326 else "ProjectedCRS"
    return [
        {"coordinates": ["x", "y"], "system": {"type": kind, "id": system.name or CRS84}},
        {"coordinates": ["t"], "system": {"type": "TemporalRS", "calendar": "Gregorian"}},
    ]


def document(found: Sequence[Measured], parameters: Sequence[Parameter], system: System, single: bool) -> dict[str, Any]:
    """Return coverages as one document: a coverage alone where one place was asked for, else a collection."""
    described = {parameter.key: parameter.as_dict() for parameter in parameters}
    if single and len(found) == 1:
        return {**coverage(found[0], system), "parameters": described}
    return {
        "type": "CoverageCollection",
        "domainType": "PointSeries",
        "parameters": described,
        "referencing": _referencing(system),
        "coverages": [coverage(each, system) for each in found],
    }


def features(found: Sequence[Measured], system: System) -> list[dict[str, Any]]:
    """Return a GeoJSON feature for each place and moment, with the value of each parameter that has one."""
    made = []
    for each in found:
        geometry = {"type": "Point", "coordinates": [each.y, each.x] if system.flipped else [each.x, each.y]}
        for at, time in enumerate(each.times):
            values = {key: series[at] for key, series in each.values.items() if series[at] is not None}
            properties = {"location": each.id, "datetime": written(time), **values}
            made.append({"type": "Feature", "id": f"{each.id}/{written(time)}", "geometry": geometry, "properties": properties})
    return made
