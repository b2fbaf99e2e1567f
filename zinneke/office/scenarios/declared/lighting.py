"""Dimming the public lighting at night: kilowatt-hours, euros and carbon dioxide, from the hours between sunset and sunrise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from zinneke.kernel.text import Text
from zinneke.office.scenarios.declared import sun
from zinneke.office.scenarios.declaring import Assumption, Axis, Draws, Faults, Floats, Input, Model, Outcome, Output, Preset, Rows, Values

ZONE = "Europe/Brussels"
MONTHS = (
    Text("janvier", "januari", "January"),
    Text("février", "februari", "February"),
    Text("mars", "maart", "March"),
    Text("avril", "april", "April"),
    Text("mai", "mei", "May"),
    Text("juin", "juni", "June"),
    Text("juillet", "juli", "July"),
    Text("août", "augustus", "August"),
    Text("septembre", "september", "September"),
    Text("octobre", "oktober", "October"),
    Text("novembre", "november", "November"),
    Text("décembre", "december", "December"),
)
DIMMING = Text("Les heures de réduction", "De uren waarin gedimd wordt", "Dimming hours")
LAMPS = Text("Les lampes", "De lampen", "The lamps")
PLACE = Text("Le lieu et le courant", "De plaats en de stroom", "The place and the current")
OURS = Text(
    "Ordre de grandeur écrit par nous, à remplacer par l’inventaire du gestionnaire",
    "Grootteorde door ons neergeschreven, te vervangen door de inventaris van de beheerder",
    "Order of magnitude written by us, to be replaced by the operator’s inventory",
)


@cache
def _clocks() -> Floats:
    return sun.clock_shift(ZONE)


def burning(latitude: float, longitude: float, early: Floats, late: Floats) -> Floats:
    """Return the hours that lamps burn by draw, month and clock hour (draws × 12 × 24).

    They are lit from `early` minutes after sunset until `late` minutes before sunrise.
    Each day counts from local noon to noon, so that a night belongs to the day on which it begins.
    """
    rise, fall = sun.sun_times(latitude, longitude)
    shift = _clocks()
    month = np.zeros((sun.DAYS, 12))
    month[np.arange(sun.DAYS), sun.month_of_day()] = 1
    start = (fall + shift)[None, :] + early[:, None] / 60
    end = (np.roll(rise, -1) + shift)[None, :] + 24 - late[:, None] / 60
    found = np.empty((len(early), 12, 24))
    for hour in range(24):
        begin = hour if hour >= 12 else hour + 24
        lit = np.clip(np.minimum(end, begin + 1) - np.maximum(start, begin), 0, 1)
        found[:, :, hour] = lit @ month
    return found


def dimmed(begin: Floats, end: Floats) -> Floats:
    """Return for each draw which share of each clock hour lies between two clock times (draws × 24), also across midnight; "
    "nothing when they are equal."""
    hours = np.arange(24)[None, :]
    length = np.where(end - begin == 24, 24.0, np.mod(end - begin, 24))[:, None]
    offset = np.mod(hours - begin[:, None], 24)
    inside = np.clip(length - offset, 0, 1)
    wrapped = np.clip(offset + 1 - 24, 0, 1)
    return np.clip(inside + np.minimum(wrapped, length), 0, 1)


def compute(draws: Draws, rows: Rows) -> Mapping[str, Outcome]:
    """Return energy, cost and carbon dioxide by month. Power of a dimmed lamp: a fixed loss of the driver, the rest in proportion to the light."""
    lit = burning(float(draws["latitude"][0]), float(draws["longitude"][0]), draws["twilight"], draws["twilight"])
    evening = dimmed(draws["dim_from"], draws["dim_until"])
    deep = dimmed(draws["deep_from"], draws["deep_until"])
    standby = draws["loss"][:, None] / 100
    levels = [100 - share * (100 - draws[key][:, None]) for share, key in ((evening, "dim_level"), (deep, "deep_level"))]
    level = np.minimum(*levels) / 100
    power = standby + (1 - standby) * level
    led = draws["lamps"] * draws["led"] / 100
    able = led * draws["dimmable"] / 100
    watts_able = able * draws["watts_led"]
    watts_fixed = (led - able) * draws["watts_led"] + (draws["lamps"] - led) * draws["watts_old"]
    hours = lit.sum(axis=2)
    kwh = (watts_able[:, None] * np.einsum("dmh,dh->dm", lit, power) + watts_fixed[:, None] * hours) / 1000
    light = np.einsum("dmh,dh->dm", lit, np.broadcast_to(level, evening.shape)) / np.maximum(hours, 1e-9) * 100
    return {
        "energy": Outcome(kwh / 1000, kwh.sum(axis=1) / 1000),
        "cost": Outcome(kwh * draws["price"][:, None] / 1000, kwh.sum(axis=1) * draws["price"] / 1000),
        "co2": Outcome(kwh * draws["grid"][:, None] / 1000, kwh.sum(axis=1) * draws["grid"] / 1000),
        "hours": Outcome(hours, hours.sum(axis=1)),
        "light": Outcome(light, (light * hours).sum(axis=1) / np.maximum(hours.sum(axis=1), 1e-9)),
    }


