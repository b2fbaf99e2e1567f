"""The manifest of a city: it is whole, it speaks three languages, and its faults are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from zinneke.cli import manifest as manifests
from zinneke.cli.manifest import FeedEntry, ObservationsEntry, parse_manifest, read_manifest
from zinneke.foundations.catalogue.vocabularies import LICENCES, THEMES
from zinneke.kernel.problem import Problem
from zinneke.kernel.registry import solutions
from zinneke.kernel.units import UNITS

BRUSSELS = read_manifest("brussels")
THREE = {"fr", "nl", "en"}


def test_every_text_of_brussels_is_in_three_languages() -> None:
    for publisher in BRUSSELS.publishers.values():
        assert set(publisher.name) == THREE
    for entry in BRUSSELS.table:
        assert set(entry.title) == set(entry.description) == THREE, entry.key
        for name, column in entry.columns.items():
            assert column.fr and column.nl and column.en, f"{entry.key}.{name}"


def test_every_publisher_theme_licence_and_unit_of_brussels_is_known() -> None:
    for entry in BRUSSELS.table:
        assert entry.licence in LICENCES, entry.key
        assert set(entry.themes) <= set(THEMES), entry.key
        assert {column.unit for column in entry.columns.values()} - {""} <= set(UNITS), entry.key
    assert {entry.publisher for entry in BRUSSELS.table} == set(BRUSSELS.publishers) & {entry.publisher for entry in BRUSSELS.table}


def test_every_observation_of_brussels_has_a_unit_a_definition_and_a_name_or_a_solution_that_declares_them() -> None:
    for entry in BRUSSELS.observations:
        for measure in entry.values:
            if entry.solution:
                assert solutions()[entry.solution].reading(measure.reading)
            else:
                assert measure.unit in UNITS, entry.key
                assert measure.means.startswith("http")
                assert set(measure.name) == THREE
                assert measure.low is not None and measure.high is not None and measure.low < measure.high


def test_every_feed_of_brussels_names_a_source_of_a_solution() -> None:
    for entry in BRUSSELS.feed:
        assert entry.source in {source.key for source in solutions()[entry.solution].sources}
        assert entry.file or entry.live


def test_every_file_that_brussels_names_is_in_the_real_folder(shared_data: Path) -> None:
    for _, entry in BRUSSELS.entries():
        files = [entry.file, getattr(entry, "beside", "")]
        if isinstance(entry, ObservationsEntry | FeedEntry) and entry.things_file:
            files.append(entry.things_file.file)
        for file in files:
            assert not file or (shared_data / file).is_file(), file


def test_there_are_enough_datasets_of_our_own() -> None:
    assert len([entry for entry in BRUSSELS.table if entry.file]) >= 30


def test_the_code_names_no_city_and_no_dataset_of_one() -> None:
    for path in Path(manifests.__file__).parent.glob("*.py"):
        assert "21004" not in path.read_text(), path.name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = { fr = "x" }\n[publishers]\n[[areas]]\nkey = "a"\n', "reader"),
        ('name = { fr = "x" }\n[publishers]\n[[areas]]\nkey = "a"\nreader = "region"\nfolder = "x"\n', "folder"),
        ('name = { fr = "x" }\n[publishers]\n' + '[[places]]\nkey = "a"\nreader = "pois"\n' * 2, "places/a is there twice"),
        ("name = 3", "name"),
        ("= what", ""),
    ],
)
def test_a_faulty_manifest_is_refused_with_the_place_of_the_fault(text: str, said: str) -> None:
    with pytest.raises(Problem) as raised:
        parse_manifest(text.encode(), "x.toml")
    assert raised.value.status == 400
    assert "x.toml" in raised.value.detail
    assert said in raised.value.detail


@pytest.mark.parametrize("name", ["atlantis", "../manifest", "", "a/b"])
def test_an_unknown_city_is_told_with_those_that_are_known(name: str) -> None:
    with pytest.raises(Problem, match="brussels") as raised:
        read_manifest(name)
    assert raised.value.status == 404


def test_the_digest_of_an_entry_changes_with_what_it_says() -> None:
    first, second = BRUSSELS.table[:2]
    assert manifests.digest(first) == manifests.digest(first)
    assert manifests.digest(first) != manifests.digest(second)
