"""The papers of a project: seen by whoever sees it, kept by whoever may change it."""

from __future__ import annotations

from zinneke.foundations.papers import store as papers
from zinneke.foundations.papers.values import Paper
from zinneke.kernel.confidentiality import Actor, Right, refusal
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import verb
from zinneke.office.projects import shelf
from zinneke.office.projects.shelf import SUBJECT


def _holder(actor: Actor, key: str, right: Right) -> str:
    """Return the name under which a project's papers are kept. Raises `Problem` 404, and 401 or 403 for what may only be seen."""
    if not shelf.records(actor, right).filter(key=key).exists():
        seen = right is not Right.SEE and shelf.records(actor).filter(key=key).exists()
        raise refusal(actor, right, SUBJECT) if seen else not_found("project", key)
    return f"project:{key}"


@verb(Right.SEE, SUBJECT)
def list_papers(actor: Actor, key: str) -> list[Paper]:
    """Return the papers of a project. Raises `Problem` 404."""
    return papers.list_papers(_holder(actor, key, Right.SEE))


@verb(Right.SEE, SUBJECT)
def get_paper(actor: Actor, key: str, number: int) -> tuple[Paper, bytes]:
    """Return a paper of a project with its content. Raises `Problem` 404."""
    return papers.get_content(_holder(actor, key, Right.SEE), number)


@verb(Right.EDIT, SUBJECT)
def add_paper(actor: Actor, key: str, name: str, content: bytes) -> Paper:
    """Keep a file with a project. Raises `Problem` 404, 403, 413, 415."""
    return papers.add_paper(actor, _holder(actor, key, Right.EDIT), name, content)


@verb(Right.EDIT, SUBJECT)
def remove_paper(actor: Actor, key: str, number: int) -> None:
    """Remove a paper of a project. Raises `Problem` 404, 403."""
    papers.remove_paper(actor, _holder(actor, key, Right.EDIT), number)
