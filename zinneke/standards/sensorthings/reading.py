"""What is read: the root of the service, sets, entities, properties."""

from __future__ import annotations

from typing import Any

import msgspec

from zinneke.foundations.observations import store
from zinneke.foundations.observations.entities import sets
from zinneke.foundations.observations.values import Answered
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.sensorthings import address, document, options
from zinneke.standards.sensorthings.address import Address

ROOT = "/sta/v1.1"
_SENSING = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
FAMILY, VERSION = "sensorthings", "v1.1"
"""The word that opens the topics of MQTT, and what stands before each of them."""
_TASKING = "http://www.opengis.net/spec/iot_tasking/1.0/req/"
CONFORMANCE = (
    _SENSING + "datamodel",
    _SENSING + "resource-path/resource-path-to-entities",
    _SENSING + "request-data",
    _SENSING + "create-update-delete",
    _SENSING + "batch-request/batch-request",
    _SENSING + "multi-datastream",
    _SENSING + "data-array/data-array",
    _TASKING + "tasking-capability",
    _TASKING + "task",
    _TASKING + "actuator",
    _TASKING + "create-tasks",
)
encoder = msgspec.json.Encoder()


def read_root(call: Call[Any]) -> Reply:
    """List the sets of entities, and which parts of SensorThings 1.1 are spoken here."""
    root = call.base + ROOT
    value = [{"name": name, "url": f"{root}/{name}"} for name in sets.SETS]
    return Reply(encoder.encode({"value": value, "serverSettings": {"conformance": list(CONFORMANCE)}}))


def read_path(call: Call[Any]) -> Reply:
    """Read a set, an entity, what its links lead to, or a property, with the options of SensorThings."""
    asked = options.read_query(call.query)
    here = address.walk(call.actor, address.read(call.ask.path), call.language)
    if here.property:
        return _property(call, here)
    if here.one:
        return _entity(call, here, asked)
    return _set(call, here, asked)


def _entity(call: Call[Any], here: Address, asked: options.Options) -> Reply:
    if extra := sorted(set(asked.said or {}) - {"$select", "$expand"}):
        raise wrong(f"{extra[0]} is for sets of entities; this is one.", where=extra[0])
    made = document.question(here.set, asked, call.language)
    found = address.find(call.actor, here, call.language, expand=made["expand"])
    writer = document.Writer(call.base + ROOT)
    if here.form == "$ref":
        return Reply(encoder.encode({"@iot.selfLink": f"{writer.root}/{document.reference(here.set, found.id)}"}))
    if here.form:
        raise Problem(404, "Not found", f"{here.form} stands behind {'a property' if here.form == '$value' else 'a set'}.")
    return Reply(encoder.encode(writer.entity(here.set, found, asked)))


def _property(call: Call[Any], here: Address) -> Reply:
    found = address.find(call.actor, here, call.language)
    name, *inside = here.property
    value = found.id if name in document.IDS else found.values[name]
    if isinstance(value, msgspec.Raw):
        value = msgspec.json.decode(value)
    for step in inside:
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            raise not_found("property", "/".join(here.property))
    if value is None:
        return Reply(status=204)
    if here.form == "$value":
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return Reply(text.encode(), media_type="text/plain; charset=utf-8")
    if here.form:
        raise Problem(404, "Not found", f"{here.form} does not stand behind a property.")
    return Reply(encoder.encode({here.property[-1]: value}))


def _set(call: Call[Any], here: Address, asked: options.Options) -> Reply:
    made = document.question(here.set, asked, call.language, options.PAGE)
    if here.form == "$count":
        answered = store.ask(call.actor, here.question(**{**made, "top": 0, "count": True, "expand": ()}))
        return Reply(str(answered.count).encode(), media_type="text/plain; charset=utf-8")
    if here.form == "$value":
        raise Problem(404, "Not found", "$value stands behind a property.")
    answered = store.ask(call.actor, here.question(**made))
    return _written(call, here, asked, answered)


def _written(call: Call[Any], here: Address, asked: options.Options, answered: Answered) -> Reply:
    root = call.base + ROOT
    writer, link = document.Writer(root), f"{root}/{call.ask.path.strip('/')}"
    if here.form == "$ref":
        return Reply(encoder.encode(writer.references(answered, asked, link)))
    if asked.format == "dataArray":
        stream = here.parent.id if here.parent and here.parent.link == "Observations" else None
        return Reply(encoder.encode(writer.arrays(answered, asked, link, stream)))
    if asked.format.lower() == "csv":
        return Reply(document.table(answered, asked), media_type="text/csv; charset=utf-8")
    if asked.format.lower() == "geojson":
        return Reply(encoder.encode(document.features(answered, asked)), media_type="application/geo+json")
    if asked.format:
        raise wrong(f"There is no format {asked.format[:40]!r}. There are dataArray, CSV and GeoJSON.", where="$resultFormat")
    return Reply(encoder.encode(writer.page(answered, asked, link)))
