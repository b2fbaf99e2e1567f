"""A method gets a criterion on any scale, and weights from comparisons, by form; what cannot be read publishes nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.office.selection.test_pages import text
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.selection import store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
PAGE = "/en/selection/methods/selection/1/renew/"
WEIGHTS = {f"weight-{key}": "20" for key in ("strategy", "reuse", "transversality", "effort", "risk")}


def test_a_new_criterion_has_the_scale_it_was_given(chief: Client) -> None:  # noqa: F811
    given = {**WEIGHTS, "new-name": "Tonnes", "new-low": "0", "new-high": "100", "new-step": "0,5", "new-less": "on", "note": "Counts carbon"}
    assert chief.post(PAGE, given).status_code == 302
    added = store.get_method(SYSTEM, "selection", 2).row.criteria[-1]
    assert (added.low, added.high, added.step, added.better) == (0.0, 100.0, 0.5, "less")


@pytest.mark.parametrize("fault", [{"new-low": "9"}, {"new-step": "0"}, {"new-weight": "much"}, {"new-high": "inf"}, {"weight-risk": "x"}])
def test_what_cannot_be_read_publishes_nothing_and_loses_nothing(chief: Client, fault: dict[str, str]) -> None:  # noqa: F811
    shown = text(chief.post(PAGE, {**WEIGHTS, "new-name": "Tonnes", "note": "Kept words", **fault}), 422)
    assert "Kept words" in shown
    assert 'value="Tonnes"' in shown
    assert [each.version for each in store.list_methods(SYSTEM) if each.key == "selection"] == [1]


def test_weights_by_comparison_are_put_into_the_next_version(chief: Client) -> None:  # noqa: F811
    shown = text(chief.get("/en/selection/methods/screening/1/weights/?j-0-1=3&j-0-2=9&j-1-2=3"))
    address = shown.partition('href="/en/selection/methods/screening/1/renew/?')[2].partition('"')[0].replace("&amp;", "&")
    assert 'value="69.23"' in text(chief.get(f"/en/selection/methods/screening/1/renew/?{address}"))
