"""What goes with a thing in the other rooms of the office: found from every side, and shown to those who may see it."""

from __future__ import annotations

import pytest

from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level, Right, refusal
from zinneke.office.network import store as network
from zinneke.office.network.values import Action
from zinneke.office.projects import store as projects
from zinneke.office.projects.values import Effect, Fiche, Organisation
from zinneke.web import related

pytestmark = pytest.mark.django_db
WORDS = {"fr": "Feux pour le tram", "nl": "Lichten voor de tram", "en": "Lights for the tram"}


@pytest.fixture
def project() -> str:
    projects.set_organisation(SYSTEM, Organisation(key="stib", name={"en": "STIB"}))
    fiche = Fiche(key="lights", name=WORDS, owner="stib", domain="mobility", communes=("21009",), effects=(Effect(indicator="speed"),))
    return projects.set_project(SYSTEM, fiche).key


def names(groups: list[related.Group]) -> list[str]:
    return [link.name for group in groups for link in group.links]


def test_a_project_is_found_from_its_domain_its_commune_and_the_indicator_it_is_to_move(project: str) -> None:
    for kind, key in (("domain", "mobility"), ("commune", "21009"), ("indicator", "speed")):
        assert names(related.TO[kind](ANONYMOUS, key, "nl")) == [WORDS["nl"]], kind
    assert related.to_commune(ANONYMOUS, "21001", "nl") == []


def test_a_project_leads_to_what_names_it_and_no_further_than_each_may_see(project: str) -> None:
    network.set_action(SYSTEM, Action(title="Open action", project=project, level=Level.PUBLIC))
    network.set_action(SYSTEM, Action(title="Closed action", project=project, level=Level.SHARED))
    assert names(related.to_project(ANONYMOUS, project, "en")) == ["Open action"]
    assert set(names(related.to_project(SYSTEM, project, "en"))) == {"Open action", "Closed action"}


def test_a_room_that_stays_shut_for_somebody_takes_nothing_from_the_others(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def shut(actor: Actor, *_more: object) -> list[object]:
        raise refusal(actor, Right.SEE, "indicators")

    monkeypatch.setattr(related.indicators, "list_indicators", shut)
    assert names(related.to_domain(ANONYMOUS, "mobility", "fr")) == [WORDS["fr"]]
