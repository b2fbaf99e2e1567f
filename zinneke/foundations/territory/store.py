"""The verbs of the territory. Its facts are public; who may change them is decided here."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from numpy.typing import ArrayLike, NDArray

from zinneke.foundations.territory import intake, rules
from zinneke.foundations.territory.finder import Finder
from zinneke.foundations.territory.locator import Locator
from zinneke.foundations.territory.models import AreaRecord, Edition, PlaceRecord
from zinneke.foundations.territory.values import AREA_KINDS, PLACE_KINDS, Area, AreaRow, Bbox, Located, Place, PlaceRow
from zinneke.kernel.confidentiality import Actor, Right, demand
from zinneke.kernel.load import Counts, Fault
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.route import verb

SUBJECT = "territory"
BULK = 100_000
"""The most points that one request may ask about."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What is kept in memory of one state of the areas."""

    mark: str
    communes: Locator
    neighbourhoods: Locator


_lock = threading.Lock()
_held: _Held | None = None
_finder: tuple[str, Finder] | None = None


def _mark(*subjects: str) -> str:
    """Return the mark of the state in which areas or places are: it changes whenever they do, whichever process changed them."""
    marks = dict(Edition.objects.filter(subject__in=subjects).values_list("subject", "mark"))
    return "-".join(marks.get(subject, "") for subject in subjects)


def _touch(subject: str) -> None:
    Edition.objects.update_or_create(subject=subject, defaults={"mark": uuid.uuid4().hex})


def _locators() -> _Held:
    """Return the polygons in memory, read again when the areas have changed."""
    global _held
    mark = _mark("areas")
    held = _held
    if held is None or held.mark != mark:
        with _lock:
            if _held is not None and _held.mark == mark:
                return _held
            rows = AreaRecord.objects.filter(kind__in=("commune", "neighbourhood")).values_list("kind", "code", "geometry")
            shapes = [(kind, code, shapely.from_wkb(bytes(wkb))) for kind, code, wkb in rows]
            held = _held = _Held(mark, *(Locator((c, s) for k, c, s in shapes if k == kind) for kind in ("commune", "neighbourhood")))
    return held


@verb(Right.EDIT, SUBJECT)
def set_areas(actor: Actor, rows: Iterable[AreaRow | Fault], whole: bool = False) -> Counts:
    """Add areas or bring them up to date; what has not changed is not written. Faults among the rows are counted as refused.

    `whole` says that the rows are all there is of their kinds: other areas of those kinds are taken away, and counted as
    changed, unless a row was refused. A reader sees the state before or the state after, nothing between.
    """
    demand(actor, Right.EDIT, SUBJECT)
    counts = Counts()
    records = intake.area_records(rows, _locators().communes.box, counts)
    with transaction.atomic():
        written = _write(AreaRecord, records, AreaRecord.objects.all(), ["code"], counts)
        kinds = {record.kind for record in records}
        gone = whole and _remove(AreaRecord.objects.filter(kind__in=kinds), "code", records, counts)
        if written or gone:
            _touch("areas")
    return counts


@verb(Right.EDIT, SUBJECT)
def set_places(actor: Actor, kind: str, rows: Iterable[PlaceRow | Fault], whole: bool = False) -> Counts:
    """Add places of one kind or bring them up to date; what has not changed is not written.

    The communes of each place are found from its geometry, so areas come first. `whole` as for areas: what is not among
    the rows has gone. Raises Problem 400 for an unknown kind.
    """
    demand(actor, Right.EDIT, SUBJECT)
    if kind not in PLACE_KINDS:
        raise wrong(f"{kind!r} is not a kind of place. Kinds are {', '.join(PLACE_KINDS)}.", where="kind")
    counts = Counts()
    records = intake.place_records(kind, rows, _locators().communes, counts)
    with transaction.atomic():
        known = PlaceRecord.objects.filter(kind=kind)
        written = _write(PlaceRecord, records, known, ["kind", "key"], counts)
        gone = whole and _remove(known, "key", records, counts)
        if written or gone:
            _touch("places")
    return counts


def _write(model: Any, records: Sequence[Any], known: QuerySet[Any], unique: list[str], counts: Counts) -> bool:
    """Write the records that are new or changed, tally them, and say whether there were any."""
    before = dict(known.values_list(unique[-1], "digest"))
    fresh = [record for record in records if getattr(record, unique[-1]) not in before]
    changed = [record for record in records if before.get(getattr(record, unique[-1]), record.digest) != record.digest]
    counts.added += len(fresh)
    counts.changed += len(changed)
    counts.unchanged += len(records) - len(fresh) - len(changed)
    fields = [each.name for each in model._meta.fields if each.name not in (*unique, "id")]
    model.objects.bulk_create(fresh, batch_size=2000)
    model.objects.bulk_create(changed, batch_size=2000, update_conflicts=True, unique_fields=unique, update_fields=fields)
    return bool(fresh or changed)


