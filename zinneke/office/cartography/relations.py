"""What two tables are to each other: a copy, an older copy, a subset, the same entities with other attributes, more of the same kind, or nothing.

Two tables hold the same entities when the values of a column that tells entities apart are shared: an identifier with a checksum, or a
column that is different in nearly every row. Numbers that a database gives out (1 to n), dates, amounts, names of people and streets, and
short lists of codes are shared by tables that have nothing to do with one another: they never decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from zinneke.foundations.tables.recognising import suspected
from zinneke.foundations.tables.wording import alike, units
from zinneke.office.cartography.features import Features, Rarity, lay_out
from zinneke.office.cartography.matching import Scores, compare, explain
from zinneke.office.cartography.values import Action, ColumnProfile, Group, Match, Part, Relation, RelationKind, TableProfile, Worth

IDENTIFIERS = frozenset((
    "national_number", "bis_number", "enterprise_number", "establishment_number", "vat_number", "iban", "structured_communication",
    "licence_plate", "phone", "mail", "parcel",
))  # fmt: skip
_NEVER = frozenset((
    "first_name", "surname", "person_name", "street", "house_number", "postal_code", "commune", "birth_date", "birth_place", "sex", "nationality",
    "coordinate",
))  # fmt: skip
_COMMON = frozenset((
    "identifier", "code", "number", "name", "type", "value", "description", "label", "date", "status", "reference", "text", "start", "end",
    "created", "modified", "municipality", "town", "postcode", "street", "address", "comment", "year", "house", "city", "active", "category",
    "sequence", "version", "user", "latitude", "longitude", "coordinate", "geometry", "language", "month", "day", "period",
))  # fmt: skip
"""Meanings of columns that stand in tables of every kind."""
ACTIONS: dict[RelationKind, Action] = {
    "copy": "retire", "older": "retire", "subset": "feed", "joinable": "service", "unionable": "union", "asked": "drop",
}  # fmt: skip
STANDING: dict[RelationKind, float] = {"copy": 1.0, "older": 0.97, "subset": 0.94, "asked": 0.85, "joinable": 0.8, "unionable": 0.7}
"""How certain a judgement of each kind is when all its parts agree; copies show themselves best."""
_SURE = 0.6
_SAME, _SOME, _SOME_OTHERWISE = 0.93, 0.3, 0.6
_OTHER_GRAIN = 1.5
"""From so many rows an entity to one on, a table is about parts of what the other is about, and refers to it."""
_REPEATED = 2
"""So many columns besides the key must be repeated by a table that refers to another: a code alone is how tables are meant to refer."""
_FEWEST = 5
"""So many sampled values must be shared before anything is said of entities."""


class _Found(NamedTuple):
    """What is known of a pair: matched columns, the share of entities of each in the other, shares of columns, agreement of values, the grain.

    `refers` says that one only refers to the other by a code: each accident to its commune.
    """

    matches: tuple[Match, ...]
    left_in: float
    right_in: float
    by: tuple[str, str]
    left_columns: float
    right_columns: float
    agree: float
    earlier: int
    alike: float
    special: int
    grain: float
    refers: bool


def judge(left: TableProfile, right: TableProfile, rarity: Rarity | None = None) -> Relation | None:
    """Say what two tables are to each other, with the reasons; None when they have nothing to do with one another."""
    return relate(lay_out(left), lay_out(right), rarity)


def relate(left: Features, right: Features, rarity: Rarity | None = None) -> Relation | None:
    """The same of tables that are laid out already."""
    if not len(left) or not len(right):
        return None
    found = _look(left, right, compare(left, right, rarity))
    kind, turned = _kind(left.profile, right.profile, found)
    if kind is None:
        return None
    lesser, other = (right.profile, left.profile) if turned else (left.profile, right.profile)
    mine, theirs = _by_name(left), _by_name(right)
    counted = [each for each in found.matches if kind != "joinable" or not _given_out(each, mine, theirs)]
    matches = tuple(_turn(each) for each in counted) if turned else tuple(counted)
    parts = _parts(kind, found, turned)
    score = STANDING[kind] * sum(part.value * part.weight for part in parts) / sum(part.weight for part in parts)
    return Relation(kind, lesser.key, other.key, round(score, 3), other.key, ACTIONS[kind], _worth(kind, lesser, other, matches), parts, matches)


def _by_name(table: Features) -> dict[str, ColumnProfile]:
    return {column.name: column for column in table.profile.columns}


def _turn(match: Match) -> Match:
    return Match(match.right, match.left, match.score, match.parts, match.covers, match.contained)


def _look(left: Features, right: Features, scores: Scores) -> _Found:
    matches = _one_each(explain(left, right, scores, _SURE))
    mine, theirs = _by_name(left), _by_name(right)
    left_in, right_in, by = _entities(left, right, scores)
    others = [
        match for match in matches if match.contained >= 0 and (match.left, match.right) != by and _tells(mine[match.left], theirs[match.right])
    ]
    agree = float(np.mean([max(match.contained, match.covers) for match in others])) if others else 1.0
    special = sum(_special(match, mine[match.left]) for match in matches)
    grain = _grain(mine.get(by[0]), theirs.get(by[1]))
    return _Found(
        matches, left_in, right_in, by, _share(matches, left, "left"), _share(matches, right, "right"), agree,
        _earlier(matches, mine, theirs), alike(left.profile.name, right.profile.name)[1], special,
        grain, grain >= _OTHER_GRAIN and _only_refers(matches, by, mine, theirs),
    )  # fmt: skip


def _grain(mine: ColumnProfile | None, theirs: ColumnProfile | None) -> float:
    """Return how many times more rows an entity has in one table than in the other: 5.5 for platforms beside stations."""
    if mine is None or theirs is None or not mine.distinct or not theirs.distinct:
        return 1.0
    one, other = mine.filled / mine.distinct, theirs.filled / theirs.distinct
    return max(one, other) / min(one, other)


def _only_refers(matches: Iterable[Match], by: tuple[str, str], mine: dict[str, ColumnProfile], theirs: dict[str, ColumnProfile]) -> bool:
    """Say whether hardly anything but a code is in both tables; the number of a person or an enterprise is more than a code."""
    if IDENTIFIERS & {mine[by[0]].kind, theirs[by[1]].kind}:
        return False
    repeated = [match for match in matches if match.left != by[0] and match.right != by[1] and not _given_out(match, mine, theirs)]
    return len(repeated) < _REPEATED


def _given_out(match: Match, mine: dict[str, ColumnProfile], theirs: dict[str, ColumnProfile]) -> bool:
    """Say whether both columns are numbers that each database gave out by itself."""
    return mine[match.left].sequence and theirs[match.right].sequence


def _one_each(matches: Iterable[Match]) -> tuple[Match, ...]:
    """Return the best match of each column."""
    left: set[str] = set()
    right: set[str] = set()
    kept = []
    for match in matches:
        if match.left not in left and match.right not in right:
            kept.append(match)
            left.add(match.left)
            right.add(match.right)
    return tuple(kept)


def _entities(left: Features, right: Features, scores: Scores) -> tuple[float, float, tuple[str, str]]:
    """Return which share of each table's entities the other has, and by which pair of columns; the pair that shares most."""
    best, found = 0.0, (0.0, 0.0, ("", ""))
    shared = scores.overlap
    for row, mine in enumerate(left.profile.columns):
        if not could_tell(mine):
            continue
        for column, theirs in enumerate(right.profile.columns):
            if not could_tell(theirs) or not (_apart(mine) or _apart(theirs)) or scores.score[row, column] < 0.5:
                continue
            one, other = float(shared.contained[row, column]), float(shared.covers[row, column])
            hits = one * left.values.counts[row, max(left.values.levels[row], right.values.levels[column])]
            strength = max(one, other) * (0.2 + float(shared.rare[row, column])) * (1 + _apart(mine) + _apart(theirs))
            enough = _SOME if IDENTIFIERS & {mine.kind, theirs.kind} else _SOME_OTHERWISE
            if hits >= _FEWEST and max(one, other) >= enough and strength > best:
                best, found = strength, (one, other, (mine.name, theirs.name))
    return found


