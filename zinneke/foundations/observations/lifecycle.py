"""The open store: one in a process, opened when the server starts or when first needed, closed when it stops."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from zinneke.foundations.observations.duck import DuckStore
from zinneke.foundations.observations.engine import ObservationStore
from zinneke.foundations.observations.journal import Journal
from zinneke.foundations.observations.tail import Tail
from zinneke.foundations.observations.writer import Writer

if TYPE_CHECKING:
    from zinneke.foundations.observations.gathering import Gathering


@dataclass(frozen=True, slots=True)
class Opened:
    """The engine, the newest values, the writer, in which order it stored what somebody waits for, and where small batches gather."""

    store: ObservationStore
    tail: Tail
    writer: Writer
    journal: Journal
    gathering: Gathering


_opened: Opened | None = None
_lock = threading.Lock()


def start() -> None:
    """Open the store, and complete records of an earlier version. Raises `Problem` 409 when another process has it."""
    from zinneke.foundations.observations.entities import deriving

    opened()
    deriving.complete()


def opened() -> Opened:
    """Return the open store, opening it when it is not."""
    global _opened
    if _opened is not None:
        return _opened
    from zinneke.foundations.observations.gathering import Gathering

    with _lock:
        if _opened is None:
            store = _store()
            tail = Tail(store)
            journal = Journal(settings.DATA / "journal", store)
            _opened = Opened(store, tail, Writer(store, tail, journal), journal, Gathering())
        return _opened


def _store() -> ObservationStore:
    if not settings.CLICKHOUSE_URL:
        return DuckStore(settings.DATA / "observations.duckdb")
    from zinneke.foundations.observations.clickhouse import ClickHouseStore

    return ClickHouseStore(settings.CLICKHOUSE_URL)


def stop() -> None:
    """Finish what waits to be written and close the store."""
    global _opened
    with _lock:
        if _opened is not None:
            _opened.gathering.close()
            _opened.writer.close()
            _opened.journal.close()
            _opened.store.close()
            _opened = None


def ready() -> bool:
    """Say whether the store is open."""
    return _opened is not None
