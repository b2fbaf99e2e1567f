"""The publishers' live endpoints of a city: fetched into a folder for the occasion, then loaded like any files."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
from django.conf import settings

from zinneke.cli.fetching import Fetcher
from zinneke.cli.loader import Loader, Outcome
from zinneke.cli.manifest import AreaEntry, Entry, Manifest, RoomEntry, TableEntry
from zinneke.kernel.command import Out
from zinneke.kernel.load import Fault
from zinneke.kernel.payload import read_document
from zinneke.kernel.problem import Problem, wrong

Chosen = list[tuple[str, Entry]]
PATIENCE = 120.0
"""Seconds that a load from live endpoints may spend on fetching."""


def load(
    city: str, manifest: Manifest, chosen: Chosen, out: Out, patience: float = PATIENCE, transport: httpx.BaseTransport | None = None
) -> list[Outcome]:
    """Fetch every entry that has a live address, load what came, and return what became of each."""
    wanted = [(kind, entry) for kind, entry in chosen if entry.live]
    if not wanted:
        raise Problem(404, "Nothing to load", "None of these entries has a live address. Give a folder with --from.")
    parent = Path(settings.DATA)
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="incoming-", dir=parent) as name:
        folder = Path(name)
        out.say(f"Live addresses to ask: {len(wanted)}.")
        fetcher = Fetcher(folder, time.monotonic() + patience, transport)
        fetched = fetcher.fetch_all((f"{kind}/{entry.key}", entry.live) for kind, entry in wanted)
        loader = Loader(city, manifest, folder, out)
        outcomes: list[Outcome] = []
        for place, (kind, entry) in enumerate(wanted):
            path = f"{kind}/{entry.key}"
            out.progress("Loading", place, len(wanted))
            answer = fetched[path]
            if answer.path is None:
                outcomes.append(Outcome(path, "failed", answer.fault, [Fault(answer.url, answer.fault)]))
                continue
            try:
                outcomes += loader.run([(kind, prepared(entry, answer.path))])
            except Problem as problem:
                outcomes.append(Outcome(path, "failed", problem.detail, [Fault(answer.url, problem.detail)]))
        outcomes += loader.run([(kind, entry) for kind, entry in chosen if isinstance(entry, RoomEntry) and entry.shipped])
        out.progress("Loading", len(wanted), len(wanted))
    return outcomes


def prepared(entry: Entry, path: Path) -> Entry:
    """Return the entry as it is loaded from its live answer, whose names are brought to those of the file where they differ."""
    if isinstance(entry, AreaEntry) and entry.live_names:
        path.write_bytes(renamed(path.read_bytes(), entry.live_names))
    if isinstance(entry, TableEntry):
        spec = entry.live_read or entry.read
        return msgspec.structs.replace(entry, file=path.name, read=spec, columns={} if entry.live_read else entry.columns)
    changes: dict[str, Any] = {"file": path.name}
    if isinstance(entry, AreaEntry):
        changes["beside"] = ""
    return msgspec.structs.replace(entry, **changes)


def renamed(data: bytes, names: dict[str, tuple[str, ...]]) -> bytes:
    """Return GeoJSON with the properties that a reader needs, each taken from the first of its possible names, whatever the case.

    A property that is a list of one is that one. Raises `Problem` 400 for what is not a collection of features.
    """
    document = read_document(data)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise wrong("The answer is not a collection of features.")
    pick: Callable[[Any], Any] = lambda value: value[0] if isinstance(value, list) and value else value  # noqa: E731
    for feature in features:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if isinstance(properties, dict):
            lowered = {key.lower(): pick(value) for key, value in properties.items()}
            found = {name: next((lowered[each] for each in others if lowered.get(each)), None) for name, others in names.items()}
            feature["properties"] = {name: value for name, value in found.items() if value is not None}
    return msgspec.json.encode(document)
