"""The words of alert rules: what a rule watches for, how one stands, what it would have said. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from zinneke.foundations.observations.values import Wanted
from zinneke.kernel.text import Text

Seconds = Annotated[float, msgspec.Meta(ge=0, le=31 * 86_400)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
State = Literal["active", "paused", "stopped"]
"""`paused` by a person, `stopped` by the platform, which says why."""


class Threshold(msgspec.Struct, frozen=True, tag_field="kind", tag="threshold", forbid_unknown_fields=True):
    """A value above or below a limit, or outside of two; it is over when the value is back by more than `hysteresis`.

    `lasting` is for how many seconds it must last before the alert opens, by the times of the observations.
    """

    above: float | None = None
    below: float | None = None
    hysteresis: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    lasting: Seconds = 0.0


class Rate(msgspec.Struct, frozen=True, tag_field="kind", tag="rate", forbid_unknown_fields=True):
    """A value that rises or falls by more than so much a minute or an hour, from one observation to the next."""

    rises: Positive | None = None
    falls: Positive | None = None
    per: Literal["minute", "hour"] = "hour"
    lasting: Seconds = 0.0


class Geofence(msgspec.Struct, frozen=True, tag_field="kind", tag="geofence", forbid_unknown_fields=True):
    """A thing that is inside, or outside, of areas of the territory by their codes, of a box (west, south, east, north) or of a polygon (GeoJSON)."""

    when: Literal["inside", "outside"] = "outside"
    areas: tuple[str, ...] = ()
    box: tuple[float, float, float, float] | None = None
    polygon: dict[str, Any] | None = None
    lasting: Seconds = 0.0


class Silent(msgspec.Struct, frozen=True, tag_field="kind", tag="silent", forbid_unknown_fields=True):
    """Nothing for so many seconds; without a number, for three of the stream's intervals."""

    after: Seconds | None = None


class Frozen(msgspec.Struct, frozen=True, tag_field="kind", tag="frozen", forbid_unknown_fields=True):
    """The same value for so many seconds; without a number, for twelve of the stream's intervals."""

    after: Seconds | None = None


class Anomaly(msgspec.Struct, frozen=True, tag_field="kind", tag="anomaly", forbid_unknown_fields=True):
    """A value so many standard deviations away from what this stream usually has at this hour, learned as it goes."""

    deviations: Annotated[float, msgspec.Meta(ge=2, le=50)] = 5.0
    lasting: Seconds = 0.0


When = Threshold | Rate | Geofence | Silent | Frozen | Anomaly
KINDS: tuple[type, ...] = (Threshold, Rate, Geofence, Silent, Frozen, Anomaly)


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as a person makes it: which streams, what it watches for, how serious it is; `shared` with everybody who may see the stream."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    when: When
    wanted: Wanted = Wanted()
    status: Literal["watch", "act"] = "act"
    shared: bool = False


class Declared(msgspec.Struct, frozen=True):
    """What a solution declares: a function of the newest value, which gives a sentence or nothing."""

    check: Callable[[float], Text | None]


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it is held against observations, whoever made it. `key` is what alerts name it by, `stamp` changes when what it means does."""

    key: str
    stamp: str
    name: dict[str, str]
    status: str
    when: When | Declared
    wanted: Wanted
    owner: int | None = None
    """Whose it is when only they are told."""
    actor: str = ""
    """Within whose reach it looks; without, everywhere."""


class RuleState(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it stands. What a solution declares has no `id`, and a sentence in the place of `rule`.

    `streams` and `open` count what it watches and its open alerts, within the reach of whoever asks; `learning` counts the streams of which
    it does not know yet what is usual.
    """

    key: str
    name: dict[str, str]
    status: str
    id: int | None = None
    rule: Rule | None = None
    solution: str = ""
    reading: str = ""
    own: bool = False
    may_change: bool = False
    state: State = "active"
    why: str = ""
    streams: int = 0
    open: int = 0
    learning: int = 0
    created: datetime | None = None


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that a rule would have opened: about which stream, what it says, from when to when (None: still at the end)."""

    stream: int
    thing: str
    thing_name: dict[str, str]
    sentence: dict[str, str]
    value: float | None
    since: datetime
    until: datetime | None = None


class OnDay(msgspec.Struct, frozen=True):
    """How many alerts would have opened on a day of the city's time."""

    day: date
    count: int


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would have said between two moments: the newest alerts, how many there were, how many by day.

    `streams` of `matching` were tried, `rows` observations read; `cut` says that there was more than is read at once.
    """

    start: datetime
    end: datetime
    streams: int
    matching: int
    rows: int
    cut: bool
    count: int
    alerts: list[Raised]
    days: list[OnDay]
