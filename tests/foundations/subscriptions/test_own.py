"""A subscription is one's own: who may make, see and change it, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.foundations.subscriptions.town import hook, make, observe, outbox, somebody, subscribe
from zinneke.foundations.identity import store as identity
from zinneke.foundations.subscriptions import models, store
from zinneke.foundations.subscriptions import values as v
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db


def refused(call: Any) -> Problem:
    with pytest.raises(Problem) as told:
        call()
    return told.value


def test_somebody_elses_subscription_looks_like_none(endpoint: Endpoint) -> None:
    mine, other = somebody(), somebody("administrator")
    number = subscribe(mine, endpoint.address, key="urn:mine").standing.id
    for verb in (store.get, store.remove, store.pause, store.resume, store.renew_secret, store.list_letters, store.test):
        for name in (number, "urn:mine"):
            told = refused(lambda verb=verb, name=name: verb(other, name))
            missing = refused(lambda verb=verb: verb(other, 9999))
            assert (told.status, told.title) == (missing.status, missing.title) == (404, "Not found")
    assert refused(lambda: store.change(other, number, hook(endpoint.address))).status == 404
    assert store.list_own(other) == [] and store.find(other, "urn:mine") is None
    assert store.find(mine, "urn:mine") is not None


def test_visitors_and_the_platform_itself_have_none_and_a_token_needs_its_scope(endpoint: Endpoint) -> None:
    for nobody in (ANONYMOUS, SYSTEM):
        assert refused(lambda nobody=nobody: store.add(nobody, hook(endpoint.address))).status == 401
        assert refused(lambda nobody=nobody: store.list_own(nobody)).status == 401
    actor = somebody()
    token = identity.add_own_token(actor, "reader", ["see:*"])
    machine = identity.find_actor_by_token(token)
    assert machine is not None
    assert refused(lambda: store.add(machine, hook(endpoint.address))).status == 403
    assert store.list_own(machine) == []


def test_operators_see_how_all_do_but_not_where_they_lead(endpoint: Endpoint) -> None:
    number = subscribe(somebody(), endpoint.address, headers={"X-Key": "secret"}).standing.id
    operator = somebody("operator", "subscriptions")
    (found,) = store.list_all(operator)
    assert found.id == number and found.subscription.endpoint.address == "" and found.subscription.endpoint.headers == {}
    assert refused(lambda: store.list_all(somebody())).status == 403
    store.stop(operator, number)
    assert [each.state for each in store.list_all(operator, "stopped")] == ["stopped"]


def test_the_secret_is_seen_once_is_sealed_and_can_be_renewed(endpoint: Endpoint) -> None:
    actor = somebody()
    made = subscribe(actor, endpoint.address)
    assert made.secret.startswith("whsec_")
    row = models.Subscription.objects.get()
    assert made.secret not in row.secret and made.secret not in repr(store.get(actor, row.pk))
    renewed = store.renew_secret(actor, row.pk)
    assert renewed != made.secret
    assert store.test(actor, row.pk).good
    from zinneke.foundations.subscriptions.rules import sign

    (sent,) = endpoint.sent
    moment = int(sent.headers["webhook-timestamp"])
    assert sent.headers["webhook-signature"] == sign(renewed, sent.headers["webhook-id"], moment, sent.body)
    assert sent.json["data"]["test"] is True and sent.json["type"] == "zinneke.test"
    assert store.get(actor, row.pk).sequence == 0


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"kinds": ()}, "kinds"),
        ({"kinds": ("weather",)}, "kinds"),
        ({"shape": "none such"}, "shape"),
        ({"condition": v.Condition("none such")}, "condition"),
        ({"condition": v.Condition("above", {"limit": "high"})}, "condition"),
        ({"condition": v.Condition("above", {"limit": True})}, "condition"),
        ({"expires": datetime(2020, 1, 1, tzinfo=UTC)}, "expires"),
        ({"expires": datetime(2040, 1, 1)}, "expires"),
        ({"headers": {"Host": "elsewhere"}}, "endpoint.headers"),
        ({"headers": {"webhook-signature": "v1,x"}}, "endpoint.headers"),
        ({"headers": {"X": "a\r\nY: b"}}, "endpoint.headers"),
        ({"headers": {"X Y": "a"}}, "endpoint.headers"),
        ({"headers": {f"X{at}": "a" for at in range(21)}}, "endpoint.headers"),
    ],
)
def test_what_makes_no_sense_is_refused_with_where(endpoint: Endpoint, change: dict[str, Any], where: str) -> None:
    told = refused(lambda: subscribe(somebody(), endpoint.address, **change))
    assert (told.status, told.extra.get("where")) == (400, where)
    assert not models.Subscription.objects.exists()


@pytest.mark.parametrize(
    "wish",
    [
        v.Endpoint(kind="mail", address="other@example.org"),
        v.Endpoint(kind="events", address="http://example.org"),
        v.Endpoint(kind="webhook", address=""),
        v.Endpoint(kind="webhook", address="no address"),
    ],
)
def test_endpoints_that_lead_nowhere_are_refused(wish: v.Endpoint) -> None:
    assert refused(lambda: store.add(somebody(), v.Subscription(endpoint=wish, throttling=100))).status == 400


def test_a_key_is_taken_once_and_kept(endpoint: Endpoint) -> None:
    actor = somebody()
    made = subscribe(actor, endpoint.address, key="urn:one")
    assert refused(lambda: subscribe(actor, endpoint.address, key="urn:one")).status == 409
    assert refused(lambda: store.change(actor, "urn:one", hook(endpoint.address))).status == 400
    assert store.change(actor, "urn:one", hook(endpoint.address, key="urn:one", name="renamed")).id == made.standing.id
    store.remove(actor, "urn:one")
    assert refused(lambda: store.get(actor, "urn:one")).status == 404


def test_a_change_keeps_what_is_owed_and_counts_from_there(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    actor = somebody()
    number = subscribe(actor, endpoint.address).standing.id
    observe(stream, 1, 2)
    box, clock = outbox()
    endpoint.answer = 500
    box.turn(number)
    with Endpoint() as elsewhere:
        store.change(actor, number, hook(elsewhere.address))
        box.turn(number)
        assert [sent.values for sent in elsewhere.sent] == [[1, 2]]


def test_one_has_so_many_and_an_end_that_is_moved_lives_again(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST", 1)
    actor = somebody()
    number = subscribe(actor, endpoint.address).standing.id
    assert refused(lambda: subscribe(actor, endpoint.address)).status == 409
    models.Subscription.objects.update(state="expired")
    assert refused(lambda: store.resume(actor, number)).status == 409
    later = datetime.now(UTC) + timedelta(days=1)
    assert store.change(actor, number, hook(endpoint.address, expires=later)).state == "active"


def test_a_letter_goes_to_ones_own_address_in_ones_language(mailoutbox: list[Any]) -> None:
    (stream,) = make("one")
    actor = somebody()
    identity.set_own_language(actor, "nl")
    number = store.add(actor, v.Subscription(name="Vol", endpoint=v.Endpoint(kind="mail"), throttling=60)).standing.id
    observe(stream, 91)
    box, _ = outbox()
    outcome = box.turn(number)
    assert outcome is not None and outcome.good
    (letter,) = mailoutbox
    assert letter.subject == "Nieuwe metingen: Vol" and "91" in letter.body and letter.to == [identity.get_own_record(actor).email]
    assert store.test(actor, number).good and mailoutbox[1].subject == "Test: Vol"
    assert refused(lambda: store.add(actor, v.Subscription(endpoint=v.Endpoint(kind="mail")))).extra["where"] == "throttling"
