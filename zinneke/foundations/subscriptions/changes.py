"""Corrections of observations, and versions of datasets, as occurrences."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from zinneke.foundations.subscriptions import models, occurrences, waiting
from zinneke.foundations.subscriptions.values import CORRECTED, PUBLISHED, WITHDRAWN
from zinneke.kernel.event import DatasetChanged, ObservationCorrected


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


def _note(row: models.Occurrence) -> None:
    occurrences.note([row])
    transaction.on_commit(waiting.news)
