"""`zinneke backup` and `zinneke restore`: everything that a city keeps, as it is at one moment, while the platform goes on serving."""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import msgspec
from django.conf import settings
from django.db import connection

from zinneke import __version__
from zinneke.cli.server import ownership, prepare
from zinneke.foundations.audit import store as audit
from zinneke.foundations.observations import copying
from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem

MANIFEST = "manifest.json"
RECORDS, DUMP = "zinneke.sqlite3", "records.dump"
LEFT = ("cache", "catalogue", "journal", "owner.lock", "server.json")
"""What is not copied from the data folder as it stands: made again, of the process, or copied by its room."""
OWN = ("secret", "owner.lock")
"""What a data folder has before anything is in it."""


class Manifest(msgspec.Struct):
    """What a backup holds: each file with its bytes and their SHA-256."""

    version: str
    made: datetime
    observations: bool
    files: dict[str, tuple[int, str]]


def _copied(source: Path, target: Path, most: int | None = None) -> tuple[int, str]:
    """Copy a file, or its first bytes, to disk; return how many there were and their SHA-256."""
    digest, size = sha256(), 0
    with source.open("rb") as given, _closed(target) as kept:
        for block in _blocks(given, most):
            kept.write(block)
            digest.update(block)
            size += len(block)
        kept.flush()
        os.fsync(kept.fileno())
    return size, digest.hexdigest()


def _closed(path: Path) -> BinaryIO:
    """Begin a file that nobody else reads, in folders that nobody else enters."""
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(mode=0o700)
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _blocks(file: BinaryIO, most: int | None) -> Iterator[bytes]:
    left = most
    while block := file.read(1_000_000 if left is None else min(left, 1_000_000)):
        left = None if left is None else left - len(block)
        yield block


def _records(folder: Path) -> None:
    """Copy the records in SQLite as they are now."""
    _closed(folder / RECORDS).close()
    with closing(sqlite3.connect(settings.DATA / RECORDS)) as given, closing(sqlite3.connect(folder / RECORDS)) as kept:
        given.backup(kept)
        kept.execute("PRAGMA journal_mode = DELETE")


def _postgresql(program: str, *words: str) -> None:
    """Run one of PostgreSQL's programs on the records. Raises `Problem` when it is not there, or says no."""
    parts = urlsplit(settings.DATABASE_URL)
    place = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@") if parts.password else parts.netloc).geturl()
    secret = {"PGPASSWORD": unquote(parts.password)} if parts.password else {}
    if shutil.which(program) is None:
        raise Problem(500, f"No {program}", f"The records are in PostgreSQL, and {program} is not installed here. Install its client.")
    command = [program, f"--dbname={place}", *words]
    done = subprocess.run(command, env={**os.environ, **secret}, capture_output=True, text=True, check=False)  # noqa: S603  our own words
    if done.returncode:
        raise Problem(500, f"{program} failed", done.stderr.strip()[-500:])


def _configure_backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="folder in which the backup is made, in one of its own named after the moment")


def _backup(args: argparse.Namespace, out: Out) -> int:
    made = datetime.now(UTC)
    folder = args.folder.resolve()
    data = Path(settings.DATA).resolve()
    if folder == data or data in folder.parents:
        raise Problem(400, "Not there", "A backup in the data folder would be lost with it. Name another folder.")
    target, part = folder / f"zinneke-{made:%Y-%m-%dT%H%M%S}Z", folder / f".part-{made:%Y-%m-%dT%H%M%S}Z"
    part.mkdir(parents=True, mode=0o700)
    try:
        files, rows = _filled(part, out.progress)
        manifest = Manifest(__version__, made, rows, files)
        with _closed(part / MANIFEST) as file:
            file.write(msgspec.json.format(msgspec.json.encode(manifest)))
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    size = sum(each for each, _ in files.values())
    out.say(f"{target}: {len(files):,} files, {size:,} bytes, as of {made:%Y-%m-%d %H:%M:%S} UTC.")
    if not rows:
        out.say("The observations are in ClickHouse: back them up there (BACKUP DATABASE).")
    if "secret" not in files:
        out.say("ZINNEKE_SECRET is not in it: keep it elsewhere.")
    return 0


