"""A fleet year by year under rules that ban parts of it: renewed by the market, answered by people, and what leaves the exhausts meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zinneke.office.scenarios.declared import fleet
from zinneke.office.scenarios.declared.emission_factors import FACTORS, NON_EXHAUST_PM
from zinneke.office.scenarios.declaring import Draws, Floats, Outcome, Rows

NEVER = 2060
CLASSES = tuple(FACTORS)
INDEX = {each: position for position, each in enumerate(CLASSES)}
RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "diesel_5": (("diesel", "5"),),
    "petrol_2": (("petrol", "2"),),
    "diesel_6": (("diesel", "6"),),
    "petrol_3": (("petrol", "3"),),
    "diesel_all": (("diesel", "6d"), ("diesel", "6"), ("diesel", "5")),
    "petrol_45": (("petrol", "4"), ("petrol", "5")),
    "petrol_all": tuple(("petrol", euro) for euro in ("2", "3", "4", "5", "6", "6d")),
}
"""Which fuels and classes each rule bans. What was banned before the first of them is in the fleet table as it is: exempt, "
"or driving all the same."""


def banned_from(draws: Draws) -> Floats:
    """Return the year from which each class is banned (draws × classes), NEVER where no rule names it."""
    size = len(draws["start"])
    years = np.full((size, len(CLASSES)), float(NEVER))
    for rule, classes in RULES.items():
        for kind in fleet.KINDS:
            for fuel, euro in classes:
                at = INDEX[kind, fuel, euro]
                years[:, at] = np.minimum(years[:, at], draws[rule])
    return years


def first_fleet(rows: Rows) -> tuple[Floats, Floats]:
    """Return vehicles, and kilometres a year of one of them, by class; a class without vehicles drives as far as the mean of its kind."""
    vehicles, distance = np.zeros(len(CLASSES)), np.zeros(len(CLASSES))
    for kind, fuel, euro, number, km in rows:
        vehicles[INDEX[kind, fuel, euro]] += number
        distance[INDEX[kind, fuel, euro]] += number * km
    means = np.divide(distance, vehicles, out=np.zeros_like(distance), where=vehicles > 0)
    for kind in fleet.KINDS:
        mine = np.array([each[0] == kind for each in CLASSES])
        total = vehicles[mine].sum()
        means[mine & (vehicles == 0)] = distance[mine].sum() / total if total else 0.0
    return vehicles, means


def compute(draws: Draws, rows: Rows) -> Mapping[str, Outcome]:
    """Return emissions in tonnes and vehicles by year. Kilometres follow the vehicle that drives them; a vehicle given up drives no more."""
    vehicles, km = first_fleet(rows)
    size, steps, start = len(draws["start"]), int(draws["years"][0]), int(draws["start"][0])
    stock = np.tile(vehicles, (size, 1))
    travel = stock * km
    banned = banned_from(draws)
    tell = {key: np.zeros((size, steps)) for key in ("nox", "pm", "co2", "touched", "against", "electric")}
    exhaust = _exhaust(draws)
    out = np.zeros((size, len(CLASSES)))
    for step in range(steps):
        year = start + step
        if step:
            stock, travel = renewed(stock, travel, draws, year)
        newly = (banned == year) | ((banned < year) & (step == 0))
        touched = np.where(newly, stock, 0)
        out = np.where(newly, 1.0, out)
        stock, travel = answered(stock, travel, newly, draws, year)
        for key in ("nox", "pm", "co2"):
            tell[key][:, step] = (travel * exhaust[key]).sum(axis=1) / 1e6
        tell["touched"][:, step] = touched.sum(axis=1)
        tell["against"][:, step] = (stock * out).sum(axis=1)
        tell["electric"][:, step] = stock[:, ELECTRIC].sum(axis=1) / np.maximum(stock.sum(axis=1), 1e-9) * 100
    return {key: Outcome(series, series[:, -1] if key in ("against", "electric") else series.sum(axis=1)) for key, series in tell.items()}


