"""The verbs of datasets that have several tables: a further one begins, is found, is taken away."""

from __future__ import annotations

import uuid

import msgspec
from django.db import transaction

from zinneke.foundations.catalogue import authoring, tables_of
from zinneke.foundations.catalogue.authoring import OURS, add_dataset, address, delete_draft, withdraw
from zinneke.foundations.catalogue.models import Entry
from zinneke.foundations.catalogue.standing import CONFLICT, SUBJECT, dataset_of, seen_by
from zinneke.foundations.catalogue.values import Dataset, Distribution, Texts
from zinneke.foundations.catalogue.words import slug
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.route import verb

MOST = 100
"""Tables of one dataset."""


@verb(Right.EDIT, SUBJECT)
def add_part(actor: Actor, key: str, title: Texts, mark: str = "") -> Dataset:
    """Begin a further table of a dataset of our own: a draft that is a part of it, listed among its ways to get the data.

    `mark` is the identifier of that way, made when none is given; a way that has it already becomes the table's. Raises `Problem` 404, 409.
    """
    with transaction.atomic():
        whole = _described(actor, key)
        if whole.row.part_of:
            raise Problem(409, CONFLICT, f"{key} is a table of {whole.row.part_of} itself. Add the table there.")
        if len(authoring.entry_parts(actor, key)) >= MOST:
            raise Problem(409, CONFLICT, f"{key} has {MOST} tables already. Begin another dataset.")
        name = next((text for text in title.values() if text), "")
        part = add_dataset(actor, tables_of.begun(whole.row, name, _free(f"{key[:90]}-{slug(name)[:20].strip('-')}".strip("-"))))
        mark = mark or str(uuid.uuid4())
        way = Distribution(title=title, format="csv", media_type="text/csv", url=address(part.key, "csv"), licence=part.row.licence, mark=mark)
        others = [each for each in whole.row.distributions if each.mark != mark]
        row = msgspec.structs.replace(whole.row, distributions=(*others, way))
        authoring.redescribe(actor, key, row)
    return part


@verb(Right.EDIT, SUBJECT)
def remove_part(actor: Actor, key: str, reason: str) -> None:
    """Take a further table away from its dataset: deleted as long as nobody saw it, else withdrawn. Raises `Problem` 404, 409."""
    with transaction.atomic():
        part = _described(actor, key)
        whole = _described(actor, part.row.part_of)
        left = tuple(each for each in whole.row.distributions if tables_of.own_table(each.url) != key)
        authoring.redescribe(actor, whole.key, msgspec.structs.replace(whole.row, distributions=left))
        if part.state == "published":
            withdraw(actor, key, reason)
        elif part.state != "withdrawn":
            delete_draft(actor, key)


@verb(Right.SEE, SUBJECT)
def list_parts(actor: Actor, key: str) -> list[Dataset]:
    """Return the further tables of a dataset that the actor may see, in the order in which they came."""
    found = Entry.objects.filter(seen_by(actor), source=OURS, part_of=key).exclude(state="withdrawn").order_by("pk")
    return [dataset_of(entry) for entry in found]


@verb(Right.SEE, SUBJECT)
def find_by_mark(actor: Actor, mark: str) -> Dataset | None:
    """Return the dataset of our own that one of its ways to get the data leads to by its identifier, None when there is none to be seen."""
    found = Entry.objects.filter(seen_by(actor), ways__mark=mark).first()
    return dataset_of(found) if found else None


def _described(actor: Actor, key: str) -> Dataset:
    entry = Entry.objects.filter(seen_by(actor), key=key).first()
    if entry is None:
        raise not_found("dataset", key)
    return dataset_of(entry)


def _free(stem: str) -> str:
    """Return a key that nothing has: the stem, with a number behind it where that is taken."""
    taken = set(Entry.objects.filter(key__startswith=stem).values_list("key", flat=True))
    return next(key for key in (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))) if key not in taken)
