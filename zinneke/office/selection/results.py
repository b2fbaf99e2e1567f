"""What follows from a ledger: ranking, firmness, agreement, disagreements, portfolio. The same ledger gives the same, always."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np

from zinneke.kernel.problem import wrong
from zinneke.office.selection.rules import accord, sensitivity
from zinneke.office.selection.rules.accord import Kappa
from zinneke.office.selection.rules.programme import Candidate
from zinneke.office.selection.rules.ranking import WAYS, Normalisation, Way, normalise, ranks, score
from zinneke.office.selection.rules.table import Array, Gathered, Table, gather, share
from zinneke.office.selection.values import Criterion, Disagreement, Ledger, Option

DRAWS = 10_000
TOLERATED = 0.4
"""The part of a scale by which evaluators may differ before it counts as a disagreement to settle."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """How to rank: in which way, on which normalisation, with which weights (percent by criterion; none: those of the method), the first how many."""

    way: Way
    normalisation: Normalisation
    weights: dict[str, float]
    first: int


def question(ledger: Ledger, way: str = "", weights: Mapping[str, float] | None = None, first: int = 0) -> Question:
    """Return a question with what it leaves open taken from the method. Raises `Problem` 400 for a way or criterion that is none."""
    chosen = next((each for each in WAYS if each == (way or ledger.method.way)), None)
    if chosen is None:
        raise wrong(f"There is no way {way!r}. There are {', '.join(WAYS)}.", where="way")
    keys = [each.key for each in ledger.method.criteria]
    if unknown := set(weights or ()) - set(keys):
        raise wrong(f"There is no criterion {min(unknown)!r} in this method.", where=min(unknown))
    given = {each.key: each.weight for each in ledger.method.criteria}
    given = {key: float((weights or given).get(key, 0.0)) for key in keys}
    shares = share(list(given.values()))
    percents = {key: round(float(part) * 100, 6) for key, part in zip(keys, shares, strict=True)}
    return Question(
        way=chosen,
        normalisation=ledger.method.normalisation,
        weights=percents,
        first=first or ledger.first,
    )


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One option of a ranking. `parts` is what each criterion brings to a weighted sum; `values` and `spread` are raw, by criterion.

    `firm` is the share of ten thousand weightings in which it is among the first, `low` and `high` hold 90 % of its ranks (None: not asked for).
    """

    option: Option
    rank: int
    score: float
    values: dict[str, float]
    spread: dict[str, float]
    filled: tuple[str, ...]
    parts: dict[str, float]
    firm: float | None = None
    low: int | None = None
    high: int | None = None


class Aside(msgspec.Struct, frozen=True):
    """An option that is not ranked, and on which criteria: `veto` (with the value it got) or `missing`."""

    option: Option
    why: str
    criteria: tuple[str, ...]


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """A ranking, the best first, and what it was computed from."""

    exercise: str
    method: str
    method_version: int
    sequence: int
    digest: str
    question: Question
    lines: tuple[Line, ...]
    aside: tuple[Aside, ...]


class Turning(msgspec.Struct, frozen=True, kw_only=True):
    """How far a weight may move (percent): before the first so many are others, and before the first place goes; and who would change places."""

    criterion: str
    weight: float
    low: float
    high: float
    low_first: float
    high_first: float
    below: tuple[str, str] | None
    above: tuple[str, str] | None


class Way2(msgspec.Struct, frozen=True):
    """Two ways of ranking compared: Kendall's τ and Spearman's ρ."""

    one: str
    other: str
    kendall: float
    spearman: float


class Firmness(msgspec.Struct, frozen=True, kw_only=True):
    """How firm a ranking is: each weight's room, ranks under each way, how far the ways agree, and who changes places when an option goes."""

    turnings: tuple[Turning, ...]
    ways: dict[str, dict[str, int]]
    agreement: tuple[Way2, ...]
    reversals: tuple[tuple[str, str, str], ...]


