"""Corrections of observations, versions of datasets, and registrations of sources, as occurrences; and what becomes of things."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from django.db import transaction

from zinneke.foundations.observations.attributes.changes import shortened
from zinneke.foundations.subscriptions import models, occurrences, waiting
from zinneke.foundations.subscriptions.values import CORRECTED, PUBLISHED, SOURCE, THINGS, WITHDRAWN
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.event import DatasetChanged, ObservationCorrected, SourceChanged, ThingChanged, ThingsChanged

LARGEST = 200_000
"""Bytes of what is noted of one thing; of more only which of its attributes changed, without their values."""


def note_correction(told: ObservationCorrected) -> None:
    """Note that a stored value was replaced."""
    row = models.Occurrence(
        kind=CORRECTED,
        subject="observations",
        part=told.solution,
        level=told.level,
        area=told.area,
        time=told.time,
        stream=told.stream,
        thing=told.thing,
        reading=told.reading,
        value=told.value,
        about={"before": told.before, "reason": told.reason},
    )
    _note(row)


def note_dataset(told: DatasetChanged) -> None:
    """Note that a version of a dataset was published, or the dataset withdrawn."""
    row = models.Occurrence(
        kind=PUBLISHED if told.published else WITHDRAWN,
        subject="tables",
        part=told.dataset[:100],
        level=told.level,
        area=told.area,
        time=datetime.now(UTC),
        thing=told.dataset,
        about={"dataset": told.dataset, "version": told.version},
    )
    _note(row)


def note_source(told: SourceChanged) -> None:
    """Note what became of the registration of a source, when anybody waits for it. Registrations are public."""
    if SOURCE in waiting.awaited():
        about = {"source": told.source, "was": told.was, "now": told.now}
        _note(
            models.Occurrence(kind=SOURCE, subject="observations", level=Level.PUBLIC, time=datetime.now(UTC), thing=told.source[:200], about=about)
        )


def note_things(told: ThingsChanged) -> None:
    """Note what became of things, when anybody waits for it; what was noted of one that moved is from then on no more open than the thing is."""
    moved = {each.thing: each for each in told.things if each.moved}
    for thing in occurrences.noted(moved):
        occurrences.move(thing, moved[thing].solution, moved[thing].level, moved[thing].area)
    kinds, now = waiting.awaited() & set(THINGS), datetime.now(UTC)
    rows = [_thing(each, now) for each in told.things if not told.many and f"thing.{each.what}" in kinds]
    if rows:
        _note(*rows)


def _thing(told: ThingChanged, now: datetime) -> models.Occurrence:
    about = told.about()
    if len(msgspec.json.encode(about)) > LARGEST:
        about = shortened(about)
    return models.Occurrence(
        kind=f"thing.{told.what}",
        subject="observations",
        part=told.solution,
        level=told.level,
        area=told.area,
        time=now,
        thing=told.thing,
        about=about,
    )


def _note(*rows: models.Occurrence) -> None:
    occurrences.note(rows)
    transaction.on_commit(waiting.news)
