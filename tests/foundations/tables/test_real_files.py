"""Real files of Brussels and elsewhere become versions: the right number of rows, the right types, shapes where there are any."""

from __future__ import annotations

from pathlib import Path

import pytest

from zinneke.foundations.tables import store
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.foundations.territory import tiles
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM

FILES = [
    ("air/belaqi-2022-bounds.csv", Spec(), 8, "", ""),
    ("air/belgium_air_quality_daily_2020-2021.csv.gz", Spec(), 18_778, "", "date"),
    ("air/brussels_curieuzenair_no2_2021.csv.gz", Spec(), 2_484, "point", ""),
    ("air/brussels_expair_no2.geojson", Spec(), 24, "point", ""),
    ("air/brussels_stations_no2_annual_2023.geojson", Spec(), 16, "point", ""),
    ("air/leuven_air_quality_hourly_2022.csv.gz", Spec(), 8_593, "", "dt"),
    ("catalog/edinburgh_open_data_resources.csv.gz", Spec(), 429, "", "DateCreated"),
    ("energy/flanders_energy_use_monthly_2020-2021.csv.gz", Spec(), 34_125, "", ""),
    ("geography/belgium_municipalities.json", Spec(), 565, "", ""),
    ("geography/belgium_postal_codes.csv", Spec(), 2_757, "point", ""),
    ("geography/belgium_statistical_sectors.csv.gz", Spec(), 20_318, "", ""),
    ("geography/brussels_municipalities.geojson", Spec(), 19, "polygon", ""),
    ("geography/brussels_quartiers_145.geojson.gz", Spec(), 145, "polygon", ""),
    ("geography/brussels_streets.geojson.gz", Spec(), 9_496, "line", "as_of"),
    ("geography/brussels_trees_osm.csv.gz", Spec(), 63_947, "point", ""),
    ("mobility/belgium_road_accident_victims_2020.zip", Spec(), 66_130, "", "DT_DAY"),
    ("mobility/brussels_bike_counters.csv", Spec(lon="x_lb72", lat="y_lb72", crs="EPSG:31370"), 18, "point", ""),
    (
        "mobility/brussels_bike_counts_2018-2019.tsv.gz",
        Spec(columns=(ColumnSpec("timestamp_from", format="unix"),)),
        50_554,
        "point",
        "timestamp_from",
    ),
    ("mobility/brussels_public_car_parks_sample.geojson", Spec(), 10, "point", ""),
    ("mobility/dresden_bonn_parking_free_2026-07.csv.gz", Spec(), 159_345, "", "timestamp"),
    ("mobility/opendatasoft_v1_records_sample.json", Spec(), 10, "point", "record_timestamp"),
    ("mobility/schaerbeek_roadworks_osiris_2026-08.geojson.gz", Spec(), 1_833, "point", "DateDebut"),
    ("noise/leuven_noise_events_2022.csv.gz", Spec(), 77_234, "", "timestamp"),
    ("participation/new_york_311_sample_2025-03.csv", Spec(), 235, "point", "Created Date"),
    ("participation/san_francisco_open311_2010-11.json.gz", Spec(), 1_000, "point", ""),
    ("projects/schaerbeek_public_works_projects_2026.geojson.gz", Spec(), 397, "polygon", "DateDebut"),
    ("stats/belgium_income_by_municipality_2005-2013.csv.gz", Spec(), 5_301, "", ""),
    ("stats/brussels_building_permits_monthly_1996-2026.csv.gz", Spec(), 7_486, "", ""),
    ("transport/stib_gtfs_partial_2022-04.zip", Spec(member="stops.txt"), 2_842, "point", ""),
    ("transport/villo_stations_2026-04-28.json", Spec(), 345, "point", ""),
    ("waste/edinburgh_bin_collections_2016.csv.gz", Spec(), 10_000, "", "collected_at"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "spec", "rows", "geometry", "time"), FILES, ids=[each[0].rpartition("/")[2] for each in FILES])
def test_a_real_file_becomes_a_version(shared_data: Path, name: str, spec: Spec, rows: int, geometry: str, time: str) -> None:
    done = store.publish(SYSTEM, "real", shared_data / name, spec)
    version = done.version
    assert (done.kept, done.set_aside, version.geometry, version.time) == (rows, 0, geometry, time), done.faults[:3]
    page = store.read_rows(ANONYMOUS, "real")
    assert page.total == rows and len(page.rows) == min(rows, 100)
    if geometry:
        assert version.bbox is not None and store.features(ANONYMOUS, "real", limit=3)["numberMatched"] <= rows
        west, south, east, north = version.bbox
        assert store.tile(ANONYMOUS, "real", 9, *tiles.tile_at((west + east) / 2, (south + north) / 2, 9)).content
    if time:
        assert store.series(ANONYMOUS, "real", time, (), "year")
    assert next(store.export(ANONYMOUS, "real", "csv").chunks)
    assert not store.publish(SYSTEM, "real", shared_data / name, spec).changed
