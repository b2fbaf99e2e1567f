"""From street lines as OpenStreetMap has them, cut, doubled and spelt in several ways, to one row for each street."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zinneke.foundations.territory.geojson import read_geojson
from zinneke.foundations.territory.rules import normalise, spelled_out
from zinneke.foundations.territory.values import PlaceRow
from zinneke.kernel.load import Fault

_APART = 400.0
"""Lines of one name that are further apart than this, in metres, are two streets of that name."""


@dataclass(frozen=True, slots=True)
class _Piece:
    osm: str
    french: str
    dutch: str
    wikidata: str
    as_of: str
    shape: Any


def read_streets(data: bytes) -> Iterator[PlaceRow | Fault]:
    """Read street lines (osm, name_fr, name_nl, wikidata, as_of) and merge those of one street.

    One street is what bears one French name, accents and hyphens aside, without a gap of more than 400 m. Of an element
    that comes in several states the newest is taken; the commonest spelling names the street. `weight` is its length in
    kilometres (on a sphere; right to one in a hundred).
    """
    newest: dict[str, _Piece] = {}
    for index, facts, shape in read_geojson(data):
        if isinstance(shape, Fault):
            yield shape
            continue
        french, dutch = str(facts.get("name_fr") or facts.get("name") or ""), str(facts.get("name_nl") or "")
        if shape is None or shapely.get_dimensions(shape) != 1:
            yield Fault(f"feature {index}", "a street needs a LineString or a MultiLineString.")
        elif not (french or dutch):
            yield Fault(f"feature {index}", "the street has no name.")
        else:
            osm = str(facts.get("osm") or f"f{index}")
            piece = _Piece(osm, french or dutch, dutch or french, str(facts.get("wikidata") or ""), str(facts.get("as_of") or ""), shape)
            known = newest.get(osm)
            if known is None or known.as_of <= piece.as_of:
                newest[osm] = piece
    named: dict[str, list[_Piece]] = defaultdict(list)
    for piece in newest.values():
        named[_spelling(piece.french)].append(piece)
    for pieces in named.values():
        for street in _streets(pieces):
            yield _row(street)


def _spelling(name: str) -> str:
    return " ".join(spelled_out(word) for word in normalise(name).split())


def _flat(shapes: Any) -> Any:
    """Return shapes in metres around Brussels, right to one in a hundred."""
    return shapely.transform(shapes, lambda pairs: pairs * np.array([70_300.0, 111_200.0]))


def _streets(pieces: list[_Piece]) -> Iterable[list[_Piece]]:
    """Part the pieces of one name into streets: what is near hangs together, also through a third piece."""
    if len(pieces) == 1:
        return [pieces]
    shapes: NDArray[Any] = _flat(np.array([piece.shape for piece in pieces], dtype=object))
    near = shapely.dwithin(shapes[:, None], shapes[None, :], _APART)
    label = np.arange(len(pieces))
    for at in range(len(pieces)):
        joined = np.unique(label[near[at]])
        label[np.isin(label, joined)] = joined[0]
    return [[piece for piece, own in zip(pieces, label.tolist(), strict=True) if own == each] for each in np.unique(label).tolist()]


def _row(pieces: list[_Piece]) -> PlaceRow:
    newest = max(piece.as_of for piece in pieces)
    french: Counter[str] = Counter()
    dutch: Counter[str] = Counter()
    for piece in pieces:
        worth = 2 if piece.as_of == newest else 1
        french[piece.french] += worth
        dutch[piece.dutch] += worth
    merged = shapely.line_merge(shapely.union_all([piece.shape for piece in pieces]))
    metres = float(shapely.length(_flat(merged)))
    known = Counter(piece.wikidata for piece in pieces if piece.wikidata)
    detail: dict[str, Any] = {"length_m": round(metres), "osm": min(piece.osm for piece in pieces)}
    if known:
        detail["wikidata"] = min(known, key=lambda each: (-known[each], each))
    names = {"fr": min(french, key=lambda each: (-french[each], each)), "nl": min(dutch, key=lambda each: (-dutch[each], each))}
    return PlaceRow(detail["osm"], names, merged, "street", detail=detail, weight=round(metres / 1000, 3))
