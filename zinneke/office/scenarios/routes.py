"""Scenarios for machines: the models, a question answered, published scenarios, one computed again."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import Call, Needs, Reply, Route
from zinneke.kernel.spreadsheet import as_csv
from zinneke.office.scenarios import asking, store
from zinneke.office.scenarios.declared import get_model
from zinneke.office.scenarios.declaring import Model
from zinneke.office.scenarios.values import Question, Reproduction, Result, Scenario

READERS = Needs(Right.SEE, store.SUBJECT)
Key = Annotated[str, msgspec.Meta(max_length=120)]


class AskKey(msgspec.Struct, forbid_unknown_fields=True):
    """A model or a scenario by its key."""

    key: Key


class AskAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """What is changed: `set=INPUT:VALUE`, as often as needed. `table` is the model's table as CSV, empty for the one that it comes with."""

    key: Key
    set: Annotated[list[Annotated[str, msgspec.Meta(max_length=100)]], msgspec.Meta(max_length=60)] = []
    table: Annotated[str, msgspec.Meta(max_length=asking.MOST_ROWS)] = ""
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] = 1
    draws: Annotated[int, msgspec.Meta(ge=0, le=2_000, description="0: as many as the model asks for.")] = 0


class AskScenarios(msgspec.Struct, forbid_unknown_fields=True):
    """Scenarios of one model, or of all."""

    model: Key = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 200


class ToldInput(msgspec.Struct):
    """An input of a model."""

    key: str
    name: dict[str, str]
    unit: str
    default: float
    low: float
    high: float
    lever: bool
    spread: tuple[float, float] | None
    source: dict[str, str]


class ToldOutput(msgspec.Struct):
    """An output of a model."""

    key: str
    name: dict[str, str]
    unit: str
    better: str


class ToldModel(msgspec.Struct):
    """A declared model; `assumptions` and `blind` say what it holds to be true and what it does not tell."""

    key: str
    version: str
    name: dict[str, str]
    question: dict[str, str]
    how: dict[str, str]
    page: str
    inputs: list[ToldInput]
    outputs: list[ToldOutput]
    assumptions: list[dict[str, dict[str, str]]]
    blind: list[dict[str, str]]
    engines: list[str]


def _told(model: Model, base: str, language: str) -> ToldModel:
    return ToldModel(
        key=model.key,
        version=model.version,
        name=model.name.as_dict(),
        question=model.question.as_dict(),
        how=model.how.as_dict(),
        page=f"{base}/{language}/scenarios/models/{model.key}/",
        inputs=[
            ToldInput(
                each.key,
                each.name.as_dict(),
                each.unit,
                each.default,
                each.low,
                each.high,
                each.lever,
                each.spread,
                each.source.as_dict() if each.source else {},
            )
            for each in model.inputs
        ],
        outputs=[ToldOutput(each.key, each.name.as_dict(), each.unit, each.better) for each in model.outputs],
        assumptions=[{"says": each.says.as_dict(), "source": each.source.as_dict()} for each in model.assumptions],
        blind=[each.as_dict() for each in model.blind],
        engines=[each.key for each in model.engines],
    )


def list_models(call: Call[None]) -> list[ToldModel]:
    """Return every declared model with its inputs, outputs and assumptions."""
    return [_told(each, call.base, call.language) for each in store.list_models(call.actor)]


def get_told_model(call: Call[AskKey]) -> ToldModel:
    """Return one declared model."""
    return _told(get_model(call.ask.key), call.base, call.language)


def get_answer(call: Call[AskAnswer]) -> Result:
    """Compute what a decision changes and keep nothing.

    The baseline has the same assumptions and leaves undone what is decided. Bands hold nine draws in ten; the same
    question with the same seed has the same answer.
    """
    return store.get_answer(call.actor, _question(call))


def _question(call: Call[AskAnswer]) -> Question:
    ask = call.ask
    return asking.read_set(get_model(ask.key), ask.set, ask.seed, ask.draws, ask.table)


def get_answer_csv(call: Call[AskAnswer]) -> Reply:
    """Return the same as CSV: one row for each output and step, and one for the whole."""
    return _csv(store.get_answer(call.actor, _question(call)), call.ask.key)


def list_scenarios(call: Call[AskScenarios]) -> list[Scenario]:
    """Return published scenarios without their results, the newest first."""
    return store.list_scenarios(call.actor, model=call.ask.model, limit=call.ask.limit)


def get_scenario(call: Call[AskKey]) -> Scenario:
    """Return a scenario with its result."""
    return store.get_scenario(call.actor, call.ask.key)


def get_scenario_csv(call: Call[AskKey]) -> Reply:
    """Return the result of a scenario as CSV. Raises `Problem` 404 before it was computed."""
    found = store.get_scenario(call.actor, call.ask.key)
    if found.result is None:
        raise not_found("result of scenario", call.ask.key)
    return _csv(found.result, found.key)


def get_reproduction(call: Call[AskKey]) -> Reproduction:
    """Compute a scenario again with the model as it is now, and say whether it comes out identical, or what differs."""
    return store.get_reproduction(call.actor, call.ask.key)


def _csv(result: Result, name: str) -> Reply:
    lines: list[tuple[Any, ...]] = []
    for figure in result.figures:
        before, after = figure.baseline, figure.scenario
        lines.append((figure.output, "whole", before.mid, before.low, before.high, after.mid, after.low, after.high))
        for step, label in enumerate(result.labels):
            sides = [edge[step] for side in (figure.before, figure.after) for edge in (side.mid, side.low, side.high)]
            lines.append((figure.output, label["en"], *sides))
    head = ("output", "step", "baseline", "baseline_low", "baseline_high", "scenario", "scenario_low", "scenario_high")
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Reply(as_csv(head, lines).encode(), media_type="text/csv; charset=utf-8", headers=headers)


ROUTES = (
    Route(method="GET", path="/api/scenarios/models", call=list_models, audience=READERS, gives=list[ToldModel],
          summary="Declared models", tags=("scenarios",)),
    Route(method="GET", path="/api/scenarios/models/{key}", call=get_told_model, audience=READERS, ask=AskKey, gives=ToldModel,
          summary="One declared model", tags=("scenarios",)),
    Route(method="GET", path="/api/scenarios/models/{key}/answer", call=get_answer, audience=READERS, ask=AskAnswer, gives=Result,
          summary="What a decision would change", tags=("scenarios",)),
    Route(method="GET", path="/api/scenarios/models/{key}/answer.csv", call=get_answer_csv, audience=READERS, ask=AskAnswer,
          media_type="text/csv", summary="The same as CSV", tags=("scenarios",)),
    Route(method="GET", path="/api/scenarios", call=list_scenarios, audience=READERS, ask=AskScenarios, gives=list[Scenario],
          summary="Published scenarios", tags=("scenarios",)),
    Route(method="GET", path="/api/scenarios/{key}", call=get_scenario, audience=READERS, ask=AskKey, gives=Scenario,
          summary="One scenario with its result", tags=("scenarios",)),
    Route(method="GET", path="/api/scenarios/{key}/result.csv", call=get_scenario_csv, audience=READERS, ask=AskKey,
          media_type="text/csv", summary="The result of a scenario as CSV", tags=("scenarios",)),
    Route(method="GET", path="/api/scenarios/{key}/reproduction", call=get_reproduction, audience=READERS, ask=AskKey, gives=Reproduction,
          summary="A scenario computed again", tags=("scenarios",)),
)  # fmt: skip
