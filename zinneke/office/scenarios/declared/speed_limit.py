"""A lower speed limit in a district: time lost, traffic through quiet streets, and people hurt."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zinneke.kernel.text import Text
from zinneke.office.scenarios.declared import assignment
from zinneke.office.scenarios.declaring import Assumption, Axis, Draws, Engine, Floats, Input, Model, Outcome, Output, Preset, Rows

PERIODS = (
    (Text("Matin (2 h)", "Ochtend (2 u)", "Morning (2 h)"), 2.0, 1.0),
    (Text("Journée (8 h)", "Overdag (8 u)", "Daytime (8 h)"), 8.0, 0.65),
    (Text("Soirée (3 h)", "Avond (3 u)", "Evening (3 h)"), 3.0, 0.95),
    (Text("Nuit (11 h)", "Nacht (11 u)", "Night (11 h)"), 11.0, 0.12),
)
"""A day in four parts: name, hours, and traffic as a share of the busiest hour."""
SIDE = 400.0
"""Metres of a block."""
_EDGES = ("ab", "bc", "cf", "fi", "ih", "hg", "gd", "da")
_INNER = ("be", "eh", "de", "ef")
LINKS: tuple[assignment.Link, ...] = tuple((each[0], each[1]) for pair in (*_EDGES, *_INNER) for each in (pair, pair[::-1]))
"""Nine crossings, a to i in three rows: main streets around, quiet streets through the middle (e)."""
MAIN = np.array([pair in _EDGES or pair[::-1] in _EDGES for pair in ("".join(link) for link in LINKS)])


def _ends(words: str) -> tuple[assignment.Link, ...]:
    return tuple((word[0], word[1]) for word in words.split())


TRIPS: tuple[tuple[assignment.Link, float], ...] = (
    *(((begin, end), 300.0) for begin, end in _ends("ai cg")),
    *(((begin, end), 330.0) for begin, end in _ends("bf fh hd db")),
    *((pair, 120.0) for pair in _ends("ec ge ei ae")),
)
"""Vehicles in the busiest hour between crossings: nearly all of it passes through, by main streets or across the middle, which is as far."""
TEMPERS = (-0.15, 0.05, 0.2, 0.4)
"""Minutes that a quarter of the drivers each counts on top for a quiet block: some like a short cut, most keep to main streets."""
PAIRS = tuple(pair for pair, _ in TRIPS for _ in TEMPERS)
BASE = np.array([number / len(TEMPERS) for _, number in TRIPS for _ in TEMPERS])
DISLIKE = np.array([np.where(MAIN, 0.0, temper) for _ in TRIPS for temper in TEMPERS])
ROUTES = assignment.simple_routes(LINKS, PAIRS, 4)
WORKDAYS = 300.0
STREETS = Text("Les limites de vitesse", "De snelheidslimieten", "The speed limits")
DRIVERS = Text("Les conducteurs", "De bestuurders", "The drivers")
NETWORK = Text("Le quartier", "De wijk", "The district")
OURS = Text(
    "Quartier imaginé par nous : un exemple, pas un lieu",
    "Wijk door ons bedacht: een voorbeeld, geen plaats",
    "District invented by us: an example, not a place",
)
ELVIK = Text("R. Elvik, TØI 1034/2009, rues urbaines", "R. Elvik, TØI 1034/2009, stedelijke straten", "R. Elvik, TØI 1034/2009, urban streets")


def speeds(draws: Draws) -> tuple[Floats, Floats]:
    """Return the speeds driven on main and on quiet streets, km/h: today's, moved by the part of the change of the limit that drivers follow."""
    follow = draws["follow"] / 100
    main = draws["speed_main"] + follow * (draws["limit_main"] - 50)
    local = draws["speed_local"] + follow * (draws["limit_local"] - 50)
    return np.maximum(main, 5.0), np.maximum(local, 5.0)


def death_risk(speed: Floats) -> Floats:
    """Return the probability that a pedestrian hit at a speed (km/h) dies: Rosén and Sander (2009), 1 / (1 + exp(6.9 − 0.090 v))."""
    risk: Floats = 1 / (1 + np.exp(6.9 - 0.090 * speed))
    return risk


