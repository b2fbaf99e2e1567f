"""What the room takes and gives. Texts are kept by language: `{"fr": …, "nl": …, "en": …}`, possibly lacking some. Money is in euro."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import choose

Texts = dict[str, str]
Kind = Literal["smart", "works"]
Phase = Literal["idea", "initiation", "planning", "execution", "rollout", "closed"]
Health = Literal["good", "watch", "act", "unknown"]
Answer = Literal["", "yes", "partly", "no"]


class Organisation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who owns or takes part: a short key, the names, which of the four audiences of the policy it belongs to, and its address."""

    key: str
    name: Texts
    helix: str = "administrations"
    web: str = ""


class Partner(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who takes part: an organisation's key or a plain name, its audience, and how it is involved in each phase."""

    name: str
    helix: str = "administrations"
    phases: dict[str, str] = {}


class Data(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Data that a project uses or gives: the key of a dataset of the catalogue where it is known, else a name."""

    key: str = ""
    name: str = ""


class Milestone(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A promise with a date; `done` when it was kept."""

    name: Texts
    due: date
    done: date | None = None


class Effect(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a project is to change: an indicator's key or name, where it stood, where it should stand and by when, and where it stands."""

    indicator: str
    unit: str = ""
    baseline: float | None = None
    expected: float | None = None
    by: date | None = None
    reached: float | None = None


class Risk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What may go wrong, how serious it is, and what is done about it."""

    what: Texts
    weight: Literal["low", "medium", "high"] = "medium"
    answer: Texts = {}


class Lesson(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What was learnt: from what went well, or from why it failed."""

    kind: Literal["success", "failure"]
    what: Texts


class Obstacle(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where the law stands in the way: what happened, which text, who could change it, and how far that is."""

    what: Texts
    law: str = ""
    body: str = ""
    state: Literal["reported", "sent", "solved"] = "reported"


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A document: its title and where it is."""

    title: Texts
    url: str


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The smart check: five questions, answered yes, partly, no, or not yet."""

    data: Answer = ""
    reuse: Answer = ""
    openness: Answer = ""
    privacy: Answer = ""
    inclusion: Answer = ""


class Fiche(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One project as people describe it: the same for every administration.

    `domain`, `domains`, `challenges`, `foundations` and `audiences` are codes of the policy; `place` is a GeoJSON geometry in
    WGS 84; `communes` are NIS codes, none for the whole Region; `area` says who may see what is not public. `start` and `end` are
    what was promised, `started`, `expected` and `ended` what became of it. `as_of` is the day up to which `source` knows. `lead` is a
    person's email, for those who work on it; `contact` a function, for everybody.
    """

    name: Texts
    owner: str
    domain: str
    key: str = ""
    kind: Kind = "smart"
    summary: Texts = {}
    domains: tuple[str, ...] = ()
    challenges: tuple[str, ...] = ()
    foundations: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = ()
    suppliers: tuple[str, ...] = ()
    level: Level = Level.PUBLIC
    area: str = ""
    communes: tuple[str, ...] = ()
    place: dict[str, Any] | None = None
    plans: tuple[str, ...] = ()
    uses: tuple[Data, ...] = ()
    gives: tuple[Data, ...] = ()
    components: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    why_new: str = ""
    start: date | None = None
    end: date | None = None
    started: date | None = None
    expected: date | None = None
    ended: date | None = None
    planned: float | None = None
    committed: float | None = None
    spent: float | None = None
    funding: str = ""
    health: Health = "unknown"
    health_note: Texts = {}
    milestones: tuple[Milestone, ...] = ()
    effects: tuple[Effect, ...] = ()
    risks: tuple[Risk, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    documents: tuple[Document, ...] = ()
    check: Check = Check()
    contact: str = ""
    lead: str = ""
    web: str = ""
    source: Texts = {}
    as_of: date | None = None


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project as the room keeps it. `version` grows with every change; `confirmed` is when its owner last said that it is right."""

    key: str
    fiche: Fiche
    phase: Phase
    since: date
    version: int
    created: datetime
    changed: datetime
    confirmed: date | None
    bbox: tuple[float, float, float, float] | None

    def name_in(self, language: str) -> str:
        """Return the name for a reader."""
        return choose(self.fiche.name, language)[0]


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """A decision by which a project passed from one phase to another. `by` is a name, `evidence` what each audience has shown."""

    before: str
    after: Phase
    day: date
    by: str
    reason: str
    evidence: dict[str, str] = {}


class Passage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wish to pass a gate: to which phase, why, with which evidence of each audience, and why above the limit of parallel projects."""

    to: Phase
    reason: str
    evidence: dict[str, str] = {}
    above_limit: str = ""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for among projects; an empty member does not narrow."""

    text: str = ""
    key: str = ""
    kind: str = "smart"
    domain: str = ""
    challenge: str = ""
    owner: str = ""
    phase: str = ""
    commune: str = ""
    order: str = "name"


class Choice(msgspec.Struct, frozen=True):
    """One choice of a filter: its value, its name, and how many projects it leaves."""

    value: str
    label: str
    count: int
    chosen: bool = False


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The projects that answer, in the order asked for, and the choices of each filter, none of which leads to nothing."""

    projects: tuple[Project, ...]
    choices: dict[str, tuple[Choice, ...]]


class Component(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A building block that projects share. `readiness` is the technology readiness level, 1 to 9; `priority` orders what is missing, 1 first.

    `state` is one of `words.COMPONENT_STATES`; `code` and `api` are addresses; `depends` are keys of other components; `own` says that
    it is a part of this platform, which no hand can change.
    """

    key: str
    name: Texts
    about: Texts = {}
    owner: str = ""
    licence: str = ""
    code: str = ""
    api: str = ""
    state: str = "running"
    readiness: int | None = None
    depends: tuple[str, ...] = ()
    priority: int | None = None
    reason: str = ""
    level: Level = Level.PUBLIC
    area: str = ""
    source: Texts = {}
    own: bool = False
    version: int = 0

    def name_in(self, language: str) -> str:
        """Return the name for a reader."""
        return choose(self.name, language)[0]


class Reason(msgspec.Struct, frozen=True):
    """One thing that two projects have in common: which kind, what exactly, and how much it weighs."""

    kind: str
    what: str
    weight: float


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two projects that have something in common, and what was decided about it. `state` is open, accepted or refused."""

    id: int
    one: str
    other: str
    names: tuple[Texts, Texts]
    duplicate: bool
    score: float
    reasons: tuple[Reason, ...]
    state: str = "open"
    by: str = ""
    day: date | None = None
    reason: str = ""


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """A project or component that resembles one about to be submitted: its key, names, and why."""

    kind: Literal["project", "component"]
    key: str
    name: Texts
    reasons: tuple[Reason, ...]
    score: float


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A form that somebody has begun: for which project (empty: a new one), what was typed, and when."""

    project: str
    typed: dict[str, list[str]]
    changed: datetime
