"""Clients that others wrote, against a server of our own: OWSLib and GDAL read what we offer, as they read anybody's."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.standards.ogc.conftest import TREES
from zinneke.foundations.territory.crs import transform

ROOT = Path(__file__).resolve().parents[3]
TOWN = """
import django, sys
django.setup()
from datetime import UTC, datetime, timedelta
from zinneke.cli.server import prepare
prepare()
from zinneke.foundations.catalogue import authoring
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.foundations.observations import lifecycle, store as observations
from zinneke.foundations.observations.values import Batch, Place, StreamRow, Thing
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import SYSTEM
row = DatasetRow(uri="urn:trees", key="trees", title={"fr": "Arbres", "nl": "Bomen", "en": "Trees"}, licence="cc0", themes=("ENVI",))
authoring.publish(SYSTEM, row, sys.stdin.buffer.read(), Spec(time="seen"))
lifecycle.start()
observations.set_things(SYSTEM, [Thing(key="air_quality/a", name={"en": "A"}, solution="air_quality", place=Place(lon=4.35, lat=50.85))])
observations.set_streams(SYSTEM, [StreamRow(key="air_quality/a/no2", thing="air_quality/a", reading="no2", unit="ug/m3", low=0, high=999)])
stream = observations.find_stream(SYSTEM, "air_quality/a/no2")
start = datetime(2026, 11, 20, tzinfo=UTC)
observations.ingest(SYSTEM, Batch.of([(stream.id, start + timedelta(hours=n), 10.0 + n) for n in range(4)]))
lifecycle.stop()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a small city from a folder of its own, and give the address of its OGC API."""
    data = tmp_path_factory.mktemp("ogc")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "ZINNEKE_DATA": str(data), "ZINNEKE_PORT": str(port), "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
    env.pop("ZINNEKE_DATABASE_URL", None)
    built = subprocess.run([sys.executable, "-c", TOWN], input=TREES.encode(), env=env, cwd=ROOT, capture_output=True)
    assert built.returncode == 0, built.stderr.decode()
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "zinneke", "serve"], env=env, cwd=ROOT, stdout=log, stderr=log)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                httpx.get(f"{base}/health", timeout=5)
                break
            except httpx.HTTPError:
                time.sleep(0.25)
        yield f"{base}/ogc"
    finally:
        process.terminate()
        process.wait(60)


def test_owslib_reads_features_records_and_measurements(server: str) -> None:
    from owslib.ogcapi.edr import EnvironmentalDataRetrieval
    from owslib.ogcapi.features import Features
    from owslib.ogcapi.records import Records

    features = Features(server)
    assert "trees" in features.feature_collections() and features.api()["openapi"] == "3.0.3"
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in features.conformance()["conformsTo"]
    assert features.collection("trees")["title"] == "Trees" and "height" in features.collection_queryables("trees")["properties"]
    found = features.collection_items("trees", bbox=[4.355, 50.848, 4.375, 50.865], filter="height > 10")
    assert [each["properties"]["name"] for each in found["features"]] == ["Orme 'gris'"]
    sent = features.collection_items("trees", cql='{"op": ">", "args": [{"property": "height"}, 10]}', limit=1)
    assert (sent["numberMatched"], sent["numberReturned"]) == (2, 1)
    (following,) = (link["href"] for link in sent["links"] if link["rel"] == "next")
    assert httpx.get(following).json()["numberMatched"] == 2
    assert features.collection_item("trees", found["features"][0]["id"])["properties"]["height"] == 12
    records = Records(server)
    assert records.records() == ["catalogue"]
    (record,) = records.collection_items("catalogue", q="bomen")["features"]
    assert records.collection_item("catalogue", record["id"])["properties"]["title"] == "Trees"
    assert records.collection_items("catalogue", filter="title LIKE 'Tree%'")["numberMatched"] == 1
    measured = EnvironmentalDataRetrieval(server)
    assert "observations.air_quality" in measured.data()
    told = measured.query_data("observations.air_quality", "position", coords="POINT(4.35 50.85)", datetime_="2026-11-20/2026-11-21")
    assert told["ranges"]["no2"]["values"] == [10, 11, 12, 13]


@pytest.fixture(scope="module")
def gdal() -> Any:
    """Return GDAL's commands; where they are not installed the tests say so, on a build machine they fail."""
    if not shutil.which("ogr2ogr"):
        if os.environ.get("CI"):
            pytest.fail("There is no GDAL on this machine.")
        pytest.skip("There is no GDAL on this machine.")

    def run(*words: str) -> str:
        done = subprocess.run(words, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0 and "ERROR" not in done.stderr, done.stderr
        return done.stdout

    return run


def test_gdal_lists_and_describes_the_collections(server: str, gdal: Any) -> None:
    assert "trees (title: Trees) (Point)" in gdal("ogrinfo", "-so", f"OAPIF:{server}")
    told = gdal("ogrinfo", "-so", f"OAPIF:{server}", "trees")
    assert "Feature Count: 5" in told and "Extent: (4.352500, 50.846700) - (4.380000, 50.870000)" in told and "height: Real" in told


def test_gdal_copies_what_lies_in_a_box_and_has_a_name(server: str, gdal: Any, tmp_path: Path) -> None:
    made = tmp_path / "trees.geojson"
    gdal("ogr2ogr", "-f", "GeoJSON", str(made), f"OAPIF:{server}", "trees", "-spat", "4.355", "50.848", "4.385", "50.88", "-where", "name = 'chene'")
    (feature,) = json.loads(made.read_text())["features"]
    assert feature["properties"]["height"] == 3 and feature["geometry"]["coordinates"] == [4.36, 50.85]


def test_gdal_is_given_lambert_72(server: str, gdal: Any, tmp_path: Path) -> None:
    made = tmp_path / "trees.geojson"
    crs = "http://www.opengis.net/def/crs/EPSG/0/31370"
    gdal("ogr2ogr", "-f", "GeoJSON", str(made), f"{server}/collections/trees/items?crs={crs}&limit=1")
    given = json.loads(made.read_text())["features"][0]["geometry"]["coordinates"]
    assert given == pytest.approx([float(each[0]) for each in transform([4.3525], [50.8467], 4326, 31370)], abs=0.01)


def test_gdal_pages_through_everything(server: str, gdal: Any, tmp_path: Path) -> None:
    made = tmp_path / "all.geojson"
    gdal("ogr2ogr", "-f", "GeoJSON", str(made), f"OAPIF:{server}", "trees", "-oo", "PAGE_SIZE=2")
    assert len(json.loads(made.read_text())["features"]) == 5


def test_gdal_lets_the_server_filter(server: str, gdal: Any) -> None:
    where = "height > 10 AND name LIKE 'Orme%'"
    done = subprocess.run(
        ["ogrinfo", "-al", f"OAPIF:{server}", "trees", "-where", where],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "CPL_DEBUG": "ON"},
    )
    assert "on client side" not in done.stderr and "filter-lang=cql-text" in done.stderr, done.stderr
    assert "Orme 'gris'" in done.stdout and "Feature Count: 1" in done.stdout
