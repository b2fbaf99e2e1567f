"""Signed messages: taken once, when made just now, over what was sent, with a key of the device that they name."""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.foundations.devices.test_doors import sent
from tests.foundations.devices.test_store import registered, stream_of
from zinneke.foundations.devices import chores, models, signing, store
from zinneke.foundations.devices.signing import Message
from zinneke.foundations.devices.values import DeviceRow
from zinneke.foundations.observations import store as observations
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/observations"


def encoded(value: bytes) -> str:
    return f":{b64encode(value).decode()}:"


def signed(key: str, body: bytes, name: str = "bin-17", **other: Any) -> dict[str, str]:
    """Return the headers of a signed POST, written here as RFC 9421 says and not by the code under test."""
    told = {"method": "POST", "path": PATH, "query": "", "created": int(time.time()), "nonce": "n1", "alg": "hmac-sha256", **other}
    headers = {"content-digest": f"sha-256={encoded(sha256(body).digest())}", "content-type": "application/json"}
    values = {"@method": told["method"], "@path": told["path"], "content-digest": headers["content-digest"]}
    if told["query"]:
        values["@query"] = f"?{told['query']}"
    for left_out in told.get("without", ()):
        del values[left_out]
    inner = " ".join(f'"{each}"' for each in values)
    parameters = f'({inner});created={told["created"]};keyid="{name}";alg="{told["alg"]}";nonce="{told["nonce"]}"'
    base = "".join(f'"{each}": {value}\n' for each, value in values.items()) + f'"@signature-params": {parameters}'
    mac = hmac.new(key.encode(), base.encode(), sha256).digest()
    return {**headers, "signature-input": f"sig1={parameters}", "signature": f"sig1={encoded(mac)}"}


@pytest.fixture
def device() -> tuple[int, str]:
    who, key = registered()
    return stream_of(who), key


def posted(machine: TestClient, headers: dict[str, str], body: bytes, query: str = "") -> Any:
    answer = machine.post(PATH + query, content=body, headers=headers)
    assert answer.status_code < 500, answer.text
    return answer


def test_a_signed_message_is_taken_once(machine: TestClient, device: tuple[int, str]) -> None:
    number, key = device
    body = json.dumps(sent(number)).encode()
    headers = signed(key, body)
    assert posted(machine, headers, body).json()["stored"] == 1
    again = posted(machine, headers, body)
    assert again.status_code == 401
    assert "taken before" in again.json()["detail"]
    assert posted(machine, signed(key, body, nonce="n2"), body).json()["duplicates"] == 1


def test_a_replay_is_refused_after_a_restart_and_forgotten_only_when_it_is_too_old(machine: TestClient, device: tuple[int, str]) -> None:
    number, key = device
    body = json.dumps(sent(number)).encode()
    headers = signed(key, body)
    posted(machine, headers, body)
    from tests.memory import forget

    forget()
    chores.forget_nonces(datetime.now(UTC))
    assert posted(machine, headers, body).status_code == 401
    assert "1 nonces" in chores.forget_nonces(datetime.now(UTC) + timedelta(seconds=signing.WINDOW + 2))
    assert not models.Nonce.objects.exists()


@pytest.mark.parametrize("shift", [-signing.WINDOW - 60, signing.WINDOW + 60])
def test_a_message_of_another_time_is_refused_and_told_what_time_it_is(machine: TestClient, device: tuple[int, str], shift: int) -> None:
    body = json.dumps(sent(device[0])).encode()
    answer = posted(machine, signed(device[1], body, created=int(time.time()) + shift), body)
    assert answer.status_code == 401
    assert "clock" in answer.json()["detail"]
    assert not models.Nonce.objects.exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "other"}, "key of a device"),
        ({"without": ["content-digest"]}, "does not cover content-digest"),
        ({"without": ["@path"]}, "does not cover @path"),
        ({"without": ["@method"]}, "does not cover @method"),
        ({"path": "/api/elsewhere"}, "key of a device"),
        ({"method": "PUT"}, "key of a device"),
        ({"alg": "rsa-pss-sha512"}, "hmac-sha256"),
        ({"nonce": ""}, "nonce"),
        ({"nonce": "n" * 129}, "nonce"),
        ({"created": "soon"}, "RFC 9421"),
    ],
    ids=repr,
)
def test_what_is_not_as_the_profile_says_is_refused_with_the_reason(
    machine: TestClient, device: tuple[int, str], change: dict[str, Any], told: str
) -> None:
    body = json.dumps(sent(device[0])).encode()
    answer = posted(machine, signed(device[1], body, **change), body)
    assert answer.status_code == 401
    assert told in answer.json()["detail"]
    assert observations.count(SYSTEM) == 0


