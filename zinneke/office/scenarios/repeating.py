"""Computing a question with another engine: the same world with several seeds, as it would be anyhow and as decided."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping

import numpy as np

from zinneke.kernel.problem import wrong
from zinneke.office.scenarios import rules
from zinneke.office.scenarios.declaring import Engine, Model, Outcome, Rows, Values
from zinneke.office.scenarios.values import Question, Result

Simulate = Callable[[Values, Rows, int], Mapping[str, float]]


def function_of(engine: Engine) -> Simulate:
    """Return the function that an engine names, importing it now."""
    module, _, name = engine.function.partition(":")
    found: Simulate = getattr(importlib.import_module(module), name)
    return found


def answer(model: Model, question: Question, tell: Callable[[int, int], None]) -> Result:
    """Run the engine once for each seed and each of the two worlds; the spread between seeds is the uncertainty.

    Raises `Problem` 400 for a question with faults or an engine that the model does not have.
    """
    rules.demand_answerable(model, question)
    engine = model.engine(question.engine)
    if engine is None:
        raise wrong(f"The model {model.key} has no engine {question.engine!r}.", where="engine")
    simulate, rows = function_of(engine), rules.rows_of(model, question)
    worlds = rules.values_of(model, question, baseline=True), rules.values_of(model, question)
    found: list[list[Mapping[str, float]]] = [[], []]
    for run in range(engine.runs):
        for world, values in enumerate(worlds):
            found[world].append(simulate(values, rows, question.seed + run))
            tell(2 * run + world + 1, 2 * engine.runs)
    figures = []
    for key in engine.outputs:
        before, after = (_outcome([each[key] for each in side]) for side in found)
        figures.append(rules.figure(key, before, after))
    return Result(question=question, digest=rules.digest(question), labels=(), figures=tuple(figures))


def _outcome(totals: list[float]) -> Outcome:
    array = np.array(totals)
    return Outcome(array[:, None], array)
