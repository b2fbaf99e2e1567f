"""Static user equilibrium on a small network: nobody can arrive sooner by another route (Wardrop's first principle).

Routes are listed beforehand; flows move from dearer routes to the cheapest by projected gradients (Jayakrishnan and others, 1994),
for many draws at once. Time on a link is `free + rise × flow ** power`: with rise = free × 0.15 / capacity ** 4 and power 4, that of the
Bureau of Public Roads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Link = tuple[str, str]


STILL = 0.5
"""Vehicles an hour below which a flow is at rest."""

BLOCK = 400
"""Draws computed together: as many as stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Routes:
    """The routes between each pair: `uses` (routes × links) says which links each takes, `pair` (routes) between which pair it runs."""

    uses: Floats
    pair: NDArray[np.int64]

    @property
    def pairs(self) -> int:
        """Return how many pairs there are."""
        return int(self.pair.max()) + 1


def simple_routes(links: Sequence[Link], pairs: Sequence[Link], longest: int) -> Routes:
    """Return every route without a loop of at most `longest` links between each pair. Raises ValueError for a pair without one."""
    after: dict[str, list[int]] = {}
    for position, (begin, _) in enumerate(links):
        after.setdefault(begin, []).append(position)
    rows, pair = [], []
    for number, (begin, end) in enumerate(pairs):
        found = list(_walk(links, after, begin, end, longest, (begin,)))
        if not found:
            raise ValueError(f"there is no route from {begin} to {end}")
        for route in found:
            row = np.zeros(len(links))
            row[list(route)] = 1
            rows.append(row)
            pair.append(number)
    return Routes(np.array(rows), np.array(pair))


def _walk(links: Sequence[Link], after: Mapping[str, list[int]], at: str, end: str, left: int, seen: tuple[str, ...]) -> Iterator[tuple[int, ...]]:
    if at == end:
        yield ()
        return
    if not left:
        return
    for position in after.get(at, ()):
        there = links[position][1]
        if there not in seen:
            for rest in _walk(links, after, there, end, left - 1, (*seen, there)):
                yield (position, *rest)


def equilibrium(free: Floats, rise: Floats, power: int, demand: Floats, routes: Routes, dislike: Floats | None = None, rounds: int = 60) -> Floats:
    """Return the flow on each link (draws × links) at equilibrium, for free times, rises (draws × links) and demand (draws × pairs).

    `dislike` (pairs × links) is time that a pair counts on top of what a link takes: who avoids quiet streets, who likes a short cut.

    Pairs move one after the other, each knowing what the one before did, since all at once would swing to and fro.
    A draw rests when none of its route flows moves by more than `STILL` vehicles an hour.
    """
    if len(free) > BLOCK:
        parts = (slice(start, start + BLOCK) for start in range(0, len(free), BLOCK))
        return np.concatenate([equilibrium(free[at], rise[at], power, demand[at], routes, dislike, rounds) for at in parts])
    uses = [routes.uses[routes.pair == number] for number in range(routes.pairs)]
    flows = [np.repeat(demand[:, [number]] / len(each), len(each), axis=1) for number, each in enumerate(uses)]
    total = sum((flow @ each for flow, each in zip(flows, uses, strict=True)), np.zeros_like(free))
    moving = np.arange(len(free))
    for _ in range(rounds):
        here, base, slope = total[moving], free[moving], rise[moving]
        most = np.zeros(len(moving))
        for number, (flow, each) in enumerate(zip(flows, uses, strict=True)):
            felt = base if dislike is None else base + dislike[number]
            shift = _shift(flow[moving], here, felt, slope, power, each)
            flow[moving] += shift
            here = here + shift @ each
            most = np.maximum(most, np.abs(shift).max(axis=1))
        total[moving] = here
        moving = moving[most > STILL]
        if not len(moving):
            break
    return total


def _shift(flow: Floats, total: Floats, free: Floats, rise: Floats, power: int, uses: Floats) -> Floats:
    """Return by how much each route of a pair changes: the cheapest gains what the dearer lose, as far as the slopes of links that differ say."""
    below = raised(total, power - 1)
    slope = rise * power * below
    cost = (free + rise * below * total) @ uses.T
    best = np.argmin(cost, axis=1)
    rows, least = np.arange(len(flow)), uses[best]
    differing = slope @ uses.T + (slope * least).sum(axis=1)[:, None] - 2 * (slope * least) @ uses.T
    shift = -np.minimum(flow, (cost - cost[rows, best][:, None]) / np.maximum(differing, 1e-12))
    shift[rows, best] = 0
    shift[rows, best] = -shift.sum(axis=1)
    return shift


def raised(values: Floats, power: int) -> Floats:
    """Return values to a small whole power, by multiplying, which is many times faster than a general power."""
    found = np.ones_like(values)
    for _ in range(power):
        found *= values
    return found


def gap(flow: Floats, free: Floats, rise: Floats, power: int, demand: Floats, routes: Routes) -> Floats:
    """Return how far each draw is from equilibrium: the share of all travel time that switching to the cheapest routes would save."""
    time = free + rise * raised(flow, power)
    cost = time @ routes.uses.T
    least = np.stack([cost[:, routes.pair == number].min(axis=1) for number in range(routes.pairs)], axis=1)
    spent = (time * flow).sum(axis=1)
    return (spent - (least * demand).sum(axis=1)) / np.maximum(spent, 1e-12)
