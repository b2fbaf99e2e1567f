from __future__ import annotations

import pytest

from tests.office.indicators.conftest import in_force, officer, sheet
from zinneke.kernel.confidentiality import ANONYMOUS, Right
from zinneke.office.indicators import desk, search, store
from zinneke.office.indicators.values import ValueRow

pytestmark = pytest.mark.usefixtures("town")
WRITER, REVIEWER = officer(1, Right.SEE, Right.EDIT), officer(2, Right.SEE, Right.EDIT, Right.COMMAND)


def test_what_waits_is_on_the_desk_of_whoever_can_do_it() -> None:
    in_force("trees", sheet(delay=0))
    store.enter_values(WRITER, "trees", [ValueRow(period="2020", value=4)])
    store.propose(WRITER, "birds", sheet())
    store.submit(WRITER, "birds")
    assert {each.what for each in desk.waiting(REVIEWER)} == {desk.DECIDE, desk.ACCEPT}
    store.decide(REVIEWER, "birds", "returned", "no source")
    store.decide_values(REVIEWER, [value.id for _, value in store.list_drafts(REVIEWER)], True, "seen")
    assert {each.what for each in desk.waiting(WRITER)} == {desk.MEND, desk.UPDATE}
    assert list(desk.waiting(ANONYMOUS)) == []


def test_indicators_are_found_by_name_in_any_language() -> None:
    in_force("trees", sheet(name={"fr": "Arbres", "nl": "Bomen", "en": "Trees"}))
    assert [each.title for each in search.find(ANONYMOUS, "bome", "fr")] == ["Arbres"]
    assert list(search.find(ANONYMOUS, "birds", "fr")) == []
