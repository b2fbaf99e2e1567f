"""Endpoints that fail, hang, refuse or come back: what is owed is kept, and nobody else waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.foundations.subscriptions.town import hook, make, observe, outbox, somebody, subscribe
from zinneke.foundations.subscriptions import models, rules, sending, store
from zinneke.foundations.subscriptions.values import Outcome
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db


def test_an_endpoint_that_answers_500_for_an_hour_gets_everything_afterwards_in_order(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    actor = somebody()
    made = subscribe(actor, endpoint.address)
    number = made.standing.id
    box, clock = outbox()
    endpoint.answer = 500
    begin, circuits = clock(), []
    for minute in range(60):
        observe(stream, minute, begin=minute)
        box.turn(number)
        row = models.Subscription.objects.get(pk=number)
        circuits.append(rules.circuit(rules.Health(row.failures, row.failing_since, row.refusals, row.due), clock()))
        clock.pass_(minutes=1)
    assert clock() - begin == timedelta(hours=1)
    assert len(endpoint.sent) < 15, "an endpoint that is down is asked ever more rarely"
    assert circuits[0] == "closed" and circuits[-1] == "open"
    waiting = store.get(actor, number)
    assert waiting.lag is not None and waiting.lag.waiting == 60 and waiting.lag.oldest is not None
    assert (waiting.last_status, waiting.sequence, waiting.state) == (500, 0, "active")
    endpoint.answer, heard = 204, len(endpoint.sent)
    clock.pass_(hours=1)
    while box.turn(number) is not None:
        pass
    assert [value for sent in endpoint.sent[heard:] for value in sent.values] == list(range(60))
    found = store.get(actor, number)
    assert (found.circuit, found.lag and found.lag.waiting, found.letters) == ("closed", 0, 0)


def test_pauses_grow_to_an_hour_are_spread_and_heed_retry_after() -> None:
    _, clock = outbox()
    health, pauses = rules.Health(), []
    for _ in range(14):
        health = rules.failed(health, Outcome(False, 500), clock(), 1.0)
        assert health.due is not None
        pauses.append((health.due - clock()).total_seconds())
    assert pauses[:4] == [5, 10, 20, 40] and pauses[-1] == 3600
    early = rules.failed(rules.Health(), Outcome(False, 500), clock(), 0.0)
    assert early.due == clock() + timedelta(seconds=2.5)
    asked = rules.failed(rules.Health(), Outcome(False, 429, after=600), clock(), 1.0)
    assert asked.due == clock() + timedelta(seconds=600)


def test_an_open_circuit_lets_one_attempt_through_and_closes_when_it_succeeds() -> None:
    _, clock = outbox()
    health = rules.Health()
    for _ in range(rules.TRIP):
        assert rules.circuit(health, clock()) == "closed"
        health = rules.failed(health, Outcome(False), clock(), 1.0)
    assert rules.circuit(health, clock()) == "open"
    assert health.due is not None
    assert rules.circuit(health, health.due) == "half-open"
    assert rules.circuit(rules.failed(health, Outcome(False), health.due, 1.0), health.due) == "open"


def test_retry_after_is_heeded(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    made = subscribe(somebody(), endpoint.address)
    observe(stream, 1)
    endpoint.answer, endpoint.after = 429, "900"
    box, clock = outbox()
    box.turn(made.standing.id)
    clock.pass_(seconds=890)
    assert box.turn(made.standing.id) is None
    clock.pass_(seconds=11)
    endpoint.answer = 204
    assert (outcome := box.turn(made.standing.id)) is not None and outcome.good


def test_a_notification_that_is_refused_becomes_a_dead_letter_and_the_next_arrives(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    actor = somebody()
    number = subscribe(actor, endpoint.address, most=1).standing.id
    observe(stream, 13, 14)
    box, clock = outbox()
    endpoint.answer = 422
    for _ in range(rules.REFUSALS):
        box.turn(number)
        clock.pass_(minutes=2)
    endpoint.answer = 204
    box.turn(number)
    assert [sent.values for sent in endpoint.sent] == [[13]] * rules.REFUSALS + [[14]]
    assert endpoint.sent[-1].json["data"]["sequence"] == 2
    (letter,) = store.list_letters(actor, number)
    assert (letter.sequence, letter.status) == (1, 422) and "13" in letter.body
    assert store.get(actor, number).letters == 1

    outcome = store.send_letter(actor, number, letter.id)
    assert outcome.good and endpoint.sent[-1].values == [13]
    assert endpoint.sent[-1].headers["webhook-id"] == endpoint.sent[0].headers["webhook-id"]
    assert store.list_letters(actor, number) == []
    with pytest.raises(Problem, match="no dead letter"):
        store.send_letter(actor, number, letter.id)


def test_a_dead_letter_that_is_refused_again_stays_and_can_be_let_go(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    actor = somebody()
    number = subscribe(actor, endpoint.address).standing.id
    observe(stream, 13)
    box, clock = outbox()
    endpoint.answer = 422
    for _ in range(rules.REFUSALS):
        box.turn(number)
        clock.pass_(minutes=2)
    (letter,) = store.list_letters(actor, number)
    endpoint.answer = 415
    assert not store.send_letter(actor, number, letter.id).good
    assert [each.status for each in store.list_letters(actor, number)] == [415]
    store.remove_letter(actor, number, letter.id)
    assert store.list_letters(actor, number) == []


def test_an_endpoint_that_wants_no_more_or_fails_for_days_is_left_to_a_person(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    actor = somebody()
    number = subscribe(actor, endpoint.address).standing.id
    observe(stream, 1)
    box, clock = outbox()
    endpoint.answer = 410
    box.turn(number)
    found = store.get(actor, number)
    assert found.state == "stopped" and "410" in found.why
    store.resume(actor, number)
    endpoint.answer = 500
    for _ in range(200):
        box.turn(number)
        clock.pass_(hours=1)
    found = store.get(actor, number)
    assert found.state == "stopped" and "3 days" in found.why
    store.resume(actor, number)
    endpoint.answer = 204
    box.turn(number)
    assert endpoint.sent[-1].values == [1], "what was owed when it was stopped is still owed"


def test_an_endpoint_that_hangs_is_left_after_a_while(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    (stream,) = make("one")
    number = subscribe(somebody(), endpoint.address).standing.id
    observe(stream, 1)
    endpoint.answer = 0
    monkeypatch.setattr(sending, "SECONDS", 0.3)
    outcome = outbox()[0].turn(number)
    assert outcome is not None and not outcome.good and "did not answer within" in outcome.reason


def test_nobody_there_is_a_failure_like_others() -> None:
    (stream,) = make("one")
    with Endpoint() as closed:
        address = closed.address
    number = subscribe(somebody(), address).standing.id
    observe(stream, 1)
    outcome = outbox()[0].turn(number)
    assert outcome is not None and not outcome.good and "could not be reached" in outcome.reason


def test_a_place_inside_is_refused_when_asked_for_and_again_when_sent(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    (stream,) = make("one")
    actor = somebody()
    number = subscribe(actor, endpoint.address).standing.id
    observe(stream, 1)
    monkeypatch.delenv("ZINNEKE_FETCH_HOSTS")
    outcome = outbox()[0].turn(number)
    assert outcome is not None and not outcome.good and not endpoint.sent
    for address in ("http://10.1.2.3/x", "http://169.254.169.254/latest", "http://[::1]/", "ftp://example.org/", "http://user:pass@1.1.1.1/"):
        with pytest.raises(Problem) as refused:
            store.add(actor, hook(address))
        assert refused.value.status == 400


def test_a_redirect_is_not_followed(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    number = subscribe(somebody(), endpoint.address).standing.id
    observe(stream, 1)
    endpoint.answer = 302
    outcome = outbox()[0].turn(number)
    assert outcome is not None and not outcome.good and outcome.status == 302 and len(endpoint.sent) == 1
