"""What waits for somebody in the catalogue: harvests that failed, or that hold something back until a person decides."""

from __future__ import annotations

from collections.abc import Iterable

from zinneke.foundations.catalogue import harvesting
from zinneke.foundations.catalogue.standing import SUBJECT
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.desk import Waiting
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Needs
from zinneke.kernel.text import Text

WORDS = {
    "failed": Text(
        "Voir pourquoi un catalogue ne peut être lu", "Nagaan waarom een catalogus niet te lezen is", "See why a catalogue cannot be read"
    ),
    "kept": Text(
        "Décider de ce qu’un catalogue ne liste plus",
        "Beslissen over wat een catalogus niet meer vermeldt",
        "Decide on what a catalogue lists no longer",
    ),
}


def waiting(actor: Actor) -> Iterable[Waiting]:
    """Yield what waits for this actor."""
    try:
        Needs(Right.EDIT, SUBJECT).check(actor)
    except Problem:
        return
    for source in harvesting.list_harvests(actor):
        if source.active and source.last and source.last.outcome in WORDS:
            values = (("key", source.key),)
            yield Waiting(what=WORDS[source.last.outcome], title=source.key, page="harvest", values=values, since=source.last.time, icon="rss")
