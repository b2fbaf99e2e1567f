"""The Belgian index BelAQI of November 2022, the European index of 2024, and the thresholds of the law. Everything in µg/m³."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import inf
from typing import NamedTuple

from zinneke.kernel.period import say_day, say_moment
from zinneke.kernel.solution import Answer, AnswerRow, Class, Series, Status
from zinneke.kernel.text import Text

Bounds = Mapping[str, tuple[float, ...]]

BELAQI_HOURLY: Bounds = {
    "pm10": (10, 20, 35, 45, 60, 80, 95, 110, 140),
    "pm25": (3.5, 7.5, 10, 15, 20, 35, 50, 60, 75),
    "o3": (30, 65, 75, 90, 110, 150, 180, 210, 240),
    "no2": (10, 15, 20, 30, 40, 45, 50, 60, 75),
}
"""Upper bounds, inclusive, of classes 1 to 9 for hourly means. IRCEL-CELINE, BelAQI in force since November 2022."""
BELAQI_DAILY: Bounds = {
    "pm10": (5, 15, 25, 35, 45, 60, 70, 80, 100),
    "pm25": (2.5, 5, 7.5, 10, 15, 25, 35, 40, 50),
    "o3": (30, 60, 70, 80, 100, 130, 160, 190, 220),
    "no2": (5, 10, 15, 20, 25, 30, 35, 40, 50),
}
"""The same for daily means; for ozone the day's highest mean over 8 hours."""
EAQI: Bounds = {
    "pm25": (5, 15, 50, 90, 140),
    "pm10": (15, 45, 120, 195, 270),
    "no2": (10, 25, 60, 100, 150),
    "o3": (60, 100, 120, 160, 180),
    "so2": (20, 40, 125, 190, 275),
}
"""Upper bounds, inclusive, of the first five of six classes. European Environment Agency, revision of 2024, hourly means."""

BELAQI_NAMES = (
    Text("excellent", "uitstekend", "excellent"),
    Text("très bon", "zeer goed", "very good"),
    Text("bon", "goed", "good"),
    Text("assez bon", "vrij goed", "fairly good"),
    Text("moyen", "middelmatig", "moderate"),
    Text("insuffisant", "ondermaats", "poor"),
    Text("assez mauvais", "vrij slecht", "very poor"),
    Text("mauvais", "slecht", "bad"),
    Text("très mauvais", "zeer slecht", "very bad"),
    Text("exécrable", "uitermate slecht", "horrible"),
)
BELAQI_COLOURS = ("#0000FF", "#0099FF", "#009900", "#00FF00", "#FFFF00", "#FFBB00", "#FF6600", "#FF0000", "#CC0000", "#990099")
EAQI_NAMES = (
    Text("bon", "goed", "good"),
    Text("moyen", "redelijk", "fair"),
    Text("dégradé", "matig", "moderate"),
    Text("mauvais", "slecht", "poor"),
    Text("très mauvais", "zeer slecht", "very poor"),
    Text("extrêmement mauvais", "extreem slecht", "extremely poor"),
)
POLLUTANTS = {"pm25": "PM2.5", "pm10": "PM10", "no2": "NO₂", "o3": "O₃", "so2": "SO₂"}
THRESHOLDS = {"no2": (150, 200), "o3": (180, 240), "so2": (275, 350), "pm10_day": (90, 90), "pm25_day": (50, 50)}
"""Information and alert thresholds, Directive (EU) 2024/2881, annex I, section 4: hourly means, daily ones for particles."""


class Index(NamedTuple):
    """An index: its class, counted from 1, and the pollutant that decides it."""

    number: int
    pollutant: str


def sub_index(bounds: Sequence[float], value: float) -> int:
    """Return the class of one concentration, counted from 1; a value on a bound belongs to the class below it."""
    return bisect_left(bounds, value) + 1


def index(values: Mapping[str, float], scale: Bounds) -> Index | None:
    """Return the worst sub-index of the pollutants that a scale knows, None when it knows none of them."""
    return max((Index(sub_index(scale[key], value), key) for key, value in values.items() if key in scale), default=None)


def status(number: int) -> Status:
    """Return how a BelAQI class is shown: up to 4 good, up to 6 to watch, above that to act on."""
    return "good" if number <= 4 else "watch" if number <= 6 else "act"


def classes(bounds: Sequence[float]) -> tuple[Class, ...]:
    """Return the map classes of one pollutant on a BelAQI scale, with its official names and colours."""
    named = zip((*bounds, inf), BELAQI_NAMES, BELAQI_COLOURS, strict=True)
    return tuple(Class(upto, name, status(place), colour) for place, (upto, name, colour) in enumerate(named, 1))


