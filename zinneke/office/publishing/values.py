"""What the room takes and gives."""

from __future__ import annotations

from datetime import datetime

import msgspec

from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.foundations.tables.findings import Inspection
from zinneke.foundations.tables.values import Spec


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A publication that somebody has begun.

    `raw` is what is in the source as it is read, `found` what becomes of it after the treatments; both None with a `fault` that says why.
    `parts` are the files or sheets of which one is to be chosen; `dataset` the dataset that it becomes a new version of, or "".
    `state` is ready, choosing (a table), fetching or failed; `came` the bytes that have arrived; `again` says that it can be fetched again.
    """

    key: str
    name: str
    address: str
    dataset: str
    ground: str
    spec: Spec
    row: DatasetRow
    raw: Inspection | None
    found: Inspection | None
    fault: str
    parts: tuple[str, ...]
    created: datetime
    changed: datetime
    state: str = "ready"
    came: int = 0
    again: bool = False


class Unsettled(msgspec.Struct, frozen=True):
    """A column that would be more open than what it holds allows: `kind` is what was recognised, "" for the level alone."""

    column: str
    kind: str
    share: float


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A word in a discussion, a reuse, or a request: what is said and what was answered, and nothing of who said it but `shown_as`."""

    number: int
    kind: str
    dataset: str
    title: str
    text: str
    link: str
    shown_as: str
    language: str
    state: str
    answer: str
    answered_by: str
    leads_to: str
    votes: int
    created: datetime
    decided: datetime | None


class PostRow(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says: `kind` is discussion, reuse or request; `shown_as` is the name under which a reuse is shown."""

    kind: str
    text: str
    language: str
    dataset: str = ""
    title: str = ""
    link: str = ""
    shown_as: str = ""


class Refresh(msgspec.Struct, frozen=True, kw_only=True):
    """A scheduled refresh: `state` is waiting, fetching, unchanged, new or failed, `since` when; `due` is when it is tried next."""

    dataset: str
    address: str
    hours: int
    state: str
    since: datetime
    due: datetime
    tries: int
    fault: str
    version: int
    succeeded: datetime | None


class Usage(msgspec.Struct, frozen=True):
    """How often the portal was used in so many days, and which datasets most: key and downloads."""

    days: int
    downloads: int
    searches: int
    most: tuple[tuple[str, int], ...]
