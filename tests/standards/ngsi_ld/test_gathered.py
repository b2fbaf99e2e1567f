"""Updates of what is measured share commits with those of others, and come to the same as one after the other."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from zinneke.foundations.observations import lifecycle, quarantine, store
from zinneke.foundations.observations.attributes import handing
from zinneke.kernel.confidentiality import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
BIN, OTHER = "urn:ngsi-ld:Bin:1", "urn:ngsi-ld:Bin:2"
ADDRESS = f"entities/{BIN}/attrs/fill"
WHOLE = {
    "type": "Bin",
    "fill": {"value": 40, "unitCode": "P1", "observedAt": "2026-03-01T10:00:00Z"},
    "lid": {"value": {"open": True}, "observedAt": "2026-03-01T10:00:00Z", "seenBy": {"value": "eye"}},
    "colour": "green",
}
LATER = "2026-03-01T11:00:00Z"
ASKED: tuple[tuple[str, str, Any], ...] = (
    ("PATCH", ADDRESS, {"value": 41, "observedAt": LATER}),
    ("PATCH", ADDRESS, {"value": 41, "observedAt": LATER}),
    ("PATCH", ADDRESS, {"value": 42, "observedAt": LATER}),
    ("PATCH", ADDRESS, {"value": 43, "observedAt": "2026-02-01T11:00:00Z"}),
    ("PATCH", ADDRESS, {"value": 43, "observedAt": "1970-02-01T11:00:00Z"}),
    ("PATCH", ADDRESS, {"value": 43, "observedAt": "2999-02-01T11:00:00Z"}),
    ("PATCH", ADDRESS, {"value": 44, "unitCode": "GQ", "observedAt": "2026-03-01T12:00:00Z"}),
    ("PATCH", ADDRESS, {"value": "full", "observedAt": "2026-03-01T12:10:00Z"}),
    ("PATCH", ADDRESS, {"observedAt": "2026-03-01T12:20:00Z"}),
    ("PATCH", ADDRESS, {"value": 45, "observedAt": "2026-03-01T12:30:00Z", "accuracy": {"value": 2}}),
    ("PATCH", ADDRESS, {"value": 46, "observedAt": "2026-03-01T12:40:00Z"}),
    ("PATCH", ADDRESS, {"value": "urn:ngsi-ld:null"}),
    ("PATCH", ADDRESS, [1]),
    ("PATCH", f"entities/{BIN}/attrs/lid", {"value": False, "observedAt": LATER}),
    ("PATCH", f"entities/{BIN}/attrs/colour", {"value": "red"}),
    ("PATCH", f"entities/{BIN}/attrs/none", {"value": 1}),
    ("PATCH", f"entities/{OTHER}9/attrs/fill", {"value": 1}),
    ("PUT", f"entities/{OTHER}/attrs/fill", {"value": 47, "observedAt": LATER}),
    ("PUT", f"entities/{OTHER}/attrs/none", {"value": 47, "observedAt": LATER}),
    ("POST", f"entities/{OTHER}/attrs", {"fill": {"value": 48, "observedAt": "2026-03-01T13:00:00Z"}}),
    ("POST", f"entities/{OTHER}/attrs?options=noOverwrite", {"fill": {"value": 49, "observedAt": "2026-03-01T14:00:00Z"}}),
    ("POST", f"entities/{OTHER}/attrs", {"noise": {"value": 50, "observedAt": LATER}}),
    ("PATCH", f"entities/{OTHER}/attrs", {"fill": {"value": 51, "observedAt": "2026-03-01T15:00:00Z"}, "none": 1}),
    (
        "PATCH",
        f"entities/{OTHER}/attrs",
        {"fill": {"value": 51, "observedAt": "2026-03-01T15:00:00Z"}, "noise": {"value": 3, "observedAt": "2026-03-01T15:00:00Z"}},
    ),
    ("PATCH", f"entities/{OTHER}", {"fill": {"value": 52, "observedAt": "2026-03-01T16:00:00Z"}}),
    ("PATCH", f"entities/{OTHER}?observedAt=2026-03-01T17:00:00Z", {"fill": {"value": 53}, "lid": {"value": {"open": False}}}),
    ("POST", "entityOperations/update", [{"id": BIN, "fill": {"value": 54, "observedAt": "2026-03-02T16:00:00Z"}}, {"id": "urn:none", "fill": 1}]),
    ("POST", "entityOperations/update", [{"id": each, "fill": {"value": 55, "observedAt": "2026-03-03T16:00:00Z"}} for each in (BIN, OTHER)]),
    ("POST", "entityOperations/update", [{"id": each, "fill": {"value": 56, "observedAt": "2026-03-03T16:00:00Z"}} for each in (BIN, OTHER)]),
    ("POST", "entityOperations/merge", [{"id": BIN, "fill": {"value": 57, "observedAt": "2026-03-04T16:00:00Z"}}, {"id": BIN, "fill": None}]),
    ("POST", "entityOperations/upsert?options=update", [{"id": BIN, "type": "Bin", "fill": {"value": 58, "observedAt": "2026-03-05T16:00:00Z"}}]),
)


@pytest.fixture
def broker(broker: TestClient) -> TestClient:
    for key in (BIN, OTHER):
        assert broker.post("entities", json={"id": key, **WHOLE}).status_code == 201
    return broker


def everything(broker: TestClient) -> Any:
    """Return what is told of both, but for when it was written, and how much is in the quarantine."""
    found = [broker.get(f"temporal/entities/{key}?timerel=after&timeAt=1990-01-01T00:00:00Z").text for key in (BIN, OTHER)]
    return [json.loads(re.sub(r'"modifiedAt":"[^"]+"', '"modifiedAt":""', each)) for each in found], len(quarantine.list_quarantine(SYSTEM))


def tell(broker: TestClient) -> list[Any]:
    answers = [broker.request(method, path, json=sent) for method, path, sent in ASKED]
    return [(answer.status_code, re.sub(r"stream \d+", "stream", answer.text)) for answer in answers]


def test_what_is_handed_over_comes_to_the_same_as_what_is_not(broker: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[bool] = []
    hand_over = handing.hand_over
    monkeypatch.setattr(handing, "hand_over", lambda *asked: _noted(counted, hand_over, asked))
    numbers: list[bool] = []
    hand_over_number = handing.hand_over_number
    monkeypatch.setattr(handing, "hand_over_number", lambda *asked: _noted(numbers, hand_over_number, asked))
    gathered, stood = tell(broker), everything(broker)
    assert counted.count(True) >= 6
    assert numbers.count(True) >= 5
    monkeypatch.setattr(handing, "hand_over_number", lambda *asked: None)
    for turn in (2, 3):
        for key in (BIN, OTHER):
            assert broker.delete(f"entities/{key}").status_code == 204
            assert broker.post("entities", json={"id": key, **WHOLE}).status_code == 201
        assert tell(broker) == gathered
        again = everything(broker)
        assert again[0] == stood[0]
        assert again[1] == turn * stood[1]
        monkeypatch.setattr(handing, "hand_over", lambda actor, edits: None)


def _noted(counted: list[bool], hand_over: Callable[..., Any], asked: Any) -> Any:
    found = hand_over(*asked)
    counted.append(found is not None)
    return found


def test_a_correction_keeps_the_earlier_value_and_leaves_nothing_in_the_quarantine(broker: TestClient) -> None:
    for value in (50, 60):
        assert broker.patch(ADDRESS, json={"value": value, "observedAt": LATER}).status_code == 204
    assert broker.get(f"entities/{BIN}").json()["fill"]["value"] == 60
    stream = store.find_stream(SYSTEM, f"ngsi-ld/{BIN}/@fill")
    assert stream is not None
    assert [each.value for each in store.list_revisions(SYSTEM, stream.id, datetime(2026, 3, 1, 11, tzinfo=UTC))] == [50]
    assert quarantine.list_quarantine(SYSTEM) == []


def test_what_says_no_time_is_stored_once_beside_a_correction(broker: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[bool] = []
    hand_over = handing.hand_over
    monkeypatch.setattr(handing, "hand_over", lambda *asked: _noted(counted, hand_over, asked))
    assert broker.patch(ADDRESS, json={"value": 41, "observedAt": LATER}).status_code == 204
    both = {"fill": {"value": 42, "observedAt": LATER}, "lid": {"value": "shut"}}
    assert broker.post(f"entities/{BIN}/attrs", json=both).status_code == 204
    assert counted[-1]
    told = broker.get(f"temporal/entities/{BIN}?timerel=after&timeAt=1990-01-01T00:00:00Z").json()
    assert [each["value"] for each in told["fill"]] == [40, 42]
    assert [each["value"] for each in told["lid"]] == [{"open": True}, "shut"]


def test_updates_that_wait_together_are_one_commit(broker: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert broker.patch(ADDRESS, json={"value": 1, "observedAt": LATER}).status_code == 204
    room, hold, commits = lifecycle.opened(), threading.Event(), list[int]()
    append = room.store.append
    monkeypatch.setattr(room.store, "append", lambda rows, *more: (commits.append(len(rows.streams)), append(rows, *more))[1])
    blocker = threading.Thread(target=room.writer.do, args=(lambda: hold.wait(30),))
    blocker.start()
    told, handed, put = list[int](), threading.Semaphore(0), room.gathering.put
    monkeypatch.setattr(room.gathering, "put", lambda *part: (put(*part), handed.release())[0])

    def send(minute: int) -> None:
        told.append(broker.patch(ADDRESS, json={"value": minute, "observedAt": f"2026-03-01T12:{minute:02}:00Z"}).status_code)

    senders = [threading.Thread(target=send, args=(minute,)) for minute in range(20)]
    for each in senders:
        each.start()
    assert all(handed.acquire(timeout=30) for _ in range(20))
    hold.set()
    for each in (*senders, blocker):
        each.join(30)
    assert told == [204] * 20
    assert sum(commits) == 20
    assert len(commits) <= 3


def test_an_entity_is_found_again_after_the_things_changed(broker: TestClient) -> None:
    assert broker.patch(ADDRESS, json={"value": 1, "observedAt": LATER}).status_code == 204
    assert broker.delete(f"entities/{BIN}").status_code == 204
    assert broker.patch(ADDRESS, json={"value": 1, "observedAt": LATER}).status_code == 404
