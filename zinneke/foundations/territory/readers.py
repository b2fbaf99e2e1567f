"""From the files that publishers give to rows of the territory. Pure: bytes in, rows and faults out, one function a file.

A fault never stops the reading, except one of the whole file. An English name is given only where English has one of its own;
elsewhere the reader falls back on the French form.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import shapely

from zinneke.foundations.territory.categories import category_of, weight_of
from zinneke.foundations.territory.geojson import read_geojson, repaired, unpacked
from zinneke.foundations.territory.values import AreaRow, PlaceRow
from zinneke.kernel.load import Fault

REGION = "04000"
_ENGLISH = {"21004": "Brussels", REGION: "Brussels-Capital Region"}


def read_region(data: bytes) -> Iterator[AreaRow | Fault]:
    """Read the outline of the Region (UrbIS: NAT_CODE, NAME_FRE, NAME_DUT, AREA in square metres)."""
    for index, facts, shape, note in _areas(data, ("NAT_CODE", "NAME_FRE", "NAME_DUT")):
        if isinstance(shape, Fault):
            yield shape
            continue
        code = str(facts["NAT_CODE"]).zfill(5)
        size = {"area_km2": round(facts["AREA"] / 1e6, 3)} if isinstance(facts.get("AREA"), int | float) else {}
        yield AreaRow(code, "region", _names(facts["NAME_FRE"], facts["NAME_DUT"], code), shape, facts=size, note=_where(note, index))


def read_municipalities(data: bytes, postal_codes: bytes = b"") -> Iterator[AreaRow | Fault]:
    """Read the communes (nis, name_fr, name_nl, postal_codes, population_YEAR, area_km2), with more postal codes where given."""
    more: dict[str, set[str]] = defaultdict(set)
    for pair in read_postal_codes(postal_codes) if postal_codes else ():
        if isinstance(pair, Fault):
            yield pair
        else:
            more[pair[1]].add(pair[0])
    for index, facts, shape, note in _areas(data, ("nis", "name_fr", "name_nl")):
        if isinstance(shape, Fault):
            yield shape
            continue
        code = str(facts["nis"])
        posts = {str(each) for each in facts.get("postal_codes") or []} | more[code]
        known = {key: value for key, value in facts.items() if key.startswith(("population", "area_km2")) and isinstance(value, int | float)}
        name = _names(facts["name_fr"], facts["name_nl"], code)
        yield AreaRow(code, "commune", name, shape, REGION, tuple(sorted(posts)), known, _where(note, index))


def read_neighbourhoods(data: bytes, dutch: bytes = b"") -> Iterator[AreaRow | Fault]:
    """Read the neighbourhoods of the Monitoring des Quartiers (id, name_fr, density_YEAR_per_km2, area_km2).

    `dutch` is the same cut by commune, with Dutch names (code, nis, name_nl): a neighbourhood takes the Dutch name and the
    commune of the pieces that cover most of it.
    """
    pieces: list[tuple[str, str, Any]] = []
    for _, facts, shape, _ in _areas(dutch, ("nis", "name_nl")) if dutch else ():
        if isinstance(shape, Fault):
            yield shape
        else:
            pieces.append((str(facts["nis"]), str(facts["name_nl"]), shape))
    tree = shapely.STRtree([piece for _, _, piece in pieces])
    for index, facts, shape, note in _areas(data, ("id", "name_fr")):
        if isinstance(shape, Fault):
            yield shape
            continue
        names, communes = Counter[str](), Counter[str]()
        for at in tree.query(shape, predicate="intersects").tolist():
            covered = shapely.area(shapely.intersection(shape, pieces[at][2]))
            communes[pieces[at][0]] += covered
            names[pieces[at][1]] += covered
        name = _names(facts["name_fr"], names.most_common(1)[0][0] if names else "", "")
        known = {key: value for key, value in facts.items() if key.startswith(("density", "area_km2")) and isinstance(value, int | float)}
        parent = communes.most_common(1)[0][0] if communes else ""
        yield AreaRow(str(facts["id"]), "neighbourhood", name, shape, parent, facts=known, note=_where(note, index))


def read_postal_codes(data: bytes) -> Iterator[tuple[str, str] | Fault]:
    """Read pairs of postal code and NIS code of a commune (a JSON list of objects with postalCode and municipality)."""
    plain = unpacked(data, 20_000_000)
    if isinstance(plain, Fault):
        yield plain
        return
    try:
        entries = msgspec.json.decode(plain, type=list[dict[str, Any]])
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        yield Fault("file", f"this is not a list of postal codes: {fault}.")
        return
    for row, entry in enumerate(entries):
        post, code = str(entry.get("postalCode", "")), str(entry.get("municipality", ""))
        if len(post) == 4 and post.isdigit() and len(code) == 5 and code.isdigit():
            yield post, code
        else:
            yield Fault(f"row {row}", f"postal code {post!r} of commune {code!r}: four and five digits are expected.")


def read_pois(data: bytes) -> Iterator[PlaceRow | Fault]:
    """Read points of interest with OpenStreetMap tags (amenity, shop, tourism, leisure, healthcare, office, historic, names)."""
    seen = Counter[str]()
    for index, tags, shape in read_geojson(data):
        if isinstance(shape, Fault):
            yield shape
        elif shape is None or shape.geom_type != "Point":
            yield Fault(f"feature {index}", "a point of interest is a Point with a longitude and a latitude.")
        else:
            category = category_of(tags)
            mark = f"{tags.get('name', '')}|{category}|{shape.x:.6f}|{shape.y:.6f}".encode()
            key = hashlib.blake2b(mark, digest_size=8).hexdigest()
            seen[key] += 1
            if seen[key] > 1:
                key = f"{key}-{seen[key]}"
            yield PlaceRow(key, _poi_names(tags), shape, category, detail=_poi_detail(tags), weight=weight_of(category, tags))


_KEPT = ("opening_hours", "wheelchair", "operator", "brand", "cuisine", "capacity", "check_date", "wikidata")


def _poi_detail(tags: dict[str, Any]) -> dict[str, str]:
    kept = {key: str(tags[key])[:200] for key in _KEPT if tags.get(key)}
    for key in ("amenity", "shop", "tourism", "leisure", "healthcare", "historic", "office"):
        if tags.get(key):
            kept["tag"] = f"{key}={tags[key]}"[:100]
            break
    street = " ".join(str(tags[key]) for key in ("addr:street", "addr:housenumber") if tags.get(key))
    return kept | ({"address": street[:200]} if street else {})


def _poi_names(tags: dict[str, Any]) -> dict[str, str]:
    """Return the names of a place; a name without a language stands for French and Dutch alike, unless it is both ("fr - nl")."""
    name = str(tags.get("name") or "")
    french, dutch = str(tags.get("name:fr") or ""), str(tags.get("name:nl") or "")
    both = name.split(" - ")
    if len(both) == 2 and not (french or dutch):
        french, dutch = both
    names = {"fr": french or name or dutch, "nl": dutch or name or french, "en": str(tags.get("name:en") or "")}
    return {language: text[:200] for language, text in names.items() if text}


def _names(french: Any, dutch: Any, code: str) -> dict[str, str]:
    names = {"fr": str(french or ""), "nl": str(dutch or ""), "en": _ENGLISH.get(code, "")}
    return {language: text for language, text in names.items() if text}


def _where(note: str, index: int) -> str:
    return f"feature {index}: {note}" if note else ""


def _areas(data: bytes, needed: Iterable[str]) -> Iterator[tuple[int, dict[str, Any], Any, str]]:
    """Yield (index, properties, polygon or Fault, note) of each feature, which must have the properties that are needed."""
    for index, properties, shape in read_geojson(data):
        where = f"feature {index}"
        missing = [name for name in needed if properties.get(name) in (None, "")]
        if isinstance(shape, Fault):
            yield index, properties, shape, ""
        elif missing:
            yield index, properties, Fault(where, f"it lacks {' and '.join(missing)}."), ""
        elif shape is None or shapely.get_dimensions(shape) != 2:
            yield index, properties, Fault(where, "an area needs a Polygon or a MultiPolygon."), ""
        else:
            yield index, properties, *repaired(shape)
