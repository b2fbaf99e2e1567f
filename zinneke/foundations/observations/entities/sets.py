"""The sets of entities: where each is kept, what each entity has, and where its links lead. Pure data; the names are the standard's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from zinneke.kernel.problem import Problem, wrong

Kind = Literal["text", "number", "truth", "time", "period", "duration", "geometry", "json", "result", "date", "clock", "null"]


@dataclass(frozen=True, slots=True)
class Property:
    """A property: its kind, the column that holds it ({t} is the table), and the second column of a period, or of what is compared as WKB."""

    kind: Kind
    column: str
    second: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads. `near` is the column here and `far` the one there that are equal; `table` stands between the two, when there is one.

    `many` says that it leads to several.
    """

    target: str
    near: str
    far: str
    many: bool = False
    table: str = ""
    between: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class EntitySet:
    """One set: its table, what its rows must fulfil, its properties and links; `one` is the name of one entity where a link leads to it.

    `asides` are tables joined when a statement mentions them, by the mark that follows the alias: `{t}_e`.
    """

    name: str
    table: str
    properties: dict[str, Property]
    links: dict[str, Link]
    condition: str = ""
    id: str = "{t}.id"
    order: tuple[str, ...] = ("{t}.id",)
    one: str = ""
    asides: dict[str, str] = field(default_factory=dict)


def _word(name: str) -> Property:
    return Property("text", f"{{t}}.{name}_{{language}}")


WORDS = {"name": _word("name"), "description": _word("description")}
PROPERTIES = {"properties": Property("json", "{t}.properties")}
ENCODING = {"encodingType": Property("text", "{t}.encoding")}
PHENOMENON = Property("period", "{t}_e.first", "{t}_e.last")
RESULTED = Property("period", *(f"(SELECT {end}(told.result_time) FROM told_results told WHERE told.stream = {{t}}.id)" for end in ("min", "max")))  # noqa: S608  our own words
ENDS = {"e": "LEFT JOIN ends {t}_e ON {t}_e.stream = {t}.id"}
OBSERVED = {
    "s": "JOIN mirror.stream {t}_s ON {t}_s.id = {t}.stream",
    "d": "LEFT JOIN detail {t}_d ON {t}_d.stream = {t}.stream AND {t}_d.t = {t}.t",
    "y": "LEFT JOIN mirror.stay {t}_y ON {t}_y.thing = {t}_s.thing AND {t}.t >= {t}_y.since AND {t}.t < {t}_y.until",
}
FEATURE = "coalesce({t}_d.feature, {t}_y.feature)"
"""The feature that an observation is about: its own, or that of where its thing stood."""
QUALITY = "coalesce({t}_d.quality, CASE {t}.quality WHEN 1 THEN '\"suspect\"' WHEN 2 THEN '\"estimated\"' WHEN 3 THEN '\"corrected\"' END)"
AREA = Property("geometry", "{t}.observed_area", "{t}.geometry")

