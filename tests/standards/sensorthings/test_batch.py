"""Batches in both forms of OData: answered one by one, in order; a change set is done whole or leaves nothing behind."""

from __future__ import annotations

import json
from datetime import datetime
from email import message_from_bytes
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.standards.sensorthings.conftest import EDITOR
from tests.standards.sensorthings.test_writing import PROPERTY, SENSOR, stream
from zinneke.foundations.audit import store as audit
from zinneke.foundations.observations import store
from zinneke.foundations.observations.entities import whole as deep
from zinneke.foundations.observations.values import Batch
from zinneke.foundations.observations.writer import Writer
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem
from zinneke.standards.sensorthings import multipart

pytestmark = pytest.mark.django_db(transaction=True)
THING = {"name": "T", "description": ""}
AT = "2026-03-10T12:00:00Z"


@pytest.fixture
def editor(service: TestClient) -> TestClient:
    service.headers.update(EDITOR)
    return service


def request(method: str, url: str, body: Any = None, id: str = "") -> str:
    named = f"Content-ID: {id}\r\n" if id else ""
    sent = "" if body is None else json.dumps(body)
    head = f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n{named}\r\n"
    return f"{head}{method} {url} HTTP/1.1\r\nHost: city\r\nContent-Type: application/json\r\n\r\n{sent}\r\n"


def mixed(*parts: str, boundary: str = "b1") -> str:
    return "".join(f"--{boundary}\r\n{part}" for part in parts) + f"--{boundary}--\r\n"


def changes(*parts: str) -> str:
    return f"Content-Type: multipart/mixed; boundary=c1\r\n\r\n{mixed(*parts, boundary='c1')}"


def sent(editor: TestClient, *parts: str) -> list[Any]:
    """Send a batch; return the answers, statuses and bodies, those of a change set as a list."""
    answer = editor.post("$batch", content=mixed(*parts).encode(), headers={"content-type": "multipart/mixed; boundary=b1"})
    assert answer.status_code == 200, answer.text
    whole = message_from_bytes(f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode() + answer.content)
    assert not whole.defects
    return [_read(part) for part in whole.get_payload()]  # type: ignore[union-attr]


def _read(part: Any) -> Any:
    if part.is_multipart():
        return [_read(each) for each in part.get_payload()]
    head, _, body = part.get_payload(decode=True).replace(b"\r\n", b"\n").partition(b"\n\n")
    return int(head.split()[1]), json.loads(body) if body.strip() else None


def counts(service: TestClient) -> list[str]:
    return [service.get(f"{name}/$count").text for name in ("Things", "Sensors", "Datastreams", "Observations")]


def test_a_batch_as_multipart_is_answered_part_by_part_in_order(editor: TestClient) -> None:
    first, second, third, fourth = sent(
        editor,
        request("POST", "Things", THING, "t"),
        request("GET", "/sta/v1.1/Things?$select=name"),
        request("GET", "Things(99)"),
        request("PATCH", "$t", {"name": "Ü"}),
    )
    assert [first[0], second[0], third[0], fourth[0]] == [201, 200, 404, 200]
    assert second[1]["value"] == [{"name": "T"}]
    assert editor.get("Things(1)/name").json() == {"name": "Ü"}


def whole(*more: str) -> str:
    return changes(
        request("POST", "Sensors", SENSOR, "s"),
        request("POST", "ObservedProperties", PROPERTY, "p"),
        request("POST", "Things", THING, "t"),
        request("POST", "$t/Datastreams", stream(Sensor={"@iot.id": "$s"}, ObservedProperty={"@iot.id": "$p"}), "d"),
        request("POST", "$d/Observations", {"phenomenonTime": AT, "result": 1}, "o"),
        *more,
    )


def test_a_change_set_is_done_whole_with_references_inside_it_and_after_it(editor: TestClient) -> None:
    told, read = sent(editor, whole(), request("GET", "$d/Observations?$select=result"))
    assert [status for status, _ in told] == [201] * 5
    assert read == (200, {"value": [{"result": 1}]})
    assert counts(editor) == ["1", "1", "1", "1"]


@pytest.mark.parametrize(
    "bad",
    [
        request("POST", "Things", {"description": "no name"}),
        request("POST", "$d/Observations", {"phenomenonTime": AT, "result": 2}),
        request("POST", "$d/Observations", {"phenomenonTime": "1900-01-01T00:00:00Z", "result": 2}),
        request("POST", "Datastreams(99)/Observations", {"phenomenonTime": AT, "result": 2}),
        request("PATCH", "Things(99)", {"name": "x"}),
        request("DELETE", "Sensors(99)"),
        request("GET", "Things"),
        request("POST", "$none/Datastreams", {}),
        request("DELETE", "Observations('1.0')"),
    ],
)
def test_a_change_set_that_fails_leaves_nothing_and_the_rest_of_the_batch_is_done(editor: TestClient, bad: str) -> None:
    journal = len(audit.list_entries(SYSTEM))
    before, failed, after = sent(editor, request("POST", "Things", THING), whole(bad), request("POST", "Sensors", SENSOR))
    assert (before[0], after[0]) == (201, 201)
    assert failed[0] in (400, 404, 405, 409, 501)
    assert counts(editor) == ["1", "1", "0", "0"]
    assert len(audit.list_entries(SYSTEM)) == journal
    assert sent(editor, request("GET", "Things(1)"))[0][0] == 200
    number = sent(editor, whole())[0][3][1]["@iot.id"]
    assert editor.get(f"Datastreams({number})/Observations/$count").text == "1"


