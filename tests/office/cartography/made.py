"""Tables made in memory for the tests, and their profiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zinneke.office.cartography.profile import profile
from zinneke.office.cartography.sources import read_rows
from zinneke.office.cartography.values import TableProfile

KEY = b"a key of the run, thirty-two byte"


def profiled(name: str, columns: dict[str, Sequence[Any]], asked: bool = False) -> TableProfile:
    """Return the profile of columns given by name."""
    rows = list(zip(*columns.values(), strict=True))
    with read_rows(name, list(columns), [rows] if rows else []) as source:
        return profile(source, KEY, asked)
