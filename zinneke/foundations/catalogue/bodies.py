"""Organisations and groups that somebody described here: known before any dataset names them, and called the same by all of ours."""

from __future__ import annotations

from typing import Literal

import msgspec
from django.db import transaction

from zinneke.foundations.audit import store as audit
from zinneke.foundations.catalogue import intake, models
from zinneke.foundations.catalogue.authoring import OURS
from zinneke.foundations.catalogue.standing import SUBJECT
from zinneke.foundations.catalogue.values import Body, DatasetRow, Publisher
from zinneke.foundations.catalogue.words import slug
from zinneke.kernel.confidentiality import Actor, Level, Right, reach, refusal
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.route import verb

Kind = Literal["organization", "group"]


@verb(Right.SEE, SUBJECT)
def list_bodies(actor: Actor, kind: Kind) -> dict[str, Body]:
    """Return the organisations or groups that were described here, by key: words that everybody may read."""
    found = models.Body.objects.filter(kind=kind).order_by("key")
    return {each.key: Body(key=each.key, title=each.title, description=each.description) for each in found}


@verb(Right.EDIT, SUBJECT)
def set_body(actor: Actor, kind: Kind, body: Body) -> Body:
    """Describe an organisation or a group, new or anew; our own datasets call their publisher so from now on. Raises `Problem` 400, 403."""
    _demand(actor)
    if not 0 < len(body.key) <= 100 or slug(body.key) != body.key:
        raise wrong(f"{body.key[:60]!r} cannot be a name. Write lower-case letters, digits and single hyphens.", where="name")
    if not any(body.title.values()) or max(map(len, body.title.values())) > 500 or max(map(len, body.description.values()), default=0) > 20_000:
        raise wrong("It has a title of at most 500 characters, and a description of at most 20,000.", where="title")
    with transaction.atomic():
        told = {"title": body.title, "description": body.description}
        models.Body.objects.update_or_create(kind=kind, key=body.key, defaults=told)
        if kind == "organization":
            _rename(actor, body)
        audit.record(actor, f"set {kind}", f"{SUBJECT}.{body.key}", {})
    return body


@verb(Right.EDIT, SUBJECT)
def delete_body(actor: Actor, kind: Kind, key: str) -> None:
    """Forget an organisation or a group that no dataset of ours belongs to. Raises `Problem` 404, and 400 as long as one does."""
    _demand(actor)
    found = models.Body.objects.filter(kind=kind, key=key)
    if not found.exists():
        raise not_found(kind, key)
    if using := [each.key for each in _ours() if key in (each.groups if kind == "group" else (each.publisher and each.publisher.key,))]:
        raise wrong(f"{len(using)} datasets belong to it, {using[0]} among them. Take them out of it first.", where="id")
    found.delete()
    audit.record(actor, f"delete {kind}", f"{SUBJECT}.{key}", {})


def _demand(actor: Actor) -> None:
    """Refuse whoever may not edit the catalogue everywhere: these words stand above what is one's own."""
    if not reach(actor, Right.EDIT, SUBJECT).allows(Level.PUBLIC):
        raise refusal(actor, Right.EDIT, SUBJECT)


def _ours() -> list[DatasetRow]:
    entries = models.Entry.objects.filter(source=OURS, gone=False)
    return [intake.decode_row(bytes(document)) for document in entries.values_list("document", flat=True)]


def _rename(actor: Actor, body: Body) -> None:
    for versioned in (True, False):
        entries = models.Entry.objects.filter(source=OURS, gone=False, versioned=versioned)
        rows = [intake.decode_row(bytes(document)) for document in entries.values_list("document", flat=True)]
        named = [(row, row.publisher) for row in rows if row.publisher and row.publisher.key == body.key]
        made = [msgspec.structs.replace(row, publisher=Publisher(body.key, body.title, held.uri)) for row, held in named]
        allowed = reach(actor, Right.EDIT, SUBJECT)
        intake.write(intake.compare(made, OURS, allowed), OURS, versioned=versioned, whole=False, reach=allowed)
