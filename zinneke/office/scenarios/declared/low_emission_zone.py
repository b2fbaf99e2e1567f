"""The rules of a low-emission zone over a fleet: what leaves the exhausts each year, and how many vehicles a rule touches."""

from __future__ import annotations

from zinneke.kernel.text import Text, same
from zinneke.office.scenarios.declared import fleet
from zinneke.office.scenarios.declared.renewal import NEVER, compute
from zinneke.office.scenarios.declaring import (
    Assumption,
    Axis,
    Column,
    Faults,
    Input,
    Model,
    Output,
    Preset,
    Rows,
    Table,
    Values,
)

RULE = Text("À partir de quelle année est-ce interdit ?", "Vanaf welk jaar is het verboden?", "From which year is it banned?")
PEOPLE = Text("Ce que font les gens", "Wat mensen doen", "What people do")
MARKET = Text("Les véhicules", "De voertuigen", "The vehicles")
TIME = Text("La période", "De periode", "The period")
OURS = Text(
    "Hypothèse écrite par nous, à remplacer par une enquête ou par le registre",
    "Veronderstelling door ons neergeschreven, te vervangen door een enquête of het register",
    "Assumption written by us, to be replaced by a survey or the register",
)
EMEP = Text(
    "Ordre de grandeur du guide EMEP/EEA 2019, 1.A.3.b, niveau 2",
    "Grootteorde uit het EMEP/EEA-handboek 2019, 1.A.3.b, niveau 2",
    "Of the order of the EMEP/EEA guidebook 2019, 1.A.3.b, Tier 2",
)


def check(values: Values, rows: Rows) -> Faults:
    """Refuse shares of more than all, and an end before which a part is banned later than the whole."""
    faults: dict[str, Text] = {}
    if (total := values["given_up"] + values["exempt"] + values["against"]) > 100:
        faults["given_up"] = Text(
            f"Renoncer, dispense et infraction font ensemble {total:g} % ; c’est plus que tout le monde. Le reste remplace son véhicule.",
            f"Afzien, vrijstelling en overtreding zijn samen {total:g}%: meer dan iedereen. De rest vervangt zijn voertuig.",
            f"Giving up, exemption and offence come to {total:g}%, which is more than everybody. The rest replace their vehicle.",
        )
    if sum(row[3] for row in rows) <= 0:
        faults["fleet"] = Text("La flotte est vide.", "Het wagenpark is leeg.", "The fleet is empty.")
    return faults


def _rule(key: str, name: Text, default: int, source: Text = OURS) -> Input:
    return Input(
        key=key,
        name=name,
        unit="1",
        default=default,
        low=2018,
        high=NEVER,
        group=RULE,
        lever=True,
        whole=True,
        plain=True,
        never=NEVER,
        source=source,
    )


def _share(key: str, name: Text, default: float, spread: tuple[float, float], about: Text | None = None) -> Input:
    return Input(key=key, name=name, unit="%", default=default, low=0, high=100, group=PEOPLE, spread=spread, about=about, source=OURS)


def _factor(key: str, name: Text, spread: tuple[float, float]) -> Input:
    return Input(
        key=key,
        name=name,
        unit="1",
        default=1,
        low=0,
        high=5,
        group=MARKET,
        spread=spread,
        source=EMEP,
        about=Text("1 : comme dans la table des facteurs.", "1: zoals in de tabel van de factoren.", "1: as in the table of factors."),
    )


