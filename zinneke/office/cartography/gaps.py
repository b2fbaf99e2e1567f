"""What is missing: high-value data that nobody publishes, data asked for but held nowhere, vain searches."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

import msgspec
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zinneke.foundations.catalogue import store as catalogue
from zinneke.kernel.confidentiality import ANONYMOUS, Actor
from zinneke.kernel.finding import fold
from zinneke.kernel.text import Text
from zinneke.office.cartography import models, shelf

FEW = 5
"""How often words must have been searched in vain before anybody sees them: fewer could be one person."""
LONGEST = 60


@dataclass(frozen=True, slots=True)
class HighValue:
    """A kind of data that the Union calls of high value: the words by which it is looked for, in three languages at once."""

    category: Text
    name: Text
    words: str


_SPACE = Text("Géospatial", "Geospatiaal", "Geospatial")
_EARTH = Text("Observation de la terre et environnement", "Aardobservatie en milieu", "Earth observation and environment")
_WEATHER = Text("Météorologie", "Meteorologie", "Meteorology")
_STATISTICS = Text("Statistiques", "Statistiek", "Statistics")
_COMPANIES = Text("Entreprises", "Bedrijven", "Companies")
_MOBILITY = Text("Mobilité", "Mobiliteit", "Mobility")
HIGH_VALUE: tuple[HighValue, ...] = (
    HighValue(_SPACE, Text("Unités administratives", "Administratieve eenheden", "Administrative units"), "communes limites administratives"),
    HighValue(_SPACE, Text("Noms géographiques", "Geografische namen", "Geographical names"), "noms de rues"),
    HighValue(_SPACE, Text("Adresses", "Adressen", "Addresses"), "adresses"),
    HighValue(_SPACE, Text("Bâtiments", "Gebouwen", "Buildings"), "bâtiments"),
    HighValue(_SPACE, Text("Parcelles cadastrales", "Kadastrale percelen", "Cadastral parcels"), "parcelles cadastrales"),
    HighValue(_EARTH, Text("Qualité de l’air", "Luchtkwaliteit", "Air quality"), "qualité de l'air"),
    HighValue(_EARTH, Text("Bruit", "Geluid", "Noise"), "bruit"),
    HighValue(_EARTH, Text("Eau", "Water", "Water"), "eau"),
    HighValue(_EARTH, Text("Déchets", "Afval", "Waste"), "déchets"),
    HighValue(_EARTH, Text("Nature et biodiversité", "Natuur en biodiversiteit", "Nature and biodiversity"), "natura 2000"),
    HighValue(_EARTH, Text("Émissions et climat", "Uitstoot en klimaat", "Emissions and climate"), "émissions"),
    HighValue(_EARTH, Text("Énergie", "Energie", "Energy"), "énergie consommation"),
    HighValue(_EARTH, Text("Occupation du sol", "Bodemgebruik", "Land use"), "occupation du sol"),
    HighValue(_WEATHER, Text("Observations de stations", "Metingen van stations", "Station observations"), "température station"),
    HighValue(_WEATHER, Text("Pluviométrie", "Neerslag", "Rainfall"), "précipitations"),
    HighValue(_STATISTICS, Text("Population", "Bevolking", "Population"), "population"),
    HighValue(_STATISTICS, Text("Emploi et chômage", "Werk en werkloosheid", "Employment and unemployment"), "chômage"),
    HighValue(_STATISTICS, Text("Revenus et pauvreté", "Inkomen en armoede", "Income and poverty"), "revenus"),
    HighValue(_STATISTICS, Text("Logement", "Huisvesting", "Housing"), "logement"),
    HighValue(_STATISTICS, Text("Santé", "Gezondheid", "Health"), "santé"),
    HighValue(_STATISTICS, Text("Tourisme", "Toerisme", "Tourism"), "tourisme nuitées"),
    HighValue(_STATISTICS, Text("Finances publiques", "Overheidsfinanciën", "Government finance"), "budget"),
    HighValue(_COMPANIES, Text("Registre des entreprises", "Ondernemingsregister", "Company register"), "entreprises"),
    HighValue(_COMPANIES, Text("Comptes annuels", "Jaarrekeningen", "Annual accounts"), "comptes annuels"),
    HighValue(_MOBILITY, Text("Réseau routier", "Wegennet", "Road network"), "réseau routier"),
    HighValue(_MOBILITY, Text("Réseau ferré", "Spoornet", "Rail network"), "chemin de fer"),
    HighValue(_MOBILITY, Text("Voies navigables", "Waterwegen", "Inland waterways"), "voies navigables"),
)
"""After the annex of the Implementing Regulation (EU) 2023/138, as far as a region can hold them; the words are ours."""


class Covered(msgspec.Struct, frozen=True):
    """A kind of high-value data and how many datasets answer to its words; the address of the search shows them.

    `region` are those of the Region among them, None before the catalogue was looked through.
    """

    index: int
    words: str
    datasets: int
    region: int | None = None


class Missed(msgspec.Struct, frozen=True):
    """Words that were searched in vain, and how often."""

    words: str
    count: int


def high_value(region: Sequence[int]) -> list[Covered]:
    """Return how many public datasets answer to each kind of high-value data; relaxed searches count as nothing found.

    `region` says the same of the Region's own, as `count_high_value` counted them.
    """
    covered = []
    for index, each in enumerate(HIGH_VALUE):
        found = catalogue.search(ANONYMOUS, each.words, "fr", limit=0)
        covered.append(Covered(index, each.words, 0 if found.relaxed else found.total, region[index] if index < len(region) else None))
    return covered


def count_high_value(ours: Container[str]) -> tuple[int, ...]:
    """Return how many of our datasets, given by their keys, answer to each kind of high-value data."""
    return tuple(sum(key in ours for key in _answering(each.words)) for each in HIGH_VALUE)


def _answering(words: str) -> Iterator[str]:
    """Yield the keys of the public datasets that answer to words, as far as a search goes."""
    for offset in range(0, 10_000, 100):
        found = catalogue.search(ANONYMOUS, words, "fr", limit=100, offset=offset)
        if found.relaxed:
            return
        yield from (hit.key for hit in found.hits)
        if len(found.hits) < 100:
            return


def held_nowhere(actor: Actor) -> list[str]:
    """Return the keys of elements that a form asks for, that no table holds and no source guarantees, as far as the actor may see."""
    asked = models.Meaning.objects.filter(shelf.reachable(actor, prefix="thing__"), thing__kind="form").exclude(state="rejected")
    held = models.Meaning.objects.filter(thing__kind="table", thing__withdrawn=False).exclude(state="rejected").values("element_id")
    sure = models.Link.objects.filter(relation="guarantees", source__withdrawn=False).values("target_id")
    wanted = shelf.things(actor).filter(kind="element", pk__in=asked.values("element_id")).exclude(pk__in=held).exclude(pk__in=sure)
    return list(wanted.order_by("key").values_list("key", flat=True))


def note_miss(text: str) -> None:
    """Count words that found nothing. What could be somebody's (figures of a number, a mail address, a long text) is not kept."""
    words = " ".join(fold(text))
    if not words or len(words) > LONGEST or "@" in text or re.search(r"\d{5}", text.replace(" ", "")):
        return
    with transaction.atomic():
        _, new = models.Miss.objects.get_or_create(words=words, defaults={"count": 1, "last": timezone.localdate()})
        if not new:
            models.Miss.objects.filter(words=words).update(count=F("count") + 1, last=timezone.localdate())


def misses(limit: int = 50) -> list[Missed]:
    """Return what was searched in vain by more than a few, the most often first."""
    return [Missed(each.words, each.count) for each in models.Miss.objects.filter(count__gte=FEW).order_by("-count", "words")[:limit]]