def test_what_was_changed_on_the_way_is_refused(machine: TestClient, device: tuple[int, str]) -> None:
    body = json.dumps(sent(device[0])).encode()
    headers = signed(device[1], body)
    assert "changed on the way" in posted(machine, headers, body.replace(b"10", b"11")).json()["detail"]
    assert "@query" in posted(machine, headers, body, "?a=1").json()["detail"]
    assert posted(machine, {**headers, "signature": headers["signature"].replace("sig1", "sig2")}, body).status_code == 401
    assert posted(machine, {**headers, "content-digest": "md5=:aa=:"}, body).status_code == 401
    assert posted(machine, {**headers, "content-encoding": "gzip"}, body).status_code in (400, 401)
    assert observations.count(SYSTEM) == 0
    assert posted(machine, headers, body).status_code == 200, "a refusal uses up no nonce"


def test_a_signature_of_either_key_is_taken_and_of_none_that_was_revoked(machine: TestClient, device: tuple[int, str]) -> None:
    number, key = device
    body = json.dumps(sent(number)).encode()
    second = store.add_key(SYSTEM, "bin-17")
    for at, each in enumerate((key, second)):
        assert posted(machine, signed(each, body, nonce=f"a{at}"), body).status_code == 200
    store.revoke_key(SYSTEM, "bin-17", store.get_device(SYSTEM, "bin-17").keys[0].id)
    assert posted(machine, signed(key, body, nonce="b"), body).status_code == 401
    store.revoke(SYSTEM, "bin-17")
    assert posted(machine, signed(second, body, nonce="c"), body).status_code == 401


def test_of_a_device_that_signs_the_key_alone_opens_nothing(machine: TestClient, device: tuple[int, str]) -> None:
    number, key = device
    body = json.dumps(sent(number)).encode()
    store.set_device(SYSTEM, DeviceRow(name="bin-17", streams=(number,), signs=True))
    assert machine.post(PATH, content=body, headers={"authorization": f"Device {key}"}).status_code == 401
    assert posted(machine, signed(key, body), body).status_code == 200


# -- reading, whatever is sent --------------------------------------------------------------------------------------------

ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=200)
PIECES = st.lists(
    st.sampled_from(['sig1=("@method" "@path")', ";created=1", ';keyid="a"', ';nonce="b"', ';alg="x"', "(", ")", '"', "\\", ";", "=", ",", " ", ":"])
).map("".join)


@given(given_input=ASCII | PIECES, code=ASCII | st.just("sig1=:AAAA:"), digest=ASCII, body=st.binary(max_size=20))
def test_whatever_stands_in_the_headers_is_read_or_refused(given_input: str, code: str, digest: str, body: bytes) -> None:
    headers = {"signature-input": given_input, "signature": code, "content-digest": digest}
    try:
        found = signing.read(Message("POST", "/x", "", headers, body))
    except Problem as problem:
        assert problem.status == 401
    else:
        assert found.name
        assert 1 <= len(found.nonce) <= 128


NAMES = st.text("abcdefghij-_0123456789", min_size=1, max_size=20)


@given(name=NAMES, nonce=NAMES, key=NAMES, body=st.binary(min_size=1, max_size=50), query=st.sampled_from(["", "a=1", "a=%20b"]))
def test_what_is_signed_as_the_standard_says_is_read_and_made_with_that_key_alone(name: str, nonce: str, key: str, body: bytes, query: str) -> None:
    headers = signed(key, body, name, nonce=nonce, query=query)
    found = signing.read(Message("POST", PATH, query, headers, body))
    assert (found.name, found.nonce) == (name, nonce)
    assert found.made_with(key)
    assert not found.made_with(key + "x")
    with pytest.raises(Problem):
        signing.read(Message("POST", PATH, query, headers, body + b"x"))


def test_the_example_of_the_standard_for_hmac_is_verified() -> None:
    """RFC 9421, B.2.5, which covers date, @authority and content-type: the base is built as the standard builds it."""
    from base64 import b64decode

    secret = b64decode("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==")
    base = (
        '"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@authority": example.com\n"content-type": application/json\n'
        '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
    )
    headers = {"date": "Tue, 20 Apr 2021 02:07:55 GMT", "host": "example.com", "content-type": "application/json"}
    message = Message("POST", "/foo", "", headers, b"")
    lines = [f'"{name}": {signing._value(message, name)}' for name in ("date", "@authority", "content-type")]
    assert base.startswith("\n".join(lines))
    code = hmac.new(secret, base.encode(), sha256).digest()
    assert b64encode(code) == b"pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="