LAW = Text(
    "Étape en vigueur depuis le 1er janvier 2026 : prévue en 2025, reportée à 2027 par le Parlement, report annulé par la Cour constitutionnelle",
    "Stap van kracht sinds 1 januari 2026: gepland in 2025, door het Parlement uitgesteld tot 2027, uitstel vernietigd door het Grondwettelijk Hof",
    "Step in force since 1 January 2026: planned for 2025, put off to 2027 by Parliament, which the Constitutional Court annulled",
)
PLANNED = Text(
    "Le calendrier régional prévoit 2028 ; 2030 pour la fin du diesel et 2035 pour celle de l’essence",
    "De gewestelijke kalender voorziet 2028; 2030 voor het einde van diesel en 2035 voor dat van benzine",
    "The Region’s calendar has 2028; 2030 for the end of diesel and 2035 for that of petrol",
)
MODEL = Model(
    key="low-emission-zone",
    version="1.0",
    icon="car-front",
    domain="environment",
    name=Text("Règles de la zone de basses émissions", "Regels van de lage-emissiezone", "Rules of the low-emission zone"),
    question=Text(
        "Que change à l’air, au climat et aux automobilistes une règle plus stricte, ou plus tardive ?",
        "Wat verandert een strengere of latere regel voor de lucht, het klimaat en de automobilisten?",
        "What does a stricter or a later rule change for the air, the climate and drivers?",
    ),
    how=Text(
        "Chaque année, une part des véhicules est remplacée par des neufs. Quand une classe est interdite, une part des conducteurs "
        "renonce à son véhicule, une part est dispensée, une part roule malgré tout, et les autres remplacent leur véhicule. Les "
        "kilomètres de chaque classe sont multipliés par ses grammes par kilomètre.",
        "Elk jaar wordt een deel van de voertuigen door nieuwe vervangen. Als een klasse verboden wordt, ziet een deel van de "
        "bestuurders af van het voertuig, is een deel vrijgesteld, rijdt een deel toch, en vervangen de anderen hun voertuig. De "
        "kilometers van elke klasse worden vermenigvuldigd met haar gram per kilometer.",
        "Each year a share of the vehicles is replaced by new ones. When a class is banned some drivers give up their vehicle, some "
        "are exempt, some drive all the same, and the others replace it. The kilometres of each class are multiplied by its grams per "
        "kilometre.",
    ),
    blind=(
        Text(
            "Ce que l’on respire dans une rue : il faut pour cela un modèle de dispersion et la météo.",
            "Wat je in een straat inademt: daarvoor is een verspreidingsmodel en het weer nodig.",
            "What people breathe in a street: that takes a model of dispersion, and the weather.",
        ),
        Text(
            "Qui paie : les ménages modestes ont plus souvent un véhicule ancien.",
            "Wie betaalt: gezinnen met een laag inkomen hebben vaker een oud voertuig.",
            "Who pays: households with little money more often have an old vehicle.",
        ),
        Text(
            "Les camions, les bus, les motos, et les détours autour de la zone.",
            "Vrachtwagens, bussen, motorfietsen en omwegen rond de zone.",
            "Lorries, buses, motorcycles, and detours around the zone.",
        ),
        Text(
            "Le CO₂ de la fabrication des véhicules et de la production d’électricité.",
            "De CO₂ van de productie van voertuigen en elektriciteit.",
            "The CO₂ of making vehicles and electricity.",
        ),
    ),
    axis=Axis(
        "year",
        Text("Année", "Jaar", "Year"),
        lambda values: tuple(same(str(int(values["start"]) + step)) for step in range(int(values["years"]))),
    ),
    whole=Text("sur toute la période", "over de hele periode", "over the whole period"),
    inputs=(
        _rule("diesel_5", Text("Diesel Euro 5", "Diesel Euro 5", "Diesel Euro 5"), 2026, LAW),
        _rule("petrol_2", Text("Essence Euro 2", "Benzine Euro 2", "Petrol Euro 2"), 2026, LAW),
        _rule("diesel_6", Text("Diesel Euro 6 avant 6d", "Diesel Euro 6 vóór 6d", "Diesel Euro 6 before 6d"), NEVER, PLANNED),
        _rule("petrol_3", Text("Essence Euro 3", "Benzine Euro 3", "Petrol Euro 3"), NEVER, PLANNED),
        _rule("diesel_all", Text("Tous les diesels", "Alle diesels", "All diesels"), NEVER, PLANNED),
        _rule("petrol_45", Text("Essence Euro 4 et 5", "Benzine Euro 4 en 5", "Petrol Euro 4 and 5"), NEVER, PLANNED),
        _rule("petrol_all", Text("Toutes les essences", "Alle benzinevoertuigen", "All petrol vehicles"), NEVER, PLANNED),
        _share("given_up", Text("Renoncent à leur véhicule", "Zien af van hun voertuig", "Give up their vehicle"), 12, (0.4, 1.8)),
        _share("exempt", Text("Ont une dispense", "Hebben een vrijstelling", "Are exempt"), 4, (0.5, 1.8)),
        _share(
            "against",
            Text("Roulent malgré l’interdiction", "Rijden ondanks het verbod", "Drive against the rule"),
            8,
            (0.4, 2.0),
            Text("Et risquent l’amende.", "En riskeren de boete.", "And risk the fine."),
        ),
        _share(
            "electric_swap",
            Text("Remplacent par un véhicule électrique", "Vervangen door een elektrisch voertuig", "Replace it by an electric one"),
            25,
            (0.5, 1.7),
            Text("Parmi ceux qui remplacent.", "Van wie vervangt.", "Of those who replace."),
        ),
        Input(
            key="renewal",
            name=Text("Véhicules remplacés chaque année", "Voertuigen die elk jaar vervangen worden", "Vehicles replaced each year"),
            unit="%",
            default=8,
            low=0,
            high=50,
            group=MARKET,
            spread=(0.75, 1.3),
            source=OURS,
        ),
        Input(
            key="electric_now",
            name=Text(
                "Part électrique des véhicules neufs, la première année",
                "Elektrisch aandeel bij nieuwe voertuigen, het eerste jaar",
                "Electric share of new vehicles, first year",
            ),
            unit="%",
            default=35,
            low=0,
            high=100,
            group=MARKET,
            spread=(0.7, 1.3),
            source=OURS,
        ),
        Input(
            key="electric_all",
            name=Text(
                "Année où tous les véhicules neufs sont électriques",
                "Jaar waarin alle nieuwe voertuigen elektrisch zijn",
                "Year in which all new vehicles are electric",
            ),
            unit="1",
            default=2035,
            low=2026,
            high=NEVER,
            group=MARKET,
            whole=True,
            plain=True,
            source=Text("Règlement (UE) 2023/851", "Verordening (EU) 2023/851", "Regulation (EU) 2023/851"),
        ),
        _factor("nox_diesel", Text("NOₓ des diesels", "NOₓ van diesels", "NOₓ of diesels"), (0.7, 1.5)),
        _factor("nox_petrol", Text("NOₓ des essences", "NOₓ van benzine", "NOₓ of petrol"), (0.6, 1.8)),
        _factor("pm_exhaust", Text("Particules des échappements", "Fijn stof uit uitlaten", "Particles from exhausts"), (0.6, 1.8)),
        _factor(
            "pm_wear",
            Text("Particules des pneus, freins et chaussées", "Fijn stof van banden, remmen en wegdek", "Particles from tyres, brakes and roads"),
            (0.5, 2.0),
        ),
        _factor("co2_real", Text("CO₂ en usage réel", "CO₂ bij werkelijk gebruik", "CO₂ in real use"), (0.9, 1.15)),
        Input(
            key="start",
            name=Text("Année de la flotte", "Jaar van het wagenpark", "Year of the fleet"),
            unit="1",
            default=2025,
            low=2018,
            high=2040,
            group=TIME,
            whole=True,
            plain=True,
        ),
        Input(
            key="years",
            name=Text("Nombre d’années", "Aantal jaren", "Number of years"),
            unit="1",
            default=12,
            low=1,
            high=25,
            group=TIME,
            whole=True,
            about=Text(
                "Au-delà de 25 ans, ce modèle ne dit plus rien.",
                "Na meer dan 25 jaar zegt dit model niets meer.",
                "Beyond 25 years this model says nothing.",
            ),
        ),
    ),
    outputs=(
        Output(key="nox", name=Text("Oxydes d’azote (NOₓ)", "Stikstofoxiden (NOₓ)", "Nitrogen oxides (NOₓ)"), unit="t"),
        Output(key="pm", name=Text("Particules fines (PM2,5)", "Fijn stof (PM2,5)", "Fine particles (PM2.5)"), unit="t", decimals=1),
        Output(key="co2", name=Text("CO₂ des échappements", "CO₂ uit uitlaten", "CO₂ from exhausts"), unit="t"),
        Output(
            key="touched",
            name=Text("Véhicules nouvellement interdits", "Nieuw verboden voertuigen", "Vehicles newly banned"),
            unit="1",
            better="neither",
        ),
        Output(
            key="against",
            name=Text("Véhicules interdits qui roulent encore", "Verboden voertuigen die nog rijden", "Banned vehicles that still drive"),
            unit="1",
            whole=Text("la dernière année", "in het laatste jaar", "in the last year"),
        ),
        Output(
            key="electric",
            name=Text("Part des véhicules électriques", "Aandeel elektrische voertuigen", "Share of electric vehicles"),
            unit="%",
            better="more",
            decimals=1,
            whole=Text("la dernière année", "in het laatste jaar", "in the last year"),
        ),
    ),
    assumptions=(
        Assumption(
            Text(
                "Les grammes par kilomètre sont des moyennes arrondies, pour tous les moteurs et toutes les vitesses, démarrages à froid compris.",
                "De gram per kilometer zijn afgeronde gemiddelden, voor alle motoren en snelheden, koude starts inbegrepen.",
                "Grams per kilometre are rounded means over all engines and speeds, cold starts included.",
            ),
            EMEP,
        ),
        Assumption(
            Text(
                "La flotte est un ordre de grandeur écrit par nous : 550 000 véhicules et 3,5 milliards de kilomètres par an dans la zone.",
                "Het wagenpark is een grootteorde door ons neergeschreven: 550.000 voertuigen en 3,5 miljard kilometer per jaar in de zone.",
                "The fleet is an order of magnitude written by us: 550,000 vehicles and 3.5 billion kilometres a year in the zone.",
            ),
            OURS,
        ),
        Assumption(
            Text(
                "Les voitures neuves à carburant sont à essence, les camionnettes au diesel ; jusqu’à Euro 4 elles se remplacent 1,6 fois plus vite.",
                "Nieuwe wagens op brandstof rijden op benzine, bestelwagens op diesel; tot Euro 4 worden ze 1,6 keer sneller vervangen.",
                "New cars that burn fuel burn petrol, vans diesel; up to Euro 4 they are replaced 1.6 times as fast.",
            ),
            OURS,
        ),
        Assumption(
            Text(
                "Particules d’usure : 0,0115 g par kilomètre pour tous, véhicules électriques compris.",
                "Slijtagedeeltjes: 0,0115 g per kilometer voor iedereen, ook elektrische voertuigen.",
                "Particles from wear: 0.0115 g a kilometre for all, electric vehicles included.",
            ),
            Text("Guide EMEP/EEA 2019, 1.A.3.b.vi-vii", "EMEP/EEA-handboek 2019, 1.A.3.b.vi-vii", "EMEP/EEA guidebook 2019, 1.A.3.b.vi-vii"),
        ),
    ),
    compute=compute,
    check=check,
    table=Table(
        key="fleet",
        name=Text("La flotte", "Het wagenpark", "The fleet"),
        about=Text(
            "Un tableau CSV : kind (car, van), fuel (diesel, petrol, electric), euro (0 à 6, 6d, ou - pour l’électrique), vehicles, km "
            "(par an et par véhicule, dans la zone).",
            "Een CSV-tabel: kind (car, van), fuel (diesel, petrol, electric), euro (0 tot 6, 6d, of - voor elektrisch), vehicles, km (per "
            "jaar en per voertuig, in de zone).",
            "A CSV table: kind (car, van), fuel (diesel, petrol, electric), euro (0 to 6, 6d, or - for electric), vehicles, km (a year "
            "and vehicle, in the zone).",
        ),
        source=OURS,
        columns=(
            Column("kind", Text("Genre", "Soort", "Kind")),
            Column("fuel", Text("Carburant", "Brandstof", "Fuel")),
            Column("euro", Text("Norme Euro", "Euronorm", "Euro class")),
            Column("vehicles", Text("Véhicules", "Voertuigen", "Vehicles")),
            Column("km", Text("Kilomètres par an", "Kilometer per jaar", "Kilometres a year"), "km"),
        ),
        default=fleet.DEFAULT,
        read=fleet.read,
        write=fleet.write,
    ),
    presets=(
        Preset(
            key="planned",
            name=Text("Le calendrier de la Région", "De kalender van het Gewest", "The Region’s calendar"),
            about=Text(
                "2028 : diesel Euro 6 et essence Euro 3. 2030 : fin du diesel. 2035 : fin de l’essence.",
                "2028: diesel Euro 6 en benzine Euro 3. 2030: einde van diesel. 2035: einde van benzine.",
                "2028: diesel Euro 6 and petrol Euro 3. 2030: end of diesel. 2035: end of petrol.",
            ),
            values={"diesel_6": 2028, "petrol_3": 2028, "diesel_all": 2030, "petrol_all": 2035},
        ),
        Preset(
            key="later",
            name=Text("Deux ans plus tard", "Twee jaar later", "Two years later"),
            about=Text(
                "Les mêmes étapes, en 2030, 2032 et 2037.", "Dezelfde stappen, in 2030, 2032 en 2037.", "The same steps, in 2030, 2032 and 2037."
            ),
            values={"diesel_6": 2030, "petrol_3": 2030, "diesel_all": 2032, "petrol_all": 2037},
        ),
        Preset(
            key="without-2026",
            name=Text("Sans l’étape de 2026", "Zonder de stap van 2026", "Without the step of 2026"),
            about=Text(
                "Comme si diesel Euro 5 et essence Euro 2 restaient admis.",
                "Alsof diesel Euro 5 en benzine Euro 2 toegelaten bleven.",
                "As if diesel Euro 5 and petrol Euro 2 were still admitted.",
            ),
            values={"diesel_5": NEVER, "petrol_2": NEVER},
        ),
    ),
)
