"""The catalogue as a collection of records, each a GeoJSON feature about a dataset with its themes and the ways to get it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import Dataset, Distribution
from zinneke.foundations.catalogue.vocabularies import FORMATS, LICENCES, THEMES
from zinneke.foundations.catalogue.wanted import NOTHING, Dated, Every, Named, Placed, Wanted, Words
from zinneke.kernel.box import Box
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.kernel.text import Text, choose
from zinneke.standards.ogc import record_filters
from zinneke.standards.ogc.answers import GEOJSON, HTML, JSON, ROOT, SCHEMA, Link, address, itself, query_of
from zinneke.standards.ogc.asks import AskItem, AskItems
from zinneke.standards.ogc.items import USUAL, FeatureCollection, told
from zinneke.standards.ogc.systems import CRS84, WGS84, read_box, read_system
from zinneke.standards.ogc.times import read_span

CATALOGUE = "catalogue"
TITLE = Text("Le catalogue des données", "De catalogus van de data", "The catalogue of the data")
_ABOUT = Text(
    "Les jeux de données de la Région et du pays, un enregistrement par jeu.",
    "De datasets van het Gewest en van het land, één record per dataset.",
    "The datasets of the Region and of the country, one record each.",
)
_CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"
_SCHEME = "http://publications.europa.eu/resource/authority/data-theme"
MOST = 1_000
_TAKES = frozenset({
    "f", "limit", "q", "bbox", "bbox-crs", "datetime", "type", "externalId", "ids", "after", "filter", "filter-lang", "filter-crs", "sortby",
})  # fmt: skip


def describe(call: Call[Any]) -> dict[str, Any]:
    """Describe the catalogue as a collection."""
    here = f"{call.base}{ROOT}/collections/{CATALOGUE}"
    return {
        "id": CATALOGUE,
        "type": "Collection",
        "title": TITLE.said_in(call.language),
        "description": _ABOUT.said_in(call.language),
        "itemType": "record",
        "crs": [CRS84],
        "links": [
            Link(here, "self", JSON),
            Link(f"{here}?f=html", "alternate", HTML),
            Link(f"{here}/items", "items", GEOJSON, "Records"),
            Link(f"{here}/items?f=html", "items", HTML, "Records"),
            Link(f"{here}/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables", SCHEMA, "Queryables"),
            Link(f"{here}/sortables", "http://www.opengis.net/def/rel/ogc/1.0/sortables", SCHEMA, "Sortables"),
        ],
    }


def list_records(call: Call[AskItems]) -> Reply:
    """List the records that answer to words, identifiers, a place, a time and a filter, the best first or as they are sorted.

    Without any wish all of them come, in a steady order.
    """
    ask = call.ask
    if unknown := [name for name in query_of(call) if name not in _TAKES | record_filters.CODED.keys() | {"title", "id"}]:
        raise wrong(f"There is no parameter {unknown[0][:60]!r} for records. There are {', '.join(sorted(_TAKES))}.", where=unknown[0])
    limit, by = min(ask.limit or USUAL, MOST), _order(ask.sortby)
    wishes = _wishes(call)
    if (ask.ids or ask.externalId) and not wishes and not by:
        found, total, after = _named(call), None, ""
    elif wishes or by:
        if ask.ids or ask.externalId:
            wishes.append(Named(tuple(each.key for each in _named(call))))
        offset = _number(ask.after)
        answer = catalogue.select(call.actor, Every(tuple(wishes)), by or ("-score",), call.language, limit, offset)
        following = offset + len(answer.datasets)
        found, total, after = list(answer.datasets), answer.total, str(following) if following < answer.total else ""
    else:
        page, following = catalogue.list_datasets(call.actor, _number(ask.after), limit)
        found, total, after = page, catalogue.statistics(call.actor).datasets, str(following or "")
    path = f"{ROOT}/collections/{CATALOGUE}/items"
    links = [*itself(call, path, GEOJSON), Link(f"{call.base}{ROOT}/collections/{CATALOGUE}", "collection", JSON)]
    if after:
        links.append(Link(address(call, path, after=after), "next", GEOJSON))
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    told_ = [record(call, each) for each in found]
    return told(
        call,
        FeatureCollection(now, len(found) if total is None else total, len(found), links, told_),
        links,
        WGS84,
        lambda: TITLE.said_in(call.language),
    )


def _order(sortby: str) -> tuple[str, ...]:
    """Return the orders of the catalogue that are asked for, `-` before the largest first. Raises `Problem` 400."""
    found = []
    for part in (each.strip() for each in sortby.split(",") if each.strip()):
        name = part.lstrip("+-")
        if name not in record_filters.SORTS:
            raise wrong(f"Records are sorted by {', '.join(record_filters.SORTS)}; there is no {part[:60]!r}.", where="sortby")
        found.append(("-" if part.startswith("-") else "") + record_filters.SORTS[name])
    return tuple(found)


def _wishes(call: Call[AskItems]) -> list[Wanted]:
    """Return what is asked of records, each part of which must hold: words, a place, when the data last changed, the type, names, a filter."""
    ask = call.ask
    given = query_of(call)
    named = [_equal(name, given[name]) for name in given if name in record_filters.CODED or name in ("title", "id")]
    system = read_system(ask.filter_crs, "filter-crs")
    written = [(each, "cql2-text") for each in named] + ([(ask.filter, ask.filter_lang)] if ask.filter.strip() else [])
    conditions = [record_filters.read_wanted(call.actor, source, language, system) for source, language in written]
    box, span = read_box(ask.bbox, read_system(ask.bbox_crs, "bbox-crs")), read_span(ask.datetime)
    types = [each.strip() for each in ask.type.split(",") if each.strip()]
    return [
        *([Words(ask.q.replace(",", " "))] if ask.q.strip() else []),
        *([Placed(box)] if box else []),
        *([Dated("modified", span.start, span.end)] if span else []),
        *([NOTHING] if types and "dataset" not in types else []),
        *conditions,
    ]


def _equal(name: str, value: str) -> str:
    quoted = value.replace("'", "''")
    return f"{name} = '{quoted}'"


def _number(after: str) -> int:
    if not after:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) < 12):
        raise wrong("This `after` was not given out here. Begin again without it.", where="after")
    return int(after)


def _named(call: Call[AskItems]) -> list[Dataset]:
    found: dict[str, Dataset] = {}
    for key in call.ask.ids.split(",")[:100]:
        if key and (one := _find(call, key)):
            found[one.key] = one
    for uri in call.ask.externalId.split(",")[:20]:
        if uri and (one := catalogue.find_by_uri(call.actor, uri)):
            found[one.key] = one
    return list(found.values())


def _find(call: Call[Any], key: str) -> Dataset | None:
    try:
        return catalogue.get_dataset(call.actor, key)
    except Problem:
        return None


def get_record(call: Call[AskItem]) -> Reply:
    """Give one record."""
    found = catalogue.get_dataset(call.actor, call.ask.item)
    path = f"{ROOT}/collections/{CATALOGUE}/items/{found.key}"
    own = [*itself(call, path, GEOJSON), Link(f"{call.base}{ROOT}/collections/{CATALOGUE}", "collection", JSON)]
    made = record(call, found)
    made["links"] = [*own, *made["links"]]
    return told(call, made, own, WGS84, lambda: found.title_in(call.language)[0])


def record(call: Call[Any], dataset: Dataset) -> dict[str, Any]:
    """Return a dataset as a record of OGC API Records, in the reader's language as far as it was written in it."""
    row, spoken = dataset.row, call.language
    title, title_language = dataset.title_in(spoken)
    interval = [row.start or "..", row.end or ".."]
    licence = LICENCES.get(row.licence)
    properties: dict[str, Any] = {
        "type": "dataset",
        "title": title,
        "description": dataset.description_in(spoken)[0],
        "keywords": [word for words in _in_language(row.keywords, spoken) for word in words],
        "themes": [
            {"concepts": [{"id": theme, "title": THEMES[theme].said_in(spoken)} for theme in row.themes if theme in THEMES], "scheme": _SCHEME}
        ],
        "created": _moment(row.issued or dataset.first_seen),
        "updated": _moment(row.modified or dataset.changed),
        "externalIds": [{"value": each} for each in dict.fromkeys((row.uri, row.identifier, *row.same_as)) if each],
        "formats": [
            {"name": FORMATS[each].name if each in FORMATS else each} for each in dict.fromkeys(one.format for one in row.distributions) if each
        ],
        "quality": dataset.quality,
    }
    if title_language != "und":
        properties["language"] = {"code": title_language}
    if row.languages:
        properties["resourceLanguages"] = [{"code": each} for each in row.languages]
    if row.publisher:
        links = [{"href": row.publisher.uri, "rel": "about"}] if row.publisher.uri else []
        properties["contacts"] = [{"organization": choose(row.publisher.name, spoken)[0], "roles": ["publisher"], "links": links}]
    if licence:
        properties["license"] = licence.uri or licence.name.said_in(spoken)
    return {
        "id": dataset.key,
        "type": "Feature",
        "conformsTo": [_CORE],
        "geometry": _outline(row.box),
        "time": {"interval": interval} if row.start or row.end else None,
        "properties": properties,
        "links": [*_ways(call, dataset)],
    }


