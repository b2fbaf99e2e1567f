"""Made-up registers of made-up communes, always the same: what pairs of tables and the planted benchmark are cut from. Nobody is in them."""

# ruff: noqa: E501
from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

Make = Callable[[random.Random, int], Any]
COMMUNES = (
    "Anderlecht|Anderlecht|1070", "Auderghem|Oudergem|1160", "Berchem-Sainte-Agathe|Sint-Agatha-Berchem|1082", "Bruxelles|Brussel|1000",
    "Etterbeek|Etterbeek|1040", "Evere|Evere|1140", "Forest|Vorst|1190", "Ganshoren|Ganshoren|1083", "Ixelles|Elsene|1050", "Jette|Jette|1090",
    "Koekelberg|Koekelberg|1081", "Molenbeek-Saint-Jean|Sint-Jans-Molenbeek|1080", "Saint-Gilles|Sint-Gillis|1060",
    "Saint-Josse-ten-Noode|Sint-Joost-ten-Node|1210", "Schaerbeek|Schaarbeek|1030", "Uccle|Ukkel|1180", "Watermael-Boitsfort|Watermaal-Bosvoorde|1170",
    "Woluwe-Saint-Lambert|Sint-Lambrechts-Woluwe|1200", "Woluwe-Saint-Pierre|Sint-Pieters-Woluwe|1150",
)  # fmt: skip
FIRST = [
    "Marie",
    "Jan",
    "Fatima",
    "Luc",
    "Sofie",
    "Ahmed",
    "Anne",
    "Pieter",
    "Claire",
    "Youssef",
    "Emma",
    "Thomas",
    "Julie",
    "Mohamed",
    "Lotte",
    "Karim",
    "Sarah",
    "Tom",
    "Nadia",
    "Eric",
]
STARTS, ENDS = (
    ["Van", "De", "Ver", "Der", "Le", "Du", "Bel", "Mor", "Cas", "Pol", "Ter", "Gal", "Ros", "Fer", "Don"],
    ["mans", "sens", "ier", "aert", "ot", "ens", "ain", "aux", "eck", "dt", "oy", "ers", "ini", "ova", "ez"],
)
STREETS = [
    "Église|Kerk",
    "Parc|Park",
    "Gare|Station",
    "École|School",
    "Moulin|Molen",
    "Prairie|Weide",
    "Roi|Konings",
    "Pont|Brug",
    "Forêt|Bos",
    "Fontaine|Fontein",
    "Marché|Markt",
    "Lac|Meer",
]
WORDS = {
    "fr": [
        "réfection",
        "du",
        "trottoir",
        "remplacement",
        "des",
        "canalisations",
        "pose",
        "de",
        "câbles",
        "entretien",
        "éclairage",
        "marquage",
        "au",
        "sol",
        "plantation",
        "élagage",
        "rénovation",
        "de",
        "la",
        "façade",
    ],
    "nl": [
        "herstelling",
        "van",
        "het",
        "voetpad",
        "vervanging",
        "van",
        "leidingen",
        "plaatsing",
        "kabels",
        "onderhoud",
        "verlichting",
        "wegmarkering",
        "aanplanting",
        "snoeien",
        "renovatie",
        "van",
        "de",
        "gevel",
    ],
}


@dataclass(frozen=True)
class Field:
    """One column of a register: what it is called in French, Dutch, English, German and in short, and how a value is made."""

    key: str
    fr: str
    nl: str
    en: str
    de: str
    short: str
    make: Make

    def named(self, style: str) -> str:
        """Return its name in a language, in short (`short`), or a name that says nothing (`opaque`)."""
        return f"f{sum(map(ord, self.key)) % 900 + 100}" if style == "opaque" else str(getattr(self, style))


def day(first: int, last: int) -> Make:
    """Return a maker of days between two years."""
    start = date(first, 1, 1)
    return lambda chance, _: (start + timedelta(days=chance.randrange((last - first) * 365))).isoformat()


def checked(start: str) -> str:
    """Return figures with their two check figures (97 minus the rest)."""
    return f"{start}{97 - int(start) % 97:02}"


def national(chance: random.Random, _: int) -> str:
    """Return a number of the form of a national number."""
    return checked(f"{chance.randint(40, 99):02}{chance.randint(1, 12):02}{chance.randint(1, 28):02}{chance.randint(1, 997):03}")


