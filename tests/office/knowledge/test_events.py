"""Events: the last seat, the waiting list, giving back, reminding, forgetting, and what a workshop writes down."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from tests.office.knowledge.conftest import NOW, VISITOR, draft, meeting, person
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.kernel.problem import Problem
from zinneke.kernel.spreadsheet import guard
from zinneke.office.knowledge import events, models, sending, store
from zinneke.office.knowledge.rules import CAPTURE_COLUMNS, promote, write_captures
from zinneke.office.knowledge.values import Asked, Captured, Entry, Registered

Publish = Callable[..., Entry]


def asked(name: str = "Ann", seats: int = 1, **other: object) -> Asked:
    return Asked(**{"name": name, "email": f"{name.lower()}@example.org", "seats": seats, "consent": True, **other})  # type: ignore[arg-type]


def going(key: str, wish: Asked) -> Registered:
    made = events.register(VISITOR, key, wish, NOW)
    assert made is not None
    return made


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_the_last_seat_at_once_exactly_one_gets_it() -> None:
    entry = store.set_entry(SYSTEM, draft("talk", meeting(seats=1)))
    store.set_state(SYSTEM, "event", "talk", "published", entry.version)
    for _ in range(3):
        models.Registration.objects.all().delete()
        gate, states, faults = threading.Barrier(4), [], []

        def take(name: str, gate: threading.Barrier = gate, states: list[str] = states, faults: list[Exception] = faults) -> None:
            try:
                gate.wait()
                states.append(going("talk", asked(name)).state)
            except Exception as fault:
                faults.append(fault)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=take, args=(f"P{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == [] and sorted(states) == ["going", "waiting", "waiting", "waiting"]


@pytest.mark.django_db
def test_a_full_event_has_a_waiting_list_that_moves_up_when_somebody_cancels(publish: Publish) -> None:
    publish("talk", meeting(seats=1))
    first, second, third = (going("talk", asked(name)) for name in ("Ann", "Bob", "Cas"))
    assert [each.state for each in (first, second, third)] == ["going", "waiting", "waiting"]
    cancelled, coming = events.cancel_registration(VISITOR, first.token)
    assert cancelled.state == "cancelled" and [each.name for each in coming] == ["Bob"]
    assert events.get_seats(VISITOR, "talk").taken == 1
    assert events.cancel_registration(VISITOR, first.token)[1] == []


@pytest.mark.django_db
def test_cancelling_erases_the_person_at_once(publish: Publish) -> None:
    publish("talk", meeting())
    token = going("talk", asked(needs="ramp")).token
    events.cancel_registration(VISITOR, token)
    row = models.Registration.objects.get()
    assert (row.name, row.email, row.needs) == ("", "", "")


@pytest.mark.django_db
def test_registering_twice_takes_one_seat_and_tells_a_stranger_nothing(publish: Publish) -> None:
    publish("talk", meeting())
    going("talk", asked())
    assert events.register(VISITOR, "talk", asked(name="Eve", email="ANN@example.org"), NOW) is None
    assert [each.name for each in events.list_registrations(SYSTEM, "talk")] == ["Ann"] and events.get_seats(VISITOR, "talk").taken == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wish", "where"),
    [
        (asked(name=" "), "name"),
        (asked(name="Ann\nBcc: all@example.org"), "name"),
        (asked(email="ann@example.org\nBcc: all@example.org"), "email"),
        (asked(email="ann"), "email"),
        (asked(consent=False), "consent"),
        (asked(seats=3), "seats"),
        (asked(seats=0), "seats"),
        (asked(language="xx"), "language"),
        (asked(audience="robots"), "audience"),
    ],
)
def test_what_cannot_be_registered_is_refused_at_its_field(publish: Publish, wish: Asked, where: str) -> None:
    publish("talk", meeting(limit=2))
    with pytest.raises(Problem) as refused:
        events.register(VISITOR, "talk", wish, NOW)
    assert refused.value.extra["where"] == where and not models.Registration.objects.exists()


@pytest.mark.django_db
def test_registration_closes_when_it_says_and_when_the_event_begins(publish: Publish) -> None:
    starts = datetime(2030, 3, 1, 9, tzinfo=UTC)
    publish("soon", meeting(closes=starts - timedelta(days=7)))
    publish("open", meeting())
    publish("free", meeting(seats=0))
    for key, when in (("soon", starts - timedelta(days=6)), ("open", starts), ("free", NOW)):
        with pytest.raises(Problem) as refused:
            events.register(VISITOR, key, asked(), when)
        assert refused.value.status == 409, key


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "1", "WzFd:abc:def", "x" * 900, "../../etc"])
def test_a_link_that_was_guessed_opens_nothing(publish: Publish, token: str) -> None:
    publish("talk", meeting())
    events.register(VISITOR, "talk", asked(), NOW)
    with pytest.raises(Problem) as refused:
        events.cancel_registration(VISITOR, token)
    assert refused.value.status == 404 and events.get_seats(VISITOR, "talk").taken == 1


@pytest.mark.django_db
def test_who_comes_is_seen_by_who_may_see_personal_data_there(publish: Publish) -> None:
    publish("talk", meeting())
    events.register(VISITOR, "talk", asked(), NOW)
    assert [each.email for each in events.list_registrations(person("steward"), "talk")] == ["ann@example.org"]
    for reader in (person("operator"), person("steward", area="21015")):
        with pytest.raises(Problem) as refused:
            events.list_registrations(reader, "talk")
        assert refused.value.status == 404


@pytest.mark.django_db
def test_everybody_is_reminded_once(publish: Publish) -> None:
    publish("talk", meeting())
    registered = going("talk", asked(language="nl"))
    soon = datetime(2030, 2, 28, 9, tzinfo=UTC)
    assert sending.remind_due(NOW) == "" and sending.remind_due(soon) == "1 reminded" and sending.remind_due(soon) == ""
    (letter,) = mail.outbox
    assert (
        letter.subject == "Herinnering: Titel talk" and registered.token in letter.body and "9.00" not in letter.body and "10.00 uur" in letter.body
    )


@pytest.mark.django_db
def test_names_are_forgotten_thirty_days_after_and_how_many_came_stays(publish: Publish) -> None:
    publish("talk", meeting())
    events.register(VISITOR, "talk", asked(needs="ramp"), NOW)
    after = datetime(2030, 3, 1, 12, tzinfo=UTC)
    assert events.erase_old(after + timedelta(days=29)) == 0 and events.erase_old(after + timedelta(days=31)) == 1
    row = models.Registration.objects.get()
    assert (row.name, row.email, row.needs, row.seats, row.state) == ("", "", "", 1, "going")
    assert events.erase_old(after + timedelta(days=32)) == 0


@given(st.lists(st.integers(1, 4), max_size=8), st.integers(0, 8))
def test_those_who_wait_never_overfill_and_nobody_is_overtaken_by_somebody_who_needs_as_much(waiting: list[int], free: int) -> None:
    coming = promote(list(enumerate(waiting)), free)
    assert sum(waiting[each] for each in coming) <= free
    for chosen in coming:
        assert all(waiting[left] > waiting[chosen] for left in range(chosen) if left not in coming)


@pytest.mark.django_db
def test_a_workshop_is_written_down_and_taken_out_as_a_table(publish: Publish) -> None:
    publish("talk", meeting())
    events.add_capture(SYSTEM, "talk", "project", "Shared counts", "All in one", "mobility", "Brussel Mobiliteit")
    wrong = events.add_capture(SYSTEM, "talk", "need", "Oops")
    events.remove_capture(SYSTEM, "talk", wrong)
    rows = list(csv.DictReader(io.StringIO(write_captures(events.list_captures(SYSTEM, "talk"), "event:talk"))))
    assert rows == [
        {
            "name": "Shared counts",
            "kind": "project",
            "domain": "mobility",
            "owner": "Brussel Mobiliteit",
            "description": "All in one",
            "source": "event:talk",
        }
    ]
    for kind, title, domain in (("idea", "x", ""), ("need", " ", ""), ("need", "x", "space"), ("need", "a\nb", "")):
        with pytest.raises(Problem):
            events.add_capture(SYSTEM, "talk", kind, title, domain=domain)


@given(st.text(max_size=20))
def test_no_cell_begins_as_a_formula(text: str) -> None:
    assert guard(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")
    (row,) = csv.DictReader(io.StringIO(write_captures([Captured(1, "need", "x", text, "", "", "")], "s"), newline=""))
    assert row["description"].lstrip("'") == text.lstrip("'") and tuple(row) == CAPTURE_COLUMNS["en"]


@pytest.mark.django_db
def test_an_event_ends_after_it_starts_and_its_level_decides_who_registers(publish: Publish) -> None:
    with pytest.raises(Problem) as refused:
        store.set_entry(SYSTEM, draft("bad", meeting(ends=datetime(2029, 1, 1, tzinfo=UTC))))
    assert refused.value.extra["where"] == "ends"
    publish("inside", meeting(), level=Level.SHARED)
    with pytest.raises(Problem) as hidden:
        events.register(VISITOR, "inside", asked(), NOW)
    assert hidden.value.status == 404
