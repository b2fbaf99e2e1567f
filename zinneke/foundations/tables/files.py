"""Where the files of versions are, and how they get there whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

_WORK = ".work"
_OPEN_LAYOUT = "1"
"""Changes when open columns are laid out differently, so that old ones are not taken for new ones."""


def folder() -> Path:
    """Return the folder of all versions, made when it is not there."""
    path = Path(settings.DATA) / "tables"
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(dataset: str, number: int, digest: str) -> Path:
    """Return where a version's Parquet file is."""
    return Path(settings.DATA, "tables", dataset, f"{number}-{digest[:12]}.parquet")


def columns_folder(dataset: str, digest: str) -> Path:
    """Return where the columns of a version lie open for reading; they can always be made again from the Parquet file."""
    return Path(settings.DATA, "cache", "tables", dataset, f"{_OPEN_LAYOUT}-{digest[:12]}")


@contextmanager
def lock() -> Iterator[None]:
    """Hold the folder alone, among all processes, while a file gets its name and its record."""
    with (folder() / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def workplace() -> Iterator[Path]:
    """Give a folder of our own for one piece of work, gone afterwards."""
    place = folder() / _WORK
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{os.getpid()}-", dir=place) as name:
        yield Path(name)


def remove(dataset: str) -> None:
    """Remove the files of a dataset whose records are gone."""
    for place in (folder() / dataset, Path(settings.DATA, "cache", "tables", dataset)):
        shutil.rmtree(place, ignore_errors=True)


def settle(made: Path, target: Path) -> None:
    """Give a finished file its name, so that after a crash it is there whole or not at all."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    made.replace(target)
    for place in (target.parent, target.parent.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep(known: Iterable[Path], opened: Iterable[Path]) -> int:
    """Remove what a crash left: work of processes that are gone, and files that have no record. Return how many.

    Of the columns laid open only those in `opened` stay: the current versions'.
    """
    removed = 0
    place = folder() / _WORK
    for left in place.iterdir() if place.is_dir() else ():
        if not _alive(left.name.partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
            removed += 1
    recorded = set(known)
    for file in folder().glob("*/*.parquet"):
        if file not in recorded:
            file.unlink(missing_ok=True)
            removed += 1
    current = set(opened)
    for place in (Path(settings.DATA) / "cache" / "tables").glob("*/*"):
        if place not in current:
            shutil.rmtree(place, ignore_errors=True)
    return removed


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
