"""Two communes, a small table of figures, and an indicator over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import AreaRow
from zinneke.kernel.confidentiality import SYSTEM, Actor, Grant, Level, Right
from zinneke.office.indicators import store
from zinneke.office.indicators.measures import Measure, Ratio, Rows
from zinneke.office.indicators.values import Indicator, Sheet

NORTH, SOUTH = "21015", "21001"
FIGURES = "year,nis,people,homes\n2019,21015,100,40\n2019,21001,200,0\n2020,21015,110,50\n2020,21001,220,0\n"


def officer(person: int, *rights: Right, area: str = "", subject: str = "indicators") -> Actor:
    """Return somebody who holds rights up to shared data."""
    return Actor(f"person:{person}", f"Officer {person}", "agency", (Grant("r", frozenset(rights), Level.SHARED, area, subject),), person=person)


@pytest.fixture
def town(db: None, tmp_path: Path, settings: Any) -> None:
    """Give the stores a folder of their own with two communes and a table."""
    settings.DATA = tmp_path
    areas = [
        AreaRow(NORTH, "commune", {"fr": "Schaerbeek", "nl": "Schaarbeek"}, shapely.box(4.4, 50.8, 4.5, 50.9), facts={"area_km2": 10.0}),
        AreaRow(SOUTH, "commune", {"fr": "Anderlecht", "nl": "Anderlecht"}, shapely.box(4.3, 50.8, 4.4, 50.9), facts={"area_km2": 20.0}),
    ]
    territory.set_areas(SYSTEM, areas)
    publish(FIGURES)


def publish(rows: str, **levels: Level) -> None:
    """Publish the table of figures, with stricter columns where levels are given."""
    columns = (ColumnSpec(name="nis", type="text"), *(ColumnSpec(name=name, level=level) for name, level in levels.items()))
    tables.publish(SYSTEM, "figures", rows.encode(), Spec(columns=columns))


def summed(column: str, **other: Any) -> Rows:
    """Return the sum of a column by commune and year."""
    return Rows(**{"dataset": "figures", "take": "sum", "column": column, "area": "nis", "year": "year", **other})


PEOPLE_PER_HOME = Ratio(of=summed("people"), per=summed("homes"))


def sheet(measure: Measure | None = None, **other: Any) -> Sheet:
    """Return a sheet without faults."""
    words = {"fr": "Nom", "nl": "Naam", "en": "Name"}
    given = {"name": words, "definition": words, "unit": "1", "owner": "agency", "measure": measure, "accept": "computed" if measure else "each"}
    return Sheet(**{**given, **other})


def in_force(key: str, made: Sheet) -> Indicator:
    """Return an indicator that was proposed, reviewed and validated."""
    store.propose(SYSTEM, key, made)
    store.submit(SYSTEM, key)
    return store.decide(SYSTEM, key, "validated", "read and computed again")
