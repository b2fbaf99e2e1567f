"""What the room finds for the search over everything."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.finding import Finding
from zinneke.kernel.text import Text, choose
from zinneke.office.knowledge import store
from zinneke.office.knowledge.kinds import KINDS

KIND = Text("Connaissances", "Kennis", "Knowledge")


def find(actor: Actor, typed: str, language: str) -> Iterator[Finding]:
    """Yield the entries that answer to what was typed, the best first."""
    for hit in store.search(actor, typed):
        kind, draft = KINDS[hit.entry.kind], hit.entry.draft
        title, spoken = choose(draft.title, language)
        address = reverse("knowledge-entry", kwargs={"path": kind.path, "key": hit.entry.key})
        yield Finding(kind.name, kind.icon, title, spoken, address, choose(draft.summary, language)[0], weak=hit.score < 3)
