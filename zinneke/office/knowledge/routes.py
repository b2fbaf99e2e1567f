"""The knowledge centre for machines: entries, search, radar, themes, feeds and calendars. Everything here reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import Call, Needs, Reply, Route
from zinneke.kernel.text import choose
from zinneke.office.knowledge import outgoing, store, watch
from zinneke.office.knowledge.sight import SUBJECT
from zinneke.office.knowledge.values import Concept, Details, Entry, Technology, Words

READERS = Needs(Right.SEE, SUBJECT)
Kind = Literal["technology", "elsewhere", "event", "article", "norm", "clause", "tender", "challenge", "expert"]
Language = Literal["fr", "nl", "en"]
Key = Annotated[str, msgspec.Meta(max_length=200)]


class AskEntries(msgspec.Struct, forbid_unknown_fields=True):
    """Which kind of entries, of which theme or plan."""

    kind: Kind
    theme: Key = ""
    plan: Key = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class AskEntry(msgspec.Struct, forbid_unknown_fields=True):
    """One entry by kind and key."""

    kind: Kind
    key: Key


class AskSearch(msgspec.Struct, forbid_unknown_fields=True):
    """Words in French, Dutch or English; the first 300 characters count."""

    q: Annotated[str, msgspec.Meta(max_length=10_000)]
    kind: Kind | Literal[""] = ""
    theme: Key = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 20


class AskAbout(msgspec.Struct, forbid_unknown_fields=True):
    """What entries are related to, such as `project:fixmystreet`."""

    reference: Annotated[str, msgspec.Meta(max_length=1000)]


class AskFeed(msgspec.Struct, forbid_unknown_fields=True):
    """The language of a feed, and the theme if only one is wanted."""

    language: Language
    theme: Key = ""


class AskCalendar(msgspec.Struct, forbid_unknown_fields=True):
    """The language of a calendar."""

    lang: Language = "fr"


class AskOne(msgspec.Struct, forbid_unknown_fields=True):
    """One event, in a language."""

    key: Key
    lang: Language = "fr"


class GivenEntry(msgspec.Struct):
    """An entry as its page shows it, with the address of that page."""

    kind: str
    key: str
    title: Words
    summary: Words
    body: Words
    themes: tuple[str, ...]
    plans: tuple[str, ...]
    related: tuple[str, ...]
    details: Details
    state: str
    version: int
    published: datetime | None
    changed: datetime
    page: str


class GivenPlace(msgspec.Struct):
    """A technology on the radar: quadrant, ring, and from which ring it moved in the last year (`""`: new)."""

    key: str
    title: Words
    quadrant: str
    ring: str
    moved_from: str | None
    argument: Words
    page: str


def _given(entry: Entry, call: Call[Any]) -> GivenEntry:
    draft, page = entry.draft, outgoing.page_of(entry, call.base, call.language)
    return GivenEntry(
        entry.kind, entry.key, draft.title, draft.summary, draft.body, draft.themes, draft.plans, draft.related, draft.details, entry.state,
        entry.shown_version or entry.version, entry.published, entry.changed, page,
    )  # fmt: skip


def list_entries(call: Call[AskEntries]) -> list[GivenEntry]:
    """Return the entries of a kind, newest first."""
    return [_given(each, call) for each in store.list_entries(call.actor, call.ask.kind, call.ask.theme, call.ask.plan, limit=call.ask.limit)]


def get_entry(call: Call[AskEntry]) -> GivenEntry:
    """Return one entry."""
    return _given(store.get_entry(call.actor, call.ask.kind, call.ask.key), call)


def search(call: Call[AskSearch]) -> list[GivenEntry]:
    """Find entries by words in three languages at once, by theme, and with typing errors; the best first."""
    hits = store.search(call.actor, call.ask.q, call.ask.kind, call.ask.theme, call.ask.limit)
    return [_given(hit.entry, call) for hit in hits]


def list_about(call: Call[AskAbout]) -> list[GivenEntry]:
    """Return the entries that name a project, an action, a dataset or another entry as related."""
    return [_given(each, call) for each in store.list_about(call.actor, call.ask.reference)]


def radar(call: Call[None]) -> list[GivenPlace]:
    """Return the technology radar: each technology with its ring, and whence it came within a year."""
    moved = watch.list_moved(call.actor, datetime.now(UTC) - timedelta(days=365))
    places = []
    for entry in store.list_entries(call.actor, "technology"):
        details = entry.details
        assert isinstance(details, Technology)
        before = moved[entry.key][0] if entry.key in moved else None
        page = outgoing.page_of(entry, call.base, call.language)
        places.append(GivenPlace(entry.key, entry.draft.title, details.quadrant, details.ring, before, entry.draft.summary, page))
    return places


def list_themes(call: Call[None]) -> list[Concept]:
    """Return the tree of themes: names and other words in three languages, and what each is part of (SKOS)."""
    return store.list_concepts(call.actor, "theme")


def feed(call: Call[AskFeed]) -> Reply:
    """Return what was published as an Atom feed, in a language, of all themes or one with all that is part of it."""
    concepts = {concept.key: concept for concept in store.list_concepts(call.actor)}
    if call.ask.theme and call.ask.theme not in concepts:
        raise not_found("theme", call.ask.theme)
    entries = store.list_entries(call.actor, "article", call.ask.theme, limit=50)
    own = f"{call.base}/api/knowledge/feeds/{call.ask.language}" + (f"?theme={call.ask.theme}" if call.ask.theme else "")
    name = choose(concepts[call.ask.theme].label, call.ask.language)[0] if call.ask.theme else ""
    body = outgoing.write_atom((each for each in entries if each.live), call.base, call.ask.language, own, name)
    return Reply(body, media_type="application/atom+xml; charset=utf-8")


def calendar(call: Call[AskCalendar]) -> Reply:
    """Return the events as a calendar that anybody may subscribe to."""
    entries = store.list_entries(call.actor, "event")
    return Reply(
        outgoing.write_calendar((each for each in entries if each.live), call.base, call.ask.lang), media_type="text/calendar; charset=utf-8"
    )


def event_calendar(call: Call[AskOne]) -> Reply:
    """Return one event, to put into one's own calendar."""
    entry = store.get_entry(call.actor, "event", call.ask.key)
    headers = {"Content-Disposition": f'attachment; filename="{entry.key}.ics"'}
    return Reply(outgoing.write_calendar([entry], call.base, call.ask.lang), media_type="text/calendar; charset=utf-8", headers=headers)


