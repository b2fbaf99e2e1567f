"""What the pages of a result, of a scenario and of a comparison have in common: rows, charts, sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from zinneke.kernel.text import Text
from zinneke.office.scenarios import asking, charts, fields, wording
from zinneke.office.scenarios.declaring import Model, Output
from zinneke.office.scenarios.values import Figure, Result


def language() -> str:
    """Return the language of the page."""
    return (get_language() or "en")[:2]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One output as a row: before, after and change in words, with their bounds, and how the change is to be seen."""

    output: Output
    whole: Text
    before: Text
    after: Text
    after_range: Text
    change: Text
    change_range: Text
    relative: Text | None
    sureness: Text | None
    status: str
    still: bool


def rows(model: Model, result: Result) -> list[FigureRow]:
    """Return a row for each output that the result has."""
    found = ((output, result.figure(output.key)) for output in model.outputs)
    return [_row(model, result, output, figure) for output, figure in found if figure]


def _row(model: Model, result: Result, output: Output, figure: Figure) -> FigureRow:
    return FigureRow(
        output=output,
        whole=wording.whole_of(model, result, output),
        before=wording.amount(figure.baseline.mid, output),
        after=wording.amount(figure.scenario.mid, output),
        after_range=wording.between(figure.scenario, output),
        change=wording.amount(figure.change.mid, output),
        change_range=wording.between(figure.change, output),
        relative=None if wording.still(figure) else wording.change(figure, output),
        sureness=wording.sureness(figure),
        status=wording.status(figure, output),
        still=wording.still(figure),
    )


def shown(model: Model, result: Result) -> dict[str, Any]:
    """Return what the template of a result needs."""
    told = rows(model, result)
    drawn = [output for output in model.outputs if (figure := result.figure(output.key)) and not wording.still(figure)]
    lines = [chart for output in drawn[:4] if (chart := charts.along(model, result, output, language()))]
    bars = [bar for output in drawn if not output.decimals and (bar := charts.steps(model, result, output, language()))]
    return {
        "model": model,
        "result": result,
        "question": result.question,
        "answer": wording.sentence(model, result),
        "rows": told,
        "first": told[0],
        "lines": lines,
        "bars": bars,
        "tornado": charts.tornado(model, result, language()),
        "changes": fields.changes(model, result.question),
        "query": asking.query(model, result.question),
        "calls": {"json": asking.call(model, result.question), "csv": asking.call(model, result.question, ".csv")},
        "engine": model.engine(result.question.engine),
        "unsure": any(each.spread for each in model.inputs),
    }