def test_what_another_sender_stored_meanwhile_stays_when_a_change_set_fails(editor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = sent(editor, whole())
    number, moments = told[3][1]["@iot.id"], [datetime.fromisoformat(f"2026-03-10T{hour}:00:00Z") for hour in (13, 14, 15)]
    compare = deep._compare

    def then_another_sends(*given: Any) -> None:
        compare(*given)
        assert store.ingest(SYSTEM, Batch.of([(number, moments[0], 1.0), (number, moments[1], 5.0)])).stored == 2

    monkeypatch.setattr(deep, "_compare", then_another_sends)
    bodies = [{"phenomenonTime": moment.isoformat(), "result": 1} for moment in moments]
    (failed,) = sent(editor, changes(*(request("POST", f"Datastreams({number})/Observations", body) for body in bodies)))
    assert failed[0] == 409
    kept = editor.get(f"Datastreams({number})/Observations?$orderby=phenomenonTime&$select=result").json()["value"]
    assert [one["result"] for one in kept] == [1, 1, 5]


def test_nobody_is_told_that_a_row_is_there_which_a_change_set_then_takes_back(editor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = sent(editor, whole())
    number, moments = told[3][1]["@iot.id"], [datetime.fromisoformat(f"2026-03-10T{hour}:00:00Z") for hour in (13, 14)]
    compare, take = deep._compare, Writer.take
    receipts: list[Any] = []

    def then_somebody_contradicts(*given: Any) -> None:
        compare(*given)
        assert store.ingest(SYSTEM, Batch.of([(number, moments[1], 5.0)])).stored == 1
        monkeypatch.setattr(Writer, "take", then_another_sends_the_same)

    def then_another_sends_the_same(self: Writer, *given: Any) -> Any:
        fates = take(self, *given)
        monkeypatch.setattr(Writer, "take", take)
        receipts.append(store.ingest(SYSTEM, Batch.of([(number, moments[0], 1.0)])))
        return fates

    monkeypatch.setattr(deep, "_compare", then_somebody_contradicts)
    bodies = [{"phenomenonTime": moment.isoformat(), "result": 1} for moment in moments]
    (failed,) = sent(editor, changes(*(request("POST", f"Datastreams({number})/Observations", body) for body in bodies)))
    assert (failed[0], "Another value" in str(failed[1])) == (409, True)
    assert [(each.stored, each.duplicates) for each in receipts] == [(1, 0)]
    kept = editor.get(f"Datastreams({number})/Observations?$orderby=phenomenonTime&$select=result").json()["value"]
    assert [one["result"] for one in kept] == [1, 1, 5]


def test_what_a_change_set_deletes_comes_back_when_it_fails(editor: TestClient) -> None:
    (told,) = sent(editor, whole())
    link = told[3][1]["@iot.selfLink"].rpartition("/")[2]
    (failed,) = sent(editor, changes(request("DELETE", link), request("PATCH", "Things(99)", {"name": "x"})))
    assert failed[0] == 404
    assert editor.get(f"{link}/Observations/$count").text == "1"
    (done,) = sent(editor, changes(request("DELETE", link), request("PATCH", "Things(1)", {"name": "x"})))
    assert [status for status, _ in done] == [200, 200]
    assert counts(editor) == ["1", "1", "0", "0"]


def test_a_group_of_a_batch_as_json_is_done_whole_or_each_of_it_says_that_it_was_not(editor: TestClient) -> None:
    def asked(*bodies: Any) -> list[int]:
        requests = [{"id": str(at), "atomicityGroup": "g", "method": "POST", "url": "Things", "body": body} for at, body in enumerate(bodies)]
        answer = editor.post("$batch", json={"requests": [*requests, {"id": "last", "method": "GET", "url": "Things/$count"}]})
        return [each["status"] for each in answer.json()["responses"]]

    assert asked(THING, {"name": 1}, THING) == [424, 400, 424, 200]
    assert counts(editor)[0] == "0"
    assert asked(THING, THING) == [201, 201, 200]
    assert counts(editor)[0] == "2"
    twice = [{"id": "1", "method": "GET", "url": "Things", "atomicityGroup": group} for group in ("a", "b")]
    assert editor.post("$batch", json={"requests": twice}).status_code == 400


@pytest.mark.parametrize(
    "body",
    ["", "--b1", mixed(request("POST", "Things", THING)).replace("--b1--", ""), mixed("Content-Type: text/plain\r\n\r\nx\r\n"),
     mixed(changes(changes(request("POST", "Things", THING)))), mixed("Content-Type: application/http\r\n\r\nhello\r\n")],
)  # fmt: skip
def test_what_is_no_batch_is_refused_and_nothing_is_stored(editor: TestClient, body: str) -> None:
    answer = editor.post("$batch", content=body.encode(), headers={"content-type": "multipart/mixed; boundary=b1"})
    assert answer.status_code == 400, answer.text
    assert counts(editor)[0] == "0"


@given(st.binary(max_size=200), st.text(max_size=40))
def test_whatever_is_sent_is_read_or_refused(body: bytes, media: str) -> None:
    try:
        multipart.read(body, f"multipart/mixed{media}")
    except Problem as problem:
        assert problem.status == 400
