"""Courses as small as a word: a line with its newest point, its band of uncertainty and its target, for tiles and small multiples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zinneke.office.indicators.periods import UNSTATED
from zinneke.office.indicators.values import Point

WIDTH, HEIGHT, MARGIN = 240, 56, 5


@dataclass(frozen=True, slots=True)
class Spark:
    """A small course in units of the picture: the line (with gaps), the band, the last point, the height of the target; "" for what there is not."""

    line: str
    band: str
    last: tuple[float, float]
    target: float | None
    width: int = WIDTH
    height: int = HEIGHT


def draw(points: Sequence[Point], target: float | None = None, low: float | None = None, high: float | None = None) -> Spark | None:
    """Draw a series; `low` and `high` give a scale that several drawings share. None for fewer than two values."""
    dated = [point for point in points if point.start != UNSTATED]
    known = [point for point in dated if point.value is not None]
    if len(known) < 2:
        return None
    values = [point.value for point in known if point.value is not None]
    ends = [each for point in known for each in (point.low, point.high) if each is not None]
    least = low if low is not None else min([*values, *ends, *([target] if target is not None else [])])
    most = high if high is not None else max([*values, *ends, *([target] if target is not None else [])])
    first, span = known[0].start.toordinal(), max(1, known[-1].start.toordinal() - known[0].start.toordinal())

    def x(point: Point) -> float:
        return round(MARGIN + (point.start.toordinal() - first) / span * (WIDTH - 2 * MARGIN), 1)

    def y(value: float) -> float:
        return round(HEIGHT - MARGIN - (value - least) / ((most - least) or 1) * (HEIGHT - 2 * MARGIN), 1)

    line, pen = "", "M"
    for point in dated:
        if point.value is None:
            pen = "M"
        else:
            line, pen = f"{line}{pen}{x(point):g} {y(point.value):g}", "L"
    banded = [(x(point), y(point.low), y(point.high)) for point in known if point.low is not None and point.high is not None]
    band = "M" + "L".join([*(f"{at:g} {top:g}" for at, _, top in banded), *(f"{at:g} {base:g}" for at, base, _ in reversed(banded))]) + "Z"
    return Spark(
        line=line,
        band=band if len(banded) > 1 else "",
        last=(x(known[-1]), y(values[-1])),
        target=None if target is None else y(target),
    )
