"""What leaves in other people's forms: Atom (RFC 4287), iCalendar (RFC 5545), schema.org."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring  # noqa: S405  written, never read

from zinneke.kernel.text import Text, choose
from zinneke.office.knowledge.kinds import KINDS
from zinneke.office.knowledge.markup import write_html
from zinneke.office.knowledge.values import Entry, Event

ATOM = "http://www.w3.org/2005/Atom"
FEED = Text("Smart City Office : actualités et publications", "Smart City Office: nieuws en publicaties", "Smart City Office: news and publications")
_ILLEGAL = {code: None for code in range(32) if code not in (9, 10, 13)}
"""Characters that XML has no place for."""


def write_atom(entries: Iterable[Entry], base: str, language: str, own: str, theme: str = "") -> bytes:
    """Return a feed of published entries in a language; a text in another one says so."""
    register_namespace("", ATOM)
    feed = Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language})
    kept = list(entries)

    def add(parent: Element, name: str, text: str = "", **attributes: str) -> None:
        SubElement(parent, f"{{{ATOM}}}{name}", attributes).text = text.translate(_ILLEGAL) or None

    add(feed, "id", own)
    add(feed, "title", FEED.said_in(language) + (f" – {theme}" if theme else ""))
    add(feed, "updated", _stamp(max((each.changed for each in kept), default=datetime(2026, 1, 1, tzinfo=UTC))))
    add(feed, "link", rel="self", href=own, type="application/atom+xml")
    add(feed, "link", rel="alternate", href=f"{base}/{language}/knowledge/publications/", type="text/html")
    author = SubElement(feed, f"{{{ATOM}}}author")
    add(author, "name", "Smart City Office")
    for each in kept:
        item = SubElement(feed, f"{{{ATOM}}}entry")
        title, spoken = choose(each.draft.title, language)
        if spoken != language:
            item.set("{http://www.w3.org/XML/1998/namespace}lang", spoken)
        add(item, "id", f"{base}/id/knowledge/{each.kind}/{each.key}")
        add(item, "title", title)
        add(item, "link", rel="alternate", href=page_of(each, base, language), type="text/html")
        add(item, "published", _stamp(each.published or each.created))
        add(item, "updated", _stamp(each.changed))
        add(item, "summary", choose(each.draft.summary, language)[0])
        if body := choose(each.draft.body, language)[0]:
            add(item, "content", write_html(body), type="html")
        for key in each.draft.themes:
            add(item, "category", term=key)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def page_of(entry: Entry, base: str, language: str) -> str:
    """Return the whole address of an entry's page."""
    return f"{base}/{language}/knowledge/{KINDS[entry.kind].path}/{entry.key}/"


def write_calendar(entries: Iterable[Entry], base: str, language: str) -> bytes:
    """Return events as a calendar."""
    from icalendar import Calendar
    from icalendar import Event as Line

    calendar = Calendar()
    calendar.add("prodid", "-//Zinneke//knowledge//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Smart City Office")
    for entry in entries:
        event = entry.details
        assert isinstance(event, Event)
        line = Line()
        line.add("uid", f"event-{entry.key}@{base.partition('://')[2] or 'zinneke'}")
        line.add("dtstamp", entry.changed.astimezone(UTC))
        line.add("last-modified", entry.changed.astimezone(UTC))
        line.add("sequence", entry.shown_version)
        line.add("dtstart", event.starts.astimezone(UTC))
        line.add("dtend", event.ends.astimezone(UTC))
        line.add("summary", choose(entry.draft.title, language)[0])
        line.add("description", choose(entry.draft.summary, language)[0])
        line.add("location", event.place or event.online)
        line.add("url", page_of(entry, base, language))
        line.add("status", "CANCELLED" if entry.state == "archived" else "CONFIRMED")
        calendar.add_component(line)
    return bytes(calendar.to_ical())


def describe_event(entry: Entry, base: str, language: str, free: int | None = None) -> dict[str, Any]:
    """Return an event as schema.org describes one (JSON-LD)."""
    event = entry.details
    assert isinstance(event, Event)
    physical = {"@type": "Place", "name": event.place, "address": event.place} if event.place else None
    virtual = {"@type": "VirtualLocation", "url": event.online} if event.online else None
    mode = "Mixed" if physical and virtual else "Online" if virtual else "Offline"
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Hackathon" if event.form == "hackathon" else "EducationEvent" if event.form == "workshop" else "Event",
        "name": choose(entry.draft.title, language)[0],
        "description": choose(entry.draft.summary, language)[0],
        "startDate": event.starts.isoformat(),
        "endDate": event.ends.isoformat(),
        "eventStatus": f"https://schema.org/Event{'Cancelled' if entry.state == 'archived' else 'Scheduled'}",
        "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
        "location": [each for each in (physical, virtual) if each],
        "inLanguage": list(event.languages),
        "isAccessibleForFree": True,
        "url": page_of(entry, base, language),
        "organizer": {"@type": "GovernmentOrganization", "name": "Smart City Office"},
    }
    if event.seats:
        found |= {"maximumAttendeeCapacity": event.seats} | ({"remainingAttendeeCapacity": free} if free is not None else {})
    return found
