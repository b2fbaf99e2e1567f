"""Read what is shipped with a city: its themes and plans, and the first entries. What people changed since is left alone."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem, wrong
from zinneke.office.knowledge import models, rules, store, watch
from zinneke.office.knowledge.documents import write_draft
from zinneke.office.knowledge.values import Concept, Draft


class _Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A feed to follow from the start."""

    name: str
    address: str
    themes: tuple[str, ...] = ()


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of content."""

    theme: tuple[Concept, ...] = ()
    plan: tuple[Concept, ...] = ()
    entry: tuple[Draft, ...] = ()
    source: tuple[_Source, ...] = ()


def load_content(path: Path, options: dict[str, Any]) -> Counts:
    """Bring the room to what a file of content says. Raises `Problem` 400 where the file itself cannot be read."""
    try:
        content = msgspec.toml.decode(path.read_bytes(), type=_Content)
    except msgspec.DecodeError as fault:
        raise wrong(f"{path.name}: {fault}") from None
    counts = store.set_concepts(SYSTEM, "theme", content.theme)
    counts += store.set_concepts(SYSTEM, "plan", content.plan)
    for number, draft in enumerate(content.entry, 1):
        try:
            _load(draft, counts)
        except Problem as problem:
            counts.refuse(f"entry {number}, {draft.key}", problem.detail)
    known = set(models.Source.objects.values_list("address", flat=True))
    for source in content.source:
        if source.address in known:
            counts.unchanged += 1
        else:
            watch.add_source(SYSTEM, source.name, source.address, themes=source.themes, checked=False)
            counts.added += 1
    return counts


def _load(draft: Draft, counts: Counts) -> None:
    kind = str(draft.details.__struct_config__.tag)
    digest = hashlib.sha256(write_draft(draft)).hexdigest()
    row = models.Entry.objects.filter(kind=kind, key=draft.key).first()
    if row is not None and (row.loaded == digest or row.changed_by != SYSTEM.name):
        counts.unchanged += 1
        return
    entry = store.set_entry(SYSTEM, draft, row.version if row else None)
    if not rules.ready(draft):
        store.set_state(SYSTEM, kind, draft.key, "published", entry.version)
    models.Entry.objects.filter(kind=kind, key=draft.key).update(loaded=digest)
    counts.added, counts.changed = counts.added + (row is None), counts.changed + (row is not None)


READERS = {"content": load_content}
