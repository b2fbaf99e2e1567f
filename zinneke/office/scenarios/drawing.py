"""Intervals drawn as SVG: bars from a low to a high value around a middle, for what matters most and for scenarios side by side.

Drawn twice, for a phone and for a wide column, as all charts of the house are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LABEL, ROW, END = 300, 34, 12


@dataclass(frozen=True, slots=True)
class Interval:
    """One row: a label, the bounds, the middle (None: none is marked), and the bounds in words."""

    label: str
    low: float
    high: float
    mid: float | None
    words: str


def draw(rows: Sequence[Interval], line: float, words: str) -> SafeString:
    """Return the drawing, with an upright line at a value that is named by `words`."""
    return _draw(rows, line, words, 344) + _draw(rows, line, words, 720)


def _draw(rows: Sequence[Interval], line: float, words: str, width: int) -> SafeString:
    narrow = width < 400
    label, row = (0, 52) if narrow else (LABEL, ROW)
    edges = [line, *(edge for each in rows for edge in (each.low, each.high))]
    least, most = min(edges), max(edges)
    room = width - label - 2 * END

    def x(value: float) -> float:
        return round(label + END + (value - least) / ((most - least) or 1) * room, 1)

    drawn = format_html_join("", "{}", ((_row(each, number, x, narrow),) for number, each in enumerate(rows)))
    bottom = len(rows) * row + 4
    anchor = "end" if x(line) > label + room * 0.75 else "start" if x(line) < label + room * 0.25 else "middle"
    return format_html(
        '<svg class="plot {}" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}'
        '<line class="interval-line" x1="{}" x2="{}" y1="0" y2="{}"/><text class="tick" x="{}" y="{}" text-anchor="{}">{}</text></svg>',
        *("plot-narrow" if narrow else "plot-wide", width, bottom + 22, drawn),
        *(x(line), x(line), bottom, x(line), bottom + 16, anchor, words),
    )


def _row(each: Interval, number: int, x: object, narrow: bool) -> SafeString:
    place = x  # a function of the value
    top = number * (52 if narrow else ROW)
    bar = top + (26 if narrow else 8)
    left, right = place(each.low), place(each.high)  # type: ignore[operator]
    label = format_html(
        '<text class="bar-label" x="{}" y="{}" text-anchor="{}">{}</text>',
        *((0, top + 18, "start") if narrow else (LABEL - 10, top + 22, "end")),
        _short(each.label, 44 if narrow else 41),
    )
    mark = ""
    if each.mid is not None:
        middle = place(each.mid)  # type: ignore[operator]
        mark = format_html('<line class="interval-mid" x1="{}" x2="{}" y1="{}" y2="{}"/>', middle, middle, bar - 2, bar + 18)
    return format_html(
        '{}<rect class="interval" x="{}" y="{}" width="{}" height="16"><title>{}</title></rect>{}',
        *(label, left, bar, max(2.0, round(right - left, 1)), each.words, mark),
    )


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