def _remove(known: QuerySet[Any], key: str, records: Sequence[Any], counts: Counts) -> bool:
    """Take away what is known and not among the records, and say whether there was any; nothing when a row was refused."""
    if counts.refused or not records:
        return False
    kept = {getattr(record, key) for record in records}
    gone = [pk for pk, name in known.values_list("pk", key) if name not in kept]
    for start in range(0, len(gone), 500):
        known.model._default_manager.filter(pk__in=gone[start : start + 500]).delete()
    counts.changed += len(gone)
    return bool(gone)


@verb(Right.SEE, SUBJECT)
def list_areas(actor: Actor, kind: str = "commune", parent: str = "") -> list[Area]:
    """Return the areas of a kind, within a parent where one is given, in the order of their codes. Raises Problem 400."""
    if kind not in AREA_KINDS:
        raise wrong(f"{kind!r} is not a kind of area. Kinds are {', '.join(AREA_KINDS)}.", where="kind")
    found = AreaRecord.objects.filter(kind=kind).defer("geometry").order_by("code")
    return [_area(record) for record in (found.filter(parent=parent) if parent else found)]


@verb(Right.SEE, SUBJECT)
def find_area(actor: Actor, code: str) -> Area | None:
    """Return one area by its code, None where there is none."""
    record = AreaRecord.objects.filter(code=code).defer("geometry").first()
    return _area(record) if record else None


@verb(Right.SEE, SUBJECT)
def get_area(actor: Actor, code: str) -> Area:
    """Return one area by its code. Raises Problem 404."""
    area = find_area(actor, code)
    if area is None:
        raise not_found("area", code)
    return area


@verb(Right.SEE, SUBJECT)
def area_geojson(actor: Actor, codes: Iterable[str]) -> dict[str, Any]:
    """Return areas as a GeoJSON FeatureCollection, in the order of their codes; codes that are not there are left out."""
    found = AreaRecord.objects.filter(code__in=list(codes)).order_by("code")
    return {"type": "FeatureCollection", "features": [_feature(record) for record in found]}


@verb(Right.SEE, SUBJECT)
def area_shapes(actor: Actor, kind: str) -> list[tuple[Area, Any]]:
    """Return the areas of a kind with their shapely geometry in degrees."""
    return [(_area(record), shapely.from_wkb(bytes(record.geometry))) for record in AreaRecord.objects.filter(kind=kind).order_by("code")]


@verb(Right.SEE, SUBJECT)
def areas_in(actor: Actor, box: Bbox, kind: str = "commune") -> list[str]:
    """Return the codes of the areas of a kind that a part of the map touches."""
    frame = shapely.box(*box)
    return [area.code for area, shape in area_shapes(actor, kind) if shape.intersects(frame)]


@verb(Right.SEE, SUBJECT)
def edition(actor: Actor) -> str:
    """Return a mark that changes whenever an area or a place does: what caches are keyed by."""
    return _mark("areas", "places")


