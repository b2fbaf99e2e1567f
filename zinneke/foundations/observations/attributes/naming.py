"""What things, their kinds and their streams are called as entities, types and attributes: IRIs, from what solutions declare."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import quote, unquote

from zinneke.foundations.observations.register import Register
from zinneke.foundations.observations.values import Stream, Thing
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor, Right

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
"""The vocabulary of names that no context defines."""
CORE = {name: f"https://uri.etsi.org/ngsi-ld/{name}" for name in ("location", "observationSpace", "operationSpace")} | {
    "description": "http://purl.org/dc/terms/description"
}
"""Attributes that the standard itself defines."""
_WORDS = {iri: name for name, iri in CORE.items()}
OWNER = "ngsi-ld"
"""The owner, in keys, of things that were created as entities; the rest of such a key is the entity's id."""
MODELS = "https://smartdatamodels.org/"
AIR = frozenset({"pm25", "pm10", "no2", "o3", "so2", "no", "nox", "co", "co2"})
_MODEL = re.compile(r"https://github\.com/smart-data-models/(dataModel\.\w+)/blob/master/(\w+)")


def short(iri: str) -> str:
    """Return an IRI as it is kept: a word where the standard's own or its default vocabulary has it."""
    if iri in _WORDS:
        return _WORDS[iri]
    rest = iri.removeprefix(DEFAULT)
    return rest if rest and ":" not in rest and rest not in CORE else iri


def full(name: str) -> str:
    """Return the IRI of a name as it is kept."""
    return CORE.get(name) or (name if ":" in name else DEFAULT + name)


def last(iri: str) -> str:
    """Return the last word of an IRI."""
    return re.split(r"[/#:]", iri)[-1] or iri


@cache
def _declared(solution: str, kind: str) -> tuple[str, dict[str, str]]:
    """Return the type of a declared kind of asset, and the attribute of each of its readings."""
    found = registry.solutions().get(solution)
    asset = next((asset for asset in found.assets if asset.key == kind), None) if found else None
    if asset is None:
        return "", {}
    model = _MODEL.fullmatch(asset.model)
    names: dict[str, str] = {}
    for reading in asset.readings:
        name = reading.means if reading.means.startswith(MODELS) else reading.key
        if model and reading.key in AIR:
            name = f"{MODELS}{model[1]}/{reading.key}"
        names[reading.key] = reading.key if name in names.values() else name
    return f"{MODELS}{model[1]}/{model[2]}" if model else "", names


def types(thing: Thing) -> tuple[str, ...]:
    """Return the types of a thing as they are kept: the data model that its kind follows, else its kind, else Thing."""
    declared = _declared(thing.solution, thing.kind)[0]
    return (declared,) if declared else tuple(thing.kind.split()) or ("Thing",)


def uri(thing: Thing) -> str:
    """Return the id of a thing as an entity: what it was created with, else `urn:ngsi-ld:<type>:<solution>:<identifier>`."""
    owner, _, rest = thing.key.partition("/")
    if owner == OWNER:
        return rest
    return f"urn:ngsi-ld:{last(types(thing)[0])}:{quote(owner, safe='')}:{quote(rest, safe='/')}"


def find(known: Register, entity: str) -> Thing | None:
    """Return the thing of an entity's id."""
    found = _index(known).things
    thing = found.get(entity)
    if thing is None and (thing := _find(known, entity)) is not None:
        if len(found) >= MOST_FOUND:
            found.clear()
        found[entity] = thing
    return thing


def _find(known: Register, entity: str) -> Thing | None:
    thing = known.things.get(f"{OWNER}/{entity}")
    if thing is None and entity.startswith("urn:ngsi-ld:"):
        parts = entity.split(":", 4)
        thing = known.things.get(f"{unquote(parts[3])}/{unquote(parts[4])}") if len(parts) == 5 else None
        if thing is not None and uri(thing) != entity:
            return None
    return thing


def stream_key(thing: str, name: str, dataset: str) -> str:
    """Return the key of a stream that is made for an attribute: its name after an @, and its dataset."""
    return f"{thing}/@{name} {dataset}".rstrip()


def attribute(stream: Stream, kind: str) -> tuple[str, str]:
    """Return the name and dataset of a stream as an attribute; `kind` is its thing's."""
    rest = stream.key[len(stream.thing) + 1 :]
    if rest.startswith("@"):
        name, _, dataset = rest[1:].partition(" ")
        return name, dataset
    return _declared(stream.solution, kind)[1].get(stream.reading) or stream.reading or rest, ""


def attributes(known: Register, thing: str) -> dict[tuple[str, str], int]:
    """Return the positions of a thing's streams by name and dataset; of two with one name, the later has a dataset of its own."""
    index = _index(known)
    found = index.attributes.get(thing)
    if found is None:
        found, kind = {}, known.things[thing].kind
        for stream in known.of(thing):
            name, dataset = attribute(stream, kind)
            if (name, dataset) in found:
                dataset = f"urn:zinneke:stream:{stream.id}"
            found[name, dataset] = int(known.position[stream.id])
        if len(index.attributes) >= MOST_FOUND:
            index.attributes.clear()
        index.attributes[thing] = found
    return found


def seen(known: Register, actor: Actor, thing: str) -> dict[tuple[str, str], int]:
    """Return the same of the streams that the actor may see."""
    mask = known.mask(actor, Right.SEE)
    return {key: position for key, position in attributes(known, thing).items() if mask[position]}


@dataclass(slots=True)
class Index:
    """What was found of one register: how the streams of things are called, and entities by their id."""

    attributes: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)


MOST_FOUND = 20_000
"""Things, and entities, that are remembered."""
_INDEX = "attributes"


def _index(known: Register) -> Index:
    index: Index | None = known.derived.get(_INDEX)
    if index is None:
        index = known.derived[_INDEX] = Index()
    return index
