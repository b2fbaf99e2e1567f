"""The selection for machines: everything that a page shows, and what a programme may send."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import Call, Needs, Reply, Route
from zinneke.office.selection import results, store
from zinneke.office.selection.results import Accord, Firmness, Question, Ranking
from zinneke.office.selection.rights import SUBJECT
from zinneke.office.selection.roadmap import as_calendar
from zinneke.office.selection.rules import portfolio
from zinneke.office.selection.rules.programme import Frame
from zinneke.office.selection.values import (
    STAGES,
    Cell,
    Decision,
    Edition,
    Exercise,
    Found,
    Idea,
    IdeaRow,
    Ledger,
    Method,
    Sheet,
    StageCount,
    Step,
)

SEE, EDIT = Needs(Right.SEE, SUBJECT), Needs(Right.EDIT, SUBJECT)
Choices = Annotated[list[str], msgspec.Meta(max_length=50)]
Key = Annotated[str, msgspec.Meta(max_length=100)]
Number = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
Weights = Annotated[str, msgspec.Meta(max_length=2000, description="Weights by criterion, such as `reuse:20,risk:10`; none: those of the method.")]


class AskIdeas(msgspec.Struct, forbid_unknown_fields=True):
    """Words, facets (repeat one to choose several values of it), the least stage, and the page."""

    q: Annotated[str, msgspec.Meta(max_length=300)] = ""
    domain: Choices = []
    city: Choices = []
    standing: Choices = []
    coverage: Choices = []
    evidence: Choices = []
    tag: Choices = []
    reached: Annotated[str, msgspec.Meta(description=f"One of {', '.join(STAGES)}: those that came at least so far.")] = ""
    limit: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 100
    offset: Number = 0


class AskKey(msgspec.Struct, forbid_unknown_fields=True):
    """One thing by its key."""

    key: Key


class AskMethod(msgspec.Struct, forbid_unknown_fields=True):
    """One version of a method."""

    key: Key
    version: Number


class AskState(msgspec.Struct, forbid_unknown_fields=True):
    """An exercise at one of its states; the present one without `at`."""

    key: Key
    at: Number | None = None


class AskRanking(msgspec.Struct, forbid_unknown_fields=True):
    """How to rank: at which state, in which way, with which weights, how many are wanted; `draws` weightings are tried for firmness."""

    key: Key
    at: Number | None = None
    way: str = ""
    weights: Weights = ""
    first: Number = 0
    draws: Annotated[int, msgspec.Meta(ge=0, le=20_000)] = 0


class AskPortfolio(msgspec.Struct, forbid_unknown_fields=True):
    """What there is: budget (€), people in each quarter, projects at a time, quarters; and the option that somebody would like to see in."""

    key: Key
    at: Number | None = None
    way: str = ""
    weights: Weights = ""
    budget: Annotated[float, msgspec.Meta(ge=0)] | None = None
    people: Annotated[float, msgspec.Meta(ge=0)] | None = None
    parallel: Number | None = None
    quarters: Annotated[int, msgspec.Meta(ge=1, le=20)] = 8
    enter: str = ""


class AskDecisions(msgspec.Struct, forbid_unknown_fields=True):
    """About which idea, or about all; how many."""

    idea: str = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=5000)] = 100


class AskEdition(msgspec.Struct, forbid_unknown_fields=True):
    """One edition of the roadmap."""

    number: Number


class GivenScores(msgspec.Struct, forbid_unknown_fields=True):
    """One's scores of an option, and the sequence of the sheet that was read (0: none yet)."""

    option: str
    cells: list[Cell]
    sequence: int = 0


class GivenPortfolio(msgspec.Struct, frozen=True):
    """The best choice with its certificate, what needs something that is not ranked, and what the asked option would need."""

    ranking: str
    choice: portfolio.Choice
    proved: bool
    running: list[int]
    blocked: list[tuple[str, str]]
    entry: portfolio.Entry | None


class GivenIdea(msgspec.Struct, frozen=True):
    """An idea and every decision about it."""

    idea: Idea
    decisions: list[Decision]


