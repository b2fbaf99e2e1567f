"""A copy of the observations as they are at one moment, made while others go on being stored."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from zinneke.foundations.observations import lifecycle
from zinneke.kernel.problem import Problem

_one = threading.Lock()


def copy(copy_file: Callable[[Path, str, int], None], at_that_moment: Callable[[], None]) -> bool:
    """Give the files of the rows and of the journal to `copy_file`: each with its name in the data folder, and how many bytes of it count.

    `at_that_moment` is called at the moment of which the copy is: nothing is stored until it returns. Return whether the rows are among them; those
    in ClickHouse are not. Raises `Problem` 409 while another copy is made.
    """
    if not _one.acquire(blocking=False):
        raise Problem(409, "Under way already", "Another copy is being made. Wait until it is done.")
    room = lifecycle.opened()

    def hold() -> tuple[Path | None, list[tuple[Path, int]]]:
        rows, journal = room.store.hold(), room.journal.extent()
        at_that_moment()
        return rows, journal

    try:
        rows, journal = room.writer.do(hold)
        if rows is not None:
            copy_file(rows, rows.name, rows.stat().st_size)
        for path, size in journal:
            copy_file(path, f"journal/{path.name}", size)
        return rows is not None
    finally:
        room.writer.do(room.store.release)
        _one.release()
