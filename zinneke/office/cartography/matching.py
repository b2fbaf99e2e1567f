"""Which columns of two tables hold the same thing, and why: every reason is a part with its weight.

A pair's score is the probability that two columns match, its log-odds the sum of what each part says (naive Bayes, so that one strong
reason suffices: columns with the same values match whatever their names, columns with the same name whatever their values). The weights
are in nats and come from reasoning, written beside each; none was fitted to a benchmark.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zinneke.foundations.tables.wording import alike
from zinneke.office.cartography import taught
from zinneke.office.cartography.features import (
    Features,
    Matrix,
    Overlap,
    Rarity,
    dates_alike,
    lay_out,
    names_alike,
    numbers_alike,
    overlap,
    shapes_alike,
)
from zinneke.office.cartography.values import Match, Part, TableProfile

PRIOR = -3.0
"""Of ten by ten columns perhaps ten match at first sight, and half of the tables have nothing in common: one in twenty."""
_ENOUGH = 0.5
_FULL, _EMPTY = 0.02, 0.98
"""Shares of empty cells up to which a column is full, and from which it is empty."""
_LONG = 12
"""Letters of a value that is unlikely to be the same by chance."""
_PARTS = ("concept", "name", "values", "words", "numbers", "dates", "shapes", "kind", "nulls", "neighbours")
_SURE, _SHARED = 0.9, 2.0
"""How certain a pair must be, and by how much by its values, to teach words."""
_ROUNDS = 3
_SHARERS = 0.1
"""Of pairs whose columns both have a partner already, so many are right all the same: seldom is one column many, hardly ever are both."""

_PARTLY = {"person_name": ("first_name", "surname"), "address": ("street", "house_number", "postal_code", "commune")}
"""What may be a part of what."""

Chosen = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows and columns of the pairs of the best assignment."""


class Scores(NamedTuple):
    """All pairs of columns of two tables: the score of each, what each part says in nats, and how much of the values they share.

    `lessons` are the words by which a column of the left table was compared under another name.
    """

    score: Matrix
    parts: dict[str, Matrix]
    overlap: Overlap
    values: dict[str, Matrix]
    lessons: dict[int, str]


def match(left: TableProfile, right: TableProfile, least: float = _ENOUGH, rarity: Rarity | None = None) -> tuple[Match, ...]:
    """Return the pairs of columns whose score is at least `least`, the best first, each with its reasons."""
    one, other = lay_out(left), lay_out(right)
    return explain(one, other, compare(one, other, rarity), least)


def compare(left: Features, right: Features, rarity: Rarity | None = None) -> Scores:
    """Score every pair of columns of two tables."""
    shared = overlap(left.values, right.values, rarity)
    letters, meaning = names_alike(left, right)
    told: dict[str, Matrix] = {"concept": meaning, "name": letters}
    told["values"] = _values(left, right, shared)
    told["words"] = _words(left, right)
    told["numbers"], told["dates"], told["shapes"] = numbers_alike(left, right), dates_alike(left, right), shapes_alike(left, right)
    told["nulls"] = _nulls(left, right)
    parts = {name: np.zeros(meaning.shape) for name in _PARTS}
    if not meaning.size:
        return Scores(np.zeros(meaning.shape), parts, shared, told, {})
    # The same spelling on top of the same meaning: the same hand made both.
    parts["concept"], parts["name"] = _concept(letters, meaning), np.where(letters == 1, 1.0, 0.0)
    # Shared values are the strongest reason there is (6); values without anything in common speak against it where there are many.
    parts["values"] = _weigh_values(left, right, shared, told["values"])
    # Shared words without shared values: the same kind of text; unlike small words, which all texts share.
    parts["words"] = np.where(np.isnan(told["words"]), 0, 3 * np.nan_to_num(told["words"]) - 0.4)
    # Distributions: the same quantiles to three figures are rarely chance (2.5); different ones say that it is another quantity (-1.5).
    parts["numbers"] = np.where(np.isnan(told["numbers"]), 0, 4 * np.nan_to_num(told["numbers"]) - 1.5)
    parts["dates"] = np.where(np.isnan(told["dates"]), 0, 1.5 * np.nan_to_num(told["dates"]) - 0.5)
    parts["shapes"] = np.where(np.isnan(told["shapes"]), 0, 2 * np.nan_to_num(told["shapes"]) - 1)
    parts["kind"] = _kinds(left, right)
    # What is empty in one system is often empty in another (0.8); a hint, since it may be for other reasons.
    parts["nulls"] = 0.8 * told["nulls"]
    return _settled(left, right, Scores(np.zeros(meaning.shape), parts, shared, told, {}))


