"""`zinneke new` writes a solution that passes the common suite as it stands; `zinneke check` tells faults and grades."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import Told
from zinneke.cli import check, new
from zinneke.kernel import registry
from zinneke.kernel.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import sys, pytest
import zinneke.solutions
zinneke.solutions.__path__.append({folder!r})
from zinneke.kernel import registry
assert "quiet_streets" in registry.solutions(), registry.solutions().keys()
sys.exit(pytest.main(["tests/solutions/test_every_solution.py", {test!r}, "-k", "quiet", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]))
"""


def test_a_new_solution_passes_the_common_suite_at_once(tmp_path: Path) -> None:
    written = new.write("quiet_streets", "environment", tmp_path)
    assert {path.name for path in written} == {"__init__.py", "connect.py", "rules.py", "solution.py", "sample.json", "test_quiet_streets.py"}
    code = SUITE.format(folder=str(tmp_path / "zinneke" / "solutions"), test=str(tmp_path / "tests" / "solutions" / "test_quiet_streets.py"))
    unread = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}  # another test may have run a command here
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=unread, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(".") >= 15


def test_a_new_solution_is_typed_and_formatted(tmp_path: Path) -> None:
    new.write("quiet_streets", "living", tmp_path)
    folder = tmp_path / "zinneke" / "solutions" / "quiet_streets"
    ours = ["--config", str(ROOT / "pyproject.toml"), "--config", 'lint.isort.known-first-party = ["zinneke"]']
    for words in (["check"], ["format", "--check"]):
        done = subprocess.run([sys.executable, "-m", "ruff", *words, *ours, str(folder)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    lines = [line for path in folder.glob("*.py") for line in path.read_text().splitlines() if line.strip()]
    assert len(lines) <= 150


@pytest.mark.parametrize("name", ["Quiet", "2streets", "quiet-streets", "class", "", "a" * 60, "../x"])
def test_a_name_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be the key"):
        new.write(name, "living", tmp_path)


def test_a_name_that_is_taken_is_refused_and_nothing_is_overwritten(tmp_path: Path) -> None:
    new.write("quiet_streets", "living", tmp_path)
    with pytest.raises(Problem) as raised:
        new.write("quiet_streets", "living", tmp_path)
    assert raised.value.status == 409


@pytest.mark.django_db
@pytest.mark.usefixtures("own_store")
def test_check_finds_no_fault_in_the_house(told: Told) -> None:
    assert check.run(argparse.Namespace(name=[]), told) == 0
    assert {line.split(":")[0] for line in told.lines} == set(registry.solutions())
    assert all("decodes" in line for line in told.lines)


@pytest.mark.django_db
@pytest.mark.usefixtures("own_store")
def test_check_tells_faults_and_returns_one(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = registry.solutions()["smart_bins"]
    broken = replace(sound, domain="nowhere", sources=(replace(sound.sources[0], decode=lambda data: iter(())),))  # type: ignore[arg-type]
    monkeypatch.setattr(check, "solutions", lambda: {"smart_bins": broken})
    assert check.run(argparse.Namespace(name=["smart_bins"]), told) == 1
    assert told.lines[0].startswith("smart_bins: faulty")
    assert any("domain 'nowhere'" in line for line in told.lines)
    assert any("holds no value" in line for line in told.lines)


@pytest.mark.django_db
@pytest.mark.usefixtures("own_store")
def test_a_solution_climbs_as_values_come_in_and_words_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    solution = registry.solutions()["smart_bins"]
    assert check.grade_of(solution, [])[0] == "decodes"
    assert check.grade_of(solution, ["x"])[0] == "declared"
    monkeypatch.setattr(check.observations, "newest", lambda *_: datetime(2026, 1, 1, tzinfo=UTC))
    assert check.grade_of(solution, []) == ("documented", "")
    terse = replace(solution, how=replace(solution.how, nl="Kort."))
    assert check.grade_of(terse, []) == ("measures", "document how")


@pytest.mark.django_db
def test_a_solution_written_after_the_start_is_told_apart_from_one_that_is_not_there(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {key: each for key, each in check.solutions().items() if key != "smart_bins"}
    monkeypatch.setattr(check, "solutions", lambda: known)
    with pytest.raises(Problem, match="written after the server started"):
        check.run(argparse.Namespace(name=["smart_bins"]), told)
    assert check.run(argparse.Namespace(name=[]), told) == 0
    assert "smart_bins: not read yet" in told.text


def test_an_unknown_solution_is_told_with_those_there_are(told: Told) -> None:
    with pytest.raises(Problem, match="air_quality"):
        check.run(argparse.Namespace(name=["moon"]), told)
