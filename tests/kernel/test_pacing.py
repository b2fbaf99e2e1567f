"""So many times within a while, then a wait that is told; nobody waits for another."""

from __future__ import annotations

from zinneke.kernel.pacing import Pacing


def test_what_is_too_much_waits_until_the_first_is_over_and_others_do_not() -> None:
    pacing = Pacing(60)
    assert [pacing.take("a", 2, now) for now in (0.0, 10.0)] == [0.0, 0.0]
    assert pacing.take("a", 2, 20.0) == 40.0
    assert pacing.take("b", 2, 20.0) == 0.0
    assert pacing.take("a", 2, 60.5) == 0.0  # what was refused did not count
    assert pacing.take("a", 2, 60.6) > 9
    pacing.forget()
    assert pacing.take("a", 2, 60.7) == 0.0


def test_nothing_is_allowed_where_nothing_is() -> None:
    assert Pacing(60).take("a", 0, 1.0) == 60
