"""What waits for somebody here: texts to publish, projects seen elsewhere to accept or decline, promises that are late, items of sources."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time

from django.utils import timezone
from django.utils.translation import get_language

from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.desk import Change, Waiting
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Needs
from zinneke.kernel.text import Text, choose
from zinneke.office.knowledge import store, tenders, watch
from zinneke.office.knowledge.kinds import KINDS
from zinneke.office.knowledge.sight import SUBJECT
from zinneke.office.knowledge.values import Entry


def waiting(actor: Actor) -> Iterable[Waiting]:
    """Yield what waits for this actor."""
    language = (get_language() or "en")[:2]
    yield from _referrals(actor, language)
    try:
        Needs(Right.EDIT, SUBJECT).check(actor)
    except Problem:
        return
    for entry in store.list_in_review(actor):
        words = Text("Relire et publier", "Nalezen en publiceren", "Review and publish")
        yield Waiting(what=words, title=_title(entry, language), page="knowledge-edit", values=_place(entry), since=entry.changed, icon="newspaper")
    for entry, missing in tenders.list_open_points(actor, timezone.localdate()):
        since = min(each.due for each in tenders.tender_of(entry).promises if each.due)
        words = Text(
            f"Réclamer ce qui n’est pas livré ({missing})",
            f"Opvragen wat niet geleverd is ({missing})",
            f"Ask for what was not delivered ({missing})",
        )
        begun = datetime.combine(since, time(), UTC)
        yield Waiting(what=words, title=_title(entry, language), page="knowledge-entry", values=_place(entry), since=begun, due=since, icon="gavel")
    if proposed := watch.list_proposed(actor):
        words = Text("Trier ce que les sources apportent", "Sorteren wat de bronnen brengen", "Sort what the sources bring")
        yield Waiting(what=words, title=proposed[-1].title, page="knowledge-sources", since=min(each.seen for each in proposed), icon="rss")


def _referrals(actor: Actor, language: str) -> Iterable[Waiting]:
    if not actor.organisation:
        return
    for each in watch.list_referrals(actor, open_only=True):
        if each.party == actor.organisation:
            words = Text("Dire si ce projet est pour vous", "Zeggen of dit project iets voor u is", "Say whether this project is for you")
            title, place = choose(each.title, language)[0], (("path", "elsewhere"), ("key", each.entry))
            yield Waiting(what=words, title=title, page="knowledge-entry", values=place, since=each.asked, icon="telescope")


def changed(actor: Actor, since: datetime) -> Iterable[Change]:
    """Yield the entries that readers see anew or otherwise."""
    language = (get_language() or "en")[:2]
    for kind in KINDS.values():
        for entry in store.list_entries(actor, kind.key):
            if entry.live and entry.changed > since:
                yield Change(
                    what=kind.name, title=_title(entry, language), page="knowledge-entry", values=_place(entry), at=entry.changed, icon=kind.icon
                )


def _title(entry: Entry, language: str) -> str:
    return choose(entry.draft.title, language)[0]


def _place(entry: Entry) -> tuple[tuple[str, str], ...]:
    return (("path", KINDS[entry.kind].path), ("key", entry.key))
