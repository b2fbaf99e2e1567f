"""Which registrations of sources are meant: by the entities and attributes that they are for, by place, by scope (the standard's clause 5.12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from zinneke.foundations.observations.attributes import fitting
from zinneke.foundations.observations.attributes.values import MEMBERS, Around, Condition, Instance, Linked, Wanted
from zinneke.foundations.observations.entities import geometry, mirror
from zinneke.kernel.problem import wrong
from zinneke.standards.ngsi_ld import contexts, query, registrations, wanted
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.fragments import is_uri
from zinneke.standards.ngsi_ld.talk import Options

DESCRIBING = ("registrationName", "description", "mode", "endpoint", "contextSourceAlias", "tenant", "refreshRate", "expiresAt", "scope")
"""Members of a registration that are asked about in a filter of sources, beside properties of its own."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Entities that are meant: a choice of types, ids, a pattern of ids. What is not said is not asked for."""

    types: Condition | None = None
    ids: tuple[str, ...] = ()
    pattern: str = ""

    def meets(self, given: Mapping[str, Any]) -> bool:
        """Say whether there may be any such entity among those that a source is registered for."""
        if self.types is not None and not fitting.holds(Linked(id="", types=registrations.kinds(given)), self.types):
            return False
        if not (self.ids or self.pattern) or not {"id", "idPattern"} & set(given):
            return True
        if "id" in given:
            return given["id"] in self.ids or bool(self.pattern and registrations.fits(self.pattern, given["id"]))
        return bool(self.pattern) or any(registrations.fits(given["idPattern"], key) for key in self.ids)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is asked of registrations: any of some selectors and any of some attributes, a place, a scope.

    `latest`: that they tell how things are; `open`: that one without a place or a scope is meant too, since it may have anything.
    """

    selectors: tuple[Selector, ...] = ()
    names: frozenset[str] = frozenset()
    around: Around | None = None
    scopes: Condition | None = None
    latest: bool = False
    open: bool = False
    filter: Condition | None = None

    def of(self, document: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return a registration with those parts of its information that are meant; None when it is not meant."""
        if not document or (self.latest and not registrations.is_current(document)):
            return None
        if self.around is not None and not (self.open and _place(self.around) not in document) and not _near(document, self.around):
            return None
        if (
            self.scopes is not None
            and not (self.open and "scope" not in document)
            and not fitting.holds(Linked(id="", types=(), scopes=_listed(document.get("scope", ()))), self.scopes)
        ):
            return None
        if self.filter is not None and not fitting.holds(_described(document), self.filter):
            return None
        parts = [each for each in document["information"] if self._part(each)]
        return {**document, "information": parts} if parts else None

    def _part(self, part: Mapping[str, Any]) -> bool:
        entities, names = part.get("entities"), registrations.names(part)
        if self.selectors and entities and not any(selector.meets(each) for selector in self.selectors for each in entities):
            return False
        return not self.names or not names or bool(self.names & names)


def _described(document: Mapping[str, Any]) -> Linked:
    """Return what a registration says of its source, as what an entity has: some of its members, and properties of its own."""
    words = contexts.of([], "")
    said = {**document, "mode": registrations.mode(document)}
    found = {words.expand(name): [Instance(value=said[name])] for name in DESCRIBING if name in said}
    for name, value in registrations.own(document).items():
        kind = value["type"]
        found[name] = [Instance(kind=kind, value=value[MEMBERS[kind]])]
    return Linked(id=str(document.get("id", "")), types=("ContextSourceRegistration",), attributes=found)


def filter_of(text: str, context: Context) -> Condition | None:
    """Read a context source filter, None where there is none. Raises `Problem` 400."""
    if not text:
        return None
    found = query.read_q(text, context)
    if query.depth(found):
        raise wrong("A filter of sources follows no relationships.", where="csf")
    return found


def _listed(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value if isinstance(value, list | tuple) else [value]))


def _place(around: Around) -> str:
    return around.name.rpartition("/")[2]


def _near(document: Mapping[str, Any], around: Around) -> bool:
    """Say whether the place of a source is meant, or may have something in it that is."""
    made = mirror.geometry(document.get(_place(around)))
    if made is None:
        return False
    place, shape = shapely.from_wkb(made), shapely.from_wkb(around.shape)
    if around.predicate == "disjoint":
        return not shapely.covers(shape, place)
    if around.predicate != "near":
        return bool(shapely.intersects(place, shape))
    if around.most is not None and float(geometry.metres(place, shape)) > around.most:
        return False
    return around.least is None or float(np.max(geometry.metres(shapely.points(shapely.get_coordinates(place)), shape))) >= around.least


def selector(given: Mapping[str, Any], context: Context) -> Selector:
    """Read which entities are meant: `type`, `id` and `idPattern`. Raises `Problem` 400."""
    ids = given.get("id") or ()
    found = Selector(
        query.read_types(given["type"], context) if given.get("type") else None,
        tuple(ids if isinstance(ids, list | tuple) else [ids]),
        str(given.get("idPattern") or ""),
    )
    if not all(isinstance(each, str) and is_uri(each) for each in found.ids):
        raise wrong("id is a list of URIs.", where="id")
    try:
        registrations.fits(found.pattern, "")
    except ValueError:
        raise wrong("idPattern is a regular expression as RE2 reads it.", where="idPattern") from None
    return found


def from_parameters(asked: Options, context: Context) -> Sought:
    """Return what the parameters of an address ask for. Raises `Problem` 400."""
    given = {"type": asked.get("type"), "id": asked.words("id"), "idPattern": asked.get("idPattern")}
    scopes = asked.get("scopeQ")
    return Sought(
        (selector(given, context),) if any(given.values()) else (),
        frozenset(context.expand(each) for each in asked.words("attrs")),
        placed(wanted.around(asked, context)),
        query.read_scopes(scopes) if scopes else None,
        filter=filter_of(asked.get("csf"), context),
    )


def along(asked: Options, entities: Sequence[Any], meant: Wanted, context: Context) -> Sought:
    """Return of which sources a question for entities is asked along; `entities` are those of a query that is sent."""
    given = {"type": asked.get("type"), "id": meant.ids or (), "idPattern": meant.pattern}
    selectors = [selector(each, context) for each in (entities or ([given] if any(given.values()) else []))]
    around = meant.around if meant.around is not None and _place(meant.around) in registrations.PLACES else None
    scopes = query.read_scopes(asked.get("scopeQ")) if asked.get("scopeQ") else None
    return Sought(tuple(selectors), frozenset(meant.having), around, scopes, open=True, filter=filter_of(asked.get("csf"), context))


def placed(around: Around | None) -> Around | None:
    """Return a condition on a place when registrations have such a one. Raises `Problem` 400."""
    if around is not None and _place(around) not in registrations.PLACES:
        raise wrong(f"A source has {', '.join(registrations.PLACES)}, and no other place.", where="geoproperty")
    return around


def from_settings(asked: Mapping[str, Any], context: Context) -> Sought:
    """Return what a subscription asks for. Raises `Problem` 400."""
    entities: Iterable[Any] = asked.get("entities", ())
    return Sought(
        tuple(selector(each, context) for each in entities),
        frozenset(asked.get("names", ())),
        placed(wanted.geo(asked["geoQ"], context)) if "geoQ" in asked else None,
        query.read_scopes(asked["scopeQ"]) if "scopeQ" in asked else None,
        latest=True,
        filter=filter_of(str(asked.get("csf", "")), context),
    )
