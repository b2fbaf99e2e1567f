"""How a lower room tells a higher one: it announces, without knowing who listens. Subscriptions are wired in `settings`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

E = TypeVar("E")

_listeners: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


@dataclass(frozen=True, slots=True)
class DatasetPublished:
    """A new version of a dataset stands ready in `tables`."""

    dataset: str
    version: int


@dataclass(frozen=True, slots=True)
class UseCounted:
    """How often each dataset was downloaded lately, by key: as much of the use as a ranking needs to know."""

    downloads: dict[str, int]


@dataclass(frozen=True, slots=True)
class RowsComing:
    """Rows are about to be published as a dataset's next version, past its description: a listener that forbids it raises a `Problem`."""

    dataset: str


@dataclass(frozen=True, slots=True)
class Used:
    """Something was used: a `download` of a dataset, or a `search`. Nothing of who did."""

    kind: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class ObservationsStored:
    """Observations were committed: which streams, how many rows; `keys` are the rows' streams and times (microseconds since 1970), two columns."""

    streams: tuple[int, ...]
    rows: int
    keys: tuple[Any, Any] = field(default=((), ()), compare=False)


@dataclass(frozen=True, slots=True)
class EntityChanged:
    """A thing, a stream or what belongs to them was written: its set and number; `names` are its properties that changed, none when it is new."""

    set: str
    id: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChanged:
    """An alert about a stream opened or closed: announced inside the transaction that writes it, so that a listener's stands or falls with it.

    `owner` is whose it is, where nobody else is told.
    """

    opened: bool
    stream: int
    thing: str
    reading: str
    solution: str
    area: str
    level: int
    rule: str
    name: dict[str, str]
    sentence: dict[str, str]
    status: str
    value: float | None
    time: datetime
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class AlertsChanged:
    """Several alerts opened or closed in one transaction, in order."""

    alerts: tuple[AlertChanged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingChanged:
    """A thing was made known, changed, or is being deleted. `level` is the stricter of before and after; `moved` says that its level, area or
    solution is another; `about` works out what changed, inside the transaction only.
    """

    what: Literal["created", "changed", "deleted"]
    thing: str
    solution: str
    area: str
    level: int
    about: Callable[[], dict[str, Any]]
    moved: bool = False


@dataclass(frozen=True, slots=True)
class ThingsChanged:
    """Several things were made known, changed or deleted: announced inside the transaction that writes it.

    Of `many`, too many to tell one by one, there are only those that moved.
    """

    things: tuple[ThingChanged, ...]
    many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationCorrected:
    """A stored value was replaced by another one: announced once that is done."""

    stream: int
    thing: str
    reading: str
    solution: str
    area: str
    level: int
    time: datetime
    before: float | None
    value: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetChanged:
    """A version of a dataset was published, or the dataset withdrawn from all but its editors: announced inside the transaction that does it."""

    published: bool
    dataset: str
    version: int
    level: int
    area: str


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """A registration of another source was added, changed or removed: announced inside the transaction that does it.

    `was` and `now` are its documents, empty where there was none, or is none.
    """

    source: str
    was: dict[str, Any]
    now: dict[str, Any]


def listen(kind: type[E], listener: Callable[[E], None]) -> None:
    """Call `listener` with each event of this kind from now on."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def announce(event: object) -> None:
    """Tell every listener of the event's kind, in the order in which they came; a listener's fault is the announcer's to see."""
    for listener in _listeners[type(event)]:
        listener(event)
