"""Make datasets of our own: a draft, its rows, a review, the public, and taking back. Each step is kept with who, when and why."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from django.db import transaction

from zinneke.foundations.audit import store as audit
from zinneke.foundations.catalogue import intake, tables_of
from zinneke.foundations.catalogue.models import Entry
from zinneke.foundations.catalogue.models import Turn as TurnRecord
from zinneke.foundations.catalogue.standing import CONFLICT, NEXT, SUBJECT, UNPUBLISHED, asks_of, commands, dataset_of, edited_by, seen_by, who
from zinneke.foundations.catalogue.values import Dataset, DatasetRow, Distribution, Turn
from zinneke.foundations.catalogue.vocabularies import licence_key
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.closing import raise_level
from zinneke.foundations.tables.values import GEOMETRY, Published, Spec, Version
from zinneke.kernel.box import Box
from zinneke.kernel.confidentiality import SYSTEM, Actor, Level, Right, reach, refusal
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb

OURS = "zinneke"
"""The source of the datasets that are described here, and whose rows we keep ourselves."""
FORMS = (("csv", "text/csv"), ("json", "application/json"), ("parquet", "application/vnd.apache.parquet"), ("geojson", "application/geo+json"))


@verb(Right.EDIT, SUBJECT)
def add_dataset(actor: Actor, row: DatasetRow) -> Dataset:
    """Begin a dataset of our own: a draft, without rows yet, that only those who may edit it see.

    A row without `uri` gets one. Raises `Problem` 400 for a row that cannot be taken, 409 when its key or address is taken.
    """
    uri = row.uri or f"urn:uuid:{uuid.uuid4()}"
    with transaction.atomic():
        taken = Entry.objects.filter(source=OURS, uri=uri).first() or (Entry.objects.filter(key=row.key).first() if row.key else None)
        if taken is not None:
            raise Problem(409, CONFLICT, f"{row.key or uri} belongs to another dataset already. Choose another one.")
        _keep(actor, msgspec.structs.replace(row, uri=uri), versioned=False, state="draft")
        entry = Entry.objects.get(source=OURS, uri=uri)
        Entry.objects.filter(pk=entry.pk).update(author=actor.key[:200])
        note_turn(actor, entry, "draft", "")
    return _dataset(entry.pk)


@verb(Right.EDIT, SUBJECT)
def set_dataset(actor: Actor, key: str, row: DatasetRow, expected: str) -> Dataset:
    """Describe a dataset of our own anew, provided that nobody did since `expected`, the `etag` that was read.

    Its address and key stay, and so do our own ways to get its rows. Raises `Problem` 409 when somebody was faster.
    """
    with transaction.atomic():
        entry = own_entry(actor, key)
        if entry.digest != expected:
            raise Problem(409, CONFLICT, f"Somebody changed {key} since you read it. Read it again, put your change to it, and send it once more.")
        before = intake.decode_row(bytes(entry.document))
        _hold_publisher(actor, entry, row)
        row = msgspec.structs.replace(row, uri=entry.uri, key=entry.key, part_of=before.part_of, distributions=tables_of.kept(before, row))
        for each, kept in ((entry, row), *((part, tables_of.inherited(_row_of(part), before, row)) for part in entry_parts(actor, key))):
            _keep(actor, kept, versioned=each.versioned)
            if each.versioned and kept.level is not None and kept.level > Level(each.level):
                raise_level(actor, each.key, kept.level)  # what is described as closed has no open rows
        audit.record(actor, "set dataset", f"{SUBJECT}.{key}", {})
    return _dataset(entry.pk)


@verb(Right.EDIT, SUBJECT)
def set_rows(actor: Actor, key: str, source: Path | bytes, spec: Spec, after: int | None = None) -> Published:
    """Keep a file as the next version of a dataset of our own: as hidden as its draft, or open at once when it is published.

    The entry is as strict as the strictest column unless it was given a level of its own.
    With `after`, nothing is kept when the current version is another one: 409.
    """
    entry = own_entry(actor, key)
    before = tables.find_version(actor, key)
    waits = entry.state == "published" and _second(actor, entry, before, spec)
    published = tables.publish(actor, key, source, spec, held=entry.state != "published", after=after, waits=waits)
    if waits and published.version.held:
        if published.changed:
            _wait(actor, key, published.version.number)
        return published
    take_version(actor, key, before, published.version, spec, published.changed)
    return published


def take_version(actor: Actor, key: str, before: Version | None, version: Version, spec: Spec, new: bool = True) -> None:
    """Describe a dataset as its current version has it."""
    with transaction.atomic():
        entry = own_entry(actor, key)
        row = intake.decode_row(bytes(entry.document))
        derived = row.level is None or (before is not None and row.level == before.level)
        row = msgspec.structs.replace(row, level=None if derived else row.level, modified=version.created)
        changed = _keep(actor, own_row(row, key, version, spec), versioned=True)
        if new or changed:
            audit.record(actor, "set rows", f"{SUBJECT}.{key}", {"version": version.number, "rows": version.rows})


def _second(actor: Actor, entry: Entry, before: Version | None, spec: Spec) -> bool:
    """Say whether somebody else looks at a new version first: its publisher asks so, or something is newly declared not to be personal."""
    if actor is SYSTEM:
        return False
    if asks_of(_row_of(entry)) == "always":
        return True
    known = {each.column for each in before.treatments if each.do == "declare"} if before else set()
    new = {each.column for each in spec.treatments if each.do == "declare"} - known
    return bool(new) and not commands(actor, entry)


def _wait(actor: Actor, key: str, number: int) -> None:
    with transaction.atomic():
        entry = own_entry(actor, key)
        Entry.objects.filter(pk=entry.pk).update(waits=number, sequence=intake.advance())
        note_turn(actor, entry, "waiting", "")


@verb(Right.EDIT, SUBJECT)
def submit(actor: Actor, key: str, reason: str = "") -> Dataset:
    """Ask that a draft, or what was withdrawn, be looked at and published."""
    return _move(actor, key, "submit", reason)


@verb(Right.EDIT, SUBJECT)
def accept(actor: Actor, key: str, reason: str = "") -> Dataset:
    """Publish a dataset that is in review, and its further tables with it: from now on everybody sees it as its level says.

    Where its publisher asks so, that takes somebody else than who submitted it or changed it since; where a column was declared to hold
    nothing personal though it looks so too, unless by the right to command.
    """
    needs_second(actor, key, refuse=True)
    return _move(actor, key, "accept", reason)


def needs_second(actor: Actor, key: str, refuse: bool = False) -> bool:
    """Say whether somebody else must publish what this actor sent or changed since; if so, `refuse` raises 409. Needs no right: `accept` asks."""
    entry = Entry.objects.filter(edited_by(actor), key=key).first()
    if entry is None or actor is SYSTEM:
        return False
    parts = (part for part in entry_parts(actor, key) if part.state == "review")
    try:
        for each in (entry, *parts):
            _check_second(actor, each)
    except Problem:
        if refuse:
            raise
        return True
    return False


def _check_second(actor: Actor, entry: Entry) -> None:
    """Refuse an entry that awaits somebody else than this actor: 409."""
    last = list(entry.turns.order_by("-pk"))
    sent = next((place for place, turn in enumerate(last) if turn.state != "changed"), len(last))
    if who(actor) not in {turn.actor for turn in last[: sent + 1]}:
        return
    declared = any(each.do == "declare" for version in _versions(actor, entry.key) for each in version.treatments)
    if declared and not commands(actor, entry):
        raise Problem(409, CONFLICT, "You say that something in it is not personal data, so somebody else looks at it before it is public.")
    if asks_of(_row_of(entry)) != "declared":
        raise Problem(409, CONFLICT, "Its publisher asks that somebody other than who sent it looks at it before it is public.")


@verb(Right.EDIT, SUBJECT)
def send_back(actor: Actor, key: str, reason: str) -> Dataset:
    """Make a dataset in review a draft again, and say what is to be done."""
    return _move(actor, key, "send back", _said(reason))


@verb(Right.EDIT, SUBJECT)
def withdraw(actor: Actor, key: str, reason: str) -> Dataset:
    """Take a published dataset back: its page stays and says why, its rows are closed, no search finds it."""
    return _move(actor, key, "withdraw", _said(reason))


@verb(Right.EDIT, SUBJECT)
def delete_draft(actor: Actor, key: str) -> None:
    """Delete a draft that never was published, and its rows. Raises `Problem` 409 for any other dataset: withdraw it."""
    with transaction.atomic():
        entry = own_entry(actor, key)
        if entry.state not in UNPUBLISHED or entry.turns.filter(state="published").exists():
            raise Problem(409, CONFLICT, f"{key} was published, so it cannot be deleted. Withdraw it: its page will say why.")
        if entry.versioned:
            tables.discard(actor, key)
        for part in entry_parts(actor, key):
            delete_draft(actor, part.key)
        mark, empty = f"deleted-{entry.pk}", intake.encode_row(DatasetRow(uri=f"deleted:{entry.pk}", title={"en": "-"}))
        TurnRecord.objects.filter(entry=entry).delete()
        Entry.objects.filter(pk=entry.pk).update(
            key=mark,
            uri=f"deleted:{entry.pk}",
            title="",
            document=empty,
            state="deleted",
            gone=True,
            reason="",
            part_of="",
            sequence=intake.advance(),
        )
        entry.ways.all().delete()
        audit.record(actor, "delete draft", f"{SUBJECT}.{key}", {})


@verb(Right.EDIT, SUBJECT)
def list_turns(actor: Actor, key: str) -> list[Turn]:
    """Return the steps of a dataset through publication, the first one first: for whoever may edit it."""
    entry = Entry.objects.filter(edited_by(actor), key=key).first()
    if entry is None:
        raise not_found("dataset", key)
    return [Turn(each.state, each.actor, each.name, each.time, each.reason) for each in entry.turns.all()]


@verb(Right.EDIT, SUBJECT)
def list_unpublished(actor: Actor, state: str = "", limit: int = 200) -> list[Dataset]:
    """Return the drafts and what is in review, as far as the actor may edit them, those that wait longest first."""
    found = Entry.objects.filter(edited_by(actor), source=OURS, state__in=(state,) if state in UNPUBLISHED else UNPUBLISHED)
    return [dataset_of(entry) for entry in found.order_by("since", "pk")[: max(1, min(limit, 1000))]]


@verb(Right.EDIT, SUBJECT)
def publish(actor: Actor, row: DatasetRow, source: Path | bytes, spec: Spec) -> Published:
    """Keep a file as the next version of a dataset of our own, and its entry with ways to get it, published at once.

    The entry is as strict as the strictest column unless the row says otherwise. An unchanged file changes nothing.
    Raises `Problem` 409 for a dataset that is a draft or withdrawn.
    """
    held = Entry.objects.filter(source=OURS, uri=row.uri).first()
    if held and held.state != "published":
        raise Problem(409, CONFLICT, f"{held.key} is not published. Set its rows, and let it be accepted.", state=held.state)
    key = held.key if held else intake.new_key(row, OURS, set(Entry.objects.values_list("key", flat=True)))
    published = tables.publish(actor, key, source, spec)
    with transaction.atomic():
        changed = _keep(actor, own_row(row, key, published.version, spec), versioned=True)
        if not held:
            note_turn(actor, Entry.objects.get(source=OURS, uri=row.uri), "published", "")
        if published.changed or changed:
            audit.record(actor, "publish", f"{SUBJECT}.{key}", {"version": published.version.number, "rows": published.version.rows})
    return published


def own_row(row: DatasetRow, key: str, version: Version, spec: Spec) -> DatasetRow:
    """Return the row as the catalogue keeps it: what the version knows better, and our own addresses of the data."""
    licence = row.licence or licence_key(spec.licence)
    held = {each.url: each for each in row.distributions}
    forms = [(*form, address(key, form[0])) for form in FORMS if form[0] != "geojson" or version.geometry]
    ours = tuple(
        msgspec.structs.replace(held.get(url) or Distribution(), format=form, media_type=media_type, url=url, licence=licence)
        for form, media_type, url in forms
    )
    return msgspec.structs.replace(
        row,
        key=key,
        licence=licence,
        level=version.level if row.level is None else row.level,
        area=row.area or version.area,
        modified=row.modified or version.created,
        box=box_of(version, row.level) or row.box,
        distributions=(*ours, *(each for each in row.distributions if not is_ours(each, key))),
    )


def box_of(version: Version, level: Level | None) -> Box | None:
    """Return the place that a version covers, unless its shapes are for fewer people than its entry."""
    shapes = next((column.level for column in version.columns if column.name == GEOMETRY), version.level)
    return version.bbox if level is None or shapes <= level else None


def address(key: str, form: str) -> str:
    """Return where a dataset of our own is downloaded."""
    return f"/api/tables/{key}/export/{form}"


def is_ours(distribution: Distribution, key: str) -> bool:
    """Say whether a way to get a dataset is our own."""
    return distribution.url in {address(key, form) for form, _media in FORMS}


def _versions(actor: Actor, key: str) -> list[Version]:
    found = tables.find_version(actor, key)
    return [found] if found else []


def _move(actor: Actor, key: str, move: str, reason: str) -> Dataset:
    """Bring a dataset from one state to another, its rows with it. Raises `Problem` 409 when it does not stand where the move starts."""
    origins, target = NEXT[move]
    with transaction.atomic():
        entry = own_entry(actor, key)
        if entry.state not in origins:
            raise Problem(
                409,
                CONFLICT,
                f"{key} has moved on since you looked. See where it stands on its page, then decide.",
                state=entry.state,
                starts=list(origins),
            )
        now = datetime.now(UTC)
        Entry.objects.filter(pk=entry.pk).update(state=target, since=now, reason=reason[:1000], changed=now, sequence=intake.advance())
        if entry.versioned and target in ("published", "withdrawn"):
            (tables.release if target == "published" else tables.hold)(actor, key)
        note_turn(actor, entry, target, reason)
        for part in entry_parts(actor, key):
            if part.state in origins:
                _move(actor, part.key, move, reason)
        audit.record(actor, move, f"{SUBJECT}.{key}", {"state": target}, ground=reason)
    return _dataset(entry.pk)


def _keep(actor: Actor, row: DatasetRow, *, versioned: bool, state: str = "published") -> bool:
    """Write one row of our own as far as the actor may; say whether it was new or changed."""
    held = reach(actor, Right.EDIT, f"{SUBJECT}.{row.key}" if row.key else SUBJECT)
    plan = intake.compare([row], OURS, held)
    if plan.counts.refused:
        raise refusal(actor, Right.EDIT, SUBJECT) if "may not edit" in str(plan.counts.faults[0]) else wrong(str(plan.counts.faults[0]))
    intake.write(plan, OURS, versioned=versioned, whole=False, reach=held, state=state)
    if plan.rows:
        entry = Entry.objects.get(source=OURS, uri=row.uri)
        tables_of.note_ways(entry, row)
        if entry.state == "review":
            note_turn(actor, entry, "changed", "")
    return bool(plan.rows)


def _hold_publisher(actor: Actor, entry: Entry, row: DatasetRow) -> None:
    """Refuse to name another publisher where the one there is asks for a second person, or a published entry's new one; not to who may command."""
    before = _row_of(entry)
    if (before.publisher and before.publisher.key) == (row.publisher and row.publisher.key) or commands(actor, entry):
        return
    if entry.state == "published" and asks_of(row) != "declared":
        said = "That publisher asks for a second person. Only somebody who may command can name it for what is public already."
        raise Problem(409, CONFLICT, said)
    if asks_of(before) != "declared":
        raise Problem(409, CONFLICT, "Its publisher asks for a second person. Only somebody who may command can name another publisher.")


