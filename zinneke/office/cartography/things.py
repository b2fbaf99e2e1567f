"""The things of the map and how they hang together: one head for all of them, details by kind, links by name.

Words and codes follow the Belgian vocabularies for authentic sources and for the register of processing
(http://vocab.belgif.be/ns/authsrc, http://vocab.belgif.be/ns/gdpr), OpenLineage for flows, and SKOS for the glossary.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, get_args

import msgspec

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import Text

Kind = Literal["administration", "application", "database", "table", "process", "form", "element", "source", "agreement", "treatment"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Hosting = Literal["sovereign", "private_ruled", "private_free", "unknown"]
Status = Literal["declared", "verified", "stale"]
Relation = Literal[
    "holds", "uses", "asks", "feeds", "masks", "guarantees", "provides", "consumes", "covers", "processes", "broader", "receives", "replaces"
]  # fmt: skip
RELATIONS: tuple[Relation, ...] = get_args(Relation)
Words = dict[str, str]
Short = Annotated[str, msgspec.Meta(max_length=500)]

KIND_NAMES: dict[Kind, Text] = {
    "administration": Text("Administration", "Administratie", "Administration"),
    "application": Text("Application", "Toepassing", "Application"),
    "database": Text("Base de données", "Databank", "Database"),
    "table": Text("Table", "Tabel", "Table"),
    "process": Text("Processus", "Proces", "Process"),
    "form": Text("Formulaire", "Formulier", "Form"),
    "element": Text("Élément de données", "Gegevenselement", "Data element"),
    "source": Text("Source authentique", "Authentieke bron", "Authentic source"),
    "agreement": Text("Accord d’échange", "Uitwisselingsovereenkomst", "Exchange agreement"),
    "treatment": Text("Traitement", "Verwerking", "Processing activity"),
}
KIND_PLURALS: dict[Kind, Text] = {
    "administration": Text("Administrations", "Administraties", "Administrations"),
    "application": Text("Applications", "Toepassingen", "Applications"),
    "database": Text("Bases de données", "Databanken", "Databases"),
    "table": Text("Tables", "Tabellen", "Tables"),
    "process": Text("Processus", "Processen", "Processes"),
    "form": Text("Formulaires", "Formulieren", "Forms"),
    "element": Text("Éléments de données", "Gegevenselementen", "Data elements"),
    "source": Text("Sources authentiques", "Authentieke bronnen", "Authentic sources"),
    "agreement": Text("Accords d’échange", "Uitwisselingsovereenkomsten", "Exchange agreements"),
    "treatment": Text("Registre des traitements", "Register van de verwerkingen", "Register of processing"),
}
RELATION_NAMES: dict[Relation, tuple[Text, Text]] = {
    "holds": (Text("contient", "bevat", "holds"), Text("se trouve dans", "zit in", "is held in")),
    "uses": (Text("utilise", "gebruikt", "uses"), Text("est utilisé par", "wordt gebruikt door", "is used by")),
    "asks": (Text("passe par", "verloopt via", "asks through"), Text("sert à", "dient voor", "serves")),
    "feeds": (Text("alimente", "voedt", "feeds"), Text("est alimenté par", "wordt gevoed door", "is fed by")),
    "masks": (Text("alimente, masqué,", "voedt, gemaskeerd,", "feeds, masked,"), Text("reçoit masqué", "krijgt gemaskeerd", "receives, masked,")),
    "guarantees": (Text("fait foi pour", "is authentiek voor", "is authoritative for"), Text("fait foi dans", "is authentiek in", "is authentic in")),
    "provides": (Text("fournit selon", "levert volgens", "provides under"), Text("a pour fournisseur", "heeft als leverancier", "has as provider")),
    "consumes": (Text("consulte selon", "raadpleegt volgens", "consumes under"), Text("a pour consommateur", "heeft als afnemer", "has as consumer")),
    "covers": (Text("couvre", "dekt", "covers"), Text("est couvert par", "wordt gedekt door", "is covered by")),
    "processes": (Text("traite", "verwerkt", "processes"), Text("est traité par", "wordt verwerkt door", "is processed by")),
    "broader": (Text("fait partie de", "valt onder", "is part of"), Text("comprend", "omvat", "includes")),
    "receives": (Text("reçoit de", "ontvangt van", "receives from"), Text("transmet à", "geeft door aan", "passes on to")),
    "replaces": (Text("remplace", "vervangt", "replaces"), Text("est remplacé par", "wordt vervangen door", "is replaced by")),
}
"""How a link reads from its source, and from its target."""
HOSTING_NAMES: dict[Hosting, Text] = {
    "sovereign": Text("cloud souverain", "soevereine cloud", "sovereign cloud"),
    "private_ruled": Text("cloud privé, cadre strict", "private cloud, strikt kader", "private cloud under strict rules"),
    "private_free": Text("cloud privé, sans cadre", "private cloud, zonder kader", "private cloud without rules"),
    "unknown": Text("lieu inconnu", "plaats onbekend", "place unknown"),
}


class Administration(msgspec.Struct, frozen=True, omit_defaults=True, tag="administration"):
    """Who holds data: its enterprise number (KBO-BCE), address on the web, and data protection officer (a function or its address)."""

    enterprise_number: Short = ""
    web: Short = ""
    contact: Short = ""
    dpo: Short = ""
    dpo_of: Literal["", "internal", "external"] = ""


class Application(msgspec.Struct, frozen=True, omit_defaults=True, tag="application"):
    """A system that people or machines work with. `cost` is in euros a year, None when nobody said."""

    hosting: Hosting = "unknown"
    supplier: Short = ""
    cost: Annotated[float, msgspec.Meta(ge=0)] | None = None
    users: Annotated[int, msgspec.Meta(ge=0)] | None = None
    web: Short = ""


class Database(msgspec.Struct, frozen=True, omit_defaults=True, tag="database"):
    """Where data lie: engine, place, how long they are kept (months, 0 for ever, None not decided), on which ground, and what follows then.

    `since` is the day of the oldest data in it, from which the months run.
    """

    engine: Short = ""
    place: Short = ""
    hosting: Hosting = "unknown"
    keep: Annotated[int, msgspec.Meta(ge=0, le=12_000)] | None = None
    keep_ground: Short = ""
    since: date | None = None
    afterwards: Literal["", "destroy", "archive"] = ""


class Column(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column of a table as its owner declares it; what was measured of it is in the profile."""

    name: Short
    type: Short = ""
    label: Words = {}
    level: Level | None = None
    key: bool = False
    references: Short = ""


