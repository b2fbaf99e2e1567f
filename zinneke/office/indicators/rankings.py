"""International rankings: one record an edition, its cities with it; and the statements about the building blocks of the policy."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.db import transaction

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity.within import within
from zinneke.kernel.confidentiality import Actor, Level, Right, demand, reach, refusal
from zinneke.kernel.policy import FOUNDATIONS
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.office.indicators.models import RankingRecord, StatementRecord
from zinneke.office.indicators.rights import SUBJECT
from zinneke.office.indicators.values import City, Ranking, Statement


def cities(key: str) -> tuple[list[City], Level]:
    """Return the cities of a ranking, the best first, and its level. Raises `Problem` 409 for one that is not there: for computing."""
    record = RankingRecord.objects.filter(key=key).first()
    if record is None:
        raise Problem(409, "Ranking gone", f"There is no ranking {key!r}. Load the edition, or change the query.")
    return msgspec.convert(record.cities, list[City]), Level(record.level)


def put(actor: Actor, ranking: Ranking, listed: Sequence[City], level: Level = Level.PUBLIC, area: str = "") -> bool:
    """Keep an edition of a ranking; says whether anything is new. Raises `Problem` 400 for ranks that are not."""
    demand(actor, Right.EDIT, SUBJECT, level, area)
    if not listed or any(city.rank < 1 for city in listed):
        raise wrong("A ranking has cities, and ranks from 1 on.", where="cities")
    document = msgspec.json.decode(msgspec.json.encode(msgspec.structs.replace(ranking, cities=len(listed))))
    kept = msgspec.json.decode(msgspec.json.encode(sorted(listed, key=lambda city: (city.rank, city.name))))
    before = RankingRecord.objects.filter(key=ranking.key).first()
    if before and not reach(actor, Right.EDIT, SUBJECT).allows(Level(before.level), before.area):
        raise refusal(actor, Right.EDIT, SUBJECT)
    if before and (before.document, before.cities, before.level, before.area) == (document, kept, level, area):
        return False
    with transaction.atomic():
        RankingRecord.objects.update_or_create(key=ranking.key, defaults={"document": document, "cities": kept, "level": level, "area": area})
        audit.record(actor, "ranking.set", f"{SUBJECT}:{ranking.key}", {"cities": len(kept)})
    return True


def listed(actor: Actor) -> list[Ranking]:
    """Return the rankings within reach."""
    found = RankingRecord.objects.filter(within(actor, Right.SEE, SUBJECT)).order_by("key")
    return [msgspec.convert(each.document, Ranking) for each in found]


def one(actor: Actor, key: str) -> tuple[Ranking, list[City]]:
    """Return a ranking and its cities, the best first. Raises `Problem` 404."""
    found = RankingRecord.objects.filter(within(actor, Right.SEE, SUBJECT), key=key).first()
    if found is None:
        raise not_found("ranking", key)
    return msgspec.convert(found.document, Ranking), msgspec.convert(found.cities, list[City])


def state(actor: Actor, statement: Statement, revision: int | None, level: Level = Level.PUBLIC, area: str = "") -> Statement:
    """Keep a statement about a building block; `revision` is the one that was read, None for a new one."""
    demand(actor, Right.EDIT, SUBJECT, level, area)
    if statement.block not in FOUNDATIONS:
        raise wrong(f"{statement.block!r} is no building block. There are {', '.join(FOUNDATIONS)}.", where="block")
    if not 0 <= statement.grade <= 4:
        raise wrong("A grade goes from 0 (nothing yet) to 4 (everyday use).", where="grade")
    if not (statement.says.get("fr") and statement.says.get("nl") and statement.evidence.get("fr")):
        raise wrong("A statement is written in French and Dutch, and names what shows it.", where="says")
    document = msgspec.to_builtins(msgspec.structs.replace(statement, revision=(revision or 0) + 1))
    fields = {"block": statement.block, "grade": statement.grade, "since": statement.since, "owner": statement.owner, "document": document}
    with transaction.atomic():
        before = StatementRecord.objects.filter(key=statement.key).first()
        if before and not reach(actor, Right.EDIT, SUBJECT).allows(Level(before.level), before.area):
            raise refusal(actor, Right.EDIT, SUBJECT)
        if (before.revision if before else None) != revision:
            raise Problem(409, "Changed meanwhile", "Somebody else changed this statement while you were writing. Read it again, then send yours.")
        StatementRecord.objects.update_or_create(
            key=statement.key, defaults={**fields, "level": level, "area": area, "revision": (revision or 0) + 1}
        )  # fmt: skip
        audit.record(actor, "statement.set", f"{SUBJECT}:{statement.key}", {"block": statement.block, "grade": statement.grade})
    return msgspec.structs.replace(statement, revision=(revision or 0) + 1)


def statements(actor: Actor, block: str = "") -> list[Statement]:
    """Return the statements within reach, block by block in the order of the policy."""
    found = StatementRecord.objects.filter(within(actor, Right.SEE, SUBJECT))
    kept = [msgspec.convert(each.document, Statement) for each in (found.filter(block=block) if block else found)]
    return sorted(kept, key=lambda each: (list(FOUNDATIONS).index(each.block), -each.grade, each.key))
