"""The address of a static file carries the hash of its content, so that browsers may keep it for a year."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders


@cache
def _hash(found: str, changed: int) -> str:
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]


@cache
def _find(path: str) -> str:
    found = finders.find(path)
    if not found:
        raise FileNotFoundError(f"There is no static file {path!r}. Front-end libraries come with `make`.")
    return str(found)


def address(path: str) -> str:
    """Return the address of a static file with `?v=` and the hash of its content; without the hash when it was not built."""
    try:
        found = _find(path)
        return f"{settings.STATIC_URL}{path}?v={_hash(found, Path(found).stat().st_mtime_ns)}"
    except FileNotFoundError:
        return f"{settings.STATIC_URL}{path}"
