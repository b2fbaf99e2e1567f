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
from zinneke.foundations.fetching import Fetcher
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.findings import Inspection
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.office.publishing import refreshing, rules
from zinneke.office.publishing.models import Upload
from zinneke.office.publishing.rules import LARGEST, SUBJECT
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
def add_upload(actor: Actor, source: Path | bytes, name: str, address: str = "", dataset: str = "") -> Work:
    """Begin a publication with a file, or as a new version of a dataset of our own. Raises `Problem` 413 for too much, 409 for too many."""
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if not size:
        raise wrong("The file is empty. Choose another one.", where="file")
    if size > LARGEST:
        raise Problem(
            413, "Too large", f"At most {LARGEST // 1_000_000} MB are taken here. Larger files are loaded with `zinneke load`.", where="file"
        )
    if Upload.objects.filter(owner=actor.key).count() >= MOST:
        raise Problem(409, "Too many", f"You have begun {MOST} publications. Finish or delete one of them first.", where="file")
    row = DatasetRow(uri="", title={})
    if dataset:
        row = catalogue.get_dataset(actor, dataset).row
    now, key = datetime.now(UTC), secrets.token_hex(8)
    place = _folder(key)
    place.mkdir(parents=True)
    target = place / "source"
    if isinstance(source, bytes):
        target.write_bytes(source)
    else:
        shutil.copyfile(source, target)
    record = Upload(
        key=key, owner=actor.key[:200], name=_clean(name), address=address[:2000], dataset=dataset,
        spec=encode(Spec(name=_clean(name))), row=encode(row), created=now, changed=now,
    )  # fmt: skip
    _look(actor, record, first=True)
    record.save()
    return _work(actor, record)


@verb(Right.EDIT, SUBJECT)
def fetch_upload(actor: Actor, address: str, dataset: str = "") -> Work:
    """Begin a publication with what is at a public web address. Raises `Problem` 400, 413 or 502 when it cannot be had."""
    place = _folder(f"fetched-{secrets.token_hex(8)}")
    place.mkdir(parents=True)
    try:
        with Fetcher("publishes data", most=LARGEST, seconds=60, again=()) as fetcher:
            answer = fetcher.save(address, place / "body")
        name = answer.address.partition("?")[0].rstrip("/").rpartition("/")[2] or "data"
        return add_upload(actor, place / "body", name, address, dataset)
    finally:
        shutil.rmtree(place, ignore_errors=True)


@verb(Right.EDIT, SUBJECT)
def list_uploads(actor: Actor) -> list[Work]:
    """Return what the actor has begun, the newest first."""
    return [_work(actor, record, parts=False) for record in Upload.objects.filter(owner=actor.key).order_by("-changed")[:MOST]]


@verb(Right.EDIT, SUBJECT)
def get_upload(actor: Actor, key: str) -> Work:
    """Return what the actor has begun. Raises `Problem` 404, also for what somebody else has."""
    return _work(actor, _own(actor, key))


@verb(Right.EDIT, SUBJECT)
def set_spec(actor: Actor, key: str, spec: Spec) -> Work:
    """Read the source anew in another way; what cannot be read so is told in `fault`, and the way is kept for correction."""
    record = _own(actor, key)
    record.spec = encode(spec)
    _look(actor, record)
    record.changed = datetime.now(UTC)
    record.save()
    return _work(actor, record)


@verb(Right.EDIT, SUBJECT)
def set_row(actor: Actor, key: str, row: DatasetRow, ground: str) -> Work:
    """Describe what is being published."""
    record = _own(actor, key)
    record.row, record.ground, record.changed = encode(row), ground[:40], datetime.now(UTC)
    record.save()
    return _work(actor, record)


@verb(Right.EDIT, SUBJECT)
def finish_upload(actor: Actor, key: str, publish: bool = False, hours: int = 0) -> Dataset:
    """Make a draft of the catalogue of what was begun and submit it; with `publish`, accept it at once where that is allowed.

    With `hours`, what came from a web address is fetched again every so many hours, in the same way.

    Raises `Problem` 409 while personal data are unsettled, groups are too small, or the title is missing.
    """
    record = _own(actor, key)
    work = _work(actor, record, parts=False)
    check_ready(work)
    spec = msgspec.structs.replace(work.spec, lineage=_lineage(work), source=work.address or work.spec.source, licence=work.row.licence)
    if work.dataset:
        held = catalogue.get_dataset(actor, work.dataset)
        catalogue.set_rows(actor, held.key, _source(record), spec)
        held = catalogue.get_dataset(actor, held.key)
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
        if publish:
            made = catalogue.accept(actor, made.key)
    if hours and work.address:
        refreshing.set_refresh(actor, made.key, work.address, hours, spec)
    audit.record(actor, "finish upload", f"{SUBJECT}.{made.key}", {"name": record.name}, ground=record.ground)
    _forget(record)
    return catalogue.get_dataset(actor, made.key)


@verb(Right.EDIT, SUBJECT)
def delete_upload(actor: Actor, key: str) -> None:
    """Give up what was begun: nothing of it is kept."""
    _forget(_own(actor, key))


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


def _lineage(work: Work) -> tuple[str, ...]:
    said = [f"Published from {work.address or work.name}."]
    if work.ground in rules.GROUNDS:
        said.append(f"Ground: {rules.GROUNDS[work.ground].en}.")
    return tuple(said)


def _look(actor: Actor, record: Upload, first: bool = False) -> None:
    """Inspect the source as it is read and as it will be, and keep what was found; what tells of people is closed from the first look on."""
    spec = _spec(bytes(record.spec))
    source = _source(record)
    try:
        raw = tables.check_source(actor, source, msgspec.structs.replace(spec, treatments=(), quasi=(), k=0))
        if first:
            closed = tuple(ColumnSpec(name=each.source, level=each.suggested) for each in raw.columns if each.suggested > Level.PUBLIC)
            spec = msgspec.structs.replace(spec, columns=closed)
            record.spec = encode(spec)
        plain = not spec.treatments and not spec.quasi
        found = raw if plain else tables.check_source(actor, source, spec, max(2, spec.k))
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
        parts=tuple(tables.check_parts(actor, _source(record))) if parts else (),
        created=record.created,
        changed=record.changed,
    )


def _own(actor: Actor, key: str) -> Upload:
    record = Upload.objects.filter(owner=actor.key, key=key).first()
    if record is None or not _source(record).is_file():
        raise not_found("publication", key)
    return record


def _folder(key: str) -> Path:
    return Path(settings.DATA, "publishing", key)


def _source(record: Upload) -> Path:
    return _folder(record.key) / "source"


def _forget(record: Upload) -> None:
    record.delete()
    shutil.rmtree(_folder(record.key), ignore_errors=True)


def _clean(name: str) -> str:
    return " ".join(name.replace("\\", "/").rpartition("/")[2].split())[-200:] or "data"
