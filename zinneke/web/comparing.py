"""A map of the communes by one figure: five classes of as many communes as can be, in shades that survive print and colour-blindness."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace

from zinneke.office.indicators.figures import say_figure
from zinneke.web.ground import Ground
from zinneke.web.outline import Drawing, Frame, draw, label, spread

CLASSES, WIDTH = 5, 640


@dataclass(frozen=True, slots=True)
class Shaded:
    """The drawing, and its legend: each shade with the range that it stands for."""

    drawing: Drawing
    legend: tuple[tuple[int, str], ...]


def shaded(land: Ground, values: Mapping[str, float | None], unit: str, language: str) -> Shaded | None:
    """Draw the communes by their values; None before there are communes, or with fewer than two values."""
    known = sorted(value for value in values.values() if value is not None)
    if land.bbox is None or len(known) < 2:
        return None
    bounds = sorted({known[len(known) * step // CLASSES] for step in range(1, CLASSES)} - {known[0]})
    names = {code: land.name(code, language) for code in land.communes}
    said = {code: f"{names[code]}: {say_figure(values.get(code), unit).said_in(language)}" for code in names}
    frame = Frame(land.bbox, WIDTH)
    drawn = draw(frame, land.features, said, {code: land.href(code, language) for code in names})
    shades = {said[code]: 0 if (value := values.get(code)) is None else 1 + bisect_right(bounds, value) for code in names}
    outlines = tuple(replace(each, shade=shades.get(each.name, 0)) for each in drawn.outlines)
    labels = spread(label(frame, names[code], *area.centre) for code, area in land.communes.items())
    edges = [known[0], *bounds, known[-1]]
    ranges = [
        (say_figure(low, unit).said_in(language), say_figure(high, unit).said_in(language)) for low, high in zip(edges, edges[1:], strict=False)
    ]
    legend = tuple((shade, f"{low} – {high}") for shade, (low, high) in enumerate(ranges, 1))
    return Shaded(replace(drawn, outlines=outlines, labels=labels), legend)
