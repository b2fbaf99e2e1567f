"""Indicators in the forms that others read: plain CSV, SDMX-CSV 2.0, and NGSI-LD entities of the type KeyPerformanceIndicator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zinneke.office.indicators.periods import read_period
from zinneke.office.indicators.values import Indicator, Standing, Value

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"
MODEL = "https://smartdatamodels.org/dataModel.KeyPerformanceIndicator/"
OURS = "urn:zinneke:indicators:"
HEAD = (
    "indicator",
    "period",
    "area",
    "area_name",
    "dimension",
    "value",
    "low",
    "high",
    "unit",
    "quality",
    "absent",
    "definition",
    "validated",
    "from",
)
SDMX = (
    "STRUCTURE", "STRUCTURE_ID", "ACTION", "INDICATOR", "FREQ", "REF_AREA", "BREAKDOWN", "TIME_PERIOD",
    "OBS_VALUE", "OBS_STATUS", "UNIT_MEASURE", "LOWER_BOUND", "UPPER_BOUND", "DEFINITION", "COMMENT_OBS",
)  # fmt: skip
_FREQUENCIES = {"once": "A", "day": "D", "month": "M", "quarter": "Q", "year": "A", "irregular": "A"}
_STANDINGS = {"good": "good", "watch": "fair", "act": "bad", "unknown": "undetermined"}


def rows(indicator: Indicator, values: Iterable[Value], names: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """Return values as rows of `HEAD`."""
    return [
        (
            indicator.key, each.period, each.area, names.get(each.area, each.area), each.dimension, each.value, each.low, each.high,
            each.unit, each.quality, each.absent, each.version, each.decided.date().isoformat() if each.decided else "",
            "; ".join(each.provenance.get("inputs", ())) or each.provenance.get("how", ""),
        )
        for each in values
    ]  # fmt: skip


def sdmx(indicator: Indicator, values: Iterable[Value]) -> list[tuple[Any, ...]]:
    """Return values as rows of SDMX-CSV 2.0; a missing value has the status M (code list CL_OBS_STATUS), an estimate E."""
    found = []
    for each in values:
        status = "M" if each.value is None else "E" if each.quality >= 4 else "A"
        found.append(
            ("dataflow", "ZINNEKE:INDICATORS(1.0)", "I", indicator.key, _FREQUENCIES[indicator.sheet.frequency], each.area or "04000",
             each.dimension or "_T", _time(each.period), each.value, status, each.unit, each.low, each.high, each.version, each.absent)
        )  # fmt: skip
    return found


def _time(period: str) -> str:
    """Return a period as SDMX writes it: an interval of months is its first day and how many."""
    if "/" not in period:
        return period
    start, end = read_period(period)
    return f"{start.isoformat()}/P{(end.year - start.year) * 12 + end.month - start.month}M"


def entity(indicator: Indicator, standing: Standing, place: str, base: str, language: str) -> dict[str, Any]:
    """Return an indicator in an area as an NGSI-LD entity of the smart data model, with target, baseline and validation beside it."""
    sheet, latest = indicator.sheet, standing.latest
    found: dict[str, Any] = {
        "id": f"urn:ngsi-ld:KeyPerformanceIndicator:{indicator.key}:{standing.area or 'region'}",
        "type": "KeyPerformanceIndicator",
        "name": {"type": "LanguageProperty", "languageMap": dict(sheet.name)},
        "description": {"type": "LanguageProperty", "languageMap": dict(sheet.definition)},
        "category": _property(["quantitative", *([sheet.kind] if sheet.kind in ("input", "process", "output") else ["lagging"])]),
        "organization": _property({"name": sheet.owner_name.get(language) or indicator.owner, "identifier": indicator.owner}),
        "calculationMethod": _property("automatic" if sheet.measure else "manual"),
        "calculationFrequency": _property(sheet.frequency),
        "calculationFormula": _property(sheet.formula.get(language) or sheet.formula.get("en", "")),
        "currentStanding": _property(_STANDINGS[standing.status]),
        "area": _property(place),
        "source": _property(f"{base}/api/indicators/{indicator.key}"),
        "validation": _property({"state": indicator.state, "version": indicator.version, "evidence": indicator.evidence}),
        "qualityGrade": _property(latest.quality if latest else sheet.quality),
        "@context": [CORE, {name: f"{MODEL}{name}" for name in _OF_MODEL} | {name: f"{OURS}{name}" for name in _OF_OURS}],
    }
    if indicator.validated:
        found["effectiveSince"] = {"type": "Property", "value": {"@type": "DateTime", "@value": indicator.validated.isoformat()}}
    if indicator.due:
        found["dateNextCalculation"] = {"type": "Property", "value": {"@type": "Date", "@value": indicator.due.isoformat()}}
    if latest is not None:
        start, end = read_period(latest.period)
        found["kpiValue"] = {"type": "Property", "value": latest.value, "unitCode": latest.unit}
        if latest.period:
            found["calculationPeriod"] = _property({"from": start.isoformat(), "to": end.isoformat()})
    if sheet.objective:
        found["target"] = _property({"value": sheet.objective.value, "period": sheet.objective.period})
    if sheet.baseline:
        found["baseline"] = _property({"value": sheet.baseline.value, "period": sheet.baseline.period})
    return found


_OF_MODEL = (
    "KeyPerformanceIndicator", "category", "organization", "calculationMethod", "calculationFrequency", "calculationFormula",
    "calculationPeriod", "currentStanding", "area", "source", "effectiveSince", "dateNextCalculation", "kpiValue",
)  # fmt: skip
_OF_OURS = ("validation", "qualityGrade", "target", "baseline")


def _property(value: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value}
