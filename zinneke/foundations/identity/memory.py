"""Actors and devices remembered for a few seconds, so that a request with a token costs no query; forgotten at once when rights change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from zinneke.foundations import bus

T = TypeVar("T")

SECONDS = 5.0
"""How long another process may still honour what this one revoked, when it could not be told."""
MOST = 10_000

_found: dict[tuple[str, str], tuple[float, Any]] = {}
_lock = threading.Lock()
_generation = 0


def recall(kind: str, key: str) -> Any:
    """Return what was remembered under this key, None when there is none or it is stale."""
    entry = _found.get((kind, key))
    return entry[1] if entry is not None and entry[0] > time.monotonic() else None


def remember(kind: str, key: str, find: Callable[[], tuple[T, float] | None]) -> T | None:
    """Return what stands under this key, looked up with `find` when not remembered; `find` also says for how many seconds it holds.

    What was looked up before a change of rights is not kept after it: the generation tells.
    """
    known: T | None = recall(kind, key)
    if known is not None:
        return known
    generation = _generation
    if (answer := find()) is None:
        return None
    found, seconds = answer
    with _lock:
        if generation == _generation:
            if len(_found) >= MOST:
                _found.clear()
            _found[kind, key] = (time.monotonic() + min(seconds, SECONDS), found)
    return found


def remember_all(kind: str, keys: Collection[str], find: Callable[[list[str]], dict[str, T]]) -> dict[str, T]:
    """Return what stands under each of these keys, looking up together those that are not remembered; what there is not is left out."""
    known: dict[str, T] = {key: value for key in keys if (value := recall(kind, key)) is not None}
    generation = _generation
    missing = [key for key in keys if key not in known]
    found = find(missing) if missing else {}
    with _lock:
        if generation == _generation:
            if len(_found) + len(found) >= MOST:
                _found.clear()
            until = time.monotonic() + SECONDS
            _found.update({(kind, key): (until, value) for key, value in found.items()})
    return known | found


def forget() -> None:
    """Forget everything, here and in every other process: some right, token, person or device changed."""
    _forget()
    bus.tell(CHANGED)


def _forget(told: bytes = b"") -> None:
    global _generation
    with _lock:
        _generation += 1
        _found.clear()


CHANGED = "rights"
bus.hear(CHANGED, _forget)
