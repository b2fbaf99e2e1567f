"""What the store of papers takes and gives."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A paper without its content: `kind` is the ending of its name, one of `rules.KINDS`."""

    number: int
    name: str
    kind: str
    size: int
    digest: str
    added: datetime
    added_by: str
