"""Whether two ideas are one: words compared across French, Dutch and English by what they mean, in the same city first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log

from zinneke.kernel.finding import fold

CONCEPTS = """
air lucht qualite kwaliteit luchtkwaliteit quality
velo velos fiets fietsen bike bikes bicycle cycle cycling cyclable cyclables fietspad fietspaden
partage partages deel delen deelfiets deelfietsen sharing share shared
stationnement parking parkings parkeren parkeer parkeerplaatsen
capteur capteurs sensor sensors sensoren
dechet dechets afval waste poubelle poubelles vuilnisbak vuilnisbakken afvalbak afvalbakken bin bins
eclairage verlichting lighting lampadaire lampadaires lantaarn straatverlichting lights
donnees donnee data gegevens
ouvertes open ouvert
energie energy
eau water
bruit lawaai geluid noise
batiment batiments gebouw gebouwen building buildings
chaleur warmte heat heating chauffage verwarming
bus autobus
tram trams tramway
train trains trein treinen rail
circulation verkeer traffic
peage tol tolheffing toll charge
borne bornes recharge laadpaal laadpalen charger chargers
electrique electriques elektrisch elektrische electric
voiture voitures auto autos car cars
pieton pietons voetganger voetgangers pedestrian pedestrians walking
participatif participatif participation participatie participatory participative
budget budgets begroting
citoyen citoyens burger burgers citizen citizens
signalement meldpunt melding meldingen reporting report
plateforme platform
guichet loket counter
numerique digitaal digitale digital
identite identiteit identity
ecole ecoles school scholen schools
sante gezondheid health
soins zorg care
aines ouderen elderly seniors older
securite veiligheid safety security
inondation inondations overstroming overstromingen flood flooding
arbre arbres boom bomen tree trees
vert verte groene groen green
toit toits dak daken roof roofs
quartier quartiers wijk wijken district neighbourhood
ville villes stad steden city cities
intelligent intelligente intelligents intelligentes slim slimme smart
jumeau tweeling twin
carte kaart map
application applications app apps toepassing
laboratoire lab labs labo proeftuin
musee musees museum musea museums
bibliotheque bibliotheken bibliotheek library libraries
logement logements woning woningen housing
emploi emplois werk jobs job employment
entreprise entreprises bedrijf bedrijven company companies business
marche markt market
logistique logistiek logistics livraison levering delivery
zone zones
basse laag lage low
emission emissies emissions
solaire solaires zonne zonnepanelen solar
climat klimaat climate
vote votes stemmen voting election
information informatie
temps tijd time
reel reelle reele real
tourisme toerisme tourism
jeunes jongeren youth
langue taal language
formation opleiding training
quai kaai quay port haven harbour
bateau boot boats boat
drone drones
robot robots
billet ticket tickets billetterie ticketing
pas card
service services dienst diensten
"""
CITIES: Mapping[str, tuple[str, ...]] = {
    "vienna": ("vienne", "wenen", "wien", "vienna"),
    "copenhagen": ("copenhague", "kopenhagen", "kobenhavn", "copenhagen"),
    "ghent": ("gand", "gent", "ghent"),
    "antwerp": ("anvers", "antwerpen", "antwerp"),
    "london": ("londres", "londen", "london"),
    "paris": ("paris", "parijs"),
    "barcelona": ("barcelone", "barcelona"),
    "seoul": ("seoul",),
    "singapore": ("singapour", "singapore"),
    "brussels": ("bruxelles", "brussel", "brussels"),
    "lisbon": ("lisbonne", "lissabon", "lisboa", "lisbon"),
    "bruges": ("bruges", "brugge"),
    "leuven": ("louvain", "leuven"),
    "liege": ("liege", "luik"),
    "lille": ("lille", "rijsel"),
    "milan": ("milan", "milaan", "milano"),
    "helsinki": ("helsinki", "helsingfors"),
    "geneva": ("geneve", "geneva"),
    "hamburg": ("hambourg", "hamburg"),
    "warsaw": ("varsovie", "warschau", "warszawa", "warsaw"),
    "prague": ("prague", "praag", "praha"),
    "zurich": ("zurich",),
    "new york": ("new york", "new york city", "nyc"),
    "lyon": ("lyon",),
}
EMPTY = frozenset(
    """de la le les l d du des un une et en a au aux dans pour par sur avec het een van der den te in op met voor aan
    the of and for to on at with from""".split()  # noqa: SIM905  words, not a list of quotes
)
ALIKE = 0.5


@cache
def _concepts() -> dict[str, str]:
    found: dict[str, str] = {}
    for group in CONCEPTS.splitlines():
        words = group.split() or [""]
        found.update(dict.fromkeys(words, words[0]))
    return found


def city_of(name: str) -> str:
    """Return one name for a city, whatever the language it was written in."""
    folded = " ".join(fold(name))
    return next((key for key, names in CITIES.items() if folded in names), folded)


def concepts(texts: Iterable[str]) -> frozenset[str]:
    """Return what the words of a title mean, in whichever of the three languages they stand."""
    known = _concepts()
    words = (word for text in texts for word in fold(text))
    return frozenset(known.get(word, word) for word in words if word not in EMPTY and len(word) > 1)


@dataclass(frozen=True, slots=True)
class Known:
    """An idea as it is compared: a key, its city, and each of its titles."""

    key: str
    city: str
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two ideas that look like one, 0 to 1."""

    one: str
    other: str
    likeness: float


def pairs(ideas: Sequence[Known], least: float = ALIKE) -> list[Pair]:
    """Return the pairs of the same city whose words mean nearly the same, the most alike first.

    Likeness is the weighted share of common meanings (Jaccard), rare meanings counting more: log of ideas over ideas that have it. Each language of a
    title is compared by itself, and the best pairing counts.
    """
    meant = {each.key: [concepts([title]) for title in each.titles if title] for each in ideas}
    often = Counter(word for key in meant for word in frozenset().union(*meant[key]))
    weight = {word: log(1 + len(ideas) / count) for word, count in often.items()}
    by_city: dict[str, list[Known]] = {}
    for each in ideas:
        by_city.setdefault(city_of(each.city), []).append(each)
    found = []
    for group in by_city.values():
        for at, one in enumerate(group):
            for other in group[at + 1 :]:
                alike = max((_alike(a, b, weight) for a in meant[one.key] for b in meant[other.key]), default=0.0)
                if alike >= least:
                    found.append(Pair(one.key, other.key, alike))
    return sorted(found, key=lambda pair: (-pair.likeness, pair.one, pair.other))


def _alike(one: frozenset[str], other: frozenset[str], weight: Mapping[str, float]) -> float:
    either = sum(weight[word] for word in one | other)
    return sum(weight[word] for word in one & other) / either if either else 0.0
