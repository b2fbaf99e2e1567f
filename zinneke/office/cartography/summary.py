"""The manager's summary: how much of the Region's data is on the map and believed, what is kept twice, what is asked twice, and the trend."""

from __future__ import annotations

from collections import Counter
from datetime import date

import msgspec
from django.utils import timezone

from zinneke.kernel.confidentiality import SYSTEM, Actor
from zinneke.office.cartography import findings, judging, models, shelf
from zinneke.office.cartography.once import hours, rate
from zinneke.office.cartography.things import KINDS, Kind


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The map in figures. `euros` and `hours` are a year, None when they follow from nothing that anybody gave; rates are 0 to 1."""

    day: date
    things: dict[Kind, int]
    verified: int
    stale: int
    owners: int
    mapped_owners: int
    findings: int
    to_decide: int
    confirmed: int
    euros: float | None
    hours_stop: float | None
    hours_agree: float | None
    rate: float | None
    fields: int
    precision: float | None

    @property
    def coverage(self) -> float | None:
        """Return the share of administrations on the map of which a database or table is known."""
        return self.mapped_owners / self.owners if self.owners else None


def summarise(actor: Actor) -> Summary:
    """Return the map in figures, as far as an actor sees it."""
    records = list(shelf.things(actor).only("kind", "owner", "reviewed", "next_review", "missing"))
    today = timezone.localdate()
    kinds = Counter(each.kind for each in records)
    status = Counter(shelf.status_of(each, today) for each in records)
    owners = {each.owner for each in records if each.kind == "administration" and each.owner}
    mapped = {each.owner for each in records if each.kind in ("database", "table") and each.owner}
    kept = list(findings.narrowed(actor))
    found = [findings.value(actor, each) for each in kept]
    checks = judging.checks(actor)
    decided = [each for each in found if each.decision in ("confirmed", "rejected", "justified")]
    right = sum(each.decision != "rejected" for each in decided)
    return Summary(
        day=today,
        things={kind: kinds[kind] for kind in KINDS},
        verified=status["verified"],
        stale=status["stale"],
        owners=len(owners),
        mapped_owners=len(owners & mapped),
        findings=len(found),
        to_decide=sum(not each.decision for each in found),
        confirmed=sum(each.decision == "confirmed" for each in found),
        euros=findings.euros(actor, [each for each in kept if each.decision in ("", "confirmed")]),
        hours_stop=hours(checks, "stop"),
        hours_agree=hours(checks, "agree"),
        rate=rate(checks),
        fields=sum(len(each.fields) for each in checks),
        precision=right / len(decided) if decided else None,
    )


def remember() -> None:
    """Keep today's summary, over everything there is."""
    models.Figure.objects.update_or_create(day=timezone.localdate(), defaults={"document": msgspec.to_builtins(summarise(SYSTEM))})


def trend(limit: int = 400) -> list[Summary]:
    """Return the summaries of past days, the oldest first."""
    kept = models.Figure.objects.order_by("-day")[:limit]
    return [msgspec.convert({**each.document, "day": each.day.isoformat()}, Summary) for each in reversed(kept)]