class GivenRoadmap(msgspec.Struct, frozen=True):
    """The roadmap as it stands, the limit of projects at a time, and the number of the newest edition (0: none)."""

    steps: list[Step]
    ceiling: int
    edition: int


def read_weights(text: str) -> dict[str, float]:
    """Read `strategy:30,reuse:20`. Raises `Problem` 400."""
    found: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition(":")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise wrong(f"{part!r} is not a weight. Write the criterion, a colon and a number, such as reuse:20.", where="weights") from None
    return found


def list_ideas(call: Call[AskIdeas]) -> Found:
    """Find ideas in French, Dutch and English at once, with the count of every facet's values."""
    ask = call.ask
    facets = {name: getattr(ask, name) for name in ("domain", "city", "standing", "coverage", "evidence", "tag")}
    return store.find_ideas(call.actor, ask.q, facets, ask.reached, ask.limit, ask.offset)


def get_idea(call: Call[AskKey]) -> GivenIdea:
    """Return an idea with everything that was decided about it."""
    return GivenIdea(store.get_idea(call.actor, call.ask.key), store.list_decisions(call.actor, call.ask.key))


def set_ideas(call: Call[None]) -> Counts:
    """Put ideas into the base; a second time changes nothing. What cannot be taken is refused with its place, the others are kept."""
    return store.set_ideas(call.actor, call.body)


def ranking(call: Call[AskRanking]) -> Ranking:
    """Rank the options of an exercise. The same `at`, way and weights give the same answer for ever."""
    ledger, asked = _asked(call)
    return results.rank(ledger, asked, call.ask.draws)


def firmness(call: Call[AskRanking]) -> Firmness:
    """Say how firm a ranking is: the room of each weight, the other ways, and who changes places when an option goes."""
    return results.firmness(*_asked(call))


def _asked(call: Call[AskRanking] | Call[AskPortfolio]) -> tuple[Ledger, Question]:
    ledger = store.get_ledger(call.actor, call.ask.key, call.ask.at)
    return ledger, results.question(ledger, call.ask.way, read_weights(call.ask.weights), getattr(call.ask, "first", 0))


def choose(call: Call[AskPortfolio]) -> GivenPortfolio:
    """Choose the best portfolio within budget, people, dependencies and limit, proved; and say what another option would need to enter."""
    ask = call.ask
    found = results.rank(*_asked(call))
    candidates, blocked = results.candidates(found)
    people = () if ask.people is None else (ask.people,) * ask.quarters
    frame = Frame(periods=ask.quarters, budget=ask.budget, people=people, parallel=ask.parallel)
    choice = portfolio.choose(candidates, frame)
    entry = portfolio.enter(candidates, frame, ask.enter, choice) if ask.enter else None
    running = portfolio.running(choice.starts, candidates, ask.quarters)
    return GivenPortfolio(found.digest, choice, choice.proved, running, [(option.key, need) for option, need in blocked], entry)


def set_scores(call: Call[AskKey]) -> Sheet:
    """Give one's scores of an option, as the owner of the token. A sheet that was changed meanwhile is answered 409."""
    body: GivenScores = call.body
    return store.set_scores(call.actor, call.ask.key, body.option, body.cells, body.sequence)


def get_roadmap(call: Call[None]) -> GivenRoadmap:
    """Return the roadmap as it stands now."""
    editions = store.list_editions(call.actor)
    return GivenRoadmap(store.list_steps(call.actor), store.get_ceiling(call.actor), editions[0].number if editions else 0)


def calendar(call: Call[None]) -> Reply:
    """Return the newest edition of the roadmap as iCalendar, for everybody's calendar."""
    editions = store.list_editions(call.actor)
    empty = Edition(number=0, time=datetime.now(UTC), by_name="", reason="", ceiling=0, steps=())
    return Reply(as_calendar(editions[0] if editions else empty, call.base), media_type="text/calendar; charset=utf-8")


