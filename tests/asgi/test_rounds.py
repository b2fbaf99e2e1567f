"""Chores are done when they are due, one fault does not keep the others from being done, and stopping waits for the one at hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from zinneke.asgi.rounds import FIRST, Rounds, chores
from zinneke.kernel.chore import Chore

pytestmark = pytest.mark.django_db  # between chores old connections are closed


def test_a_chore_is_done_when_due_and_again_after_its_time_whatever_another_does() -> None:
    done: list[datetime] = []

    def fail(now: datetime) -> str:
        raise RuntimeError("broken")

    def work(now: datetime) -> str:
        done.append(now)
        return "done"

    rounds = Rounds((Chore(name="fails", every=timedelta(hours=1), run=fail), Chore(name="works", every=timedelta(hours=1), run=work)))
    start = datetime.now(UTC)
    rounds.look(start)
    assert done == []
    rounds.look(start + 2 * FIRST)
    rounds.look(start + 3 * FIRST)
    assert len(done) == 1
    rounds.look(start + 2 * FIRST + timedelta(hours=1))
    assert len(done) == 2


def test_stopping_ends_the_thread() -> None:
    rounds = Rounds((Chore(name="idle", every=timedelta(hours=1), run=lambda now: ""),))
    rounds.start()
    rounds.stop()
    assert not rounds._thread.is_alive()


def test_every_chore_of_the_house_has_a_name_of_its_own() -> None:
    names = [chore.name for chore in chores()]
    assert len(set(names)) == len(names)
