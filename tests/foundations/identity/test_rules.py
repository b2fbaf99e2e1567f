"""Paths, codes and roles, whatever comes in."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zinneke.foundations.identity import rules
from zinneke.foundations.identity.values import Held
from zinneke.kernel.confidentiality import CLOSED_SUBJECTS, Level, Right


@given(st.text(alphabet="/\\:.@?#ahtps \t\n\r\x00é", max_size=30))
@example("//evil.test")
@example("/\\evil.test")
@example("https://evil.test")
@example("/\t/evil.test")
@example("javascript:alert(1)")
def test_after_signing_in_one_never_lands_on_another_site(path: str) -> None:
    there = rules.own_path(path, "/fr/account/")
    assert urlsplit(urljoin("https://zinneke.test/fr/sign-in/", there)).netloc == "zinneke.test"
    assert there.startswith("/")
    assert not there.startswith("//")


def test_an_own_path_keeps_its_state() -> None:
    assert rules.own_path("/fr/search/?q=arbres&page=2", "/") == "/fr/search/?q=arbres&page=2"


@given(st.sampled_from(["", " ", "-"]), st.booleans())
def test_a_recovery_code_is_known_however_it_is_typed(between: str, capitals: bool) -> None:
    code = rules.new_recovery_codes(1)[0]
    typed = code.replace("-", between)
    assert rules.normalised_code(typed.upper() if capitals else typed) == code


def test_recovery_codes_and_tokens_are_never_the_same_twice() -> None:
    assert len(set(rules.new_recovery_codes(500))) == 500
    assert len({rules.new_token() for _ in range(500)}) == 500


def test_only_the_administrator_reaches_the_closed_subjects_without_being_given_them_by_name() -> None:
    for role in rules.BUILT_IN:
        subjects = {grant.subject for grant in rules.grants_of([Held(role.key, "", "*")])}
        assert (subjects >= CLOSED_SUBJECTS) is (role.key == "administrator")


def test_a_role_that_no_longer_exists_gives_nothing() -> None:
    assert rules.grants_of([Held("gone", "", "*")]) == ()


def test_roles_of_solutions_reach_their_solution_only() -> None:
    brought = [role for key, role in rules.roles().items() if "." in key]
    for role in brought:
        assert role.subjects == (f"observations.{role.key.partition('.')[0]}",)


@pytest.mark.parametrize(("role", "needed"), [("partner", False), ("operator", False), ("steward", True), ("administrator", True)])
def test_personal_data_and_the_platform_itself_ask_for_a_second_factor(role: str, needed: bool) -> None:
    assert rules.needs_second_factor(rules.grants_of([Held(role, "21015", "*")])) is needed


def test_the_built_in_roles_are_what_the_documentation_says() -> None:
    assert {role.key: (role.rights, role.level) for role in rules.BUILT_IN} == {
        "partner": (frozenset({Right.SEE}), Level.SHARED),
        "steward": (frozenset({Right.SEE, Right.EDIT}), Level.PERSONAL),
        "operator": (frozenset(Right), Level.SHARED),
        "manager": (frozenset(Right), Level.PERSONAL),
        "administrator": (frozenset(Right), Level.PERSONAL),
    }
