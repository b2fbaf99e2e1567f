"""Pure promises: keys, gates, and where a project stands against what was promised."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office.projects.conftest import fiche
from zinneke.kernel.text import LANGUAGES
from zinneke.office.projects import rules
from zinneke.office.projects.values import Milestone, Passage, Project

TODAY = date(2026, 11, 28)


def project(phase: Any = "execution", **other: Any) -> Project:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Project(
        key="x", fiche=fiche(**other), phase=phase, since=date(2026, 1, 1), version=1, created=moment, changed=moment, confirmed=None, bbox=None
    )


@given(st.text(max_size=200))
def test_a_slug_is_an_address_or_nothing(name: str) -> None:
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", rules.slug(name)) and len(rules.slug(name)) <= 80


@given(st.lists(st.sampled_from(["project", "tram", "new", "tram-2"]), unique=True))
def test_a_new_key_is_never_taken(taken: list[str]) -> None:
    for name in ("Tram", "New", "!!!"):
        assert rules.key_of({"en": name}, taken) not in {*taken, *rules.RESERVED}


@pytest.mark.parametrize(
    ("other", "phase", "status", "words"),
    [
        ({}, "execution", "unknown", "not reported"),
        ({"end": date(2027, 1, 1)}, "execution", "good", "Within the term"),
        ({"end": date(2026, 10, 1)}, "execution", "watch", "58 days later"),
        ({"end": date(2025, 1, 1)}, "execution", "act", "23 months later"),
        ({"end": date(2026, 1, 1), "expected": date(2028, 6, 1)}, "planning", "act", "2 years later"),
        ({"end": date(2026, 1, 2), "ended": date(2026, 1, 1)}, "rollout", "good", "on time"),
        ({"end": date(2026, 1, 2), "ended": date(2026, 2, 1)}, "rollout", "watch", "Delivered 30 days late"),
        ({"end": date(2027, 1, 1), "health": "act"}, "execution", "act", "In trouble"),
        ({"end": date(2020, 1, 1)}, "rollout", "good", "Within"),
    ],
)
def test_a_project_says_where_it_stands_against_what_was_promised(other: dict[str, Any], phase: str, status: str, words: str) -> None:
    found = rules.standing(project(phase, **other), TODAY)
    assert found.status == status and words in found.said.en


def test_a_record_that_nobody_confirmed_for_a_year_is_old() -> None:
    assert rules.is_old(project(as_of=date(2019, 1, 24)), TODAY)
    assert not rules.is_old(project(), TODAY)
    assert not rules.is_old(project("closed", as_of=date(2019, 1, 24)), TODAY)


def test_late_milestones_come_oldest_first() -> None:
    stones = tuple(
        Milestone(name={"en": name}, due=due, done=done)
        for name, due, done in (
            ("b", date(2026, 5, 1), None),
            ("a", date(2026, 1, 1), None),
            ("c", date(2026, 1, 1), TODAY),
            ("d", date(2027, 1, 1), None),
        )
    )
    assert [stone.name["en"] for stone in rules.late_milestones(fiche(milestones=stones), TODAY)] == ["a", "b"]


@given(st.sampled_from(rules.ORDER), st.sampled_from(rules.ORDER))
def test_a_gate_leads_to_the_next_phase_back_or_to_the_end(before: Any, after: Any) -> None:
    ways = rules.open_gates(before)
    at, to = rules.ORDER.index(before), rules.ORDER.index(after)
    assert (after in ways) == (to == at + 1 or to < at or (after == "closed" and before != "closed"))
    for fault in rules.gate_faults(project(before), Passage(to=after, reason=""), 0, 0):
        assert all(fault.what.said_in(language) for language in LANGUAGES)
