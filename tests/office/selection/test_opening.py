"""An exercise is opened, filled, planned and closed in a browser without script."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.office.selection.test_pages import text
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.selection import models, store
from zinneke.office.selection.values import ExerciseRow, OptionRow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
BASE = "/en/selection/exercises"


@pytest.fixture
def opened() -> None:
    store.add_exercise(SYSTEM, ExerciseRow(key="real", name={"en": "Real"}, method="selection", method_version=1))
    store.add_options(SYSTEM, "real", [OptionRow(key=key, name={"en": f"Option {key}"}) for key in "abc"])


def test_an_exercise_is_opened_on_a_version_of_a_method(chief: Client) -> None:  # noqa: F811
    given: dict[str, Any] = {"name_fr": "Tour 2027", "name_nl": "", "name_en": "Round", "method": "selection/1", "kind": "real", "first": "8"}
    shown = text(chief.post("/en/selection/open-exercise/", given), 422)
    assert "This field is required" in shown
    assert 'value="Tour 2027"' in shown
    made = chief.post("/en/selection/open-exercise/", {**given, "name_nl": "Ronde 2027"})
    assert made.headers["location"] == f"{BASE}/tour-2027/options/"
    row = store.get_exercise(SYSTEM, "tour-2027").row
    assert (row.name["nl"], row.first, row.example, row.method_version) == ("Ronde 2027", 8, False, 1)
    assert "Give this one another" in text(chief.post("/en/selection/open-exercise/", {**given, "name_nl": "Ronde"}), 422)
    assert text(chief.post("/en/selection/open-exercise/", {**given, "method": "selection/99"}), 422)


def test_ideas_become_options_by_tick_or_all_at_once(chief: Client, opened: None) -> None:  # noqa: F811
    page = f"{BASE}/real/options/?stage=base"
    first, second, *_ = [each.key for each in store.find_ideas(SYSTEM, facets={"standing": ["base"]}).ideas]
    assert "Tick at least one idea" in text(chief.post(page, {"which": "ticked", "idea": "no-such-idea"}), 422)
    assert chief.post(page, {"which": "ticked", "idea": [first, second]}).status_code == 302
    assert store.get_option(SYSTEM, "real", first).row.refers == f"idea:{first}"
    assert f'value="{first}"' not in text(chief.get(page))
    assert chief.post(page, {"which": "all"}).status_code == 302
    assert store.get_exercise(SYSTEM, "real").options == 3 + store.find_ideas(SYSTEM, facets={"standing": ["base"]}).total


def test_what_an_option_takes_is_kept_and_a_second_writer_is_told(chief: Client, opened: None) -> None:  # noqa: F811
    page = f"{BASE}/real/options/a/"
    given: dict[str, Any] = {"cost": "120000", "quarters": "3", "people": "1.5", "needs": ["b"], "against": ["b"], "must": "on", "version": "1"}
    shown = text(chief.post(page, given), 422)
    assert "both needed and excluded" in shown
    assert 'value="120000"' in shown
    assert chief.post(page, {**given, "against": ["c"]}).status_code == 302
    plan = store.get_option(SYSTEM, "real", "a").row.plan
    assert (plan.cost, plan.quarters, plan.people, plan.needs, plan.against, plan.must) == (120000.0, 3, 1.5, ("b",), ("c",), True)
    assert "Nothing was overwritten" in text(chief.post(page, {**given, "against": []}), 422)


def test_closing_notices_what_changed_and_is_for_good(chief: Client, opened: None) -> None:  # noqa: F811
    page, at = f"{BASE}/real/close/", str(store.get_exercise(SYSTEM, "real").sequence)
    assert "Nobody has evaluated yet" in text(chief.get(page))
    assert "changed meanwhile" in text(chief.post(page, {"sequence": "0"}), 422)
    assert models.Exercise.objects.get(key="real").closed is None
    assert chief.post(page, {"sequence": at}).status_code == 302
    assert "This exercise is closed" in text(chief.post(page, {"sequence": at}), 422)
    assert "This exercise is closed" in text(chief.post(f"{BASE}/real/options/?stage=base", {"which": "all"}), 422)


def test_nobody_else_opens_or_changes_an_exercise(client: Client, opened: None) -> None:
    for path in ("open-exercise/", "exercises/real/close/", "exercises/real/options/", "exercises/real/options/a/"):
        assert client.post(f"/en/selection/{path}", {}).status_code in (302, 401, 403, 404)
    assert models.Exercise.objects.filter(closed__isnull=False, key="real").count() == 0
    assert "Close this exercise" not in text(client.get(f"{BASE}/real/"))