def compute(draws: Draws, rows: Rows) -> Mapping[str, Outcome]:
    """Return trip times, kilometres on quiet streets, accidents and risk by part of the day; traffic finds its equilibrium in each."""
    size, parts = len(draws["follow"]), len(PERIODS)
    share = np.array([each[2] for each in PERIODS])
    demand = (draws["traffic"] / 100)[:, None, None] * share[None, :, None] * BASE[None, None, :]
    main, local = speeds(draws)
    speed = np.where(MAIN, main[:, None], local[:, None])
    free = SIDE / 1000 / speed * 60 + np.where(MAIN, 14.0, 10.0) / 60
    capacity = np.where(MAIN, draws["capacity_main"][:, None], draws["capacity_local"][:, None])
    rise = free * draws["bpr"][:, None] / capacity**4
    wide_free, wide_rise = np.repeat(free, parts, axis=0), np.repeat(rise, parts, axis=0)
    flat = demand.reshape(size * parts, -1)
    flow = assignment.equilibrium(wide_free, wide_rise, 4, flat, ROUTES, DISLIKE)
    hours = np.array([each[1] for each in PERIODS])
    spent = ((wide_free + wide_rise * assignment.raised(flow, 4)) * flow).sum(axis=1).reshape(size, parts)
    trips = demand.sum(axis=2)
    km = flow.reshape(size, parts, -1) * SIDE / 1000 * hours[None, :, None]
    on_main, on_local = km[:, :, MAIN].sum(axis=2), km[:, :, ~MAIN].sum(axis=2)
    power = draws["elvik"][:, None]
    relative = (main / draws["speed_main"])[:, None] ** power, (local / draws["speed_local"])[:, None] ** power
    hurt = (on_main * relative[0] + on_local * relative[1]) * WORKDAYS / 1e6 * draws["rate"][:, None]
    risk = np.tile((death_risk(local) * 100)[:, None], (1, parts))
    weight = trips * hours
    return {
        "accidents": Outcome(hurt, hurt.sum(axis=1)),
        "time": Outcome(spent / trips * 60, (spent * hours).sum(axis=1) / weight.sum(axis=1) * 60),
        "local_km": Outcome(on_local, on_local.sum(axis=1)),
        "risk": Outcome(risk, risk[:, 0]),
    }


def _limit(key: str, name: Text) -> Input:
    return Input(key=key, name=name, unit="km/h", default=50, low=10, high=70, group=STREETS, lever=True, whole=True)


