"""The client that people have, `frost_sta_client`, against a running server."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from benchmarks.serving import free_port
from tests.foundations.observations.city import actor
from zinneke.asgi.door import Door
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.standards.sensorthings import ROUTES

frost = pytest.importorskip("frost_sta_client", reason="frost_sta_client, of the group dev, is not installed")
geojson = pytest.importorskip("geojson", reason="geojson comes with frost_sta_client")
pytestmark = pytest.mark.django_db(transaction=True)
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


@pytest.fixture
def address() -> Iterator[str]:
    """Serve SensorThings; the user `editor` may write."""
    people = {f"Basic {base64.b64encode(b'editor:token').decode()}": actor()}
    door, port = Door(ROUTES, lambda headers, safe: people.get(headers.get("authorization", ""), ANONYMOUS)), free_port()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await door(scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(application, port=port, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}/sta/v1.1"
    server.should_exit = True
    thread.join()


def test_the_client_creates_reads_changes_pages_and_deletes(address: str) -> None:
    service = frost.SensorThingsService(address, auth_handler=frost.AuthHandler("editor", "token"))
    point = geojson.Point((4.35, 50.85))
    place = frost.Location(name="Roof", description="a roof", location=point, encoding_type="application/geo+json")
    thing = frost.Thing(name="Station", description="a station", properties={"a": 1}, locations=[place])
    service.create(thing)
    sensor = frost.Sensor(name="S", description="a sensor", encoding_type="application/pdf", metadata="x")
    observed = frost.ObservedProperty(name="Temperature", definition="urn:t", description="of the air")
    service.create(sensor)
    service.create(observed)
    unit = frost.UnitOfMeasurement(name="degree Celsius", symbol="°C", definition="ucum:Cel")
    stream = frost.Datastream(name="D", description="a stream", observation_type=MEASUREMENT, unit_of_measurement=unit)
    stream.thing, stream.sensor, stream.observed_property = thing, sensor, observed
    service.create(stream)
    for hour in range(3):
        service.create(frost.Observation(phenomenon_time=f"2026-03-10T{hour:02}:00:00Z", result=hour, datastream=stream))

    reader = frost.SensorThingsService(address)
    found = reader.datastreams().find(stream.id)
    assert (found.name, found.unit_of_measurement.symbol) == ("D", "°C")
    assert [one.result for one in found.get_observations().query().filter("result gt 0").orderby("phenomenonTime", "desc").list()] == [2, 1]
    pages = reader.observations().query().top(2).count().list()
    assert (pages.count, [one.result for one in pages]) == (3, [0, 1, 2])
    (expanded,) = reader.things().query().filter("name eq 'Station'").expand("Datastreams/Observations,Locations").list()
    assert [one.result for one in expanded.datastreams.entities[0].observations] == [0, 1, 2]
    assert expanded.locations.entities[0].location["coordinates"] == [4.35, 50.85]

    first = reader.observations().query().list().entities[0]
    assert reader.observations().find(first.id).result == 0
    thing.name = "Renamed"
    service.update(thing)
    service.patch(thing, [{"op": "replace", "path": "/description", "value": "patched"}])
    again = reader.things().find(thing.id)
    assert (again.name, again.description) == ("Renamed", "patched")
    service.delete(first)
    service.delete(stream)
    assert reader.observations().query().count().list().count == 0


def test_the_client_sends_data_arrays(address: str) -> None:
    service = frost.SensorThingsService(address, auth_handler=frost.AuthHandler("editor", "token"))
    unit = frost.UnitOfMeasurement(name="%", symbol="%", definition="ucum:%")
    stream = frost.Datastream(name="D", description="a stream", observation_type=MEASUREMENT, unit_of_measurement=unit)
    stream.sensor = frost.Sensor(name="S", description="a sensor", encoding_type="application/pdf", metadata="x")
    stream.observed_property = frost.ObservedProperty(name="P", definition="urn:p", description="a property")
    stream.thing = frost.Thing(name="T", description="a thing")
    service.create(stream)
    array = frost.model.ext.data_array_value.DataArrayValue()
    component = array.Property
    array.datastream = frost.Datastream(id=stream.id)
    array.components = {component.PHENOMENON_TIME, component.RESULT}
    for hour in range(5):
        array.add_observation(frost.Observation(phenomenon_time=f"2026-03-10T{hour:02}:00:00Z", result=float(hour), datastream=array.datastream))
    document = frost.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(array)
    assert len(service.observations().create(document)) == 5
    assert service.observations().query().count().list().count == 5
