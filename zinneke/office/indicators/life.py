"""The life of an indicator: proposed, in review, returned, refused or validated, and at last retired; a changed definition is a new version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

import msgspec
from django.db import transaction

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.office.indicators import rules
from zinneke.office.indicators.models import DeedRecord, DefinitionRecord, IndicatorRecord
from zinneke.office.indicators.periods import read_period
from zinneke.office.indicators.rights import SUBJECT, demand, find, hand
from zinneke.office.indicators.sentences import WHY, Told
from zinneke.office.indicators.values import Key, Sheet

OPEN = ("proposed", "review", "returned")
RESERVED = ("new", "review", "rankings", "building-blocks")
"""Words that are addresses of this room's own pages."""


class Defined(NamedTuple):
    """A definition as it is shipped: the sheet, from which period on it holds, and why it differs from the one before."""

    sheet: Sheet
    since: str
    reason: str


def read_sheet(document: object) -> Sheet:
    """Return a kept sheet."""
    return msgspec.convert(document, Sheet)


def written(sheet: Sheet) -> object:
    """Return a sheet as it is kept."""
    return msgspec.json.decode(msgspec.json.encode(sheet))


def check(sheet: Sheet) -> None:
    """Refuse a sheet with faults, naming them all. Raises `Problem` 422 with `faults`."""
    refuse(rules.sheet_faults(sheet))


def refuse(faults: Sequence[Told]) -> None:
    """Refuse what has faults. Raises `Problem` 422 with `faults`, each with its field and sentence."""
    if faults:
        told = [{"field": each.field, **each.text.as_dict()} for each in faults]
        raise Problem(422, "The sheet needs a correction", " ".join(map(str, faults)), faults=told)


def propose(actor: Actor, key: str, sheet: Sheet, area: str = "", contact: str = "") -> IndicatorRecord:
    """Keep a new indicator as a proposal of its owner; it is shared between administrations until it is validated."""
    try:
        key = msgspec.convert("" if key in RESERVED else key, Key)
    except msgspec.ValidationError:
        raise wrong(f"{key!r} cannot be a key. Write lower-case letters, digits and single hyphens, such as trees-per-km2.", where="key") from None
    level = max(Level.SHARED, sheet.level)
    demand(actor, Right.EDIT, sheet.owner, level, area)
    check(sheet)
    now = datetime.now(UTC)
    with transaction.atomic():
        if IndicatorRecord.objects.filter(key=key).exists():
            raise Problem(
                409, "The key is taken", f"There is already an indicator {key!r}, perhaps one that you may not see. Choose another key.", where="key"
            )
        record = IndicatorRecord.objects.create(
            key=key, owner=sheet.owner, level=level, area=area, state="proposed", domain=sheet.domain, proposer=hand(actor), created=now, changed=now,
            contact=contact,
        )  # fmt: skip
        DefinitionRecord.objects.create(indicator=record, number=1, state="proposed", sheet=written(sheet), author=hand(actor), created=now)
        deed(actor, record, "proposed", 1)
    return record


def revise(actor: Actor, key: str, sheet: Sheet, revision: int, since: str = "", reason: str = "") -> IndicatorRecord:
    """Change the open definition, or open a new version beside a validated one. Raises `Problem` 409 when somebody else was quicker."""
    record = find(actor, key, Right.EDIT)
    demand(actor, Right.EDIT, sheet.owner, Level(record.level), record.area)
    if record.state in ("retired", "refused"):
        raise Problem(409, "Its life is over", f"The indicator {key} is {record.state}. Propose a new one.")
    check(sheet)
    read_period(since)
    with transaction.atomic():
        _claim(record, revision)
        under_way = record.definitions.filter(state__in=OPEN).first()
        now = datetime.now(UTC)
        if record.version:
            before = record.definitions.get(number=record.version)
            faults = rules.unit_change(read_sheet(before.sheet), sheet, since)
            refuse(faults if reason.strip() else [*faults, Told("reason", WHY)])
        if under_way is None:
            number = record.definitions.count() + 1
            under_way = DefinitionRecord(indicator=record, number=number, created=now)
        under_way.state, under_way.sheet, under_way.since = "proposed", written(sheet), since
        under_way.reason, under_way.author = reason, hand(actor)
        under_way.save()
        if not record.version:
            record.state, record.owner, record.domain = "proposed", sheet.owner, sheet.domain
            record.level = max(Level.SHARED, sheet.level)
            record.save(update_fields=("state", "owner", "domain", "level"))
        deed(actor, record, "changed", under_way.number, reason)
    return record


def _claim(record: IndicatorRecord, revision: int) -> None:
    """Take the next revision of an indicator, or say that somebody else has. Raises `Problem` 409."""
    now = datetime.now(UTC)
    taken = IndicatorRecord.objects.filter(pk=record.pk, revision=revision).update(revision=revision + 1, changed=now)
    if not taken:
        last = record.deeds.last()
        raise Problem(
            409,
            "Changed meanwhile",
            "Somebody else changed this indicator while you were writing. Nothing of theirs was overwritten: read it again, then send yours.",
            changed_by=last.who if last else "",
        )
    record.revision, record.changed = revision + 1, now