def _concept(letters: Matrix, meaning: Matrix) -> Matrix:
    """Return what names say: the same meaning is rarely chance (4); nothing in common says a little (-1): they may be opaque."""
    return np.where(np.maximum(meaning, letters) > 0, 5 * np.maximum(meaning, 0.9 * letters) - 1, -1)


def _settled(left: Features, right: Features, scores: Scores) -> Scores:
    """Return the scores after neighbours were heard and pairs competed; and again, as long as sure pairs teach words that settle others."""
    parts, told = scores.parts, scores.values
    lessons: dict[int, str] = {}
    known: taught.Words = {}
    twins = (scores.overlap.jaccard > 0.999) & (scores.overlap.sample >= 20)
    for turn in range(_ROUNDS):
        odds = PRIOR + sum((part for name, part in parts.items() if name != "neighbours"), np.zeros(twins.shape))
        parts["neighbours"] = _neighbours(odds)
        odds, chosen = _compete(odds + parts["neighbours"], twins)
        score = _chance(odds)
        teachers = _teachers(left, right, score, parts["values"], chosen)
        words = taught.teach((left.names[row], right.names[column], certain) for row, column, certain in teachers)
        if words.keys() <= known.keys() or turn + 1 == _ROUNDS:
            break
        known |= words
        # What was learnt is about as certain as what is spelt nearly alike (0.9); the same spelling after it counts half.
        letters, meaning, lessons = taught.renamed(left.names, right.names, known)
        for row, column, _ in teachers:  # who taught a word is not made surer by it
            letters[row, column] = meaning[row, column] = 0
        told["concept"], told["name"] = np.maximum(told["concept"], 0.9 * meaning), np.maximum(told["name"], 0.9 * letters)
        parts["concept"] = np.maximum(parts["concept"], _concept(0.9 * letters, 0.9 * meaning))
        parts["name"] = np.maximum(parts["name"], np.where(letters == 1, 0.5, 0.0))
    return scores._replace(score=score, lessons=lessons)


def _teachers(left: Features, right: Features, score: Matrix, values: Matrix, chosen: Chosen) -> list[tuple[int, int, float]]:
    """Return the chosen pairs that are sure and share their values, and how certain each is; runs of numbers, alike by chance, count half."""
    found = []
    for row, column in zip(*(places.tolist() for places in chosen), strict=True):
        if score[row, column] >= _SURE and values[row, column] >= _SHARED:
            found.append((row, column, float(score[row, column]) * (0.5 if left.dense[row] or right.dense[column] else 1.0)))
    return found


def _values(left: Features, right: Features, shared: Overlap) -> Matrix:
    """Return how much of their values two columns share: of runs of numbers all of both, else the larger share counts for more than half."""
    larger = np.maximum(shared.contained, shared.covers)
    runs = left.dense[:, None] & right.dense[None, :]
    found = np.where(runs, shared.jaccard, 0.6 * np.minimum(larger, shared.rare + 0.2) + 0.4 * shared.jaccard)
    unknown = ~(left.values.known[:, None] & right.values.known[None, :])
    return np.where(unknown | (shared.sample == 0), np.nan, found)


