"""Several entities written together, or none of them: records in one transaction, the observations in one commit at its end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from zinneke.foundations.observations import handing, intake, lifecycle, register, rules
from zinneke.foundations.observations.entities import changing, creating, removing
from zinneke.foundations.observations.entities.creating import Making
from zinneke.foundations.observations.values import Batch, Draft
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem

T = TypeVar("T")


class Together:
    """What is written together. Its verbs are those of the store; what they write counts when the whole is done."""

    def __init__(self) -> None:
        self.observed: list[Batch] = []
        self.dropped: list[int] = []

    def create_entity(self, actor: Actor, draft: Draft) -> int | str:
        """Write an entity with all that hangs on it, and return its id."""
        making = Making(actor)
        number = making.make(draft)
        making.finish()
        if making.observations:
            self.observed.append(creating.batch_of(actor, making.observations))
        return number if number != "" else f"{self.observed[-1].streams[0]}.{self.observed[-1].times[0]}"

    def change_entity(self, actor: Actor, number: int | str, draft: Draft) -> None:
        """Change what a draft names of an entity."""
        self._refuse_observations(draft.set, "corrected")
        changing.change(actor, number, draft)

    def remove_entity(self, actor: Actor, set_name: str, number: int | str) -> None:
        """Delete an entity; what was observed of it goes when the whole is done."""
        self._refuse_observations(set_name, "deleted")
        self.dropped += removing.remove_records(actor, set_name, number)

    def _refuse_observations(self, set_name: str, done: str) -> None:
        if set_name == "Observations":
            raise Problem(501, "Not offered", f"An observation is {done} by itself, not together with other changes.")

    def finish(self, actor: Actor) -> None:
        """Store the observations, all or none. Raises `Problem`."""
        if not self.observed:
            return
        batch, known = handing.joined_of(self.observed)[0], register.current()
        there = _foresee(actor, known, batch)
        receipt = intake.take(actor, known, batch)
        if receipt.refusals:  # somebody else wrote another value since we looked
            new = np.ones(len(batch), bool)
            new[list(there | {each.index for each in receipt.refused})] = False
            removing.remove_rows(batch.streams[new], batch.times[new])
            raise creating.refused(receipt)


def write(actor: Actor, work: Callable[[Together], T]) -> T:
    """Do what `work` does with what is written together, whole or not at all."""
    with register.doubted(), register.alone():
        whole = Together()
        done = work(whole)
        whole.finish(actor)
    if whole.dropped:
        removing.drop_rows(np.array(whole.dropped, np.int32))
    return done


def _foresee(actor: Actor, known: register.Register, batch: Batch) -> set[int]:
    """Return the rows that are stored already, as they are. Raises `Problem` where any would be refused."""
    positions = known.find(batch.streams)
    mine = positions >= 0
    mine[mine] = known.allowed(actor, Right.EDIT, positions[mine])
    low, high = intake.of(known.low, positions, -np.inf), intake.of(known.high, positions, np.inf)
    reasons = rules.judge(mine, batch.times, intake.judged(known, batch, positions), low, high, time.time_ns() // 1000)
    seen: dict[tuple[int, int], float] = {}
    there = set()
    for at, (stream, moment, value) in enumerate(zip(batch.streams.tolist(), batch.times.tolist(), batch.values.tolist(), strict=True)):
        if reasons[at] != rules.TAKEN:
            why = rules.explain(int(reasons[at]), stream, value, float(low[at]), float(high[at]))
            raise Problem(404 if reasons[at] == rules.UNKNOWN else 400, "Nothing was stored", why)
        stored = lifecycle.opened().store.read(stream, moment, moment + 1, 1).values
        if len(stored):
            there.add(at)
        other = seen.setdefault((stream, moment), float(stored[0]) if len(stored) else value)
        if other != value and not (np.isnan(other) and np.isnan(value)):
            why = "Another value is stored for this stream and time. Send a correction if this one is right."
            raise Problem(409, "Nothing was stored", why)
    return there
