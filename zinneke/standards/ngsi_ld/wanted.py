"""Which entities a request means, from its parameters or from the query that it sends."""

from __future__ import annotations

from typing import Any

from zinneke.foundations.observations.attributes.values import Around, Compare, Condition, Logic, Wanted
from zinneke.kernel.problem import wrong
from zinneke.standards.ngsi_ld import picking, query, talk
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.faults import invalid
from zinneke.standards.ngsi_ld.fragments import is_uri
from zinneke.standards.ngsi_ld.talk import Options
from zinneke.standards.ngsi_ld.writing import Writer

MEMBERS = {"id": "@id", "type": "@type", "scope": "scope"}
SENT = (
    "q", "geoQ", "scopeQ", "attrs", "entities", "lang", "orderBy", "orderFrom", "orderGeometry", "join", "joinLevel", "containedBy", "pick",
    "omit", "datasetId", "expandValues", "temporalQ", "csf",
    "splitEntities",
)  # fmt: skip


def from_parameters(asked: Options, context: Context) -> Wanted:
    """Return what the parameters of an address mean. Raises `Problem` 400."""
    where: list[Condition] = []
    if (kinds := asked.get("type")).strip() == "*":
        if asked.given.get("local", "true").lower() != "true":
            raise wrong("type=* asks for everything that is here, and nobody else along: leave local=false out.", where="local")
        asked.given["local"] = "true"
    if kinds:
        where.append(query.read_types(kinds, context))
    if text := asked.get("q"):
        where.append(query.read_q(text, context, frozenset(context.expand(name) for name in asked.words("expandValues"))))
    if scopes := asked.get("scopeQ"):
        where.append(query.read_scopes(scopes))
    place = around(asked, context)
    having = tuple(context.expand(name) for name in asked.words("attrs"))
    ids = asked.words("id") if asked.has("id") else None
    if ids is not None and not (ids and all(is_uri(each) for each in ids)):
        raise wrong("id is a list of URIs.", where="id")
    for name in ("local", "jsonKeys", "splitEntities"):
        asked.get(name)
    pattern = asked.get("idPattern")
    if not (where or place or having or ids or pattern or asked.truth("local")):
        raise wrong("Say which entities: type, id, idPattern, attrs, q, scopeQ or georel; or local=true for all.", where="type")
    return Wanted(where=tuple(where), ids=tuple(ids) if ids else None, pattern=pattern, around=place, having=having, **_page(asked, context))


def _page(asked: Options, context: Context) -> dict[str, Any]:
    order = asked.get("orderBy")
    count = asked.truth("count") or "count" in asked.words("options")
    limit = asked.number("limit", talk.PAGE, 0 if count else 1, talk.MOST)
    return {
        "order": query.read_order(order, context, asked.get("orderGeometry"), asked.get("orderFrom")) if order else (),
        "limit": limit,
        "offset": asked.number("offset", 0, 0, 10_000_000),
        "count": count,
    }


def around(asked: Options, context: Context) -> Around | None:
    """Read `georel`, `geometry`, `coordinates` and `geoproperty`. Raises `Problem` 400."""
    georel, geometry, coordinates, place = (asked.get(name) for name in ("georel", "geometry", "coordinates", "geoproperty"))
    if not (georel or geometry or coordinates):
        return None
    if not (georel and geometry and coordinates):
        raise wrong("A place needs georel, geometry and coordinates.", where="georel")
    return query.read_around(georel, geometry, coordinates, context.expand(place) if place else "location")


