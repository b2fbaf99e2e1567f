"""What waits for a publisher: reviews, refreshes that fail, what readers say."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language

from zinneke.foundations.catalogue import store as catalogue
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.desk import Waiting
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Needs
from zinneke.kernel.text import Text, choose
from zinneke.office.publishing import refreshing, voices
from zinneke.office.publishing.rules import SUBJECT

_SAID = {
    "discussion": Text("Lire et montrer ce qu’un lecteur dit", "Lezen en tonen wat een lezer zegt", "Read and show what a reader says"),
    "reuse": Text("Regarder une réutilisation et la montrer", "Een hergebruik bekijken en tonen", "Look at a reuse and show it"),
    "request": Text("Répondre à une demande de données", "Een vraag om gegevens beantwoorden", "Answer a request for data"),
}


def waiting(actor: Actor) -> Iterable[Waiting]:
    """Yield what waits for this actor."""
    try:
        Needs(Right.EDIT, SUBJECT).check(actor)
        Needs(Right.EDIT, catalogue.SUBJECT).check(actor)
    except Problem:
        return
    language = (get_language() or "en")[:2]
    for each in catalogue.list_unpublished(actor, "review"):
        words = Text("Relire et publier", "Nalezen en publiceren", "Review and publish")
        title = choose(each.title, language)[0]
        yield Waiting(what=words, title=title, page="publish-review", values=(("key", each.key),), since=each.since or each.changed, icon="database")
    for each in catalogue.list_waiting(actor):
        words, title = Text("Relire une nouvelle version", "Een nieuwe versie nalezen", "Review a new version"), choose(each.title, language)[0]
        yield Waiting(what=words, title=title, page="publish-review", values=(("key", each.key),), since=each.changed, icon="database")
    for failed in refreshing.list_failed(actor):
        words = Text("Voir pourquoi une mise à jour échoue", "Nagaan waarom een verversing mislukt", "See why a refresh fails")
        yield Waiting(
            what=words, title=failed.dataset, page="publish-refresh", values=(("key", failed.dataset),), since=failed.since, icon="refresh-cw"
        )
    for post in voices.list_waiting(actor):
        title, place = post.title or post.text[:80], (("number", str(post.number)),)
        yield Waiting(what=_SAID[post.kind], title=title, page="data-post", values=place, since=post.created, icon="message-square")
