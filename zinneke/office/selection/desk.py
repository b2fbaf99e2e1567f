"""What waits in the selection: sheets that one has begun, disagreements to settle, and ideas that wait for a decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import get_language

from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.desk import Change, Waiting
from zinneke.kernel.text import Text, choose
from zinneke.office.selection import models, results, store
from zinneke.office.selection.rights import exercises_within


def waiting(actor: Actor) -> Iterator[Waiting]:
    """Yield what somebody has to do here."""
    spoken = (get_language() or "en")[:2]
    rows = models.Exercise.objects.filter(exercises_within(actor, Right.EDIT), closed=None, example=False)
    for exercise in rows.order_by("opened"):
        name, values = choose(exercise.name, spoken)[0], (("key", exercise.key),)
        asked = len(store.get_exercise(actor, exercise.key).method.row.criteria)
        if any(given < asked for _option, given in store.list_sheets(actor, exercise.key)):
            what = Text("Évaluer les options de", "De opties beoordelen van", "Evaluate the options of")
            yield Waiting(what=what, title=name, page="sheet", values=values, since=exercise.opened, icon="list-checks")
    rows = models.Exercise.objects.filter(exercises_within(actor, Right.COMMAND), closed=None, example=False)
    for exercise in rows.order_by("opened"):
        if any(each.settled is None for each in results.disagreements(store.get_ledger(actor, exercise.key))):
            what = Text("Départager les évaluateurs de", "De beoordelaars beslechten van", "Settle the disagreements of")
            name = choose(exercise.name, spoken)[0]
            yield Waiting(what=what, title=name, page="disagreements", values=(("key", exercise.key),), since=exercise.opened, icon="scale")


def changed(actor: Actor, since: datetime) -> Iterator[Change]:
    """Yield the decisions about ideas and the changes of the roadmap."""
    spoken = get_language() or "en"
    for decision in store.list_decisions(actor, limit=MOST):
        if decision.time > since:
            title = choose(decision.title, spoken)[0]
            yield Change(what=DECIDED, title=title, page="idea", values=(("key", decision.idea),), at=decision.time, icon="lightbulb")
    for change in store.list_changes(actor, limit=MOST):
        if change.time > since:
            yield Change(what=PLANNED, title=choose(change.name, spoken)[0], page="roadmap", at=change.time, icon="route")


MOST = 30
"""Decisions and changes that are looked at: the desk shows fewer."""
DECIDED = Text("Décision sur une idée", "Beslissing over een idee", "Decision about an idea")
PLANNED = Text("Feuille de route modifiée", "Gewijzigde routekaart", "Roadmap changed")
