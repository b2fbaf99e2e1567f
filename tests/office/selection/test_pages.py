"""The people's doors of the selection, as a browser without script meets them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.selection import models, store
from zinneke.office.selection.values import ExerciseRow, OptionRow

pytestmark = pytest.mark.django_db


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    return str(response.content.decode())


@pytest.mark.parametrize(("language", "word"), [("fr", "Longue liste"), ("nl", "Longlist"), ("en", "Long list")])
def test_the_funnel_counts_and_each_figure_leads_to_its_ideas(city: None, client: Client, language: str, word: str) -> None:
    shown = text(client.get(f"/{language}/selection/"))
    assert word in shown
    assert f'href="/{language}/selection/ideas/?reached=longlist"' in shown
    assert str(models.Idea.objects.count()) in shown
    assert "Error" not in text(client.get(f"/{language}/selection/ideas/?reached=longlist"))


def test_a_ranking_of_one_s_own_weights_has_an_address_that_replays_it(city: None, client: Client) -> None:
    shown = text(client.get("/en/selection/exercises/exercise/ranking/?w-strategy=1&w-risk=1&way=topsis&first=3"))
    address = shown.partition('href="/en/selection/exercises/exercise/ranking/?version')[2].partition('"')[0].replace("&amp;", "&")
    assert "way=topsis" in address
    assert "w-strategy=50" in address
    replayed = text(client.get("/en/selection/exercises/exercise/ranking/?version" + address))
    assert replayed.partition("<main")[2].partition('id="replay-title"')[0] == shown.partition("<main")[2].partition('id="replay-title"')[0]
    assert client.get("/en/selection/exercises/exercise/ranking/?version=7").status_code == 404
    assert client.get("/en/selection/exercises/exercise/ranking/?at=99999").status_code == 404


@pytest.mark.parametrize("weights", ["w-strategy=-1", "w-strategy=0&w-reuse=0", "w-strategy=nan", "w-strategy=much", "w-strategy=1e999"])
def test_weights_that_mean_nothing_are_told_and_those_of_the_method_used(city: None, client: Client, weights: str) -> None:
    shown = text(client.get(f"/en/selection/exercises/exercise/ranking/?{weights}"))
    assert "Those of the method are used instead" in shown


def test_a_portfolio_says_what_contradicts_what(city: None, client: Client) -> None:
    shown = text(client.get("/en/selection/exercises/exercise/portfolio/?budget=1000&quarters=8"))
    assert "“Data base of dangerous crossings” must be chosen" in shown
    assert "the budget" in shown


def test_what_would_have_to_be_true_is_said_for_one_that_is_out(city: None, client: Client) -> None:
    shown = text(client.get("/en/selection/exercises/exercise/portfolio/?budget=800000&quarters=8&enter=note-smart-parking"))
    assert "its score would have to be" in shown
    assert text(client.get("/fr/selection/exercises/exercise/portfolio/?budget=800000&quarters=8&enter=nothing"))
    assert "Enter a whole number" in text(client.get("/en/selection/exercises/exercise/portfolio/?budget=lots"), 422)


def test_an_evaluator_gives_scores_without_script_and_a_fault_loses_nothing(city: None, chief: Client) -> None:
    store.add_exercise(SYSTEM, ExerciseRow(key="real", name={"en": "Real"}, method="selection", method_version=1))
    store.add_options(SYSTEM, "real", [OptionRow(key="a", name={"en": "Option a"}), OptionRow(key="b", name={"en": "Option b"})])
    assert chief.get("/en/selection/exercises/real/sheet/").headers["location"].endswith("/sheet/a/")
    given = {"strategy": "4", "strategy-reason": "fits the plan", "reuse": "9", "sequence": "0", "then": "next"}
    shown = text(chief.post("/en/selection/exercises/real/sheet/a/", given), 422)
    assert "Give a number from 1 to 5" in shown
    assert "fits the plan" in shown
    kept = chief.post("/en/selection/exercises/real/sheet/a/", {**given, "reuse": "5", "transversality": "3", "effort": "2", "risk": "1"})
    assert kept.status_code == 302
    assert chief.get("/en/selection/exercises/real/sheet/").headers["location"].endswith("/sheet/b/")
    late = text(chief.post("/en/selection/exercises/real/sheet/a/", {**given, "reuse": "2"}), 422)
    assert "Nothing was overwritten" in late
    assert any(each.title == "Real" for each in __import__("zinneke.office.selection.desk", fromlist=["x"]).waiting(SYSTEM))


def test_a_decision_needs_a_reason_and_is_shown_with_it(city: None, chief: Client) -> None:
    page = "/en/selection/ideas/vienna-wienmobil/"
    assert "This field is required" in text(chief.post(page, {"kind": "pass", "reason": "", "version": "1"}), 422)
    assert chief.post(page, {"kind": "pass", "reason": "One app for all modes", "version": "1"}).status_code == 302
    assert "One app for all modes" in text(chief.get(page))
    late = text(chief.post(page, {"kind": "exclude", "reason": "No", "version": "1"}), 422)
    assert "changed meanwhile by An Chef" in late


def test_an_idea_is_added_changed_and_imported_by_form(city: None, chief: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    assert "a title in one of the three languages" in text(
        chief.post("/en/selection/add-idea/", {"city": "Gent", "evidence": "public_knowledge"}), 422
    )
    made = chief.post("/en/selection/add-idea/", {"title_nl": "Slimme halte", "city": "Gent", "evidence": "public_knowledge"})
    assert made.headers["location"] == "/en/selection/ideas/gent-slimme-halte/"
    changed = {"title_nl": "Slimme tramhalte", "city": "Gent", "evidence": "public_knowledge", "version": "1"}
    assert chief.post("/en/selection/ideas/gent-slimme-halte/edit/", changed).status_code == 302
    assert "Nothing was overwritten" in text(chief.post("/en/selection/ideas/gent-slimme-halte/edit/", changed), 422)
    table = SimpleUploadedFile("ideas.csv", b"title,city\nTrams,Bern\n,Bern\n")
    shown = text(chief.post("/en/selection/import/", {"file": table}))
    assert "1 added, 0 changed, 0 unchanged, 1 not taken." in shown
    assert "row 3" in shown


def test_the_roadmap_is_planned_published_and_taken_into_a_calendar(city: None, chief: Client) -> None:
    row = {
        "name_fr": "Projet",
        "name_nl": "Project",
        "domain": "mobility",
        "start": "2027-Q3",
        "quarters": "2",
        "state": "running",
        "reason": "Budget voted",
    }
    assert "Write a quarter as" in text(chief.post("/en/selection/roadmap/add/", {**row, "start": "soon"}), 422)
    assert chief.post("/en/selection/roadmap/add/", row).status_code == 302
    assert chief.post("/en/selection/roadmap/publish/", {"reason": "First edition", "ceiling": "1"}).status_code == 302
    assert "Why above the limit" in text(chief.post("/en/selection/roadmap/add/", {**row, "name_fr": "Second"}), 422)
    shown = text(chief.get("/en/selection/roadmap/"))
    assert "Projet" in shown
    assert "This is an exercise" not in shown
    calendar = chief.get("/en/selection/roadmap.ics").content.decode()
    assert "SUMMARY:Projet" in calendar
    assert "DTSTART;VALUE=DATE:20270701" in calendar
    assert "First edition" in text(chief.get("/en/selection/roadmap/editions/1/"))


def test_a_method_is_renewed_with_one_criterion_more_and_the_former_stays(city: None, chief: Client) -> None:
    page = "/en/selection/methods/selection/1/renew/"
    weights = {f"weight-{key}": "20" for key in ("strategy", "reuse", "transversality", "effort", "risk")}
    assert "Say what changed" in text(chief.post(page, weights), 422)
    made = chief.post(page, {**weights, "new-name": "Vie privée", "new-name-nl": "Privacy", "new-weight": "10", "note": "Privacy counts"})
    assert made.headers["location"] == "/en/selection/methods/selection/2/"
    assert len(store.get_method(SYSTEM, "selection", 2).row.criteria) == 6
    assert len(store.get_method(SYSTEM, "selection", 1).row.criteria) == 5
    assert "Weight and threshold are numbers" in text(chief.post("/en/selection/methods/selection/2/renew/", {"weight-risk": "x", "note": "y"}), 422)


def test_comparisons_that_contradict_one_another_say_where_to_look(city: None, client: Client) -> None:
    base = "/en/selection/methods/screening/1/weights/"
    assert "hold together" in text(client.get(base + "?j-0-1=3&j-0-2=9&j-1-2=3"))
    assert "Look again at" in text(client.get(base + "?j-0-1=9&j-0-2=-9&j-1-2=9"))


def test_a_disagreement_is_settled_on_the_page(city: None, chief: Client) -> None:
    page = "/en/selection/exercises/screening-exercise/disagreements/"
    shown = text(chief.get(page))
    (first, *_) = [part.partition('"')[0] for part in shown.split('action="/en/selection/exercises/screening-exercise/disagreements/')[1:]]
    assert "not on the scale" in text(chief.post(page + first, {"value": "9", "reason": "x"}), 422)
    assert chief.post(page + first, {"value": "2", "reason": "Agreed over coffee"}).status_code == 302
    assert "Agreed over coffee" in text(chief.get(page))
    assert chief.post(page + first, {"value": "2", "reason": ""}).status_code == 422


def test_search_finds_ideas_in_any_language(city: None, client: Client) -> None:
    assert "WienMobil" in text(client.get("/fr/search/?q=wienmobil"))
