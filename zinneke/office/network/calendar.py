"""Meetings and actions as iCalendar (RFC 5545), for calendars that people have already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from zinneke.office.network import rules
from zinneke.office.network.values import Action, Meeting

PRODUCT = "-//Zinneke//Network//EN"
STATES = {"planned": "CONFIRMED", "held": "CONFIRMED", "cancelled": "CANCELLED"}
TODO = {"open": "NEEDS-ACTION", "done": "COMPLETED", "dropped": "CANCELLED"}


def write(name: str, meetings: Iterable[Meeting], actions: Iterable[Action], zone: str, site: str) -> bytes:
    """Return a calendar: an event for each meeting in local time with its zone, a task for each action, each always under the same identifier."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", rules.one_line(name))
    calendar.add("refresh-interval;value=duration", "PT1H")
    for meeting in meetings:
        calendar.add_component(_event(meeting, ZoneInfo(zone), site))
    for action in actions:
        calendar.add_component(_task(action, site))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(meeting: Meeting, zone: ZoneInfo, site: str) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", f"meeting-{meeting.key}@zinneke")
    event.add("dtstamp", meeting.changed or datetime.now(UTC))
    event.add("sequence", meeting.version)
    event.add("summary", rules.one_line(rules.bilingual(meeting.name)))
    event.add("dtstart", meeting.start.astimezone(zone))
    event.add("dtend", meeting.end.astimezone(zone))
    event.add("status", STATES[meeting.state])
    event.add("url", f"{site}/network/meetings/{meeting.key}/")
    if meeting.place:
        event.add("location", rules.one_line(meeting.place))
    return event


def _task(action: Action, site: str) -> Any:
    from icalendar import Todo

    task = Todo()
    task.add("uid", f"action-{action.key}@zinneke")
    task.add("dtstamp", action.changed or datetime.now(UTC))
    task.add("sequence", action.version)
    task.add("summary", rules.one_line(action.title))
    task.add("status", TODO[action.state])
    task.add("url", f"{site}/network/actions/{action.key}/")
    if action.due:
        task.add("due", action.due)
    if action.done:
        task.add("completed", datetime.combine(action.done, datetime.min.time(), UTC))
    return task
