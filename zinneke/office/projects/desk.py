"""What projects ask of whoever is signed in: records to confirm, milestones that are late, synergies to decide, drafts to end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from django.utils import timezone
from django.utils.translation import get_language

from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.desk import Change, Waiting
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text, choose
from zinneke.office.projects import rules, searching, store
from zinneke.office.projects.values import Texts

MOST = 10
"""Records to confirm that are shown at once: nobody confirms more in a day."""


def waiting(actor: Actor) -> Iterator[Waiting]:
    """Yield what waits for an actor, of their own organisations' projects."""
    today = timezone.localdate()
    mine = [each for each in store.list_own(actor) if each.fiche.owner in store.list_own_parts(actor)]
    for each in [each for each in mine if rules.is_old(each, today)][:MOST]:
        what = Text("Confirmer que la fiche est encore exacte", "Bevestigen dat de fiche nog juist is", "Confirm that the record is still right")
        known = each.confirmed or each.fiche.as_of or each.created.date()
        yield _waiting(what, each.fiche.name, each.key, datetime.combine(known, time(), UTC), icon="calendar-check")
    for each in mine:
        for stone in rules.late_milestones(each.fiche, today)[:3]:
            name = searching.text_of(stone.name)
            what = Text(f"Jalon en retard : {name.fr}", f"Late mijlpaal: {name.nl}", f"Late milestone: {name.en}")
            yield _waiting(what, each.fiche.name, each.key, datetime.combine(stone.due, time(), UTC), icon="milestone", due=stone.due)
    yield from _written(actor)


def changed(actor: Actor, since: datetime) -> Iterator[Change]:
    """Yield the projects that changed."""
    for each in store.list_projects(actor, kind="smart"):
        if each.changed > since:
            what = NEW if each.created > since else CHANGED
            title = choose(each.fiche.name, get_language() or "en")[0]
            yield Change(what=what, title=title, page="project", values=(("key", each.key),), at=each.changed, icon="kanban")


NEW = Text("Nouveau projet", "Nieuw project", "New project")
CHANGED = Text("Projet modifié", "Gewijzigd project", "Project changed")


def _waiting(what: Text, name: Texts, key: str, since: datetime, icon: str, due: date | None = None) -> Waiting:
    title = choose(name, get_language() or "en")[0]
    return Waiting(what=what, title=title, page="project", values=(("key", key),), since=since, icon=icon, due=due)


def _written(actor: Actor) -> Iterator[Waiting]:
    try:
        store.check_room(actor, Right.EDIT)
    except Problem:
        return
    if pairs := store.list_pairs(actor, kind="smart"):
        n = len(pairs)
        what = Text(
            f"Accepter ou écarter {n} synergie{'s' * (n > 1)}",
            f"{n} synergie{'ën' if n > 1 else ''} aanvaarden of verwerpen",
            f"Accept or refuse {n} synerg{'ies' if n > 1 else 'y'}",
        )
        yield Waiting(what=what, title="", page="synergies", since=datetime.now(UTC), icon="git-merge")
    for draft in store.list_drafts(actor):
        what = Text("Terminer le brouillon", "Het ontwerp afwerken", "Finish the draft")
        page, values = ("project-edit", (("key", draft.project),)) if draft.project else ("project-new", ())
        yield Waiting(what=what, title=draft.project, page=page, values=values, since=draft.changed, icon="pencil")
