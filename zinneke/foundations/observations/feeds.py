"""Live addresses of publishers, asked by the platform itself: as often as they change, later and later while they fail."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

import msgspec
from django.conf import settings

from zinneke.foundations.fetching import Answer, Fetcher
from zinneke.foundations.observations import models, quarantine, samples
from zinneke.foundations.observations.register import SUBJECT
from zinneke.foundations.observations.values import Receipt
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import SYSTEM, Actor, Right, reach
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import verb
from zinneke.kernel.solution import Solution, Source

SOONEST, LATEST, LONGEST = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=12)
"""Between two questions at least; at most while all is well; at most while it fails."""
LARGEST = 20_000_000
"""Bytes of one answer."""
AT_ONCE = 4
"""Feeds asked in one round."""
Fetch = Callable[[str, str, str], Answer]
"""Asks an address, with the ETag and the date of the answer before."""


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A live address that is asked, and how it goes: `failures` in a row, the last `fault`, when something new came."""

    solution: str
    source: str
    address: str
    every: float
    due: datetime | None = None
    asked: datetime | None = None
    changed: datetime | None = None
    failures: int = 0
    fault: str = ""
    stored: int = 0


@verb(Right.EDIT, SUBJECT)
def list_feeds(actor: Actor) -> list[Feed]:
    """Return the feeds of the solutions that the actor may edit, and how each goes."""
    rows = {(row.solution, row.source): row for row in models.Feed.objects.all()}
    found = []
    for solution, source in _wanted():
        if not reach(actor, Right.EDIT, solution.subject).nothing:
            row = rows.get((solution.key, source.key)) or models.Feed(solution=solution.key, source=source.key)
            found.append(_value(row, source, solution))
    return found


def _value(row: models.Feed, source: Source, solution: Solution) -> Feed:
    return Feed(
        solution=row.solution,
        source=row.source,
        address=source.address,
        every=interval(solution, source).total_seconds(),
        due=row.due,
        asked=row.asked,
        changed=row.changed,
        failures=row.failures,
        fault=row.fault,
        stored=row.stored,
    )


def _wanted() -> Iterator[tuple[Solution, Source]]:
    """Yield the sources with a live address that the city has asked (`ZINNEKE_FEEDS`)."""
    for solution in registry.solutions().values():
        for source in solution.sources:
            if source.address and any(fnmatchcase(f"{solution.key}/{source.key}", word) for word in settings.FEEDS):
                yield solution, source


def interval(solution: Solution, source: Source) -> timedelta:
    """Return how often a source is asked while all is well: as often as the quickest reading of its solution has a new value."""
    quickest = min((reading.interval for reading in solution.readings if reading.interval), default=3600)
    return max(SOONEST, min(LATEST, timedelta(seconds=quickest)))


def pause(every: timedelta, failures: int, chance: float) -> timedelta:
    """Return how long to wait before the next question: twice as long with each failure, a tenth more or less by `chance` (0 to 1)."""
    longer: timedelta = every * 2 ** min(failures, 10)
    return min(LONGEST, longer) * (0.9 + 0.2 * chance)


def ask_due(now: datetime, fetch: Fetch | None = None) -> str:
    """Ask the feeds whose time has come, take in what they give, and return a line about it."""
    rows = {(row.solution, row.source): row for row in models.Feed.objects.all()}
    due = []
    for solution, source in _wanted():
        row = rows.get((solution.key, source.key)) or models.Feed(solution=solution.key, source=source.key)
        if row.due is None or row.due <= now:
            due.append((row, solution, source))
    due.sort(key=lambda each: (each[0].due is not None, each[0].due))
    told = [_ask(row, solution, source, now, fetch or _fetch) for row, solution, source in due[:AT_ONCE]]
    return "; ".join(filter(None, told))


def _ask(row: models.Feed, solution: Solution, source: Source, now: datetime, fetch: Fetch) -> str:
    """Ask one feed and keep what became of it. Nothing is remembered of an answer that could not be stored, so that it is asked for again."""
    row.asked, told = now, ""
    try:
        answer = fetch(source.address, row.etag, row.modified)
        if answer.status != 304:
            receipt = _taken(solution, source, answer.body)
            row.etag, row.modified, row.stored = answer.etag, answer.modified, row.stored + receipt.stored
            row.changed = now if receipt.stored else row.changed
            told = f"{solution.key}/{source.key}: {receipt.stored} stored"
        row.failures, row.fault = 0, ""
    except Problem as problem:
        row.failures, row.fault = row.failures + 1, (problem.detail or problem.title)[:500]
        told = f"{solution.key}/{source.key}: {row.fault}"
    row.due = now + pause(interval(solution, source), row.failures, random.random())  # noqa: S311  so that not all are asked at once
    row.save()
    return told


def _taken(solution: Solution, source: Source, body: bytes) -> Receipt:
    try:
        found = samples.samples_of(solution.key, source.key, body)
    except Problem as problem:
        quarantine.keep_unread(SYSTEM, body, problem.detail or problem.title, solution.key, source.key)
        raise
    return samples.take(SYSTEM, solution, found)


def _fetch(address: str, etag: str, modified: str) -> Answer:
    with Fetcher("reads live measurements", most=LARGEST, seconds=20, again=()) as fetcher:
        return fetcher.get(address, etag=etag, modified=modified)
