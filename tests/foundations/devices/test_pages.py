"""An operator registers, rotates and revokes on pages; reads, mends and sends again what was refused; sees a sensor live."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.access import cast
from tests.foundations.devices.certificates import Authority, pem, pem_of
from tests.foundations.observations.city import HOUR, NOON, batch, make
from zinneke.foundations.devices import store
from zinneke.foundations.devices.values import DeviceRow
from zinneke.foundations.observations import quarantine
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.refused import RefusedMessage, Sought
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import SYSTEM, Right
from zinneke.kernel.route import Needs
from zinneke.kernel.topic import Topic

pytestmark = pytest.mark.django_db
KEY = re.compile(r"zd_\d+_[\w-]{43}")


@pytest.fixture
def operator(db: None) -> Client:
    who = next(each for each in cast.gather() if each.kind == cast.ADMINISTRATOR)
    client = Client()
    client.force_login(get_user_model().objects.get(pk=who.person))
    return client


def shown(client: Client, path: str, language: str = "fr") -> str:
    answer = client.get(f"/{language}/{path}")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_visitor_is_asked_to_sign_in() -> None:
    for path in ("devices/", "devices/x/", "quarantine/", "quarantine/1/"):
        assert Client().get(f"/fr/{path}").status_code in (302, 401), path


def test_a_device_is_registered_rotated_revoked_and_restored(operator: Client) -> None:
    (stream,) = make("a")
    assert "Aucun appareil ici" in shown(operator, "devices/")
    made = operator.post("/fr/devices/", {"name": "bin-17", "streams": f"{stream.id},", "level": "1", "kind": "niveau"})
    (key,) = set(KEY.findall(made.content.decode()))
    assert store.find_actor_by_key(key)
    page = shown(operator, "devices/")
    assert "/devices/bin-17/" in page
    assert "Rien reçu encore" in page
    assert key not in page + shown(operator, "devices/bin-17/")
    second = KEY.findall(operator.post("/fr/devices/bin-17/act/", {"answer": "add-key"}).content.decode())[0]
    assert "value=&quot;add-key&quot;" not in shown(operator, "devices/bin-17/")
    again = operator.post("/fr/devices/bin-17/act/", {"answer": "add-key"}, follow=True).content.decode()
    assert "a deux clés" in again
    number = store.get_device(SYSTEM, "bin-17").keys[0].id
    operator.post("/fr/devices/bin-17/act/", {"answer": "revoke-key", "key": str(number)})
    assert (store.find_actor_by_key(key), store.find_actor_by_key(second)) == (None, store.find_actor_by_key(second))
    operator.post("/fr/devices/bin-17/act/", {"answer": "revoke"})
    assert store.find_actor_by_key(second) is None
    assert "a été révoqué" in shown(operator, "devices/bin-17/")
    assert "/devices/bin-17/" not in shown(operator, "devices/?state=active")
    operator.post("/fr/devices/bin-17/act/", {"answer": "restore"})
    assert "n’a pas de clé valable" in shown(operator, "devices/bin-17/")
    assert operator.get("/fr/devices/bin-17/act/").status_code == 405
    assert operator.get("/fr/devices/none/").status_code == 404


def test_what_cannot_be_registered_is_told_at_its_field_in_the_language_of_the_page(operator: Client) -> None:
    for sent, told in (
        ({"name": "a b"}, "een letter of een cijfer"),
        ({"name": "a", "streams": "x"}, "niet het nummer of de sleutel van een stroom"),
        ({"name": "a", "organisation": "nobody"}, "geldige keuze"),
    ):
        answer = operator.post("/nl/devices/", {"level": "1", **sent})
        assert answer.status_code == 422
        assert told in answer.content.decode()
    assert store.list_devices(SYSTEM) == []


def test_a_device_is_changed_and_its_streams_stand_with_what_was_found(operator: Client) -> None:
    one, two = make("one", "two", jump=5)
    store.register(SYSTEM, DeviceRow(name="bin-17", area="21015", streams=(one.id,)))
    observations.ingest(SYSTEM, batch(*((one.id, NOON + at * HOUR, 10.0) for at in range(13)), (two.id, NOON, 10.0), (two.id, NOON + HOUR, 90.0)))
    changed = operator.post("/fr/devices/bin-17/", {"name": "other", "streams": f"{one.id} {two.id}", "level": "0", "area": "21015"})
    assert changed["Location"] == "/fr/devices/bin-17/"
    device = store.get_device(SYSTEM, "bin-17")
    assert (device.streams, device.area, int(device.level)) == ((one.id, two.id), "21015", 0)
    page = shown(operator, "devices/bin-17/")
    for words in ("Toujours la même valeur", "A sauté", "Silencieux", "Arrive en retard"):
        assert words in page
    assert operator.post("/fr/devices/bin-17/", {"name": "bin-17", "streams": "x", "level": "0"}).status_code == 422


def test_what_was_refused_is_narrowed_mended_sent_again_and_let_go(operator: Client) -> None:
    (stream,) = make("a")
    observations.ingest(SYSTEM, batch(*((stream.id, NOON + at * HOUR, 4000.0 + at) for at in range(3))))
    last, middle, first = quarantine.list_quarantine(SYSTEM)
    page = shown(operator, "quarantine/")
    assert "sort des valeurs plausibles" in page
    assert re.search(r"4\s002", page)
    assert "sort des valeurs plausibles" not in shown(operator, "quarantine/?reason=future")
    assert "sort des valeurs plausibles" not in shown(operator, "quarantine/?device=bin-17")
    mend = {"stream": str(stream.id), "time": first.time, "value": "40", "answer": "replay"}
    assert operator.post(f"/fr/quarantine/{first.id}/", mend)["Location"] == f"/fr/quarantine/{first.id}/"
    assert observations.latest(SYSTEM)[0].value == 40
    assert "C’est enregistré" in shown(operator, f"quarantine/{first.id}/")
    still = operator.post(f"/fr/quarantine/{middle.id}/", {**mend, "time": middle.time, "value": "4"}, follow=True)
    assert quarantine.get_quarantined(SYSTEM, middle.id).state == "stored", still.content.decode()
    wrong = operator.post(f"/nl/quarantine/{last.id}/", {**mend, "time": "morgen"}, follow=True).content.decode()
    assert "Wacht" in wrong
    assert operator.post(f"/fr/quarantine/{last.id}/", {**mend, "value": ""}).status_code == 422
    assert operator.post(f"/fr/quarantine/{last.id}/", {"answer": "dismiss", "reason": " "}).status_code == 422
    operator.post(f"/fr/quarantine/{last.id}/", {"answer": "dismiss", "reason": "sur le banc"})
    assert "sur le banc" in shown(operator, f"quarantine/{last.id}/")
    assert "Rien n’attend ici" in shown(operator, "quarantine/")
    assert operator.get("/fr/quarantine/99999999/").status_code == operator.get("/fr/quarantine/x/").status_code == 404


def test_many_are_sent_again_at_once_and_the_page_tells_how_many(operator: Client) -> None:
    (stream,) = make("a")
    observations.ingest(SYSTEM, batch(*((stream.id, NOON + at * HOUR, 200.0) for at in range(3))))
    observations.set_streams(SYSTEM, [_wider(stream.key)])
    numbers = [str(each.id) for each in quarantine.list_quarantine(SYSTEM)]
    told = operator.post("/fr/quarantine/", {"id": [*numbers[:2], "x", "99"]}, follow=True).content.decode()
    assert "2 mesures sont stockées" in told
    assert len(quarantine.list_quarantine(SYSTEM, Sought(state="stored"))) == 2


def _wider(key: str) -> observations.StreamRow:
    return observations.StreamRow(key=key, thing=key.rpartition("/")[0], reading="fill", unit="%", low=0, high=500, interval=3600)


def test_a_poison_message_is_shown_as_text_and_nothing_of_it_is_trusted(operator: Client) -> None:
    quarantine.keep_unread(SYSTEM, b"<script>alert(1)</script>", "No solution has this topic.")
    quarantine.keep_unread(SYSTEM, b"{]", "It is not JSON.", "smart_bins", "sensor")
    second, first = quarantine.list_quarantine(SYSTEM)
    assert "<script>alert" not in shown(operator, f"quarantine/{first.id}/")
    page = operator.post(f"/fr/quarantine/{second.id}/", {"raw": "[", "answer": "replay"}, follow=True).content.decode()
    assert "Illisible" in page
    assert "message de 2 octets" in shown(operator, "quarantine/")


def test_a_sensor_is_shown_live_and_without_script_at_a_link(operator: Client) -> None:
    (stream,) = make("a")
    assert "n’a encore envoyé aucune" in shown(operator, f"sensors/{stream.id}/live/")
    observations.ingest(SYSTEM, batch(*((stream.id, NOON + at * HOUR, 10.0 + at) for at in range(5))))
    for client in (operator, Client()):
        page = shown(client, f"sensors/{stream.id}/live/")
        assert 'hx-trigger="every 60s"' in page
        assert "<svg" in page
        assert f'<a href="/fr/sensors/{stream.id}/live/">' in page
    assert Client().get("/fr/sensors/x/live/").status_code == Client().get("/fr/sensors/999999/live/").status_code == 404


def test_alerts_are_listed_for_who_may_see_them(operator: Client) -> None:
    assert "Rien ne demande d’attention" in shown(operator, "alerts/?solution=nothing")
    one, two = make("one", "two")
    observations.ingest(SYSTEM, batch((one.id, NOON, 10), (two.id, NOON + 9 * HOUR, 10)))
    assert "Silencieux" in shown(operator, "alerts/")


def test_a_certificate_is_registered_shown_and_revoked_on_the_page_of_its_device(operator: Client) -> None:
    store.register(SYSTEM, DeviceRow(name="bin-17"))
    made, key = Authority().make("bin-17")

    def act(**told: str) -> str:
        return operator.post("/fr/devices/bin-17/act/", told, follow=True).content.decode()

    assert "clé privée, qui doit rester" in act(answer="add-certificate", certificate=pem_of(key))
    page = act(answer="add-certificate", certificate=pem(made))
    assert "CN=bin-17" in page
    (kept,) = store.get_device(SYSTEM, "bin-17").certificates
    assert kept.fingerprint in page
    assert "Certificats révoqués" in act(answer="revoke-certificate", key=str(kept.id))
    assert store.get_device(SYSTEM, "bin-17").certificates[0].revoked


def refused(topic: str, body: bytes, who: str, reason: str) -> int:
    quarantine.keep_messages(SYSTEM, [RefusedMessage(topic, body, reason, who)])
    return quarantine.list_quarantine(SYSTEM)[0].id


def test_a_message_that_came_over_mqtt_is_shown_mended_and_sent_again_as_its_device(operator: Client) -> None:
    (stream,) = make("a")
    store.register(SYSTEM, DeviceRow(name="bin-17", streams=(stream.id,)))
    reason = "The message cannot be read: JSON is malformed: invalid character (byte 4)."
    number = refused("devices/bin-17/observations", b'{"reading": fill}', "device:bin-17", reason)
    page = shown(operator, "quarantine/")
    assert "Le message ne peut pas être lu\N{NO-BREAK SPACE}: JSON mal formé\N{NO-BREAK SPACE}: caractère inattendu (octet 4)." in page
    assert "appareil bin-17" in page and "un message de 17 octets" in page
    page = shown(operator, f"quarantine/{number}/", "nl")
    assert "{&quot;reading&quot;: fill}" in page and 'name="value"' not in page
    again = operator.post(f"/nl/quarantine/{number}/", {"answer": "replay", "raw": '{"reading": "fill"}'}, follow=True).content.decode()
    assert "Een waarneming heeft een stroom of een meting" in again
    body = f'{{"reading": "fill", "time": "{NOON.isoformat()}", "value": 40}}'
    done = operator.post(f"/fr/quarantine/{number}/", {"answer": "replay", "raw": body}, follow=True).content.decode()
    assert "C’est enregistré." in done and "Lu\N{NO-BREAK SPACE}: 1 stockées, 0 déjà là, 0 refusées." in done
    assert [point.value for point in observations.history(SYSTEM, stream.id, NOON, NOON + HOUR).points] == [40]


def test_messages_of_a_device_that_was_not_registered_yet_are_sent_again_at_once(operator: Client) -> None:
    (stream,) = make("a")
    numbers = [
        refused(
            "devices/bin-18/observations",
            f'{{"reading": "fill", "time": "{(NOON + n * HOUR).isoformat()}", "value": {n}}}'.encode(),
            "nobody known",
            "?",
        )
        for n in range(3)
    ]
    operator.post("/fr/quarantine/", {"id": [str(each) for each in numbers]})
    told = {quarantine.get_quarantined(SYSTEM, each).attempts[-1].outcome for each in numbers}
    assert told == {"No device that may send here goes by this name. Register it, or ask whoever runs the platform."}
    store.register(SYSTEM, DeviceRow(name="bin-18", streams=(stream.id,)))
    done = operator.post("/fr/quarantine/", {"id": [str(each) for each in numbers]}, follow=True).content.decode()
    assert "3 mesures sont stockées." in done
    assert len(observations.history(SYSTEM, stream.id, NOON, NOON + 24 * HOUR).points) == 3


def test_what_no_door_takes_is_let_go_and_what_makes_a_door_stumble_stays(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make("a")
    number = refused("nowhere/at/all", b"{}", "nobody known", "Nothing is taken in on this topic.")
    told = operator.post(f"/fr/quarantine/{number}/", {"answer": "replay", "raw": "{}"}).content.decode()
    assert "Rien n’est reçu sur ce sujet. Écartez-le" in told
    store.register(SYSTEM, DeviceRow(name="bin-19"))
    number = refused("devices/bin-19/observations", b"{}", "device:bin-19", "?")
    stumble = Topic(pattern="devices/{device}/observations", call=lambda sent: [][1], audience=Needs(Right.EDIT, "observations"), family="devices")
    monkeypatch.setattr(registry, "topics", lambda: (stumble,))
    operator.post(f"/fr/quarantine/{number}/", {"answer": "replay", "raw": "{}"})
    row = quarantine.get_quarantined(SYSTEM, number)
    assert (row.state, len(row.attempts)) == ("waiting", 1)


def test_how_long_values_are_kept_is_set_on_the_live_page_by_those_who_command(operator: Client) -> None:
    (stream,) = make("a")
    observations.ingest(SYSTEM, batch((stream.id, NOON, 12.0)))
    page = shown(operator, f"sensors/{stream.id}/live/", "nl")
    assert "voor altijd" in page and stream.key in page and f"devices/?stream={stream.id}" in page
    done = operator.post(f"/fr/sensors/{stream.id}/keep/", {"days": "90"}, follow=True).content.decode()
    assert "C’est noté." in done and "90 jours" in done
    assert "90 jours" in Client().get(f"/fr/sensors/{stream.id}/").content.decode()
    for wrong in ("x", "-1", "99999", "9" * 5000):
        told = operator.post(f"/fr/sensors/{stream.id}/keep/", {"days": wrong}, follow=True).content.decode()
        assert "jours" in told and observations.get_stream(SYSTEM, stream.id).keep == 90
    operator.post(f"/fr/sensors/{stream.id}/keep/", {"days": ""})
    assert observations.get_stream(SYSTEM, stream.id).keep is None
    visitor = Client().get(f"/fr/sensors/{stream.id}/live/").content.decode()
    assert "keep/" not in visitor and "devices/" not in visitor
    assert Client().post(f"/fr/sensors/{stream.id}/keep/", {"days": "1"}).status_code in (302, 401)


def test_a_device_is_registered_from_a_sensors_page_by_the_key_of_its_stream(operator: Client) -> None:
    (stream,) = make("a")
    assert f'value="{stream.id}"' in shown(operator, f"devices/?stream={stream.id}")
    made = operator.post("/fr/devices/", {"name": "bin-20", "streams": stream.key, "level": "1"})
    assert KEY.findall(made.content.decode())
    assert store.get_device(SYSTEM, "bin-20").streams == (stream.id,)
    assert "ni le numéro ni la clé" in operator.post("/fr/devices/", {"name": "bin-21", "streams": "nowhere/at/all", "level": "1"}).content.decode()
