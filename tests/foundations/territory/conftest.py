from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zinneke.kernel.load import Counts


@pytest.fixture(scope="module")
def brussels(shared_data: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Counts]]:
    """The real Brussels, loaded once for a module and taken away afterwards; what became of each load."""
    from zinneke.foundations.territory import readers, store, streets
    from zinneke.foundations.territory.models import AreaRecord, Edition, PlaceRecord
    from zinneke.kernel.confidentiality import SYSTEM

    def read(name: str) -> bytes:
        return (shared_data / "geography" / name).read_bytes()

    with django_db_blocker.unblock():
        yield {
            "region": store.set_areas(SYSTEM, readers.read_region(read("brussels_region_boundary.geojson.gz"))),
            "communes": store.set_areas(
                SYSTEM, readers.read_municipalities(read("brussels_municipalities.geojson"), read("belgium_postal_code_municipality.json"))
            ),
            "neighbourhoods": store.set_areas(
                SYSTEM, readers.read_neighbourhoods(read("brussels_quartiers_145.geojson.gz"), read("brussels_wijken_nl.geojson.gz"))
            ),
            "streets": store.set_places(SYSTEM, "street", streets.read_streets(read("brussels_streets.geojson.gz"))),
            "pois": store.set_places(SYSTEM, "poi", readers.read_pois(read("brussels_poi_osm.geojson.gz"))),
        }
        for model in (AreaRecord, PlaceRecord, Edition):
            model.objects.all().delete()
