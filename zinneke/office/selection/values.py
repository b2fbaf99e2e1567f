"""What the selection takes and gives. Texts are kept by language: `{"fr": …, "nl": …, "en": …}`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, get_args

import msgspec

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import Text, choose
from zinneke.office.selection.cities import city_name
from zinneke.office.selection.rules.ranking import Normalisation, Way
from zinneke.office.selection.rules.table import Middle, Missing, Preference

Texts = dict[str, str]
Stage = Literal["base", "relevant", "longlist", "roadmap"]
STAGES: tuple[Stage, ...] = get_args(Stage)
Coverage = Literal["", "exists", "partly", "missing"]
Evidence = Literal["public_knowledge", "published", "verified"]
State = Literal["planned", "running", "done", "stopped"]


class IdeaRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An idea as it is put into the base: who does what where, and how we know. `domain` is a key of the policy's six."""

    title: Texts
    city: str
    key: str = ""
    about: Texts = {}
    country: str = ""
    domain: str = ""
    tags: tuple[str, ...] = ()
    since: int | None = None
    source: str = ""
    source_url: str = ""
    source_date: date | None = None
    evidence: Evidence = "public_knowledge"
    level: Level = Level.PUBLIC
    area: str = ""

    @property
    def place(self) -> Text:
        """Return the name of the city in the three languages."""
        return city_name(self.city)


class Idea(msgspec.Struct, frozen=True, kw_only=True):
    """An idea and where it stands. `version` grows with each change; `same_as` is the idea that it was merged into."""

    key: str
    row: IdeaRow
    stage: Stage
    out: bool
    coverage: Coverage
    matches: tuple[str, ...]
    same_as: str
    version: int
    changed: datetime
    changed_by: str

    def title_in(self, language: str) -> tuple[str, str]:
        """Return the title for a reader, and the language it is in."""
        return choose(self.row.title, language)


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about an idea, by whom, when and why; `kind` is pass, exclude, return, compare or merge."""

    idea: str
    title: Texts
    kind: str
    before: str
    after: str
    reason: str
    by_name: str
    time: datetime


class Found(msgspec.Struct, frozen=True):
    """Ideas that were asked for, in all how many, and how many each choice of a facet would leave."""

    ideas: tuple[Idea, ...]
    total: int
    facets: dict[str, dict[str, int]]


class StageCount(msgspec.Struct, frozen=True):
    """A stage of the funnel: how many came this far, how many were left out here with a reason, and how many wait for a decision."""

    stage: Stage
    reached: int
    excluded: int
    waiting: int


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion: a scale from `low` to `high` in steps, of which more or less is better, a weight, and apart from it a veto threshold.

    `grades` say what each point of the scale means, from `low` upwards. Whoever falls short of `veto` leaves the ranking, whatever the weights.
    """

    key: str
    name: Texts
    about: Texts = {}
    low: float = 0.0
    high: float = 4.0
    step: float = 1.0
    better: Literal["more", "less"] = "more"
    weight: float = 1.0
    veto: float | None = None
    grades: tuple[Texts, ...] = ()
    preference: Preference = Preference()


class MethodRow(msgspec.Struct, frozen=True, kw_only=True):
    """A method: its criteria, and the rules that make one ranking of what several evaluators said."""

    key: str
    name: Texts
    criteria: tuple[Criterion, ...]
    about: Texts = {}
    way: Way = "weighted_sum"
    normalisation: Normalisation = "scale"
    missing: Missing = "leave_out"
    middle: Middle = "mean"


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a method; `used` says that an exercise stands on it."""

    row: MethodRow
    version: int
    note: str
    published: datetime | None
    by_name: str
    used: bool = False
    level: Level = Level.PUBLIC

    @property
    def key(self) -> str:
        """Return the method's key."""
        return self.row.key


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an option takes: euros, quarters, people in each of them, what it needs first, what it excludes, and whether it must be."""

    cost: float = 0.0
    quarters: int = 1
    people: float = 0.0
    needs: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    must: bool = False


class OptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """An option as it is put into an exercise. `refers` says what it stands for: `idea:…`, `project:…`, `component:…`."""

    key: str
    name: Texts
    about: Texts = {}
    domain: str = ""
    refers: str = ""
    plan: Plan = Plan()


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """An option of an exercise."""

    row: OptionRow
    version: int

    @property
    def key(self) -> str:
        """Return the option's key."""
        return self.row.key


