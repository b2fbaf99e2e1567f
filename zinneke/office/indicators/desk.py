"""What waits at the desk: definitions and values to decide on, what came back, updates that are due, indicators that left their path."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from django.utils import timezone
from django.utils.translation import get_language

from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.desk import Change, Waiting
from zinneke.kernel.text import Text
from zinneke.office.indicators import store
from zinneke.office.indicators.rights import holds
from zinneke.office.indicators.values import Indicator

DECIDE = Text("Décider d’une définition", "Over een definitie beslissen", "Decide on a definition")
ACCEPT = Text("Décider de valeurs", "Over waarden beslissen", "Decide on values")
MEND = Text("Corriger une définition renvoyée", "Een teruggestuurde definitie verbeteren", "Mend a definition that came back")
UPDATE = Text("Entrer ou confirmer une valeur", "Een waarde invoeren of bevestigen", "Enter or confirm a value")
LEFT = Text("A quitté son chemin", "Heeft zijn koers verlaten", "Has left its path")
MOST = 20
"""Overdue updates that the desk names: beyond, the list of indicators tells."""


def waiting(actor: Actor) -> Iterator[Waiting]:
    """Yield what waits for somebody among the indicators."""
    if not actor.known:
        return
    if holds(actor, Right.COMMAND):
        for each in store.list_in_review(actor):
            yield Waiting(what=DECIDE, title=_name(each), page="indicator-review", since=each.changed, icon="stamp")
        oldest: dict[str, datetime] = {}
        for key, value in store.list_drafts(actor):
            oldest.setdefault(key, value.entered)
        for key, entered in oldest.items():
            yield Waiting(what=ACCEPT, title=_name(store.get_indicator(actor, key)), page="indicator-review", since=entered, icon="stamp")
    if holds(actor, Right.EDIT):
        for each in store.list_open(actor):
            if each.state == "returned":
                yield _task(MEND, each.key, _name(each), "indicator-edit", each.changed)
        yield from _follow_up(actor)


def _follow_up(actor: Actor) -> Iterator[Waiting]:
    """Yield the updates that are overdue and the indicators off their path, of those that the actor keeps up."""
    today = timezone.localdate()
    mine = [each for each in store.list_indicators(actor) if store.may(actor, Right.EDIT, each.key)]
    late = sorted((each for each in mine if each.late(today) and each.sheet.measure is None), key=lambda each: str(each.due))
    for each in late[:MOST]:
        assert each.due is not None
        since = datetime.combine(each.due, time(), UTC)
        yield Waiting(
            what=UPDATE,
            title=_name(each),
            page="indicator-values",
            values=(("key", each.key),),
            since=since,
            due=each.due,
            icon="calendar-clock",
        )
    promised = [each for each in mine if each.sheet.objective]
    for each, stand in zip(promised, store.standings(actor, promised), strict=True):
        if stand.status == "act":
            yield _task(LEFT, each.key, _name(each), "indicator", each.updated or each.changed)


def changed(actor: Actor, since: datetime) -> Iterator[Change]:
    """Yield the indicators with new figures or another definition."""
    for each in store.list_indicators(actor):
        at = max(filter(None, (each.updated, each.changed)))
        if at > since:
            what = DEFINED if each.changed > since else FIGURES
            yield Change(what=what, title=_name(each), page="indicator", values=(("key", each.key),), at=at, icon="ruler")


FIGURES = Text("Nouveaux chiffres", "Nieuwe cijfers", "New figures")
DEFINED = Text("Définition changée", "Gewijzigde definitie", "Definition changed")


def _name(indicator: Indicator) -> str:
    return indicator.title((get_language() or "en")[:2])


def _task(what: Text, key: str, title: str, page: str, since: datetime) -> Waiting:
    return Waiting(what=what, title=title, page=page, values=(("key", key),), since=since, icon="ruler")
