"""A single observation, as most devices send them, before it is put with others."""

from __future__ import annotations

import msgspec


class One(msgspec.Struct, frozen=True, gc=False):
    """One observation to take in that is a number at a moment: a batch of one row, of which columns are made only together with those of others."""

    stream: int
    time: int
    value: float
    revises: bool = False

    def __len__(self) -> int:
        return 1