def _outline(box: Box | None) -> dict[str, Any] | None:
    if box is None:
        return None
    west, south, east, north = box
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}


def _in_language(words: dict[str, tuple[str, ...]], spoken: str) -> list[tuple[str, ...]]:
    return [words[spoken]] if spoken in words else list(words.values())


def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _ways(call: Call[Any], dataset: Dataset) -> list[Link]:
    """Return the links of a record: its page, its distributions, and its features where the rows are here."""
    row = dataset.row
    found = [Link(f"{call.base}/{call.language}/data/{dataset.key}/", "alternate", HTML, hreflang=call.language)]
    found += [_way(call, each) for each in row.distributions if each.url or each.page]
    if row.page:
        found.append(Link(row.page, "about", HTML))
    if dataset.versioned:
        found.append(Link(f"{call.base}{ROOT}/collections/{dataset.key}", "item", JSON, "OGC API Features"))
    licence = LICENCES.get(row.licence)
    return [*found, Link(licence.uri, "license")] if licence and licence.uri else found


def _way(call: Call[Any], each: Distribution) -> Link:
    url = each.url or each.page
    name = choose(each.title, call.language)[0] or (FORMATS[each.format].name if each.format in FORMATS else each.format)
    return Link(call.base + url if url.startswith("/") else url, "enclosure" if each.url else "about", each.media_type, name, length=each.bytes)
