from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.office.indicators.conftest import in_force, officer, sheet, summed
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM, Right
from zinneke.office.indicators import store
from zinneke.office.indicators.values import ValueRow

pytestmark = pytest.mark.usefixtures("town")
WRITER = officer(4711, Right.SEE, Right.EDIT)


@pytest.fixture
def chief() -> Client:
    """Return the browser of an administrator."""
    from zinneke.foundations.identity.models import Person

    person = identity.add_person(SYSTEM, "chief@brussels.test", "Chief")
    identity.grant_role(SYSTEM, "chief@brussels.test", "administrator")
    client = Client()
    client.force_login(Person.objects.get(pk=person.id))
    return client


def proposal(**other: Any) -> dict[str, Any]:
    words = {f"{field}_{code}": field for field in ("name", "definition") for code in ("fr", "nl")}
    fixed = {"key": "trees", "unit": "1", "owner": "agency", "kind": "outcome", "frequency": "year", "delay": "30", "quality": "1", "accept": "each"}
    return {**words, **fixed, **other}


def test_a_proposal_by_form_is_kept_and_goes_to_review(chief: Client) -> None:
    assert chief.post("/en/indicators/new/", proposal()).status_code == 302
    assert b"Send to review" in chief.get("/en/indicators/trees/edit/").content
    assert chief.post("/en/indicators/trees/submit/").status_code == 302
    assert b"trees" in chief.get("/en/indicators/review/").content


def test_a_fault_is_told_at_its_field_and_nothing_typed_is_lost(chief: Client) -> None:
    answer = chief.post("/fr/indicators/new/", proposal(name_fr="", objective_value="-3", objective_period="2030", definition_nl="mijn definitie"))
    assert answer.status_code == 422
    assert "mijn definitie" in answer.content.decode()
    answer = chief.post("/fr/indicators/new/", proposal(objective_value="-3", objective_period="2030", says_fr="x", says_nl="x"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "cible sous zéro" in text
    assert "d’où l’on part" in text


def test_somebody_quicker_is_noticed_by_the_form(chief: Client) -> None:
    store.propose(WRITER, "trees", sheet())
    store.revise(WRITER, "trees", sheet(unit="/km2"), 1)
    answer = chief.post("/en/indicators/trees/edit/", proposal(unit="%", revision="1"))
    assert answer.status_code == 422
    assert b"Nothing of theirs was overwritten" in answer.content
    assert store.get_indicator(WRITER, "trees").sheet.unit == "/km2"
    assert chief.post("/en/indicators/trees/edit/", proposal(unit="%", revision="2")).status_code == 302


def test_values_are_typed_imported_and_accepted_on_the_pages(chief: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    in_force("trees", sheet())
    assert b"Something needs" in chief.post("/en/indicators/trees/values/", {"period": "2025", "value": "many"}).content
    file = SimpleUploadedFile("values.csv", b"period,value\n2024,4\n2025,x\n")
    answer = chief.post("/en/indicators/trees/values/", {"import": "1", "file": file})
    assert b"row 3" in answer.content
    store.enter_values(WRITER, "trees", [ValueRow(period="2026", value=6)])
    mine = [value.id for _, value in store.list_drafts(SYSTEM) if value.entered_by == WRITER.key]
    assert chief.post("/en/indicators/review/values/", {"id": mine, "verdict": "accept"}).status_code == 422
    done = chief.post("/en/indicators/review/values/", {"id": mine, "verdict": "accept", "values-evidence": "seen"})
    assert done.status_code == 302
    assert "6" in Client().get("/en/indicators/trees/").content.decode()


def test_the_page_shows_figure_course_communes_method_and_history_in_each_language() -> None:
    in_force("people", sheet(summed("people")))
    store.compute(SYSTEM)
    for language, word in (("fr", "Comment il est fait"), ("nl", "Hoe hij gemaakt is"), ("en", "How it is made")):
        text = Client().get(f"/{language}/indicators/people/").content.decode()
        assert word in text
        assert "330" in text
    assert "figures@1" in Client().get("/en/indicators/people/history/?period=2020&area=21015").content.decode()
    assert Client().get("/en/indicators/people/history/?period=1900").status_code == 404


def test_an_indicator_without_values_says_so() -> None:
    in_force("wifi", sheet(misses={"fr": "rien", "nl": "niets"}))
    assert "is not measured yet" in Client().get("/en/indicators/wifi/").content.decode()
