"""Where figures come from: the platform's own data, read through its stores, each dataset version noted with its hash and its level."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.vocabularies import LICENCES
from zinneke.foundations.observations import store as observations
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.rules import fold
from zinneke.foundations.tables.values import GEOMETRY, Query, Version
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import SYSTEM, Actor, Level
from zinneke.kernel.period import city_zone
from zinneke.kernel.problem import Problem
from zinneke.kernel.solution import Series

Array = np.ndarray[Any, Any]
_YEAR = re.compile(r"(1[89]|20|21)\d\d")


@dataclass(slots=True)
class Sources:
    """The data of one computing, each piece read once. `level` is the strictest of what was read, `inputs` says what that was."""

    actor: Actor = SYSTEM
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    level: Level = Level.PUBLIC
    inputs: dict[str, None] = field(default_factory=dict)
    _tables: dict[tuple[Any, ...], tuple[Version, dict[str, Array]]] = field(default_factory=dict)
    _places: dict[tuple[str, int], Array] = field(default_factory=dict)
    _areas: dict[str, float] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _listed: list[Any] = field(default_factory=list)

    def begin(self) -> None:
        """Forget what was noted of the figure before."""
        self.level, self.inputs = Level.PUBLIC, {}

    def communes(self) -> dict[str, float]:
        """Return the surface in km² of each commune by code, 0 where it is not known."""
        if not self._areas:
            for area in territory.list_areas(self.actor):
                self._areas[area.code] = float(area.facts.get("area_km2") or 0)
                self._names |= {fold(name): area.code for name in area.name.values()} | {area.code: area.code}
        return self._areas

    def code(self, word: object) -> str:
        """Return the commune that a word means, its code or its name in any language; "" for one outside the city."""
        self.communes()
        return self._names.get(fold(str(word)), "")

    def columns(self, dataset: str, names: Sequence[str], where: Sequence[str]) -> dict[str, Array]:
        """Return columns of the rows that match, each as an array of Python values with None for empty cells.

        Raises `Problem` for a dataset, column or condition that is not there.
        """
        wanted = sorted(set(names))
        key = (dataset, tuple(wanted), tuple(where))
        if key not in self._tables:
            self._tables[key] = self._read(dataset, wanted, where)
        version, columns = self._tables[key]
        used = {*wanted, *(each.partition(":")[0] for each in where)}
        self.level = max([self.level, *(column.level for column in version.columns if column.name in used)])
        self.inputs[f"{dataset}@{version.number} {version.digest[:12]}"] = None
        return columns

    def _read(self, dataset: str, names: Sequence[str], where: Sequence[str]) -> tuple[Version, dict[str, Array]]:
        import pyarrow.parquet as pq

        try:
            version = tables.get_version(self.actor, dataset)
            asked = tuple(name for name in names if name != GEOMETRY)
            wanted = (*asked, GEOMETRY) if GEOMETRY in names else asked or (version.columns[0].name,)
            export = tables.export(self.actor, dataset, "parquet", Query(columns=wanted, where=tuple(where)))
        except Problem as problem:
            if problem.status == 404:
                raise Problem(409, "Data gone", f"There is no dataset {dataset} here, or not any more. Publish it, or change the query.") from None
            raise Problem(409, "The query does not fit", f"The dataset {dataset} has changed: {problem.detail}") from None
        table = pq.read_table(io.BytesIO(b"".join(export.chunks)))
        columns = {name: np.array(table[name].to_pylist() or [], dtype=object) for name in asked}
        if GEOMETRY in names:
            columns[GEOMETRY] = self._located(table[GEOMETRY].to_pylist())
        columns[""] = np.empty(table.num_rows, dtype=object)
        return version, columns

    def _located(self, shapes: list[bytes | None]) -> Array:
        """Return the commune of each shape, of a point inside it for lines and surfaces."""
        import shapely

        points = shapely.point_on_surface(shapely.from_wkb(np.array(shapes, dtype=object)))
        found, _ = territory.locate(self.actor, shapely.get_x(points), shapely.get_y(points))
        return found

    def areas_of(self, words: Array, mapped: dict[str, str]) -> Array:
        """Return the commune code of each word of a column, "" outside the city."""
        self.communes()
        known = {word: mapped.get(str(word), "") or self.code(word) for word in dict.fromkeys(words.tolist())}
        return np.array([known[word] for word in words.tolist()], dtype=object)

    def series(self, solution: str, reading: str) -> list[Series]:
        """Return everything that was observed of a reading inside the city, a year at a time."""
        streams = observations.list_streams(self.actor, solution=solution, reading=reading, limit=10_000)
        spans = [(each.first, each.last) for each in streams if each.rows and each.first and each.last]
        self.inputs[f"{solution}/{reading}, {sum(each.rows for each in streams)} observations"] = None
        self.level = max([self.level, *(each.level for each in streams)])
        found: list[Series] = []
        if spans:
            for year in range(min(local(first).year for first, _ in spans), max(local(last).year for _, last in spans) + 1):
                start, end = datetime(year, 1, 1, tzinfo=city_zone()), datetime(year + 1, 1, 1, tzinfo=city_zone())
                found += observations.series(self.actor, solution, reading, start, end)
        return [each for each in found if each.area in self.communes()]

    def listed(self, source: str) -> list[Any]:
        """Return the datasets of a source of the catalogue."""
        if not self._listed:
            after = 0
            while True:
                page, after = catalogue.list_datasets(self.actor, after, 1000, catalogue.OURS)
                self._listed += page
                if not after:
                    break
        self.inputs[f"catalogue, {len(self._listed)} datasets of {source or catalogue.OURS}"] = None
        return self._listed


def local(moment: datetime) -> datetime:
    """Return a moment in the city's time, by which days and years are counted."""
    return moment.astimezone(city_zone())


def year_of(cell: object) -> str:
    """Return the year in a cell: of a number, a date, or the last year in a text such as "4de kwartaal 2023"; "" without one."""
    if isinstance(cell, int | float):
        return str(int(cell)) if 1000 <= cell <= 9998 else ""
    if hasattr(cell, "year"):
        return str(cell.year)
    found = [match.group() for match in _YEAR.finditer(str(cell or ""))]
    return found[-1] if found else ""


def is_open(dataset: Any) -> bool:
    """Say whether a dataset's licence is an open one."""
    licence = LICENCES.get(dataset.row.licence)
    return bool(licence and licence.open)
