"""What is elsewhere comes while whoever asked for it may leave: begun here, done in a thread, told by a page that looks again."""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import structlog
from django.db import connection, transaction

from zinneke.foundations.databases import Relation
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import verb
from zinneke.office.publishing import sources, uploads
from zinneke.office.publishing.models import Upload
from zinneke.office.publishing.rules import SUBJECT
from zinneke.office.publishing.sources import FromDatabase, Source
from zinneke.office.publishing.values import Work

log = structlog.get_logger("publishing")
MOMENT = 1.5
"""Seconds that whoever asks waits: what is small has come by then."""
SILENT = timedelta(minutes=2)
"""After which nothing arriving means that nothing will."""


@verb(Right.EDIT, SUBJECT)
def begin_source(actor: Actor, source: Source, dataset: str = "") -> Work:
    """Begin a publication with what is elsewhere; the work's `state` tells whether it has come. Raises `Problem` 400, 409 or 502 at once."""
    checked = sources.check(actor, source)
    choosing = isinstance(checked, FromDatabase) and not checked.table
    if isinstance(checked, FromDatabase) and choosing:
        sources.list_relations(checked)
    record = uploads.begun(actor, sources.told(checked), dataset)
    record.address, record.state = sources.told(checked)[:2000], "choosing" if choosing else "fetching"
    record.source = sources.seal(checked, f"upload:{record.key}")
    record.save()
    if not choosing:
        _start(actor, record.key)
    return uploads.get_upload(actor, record.key)


@verb(Right.EDIT, SUBJECT)
def list_tables(actor: Actor, key: str) -> list[Relation]:
    """Return the tables among which one is to be chosen. Raises `Problem` 404, 502."""
    source = uploads.source_of(uploads.own(actor, key))
    return sources.list_relations(source) if isinstance(source, FromDatabase) else []


@verb(Right.EDIT, SUBJECT)
def fetch_again(actor: Actor, key: str, table: str = "") -> Work:
    """Fetch what did not come, or the table that was chosen. Raises `Problem` 404, 400 without a table, 409 while it is being fetched."""
    record = uploads.own(actor, key)
    source = uploads.source_of(record)
    if record.state == "fetching" and not silent(record):
        raise Problem(409, "Under way", "It is being fetched already.")
    if isinstance(source, FromDatabase) and record.state != "ready":
        source = FromDatabase(source.address, table[:300] or source.table)
        if not source.table:
            raise wrong("Choose a table.", where="table")
    if record.state != "ready":
        name, sealed = sources.told(source), sources.seal(source, f"upload:{key}")
        kept = {"name": name[:200], "address": name[:2000], "source": sealed, "state": "fetching", "fault": "", "changed": datetime.now(UTC)}
        Upload.objects.filter(pk=record.pk).update(**kept)
        _start(actor, key)
    return uploads.get_upload(actor, key)


def silent(record: Upload) -> bool:
    """Say whether nothing has arrived for so long that nothing will. Needs no right: it looks at a file's time."""
    newest = max((each.stat().st_mtime for each in uploads.folder(record.key).glob("*")), default=0.0)
    since = max(record.changed, datetime.fromtimestamp(newest, UTC))
    return datetime.now(UTC) - since > SILENT


def _start(actor: Actor, key: str) -> None:
    thread = threading.Thread(target=_work, args=(actor, key), name=f"publishing-{key}", daemon=True)

    def begin() -> None:
        thread.start()
        thread.join(MOMENT)

    transaction.on_commit(begin)


def _work(actor: Actor, key: str) -> None:
    try:
        fetch(actor, key)
    finally:
        connection.close()


def fetch(actor: Actor, key: str) -> None:
    """Fetch one and look at it, and write down how it went. Needs no right: `begin_source` decided."""
    record = Upload.objects.filter(key=key, state="fetching").first()
    if record is None:
        return
    arriving = uploads.folder(key) / f"arriving-{secrets.token_hex(4)}"
    try:
        _take(actor, record, arriving)
        state = {"state": "ready"}
    except Problem as problem:
        state = {"state": "failed", "fault": (problem.detail or problem.title)[:2000]}
    except Exception as fault:
        log.error("fetch", upload=key, fault=type(fault).__name__)  # its words may hold the address
        broken = Problem(502, "Broken off", "The fetching broke off before its end. Nothing is lost: try again.")
        state = {"state": "failed", "fault": broken.detail}
    finally:
        arriving.unlink(missing_ok=True)
    found = {name: getattr(record, name) for name in ("name", "spec", "floor", "raw", "found", "fault")} if state["state"] == "ready" else {}
    if not Upload.objects.filter(pk=record.pk).update(**{**found, **state, "changed": datetime.now(UTC)}):
        shutil.rmtree(uploads.folder(key), ignore_errors=True)


def _take(actor: Actor, record: Upload, arriving: Path) -> None:
    brought = sources.bring(actor, uploads.source_of(record), arriving)
    if not arriving.stat().st_size:
        raise wrong("The file is empty. Choose another one.", where="file")
    arriving.replace(uploads.folder(record.key) / "source")
    record.name, record.floor = uploads.clean(brought.name), brought.floor
    record.spec = uploads.encode(msgspec.structs.replace(uploads.spec_of(record), name=record.name, columns=brought.columns))
    uploads.look(actor, record, first=True)


def wait(actor: Actor, key: str, seconds: float) -> Work:
    """Return a publication once it has come or failed, or after so many seconds. Needs no right: `get_upload` decides."""
    until = time.monotonic() + seconds
    while (work := uploads.get_upload(actor, key)).state == "fetching" and time.monotonic() < until:
        time.sleep(0.1)
    return work