def could_tell(column: ColumnProfile) -> bool:
    """Say whether a column's values may tell entities apart, here or where it refers to."""
    if column.sketch is None or column.sequence or column.kind in _NEVER:
        return False
    if column.kind in IDENTIFIERS:
        return True
    if _NEVER.intersection(suspected(column.name)) or any(each.kind in _NEVER and (each.share >= 0.2 or each.named) for each in column.evidence):
        return False
    if column.type == "integer":
        return column.distinct >= 20 and column.lengths[1] >= 5
    return column.type == "text" and column.distinct >= 20 and column.lengths[1] >= 3


def _apart(column: ColumnProfile) -> bool:
    return column.kind in IDENTIFIERS or column.distinct >= 0.8 * column.filled


def _tells(mine: ColumnProfile, theirs: ColumnProfile) -> bool:
    return not mine.sequence and not theirs.sequence and min(mine.distinct, theirs.distinct) >= 20


def _special(match: Match, column: ColumnProfile) -> bool:
    """Say whether a match is about something that not every table has, and rests on the names or the kind rather than on chance values."""
    by_name = any(part.name in ("concept", "kind") and part.value >= 0.6 for part in match.parts)
    common = all(unit & _COMMON for unit in units(column.name))
    return by_name and match.score >= 0.75 and not common and column.kind not in _NEVER


