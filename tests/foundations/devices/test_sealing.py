"""Messages signed over MQTT: taken once, over what was sent and where, in both forms; late ones too, and none by one who has no key."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from hashlib import sha256

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.foundations.devices.test_store import registered, stream_of
from tests.foundations.observations.city import NOON
from zinneke.asgi.messages import Intake
from zinneke.foundations.devices import opening, sealing, store
from zinneke.foundations.devices.opening import Opened
from zinneke.foundations.devices.values import DeviceRow
from zinneke.foundations.mqtt import Heard
from zinneke.foundations.observations import quarantine
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.refused import Mend
from zinneke.foundations.observations.topics import TOPICS
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem
from zinneke.kernel.refusals import say

pytestmark = pytest.mark.django_db
TOPIC = "devices/bin-17/observations"
Sent = tuple[str, str, bytes, Mapping[str, str]]


def signed(key: str, number: int, body: bytes, topic: str = TOPIC, name: str = "bin-17") -> Sent:
    """Return a message as a device of MQTT 5 sends it, signed here as the documents say and not by the code under test."""
    code = hmac.new(key.encode(), f"{topic}\n{number}\n".encode() + body, sha256).hexdigest()
    return name, topic, body, {"number": str(number), "signature": code}


def token(key: str, number: object, body: bytes, topic: str = TOPIC, **more: object) -> Sent:
    """Return a message as a device of MQTT 3.1.1 sends it."""
    return "bin-17", topic, jwt.PyJWS().encode(body, key, "HS256", {"number": number, "topic": topic, **more}).encode(), {}


def taken(*sent: Sent) -> list[Opened]:
    found = opening.open_all(sent)
    opening.take(found)
    return found


@pytest.mark.parametrize("form", [signed, token])
def test_a_signed_message_is_taken_once_however_late(form: object) -> None:
    _, key = registered()
    message = form(key, 7, b"payload")  # type: ignore[operator]
    first, twin = taken(message, message)
    assert (first.payload, first.reason, first.again) == (b"payload", "", False)
    assert twin.again
    (again,) = taken(message)
    assert (again.again, again.reason) == (True, "")


@pytest.mark.parametrize("form", [signed, token])
def test_what_was_changed_on_the_way_is_refused(form: object) -> None:
    _, key = registered()
    name, topic, payload, properties = form(key, 7, b"payload")  # type: ignore[operator]
    _, other = registered("bin-18")
    wrong = [
        (name, topic + "/x", payload, properties),
        (name, topic, payload.replace(b"p", b"q").replace(b"e", b"f"), properties),
        form(other, 8, b"payload"),  # type: ignore[operator]
        ("bin-18", topic, payload, properties),
        ("none", topic, payload, properties),
    ]
    if properties:
        wrong.append((name, topic, payload, {**properties, "number": "8"}))
    assert all(each.reason for each in taken(*wrong))
    assert not taken((name, topic, payload, properties))[0].reason


def test_a_number_is_used_once_and_messages_may_overtake_one_another_a_little() -> None:
    _, key = registered()
    assert not any(each.reason for each in taken(*[signed(key, number, b"x") for number in (*range(100, 300), 90 + 83)]))
    assert "same number" in taken(signed(key, 299, b"another"))[0].reason
    assert "lower" in taken(signed(key, 99, b"x"))[0].reason
    assert not taken(signed(key, 2**53, b"x"))[0].reason


def test_what_could_not_be_stored_is_opened_again() -> None:
    _, key = registered()
    message = signed(key, 1, b"x")
    assert [opening.open_all([message])[0].again for _ in range(2)] == [False, False]


def test_a_new_key_counts_from_the_beginning_and_a_revoked_one_signs_nothing() -> None:
    _, key = registered()
    taken(*[signed(key, number, b"x") for number in range(1_000, 1_200)])
    new = store.add_key(SYSTEM, "bin-17")
    assert not taken(signed(new, 1, b"x"))[0].reason
    store.revoke_key(SYSTEM, "bin-17", store.get_device(SYSTEM, "bin-17").keys[0].id)
    assert taken(signed(key, 2_000, b"x"))[0].reason
    store.revoke(SYSTEM, "bin-17")
    assert taken(signed(new, 2, b"x"))[0].reason


def test_another_algorithm_or_none_is_refused() -> None:
    _, key = registered()
    unsigned = jwt.PyJWS().encode(b"x", "", "none", {"number": 1, "topic": TOPIC}).encode()
    other = jwt.PyJWS().encode(b"x", key, "HS512", {"number": 1, "topic": TOPIC}).encode()
    told = [("bin-17", TOPIC, unsigned, {}), ("bin-17", TOPIC, other, {}), token(key, "1", b"x"), token(key, True, b"x"), token(key, -1, b"x")]
    assert all(each.reason for each in taken(*told, token(key, 1, b"x", kid="bin-18"), token(key, 1, b"x", crit=["number"])))


@given(name=st.text(max_size=5), payload=st.binary(max_size=60) | st.from_regex(rb"eyJ[A-Za-z0-9_-]{0,60}\.[A-Za-z0-9_-]{0,9}\.[A-Za-z0-9_-]{1,9}"),
       number=st.text(max_size=20), code=st.text(max_size=70))  # fmt: skip
def test_whatever_comes_is_read_or_refused(name: str, payload: bytes, number: str, code: str) -> None:
    for properties in ({}, {"number": number, "signature": code}):
        if sealing.is_sealed(payload, properties):
            try:
                assert sealing.read(name, TOPIC, payload, properties).name == name
            except Problem as problem:
                assert problem.status == 401


def test_plain_json_is_never_taken_for_a_signed_message() -> None:
    assert not sealing.is_sealed(json.dumps({"reading": "fill"}).encode(), {})


def test_a_token_that_is_nested_without_end_is_refused_and_holds_up_no_other() -> None:
    _, key = registered()
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","a":' + b"[" * 200_000).rstrip(b"=")
    first, second = taken(("bin-17", TOPIC, header + b".e30.AAAA", {}), signed(key, 1, b"x"))
    assert "cannot be read" in first.reason
    assert not second.reason


def test_of_what_was_refused_only_what_was_rightly_signed_is_sent_again_as_the_device() -> None:
    who, key = registered()
    store.set_device(SYSTEM, DeviceRow(name="bin-17", streams=(stream_of(who),), signs=True))
    device = store.find_by_name("bin-17")
    assert device is not None
    intake = Intake(TOPICS, lambda names: {"bin-17": store.actor_of(device)}, lambda *told: None, lambda name: True)
    body = json.dumps({"reading": "fill", "time": NOON.isoformat(), "value": 40}).encode()
    forged = {"number": "9", "signature": "0" * 64}
    right = [form(key, at, b"{") for at, form in enumerate((signed, token), 1)]
    intake.take([Heard(TOPIC, body), Heard(TOPIC, body, properties=forged), *(Heard(TOPIC, sent[2], properties=dict(sent[3])) for sent in right)])
    kept = sorted(each.id for each in quarantine.list_quarantine(SYSTEM))
    assert {each.state for each in quarantine.replay_many(SYSTEM, kept)} == {"waiting"}
    for each in kept[:2]:
        done = quarantine.replay(SYSTEM, each, Mend(raw=body.decode()))
        assert (done.state, "not signed" in done.attempts[-1].outcome) == ("waiting", True)
    assert observations.count(SYSTEM) == 0
    for each in kept[2:]:
        assert quarantine.get_quarantined(SYSTEM, each).raw == "{", "what it brought, which can be mended"
        assert quarantine.replay(SYSTEM, each, Mend(raw=body.decode())).state == "stored"
    assert observations.count(SYSTEM) == 1


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_why_a_signed_message_was_refused_is_said_in_the_language_of_the_page(language: str) -> None:
    _, key = registered()
    _, _, body, properties = signed(key, 5, b"a")
    sent = [
        signed(key, 5, b"a"),
        signed(key, 5, b"b"),
        ("bin-17", TOPIC, body, {**properties, "number": "6"}),
        ("bin-17", TOPIC, body, {**properties, "number": "x"}),
        ("bin-17", TOPIC, b"plain", {}),
        ("bin-17", TOPIC, b"eyJhIjoxfQ.e30.e30", {}),
        token(key, "7", b"a"),
        ("bin-17", TOPIC, *token(key, 7, b"a", topic="elsewhere")[2:]),
    ]
    reasons = [each.reason for each in taken(*sent)][1:]
    assert len(set(reasons)) == 7 and all(reasons)
    assert all("stored" not in say(each).said_in(language) for each in reasons)
