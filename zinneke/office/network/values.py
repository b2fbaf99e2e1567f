"""What the network takes and gives back. Texts are kept by language: `{"fr": …, "nl": …, "en": …}`, possibly lacking some."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import Text
from zinneke.office.network import words

Texts = dict[str, str]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What every sheet has. `owner` is the organisation or group on whose part of the room somebody may hold rights.

    Written back with the `version` that was read, it is refused when somebody changed it meanwhile; 0 is for what is new.
    """

    key: str = ""
    level: Level = Level.PUBLIC
    area: str = ""
    owner: str = ""
    version: int = 0
    changed: datetime | None = None
    changed_by: str = ""


class Organisation(Sheet, frozen=True, kw_only=True):
    """An organisation (W3C org:Organization): which kind, which of the four helices, in which languages, under which other.

    `appoints` says that it is asked to name a representative.
    """

    name: Texts
    kind: str = "regional"
    helix: str = "government"
    parent: str = ""
    languages: tuple[str, ...] = ()
    address: str = ""
    web: str = ""
    about: Texts = {}
    appoints: bool = True

    @property
    def kind_words(self) -> Text:
        """Return the kind in words."""
        return words.KINDS[self.kind]

    @property
    def helix_words(self) -> Text:
        """Return the helix in words."""
        return words.HELICES[self.helix]


class Post(Sheet, frozen=True, kw_only=True):
    """A person on a post (org:Membership of an org:Post). Whoever may not see the name, or the ways to reach them, gets `""` there.

    `deputy_of` is the key of the post that this one deputises; `themes` are policy domains; `account` is the person in identity.
    """

    title: Texts
    person: str = ""
    agreed: bool = False
    email: str = ""
    phone: str = ""
    account: int | None = None
    mandate: str = ""
    since: date
    until: date | None = None
    deputy_of: str = ""
    themes: tuple[str, ...] = ()


class LeadStep(msgspec.Struct, frozen=True):
    """One step of a lead: when, what, which post it came to, by whom, and why."""

    time: datetime
    what: str
    post: str
    by: str
    note: str

    @property
    def words(self) -> Text:
        """Return the step in words."""
        return words.LEAD_STEPS[self.what]


class Lead(Sheet, frozen=True, kw_only=True):
    """Who leads a project, with every step that led there."""

    project: str
    title: str
    post: str
    state: str = "offered"
    since: date | None = None
    until: date | None = None
    steps: tuple[LeadStep, ...] = ()

    @property
    def state_words(self) -> Text:
        """Return the state in words."""
        return words.LEAD_STATES[self.state]


class Group(Sheet, frozen=True, kw_only=True):
    """A body that meets. `members` are keys of posts or organisations; `rule` an RRULE from `begins`; `minutes` the length of a meeting."""

    name: Texts
    about: Texts = {}
    kind: str = "theme"
    members: tuple[str, ...] = ()
    rule: str = ""
    begins: datetime | None = None
    minutes: int = 120
    place: str = ""

    @property
    def kind_words(self) -> Text:
        """Return the kind in words."""
        return words.GROUP_KINDS[self.kind]


class Meeting(Sheet, frozen=True, kw_only=True):
    """A meeting of a group, before and after. `planned_for` is the moment that the series gave it, wherever it was moved since.

    Without a `title` of its own it has the group's; `name` is what to read above it.
    """

    group: str
    title: str = ""
    name: Texts = {}
    start: datetime
    end: datetime
    place: str = ""
    state: str = "planned"
    report: str = ""
    present: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    planned_for: datetime | None = None

    @property
    def state_words(self) -> Text:
        """Return the state in words."""
        return words.MEETING_STATES[self.state]


class Point(Sheet, frozen=True, kw_only=True):
    """A point of an agenda: relayed, then put on it or left out. `papers` are addresses of what to read before."""

    meeting: str
    title: str
    text: str = ""
    kind: str = "information"
    state: str = "relayed"
    place: int = 0
    by: str = ""
    papers: tuple[str, ...] = ()

    @property
    def kind_words(self) -> Text:
        """Return the kind in words."""
        return words.POINT_KINDS[self.kind]

    @property
    def state_words(self) -> Text:
        """Return the state in words."""
        return words.POINT_STATES[self.state]