def _weigh_values(left: Features, right: Features, shared: Overlap, values: Matrix) -> Matrix:
    """Return what shared values say: less when they are few, of short lists or of runs of numbers that every database has.

    Few but long values (a moment to the second, a whole phrase) are as telling as many short ones.
    """
    smaller = np.minimum(left.values.sizes[:, None], right.values.sizes[None, :])
    with np.errstate(invalid="ignore"):
        long = np.minimum(left.length[:, None], right.length[None, :]) >= _LONG
    trust = np.maximum(shared.sample / (shared.sample + 2), np.where(long, 0.6, 0))
    few = np.where(smaller < 3, 0.4, np.where(smaller < 20, 0.7, 1.0))
    telling = np.where(left.dense[:, None] | right.dense[None, :], 0.5, np.where(long, 1.0, few))
    against = np.where((values < 0.01) & (shared.sample >= 20), -0.5, 0.0)
    return np.where(np.isnan(values), 0, 6 * np.nan_to_num(values) * trust * telling + against)


def _words(left: Features, right: Features) -> Matrix:
    """Return how many words two columns share; a column of single words may stand whole in the texts of another (first name, full name)."""
    shared = overlap(left.words, right.words)
    larger = np.maximum(shared.contained, shared.covers)
    known = left.words.known[:, None] & right.words.known[None, :] & (shared.sample >= 3)
    found = np.where(known, 0.5 * shared.jaccard + 0.5 * larger * shared.sample / (shared.sample + 10), np.nan)
    for within in (overlap(left.values, right.words), overlap(left.words, right.values)):
        inside = np.where(within.sample >= 20, np.maximum(within.contained, within.covers), 0)
        found = np.where(inside > 0.5, np.fmax(found, 0.9 * inside), found)
    return np.asarray(found)


def _kinds(left: Features, right: Features) -> Matrix:
    """Return what types say: the same identifier with a checksum is a strong reason, two different ones a stronger one against."""
    found: Matrix = np.zeros((len(left), len(right)))
    for row, mine in enumerate(left.kinds):
        for column, theirs in enumerate(right.kinds):
            if mine and theirs:
                found[row, column] = 2.5 if mine == theirs else 0.5 if theirs in _PARTLY.get(mine, ()) or mine in _PARTLY.get(theirs, ()) else -2.5
    one, other = left.rough[:, None], right.rough[None, :]
    unlike = (one != other) & (one > 0) & (other > 0)
    return found + np.where(unlike, np.where((one == 4) | (other == 4), -1.0, -2.0), 0.0)


def _neighbours(odds: Matrix) -> Matrix:
    """Return what the columns beside two columns say: exports keep their order, so a match of both neighbours is a hint (0.6 each)."""
    sure = _chance(odds)
    found: Matrix = np.zeros(odds.shape)
    found[1:, 1:] += 0.6 * np.maximum(sure[:-1, :-1] - 0.5, 0) * 2
    found[:-1, :-1] += 0.6 * np.maximum(sure[1:, 1:] - 0.5, 0) * 2
    return found


