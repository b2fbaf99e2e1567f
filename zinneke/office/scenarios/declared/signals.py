"""Delay at a fixed-time signal: the formulas of Webster (1958) and of the Highway Capacity Manual (2000), over arrays.

Times in seconds, flows in vehicles a second or, where named so, an hour; `share` is the green share of the cycle, `degree` flow over capacity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def uniform_delay(cycle: Floats, share: Floats, degree: Floats) -> Floats:
    """Return the delay of evenly arriving vehicles: 0.5 C (1 − g/C)² / (1 − min(1, x) g/C)."""
    delay: Floats = 0.5 * cycle * (1 - share) ** 2 / np.maximum(1 - np.minimum(degree, 1) * share, 1e-9)
    return delay


def webster_delay(cycle: Floats, share: Floats, flow: Floats, degree: Floats) -> Floats:
    """Return Webster's mean delay for a degree of saturation below one: uniform and random part, less his empirical term."""
    random = degree**2 / (2 * flow * (1 - degree))
    less = 0.65 * (cycle / flow**2) ** (1 / 3) * degree ** (2 + 5 * share)
    delay: Floats = uniform_delay(cycle, share, degree) + random - less
    return delay


def control_delay(cycle: Floats, share: Floats, capacity: Floats, degree: Floats, hours: float = 1.0) -> Floats:
    """Return the mean delay over a period of `hours`, also above capacity (vehicles an hour): HCM 2000, eq. 16-9 to 16-12, without a queue before."""
    surplus = degree - 1
    incremental = 900 * hours * (surplus + np.sqrt(surplus**2 + 8 * 0.5 * degree / (np.maximum(capacity, 1e-9) * hours)))
    delay: Floats = uniform_delay(cycle, share, degree) + incremental
    return delay


def best_cycle(lost: float, load: float) -> float:
    """Return Webster's cycle of least delay, (1.5 L + 5) / (1 − Y), for lost seconds and a sum of flow ratios below one. Raises "
    "ValueError from one on."""
    if not 0 <= load < 1:
        raise ValueError("the flow ratios come to the whole capacity or more")
    return (1.5 * lost + 5) / (1 - load)


def walking_delay(cycle: Floats, green: Floats) -> Floats:
    """Return the mean wait of pedestrians who arrive at any moment: (C − g)² / 2C (HCM 2000, eq. 18-5)."""
    delay: Floats = (cycle - green) ** 2 / (2 * cycle)
    return delay
