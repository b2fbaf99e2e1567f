"""Entities as the standard's JSON, data arrays and CSV."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from zinneke.foundations.observations.entities import sets
from zinneke.foundations.observations.values import Answered, Entity, Question
from zinneke.kernel.problem import wrong
from zinneke.kernel.spreadsheet import as_csv
from zinneke.standards.sensorthings.options import Options, write_token

CONTROL = ("@iot.id", "@iot.selfLink")
IDS = ("id", "@iot.id")
_encoder = msgspec.json.Encoder()


def reference(set_name: str, number: int | str) -> str:
    """Return the address of an entity, from the root of the service."""
    return f"{set_name}('{number}')" if isinstance(number, str) else f"{set_name}({number})"


def checked(set_name: str, select: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is selected. Raises `Problem` 400 for a name that the set does not have."""
    here = sets.get(set_name)
    for name in select:
        if name not in here.properties and name not in here.links and name not in (*IDS, "@iot.selfLink"):
            raise wrong(f"{set_name} have no {name!r}. They have: {', '.join(['id', *here.properties, *here.links])}.", where="$select")
    return select


def question(set_name: str, options: Options, language: str, page: int = 100) -> dict[str, Any]:
    """Return the options as those of a question to the store, expansions included. Raises `Problem` 400."""
    checked(set_name, options.select or ())
    expand = []
    for name, inner in (options.expand or {}).items():
        target = sets.get_link(set_name, name).target
        expand.append((name, Question(set=target, **question(target, inner, language))))
    return {
        "where": options.where,
        "order": options.order,
        "top": page if options.top is None else options.top,
        "skip": options.skip,
        "count": options.count,
        "after": options.after,
        "expand": tuple(expand),
        "language": language,
    }


class Writer:
    """Writes entities as JSON for one public address of the service."""

    def __init__(self, root: str) -> None:
        self.root = root

    def entity(self, set_name: str, entity: Entity, options: Options) -> dict[str, Any]:
        """Return an entity with its properties, links, and what was expanded."""
        here, select = sets.get(set_name), options.select
        link = f"{self.root}/{reference(set_name, entity.id)}"
        found: dict[str, Any] = {}
        if select is None or any(name in select for name in IDS):
            found["@iot.id"] = entity.id
        if select is None or "@iot.selfLink" in select:
            found["@iot.selfLink"] = link
        for name, value in entity.values.items():
            if (select is None or name in select) and not (value is None and name in sets.OPTIONAL - {"resultTime"}):
                found[name] = value
        expand = options.expand or {}
        for name in here.links:
            if name in expand:
                self._linked(found, name, entity, expand[name], f"{link}/{name}")
            elif select is None or name in select:
                found[f"{name}@iot.navigationLink"] = f"{link}/{name}"
        return found

    def _linked(self, found: dict[str, Any], name: str, entity: Entity, options: Options, link: str) -> None:
        linked = entity.linked.get(name)
        if isinstance(linked, Answered):
            if linked.count is not None:
                found[f"{name}@iot.count"] = linked.count
            found[name] = [self.entity(linked.set, each, options) for each in linked.entities]
            if linked.next is not None:
                found[f"{name}@iot.nextLink"] = next_link(link, options, linked.next)
        elif linked is not None:
            found[name] = self.entity(sets.ONES[name], linked, options)

    def page(self, answered: Answered, options: Options, link: str) -> dict[str, Any]:
        """Return a page of entities with the link to the next."""
        entities = [self.entity(answered.set, each, options) for each in answered.entities]
        return {**_around(answered, options, link), "value": entities}

    def references(self, answered: Answered, options: Options, link: str) -> dict[str, Any]:
        """Return only where the entities of a page are."""
        links = [{"@iot.selfLink": f"{self.root}/{reference(answered.set, each.id)}"} for each in answered.entities]
        return {**_around(answered, options, link), "value": links}

    def arrays(self, answered: Answered, options: Options, link: str, stream: int | str | None) -> dict[str, Any]:
        """Return observations as arrays by datastream."""
        if answered.set != "Observations":
            raise wrong("$resultFormat=dataArray is for Observations.", where="$resultFormat")
        names = [name for name in (*IDS[:1], *sets.get("Observations").properties) if _chosen(name, options)]
        groups: dict[str, list[list[Any]]] = {}
        for each in answered.entities:
            row = [each.id if name in IDS else each.values[name] for name in names]
            groups.setdefault(str(each.id).partition(".")[0], []).append(row)
        if not groups and stream is not None:
            groups[str(stream)] = []
        value = [
            {
                "Datastream@iot.navigationLink": f"{self.root}/Datastreams({number})",
                "components": names,
                "dataArray@iot.count": len(rows),
                "dataArray": rows,
            }
            for number, rows in groups.items()
        ]
        return {**_around(answered, options, link), "value": value}


def _chosen(name: str, options: Options) -> bool:
    if options.select is not None:
        return name in options.select or (name == "id" and "@iot.id" in options.select)
    return name in ("id", "phenomenonTime", "result", "resultTime")


def head(answered: Answered, options: Options, link: str) -> bytes:
    """Return what stands before the entities of a page in its JSON."""
    return _encoder.encode({**_around(answered, options, link), "value": []})[:-2]


def _around(answered: Answered, options: Options, link: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if answered.count is not None:
        found["@iot.count"] = answered.count
    if answered.next is not None:
        found["@iot.nextLink"] = next_link(link, options, answered.next)
    return found


def next_link(link: str, options: Options, after: tuple[Any, ...]) -> str:
    """Return the address of the next page: the same question, from after the last entity of this one."""
    said = {name: value for name, value in (options.said or {}).items() if name not in ("$skip", "$skiptoken")}
    return f"{link}?{urlencode({**said, '$skiptoken': write_token(after)}, safe='$/(),;:=', quote_via=quote)}"


def table(answered: Answered, options: Options) -> bytes:
    """Return a page as CSV, a line an entity; what is not plain is written as JSON."""
    names = [name for name in ("id", *sets.get(answered.set).properties) if options.select is None or name in options.select]
    return as_csv(names, ([each.id if name == "id" else _plain(each.values[name]) for name in names] for each in answered.entities)).encode()


def _plain(value: Any) -> Any:
    return bytes(value).decode() if isinstance(value, msgspec.Raw) else value


def features(answered: Answered, options: Options) -> dict[str, Any]:
    """Return a page of entities that have a place as GeoJSON."""
    here = sets.get(answered.set)
    place = next((name for name, each in here.properties.items() if each.kind == "geometry"), None)
    if place is None:
        raise wrong("$resultFormat=GeoJSON is for entities with a place: Locations, FeaturesOfInterest, Datastreams.", where="$resultFormat")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": each.id,
                "geometry": each.values[place],
                "properties": {name: value for name, value in each.values.items() if name != place},
            }
            for each in answered.entities
        ],
    }
