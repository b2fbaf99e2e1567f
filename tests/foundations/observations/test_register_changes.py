"""A register in which something changed is the register that would be read anew."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from zinneke.foundations.observations.records import placed
from zinneke.foundations.observations.register import Filters, Register
from zinneke.foundations.observations.values import Stream, Thing
from zinneke.kernel.confidentiality import SYSTEM, Level, Right

KEYS = [f"demo/{letter}" for letter in "abcd"]
ARRAYS = ("ids", "position", "levels", "intervals", "low", "high", "jump", "keep")
areas, levels = some.sampled_from(["", "21004"]), some.sampled_from(Level)
things = some.builds(Thing, key=some.sampled_from(KEYS), solution=some.just("demo"), area=areas, level=levels)
streams = some.builds(
    Stream,
    id=some.integers(1, 12),
    key=some.none(),
    thing=some.sampled_from(KEYS),
    reading=some.sampled_from(["no2", "o3"]),
    unit=some.just("ug/m3"),
    low=some.sampled_from([None, 0.0]),
    level=some.sampled_from(Level),
)
changes = some.one_of(
    some.tuples(some.just("put"), some.lists(things, max_size=3), some.lists(streams, max_size=4)),
    some.tuples(some.just("take"), some.sets(some.sampled_from(KEYS), max_size=1), some.sets(some.integers(1, 12), max_size=2)),
)


def whole(register: Register) -> dict[str, Any]:
    """Say all that a register answers."""
    asked = [Filters(), Filters(reading="no2"), Filters(area="21004"), *(Filters(things=(key,)) for key in KEYS)]
    return {
        **{name: getattr(register, name).tolist() for name in ARRAYS},
        "things": register.things,
        "streams": register.streams,
        "by_key": register.by_key,
        "of": {key: register.of(key) for key in KEYS},
        "found": [register.ids[register.select(SYSTEM, Right.SEE, filters)].tolist() for filters in asked],
    }


@given(some.lists(changes, max_size=6))
def test_what_changed_is_what_would_be_read_anew(steps: list[Any]) -> None:
    register = Register([], [], "")
    for step, (how, first, second) in enumerate(steps):
        before = whole(register)
        if how == "put":
            given_things = {thing.key: thing for thing in first}
            known = {**register.things, **given_things}
            named = {stream.id: msgspec.structs.replace(stream, key=f"{stream.thing}/{stream.id}") for stream in second if stream.thing in known}
            fresh = register.changed(list(given_things.values()), list(named.values()), str(step))
            kept = {**{stream.id: stream for stream in register.streams}, **named}
            anew = Register(known.values(), [placed(stream, known[stream.thing]) for stream in kept.values()], str(step))
        else:
            fresh = register.without(first, second, str(step))
            left = {key: thing for key, thing in register.things.items() if key not in first}
            anew = Register(left.values(), [s for s in register.streams if s.id not in second and s.thing not in first], str(step))
        assert whole(fresh) == whole(anew)
        assert whole(register) == before  # others still read it
        register = fresh
    assert register.position.dtype == np.int32