def from_query(sent: Any, asked: Options, context: Context) -> tuple[Wanted, Options]:
    """Return what a query that is sent means, and its members as parameters. Raises `Problem` 400."""
    if not isinstance(sent, dict) or sent.get("type", "Query") != "Query":
        raise wrong('A query is an object with "type": "Query".', where="type")
    given = {name: value for name, value in sent.items() if name not in ("type", "@context")}
    if unknown := sorted(set(given) - set(SENT)):
        raise wrong(f"A query has no member {unknown[0]!r}.", where=unknown[0])
    more = Options(
        {**asked.given, **{name: _text(value) for name, value in given.items() if name not in ("entities", "geoQ", "temporalQ")}}, asked.read
    )
    if not isinstance(given.get("entities", []), list):
        raise wrong("entities is a list.", where="entities")
    place = geo(given["geoQ"], context) if given.get("geoQ") else None
    entities = [entity(each, context) for each in given.get("entities") or ()]
    more.given["local"] = "true"
    wanted = from_parameters(more, context)
    if not (entities or place or wanted.where or wanted.having or asked.given.get("local")):
        raise wrong("Say which entities: entities, attrs, q, scopeQ or geoQ.", where="entities")
    where = wanted.where + ((Logic("or", tuple(entities)) if len(entities) > 1 else entities[0],) if entities else ())
    return Wanted(
        where=where,
        ids=wanted.ids,
        pattern=wanted.pattern,
        around=place or wanted.around,
        having=wanted.having,
        order=wanted.order,
        limit=wanted.limit,
        offset=wanted.offset,
        count=wanted.count,
    ), more


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(str(each) for each in value)
    if isinstance(value, dict):
        raise wrong("A member of a query is a text or a list of texts.")
    return str(value)


def geo(given: Any, context: Context) -> Around:
    """Read a `geoQ`. Raises `Problem` 400."""
    if not isinstance(given, dict) or not {"georel", "geometry", "coordinates"} <= set(given):
        raise wrong("geoQ has georel, geometry and coordinates.", where="geoQ")
    place = given.get("geoproperty")
    return query.read_around(str(given["georel"]), str(given["geometry"]), given["coordinates"], context.expand(str(place)) if place else "location")


def entity(given: Any, context: Context) -> Condition:
    """Read one of `entities`: a type, with an id or a pattern of ids. Raises `Problem` 400."""
    if not isinstance(given, dict) or not isinstance(given.get("type", ""), str):
        raise wrong("Each of entities is an object with a type, and an id or an idPattern where that matters.", where="entities")
    parts: list[Condition] = [query.read_types(given["type"], context)] if given.get("type") else []
    if ids := given.get("id"):
        parts.append(Compare("@id", sign="==", values=tuple(ids if isinstance(ids, list) else [ids])))
    if given.get("idPattern"):
        parts.append(Compare("@id", sign="~=", values=(str(given["idPattern"]),)))
    if not parts:
        raise wrong("Each of entities has a type, an id or an idPattern.", where="entities")
    return Logic("and", tuple(parts)) if len(parts) > 1 else parts[0]


def writer(asked: Options, context: Context, level: int = 0) -> Writer:
    """Return the writer that the parameters ask for; of linked entities it picks as `level` deep as they are told. Raises `Problem` 400."""

    def expand(name: str) -> str:
        return MEMBERS.get(name) or context.expand(name)

    form, system = talk.form(asked)
    picked, attrs, omitted = (picking.read(asked.get(each), each, expand) for each in ("pick", "attrs", "omit"))
    if picked and attrs:
        raise invalid("Give attrs or pick, not both.", where="pick")
    if any(attrs.values()):
        raise wrong("attrs names attributes of the entity itself. Pick those of linked ones: pick=owner{name}.", where="attrs")
    dataset = frozenset(asked.words("datasetId")) if asked.has("datasetId") else None
    plain = Writer(context, form, system, asked.get("lang"), dataset=dataset)
    if max(picking.deepest(picked), picking.deepest(omitted)) > level:
        raise wrong("What is picked or left out of linked entities goes with join=inline or join=flat, and as deep a joinLevel.", where="pick")
    return picking.shaped(plain, picked or ({**attrs, **dict.fromkeys(("@id", "@type", "scope"))} if attrs else {}), omitted)
