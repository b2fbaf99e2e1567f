"""What a city's own file says of its data joins the map as a machine's word, which gives way to what people say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import wrong
from zinneke.office.cartography import meaning, store, surveys
from zinneke.office.cartography.surveys import PeerRow
from zinneke.office.cartography.things import ThingRow


class MapFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as a whole: things, those that links lead to anywhere in it, and the cities to compare with."""

    thing: tuple[ThingRow, ...]
    peer: tuple[PeerRow, ...] = ()


def read_map(path: Path, options: Mapping[str, Any]) -> Counts:
    """Read things from TOML. Raises `Problem` 400 saying what is wrong in which of them."""
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=MapFile)
    except msgspec.DecodeError as fault:
        raise wrong(f"{path.name}: {fault}") from None
    counts = store.set_things(SYSTEM, [msgspec.structs.replace(row, origin="public-sources") for row in found.thing])
    surveys.set_peers(found.peer)
    meaning.suggest_all()
    return counts


READERS: Mapping[str, Callable[[Path, Mapping[str, Any]], Counts]] = {"map": read_map}
