"""Rules and subscriptions together: one is told of one rule's alerts, by every way, and the pages do it without a script in three languages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from starlette.testclient import TestClient

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.foundations.subscriptions.test_pages import browser
from tests.foundations.subscriptions.town import NOON, make, observe, outbox, somebody
from zinneke.asgi.house import build
from zinneke.foundations.identity import store as identity
from zinneke.foundations.observations import models as observed
from zinneke.foundations.observations.alerting import store as rules
from zinneke.foundations.observations.alerting import watching
from zinneke.foundations.observations.alerting.values import Anomaly, Frozen, Geofence, Rate, Rule, RuleState, Silent, Threshold
from zinneke.foundations.observations.values import Wanted
from zinneke.foundations.subscriptions import models, store
from zinneke.foundations.subscriptions import values as v
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db(transaction=True)
SCOPES = ["see:*", "edit:subscriptions"]
FORM = {
    "name": "Presque plein", "kind": "threshold", "above": "80", "below": "", "hysteresis": "", "rises": "", "falls": "", "per": "hour",
    "deviations": "", "silence": "", "standstill": "", "side": "outside", "box": "", "polygon": "", "lasting": "", "status": "act", "days": "7",
}  # fmt: skip


def full(actor: Actor, limit: float = 80, *, shared: bool = False, name: str = "Full") -> RuleState:
    return rules.add_rule(actor, Rule(name=name, when=Threshold(above=limit), wanted=Wanted(reading="fill"), shared=shared))


def alerts_of(actor: Actor, rule: RuleState, endpoint: v.Endpoint) -> v.Made:
    wanted = Wanted(rules=(rule.key,))
    return store.add(actor, v.Subscription(name="told", endpoint=endpoint, kinds=(v.ALERT_OPENED, v.ALERT_CLOSED), wanted=wanted))


def turn(number: int) -> None:
    box, _ = outbox()
    while box.turn(number) is not None:
        pass


def test_one_is_told_of_one_rules_alerts_and_of_no_others(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    actor = somebody()
    eighty, ninety = full(actor), full(actor, 90)
    number = alerts_of(actor, eighty, v.Endpoint(kind="webhook", address=endpoint.address)).standing.id
    observe(stream, 85, 95, 50)
    turn(number)
    events = [event for sent in endpoint.sent for event in sent.json["data"]["events"]]
    assert [sent.json["type"] for sent in endpoint.sent] == ["zinneke.alert.opened", "zinneke.alert.closed"]
    assert {event["about"]["rule"] for event in events} == {eighty.key}
    assert events[0]["about"]["name"]["nl"] == "Full" and events[0]["value"] == 85
    assert observed.Alert.objects.filter(rule=ninety.key).exists()


def test_nobody_is_told_of_somebody_elses_own_rule(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    mine = full(somebody(), name="quagsecret")
    other = somebody()
    address = v.Endpoint(kind="webhook", address=endpoint.address)
    named = alerts_of(other, mine, address).standing.id
    everything = store.add(other, v.Subscription(endpoint=address, kinds=(v.ALERT_OPENED,), wanted=Wanted())).standing.id
    observe(stream, 85)
    turn(named)
    turn(everything)
    assert endpoint.sent == []


def test_rules_narrow_alerts_only() -> None:
    with pytest.raises(Problem, match="narrow alerts only"):
        store.add(somebody(), v.Subscription(endpoint=v.Endpoint(kind="events"), wanted=Wanted(rules=("rule-1",))))


@pytest.mark.parametrize("answer", [0, 500])
def test_a_subscriber_that_hangs_or_fails_loses_no_alert_and_holds_up_no_rule(
    endpoint: Endpoint, answer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zinneke.foundations.subscriptions import sending

    monkeypatch.setattr(sending, "SECONDS", 0.2)
    (stream,) = make("one")
    actor = somebody()
    number = alerts_of(actor, full(actor), v.Endpoint(kind="webhook", address=endpoint.address)).standing.id
    endpoint.answer = answer
    box, clock = outbox()
    for at in range(30):
        observe(stream, 90, 10, begin=2 * at)
        box.turn(number)
        clock.pass_(minutes=2)
    assert observed.Alert.objects.filter(rule__startswith="rule-").count() == 30
    found = store.get(actor, number)
    assert found.lag is not None and found.lag.waiting == 60 and found.circuit != "closed"
    monkeypatch.setattr(sending, "SECONDS", 30)  # from here on nothing hangs, however busy the machine
    endpoint.answer, heard = 204, len(endpoint.sent)
    clock.pass_(hours=2)
    while box.turn(number) is not None:
        pass
    kinds = [sent.json["type"] for sent in endpoint.sent[heard:]]
    assert kinds == ["zinneke.alert.opened", "zinneke.alert.closed"] * 30
    assert store.get(actor, number).lag.waiting == 0  # type: ignore[union-attr]


def test_whoever_never_reads_server_sent_events_costs_nothing_and_goes_on_where_they_were() -> None:
    from zinneke.foundations.subscriptions import following

    (stream,) = make("one")
    actor = somebody()
    number = alerts_of(actor, full(actor), v.Endpoint(kind="events")).standing.id
    reader = following.begin(actor, number, "")
    observe(stream, *([90, 10] * 50))
    first = reader.take()
    assert first is not None and b"alert.opened" in first
    again = following.begin(actor, number, first.decode().split("\n")[0].removeprefix("id: "))
    kinds = []
    while told := again.take():
        kinds.append(told.decode().split("\n")[1])
    assert kinds[:2] == ["event: alert.closed", "event: alert.opened"] and len(kinds) == 99


def test_the_door_for_machines(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    actor = somebody()
    client = TestClient(build())
    headers = {"Authorization": f"Bearer {identity.add_own_token(actor, 'machine', SCOPES)}"}
    wish = {"name": "Nearly full", "when": {"kind": "threshold", "above": 80, "hysteresis": 5}, "wanted": {"reading": "fill"}}
    observe(stream, 90)
    tried = client.post("/api/alert-rules/try?days=3", json=wish, headers=headers)
    assert tried.status_code == 200, tried.text
    assert (tried.json()["count"], tried.json()["streams"], len(tried.json()["days"])) == (1, 1, 4)
    assert not observed.Alert.objects.filter(rule__startswith="rule-").exists()
    made = client.post("/api/alert-rules", json=wish, headers=headers)
    assert made.status_code == 201, made.text
    at = f"/api/alert-rules/{made.json()['id']}"
    assert (made.json()["open"], made.json()["streams"], made.json()["own"]) == (1, 1, True)
    assert [each["key"] for each in client.get("/api/alert-rules", headers=headers).json()["rules"]] == [made.json()["key"]]
    assert client.post(f"{at}/pause", headers=headers).json()["state"] == "paused"
    assert client.post(f"{at}/resume", headers=headers).json()["open"] == 1
    changed = client.put(at, json={**wish, "when": {"kind": "silent"}}, headers=headers)
    assert changed.json()["rule"]["when"]["kind"] == "silent" and changed.json()["open"] == 0
    assert client.get("/api/alerts?all=true", headers=headers).json()["alerts"][0]["rule"] == made.json()["key"]
    assert client.get("/api/alerts?all=true").json()["alerts"] == [], "it is one's own"
    assert client.delete(at, headers=headers).status_code == 204
    assert client.get(at, headers=headers).status_code == 404
    for wrong in ({"when": {"kind": "tides"}}, {"when": {"kind": "threshold", "above": "much"}}, {"wanted": {}}, {"name": ""}):
        assert client.post("/api/alert-rules", json={**wish, **wrong}, headers=headers).status_code in (400, 422)
    narrow = {"Authorization": f"Bearer {identity.add_own_token(actor, 'narrow', ['see:*'])}"}
    assert client.post("/api/alert-rules", json=wish, headers=narrow).status_code == 403
    assert client.get("/api/alert-rules").status_code == 401


@pytest.mark.parametrize(
    ("when", "count"),
    [
        (Threshold(above=80), 3), (Threshold(above=80, lasting=600), 1), (Rate(rises=50, per="minute"), 3), (Frozen(after=300), 2),
        (Silent(after=1800), 1), (Anomaly(), 0), (Geofence(when="inside", box=(4, 50, 5, 51)), 0),
    ],
)  # fmt: skip
def test_what_a_rule_would_have_said_is_what_it_says(when: Any, count: int) -> None:
    (stream,) = make("one")
    values = [10, 90, 10, 90, 10, *([90] * 12), 10, 20, 20, 20, 20, 20, 20, 30]
    observe(stream, *values)
    observe(stream, 40, begin=len(values) + 60)
    wish = Rule(name="try", when=when, wanted=Wanted(reading="fill"))
    actor = somebody()
    trial = rules.try_rule(actor, wish, 2)
    assert trial.count == count and not trial.cut
    assert sum(day.count for day in trial.days) == count
    if count and not isinstance(when, Silent | Frozen):
        fresh = make("two")[0]
        rules.add_rule(actor, wish)
        observe(fresh, *values)
        said = observed.Alert.objects.filter(stream_id=fresh.id).order_by("since").values_list("since", "until")
        assert list(said) == [(each.since, each.until) for each in reversed(trial.alerts)]


def test_a_trial_reads_what_one_may_see_and_says_when_it_was_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    from zinneke.foundations.observations.alerting import trying
    from zinneke.kernel.confidentiality import Level

    (hidden,) = make("hidden", level=Level.PERSONAL)
    (seen,) = make("seen")
    observe(hidden, 90)
    observe(seen, *([90, 10] * 20))
    wish = Rule(name="try", when=Threshold(above=80), wanted=Wanted(reading="fill"))
    trial = rules.try_rule(somebody(), wish, 7)
    assert (trial.matching, trial.count, {each.stream for each in trial.alerts}) == (1, 20, {seen.id})
    monkeypatch.setattr(trying, "MOST_ROWS", 10)
    assert rules.try_rule(somebody(), wish, 7).cut is True


@pytest.mark.parametrize(
    ("language", "tried", "kept"),
    [("fr", "Elle aurait ouvert 1 alerte", "1 alerte ouverte"), ("nl", "Hij zou 1 melding hebben geopend", "1 open melding"),
     ("en", "It would have opened 1 alert", "1 open alert")],
)  # fmt: skip
def test_somebody_tries_keeps_pauses_and_removes_a_rule(language: str, tried: str, kept: str) -> None:
    (stream,) = make("one")
    observe(stream, 90)
    actor = somebody()
    client = browser(actor)
    new = f"/{language}/alert-rules/new/"
    form = {**FORM, "stream": stream.id}
    page = client.post(new, {**form, "answer": "try"}).content.decode()
    assert tried in page and "Presque plein" in page
    assert not observed.AlertRule.objects.exists()
    page = client.post(new, {**form, "answer": "save"}, follow=True).content.decode()
    assert kept in page
    number = observed.AlertRule.objects.get().pk
    assert f"?rule=rule-{number}" in page
    assert kept in client.get(f"/{language}/alert-rules/").content.decode()
    act = f"/{language}/alert-rules/{number}/act/"
    assert kept not in client.post(act, {"answer": "pause"}, follow=True).content.decode()
    assert kept in client.post(act, {"answer": "resume"}, follow=True).content.decode()
    assert client.get(act).status_code == 405
    client.post(act, {"answer": "remove"})
    assert not observed.AlertRule.objects.exists()


def test_one_subscribes_from_the_page_of_a_rule_and_sees_who_is_told() -> None:
    (stream,) = make("one")
    actor = somebody()
    rule = full(actor, name="Nearly full")
    client = browser(actor)
    assert "Nearly full" in client.get(f"/en/subscriptions/?rule={rule.key}").content.decode()
    form = {"name": "Told", "kind": "alerts", "transport": "mail", "pause": "900", "condition": "", "limit": "", "rule": rule.key}
    client.post("/en/subscriptions/", form)
    (made,) = store.list_own(actor)
    assert made.subscription.wanted.rules == (rule.key,)
    observe(stream, 90)
    page = client.get(f"/en/alert-rules/{rule.id}/").content.decode()
    assert "1 subscription is about this rule." in page and "The oldest alert waits since" in page and "Told" in page
    assert "Nearly full" in client.get(f"/en/subscriptions/{made.id}/").content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"above": ""}, "Donnez une limite"), ({"above": "beaucoup"}, "nombre"), ({"name": ""}, "obligatoire"), ({"stream": ""}, "quels capteurs"),
        ({"above": "10", "below": "20"}, "ne laissent rien"), ({"kind": "rate"}, "de combien"), 
        ({"kind": "anomaly", "deviations": "1"}, "trop petit"),
        ({"kind": "geofence"}, "Dites où"), ({"kind": "geofence", "box": "1 2 3"}, "cadre"), ({"kind": "geofence", "polygon": "{"}, "GeoJSON"),
        ({"kind": "silent", "silence": "99999999"}, "31 jours"), ({"kind": "pigeons"}, "pigeons"), ({"lasting": "-5"}, "trop petit"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told_in_ones_language(change: dict[str, str], said: str) -> None:
    (stream,) = make("one")
    answer = browser(somebody()).post("/fr/alert-rules/new/", {**FORM, "stream": str(stream.id), "answer": "save", **change})
    assert answer.status_code == 422 and said in answer.content.decode().replace("\xa0", " ")
    assert not observed.AlertRule.objects.exists()


def test_others_and_visitors_see_no_rule_of_ones_own() -> None:
    make("one")
    rule = full(somebody(), name="quagsecret")
    shared = full(somebody("steward"), shared=True, name="for all")
    other = browser(somebody())
    assert Client().get("/fr/alert-rules/").status_code in (302, 401)
    page = other.get("/fr/alert-rules/").content.decode()
    assert "quagsecret" not in page and "for all" in page
    assert other.get(f"/fr/alert-rules/{rule.id}/").status_code == 404
    assert other.post(f"/fr/alert-rules/{rule.id}/act/", {"answer": "remove"}).status_code == 404
    assert other.get(f"/fr/alert-rules/{shared.id}/").status_code == 200
    assert other.post(f"/fr/alert-rules/{shared.id}/act/", {"answer": "remove"}).status_code == 403
    for path in ("x/", "99999999999999999999/", "999/"):
        assert other.get(f"/fr/alert-rules/{path}").status_code == 404


def test_what_no_observation_sets_off_is_told_too(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_began", 0)
    (stream,) = make("one")
    actor = somebody()
    rule = rules.add_rule(actor, Rule(name="Quiet", when=Silent(after=60), wanted=Wanted(reading="fill")))
    number = alerts_of(actor, rule, v.Endpoint(kind="webhook", address=endpoint.address)).standing.id
    observe(stream, 1)
    watching.look(NOON + timedelta(hours=1))
    turn(number)
    assert [json.loads(sent.body)["type"] for sent in endpoint.sent] == ["zinneke.alert.opened"]
    assert models.Occurrence.objects.count() == 1 and datetime.now(UTC)
