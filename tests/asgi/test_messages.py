"""The messages' door: who sends, what is stored, what is refused and where that is told; no message holds up another."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from tests.foundations.observations.city import HOUR, NOON, make
from zinneke.asgi import messages
from zinneke.asgi.messages import Intake, called
from zinneke.foundations.mqtt import Heard
from zinneke.foundations.observations import lifecycle, quarantine, store
from zinneke.foundations.observations.refused import Sought
from zinneke.foundations.observations.topics import TOPICS
from zinneke.foundations.observations.values import Stream
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Grant, Level, Right
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Needs
from zinneke.kernel.topic import TAKEN, Message, Outcome, Topic

pytestmark = pytest.mark.django_db
Sent = list[tuple[str, dict[str, Any], bytes]]


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, settings: Any) -> Iterator[None]:
    lifecycle.stop()
    settings.DATA = tmp_path
    yield
    lifecycle.stop()


def device(name: str, *streams: int) -> Actor:
    """Return a device as an actor: it edits its own streams."""
    grants = (Grant("device", frozenset({Right.EDIT}), Level.PERSONAL, subject=f"observations.{number}") for number in streams)
    return Actor(f"device:{name}", name, grants=tuple(grants))


class House:
    """An intake with two registered devices, `a` and `b`, each with the stream of one bin, and what it sent."""

    def __init__(self) -> None:
        self.streams: dict[str, Stream] = dict(zip("ab", make("a", "b"), strict=True))
        self.actors = {name: device(name, stream.id) for name, stream in self.streams.items()}
        self.sent: Sent = []
        self.intake = Intake(TOPICS, self.named, lambda topic, body, correlation: self.sent.append((topic, json.loads(body), correlation)))

    def named(self, names: Collection[str]) -> dict[str, Actor]:
        return {name: self.actors[name] for name in names if name in self.actors}

    def take(self, *sent: tuple[str, Any], **more: Any) -> Sent:
        self.sent.clear()
        payloads = [(topic, body if isinstance(body, bytes) else json.dumps(body).encode()) for topic, body in sent]
        self.intake.take([Heard(topic, payload, **more) for topic, payload in payloads])
        return self.sent

    def values(self, name: str) -> list[float]:
        return [point.value for point in store.history(SYSTEM, self.streams[name].id, NOON, NOON + 24 * HOUR).points]


@pytest.fixture
def house() -> House:
    return House()


def at(hour: int) -> str:
    return (NOON + hour * HOUR).isoformat()


def test_every_form_of_a_message_is_stored(house: House) -> None:
    a = house.streams["a"].id
    forms = [
        {"stream": a, "time": at(0), "value": 1},
        {"reading": "fill", "time": at(1), "value": 2},
        {"observations": [{"stream": a, "time": at(2), "value": 3}]},
        {"streams": [a, a], "times": [at(3), at(4)], "values": [4, 5]},
    ]
    assert house.take(*[("devices/a/observations", form) for form in forms]) == []
    assert house.values("a") == [1, 2, 3, 4, 5]


def test_messages_of_many_devices_share_one_commit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = []
    append = lifecycle.opened().store.append
    monkeypatch.setattr(lifecycle.opened().store, "append", lambda *rows: (commits.append(1), append(*rows)))
    house.take(*[(f"devices/{name}/observations", {"reading": "fill", "time": at(hour), "value": 1}) for name in "ab" for hour in range(10)])
    assert (len(commits), len(house.values("a")), len(house.values("b"))) == (1, 10, 10)


def test_a_device_writes_its_own_streams_only(house: House) -> None:
    told = house.take(
        ("devices/a/observations", {"stream": house.streams["b"].id, "time": at(0), "value": 1}),
        ("devices/b/observations", {"reading": "fill", "time": at(0), "value": 2}),
    )
    assert house.values("a") == [] and house.values("b") == [2]
    ((topic, body, _),) = told
    assert topic == "devices/a/errors" and "not yours to write" in body["reason"]
    (kept,) = quarantine.list_quarantine(SYSTEM)
    assert (kept.who, kept.stream) == ("device:a", house.streams["b"].key)


POISON = [
    (b"", "cannot be read"),
    (b"\xff\xfe", "cannot be read"),
    (b"{", "cannot be read"),
    (b"[1]", "cannot be read"),
    (b"null", "cannot be read"),
    (b"[" * 100_000, "cannot be read"),
    (b'{"value": 1}', "a stream or a reading"),
    (b'{"reading": "fill", "stream": 1, "time": 1, "value": 1}', "a stream or a reading"),
    (b'{"reading": "nothing", "time": 1, "value": 1}', "no stream"),
    (b'{"reading": "fill", "time": "yesterday", "value": 1}', "yesterday"),
    (b'{"reading": "fill", "time": 1, "value": 1}', "before 1990"),
    (b'{"reading": "fill", "time": 9999999999999999, "value": 1}', "ten minutes"),
    (b'{"reading": "fill", "time": "2026-03-10T12:00:00Z", "value": 1e9}', "plausible"),
    (b'{"reading": "fill", "time": "2026-03-10T12:00:00Z", "value": 1, "observations": []}', "not both"),
    (b'{"streams": [1], "times": [], "values": []}', "same number"),
    (b"x" * 1_000_001, "at the most"),
]


@pytest.mark.parametrize(("payload", "reason"), POISON, ids=[f"{at}-{reason}" for at, (_, reason) in enumerate(POISON)])
def test_poison_is_kept_with_its_bytes_told_and_holds_up_nothing(house: House, payload: bytes, reason: str) -> None:
    told = house.take(
        ("devices/a/observations", {"reading": "fill", "time": at(0), "value": 1}),
        ("devices/a/observations", payload),
        ("devices/a/observations", {"reading": "fill", "time": at(1), "value": 2}),
    )
    assert house.values("a") == [1, 2]
    ((topic, body, _),) = told
    assert (topic, body["topic"]) == ("devices/a/errors", "devices/a/observations")
    assert reason in body["reason"]
    (kept,) = quarantine.list_quarantine(SYSTEM)
    assert reason in kept.reason and kept.who == "device:a"
    if kept.size:
        assert (kept.stream, kept.size) == ("devices/a/observations", min(len(payload), quarantine.MOST_RAW))


@pytest.mark.parametrize(
    ("topic", "sender", "told"),
    [
        ("devices/nobody/observations", "nobody known", ["devices/nobody/errors"]),
        ("devices/a/elsewhere", "nobody known", ["devices/a/errors"]),
        ("devices/a/b/observations", "nobody known", ["devices/a/errors"]),
        ("other/a/observations", "nobody known", []),
        ("devices//observations", "nobody known", []),
        ("devices/a\0b/observations", "nobody known", []),
    ],
)
def test_unknown_senders_and_topics_are_refused_and_kept(house: House, topic: str, sender: str, told: list[str]) -> None:
    assert [each for each, _, _ in house.take((topic, {"reading": "fill", "time": at(0), "value": 1}))] == told
    assert house.values("a") == []
    (kept,) = quarantine.list_quarantine(SYSTEM)
    assert (kept.stream, kept.who) == (topic.replace("\0", "�"), sender)
    assert quarantine.list_quarantine(SYSTEM, Sought(solution="demo")) == []


def test_who_asks_for_an_answer_is_told_what_became_of_it_below_its_own_name(house: House) -> None:
    message = ("devices/a/observations", {"reading": "fill", "time": at(0), "value": 1})
    ((topic, body, correlation),) = house.take(message, reply="devices/a/receipts", correlation=b"7")
    assert (topic, body["receipt"]["stored"], body["reason"], correlation) == ("devices/a/receipts", 1, "", b"7")
    for elsewhere in ("devices/b/receipts", "devices/a", "devices/a/#", "v1.1/Things"):
        assert house.take(message, reply=elsewhere) == []


@pytest.mark.parametrize("fault", [Problem(507, "Full"), Problem(429, "Too much"), Problem(503, "Stopping"), OperationalError("locked")])
def test_a_fault_of_ours_is_raised_so_that_nothing_is_acknowledged(house: House, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def fail(*_: object) -> None:
        raise fault

    with monkeypatch.context() as broken:
        broken.setattr(lifecycle.opened().writer, "take", fail)
        with pytest.raises(type(fault)):
            house.take(("devices/a/observations", {"reading": "fill", "time": at(0), "value": 1}))
    house.take(("devices/a/observations", {"reading": "fill", "time": at(0), "value": 1}))
    assert house.values("a") == [1]
    assert quarantine.list_quarantine(SYSTEM) == []


def test_a_fault_in_the_code_is_found_message_by_message() -> None:
    def call(group: Sequence[Message]) -> list[Outcome]:
        if any(each.payload == b"2" for each in group):
            raise ZeroDivisionError("we did not think of this")
        return [TAKEN] * len(group)

    topic = Topic(pattern="x", call=call, audience=Needs(Right.EDIT, "observations"), family="x")
    outcomes = called(topic, [Message("x", b"%d" % number) for number in range(4)])
    assert [bool(outcome.reason) for outcome in outcomes] == [False, False, True, False]
    assert "ZeroDivisionError" in outcomes[2].reason and "think" not in outcomes[2].reason


def test_who_holds_no_right_to_write_is_refused() -> None:
    heard = [Heard("devices/a/observations", b'{"reading": "fill", "time": 1, "value": 1}')]
    sent: Sent = []
    Intake(TOPICS, lambda names: dict.fromkeys(names, ANONYMOUS), lambda topic, body, _: sent.append((topic, json.loads(body), b""))).take(heard)
    assert "sign in" in sent[0][1]["reason"]
    assert len(quarantine.list_quarantine(SYSTEM)) == 1


def test_patterns_say_what_is_subscribed_to_and_what_belongs_there() -> None:
    made = [Topic(pattern=each, call=lambda group: [], audience=TOPICS[0].audience, family="x") for each in ("a/{b}/c", "v1.1/{path:path}", "x(1)")]
    assert [topic.filter for topic in made] == ["a/+/c", "v1.1/#", "x(1)"]
    assert [topic.regex.fullmatch(each) is not None for topic, each in zip(made, ("a/1/2/c", "v1.1/a/b", "x1"), strict=True)] == [False, True, False]
    found = made[0].regex.fullmatch("a/1/c")
    assert found and found.groupdict() == {"b": "1"}


def test_every_topic_needs_the_right_to_edit_and_opens_by_its_family(settings: Any) -> None:
    assert registry.topics()
    assert all(isinstance(topic.audience, Needs) and topic.audience.right is not Right.SEE for topic in registry.topics())
    assert len({topic.pattern for topic in registry.topics()}) == len(registry.topics())
    settings.MQTT_TOPICS = ("devices", "nonsense")
    with pytest.raises(ValueError, match="nonsense"):
        messages.open_topics()
