"""What the sensors of the demonstration city say: counts with rush hours, pollution that follows them, weather with seasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zinneke.cli.demo.facts import COMMUNES
from zinneke.cli.demo.land import Land, scatter

COUNTERS = 9
STATIONS = (("BETR001", 19.0), ("BETN043", 17.0), ("DEMO01", 12.0), ("DEMO02", 24.0), ("DEMO03", 15.0), ("DEMO04", 21.0))
TUNNELS = {
    "tun_del_parking": 28,
    "tun_lou_in_bas_midi_et_cambre": 1400,
    "tun_montg_cambre": 720,
    "tun_ste_out_centre_et_bas_cambre": 880,
    "tun_vp_a12": 840,
}
PERCENTILES = ("laf005", "laf01", "laf05", "laf10", "laf25", "laf50", "laf75", "laf90", "laf95", "laf98", "laf99", "laf995")
DAY = 86_400


def _seconds(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp())


def rush(hour: NDArray[np.float64], weekday: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how busy the streets are, 0 to 1: two peaks on working days, one broad hump at weekends."""
    week = np.exp(-(((hour - 8.3) / 1.3) ** 2)) + 0.85 * np.exp(-(((hour - 17.4) / 1.7) ** 2)) + 0.25 * np.exp(-(((hour - 13) / 4) ** 2))
    weekend = 0.5 * np.exp(-(((hour - 15) / 4) ** 2))
    return np.where(weekday < 5, week, weekend)


def bike_counters(land: Land, dice: np.random.Generator) -> Iterator[str]:
    """Yield the table of the bicycle counters."""
    yield "device,active,road_fr,road_nl,lon,lat,x_lb72,y_lb72"
    for name, lon, lat in counters(land, dice):
        yield f"{name},True,Compteur modèle {name},Modelteller {name},{lon},{lat},,"


