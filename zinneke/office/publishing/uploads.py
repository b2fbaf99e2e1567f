"""Publications that somebody has begun: theirs alone, kept until they become a draft of the catalogue or are given up."""

from __future__ import annotations

import secrets
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from django.conf import settings

from zinneke.foundations.audit import store as audit
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import Dataset, DatasetRow
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.findings import Inspection
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.office.publishing import refreshing, rules, sources
from zinneke.office.publishing.models import Upload
from zinneke.office.publishing.rules import LARGEST, SUBJECT
from zinneke.office.publishing.sources import Source
from zinneke.office.publishing.values import Work

MOST = 30
"""Publications that one person may have begun."""
UNSETTLED = "Not settled yet"
KEPT = timedelta(days=30)

encode = msgspec.json.Encoder().encode
_spec = msgspec.json.Decoder(Spec).decode
_row = msgspec.json.Decoder(DatasetRow).decode
_inspection = msgspec.json.Decoder(Inspection).decode


@verb(Right.EDIT, SUBJECT)
def add_upload(actor: Actor, source: Path | bytes, name: str, dataset: str = "") -> Work:
    """Begin a publication with a file, or as a new version of a dataset of our own. Raises `Problem` 413 for too much, 409 for too many."""
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if not size:
        raise wrong("The file is empty. Choose another one.", where="file")
    if size > LARGEST:
        raise Problem(
            413, "Too large", f"At most {LARGEST // 1_000_000} MB are taken here. Larger files are loaded with `zinneke load`.", where="file"
        )
    record = begun(actor, name, dataset)
    target = _source(record)
    if isinstance(source, bytes):
        target.write_bytes(source)
    else:
        shutil.copyfile(source, target)
    look(actor, record, first=True)
    record.save()
    return _work(actor, record)


def begun(actor: Actor, name: str, dataset: str) -> Upload:
    """Return the record of a publication that begins, not yet kept, with a folder of its own. Needs no right: for `add_upload` and the like."""
    if Upload.objects.filter(owner=actor.key).count() >= MOST:
        raise Problem(409, "Too many", f"You have begun {MOST} publications. Finish or delete one of them first.", where="file")
    row = catalogue.get_dataset(actor, dataset).row if dataset else DatasetRow(uri="", title={})
    now, key = datetime.now(UTC), secrets.token_hex(8)
    folder(key).mkdir(parents=True)
    return Upload(
        key=key, owner=actor.key[:200], name=clean(name), dataset=dataset,
        spec=encode(Spec(name=clean(name))), row=encode(row), created=now, changed=now,
    )  # fmt: skip


@verb(Right.EDIT, SUBJECT)
def list_uploads(actor: Actor) -> list[Work]:
    """Return what the actor has begun, the newest first."""
    return [_work(actor, record, parts=False) for record in Upload.objects.filter(owner=actor.key).order_by("-changed")[:MOST]]


@verb(Right.EDIT, SUBJECT)
def get_upload(actor: Actor, key: str) -> Work:
    """Return what the actor has begun. Raises `Problem` 404, also for what somebody else has."""
    return _work(actor, own(actor, key))


@verb(Right.EDIT, SUBJECT)
def set_spec(actor: Actor, key: str, spec: Spec) -> Work:
    """Read the source anew in another way; what cannot be read so is told in `fault`, and the way is kept for correction."""
    record = _here(actor, key)
    record.spec = encode(spec)
    look(actor, record)
    record.changed = datetime.now(UTC)
    record.save()
    return _work(actor, record)


@verb(Right.EDIT, SUBJECT)
def set_row(actor: Actor, key: str, row: DatasetRow, ground: str) -> Work:
    """Describe what is being published."""
    record = _here(actor, key)
    record.row, record.ground, record.changed = encode(row), ground[:40], datetime.now(UTC)
    record.save()
    return _work(actor, record)


@verb(Right.EDIT, SUBJECT)
def finish_upload(actor: Actor, key: str, publish: bool = False, hours: int = 0) -> Dataset:
    """Make a draft of the catalogue of what was begun and submit it; with `publish`, accept it at once where that is allowed.

    With `hours`, what came from elsewhere is fetched again every so many hours, in the same way.

    Raises `Problem` 409 while personal data are unsettled, groups are too small, or the title is missing.
    """
    record = _here(actor, key)
    work = _work(actor, record, parts=False)
    check_ready(work)
    spec = msgspec.structs.replace(
        work.spec, lineage=rules.steps_of(work.address or work.name, work.ground), source=work.address or work.spec.source, licence=work.row.licence
    )
    waiting = ""
    if work.dataset:
        held = catalogue.get_dataset(actor, work.dataset)
        done = catalogue.set_rows(actor, held.key, _source(record), spec)
        held = catalogue.get_dataset(actor, held.key)
        waiting = done.version.mark if done.changed and held.waits == done.version.number else ""
        made = catalogue.set_dataset(actor, held.key, msgspec.structs.replace(work.row, modified=held.row.modified), held.etag)
    else:
        made = catalogue.add_dataset(actor, work.row)
        try:
            catalogue.set_rows(actor, made.key, _source(record), spec)
        except Problem:
            catalogue.delete_draft(actor, made.key)
            raise
    if made.state == "draft":
        made = catalogue.submit(actor, made.key)
        if publish and not catalogue.needs_second(actor, made.key):
            made = catalogue.accept(actor, made.key)
    if hours and record.source:
        refreshing.set_refresh(actor, made.key, source_of(record), hours, spec, waiting)
    audit.record(actor, "finish upload", f"{SUBJECT}.{made.key}", {"name": record.name}, ground=record.ground)
    _forget(record)
    return catalogue.get_dataset(actor, made.key)


