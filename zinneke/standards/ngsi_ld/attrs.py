"""The attributes of an entity: appended, updated, changed in part, replaced, deleted. A measured one gets another observation."""

from __future__ import annotations

from typing import Any

import msgspec

from zinneke.foundations.observations.attributes.values import ALL, NULL, Edit, Outcome
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import fragments, talk
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.editing import Editing, Work, numeric, only
from zinneke.standards.ngsi_ld.entities import edit_of, edited
from zinneke.standards.ngsi_ld.fragments import IDENTITY, Fragment
from zinneke.standards.ngsi_ld.talk import AskAttribute, AskEntity


@Editing
def append(call: Call[AskEntity]) -> Work:
    """Append attributes to an entity; one that is there is overwritten, unless `options=noOverwrite`."""
    asked = talk.options(call)
    keep = "noOverwrite" in asked.words("options")
    asked.done()
    sent, context = talk.body(call)
    found = fragments.read(sent, context)
    return only(lambda outcome: _told(found, outcome, context), edit_of(found, call.ask.id, how="fresh" if keep else "put"))


@Editing
def update(call: Call[AskEntity]) -> Work:
    """Update attributes that are there; others are named in the answer."""
    talk.options(call).done()
    sent, context = talk.body(call)
    found = fragments.read(sent, context)
    return only(lambda outcome: _told(found, outcome, context), edit_of(found, call.ask.id, how="update"))


def _told(found: Fragment, outcome: Outcome, context: Context) -> Reply:
    if not outcome.left:
        return Reply(status=204)
    names = [context.compact(name) for name in found.attributes if name not in outcome.left]
    left = [{"attributeName": context.compact(name), "reason": why} for name, why in outcome.left.items()]
    return Reply(talk.encoder.encode({"updated": names, "notUpdated": left}), 207)


def _one(call: Call[AskAttribute]) -> tuple[str, list[Any], Context]:
    sent, context = talk.body(call)
    name = context.expand(call.ask.attr)
    if isinstance(sent, dict) and set(sent) & IDENTITY - {"type"}:
        raise wrong("The body is the attribute itself, not an entity.", where=call.ask.attr)
    return name, fragments.attribute(call.ask.attr, sent, context), context


def _change(call: Call[AskAttribute]) -> Work:
    """Change an attribute in part: another value, moment, or what is about it. What is measured keeps its history."""
    talk.options(call).done()
    name, instances, _ = _one(call)
    gone = tuple((name, each.dataset) for each in instances if each.value == NULL)
    put = {name: kept} if (kept := [each for each in instances if each.value != NULL]) else {}
    return only(lambda _: Reply(status=204), Edit(id=call.ask.id, how="partial", put=put, drop=gone))


change = Editing(_change, numeric)


def _replace(call: Call[AskAttribute]) -> Work:
    """Replace an attribute; what is measured gets another observation."""
    talk.options(call).done()
    name, instances, context = _one(call)
    if any(each.value is msgspec.UNSET or each.value == NULL for each in instances):
        raise wrong("What replaces an attribute has a value.", where=call.ask.attr)

    def told(outcome: Outcome) -> Reply:
        if outcome.left:
            raise not_found("attribute", context.compact(name))
        return Reply(status=204)

    return only(told, Edit(id=call.ask.id, how="update", put={name: instances}))


replace = Editing(_replace, numeric)


def delete(call: Call[AskAttribute]) -> Reply:
    """Delete an attribute, or one of its datasets, with what was measured; `deleteAll=true` all of them."""
    edited(call, Edit(id=call.ask.id, how="partial", drop=(read_gone(call),)))
    return Reply(status=204)


def read_gone(call: Call[AskAttribute]) -> tuple[str, str]:
    """Return the attribute that is to be deleted, and its dataset. Raises `Problem` 400."""
    asked, context = talk.options(call), talk.linked(call)
    dataset = ALL if asked.truth("deleteAll") else asked.get("datasetId")
    asked.done()
    return context.expand(call.ask.attr), dataset
