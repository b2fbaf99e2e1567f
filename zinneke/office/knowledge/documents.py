"""Between rows and values: how drafts are kept, and how rows become what the verbs give."""

from __future__ import annotations

import msgspec

from zinneke.kernel.confidentiality import Level
from zinneke.office.knowledge import models
from zinneke.office.knowledge.values import Change, Concept, Draft, Entry

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(Draft).decode


def write_draft(draft: Draft) -> bytes:
    """Return a draft as it is kept."""
    return _encode(draft)


def read_draft(document: bytes) -> Draft:
    """Return a draft from how it was kept."""
    return _decode(document)


def read_entry(row: models.Entry, working: bool = False) -> Entry:
    """Return an entry as readers see it; as it is being written when asked, or when nobody sees it yet."""
    shown = None if working or not row.live else row.shown
    draft = read_draft(bytes(row.document if shown is None else shown))
    return Entry(
        kind=row.kind,
        draft=msgspec.structs.replace(draft, key=row.key, level=Level(row.level), area=row.area, owner=row.owner),
        state=row.state,
        live=row.live,
        version=row.version,
        shown_version=row.shown_version,
        published=row.published,
        created=row.created,
        changed=row.changed,
        changed_by=row.changed_by,
    )


def read_change(row: models.Revision) -> Change:
    """Return one version of an entry."""
    return Change(row.version, row.state, row.time, row.by, row.note, read_draft(bytes(row.document)))


def read_concept(row: models.Concept) -> Concept:
    """Return a theme or plan."""
    return Concept(key=row.key, label=row.label, also={key: tuple(each) for key, each in row.also.items()}, broader=row.broader, address=row.address)
