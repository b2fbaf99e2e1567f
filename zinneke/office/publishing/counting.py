"""How often the portal is used: downloads by dataset and searches, as numbers a day. Nothing of who does it is counted."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum

from zinneke.foundations.catalogue import store as catalogue
from zinneke.kernel.confidentiality import ANONYMOUS, Actor, Right
from zinneke.kernel.event import UseCounted, Used, announce
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import verb
from zinneke.office.publishing import models
from zinneke.office.publishing.rules import SUBJECT
from zinneke.office.publishing.values import Usage

_seen: Counter[tuple[date, str, str]] = Counter()
_lock = threading.Lock()
MOST = 20_000


def note(used: Used) -> None:
    """Count one use, in memory; `flush` writes it down. Needs no right: it keeps no word of who."""
    with _lock:
        if len(_seen) < MOST:
            _seen[datetime.now(UTC).date(), used.kind, used.key] += 1


def forget() -> None:
    """Forget what was counted and not written down, as tests do. Needs no right: nothing is shown."""
    with _lock:
        _seen.clear()


def flush(now: datetime) -> str:
    """Write down what was counted. Needs no right: the platform at work for itself."""
    with _lock:
        held = dict(_seen)
        _seen.clear()
    with transaction.atomic():
        for (day, kind, key), count in held.items():
            models.Use.objects.get_or_create(day=day, kind=kind, key=key[:200])
            models.Use.objects.filter(day=day, kind=kind, key=key[:200]).update(count=F("count") + count)
    return ""


def tell(now: datetime) -> str:
    """Hand down how often each dataset was downloaded in thirty days, for the ranking. Needs no right: the platform at work for itself."""
    found = models.Use.objects.filter(day__gt=now.date() - timedelta(days=30), kind="download").values_list("key")
    announce(UseCounted(dict(found.annotate(total=Sum("count")).order_by("-total", "key")[:MOST])))
    return ""


@verb(Right.SEE, SUBJECT)
def get_usage(actor: Actor, days: int = 30) -> Usage:
    """Return how often the portal was used in the last days, and the public datasets that were downloaded most."""
    since = datetime.now(UTC).date() - timedelta(days=max(1, min(days, 366)))
    found = models.Use.objects.filter(day__gt=since)
    totals = dict(found.values_list("kind").annotate(total=Sum("count")))
    ranked = found.filter(kind="download").values_list("key").annotate(total=Sum("count")).order_by("-total", "key")[:30]
    most = [(key, count) for key, count in ranked if _public(key)][:10]
    return Usage(days, int(totals.get("download", 0)), int(totals.get("search", 0)), tuple(most))


def _public(key: str) -> bool:
    try:
        catalogue.get_dataset(ANONYMOUS, key)
    except Problem:
        return False
    return True
