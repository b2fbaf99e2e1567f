"""The house before its doors: to which host it answers, whose commands it takes, what it writes on every answer."""

from __future__ import annotations

import base64

import pytest
from starlette.testclient import TestClient

from zinneke.foundations.identity import store
from zinneke.kernel.confidentiality import SYSTEM

ANN = "ann@brussels.test"


@pytest.fixture
def house() -> TestClient:
    from zinneke.asgi.house import build

    return TestClient(build(), raise_server_exceptions=False)


@pytest.mark.parametrize("host", ["evil.test", "evil.test:8000", "127.0.0.1.evil.test", 'localhost/"><x', "localhost@evil.test"])
@pytest.mark.parametrize("address", ["/en/", "/api", "/static/zinneke.css", "/openapi.json"])
def test_no_door_answers_to_another_host_name(house: TestClient, host: str, address: str) -> None:
    response = house.get(address, headers={"Host": host})
    assert response.status_code == 400
    assert "ZINNEKE_HOSTS" in response.json()["detail"]
    assert "evil" not in response.text


@pytest.mark.django_db(transaction=True)
def test_whoever_asks_after_its_health_need_not_know_its_name(house: TestClient) -> None:
    assert house.get("/health", headers={"Host": "10.0.0.7"}).status_code in (200, 503)


@pytest.mark.django_db(transaction=True)
def test_no_token_however_strong_runs_a_command_of_this_machine(house: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZINNEKE_CONTROL", "the secret on the card")
    store.add_person(SYSTEM, ANN, "Ann")
    store.grant_role(SYSTEM, ANN, "administrator")
    token = store.add_token(SYSTEM, ANN, "all of it", ["command:*", "command:platform", "edit:*", "see:*"])
    for secret, status in ((token, 403), ("the secret on the cart", 401), ("the secret on the card", 400)):
        answer = house.post("/api/commands", json={"words": ["serve"]}, headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == status


@pytest.mark.django_db(transaction=True)
def test_a_token_is_taken_in_each_of_the_ways_in_which_clients_send_it_and_a_wrong_one_in_none(house: TestClient) -> None:
    store.add_person(SYSTEM, ANN, "Ann")
    store.grant_role(SYSTEM, ANN, "administrator")
    token = store.add_token(SYSTEM, ANN, "all of it", ["see:*", "edit:*"])
    ways = tuple({"Authorization": f"{scheme}{token}"} for scheme in ("Bearer ", "Apikey ", "")) + ({"X-CKAN-API-Key": token},)
    for headers in ways:
        assert "private" in house.get("/api/tables", headers=headers).headers["cache-control"]
        wrong = {name: value.replace(token, f"{token}x") for name, value in headers.items()}
        assert house.get("/api/tables", headers=wrong).status_code == 401
    for words, status in ((f"anybody:{token}", 200), (f"anybody:{token}x", 401), (token, 401)):
        basic = base64.b64encode(words.encode()).decode()
        assert house.get("/api/tables", headers={"Authorization": f"Basic {basic}"}).status_code == status
    assert house.get("/api/tables", headers={"Authorization": f"Basic {token}"}).status_code == 401


@pytest.mark.parametrize("given", ["<script>alert(1)</script>", "short", "a" * 3000, "trace 00000001"])
@pytest.mark.parametrize("address", ["/en/about/", "/api"])
@pytest.mark.django_db(transaction=True)
def test_a_number_of_the_visit_that_is_none_is_not_repeated(house: TestClient, given: str, address: str) -> None:
    assert house.get(address, headers={"X-Request-ID": given}).headers["x-request-id"] != given
    assert house.get(address, headers={"X-Request-ID": "trace-00000001"}).headers["x-request-id"] == "trace-00000001"


def test_a_form_that_is_too_large_or_hides_its_size_is_refused_unread(house: TestClient) -> None:
    large = house.post("/en/sign-in/", content=b"a=" + b"b" * 3_000_000)
    assert large.status_code == 413
    hidden = house.post("/en/sign-in/", content=iter([b"a=b"]))
    assert hidden.status_code == 411


@pytest.mark.parametrize("coding", ["gzip", "identity"])
@pytest.mark.parametrize("address", ["/openapi.json", "/en/about/", "/static/zinneke.css"])
@pytest.mark.django_db(transaction=True)
def test_an_answer_is_pressed_for_those_who_take_it_so_and_caches_are_told(house: TestClient, address: str, coding: str) -> None:
    answer = house.get(address, headers={"Accept-Encoding": coding})
    assert answer.headers.get("content-encoding", "identity") == coding
    assert "Accept-Encoding" in answer.headers["vary"]
