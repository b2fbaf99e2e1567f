"""The verbs of harvesting: name a catalogue elsewhere, read it, say what became of it. What fails or shrinks takes nothing away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from urllib.parse import urlsplit

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Q

from zinneke.foundations.audit import store as audit
from zinneke.foundations.catalogue import duplicates, intake, store
from zinneke.foundations.catalogue.harvest.asking import MOST, Kind, UnchangedError, Visit
from zinneke.foundations.catalogue.models import Entry, Gathering, Harvest
from zinneke.foundations.catalogue.standing import SUBJECT
from zinneke.foundations.catalogue.values import DatasetRow, Duplicate, HarvestReport, HarvestRun, HarvestSource
from zinneke.foundations.catalogue.words import slug
from zinneke.foundations.fetching import Fetcher, check_address
from zinneke.foundations.identity.within import within
from zinneke.kernel.confidentiality import Actor, Level, Right, demand
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb

KINDS = ("ckan", "explore", "dcat", "records", "wfs", "folder")
"""The kinds of catalogue: modules of `harvest`, imported when one is read."""
CHANGES_ONLY = frozenset({"ckan", "explore"})
"""Kinds that can be asked for what changed since; once a week they are read whole all the same."""
WHOLE = timedelta(days=7)
SHRINK = 0.8
"""When fewer than this share of what was listed is listed now, nothing is marked as gone until a person says so."""
LONGEST = timedelta(hours=2)
KEPT = 30
"""Runs that are kept of each source."""
SHOWN = 200
Make = Callable[[], Fetcher]


def fetcher() -> Fetcher:
    """Return a polite fetcher: a second between requests, twenty megabytes an answer, one connection. It needs no right: it only carries."""
    return Fetcher("harvests open data catalogues", pause=1.0, requests=3_000, seconds=120.0)


def reader(kind: str) -> Kind:
    """Return what reads a kind of catalogue. It needs no right: it only reads what a verb hands it."""
    read: Kind = import_module(f"zinneke.foundations.catalogue.harvest.{kind}").read
    return read


@verb(Right.EDIT, SUBJECT)
def add_harvest(actor: Actor, source: HarvestSource, make: Make | None = None) -> HarvestSource:
    """Name a catalogue to read from time to time. Raises `Problem` 400 for an address that may not be read, 409 for a name that is taken."""
    demand(actor, Right.EDIT, SUBJECT, source.level, source.area)
    key = source.key or slug(urlsplit(source.address).hostname or "")[:60]
    if source.kind not in KINDS:
        raise wrong(f"There is no kind of catalogue {source.kind!r}. There are {', '.join(KINDS)}.", where="kind")
    if not key or slug(key) != key or len(key) > 60 or key == store.OURS:
        raise wrong(f"{key!r} cannot be the name of a source. Write lower-case letters, digits and hyphens.", where="key")
    if not 1 <= source.hours <= 24 * 90 or source.language not in ("", "fr", "nl", "en", "de") or len(source.address) > 2000:
        raise wrong("Read it every 1 to 2,160 hours, and name the language of its texts as fr, nl, en or de, or not at all.", where="hours")
    check_address(source.address, (make or fetcher)().resolve)
    try:
        with transaction.atomic():
            if Entry.objects.filter(source=key).exists():
                raise IntegrityError
            Harvest.objects.create(
                key=key, kind=source.kind, address=source.address, hours=source.hours, language=source.language, level=source.level,
                area=source.area, owner=actor.name or actor.key, active=source.active, due=datetime.now(UTC),
            )  # fmt: skip
            audit.record(actor, "harvest.add", f"{SUBJECT}:{key}", {"kind": source.kind, "address": source.address})
    except IntegrityError:
        raise Problem(409, "Taken", f"There is a source {key!r} already. Choose another name.", where="key") from None
    return get_harvest(actor, key)


def _reached(actor: Actor) -> Q:
    return within(actor, Right.EDIT, SUBJECT)


@verb(Right.EDIT, SUBJECT)
def list_harvests(actor: Actor) -> list[HarvestSource]:
    """Return the catalogues that are read, by name, each with its last run."""
    return [_source(each) for each in Harvest.objects.filter(_reached(actor)).order_by("key")]


@verb(Right.EDIT, SUBJECT)
def get_harvest(actor: Actor, key: str) -> HarvestSource:
    """Return one of them. Raises `Problem` 404."""
    return _source(_find(actor, key))


@verb(Right.EDIT, SUBJECT)
def list_gatherings(actor: Actor, key: str) -> list[HarvestRun]:
    """Return the runs of one of them, the newest first."""
    return [_run(each) for each in _find(actor, key).gatherings.all()[:KEPT]]


@verb(Right.EDIT, SUBJECT)
def set_harvest(actor: Actor, key: str, active: bool | None = None, due: bool = False, accept_shrink: bool = False) -> HarvestSource:
    """Stop reading a catalogue, go on reading it, or have it read as soon as may be. Raises `Problem` 404.

    `accept_shrink` lets the next run mark what is listed no longer as gone, however much it is.
    """
    row = _find(actor, key)
    row.active = row.active if active is None else active
    row.due = datetime.now(UTC) if due else row.due
    row.accepted = row.accepted or accept_shrink
    row.save(update_fields=("active", "due", "accepted"))
    audit.record(actor, "harvest.set", f"{SUBJECT}:{key}", {"active": row.active, "due": due, "accept": accept_shrink})
    return _source(row)


@verb(Right.EDIT, SUBJECT)
def run_harvest(actor: Actor, key: str, *, accept_shrink: bool = False, make: Make | None = None, now: datetime | None = None) -> HarvestRun:
    """Read a catalogue now and bring its entries to what it lists. Never raises for what the remote does: the report says it.

    With `accept_shrink` what is no longer listed is marked as gone however much it is. Raises `Problem` 404, or 409 while it is being read.
    """
    row, now = _find(actor, key), now or datetime.now(UTC)
    free = Q(begun__isnull=True) | Q(begun__lt=now - LONGEST)
    if not Harvest.objects.filter(free, pk=row.pk).update(begun=now):
        raise Problem(409, "Busy", f"{key} is being read at this moment. Look again in a few minutes.")
    started = time.monotonic()
    try:
        outcome, report = _gather(actor, row, now, accept_shrink or row.accepted, make)
    finally:
        Harvest.objects.filter(pk=row.pk).update(begun=None)
    failed = outcome == "failed"
    row.failures = row.failures + 1 if failed else 0
    row.due = now + timedelta(hours=min(row.hours, 2 ** min(row.failures, 8)) if failed else row.hours)
    row.accepted = row.accepted and failed
    row.save(update_fields=("failures", "due", "whole", "validators", "accepted"))
    made = row.gatherings.create(time=now, seconds=time.monotonic() - started, outcome=outcome, report=msgspec.json.encode(report))
    Gathering.objects.filter(harvest=row, pk__in=list(row.gatherings.values_list("pk", flat=True)[KEPT:])).delete()
    return _run(made)


def _gather(actor: Actor, row: Harvest, now: datetime, accept_shrink: bool, make: Make | None) -> tuple[str, HarvestReport]:
    """Read everything first, then write: what breaks off on the way has written nothing but what it gave whole."""
    since = row.whole - timedelta(hours=1) if row.kind in CHANGES_ONLY and row.whole and now - row.whole < WHOLE else None
    before = msgspec.json.decode(bytes(row.validators), type=dict[str, tuple[str, str]])
    with (make or fetcher)() as asking:
        visit = Visit(row.address, asking, row.language or "und", None if accept_shrink else since, {} if accept_shrink else before)
        try:
            found = _read(row, visit)
        except UnchangedError:
            return "unchanged", HarvestReport(notes=("unchanged",))
    rows = sum(isinstance(each, DatasetRow) for each in found)
    faults = len(found) - rows
    present = Entry.objects.filter(source=row.key, gone=False).count()
    notes = []
    whole = visit.since is None and not faults
    if not rows and visit.since is None and present:
        notes, whole = ["nothing"], False
    elif whole and rows < present * SHRINK and not accept_shrink:
        notes, whole = ["shrunk"], False
    elif faults and visit.since is None:
        notes = ["incomplete"]
    missing = _missing(row.key, {each.uri for each in found if isinstance(each, DatasetRow)}) if visit.since is None else []
    counts = store.set_datasets(actor, found, row.key, whole)
    gone = missing if whole and not counts.refused else []
    if not counts.refused and not notes:
        row.validators = msgspec.json.encode(visit.after)
        row.whole = now if visit.since is None and not notes else row.whole
    report = HarvestReport(
        listed=rows, added=counts.added, changed=counts.changed - len(gone), unchanged=counts.unchanged, gone=len(gone), refused=counts.refused,
        missing=0 if gone else len(missing), names=tuple(missing[:SHOWN]),
        faults=tuple((fault.where[:500], fault.what[:1000]) for fault in counts.faults),
        duplicates=tuple(_duplicates(row.key)), notes=tuple(notes), requests=asking.asked, changes_only=visit.since is not None,
    )  # fmt: skip
    return ("failed" if faults and not rows else "kept" if notes or counts.refused else "done"), report


def _read(row: Harvest, visit: Visit) -> list[DatasetRow | Fault]:
    """Return what a source gives, up to the point where it fails. Raises `UnchangedError` where it says that nothing changed."""
    found: list[DatasetRow | Fault] = []
    seen: set[str] = set()
    try:
        for each in reader(row.kind)(visit):
            if isinstance(each, DatasetRow) and each.uri in seen:
                continue  # a catalogue that changes while it is paged gives one twice
            seen.add(each.uri if isinstance(each, DatasetRow) else "")
            found.append(_levelled(each, row))
            if len(found) >= MOST:
                found.append(Fault(row.address, f"There are more than {MOST:,} datasets; the rest was not read."))
                break
    except Problem as problem:
        found.append(Fault(row.address, problem.detail))
    return found


def _levelled(each: DatasetRow | Fault, row: Harvest) -> DatasetRow | Fault:
    """Return what was read as confidential as its source is."""
    return each if isinstance(each, Fault) else msgspec.structs.replace(each, level=Level(row.level), area=row.area)


def _missing(source: str, listed: set[str]) -> list[str]:
    return [title for uri, title in Entry.objects.filter(source=source, gone=False).order_by("pk").values_list("uri", "title") if uri not in listed]


def _duplicates(source: str) -> list[Duplicate]:
    def rows(own: bool) -> Iterator[Entry]:
        found = Entry.objects.filter(gone=False, state="published")
        return (found.filter(source=source) if own else found.exclude(source=source)).only("key", "source", "document").iterator(1_000)

    ours = ((entry.key, intake.decode_row(bytes(entry.document))) for entry in rows(True))
    others = ((entry.key, entry.source, intake.decode_row(bytes(entry.document))) for entry in rows(False))
    return duplicates.find(ours, others, SHOWN)


def _find(actor: Actor, key: str) -> Harvest:
    found = Harvest.objects.filter(_reached(actor), key=key).first()
    if found is None:
        raise not_found("source", key)
    return found


def _source(row: Harvest) -> HarvestSource:
    last = row.gatherings.first()
    return HarvestSource(
        key=row.key, kind=row.kind, address=row.address, hours=row.hours, language=row.language, level=Level(row.level), area=row.area,
        owner=row.owner, active=row.active, due=row.due, reading=row.begun is not None, failures=row.failures, last=_run(last) if last else None,
    )  # fmt: skip


def _run(row: Gathering) -> HarvestRun:
    return HarvestRun(row.time, row.seconds, row.outcome, msgspec.json.decode(bytes(row.report), type=HarvestReport))


@verb(Right.EDIT, SUBJECT)
def list_due(actor: Actor, now: datetime) -> list[str]:
    """Return the names of the catalogues whose time has come, the longest waiting first."""
    return list(Harvest.objects.filter(_reached(actor), active=True, due__lte=now).order_by("due").values_list("key", flat=True))