def scores_of(ledger: Ledger) -> Array:
    """Return the scores as options × criteria × evaluators, NaN where none was given; a settled cell is said by everybody."""
    rows = {each.key: at for at, each in enumerate(ledger.options)}
    columns = {each.key: at for at, each in enumerate(ledger.method.criteria)}
    voices = {number: at for at, number in enumerate(ledger.evaluators)}
    cube = np.full((len(rows), len(columns), max(1, len(voices))), np.nan)
    for option, criterion, number, value, _reason in ledger.scores:
        if criterion in columns:
            cube[rows[option], columns[criterion], voices[number]] = value
    for option, criterion, value, _reason in ledger.settled:
        if criterion in columns:
            cube[rows[option], columns[criterion], :] = value
    return cube


def gathered(ledger: Ledger) -> Gathered:
    """Return what the evaluators said together, by the rules of the method."""
    criteria = ledger.method.criteria
    return gather(
        scores_of(ledger),
        np.array([each.better == "more" for each in criteria]),
        np.array([each.low for each in criteria], dtype=float),
        np.array([each.high for each in criteria], dtype=float),
        [each.veto for each in criteria],
        ledger.method.missing,
        ledger.method.middle,
    )


def table_of(ledger: Ledger, asked: Question, found: Gathered) -> Table:
    """Return the table that is ranked: the options that neither a veto nor a gap keeps out."""
    criteria = ledger.method.criteria
    return Table(
        found.middle[list(found.ranked)],
        share([asked.weights[each.key] for each in criteria]),
        np.array([each.better == "more" for each in criteria]),
        np.array([each.low for each in criteria], dtype=float),
        np.array([each.high for each in criteria], dtype=float),
        tuple(each.preference for each in criteria),
    )


def rank(ledger: Ledger, asked: Question, draws: int = 0) -> Ranking:
    """Return the ranking; with `draws`, how often each option stays among the first when all weightings are tried alike."""
    found = gathered(ledger)
    table = table_of(ledger, asked, found)
    scores = score(table, asked.way, asked.normalisation)
    places, order = ranks(scores), np.argsort(-np.round(scores, 10), kind="stable")
    parts = normalise(table, "scale") * table.weights
    tried = sensitivity.sample(table, asked.way, asked.normalisation, asked.first, draws) if draws and len(scores) else None
    keys = [each.key for each in ledger.method.criteria]
    lines = []
    for at in order.tolist():
        whole = found.ranked[at]
        lines.append(
            Line(
                option=ledger.options[whole],
                rank=int(places[at]),
                score=float(scores[at]),
                values=_row(keys, table.values[at]),
                spread={key: value for key, value in _row(keys, found.spread[whole]).items() if value > 0},
                filled=tuple(key for key, gap in zip(keys, found.filled[whole], strict=True) if gap),
                parts=_row(keys, parts[at]),
                firm=float(tried.first[at]) if tried else None,
                low=int(tried.low[at]) if tried else None,
                high=int(tried.high[at]) if tried else None,
            )
        )
    return Ranking(
        exercise=ledger.exercise, method=ledger.method.key, method_version=ledger.method_version, sequence=ledger.sequence, digest=ledger.digest,
        question=asked, lines=tuple(lines), aside=_aside(ledger, found),
    )  # fmt: skip


def _row(keys: list[str], values: Array) -> dict[str, float]:
    return {key: float(value) for key, value in zip(keys, values, strict=True) if np.isfinite(value)}


def _aside(ledger: Ledger, found: Gathered) -> tuple[Aside, ...]:
    keys = [each.key for each in ledger.method.criteria]
    vetoed: dict[int, list[str]] = {}
    for option, criterion in found.vetoed:
        vetoed.setdefault(option, []).append(keys[criterion])
    gaps = {at: tuple(key for key, n in zip(keys, found.voices[at], strict=True) if not n) for at in found.left_out}
    return (
        *(Aside(ledger.options[at], "veto", tuple(named)) for at, named in vetoed.items()),
        *(Aside(ledger.options[at], "missing", named) for at, named in gaps.items()),
    )