def surname(chance: random.Random, _: int) -> str:
    """Return a made-up surname."""
    return f"{chance.choice(STARTS)}{chance.choice(['', 'l', 'm', 'st', 'r', 'b'])}{chance.choice(ENDS)}"


def street(chance: random.Random, _: int) -> str:
    """Return a street in French."""
    return f"{chance.choice(['Rue', 'Avenue', 'Place'])} de {chance.choice(STREETS).split('|')[0]} {chance.choice('ABCDEFGHKLMN')}"


def text(language: str) -> Make:
    """Return a maker of short descriptions."""
    return lambda chance, _: " ".join(chance.sample(WORDS[language], 6))


def choose(*values: Any) -> Make:
    """Return a maker that chooses."""
    return lambda chance, _: chance.choice(values)


def number(low: float, high: float, decimals: int = 0) -> Make:
    """Return a maker of numbers, more small ones than large."""
    return lambda chance, _: f"{low + (high - low) * chance.random() ** 2:.{decimals}f}"


def coded(pattern: str, digits: int) -> Make:
    """Return a maker of codes with a random part."""
    return lambda chance, _: pattern.format(f"{chance.randrange(10**digits):0{digits}}")


F = Field
POSTCODES = tuple(each.split("|")[2] for each in COMMUNES)
ID = F("id", "id", "id", "id", "id", "id", lambda _, n: n + 1)
NATIONAL = F("national", "numero_registre_national", "rijksregisternummer", "national_number", "nationalnummer", "rrn", national)
FIRSTNAME = F("first", "prenom", "voornaam", "first_name", "vorname", "prn", lambda chance, n: chance.choice(FIRST))
SURNAME = F("last", "nom_famille", "familienaam", "last_name", "nachname", "nm_fam", surname)
BIRTH = F("birth", "date_naissance", "geboortedatum", "birth_date", "geburtsdatum", "dt_nais", day(1940, 2005))
SEX = F("sex", "sexe", "geslacht", "sex", "anrede", "sx", choose("M", "V", "X"))
STREET = F("street", "rue", "straat", "street", "strasse", "str", street)
HOUSE = F("house", "numero_maison", "huisnummer", "house_number", "hausnr", "num", number(1, 250))
POSTCODE = F("postcode", "code_postal", "postcode", "postcode", "plz", "cp", choose(*POSTCODES))
COMMUNE = F("commune", "commune", "gemeente", "municipality", "ort", "com", lambda chance, _: chance.choice(COMMUNES).split("|")[0])
PHONE = F(
    "phone",
    "telephone",
    "telefoon",
    "phone",
    "rufnummer",
    "tel",
    lambda chance, _: f"02 5{chance.randint(10, 99)} {chance.randint(10, 99)} {chance.randint(10, 99)}",
)
MAIL = F(
    "mail", "courriel", "e_mail", "email", "elektropost", "ml", lambda chance, n: f"{surname(chance, n)}.{chance.randrange(10**5)}@example.be".lower()
)
ENTERPRISE = F(
    "enterprise",
    "numero_entreprise",
    "ondernemingsnummer",
    "enterprise_number",
    "firmennr",
    "bce",
    lambda chance, _: checked(f"0{chance.randint(2_000_000, 7_999_999)}"),
)
FIRM = F(
    "firm",
    "denomination",
    "benaming",
    "company_name",
    "bezeichnung",
    "denom",
    lambda chance, n: f"{surname(chance, n)} & {surname(chance, n)} {chance.choice(['SA', 'SRL', 'BV', 'NV', 'ASBL'])}",
)
STATUS = F("status", "statut", "status", "status", "zustand", "st", choose("A", "I", "P", "C"))
CREATED = F("created", "date_creation", "aanmaakdatum", "created_date", "angelegt", "crea", day(2018, 2024))
NOTE = F("note", "remarque", "opmerking", "remark", "anmerkung", "rem", text("fr"))
AMOUNT = F("amount", "montant", "bedrag", "amount", "betrag", "mnt", number(50, 20_000, 2))
START = F("start", "date_debut", "begindatum", "start_date", "beginn", "dt_deb", day(2019, 2023))
END = F("end", "date_fin", "einddatum", "end_date", "ablauf", "dt_fin", day(2024, 2027))
REGISTERS: dict[str, tuple[Field, ...]] = {
    "population": (NATIONAL, FIRSTNAME, SURNAME, BIRTH, SEX, STREET, HOUSE, POSTCODE, PHONE, MAIL),
    "enterprises": (
        ENTERPRISE, FIRM, F("form", "forme_juridique", "rechtsvorm", "legal_form", "rechtsart", "fj", choose("SA", "SRL", "ASBL", "SNC", "SC")),
        F("nace", "code_nace", "nacecode", "nace_code", "branche", "nace", coded("{}", 5)), STREET, HOUSE, POSTCODE,
        F("staff", "nombre_employes", "aantal_werknemers", "employee_count", "belegschaft", "nb_empl", number(1, 500)), CREATED,
    ),
    "parking": (
        F("permit", "numero_carte", "kaartnummer", "permit_number", "ausweisnr", "no_crt", coded("P{}", 7)),
        F("plate", "plaque", "nummerplaat", "licence_plate", "kennzeichen", "plq", lambda chance, _: f"{chance.randint(1, 2)}-{''.join(chance.choice('ABCDEFGHKLMNPRSTVWXYZ') for _ in range(3))}-{chance.randint(0, 999):03}"),
        NATIONAL, F("zone", "zone", "zone", "zone", "bereich", "zn", choose("A", "B", "C", "D", "E", "F")), START, END, AMOUNT,
    ),
    "dogs": (
        F("chip", "numero_puce", "chipnummer", "chip_number", "transponder", "puce", coded("9810{}", 11)),
        F("dog", "nom_chien", "naam_hond", "dog_name", "rufname", "ch", choose("Rex", "Bella", "Max", "Luna", "Tintin", "Kato", "Milou", "Zoe", "Flip")),
        F("breed", "race", "ras", "breed", "rasse", "rc", choose("Labrador", "Berger", "Beagle", "Teckel", "Caniche", "Boxer", "Malinois")), NATIONAL, CREATED,
    ),
    "subsidies": (
        F("file", "numero_dossier", "dossiernummer", "file_number", "aktenzeichen", "dos", coded("SUB-{}", 6)), ENTERPRISE, FIRM, AMOUNT,
        F("year", "annee_budgetaire", "begrotingsjaar", "budget_year", "haushalt", "an", choose(2020, 2021, 2022, 2023, 2024)),
        F("purpose", "objet", "doel", "purpose", "zweck", "obj", text("fr")), F("decided", "date_decision", "beslissingsdatum", "decision_date", "beschluss", "dt_dec", day(2020, 2024)),
    ),
    "trees": (
        F("tree", "code_arbre", "boomcode", "tree_code", "baumnr", "arb", coded("T{}", 6)),
        F("species", "espece", "boomsoort", "species", "baumart", "esp", choose("Tilia cordata", "Acer platanoides", "Platanus hispanica", "Quercus robur", "Ginkgo biloba", "Prunus serrulata", "Aesculus hippocastanum")),
        F("height", "hauteur", "hoogte", "height", "wuchs", "haut", number(2, 30, 1)), F("girth", "circonference", "omtrek", "circumference", "umfang", "circ", number(20, 300)),
        F("lat", "latitude", "breedtegraad", "latitude", "breite", "lat", number(50.80, 50.90, 6)), F("lon", "longitude", "lengtegraad", "longitude", "laenge", "lon", number(4.30, 4.45, 6)),
        F("planted", "date_plantation", "plantdatum", "planting_date", "gepflanzt", "dt_pl", day(1960, 2023)),
    ),
    "pupils": (
        F("pupil", "numero_eleve", "leerlingnummer", "pupil_number", "schuelernr", "elv", coded("{}", 8)), NATIONAL, FIRSTNAME, SURNAME, BIRTH,
        F("school", "ecole", "school", "school", "anstalt", "ecl", choose(*(f"École n° {n}" for n in range(1, 30)))), F("grade", "annee_etude", "leerjaar", "school_grade", "klasse", "ann", choose(1, 2, 3, 4, 5, 6)),
        F("language", "langue", "taal", "language", "sprache", "lg", choose("FR", "NL")),
    ),
    "works": (
        F("site", "reference_chantier", "werfreferentie", "site_reference", "baustelle", "ref", coded("CH{}", 7)), STREET, NOTE, START, END,
        F("contractor", "entrepreneur", "aannemer", "contractor", "auftragnehmer", "entr", lambda chance, n: f"{surname(chance, n)} Travaux"), STATUS, POSTCODE,
    ),
    "library": (
        F("card", "numero_lecteur", "lezersnummer", "reader_number", "leserkarte", "no_lect", coded("28{}", 10)), FIRSTNAME, SURNAME, MAIL, PHONE, CREATED, END,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table of text cells: its name, its columns' fields and names, and its rows."""

    name: str
    fields: tuple[Field, ...]
    names: tuple[str, ...]
    rows: list[list[Any]]

    def only(self, keys: Sequence[str]) -> Table:
        """Return the columns of these fields, in this order."""
        places = [next(n for n, field in enumerate(self.fields) if field.key == key) for key in keys]
        return Table(
            self.name, tuple(self.fields[n] for n in places), tuple(self.names[n] for n in places), [[row[n] for n in places] for row in self.rows]
        )

    def styled(self, name: str, style: str) -> Table:
        """Return the same table under another name, its columns named in another way."""
        return replace(self, name=name, names=tuple(field.named(style) for field in self.fields))

    def having(self, rows: list[list[Any]], name: str = "") -> Table:
        """Return the same columns with other rows."""
        return replace(self, rows=rows, name=name or self.name)


def make(name: str, fields: tuple[Field, ...], rows: int, seed: str, style: str = "en") -> Table:
    """Return a table of so many rows; the same seed gives the same table."""
    chance = random.Random(seed)
    cells = [[field.make(chance, n) for field in fields] for n in range(rows)]
    return Table(name, fields, tuple(field.named(style) for field in fields), cells)


@dataclass(frozen=True)
class Pair:
    """Two tables, the columns that match, and the trial that they belong to."""

    trial: str
    left: Table
    right: Table
    truth: frozenset[tuple[str, str]]


def pairs() -> list[Pair]:
    """Return pairs of tables with what matches: translated, shortened and opaque names, with all, half or none of the rows in common."""
    found: list[Pair] = []
    trials = (("fr", "nl"), ("en", "fr"), ("en", "nl"), ("en", "de"), ("fr", "short"), ("en", "opaque"))
    for register, fields in REGISTERS.items():
        for one, other in trials:
            for shared in (1.0, 0.5, 0.0):
                if shared == 0.0 and other in ("de", "opaque"):
                    continue
                whole = make(register, fields, 900, f"{register}{one}{other}")
                cut = int(600 * shared)
                left, right = (
                    whole.having(whole.rows[:600]).styled("left", one),
                    whole.having(whole.rows[600 - cut : 900 if cut < 600 else 600]).styled("right", other),
                )
                chance = random.Random(f"{register}{other}{shared}")
                keys = [field.key for field in right.fields]
                chance.shuffle(keys)
                right = right.only(keys[: max(4, len(keys) - 2)])
                truth = frozenset(
                    (mine, theirs)
                    for a, mine in zip(left.fields, left.names, strict=True)
                    for b, theirs in zip(right.fields, right.names, strict=True)
                    if a.key == b.key
                )
                found.append(Pair(f"{one}/{other} {shared:.0%}", left, right, truth))
    return found + [_joined(style) for style in ("fr", "nl", "en")]


def _joined(style: str) -> Pair:
    """Return a pair in which one column stands for two: a whole name, a whole address."""
    left = make("left", REGISTERS["population"], 600, "joined", style)
    place = {field.key: n for n, field in enumerate(left.fields)}
    names = {"fr": ("identite_complete", "adresse"), "nl": ("volledige_naam", "adres"), "en": ("full_name", "address")}[style]
    rows = [
        [f"{row[place['first']]} {row[place['last']]}", f"{row[place['street']]} {row[place['house']]}", row[place["birth"]]]
        for row in left.rows[200:]
    ]
    right = Table("right", (), (*names, BIRTH.named("short")), rows)
    keys = (("first", names[0]), ("last", names[0]), ("street", names[1]), ("house", names[1]), ("birth", BIRTH.named("short")))
    return Pair("one column for two", left, right, frozenset((left.names[place[key]], name) for key, name in keys))
