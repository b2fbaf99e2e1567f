"""Drawings of the selection, made on the server: bars of a ranking, the room of a weight, a portfolio against its cost, a timeline.

Each has the same content beside it as words or a table; colours come from classes, never alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zinneke.office.selection.results import Turning


def _px(value: float) -> str:
    return f"{value:.2f}"


def parts(values: Sequence[float], width: float = 100.0) -> SafeString:
    """Draw what each criterion brings to a score, side by side; the values are shares of the whole width (0 to 1)."""
    starts = [sum(values[:at]) for at in range(len(values))]
    bars = format_html_join(
        "",
        '<rect class="part part-{}" x="{}" y="0" width="{}" height="10"/>',
        ((at % 6 + 1, _px(start * width), _px(max(0.0, value * width - 0.4))) for at, (start, value) in enumerate(zip(starts, values, strict=True))),
    )
    frame = '<svg class="parts" viewBox="0 0 {} 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">{}</svg>'
    return format_html(frame, _px(width), bars)


def room(turning: Turning) -> SafeString:
    """Draw how far a weight may move, 0 to 100 %: the whole line, the stretch within which the first so many stay, and where it stands."""
    return format_html(
        '<svg class="room" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="room-all" x="0" y="5" width="100" height="2"/><rect class="room-safe" x="{}" y="3" width="{}" height="6"/>'
        '<rect class="room-now" x="{}" y="0" width="1" height="12"/></svg>',
        _px(turning.low),
        _px(max(0.6, turning.high - turning.low)),
        _px(min(99.0, turning.weight - 0.5) if turning.weight > 0.5 else 0.0),
    )


@dataclass(frozen=True, slots=True)
class Dot:
    """A portfolio on the front: what it is worth, what it costs (€), and whether it is the chosen one."""

    value: float
    cost: float
    chosen: bool = False


def front(dots: Sequence[Dot], value: str, cost: str, say: Sequence[tuple[float, str]]) -> SafeString:
    """Draw portfolios for both widths, cost to the right and value upwards, joined by a line; `say` are costs with the words below them."""
    return _front(dots, value, cost, say[1::2], 344) + _front(dots, value, cost, say, 720)


def _front(dots: Sequence[Dot], value: str, cost: str, say: Sequence[tuple[float, str]], width: int) -> SafeString:
    height, left, bottom, top = (240, 12, 44, 24) if width < 400 else (320, 12, 44, 24)
    dearest, best = max((dot.cost for dot in dots), default=1) or 1, max((dot.value for dot in dots), default=1) or 1

    def at(dot: Dot) -> tuple[str, str]:
        return _px(left + dot.cost / dearest * (width - left - 36)), _px(height - bottom - dot.value / best * (height - bottom - top))

    line = " ".join(f"{'M' if not number else 'L'}{x} {y}" for number, (x, y) in enumerate(at(dot) for dot in sorted(dots, key=lambda dot: dot.cost)))
    marks = format_html_join(
        "", '<circle class="dot{}" cx="{}" cy="{}" r="{}"/>', ((" chosen" if dot.chosen else "", *at(dot), 8 if dot.chosen else 4) for dot in dots)
    )  # fmt: skip
    ticks = format_html_join(
        "",
        '<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((_px(left + amount / dearest * (width - left - 36)), height - 24, words) for amount, words in say),
    )
    return format_html(
        '<svg class="plot front {}" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">'
        '<line class="grid base" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="tick" x="0" y="14">{}</text>'
        '<path class="front-line" d="{}"/>{}{}<text class="tick" x="{}" y="{}" text-anchor="end">{}</text></svg>',
        "plot-narrow" if width < 400 else "plot-wide",
        width, height, left, width - 8, height - bottom, height - bottom, value, line, marks, ticks, width - 8, height - 6, cost,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One bar of a timeline: a name, the period it starts in (from 0) and how many it lasts, the domain that colours it, and its state."""

    name: str
    start: int
    length: int
    domain: str = ""
    state: str = ""
    address: str = ""


def timeline(rows: Sequence[Row], labels: Sequence[str]) -> SafeString:
    """Draw a timeline, a column a period and a row a project; on a phone the style sheet shows the list instead."""
    step, high, left, head = 86, 34, 240, 30
    width, height = left + step * len(labels), head + high * len(rows) + 6
    columns = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="tick" x="{}" y="18">{}</text>',
        ((left + at * step, left + at * step, head - 6, height, left + at * step + 4, label) for at, label in enumerate(labels)),
    )
    bars = format_html_join("", "{}", ((_bar(row, at, (step, high, left, head)),) for at, row in enumerate(rows)))
    return format_html('<svg class="plot timeline" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}{}</svg>', width, height, columns, bars)


def _bar(row: Row, at: int, grid: tuple[int, int, int, int]) -> SafeString:
    step, high, left, head = grid
    top = head + at * high
    short = row.name if len(row.name) <= 32 else f"{row.name[:31].rstrip()}…"
    return format_html(
        '<text class="bar-label" x="0" y="{}">{}</text><rect class="bar domain-{} state-{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>',
        top + 21,
        short,
        row.domain or "none",
        row.state or "planned",
        left + row.start * step + 2,
        top + 5,
        max(6, row.length * step - 4),
        high - 10,
    )
