"""The common suite: what every solution promises, run over all that are in the house."""

from __future__ import annotations

import ast
import importlib
import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zinneke.kernel.check import faults
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.problem import Problem
from zinneke.kernel.registry import solutions, standards
from zinneke.kernel.solution import Sample, Series, Solution, Source
from zinneke.kernel.text import LANGUAGES, same

PURE = {"numpy", "zinneke"}

every = pytest.mark.parametrize("solution", [pytest.param(each, id=key) for key, each in solutions().items()])
every_source = pytest.mark.parametrize(
    "source", [pytest.param(source, id=f"{key}-{source.key}") for key, each in solutions().items() for source in each.sources]
)


def folder(solution: Solution) -> Path:
    return Path(importlib.import_module(f"zinneke.solutions.{solution.key}").__path__[0])


def sample_payloads(solution: Solution) -> dict[str, bytes]:
    """Return the payload of each source in sample.json: a text as it is, anything else as JSON."""
    payloads = json.loads((folder(solution) / "sample.json").read_text())
    return {key: (each if isinstance(each, str) else json.dumps(each)).encode() for key, each in payloads.items()}


def decoded(solution: Solution) -> list[Sample]:
    payloads = sample_payloads(solution)
    return [sample for source in solution.sources for sample in source.decode(payloads[source.key])]


def as_series(samples: list[Sample]) -> dict[str, list[Series]]:
    """Return samples as the platform gives them to indicators and answers: by reading, then by asset, in time order."""
    by_key: dict[tuple[str, str], list[Sample]] = {}
    for sample in sorted(samples, key=lambda each: each.time):
        by_key.setdefault((sample.reading, sample.asset), []).append(sample)
    found: dict[str, list[Series]] = {}
    for (reading, asset), each in by_key.items():
        times, values = [one.time for one in each], [one.value for one in each]
        found.setdefault(reading, []).append(Series(asset, each[0].name or same(asset), reading, times, values, each[0].place))
    return found


@every
def test_the_declaration_has_no_faults(solution: Solution) -> None:
    assert list(faults(solution, standards())) == []


@every
def test_the_folder_bears_the_key_and_holds_the_five_files(solution: Solution) -> None:
    files = {path.name for path in (folder(solution)).iterdir() if path.is_file()}
    assert files == {"__init__.py", "solution.py", "rules.py", "connect.py", "sample.json"}


@every
def test_it_is_small(solution: Solution) -> None:
    lines = [line for path in (folder(solution)).glob("*.py") for line in path.read_text().splitlines() if line.strip()]
    assert len(lines) <= 300


@every
def test_every_source_has_a_sample_that_decodes_into_declared_readings(solution: Solution) -> None:
    assert set(sample_payloads(solution)) == {source.key for source in solution.sources}
    for sample in decoded(solution):
        reading = solution.reading(sample.reading)
        assert reading.low <= sample.value <= reading.high
        assert sample.time.tzinfo is not None
        assert sample.asset


@every_source
@settings(max_examples=60, deadline=None)
@given(garbage=st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
def test_garbage_is_a_problem_or_nothing(source: Source, garbage: bytes) -> None:
    try:
        list(source.decode(garbage))
    except Problem as problem:
        assert problem.status == 400
        assert problem.detail


@every
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_sample_is_a_problem_or_fewer_samples(solution: Solution, data: st.DataObject) -> None:
    payloads = sample_payloads(solution)
    source = data.draw(st.sampled_from(solution.sources))
    payload = bytearray(payloads[source.key])
    for _ in range(data.draw(st.integers(1, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    try:
        for sample in source.decode(bytes(payload[: data.draw(st.integers(0, len(payload)))])):
            assert math.isfinite(sample.value)
    except Problem as problem:
        assert problem.status == 400


@every
def test_indicators_and_profiles_give_a_number_or_say_that_they_cannot(solution: Solution) -> None:
    series = as_series(decoded(solution))
    for given_series in ({}, series):
        for indicator in solution.indicators:
            value = indicator.formula(given_series.get(indicator.reading, []))
            assert value is None or math.isfinite(value)
        for profile in solution.profiles:
            values = profile.formula(given_series.get(profile.reading, []))
            assert len(values) == len(profile.labels)
            assert all(value is None or math.isfinite(value) for value in values)


@every
def test_the_answer_says_something_in_three_languages_on_nothing_and_on_the_sample(solution: Solution) -> None:
    for series in ({}, as_series(decoded(solution))):
        answer = solution.answer(series)
        for language in LANGUAGES:
            assert answer.sentence.said_in(language).strip()
            assert all(row.name.said_in(language).strip() for row in answer.rows)


@every
def test_alerts_speak_in_three_languages_or_stay_silent(solution: Solution) -> None:
    for alert in solution.alerts:
        reading = solution.reading(alert.reading)
        said = [alert.check(reading.low + (reading.high - reading.low) * part / 20) for part in range(21)]
        assert any(said), f"{alert.key} never speaks within its range"
        assert all(text.said_in(language) for text in said if text for language in LANGUAGES)


@every
@pytest.mark.parametrize("module", ["rules.py", "connect.py"])
def test_rules_and_connect_are_pure(solution: Solution, module: str) -> None:
    import sys

    for node in ast.walk(ast.parse((folder(solution) / module).read_text())):
        names = (
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
        for name in names:
            root = name.split(".")[0]
            assert root in PURE or root in sys.stdlib_module_names, name
            assert root != "zinneke" or name.startswith(("zinneke.kernel", f"zinneke.solutions.{solution.key}")), name


@every
@pytest.mark.django_db
def test_nothing_above_public_is_open_to_a_visitor(solution: Solution) -> None:
    from zinneke.foundations.observations import store as observations
    from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM

    observations.take_samples(SYSTEM, solution.key, decoded(solution))
    closed = {reading.key for asset in solution.assets for reading in asset.readings if max(asset.level, reading.level) > Level.PUBLIC}
    seen = {latest.stream.reading for latest in observations.latest(ANONYMOUS, solution=solution.key)}
    declared = {sample.reading for sample in decoded(solution)}
    assert seen == declared - closed


@every
@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_its_page_renders(solution: Solution, language: str) -> None:
    from django.test import Client

    from zinneke.foundations.observations import store as observations
    from zinneke.kernel.confidentiality import SYSTEM

    observations.take_samples(SYSTEM, solution.key, decoded(solution))
    answer = Client().get(f"/{language}/solutions/{solution.key}/")
    assert answer.status_code == 200
    assert solution.name.said_in(language) in answer.content.decode().replace("&#x27;", "'")
