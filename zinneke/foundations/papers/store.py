"""Keep papers with records of other rooms. None of these asks for a right: the room of the record has asked before."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from django.db import transaction

from zinneke.foundations.audit import store as audit
from zinneke.foundations.papers import models, rules
from zinneke.foundations.papers.values import Paper
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, not_found

INTERNAL = ("add_paper", "list_papers", "get_content", "remove_paper")


def add_paper(actor: Actor, holder: str, name: str, content: bytes) -> Paper:
    """Keep a file with a record. The same content a second time changes nothing.

    Needs no right: the room of the record asked whether the actor may change it. Raises `Problem` 413, 415, 409 when the record holds enough.
    """
    name, kind = rules.check(name, content)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        held = models.Paper.objects.filter(holder=holder)
        if known := held.filter(digest=digest).defer("content").first():
            return _value(known)
        if held.count() >= rules.MOST:
            raise Problem(409, "Enough", f"{rules.MOST} papers are kept here already. Remove one first.", where="paper")
        row = models.Paper.objects.create(
            holder=holder, name=name, kind=kind, size=len(content), digest=digest, content=content, added=datetime.now(UTC),
            added_by=(actor.name or actor.key)[:200],
        )  # fmt: skip
        audit.record(actor, "paper.add", holder, {"name": name, "sha256": digest})
    return _value(row)


def list_papers(holder: str) -> list[Paper]:
    """Return the papers of a record by name. Needs no right: the room of the record asked whether the actor may see it."""
    return [_value(row) for row in models.Paper.objects.filter(holder=holder).defer("content")]


def get_content(holder: str, number: int) -> tuple[Paper, bytes]:
    """Return a paper of a record with its content. Needs no right: the room asked. Raises `Problem` 404."""
    row = models.Paper.objects.filter(holder=holder, pk=number).first()
    if row is None:
        raise not_found("paper", number)
    return _value(row), bytes(row.content)


def remove_paper(actor: Actor, holder: str, number: int) -> None:
    """Remove a paper; that it was there stays in the journal. Needs no right: the room asked. Raises `Problem` 404."""
    with transaction.atomic():
        row = models.Paper.objects.filter(holder=holder, pk=number).defer("content").first()
        if row is None:
            raise not_found("paper", number)
        audit.record(actor, "paper.remove", holder, {"name": row.name, "sha256": row.digest})
        row.delete()


def _value(row: models.Paper) -> Paper:
    return Paper(number=row.pk, name=row.name, kind=row.kind, size=row.size, digest=row.digest, added=row.added, added_by=row.added_by)