class Decision(Sheet, frozen=True, kw_only=True):
    """What was decided. With `parties` (organisations) and `due` it is an escalation, and `followed` says what became of it."""

    title: str
    taken: date
    meeting: str = ""
    text: str = ""
    parties: tuple[str, ...] = ()
    due: date | None = None
    followed: str = "open"
    followed_on: date | None = None
    note: str = ""

    @property
    def followed_words(self) -> Text:
        """Return in words whether it was followed."""
        return words.FOLLOWED[self.followed]

    @property
    def status(self) -> str:
        """Return the status of what became of it."""
        return words.FOLLOWED_STATUS[self.followed]

    def late(self, today: date) -> bool:
        """Say whether its term passed without word of what became of it."""
        return self.followed == "open" and self.due is not None and self.due < today


class Action(Sheet, frozen=True, kw_only=True):
    """Something that somebody does by a day; it remembers the meeting, decision or project that it came from."""

    title: str
    text: str = ""
    post: str = ""
    due: date | None = None
    state: str = "open"
    meeting: str = ""
    decision: str = ""
    project: str = ""
    done: date | None = None

    @property
    def state_words(self) -> Text:
        """Return the state in words."""
        return words.ACTION_STATES[self.state]

    def late(self, today: date) -> bool:
        """Say whether it should have been done."""
        return self.state == "open" and self.due is not None and self.due < today


class Feed(msgspec.Struct, frozen=True):
    """A calendar address that a person made; the address itself was shown once."""

    id: int
    group: str
    made: datetime


class Faq(Sheet, frozen=True, kw_only=True):
    """A question that comes back, with its answer; public once approved."""

    question: Texts
    answer: Texts
    state: str = "proposed"
    enquiry: str = ""
    approved_by: str = ""
    approved: date | None = None

    @property
    def state_words(self) -> Text:
        """Return the state in words."""
        return words.FAQ_STATES[self.state]


class OpinionVersion(msgspec.Struct, frozen=True):
    """A text that was sent, as it was sent."""

    number: int
    dated: date
    by: str
    text: str


class OpinionOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that came after an opinion, where to read it, and whether it followed."""

    version: int
    decided: date
    title: str
    reference: str = ""
    followed: str = "yes"
    note: str = ""

    @property
    def followed_words(self) -> Text:
        """Return in words whether it followed."""
        return words.FOLLOWED[self.followed]

    @property
    def status(self) -> str:
        """Return the status of what became of it."""
        return words.FOLLOWED_STATUS[self.followed]


class Opinion(Sheet, frozen=True, kw_only=True):
    """An opinion: who asked for it and when, its versions (the newest first), and what was decided after it."""

    title: str
    language: str = "fr"
    requested_by: str
    requested: date
    due: date | None = None
    draft: str = ""
    versions: tuple[OpinionVersion, ...] = ()
    outcomes: tuple[OpinionOutcome, ...] = ()


class Remark(msgspec.Struct, frozen=True):
    """What the office says to one line of the checklist."""

    verdict: str = ""
    text: str = ""

    @property
    def words(self) -> Text:
        """Return the verdict in words."""
        return words.REMARKS[self.verdict]


class Review(Sheet, frozen=True, kw_only=True):
    """A draft read against the checklist: a remark for each of its lines."""

    title: str
    kind: str = "project"
    submitted_by: str
    submitted: date
    project: str = ""
    text: str = ""
    state: str = "submitted"
    remarks: dict[str, Remark] = {}
    conclusion: str = ""
    concluded: date | None = None

    @property
    def state_words(self) -> Text:
        """Return the state in words."""
        return words.REVIEW_STATES[self.state]

    @property
    def kind_words(self) -> Text:
        """Return the kind in words."""
        return words.REVIEW_KINDS[self.kind]


class Mandate(Sheet, frozen=True, kw_only=True):
    """One version of the office's mandate, and who approved it."""

    title: Texts
    text: Texts
    approved_by: Texts
    approved: date
    reference: str = ""


class Commitment(Sheet, frozen=True, kw_only=True):
    """Something that the office promised, where, by when, and when it was kept."""

    title: Texts
    source: Texts = {}
    promised: date
    due: date | None = None
    done: date | None = None
    proof: str = ""

    def late(self, today: date) -> bool:
        """Say whether it is late now, or was kept late."""
        return self.due is not None and (self.done or today) > self.due


class Membership(Sheet, frozen=True, kw_only=True):
    """A network of cities or standards, and what the office is in it. `contact` is personal."""

    name: Texts
    scope: str = "international"
    role: str = "member"
    about: Texts = {}
    web: str = ""
    since: date | None = None
    until: date | None = None
    contact: str = ""

    @property
    def scope_words(self) -> Text:
        """Return the scope in words."""
        return words.SCOPES[self.scope]

    @property
    def role_words(self) -> Text:
        """Return in words what the office is in it."""
        return words.ROLES[self.role]