def firmness(ledger: Ledger, asked: Question) -> Firmness:
    """Return how firm the ranking is."""
    found = gathered(ledger)
    table = table_of(ledger, asked, found)
    names = [ledger.options[at].key for at in found.ranked]
    many = sensitivity.weight_intervals(table, asked.way, asked.normalisation, asked.first)
    best = sensitivity.weight_intervals(table, asked.way, asked.normalisation, 1)

    def pair(held: tuple[int, int] | None) -> tuple[str, str] | None:
        return (names[held[0]], names[held[1]]) if held else None

    turnings = [
        Turning(
            criterion=each.key, weight=asked.weights[each.key], low=wide.low * 100, high=wide.high * 100, low_first=one.low * 100,
            high_first=one.high * 100, below=pair(wide.below), above=pair(wide.above),
        )
        for each, wide, one in zip(ledger.method.criteria, many, best, strict=True)
    ]  # fmt: skip
    ways, agreed = sensitivity.compare_ways(table, asked.normalisation)
    turned = sensitivity.removals(table, asked.way, asked.normalisation)
    return Firmness(
        turnings=tuple(turnings),
        ways={way: dict(zip(names, places.tolist(), strict=True)) for way, places in ways.items()},
        agreement=tuple(Way2(each.one, each.other, each.kendall, each.spearman) for each in agreed),
        reversals=tuple((names[each.removed], names[each.ahead], names[each.behind]) for each in turned),
    )


class Accord(msgspec.Struct, frozen=True):
    """How far evaluators agree on a criterion: Cohen's kappa, plain, and weighted by the square of the distance between grades."""

    criterion: Criterion
    plain: Kappa
    weighted: Kappa


def accords(ledger: Ledger) -> list[Accord]:
    """Return the agreement on each criterion, of what evaluators said before anything was settled."""
    cube = scores_of(msgspec.structs.replace(ledger, settled=()))
    found = []
    for at, each in enumerate(ledger.method.criteria):
        grades = [each.low + each.step * step for step in range(round((each.high - each.low) / each.step) + 1)]
        column = cube[:, at, :]
        found.append(Accord(each, accord.mean_kappa(column, grades), accord.mean_kappa(column, grades, "quadratic")))
    return found


def disagreements(ledger: Ledger) -> list[Disagreement]:
    """Return the cells on which evaluators differ by more than is tolerated, or stand on two sides of a veto; the unsettled and widest first."""
    said: dict[tuple[str, str], list[tuple[int, float, str]]] = {}
    for option, key, number, value, reason in ledger.scores:
        said.setdefault((option, key), []).append((number, value, reason))
    settled = {(option, key): (value, reason) for option, key, value, reason in ledger.settled}
    options = {each.key: each for each in ledger.options}
    found = []
    for criterion in ledger.method.criteria:
        for option in options:
            values = said.get((option, criterion.key), [])
            if len(values) > 1 and _differ(criterion, [value for _n, value, _r in values]):
                spread = max(value for _n, value, _r in values) - min(value for _n, value, _r in values)
                settles, why = settled.get((option, criterion.key)) or (None, "")
                found.append(Disagreement(option=options[option], criterion=criterion, values=tuple(sorted(values)), spread=spread,
                                          settled=settles, reason=why))  # fmt: skip
    return sorted(found, key=lambda each: (each.settled is not None, -each.spread / (each.criterion.high - each.criterion.low), each.option.key))


def _differ(criterion: Criterion, values: list[float]) -> bool:
    wide = max(values) - min(values) > TOLERATED * (criterion.high - criterion.low) + 1e-9
    if criterion.veto is None:
        return wide
    passes = [value >= criterion.veto if criterion.better == "more" else value <= criterion.veto for value in values]
    return wide or len(set(passes)) > 1


def candidates(ranking: Ranking) -> tuple[list[Candidate], list[tuple[Option, str]]]:
    """Return the ranked options as what a portfolio chooses from, and those that cannot be chosen since they need one that is not ranked.

    The value is the score, from 0 to 100 (a net flow is moved up from −1 … 1).
    """
    lines, blocked = {line.option.key: line for line in ranking.lines}, list[tuple[Option, str]]()
    while lacking := [(line.option, need) for line in lines.values() for need in line.option.row.plan.needs if need not in lines]:
        blocked += lacking
        for option, _need in lacking:
            lines.pop(option.key, None)
    found = []
    for line in lines.values():
        plan = line.option.row.plan
        value = (line.score + 1) * 50 if ranking.question.way == "promethee" else line.score * 100
        found.append(
            Candidate(
                key=line.option.key, value=round(value, 4), cost=plan.cost, periods=plan.quarters, people=plan.people, needs=plan.needs,
                against=tuple(key for key in plan.against if key in lines), must=plan.must,
            )
        )  # fmt: skip
    return found, blocked
