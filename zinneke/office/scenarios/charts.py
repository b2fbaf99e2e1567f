"""A result as charts in the words of the kernel: along the axis as it would be anyhow and as decided, and what matters most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zinneke.kernel.chart import Bar, BarChart, Line, LineChart
from zinneke.kernel.text import choose
from zinneke.office.scenarios import drawing, rules, wording
from zinneke.office.scenarios.declaring import Model, Output
from zinneke.office.scenarios.values import Bands, Result, Scenario, Swing

LETTERS = "ABCD"
"""How scenarios side by side are called where their names are too long."""
TONES = ("iris", "people", "environment", "living")


def moments(kind: str, labels: Sequence[str]) -> list[datetime]:
    """Return a moment for each step of an axis of years, months or hours."""
    zone = ZoneInfo(settings.CITY_ZONE)
    if kind == "year":
        return [datetime(int(label), 1, 1, tzinfo=zone) for label in labels]
    if kind == "month":
        return [datetime(2026, month, 1, tzinfo=zone) for month in range(1, len(labels) + 1)]
    return [datetime(2026, 1, 15, hour, tzinfo=zone) for hour in range(len(labels))]


def along(model: Model, result: Result, output: Output, language: str) -> LineChart | None:
    """Return an output along an axis of time, the scenario with its band; None for another axis, or an engine that tells only totals."""
    figure = result.figure(output.key)
    if figure is None or not result.labels or model.axis.kind == "period" or len(result.labels) < 2:
        return None
    times = moments(model.axis.kind, [choose(each, "en")[0] for each in result.labels])
    lines = [
        Line(_("as it is"), list(zip(times, figure.before.mid, strict=True)), tone="soft", dashed=True),
        Line(_("scenario"), list(zip(times, figure.after.mid, strict=True))),
    ]
    return LineChart(
        key=output.key,
        title=output.name.said_in(language),
        caption=wording.sentence(model, result, output).said_in(language),
        unit=output.unit,
        lines=lines,
        band=list(zip(times, figure.after.low, figure.after.high, strict=True)),
        step=model.axis.kind,
    )


def steps(model: Model, result: Result, output: Output, language: str) -> BarChart | None:
    """Return an output by the parts of an axis that is not of time, each as it is and as decided; None for other axes."""
    figure = result.figure(output.key)
    if figure is None or not result.labels or model.axis.kind != "period":
        return None
    bars = []
    for position, label in enumerate(result.labels):
        words, _lang = choose(label, language)
        bars.append(Bar(f"{words}: {_('as it is')}", figure.before.mid[position], "unknown"))
        bars.append(Bar(f"{words}: {_('scenario')}", figure.after.mid[position]))
    caption = wording.sentence(model, result, output).said_in(language)
    return BarChart(key=output.key, title=output.name.said_in(language), caption=caption, unit=output.unit, bars=bars)


def compared(model: Model, scenarios: Sequence[Scenario], output: Output, language: str) -> LineChart | None:
    """Return an output of several scenarios along an axis of time, beside the first one's baseline."""
    found = [(each, result) for each in scenarios if (result := each.result) and result.labels]
    if not found or model.axis.kind == "period":
        return None
    labels = [choose(each, "en")[0] for each in found[0][1].labels]
    alike = [(each, result) for each, result in found if [choose(label, "en")[0] for label in result.labels] == labels]
    times = moments(model.axis.kind, labels)
    if len(times) < 2 or len(alike) < len(found):
        return None
    first = alike[0][1].figure(output.key)
    if first is None:
        return None
    lines = [Line(_("as it is"), list(zip(times, first.before.mid, strict=True)), tone="soft", dashed=True)]
    for letter, (_each, result), tone in zip(LETTERS, alike, TONES, strict=False):
        figure = result.figure(output.key)
        points = figure.after if figure else Bands((), (), ())
        lines.append(Line(letter, list(zip(times, points.mid, strict=False)), tone=tone))
    return LineChart(key=output.key, title=output.name.said_in(language), caption="", unit=output.unit, lines=lines, step=model.axis.kind)


@dataclass(frozen=True, slots=True)
class Intervals:
    """A drawing of intervals with its rows as words: label, values and effects."""

    svg: SafeString
    rows: list[tuple[str, str, str]]


def tornado(model: Model, result: Result, language: str, most: int = 8) -> Intervals | None:
    """Return how far each uncertain input alone moves the change of the first output, the one that matters most first; None when none does."""
    output = model.outputs[0]
    telling = [swing for swing in result.swings if abs(swing.high - swing.low) > 1e-9 * max(abs(result.central), 1e-9)][:most]
    if not telling:
        return None
    rows, drawn = [], []
    for swing in telling:
        given = model.input(swing.input)
        effect = f"{_amount(min(swing.low, swing.high), output, language)} … {_amount(max(swing.low, swing.high), output, language)}"
        values = f"{rules.say(given, _rounded(swing.at_low)).said_in(language)} … {rules.say(given, _rounded(swing.at_high)).said_in(language)}"
        rows.append((given.name.said_in(language), values, effect))
        drawn.append(drawing.Interval(given.name.said_in(language), *_sorted(swing), None, effect))
    words = _("as assumed: %(amount)s") % {"amount": _amount(result.central, output, language)}
    return Intervals(drawing.draw(drawn, result.central, words), rows)


def _sorted(swing: Swing) -> tuple[float, float]:
    return min(swing.low, swing.high), max(swing.low, swing.high)


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def _amount(value: float, output: Output, language: str) -> str:
    sign = "+" if value > 0 else ""
    return f"{sign}{wording.amount(value, output).said_in(language)}"


def side_by_side(model: Model, scenarios: Sequence[Scenario], output: Output, language: str) -> Intervals | None:
    """Return the change of an output in several scenarios with its uncertainty, beside no change at all."""
    rows, drawn = [], []
    for letter, each in zip(LETTERS, scenarios, strict=False):
        figure = each.result.figure(output.key) if each.result else None
        if figure is None:
            continue
        name = f"{letter} · {choose(each.name, language)[0]}"
        words = f"{_amount(figure.change.low, output, language)} … {_amount(figure.change.high, output, language)}"
        rows.append((name, _amount(figure.change.mid, output, language), words))
        drawn.append(drawing.Interval(name, figure.change.low, figure.change.high, figure.change.mid, words))
    if not any(row.low or row.high for row in drawn):
        return None
    return Intervals(drawing.draw(drawn, 0.0, _("no change")), rows)
