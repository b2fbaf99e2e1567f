"""Charts drawn on the server as SVG, so that they are there without script, in print, and in both themes.

Each is drawn twice, for a phone and for a wide column, and the style sheet shows the one that fits: letters never shrink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from zinneke.kernel.chart import BarChart, Line, LineChart
from zinneke.web import axes, formats

TABLE_ROWS = 100


@dataclass(frozen=True, slots=True)
class Table:
    """The figures behind a chart."""

    head: list[str]
    rows: list[list[str]] = field(default_factory=list)
    total: int = 0

    @property
    def cut(self) -> bool:
        """Say whether rows were left out."""
        return self.total > len(self.rows)


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing surface: outer size and margins in pixels, and the domain of both axes (seconds since 1970, unit)."""

    width: int
    height: int
    x0: float
    x1: float
    y0: float
    y1: float
    left: int = 46
    right: int = 12
    top: int = 14
    bottom: int = 26

    def x(self, value: float) -> float:
        """Return the pixel of a moment."""
        return self.left + (value - self.x0) / ((self.x1 - self.x0) or 1) * (self.width - self.left - self.right)

    def y(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.height - self.bottom - (value - self.y0) / ((self.y1 - self.y0) or 1) * (self.height - self.top - self.bottom)


def draw_lines(chart: LineChart, language: str) -> SafeString:
    """Draw the line chart for both widths."""
    values = [v for line in chart.lines for _, v in line.points if v is not None]
    if not values:
        return mark_safe("")  # noqa: S308  a constant
    return _draw(chart, language, 344, 220) + _draw(chart, language, 720, 300)


def _draw(chart: LineChart, language: str, width: int, height: int) -> SafeString:
    values = [v for line in chart.lines for _, v in line.points if v is not None]
    values += [edge for _, low, high in chart.band for edge in (low, high)] + [limit.value for limit in chart.limits]
    times = [t.timestamp() for line in chart.lines for t, v in line.points if v is not None]
    ticks = axes.ticks(0.0 if chart.zero and min(values) >= 0 else min(values), max(values), 4 if height < 260 else 5)
    frame = Frame(width, height, min(times), max(times), ticks[0], ticks[-1])
    parts = [
        _values_axis(frame, ticks, language),
        _time_axis(frame, language, chart.step),
        _band(chart, frame),
        *(_line(line, chart.gap, frame) for line in chart.lines),
        _limits(chart, frame),
        _names(chart, frame),
    ]
    return _plot(width, height, parts)


def _values_axis(frame: Frame, ticks: Sequence[float], language: str) -> SafeString:
    right, label = frame.width - frame.right, frame.left - 6
    drawing = '<line class="grid{}" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="tick" x="{}" y="{}" text-anchor="end">{}</text>'
    places = [(tick, words, _px(frame.y(tick)), _px(frame.y(tick) + 4)) for tick, words in zip(ticks, axes.labels(ticks, language), strict=True)]
    return format_html_join(
        "",
        drawing,
        ((" base" if tick == 0 else "", frame.left, right, y, y, label, below, words) for tick, words, y, below in places),
    )


def _time_axis(frame: Frame, language: str, step: str) -> SafeString:
    moments = axes.time_ticks(frame.x0, frame.x1, 3 if frame.width < 400 else 6, language, step)
    drawing = '<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>'
    return format_html_join("", drawing, ((_px(frame.x(at)), frame.height - 8, anchor, words) for at, words, anchor in moments))


def _plot(width: int, height: int, parts: Sequence[str]) -> SafeString:
    size = "plot-narrow" if width < 400 else "plot-wide"
    drawing = format_html_join("", "{}", ((part,) for part in parts))
    return format_html('<svg class="plot {}" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>', size, width, height, drawing)


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _band(chart: LineChart, frame: Frame) -> SafeString:
    if not chart.band:
        return mark_safe("")  # noqa: S308  a constant
    upper = [f"{_px(frame.x(t.timestamp()))} {_px(frame.y(high))}" for t, _, high in chart.band]
    lower = [f"{_px(frame.x(t.timestamp()))} {_px(frame.y(low))}" for t, low, _ in reversed(chart.band)]
    return format_html('<path class="band" d="M{}Z"/>', "L".join(upper + lower))


def _line(line: Line, gap: float, frame: Frame) -> SafeString:
    """Draw one line; a None, or a silence longer than the gap, lifts the pen."""
    path: list[str] = []
    lonely: list[tuple[str, str]] = []
    for stretch in axes.stretches([(t.timestamp(), v) for t, v in line.points], gap):
        thinned = axes.thin(stretch, frame.width)
        points = [(_px(frame.x(at)), _px(frame.y(value))) for at, value in thinned]
        if len(points) == 1:
            lonely.append(points[0])
        else:
            path.append("M" + "L".join(f"{x} {y}" for x, y in points))
    dots = format_html_join("", '<circle class="dot tone-{}" cx="{}" cy="{}" r="2.5"/>', ((line.tone, x, y) for x, y in lonely))
    return format_html('<path class="line tone-{}{}" d="{}"/>{}', line.tone, " dashed" if line.dashed else "", "".join(path), dots)


def _limits(chart: LineChart, frame: Frame) -> SafeString:
    return format_html_join(
        "",
        '<line class="limit status-{}" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="limit-name status-{}" x="{}" y="{}">{}</text>',
        (
            (
                limit.status,
                frame.left,
                frame.width - frame.right,
                _px(frame.y(limit.value)),
                _px(frame.y(limit.value)),
                limit.status,
                frame.left + 4,
                _px(frame.y(limit.value) - 5),
                limit.name,
            )
            for limit in chart.limits
        ),
    )


def _names(chart: LineChart, frame: Frame) -> SafeString:
    """Write each line's name near its end; names that would touch are moved apart. One line needs no name: the title says it."""
    if len(chart.lines) < 2:
        return mark_safe("")  # noqa: S308  a constant
    ends: list[tuple[float, Line]] = []
    for line in chart.lines:
        last = next((v for _, v in reversed(line.points) if v is not None), None)
        if last is not None:
            ends.append((frame.y(last), line))
    ends.sort(key=lambda end: end[0])
    placed = axes.apart([max(frame.top + 6, y - 6) for y, _ in ends], 16, frame.height - frame.bottom - 4)
    return format_html_join(
        "",
        '<text class="name tone-{}" x="{}" y="{}" text-anchor="end">{}</text>',
        ((line.tone, frame.width - frame.right - 2, _px(y), line.name) for y, (_, line) in zip(placed, ends, strict=True)),
    )


def draw_bars(chart: BarChart, language: str) -> SafeString:
    """Draw the bar chart for both widths."""
    if not chart.bars:
        return mark_safe("")  # noqa: S308  a constant
    return _bars(chart, language, 344) + _bars(chart, language, 720)


def _bars(chart: BarChart, language: str, width: int) -> SafeString:
    narrow = width < 400
    row, label_width, value_width = (44, 0, 84) if narrow else (30, 220, 96)
    largest = max([bar.value or 0 for bar in chart.bars] + ([chart.mark.value] if chart.mark else []) + [1e-12])
    room = width - label_width - value_width
    parts: list[str] = []
    for index, bar in enumerate(chart.bars):
        top = index * row
        length = max(0.0, (bar.value or 0) / largest * room)
        words = formats.quantity(bar.value, chart.unit, language)
        shown = axes.shorten(bar.label, 40 if narrow else 28)
        label = (0, top + 15, "start") if narrow else (label_width - 10, top + 20, "end")
        base = top + (22 if narrow else 6)
        parts.append(
            format_html(
                '<text class="bar-label" x="{}" y="{}" text-anchor="{}">{}</text><rect class="bar{}" x="{}" y="{}" width="{}" height="{}"/>'
                '<text class="bar-value" x="{}" y="{}">{}</text>',
                *(*label, shown, f" status-{bar.status}" if bar.status else ""),
                *(label_width, base, _px(length), 14 if narrow else 18),
                *(_px(label_width + length + 6), base + (12 if narrow else 14), words),
            )
        )
    height = len(chart.bars) * row + 6
    if chart.mark:
        x = _px(label_width + chart.mark.value / largest * room)
        parts.append(format_html('<line class="limit status-{}" x1="{}" x2="{}" y1="0" y2="{}"/>', chart.mark.status, x, x, height))
    return _plot(width, height, parts)


def line_table(chart: LineChart, language: str) -> Table:
    """Return the latest figures of a line chart, newest first."""
    by_time: dict[datetime, list[float | None]] = {}
    for index, line in enumerate(chart.lines):
        for time, value in line.points:
            by_time.setdefault(time, [None] * len(chart.lines))[index] = value
    daily = all(formats.local(time).hour == formats.local(time).minute == 0 for time in by_time)

    def write(time: datetime) -> str:
        if chart.step:
            return axes.say_step(time, chart.step, language)
        return formats.day(time, language, "short") if daily else formats.moment(time, language, "short")

    rows = [
        [write(time), *(formats.quantity(value, chart.unit, language) for value in by_time[time])]
        for time in sorted(by_time, reverse=not chart.step)[:TABLE_ROWS]
    ]
    return Table([axes.TIME.said_in(language), *(line.name for line in chart.lines)], rows, len(by_time))


def bar_table(chart: BarChart, language: str) -> Table:
    """Return the figures of a bar chart."""
    rows = [[bar.label, formats.quantity(bar.value, chart.unit, language)] for bar in chart.bars]
    return Table(["", chart.title], rows, len(rows))
