"""A dataset of our own that has several tables: each further one is a dataset too, a part of it, with a page, a map and every interface."""

from __future__ import annotations

import re

import msgspec

from zinneke.foundations.catalogue.models import Entry, Way
from zinneke.foundations.catalogue.standing import CONFLICT
from zinneke.foundations.catalogue.values import DatasetRow, Distribution
from zinneke.kernel.problem import Problem

_OWN = re.compile(r"/api/tables/([a-z0-9-]+)/export/[a-z]+")
_SHARED = ("publisher", "licence", "themes", "keywords", "contact", "frequency", "languages", "spatial", "communes", "area", "access")
"""What the tables of a dataset have in common, and follow it in."""


def own_table(url: str) -> str:
    """Return the key of the table that an address of our own exports, "" for any other address."""
    found = _OWN.fullmatch(url)
    return found[1] if found else ""


def kept(before: DatasetRow, row: DatasetRow) -> tuple[Distribution, ...]:
    """Return the ways to get a dataset that is described anew: those of our own tables stay, called as they are called now."""
    said = {each.url: each for each in row.distributions if own_table(each.url)}
    own = (each for each in before.distributions if own_table(each.url))
    others = (each for each in row.distributions if not own_table(each.url))
    named = ((each, said.get(each.url, each)) for each in own)
    return (*(msgspec.structs.replace(each, title=now.title, mark=now.mark or each.mark) for each, now in named), *others)


def inherited(part: DatasetRow, before: DatasetRow, row: DatasetRow) -> DatasetRow:
    """Return a further table of a dataset as it follows the dataset that was described anew."""
    common = {name: getattr(row, name) for name in _SHARED}
    return msgspec.structs.replace(part, **common, level=row.level if row.level != before.level else part.level)


def begun(row: DatasetRow, name: str, key: str) -> DatasetRow:
    """Return the description with which a further table of a dataset begins."""
    title = {code: f"{text}: {name}" if name else text for code, text in row.title.items()}
    return DatasetRow(uri="", title=title, key=key, level=row.level, part_of=row.key, **{each: getattr(row, each) for each in _SHARED})


def note_ways(entry: Entry, row: DatasetRow) -> None:
    """Keep by which identifiers the ways to get a dataset are found. Raises `Problem` 409 for one that another dataset has."""
    marks = {each.mark for each in row.distributions if each.mark}
    held = dict(Way.objects.filter(entry=entry).values_list("mark", "pk"))
    taken = sorted(Way.objects.filter(mark__in=marks - held.keys()).values_list("mark", flat=True))
    if taken:
        raise Problem(409, CONFLICT, f"The identifier {taken[0]} belongs to another dataset already. Choose another one.")
    if gone := [pk for mark, pk in held.items() if mark not in marks]:
        Way.objects.filter(pk__in=gone).delete()
    Way.objects.bulk_create(Way(mark=mark, entry=entry) for mark in sorted(marks - held.keys()))