def counters(land: Land, dice: np.random.Generator) -> list[tuple[str, float, float]]:
    """Return name, longitude and latitude of each bicycle counter."""
    picked = COMMUNES[:: len(COMMUNES) // COUNTERS][:COUNTERS]
    return [(f"DEMO{at:02d}", *scatter(land.communes[each.nis], 1, dice)[0].tolist()) for at, each in enumerate(picked, 1)]


def bike_counts(places: list[tuple[str, float, float]], dice: np.random.Generator) -> Iterator[str]:
    """Yield counts of each quarter of an hour for four weeks of two years, so that a day can be held against last year's."""
    yield "device_name\tlatitude\tlongitude\ttimestamp_from\ttimestamp_until\tbike_count\tbike_avg_speed"
    for (year, day), growth in (((2024, 4), 1.0), ((2025, 3), 1.12)):
        start = np.arange(_seconds(year, 3, day), _seconds(year, 3, day) + 28 * DAY, 900)
        hour, weekday = start % DAY / 3600 + 1, (start // DAY + 3) % 7
        for at, (name, lon, lat) in enumerate(places):
            counts = dice.poisson(rush(hour, weekday) * (6 + 3 * at) * growth).tolist()
            speeds = dice.integers(14, 25, len(start)).tolist()
            for moment, count, speed in zip(start.tolist(), counts, speeds, strict=True):
                yield f"{name}\t{lat}\t{lon}\t{moment}\t{moment + 900}\t{count}\t{speed}"


def tunnels(dice: np.random.Generator) -> Iterator[str]:
    """Yield the daily mean counts of the five tunnels, quieter at weekends and in summer."""
    yield f"date,{','.join(TUNNELS)}"
    for day in _days():
        ease = (0.78 if day.weekday() > 4 else 1.0) * (0.85 if day.month in (7, 8) else 1.0)
        yield f"{day:%Y-%m-%d}," + ",".join(f"{mean * ease * dice.normal(1, 0.05):.2f}" for mean in TUNNELS.values())


def _days() -> list[datetime]:
    return [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=at) for at in range(455)]


def air(dice: np.random.Generator) -> Iterator[str]:
    """Yield daily means of fine dust and nitrogen dioxide, in micrograms per cubic metre; winters are worse."""
    yield "date,station,pm25,pm10,no2"
    for station, level in STATIONS:
        mood = 0.0
        for day in _days():
            mood = 0.8 * mood + dice.normal(0, 0.25)
            season = 1 + 0.35 * np.cos(2 * np.pi * day.timetuple().tm_yday / 365)
            base = max(0.15, season * np.exp(mood * 0.6))
            yield f"{day:%Y-%m-%d},{station},{level * 0.6 * base:.3f},{level * base:.3f},{level * 1.3 * base * dice.normal(1, 0.1):.3f}"


def air_points(land: Land, dice: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield properties and points of stations with a yearly mean of nitrogen dioxide."""
    for at, (lon, lat) in enumerate(scatter(land.outline, 8, dice).tolist(), 1):
        facts = {
            "ab_local_code": f"DEMO{at:02d}",
            "year": "2023-12-31Z",
            "network": "Demonstration",
            "nhours": 8600,
            "value": int(dice.integers(12, 34)),
        }
        yield {"type": "Feature", "properties": facts, "geometry": {"type": "Point", "coordinates": [lon, lat]}}


def campaign(land: Land, dice: np.random.Generator) -> Iterator[str]:
    """Yield one value of nitrogen dioxide for each of many points, higher towards the centre."""
    yield "lon,lat,postal_code,no2_ugm3,road_type,traffic,green,floor"
    for commune in COMMUNES:
        for lon, lat in scatter(land.communes[commune.nis], 16, dice).round(3).tolist():
            near = np.exp(-(((lon - 4.36) / 0.05) ** 2) - ((lat - 50.845) / 0.03) ** 2)
            value = max(4.0, 14 + 16 * near + dice.normal(0, 4))
            yield f"{lon},{lat},{commune.postal[0]},{value:.2f},road-two-way,traffic-normal,green-small,{int(dice.integers(4))}"


def weather(dice: np.random.Generator) -> Iterator[str]:
    """Yield half-hourly weather: degrees Celsius, kilometres an hour, per cent, hectopascals."""
    yield "timestamp\ttemperature\tweather_condition\twind_speed\twind_direction\thumidity\tbarometer\tvisibility"
    start = np.arange(_seconds(2025, 1, 1), _seconds(2025, 4, 1), 1800)
    hour, day = start % DAY / 3600, start // DAY - _seconds(2025, 1, 1) // DAY
    drift = np.cumsum(dice.normal(0, 0.12, len(start)))
    warmth = (3 + day / 11 + 3 * np.sin((hour - 9) / 24 * 2 * np.pi) + drift - drift.mean()).round().astype(int).tolist()
    wind, turn = np.abs(dice.normal(14, 6, len(start))).round().astype(int).tolist(), dice.integers(0, 36, len(start)).tolist()
    humid = np.clip(dice.normal(78, 12, len(start)), 25, 100).round().astype(int).tolist()
    press = (1013 + 12 * np.sin(day / 5)).round().astype(int).tolist()
    for row in zip(start.tolist(), warmth, wind, turn, humid, press, strict=True):
        yield "{}\t{}\tClear.\t{}\tWind blowing from {}0°\t{}\t{}\t16".format(*row)


def noise(dice: np.random.Generator) -> Iterator[str]:
    """Yield hourly sound levels in dB(A), loud percentiles first, quieter at night."""
    yield f"sensor_id,sensor,timestamp,{','.join(PERCENTILES)}"
    hours = [datetime(2025, 2, 1, tzinfo=UTC) + timedelta(hours=at) for at in range(28 * 24)]
    fall = np.array([0, 1.2, 4.5, 6.5, 9.5, 13, 15.5, 17, 18, 19, 19.5, 20])
    for at in range(6):
        for moment in hours:
            loud = 66 + at + 6 * np.sin((moment.hour - 9) / 24 * 2 * np.pi) + dice.normal(0, 1.5)
            yield f"{900001 + at},MP {at + 1:02d}: Modelstraat {at + 1},{moment:%Y-%m-%dT%H:%M}," + ",".join(f"{each:.1f}" for each in loud - fall)


def bins(dice: np.random.Generator) -> Iterator[str]:
    """Yield the emptyings of sixty street bins: per cent before and after, litres, kilograms."""
    yield "collection_id,site_id,site_name,street,content_name,collected_at,frozen,fill_before_pct,fill_after_pct,volume_l,weight_kg,partial"
    number = 5_000_000
    start = datetime(2025, 3, 1, tzinfo=UTC)
    for at in range(60):
        moment, pace = start + timedelta(hours=float(dice.uniform(5, 40))), float(dice.uniform(14, 60))
        while moment < start + timedelta(days=28):
            fill = int(np.clip(dice.normal(70, 22), 4, 100))
            number += 1
            place = f"{900001 + at},Poubelle modèle {at + 1},Rue du Modèle {at + 1}"
            yield f"{number},{place},Mixed,{moment:%Y-%m-%d %H:%M:%S},True,{fill},0,{fill * 2.4:.2f},{fill * 0.17:.3f},False"
            moment += timedelta(hours=float(dice.uniform(0.6, 1.4)) * pace)


CAR_PARKS = tuple((f"demo-parking-{at:02d}", f"Parking modèle {at}", 150 + 55 * at) for at in range(1, 13))


def car_parks(land: Land, dice: np.random.Generator) -> Iterator[str]:
    """Yield the table of the car parks."""
    yield "place_id,place_name,city_name,num_all,address,latitude,longitude,source_id"
    for (key, name, places), (lon, lat) in zip(CAR_PARKS, scatter(land.communes["21004"], len(CAR_PARKS), dice).tolist(), strict=True):
        yield f"{key},{name},Demonstration,{places},,{lat},{lon},demo"


def car_parks_free(dice: np.random.Generator) -> Iterator[str]:
    """Yield the free places of each car park every quarter of an hour for eight days."""
    yield "timestamp,place_id,free"
    start = datetime(2025, 3, 20, tzinfo=UTC)
    for at in range(8 * 96):
        moment = start + timedelta(minutes=15 * at)
        busy = float(np.exp(-(((moment.hour + moment.minute / 60 - 14) / 5) ** 2))) * (0.8 if moment.weekday() < 6 else 0.4)
        for key, _, places in CAR_PARKS:
            yield f"{moment:%Y-%m-%dT%H:%M:%S}+00:00,{key},{int(np.clip(places * (1 - busy * dice.normal(0.85, 0.06)), 0, places))}"
