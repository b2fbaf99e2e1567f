"""A programme of traffic lights at a crossing: who waits how long, in cars, in buses and on foot."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zinneke.kernel.text import Text, same
from zinneke.office.scenarios.declared import signals
from zinneke.office.scenarios.declaring import Assumption, Axis, Draws, Engine, Faults, Input, Model, Outcome, Output, Preset, Rows, Values

PROFILE = np.array(
    [14, 9, 7, 7, 10, 22, 48, 86, 100, 78, 66, 65, 67, 67, 68, 74, 88, 97, 92, 72, 52, 40, 31, 22],
    dtype=float,
)
"""Traffic by hour as a share of the busiest, per cent: the shape of a working day in a large city, written by us."""
LEAST_GREEN = 8.0
PROGRAMME = Text("Le programme", "Het programma", "The programme")
TRAFFIC = Text("Les véhicules", "De voertuigen", "The vehicles")
WALKERS = Text("Les personnes", "De mensen", "The people")
OURS = Text("Carrefour imaginé par nous : un exemple", "Kruispunt door ons bedacht: een voorbeeld", "Crossing invented by us: an example")
HCM = Text("Highway Capacity Manual 2000", "Highway Capacity Manual 2000", "Highway Capacity Manual 2000")


def side_green(values: Mapping[str, object]) -> object:
    """Return the seconds of green that are left for the side street: the cycle less twice the change of lights less the main green."""
    return values["cycle"] - 2 * values["change"] - values["green_main"]  # type: ignore[operator]


def compute(draws: Draws, rows: Rows) -> Mapping[str, Outcome]:
    """Return waits by hour of the day, and over the day weighted by those who wait. Each hour begins without a queue."""
    cycle, main = draws["cycle"], draws["green_main"]
    side = np.maximum(np.asarray(side_green(draws)), 1.0)
    share = PROFILE[None, :] / 100
    found = {}
    for name, green in (("main", main), ("side", side)):
        flow = draws[f"flow_{name}"][:, None] * share
        part = (green / cycle)[:, None]
        capacity = draws["saturation"][:, None] * part
        degree = flow / capacity
        found[name] = flow, signals.control_delay(cycle[:, None], part, capacity, degree), degree
    lanes_main, lanes_side = draws["lanes_main"][:, None], draws["lanes_side"][:, None]
    cars_main, cars_side = found["main"][0] * lanes_main, found["side"][0] * lanes_side
    bus = draws["buses"][:, None] * np.minimum(share * 1.4, 1.0)
    afoot = draws["walkers"][:, None] * share
    walk = np.broadcast_to(signals.walking_delay(cycle, side)[:, None], afoot.shape)
    waited = (
        (cars_main * found["main"][1] + cars_side * found["side"][1]) * draws["riders"][:, None]
        + bus * draws["seats"][:, None] * found["main"][1]
        + afoot * walk
    ) / 3600
    worst = np.maximum(found["main"][2], found["side"][2]) * 100
    return {
        "waited": Outcome(waited, waited.sum(axis=1)),
        "delay_main": Outcome(found["main"][1], _mean(found["main"][1], cars_main)),
        "delay_side": Outcome(found["side"][1], _mean(found["side"][1], cars_side)),
        "delay_walk": Outcome(np.array(walk), _mean(walk, afoot)),
        "load": Outcome(worst, worst.max(axis=1)),
    }


def _mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    mean: np.ndarray = (values * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
    return mean


def check(values: Values, rows: Rows) -> Faults:
    """Refuse a programme that leaves the side street, or those who cross the main street meanwhile, too little time."""
    left = float(str(side_green(values)))
    needed = max(LEAST_GREEN, values["width"] / values["pace"])
    if left < needed:
        return {
            "green_main": Text(
                f"Il reste {left:.0f} s de vert pour la rue latérale ; il en faut {needed:.0f} pour traverser à pied. "
                f"Allongez le cycle ou raccourcissez ce vert.",
                f"Er blijft {left:.0f} s groen voor de zijstraat; om te voet over te steken "
                f"zijn {needed:.0f} s nodig. Verleng de cyclus of verkort dit groen.",
                f"{left:.0f} s of green are left for the side street; crossing on foot takes {needed:.0f}. Lengthen the cycle or shorten this green.",
            )
        }
    return {}


def _traffic(key: str, name: Text, unit: str, default: float, high: float, spread: tuple[float, float] | None, low: float = 0) -> Input:
    return Input(key=key, name=name, unit=unit, default=default, low=low, high=high, group=TRAFFIC, spread=spread, source=OURS, whole=spread is None)


MODEL = Model(
    key="traffic-light",
    version="1.0",
    icon="traffic-cone",
    domain="mobility",
    name=Text("Programme de feux à un carrefour", "Lichtenregeling op een kruispunt", "Traffic-light programme at a crossing"),
    question=Text(
        "Qui attend moins, et qui attend plus, si l’on change le cycle et les verts ?",
        "Wie wacht minder en wie wacht langer als we de cyclus en het groen wijzigen?",
        "Who waits less, and who waits more, if the cycle and the greens change?",
    ),
    how=Text(
        "Le retard moyen est calculé heure par heure avec la formule du Highway Capacity Manual, qui prolonge celle de Webster "
        "au-delà de la capacité. Les piétons qui traversent la grande rue marchent pendant le vert de la rue latérale. On additionne "
        "ce qu’attendent toutes les personnes, en voiture, en bus et à pied.",
        "De gemiddelde wachttijd wordt per uur berekend met de formule van de Highway Capacity Manual, die Webster voortzet boven de "
        "capaciteit. Voetgangers steken de hoofdstraat over tijdens het groen van de zijstraat. We tellen op wat alle mensen wachten, "
        "in de wagen, in de bus en te voet.",
        "The mean delay is computed hour by hour with the formula of the Highway Capacity Manual, which carries Webster’s on above "
        "capacity. Pedestrians cross the main street during the green of the side street. What all people wait is added up, in cars, "
        "in buses and on foot.",
    ),
    blind=(
        Text("Les carrefours voisins et l’onde verte.", "De naburige kruispunten en de groene golf.", "Neighbouring crossings and the green wave."),
        Text(
            "Les files qui restent d’une heure à l’autre, ni celles qui bloquent un carrefour.",
            "Files die van uur tot uur blijven staan, of een kruispunt blokkeren.",
            "Queues that last from one hour to the next, or block a crossing.",
        ),
        Text(
            "Les cyclistes, les tourne-à-gauche, et les feux qui réagissent au trafic.",
            "Fietsers, links afslaan, en verkeerslichten die op het verkeer reageren.",
            "Cyclists, left turns, and lights that react to traffic.",
        ),
    ),
    axis=Axis("hour", Text("Heure", "Uur", "Hour"), lambda values: tuple(same(str(hour)) for hour in range(24))),
    whole=Text("par jour", "per dag", "a day"),
    inputs=(
        Input(
            key="cycle",
            name=Text("Durée du cycle", "Duur van de cyclus", "Length of the cycle"),
            unit="s",
            default=90,
            low=30,
            high=180,
            group=PROGRAMME,
            lever=True,
        ),
        Input(
            key="green_main",
            name=Text("Vert de la grande rue", "Groen van de hoofdstraat", "Green of the main street"),
            unit="s",
            default=56,
            low=8,
            high=160,
            group=PROGRAMME,
            lever=True,
        ),
        Input(
            key="change",
            name=Text("Temps perdu à chaque changement", "Verloren tijd bij elke wissel", "Time lost at each change"),
            unit="s",
            default=5,
            low=2,
            high=15,
            group=PROGRAMME,
            source=HCM,
        ),
        _traffic(
            "flow_main",
            Text(
                "Véhicules par file, grande rue, à la pointe",
                "Voertuigen per rijstrook, hoofdstraat, in de spits",
                "Vehicles a lane, main street, at the peak",
            ),
            "/h",
            720,
            2500,
            (0.85, 1.15),
        ),
        _traffic(
            "flow_side",
            Text(
                "Véhicules par file, rue latérale, à la pointe",
                "Voertuigen per rijstrook, zijstraat, in de spits",
                "Vehicles a lane, side street, at the peak",
            ),
            "/h",
            300,
            2500,
            (0.85, 1.15),
        ),
        _traffic(
            "lanes_main",
            Text("Files de la grande rue, deux sens", "Rijstroken van de hoofdstraat, twee richtingen", "Lanes of the main street, both ways"),
            "1",
            2,
            8,
            None,
            1,
        ),
        _traffic(
            "lanes_side",
            Text("Files de la rue latérale, deux sens", "Rijstroken van de zijstraat, twee richtingen", "Lanes of the side street, both ways"),
            "1",
            2,
            8,
            None,
            1,
        ),
        Input(
            key="saturation",
            name=Text("Débit au vert", "Afrijcapaciteit bij groen", "Flow while green"),
            unit="/h",
            default=1800,
            low=600,
            high=2400,
            group=TRAFFIC,
            spread=(0.9, 1.06),
            about=Text(
                "Véhicules par heure de vert et par file.", "Voertuigen per uur groen en per rijstrook.", "Vehicles per hour of green and lane."
            ),
            source=HCM,
        ),
        Input(
            key="riders",
            name=Text("Personnes par voiture", "Mensen per wagen", "People in a car"),
            unit="1",
            default=1.3,
            low=1,
            high=8,
            group=WALKERS,
            spread=(0.9, 1.15),
            source=OURS,
        ),
        Input(
            key="buses",
            name=Text("Bus par heure, grande rue", "Bussen per uur, hoofdstraat", "Buses an hour, main street"),
            unit="/h",
            default=16,
            low=0,
            high=200,
            group=WALKERS,
            source=OURS,
        ),
        Input(
            key="seats",
            name=Text("Personnes par bus", "Mensen per bus", "People in a bus"),
            unit="1",
            default=30,
            low=0,
            high=200,
            group=WALKERS,
            spread=(0.5, 1.6),
            source=OURS,
        ),
        Input(
            key="walkers",
            name=Text(
                "Piétons qui traversent la grande rue, à la pointe",
                "Voetgangers die de hoofdstraat oversteken, in de spits",
                "Pedestrians who cross the main street, at the peak",
            ),
            unit="/h",
            default=500,
            low=0,
            high=20000,
            group=WALKERS,
            spread=(0.6, 1.5),
            source=OURS,
        ),
        Input(
            key="width",
            name=Text("Largeur de la grande rue", "Breedte van de hoofdstraat", "Width of the main street"),
            unit="m",
            default=14,
            low=3,
            high=60,
            group=WALKERS,
            source=OURS,
        ),
        Input(
            key="pace",
            name=Text("Pas d’un piéton lent", "Tempo van een trage voetganger", "Pace of a slow pedestrian"),
            unit="m/s",
            default=0.9,
            low=0.3,
            high=2,
            group=WALKERS,
            source=HCM,
        ),
    ),
    outputs=(
        Output(key="waited", name=Text("Temps attendu par tous", "Wachttijd van iedereen samen", "Time waited by all"), unit="h", decimals=1),
        Output(
            key="delay_main",
            name=Text("Attente dans la grande rue", "Wachttijd in de hoofdstraat", "Wait in the main street"),
            unit="s",
            decimals=1,
            whole=Text("par véhicule, en moyenne", "per voertuig, gemiddeld", "a vehicle, on average"),
        ),
        Output(
            key="delay_side",
            name=Text("Attente dans la rue latérale", "Wachttijd in de zijstraat", "Wait in the side street"),
            unit="s",
            decimals=1,
            whole=Text("par véhicule, en moyenne", "per voertuig, gemiddeld", "a vehicle, on average"),
        ),
        Output(
            key="delay_walk",
            name=Text("Attente des piétons", "Wachttijd van voetgangers", "Wait of pedestrians"),
            unit="s",
            decimals=1,
            whole=Text("par personne, en moyenne", "per persoon, gemiddeld", "a person, on average"),
        ),
        Output(
            key="load",
            name=Text("Charge du carrefour", "Belasting van het kruispunt", "Load of the crossing"),
            unit="%",
            decimals=0,
            whole=Text("à l’heure la plus chargée", "in het drukste uur", "in the busiest hour"),
        ),
    ),
    assumptions=(
        Assumption(
            Text(
                "Les véhicules arrivent au hasard, et chaque heure commence sans file.",
                "Voertuigen komen willekeurig aan, en elk uur begint zonder file.",
                "Vehicles arrive at random, and each hour begins without a queue.",
            ),
            Text(
                "F. V. Webster 1958 ; Highway Capacity Manual 2000, chapitre 16",
                "F. V. Webster 1958; Highway Capacity Manual 2000, hoofdstuk 16",
                "F. V. Webster 1958; Highway Capacity Manual 2000, chapter 16",
            ),
        ),
        Assumption(
            Text(
                "Le trafic du jour suit une courbe écrite par nous, avec deux pointes.",
                "Het verkeer van de dag volgt een curve door ons neergeschreven, met twee spitsen.",
                "The traffic of the day follows a curve written by us, with two peaks.",
            ),
            OURS,
        ),
        Assumption(
            Text(
                "Une seconde d’attente compte autant pour chacun.",
                "Een seconde wachten telt voor iedereen evenveel.",
                "A second of waiting counts the same for everybody.",
            ),
            OURS,
        ),
    ),
    compute=compute,
    check=check,
    presets=(
        Preset(
            key="shorter",
            name=Text("Un cycle plus court", "Een kortere cyclus", "A shorter cycle"),
            about=Text(
                "60 secondes, dont 32 pour la grande rue : les piétons attendent moins.",
                "60 seconden, waarvan 32 voor de hoofdstraat: voetgangers wachten minder.",
                "60 seconds, 32 of them for the main street: pedestrians wait less.",
            ),
            values={"cycle": 60, "green_main": 32},
        ),
        Preset(
            key="longer",
            name=Text("Un cycle plus long", "Een langere cyclus", "A longer cycle"),
            about=Text(
                "120 secondes, dont 80 pour la grande rue.",
                "120 seconden, waarvan 80 voor de hoofdstraat.",
                "120 seconds, 80 of them for the main street.",
            ),
            values={"cycle": 120, "green_main": 80},
        ),
    ),
    engines=(
        Engine(
            key="sumo",
            name=Text("SUMO, véhicule par véhicule", "SUMO, voertuig per voertuig", "SUMO, vehicle by vehicle"),
            about=Text(
                "Une simulation microscopique de l’heure de pointe à ce carrefour, répétée avec plusieurs graines.",
                "Een microscopische simulatie van het spitsuur op dit kruispunt, herhaald met verschillende kiemen.",
                "A microscopic simulation of the busiest hour at this crossing, repeated with several seeds.",
            ),
            function="zinneke.office.scenarios.sumo:traffic_light",
            needs="sumo",
            extra="simulation",
            outputs=("delay_main", "delay_side"),
            whole=Text("à l’heure de pointe", "in het spitsuur", "in the busiest hour"),
        ),
    ),
)
