"""Arrow's functions over columns, imported with the first that is asked for: making the few hundred of them costs a start a tenth of a second."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """Return a function of Arrow."""
    from pyarrow import compute

    found = globals()[name] = getattr(compute, name)
    return found
