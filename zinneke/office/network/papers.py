"""The papers of a meeting: seen by whoever sees the meeting, kept by whoever prepares it."""

from __future__ import annotations

from zinneke.foundations.papers import store as papers
from zinneke.foundations.papers.values import Paper
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.route import verb
from zinneke.office.network import models
from zinneke.office.network.reaching import SUBJECT, row


def _holder(actor: Actor, key: str, right: Right) -> str:
    return f"meeting:{row(actor, models.Meeting, key, right).key}"


@verb(Right.SEE, SUBJECT)
def list_papers(actor: Actor, key: str) -> list[Paper]:
    """Return the papers of a meeting. Raises Problem 404."""
    return papers.list_papers(_holder(actor, key, Right.SEE))


@verb(Right.SEE, SUBJECT)
def get_paper(actor: Actor, key: str, number: int) -> tuple[Paper, bytes]:
    """Return a paper of a meeting with its content. Raises Problem 404."""
    return papers.get_content(_holder(actor, key, Right.SEE), number)


@verb(Right.EDIT, SUBJECT)
def add_paper(actor: Actor, key: str, name: str, content: bytes) -> Paper:
    """Keep a file with a meeting. Raises Problem 404, 403, 413, 415."""
    return papers.add_paper(actor, _holder(actor, key, Right.EDIT), name, content)


@verb(Right.EDIT, SUBJECT)
def remove_paper(actor: Actor, key: str, number: int) -> None:
    """Remove a paper of a meeting. Raises Problem 404, 403."""
    papers.remove_paper(actor, _holder(actor, key, Right.EDIT), number)
