"""Fetch a dataset again from where it comes from time to time, visibly. What fails is tried again later and never removes the last good version."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from django.conf import settings

from zinneke.foundations.audit import store as audit
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.identity.within import within
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import SYSTEM, Actor, Right
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.office.publishing import models, rules, sources
from zinneke.office.publishing.rules import SUBJECT
from zinneke.office.publishing.sources import Brought, FromWeb, Source
from zinneke.office.publishing.values import Refresh

HOURS = (1, 6, 24, 168, 720)
"""How often a dataset may be fetched again."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=24)
STUCK = timedelta(hours=1)
"""After which a fetch that was begun was left by a process that is gone."""
Save = Callable[[Actor, Source, Path, str, str], Brought]
_spec = msgspec.json.Decoder(Spec).decode


@verb(Right.EDIT, SUBJECT)
def set_refresh(actor: Actor, dataset: str, source: Source, hours: int, spec: Spec, made: str = "") -> Refresh:
    """Fetch a published dataset of our own again every so many hours, read as the spec says, for the actor. Raises `Problem` 400, 403, 404.

    `made` is the mark of the version that was just made so and waits for a second person.
    """
    catalogue.list_turns(actor, dataset)  # whoever may edit the dataset
    found = catalogue.get_dataset(actor, dataset)
    if found.source != catalogue.OURS or not found.versioned:
        raise wrong("Only datasets whose rows are kept here are fetched again.", where="dataset")
    if hours not in HOURS:
        raise wrong("Choose how often it is fetched.", where="hours")
    address, sealed = sources.told(source), sources.seal(sources.check(actor, source), f"refresh:{dataset}")
    now = datetime.now(UTC)
    kept = {
        "address": address[:2000], "source": sealed, "person": actor.person, "made": made,
        "hours": hours, "spec": msgspec.json.encode(spec), "state": "waiting", "since": now, "due": now, "tries": 0,
        "fault": "", "etag": "", "modified": "", "level": found.level, "area": found.area,
    }  # fmt: skip
    record, _made = models.Refresh.objects.update_or_create(dataset=dataset, defaults=kept)
    audit.record(actor, "set refresh", f"{SUBJECT}.{dataset}", {"address": address, "hours": hours})
    return _value(record)


@verb(Right.EDIT, SUBJECT)
def find_refresh(actor: Actor, dataset: str) -> Refresh | None:
    """Return how the refresh of a dataset stands, None when there is none that the actor may edit."""
    record = models.Refresh.objects.filter(within(actor, Right.EDIT, SUBJECT, part="dataset"), dataset=dataset).first()
    return _value(record) if record else None


@verb(Right.EDIT, SUBJECT)
def list_failed(actor: Actor) -> list[Refresh]:
    """Return the refreshes that fail, as far as the actor may edit them, those that fail longest first."""
    found = models.Refresh.objects.filter(within(actor, Right.EDIT, SUBJECT, part="dataset"), state="failed")
    return [_value(each) for each in found.order_by("since")[:100]]


@verb(Right.EDIT, SUBJECT)
def stop_refresh(actor: Actor, dataset: str) -> None:
    """Fetch a dataset no more; its versions stay. Raises `Problem` 404."""
    done, _ = models.Refresh.objects.filter(within(actor, Right.EDIT, SUBJECT, part="dataset"), dataset=dataset).delete()
    if not done:
        raise not_found("refresh", dataset)
    audit.record(actor, "stop refresh", f"{SUBJECT}.{dataset}", {})


def refresh_due(now: datetime, save: Save | None = None, most: int = 3) -> str:
    """Fetch what is due, a few at a time, and return a line for the log. Needs no right: the platform at work for itself."""
    models.Refresh.objects.filter(state="fetching", since__lt=now - STUCK).update(state="waiting", since=now, due=now)
    told = []
    due = models.Refresh.objects.filter(due__lte=now).exclude(state="fetching").exclude(dataset__in=catalogue.list_unsettled())
    for record in due.order_by("due")[:most]:
        taken = models.Refresh.objects.filter(pk=record.pk, state=record.state, since=record.since).update(state="fetching", since=now)
        if taken:
            told.append(f"{record.dataset} {_refresh(record, now, save or sources.bring)}")
    return ", ".join(told)


def _refresh(record: models.Refresh, now: datetime, save: Save) -> str:
    """Fetch one, and write down how it went."""
    place = Path(tempfile.mkdtemp(prefix="refresh-", dir=_place()))
    try:
        state, version = _fetched(record, place / "source", save)
        kept = {"state": state, "tries": 0, "fault": "", "due": now + timedelta(hours=record.hours), "succeeded": now, "version": version}
        since = record.since if state == "unchanged" and record.state == state else now
    except Problem as problem:
        pause = min(FIRST_PAUSE * 2 ** min(record.tries, 12), LONGEST_PAUSE)
        state, since = "failed", record.since if record.state == "failed" else now
        kept = {"state": state, "tries": record.tries + 1, "fault": (problem.detail or problem.title)[:2000], "due": now + pause}
    finally:
        shutil.rmtree(place, ignore_errors=True)
    kept |= {"etag": record.etag, "modified": record.modified, "made": record.made} if state != "failed" else {}
    models.Refresh.objects.filter(pk=record.pk, source=record.source).update(since=since, **kept)
    return state


def _fetched(record: models.Refresh, path: Path, save: Save) -> tuple[str, int]:
    """Return whether there is a new version, and the number of the newest. Raises `Problem` for whatever keeps it from being one."""
    actor, spec = sources.acting(record.person), _spec(bytes(record.spec))
    source = sources.unseal(record.source, f"refresh:{record.dataset}") if record.source else FromWeb(record.address)
    brought = save(actor, source, path, record.etag, record.modified)
    answer = brought.answer
    if answer is not None and answer.status == 304:
        return "unchanged", record.version
    if spec.name.lower().endswith(".gz"):
        spec = msgspec.structs.replace(spec, name=brought.name)
    raw = rules.raised(tables.check_source(SYSTEM, path, msgspec.structs.replace(spec, treatments=(), quasi=(), k=0)), brought.floor)
    if rules.unsettled(raw, spec):
        raise Problem(409, "Personal data", "Some columns tell of people and would be open. Treat them, or close them.")
    done = catalogue.set_rows(SYSTEM if _accepted(record) else actor, record.dataset, path, spec)
    if done.changed and done.version.held:
        record.made = done.version.mark
    if answer is not None:
        record.etag, record.modified = answer.etag, answer.modified
    return "new" if done.changed else "unchanged", done.version.number


def _accepted(record: models.Refresh) -> bool:
    """Say whether somebody else opened what was made from this source in this way: from then on it is the platform's own work."""
    return bool(record.made) and any(each.mark == record.made and not each.held for each in tables.list_versions(SYSTEM, record.dataset))


def _place() -> Path:
    place = Path(settings.DATA, "publishing")
    place.mkdir(parents=True, exist_ok=True)
    return place


def _value(each: models.Refresh) -> Refresh:
    return Refresh(
        dataset=each.dataset, address=each.address, hours=each.hours, state=each.state, since=each.since, due=each.due, tries=each.tries,
        fault=each.fault, version=each.version, succeeded=each.succeeded,
    )  # fmt: skip