@verb(Right.SEE, SUBJECT)
def locate(actor: Actor, lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the commune and neighbourhood codes of points given as longitudes and latitudes in degrees.

    An empty string means outside, or not a number. A point on a border belongs to the lower code. Raises Problem 400 when
    the two lists differ in length; `check_coordinates` says which points look wrong.
    """
    x, y = _pair(lon, lat)
    held = _locators()
    return held.communes.find(x, y), held.neighbourhoods.find(x, y)


@verb(Right.SEE, SUBJECT)
def locate_one(actor: Actor, lon: float, lat: float) -> Located:
    """Return where one point lies. Raises Problem 400 for a coordinate that is not a number, not on Earth, or looks swapped."""
    x, y = _pair([lon], [lat])
    held = _locators()
    for fault in rules.coordinate_faults(x, y, held.communes.box):
        raise wrong(fault.what[0].upper() + fault.what[1:], where="lon, lat")
    return Located(held.communes.find(x, y)[0], held.neighbourhoods.find(x, y)[0])


@verb(Right.SEE, SUBJECT)
def check_coordinates(actor: Actor, lon: ArrayLike, lat: ArrayLike) -> list[Fault]:
    """Say which points look wrong (not a number, not on Earth, longitude and latitude swapped), a hundred at most."""
    return rules.coordinate_faults(*_pair(lon, lat), _locators().communes.box)


def _pair(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))
    if x.shape != y.shape or x.ndim != 1:
        raise wrong(f"There are {x.size} longitudes and {y.size} latitudes: each point needs both.", where="lon, lat")
    return x, y


@verb(Right.SEE, SUBJECT)
def find_places(actor: Actor, text: str, language: str = "", kinds: Iterable[str] = (), limit: int = 10, bbox: Bbox | None = None) -> list[Place]:
    """Return the areas, streets and points of interest whose name in any language answers to `text`, the best first.

    Accents, case and hyphens do not count; the last word may be unfinished; one slip a word is forgiven where nothing
    matches as it stands. `language` decides between equals in favour of the reader's own names.
    """
    chosen = _search().find(text, frozenset(kinds), limit, bbox, language)
    areas = {record.code: record for record in AreaRecord.objects.filter(code__in=[key for sort, key in chosen if sort == "area"]).defer("geometry")}
    places = {record.pk: record for record in PlaceRecord.objects.filter(pk__in=[key for sort, key in chosen if sort == "place"]).defer("geometry")}
    found = []
    for sort, key in chosen:
        if sort == "area" and key in areas:
            found.append(_area_as_place(areas[str(key)]))
        elif sort == "place" and key in places:
            found.append(_place(places[key]))
    return found


def _search() -> Finder:
    """Return the search in memory, built again when names have changed."""
    global _finder
    mark = _mark("areas", "places")
    held = _finder
    if held is None or held[0] != mark:
        with _lock:
            if _finder is not None and _finder[0] == mark:
                return _finder[1]
            areas = AreaRecord.objects.values_list("code", "kind", "search", "lon", "lat", "code")
            places = PlaceRecord.objects.exclude(search="||").values_list("pk", "kind", "search", "lon", "lat", "area", "weight")
            held = _finder = (mark, Finder(areas.iterator(), places.iterator()))
    return held[1]


@verb(Right.SEE, SUBJECT)
def list_places(
    actor: Actor, bbox: Bbox | None = None, area: str = "", kind: str = "", limit: int = 100, category: str = "", after: int = 0
) -> list[Place]:
    """Return the places in a bounding box (degrees) or an area's commune code, of a kind and category, `limit` from `after` on."""
    found = PlaceRecord.objects.defer("geometry").order_by("-weight", "pk")
    if bbox:
        west, south, east, north = bbox
        found = found.filter(east__gte=west, west__lte=east, north__gte=south, south__lte=north)
    conditions = {key: value for key, value in (("area", area), ("kind", kind), ("category", category)) if value}
    return [_place(record) for record in found.filter(Q(**conditions))[after : after + limit]]


@verb(Right.SEE, SUBJECT)
def place_shapes(actor: Actor, kind: str, bbox: Bbox) -> list[tuple[Place, float, Any]]:
    """Return the places of a kind that touch a bounding box, each with its weight and its shapely geometry in degrees."""
    west, south, east, north = bbox
    found = PlaceRecord.objects.filter(kind=kind, east__gte=west, west__lte=east, north__gte=south, south__lte=north).order_by("pk")
    return [(_place(record), record.weight, shapely.from_wkb(bytes(record.geometry))) for record in found]


@verb(Right.SEE, SUBJECT)
def count(actor: Actor) -> dict[str, int]:
    """Return how many areas and places there are, by kind."""
    kinds = {kind: AreaRecord.objects.filter(kind=kind).count() for kind in AREA_KINDS}
    return kinds | {kind: PlaceRecord.objects.filter(kind=kind).count() for kind in PLACE_KINDS}


@verb(Right.SEE, SUBJECT)
def tally_places(actor: Actor, area: str) -> dict[tuple[str, str], int]:
    """Return how many places lie in a commune, by kind and category."""
    found = PlaceRecord.objects.filter(area=area).values_list("kind", "category").annotate(number=Count("pk")).order_by()
    return {(kind, category): number for kind, category, number in found}


def _area(record: AreaRecord) -> Area:
    return Area(
        record.code,
        record.kind,
        record.name,
        record.parent,
        tuple(record.postal_codes),
        record.facts,
        (record.west, record.south, record.east, record.north),
        (record.lon, record.lat),
    )


def _feature(record: AreaRecord) -> dict[str, Any]:
    properties = {"code": record.code, "kind": record.kind, "name": record.name, "parent": record.parent, "facts": record.facts}
    geometry = shapely.from_wkb(bytes(record.geometry))
    return {"type": "Feature", "id": record.code, "properties": properties, "geometry": shapely.geometry.mapping(geometry)}


def _area_as_place(record: AreaRecord) -> Place:
    area = record.code if record.kind == "commune" else record.parent
    box = [record.west, record.south, record.east, record.north]
    return Place(record.code, record.kind, record.name, record.kind, record.lon, record.lat, area, {"bbox": box})


def _place(record: PlaceRecord) -> Place:
    box = {"bbox": [record.west, record.south, record.east, record.north]} if record.kind == "street" else {}
    return Place(record.key, record.kind, record.name, record.category, record.lon, record.lat, record.area, record.detail | box)
