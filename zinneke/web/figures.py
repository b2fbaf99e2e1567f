"""A figure as people meet it: never without its unit, its place, its time and its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureCard:
    """What `web/includes/figure.html` shows; every text is already in the reader's language, the value already written.

    `what` says what the value is, `words` how things stand. `daily`: the time is a whole day; `away`: measured outside the Region.
    """

    name: str
    value: str
    unit: str = ""
    what: str = ""
    status: str = ""
    words: str = ""
    place: str = ""
    time: datetime | None = None
    source: str = ""
    address: str = ""
    daily: bool = False
    away: bool = False
    icon: str = ""
    domain: str = ""