MODEL = Model(
    key="speed-limit",
    version="1.0",
    draws=400,
    icon="gauge",
    domain="mobility",
    name=Text("Limite de vitesse dans un quartier", "Snelheidslimiet in een wijk", "Speed limit in a district"),
    question=Text(
        "Que change une limite à 30 km/h pour la sécurité, le temps de parcours et le trafic de transit ?",
        "Wat verandert een limiet van 30 km/u voor de veiligheid, de reistijd en het sluipverkeer?",
        "What does a limit of 30 km/h change for safety, travel time and through traffic?",
    ),
    how=Text(
        "Dans un quartier d’exemple, le trafic se répartit entre les grandes rues et les rues calmes jusqu’à ce que personne ne gagne "
        "de temps en changeant d’itinéraire. Les accidents suivent la vitesse réellement pratiquée, selon le modèle puissance "
        "d’Elvik.",
        "In een voorbeeldwijk verdeelt het verkeer zich over hoofdstraten en rustige straten tot niemand nog tijd wint door anders te "
        "rijden. De ongevallen volgen de werkelijk gereden snelheid, volgens het machtsmodel van Elvik.",
        "In an example district traffic spreads over main and quiet streets until nobody saves time by another route. Accidents "
        "follow the speed that is really driven, by Elvik’s power model.",
    ),
    blind=(
        Text(
            "Un lieu réel : le réseau est un exemple de neuf carrefours.",
            "Een echte plaats: het netwerk is een voorbeeld met negen kruispunten.",
            "A real place: the network is an example of nine crossings.",
        ),
        Text(
            "Le bruit et les émissions : à ces vitesses elles dépendent surtout des arrêts et des accélérations.",
            "Geluid en uitstoot: bij deze snelheden hangen die vooral af van stoppen en optrekken.",
            "Noise and emissions: at these speeds they depend mostly on stopping and pulling away.",
        ),
        Text(
            "Ceux qui renonceraient à la voiture, et ceux qui marcheraient ou rouleraient à vélo parce que c’est plus sûr.",
            "Wie de wagen zou laten staan, en wie zou stappen of fietsen omdat het veiliger is.",
            "Who would leave the car, and who would walk or cycle because it is safer.",
        ),
    ),
    axis=Axis("period", Text("Partie du jour", "Deel van de dag", "Part of the day"), lambda values: tuple(each[0] for each in PERIODS)),
    whole=Text("pour le quartier", "voor de wijk", "for the district"),
    inputs=(
        _limit("limit_local", Text("Limite dans les rues calmes", "Limiet in rustige straten", "Limit in quiet streets")),
        _limit("limit_main", Text("Limite dans les grandes rues", "Limiet in hoofdstraten", "Limit in main streets")),
        Input(
            key="follow",
            name=Text(
                "Part du changement que suivent les conducteurs",
                "Deel van de wijziging dat bestuurders volgen",
                "Part of the change that drivers follow",
            ),
            unit="%",
            default=40,
            low=0,
            high=100,
            group=DRIVERS,
            spread=(0.5, 1.6),
            about=Text(
                "Une limite abaissée de 20 km/h ralentit de 8 km/h si 40 % du changement est suivi.",
                "Een limiet die 20 km/u lager ligt, vertraagt 8 km/u als 40% van de wijziging gevolgd wordt.",
                "A limit that is 20 km/h lower slows traffic by 8 km/h when 40% of the change is followed.",
            ),
            source=ELVIK,
        ),
        Input(
            key="speed_main",
            name=Text(
                "Vitesse pratiquée dans les grandes rues à 50", "Gereden snelheid in hoofdstraten bij 50", "Speed driven in main streets at 50"
            ),
            unit="km/h",
            default=40,
            low=10,
            high=80,
            group=DRIVERS,
            spread=(0.94, 1.06),
            source=OURS,
        ),
        Input(
            key="speed_local",
            name=Text(
                "Vitesse pratiquée dans les rues calmes à 50", "Gereden snelheid in rustige straten bij 50", "Speed driven in quiet streets at 50"
            ),
            unit="km/h",
            default=34,
            low=10,
            high=80,
            group=DRIVERS,
            spread=(0.94, 1.06),
            source=OURS,
        ),
        Input(
            key="elvik",
            name=Text("Exposant des accidents corporels", "Exponent van letselongevallen", "Exponent of injury accidents"),
            unit="1",
            default=1.2,
            low=0,
            high=5,
            group=DRIVERS,
            spread=(0.58, 1.42),
            about=Text("De 0,7 à 1,7 dans les rues urbaines.", "Van 0,7 tot 1,7 in stedelijke straten.", "0.7 to 1.7 in urban streets."),
            source=ELVIK,
        ),
        Input(
            key="rate",
            name=Text(
                "Accidents corporels par million de kilomètres", "Letselongevallen per miljoen kilometer", "Injury accidents per million kilometres"
            ),
            unit="1",
            default=1.1,
            low=0,
            high=20,
            group=DRIVERS,
            spread=(0.7, 1.3),
            source=Text(
                "Ordre de grandeur bruxellois : environ 4 000 accidents pour 3,5 milliards de kilomètres (Statbel)",
                "Brusselse grootteorde: ongeveer 4.000 ongevallen op 3,5 miljard kilometer (Statbel)",
                "Order of magnitude of Brussels: some 4,000 accidents on 3.5 billion kilometres (Statbel)",
            ),
        ),
        Input(
            key="traffic",
            name=Text("Trafic", "Verkeer", "Traffic"),
            unit="%",
            default=100,
            low=1,
            high=200,
            group=NETWORK,
            spread=(0.85, 1.15),
            about=Text(
                "100 : 2 400 véhicules à l’heure de pointe.", "100: 2.400 voertuigen in het spitsuur.", "100: 2,400 vehicles in the busiest hour."
            ),
            source=OURS,
        ),
        Input(
            key="capacity_main",
            name=Text("Capacité d’une grande rue", "Capaciteit van een hoofdstraat", "Capacity of a main street"),
            unit="/h",
            default=850,
            low=100,
            high=4000,
            group=NETWORK,
            spread=(0.85, 1.15),
            source=OURS,
        ),
        Input(
            key="capacity_local",
            name=Text("Capacité d’une rue calme", "Capaciteit van een rustige straat", "Capacity of a quiet street"),
            unit="/h",
            default=450,
            low=50,
            high=4000,
            group=NETWORK,
            spread=(0.8, 1.2),
            source=OURS,
        ),
        Input(
            key="bpr",
            name=Text("Sensibilité à la congestion", "Gevoeligheid voor files", "Sensitivity to congestion"),
            unit="1",
            default=0.15,
            low=0,
            high=2,
            group=NETWORK,
            spread=(0.7, 3.0),
            source=Text("Bureau of Public Roads, 1964", "Bureau of Public Roads, 1964", "Bureau of Public Roads, 1964"),
        ),
    ),
    outputs=(
        Output(
            key="accidents",
            name=Text("Accidents corporels", "Letselongevallen", "Injury accidents"),
            unit="1",
            decimals=1,
            whole=Text("par an dans le quartier", "per jaar in de wijk", "a year in the district"),
        ),
        Output(
            key="time",
            name=Text("Temps de parcours", "Reistijd", "Travel time"),
            unit="s",
            whole=Text("par trajet, en moyenne", "per rit, gemiddeld", "a trip, on average"),
        ),
        Output(
            key="local_km",
            name=Text("Kilomètres dans les rues calmes", "Kilometer in rustige straten", "Kilometres in quiet streets"),
            unit="km",
            whole=Text("par jour", "per dag", "a day"),
        ),
        Output(
            key="risk",
            name=Text(
                "Risque qu’un piéton renversé dans une rue calme meure",
                "Kans dat een aangereden voetganger in een rustige straat sterft",
                "Risk that a pedestrian hit in a quiet street dies",
            ),
            unit="%",
            decimals=2,
            whole=Text("à la vitesse pratiquée", "bij de gereden snelheid", "at the speed driven"),
        ),
    ),
    assumptions=(
        Assumption(
            Text(
                "Le temps sur une rue croît avec la puissance quatrième du trafic.",
                "De tijd op een straat groeit met de vierde macht van het verkeer.",
                "Time on a street grows with the fourth power of traffic.",
            ),
            Text("Bureau of Public Roads, 1964", "Bureau of Public Roads, 1964", "Bureau of Public Roads, 1964"),
        ),
        Assumption(
            Text(
                "Chacun connaît les temps et prend l’itinéraire le plus rapide.",
                "Iedereen kent de tijden en neemt de snelste weg.",
                "Everybody knows the times and takes the quickest route.",
            ),
            Text("J. G. Wardrop, 1952", "J. G. Wardrop, 1952", "J. G. Wardrop, 1952"),
        ),
        Assumption(
            Text(
                "Un piéton renversé à v km/h meurt avec une probabilité de 1 / (1 + exp(6,9 − 0,090 v)).",
                "Een voetganger aangereden aan v km/u sterft met een kans van 1 / (1 + exp(6,9 − 0,090 v)).",
                "A pedestrian hit at v km/h dies with probability 1 / (1 + exp(6.9 − 0.090 v)).",
            ),
            Text("E. Rosén et U. Sander, 2009", "E. Rosén en U. Sander, 2009", "E. Rosén and U. Sander, 2009"),
        ),
    ),
    compute=compute,
    presets=(
        Preset(
            key="city-30",
            name=Text("Ville 30", "Stad 30", "City 30"),
            about=Text(
                "30 km/h dans les rues calmes, 50 dans les grandes rues : la règle à Bruxelles depuis 2021.",
                "30 km/u in rustige straten, 50 in hoofdstraten: de regel in Brussel sinds 2021.",
                "30 km/h in quiet streets, 50 in main streets: the rule in Brussels since 2021.",
            ),
            values={"limit_local": 30},
        ),
        Preset(
            key="thirty-everywhere",
            name=Text("30 partout", "Overal 30", "30 everywhere"),
            about=Text("Aussi dans les grandes rues.", "Ook in hoofdstraten.", "In main streets too."),
            values={"limit_local": 30, "limit_main": 30},
        ),
    ),
    engines=(
        Engine(
            key="sumo",
            name=Text("SUMO, véhicule par véhicule", "SUMO, voertuig per voertuig", "SUMO, vehicle by vehicle"),
            about=Text(
                "Une simulation microscopique sur une grille, répétée avec plusieurs graines ; la vitesse suit la limite.",
                "Een microscopische simulatie op een raster, herhaald met verschillende kiemen; de snelheid volgt de limiet.",
                "A microscopic simulation on a grid, repeated with several seeds; speed follows the limit.",
            ),
            function="zinneke.office.scenarios.sumo:speed_limit",
            needs="sumo",
            extra="simulation",
            outputs=("time", "local_km"),
            whole=Text("à l’heure de pointe", "in het spitsuur", "in the busiest hour"),
        ),
    ),
)
