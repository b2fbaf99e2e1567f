"""A device is known by the certificate that it shows to a trusted proxy: registered, replaced, revoked at once; never on anybody else's word."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from starlette.testclient import TestClient

from tests.foundations.devices.certificates import DAY, NOW, Authority, field, pem, pem_of
from tests.foundations.devices.test_doors import sent
from tests.foundations.devices.test_store import registered, stream_of
from zinneke.foundations.audit import store as audit
from zinneke.foundations.devices import certificates, store
from zinneke.foundations.devices.values import DeviceRow
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db(transaction=True)
OURS = Authority()


@pytest.fixture
def behind(settings: Any, transactional_db: None) -> Any:
    """Return what connects from an address, to a house that believes the proxy at 10.0.3.7."""
    settings.CERTIFICATE_PROXIES = ("10.0.3.0/24",)
    from zinneke.asgi.house import build
    from zinneke.asgi.proxies import Proxied

    house = Proxied(build())
    return lambda address: TestClient(house, client=(address, 4000), raise_server_exceptions=False)


def test_a_certificate_opens_the_streams_of_its_device_behind_a_trusted_proxy_alone(behind: Any) -> None:
    number = stream_of(registered()[0])
    made, _ = OURS.make("bin-17")
    certificates.add_certificate(SYSTEM, "bin-17", pem(made))
    shown = {"client-cert": field(made)}
    assert behind("10.0.3.7").post("/api/observations", json=sent(number), headers=shown).json()["stored"] == 1
    nginx = {"client-cert": quote(pem(made))}
    assert behind("10.0.3.8").post("/api/observations", json=sent(number), headers=nginx).json()["duplicates"] == 1
    for address in ("10.0.4.7", "127.0.0.1", "testclient"):
        answer = behind(address).post("/api/observations", json=sent(number), headers={**shown, "x-forwarded-for": "10.0.3.7"})
        assert answer.status_code == 401, address


def test_by_default_nobody_is_believed(machine: TestClient) -> None:
    number = stream_of(registered()[0])
    made, _ = OURS.make("bin-17")
    certificates.add_certificate(SYSTEM, "bin-17", pem(made))
    assert machine.post("/api/observations", json=sent(number), headers={"client-cert": field(made)}).status_code == 401


def test_a_certificate_is_replaced_without_a_gap_and_revoked_at_once(behind: Any) -> None:
    number = stream_of(registered()[0])
    proxy = behind("10.0.3.7")

    def taken(shown: Any) -> bool:
        return bool(proxy.post("/api/observations", json=sent(number), headers={"client-cert": field(shown)}).status_code == 200)

    old, new = OURS.make("bin-17")[0], OURS.make("bin-17")[0]
    first = certificates.add_certificate(SYSTEM, "bin-17", pem(old))
    certificates.add_certificate(SYSTEM, "bin-17", new.fingerprint(SHA256()).hex(":").upper())
    assert taken(old) and taken(new)
    with pytest.raises(Problem, match="two certificates"):
        certificates.add_certificate(SYSTEM, "bin-17", pem(OURS.make("x")[0]))
    certificates.revoke_certificate(SYSTEM, "bin-17", first.id)
    assert not taken(old)
    assert taken(new)
    store.revoke(SYSTEM, "bin-17")
    assert not taken(new)
    store.restore(SYSTEM, "bin-17")
    assert not taken(new)
    assert [each.action for each in audit.list_entries(SYSTEM, subject="device:bin-17")].count("device.certificate.add") == 2


def test_a_stranger_reads_what_everybody_reads_and_writes_nothing(behind: Any) -> None:
    number = stream_of(registered()[0])
    expired, unknown = OURS.make("bin-17", NOW - DAY)[0], OURS.make("bin-17")[0]
    certificates.add_certificate(SYSTEM, "bin-17", expired.fingerprint(SHA256()).hex())
    for shown in (field(expired), field(unknown)):
        assert behind("10.0.3.7").get("/api/devices", headers={"client-cert": shown}).status_code == 200
        answer = behind("10.0.3.7").post("/api/observations", json=sent(number), headers={"client-cert": shown})
        assert answer.status_code == 401
        assert "not that of a registered device" in answer.json()["detail"]
    for shown in (":AAAA:", "x", ":" + "A" * 30_000 + ":", "-----BEGIN%20x"):
        assert behind("10.0.3.7").get("/api/devices", headers={"client-cert": shown}).status_code == 401


@pytest.mark.parametrize("shown", ["", "::", " : : ", ":{http.request.tls.client.certificate_der_base64}:"])
def test_whoever_shows_no_certificate_to_the_proxy_is_a_visitor(behind: Any, shown: str) -> None:
    number = stream_of(registered()[0])
    assert behind("10.0.3.7").get("/api/devices", headers={"client-cert": shown}).status_code == 200
    answer = behind("10.0.3.7").post("/api/observations", json=sent(number), headers={"client-cert": shown})
    assert (answer.status_code, answer.json()["title"]) == (401, "Sign in")


def test_of_a_device_that_signs_the_certificate_alone_opens_nothing(behind: Any) -> None:
    number = stream_of(registered()[0])
    made, _ = OURS.make("bin-17")
    certificates.add_certificate(SYSTEM, "bin-17", pem(made))
    store.set_device(SYSTEM, DeviceRow(name="bin-17", streams=(number,), signs=True))
    assert behind("10.0.3.7").post("/api/observations", json=sent(number), headers={"client-cert": field(made)}).status_code == 401


def test_a_certificate_is_that_of_one_device(behind: Any) -> None:
    registered()
    registered("bin-18")
    made, _ = OURS.make("bin-17")
    certificates.add_certificate(SYSTEM, "bin-17", pem(made))
    with pytest.raises(Problem, match="registered already"):
        certificates.add_certificate(SYSTEM, "bin-18", pem(made))


@pytest.mark.parametrize("given", ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "ab" * 31])
def test_what_is_no_certificate_is_told_at_its_place(given: str) -> None:
    registered()
    with pytest.raises(Problem) as caught:
        certificates.add_certificate(SYSTEM, "bin-17", given)
    assert (caught.value.status, caught.value.extra["where"]) == (400, "certificate")


def test_a_private_key_a_chain_and_an_expired_one_are_refused() -> None:
    registered()
    made, key = OURS.make("bin-17")
    for given, told in (
        (pem_of(key) + pem(made), "private key"),
        (pem(made) + pem(OURS.certificate), "alone"),
        (pem(OURS.make("bin-17", NOW - DAY)[0]), "expired"),
    ):
        with pytest.raises(Problem, match=told):
            certificates.add_certificate(SYSTEM, "bin-17", given)
