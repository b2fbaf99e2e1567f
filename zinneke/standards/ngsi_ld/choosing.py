"""Which registered sources are to be written what of an entity, as the modes and operations of their registrations say. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zinneke.standards.ngsi_ld import registrations
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.fragments import IDENTITY, SYSTEM
from zinneke.standards.ngsi_ld.registrations import ALONE, is_current, may_hold, mode

BATCHES = frozenset({"createBatch", "upsertBatch", "updateBatch", "deleteBatch", "mergeBatch"})
UPDATING = frozenset({"updateEntity", "updateAttrs", "replaceEntity", "replaceAttrs"})
WRITING = UPDATING | {"createEntity", "appendAttrs", "deleteAttrs", "deleteEntity", "mergeEntity", "purgeEntity"}
GROUPS = {"updateOps": UPDATING, "redirectionOps": WRITING}
"""What a registration says in one word, as far as writing goes: there are no batches in it. Nor is there any writing in `federationOps`, which
holds where it says nothing."""
RANK = {"exclusive": 0, "redirect": 1, "inclusive": 2}
"""Whose word comes first: what a source has is for none that comes after it."""


@dataclass(frozen=True, slots=True)
class Target:
    """One source, and the attributes that it is to be written, None for whatever comes; `offers`: that it takes what is to be done."""

    document: dict[str, Any]
    names: frozenset[str] | None
    without: frozenset[str] = frozenset()
    """Attributes that another source has alone."""
    offers: bool = True

    @property
    def mode(self) -> str:
        """Return the mode in which it is registered."""
        return mode(self.document)

    @property
    def alone(self) -> bool:
        """Say whether what it is written is not kept here."""
        return self.mode in ALONE


def operations(document: Mapping[str, Any]) -> frozenset[str]:
    """Return the operations of writing that a registration names, in one word or each by itself."""
    return frozenset(one for each in document.get("operations", ()) for one in GROUPS.get(each, {each} & (WRITING | BATCHES)))


def concerned(document: Mapping[str, Any]) -> bool:
    """Say whether a source has to do with writing: it takes what is written, or has alone what is then not to be written here."""
    return is_current(document) and (mode(document) in ALONE or (mode(document) == "inclusive" and bool(operations(document))))


def chosen(
    documents: Sequence[dict[str, Any]], wanted: frozenset[str], entity: str, types: frozenset[str], written: frozenset[str] | None
) -> list[Target]:
    """Return which of these sources are to be written what of an entity by any of the `wanted` operations.

    What an exclusive source has is for that one only, what a redirect one has for such as these. One that does not take the operation is
    there all the same when what it has is kept nowhere else.
    """
    found = []
    for document in documents:
        offers = bool(wanted & operations(document))
        if (offers or mode(document) in ALONE) and (parts := _parts(document, entity, types, written)):
            found.append(Target(document, frozenset().union(*parts) if all(parts) else None, offers=offers))
    left = []
    for target in found:
        before = [each for each in found if RANK[each.mode] < RANK[target.mode]]
        without = frozenset(name for each in before for name in each.names or ())
        own = written if written is None or target.names is None else written & target.names
        if all(each.names is not None for each in before) and (not own or own - without):
            left.append(replace(target, without=without))
    return left


def _parts(document: Mapping[str, Any], entity: str, types: frozenset[str], written: frozenset[str] | None) -> list[frozenset[str]]:
    """Return the attributes of each part of a registration that covers what is written; none stands for all."""
    found = [registrations.names(info) for info in document["information"] if may_hold(info, types, {entity})]
    return [each for each in found if not each or written is None or each & written]


def name(word: str, context: Context) -> str:
    """Return the name, as the house keeps it, of a member of an entity that is sent, "" of what is no attribute."""
    return "" if word in IDENTITY or word in SYSTEM else context.expand(word)


def written(sent: Mapping[str, Any], context: Context) -> frozenset[str]:
    """Return the attributes that are sent of an entity."""
    return frozenset(filter(None, (name(word, context) for word in sent)))


def types(sent: Mapping[str, Any], context: Context) -> frozenset[str]:
    """Return the types that are sent of an entity."""
    given = sent.get("type", sent.get("@type", ()))
    return frozenset(context.expand(str(each)) for each in (given if isinstance(given, list | tuple) else [given]))


def reduced(sent: Mapping[str, Any], context: Context, names: frozenset[str] | None, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return an entity as it was sent, with these attributes only (None: all), and without others."""
    return {
        word: value
        for word, value in sent.items()
        if not (found := name(word, context)) or ((names is None or found in names) and found not in without)
    }  # fmt: skip