def event_description(call: Call[AskOne]) -> Reply:
    """Return one event as schema.org describes one."""
    entry = store.get_entry(call.actor, "event", call.ask.key)
    return Reply(msgspec.json.encode(outgoing.describe_event(entry, call.base, call.ask.lang)), media_type="application/ld+json")


ROUTES = (
    Route(method="GET", path="/api/knowledge/entries", call=list_entries, audience=READERS, ask=AskEntries, gives=list[GivenEntry],
          summary="Entries of a kind", tags=("knowledge",)),
    Route(method="GET", path="/api/knowledge/entries/{kind}/{key}", call=get_entry, audience=READERS, ask=AskEntry, gives=GivenEntry,
          summary="One entry", tags=("knowledge",)),
    Route(method="GET", path="/api/knowledge/search", call=search, audience=READERS, ask=AskSearch, gives=list[GivenEntry],
          summary="Find in what the office knows", tags=("knowledge",)),
    Route(method="GET", path="/api/knowledge/about", call=list_about, audience=READERS, ask=AskAbout, gives=list[GivenEntry],
          summary="What is known about a project, action or dataset", tags=("knowledge",)),
    Route(method="GET", path="/api/knowledge/radar", call=radar, audience=READERS, gives=list[GivenPlace],
          summary="The technology radar", tags=("knowledge",)),
    Route(method="GET", path="/api/knowledge/themes", call=list_themes, audience=READERS, gives=list[Concept],
          summary="The tree of themes", tags=("knowledge",)),
    Route(method="GET", path="/api/knowledge/feeds/{language}", call=feed, audience=READERS, ask=AskFeed,
          summary="News and publications as Atom", tags=("knowledge",), media_type="application/atom+xml"),
    Route(method="GET", path="/api/knowledge/events.ics", call=calendar, audience=READERS, ask=AskCalendar,
          summary="Events as a calendar", tags=("knowledge",), media_type="text/calendar"),
    Route(method="GET", path="/api/knowledge/events/{key}/calendar", call=event_calendar, audience=READERS, ask=AskOne,
          summary="One event for a calendar", tags=("knowledge",), media_type="text/calendar"),
    Route(method="GET", path="/api/knowledge/events/{key}/description", call=event_description, audience=READERS, ask=AskOne,
          summary="One event as schema.org describes it", tags=("knowledge",), media_type="application/ld+json"),
)  # fmt: skip
