from __future__ import annotations

import csv
import gzip
import json
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest
import shapely

from zinneke.cli import demo
from zinneke.cli.demo import MARKER, generate
from zinneke.cli.demo.facts import COMMUNES, DATASETS
from zinneke.foundations.territory import readers, streets
from zinneke.kernel.load import Fault


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("demo")
    generate(made)
    return made


def text(path: Path) -> str:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(folder: Path, tmp_path: Path) -> None:
    started = time.process_time()
    again = generate(tmp_path / "again")
    assert time.process_time() - started < 2
    for path in again:
        assert path.read_bytes() == (folder / path.relative_to(tmp_path / "again")).read_bytes()
    other = generate(tmp_path / "other", seed=1)
    assert other[-2].read_bytes() == again[-2].read_bytes(), "the population is a fact"
    streets_file = "geography/brussels_streets.geojson.gz"
    assert (tmp_path / "other" / streets_file).read_bytes() != (folder / streets_file).read_bytes()


def test_the_folder_says_in_three_languages_that_it_is_a_demonstration(folder: Path) -> None:
    said = (folder / MARKER).read_text()
    assert all(word in said for word in ("Demonstration data", "Données de démonstration", "Demonstratiegegevens"))


def test_every_file_has_a_name_of_the_real_folder_and_every_table_its_columns(folder: Path, shared_data: Path) -> None:
    for path in folder.rglob("*.*"):
        real = shared_data / path.relative_to(folder)
        assert real.is_file(), f"{real} is not a file of the real folder"
        if ".csv" in path.name or ".tsv" in path.name:
            assert text(path).splitlines()[0] == text(real).splitlines()[0]
        elif "geojson" in path.name:
            ours, theirs = (set(json.loads(text(each))["features"][0]["properties"]) for each in (path, real))
            assert "poi" in path.name or ours <= theirs


def test_the_readers_of_the_real_files_find_no_fault_in_it(folder: Path) -> None:
    geography = folder / "geography"

    def read(name: str) -> bytes:
        return (geography / name).read_bytes()

    communes = list(readers.read_municipalities(read("brussels_municipalities.geojson"), read("belgium_postal_code_municipality.json")))
    neighbourhoods = list(readers.read_neighbourhoods(read("brussels_quartiers_145.geojson.gz"), read("brussels_wijken_nl.geojson.gz")))
    rest = [
        *readers.read_region(read("brussels_region_boundary.geojson.gz")),
        *streets.read_streets(read("brussels_streets.geojson.gz")),
        *readers.read_pois(read("brussels_poi_osm.geojson.gz")),
    ]
    assert not [row for row in (*communes, *neighbourhoods, *rest) if isinstance(row, Fault)]
    assert [row.code for row in communes] == [f"210{number:02d}" for number in range(1, 20)]
    assert communes[3].name == {"fr": "Bruxelles", "nl": "Brussel", "en": "Brussels"}
    assert communes[3].geometry.contains(shapely.Point(4.3525, 50.8467)), "the Grand-Place is in Brussels, here too"
    assert {row.parent for row in neighbourhoods} == {row.code for row in communes}
    assert all(row.name["nl"] != row.name["fr"] for row in neighbourhoods if row.parent == "21009")


def test_the_communes_tile_the_region_without_gap_or_overlap(folder: Path) -> None:
    rows = list(readers.read_municipalities((folder / "geography/brussels_municipalities.geojson").read_bytes()))
    (region,) = readers.read_region((folder / "geography/brussels_region_boundary.geojson.gz").read_bytes())
    shapes = [row.geometry for row in rows]
    assert sum(shape.area for shape in shapes) == pytest.approx(region.geometry.area, rel=1e-4)
    assert shapely.union_all(shapes).area == pytest.approx(region.geometry.area, rel=1e-4)


def test_numbers_are_plausible(folder: Path) -> None:
    air = list(csv.DictReader(text(folder / "air/belgium_air_quality_daily_2020-2021.csv.gz").splitlines()))
    values = np.array([[float(row[name]) for name in ("pm25", "pm10", "no2")] for row in air])
    assert np.isfinite(values).all() and values.min() > 0 and values.max() < 300
    bikes = list(csv.DictReader(text(folder / "mobility/brussels_bike_counts_2018-2019.tsv.gz").splitlines(), delimiter="\t"))
    assert len({row["device_name"] for row in bikes}) == 9
    assert all(int(row["timestamp_until"]) - int(row["timestamp_from"]) == 900 for row in bikes)
    bins = list(csv.DictReader(text(folder / "waste/edinburgh_bin_collections_2016.csv.gz").splitlines()))
    assert all(0 <= int(row["fill_before_pct"]) <= 100 for row in bins)


def test_the_catalogue_is_in_three_languages_and_says_what_it_is(folder: Path) -> None:
    entries = [json.loads(line) for line in text(folder / "catalog/data_gov_be_datasets_2025-04.jsonl.gz").splitlines()]
    assert len(entries) == len(DATASETS)
    for entry in entries:
        assert set(entry["title"]) == {"fr", "nl", "en"}
        assert "Demonstration data" in entry["description"]["en"]
    assert len(COMMUNES) == 19


def test_every_column_that_the_load_names_is_in_its_file(folder: Path) -> None:
    manifest = tomllib.loads((Path(demo.__file__).parents[1] / "cities" / "brussels.toml").read_text())
    checked = 0
    for table in manifest["table"]:
        path = folder / table.get("file", "live")
        if path.is_file():
            first = text(path).splitlines()[0]
            if "geojson" in path.name:
                columns = {key for each in json.loads(text(path))["features"] for key in each["properties"]}
            else:
                columns = set(first.split("\t" if ".tsv" in path.name else ","))
            assert set(table.get("columns", {})) <= columns, path.name
            checked += 1
    assert checked >= 15
