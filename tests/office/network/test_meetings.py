"""Groups that meet: series, agendas, decisions that are followed, actions, and all of it in people's own calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from tests.office.network.conftest import person
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level
from zinneke.kernel.problem import Problem
from zinneke.office.network import chores, desk, models, store
from zinneke.office.network.values import Action, Decision, Group, Meeting, Point

pytestmark = pytest.mark.usefixtures("town")
BRUSSELS = ZoneInfo("Europe/Brussels")
BEGINS = datetime(2026, 1, 8, 14, tzinfo=BRUSSELS)


@pytest.fixture
def group(manager: Actor) -> Group:
    return store.set_group(
        manager, Group(key="leads", name={"fr": "Réseau", "nl": "Netwerk"}, rule="FREQ=MONTHLY;BYDAY=2TH", begins=BEGINS, members=("lou", "easy"))
    )


@pytest.fixture
def meeting(manager: Actor, group: Group) -> Meeting:
    return store.set_meeting(manager, Meeting(key="m", group="leads", start=BEGINS, end=BEGINS + timedelta(hours=2), level=Level.SHARED))


def test_a_series_is_planned_once_in_local_time_and_what_was_moved_stays_moved(manager: Actor, group: Group) -> None:
    made = store.plan_meetings(manager, "leads")
    assert made in (13, 14)
    assert store.plan_meetings(manager, "leads") == 0
    found = store.list_meetings(manager, "leads")
    assert {each.start.astimezone(BRUSSELS).hour for each in found} == {14}
    moved = store.set_meeting(
        manager, msgspec.structs.replace(found[0], start=found[0].start + timedelta(days=1), end=found[0].end + timedelta(days=1))
    )
    store.set_meeting(manager, msgspec.structs.replace(found[1], state="cancelled"))
    assert chores.keep_time(datetime.now(UTC)) == ""
    assert store.get_meeting(manager, moved.key).start == moved.start
    assert found[0].name == {"fr": "Réseau", "nl": "Netwerk"}


def test_a_series_without_a_first_meeting_or_with_a_rule_that_is_none_is_refused(manager: Actor, group: Group) -> None:
    for wrong in (msgspec.structs.replace(group, begins=None), msgspec.structs.replace(group, rule="FREQ=SECONDLY")):
        with pytest.raises(Problem) as refused:
            store.set_group(manager, wrong)
        assert refused.value.status == 400


def test_a_meeting_is_never_more_open_than_its_group(manager: Actor, group: Group) -> None:
    closed = store.set_group(manager, msgspec.structs.replace(group, level=Level.SHARED))
    assert closed.level == Level.SHARED
    found = store.set_meeting(manager, Meeting(key="x", group="leads", start=BEGINS, end=BEGINS + timedelta(hours=1), level=Level.PUBLIC))
    assert found.level == Level.SHARED
    with pytest.raises(Problem):
        store.get_meeting(ANONYMOUS, "x")


def test_whoever_holds_a_part_of_a_closed_body_reads_its_papers_and_nobody_elses(manager: Actor, meeting: Meeting) -> None:
    member, stranger = person("member@example.org", "partner", "network.leads"), person("stranger@example.org", "partner", "network.stib")
    store.set_point(manager, Point(meeting="m", title="Budget", papers=("https://example.org/a.pdf",)))
    assert [each.title for each in store.list_points(member, "m")] == ["Budget"]
    assert store.list_points(stranger, "m") == []


def test_an_agenda_is_built_from_what_was_relayed(manager: Actor, meeting: Meeting) -> None:
    relayed = [store.set_point(manager, Point(meeting="m", title=title)) for title in ("Second", "First", "Never")]
    for point, state, place in zip(relayed, ("agenda", "agenda", "left out"), (2, 1, 0), strict=True):
        store.set_point(manager, msgspec.structs.replace(point, state=state, place=place))
    assert [each.title for each in store.list_points(manager, "m")] == ["First", "Second", "Never"]


def test_two_who_write_the_report_at_once_do_not_lose_a_word(manager: Actor, meeting: Meeting) -> None:
    store.set_meeting(manager, msgspec.structs.replace(meeting, report="Mine"))
    with pytest.raises(Problem, match="Manager changed it meanwhile") as refused:
        store.set_meeting(manager, msgspec.structs.replace(meeting, report="Theirs"))
    assert refused.value.status == 409
    assert store.get_meeting(manager, "m").report == "Mine"


def test_an_escalation_has_parties_and_a_term_and_the_register_says_whether_it_was_followed(manager: Actor, meeting: Meeting) -> None:
    with pytest.raises(Problem, match="has a term"):
        store.set_decision(manager, Decision(title="Share", taken=date(2026, 1, 8), parties=("stib",)))
    with pytest.raises(Problem, match="lies after"):
        store.set_decision(manager, Decision(title="Share", taken=date(2026, 1, 8), due=date(2026, 1, 7)))
    made = store.set_decision(manager, Decision(title="Share", taken=date(2026, 1, 8), parties=("stib", "easy"), due=date(2026, 2, 1)))
    store.set_decision(manager, Decision(title="No escalation", taken=date(2026, 1, 8), meeting="m"))
    assert [each.title for each in store.list_decisions(manager, escalations=True)] == ["Share"]
    assert made.late(date(2026, 2, 2))
    assert "Say whether a decision was followed" in [each.what.en for each in desk.waiting(manager)]
    followed = store.set_decision(manager, msgspec.structs.replace(made, followed="partly", note="One of two."))
    assert followed.followed_on is not None
    assert not followed.late(date(2026, 3, 1))


def test_an_action_leads_back_to_its_meeting_and_from_there_to_it_and_to_its_project(manager: Actor, meeting: Meeting) -> None:
    made = store.set_action(manager, Action(title="Write", meeting="m", project="osiris", post="lou", due=date(2026, 2, 1)))
    assert made.level == Level.SHARED
    assert store.list_actions(manager, meeting="m") == store.list_actions(manager, project="osiris") == [made]
    assert made.late(date(2026, 2, 2))
    with pytest.raises(Problem, match="no post"):
        store.set_action(manager, Action(title="Write", post="nobody"))


def test_the_owner_of_an_action_finds_it_at_the_desk_and_says_that_it_is_done(manager: Actor) -> None:
    lou = person("lou@example.org", "partner")
    store.set_post(SYSTEM, store.get_post(SYSTEM, "lou"))
    made = store.set_action(manager, Action(title="Write", post="lou", due=date(2026, 2, 1)))
    assert [(each.what.en, each.title) for each in desk.waiting(lou)] == [("Carry out an action", "Write")]
    stranger = person("stranger@example.org", "partner")
    with pytest.raises(Problem) as refused:
        store.finish_action(stranger, made.key)
    assert refused.value.status == 403
    assert store.finish_action(lou, made.key).done is not None
    assert list(desk.waiting(lou)) == []


def test_pages_show_a_meeting_before_and_after(manager: Actor, meeting: Meeting, browse: Any) -> None:
    store.set_meeting(manager, msgspec.structs.replace(meeting, report="What was said", present=("lou",), excused=("easy",), state="held"))
    text = browse(manager, "/nl/network/meetings/m/").content.decode()
    assert "What was said" in text
    assert "Verontschuldigd" in text
    assert browse(ANONYMOUS, "/nl/network/meetings/m/").status_code == 404


# -- calendars --------------------------------------------------------------------------------------------------------------


def events(data: bytes) -> tuple[list[Any], list[Any]]:
    from icalendar import Calendar

    calendar = Calendar.from_ical(data)
    assert list(calendar.walk("VTIMEZONE")) or not list(calendar.walk("VEVENT"))
    return list(calendar.walk("VEVENT")), list(calendar.walk("VTODO"))


def test_a_calendar_is_read_back_with_local_hours_and_cancelled_meetings(manager: Actor, group: Group) -> None:
    store.plan_meetings(manager, "leads")
    first, second, *_ = store.list_meetings(manager, "leads")
    store.set_meeting(manager, msgspec.structs.replace(second, state="cancelled"))
    found, _ = events(store.get_group_calendar(ANONYMOUS, "leads", "https://example.org/fr"))
    assert len(found) == len(store.list_meetings(manager, "leads"))
    assert {event["dtstart"].dt.hour for event in found} == {14}
    assert [str(event["status"]) for event in found[:2]] == ["CONFIRMED", "CANCELLED"]
    assert str(found[0]["summary"]) == "Réseau / Netwerk"
    assert str(found[0]["uid"]) == f"meeting-{first.key}@zinneke"
    assert int(found[1]["sequence"]) > int(found[0]["sequence"])


def test_a_meeting_that_tries_to_write_lines_of_its_own_stays_one_event(manager: Actor, group: Group) -> None:
    title = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:evil"
    store.set_meeting(manager, Meeting(key="evil", group="leads", title=title, start=BEGINS, end=BEGINS + timedelta(hours=1)))
    found, _ = events(store.get_meeting_calendar(ANONYMOUS, "evil", ""))
    assert len(found) == 1


def test_a_calendar_address_shows_ones_own_and_ends_when_it_is_revoked(manager: Actor, group: Group) -> None:
    lou = person("lou@example.org", "partner")
    store.set_post(SYSTEM, store.get_post(SYSTEM, "lou"))
    soon = datetime.now(UTC) + timedelta(days=3)
    store.set_meeting(manager, Meeting(key="mine", group="leads", start=soon, end=soon + timedelta(hours=1), level=Level.SHARED))
    store.set_group(manager, Group(key="others", name={"fr": "Autres"}))
    store.set_meeting(manager, Meeting(key="theirs", group="others", start=soon, end=soon + timedelta(hours=1)))
    store.set_action(manager, Action(title="Write", post="lou", due=date(2026, 2, 1)))
    word = store.add_feed(lou)
    found, tasks = events(store.get_calendar(word, ""))
    assert [str(event["uid"]) for event in found] == ["meeting-mine@zinneke"]
    assert [str(task["summary"]) for task in tasks] == ["Write"]
    assert tasks[0]["due"].dt == date(2026, 2, 1)
    assert word not in repr(list(models.Feed.objects.values()))
    [feed] = store.list_own_feeds(lou)
    with pytest.raises(Problem) as refused:
        store.revoke_feed(manager, feed.id)
    assert refused.value.status == 404
    store.revoke_feed(lou, feed.id)
    with pytest.raises(Problem, match="does not work"):
        store.get_calendar(word, "")


def test_a_calendar_address_ends_when_its_owner_leaves_and_shows_no_more_than_they_may_see_today(manager: Actor, group: Group) -> None:
    soon = datetime.now(UTC) + timedelta(days=3)
    store.set_meeting(manager, Meeting(key="closed", group="leads", start=soon, end=soon + timedelta(hours=1), level=Level.SHARED))
    member = person("member@example.org", "partner", "network.leads")
    word = store.add_feed(member, "leads")
    assert len(events(store.get_calendar(word, ""))[0]) == 1
    identity.revoke_role(SYSTEM, "member@example.org", "partner", subject="network.leads")
    assert events(store.get_calendar(word, ""))[0] == []
    identity.set_active(SYSTEM, "member@example.org", False)
    with pytest.raises(Problem):
        store.get_calendar(word, "")


def test_a_token_or_a_visitor_makes_no_calendar_address(manager: Actor) -> None:
    token = identity.add_token(SYSTEM, "manager@example.org", "t", ["see:network"], 1)
    machine = identity.find_actor_by_token(token)
    assert machine is not None
    for actor in (ANONYMOUS, machine):
        with pytest.raises(Problem) as refused:
            store.add_feed(actor)
        assert refused.value.status == 401
