"""Figures as people read them: with the decimals that say something, their unit in words, and a sentence about where things stand."""

from __future__ import annotations

from zinneke.kernel.text import Text, same, say_number
from zinneke.kernel.units import unit as unit_of
from zinneke.office.indicators.periods import say_period
from zinneke.office.indicators.values import Indicator, Standing

MISSING = Text("–", "–", "–")
_SPOKEN = ("10*-3", "10*-4", "d")
"""Units whose name says more than their symbol."""


def decimals(value: float) -> int:
    """Return how many decimals of a value are worth showing: three figures, and none for whole numbers or beyond a hundred."""
    size = abs(value)
    if size >= 100 or float(value).is_integer():
        return 0
    return 1 if size >= 10 else 2 if size >= 0.1 else 3


def say_value(value: float | None) -> Text:
    """Return a value without its unit."""
    return MISSING if value is None else say_number(value, decimals(value))


def say_unit(unit: str) -> Text:
    """Return a unit as it stands behind a number: µg/m³, %, pour 10 000 habitants; nothing behind a count."""
    measure = unit_of(unit)
    return measure.name if unit in _SPOKEN else same(measure.symbol)


def say_figure(value: float | None, unit: str) -> Text:
    """Return a value with its unit: 12,3 µg/m³; 9,7 %; 7,4 pour 10 000 habitants."""
    number, behind = say_value(value), say_unit(unit)
    if value is None or not behind.en:
        return number
    tight = "" if unit == "%" else "\u00a0"
    return Text(f"{number.fr}\u00a0{behind.fr}", f"{number.nl}{tight}{behind.nl}", f"{number.en}{tight}{behind.en}")


def say_standing(indicator: Indicator, standing: Standing) -> Text:
    """Return in a sentence where an indicator stands against what was promised."""
    if standing.latest is None:
        return Text("Cet indicateur n’est pas encore mesuré.", "Deze indicator wordt nog niet gemeten.", "This indicator is not measured yet.")
    if standing.target is None:
        return Text(
            "Aucune cible n’est fixée : on voit ce qui est, non ce qui était promis.",
            "Er is geen streefwaarde: men ziet wat is, niet wat beloofd was.",
            "No target is set: this shows what is, not what was promised.",
        )
    target = say_figure(standing.target.value, indicator.sheet.unit)
    when = say_period(standing.target.period)
    aim = Text(f"cible : {target.fr} en {when.fr}", f"doel: {target.nl} in {when.nl}", f"target: {target.en} in {when.en}")
    if standing.gap is None:
        return Text(
            f"C’est le point de départ : rien ne dit encore si l’on est sur le chemin ({aim.fr}).",
            f"Dit is het vertrekpunt: nog niets zegt of men op koers is ({aim.nl}).",
            f"This is where it starts: nothing tells yet whether it is on its path ({aim.en}).",
        )
    away = say_figure(abs(standing.gap), indicator.sheet.unit)
    if standing.status == "good":
        return Text(f"Sur son chemin ({aim.fr}).", f"Op koers ({aim.nl}).", f"On its path ({aim.en}).")
    if standing.status == "watch":
        return Text(f"À {away.fr} de son chemin ({aim.fr}).", f"{away.nl} van de koers ({aim.nl}).", f"{away.en} off its path ({aim.en}).")
    return Text(
        f"A quitté son chemin, de {away.fr} ({aim.fr}).",
        f"Van koers geraakt, met {away.nl} ({aim.nl}).",
        f"Has left its path, by {away.en} ({aim.en}).",
    )


def say_trend(indicator: Indicator, standing: Standing) -> Text | None:
    """Return in a sentence which way a series goes, with its interval; None where there are too few years to tell."""
    found, unit = standing.trend, indicator.sheet.unit
    if found.slope is None or found.low is None or found.high is None:
        return None
    if found.direction == "steady":
        return Text(
            f"Sans tendance nette sur {found.years} années.",
            f"Zonder duidelijke trend over {found.years} jaren.",
            f"No clear trend over {found.years} years.",
        )
    slope, low, high = (say_figure(each, unit) for each in (found.slope, found.low, found.high))
    return Text(
        f"{slope.fr} par an sur {found.years} années (intervalle à 95 % : {low.fr} à {high.fr}).",
        f"{slope.nl} per jaar over {found.years} jaren (95%-interval: {low.nl} tot {high.nl}).",
        f"{slope.en} a year over {found.years} years (95% interval: {low.en} to {high.en}).",
    )
