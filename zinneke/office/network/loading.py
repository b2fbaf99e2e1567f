"""Reading what we wrote ourselves about a city's network: what is new is added, what nobody touched follows the file, what people changed stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem, wrong
from zinneke.office.network import store
from zinneke.office.network.values import Commitment, Faq, Group, Mandate, Membership, Organisation, Sheet

S = TypeVar("S", bound=Sheet)
BOOKKEEPING = ("version", "changed", "changed_by", "owner", "state", "approved_by", "approved")


class Network(msgspec.Struct, forbid_unknown_fields=True):
    """The file, whole."""

    organisation: tuple[Organisation, ...] = ()
    group: tuple[Group, ...] = ()
    mandate: tuple[Mandate, ...] = ()
    commitment: tuple[Commitment, ...] = ()
    membership: tuple[Membership, ...] = ()
    faq: tuple[Faq, ...] = ()


def read(path: Path, options: dict[str, Any]) -> Counts:
    """Load the file. Raises `Problem` 400 naming what is wrong in it."""
    try:
        network = msgspec.toml.decode(path.read_bytes(), type=Network)
    except msgspec.DecodeError as fault:
        raise wrong(f"{path.name}: {fault}") from None
    counts = Counts()
    _each(network.organisation, store.get_organisation, store.set_organisation, counts)
    _each(network.group, store.get_group, store.set_group, counts)
    _each(network.mandate, store.get_mandate, store.set_mandate, counts)
    _each(network.commitment, store.get_commitment, store.set_commitment, counts)
    _each(network.membership, store.get_membership, store.set_membership, counts)
    _each(network.faq, store.get_faq, _published, counts)
    return counts


def _published(actor: Any, faq: Faq) -> Faq:
    written = store.set_faq(actor, faq)
    return store.approve_faq(actor, written.key, written.version)


def _each(sheets: tuple[S, ...], get: Callable[..., S], write: Callable[..., S], counts: Counts) -> None:
    for sheet in sheets:
        try:
            before = get(SYSTEM, sheet.key)
        except Problem:
            before = None
        try:
            if before is None:
                write(SYSTEM, sheet)
                counts.added += 1
            elif before.changed_by != SYSTEM.name or _same(before, sheet):
                counts.unchanged += 1
            else:
                write(SYSTEM, msgspec.structs.replace(sheet, version=before.version))
                counts.changed += 1
        except Problem as problem:
            counts.refuse(sheet.key, problem.detail)


def _same(before: Sheet, sheet: Sheet) -> bool:
    told = [name for name in sheet.__struct_fields__ if name not in BOOKKEEPING]
    return all(getattr(before, name) == getattr(sheet, name) for name in told)


READERS: dict[str, Callable[[Path, dict[str, Any]], Counts]] = {"network": read}
