"""Several entities written together, or none of them: records in one transaction, the observations in one commit at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from zinneke.foundations.observations import handing, register
from zinneke.foundations.observations.entities import changing, creating, removing, whole
from zinneke.foundations.observations.entities.creating import Making
from zinneke.foundations.observations.values import Batch, Draft
from zinneke.kernel.confidentiality import Actor
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
        whole.store(actor, handing.joined_of(self.observed)[0])


def write(actor: Actor, work: Callable[[Together], T]) -> T:
    """Do what `work` does with what is written together, whole or not at all."""
    with register.doubted(), register.alone():
        together = Together()
        done = work(together)
        together.finish(actor)
    if together.dropped:
        removing.drop_rows(np.array(together.dropped, np.int32))
    return done
