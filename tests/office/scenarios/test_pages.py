"""The people's doors: trying without a trace, keeping with the right to, errors at their fields; in three languages, without script."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.office.scenarios.conftest import EDITOR, draft
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.scenarios import limits, models, store

pytestmark = pytest.mark.django_db
FORM = {"model": "traffic-light", "cycle": "60", "green_main": "32", "name_en": "Kept", "purpose_en": "Why?", "draws": "100", "level": "0"}


@pytest.fixture
def official(db: None) -> Client:
    """Sign in somebody who leads the smart city."""
    person = identity.add_person(SYSTEM, "an@example.org", "An Peeters")
    identity.grant_role(SYSTEM, "an@example.org", "manager", "", "scenarios")
    client = Client()
    client.force_login(get_user_model().objects.get(pk=person.id))
    return client


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("language", "says"), [("fr", "Électricité\u00a0: 4,4"), ("nl", "Elektriciteit: 4,4"), ("en", "Electricity: 4.4% less, that is 1,2")]
)
def test_the_answer_comes_first_in_one_sentence_in_each_language(client: Client, language: str, says: str) -> None:
    page = client.get(f"/{language}/scenarios/models/street-lighting/result/?dim_until=5&dim_level=50")
    assert page.status_code == 200
    assert says in page.content.decode().partition("<section")[0]


@pytest.mark.parametrize("path", ["", "compare/", "models/low-emission-zone/", "models/speed-limit/try/", "models/traffic-light/result/?cycle=100"])
@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_every_reading_page_opens(client: Client, language: str, path: str) -> None:
    assert client.get(f"/{language}/scenarios/{path}").status_code == 200


def test_a_form_sent_whole_is_led_to_its_shortest_address(client: Client) -> None:
    page = client.get("/en/scenarios/models/traffic-light/result/?cycle=90&green_main=32,0&change=5&seed=1&draws=1000&engine=&riders=")
    assert page.status_code == 302
    assert page["Location"] == "/en/scenarios/models/traffic-light/result/?green_main=32"


def test_trying_keeps_nothing(client: Client) -> None:
    client.get("/en/scenarios/models/traffic-light/result/?green_main=32")
    assert not models.Scenario.objects.exists()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("cycle=500", "Give a value between 30 and 180."),
        ("cycle=nan", "Give a number, such as 12.5."),
        ("cycle=inf", "Give a number, such as 12.5."),
        ("cycle=soon", "Give a number, such as 12.5."),
        ("lanes_main=1.5", "Give a whole number."),
        ("green_main=80&cycle=90", "crossing on foot"),
        ("draws=7", "Ask for 100 to 5000 draws."),
        ("seed=-1", "The seed is a whole number from 0."),
        ("engine=magic", "no such engine"),
    ],
)
def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(client: Client, query: str, says: str) -> None:
    page = client.get(f"/en/scenarios/models/traffic-light/result/?{query}&flow_main=333")
    assert page.status_code == 400
    assert says in text(page)
    assert 'value="333"' in text(page)
    key, value = query.split("&")[0].split("=")
    if key not in ("engine",):
        assert f'name="{key}" value="{value}"' in text(page)


def test_a_fleet_sent_as_a_file_goes_into_the_address_and_a_bad_one_is_said(client: Client) -> None:
    rows = b"kind,fuel,euro,vehicles,km\ncar,diesel,6,1000,10000\n"
    page = client.post("/en/scenarios/models/low-emission-zone/table/", {"file": SimpleUploadedFile("f.csv", rows), "years": "5"})
    assert page.status_code == 302
    assert "years=5" in page["Location"]
    assert "fleet=kind%2Cfuel" in page["Location"]
    address = page["Location"].replace("/try/", "/result/").partition("#")[0]
    assert "a table of your own" in text(client.get(address))
    page = client.post("/en/scenarios/models/low-emission-zone/table/", {"file": SimpleUploadedFile("f.csv", b"a;b\n1;2")})
    assert page.status_code == 400
    assert "the columns kind, fuel, euro, vehicles, km are needed" in text(page)


def test_lamps_can_be_counted_in_a_dataset_that_one_may_see(client: Client, tmp_path: Any, settings: Any) -> None:
    from zinneke.foundations.tables import store as tables
    from zinneke.foundations.tables.values import Spec
    from zinneke.kernel.confidentiality import Level

    settings.DATA = tmp_path
    rows = "name,lon,lat\n" + "".join(f"lamp {number},4.35,50.85\n" for number in range(40))
    tables.publish(SYSTEM, "lamps", rows.encode(), Spec())
    tables.publish(SYSTEM, "lamps-within", rows.encode(), Spec(level=Level.SHARED))
    form = client.get("/en/scenarios/models/street-lighting/try/").content.decode()
    assert '<option value="lamps">' in form
    assert "lamps-within" not in form
    page = client.get("/en/scenarios/models/street-lighting/count/?dataset=lamps&led=80")
    assert page["Location"] == "/en/scenarios/models/street-lighting/try/?led=80&lamps=40#input-lamps"
    assert "lamps=" not in client.get("/en/scenarios/models/street-lighting/count/?dataset=lamps-within")["Location"]


def test_words_of_others_are_shown_as_words(client: Client) -> None:
    made = store.add_scenario(EDITOR, draft(name={"en": "<script>alert(1)</script>"}, note={"en": "<img src=x>"}))
    store.publish_scenario(EDITOR, made.key, 1)
    page = client.get(f"/en/scenarios/{made.key}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


def test_a_visitor_who_asks_too_often_is_asked_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "A_MINUTE", 2)
    statuses = [client.get("/en/scenarios/models/traffic-light/result/").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_a_visitor_cannot_keep_publish_or_run(client: Client) -> None:
    made = store.add_scenario(EDITOR, draft())
    for path in ("new/?model=traffic-light", f"{made.key}/edit/"):
        assert client.get(f"/en/scenarios/{path}")["Location"].startswith("/en/sign-in/")
    for path in ("new/", f"{made.key}/publish/", f"{made.key}/remove/", f"{made.key}/run/"):
        assert client.post(f"/en/scenarios/{path}", FORM).status_code in (401, 302)
    assert store.get_scenario(EDITOR, made.key).state == "draft"
    assert models.Scenario.objects.count() == 1


def test_an_official_keeps_edits_and_publishes(official: Client) -> None:
    page = official.get("/en/scenarios/new/?model=traffic-light&cycle=60&green_main=32")
    assert 'name="cycle" value="60"' in text(page)
    page = official.post("/en/scenarios/new/", FORM)
    assert page["Location"] == "/en/scenarios/kept/"
    shown = official.get("/en/scenarios/kept/")
    assert "A draft: only those who may edit scenarios see it." in text(shown)
    page = official.post("/en/scenarios/kept/edit/", FORM | {"edition": "1", "name_fr": "Gardé", "discussion": "https://example.org/talk"})
    assert page.status_code == 302
    official.post("/en/scenarios/kept/publish/", {"edition": "2"})
    assert "Gardé" in text(Client().get("/fr/scenarios/kept/"))
    assert "https://example.org/talk" in text(Client().get("/fr/scenarios/kept/"))
    assert "Identical: every figure came out the same." in text(Client().get("/en/scenarios/kept/reproduce/"))
    assert "kept" in official.get("/en/scenarios/kept/").content.decode()


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"name_en": ""}, "Give a name"),
        ({"discussion": "javascript:alert(1)"}, "begins with https://"),
        ({"cycle": "5"}, "between 30 and 180"),
        ({"area": "99999"}, ""),
    ],
)
def test_a_scenario_with_faults_is_said_and_what_was_typed_stays(official: Client, other: dict[str, str], says: str) -> None:
    page = official.post("/en/scenarios/new/", FORM | {"purpose_en": "A question of mine"} | other)
    if page.status_code == 302:
        return
    assert page.status_code == 400
    assert says in text(page)
    assert "A question of mine" in text(page)


def test_two_editors_at_once_see_it_and_may_save_again(official: Client) -> None:
    official.post("/en/scenarios/new/", FORM)
    official.post("/en/scenarios/kept/edit/", FORM | {"edition": "1", "purpose_en": "first"})
    page = official.post("/en/scenarios/kept/edit/", FORM | {"edition": "1", "purpose_en": "second"})
    assert page.status_code == 409
    assert "Nothing was overwritten" in text(page)
    assert "second" in text(page)
    assert store.get_scenario(EDITOR, "kept").purpose == {"en": "first"}
    assert 'name="edition" value="2"' in text(page)
    assert official.post("/en/scenarios/kept/edit/", FORM | {"edition": "2", "purpose_en": "second"}).status_code == 302


def test_a_job_page_tells_how_it_ended_and_an_unknown_one_is_not_found(official: Client) -> None:
    from datetime import UTC, datetime

    from zinneke.office.scenarios import running

    official.post("/en/scenarios/new/", FORM)
    row = models.Scenario.objects.get()
    run = models.Run.objects.create(scenario=row, state="interrupted", total=10, done=3, said=running.INTERRUPTED.as_dict(), asked=datetime.now(UTC))
    assert "Interrupted by a restart" in text(official.get(f"/en/scenarios/runs/{run.pk}/"))
    waiting = models.Run.objects.create(scenario=row, state="running", total=10, done=3, asked=datetime.now(UTC))
    page = text(official.get(f"/en/scenarios/runs/{waiting.pk}/"))
    assert "3 of 10 runs" in page
    assert official.post(f"/en/scenarios/runs/{waiting.pk}/cancel/").status_code == 302
    assert models.Run.objects.get(pk=waiting.pk).state == "cancelled"
    for path in ("runs/999/", "runs/x/", "nothing-here/", "models/nothing/", "compare/?s=nothing"):
        assert official.get(f"/en/scenarios/{path}").status_code == 404


def test_scenarios_and_models_are_found_by_their_words(client: Client) -> None:
    made = store.add_scenario(EDITOR, draft(name={"en": "Kwikstaart crossing"}))
    store.publish_scenario(EDITOR, made.key, 1)
    store.add_scenario(EDITOR, draft(name={"en": "Kwikstaart secret"}))
    found = client.get("/en/search/?q=kwikstaart").content.decode()
    assert "Kwikstaart crossing" in found
    assert "Kwikstaart secret" not in found
    assert "/fr/scenarios/models/low-emission-zone/" in client.get("/fr/search/?q=basses+%C3%A9missions").content.decode()


def test_several_are_compared_with_the_state_in_the_address(client: Client) -> None:
    keys = []
    for green in (32.0, 40.0):
        from zinneke.office.scenarios.values import Question

        question = Question(model="traffic-light", version="1.0", changed={"cycle": 70.0, "green_main": green}, draws=100)
        made = store.add_scenario(EDITOR, draft(name={"en": f"Green {green:.0f}"}, question=question))
        store.publish_scenario(EDITOR, made.key, 1)
        keys.append(made.key)
    page = text(client.get(f"/en/scenarios/compare/?s={keys[0]}&s={keys[1]}"))
    assert "Green 32" in page
    assert "Green 40" in page
    assert client.get("/en/scenarios/compare/?s=1&s=2&s=3&s=4&s=5").status_code == 400
