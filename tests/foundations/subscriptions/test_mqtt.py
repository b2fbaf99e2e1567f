"""Notifications over MQTT: through a real broker, at one's own topics only, with everything that the outbox promises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.broker import Broker, running, until
from tests.foundations.subscriptions.town import make, observe, outbox, somebody
from zinneke.foundations import mqtt
from zinneke.foundations.observations.values import Wanted
from zinneke.foundations.subscriptions import brokers, store
from zinneke.foundations.subscriptions.values import Endpoint, Subscription
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with running(tmp_path_factory.mktemp("broker")) as started:
        yield started


@pytest.fixture
def session(broker: Broker, settings: Any, tmp_path: Path) -> Iterator[mqtt.Session]:
    settings.MQTT_URL, settings.MQTT_PUBLIC_URL = broker.url, "mqtt://broker.city.test"
    made = mqtt.Session(broker.url, f"subscriptions-{tmp_path.name}")
    mqtt.start(made)
    until(lambda: made.connected, "the broker has us")
    yield made
    mqtt.stop()


@contextmanager
def listening(broker: Broker, topic: str) -> Iterator[list[MQTTMessage]]:
    """Listen to a topic, from when the broker knows of it."""
    came: list[MQTTMessage] = []
    ready: list[int] = []
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.on_message = lambda *told: came.append(told[-1])
    client.on_connect = lambda client, *_: client.subscribe(topic, 1)
    client.on_subscribe = lambda *_: ready.append(1)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    until(lambda: ready, "the subscription at the broker")
    try:
        yield came
    finally:
        client.disconnect()
        client.loop_stop()


def topic_of(actor: Actor, name: str = "fill") -> str:
    return f"{brokers.prefix(actor.person or 0)}{name}"


def asked(topic: str, most: int = 100) -> Subscription:
    return Subscription(wanted=Wanted(solution="demo"), endpoint=Endpoint(kind="mqtt", address=topic, most=most))


def test_what_is_stored_is_published_as_cloud_events_in_order(broker: Broker, session: mqtt.Session) -> None:
    (stream,) = make("one")
    actor = somebody()
    made = store.add(actor, asked(topic_of(actor), most=2))
    assert made.secret == "", "the broker vouches for who publishes: there is nothing to sign"
    box, _ = outbox()
    with listening(broker, topic_of(actor)) as came:
        observe(stream, 1, 2, 3)
        while (outcome := box.turn(made.standing.id)) is not None:
            assert outcome.good
        until(lambda: len(came) == 2, "both notifications")
    told = [json.loads(message.payload) for message in came]
    assert [each["sequence"] for each in told] == [f"{at:016d}" for at in (1, 2)]
    assert [event["value"] for each in told for event in each["data"]["events"]] == [1, 2, 3]
    assert getattr(came[0].properties, "ContentType", "") == "application/cloudevents+json"


def test_a_broker_that_is_away_is_tried_again_and_then_everything_comes(broker: Broker, session: mqtt.Session) -> None:
    (stream,) = make("one")
    actor = somebody()
    number = store.add(actor, asked(topic_of(actor))).standing.id
    mqtt.stop()
    observe(stream, 1)
    box, clock = outbox()
    outcome = box.turn(number)
    assert outcome is not None and not outcome.good and "no MQTT broker" in outcome.reason
    assert box.turn(number) is None, "it waits before it is tried again"
    observe(stream, 2, begin=1)
    back = mqtt.Session(broker.url, "back")
    mqtt.start(back)
    until(lambda: back.connected, "the broker has us again")
    clock.pass_(minutes=1)
    with listening(broker, topic_of(actor)) as came:
        while box.turn(number) is not None:
            pass
        until(lambda: len(came) == 2, "what was tried before, and what came since")
    assert [event["value"] for message in came for event in json.loads(message.payload)["data"]["events"]] == [1, 2]
    assert store.get(actor, number).lag.waiting == 0  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("topic", "why"),
    [
        ("", "begin with"), ("devices/bin-17/commands", "begin with"), ("subscribers/999999/x", "begin with"), ("{own}", "no [+]"),
        ("{own}a/+/b", "no [+]"), ("{own}a//b", "no [+]"), ("{own}#", "no [+]"), ("{own}" + "x" * 400, "no [+]"), ("{own}a\0", "no [+]"),
    ],
)  # fmt: skip
def test_nobody_is_told_at_a_topic_that_is_not_their_own(settings: Any, topic: str, why: str) -> None:
    settings.MQTT_URL = "mqtt://127.0.0.1"
    actor = somebody()
    with pytest.raises(Problem, match=why):
        store.add(actor, asked(topic.replace("{own}", brokers.prefix(actor.person or 0))))


def test_without_a_broker_one_is_told_to_choose_another_way(settings: Any) -> None:
    settings.MQTT_URL = ""
    actor = somebody()
    with pytest.raises(Problem, match="no MQTT broker"):
        store.add(actor, asked(topic_of(actor)))


def test_an_address_of_a_broker_names_the_citys_own_and_no_other(settings: Any) -> None:
    settings.MQTT_URL, settings.MQTT_PUBLIC_URL = "mqtt://zinneke:secret@127.0.0.1:1884", "mqtts://broker.city.test"
    assert brokers.topic_at("mqtts://broker.city.test/subscribers/1/a") == "subscribers/1/a"
    assert brokers.topic_at("mqtt://127.0.0.1:1884/subscribers/1/a%20b") == "subscribers/1/a b"
    for other in ("mqtt://elsewhere.test/subscribers/1/a", "mqtt://127.0.0.1/subscribers/1/a", "mqtt:///a"):
        with pytest.raises(Problem, match="own broker") as refused:
            brokers.topic_at(other)
        assert refused.value.status == 422 and "mqtts://broker.city.test/topic" in refused.value.detail
    for strange in ("mqtt://me:pw@127.0.0.1:1884/a", "mqtt://127.0.0.1:port/a"):
        with pytest.raises(Problem):
            brokers.topic_at(strange)
