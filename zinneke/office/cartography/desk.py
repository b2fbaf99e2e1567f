"""What of the map waits for somebody: findings to decide, entries to review, sources that broke off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time

from django.utils import timezone
from django.utils.translation import get_language

from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.desk import Waiting
from zinneke.kernel.text import Text, choose
from zinneke.office.cartography import findings, governance, scanning, shelf, stewards
from zinneke.office.cartography.views.reading import may_edit

MOST = 20
DECIDE = Text("Décider d’un constat", "Over een vaststelling beslissen", "Decide a finding")
DISPOSE = Text("Détruire ou verser aux archives", "Vernietigen of naar het archief brengen", "Destroy or transfer to the archives")
ASSESS = Text("Faire une analyse d’impact", "Een effectbeoordeling uitvoeren", "Make an impact assessment")
NAME = Text("Désigner un autre gestionnaire", "Een andere beheerder aanwijzen", "Name another steward")
AGAIN = Text("Relire une source qui s’est interrompue", "Een bron die afbrak opnieuw lezen", "Read a source that broke off again")
REVIEW = Text("Relire une fiche de la carte", "Een fiche van de kaart nakijken", "Review an entry of the map")


def _said(title: Mapping[str, str]) -> str:
    """Return a title in the language of the page."""
    return choose(title, (get_language() or "en")[:2])[0]


def waiting(actor: Actor) -> Iterator[Waiting]:
    """Yield what the actor may settle, the oldest first of each kind."""
    if not may_edit(actor):
        return
    for record in findings.visible(actor, Right.EDIT).filter(decision="", gone=False).order_by("first_seen")[:MOST]:
        found = findings.value(actor, record)
        left, right = _said(found.left_title), _said(found.right_title)
        title = f"{left} – {right}" if left != right else f"{found.relation.left} – {found.relation.right}"
        yield Waiting(what=DECIDE, title=title, page="cartography-finding", values=(("id", str(found.id)),), since=found.first_seen, icon="copy")
    yield from _due(actor)
    for scan in scanning.broken(actor, MOST):
        yield Waiting(what=AGAIN, title=scan.origin, page="cartography-scan", values=(), since=scan.began, icon="refresh-cw")
    for record in stewards.without(actor, MOST):
        yield Waiting(what=NAME, title=_said(record.title), page="cartography-edit", values=(("key", record.key),), since=record.changed, icon="user")
    for record in shelf.narrowed(actor, status="stale", right=Right.EDIT)[:MOST]:
        due = record.next_review
        since = datetime.combine(record.missing or due or record.changed.date(), time(), UTC)
        title = _said(record.title)
        yield Waiting(what=REVIEW, title=title, page="cartography-thing", values=(("key", record.key),), since=since, due=due, icon="waypoints")


def _due(actor: Actor) -> Iterator[Waiting]:
    """Yield data that are past the day until which they are kept, and impact assessments that are to be made, of what the actor may write."""
    own = set(shelf.things(actor, Right.EDIT).filter(kind__in=("database", "treatment")).values_list("key", flat=True))
    today = timezone.localdate()
    rows = [row for row in shelf.rows(actor, "database", "treatment") if row.key in own]
    waits = [
        *((DISPOSE, each.key, each.title, each.due) for each in governance.retention(rows, today) if each.state == "act"),
        *((ASSESS, each.key, each.title, each.review) for each in governance.assessments(rows, today) if each.state == "act"),
    ]
    for what, key, title, due in waits[:MOST]:
        since = datetime.combine(due or today, time(), UTC)
        named = _said(title)
        yield Waiting(what=what, title=named, page="cartography-thing", values=(("key", key),), since=since, due=due, icon="scroll-text")
