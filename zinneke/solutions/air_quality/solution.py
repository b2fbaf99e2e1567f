"""The declaration of air quality."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.solution import Alert, Asset, Indicator, Layer, Reading, Role, Series, Solution, Source
from zinneke.kernel.text import Text, same
from zinneke.solutions.air_quality import connect, rules

Formula = Callable[[Sequence[Series]], float | None]
_POLLUTANT = "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/"
_DAY = 86_400


PM25 = Text("PM2,5", "PM2,5", "PM2.5")


def _day(name: Text) -> Text:
    return Text(f"{name.fr}, moyenne du jour", f"{name.nl}, daggemiddelde", f"{name.en}, daily mean")


def _year(key: str, name: Text, reading: str, target: float, source: Text, unit: str = "ug/m3", formula: Formula = rules.highest_mean) -> Indicator:
    return Indicator(key, name, unit, reading, formula, source, 366 * _DAY, target)


WHO = Text(
    "OMS, lignes directrices sur la qualité de l’air, 2021", "WHO, richtlijnen voor luchtkwaliteit, 2021", "WHO global air quality guidelines, 2021"
)
LAW = Text(
    "Directive (UE) 2024/2881, annexe I : limite à partir de 2030",
    "Richtlijn (EU) 2024/2881, bijlage I: grenswaarde vanaf 2030",
    "Directive (EU) 2024/2881, annex I: the limit from 2030",
)
NO2_LIMIT = Text("NO₂ face à la limite de 2030", "NO₂ tegenover de grenswaarde van 2030", "NO₂ against the limit of 2030")
PASSED = Text("Seuil légal dépassé", "Wettelijke drempel overschreden", "Legal threshold exceeded")
PM25_DAYS = Text("Jours où les PM2,5 dépassent 15 µg/m³", "Dagen met meer dan 15 µg/m³ PM2,5", "Days with PM2.5 above 15 µg/m³")
NO2_DAY, PM25_DAY, PM10_DAY = _day(same("NO₂")), _day(PM25), _day(same("PM10"))

STATION = Asset(
    "station",
    Text("Station de mesure", "Meetstation", "Monitoring station"),
    "https://github.com/smart-data-models/dataModel.Environment/blob/master/AirQualityObserved",
    (
        Reading("pm25", PM25, "ug/m3", _POLLUTANT + "6001", 0, 1500),
        Reading("pm10", same("PM10"), "ug/m3", _POLLUTANT + "5", 0, 3000),
        Reading("no2", Text("NO₂ (dioxyde d’azote)", "NO₂ (stikstofdioxide)", "NO₂ (nitrogen dioxide)"), "ug/m3", _POLLUTANT + "8", 0, 1500),
        Reading("o3", Text("O₃ (ozone)", "O₃ (ozon)", "O₃ (ozone)"), "ug/m3", _POLLUTANT + "7", 0, 1000),
        Reading("so2", Text("SO₂ (dioxyde de soufre)", "SO₂ (zwaveldioxide)", "SO₂ (sulphur dioxide)"), "ug/m3", _POLLUTANT + "1", 0, 3000),
        Reading("pm25_day", PM25_DAY, "ug/m3", _POLLUTANT + "6001", 0, 800, _DAY),
        Reading("pm10_day", PM10_DAY, "ug/m3", _POLLUTANT + "5", 0, 1500, _DAY),
        Reading("no2_day", NO2_DAY, "ug/m3", _POLLUTANT + "8", 0, 800, _DAY),
    ),
)

SOLUTION = Solution(
    key="air_quality",
    name=Text("Qualité de l’air", "Luchtkwaliteit", "Air quality"),
    purpose=Text(
        "Savoir ce que l’on respire, à quelques pas de chez soi, et être prévenu quand un seuil est dépassé.",
        "Weten wat u inademt, dicht bij huis, en verwittigd worden wanneer een drempel overschreden is.",
        "Know what you breathe, close to home, and be told when a threshold is passed.",
    ),
    domain="environment",
    icon="wind",
    assets=(STATION,),
    sources=(
        Source(
            "ircel_live",
            Text("Stations en temps réel", "Stations in realtime", "Stations in real time"),
            connect.decode_live,
            "IRCEL-CELINE",
            "CC BY 4.0",
            address="https://geo.irceline.be/realtime/ows?service=WFS&version=1.0.0&request=GetFeature&outputFormat=application/json&srsName=EPSG:4326"
            "&typeName=realtime:no2_hmean_station",
        ),
        Source("daily", Text("Moyennes du jour", "Daggemiddelden", "Daily means"), connect.decode_daily, "IRCEL-CELINE", "CC BY 4.0", "file"),
    ),
    answer=rules.answer,
    how=Text(
        "Chaque polluant reçoit un sous-indice selon les classes BelAQI de novembre 2022, sur l’échelle horaire ou journalière selon la mesure ; "
        "le plus mauvais décide. L’indice européen de 2024 suit la même règle avec six classes. La phrase cite la station la moins bonne.",
        "Elke stof krijgt een deelindex volgens de BelAQI-klassen van november 2022, op de uur- of dagschaal naargelang de meting; "
        "de slechtste beslist. De Europese index van 2024 volgt dezelfde regel met zes klassen. De zin noemt het minst goede station.",
        "Each pollutant gets a sub-index by the BelAQI classes of November 2022, on the hourly or the daily scale as it was measured; "
        "the worst decides. The European index of 2024 follows the same rule with six classes. The sentence names the worst station.",
    ),
    indicators=(
        _year("no2_year", Text("NO₂, moyenne sur un an", "NO₂, jaargemiddelde", "NO₂, mean over a year"), "no2_day", 10, WHO),
        _year("no2_year_limit", NO2_LIMIT, "no2_day", 20, LAW),
        _year("pm25_year", Text("PM2,5, moyenne sur un an", "PM2,5, jaargemiddelde", "PM2.5, mean over a year"), "pm25_day", 5, WHO),
        _year("pm25_days", PM25_DAYS, "pm25_day", 4, WHO, "1", rules.most_days_above(15)),
    ),
    layers=tuple(
        Layer(reading.key, reading.name, "station", reading.key, rules.classes(bounds[reading.key.removesuffix("_day")]))
        for reading in STATION.readings
        if reading.key != "so2"
        for bounds in (rules.BELAQI_DAILY if reading.key.endswith("_day") else rules.BELAQI_HOURLY,)
    ),
    alerts=tuple(Alert(f"{reading}_threshold", PASSED, reading, rules.over_threshold(reading)) for reading in rules.THRESHOLDS),
    roles=(Role("analyst", Text("Analyste de l’air", "Luchtanalist", "Air analyst"), frozenset({Right.SEE, Right.EDIT})),),
    datasets=("air-curieuzenair-2021", "air-expair", "air-stations-2023", "air-daily-2020-2021", "air-hourly-2008-2012", "air-leuven-2022"),
)
