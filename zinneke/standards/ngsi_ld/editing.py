"""Edits that a request brings: stored at once with those of others when they only measure, else one after the other in a thread."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any, Literal

import msgspec

from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.handing import Handed
from zinneke.foundations.observations.attributes.values import Edit, Number, Outcome
from zinneke.foundations.observations.values import Receipt
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call, Later, Reply
from zinneke.standards.ngsi_ld import contexts, fragments, talk
from zinneke.standards.ngsi_ld.talk import JSON, AskAttribute


@dataclass(frozen=True, slots=True)
class Work:
    """The edits of a request, a problem where one cannot be read, and how the request is answered when it is known what became of each."""

    edits: list[Edit | Problem]
    told: Callable[[list[Problem | Outcome]], Reply]


class Editing:
    """A door whose requests are read into edits: `call` of its route, and `quick`."""

    def __init__(self, read: Callable[[Call[Any]], Work], number: Callable[[Call[Any]], Handed | None] = lambda call: None) -> None:
        self.read, self._number = read, number
        update_wrapper(self, read)

    def __call__(self, call: Call[Any]) -> Reply:
        """Apply the edits, and answer."""
        work = self._work(call)
        return work.told(_joined(work.edits, verbs.edit_linked(call.actor, _good(work.edits))))

    def _work(self, call: Call[Any]) -> Work:
        """Return what is to be done. What says no time is of when the request came, so that applying it again stores nothing twice."""
        work = self.read(call)
        return Work([_timed(each, call.came) for each in work.edits], work.told)

    def quick(self, call: Call[Any]) -> Later | None:
        """Hand over what is measured; None when an edit does more than measure, or names a context that is not at hand."""
        if (number := self._number(call)) is not None:
            return Later(number.done, partial(_told, number))
        if not talk.at_hand(call):
            return None
        work = self._work(call)
        handed = verbs.hand_over_linked(call.actor, _good(work.edits))
        if handed is None:
            return None

        def told(receipt: Receipt) -> Reply | None:
            outcomes = handed.outcomes(receipt)
            return None if outcomes is None else work.told(_joined(work.edits, outcomes))

        return Later(handed.done, told)


def _told(number: Handed, receipt: Receipt) -> Reply | None:
    outcomes = number.outcomes(receipt)
    if outcomes is not None and isinstance(outcomes[0], Problem):
        raise outcomes[0]
    return None if outcomes is None else Reply(status=204)


def numeric(call: Call[AskAttribute]) -> Handed | None:
    """Hand over what most machines send of an attribute: a number with its moment, in the words of the core; None when it is anything else."""
    headers = call.headers
    if call.query or headers.keys() & SAYING or headers.get("content-type", JSON) != JSON or (context := contexts.core()) is None:
        return None
    try:
        sent = _plain.decode(call.body)
        moment = call.came if sent.moment is None else fragments.moment(sent.moment, "observedAt")
        if not math.isfinite(sent.value):
            return None
        return verbs.hand_over_number(call.actor, call.ask.id, context.expand(call.ask.attr), Number(sent.value, moment, sent.unit))
    except (msgspec.DecodeError, UnicodeDecodeError, Problem):  # whatever is wrong with it is said of it as an edit
        return None


class _Plain(msgspec.Struct, forbid_unknown_fields=True):
    value: float
    moment: str | None = msgspec.field(name="observedAt", default=None)
    kind: Literal["Property"] = msgspec.field(name="type", default="Property")
    unit: str = msgspec.field(name="unitCode", default="")


_plain = msgspec.json.Decoder(_Plain)
SAYING = frozenset({"link", "ngsild-tenant"})
"""Headers that change what a request means."""


def _timed(edit: Edit | Problem, came: int) -> Edit | Problem:
    return msgspec.structs.replace(edit, moment=came) if isinstance(edit, Edit) and edit.moment is None else edit


def _good(edits: list[Edit | Problem]) -> list[Edit]:
    return [each for each in edits if isinstance(each, Edit)]


def _joined(edits: list[Edit | Problem], outcomes: list[Problem | Outcome]) -> list[Problem | Outcome]:
    told = iter(outcomes)
    return [each if isinstance(each, Problem) else next(told) for each in edits]


def only(work: Callable[[Outcome], Reply], edit: Edit) -> Work:
    """Return the work of a request that is one edit; whatever became of it instead is raised."""

    def told(outcomes: list[Problem | Outcome]) -> Reply:
        (outcome,) = outcomes
        if isinstance(outcome, Problem):
            raise outcome
        return work(outcome)

    return Work([edit], told)