def _share(matches: Sequence[Match], table: Features, side: str) -> float:
    """Return the share of a table's columns that are matched, without empty ones and runs of numbers."""
    counted = {column.name for column in table.profile.columns if column.type != "empty" and not column.sequence}
    return len(counted & {getattr(match, side) for match in matches}) / len(counted) if counted else 0.0


def _earlier(matches: Sequence[Match], mine: dict[str, ColumnProfile], theirs: dict[str, ColumnProfile]) -> int:
    """Return by how many months the left table's last dates lie before the right one's (negative: after); 0 when nothing is known."""
    gaps = []
    for match in matches:
        one, other = mine[match.left].last, theirs[match.right].last
        if one and other:
            gaps.append((int(other[:4]) - int(one[:4])) * 12 + int(other[5:7]) - int(one[5:7]))
    return max(gaps, key=abs, default=0)


def _kind(left: TableProfile, right: TableProfile, found: _Found) -> tuple[RelationKind | None, bool]:
    """Return the kind of relation, and whether left and right must change places."""
    if left.asked or right.asked:
        return _asked(left, right, found)
    if max(found.left_in, found.right_in) < _SOME:
        return ("unionable", False) if _more_of_the_same(found) else (None, False)
    turned = found.right_in > found.left_in + 0.02 or (abs(found.right_in - found.left_in) <= 0.02 and _lesser(right, left, found))
    inside, contains = (found.right_in, found.left_in) if turned else (found.left_in, found.right_in)
    columns, more = (found.right_columns, found.left_columns) if turned else (found.left_columns, found.right_columns)
    older = (-found.earlier if turned else found.earlier) >= 2
    if columns < 0.75 or inside < 0.7 or found.grain >= _OTHER_GRAIN:
        same = columns >= 0.75 and more >= 0.75 and inside < 0.7
        if found.refers and not same:
            return ("unionable", turned) if _more_of_the_same(found) else (None, False)
        return ("unionable" if same and found.special >= 2 else "joinable"), turned
    if inside >= _SAME and contains >= _SAME:
        if more < 0.75:
            return "subset", turned
        return ("older" if older or found.agree < 0.9 else "copy"), turned
    if older or found.agree < 0.97 or inside < _SAME:
        return "older", turned
    return "subset", turned


def _lesser(one: TableProfile, other: TableProfile, found: _Found) -> bool:
    """Say whether, of two tables with the same entities, the first is rather the derived one: earlier dates, fewer columns, fewer rows."""
    if abs(found.earlier) >= 2:
        return found.earlier < 0
    return (len(one.columns), one.rows, other.key) < (len(other.columns), other.rows, one.key)


