"""What the room takes and gives: one Struct for what is common to all entries, one for what each kind has of its own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from zinneke.kernel.confidentiality import Level

Words = dict[str, str]
"""A text by language."""
State = Literal["draft", "review", "published", "archived"]
Ring = Literal["adopt", "trial", "assess", "hold"]
Quadrant = Literal["data", "networks", "platforms", "trust"]


class _Details(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What one kind of entry has of its own."""


class Technology(_Details, frozen=True, kw_only=True, tag="technology"):
    """A place on the radar; the argument for it is the entry's body."""

    quadrant: Quadrant
    ring: Ring


class Elsewhere(_Details, frozen=True, kw_only=True, tag="elsewhere"):
    """A project of another city, with where and when it was seen, and why it matters here."""

    city: str
    country: str = ""
    source: str
    seen: date
    relevance: Literal["high", "medium", "low"] = "medium"
    why: Words = {}


class Conclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One conclusion of an event, and the key of the project or action that carries it on."""

    text: str
    link: str = ""


class Event(_Details, frozen=True, kw_only=True, tag="event"):
    """A meeting for others. `seats` 0 is without registration; `limit` is how many seats one person may take."""

    starts: datetime
    ends: datetime
    form: Literal["workshop", "round_table", "conference", "hackathon", "theme_day"] = "conference"
    place: str = ""
    online: str = ""
    seats: int = 0
    limit: int = 1
    languages: tuple[str, ...] = ()
    access: Words = {}
    closes: datetime | None = None
    report: Words = {}
    conclusions: tuple[Conclusion, ...] = ()


class Article(_Details, frozen=True, kw_only=True, tag="article"):
    """Something to read: news, a publication, a study, a note, a lesson. `day` is the date it carries; `file` where the whole is."""

    form: Literal["news", "publication", "study", "note", "lesson"] = "news"
    day: date | None = None
    author: str = ""
    file: str = ""


class Norm(_Details, frozen=True, kw_only=True, tag="norm"):
    """A norm or guideline: which version counts, how binding, and how conformity is proved."""

    topic: str
    number: str
    edition: str = ""
    status: Literal["required", "recommended", "watched", "withdrawn"] = "recommended"
    source: str = ""
    proof: Words = {}
    spoken: str = ""


class Clause(_Details, frozen=True, kw_only=True, tag="clause"):
    """A clause for a tender; its text is the entry's body, its number grows with the entry's version."""

    topic: str


class Inserted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A clause as it was when it went into a tender."""

    key: str
    version: int
    title: Words
    text: Words


class Promise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a supplier promised to deliver: a dataset by key or title, or an API by its address."""

    what: Literal["dataset", "api"]
    target: str
    due: date | None = None


class Tender(_Details, frozen=True, kw_only=True, tag="tender"):
    """A public contract with its clauses and what was promised."""

    buyer: str
    project: str = ""
    number: str = ""
    delivery: date | None = None
    clauses: tuple[Inserted, ...] = ()
    promises: tuple[Promise, ...] = ()


class Challenge(_Details, frozen=True, kw_only=True, tag="challenge"):
    """A challenge put to the market, and the partnership that came of it."""

    stage: Literal["open", "choosing", "partnership", "ended"] = "open"
    closes: date | None = None
    contact: str = ""
    datasets: tuple[str, ...] = ()
    partner: str = ""
    terms: Words = {}
    data_rights: Words = {}
    results: Words = {}


class Expert(_Details, frozen=True, kw_only=True, tag="expert"):
    """Somebody who agreed, on a date, to be found for what they know."""

    organisation: str
    email: str
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    agreed: date | None = None


Details = Technology | Elsewhere | Event | Article | Norm | Clause | Tender | Challenge | Expert


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written: texts in French, Dutch and, if wanted, English; themes and plans by key; related things as `kind:key` or address."""

    key: str = ""
    title: Words
    summary: Words = {}
    body: Words = {}
    themes: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    details: Details
    level: Level = Level.PUBLIC
    area: str = ""
    owner: str = ""