def over_threshold(reading: str) -> Callable[[float], Text | None]:
    """Return the check of the law's thresholds for one reading."""
    information, alarm = THRESHOLDS[reading]

    def check(value: float) -> Text | None:
        bound = alarm if value > alarm else information
        if value <= bound:
            return None
        kind = Text("d’alerte", "alarm", "alert") if value > alarm else Text("d’information", "informatie", "information")
        return Text(
            f"Le seuil {kind.fr} de {bound} µg/m³ est dépassé.",
            f"De {kind.nl}drempel van {bound} µg/m³ is overschreden.",
            f"The {kind.en} threshold of {bound} µg/m³ is exceeded.",
        )

    return check


def in_city(series: Sequence[Series]) -> Sequence[Series]:
    """Return the series inside the city's territory, all of them when none is."""
    return [each for each in series if each.area] or series


def highest_mean(series: Sequence[Series], least: int = 270) -> float | None:
    """Return the mean of the station with the highest mean, in µg/m³, among those with enough values (270 days: three quarters of a year)."""
    return max((sum(each.values) / len(each.values) for each in in_city(series) if len(each.values) >= least), default=None)


def most_days_above(bound: float) -> Callable[[Sequence[Series]], float | None]:
    """Return a count of the days above a bound, at the station that has most of them."""

    def count(series: Sequence[Series]) -> float | None:
        return max((float(sum(value > bound for value in each.values)) for each in in_city(series) if len(each.values) >= 270), default=None)

    return count


class _Station(NamedTuple):
    asset: str
    name: Text
    belaqi: Index
    european: Index | None
    value: float
    time: datetime
    daily: bool


def _stations(series: Mapping[str, Sequence[Series]]) -> list[_Station]:
    latest: dict[str, dict[str, Series]] = {}
    for each in in_city([each for group in series.values() for each in group if each.times]):
        latest.setdefault(each.asset, {})[each.reading] = each
    found = []
    for asset, readings in latest.items():
        key, newest = max(((key, each.times[-1]) for key, each in readings.items()), key=lambda each: each[1])
        daily = all(key.endswith("_day") for key, each in readings.items() if each.times[-1] == newest)
        values = {
            key.removesuffix("_day"): each.values[-1]
            for key, each in readings.items()
            if key.endswith("_day") == daily and newest - each.times[-1] <= timedelta(hours=1)
        }
        if verdict := index(values, BELAQI_DAILY if daily else BELAQI_HOURLY):
            european = None if daily else index(values, EAQI)
            found.append(_Station(asset, readings[key].name, verdict, european, values[verdict.pollutant], newest, daily))
    newest = max((station.time for station in found), default=datetime.min.replace(tzinfo=UTC))
    current = [station for station in found if newest - station.time < timedelta(hours=24)]
    return sorted(current, key=lambda station: (-station.belaqi.number, station.name.en))


def answer(series: Mapping[str, Sequence[Series]], now: datetime | None = None) -> Answer:
    """Say the BelAQI of the worst station in the city, at the moment of its data, and list the others below it."""
    stations = _stations(series)
    if not stations:
        return Answer(
            Text("Aucune station n’a encore mesuré l’air.", "Nog geen enkel station heeft de lucht gemeten.", "No station has measured the air yet.")
        )
    worst = stations[0]
    name = BELAQI_NAMES[worst.belaqi.number - 1]
    when = say_day(worst.time) if worst.daily else say_moment(worst.time)
    place = worst.name
    if (now or datetime.now(UTC)) - worst.time < timedelta(hours=30 if worst.daily else 6):
        sentence = Text(
            f"L’indice de l’air est {name.fr} à {place.fr} ({when.fr}).",
            f"De lucht is {name.nl} in {place.nl} ({when.nl}).",
            f"The air is {name.en} in {place.en} ({when.en}).",
        )
    else:
        sentence = Text(
            f"Le {when.fr}, l’indice de l’air était {name.fr} à {place.fr}.",
            f"Op {when.nl} was de lucht {name.nl} in {place.nl}.",
            f"On {when.en} the air was {name.en} in {place.en}.",
        )
    return Answer(sentence, status(worst.belaqi.number), tuple(_row(station) for station in stations[:20]))


def _row(station: _Station) -> AnswerRow:
    number, pollutant = station.belaqi
    name, substance = BELAQI_NAMES[number - 1], POLLUTANTS[pollutant]
    note = Text(
        f"{name.fr} : BelAQI {number} sur 10, à cause de {substance.replace('.', ',')}",
        f"{name.nl}: BelAQI {number} op 10, door {substance.replace('.', ',')}",
        f"{name.en}: BelAQI {number} of 10, because of {substance}",
    )
    if station.european:
        european = EAQI_NAMES[station.european.number - 1]
        note = Text(
            f"{note.fr} ; indice européen : {european.fr}", f"{note.nl}; Europese index: {european.nl}", f"{note.en}; European index: {european.en}"
        )
    return AnswerRow(station.asset, station.name, station.value, "ug/m3", note, status(number))
