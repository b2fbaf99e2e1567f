"""The first start: files, else live endpoints, else a city of our own making, which real data replaces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Told
from zinneke.cli import demo, demonstration, live, load
from zinneke.cli.loader import Outcome
from zinneke.cli.manifest import read_manifest
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.identity import store as identity
from zinneke.foundations.observations import lifecycle
from zinneke.foundations.observations import store as observations
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.problem import Problem

pytestmark = [pytest.mark.django_db]
BRUSSELS = read_manifest("brussels")


@pytest.fixture(autouse=True)
def nothing_here(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stand where there is no folder of data and no network."""
    monkeypatch.setenv("ZINNEKE_CITY_DATA", "/nonexistent")
    monkeypatch.delenv("ZINNEKE_CONTROL", raising=False)
    monkeypatch.setattr(live, "load", lambda *_, **__: [Outcome("areas/municipalities", "failed", "no network")])
    yield
    lifecycle.stop()


def test_without_data_or_network_the_demonstration_city_is_shown_and_marked(told: Told) -> None:
    assert load.load_first("brussels", BRUSSELS, told) == 0
    assert demonstration.mark().exists()
    assert "demonstration city" in told.text
    assert len(territory.list_areas(ANONYMOUS)) == 19
    assert observations.count(ANONYMOUS) > 10_000
    assert "Not in the folder" not in told.text


def test_a_second_start_makes_nothing_new(told: Told) -> None:
    load.load_first("brussels", BRUSSELS, told)
    count = observations.count(ANONYMOUS)
    assert load.load_first("brussels", BRUSSELS, told) == 0
    assert observations.count(ANONYMOUS) == count
    assert told.lines[-1].endswith("Nothing has changed.")


def test_a_demonstration_is_marked_from_whatever_folder_it_comes(told: Told, tmp_path: Path) -> None:
    demo.generate(tmp_path / "given")
    entries = [(kind, entry) for kind, entry in BRUSSELS.entries() if kind == "areas"]
    load.load_folder("brussels", BRUSSELS, entries, tmp_path / "given", told)
    assert demonstration.mark().exists()
    demonstration.mark().unlink()
    with pytest.raises(Problem, match="invented"):
        load.load_folder("brussels", BRUSSELS, entries, tmp_path / "given", told)


@pytest.mark.django_db(transaction=True)
def test_real_data_takes_the_demonstration_away_and_leaves_the_people(told: Told, tmp_path: Path) -> None:
    load.load_first("brussels", BRUSSELS, told)
    identity.add_person(SYSTEM, "zoe@example.org", "Zoé", password="a long enough password")  # noqa: S106
    real = tmp_path / "real"
    demo.generate(real, seed=1)
    (real / demo.MARKER).unlink()
    chosen = load.choose(BRUSSELS, ["areas"])
    assert load.load_folder("brussels", BRUSSELS, chosen, real, told) == 0
    assert not demonstration.mark().exists()
    assert "The demonstration city was taken away." in told.lines
    assert len(territory.list_areas(ANONYMOUS)) == 19
    assert observations.count(ANONYMOUS) == 0
    assert catalogue.search(ANONYMOUS).total == 0
    assert [person.email for person in identity.list_people(SYSTEM)] == ["zoe@example.org"]


def test_the_demonstration_is_not_taken_from_under_a_running_server(told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    load.load_first("brussels", BRUSSELS, told)
    monkeypatch.setenv("ZINNEKE_CONTROL", "secret")
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "geography").mkdir()
    (tmp_path / "real" / "geography" / "brussels_municipalities.geojson").write_text("{}")
    with pytest.raises(Problem, match="Stop the server"):
        load.load_folder("brussels", BRUSSELS, BRUSSELS.entries(), tmp_path / "real", told)
    assert demonstration.mark().exists()


def test_data_that_is_there_already_is_left_alone(told: Told, tmp_path: Path) -> None:
    demo.generate(tmp_path / "real")
    (tmp_path / "real" / demo.MARKER).unlink()
    load.load_folder("brussels", BRUSSELS, load.choose(BRUSSELS, ["areas"]), tmp_path / "real", told)
    assert load.load_first("brussels", BRUSSELS, told) == 0
    assert told.lines[-1] == "There is data already; nothing was loaded."


def test_a_folder_of_real_data_is_preferred(told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    demo.generate(tmp_path / "real")
    (tmp_path / "real" / demo.MARKER).unlink()
    monkeypatch.setenv("ZINNEKE_CITY_DATA", str(tmp_path / "real"))
    assert demonstration.find_folder() == tmp_path / "real"