def submit(actor: Actor, key: str) -> IndicatorRecord:
    """Send the open definition to review."""
    record = find(actor, key, Right.EDIT)
    with transaction.atomic():
        opened = record.definitions.filter(state__in=("proposed", "returned")).first()
        if opened is None:
            raise Problem(409, "Nothing to send", f"Nothing of the indicator {key} waits to be sent to review.")
        check(read_sheet(opened.sheet))
        opened.state = "review"
        opened.save(update_fields=("state",))
        _follow(record, "review")
        deed(actor, record, "submitted", opened.number)
    return record


def decide(actor: Actor, key: str, verdict: str, evidence: str) -> IndicatorRecord:
    """Validate, return or refuse the definition in review, on evidence; not by whoever wrote it."""
    record = find(actor, key, Right.COMMAND)
    if verdict not in ("validated", "returned", "refused"):
        raise wrong(f"{verdict!r} is no verdict. Write validated, returned or refused.", where="verdict")
    if not evidence.strip():
        raise wrong("Say on which evidence you decide: what you read, compared or computed again.", where="evidence")
    with transaction.atomic():
        opened = record.definitions.filter(state="review").first()
        if opened is None:
            raise Problem(409, "Nothing in review", f"The indicator {key} has nothing in review.")
        if actor.person is not None and opened.author == hand(actor):
            raise Problem(403, "Four eyes", "Whoever wrote a definition does not validate it. Ask a colleague.")
        if verdict == "validated":
            _put_in_force(record, opened, evidence)
        else:
            opened.state = verdict
            opened.save(update_fields=("state",))
            _follow(record, verdict)
        deed(actor, record, verdict, opened.number, evidence)
    return record


def _follow(record: IndicatorRecord, state: str) -> None:
    """Let an indicator without a validated definition follow its open one."""
    if not record.version:
        record.state = state
        record.save(update_fields=("state",))


def _put_in_force(record: IndicatorRecord, opened: DefinitionRecord, evidence: str) -> None:
    sheet = read_sheet(opened.sheet)
    check(sheet)
    opened.state = "validated"
    opened.save(update_fields=("state",))
    record.state, record.version, record.owner, record.domain = "validated", opened.number, sheet.owner, sheet.domain
    record.level, record.validated, record.evidence = sheet.level, datetime.now(UTC), evidence
    if not record.due_by_hand:
        record.due = rules.due_after(sheet, record.latest)
    record.save()


def retire(actor: Actor, key: str, reason: str, successor: str = "") -> IndicatorRecord:
    """Retire an indicator with a reason and, where there is one, its successor; its values stay readable."""
    record = find(actor, key, Right.COMMAND)
    if not reason.strip():
        raise wrong("Say why the indicator is retired.", where="reason")
    if successor:
        find(actor, successor)
    with transaction.atomic():
        record.state, record.reason, record.successor, record.due, record.changed = "retired", reason, successor, None, datetime.now(UTC)
        record.save()
        deed(actor, record, "retired", record.version, reason)
    return record


def set_due(actor: Actor, key: str, due: date | None) -> IndicatorRecord:
    """Set by hand when the next value is due; None lets the frequency of the sheet say it again."""
    record = find(actor, key, Right.EDIT)
    record.due_by_hand = due is not None
    sheet = read_sheet(record.definitions.get(number=record.version).sheet) if record.version else None
    record.due = due or (rules.due_after(sheet, record.latest) if sheet else None)
    with transaction.atomic():
        record.save(update_fields=("due", "due_by_hand"))
        deed(actor, record, "due", record.version, due.isoformat() if due else "")
    return record


def ship(actor: Actor, key: str, defined: Sequence[Defined], evidence: str) -> Literal["added", "changed", "unchanged"]:
    """Put definitions in force that come with the platform, the earliest first; an indicator that people have touched is theirs and stays."""
    record = IndicatorRecord.objects.filter(key=key).first()
    if record is None:
        first = defined[0].sheet
        propose(actor, key, first)
        record = IndicatorRecord.objects.get(key=key)
    elif record.deeds.exclude(who=hand(actor)).exists() or _same(record, defined):
        return "unchanged"
    word: Literal["added", "changed"] = "changed" if record.version else "added"
    now = datetime.now(UTC)
    with transaction.atomic():
        for number, (sheet, since, reason) in enumerate(defined, 1):
            check(sheet)
            read_period(since)
            fields = {"sheet": written(sheet), "since": since, "reason": reason, "author": hand(actor), "state": "review", "created": now}
            definition, _made = DefinitionRecord.objects.update_or_create(indicator=record, number=number, defaults=fields)
            _put_in_force(record, definition, evidence)
        deed(actor, record, "validated", record.version, evidence)
    return word


def _same(record: IndicatorRecord, defined: Sequence[Defined]) -> bool:
    kept = [(each.sheet, each.since, each.reason) for each in record.definitions.order_by("number")]
    return kept == [(written(sheet), since, reason) for sheet, since, reason in defined]


def deed(actor: Actor, record: IndicatorRecord, what: str, version: int = 0, why: str = "") -> None:
    """Write down what was done, in the indicator's own history and in the journal."""
    now = datetime.now(UTC)
    DeedRecord.objects.create(
        indicator=record, deed=what, version=version, who=hand(actor), organisation=actor.organisation or "", at=now, why=why
    )  # fmt: skip
    audit.record(actor, f"indicator.{what}", f"{SUBJECT}.{record.owner}:{record.key}", {"version": version}, why)