_SETS = (
    EntitySet(
        "Things",
        "mirror.thing",
        {**WORDS, **PROPERTIES},
        {
            "Locations": Link("Locations", "{t}.id", "{t}.id", True, "mirror.thing_location", ("thing", "location")),
            "HistoricalLocations": Link("HistoricalLocations", "{t}.id", "{t}.thing", True),
            "Datastreams": Link("Datastreams", "{t}.id", "{t}.thing", True),
            "MultiDatastreams": Link("MultiDatastreams", "{t}.id", "{t}.thing", True),
            "TaskingCapabilities": Link("TaskingCapabilities", "{t}.id", "{t}.thing", True),
        },
        one="Thing",
    ),
    EntitySet(
        "Locations",
        "mirror.location",
        {**WORDS, **ENCODING, "location": Property("geometry", "{t}.location", "{t}.geometry"), **PROPERTIES},
        {
            "Things": Link("Things", "{t}.id", "{t}.id", True, "mirror.thing_location", ("location", "thing")),
            "HistoricalLocations": Link("HistoricalLocations", "{t}.id", "{t}.id", True, "mirror.history_location", ("location", "history")),
        },
        one="Location",
    ),
    EntitySet(
        "HistoricalLocations",
        "mirror.history",
        {"time": Property("time", "{t}.time")},
        {
            "Thing": Link("Things", "{t}.thing", "{t}.id"),
            "Locations": Link("Locations", "{t}.id", "{t}.id", True, "mirror.history_location", ("history", "location")),
        },
        one="HistoricalLocation",
        asides={"s": "JOIN mirror.thing {t}_s ON {t}_s.id = {t}.thing"},
    ),
    EntitySet(
        "Datastreams",
        "mirror.stream",
        {
            **WORDS,
            "observationType": Property("text", "{t}.kind"),
            "unitOfMeasurement": Property("json", "json_extract({t}.units, '$[0]')"),
            "observedArea": AREA,
            "phenomenonTime": PHENOMENON,
            "resultTime": RESULTED,
            **PROPERTIES,
        },
        {
            "Thing": Link("Things", "{t}.thing", "{t}.id"),
            "Sensor": Link("Sensors", "{t}.sensor", "{t}.id"),
            "ObservedProperty": Link("ObservedProperties", "{t}.observed", "{t}.id"),
            "Observations": Link("Observations", "{t}.id", "{t}.stream", True),
        },
        condition="NOT {t}.multi",
        one="Datastream",
        asides=ENDS,
    ),
    EntitySet(
        "MultiDatastreams",
        "mirror.stream",
        {
            **WORDS,
            "observationType": Property("text", "{t}.kind"),
            "multiObservationDataTypes": Property("json", "{t}.types"),
            "unitOfMeasurements": Property("json", "{t}.units"),
            "observedArea": AREA,
            "phenomenonTime": PHENOMENON,
            "resultTime": RESULTED,
            **PROPERTIES,
        },
        {
            "Thing": Link("Things", "{t}.thing", "{t}.id"),
            "Sensor": Link("Sensors", "{t}.sensor", "{t}.id"),
            "ObservedProperties": Link("ObservedProperties", "{t}.id", "{t}.id", True, "mirror.stream_observed", ("stream", "observed")),
            "Observations": Link("Observations", "{t}.id", "{t}.stream", True),
        },
        condition="{t}.multi",
        one="MultiDatastream",
        asides=ENDS,
    ),
    EntitySet(
        "Sensors",
        "mirror.sensor",
        {**WORDS, **ENCODING, "metadata": Property("json", "{t}.metadata"), **PROPERTIES},
        {
            "Datastreams": Link("Datastreams", "{t}.id", "{t}.sensor", True),
            "MultiDatastreams": Link("MultiDatastreams", "{t}.id", "{t}.sensor", True),
        },
        one="Sensor",
    ),
    EntitySet(
        "ObservedProperties",
        "mirror.observed",
        {**WORDS, "definition": Property("text", "{t}.definition"), **PROPERTIES},
        {
            "Datastreams": Link("Datastreams", "{t}.id", "{t}.id", True, "mirror.stream_observed", ("observed", "stream")),
            "MultiDatastreams": Link("MultiDatastreams", "{t}.id", "{t}.id", True, "mirror.stream_observed", ("observed", "stream")),
        },
        one="ObservedProperty",
    ),
    EntitySet(
        "Observations",
        "observation",
        {
            "phenomenonTime": Property("period", "{t}.t", "coalesce({t}_d.until, {t}.t)"),
            "result": Property("result", "{t}.value", "{t}_d.result"),
            "resultTime": Property("time", "{t}_d.result_time"),
            "resultQuality": Property("json", QUALITY),
            "validTime": Property("period", "{t}_d.valid_start", "{t}_d.valid_end"),
            "parameters": Property("json", "{t}_d.parameters"),
        },
        {
            "Datastream": Link("Datastreams", "{t}.stream", "{t}.id"),
            "MultiDatastream": Link("MultiDatastreams", "{t}.stream", "{t}.id"),
            "FeatureOfInterest": Link("FeaturesOfInterest", FEATURE, "{t}.id"),
        },
        id="concat({t}.stream, '.', {t}.t)",
        order=("{t}.stream", "{t}.t"),
        one="Observation",
        asides=OBSERVED,
    ),
    EntitySet(
        "FeaturesOfInterest",
        "mirror.feature",
        {**WORDS, **ENCODING, "feature": Property("geometry", "{t}.feature", "{t}.geometry"), **PROPERTIES},
        {"Observations": Link("Observations", "{t}.id", FEATURE, True)},
        one="FeatureOfInterest",
    ),
    EntitySet(
        "TaskingCapabilities",
        "mirror.capability",
        {**WORDS, "taskingParameters": Property("json", "{t}.parameters"), **PROPERTIES},
        {
            "Thing": Link("Things", "{t}.thing", "{t}.id"),
            "Actuator": Link("Actuators", "{t}.actuator", "{t}.id"),
            "Tasks": Link("Tasks", "{t}.id", "{t}.capability", True),
        },
        one="TaskingCapability",
        asides={"s": "JOIN mirror.thing {t}_s ON {t}_s.id = {t}.thing"},
    ),
    EntitySet(
        "Actuators",
        "mirror.actuator",
        {**WORDS, **ENCODING, "metadata": Property("json", "{t}.metadata"), **PROPERTIES},
        {"TaskingCapabilities": Link("TaskingCapabilities", "{t}.id", "{t}.actuator", True)},
        one="Actuator",
    ),
    EntitySet(
        "Tasks",
        "mirror.task",
        {
            "taskingParameters": Property("json", "{t}.parameters"),
            "creationTime": Property("time", "{t}.created"),
            "status": Property("text", "{t}.status"),
            "statusTime": Property("time", "{t}.changed"),
        },
        {"TaskingCapability": Link("TaskingCapabilities", "{t}.capability", "{t}.id")},
        one="Task",
        asides={"c": "JOIN mirror.capability {t}_c ON {t}_c.id = {t}.capability", "s": "JOIN mirror.thing {t}_s ON {t}_s.id = {t}_c.thing"},
    ),
)
SETS = {each.name: each for each in _SETS}
ONES = {each.one: each.name for each in _SETS}
ALIASES = {"id": "@iot.id", "iot.id": "@iot.id"}
OPTIONAL = frozenset({"properties", "parameters", "resultQuality", "validTime", "observedArea", "phenomenonTime", "resultTime"})
"""Properties that an entity may lack."""


def get(name: str) -> EntitySet:
    """Return a set by its name. Raises `Problem` 404."""
    found = SETS.get(name)
    if found is None:
        raise Problem(404, "Not found", f"There is no set {name!r}. There are: {', '.join(SETS)}.")
    return found


def get_link(name: str, link: str) -> Link:
    """Return a link of a set. Raises `Problem` 400."""
    found = get(name).links.get(link)
    if found is None:
        raise wrong(f"{name} have no link {link!r}. They lead to {', '.join(get(name).links)}.", where=link)
    return found