def _more_of_the_same(found: _Found) -> bool:
    """Say whether two tables without common entities describe the same kind of thing: most columns of both, and some that only such a table has."""
    most = min(found.left_columns, found.right_columns)
    return most >= 0.6 and found.special + (found.alike >= 0.6) + (most >= 0.75) >= 3 and found.special >= 1


def _asked(left: TableProfile, right: TableProfile, found: _Found) -> tuple[RelationKind | None, bool]:
    """Say whether a form asks for what the other form asks or the other table holds: three fields, or half of them."""
    turned = right.asked and not left.asked
    form = right if turned else left
    fields = sum(match.score >= 0.75 for match in found.matches)
    return ("asked", turned) if fields >= 3 or fields >= 0.5 * max(2, len(form.columns)) else (None, turned)


def _parts(kind: RelationKind, found: _Found, turned: bool) -> tuple[Part, ...]:
    """Return the reasons for a judgement: shares of entities, of columns, agreement of values, and the tables' names."""
    inside, contains = (found.right_in, found.left_in) if turned else (found.left_in, found.right_in)
    columns, more = (found.right_columns, found.left_columns) if turned else (found.left_columns, found.right_columns)
    by = " = ".join(reversed(found.by) if turned else found.by)
    mean = float(np.mean([match.score for match in found.matches])) if found.matches else 0.0
    if kind in ("unionable", "asked"):
        return (
            Part("columns", round(min(columns, more) if kind == "unionable" else max(columns, more), 3), 0.4, f"{len(found.matches)}"),
            Part("concept", round(mean, 3), 0.4, f"{found.special}"),
            Part("name", round(found.alike, 3), 0.2),
        )
    entities = Part("entities", round(inside, 3), 0.5, by)
    if kind == "joinable":
        return (
            entities,
            Part("columns", round(1 - 0.5 * columns, 3), 0.2, f"{len(found.matches)}"),
            Part("rows", round(max(inside, contains), 3), 0.3),
        )
    return entities, Part("columns", round(columns, 3), 0.3, f"{len(found.matches)}"), Part("values", round(found.agree, 3), 0.2)


def _worth(kind: RelationKind, lesser: TableProfile, other: TableProfile, matches: Sequence[Match]) -> Worth:
    """Return what would be saved: a system and its rows where a table can go, the shared columns where they can be fed or are asked again."""
    fields = len(matches)
    if kind in ("copy", "older"):
        return Worth(1, lesser.rows, fields)
    if kind in ("subset", "joinable"):
        return Worth(0, lesser.rows, fields)
    return Worth(0, 0 if kind == "asked" else lesser.rows + other.rows, fields)


def groups(relations: Iterable[Relation]) -> tuple[Group, ...]:
    """Return tables that one kind of relation holds together as groups, the most certain and the largest first."""
    found: list[Group] = []
    kinds: dict[str, list[Relation]] = {}
    for relation in relations:
        kinds.setdefault("copy" if relation.kind == "older" else relation.kind, []).append(relation)
    for several in kinds.values():
        leader: dict[str, str] = {}
        for relation in several:
            one, other = _lead(leader, relation.left), _lead(leader, relation.right)
            leader[max(one, other)] = min(one, other)
        together: dict[str, list[Relation]] = {}
        for relation in several:
            together.setdefault(_lead(leader, relation.left), []).append(relation)
        for each in together.values():
            members = tuple(sorted({name for relation in each for name in (relation.left, relation.right)}))
            best = sorted(each, key=lambda relation: -relation.score)
            found.append(Group(best[0].kind, members, best[0].score, tuple(best)))
    return tuple(sorted(found, key=lambda group: (-group.score, -len(group.members), group.members)))


def _lead(leader: dict[str, str], name: str) -> str:
    while leader.get(name, name) != name:
        leader[name] = leader.get(leader[name], leader[name])
        name = leader[name]
    return name
