"""Findings of one kind that hang together: nineteen communes with the same register are one matter, not a hundred and seventy pairs."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from django.db import transaction

from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import wrong
from zinneke.office.cartography import findings, models
from zinneke.office.cartography.findings import Decision
from zinneke.office.cartography.things import Words
from zinneke.office.cartography.values import Action, Relation, RelationKind

FEWEST = 3
MOST_PAIRS = 500


class Member(msgspec.Struct, frozen=True):
    """A table or form of a group: its key, what it is called, and who answers for it."""

    key: str
    title: Words
    owner: str


class Pair(msgspec.Struct, frozen=True):
    """A finding of a group: its number, the keys of its two, how sure it is and what was decided."""

    id: int
    left: str
    right: str
    score: float
    decision: Decision


class FoundGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Tables and forms that one kind of finding holds together, the surest score among them, and the findings, the surest first.

    `to_decide` are the numbers of those that nobody decided and whoever asks may decide, as many as are decided at once.
    """

    kind: RelationKind
    action: Action
    score: float
    members: tuple[Member, ...]
    pairs: tuple[Pair, ...]
    to_decide: list[int] = []


def groups(actor: Actor, kind: str = "", fewest: int = FEWEST) -> list[FoundGroup]:
    """Return the groups of at least so many members among the findings that the actor sees; what was rejected holds nothing together."""
    from zinneke.office.cartography import relations

    records: dict[frozenset[str], models.Finding] = {}
    known: dict[str, models.Thing] = {}
    judged: list[Relation] = []
    for record in findings.narrowed(actor, kind).exclude(decision="rejected"):
        relation = msgspec.msgpack.decode(bytes(record.document), type=Relation)
        records[frozenset((relation.left, relation.right))] = record
        known |= {record.left.key: record.left, record.right.key: record.right}
        judged.append(relation)
    mine = set(findings.visible(actor, Right.EDIT).filter(decision="").values_list("pk", flat=True))
    found = []
    for each in relations.groups(judged):
        if len(each.members) < fewest:
            continue
        pairs = [(relation, records[frozenset((relation.left, relation.right))]) for relation in each.relations]
        members = [Member(key, known[key].title, known[key].owner) for key in each.members]
        found.append(
            FoundGroup(
                kind=each.kind, action=relations.ACTIONS[each.kind], score=each.score,
                members=tuple(sorted(members, key=lambda member: (member.owner, member.key))),
                pairs=tuple(Pair(record.pk, one.left, one.right, one.score, record.decision) for one, record in pairs),
                to_decide=[record.pk for _, record in pairs if record.pk in mine][:MOST_PAIRS],
            )
        )  # fmt: skip
    return sorted(found, key=lambda group: (-len(group.members), -group.score, group.members[0].key))


def decide(actor: Actor, ids: Iterable[int], decision: Decision, reason: str) -> int:
    """Decide several findings alike and return how many; all of them or none. Raises `Problem` 400 or 404."""
    chosen = sorted(set(ids))
    if not 0 < len(chosen) <= MOST_PAIRS:
        raise wrong(f"Choose at least one finding, and {MOST_PAIRS} at the most.", where="id")
    with transaction.atomic():
        for each in chosen:
            findings.decide(actor, each, decision, reason)
    return len(chosen)
