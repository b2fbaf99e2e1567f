"""The rules as they are kept: those that solutions declare, and those of people."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any

import msgspec

from zinneke.foundations.observations import models
from zinneke.foundations.observations.alerting.values import Declared, Rule, Watched
from zinneke.foundations.observations.values import Wanted
from zinneke.kernel import registry
from zinneke.kernel.text import same

PREFIX = "rule-"
STAMP = 2
"""The row of stamps that is renewed with every change of rules."""


@cache
def declared() -> tuple[Watched, ...]:
    """Return the rules that solutions declare."""
    return tuple(
        Watched(
            key=rule.key,
            stamp=key,
            name=rule.name.as_dict(),
            status=rule.status,
            when=Declared(rule.check),
            wanted=Wanted(key, rule.reading),
        )
        for key, solution in registry.solutions().items()
        for rule in solution.alerts
    )


def watched() -> list[Watched]:
    """Return every rule that is held against observations now."""
    rows = models.AlertRule.objects.filter(state="active").order_by("pk")
    return [*declared(), *(watch_of(row) for row in rows)]


def watch_of(row: models.AlertRule) -> Watched:
    """Return a kept rule as it is held against observations."""
    rule = asked(row)
    return Watched(
        key=f"{PREFIX}{row.pk}",
        stamp=row.changed.isoformat(),
        name=same(row.name).as_dict(),
        status=rule.status,
        when=rule.when,
        wanted=rule.wanted,
        owner=None if row.shared else row.person,
        actor="" if row.shared else row.actor,
    )


def asked(row: models.AlertRule) -> Rule:
    """Return a kept rule as its maker said it."""
    return msgspec.convert({**row.document, "name": row.name, "shared": row.shared}, Rule)


def document(rule: Rule) -> dict[str, Any]:
    """Return a rule as it is kept, without what has a column of its own."""
    found: dict[str, Any] = msgspec.to_builtins(rule)
    return {name: value for name, value in found.items() if name not in ("name", "shared")}


def number_of(key: str) -> int | None:
    """Return the number of a person's rule by the key that alerts name it by, None for one that a solution declares."""
    told = key.removeprefix(PREFIX)
    return int(told) if key.startswith(PREFIX) and told.isascii() and told.isdigit() and len(told) < 19 else None


def stamp() -> None:
    """Renew the stamp of the rules (inside the transaction that changes them)."""
    models.Stamp.objects.update_or_create(pk=STAMP, defaults={"value": secrets.token_hex(16)})
