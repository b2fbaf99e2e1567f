"""A small catalogue with rows of our own, and the real client `ckanapi` before it, bridged to the application without a network."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ckanapi import RemoteCKAN
from starlette.testclient import TestClient

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Publisher
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.kernel.confidentiality import SYSTEM, Level

MOBILITY = Publisher("brussels-mobility", {"fr": "Bruxelles Mobilité", "nl": "Brussel Mobiliteit"})
TREES = "species,height,planted,lat,lon\n" + "".join(
    f"{species},{number / 2},2026-01-{number % 28 + 1:02},50.{80 + number % 9},4.3{number % 9}\n"
    for number, species in enumerate(["oak", "elm", "oak", "=lime", "éléphant gris"] * 6)
)


class Answered:
    """An answer as the client reads it."""

    def __init__(self, response: Any) -> None:
        self.status_code, self.text = response.status_code, response.text


class Bridge:
    """What `ckanapi` takes for a session of `requests`: it hands each request to the application."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def post(self, url: str, data: Any, headers: Any, files: Any = None, **more: Any) -> Answered:
        """Send a form with files, or a body as it is."""
        if files:
            fields = {name.decode(): value.decode() for name, value in data.items()}
            return Answered(self.client.post(url, data=fields, headers=headers, files=files))
        return Answered(self.client.post(url, content=data, headers=headers))

    def get(self, url: str, params: Any, headers: Any, **more: Any) -> Answered:
        """Ask with a query string."""
        return Answered(self.client.get(url, params=params, headers=headers))


def plant() -> None:
    """Plant three datasets of another catalogue and one of our own."""
    store.set_datasets(
        SYSTEM,
        [
            DatasetRow(
                uri="https://example.org/bikes",
                key="bike-counts",
                title={"fr": "Comptages de vélos", "nl": "Fietstellingen"},
                description={"fr": "Passages de vélos par heure, de jour comme de nuit."},
                keywords={"fr": ("vélo", "comptage"), "nl": ("fiets",)},
                themes=("TRAN",),
                publisher=MOBILITY,
                licence="cc-by-4.0",
                modified=datetime(2026, 1, 5, tzinfo=UTC),
                distributions=(
                    Distribution(format="csv", url="https://example.org/bikes.csv", title={"fr": "Par heure"}),
                    Distribution(format="json", url="https://example.org/bikes.json"),
                ),
            ),
            DatasetRow(
                uri="https://example.org/air",
                key="air-stations",
                title={"en": "Air quality stations"},
                description={"en": "Where the air is measured."},
                keywords={"en": ("air quality", "comptage")},
                themes=("ENVI", "TRAN"),
                publisher=Publisher("environment", {"en": "Brussels Environment"}),
                licence="cc-by-nc-4.0",
                distributions=(Distribution(format="csv", url="https://example.org/air.csv"),),
            ),
            DatasetRow(uri="https://example.org/plan", key="secret-plan", title={"en": "Secret plan of bicycles"}, level=Level.SHARED),
        ],
        "example",
    )
    spec = Spec(columns=(ColumnSpec("height", label={"en": "Height"}, unit="m"),))
    store.publish(SYSTEM, DatasetRow(uri="urn:example:trees", key="trees", title={"en": "Trees"}, licence="cc0"), TREES.encode(), spec)


@pytest.fixture
def machine(transactional_db: None, tmp_path: Path, settings: Any) -> TestClient:
    """Return a client of the application over the small catalogue."""
    from zinneke.asgi.house import build

    settings.DATA = tmp_path
    plant()
    return TestClient(build(), raise_server_exceptions=False)


@pytest.fixture
def ckan(machine: TestClient) -> RemoteCKAN:
    """Return the real client, as a visitor."""
    return RemoteCKAN("http://testserver", session=Bridge(machine))