def _row_of(entry: Entry) -> DatasetRow:
    return intake.decode_row(bytes(entry.document))


def redescribe(actor: Actor, key: str, row: DatasetRow) -> None:
    """Write the description of a dataset of our own whole, its ways to get the data included: for verbs that add or take away a table."""
    entry = own_entry(actor, key)
    _keep(actor, row, versioned=entry.versioned)
    audit.record(actor, "set dataset", f"{SUBJECT}.{key}", {})


def entry_parts(actor: Actor, key: str) -> list[Entry]:
    """Return the further tables of a dataset, as far as the actor may edit them."""
    return list(Entry.objects.filter(edited_by(actor), source=OURS, part_of=key).order_by("pk"))


def own_entry(actor: Actor, key: str) -> Entry:
    """Return a dataset of our own that the actor may edit. Raises `Problem` 404, or 403 to somebody who may only see it."""
    found = Entry.objects.filter(edited_by(actor), key=key)
    entry = (found.select_for_update() if transaction.get_connection().in_atomic_block else found).first()
    if entry is None:
        raise refusal(actor, Right.EDIT, f"{SUBJECT}.{key}") if Entry.objects.filter(seen_by(actor), key=key).exists() else not_found("dataset", key)
    if entry.source != OURS:
        raise Problem(409, CONFLICT, f"{key} is described by {entry.source}; change it there.")
    return entry


def note_turn(actor: Actor, entry: Entry, state: str, reason: str) -> None:
    """Keep one step of a dataset: who, when, why."""
    TurnRecord.objects.create(entry=entry, state=state, actor=who(actor), name=actor.name[:200], time=datetime.now(UTC), reason=reason[:1000])


def _dataset(pk: int) -> Dataset:
    return dataset_of(Entry.objects.get(pk=pk))


def _said(reason: str) -> str:
    if not reason.strip():
        raise wrong("Say why: whoever meets this dataset next will want to know.", where="reason")
    return reason.strip()
