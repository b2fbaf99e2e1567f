"""The planted benchmark: databases of the 19 communes in French and Dutch, with redundancies whose truth is known, and tables that only look alike."""

# ruff: noqa: E501
from __future__ import annotations

import random
from dataclasses import dataclass, field

from benchmarks._registers import (
    COMMUNE,
    COMMUNES,
    CREATED,
    ID,
    NOTE,
    POSTCODE,
    REGISTERS,
    START,
    STATUS,
    F,
    Field,
    Table,
    choose,
    coded,
    make,
    number,
)

LOOKALIKE = (
    "parking meters|parcmètres|parkeermeters|power|tension|voltage", "benches|bancs|banken|seats|places_assises|zitplaatsen",
    "street lamps|luminaires|lampen|lumen|flux_lumineux|lichtstroom", "playgrounds|plaines de jeux|speelpleinen|fall height|hauteur_chute|valhoogte",
    "bike racks|arceaux vélo|fietsenstallingen|hoops|nombre_arceaux|aantal_beugels", "fountains|fontaines|fonteinen|flow|debit|debiet",
    "hydrants|bouches d'incendie|hydranten|pressure|pression_eau|waterdruk", "graffiti|graffitis|graffiti|wall|surface_mur|muuroppervlak",
)  # fmt: skip


@dataclass
class City:
    """The tables, which of them are redundant pairs (a frozen set of two names to the kind), and which belong to groups of one kind."""

    tables: list[Table] = field(default_factory=list)
    truth: dict[frozenset[str], str] = field(default_factory=dict)
    alike: dict[frozenset[str], str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def add(self, table: Table, kind: str) -> None:
        """Add a table of a kind of thing."""
        self.tables.append(table)
        self.kinds[table.name] = kind

    def plant(self, kind: str, one: Table, other: Table) -> None:
        """Add a table that is redundant with another."""
        self.add(other, f"{other.name}" if kind == "joinable" else self.kinds[one.name])
        self.truth[frozenset((one.name, other.name))] = kind


def city(seed: int = 7) -> City:
    """Return the whole: registers of every commune in its language, look-alikes, and about sixty planted redundancies."""
    chance, found = random.Random(seed), City()
    base: dict[tuple[str, str], Table] = {}
    for place, commune in enumerate(COMMUNES):
        name, style = commune.split("|")[place % 2], "nl" if place % 2 else "fr"
        for register in _registers(place):
            table = make(
                f"{name}.{REGISTERS_NAMED[register][place % 2]}", (ID, *REGISTERS[register]), 300 + 40 * place, f"{seed}{register}{place}", style
            )
            base[name, register] = table
            found.add(table, register)
        for which in range(place % 3, len(LOOKALIKE), 3):
            found.add(_lookalike(name, LOOKALIKE[which], style, f"{seed}{place}{which}"), LOOKALIKE[which])
    _plant(found, base, chance)
    _of_a_kind(found)
    return found


REGISTERS_NAMED = {
    "population": ("population", "bevolking"), "enterprises": ("entreprises", "ondernemingen"), "parking": ("cartes_riverain", "bewonerskaarten"),
    "dogs": ("chiens", "honden"), "subsidies": ("subsides", "toelagen"), "trees": ("arbres", "bomen"), "pupils": ("eleves", "leerlingen"),
    "works": ("chantiers", "werven"), "library": ("lecteurs", "lezers"),
}  # fmt: skip


def _registers(place: int) -> list[str]:
    """Return which registers a commune keeps: five of the nine, so that not every commune has all."""
    names = list(REGISTERS)
    return [names[(place + step) % len(names)] for step in (0, 2, 4, 5, 7)]


def _lookalike(commune: str, what: str, style: str, seed: str) -> Table:
    """Return a table of something else with the same surrogate keys, codes, communes, dates and remarks as many others."""
    english, french, dutch, *measure = what.split("|")
    own = F("own", measure[1], measure[2], measure[0], "mass", "mes", number(1, 900, 1))
    fields: tuple[Field, ...] = (
        ID,
        STATUS,
        COMMUNE,
        POSTCODE,
        own,
        CREATED,
        NOTE,
        F("kind", "type", "type", "type", "art", "tp", choose("1", "2", "3")),
    )
    return make(f"{commune}.{french if style == 'fr' else dutch}", fields, random.Random(seed).randint(120, 500), seed, style)


def _of_a_kind(found: City) -> None:
    """Note which tables describe the same kind of thing, planted ones too, unless they are redundant."""
    for place, one in enumerate(found.tables):
        for other in found.tables[:place]:
            pair = frozenset((one.name, other.name))
            if found.kinds[one.name] == found.kinds[other.name] and pair not in found.truth:
                found.alike[pair] = found.kinds[one.name]


def _plant(found: City, base: dict[tuple[str, str], Table], chance: random.Random) -> None:
    keys = sorted(base)
    chance.shuffle(keys)
    for number_, key in enumerate(keys[:60]):
        table, register = base[key], key[1]
        kind = ("copy", "older", "subset", "joinable", "copy", "older")[number_ % 6]
        style = chance.choice(["fr", "nl", "short", "opaque" if kind == "copy" else "fr"])
        other = globals()[f"_{kind}"](table, register, chance).styled(f"region.{kind}_{number_}", style)
        found.plant(kind, table, other)


def _copy(table: Table, register: str, chance: random.Random) -> Table:
    rows = [list(row) for row in table.rows]
    chance.shuffle(rows)
    for place, row in enumerate(rows):
        row[0] = place + 1
    return table.having(rows)


def _older(table: Table, register: str, chance: random.Random) -> Table:
    """Return the table as it was: without its newest rows, and with some cells as they were before."""
    rows = [list(row) for row in table.rows[: int(len(table.rows) * 0.85)]]
    for row in rows:
        for place in range(2, len(row)):
            if chance.random() < 0.08:
                row[place] = table.fields[place].make(chance, 0)
    return table.having(rows)


def _subset(table: Table, register: str, chance: random.Random) -> Table:
    rows = chance.sample(table.rows, int(len(table.rows) * 0.4))
    keep = [each.key for each in table.fields[1:]]
    return table.having(rows).only(keep[: max(3, len(keep) - 2)])


def _joinable(table: Table, register: str, chance: random.Random) -> Table:
    """Return another table about the same entities: their key, and attributes that the first does not have."""
    key = table.fields[1]
    rows = chance.sample(table.rows, int(len(table.rows) * 0.7))
    more = (F("score", "score_evaluation", "beoordelingsscore", "assessment_score", "note", "scr", number(0, 100, 1)),
            F("visit", "reference_visite", "bezoekreferentie", "visit_reference", "besuch", "vst", coded("V{}", 8)), START)  # fmt: skip
    cells = [[row[1], *(each.make(chance, n) for each in more)] for n, row in enumerate(rows)]
    return Table("", (key, *more), (), cells)
