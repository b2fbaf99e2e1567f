"""The declaration of traffic counts."""

from __future__ import annotations

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.solution import Asset, Class, Indicator, Layer, Profile, Reading, Role, Solution, Source
from zinneke.kernel.text import Text
from zinneke.solutions.traffic_counts import connect, rules

_DAY = 86_400
_INTENSITY = "https://smartdatamodels.org/dataModel.Transportation/intensity"
_SPEED = "https://smartdatamodels.org/dataModel.Transportation/averageVehicleSpeed"
BIKES = Text("Vélos en 15 minutes", "Fietsen in 15 minuten", "Bikes in 15 minutes")

COUNTER = Asset(
    "counter",
    Text("Compteur vélo", "Fietsteller", "Bike counter"),
    "https://github.com/smart-data-models/dataModel.Transportation/blob/master/TrafficFlowObserved",
    (
        Reading("bikes", BIKES, "1", _INTENSITY, 0, 2000, 900),
        Reading("bikes_today", Text("Vélos depuis minuit", "Fietsen sinds middernacht", "Bikes since midnight"), "1", _INTENSITY, 0, 50_000, 900),
        Reading("bike_speed", Text("Vitesse moyenne des vélos", "Gemiddelde fietssnelheid", "Mean speed of bikes"), "km/h", _SPEED, 0, 80, 900),
    ),
)
TUNNEL = Asset(
    "tunnel",
    Text("Tunnel ou axe routier", "Tunnel of verkeersas", "Tunnel or main road"),
    "https://github.com/smart-data-models/dataModel.Transportation/blob/master/TrafficFlowObserved",
    (
        Reading("vehicles", Text("Véhicules en une heure", "Voertuigen in een uur", "Vehicles in an hour"), "1", _INTENSITY, 0, 20_000),
        Reading(
            "vehicles_day", Text("Véhicules, moyenne du jour", "Voertuigen, daggemiddelde", "Vehicles, daily mean"), "1", _INTENSITY, 0, 200_000, _DAY
        ),
    ),
)
MOBILITY = "Bruxelles Mobilité – Brussel Mobiliteit"
LAST_YEAR = Text(
    "Zinneke : le dernier jour face au même jour de la semaine 52 semaines plus tôt, compteurs qui ont les deux",
    "Zinneke: de laatste dag tegenover dezelfde weekdag 52 weken eerder, tellers die beide hebben",
    "Zinneke: the last day against the same day of the week 52 weeks before, counters that have both",
)

SOLUTION = Solution(
    key="traffic_counts",
    name=Text("Comptages de trafic", "Verkeerstellingen", "Traffic counts"),
    purpose=Text(
        "Suivre les vélos et les voitures qui passent, et voir ce qui change d’une année à l’autre.",
        "De fietsen en auto’s volgen die voorbijkomen, en zien wat er van jaar tot jaar verandert.",
        "Follow the bikes and cars that pass, and see what changes from one year to the next.",
    ),
    domain="mobility",
    icon="bike",
    window=28 * _DAY,
    assets=(COUNTER, TUNNEL),
    sources=(
        Source("bikes", Text("Comptages vélo", "Fietstellingen", "Bike counts"), connect.decode_bikes, MOBILITY, "", "file"),
        Source(
            "bikes_live",
            Text("Compteurs vélo en temps réel", "Fietstellers in realtime", "Bike counters in real time"),
            connect.decode_bikes_live,
            MOBILITY,
            "",
            address="https://data.mobility.brussels/bike/api/counts/?request=live",
        ),
        Source(
            "traffic_live",
            Text("Trafic en temps réel", "Verkeer in realtime", "Traffic in real time"),
            connect.decode_traffic_live,
            MOBILITY,
            "",
            address="https://data.mobility.brussels/traffic/api/counts/?request=live&interval=60&singleValue=true",
        ),
    ),
    answer=rules.answer,
    how=Text(
        "Le dernier jour complet est comparé à la médiane des trois mêmes jours de semaine précédents, pour les compteurs qui ont les deux. "
        "L’an dernier : le même jour de la semaine, 52 semaines plus tôt. La source ne précise pas l’unité des moyennes de tunnel.",
        "De laatste volledige dag wordt vergeleken met de mediaan van dezelfde weekdag in de drie vorige weken, voor de tellers die beide hebben. "
        "Vorig jaar: dezelfde weekdag, 52 weken eerder. De bron vermeldt de eenheid van de tunnelgemiddelden niet.",
        "The last full day is compared with the median of the same weekday in the three weeks before, for the counters that have both. "
        "Last year: the same day of the week, 52 weeks earlier. The source does not state the unit of the tunnel means.",
    ),
    indicators=(
        Indicator(
            "bikes_a_day",
            Text("Vélos par compteur et par jour", "Fietsen per teller en per dag", "Bikes per counter and day"),
            "1",
            "bikes",
            rules.bikes_a_day,
            Text("Zinneke : moyenne des jours comptés", "Zinneke: gemiddelde van de getelde dagen", "Zinneke: mean over the days counted"),
            28 * _DAY,
            lower_is_better=False,
        ),
        Indicator(
            "bikes_last_year",
            Text("Vélos face au même jour l’an dernier", "Fietsen tegenover dezelfde dag vorig jaar", "Bikes against the same day last year"),
            "%",
            "bikes",
            rules.bikes_against_last_year,
            LAST_YEAR,
            373 * _DAY,
            lower_is_better=False,
        ),
        Indicator(
            "vehicles_last_year",
            Text("Tunnels face au même jour l’an dernier", "Tunnels tegenover dezelfde dag vorig jaar", "Tunnels against the same day last year"),
            "%",
            "vehicles_day",
            rules.vehicles_against_last_year,
            LAST_YEAR,
            373 * _DAY,
        ),
    ),
    profiles=(
        Profile(
            "day",
            Text("Un jour ouvrable typique", "Een gewone werkdag", "A typical working day"),
            "bikes",
            "1",
            tuple(Text(f"{hour}\u00a0h", f"{hour}\u00a0uur", f"{hour:02}:00") for hour in range(24)),
            rules.typical_day,
        ),
        Profile("week", Text("Une semaine typique", "Een gewone week", "A typical week"), "bikes", "1", rules.DAYS, rules.typical_week),
        Profile(
            "tunnels",
            Text("Les tunnels, par jour", "De tunnels, per dag", "The tunnels, by day"),
            "vehicles_day",
            "1",
            rules.DAYS,
            rules.typical_week,
        ),
    ),
    layers=(
        Layer(
            "bikes",
            BIKES,
            "counter",
            "bikes",
            (
                Class(10, Text("jusqu’à 10", "tot 10", "up to 10"), "unknown", "#B7D3E9"),
                Class(50, Text("11 à 50", "11 tot 50", "11 to 50"), "unknown", "#5B9BD0"),
                Class(float("inf"), Text("plus de 50", "meer dan 50", "over 50"), "unknown", "#1F5C99"),
            ),
        ),
    ),
    roles=(Role("analyst", Text("Analyste mobilité", "Mobiliteitsanalist", "Mobility analyst"), frozenset({Right.SEE, Right.EDIT})),),
    datasets=("bike-counts-brussels-2018-2019", "bike-counters-brussels", "bike-counts-ghent-2022-2023", "tunnel-traffic-2020-2021"),
)