def _nulls(left: Features, right: Features) -> Matrix:
    """Return how telling it is that two columns are empty equally often, 0 to 1: the less, the more columns beside them are so too."""
    one, other = left.blank[:, None], right.blank[None, :]
    mine, theirs = left.rows[:, None], right.rows[None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (one * mine + other * theirs) / (mine + theirs)
        apart = np.abs(one - other) <= np.maximum(0.01, np.sqrt(share * (1 - share) * (1 / mine + 1 / theirs)))
        partly = (np.minimum(one, other) > _FULL) & (np.maximum(one, other) < _EMPTY) & apart
        alike = partly | (np.minimum(one, other) >= _EMPTY)
    rivals = [(alike.sum(axis=axis, keepdims=True) - 1) / max(alike.shape[axis] - 1, 1) for axis in (0, 1)]
    return np.where(alike, 1 - np.maximum(*rivals), 0.0)


def _compete(odds: Matrix, twins: NDArray[np.bool_]) -> tuple[Matrix, Chosen]:
    """Let pairs compete: those of the best assignment of all columns gain, others lose by their distance from the best of either column.

    A column that stands for several (name; first and last name) keeps them all: they are about as good as one another. One that has
    a twin, with exactly the same values, needs no other (2). A pair whose columns both have a better partner is explained away by them.
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(-odds)
    best = np.maximum(odds.max(axis=1)[:, None], odds.max(axis=0)[None, :])
    settled = np.zeros(odds.shape, bool)
    paired = twins[rows, columns] & (odds[rows, columns] > 0)
    settled[rows[paired], :] = True
    settled[:, columns[paired]] = True
    found: Matrix = odds - 0.5 * np.minimum(best - odds, 4) - 2.0 * settled + _explained_away(odds, (rows, columns))
    found[rows, columns] = odds[rows, columns] + 0.5
    return found, (rows, columns)


def _explained_away(odds: Matrix, chosen: Chosen) -> Matrix:
    """Return what pairs lose whose columns both have a partner as good or better: as much as it is probable that both partners are right.

    Where only one of the two columns has another partner, it may stand for both, and nothing is lost.
    """
    mine, theirs = np.full((odds.shape[0], 1), -np.inf), np.full((1, odds.shape[1]), -np.inf)
    mine[chosen[0], 0] = theirs[0, chosen[1]] = odds[chosen]
    both = _chance(mine + 0.5) * _chance(theirs + 0.5) * (mine >= odds) * (theirs >= odds)
    both[chosen] = 0
    return np.asarray(np.log(1 - (1 - _SHARERS) * both))


def _chance(odds: Matrix) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-odds)))


def explain(left: Features, right: Features, scores: Scores, least: float = _ENOUGH) -> tuple[Match, ...]:
    """Return the pairs with at least this score, the best first, with the parts that speak for or against them."""
    rows, columns = np.nonzero(scores.score >= least)
    order = np.argsort(-scores.score[rows, columns], kind="stable")
    return tuple(_match(left, right, scores, int(rows[each]), int(columns[each])) for each in order)


def _match(left: Features, right: Features, scores: Scores, row: int, column: int) -> Match:
    total = float(sum(abs(part[row, column]) for part in scores.parts.values())) or 1.0
    parts = [
        Part(name, round(_strength(scores, name, row, column), 3), round(abs(said) / total, 3), _shown(left, right, scores, name, row, column))  # type: ignore[arg-type]
        for name in _PARTS
        if abs(said := float(scores.parts[name][row, column])) >= 0.05
    ]
    parts.sort(key=lambda part: -part.weight)
    known = scores.overlap.sample[row, column] > 0
    contained, covers = ((float(each[row, column]) if known else -1.0) for each in (scores.overlap.contained, scores.overlap.covers))
    return Match(
        left.names[row], right.names[column], round(float(scores.score[row, column]), 4), tuple(parts), round(contained, 3), round(covers, 3)
    )


def _strength(scores: Scores, name: str, row: int, column: int) -> float:
    """Return how strong a part is, 0 to 1, as people read it."""
    if name in scores.values:
        return float(np.nan_to_num(scores.values[name][row, column]))
    return 1.0 if scores.parts[name][row, column] > 0 else 0.0


def _shown(left: Features, right: Features, scores: Scores, name: str, row: int, column: int) -> str:
    if name == "kind":
        return left.kinds[row] or right.kinds[column]
    if (
        name == "concept"
        and scores.parts[name][row, column] > 0
        and max(alike(left.names[row], right.names[column])) < scores.values[name][row, column]
    ):
        return scores.lessons.get(row, "")
    return ""


def ranked(left: TableProfile, right: TableProfile) -> Sequence[tuple[str, str, float]]:
    """Return every pair of columns with its score, the best first: for measuring."""
    one, other = lay_out(left), lay_out(right)
    score = compare(one, other).score
    order = np.argsort(-score, axis=None, kind="stable")
    return [(one.names[each // len(other)], other.names[each % len(other)], float(score.flat[each])) for each in order.tolist()]
