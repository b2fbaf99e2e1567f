"""What is stored is told: at least once, in order, numbered without a hole, signed, and within the rights of the moment."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.foundations.subscriptions.town import email_of, make, observe, outbox, somebody, subscribe
from zinneke.foundations.identity import store as identity
from zinneke.foundations.observations import lifecycle
from zinneke.foundations.observations.values import Wanted
from zinneke.foundations.subscriptions import models, store
from zinneke.foundations.subscriptions.values import Condition
from zinneke.kernel.confidentiality import SYSTEM, Level

pytestmark = pytest.mark.django_db


def test_an_observation_comes_as_a_signed_cloud_event(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    actor = somebody()
    made = subscribe(actor, endpoint.address, headers={"X-Own": "yes"})
    observe(stream, 12.5)
    box, clock = outbox()
    assert [number for number, _ in box.list_due()] == [made.standing.id]
    outcome = box.turn(made.standing.id)
    assert outcome is not None and outcome.good and outcome.status == 204

    (sent,) = endpoint.sent
    told = sent.json
    assert (told["specversion"], told["type"], told["id"]) == ("1.0", "zinneke.observation", f"{made.standing.id}-1")
    assert told["source"].endswith(f"/api/subscriptions/{made.standing.id}")
    (event,) = told["data"]["events"]
    assert (event["stream"], event["value"], event["reading"], event["thing"]) == (stream.id, 12.5, "fill", "demo/one")
    assert sent.headers["content-type"] == "application/cloudevents+json"
    assert sent.headers["x-own"] == "yes"
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    signed = f"{sent.headers['webhook-id']}.{sent.headers['webhook-timestamp']}.".encode() + sent.body
    assert sent.headers["webhook-signature"] == "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert int(sent.headers["webhook-timestamp"]) == int(clock().timestamp())
    assert box.turn(made.standing.id) is None and box.list_due() == []
    found = store.get(actor, made.standing.id)
    assert (found.sequence, found.sent, found.failed, found.lag and found.lag.waiting) == (1, 1, 0, 0)


def test_binary_mode_puts_the_attributes_into_headers(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    made = subscribe(somebody(), endpoint.address, mode="binary")
    observe(stream, 1)
    outbox()[0].turn(made.standing.id)
    (sent,) = endpoint.sent
    assert (sent.headers["ce-type"], sent.headers["ce-specversion"], sent.headers["content-type"]) == (
        "zinneke.observation",
        "1.0",
        "application/json",
    )
    assert sent.headers["ce-id"] == sent.headers["webhook-id"] == f"{made.standing.id}-1"
    assert sent.json["events"][0]["value"] == 1


def test_order_and_numbers_have_no_hole_whatever_fails_between(endpoint: Endpoint) -> None:
    first, second = make("one", "two")
    made = subscribe(somebody(), endpoint.address, most=3)
    for at in range(5):
        observe(first, at, begin=at)
        observe(second, 50 + at, begin=at)
    box, clock = outbox()
    for attempt in range(12):
        endpoint.answer = 500 if attempt % 3 == 1 else 204
        box.turn(made.standing.id)
        clock.pass_(minutes=1)
    good = [sent for at, sent in enumerate(endpoint.sent) if at == 0 or sent.json["id"] != endpoint.sent[at - 1].json["id"]]
    assert [sent.json["data"]["sequence"] for sent in good] == [1, 2, 3, 4]
    assert [value for sent in good for value in sent.values] == [0, 50, 1, 51, 2, 52, 3, 53, 4, 54]
    assert len(endpoint.sent) > len(good)


def test_what_is_tried_again_is_the_same_even_after_a_restart_and_with_more_stored_since(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    made = subscribe(somebody(), endpoint.address)
    observe(stream, 1, 2)
    box, clock = outbox()
    endpoint.answer = 503
    box.turn(made.standing.id)
    observe(stream, 3, begin=10)
    lifecycle.stop()
    endpoint.answer = 204
    box, later = outbox()
    later.pass_(hours=1)
    box.turn(made.standing.id)
    box.turn(made.standing.id)
    assert [sent.values for sent in endpoint.sent] == [[1, 2], [1, 2], [3]]
    assert endpoint.sent[0].headers["webhook-id"] == endpoint.sent[1].headers["webhook-id"] != endpoint.sent[2].headers["webhook-id"]


def test_a_crash_after_it_arrived_and_before_that_was_kept_sends_it_again(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    made = subscribe(somebody(), endpoint.address)
    observe(stream, 1)
    box, _ = outbox()
    parcel = box.ready(made.standing.id)
    assert parcel is not None  # it is sent, and then the process ends
    again = outbox()[0].ready(made.standing.id)
    assert again is not None and (again.identifier, again.shaped.body) == (
        parcel.identifier,
        parcel.shaped.body.replace(parcel.notification.made.isoformat().encode(), again.notification.made.isoformat().encode()),  # type: ignore[union-attr]
    )


def test_a_duplicate_and_a_refused_value_are_told_to_nobody(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    made = subscribe(somebody(), endpoint.address)
    observe(stream, 1)
    from tests.foundations.observations.city import NOON, batch
    from zinneke.foundations.observations import store as observations

    receipt = observations.ingest(SYSTEM, batch((stream.id, NOON, 1), (stream.id, NOON, 2), (stream.id, NOON.replace(hour=13), 4000)))
    assert (receipt.stored, receipt.duplicates, receipt.refusals) == (0, 1, 2)
    box, _ = outbox()
    box.turn(made.standing.id)
    assert box.turn(made.standing.id) is None
    assert [sent.values for sent in endpoint.sent] == [[1]]


def test_only_what_is_wanted_and_holds_is_told(endpoint: Endpoint) -> None:
    first, second = make("one", "two")
    (other,) = make("three", solution="other")
    box, _ = outbox()
    actor = somebody()
    wants = [
        ({"wanted": Wanted(streams=(second.id,))}, [5.0, 95.0]),
        ({"wanted": Wanted(things=("demo/one",))}, [7.0]),
        ({"wanted": Wanted(solution="other")}, [9.0]),
        ({"wanted": Wanted(area="99999")}, []),
        ({"condition": Condition("above", {"limit": 90})}, [95.0]),
        ({"condition": Condition("outside", {"low": 6, "high": 90})}, [5.0, 95.0]),
        ({"condition": Condition("below", {"limit": 6})}, [5.0]),
    ]
    made = [subscribe(actor, endpoint.address, **wish).standing.id for wish, _ in wants]
    observe(first, 7)
    observe(second, 5, 95)
    observe(other, 9)
    for number, (wish, expected) in zip(made, wants, strict=True):
        endpoint.sent.clear()
        box.turn(number)
        assert [value for sent in endpoint.sent for value in sent.values] == expected, wish


def test_nothing_of_before_the_subscription_is_told_and_nothing_is_noted_for_nobody(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    observe(stream, 1)
    assert lifecycle.opened().journal.end == 0
    made = subscribe(somebody(), endpoint.address)
    observe(stream, 2, begin=5)
    outbox()[0].turn(made.standing.id)
    assert [sent.values for sent in endpoint.sent] == [[2]]
    assert lifecycle.opened().journal.end == 1


def test_a_right_that_is_taken_away_ends_delivery_also_of_what_was_owed_before(endpoint: Endpoint) -> None:
    open_, closed = *make("open"), *make("closed", level=Level.SHARED)
    actor = somebody("partner")
    made = subscribe(actor, endpoint.address)
    observe(open_, 1)
    observe(closed, 2)
    box, _ = outbox()
    box.turn(made.standing.id)
    observe(open_, 3, begin=5)
    observe(closed, 4, begin=5)
    identity.revoke_role(SYSTEM, email_of(actor), "partner", "", "*")
    box.turn(made.standing.id)
    assert [sent.values for sent in endpoint.sent] == [[1, 2], [3]]


def test_a_right_that_is_taken_away_empties_even_what_was_tried_already(endpoint: Endpoint) -> None:
    (closed,) = make("closed", level=Level.SHARED)
    actor = somebody("partner")
    made = subscribe(actor, endpoint.address)
    observe(closed, 2)
    box, clock = outbox()
    endpoint.answer = 500
    box.turn(made.standing.id)
    identity.revoke_role(SYSTEM, email_of(actor), "partner", "", "*")
    endpoint.answer = 204
    clock.pass_(minutes=1)
    box.turn(made.standing.id)
    assert [sent.values for sent in endpoint.sent] == [[2], []]
    assert endpoint.sent[1].json["data"]["sequence"] == 1


def test_a_revoked_token_stops_what_was_made_with_it_and_says_so(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    actor = somebody()
    token = identity.add_own_token(actor, "machine", ["see:observations", "edit:subscriptions"])
    machine = identity.find_actor_by_token(token)
    assert machine is not None
    made = subscribe(machine, endpoint.address)
    observe(stream, 1)
    identity.revoke_own_token(actor, identity.list_own_tokens(actor)[0].id)
    box, _ = outbox()
    assert box.turn(made.standing.id) is None
    found = store.get(actor, made.standing.id)
    assert found.state == "stopped" and "no longer valid" in found.why and not endpoint.sent
    store.resume(actor, made.standing.id)
    box.turn(made.standing.id)
    assert [sent.values for sent in endpoint.sent] == [[1]]


def test_throttling_gathers_what_is_stored_meanwhile_into_the_next(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    made = subscribe(somebody(), endpoint.address, throttling=60)
    box, clock = outbox()
    observe(stream, 1)
    box.turn(made.standing.id)
    observe(stream, 2, begin=1)
    observe(stream, 3, begin=2)
    assert box.turn(made.standing.id) is None and box.list_due() == []
    clock.pass_(seconds=61)
    box.turn(made.standing.id)
    assert [sent.values for sent in endpoint.sent] == [[1], [2, 3]]


def test_a_pause_tells_nothing_of_meanwhile_and_an_end_is_an_end(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    actor = somebody()
    made = subscribe(actor, endpoint.address)
    store.pause(actor, made.standing.id)
    observe(stream, 1)
    box, clock = outbox()
    assert box.turn(made.standing.id) is None
    store.resume(actor, made.standing.id)
    observe(stream, 2, begin=1)
    box.turn(made.standing.id)
    assert [sent.values for sent in endpoint.sent] == [[2]]
    models.Subscription.objects.update(expires=clock())
    observe(stream, 3, begin=2)
    assert box.list_due() == [] and store.get(actor, made.standing.id).state == "expired"


def test_what_was_dropped_because_it_waited_too_long_is_told(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    made = subscribe(somebody(), endpoint.address)
    journal = lifecycle.opened().journal
    journal._segment_size = 0
    for at in range(6):
        observe(stream, at, begin=at)
    journal.trim(4)
    outbox()[0].turn(made.standing.id)
    (sent,) = endpoint.sent
    assert sent.json["data"]["missed"] == {"observations": 4, "occurrences": 0} and sent.values == [4, 5]


def test_an_older_journal_put_back_is_told_as_missed_and_goes_on(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    made = subscribe(somebody(), endpoint.address)
    models.Subscription.objects.update(position=1000)
    observe(stream, 1)
    box, _ = outbox()
    box.turn(made.standing.id)
    observe(stream, 2, begin=1)
    box.turn(made.standing.id)
    assert endpoint.sent[0].json["data"]["missed"] is not None and endpoint.sent[1].values == [2]
