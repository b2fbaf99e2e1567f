"""What was refused is read, mended and sent again: judged as anything that comes, and what became of it is kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.foundations.observations.city import HOUR, NOON, actor, batch, make
from zinneke import solutions
from zinneke.asgi.door import Door
from zinneke.foundations.audit import store as audit
from zinneke.foundations.observations import models, quarantine, register, store
from zinneke.foundations.observations.refused import Mend, Quarantined, Sought
from zinneke.foundations.observations.routes import ROUTES
from zinneke.foundations.observations.values import Batch, Detail, Level
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db


def refused(value: float = 4000, at: datetime = NOON) -> Quarantined:
    """Send a value that is out of range, and return it as the quarantine has it."""
    known = register.current().by_key.get("demo/a/fill")
    number = known.id if known else make("a")[0].id
    assert store.ingest(SYSTEM, batch((number, at, value))).refusals == 1
    return quarantine.list_quarantine(SYSTEM)[0]


def test_a_mended_value_is_stored_and_leaves_the_quarantine_with_who_when_and_what_it_was() -> None:
    kept = refused()
    operator = actor("observations")
    done = quarantine.replay(operator, kept.id, Mend(value="40"))
    assert done.state == "stored"
    assert quarantine.list_quarantine(SYSTEM) == []
    assert store.latest(SYSTEM)[0].value == 40
    (attempt,) = done.attempts
    assert (attempt.who, attempt.sent["value"], done.value) == ("somebody", "40", "4000.0")
    (entry,) = [each for each in audit.list_entries(SYSTEM) if each.action == "quarantine.stored"]
    assert (entry.actor, entry.detail["was"]["value"]) == ("somebody", "4000.0")  # type: ignore[index]
    with pytest.raises(Problem) as caught:
        quarantine.replay(operator, kept.id)
    assert caught.value.status == 409


@pytest.mark.parametrize(
    ("mend", "told"),
    [
        (Mend(), "outside the plausible range"),
        (Mend(value="much"), "not a number"),
        (Mend(value="4", time="yesterday"), "not a"),
        (Mend(value="4", time="1980-01-01T00:00:00Z"), "before 1990"),
        (Mend(value="4", stream="demo/none/fill"), "demo/none/fill"),
        (Mend(value="4", stream="999999"), "no stream"),
        (Mend(value="4", stream="9" * 40), "no stream"),
    ],
    ids=repr,
)
def test_what_is_still_wrong_stays_with_the_new_reason_and_is_not_kept_twice(mend: Mend, told: str) -> None:
    kept = refused()
    done = quarantine.replay(SYSTEM, kept.id, mend)
    assert done.state == "waiting"
    assert told in done.attempts[0].outcome
    assert models.Quarantined.objects.count() == 1
    assert store.count(SYSTEM) == 0


def test_a_stream_mended_lets_many_be_sent_again_at_once() -> None:
    ids = [refused(200 + at, NOON + at * HOUR).id for at in range(5)]
    store.set_streams(SYSTEM, [_row(high=203)])
    done = quarantine.replay_many(SYSTEM, ids)
    assert [each.state for each in done] == ["stored"] * 4 + ["waiting"]
    assert store.count(SYSTEM) == 4
    assert [each.id for each in quarantine.list_quarantine(SYSTEM)] == [ids[-1]]


def _row(**other: Any) -> Any:
    import msgspec

    known = register.current().by_key["demo/a/fill"]
    fields = {name: getattr(known, name) for name in store.StreamRow.__struct_fields__}
    return msgspec.convert({**fields, **other}, store.StreamRow)


def test_what_came_meanwhile_is_there_already_and_nothing_is_there_twice() -> None:
    kept = refused()
    store.ingest(SYSTEM, batch((int(register.current().by_key["demo/a/fill"].id), NOON, 40)))
    assert quarantine.replay(SYSTEM, kept.id, Mend(value="40")).state == "stored"
    assert store.count(SYSTEM) == 1


def test_another_value_at_that_time_is_a_correction_and_stays() -> None:
    kept = refused()
    store.ingest(SYSTEM, batch((int(register.current().by_key["demo/a/fill"].id), NOON, 41)))
    done = quarantine.replay(SYSTEM, kept.id, Mend(value="40"))
    assert done.state == "waiting"
    assert "correction" in done.attempts[0].outcome


def test_nobody_mends_what_they_may_not_write_nor_sends_it_where_they_may_not() -> None:
    kept = refused()
    (closed,) = make("closed", solution="care", level=Level.PERSONAL)
    for who in (actor("observations.care"), actor(area="21001")):
        for act in (lambda w=who: quarantine.get_quarantined(w, kept.id), lambda w=who: quarantine.replay(w, kept.id, Mend(value="4"))):
            with pytest.raises(Problem) as caught:
                act()
            assert caught.value.status == 404
        assert quarantine.replay_many(who, [kept.id]) == []
    with pytest.raises(Problem):
        quarantine.list_quarantine(ANONYMOUS)
    done = quarantine.replay(actor("observations.demo"), kept.id, Mend(value="4", stream=str(closed.id)))
    assert "not yours" in done.attempts[0].outcome
    assert store.count(SYSTEM) == 0


def test_what_else_an_observation_told_is_sent_again_with_it() -> None:
    (stream,) = make("a")
    sent = Batch.of([(stream.id, NOON, 4000.0)])
    store.ingest(SYSTEM, Batch(sent.streams, sent.times, sent.values, details={0: Detail(parameters='{"a":1}')}))
    quarantine.replay(SYSTEM, quarantine.list_quarantine(SYSTEM)[0].id, Mend(value="40"))
    from zinneke.foundations.observations import lifecycle

    told = lifecycle.opened().store.details(sent.streams, sent.times)
    assert [each.parameters for each in told.values()] == ['{"a":1}']


def test_it_is_let_go_with_a_reason_and_stays_to_be_read() -> None:
    kept = refused()
    with pytest.raises(Problem):
        quarantine.dismiss(SYSTEM, kept.id, " ")
    done = quarantine.dismiss(SYSTEM, kept.id, "the sensor was on a bench")
    assert done.state == "dismissed"
    assert quarantine.list_quarantine(SYSTEM) == []
    assert [each.id for each in quarantine.list_quarantine(SYSTEM, Sought(state="dismissed"))] == [kept.id]
    with pytest.raises(Problem):
        quarantine.dismiss(SYSTEM, kept.id, "again")


def test_it_is_found_by_reason_sender_and_solution() -> None:
    kept = refused()
    for sought in (Sought(reason="PLAUSIBLE range"), Sought(who="system"), Sought(solution="demo"), Sought(state=None)):
        assert [each.id for each in quarantine.list_quarantine(SYSTEM, sought)] == [kept.id], sought
    for sought in (Sought(reason="future"), Sought(who="device:x"), Sought(solution="x"), Sought(state="stored")):
        assert quarantine.list_quarantine(SYSTEM, sought) == [], sought


def test_a_message_that_cannot_be_read_waits_with_its_bytes_until_it_can() -> None:
    solution = registry.solutions()["smart_bins"]
    source = solution.sources[0]
    body = b"\xff\xfe poison" + b"x" * 40_000
    quarantine.keep_unread(SYSTEM, body, "It cannot be read.", "smart_bins", source.key)
    (kept,) = quarantine.list_quarantine(SYSTEM)
    assert (kept.size, kept.stream, kept.source) == (quarantine.MOST_RAW, "", source.key)
    assert quarantine.get_quarantined(SYSTEM, kept.id).raw.startswith("ff fe")
    still = quarantine.replay(SYSTEM, kept.id)
    assert (still.state, "first 16,384 bytes" in still.attempts[0].outcome) == ("waiting", True), "its last line would be read as if it were whole"
    assert [each.state for each in quarantine.replay_many(SYSTEM, [kept.id])] == ["waiting"]
    still = quarantine.replay(SYSTEM, kept.id, Mend(raw="[poison"))
    assert (still.state, "cannot be read" in still.attempts[-1].outcome) == ("waiting", True)


def test_a_message_that_is_no_text_is_sent_again_as_the_figures_by_which_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    monkeypatch.setattr(quarantine.resending, "through_source", lambda actor, key, name, body: (sent.append(body), ("?", False))[1])
    quarantine.keep_unread(SYSTEM, b"\x01\x67\xff", "?", "smart_bins", "x")
    (kept,) = quarantine.list_quarantine(SYSTEM)
    told = quarantine.get_quarantined(SYSTEM, kept.id).raw
    for raw in (told, "01 67\r\n00", '{"a": 1}'):
        quarantine.replay(SYSTEM, kept.id, Mend(raw=raw))
    assert (told, sent) == ("01 67 ff", [b"\x01\x67\xff", b"\x01\x67\x00", b'{"a": 1}'])


def test_a_message_of_nobody_is_let_go() -> None:
    quarantine.keep_unread(SYSTEM, b"?", "No solution has this topic.")
    (kept,) = quarantine.list_quarantine(SYSTEM)
    assert quarantine.list_quarantine(actor("observations", Level.SHARED)) == []
    with pytest.raises(Problem):
        quarantine.replay(SYSTEM, kept.id, Mend(stream="1"))
    assert quarantine.dismiss(SYSTEM, kept.id, "noise").state == "dismissed"


def test_of_old_messages_only_the_reason_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST_RAWS", 2)
    for at in range(4):
        quarantine.keep_unread(SYSTEM, b"?", f"reason {at}", "smart_bins", "x")
    kept = quarantine.list_quarantine(SYSTEM)
    assert [each.size for each in kept] == [1, 1, 0, 0]
    for source in registry.solutions()["smart_bins"].sources:
        models.Quarantined.objects.filter(pk=kept[3].id).update(source=source.key)
        done = quarantine.replay(SYSTEM, kept[3].id)
        assert (done.state, done.attempts[-1].outcome[:34]) == ("waiting", "What it brought is no longer here."), "nothing is taken for stored"


WORDS = st.text(max_size=30) | st.sampled_from(["1", "demo/a/fill", "2026-03-10T12:00:00Z", "40", "-0", "1e400", "nan", "٣"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.builds(Mend, stream=st.none() | WORDS, time=st.none() | WORDS, value=st.none() | WORDS))
def test_whatever_is_sent_again_is_stored_or_waits_and_the_count_agrees(mend: Mend) -> None:
    kept = refused()
    before = store.count(SYSTEM)
    done = quarantine.replay(SYSTEM, kept.id, mend)
    assert done.state in ("stored", "waiting")
    assert store.count(SYSTEM) - before in ((0, 1) if done.state == "stored" else (0,))
    assert len(done.attempts) == 1
    assert datetime.now(UTC) >= done.attempts[0].at


def test_more_than_a_thousand_at_once_are_refused() -> None:
    with pytest.raises(Problem):
        quarantine.replay_many(SYSTEM, list(range(1001)))


@pytest.mark.django_db(transaction=True)
def test_through_the_machines_door_a_poison_message_is_read_mended_and_sent_again() -> None:
    sent = json.loads((Path(solutions.__path__[0]) / "smart_bins" / "sample.json").read_text())
    source = registry.solutions()["smart_bins"].sources[0]
    sample = json.dumps(sent[source.key]).encode()
    door = TestClient(Door(ROUTES, lambda headers, safe: SYSTEM))
    head = {"authorization": "Bearer x"}
    answer = door.post(f"/api/solutions/smart_bins/{source.key}", content=sample[:-5], headers=head)
    assert answer.status_code == 400
    (kept,) = door.get("/api/quarantine?solution=smart_bins", headers=head).json()["quarantine"]
    whole = door.get(f"/api/quarantine/{kept['id']}", headers=head).json()
    assert whole["raw"] == sample[:-5].decode()
    done = door.post(f"/api/quarantine/{kept['id']}/replay", json={"raw": sample.decode()}, headers=head).json()
    assert done["state"] == "stored"
    assert store.count(SYSTEM, "smart_bins") > 0
    assert door.post(f"/api/quarantine/{kept['id']}/dismiss", json={"reason": "x"}, headers=head).status_code == 409
    assert door.post("/api/quarantine/replay", json={"ids": [kept["id"]]}, headers=head).json() == {"quarantine": [], "next": None}
    assert door.get("/api/quarantine/999999", headers=head).status_code == 404
