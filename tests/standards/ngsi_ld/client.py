"""Run by an interpreter that has `ngsildclient`: everything a user of it does, against a port of this machine."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import requests
from ngsildclient import Client, Entity


class Token(requests.auth.AuthBase):
    """Sends a token along."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = "Bearer editor"
        return request


def main(port: int) -> None:
    """Create, read, ask, count, change, delete; one by one and together; now and over time."""
    moment = datetime(2026, 3, 1, 10, tzinfo=UTC)
    with Client("127.0.0.1", port, custom_auth=Token(), verbose=False) as client:
        station = Entity("AirQualityObserved", "station1").tprop("dateObserved", moment).gprop("location", (50.85, 4.35))
        station.prop("no2", 22, unitcode="GQ", observedat=moment).rel("operator", "urn:ngsi-ld:Organisation:1").prop("note", "kerbside")
        assert client.create(station)
        found = client.get(station.id)
        assert found["no2"]["value"] == 22, found
        assert found["location"]["value"]["coordinates"] == [4.35, 50.85], found
        assert found["operator"]["object"] == "urn:ngsi-ld:Organisation:1", found
        assert found["type"] == "AirQualityObserved", found
        assert client.exists(station)
        found["no2"]["value"] = 30
        assert client.update(found)
        assert client.get(station.id)["no2"]["value"] == 30
        several = [Entity("Bin", f"b{at}").prop("fill", at * 10, observedat=moment) for at in range(10)]
        assert client.batch.create(several).ok
        assert client.batch.upsert(several).ok
        assert [each.id for each in client.query(type="Bin", q="fill>=80")] == ["urn:ngsi-ld:Bin:b8", "urn:ngsi-ld:Bin:b9"]
        assert client.count(type="Bin") == 10
        assert "Bin" in client.types.list()
        over_time = client.temporal.get(several[3].id, verbose=True)
        assert over_time["fill"][0]["value"] == 30, over_time
        context = client.contexts.list()
        assert context, context
        assert client.delete(several[0])
        assert client.batch.delete(several[1:]).ok
        assert client.count(type="Bin") == 0


if __name__ == "__main__":
    main(int(sys.argv[1]))