class ExerciseRow(msgspec.Struct, frozen=True, kw_only=True):
    """An exercise: which version of which method, and how many are wanted (`first`). `example`: it shows how, not what, and says so."""

    key: str
    name: Texts
    method: str
    method_version: int
    about: Texts = {}
    example: bool = False
    first: int = 10
    level: Level = Level.PUBLIC
    area: str = ""


class Exercise(msgspec.Struct, frozen=True, kw_only=True):
    """An exercise with its method. `sequence` names its present state; `evaluators` is how many have given a score."""

    row: ExerciseRow
    method: Method
    sequence: int
    opened: datetime
    closed: datetime | None
    options: int
    evaluators: int

    @property
    def key(self) -> str:
        """Return the exercise's key."""
        return self.row.key


class Cell(msgspec.Struct, frozen=True):
    """A score as it is given: criterion, raw value (None takes an earlier one back), and why."""

    criterion: str
    value: float | None
    reason: str = ""


class Sheet(msgspec.Struct, frozen=True):
    """One evaluator's own sheet about one option, and the sequence of the newest of its scores: a form that knows an older one is refused."""

    option: Option
    cells: dict[str, Cell]
    sequence: int


class Progress(msgspec.Struct, frozen=True):
    """How far one evaluator is; `name` is empty for whoever may not know it. `former`: they no longer work here, their scores stay."""

    number: int
    name: str
    former: bool
    given: int
    asked: int


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a ranking is computed from, at one state of an exercise.

    `scores` are (option, criterion, evaluator's number, value, reason); `settled` (option, criterion) to value. `digest` is the SHA-256 of it all:
    whoever has the same digest has the same input.
    """

    exercise: str
    method: MethodRow
    method_version: int
    sequence: int
    options: tuple[Option, ...]
    evaluators: tuple[int, ...]
    scores: tuple[tuple[str, str, int, float, str], ...]
    settled: tuple[tuple[str, str, float, str], ...]
    first: int
    digest: str


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A cell on which evaluators differ by more than the exercise tolerates; `settled` once somebody decided, with the reason."""

    option: Option
    criterion: Criterion
    values: tuple[tuple[int, float, str], ...]
    spread: float
    settled: float | None = None
    reason: str = ""


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """A project on the roadmap: the quarter it starts in (such as 2027-Q1), for how many quarters, and its state."""

    key: str
    name: Texts
    start: str
    quarters: int = 1
    about: Texts = {}
    domain: str = ""
    refers: str = ""
    state: State = "planned"
    example: bool = False
    level: Level = Level.PUBLIC
    area: str = ""


class Step(msgspec.Struct, frozen=True):
    """A project on the roadmap as it stands, and its version."""

    row: StepRow
    version: int

    @property
    def key(self) -> str:
        """Return the step's key."""
        return self.row.key


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the roadmap, with its reason; `beyond` says that it was decided to go above the limit."""

    step: str
    name: Texts
    before: str
    after: str
    reason: str
    beyond: bool
    by_name: str
    time: datetime


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """The roadmap as published: number, when, by whom, why, the limit of projects at a time, and what stood on it."""

    number: int
    time: datetime
    by_name: str
    reason: str
    ceiling: int
    steps: tuple[StepRow, ...]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a screening says of an idea, on which criteria it fell short, and the version of the idea that was read."""

    idea: str
    kind: Literal["pass", "exclude"]
    criteria: tuple[str, ...]
    version: int


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """A project that a portfolio puts on the roadmap or moves there (`version` 0: it is new), with the reason."""

    row: StepRow
    reason: str
    version: int
