"""The papers of an entry: seen by whoever sees it, kept by whoever may edit it."""

from __future__ import annotations

from zinneke.foundations.papers import store as papers
from zinneke.foundations.papers.values import Paper
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.route import verb
from zinneke.office.knowledge.sight import SUBJECT, find_editable, find_row


@verb(Right.SEE, SUBJECT)
def list_papers(actor: Actor, kind: str, key: str) -> list[Paper]:
    """Return the papers of an entry. Raises `Problem` 404."""
    return papers.list_papers(f"{kind}:{find_row(actor, kind, key).key}")


@verb(Right.SEE, SUBJECT)
def get_paper(actor: Actor, kind: str, key: str, number: int) -> tuple[Paper, bytes]:
    """Return a paper of an entry with its content. Raises `Problem` 404."""
    return papers.get_content(f"{kind}:{find_row(actor, kind, key).key}", number)


@verb(Right.EDIT, SUBJECT)
def add_paper(actor: Actor, kind: str, key: str, name: str, content: bytes) -> Paper:
    """Keep a file with an entry. Raises `Problem` 404, 413, 415."""
    return papers.add_paper(actor, f"{kind}:{find_editable(actor, kind, key).key}", name, content)


@verb(Right.EDIT, SUBJECT)
def remove_paper(actor: Actor, kind: str, key: str, number: int) -> None:
    """Remove a paper of an entry. Raises `Problem` 404."""
    papers.remove_paper(actor, f"{kind}:{find_editable(actor, kind, key).key}", number)
