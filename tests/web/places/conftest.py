"""A city of two square communes, two datasets, and a solution with two sensors: enough to open every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Publisher
from zinneke.foundations.observations import lifecycle
from zinneke.foundations.observations import store as observations
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import AreaRow, PlaceRow
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.kernel.solution import Answer, AnswerRow, Asset, Class, Indicator, Layer, Profile, Reading, Sample, Solution, Source
from zinneke.kernel.text import Text, same

HOSTILE = "<script>alert(1)</script>\"'&"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def square(west: float, south: float, side: float = 0.1) -> dict[str, Any]:
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture(autouse=True)
def _own_stores(tmp_path: Path, settings: Any) -> Iterator[None]:
    lifecycle.stop()
    settings.DATA = tmp_path
    yield
    lifecycle.stop()


@pytest.fixture
def city(db: None) -> None:
    facts = {"population_2020": 100_000, "area_km2": 10.0}
    territory.set_areas(
        SYSTEM,
        [
            AreaRow("04000", "region", {"fr": "Région", "nl": "Gewest"}, square(4.2, 50.8, 0.2)),
            AreaRow("21004", "commune", {"fr": "Bruxelles", "nl": "Brussel", "en": "Brussels"}, square(4.2, 50.8), "04000", ("1000",), facts),
            AreaRow("21015", "commune", {"fr": HOSTILE, "nl": HOSTILE}, square(4.3, 50.8), "04000", ("1030",), facts),
            AreaRow("N1", "neighbourhood", {"fr": "Sablon", "nl": "Zavel"}, square(4.2, 50.8, 0.05), "21004"),
        ],
    )
    territory.set_places(SYSTEM, "street", [PlaceRow("s1", {"fr": "Rue Haute", "nl": "Hoogstraat"}, {"type": "Point", "coordinates": [4.22, 50.82]})])


TREES = (
    "id,species,height,owner,planted,nis,lon,lat\n"
    + "\n".join(f"{n},{'oak' if n % 3 else 'elm'},{n / 2},Jan {n},20{n % 20:02}-05-01,21004,4.2{n % 9},50.8{n % 9}" for n in range(1, 61))
    + f'\n61,"{HOSTILE.replace(chr(34), chr(34) * 2)}",3,An,2020-05-01,21004,4.25,50.85\n'
)


@pytest.fixture
def publish(city: None) -> Callable[..., Any]:
    def run(key: str = "trees", text: str = TREES, level: Level | None = None, columns: tuple[ColumnSpec, ...] = (), **row: Any) -> Any:
        words = {"title": {"fr": "Arbres", "nl": "Bomen"}, "description": {"fr": "Les arbres de la ville."}} | row
        publisher = Publisher("city", {"fr": "Ville", "nl": "Stad"})
        entry = DatasetRow(uri=f"https://example.org/{key}", key=key, publisher=publisher, licence="cc0", level=level, **words)
        return catalogue.publish(SYSTEM, entry, text.encode(), Spec(columns=columns, level=level or Level.PUBLIC))

    return run


@pytest.fixture
def listed(db: None) -> str:
    ways = (
        Distribution(title={"fr": "Le fichier"}, format="csv", url="https://elsewhere.example/file.csv"),
        Distribution(title={"fr": "Un piège"}, format="html", url="javascript:alert(1)"),
    )
    row = DatasetRow(uri="https://example.org/elsewhere", key="elsewhere", title={"fr": "Ailleurs", "nl": "Elders"}, distributions=ways)
    catalogue.set_datasets(SYSTEM, [row], "another")
    return "elsewhere"


READING = Reading("level", Text("Niveau", "Peil", "Level"), "%", "https://example.org/level", 0, 100, 3600)


def made(answer: Callable[..., Answer]) -> Solution:
    return Solution(
        key="levels",
        name=Text("Niveaux d’eau", "Waterpeilen", "Water levels"),
        purpose=Text("Savoir où l’eau monte.", "Weten waar het water stijgt.", "Know where water rises."),
        domain="environment",
        assets=(Asset("gauge", Text("Jauge", "Meter", "Gauge"), "https://example.org/gauge", (READING,)),),
        sources=(Source("sensor", Text("Capteur", "Sensor", "Sensor"), lambda data: (), "City", "CC0"),),
        answer=answer,
        how=Text("On compte.", "Wij tellen.", "We count."),
        indicators=(Indicator("mean", Text("Moyenne", "Gemiddelde", "Mean"), "%", "level", lambda s: s[0].values[-1], "The city", target=10),),
        profiles=(Profile("day", Text("Jour", "Dag", "Day"), "level", "%", (same("0:00"), same("1:00")), lambda s: (1.0, 2.0)),),
        layers=(
            Layer(
                "levels",
                Text("Niveaux", "Peilen", "Levels"),
                *("gauge", "level"),
                (
                    Class(50, Text("bas", "laag", "low"), "good"),
                    Class(100, Text("haut", "hoog", "high"), "act", "#b3261e"),
                ),
            ),
        ),
    )


@pytest.fixture
def solution(monkeypatch: pytest.MonkeyPatch) -> Solution:
    row = AnswerRow("g1", same("Canal"), 80.0, "%", Text("à vider", "te ledigen", "to empty"), "act")
    found = made(lambda readings: Answer(Text("L’eau monte.", "Het water stijgt.", "The water rises."), "watch", (row,)))
    for module in (
        "zinneke.web.views.solution",
        "zinneke.web.views.sensor",
        "zinneke.web.views.map",
        "zinneke.web.views.commune",
        "zinneke.web.layers",
        "zinneke.kernel.registry",  # last: whoever is imported here for the first time keeps what the registry has
    ):
        monkeypatch.setattr(f"{module}.solutions", lambda: {found.key: found})
    assert registry.solutions() == {"levels": found}
    return found


@pytest.fixture
def measured(solution: Solution, city: None) -> Solution:
    samples = []
    for hour in range(48):
        moment = NOW - timedelta(hours=hour)
        samples.append(Sample("g1", "level", moment, 80.0 - hour, Text("Canal", "Kanaal", "Canal"), (4.25, 50.85)))
        if hour not in (5, 6, 7):
            samples.append(Sample("g2", "level", moment, 20.0 + hour / 10, same(HOSTILE), (4.35, 50.85)))
    receipt = observations.take_samples(SYSTEM, solution.key, samples)
    assert receipt.stored == len(samples)
    return solution


@pytest.fixture
def read() -> Callable[..., str]:
    def run(path: str, status: int = 200) -> str:
        answer = Client().get(path)
        assert answer.status_code == status, answer.content[-2000:]
        html = answer.content.decode()
        assert "<script>alert" not in html
        return html

    return run


@pytest.fixture
def number(measured: Solution) -> Callable[[str], int]:
    """Return the number of a gauge's stream."""

    def find(gauge: str) -> int:
        stream = observations.find_stream(SYSTEM, f"levels/{gauge}/level")
        assert stream
        return stream.id

    return find
