"""The room as Django knows it: from then on it hears what the rooms below store, and is loaded when they first do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zinneke.kernel.event import (
    AlertChanged,
    AlertsChanged,
    DatasetChanged,
    ObservationCorrected,
    ObservationsStored,
    SourceChanged,
    ThingsChanged,
    listen,
)

if TYPE_CHECKING:
    from zinneke.foundations.observations.register import Register
    from zinneke.foundations.observations.values import Truths


class Subscriptions(AppConfig):
    """The room as Django knows it."""

    name = "zinneke.foundations.subscriptions"
    verbose_name = _("Subscriptions")

    def ready(self) -> None:
        """Listen to the rooms below, whether or not anything is delivered in this process."""
        from zinneke.foundations.observations import heeding

        heeding.heed(_watched)
        listen(AlertChanged, _note_alert)
        listen(AlertsChanged, _note_alerts)
        listen(ObservationCorrected, _note_correction)
        listen(DatasetChanged, _note_dataset)
        listen(ThingsChanged, _note_things)
        listen(SourceChanged, _note_source)
        listen(ObservationsStored, _wake)


def _watched(register: Register) -> Truths | None:
    from zinneke.foundations.subscriptions import waiting

    return waiting.watched(register)


def _note_alert(told: AlertChanged) -> None:
    from zinneke.foundations.subscriptions import occurrences

    occurrences.note_alerts([told])


def _note_alerts(told: AlertsChanged) -> None:
    from django.db import transaction

    from zinneke.foundations.subscriptions import occurrences, waiting

    occurrences.note_alerts(told.alerts)
    transaction.on_commit(waiting.news)  # what no observation sets off wakes whoever delivers, too


def _note_correction(told: ObservationCorrected) -> None:
    from zinneke.foundations.subscriptions import changes

    changes.note_correction(told)


def _note_dataset(told: DatasetChanged) -> None:
    from zinneke.foundations.subscriptions import changes

    changes.note_dataset(told)


def _note_things(told: ThingsChanged) -> None:
    from zinneke.foundations.subscriptions import changes

    changes.note_things(told)


def _note_source(told: SourceChanged) -> None:
    from zinneke.foundations.subscriptions import changes

    changes.note_source(told)


def _wake(told: ObservationsStored) -> None:
    from zinneke.foundations.subscriptions import waiting

    waiting.stored(told)
