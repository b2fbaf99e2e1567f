"""Control points and an independent implementation: the formulas of EPSG guidance note 7-2, written out here in plain Python."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zinneke.foundations.territory import crs
from zinneke.kernel.problem import Problem

GRID = crs.accuracy(31370, 4326) < 0.1
INTERNATIONAL, GRS80 = (6378388.0, 1 / 297), (6378137.0, 1 / 298.257222101)


def lambert(lon: float, lat: float, spheroid: tuple[float, float], origin: tuple[float, float], parallels: tuple[float, float],
            false: tuple[float, float]) -> tuple[float, float]:  # fmt: skip
    """Lambert conic conformal with two standard parallels (EPSG method 9802), in degrees and metres."""
    a, f = spheroid
    e = math.sqrt(2 * f - f * f)

    def m(latitude: float) -> float:
        return math.cos(latitude) / math.sqrt(1 - (e * math.sin(latitude)) ** 2)

    def t(latitude: float) -> float:
        turn = e * math.sin(latitude)
        return math.tan(math.pi / 4 - latitude / 2) / ((1 - turn) / (1 + turn)) ** (e / 2)

    one, two = (math.radians(each) for each in parallels)
    n = (math.log(m(one)) - math.log(m(two))) / (math.log(t(one)) - math.log(t(two)))
    scale = m(one) / (n * t(one) ** n)
    r, r_false = (a * scale * t(math.radians(each)) ** n if each < 90 else 0.0 for each in (lat, origin[1]))
    theta = n * math.radians(lon - origin[0])
    return false[0] + r * math.sin(theta), false[1] + r_false - r * math.cos(theta)


def lambert_72(lon: float, lat: float) -> tuple[float, float]:
    return lambert(lon, lat, INTERNATIONAL, (4.36748666666667, 90), (51.1666672333333, 49.8333339), (150000.013, 5400088.438))


def lambert_2008(lon: float, lat: float) -> tuple[float, float]:
    return lambert(lon, lat, GRS80, (4.35921583333333, 50.797815), (49.8333333333333, 51.1666666666667), (649328.0, 665262.0))


def to_bd72(lon: float, lat: float) -> tuple[float, float]:
    """ETRS89 to BD72 on the ground: the seven parameters of EPSG:15928 turned round (position vector, ETRS89 = t + (1 + s) R BD72)."""
    (a, f), (b, g) = GRS80, INTERNATIONAL
    phi, lam = math.radians(lat), math.radians(lon)
    e2 = 2 * f - f * f
    n = a / math.sqrt(1 - e2 * math.sin(phi) ** 2)
    point = np.array([n * math.cos(phi) * math.cos(lam), n * math.cos(phi) * math.sin(lam), n * (1 - e2) * math.sin(phi)])
    arc = math.pi / 180 / 3600
    rx, ry, rz = 0.3366 * arc, -0.457 * arc, 1.8422 * arc
    turn = np.array([[1, -rz, ry], [rz, 1, -rx], [-ry, rx, 1]])
    x, y, z = np.linalg.solve((1 - 1.2747e-6) * turn, point - np.array([-106.8686, 52.2978, -103.7239]))
    e2, p = 2 * g - g * g, math.hypot(x, y)
    phi = math.atan2(z, p * (1 - e2))
    for _ in range(8):
        n = b / math.sqrt(1 - e2 * math.sin(phi) ** 2)
        phi = math.atan2(z + e2 * n * math.sin(phi), p)
    return math.degrees(math.atan2(y, x)), math.degrees(phi)


@pytest.mark.parametrize(
    ("lon", "lat", "point"),
    [
        ((3, 10, 3.41519), (51, 18, 39.48882), (66333.00, 222966.00)),
        ((5, 27, 47.75844), (51, 8, 10.75864), (226696.00, 203425.00)),
        ((4, 3, 1.99697), (50, 29, 57.14179), (127514.00, 132032.00)),
    ],
)
def test_the_formulas_used_here_meet_the_control_points_of_the_national_institute(
    lon: tuple[int, int, float], lat: tuple[int, int, float], point: tuple[float, float]
) -> None:
    """BD72 and Lambert 72 of three points as the National Geographic Institute gave them (MapRef collection, 1999)."""
    degrees = [each[0] + each[1] / 60 + each[2] / 3600 for each in (lon, lat)]
    assert lambert_72(degrees[0], degrees[1]) == pytest.approx(point, abs=0.004)


def test_the_origin_of_lambert_2008_is_its_false_origin() -> None:
    x, y = crs.transform([4.35921583333333], [50.797815], 4326, 3812)
    assert (x[0], y[0]) == pytest.approx((649328, 665262), abs=1e-4)


def test_the_centre_of_belgium_is_where_the_epsg_register_has_it() -> None:
    x, y = crs.transform([4.315], [50.69], 4326, 3812)
    assert (x[0], y[0]) == pytest.approx((646203.71, 653269.93), abs=0.006)


def test_lambert_2008_is_right_to_a_millimetre_all_over_belgium() -> None:
    dice = np.random.default_rng(1)
    lon, lat = dice.uniform(2.5, 6.4, 200), dice.uniform(49.5, 51.5, 200)
    x, y = crs.transform(lon, lat, "EPSG:4326", "EPSG:3812")
    wanted = np.array([lambert_2008(*pair) for pair in zip(lon, lat, strict=True)])
    assert np.abs(np.column_stack((x, y)) - wanted).max() < 0.001
    assert crs.accuracy(3812, 4326) <= 0.01


@pytest.mark.skipif(GRID, reason="a datum grid is installed, so that the seven parameters are not used")
def test_lambert_72_follows_the_seven_parameters_to_a_millimetre_and_says_what_they_are_worth() -> None:
    dice = np.random.default_rng(2)
    lon, lat = dice.uniform(4.24, 4.49, 100), dice.uniform(50.76, 50.92, 100)
    x, y = crs.transform(lon, lat, 4326, 31370)
    wanted = np.array([lambert_72(*to_bd72(*pair)) for pair in zip(lon, lat, strict=True)])
    assert np.abs(np.column_stack((x, y)) - wanted).max() < 0.001
    assert crs.accuracy(31370, 4326) == 0.2
    assert "BD72 to ETRS89 (2)" in crs.operation(31370, 4326)


def test_a_publishers_own_pairs_are_met_to_a_centimetre(shared_data: Path) -> None:
    rows = list(csv.DictReader((shared_data / "mobility/brussels_bike_counters.csv").open(encoding="utf-8")))
    x, y = crs.transform([float(row["lon"]) for row in rows], [float(row["lat"]) for row in rows], 4326, 31370)
    away = np.hypot(x - [float(row["x_lb72"]) for row in rows], y - [float(row["y_lb72"]) for row in rows])
    assert away.max() < (0.3 if GRID else 0.01)


def test_web_mercator_is_the_sphere_of_the_web() -> None:
    x, y = crs.transform([180.0, 4.35], [0.0, 50.85], 4326, 3857)
    assert x[0] == pytest.approx(math.pi * 6378137)
    assert y[1] == pytest.approx(6378137 * math.log(math.tan(math.pi / 4 + math.radians(50.85) / 2)))


@given(st.floats(2.5, 6.4), st.floats(49.5, 51.5), st.sampled_from(sorted(crs.CODES)), st.sampled_from(sorted(crs.CODES)))
def test_there_and_back_is_the_same_place(lon: float, lat: float, one: int, two: int) -> None:
    x, y = crs.transform([lon], [lat], 4326, one)
    away = crs.transform(*crs.transform(x, y, one, two), two, one)
    back = crs.transform(*away, one, 4326)
    assert abs(back[0][0] - lon) < 1e-8 and abs(back[1][0] - lat) < 1e-8  # about a millimetre


def test_names_of_systems_are_read_in_all_their_forms() -> None:
    forms = ["EPSG:31370", "epsg:31370", 31370, "31370", "urn:ogc:def:crs:EPSG::31370", "http://www.opengis.net/def/crs/EPSG/0/31370"]
    assert {crs.code_of(form) for form in forms} == {31370}
    assert crs.code_of("urn:ogc:def:crs:OGC:1.3:CRS84") == 4326
    assert crs.accuracy(4326, 4326) == 0


@pytest.mark.parametrize("name", ["EPSG:28992", "", "Lambert", "EPSG:", "²"])
def test_an_unknown_system_is_told_which_are_known(name: str) -> None:
    with pytest.raises(Problem, match=r"EPSG:31370 \(Belgian Lambert 72\)"):
        crs.transform([0], [0], name, 4326)


def test_half_a_point_is_refused_and_an_impossible_one_becomes_infinite() -> None:
    with pytest.raises(Problem, match="each point needs both"):
        crs.transform([1, 2], [1], 4326, 3812)
    x, _ = crs.transform([1e300], [0], 31370, 4326)
    assert not np.isfinite(x[0])


def test_a_folder_without_grids_changes_nothing(tmp_path: Path) -> None:
    assert crs.add_grids(tmp_path) is False
