"""Writing the demonstration city: one folder, the names and columns of the real files, the same bytes from the same seed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from zinneke.cli.demo import land, measures
from zinneke.cli.demo.facts import COMMUNES, DATASETS

MARKER = "DEMONSTRATION"
_MARKED = """Demonstration data.

Everything in this folder was invented by the program, except the names, codes, inhabitants and sizes of the 19 communes.
Données de démonstration : tout est inventé, sauf les noms, codes, populations et superficies des 19 communes.
Demonstratiegegevens: alles is verzonnen, behalve de namen, codes, inwonertallen en oppervlakten van de 19 gemeenten.
"""


def generate(folder: Path, seed: int = 21004) -> list[Path]:
    """Write the demonstration city into a folder laid out like the real data, and return the files written, the marker first.

    Existing files of the same names are replaced. Takes a second or two and about 3 MB.
    """
    drawn = land.draw(np.random.default_rng(seed))
    written = [_write(folder / MARKER, _MARKED.encode())]
    for name, make in _files(drawn).items():
        dice = np.random.default_rng([seed, zlib.crc32(name.encode())])
        written.append(_write(folder / name, make(dice)))
    return written


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, 3, mtime=0) if path.suffix == ".gz" else content)
    return path


def _lines(lines: Iterable[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _collection(name: str, features: Iterable[dict[str, Any]]) -> bytes:
    return msgspec.json.encode({"type": "FeatureCollection", "name": name, "features": list(features)})


def _files(drawn: land.Land) -> dict[str, Callable[[np.random.Generator], bytes]]:
    """Return what makes each file of the folder."""
    places = measures.counters(drawn, np.random.default_rng(7))
    shape, table = _collection, _lines
    return {
        "geography/brussels_municipalities.geojson": lambda dice: shape("brussels_municipalities", land.communes(drawn)),
        "geography/brussels_quartiers_145.geojson.gz": lambda dice: shape("brussels_quartiers", land.quartiers(drawn, dice)),
        "geography/brussels_wijken_nl.geojson.gz": lambda dice: shape("brussels_wijken", land.wijken(drawn)),
        "geography/brussels_region_boundary.geojson.gz": lambda dice: shape("brussels_region", land.region(drawn)),
        "geography/brussels_streets.geojson.gz": lambda dice: shape("brussels_streets", land.streets(drawn, dice)),
        "geography/brussels_poi_osm.geojson.gz": lambda dice: shape("brussels_poi", land.places(drawn, dice)),
        "geography/brussels_trees_osm.csv.gz": lambda dice: table(land.trees(drawn, dice)),
        "geography/belgium_postal_code_municipality.json": lambda dice: msgspec.json.encode(list(_postal_codes())),
        "mobility/brussels_bike_counters.csv": lambda dice: table(measures.bike_counters(drawn, np.random.default_rng(7))),
        "mobility/brussels_bike_counts_2018-2019.tsv.gz": lambda dice: table(measures.bike_counts(places, dice)),
        "mobility/brussels_tunnel_traffic_daily_2020-2021.csv": lambda dice: table(measures.tunnels(dice)),
        "mobility/dresden_bonn_parking_places.csv": lambda dice: table(measures.car_parks(drawn, dice)),
        "mobility/dresden_bonn_parking_free_2026-07.csv.gz": lambda dice: table(measures.car_parks_free(dice)),
        "air/belgium_air_quality_daily_2020-2021.csv.gz": lambda dice: table(measures.air(dice)),
        "air/brussels_stations_no2_annual_2023.geojson": lambda dice: shape("stations", measures.air_points(drawn, dice)),
        "air/brussels_curieuzenair_no2_2021.csv.gz": lambda dice: table(measures.campaign(drawn, dice)),
        "weather/brussels_weather_2018-2019.tsv.gz": lambda dice: table(measures.weather(dice)),
        "noise/leuven_noise_percentiles_hourly_2022.csv.gz": lambda dice: table(measures.noise(dice)),
        "waste/edinburgh_bin_collections_2016.csv.gz": lambda dice: table(measures.bins(dice)),
        "stats/belgium_population_by_municipality_2018-2020.csv": lambda dice: table(_population()),
        "catalog/data_gov_be_datasets_2025-04.jsonl.gz": lambda dice: b"".join(msgspec.json.encode(each) + b"\n" for each in _datasets()),
    }


def _postal_codes() -> Iterator[dict[str, str]]:
    for commune in COMMUNES:
        for code in commune.postal:
            yield {"id": f"{code}-{commune.nis}", "postalCode": code, "municipality": commune.nis}


def _population() -> Iterator[str]:
    yield "year,nis,name_fr,name_nl,region_fr,inhabitants,postal_code"
    for commune in COMMUNES:
        yield f"2020,{commune.nis},{commune.fr},{commune.nl},Région de Bruxelles-Capitale,{commune.population},{commune.postal[0]}"


def _datasets() -> Iterator[dict[str, Any]]:
    """Yield the catalogue: a few dozen records that say in each language that they are for demonstration."""
    note = {"fr": "Données de démonstration.", "nl": "Demonstratiegegevens.", "en": "Demonstration data."}
    publisher = {"name": {"fr": "Ville de démonstration", "nl": "Demonstratiestad", "en": "Demonstration city"}}
    for at, (theme, french, dutch, english) in enumerate(DATASETS, 1):
        title = {"fr": french, "nl": dutch, "en": english}
        yield {
            "uri": f"https://demonstration.invalid/dataset/{at}",
            "identifier": f"demonstration-{at}",
            "title": title,
            "description": {language: f"{title[language]}. {note[language]}" for language in title},
            "keywords": {"fr": ["démonstration"], "nl": ["demonstratie"], "en": ["demonstration"]},
            "themes": [theme],
            "issued": "2025-01-01T00:00:00",
            "modified": f"2025-03-{at % 28 + 1:02d}T00:00:00",
            "publisher": publisher,
            "frequency": "IRREG",
            "accessRights": "PUBLIC",
            "languages": ["FRA", "NLD", "ENG"],
            "spatial": ["https://sws.geonames.org/2800867/"],
            "distributions": [{"title": title, "format": "CSV", "mediaType": "text/csv", "license": "CC0"}],
        }
