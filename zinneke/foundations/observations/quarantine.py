"""What was refused: read, mended and sent again, by those who may write it. It is judged as anything that comes, and what became of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import msgspec
import numpy as np
from django.db import transaction
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.foundations.observations import intake, models, register, resending, wire
from zinneke.foundations.observations.refused import Attempt, Mend, Quarantined, RefusedMessage, Sought, State
from zinneke.foundations.observations.register import SUBJECT, Register, within_reach
from zinneke.foundations.observations.resending import STORED
from zinneke.foundations.observations.values import Batch, Detail
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor, Level, Right, strictest
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb

MOST_RAW = 16_384
"""Bytes that are kept of a message that could not be read."""
MOST_RAWS = 1000
"""Messages of which the bytes are kept; of older ones the reason stays."""
MOST_AT_ONCE = 1000
NOTHING = Mend()
ANYTHING = Sought()


@verb(Right.EDIT, SUBJECT)
def list_quarantine(actor: Actor, sought: Sought = ANYTHING, after: int = 0, limit: int = 100) -> list[Quarantined]:
    """Return what was refused, newest first; `after` is the number of the last one seen."""
    rows = models.Quarantined.objects.filter(within_reach(actor, Right.EDIT)).order_by("-pk")
    exact = {"state": sought.state, "solution": sought.solution, "who": sought.who}
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if sought.reason:
        rows = rows.filter(reason__icontains=sought.reason)
    if after:
        rows = rows.filter(pk__lt=after)
    return [_value(row) for row in rows[: max(1, min(limit, 1000))]]


@verb(Right.EDIT, SUBJECT)
def get_quarantined(actor: Actor, number: int) -> Quarantined:
    """Return one of what was refused, whole. Raises `Problem` 404."""
    return _whole(_one(actor, number))


@verb(Right.EDIT, SUBJECT)
def keep_unread(actor: Actor, body: bytes, reason: str, solution: str = "", source: str = "") -> None:
    """Keep a message that cannot be read, with its bytes up to a limit, for whoever mends it.

    It is as confidential as the strictest reading of its solution; of no solution, personal.
    """
    known = registry.solutions().get(solution)
    levels = [max(asset.level, reading.level) for asset in known.assets for reading in asset.readings] if known else []
    row = models.Quarantined(
        stream="", time="", value="", reason=reason[:300], raw=body[:MOST_RAW], source=source[:100], solution=solution if known else "",
        level=strictest(levels) if levels else Level.PERSONAL,
    )  # fmt: skip
    intake.keep(actor, [row])
    _forget_raws()


@verb(Right.COMMAND, SUBJECT)
def keep_messages(actor: Actor, messages: Sequence[RefusedMessage]) -> None:
    """Keep messages that were refused whole, with their topics and bytes; for the platform itself, which knows best who sent them."""
    rows = [
        models.Quarantined(
            stream=each.topic[:300].replace("\0", "�"),
            reason=each.reason[:300],
            raw=each.payload[:MOST_RAW],
            who=each.who[:200],
            signed=each.signed,
            level=Level.PERSONAL,
        )
        for each in messages
    ]
    intake.keep(actor, rows)
    _forget_raws()


def _forget_raws() -> None:
    """Let go of the bytes of all but the newest messages."""
    last = models.Quarantined.objects.exclude(raw=None).order_by("-pk").values_list("pk", flat=True)[MOST_RAWS : MOST_RAWS + 1].first()
    if last is not None:
        models.Quarantined.objects.filter(pk__lte=last).update(raw=None)


@verb(Right.EDIT, SUBJECT)
def replay(actor: Actor, number: int, mend: Mend = NOTHING) -> Quarantined:
    """Send what was refused again, mended, as whoever asks, and return it with what became of it.

    What was stored, or was there already, leaves the quarantine; of the rest the new reason is told. Raises `Problem` 404, 409, 429 or 507.
    """
    row = _waiting(_one(actor, number))
    if row.raw is not None or row.source:
        _replay_message(actor, row, mend)
        return _whole(_one(actor, number))
    sent = {"stream": mend.stream or row.stream, "time": mend.time or row.time, "value": mend.value or row.value}
    receipt = _take(actor, [(row, sent)])[0]
    _note(actor, row, sent, receipt)
    return _whole(_one(actor, number))


@verb(Right.EDIT, SUBJECT)
def replay_many(actor: Actor, numbers: Sequence[int]) -> list[Quarantined]:
    """Send what was refused again as it was, a thousand at most, once streams, devices or sources were mended; return each.

    Observations go as one batch, messages one after the other. What has its turn after a `Problem` 409, 429, 503 or 507 waits as before.
    """
    if len(numbers) > MOST_AT_ONCE:
        raise wrong(f"That is more than {MOST_AT_ONCE:,} at once. Send them again in parts.", where="ids")
    within = list(models.Quarantined.objects.filter(within_reach(actor, Right.EDIT), pk__in=numbers, state="waiting").order_by("pk"))
    for row in within:
        if row.raw is not None or row.source:
            with suppress(Problem):
                _replay_message(actor, row, NOTHING)
    rows = [(row, {"stream": row.stream, "time": row.time, "value": row.value}) for row in within if row.raw is None and not row.source]
    for (row, sent), outcome in zip(rows, _take(actor, rows), strict=True):
        _note(actor, row, sent, outcome)
    return [_value(row) for row in models.Quarantined.objects.filter(pk__in=[row.pk for row in within]).order_by("pk")]


@verb(Right.EDIT, SUBJECT)
def dismiss(actor: Actor, number: int, reason: str) -> Quarantined:
    """Let go of what was refused and will not be sent again; it stays to be read, with the reason. Raises `Problem` 400, 404 or 409."""
    if not reason.strip():
        raise wrong("Say why it is let go.", where="reason")
    row = _waiting(_one(actor, number))
    _settle(actor, row, "dismissed", {}, reason.strip())
    return _whole(_one(actor, number))


def _one(actor: Actor, number: int) -> models.Quarantined:
    row = models.Quarantined.objects.filter(within_reach(actor, Right.EDIT), pk=number).first()
    if row is None:
        raise not_found("refused observation", number)
    return row


def _waiting(row: models.Quarantined) -> models.Quarantined:
    if row.state != "waiting":
        raise Problem(409, "Settled already", "This was stored or let go already. Look at what became of it.")
    return row


def _take(actor: Actor, rows: Sequence[tuple[models.Quarantined, dict[str, str]]]) -> list[str]:
    """Send rows as one batch, and return what became of each."""
    if not rows:
        return []
    known = register.current()
    streams = np.array([_number(known, sent["stream"]) for _, sent in rows], np.int32)
    times, unread = wire.read_times([sent["time"] for _, sent in rows])
    values = np.array([_figure(sent["value"]) for _, sent in rows], np.float64)
    details = {at: Detail(**row.detail) for at, (row, _) in enumerate(rows) if row.detail}
    receipt = intake.take(actor, known, Batch(streams, times, values, unread, details), keeping=False)
    refused = {one.index: one.reason for one in receipt.refused}
    missing = {at: f"There is no stream {sent['stream']!r} here, or it is not yours to write."[:300] for at, (_, sent) in enumerate(rows)}
    return [refused.get(at, STORED) if streams[at] else missing[at] for at in range(len(rows))]


def _number(known: Register, told: str) -> int:
    """Return the number of a stream that is told by its number or its key, 0 for none."""
    told = told.strip()
    if told.isascii() and told.isdigit():
        return int(told) if len(told) < 10 else 0
    stream = known.by_key.get(told)
    return stream.id if stream else 0


def _figure(told: str) -> float:
    try:
        return float(told.strip())
    except ValueError:
        return float("nan")


def _note(actor: Actor, row: models.Quarantined, sent: dict[str, str], outcome: str) -> None:
    """Keep what became of a sending again."""
    _settle(actor, row, "stored" if outcome == STORED else "waiting", sent, outcome)


def _replay_message(actor: Actor, row: models.Quarantined, mend: Mend) -> None:
    kept = None if row.raw is None else bytes(row.raw)
    body = _body(kept or b"", mend.raw) if mend.raw is not None else kept or b""
    if len(body) > MOST_RAW:
        raise wrong(f"A message that is sent again has {MOST_RAW:,} bytes at the most.", where="raw")
    if mend.raw is None and (reason := _reason(kept)):
        outcome, settled = reason, False
    elif row.stream:
        outcome, settled = resending.through_door(actor, row.stream, body, row.signed)
    else:
        outcome, settled = resending.through_source(actor, row.solution, row.source, body)
    _settle(actor, row, "stored" if settled else "waiting", {"raw": mend.raw[:MOST_RAW]} if mend.raw is not None else {}, outcome)


def _body(kept: bytes, told: str) -> bytes:
    """Return the bytes of a message as it is told: of one that is no text they are told as figures."""
    if _text(kept) == kept.hex(" "):
        with suppress(ValueError):
            return bytes.fromhex(told)
    return told.encode()


def _reason(kept: bytes | None) -> str:
    """Return why a message cannot be sent again as it stands here, "" when it can."""
    if kept is None:
        return "What it brought is no longer here. Let it go, or send it as it should be."
    if len(kept) >= MOST_RAW:
        return f"Only its first {MOST_RAW:,} bytes are here, of which the end would be read wrongly. Send it as it should be."
    return ""


def _settle(actor: Actor, row: models.Quarantined, state: str, sent: dict[str, str], outcome: str) -> None:
    with transaction.atomic():
        models.Quarantined.objects.filter(pk=row.pk).update(state=state)
        models.Attempt.objects.create(quarantined=row, who=actor.key[:200], at=timezone.now(), sent=sent, outcome=outcome[:300])
        if state != "waiting":
            told = {"id": row.pk, "was": {"stream": row.stream, "time": row.time, "value": row.value, "who": row.who}, "sent": sent}
            audit.record(actor, f"quarantine.{state}", SUBJECT, told, outcome)


def _value(row: models.Quarantined) -> Quarantined:
    state: State = "stored" if row.state == "stored" else "dismissed" if row.state == "dismissed" else "waiting"
    return Quarantined(
        id=row.pk,
        stream=row.stream,
        time=row.time,
        value=row.value,
        reason=row.reason,
        who=row.who,
        heard=row.heard,
        solution=row.solution,
        area=row.area,
        state=state,
        source=row.source,
        size=len(row.raw or b""),
    )


def _whole(row: models.Quarantined) -> Quarantined:
    attempts = tuple(Attempt(each.who, each.at, each.sent, each.outcome) for each in row.attempts.all())
    return msgspec.structs.replace(_value(row), raw=_text(bytes(row.raw or b"")), attempts=attempts)


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.hex(" ")
