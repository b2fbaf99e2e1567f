"""What columns say together, beside what each is recognised as: names beside first names, combinations that identify, the level of each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from zinneke.foundations.tables.findings import Evidence, Kind
from zinneke.foundations.tables.recognising import MANY
from zinneke.foundations.tables.wording import units
from zinneke.kernel.confidentiality import Level
from zinneke.office.cartography.values import ColumnProfile, Identifying

_DIRECT = frozenset(("national_number", "bis_number", "person_name", "surname", "first_name", "mail", "phone", "birth_date"))
_THEIRS = frozenset(("address", "street", "house_number", "coordinate", "parcel", "licence_plate", "sex", "nationality", "birth_place"))
_COMBINATIONS: tuple[tuple[frozenset[Kind], ...], ...] = (
    (frozenset(("birth_date",)), frozenset(("postal_code", "commune", "street", "address", "coordinate")), frozenset(("sex",))),
    (frozenset(("birth_date",)), frozenset(("nationality", "birth_place")), frozenset(("sex",))),
    (frozenset(("birth_date",)), frozenset(("street", "address", "coordinate", "parcel"))),
    (frozenset(("sex",)), frozenset(("nationality",)), frozenset(("street", "address", "coordinate", "parcel"))),
)
"""What identifies together; the first is Sweeney's (Simple demographics often identify people uniquely, 2000)."""


def beside(columns: Sequence[ColumnProfile]) -> list[ColumnProfile]:
    """Return the columns with what they are known by beside one another: a plain `name` in a table of first names is a surname."""
    if not any(column.kind == "first_name" for column in columns) or any(column.kind == "surname" for column in columns):
        return list(columns)
    surname = Evidence("surname", "name", 0.0, 0, True, False, Level.PERSONAL)
    plain = frozenset((frozenset(("name",)),))
    return [
        msgspec.structs.replace(column, evidence=(*column.evidence, surname)) if units(column.name) == plain and column.type == "text" else column
        for column in columns
    ]


def together(columns: Sequence[ColumnProfile]) -> tuple[Identifying, ...]:
    """Return the combinations of columns that identify somebody although none does alone."""
    kinds = {column.name: column.kind or next((each.kind for each in column.evidence if each.named), None) for column in columns}
    found = []
    for combination in _COMBINATIONS:
        chosen = [next((name for name, kind in kinds.items() if kind in wanted), None) for wanted in combination]
        if all(chosen):
            names = tuple(name for name in chosen if name)
            found.append(Identifying(names, tuple(kind for name in names if (kind := kinds[name]))))
    return tuple(found)


def suggested(column: ColumnProfile, about_people: bool) -> Level:
    """Return the level that the evidence suggests; places and dates beside names of people are theirs.

    Free text (forty letters and more on average) is SHARED until somebody has read it, since people write names in it.
    """
    level = max((each.level for each in column.evidence if each.sure or each.named), default=Level.PUBLIC)
    if about_people and column.kind in (
        "address",
        "street",
        "house_number",
        "coordinate",
        "parcel",
        "licence_plate",
        "sex",
        "nationality",
        "birth_place",
    ):
        return Level.PERSONAL
    addresses = any(shape.startswith("a://") for shape, _ in column.shapes)
    free = column.type == "text" and column.lengths[1] >= 40 and column.distinct > MANY and not addresses
    return max(level, Level.SHARED) if free else level


def about_people(columns: Sequence[ColumnProfile]) -> bool:
    """Say whether a table names people directly."""
    return any(column.kind in _DIRECT for column in columns)
