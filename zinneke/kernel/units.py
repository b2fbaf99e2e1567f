"""Units of measure by their UCUM code, with the symbol people read and the range in which a value is plausible."""

from __future__ import annotations

from dataclasses import dataclass

from zinneke.kernel.text import Text, same


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its UCUM code (https://ucum.org), its symbol, its name, and decimals that are worth showing."""

    code: str
    symbol: str
    name: Text
    decimals: int = 1


UNITS: dict[str, Unit] = {
    unit.code: unit
    for unit in (
        Unit("1", "", Text("nombre", "aantal", "count"), 0),
        Unit("%", "%", Text("pour cent", "procent", "per cent"), 0),
        Unit("ug/m3", "µg/m³", Text("microgrammes par mètre cube", "microgram per kubieke meter", "micrograms per cubic metre"), 1),
        Unit("mg/m3", "mg/m³", Text("milligrammes par mètre cube", "milligram per kubieke meter", "milligrams per cubic metre"), 2),
        Unit("[ppm]", "ppm", Text("parties par million", "deeltjes per miljoen", "parts per million"), 0),
        Unit("Cel", "°C", Text("degrés Celsius", "graden Celsius", "degrees Celsius"), 1),
        Unit("hPa", "hPa", same("hectopascal"), 0),
        Unit("mm", "mm", Text("millimètres", "millimeter", "millimetres"), 1),
        Unit("m", "m", Text("mètres", "meter", "metres"), 1),
        Unit("km", "km", Text("kilomètres", "kilometer", "kilometres"), 1),
        Unit("m/s", "m/s", Text("mètres par seconde", "meter per seconde", "metres per second"), 1),
        Unit("km/h", "km/h", Text("kilomètres à l’heure", "kilometer per uur", "kilometres per hour"), 0),
        Unit("deg", "°", Text("degrés", "graden", "degrees"), 0),
        Unit("dB[SPL]", "dB(A)", Text("décibels pondérés A", "A-gewogen decibel", "A-weighted decibels"), 1),
        Unit("lx", "lx", same("lux"), 0),
        Unit("W/m2", "W/m²", Text("watts par mètre carré", "watt per vierkante meter", "watts per square metre"), 0),
        Unit("kW", "kW", same("kilowatt"), 1),
        Unit("kWh", "kWh", Text("kilowattheures", "kilowattuur", "kilowatt-hours"), 1),
        Unit("L", "l", Text("litres", "liter", "litres"), 0),
        Unit("kg", "kg", Text("kilogrammes", "kilogram", "kilograms"), 1),
        Unit("m3/h", "m³/h", Text("mètres cubes par heure", "kubieke meter per uur", "cubic metres per hour"), 2),
        Unit("km2", "km²", Text("kilomètres carrés", "vierkante kilometer", "square kilometres"), 2),
        Unit("/km2", "/km²", Text("par kilomètre carré", "per vierkante kilometer", "per square kilometre"), 0),
        Unit("10*-3", "/1 000", Text("pour 1 000 habitants", "per 1.000 inwoners", "per 1,000 inhabitants"), 1),
        Unit("10*-4", "/10 000", Text("pour 10 000 habitants", "per 10.000 inwoners", "per 10,000 inhabitants"), 1),
        Unit("{score}", "", Text("points", "punten", "points"), 2),
        Unit("m2", "m²", Text("mètres carrés", "vierkante meter", "square metres"), 0),
        Unit("d", "d", Text("jours", "dagen", "days"), 0),
        Unit("EUR", "€", same("euro"), 0),
        Unit("s", "s", Text("secondes", "seconden", "seconds"), 0),
        Unit("min", "min", Text("minutes", "minuten", "minutes"), 0),
        Unit("h", "h", Text("heures", "uren", "hours"), 1),
        Unit("W", "W", same("watt"), 0),
        Unit("MWh", "MWh", Text("mégawattheures", "megawattuur", "megawatt-hours"), 0),
        Unit("t", "t", Text("tonnes", "ton", "tonnes"), 0),
        Unit("kEUR", "k€", Text("milliers d’euros", "duizend euro", "thousands of euros"), 0),
        Unit("EUR/kWh", "€/kWh", Text("euros par kilowattheure", "euro per kilowattuur", "euros per kilowatt-hour"), 3),
        Unit("kg/kWh", "kg/kWh", Text("kilogrammes par kilowattheure", "kilogram per kilowattuur", "kilograms per kilowatt-hour"), 3),
        Unit("/h", "/h", Text("par heure", "per uur", "an hour"), 0),
        Unit("V", "V", same("volt"), 2),
    )
}


def unit(code: str) -> Unit:
    """Return a unit by its UCUM code; one that we do not know yet is shown by its code."""
    return UNITS.get(code) or Unit(code, code, same(code))