ELECTRIC = np.array([each[1] == "electric" for each in CLASSES])
DIESEL = np.array([each[1] == "diesel" for each in CLASSES])
OLD = np.array([each[2] in ("0", "1", "2", "3", "4") for each in CLASSES])


def _exhaust(draws: Draws) -> dict[str, Floats]:
    factors = np.array([FACTORS[each] for each in CLASSES])
    nox = factors[:, 0][None, :] * np.where(DIESEL, draws["nox_diesel"][:, None], draws["nox_petrol"][:, None])
    pm = factors[:, 1][None, :] * draws["pm_exhaust"][:, None] + NON_EXHAUST_PM * draws["pm_wear"][:, None]
    return {"nox": nox, "pm": pm, "co2": factors[:, 2][None, :] * draws["co2_real"][:, None]}


def electric_share(draws: Draws, year: int) -> Floats:
    """Return the share of new vehicles that are electric in a year: rising in a straight line from the first year to all of them."""
    first = draws["electric_now"] / 100
    span = np.maximum(draws["electric_all"] - draws["start"], 1)
    return np.clip(first + (1 - first) * (year - draws["start"]) / span, 0, 1)


def _enter(stock: Floats, travel: Floats, number: Floats, distance: Floats, kind: str, share: Floats) -> None:
    """Let vehicles of a kind, and their kilometres, go on in new ones: electric, or the newest that burn fuel."""
    fuel = "petrol" if kind == "car" else "diesel"
    for at, part in ((INDEX[kind, "electric", "-"], share), (INDEX[kind, fuel, "6d"], 1 - share)):
        stock[:, at] += number * part
        travel[:, at] += distance * part


def renewed(stock: Floats, travel: Floats, draws: Draws, year: int) -> tuple[Floats, Floats]:
    """Return the fleet a year later: a share of each class, a larger one of the old, is replaced by new vehicles that drive as far."""
    rate = draws["renewal"][:, None] / 100 * np.where(OLD, 1.6, 1.0)[None, :]
    leaving, going = stock * np.minimum(rate, 1), travel * np.minimum(rate, 1)
    stock, travel = stock - leaving, travel - going
    share = np.where(_combustion_banned(draws, year), 1.0, electric_share(draws, year))
    for kind in fleet.KINDS:
        mine = [position for position, each in enumerate(CLASSES) if each[0] == kind]
        _enter(stock, travel, leaving[:, mine].sum(axis=1), going[:, mine].sum(axis=1), kind, share)
    return stock, travel


def _combustion_banned(draws: Draws, year: int) -> np.ndarray:
    """Say in which draws nobody would buy a new vehicle that burns fuel, because it may not drive here."""
    return (draws["petrol_all"] <= year) & (draws["diesel_all"] <= year)


def answered(stock: Floats, travel: Floats, newly: np.ndarray, draws: Draws, year: int) -> tuple[Floats, Floats]:
    """Return the fleet after people have answered a ban: given up, driving on (exempt or not), or replaced."""
    given_up, exempt, against = shares(draws)
    replaced = 1 - given_up - exempt - against
    stays = (exempt + against)[:, None]
    number, distance = np.where(newly, stock, 0), np.where(newly, travel, 0)
    stock, travel = np.where(newly, stock * stays, stock), np.where(newly, travel * stays, travel)
    share = np.where(_combustion_banned(draws, year), 1.0, np.maximum(draws["electric_swap"] / 100, electric_share(draws, year)))
    for kind in fleet.KINDS:
        mine = [position for position, each in enumerate(CLASSES) if each[0] == kind]
        _enter(stock, travel, number[:, mine].sum(axis=1) * replaced, distance[:, mine].sum(axis=1) * replaced, kind, share)
    return stock, travel


def shares(draws: Draws) -> tuple[Floats, Floats, Floats]:
    """Return which parts give up, are exempt, drive on against the rule; drawn shares that come to more than all are scaled back to all."""
    parts = np.stack([draws[key] / 100 for key in ("given_up", "exempt", "against")])
    parts = parts / np.maximum(parts.sum(axis=0), 1)
    return parts[0], parts[1], parts[2]