class Table(msgspec.Struct, frozen=True, omit_defaults=True, tag="table"):
    """A table, view, file or message: its columns and how many rows it has (None when not counted). `dataset` is its key in the catalogue."""

    columns: tuple[Column, ...] = ()
    rows: int | None = None
    dataset: Short = ""


class Process(msgspec.Struct, frozen=True, omit_defaults=True, tag="process"):
    """What an administration does for somebody: on which ground, how often a year."""

    ground: Short = ""
    volume: Annotated[int, msgspec.Meta(ge=0)] | None = None
    web: Short = ""


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question that a form asks. `seconds` is what answering takes; None for the usual (see `once.SECONDS`)."""

    name: Short
    label: Words = {}
    type: Short = ""
    required: bool = False
    seconds: Annotated[float, msgspec.Meta(ge=0, le=86_400)] | None = None


class Form(msgspec.Struct, frozen=True, omit_defaults=True, tag="form"):
    """A form: its questions and how many times a year it is filled in."""

    fields: tuple[Field, ...] = ()
    volume: Annotated[int, msgspec.Meta(ge=0)] | None = None
    web: Short = ""


class Element(msgspec.Struct, frozen=True, omit_defaults=True, tag="element"):
    """A concept of which data are kept or asked, in the glossary once approved. `concepts` are its words in the lexicon, `iri` its public name.

    `identifies` says that it is a key by which an authentic source finds the rest: the one thing that a form must ask.
    """

    definition: Words = {}
    approved: bool = False
    personal: bool = False
    identifies: bool = False
    concepts: tuple[str, ...] = ()
    synonyms: dict[str, tuple[str, ...]] = {}
    iri: Short = ""


class Source(msgspec.Struct, frozen=True, omit_defaults=True, tag="source"):
    """An authentic source: the data that others must take from it instead of asking. Organisations are keys or names."""

    authoritative: bool = True
    responsible: Short = ""
    initiator: Short = ""
    integrator: Short = ""
    ground: Short = ""
    start: date | None = None
    frequency: Literal["", "CONT", "DAILY", "WEEKLY", "MONTHLY", "ANNUAL", "IRREG"] = ""
    web: Short = ""


class Agreement(msgspec.Struct, frozen=True, omit_defaults=True, tag="agreement"):
    """A decision by which one administration may read from another: which (`reference`), for what, on which ground, from when until when."""

    reference: Short = ""
    purpose: Words = {}
    ground: Short = ""
    start: date | None = None
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Say whether it is in force on a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class Treatment(msgspec.Struct, frozen=True, omit_defaults=True, tag="treatment"):
    """An entry of the register of processing (GDPR, article 30). Codes are those of `codes`; `processors` work for the controller.

    Of the impact assessment (article 35): its state, when it was made, when it is to be made anew, and where it can be read (`impact`).
    """

    role: Literal["controller", "processor"] = "controller"
    controller: Short = ""
    processors: tuple[Short, ...] = ()
    start: date | None = None
    purposes: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    ground: Short = ""
    categories: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    transfers: tuple[str, ...] = ()
    keep: Annotated[int, msgspec.Meta(ge=0, le=12_000)] | None = None
    keep_words: Words = {}
    assessment: Literal["", "not_needed", "needed", "under_way", "done"] = ""
    assessed: date | None = None
    reassess: date | None = None
    impact: Short = ""
    measures: tuple[str, ...] = ()


Details = Administration | Application | Database | Table | Process | Form | Element | Source | Agreement | Treatment
DETAILS: dict[Kind, type] = {each.__struct_config__.tag: each for each in get_args(Details)}


class ThingRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A thing as somebody writes it. `key` is its name in the map for ever; `links` are (relation, key of the target).

    `origin` says where it is known from (`hand`, a scan's name); `owner` is the key of the organisation that answers for it,
    `steward` the function or person that looks after it (told to those who may see personal data only).
    """

    key: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._:/-]{0,199}$")]
    details: Details
    title: Words
    about: Words = {}
    owner: Short = ""
    steward: Short = ""
    level: Level = Level.SHARED
    area: Annotated[str, msgspec.Meta(max_length=20)] = ""
    next_review: date | None = None
    origin: Short = "hand"
    links: tuple[tuple[Relation, str], ...] = ()

    @property
    def kind(self) -> Kind:
        """Return the kind of thing that it is."""
        kind: Kind = self.details.__struct_config__.tag  # type: ignore[assignment]
        return kind


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A thing as the map knows it. `status` is verified until its next review, `missing` since when its source no longer has it."""

    row: ThingRow
    kind: Kind
    status: Status
    version: int
    changed: datetime
    by: str
    reviewed: date | None
    missing: date | None
    claimed: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return its name in the map."""
        return self.row.key

    @property
    def title(self) -> Mapping[str, str]:
        """Return what it is called."""
        return self.row.title


class Tie(msgspec.Struct, frozen=True):
    """A link as one of its ends sees it: the relation, whether this end is its source, and the thing at the other end."""

    relation: Relation
    outward: bool
    key: str
    kind: Kind
    title: Words
    origin: str


class Meaning(msgspec.Struct, frozen=True):
    """That a column or field means a data element: suggested by the machine with a score, or decided by a person (who, when)."""

    thing: str
    column: str
    element: str
    title: Words
    state: Literal["suggested", "confirmed", "rejected"]
    score: float = 1.0
    by: str = ""
    when: datetime | None = None
