"""Which figures of an area are drawn from which published tables: a list of recipes, each for any table that has its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Filter, Version
from zinneke.foundations.territory.values import Area
from zinneke.kernel.chart import Bar, BarChart, Line, LineChart
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text, choose
from zinneke.web import formats

MOST_BARS = 10
FEW = 7
"""Up to so many years are bars, more are a line."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A chart: the sum of `value` by `label` over the rows of one area, divided by the sum of `per` where there is one.

    `aggregate` is "max" for a source that holds the same row twice.

    The rows of an area are those whose column `place` is its NIS code, or its name in one language (`name`). A column may
    end in `{LANG}` for tables that have one column a language. `years` says that labels are years, to be drawn in order;
    `words` puts labels that come in one language into the reader's, and gives their order.
    """

    key: str
    title: Text
    place: str
    label: str
    value: str
    unit: str = "1"
    per: str = ""
    name: str = ""
    years: bool = False
    aggregate: Literal["sum", "max"] = "sum"
    where: tuple[tuple[str, str, Any], ...] = ()
    words: Mapping[str, Text] = field(default_factory=dict)

    def needs(self, language: str) -> set[str]:
        """Return the columns that a table must have."""
        return {
            spelled(each, language)
            for each in (self.place, self.label, self.value, self.per, *(column for column, _op, _value in self.where))
            if each
        }


RECIPES: tuple[Recipe, ...] = (
    Recipe("population", Text("Population", "Bevolking", "Population"), "nis", "year", "inhabitants", years=True),
    Recipe(
        "income",
        Text("Revenu net imposable par habitant", "Netto belastbaar inkomen per inwoner", "Net taxable income per resident"),
        *("CD_MUNTY_REFNIS", "CD_YEAR", "MS_TOT_NET_TAXABLE_INC", "EUR"),
        per="MS_TOT_RESIDENTS",
        years=True,
    ),
    Recipe(
        "households",
        Text("Ménages selon la taille", "Huishoudens naar grootte", "Households by size"),
        *("municipality_nl", "household_size", "households"),
        name="nl",
        where=(("household_type", "null", False),),
        words={
            "1 persoon": Text("1 personne", "1 persoon", "1 person"),
            "2 personen": Text("2 personnes", "2 personen", "2 persons"),
            "3 t/m 5 personen": Text("3 à 5 personnes", "3 tot 5 personen", "3 to 5 persons"),
            "6 personen of meer": Text("6 personnes ou plus", "6 personen of meer", "6 persons or more"),
        },
    ),
    Recipe(
        "dwellings",
        Text("Logements neufs autorisés", "Vergunde nieuwe woningen", "New dwellings permitted"),
        *("nis", "year", "dwelling_res_new"),
        years=True,
        where=(("month", "eq", 0),),
    ),
    Recipe(
        "establishments",
        Text("Unités d’établissement", "Vestigingseenheden", "Business establishments"),
        *("municipality_nl", "quarter", "establishments"),
        name="nl",
        years=True,
        aggregate="max",
    ),
    Recipe(
        "victims",
        Text("Victimes de la route selon l’usager", "Verkeersslachtoffers naar weggebruiker", "Road victims by road user"),
        *("CD_MUNTY_REFNIS", "TX_ROAD_USR_TYPE_DESCR_{LANG}", "MS_VICT"),
    ),
)


def spelled(column: str, language: str) -> str:
    """Return a column's name in the table; tables of the federal state have French and Dutch columns and no English ones."""
    return column.replace("{LANG}", "NL" if language == "nl" else "FR")


def charts(actor: Actor, area: Area, language: str, titles: dict[str, str]) -> list[LineChart | BarChart]:
    """Return the charts of an area, in the order of the recipes, each from the first table that has its columns.

    `titles` are the datasets' titles in the reader's language; a table without one is not shown.
    """
    versions = [version for version in tables.list_datasets(actor, limit=500) if version.dataset in titles]
    made = []
    for recipe in RECIPES:
        needs = recipe.needs(language)
        version = next((each for each in versions if needs <= {column.name for column in each.columns}), None)
        drawn = draw(actor, recipe, version, area, language, titles[version.dataset]) if version else None
        if drawn:
            made.append(drawn)
    return made


def figures(actor: Actor, recipe: Recipe, version: Version, area: Area, language: str) -> list[tuple[str, float]]:
    """Return the label and figure of each bar; nothing where the table has no row of the area."""
    column = version.column(recipe.place)
    wanted: Any = choose(area.name, recipe.name)[0] if recipe.name else int(area.code) if column and column.type == "integer" else area.code
    where = [Filter(recipe.place, "eq", wanted), *(Filter(name, op, value) for name, op, value in recipe.where)]  # type: ignore[arg-type]
    label = spelled(recipe.label, language)

    def sums(value: str) -> dict[Any, float]:
        return dict(tables.tally(actor, version.dataset, label, value, recipe.aggregate, 200, where, version.number))

    found = sums(recipe.value)
    if recipe.per:
        per = sums(recipe.per)
        found = {key: value / per[key] for key, value in found.items() if per.get(key)}
    return [(str(key), value) for key, value in found.items() if key not in (None, "")]


def draw(actor: Actor, recipe: Recipe, version: Version, area: Area, language: str, source: str) -> LineChart | BarChart | None:
    """Return one chart, None where there is nothing of the area."""
    try:
        found = figures(actor, recipe, version, area, language)
    except Problem:
        return None
    if not any(value for _label, value in found):
        return None
    title = recipe.title.said_in(language)
    if recipe.years:
        return over_years(recipe, sorted((label[-4:], value) for label, value in found if label[-4:].isdigit()), title, language, source)
    if recipe.words:
        order = {label: at for at, label in enumerate(recipe.words)}
        found = [
            (recipe.words[label].said_in(language), value)
            for label, value in sorted(found, key=lambda each: order.get(each[0], 99))
            if label in order
        ]
    bars = tuple(Bar(label, value) for label, value in found[:MOST_BARS])
    most = max(bars, key=lambda bar: bar.value or 0)
    caption = _("Most: %(label)s (%(value)s).") % {"label": most.label, "value": formats.quantity(most.value, recipe.unit, language)}
    return BarChart(key=recipe.key, title=title, caption=caption, unit=recipe.unit, bars=bars, source=source)


def over_years(recipe: Recipe, found: Sequence[tuple[str, float]], title: str, language: str, source: str) -> LineChart | BarChart | None:
    """Return bars for a few years, a line for many."""
    if not found:
        return None
    words = {
        "first": found[0][0],
        "last": found[-1][0],
        "from": formats.quantity(found[0][1], recipe.unit, language),
        "to": formats.quantity(found[-1][1], recipe.unit, language),
    }
    caption = _("From %(from)s in %(first)s to %(to)s in %(last)s.") % words
    if len(found) <= FEW:
        return BarChart(
            key=recipe.key, title=title, caption=caption, unit=recipe.unit, bars=tuple(Bar(label, value) for label, value in found), source=source
        )
    points = [(datetime(int(label), 1, 1, tzinfo=formats.zone()), value) for label, value in found]
    return LineChart(key=recipe.key, title=title, caption=caption, unit=recipe.unit, lines=(Line(title, points),), source=source)
