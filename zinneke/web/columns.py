"""Upright columns for what runs in an order of its own: the hours of a day, the days of a week, the months of a year."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from zinneke.kernel.chart import BarChart
from zinneke.web import axes, formats

LEFT, TOP, BOTTOM = 46, 14, 26


def draw_columns(chart: BarChart, language: str) -> SafeString:
    """Draw the bars of a chart as columns, once for a phone and once for a wide page; the style sheet shows the one that fits."""
    if not any(bar.value for bar in chart.bars):
        return mark_safe("")  # noqa: S308  a constant
    return _draw(chart, language, 344, 200, "plot-narrow") + _draw(chart, language, 720, 260, "plot-wide")


def _draw(chart: BarChart, language: str, width: int, height: int, size: str) -> SafeString:
    marks = axes.ticks(0.0, max(bar.value or 0 for bar in chart.bars), 4)
    written = axes.labels(marks, language)
    left = max(LEFT, 8 * max(map(len, written)) + 8)
    room, deep = width - left - 8, height - TOP - BOTTOM
    step = room / len(chart.bars)
    labels = [bar.label for bar in chart.bars]
    if len(labels) <= 12 and not labels[0].isdigit() and max(map(len, labels)) * 8 > step:
        labels = [label[:3] for label in labels]
    every = max(1, -(-(max(map(len, labels)) * 9) // int(step)))

    def high(value: float) -> float:
        return round(deep * value / (marks[-1] or 1), 1)

    grid = _grid([(words, round(TOP + deep - high(mark), 1)) for mark, words in zip(marks, written, strict=True)], left, width)
    columns = format_html_join(
        "",
        '<rect class="bar" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        (
            (
                round(left + at * step + step * 0.12, 1),
                round(TOP + deep - high(bar.value or 0), 1),
                round(step * 0.76, 1),
                high(bar.value or 0),
                f"{bar.label}: {formats.quantity(bar.value, chart.unit, language)}",
            )
            for at, bar in enumerate(chart.bars)
        ),
    )
    names = format_html_join(
        "",
        '<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((round(left + (at + 0.5) * step, 1), height - 8, label) for at, label in enumerate(labels) if at % every == 0),
    )
    return format_html(
        '<svg class="plot {}" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}{}{}</svg>', size, width, height, grid, columns, names
    )


def _grid(marks: list[tuple[str, float]], left: int, width: int) -> SafeString:
    """Draw a line and a number for each mark, given with its height in the picture, the lowest first."""
    return format_html_join(
        "",
        '<line class="grid{}" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="tick" x="{}" y="{}" text-anchor="end">{}</text>',
        ((" base" if at == 0 else "", left, width - 8, y, y, left - 6, round(y + 4, 1), words) for at, (words, y) in enumerate(marks)),
    )
