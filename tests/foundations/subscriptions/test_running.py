"""The thread that delivers, with real endpoints: one that hangs or fails delays nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Event

import pytest

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.foundations.subscriptions.town import make, observe, somebody, subscribe
from zinneke.foundations.subscriptions import lifecycle, models, running, sending, store

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def running_outbox() -> Iterator[None]:
    lifecycle.start()
    yield
    lifecycle.stop()


def until(true: Callable[[], bool]) -> None:
    """Wait for a condition, looking now and then."""
    pause = Event()
    for _ in range(3000):
        if true():
            return
        pause.wait(0.01)
    raise AssertionError("it did not become true")


def test_what_is_stored_arrives(endpoint: Endpoint, running_outbox: None) -> None:
    (stream,) = make("one")
    actor = somebody()
    number = subscribe(actor, endpoint.address).standing.id
    observe(stream, 1)
    endpoint.wait(1)
    observe(stream, 2, begin=1)
    endpoint.wait(2)
    assert [value for sent in endpoint.sent for value in sent.values] == [1, 2]
    until(lambda: store.get(actor, number).sent == 2)


def test_endpoints_that_hang_or_fail_delay_nobody_else(endpoint: Endpoint, running_outbox: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS", 600.0)  # so that those that hang do so to the end
    (stream,) = make("one")
    actor = somebody()
    with ExitStack() as stack:
        dead = [stack.enter_context(Endpoint(answer=0 if at % 2 else 500)) for at in range(12)]
        for each in dead:
            subscribe(actor, each.address)
        number = subscribe(actor, endpoint.address, most=1).standing.id
        observe(stream, *range(20))
        endpoint.wait(20)
        assert [value for sent in endpoint.sent for value in sent.values] == list(range(20))
        for each in dead:
            each.wait(1)
        until(lambda: store.get(actor, number).sent == 20)
        assert models.Subscription.objects.filter(sent=0, failed=0).count() == 6, "those that hang still did when all had arrived"


def test_what_was_owed_when_the_server_stopped_is_sent_at_the_next_start(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    subscribe(somebody(), endpoint.address)
    observe(stream, 1)
    lifecycle.start()
    try:
        endpoint.wait(1)
    finally:
        lifecycle.stop()
    assert endpoint.sent[0].values == [1]


def test_stopping_does_not_wait_for_an_endpoint_that_hangs(running_outbox: None) -> None:
    (stream,) = make("one")
    with Endpoint(answer=0) as hanging:
        subscribe(somebody(), hanging.address)
        observe(stream, 1)
        hanging.wait(1)
        lifecycle.stop()
        assert not lifecycle.ready()


def test_a_fault_in_one_turn_keeps_nobody_from_the_next(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    (stream,) = make("one")
    number = subscribe(somebody(), endpoint.address).standing.id
    own = running.Running()
    ready, faults = own.outbox.ready, []

    class Faulty(running.Outbox):
        def ready(self, number: int):  # type: ignore[no-untyped-def]
            if not faults:
                faults.append(number)
                raise RuntimeError("a fault")
            return ready(number)

    own.outbox = Faulty()
    observe(stream, 1)
    own.start()
    try:
        endpoint.wait(1)
    finally:
        own.stop()
    assert faults == [number]