TAGS = ("selection",)
ROUTES = (
    Route(method="GET", path="/api/selection/funnel", call=lambda call: store.get_funnel(call.actor), audience=SEE, gives=list[StageCount],
          summary="How many ideas at each stage", tags=TAGS),
    Route(method="GET", path="/api/selection/ideas", call=list_ideas, audience=SEE, ask=AskIdeas, gives=Found, summary="Find ideas", tags=TAGS),
    Route(method="GET", path="/api/selection/ideas/{key}", call=get_idea, audience=SEE, ask=AskKey, gives=GivenIdea,
          summary="An idea with its decisions", tags=TAGS),
    Route(method="POST", path="/api/selection/ideas", call=set_ideas, audience=EDIT, takes=list[IdeaRow], gives=Counts,
          summary="Put ideas into the base", tags=TAGS, limit=4_000_000),
    Route(method="GET", path="/api/selection/decisions", call=lambda call: store.list_decisions(call.actor, call.ask.idea, call.ask.limit),
          audience=SEE, ask=AskDecisions, gives=list[Decision], summary="What was decided, when and why", tags=TAGS),
    Route(method="GET", path="/api/selection/methods", call=lambda call: store.list_methods(call.actor), audience=SEE, gives=list[Method],
          summary="Methods, every version", tags=TAGS),
    Route(method="GET", path="/api/selection/methods/{key}/{version}",
          call=lambda call: store.get_method(call.actor, call.ask.key, call.ask.version), audience=SEE, ask=AskMethod, gives=Method,
          summary="One version of a method", tags=TAGS),
    Route(method="GET", path="/api/selection/exercises", call=lambda call: store.list_exercises(call.actor), audience=SEE, gives=list[Exercise],
          summary="Exercises", tags=TAGS),
    Route(method="GET", path="/api/selection/exercises/{key}", call=lambda call: store.get_exercise(call.actor, call.ask.key), audience=SEE,
          ask=AskKey, gives=Exercise, summary="An exercise", tags=TAGS),
    Route(method="GET", path="/api/selection/exercises/{key}/ledger", call=lambda call: store.get_ledger(call.actor, call.ask.key, call.ask.at),
          audience=SEE, ask=AskState, gives=Ledger, summary="Everything that a ranking is computed from", tags=TAGS),
    Route(method="GET", path="/api/selection/exercises/{key}/agreement",
          call=lambda call: results.accords(store.get_ledger(call.actor, call.ask.key, call.ask.at)), audience=SEE, ask=AskState,
          gives=list[Accord], summary="How far the evaluators agree", tags=TAGS),
    Route(method="GET", path="/api/selection/exercises/{key}/ranking", call=ranking, audience=SEE, ask=AskRanking, gives=Ranking,
          summary="A ranking", tags=TAGS),
    Route(method="GET", path="/api/selection/exercises/{key}/firmness", call=firmness, audience=SEE, ask=AskRanking, gives=Firmness,
          summary="How firm a ranking is", tags=TAGS),
    Route(method="GET", path="/api/selection/exercises/{key}/portfolio", call=choose, audience=SEE, ask=AskPortfolio, gives=GivenPortfolio,
          summary="The best portfolio", tags=TAGS),
    Route(method="POST", path="/api/selection/exercises/{key}/scores", call=set_scores, audience=EDIT, ask=AskKey, takes=GivenScores, gives=Sheet,
          summary="Give scores", tags=TAGS),
    Route(method="GET", path="/api/selection/roadmap", call=get_roadmap, audience=SEE, gives=GivenRoadmap, summary="The roadmap now", tags=TAGS),
    Route(method="GET", path="/api/selection/roadmap/editions/{number}", call=lambda call: store.get_edition(call.actor, call.ask.number),
          audience=SEE, ask=AskEdition, gives=Edition, summary="A published edition of the roadmap", tags=TAGS),
    Route(method="GET", path="/api/selection/roadmap.ics", call=calendar, audience=SEE, media_type="text/calendar",
          summary="The roadmap in a calendar", tags=TAGS),
)  # fmt: skip
