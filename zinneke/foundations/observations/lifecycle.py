"""The open store: one in a process, opened when the server starts or when first needed, closed when it stops."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings

from zinneke.foundations import bus
from zinneke.foundations.observations.duck import DuckStore
from zinneke.foundations.observations.engine import ObservationStore
from zinneke.foundations.observations.handing import QUEUE, Elsewhere, Handing
from zinneke.foundations.observations.journal import Journal
from zinneke.foundations.observations.sharing import STORED, Following, Sharing
from zinneke.foundations.observations.tail import Tail
from zinneke.foundations.observations.writer import Writer
from zinneke.kernel.problem import Problem

if TYPE_CHECKING:
    from zinneke.foundations.observations.gathering import Gathering

CODE = Path(__file__).parents[2]
EVERYWHERE = True
"""It begins in a node that only takes in, too."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The engine, the newest values, the writer, in which order it stored what somebody waits for, and where small batches gather."""

    store: ObservationStore
    tail: Tail
    writer: Writer | Handing
    journal: Journal
    gathering: Gathering


_opened: Opened | None = None
_sharing: Sharing | None = None
_lock = threading.Lock()


def start() -> None:
    """Open the store; where others hand over what they take in, begin to store it.

    Raises `Problem` 409 when another process has it.
    """
    global _sharing
    from zinneke.foundations.observations import intake
    from zinneke.foundations.observations.alerting import watching

    if not bus.main():
        opened()
        return
    carrier = bus.current()
    if carrier.ask("main", b"", 1.0) is not None:
        told = "Another node of this bus has the stores. Stop it, or make this one a node that takes in: ZINNEKE_NODE=ingest."
        raise Problem(409, "There is a main node already", told)
    tail = opened().tail
    watching.begin()
    if settings.BUS_URL:
        _sharing = Sharing(carrier, tail)
        _sharing.start()
        carrier.work(QUEUE, intake.store_handed)


def opened() -> Opened:
    """Return the open store, opening it when it is not."""
    global _opened
    if _opened is not None:
        return _opened
    from zinneke.foundations.observations.gathering import Gathering

    with _lock:
        if _opened is None:
            _opened = Opened(*(_here() if bus.main() else _there()), Gathering())
        return _opened


def _here() -> tuple[ObservationStore, Tail, Writer | Handing, Journal]:
    store = _store(_mirror())
    tail = Tail(store)
    journal = Journal(settings.DATA / "journal", store)
    return store, tail, Writer(store, tail, journal), journal


def _there() -> tuple[ObservationStore, Tail, Writer | Handing, Journal]:
    """Return what stands for the stores in a node that hands over what it takes in. From ClickHouse it reads by itself."""
    carrier = bus.current()
    tail, nowhere = Tail(None), cast(Any, Elsewhere())
    handing = Handing(carrier)
    following = Following(carrier, tail, handing)
    bus.hear(STORED, following.hear)
    following.read_all()
    return _store() if settings.CLICKHOUSE_URL else nowhere, tail, handing, nowhere


def _store(mirror: Path | None = None) -> ObservationStore:
    if not settings.CLICKHOUSE_URL:
        return DuckStore(settings.DATA / "observations.duckdb", mirror=mirror)
    from zinneke.foundations.observations.clickhouse import ClickHouseStore

    return ClickHouseStore(settings.CLICKHOUSE_URL, mirror)


def _mirror() -> Path:
    """Return the file of the tables of entities, called after the code that makes them; what other code left is deleted."""
    code = sorted((str(path), found.st_size, found.st_mtime_ns) for path in CODE.rglob("*.py") for found in (path.stat(),))
    folder = settings.DATA / "cache" / "entities"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{hashlib.sha256(repr(code).encode()).hexdigest()[:12]}.duckdb"
    for old in folder.iterdir():
        if not old.name.startswith(name):
            old.unlink()
    return folder / name


def stop() -> None:
    """Finish what waits to be written and close the store."""
    global _opened, _sharing
    with _lock:
        if _sharing is not None:
            _sharing.stop()
            _sharing = None
        if _opened is not None:
            _opened.gathering.close()
            _opened.writer.close()
            _opened.journal.close()
            _opened.store.close()
            _opened = None


def ready() -> bool:
    """Say whether the store is open, here or at the main node."""
    return _opened is not None and (isinstance(_opened.writer, Writer) or _opened.writer.ready)