class Concept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A theme or plan: its name, other words for it by language, and the concept it is part of (SKOS prefLabel, altLabel, broader)."""

    key: str
    label: Words
    also: dict[str, tuple[str, ...]] = {}
    broader: str = ""
    address: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as somebody may see it. `draft` is what readers see, or what is being written where it was asked for."""

    kind: str
    draft: Draft
    state: State
    live: bool
    version: int
    shown_version: int
    published: datetime | None
    created: datetime
    changed: datetime
    changed_by: str

    @property
    def key(self) -> str:
        """Return its key among entries of its kind."""
        return self.draft.key

    @property
    def reference(self) -> str:
        """Return the key by which other things name it: `kind:key`."""
        return f"{self.kind}:{self.draft.key}"

    @property
    def details(self) -> Details:
        """Return what its kind has of its own."""
        return self.draft.details


class Change(msgspec.Struct, frozen=True):
    """One version of an entry: when, by whom, in which state it was left, and why."""

    version: int
    state: str
    time: datetime
    by: str
    note: str
    draft: Draft


class VoteCast(msgspec.Struct, frozen=True):
    """Where one member of the group would place a technology, and why."""

    name: str
    ring: str
    argument: str
    time: datetime


class MoveMade(msgspec.Struct, frozen=True):
    """A technology placed, or moved from one ring to another."""

    before: str
    after: str
    argument: Words
    time: datetime
    by: str


class ReferralMade(msgspec.Struct, frozen=True):
    """A project seen elsewhere, put before a party that could do it here, and what they said."""

    id: int
    entry: str
    title: Words
    party: str
    note: str
    state: str
    reason: str
    asked: datetime
    asked_by: str
    answered: datetime | None


class SourceFollowed(msgspec.Struct, frozen=True):
    """A feed that is followed: when it was last read, what went wrong, when it is next."""

    id: int
    name: str
    address: str
    active: bool
    failures: int
    due: datetime
    read: datetime | None
    fault: str
    waiting: int


class Proposed(msgspec.Struct, frozen=True):
    """An item of a source that waits to be kept or dismissed."""

    id: int
    source: str
    title: str
    address: str
    about: str
    dated: datetime | None
    seen: datetime


class Seats(msgspec.Struct, frozen=True):
    """How full an event is."""

    seats: int
    taken: int
    waiting: int

    @property
    def free(self) -> int:
        """Return how many seats are left."""
        return max(0, self.seats - self.taken)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody sends to register for an event."""

    name: str
    email: str
    language: str = "fr"
    seats: int = 1
    audience: str = ""
    needs: str = ""
    consent: bool = False


class Registered(msgspec.Struct, frozen=True):
    """A registration: `state` is going, waiting or cancelled; `token` is the word in its own link."""

    id: int
    event: str
    title: Words
    name: str
    email: str
    language: str
    seats: int
    state: str
    audience: str
    needs: str
    created: datetime
    erased: bool
    token: str


class Captured(msgspec.Struct, frozen=True):
    """A need or a project written down during a workshop."""

    id: int
    kind: str
    title: str
    about: str
    domain: str
    owner: str
    by: str


class Subscribed(msgspec.Struct, frozen=True):
    """A subscriber, without the address."""

    language: str
    themes: tuple[str, ...]
    state: str


class LetterRecord(msgspec.Struct, frozen=True):
    """A letter: its words, what stands in it, how far it is."""

    id: int
    subject: Words
    intro: Words
    themes: tuple[str, ...]
    since: datetime
    state: str
    version: int
    by: str
    approved: datetime | None
    items: tuple[str, ...]
    sent: int
    failed: int
    uncertain: int
    skipped: int


class Reach(msgspec.Struct, frozen=True):
    """How many people of one audience were reached; no one person is followed."""

    audience: str
    subscribers: int
    letters: int
    registered: int


class Answered(msgspec.Struct, frozen=True):
    """What a firm answered to a challenge."""

    id: int
    organisation: str
    name: str
    email: str
    text: str
    state: str
    reason: str
    created: datetime


class Result(msgspec.Struct, frozen=True):
    """What became of a promise: kept or not, and the evidence: the address and the words found there."""

    what: str
    target: str
    due: date | None
    kept: bool
    evidence: str
    address: str = ""


class Checked(msgspec.Struct, frozen=True):
    """One check of a tender's promises."""

    time: datetime
    by: str
    results: tuple[Result, ...]


class Hit(msgspec.Struct, frozen=True):
    """One thing found: its entry and how well it answers."""

    entry: Entry
    score: float
