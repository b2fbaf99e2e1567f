"""The words that the store of subscriptions takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from zinneke.foundations.observations.values import Place, Wanted

OBSERVATION = "observation"
ALERT_OPENED = "alert.opened"
ALERT_CLOSED = "alert.closed"
CORRECTED = "observation.corrected"
PUBLISHED = "dataset.published"
WITHDRAWN = "dataset.withdrawn"
CREATED = "thing.created"
CHANGED = "thing.changed"
DELETED = "thing.deleted"
THINGS = (CREATED, CHANGED, DELETED)
SOURCE = "source.changed"
KINDS = (OBSERVATION, ALERT_OPENED, ALERT_CLOSED, CORRECTED, PUBLISHED, WITHDRAWN, *THINGS, SOURCE)
"""What one can be told of."""
ROUND = "round"
"""The kind of a notification that tells how things stand, not what happened: by the clock, or first of all."""
Transport = Literal["webhook", "mail", "mqtt", "events"]
State = Literal["active", "paused", "stopped", "expired"]
"""`paused` by a person, `stopped` by the platform, which says why."""
Circuit = Literal["closed", "open", "half-open"]
MOST_EVENTS = 1000
"""Events that one notification holds at the most."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where notifications go. `address` is a web address (webhook), a broker with a topic (mqtt), nothing for mail, which goes to one's own
    account, and nothing for events, which one reads oneself. `mode` is how CloudEvents go over HTTP; `most` events at once; `headers` go along.
    """

    kind: Transport
    address: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    mode: Literal["structured", "binary"] = "structured"
    most: Annotated[int, msgspec.Meta(ge=1, le=MOST_EVENTS)] = 100
    headers: dict[str, str] = {}


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the wanted events are told: a condition by name (see `shapes.CONDITIONS`) with its settings."""

    name: str
    settings: dict[str, Any] = {}


class Subscription(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody wants to be told of, when, how often and where.

    `throttling` is the least number of seconds between two notifications; what is stored meanwhile is in the next one. `every` is the number of
    seconds after which one is told how things stand, again and again, instead of what happens; `first` says that one is told so at the
    beginning, and anew after a change or a pause. `shape` is the form of the notifications, "" for CloudEvents. `key` is the identifier that a
    standard gives it, `settings` what the standard keeps with it.
    """

    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    endpoint: Endpoint
    kinds: tuple[str, ...] = (OBSERVATION,)
    wanted: Wanted = Wanted()
    condition: Condition | None = None
    throttling: Annotated[float, msgspec.Meta(ge=0, le=604_800)] = 0.0
    every: Annotated[float, msgspec.Meta(ge=0, le=31_536_000)] = 0.0
    first: bool = False
    expires: datetime | None = None
    shape: str = ""
    settings: dict[str, Any] = {}
    key: str | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened. `id` is its own for ever, so that whoever is told twice notices; `time` is when it was observed.

    `value` is a number, `result` what was observed when it was none; `about` what else is told: of an alert, of a
    correction (`before`, `reason`), of a dataset (`dataset`, `version`), which is also its `thing`; of a thing that was made known, changed or
    deleted, the id and types of its `entity`, and `changes`: each attribute as it was and as it is, or all of it as it was at the `last`; of a
    registered `source`, how it `was` and how it is `now`.
    """

    id: str
    kind: str
    time: datetime
    stored: datetime
    stream: int | None = None
    key: str = ""
    thing: str = ""
    name: dict[str, str] = {}
    reading: str = ""
    solution: str = ""
    area: str = ""
    place: Place | None = None
    unit: str = ""
    value: float | None = None
    quality: int = 0
    result: Any = None
    about: dict[str, Any] = {}


class Missed(msgspec.Struct, frozen=True):
    """What was dropped before it could be told, because it waited too long: so many observations of the journal, of which some were wanted.

    Both are 0 when nobody can tell how many.
    """

    observations: int
    occurrences: int = 0


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent at once. `sequence` counts the notifications of one subscription without a hole; sent again, it is the same.

    A round that is too long for one notification goes on in the next: `page` counts them.
    """

    subscription: int
    sequence: int
    made: datetime
    events: list[Event]
    kind: str = OBSERVATION
    missed: Missed | None = None
    test: bool = False
    page: int = 0


class Shaped(msgspec.Struct, frozen=True):
    """A notification as it travels. `more`: its round goes on in the next one; without a body there is nothing to tell in this round."""

    body: bytes
    media_type: str
    headers: dict[str, str] = {}
    more: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """What became of an attempt: `status` of HTTP or 0, `reason` in words when it failed, `after` the seconds that the other side asks to wait."""

    good: bool
    status: int = 0
    reason: str = ""
    after: float = 0.0


class Lag(msgspec.Struct, frozen=True):
    """What is owed: how many events, whether that is all of them (`exact`), and since when the oldest waits."""

    waiting: int
    exact: bool
    oldest: datetime | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription as it stands."""

    id: int
    subscription: Subscription
    owner: int
    state: State
    why: str
    circuit: Circuit
    created: datetime
    changed: datetime
    sequence: int
    sent: int
    failed: int
    last_attempt: datetime | None
    last_success: datetime | None
    last_failure: datetime | None
    last_status: int
    last_reason: str
    next_attempt: datetime | None
    letters: int = 0
    lag: Lag | None = None


class Told(msgspec.Struct, frozen=True):
    """Who is told of a rule's alerts: how many subscriptions, how many of them fail or stand still, since when the oldest alert waits."""

    subscriptions: int
    troubled: int
    oldest: datetime | None = None


class Made(msgspec.Struct, frozen=True):
    """A new subscription, and the secret with which its notifications are signed: the only time that it is seen."""

    standing: Standing
    secret: str = ""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A notification that was given up: what was sent, what the endpoint said. A person reads it and sends it again, or lets it go."""

    id: int
    subscription: int
    sequence: int
    made: datetime
    media_type: str
    body: str
    status: int
    reason: str
