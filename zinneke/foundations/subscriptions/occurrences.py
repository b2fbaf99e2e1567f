"""What happens besides observations, noted in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from zinneke.foundations.identity.within import within
from zinneke.foundations.observations.values import Wanted
from zinneke.foundations.subscriptions import models
from zinneke.foundations.subscriptions.values import ALERT_CLOSED, ALERT_OPENED, Event
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.event import AlertChanged

KEPT = timedelta(days=7)
"""How long an occurrence waits for those who are still to be told."""
TOGETHER = 500
"""Keys that one question holds, since databases bound their number."""
SUBJECTS = ("observations", "tables")
"""The rooms in which something occurs."""


def note_alerts(told: Sequence[AlertChanged]) -> None:
    """Note that alerts opened or closed, in this order."""
    note([_alert(each) for each in told])


def _alert(told: AlertChanged) -> models.Occurrence:
    return models.Occurrence(
        kind=ALERT_OPENED if told.opened else ALERT_CLOSED,
        subject="observations",
        part=told.solution,
        level=told.level,
        area=told.area,
        time=told.time,
        stream=told.stream,
        thing=told.thing,
        reading=told.reading,
        value=told.value,
        rule=told.rule,
        owner=told.owner,
        about={"rule": told.rule, "name": told.name, "sentence": told.sentence, "status": told.status},
    )


def note(rows: Sequence[models.Occurrence]) -> None:
    """Note what occurred, inside the transaction of whoever tells it; numbers are given here."""
    with transaction.atomic():
        models.Counter.objects.get_or_create(pk=1)
        counter = models.Counter.objects.select_for_update().get(pk=1)  # held until the commit, so that numbers follow commits
        now = datetime.now(UTC)
        for number, row in enumerate(rows, counter.value + 1):
            row.number, row.stored = number, now
        counter.value += len(rows)
        counter.save(update_fields=["value"])
        models.Occurrence.objects.bulk_create(rows, batch_size=200)


def noted(things: Collection[str]) -> set[str]:
    """Return of which of these things something is noted."""
    rows, keys = models.Occurrence.objects.filter(subject="observations"), list(things)
    parts = [keys[at : at + TOGETHER] for at in range(0, len(keys), TOGETHER)]
    return {key for part in parts for key in rows.filter(thing__in=part).values_list("thing", flat=True).distinct()}


def move(thing: str, part: str, level: int, area: str) -> None:
    """Let what was noted of a thing be as open as the thing is now, and no more than it was."""
    rows = models.Occurrence.objects.filter(subject="observations", thing=thing)
    rows.update(part=part, area=area)
    rows.filter(level__lt=level).update(level=level)


def last() -> int:
    """Return the number of the newest occurrence."""
    return models.Counter.objects.filter(pk=1).values_list("value", flat=True).first() or 0


def oldest(rule: str, after: int) -> datetime | None:
    """Return when the first alert of a rule after a number was stored, None when there is none."""
    return models.Occurrence.objects.filter(rule=rule, number__gt=after).order_by("number").values_list("stored", flat=True).first()


def missed(after: int) -> int:
    """Return how many occurrences after a number are no longer kept."""
    oldest = models.Occurrence.objects.order_by("number").values_list("number", flat=True).first()
    return max(0, (oldest if oldest is not None else last() + 1) - 1 - after)


def of(actor: Actor, after: int, until: int, kinds: Collection[str], wanted: Wanted) -> Q:
    """Return the condition on the occurrences that an actor wants and may see, with after < number ≤ until."""
    condition = Q(number__gt=after, number__lte=until, kind__in=list(kinds)) & (Q(owner=None) | Q(owner=actor.person))
    reached = Q(pk__in=())
    for subject in SUBJECTS:
        reached |= Q(subject=subject) & within(actor, Right.SEE, subject, part="part")
    for column, value in (("part", wanted.solution), ("reading", wanted.reading), ("area", wanted.area)):
        if value is not None:
            condition &= Q(**{column: value})
    if wanted.things is not None:
        condition &= Q(thing__in=wanted.things)
    if wanted.rules is not None:
        condition &= Q(rule__in=wanted.rules)
    if wanted.streams is not None:
        condition &= Q(stream__in=wanted.streams)
    return condition & reached


def event(row: models.Occurrence) -> Event:
    """Return an occurrence as an event."""
    return Event(
        id=f"occurrence-{row.number}",
        kind=row.kind,
        time=row.time,
        stored=row.stored,
        stream=row.stream,
        thing=row.thing,
        reading=row.reading,
        solution=row.part,
        area=row.area,
        value=row.value,
        about=row.about,
    )


def forget(now: datetime) -> int:
    """Delete what was kept long enough; return how many."""
    return int(models.Occurrence.objects.filter(stored__lt=now - KEPT).delete()[0])
