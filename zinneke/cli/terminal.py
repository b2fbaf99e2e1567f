"""An `Out` for a person at a terminal: lines, and one progress bar at a time."""

from __future__ import annotations

import sys

from tqdm import tqdm


class Terminal:
    """Speaks on standard output; shows progress on standard error when that is a terminal."""

    def __init__(self) -> None:
        self._bar: tqdm[None] | None = None
        self._label = ""

    def say(self, line: str) -> None:
        """Say one line, under the bar if there is one."""
        self._close()
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def progress(self, label: str, done: int, total: int) -> None:
        """Move the bar of this label, starting it when it is new."""
        if self._bar is None or self._label != label:
            self._close()
            self._label = label
            self._bar = tqdm(total=total or None, desc=label, unit="", leave=False, disable=None)
        self._bar.total = total or None
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
