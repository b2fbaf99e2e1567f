"""The decision of who may see and do what, as conditions of this room's queries: on the whole room, and on the part of one owner."""

from __future__ import annotations

from django.db.models import Q

from zinneke.foundations.identity.within import within as reached_by
from zinneke.kernel.confidentiality import Actor, Level, Right, demand_any, reach, refusal
from zinneke.kernel.problem import Problem, not_found
from zinneke.office.indicators.models import IndicatorRecord

SUBJECT = "indicators"


def subject_of(owner: str) -> str:
    """Return the subject under which rights on one owner's indicators are granted."""
    return f"{SUBJECT}.{owner}"


def within(actor: Actor, right: Right = Right.SEE) -> Q:
    """Return the condition under which an indicator is within an actor's reach."""
    return reached_by(actor, right, SUBJECT, part="owner")


def values_within(actor: Actor, right: Right = Right.SEE) -> Q:
    """Return the condition under which a value is within an actor's reach: it and its indicator both are."""
    value = reached_by(actor, right, SUBJECT, part="indicator__owner")
    return value & reached_by(actor, right, SUBJECT, part="owner", prefix="indicator__")


def find(actor: Actor, key: str, right: Right = Right.SEE) -> IndicatorRecord:
    """Return an indicator's record. Raises `Problem` 404 when it is not there or not seen, 403 when it is seen but the right is lacking."""
    record = IndicatorRecord.objects.filter(within(actor), key=key).first()
    if record is None:
        raise not_found("indicator", key)
    if right is not Right.SEE and not allows(actor, right, record.owner, Level(record.level), record.area):
        raise refusal(actor, right, subject_of(record.owner))
    return record


def allows(actor: Actor, right: Right, owner: str, level: Level, area: str) -> bool:
    """Say whether an actor holds a right over something of an owner, level and area."""
    return reach(actor, right, subject_of(owner)).allows(level, area)


def hand(actor: Actor) -> str:
    """Return whose hand did something: the person behind a token too, so that nobody decides on their own work through another door."""
    return actor.key if actor.person is None else f"person:{actor.person}"


def holds(actor: Actor, right: Right) -> bool:
    """Say whether an actor who is signed in holds a right on indicators, or on a part of them, somewhere."""
    if not actor.known:
        return False
    try:
        demand_any(actor, right, SUBJECT)
    except Problem:
        return False
    return True


def demand(actor: Actor, right: Right, owner: str, level: Level, area: str) -> None:
    """Refuse unless an actor holds a right over something of an owner, level and area."""
    if not allows(actor, right, owner, level, area):
        raise refusal(actor, right, subject_of(owner))
