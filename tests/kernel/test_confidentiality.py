"""The decision: closed until something opens it, wider with every grant, narrower with every scope, the same in SQL as in Python."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zinneke.kernel.confidentiality import (
    ANONYMOUS,
    CLOSED_SUBJECTS,
    SYSTEM,
    Actor,
    Grant,
    Level,
    Reach,
    Right,
    covers,
    demand,
    demand_any,
    parts,
    reach,
    strictest,
)
from zinneke.kernel.problem import Problem

AREAS = ("", "21001", "21015", "21009")
SUBJECTS = (
    "tables",
    "tables.trees",
    "tables.trees.crowns",
    "tablesx",
    "observations",
    "observations.smart_bins",
    "identity",
    "audit",
    "platform",
    "audit.x",
)
areas, subjects = st.sampled_from(AREAS), st.sampled_from(SUBJECTS)
rights, levels = st.sampled_from(Right), st.sampled_from(Level)
grants = st.builds(
    Grant,
    role=st.just("role"),
    rights=st.frozensets(rights),
    level=levels,
    area=areas,
    subject=st.sampled_from(("*", *SUBJECTS)),
)
held = st.lists(grants, max_size=5).map(tuple)
scopes = st.frozensets(st.builds("{}:{}".format, rights, st.sampled_from(("*", *SUBJECTS))), max_size=4)


def within(less: Reach, more: Reach) -> bool:
    return all(more.allows(level, area) for level in Level for area in AREAS if less.allows(level, area))


def opened(actor: Actor, right: Right, subject: str) -> set[tuple[Level, str]]:
    there = reach(actor, right, subject)
    return {(level, area) for level in Level for area in AREAS if there.allows(level, area)}


@given(rights, subjects)
def test_without_a_grant_nothing_is_open_but_seeing_what_is_public(right: Right, subject: str) -> None:
    public = right is Right.SEE and subject.partition(".")[0] not in CLOSED_SUBJECTS
    for nobody in (ANONYMOUS, Actor("person:1"), Actor("token:1", scopes=frozenset({"see:*", "edit:*", "command:*"}))):
        assert opened(nobody, right, subject) == ({(Level.PUBLIC, area) for area in AREAS} if public else set())


@given(held, grants, rights, subjects)
def test_a_further_grant_never_takes_anything_away(some: tuple[Grant, ...], more: Grant, right: Right, subject: str) -> None:
    assert within(reach(Actor("a", grants=some), right, subject), reach(Actor("a", grants=(*some, more)), right, subject))


@given(held, rights, subjects)
def test_grants_add_up_and_nothing_comes_of_their_meeting(some: tuple[Grant, ...], right: Right, subject: str) -> None:
    together = opened(Actor("a", grants=some), right, subject)
    apart = [opened(Actor("a", grants=(each,)), right, subject) for each in some]
    assert together == opened(ANONYMOUS, right, subject).union(*apart)


@given(held, scopes, rights, subjects)
def test_scopes_only_narrow(some: tuple[Grant, ...], narrowed: frozenset[str], right: Right, subject: str) -> None:
    whole, token = Actor("a", grants=some), Actor("a", grants=some, scopes=narrowed)
    assert within(reach(token, right, subject), reach(whole, right, subject))
    if not any(scope.startswith(f"{right}:") for scope in narrowed):
        assert opened(token, right, subject) == opened(ANONYMOUS, right, subject)


@given(held, scopes, scopes, rights, subjects)
def test_a_further_scope_never_takes_anything_away(some, narrowed, more, right: Right, subject: str) -> None:
    assert within(
        reach(Actor("a", grants=some, scopes=narrowed), right, subject), reach(Actor("a", grants=some, scopes=narrowed | more), right, subject)
    )


@given(held, st.one_of(st.none(), scopes), rights, subjects, levels, areas)
def test_sql_and_python_decide_alike(some, narrowed, right: Right, subject: str, level: Level, area: str) -> None:
    there = reach(Actor("a", grants=some, scopes=narrowed), right, subject)
    condition, values = there.sql("lvl", "place")
    answer = sqlite3.connect(":memory:").execute(f"SELECT 1 FROM (SELECT {int(level)} AS lvl, '{area}' AS place) WHERE {condition}", values)
    assert (answer.fetchone() is not None) is there.allows(level, area)


@given(held, rights, subjects)
def test_reach_says_nothing_and_highest_as_it_allows(some: tuple[Grant, ...], right: Right, subject: str) -> None:
    there = reach(Actor("a", grants=some), right, subject)
    everywhere_or_listed = [there.allows(level, area) for level in Level for area in AREAS]
    assert there.nothing is not any(everywhere_or_listed)
    for area in AREAS:
        assert there.highest(area) == max((level for level in Level if there.allows(level, area)), default=None)


@given(grants, rights, subjects, levels, areas)
def test_one_grant_opens_what_it_says_and_no_more(grant: Grant, right: Right, subject: str, level: Level, area: str) -> None:
    closed = subject.partition(".")[0] in CLOSED_SUBJECTS
    named = grant.subject == subject or subject.startswith(grant.subject + ".")
    expected = right in grant.rights and level <= grant.level and grant.area in ("", area) and (named or (grant.subject == "*" and not closed))
    public = right is Right.SEE and level is Level.PUBLIC and not closed
    assert reach(Actor("a", grants=(grant,)), right, subject).allows(level, area) is (expected or public)


@given(held, st.one_of(st.none(), scopes), rights)
def test_parts_are_the_actors_own_and_decided_alike(some, narrowed, right: Right) -> None:
    actor = Actor("a", grants=some, scopes=narrowed)
    for part, there in parts(actor, right, "tables").items():
        assert part.startswith("tables.")
        assert there == reach(actor, right, part)


@given(held, st.one_of(st.none(), scopes), rights, subjects, levels, areas)
def test_the_guards_agree_with_the_reach(some, narrowed, right: Right, subject: str, level: Level, area: str) -> None:
    actor = Actor("a", grants=some, scopes=narrowed)
    there = reach(actor, right, subject)
    if there.allows(level, area):
        demand(actor, right, subject, level, area)
        demand_any(actor, right, subject)
    else:
        with pytest.raises(Problem) as refused:
            demand(actor, right, subject, level, area)
        assert refused.value.status == 403
    if there.nothing and all(part.nothing for part in parts(actor, right, subject).values()):
        with pytest.raises(Problem):
            demand_any(actor, right, subject)


@pytest.mark.parametrize("subject", sorted(CLOSED_SUBJECTS))
def test_everything_does_not_include_the_closed_subjects(subject: str) -> None:
    everything = Actor("a", grants=(Grant("r", frozenset(Right), Level.PERSONAL),))
    assert reach(everything, Right.SEE, subject).nothing
    assert reach(Actor("a", grants=SYSTEM.grants, scopes=frozenset({"see:*"})), Right.SEE, subject).nothing
    assert not reach(Actor("a", grants=SYSTEM.grants, scopes=frozenset({f"see:{subject}"})), Right.SEE, subject).nothing


@given(rights, subjects, levels, areas)
def test_the_platform_reaches_everything(right: Right, subject: str, level: Level, area: str) -> None:
    assert reach(SYSTEM, right, subject).allows(level, area)


def test_visitors_are_told_to_sign_in_and_others_that_they_may_not() -> None:
    for actor, status in ((ANONYMOUS, 401), (Actor("person:1", name="Ann"), 403)):
        with pytest.raises(Problem) as refused:
            demand(actor, Right.EDIT, "tables")
        assert refused.value.status == status


def test_a_part_is_not_its_namesake_and_what_is_unknown_stays_closed() -> None:
    assert covers("tables", "tables.trees")
    assert not covers("tables", "tablesx")
    assert not covers("tables.trees", "tables")
    assert strictest([]) is Level.PERSONAL
    assert strictest([Level.PUBLIC, Level.SHARED]) is Level.SHARED