def check(values: Values, rows: Rows) -> Faults:
    """Refuse a deeper dimming that is lighter than the first."""
    if values["deep_level"] > values["dim_level"] and values["deep_from"] != values["deep_until"]:
        return {
            "deep_level": Text(
                "La seconde réduction doit être au moins aussi forte que la première.",
                "De tweede dimstap moet minstens even sterk zijn als de eerste.",
                "The deeper dimming must be at least as strong as the first.",
            )
        }
    return {}


def _hour(key: str, name: Text, default: float) -> Input:
    return Input(key=key, name=name, unit="h", default=default, low=0, high=24, group=DIMMING, lever=True)


MODEL = Model(
    key="street-lighting",
    version="1.0",
    icon="lamp",
    domain="environment",
    name=Text("Éclairage public réduit la nuit", "Openbare verlichting dimmen ’s nachts", "Dimming street lighting at night"),
    question=Text(
        "Que gagne-t-on à réduire l’éclairage public à certaines heures ?",
        "Wat winnen we als we de openbare verlichting op bepaalde uren dimmen?",
        "What is gained by dimming the street lights at certain hours?",
    ),
    how=Text(
        "Pour chaque jour de l’année, les heures entre le coucher et le lever du soleil sont calculées pour la latitude choisie. Les "
        "lampes brûlent pendant ces heures ; celles qui peuvent être réduites consomment moins pendant les heures choisies. L’énergie "
        "est multipliée par le prix et par les émissions du réseau.",
        "Voor elke dag van het jaar worden de uren tussen zonsondergang en zonsopgang berekend op de gekozen breedtegraad. Tijdens "
        "die uren branden de lampen; de dimbare lampen verbruiken minder tijdens de gekozen uren. De energie wordt vermenigvuldigd "
        "met de prijs en met de uitstoot van het net.",
        "For each day of the year the hours between sunset and sunrise are computed for the latitude. Lamps burn during these hours; "
        "those that can be dimmed use less during the hours that you choose. Energy is multiplied by the price and by the emissions "
        "of the grid.",
    ),
    blind=(
        Text(
            "Le sentiment de sécurité, la criminalité et les accidents : le modèle compte de l’énergie, pas ce que vivent les gens.",
            "Het veiligheidsgevoel, criminaliteit en ongevallen: het model telt energie, niet wat mensen ervaren.",
            "How safe people feel, crime and accidents: the model counts energy, not what people live through.",
        ),
        Text(
            "La faune nocturne et le ciel étoilé, qui y gagnent aussi.",
            "Nachtdieren en de sterrenhemel, die er ook bij winnen.",
            "Animals of the night and the starry sky, which gain too.",
        ),
        Text(
            "Le coût des pilotes et de la télégestion, ni celui des lampes remplacées.",
            "De kosten van drivers en telebeheer, en van vervangen lampen.",
            "The cost of drivers, remote control and replaced lamps.",
        ),
    ),
    axis=Axis("month", Text("Mois", "Maand", "Month"), lambda values: MONTHS),
    whole=Text("par an", "per jaar", "a year"),
    inputs=(
        _hour("dim_from", Text("Réduire à partir de", "Dimmen vanaf", "Dim from"), 0),
        _hour("dim_until", Text("Réduire jusqu’à", "Dimmen tot", "Dim until"), 0),
        Input(
            key="dim_level",
            name=Text("Lumière restante", "Overblijvend licht", "Light that remains"),
            unit="%",
            default=100,
            low=0,
            high=100,
            group=DIMMING,
            lever=True,
        ),
        _hour("deep_from", Text("Réduire davantage à partir de", "Sterker dimmen vanaf", "Dim further from"), 0),
        _hour("deep_until", Text("Réduire davantage jusqu’à", "Sterker dimmen tot", "Dim further until"), 0),
        Input(
            key="deep_level",
            name=Text(
                "Lumière restante aux heures les plus calmes", "Overblijvend licht op de stilste uren", "Light that remains in the quietest hours"
            ),
            unit="%",
            default=100,
            low=0,
            high=100,
            group=DIMMING,
            lever=True,
        ),
        Input(
            key="led",
            name=Text("Part des lampes LED", "Aandeel ledlampen", "Share of LED lamps"),
            unit="%",
            default=45,
            low=0,
            high=100,
            group=LAMPS,
            lever=True,
            source=OURS,
        ),
        Input(
            key="lamps",
            name=Text("Nombre de lampes", "Aantal lampen", "Number of lamps"),
            unit="1",
            default=83_000,
            low=0,
            high=5_000_000,
            group=LAMPS,
            whole=True,
            source=OURS,
            countable=True,
        ),
        Input(
            key="dimmable",
            name=Text("Part des LED que l’on peut réduire", "Aandeel leds dat gedimd kan worden", "Share of LEDs that can be dimmed"),
            unit="%",
            default=85,
            low=0,
            high=100,
            group=LAMPS,
            spread=(0.75, 1.15),
            source=OURS,
        ),
        Input(
            key="watts_led",
            name=Text("Puissance moyenne d’une LED", "Gemiddeld vermogen van een led", "Mean power of an LED lamp"),
            unit="W",
            default=48,
            low=1,
            high=1000,
            group=LAMPS,
            spread=(0.8, 1.25),
            source=OURS,
        ),
        Input(
            key="watts_old",
            name=Text("Puissance moyenne des autres lampes", "Gemiddeld vermogen van andere lampen", "Mean power of other lamps"),
            unit="W",
            default=110,
            low=1,
            high=2000,
            group=LAMPS,
            spread=(0.85, 1.15),
            source=OURS,
        ),
        Input(
            key="loss",
            name=Text("Consommation fixe du pilote", "Vast verbruik van de driver", "Fixed use of the driver"),
            unit="%",
            default=8,
            low=0,
            high=50,
            group=LAMPS,
            spread=(0.5, 1.75),
            about=Text(
                "Ce qu’une LED consomme encore quand elle n’éclaire plus, en part de sa puissance.",
                "Wat een led nog verbruikt als ze geen licht geeft, als deel van haar vermogen.",
                "What an LED lamp still uses when it gives no light, as a share of its power.",
            ),
            source=OURS,
        ),
        Input(
            key="twilight",
            name=Text("Crépuscule sans lampes", "Schemering zonder lampen", "Twilight without lamps"),
            unit="min",
            default=15,
            low=-60,
            high=60,
            group=PLACE,
            spread=(0.5, 1.5),
            about=Text(
                "Minutes après le coucher et avant le lever du soleil pendant lesquelles les lampes sont éteintes.",
                "Minuten na zonsondergang en voor zonsopgang waarin de lampen uit zijn.",
                "Minutes after sunset and before sunrise during which the lamps are off.",
            ),
            source=OURS,
        ),
        Input(
            key="latitude",
            name=Text("Latitude", "Breedtegraad", "Latitude"),
            unit="deg",
            default=50.85,
            low=-66,
            high=66,
            group=PLACE,
            source=Text("Centre de Bruxelles", "Centrum van Brussel", "Centre of Brussels"),
        ),
        Input(
            key="longitude",
            name=Text("Longitude", "Lengtegraad", "Longitude"),
            unit="deg",
            default=4.35,
            low=-30,
            high=40,
            group=PLACE,
            source=Text("Centre de Bruxelles", "Centrum van Brussel", "Centre of Brussels"),
        ),
        Input(
            key="price",
            name=Text("Prix de l’électricité", "Prijs van elektriciteit", "Price of electricity"),
            unit="EUR/kWh",
            default=0.20,
            low=0,
            high=5,
            group=PLACE,
            spread=(0.7, 1.4),
            source=OURS,
        ),
        Input(
            key="grid",
            name=Text("Émissions du réseau", "Uitstoot van het net", "Emissions of the grid"),
            unit="kg/kWh",
            default=0.15,
            low=0,
            high=2,
            group=PLACE,
            spread=(0.75, 1.4),
            source=Text(
                "Ordre de grandeur du mix belge de ces dernières années (Agence européenne pour l’environnement)",
                "Grootteorde van de Belgische mix van de laatste jaren (Europees Milieuagentschap)",
                "Order of magnitude of the Belgian mix in recent years (European Environment Agency)",
            ),
        ),
    ),
    outputs=(
        Output(key="energy", name=Text("Électricité", "Elektriciteit", "Electricity"), unit="MWh"),
        Output(key="cost", name=Text("Facture", "Factuur", "Bill"), unit="kEUR"),
        Output(key="co2", name=Text("CO₂", "CO₂", "CO₂"), unit="t"),
        Output(key="hours", name=Text("Heures d’allumage", "Branduren", "Burning hours"), unit="h", better="neither"),
        Output(
            key="light",
            name=Text("Lumière moyenne d’une lampe réductible", "Gemiddeld licht van een dimbare lamp", "Mean light of a lamp that can be dimmed"),
            unit="%",
            better="neither",
            decimals=1,
            whole=Text("en moyenne", "gemiddeld", "on average"),
        ),
    ),
    assumptions=(
        Assumption(
            Text(
                "Le soleil se lève et se couche aux heures des formules de Spencer, à 90,833° du zénith ; nous les avons vérifiées à "
                "Bruxelles à trois minutes près.",
                "De zon gaat op en onder volgens de formules van Spencer, op 90,833° van het zenit; wij hebben ze voor Brussel nagekeken tot "
                "op drie minuten.",
                "The sun rises and sets by Spencer’s formulas, at 90.833° from the zenith; we checked them for Brussels to within three minutes.",
            ),
            Text(
                "J. W. Spencer 1971; NOAA Solar Calculator", "J. W. Spencer 1971; NOAA Solar Calculator", "J. W. Spencer 1971; NOAA Solar Calculator"
            ),
        ),
        Assumption(
            Text(
                "Une LED réduite consomme en proportion de sa lumière, plus une part fixe.",
                "Een gedimde led verbruikt in verhouding tot haar licht, plus een vast deel.",
                "A dimmed LED uses power in proportion to its light, plus a fixed part.",
            ),
            OURS,
        ),
        Assumption(
            Text(
                "Les lampes anciennes ne sont pas réduites, et toutes brûlent aux mêmes heures.",
                "Oude lampen worden niet gedimd, en alle lampen branden op dezelfde uren.",
                "Older lamps are not dimmed, and all burn during the same hours.",
            ),
            OURS,
        ),
    ),
    compute=compute,
    check=check,
    presets=(
        Preset(
            key="half",
            name=Text("La moitié de minuit à 5 heures", "De helft van middernacht tot 5 uur", "Half the light from midnight to 5"),
            about=Text("Réduire de moitié aux heures les plus calmes.", "Halveren op de stilste uren.", "Half the light in the quietest hours."),
            values={"dim_from": 0, "dim_until": 5, "dim_level": 50},
        ),
        Preset(
            key="two-steps",
            name=Text("Deux paliers, de 22 h à 6 h", "Twee stappen, van 22 tot 6 uur", "Two steps, from 22:00 to 6:00"),
            about=Text(
                "70 % de 22 h à 6 h, 40 % de minuit à 5 h.",
                "70% van 22 tot 6 uur, 40% van middernacht tot 5 uur.",
                "70% from 22:00 to 6:00, 40% from midnight to 5:00.",
            ),
            values={"dim_from": 22, "dim_until": 6, "dim_level": 70, "deep_from": 0, "deep_until": 5, "deep_level": 40},
        ),
        Preset(
            key="all-led",
            name=Text("Tout en LED, sans réduction", "Alles in led, zonder dimmen", "All LED, no dimming"),
            about=Text(
                "Remplacer toutes les lampes, sans changer les heures.",
                "Alle lampen vervangen, zonder de uren te wijzigen.",
                "Replace every lamp and leave the hours alone.",
            ),
            values={"led": 100},
        ),
    ),
)
