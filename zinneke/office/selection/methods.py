"""The methods: published in versions, none of which ever changes, so that whatever was computed by one can be computed again."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Level, Right, demand
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.office.selection import models
from zinneke.office.selection.ideas import check_version
from zinneke.office.selection.rights import SUBJECT, within
from zinneke.office.selection.rules.table import share
from zinneke.office.selection.values import Method, MethodRow

MOST_CRITERIA = 40


def method_of(method: models.Method, used: bool = False) -> Method:
    """Return a record as a value."""
    row = msgspec.json.decode(bytes(method.document), type=MethodRow)
    return Method(
        row=row, version=method.version, note=method.note, published=method.published, by_name=method.by_name, used=used, level=Level(method.level)
    )  # fmt: skip


@verb(Right.SEE, SUBJECT)
def list_methods(actor: Actor) -> list[Method]:
    """Return every version of every method within reach, the newest version of each first."""
    used = Exists(models.Exercise.objects.filter(method=OuterRef("pk")))
    rows = models.Method.objects.filter(within(actor, Right.SEE)).annotate(used=used).order_by("key", "-version")
    return [method_of(each, each.used) for each in rows]


@verb(Right.SEE, SUBJECT)
def get_method(actor: Actor, key: str, version: int) -> Method:
    """Return one version of a method. Raises `Problem` 404."""
    found = models.Method.objects.filter(within(actor, Right.SEE), key=key, version=version).first()
    if found is None:
        raise not_found("method", f"{key} v{version}")
    return method_of(found, models.Exercise.objects.filter(method=found).exists())


@verb(Right.COMMAND, SUBJECT)
def add_method(actor: Actor, row: MethodRow, note: str, after: int, level: Level = Level.PUBLIC, area: str = "") -> Method:
    """Publish the next version of a method, with what changed and why; `after` is the version it was made from (0: the first).

    Raises `Problem` 400 for a method that could rank nothing, 409 when another version was published meanwhile.
    """
    check_method(row)
    if after and not note.strip():
        raise wrong("Say what changed since the last version, and why.", where="note")
    demand(actor, Right.COMMAND, SUBJECT, level, area)
    with transaction.atomic():
        newest = models.Method.objects.filter(key=row.key).order_by("-version").first()
        if newest is not None and not models.Method.objects.filter(within(actor, Right.COMMAND), pk=newest.pk).exists():
            raise Problem(403, "Not allowed", f"The method {row.key} is not yours to change.")
        check_version(newest.version if newest else 0, after, newest.by_name if newest else "")
        made = models.Method.objects.create(
            key=row.key, version=after + 1, document=msgspec.json.encode(row), note=note.strip(), published=datetime.now(UTC),
            by_name=actor.name or actor.key, level=int(level), area=area,
        )  # fmt: skip
        audit.record(actor, "method.publish", f"{SUBJECT}:{row.key}", {"version": made.version}, ground=note)
    return method_of(made)


def check_method(row: MethodRow) -> None:
    """Refuse a method that could rank nothing, with a sentence at the criterion. Raises `Problem` 400."""
    if not 1 <= len(row.criteria) <= MOST_CRITERIA:
        raise wrong(f"A method has 1 to {MOST_CRITERIA} criteria.", where="criteria")
    keys = [each.key for each in row.criteria]
    if len(set(keys)) < len(keys):
        raise wrong("Two criteria have the same key.", where="criteria")
    for each in row.criteria:
        if not each.high > each.low or each.step <= 0:
            raise wrong(f"The scale of {each.key} goes from a lower to a higher end, in steps above zero.", where=each.key)
        if each.veto is not None and not each.low <= each.veto <= each.high:
            raise wrong(f"The veto threshold of {each.key} lies on its scale, from {each.low:g} to {each.high:g}.", where=each.key)
        if each.preference.p < each.preference.q or min(each.preference.q, each.preference.s) < 0:
            raise wrong(f"On {each.key}, the difference that is strict (p) is not smaller than the indifferent one (q).", where=each.key)
    share([each.weight for each in row.criteria])