@verb(Right.EDIT, SUBJECT)
def delete_upload(actor: Actor, key: str) -> None:
    """Give up what was begun: nothing of it is kept."""
    _forget(own(actor, key))


def forget_old(now: datetime) -> int:
    """Delete what nobody touched for a month. Returns how many. Needs no right: it is the room's own housekeeping."""
    old = list(Upload.objects.filter(changed__lt=now - KEPT))
    for record in old:
        _forget(record)
    return len(old)


def check_ready(work: Work) -> None:
    """Refuse what must not be published yet, with a sentence. Needs no right: it looks at what is given."""
    if work.raw is None or work.found is None:
        raise Problem(409, UNSETTLED, "The file cannot be read yet. Go back and say how.", where="table")
    if rules.unsettled(work.raw, work.spec):
        raise Problem(409, UNSETTLED, "Some columns tell of people and would be open. Treat them, or close them.", where="people")
    if work.found.groups and work.found.groups.rows and work.spec.k > 1:
        said = "Some people could be recognised in small groups. Generalise further, or leave these rows out."
        raise Problem(409, UNSETTLED, said, where="people")
    if not any(work.row.title.values()):
        raise Problem(409, "No title", "Give the dataset a title, in French or in Dutch at least.", where="about")


def look(actor: Actor, record: Upload, first: bool = False) -> None:
    """Inspect the source as it is read and as it will be, and keep what was found; what tells of people is closed from the first look on.

    Needs no right: for the verbs that take something in.
    """
    spec = _spec(bytes(record.spec))
    source = _source(record)
    try:
        raw = rules.raised(tables.check_source(actor, source, msgspec.structs.replace(spec, treatments=(), quasi=(), k=0)), Level(record.floor))
        if first:
            spec = rules.closed(raw, spec)
            record.spec = encode(spec)
        plain = not spec.treatments and not spec.quasi
        found = raw if plain else rules.raised(tables.check_source(actor, source, spec, max(2, spec.k)), Level(record.floor))
        record.raw, record.found, record.fault = encode(raw), encode(found), ""
    except Problem as problem:
        record.fault = (problem.detail or problem.title)[:2000]
        record.found = b""
        if problem.extra.get("where") not in ("treatments", "quasi"):
            record.raw = b""


def _work(actor: Actor, record: Upload, parts: bool = True) -> Work:
    return Work(
        key=record.key,
        name=record.name,
        address=record.address,
        dataset=record.dataset,
        ground=record.ground,
        spec=_spec(bytes(record.spec)),
        row=_row(bytes(record.row)),
        raw=_inspection(bytes(record.raw)) if record.raw else None,
        found=_inspection(bytes(record.found)) if record.found else None,
        fault=record.fault,
        parts=tuple(tables.check_parts(actor, _source(record))) if parts and record.state == "ready" else (),
        state=record.state,
        came=sum(each.stat().st_size for each in folder(record.key).glob("*")) if record.state == "fetching" else 0,
        again=bool(record.source),
        created=record.created,
        changed=record.changed,
    )


def own(actor: Actor, key: str) -> Upload:
    """Return what the actor has begun. Raises `Problem` 404. Needs no right: it finds one's own alone."""
    record = Upload.objects.filter(owner=actor.key, key=key).first()
    if record is None or (record.state == "ready" and not _source(record).is_file()):
        raise not_found("publication", key)
    return record


def _here(actor: Actor, key: str) -> Upload:
    """Return what the actor has begun, once it has come. Raises `Problem` 404, 409."""
    record = own(actor, key)
    if record.state != "ready":
        raise Problem(409, UNSETTLED, "It is still being fetched. Wait until it has come.", where="table")
    return record


def source_of(record: Upload) -> Source:
    """Return where it comes from. Raises `Problem` 404 for a file, 409. Needs no right: it looks at what is given."""
    if not record.source:
        raise not_found("source", record.key)
    return sources.unseal(record.source, f"upload:{record.key}")


def spec_of(record: Upload) -> Spec:
    """Return how it is read. Needs no right: it looks at what is given."""
    return _spec(bytes(record.spec))


def folder(key: str) -> Path:
    """Return where the files of a publication lie. Needs no right: it is a path."""
    return Path(settings.DATA, "publishing", key)


def _source(record: Upload) -> Path:
    return folder(record.key) / "source"


def _forget(record: Upload) -> None:
    record.delete()
    shutil.rmtree(folder(record.key), ignore_errors=True)


def clean(name: str) -> str:
    """Return a file's name without folders and long blanks. Needs no right: it is a word."""
    return " ".join(name.replace("\\", "/").rpartition("/")[2].split())[-200:] or "data"