def _filled(part: Path, progress: Callable[[str, int, int], None]) -> tuple[dict[str, tuple[int, str]], bool]:
    """Fill a folder with everything, the stores of one moment first; return what is in it, and whether the observations are."""
    files: dict[str, tuple[int, str]] = {}

    def keep(source: Path, name: str, most: int | None = None) -> None:
        files[name] = _copied(source, part / name, most)

    rows = copying.copy(keep, (lambda: None) if settings.DATABASE_URL else (lambda: _records(part)))
    if settings.DATABASE_URL:
        _postgresql("pg_dump", "--format=custom", f"--file={part / DUMP}")
    records = part / (DUMP if settings.DATABASE_URL else RECORDS)
    with records.open("rb") as file:
        files[records.name] = records.stat().st_size, _digest(file)
    others = [path for path in _others(Path(settings.DATA)) if path.is_file()]
    for at, path in enumerate(others):
        try:
            keep(path, path.relative_to(settings.DATA).as_posix())
        except FileNotFoundError:  # taken away since
            continue
        progress("files", at + 1, len(others))
    return files, rows


def _digest(file: BinaryIO) -> str:
    digest = sha256()
    for block in _blocks(file, None):
        digest.update(block)
    return digest.hexdigest()


def _others(data: Path) -> Iterator[Path]:
    """Yield the files that no room copies: dataset versions, papers, letters, the secret."""
    for top in sorted(data.iterdir()):
        if top.name in LEFT or top.name.startswith((RECORDS, "observations.duckdb")) or top.is_symlink():
            continue
        yield from (path for path in sorted(top.rglob("*")) if not path.is_symlink()) if top.is_dir() else (top,)


def _configure_restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="the folder of one backup, with its manifest.json")


def _restore(args: argparse.Namespace, out: Out) -> int:
    folder, data = args.folder.resolve(), Path(settings.DATA)
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        raise Problem(400, "Not a backup", f"{folder} has no manifest.json that can be read. Name the folder that `zinneke backup` made.") from None
    if (DUMP in manifest.files) != bool(settings.DATABASE_URL):
        told = "with" if DUMP in manifest.files else "without"
        raise Problem(400, "Other records", f"This backup was made {told} ZINNEKE_DATABASE_URL. Restore it {told} one, too.")
    with ownership():
        if found := sorted(path.name for path in data.iterdir() if path.name not in OWN):
            raise Problem(409, "Not empty", f"{data} holds {', '.join(found[:5])}. Move it away: a backup is restored into an empty folder.")
        if settings.DATABASE_URL and connection.introspection.table_names():
            raise Problem(409, "Not empty", "The database of ZINNEKE_DATABASE_URL has tables. Name an empty one.")
        for at, (name, (size, digest)) in enumerate(manifest.files.items()):
            if _copied(folder / name, _inside(data, name)) != (size, digest):
                raise Problem(500, "A damaged backup", f"{name} is not what was backed up. Take another backup; this folder is of no use.")
            out.progress("files", at + 1, len(manifest.files))
        if settings.DATABASE_URL:
            _postgresql("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(data / DUMP))
            (data / DUMP).unlink()
        connection.close()
        prepare()
        verdict = audit.verify(SYSTEM)
    out.say(f"Restored as of {manifest.made:%Y-%m-%d %H:%M:%S} UTC: {len(manifest.files):,} files.")
    out.say(f"The journal: {verdict.entries:,} entries stand." if verdict.ok else f"The journal is broken at entry {verdict.first_bad}.")
    return 0 if verdict.ok else 1


def _inside(data: Path, name: str) -> Path:
    path = data / name
    if data.resolve() not in path.resolve().parents:
        raise Problem(400, "Not a backup", f"It names a file outside the data folder: {name}.")
    return path


COMMANDS = (
    Command(
        name="backup",
        summary="Copy everything that the city keeps, as it is at one moment, while the platform serves.",
        configure=_configure_backup,
        run=_backup,
        exclusive=True,
    ),
    Command(name="restore", summary="Put a backup into an empty data folder, and verify it.", configure=_configure_restore, run=_restore),
)
