"""The machines' door to what was refused."""

from __future__ import annotations

from typing import Annotated

import msgspec

from zinneke.foundations.observations import quarantine
from zinneke.foundations.observations.refused import Mend, Quarantined, Sought, State
from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Call, Needs, Route

EDIT = Needs(Right.EDIT, "observations")
TAGS = ("Observations",)
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class AskQuarantine(msgspec.Struct, forbid_unknown_fields=True):
    """Which of what was refused; `after` is the number of the last one seen, `device` the name of the device that sent it."""

    solution: str | None = None
    state: State = "waiting"
    device: str | None = None
    who: str | None = None
    reason: str | None = None
    after: Number = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class AskOne(msgspec.Struct, forbid_unknown_fields=True):
    """One of what was refused."""

    id: Number


class Chosen(msgspec.Struct, forbid_unknown_fields=True):
    """Which to send again as they were."""

    ids: list[Number]


class Dismissal(msgspec.Struct, forbid_unknown_fields=True):
    """Why it is let go."""

    reason: str


class QuarantinePage(msgspec.Struct):
    """What was refused, newest first, and the `after` of the next page, null on the last."""

    quarantine: list[Quarantined]
    next: int | None = None


def list_quarantine(call: Call[AskQuarantine]) -> QuarantinePage:
    """List what was refused and waits, or what became of it: what was sent, by whom, when, and why it was not taken."""
    ask = call.ask
    who = f"device:{ask.device}" if ask.device else ask.who
    found = quarantine.list_quarantine(call.actor, Sought(state=ask.state, solution=ask.solution, who=who, reason=ask.reason), ask.after, ask.limit)
    return QuarantinePage(found, found[-1].id if len(found) == ask.limit else None)


def get_quarantined(call: Call[AskOne]) -> Quarantined:
    """Read one of what was refused, with the bytes of a message that could not be read, and with every sending again."""
    return quarantine.get_quarantined(call.actor, call.ask.id)


def replay(call: Call[AskOne]) -> Quarantined:
    """Send one again, as it was or with another stream, time, value or text. It is judged as anything that comes."""
    return quarantine.replay(call.actor, call.ask.id, call.body)


def replay_many(call: Call[None]) -> QuarantinePage:
    """Send many again as they were, in one batch, and tell what became of each."""
    return QuarantinePage(quarantine.replay_many(call.actor, call.body.ids))


def dismiss(call: Call[AskOne]) -> Quarantined:
    """Let one go, with the reason."""
    return quarantine.dismiss(call.actor, call.ask.id, call.body.reason)


ROUTES = (
    Route(
        method="GET",
        path="/api/quarantine",
        call=list_quarantine,
        audience=EDIT,
        ask=AskQuarantine,
        gives=QuarantinePage,
        summary="List refused observations",
        tags=TAGS,
    ),
    Route(
        method="GET",
        path="/api/quarantine/{id}",
        call=get_quarantined,
        audience=EDIT,
        ask=AskOne,
        gives=Quarantined,
        summary="Read one refused observation",
        tags=TAGS,
    ),
    Route(
        method="POST",
        path="/api/quarantine/{id}/replay",
        call=replay,
        audience=EDIT,
        ask=AskOne,
        takes=Mend,
        gives=Quarantined,
        summary="Mend a refused observation and send it again",
        tags=TAGS,
    ),
    Route(
        method="POST",
        path="/api/quarantine/replay",
        call=replay_many,
        audience=EDIT,
        takes=Chosen,
        gives=QuarantinePage,
        summary="Send refused observations again",
        tags=TAGS,
    ),
    Route(
        method="POST",
        path="/api/quarantine/{id}/dismiss",
        call=dismiss,
        audience=EDIT,
        ask=AskOne,
        takes=Dismissal,
        gives=Quarantined,
        summary="Let a refused observation go",
        tags=TAGS,
    ),
)
