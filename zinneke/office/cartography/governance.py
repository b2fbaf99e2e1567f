"""How long data are kept and what becomes of them, where they lie, and what their impact was assessed to be: what is due, and what nobody decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

import msgspec

from zinneke.kernel.text import Text
from zinneke.office.cartography.things import Application, Database, Hosting, Kind, ThingRow, Treatment, Words

SOON = timedelta(days=180)
SENSITIVE = frozenset(("health", "origin", "opinion", "biometric", "judicial"))
"""Categories of articles 9 and 10, of which nobody should process data without having asked whether the impact must be assessed."""
State = Literal["act", "watch", "good", "unknown"]
AFTERWARDS: dict[str, Text] = {
    "": Text("pas décidé", "niet beslist", "not decided"),
    "destroy": Text("détruire", "vernietigen", "destroy"),
    "archive": Text("verser aux archives", "naar het archief", "transfer to the archives"),
}


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """How long one database or the data of one processing activity are kept (`keep` in months, 0 for ever, None nobody decided), and until when.

    `due` is the day on which the oldest data are to be destroyed or transferred; None when it does not follow from what is known.
    """

    key: str
    kind: Kind
    title: Words
    owner: str
    keep: int | None
    words: Words
    ground: str
    since: date | None
    afterwards: Literal["", "destroy", "archive"]
    due: date | None
    state: State


class Hosted(msgspec.Struct, frozen=True, kw_only=True):
    """Where an application or database lies, with whom, in which kind of cloud; `personal` when a processing activity uses it."""

    key: str
    kind: Kind
    title: Words
    owner: str
    hosting: Hosting
    place: str
    supplier: str
    personal: bool
    state: State


class Assessed(msgspec.Struct, frozen=True, kw_only=True):
    """How far the impact assessment of a processing activity is, when it was made and is due again; `sensitive` for data of articles 9 and 10."""

    key: str
    title: Words
    owner: str
    assessment: Literal["", "not_needed", "needed", "under_way", "done"]
    assessed: date | None
    review: date | None
    impact: str
    sensitive: bool
    state: State


def later(day: date, months: int) -> date:
    """Return the day so many months later, the last of its month when there is no such day; the last day of all when it lies beyond."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1) if (year, month) < (date.max.year, 11) else date.max
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def retention(rows: Iterable[ThingRow], today: date) -> list[Retention]:
    """Return the retention and archiving plan, what is due first, then what nobody decided."""
    found = []
    for row in rows:
        about = row.details
        if isinstance(about, Database):
            due = later(about.since, about.keep) if about.since and about.keep else None
            found.append(_kept(row, about.keep, {}, about.keep_ground, about.since, about.afterwards, due, today))
        elif isinstance(about, Treatment):
            found.append(_kept(row, about.keep, about.keep_words, about.ground, None, "", None, today))
    order = {"act": 0, "watch": 1, "unknown": 2, "good": 3}
    return sorted(found, key=lambda each: (order[each.state], each.due or date.max, each.key))


def _kept(
    row: ThingRow, keep: int | None, words: Words, ground: str, since: date | None, afterwards: Literal["", "destroy", "archive"],
    due: date | None, today: date,
) -> Retention:  # fmt: skip
    state: State = "unknown" if keep is None and not words else "good"
    if due:
        state = "act" if due <= today else "watch" if due <= today + SOON else "good"
    return Retention(
        key=row.key, kind=row.kind, title=row.title, owner=row.owner, keep=keep, words=words, ground=ground, since=since, afterwards=afterwards,
        due=due, state=state,
    )  # fmt: skip


def hosting(rows: Iterable[ThingRow], used: frozenset[str]) -> list[Hosted]:
    """Return where applications and databases lie; `used` are the keys of those that a processing activity uses, whose place matters most."""
    found = []
    for row in rows:
        about = row.details
        if not isinstance(about, Application | Database):
            continue
        personal = row.key in used
        state: State = "good" if about.hosting in ("sovereign", "private_ruled") else "unknown" if about.hosting == "unknown" else "watch"
        if personal and about.hosting in ("private_free", "unknown"):
            state = "act" if about.hosting == "private_free" else "watch"
        place, supplier = (about.place, "") if isinstance(about, Database) else ("", about.supplier)
        found.append(
            Hosted(
                key=row.key, kind=row.kind, title=row.title, owner=row.owner, hosting=about.hosting, place=place, supplier=supplier,
                personal=personal, state=state,
            )
        )  # fmt: skip
    order = {"act": 0, "watch": 1, "unknown": 2, "good": 3}
    return sorted(found, key=lambda each: (order[each.state], each.key))


def assessments(rows: Iterable[ThingRow], today: date) -> list[Assessed]:
    """Return the impact assessments of processing activities, what is to be done first."""
    found = []
    for row in rows:
        about = row.details
        if not isinstance(about, Treatment):
            continue
        sensitive = bool(SENSITIVE & set(about.categories))
        state: State = {"": "unknown", "not_needed": "good", "needed": "act", "under_way": "watch", "done": "good"}[about.assessment]  # type: ignore[assignment]
        if about.reassess and about.reassess <= today:
            state = "act"
        elif not about.assessment and sensitive:
            state = "watch"
        found.append(
            Assessed(
                key=row.key, title=row.title, owner=row.owner, assessment=about.assessment, assessed=about.assessed, review=about.reassess,
                impact=about.impact, sensitive=sensitive, state=state,
            )
        )  # fmt: skip
    order = {"act": 0, "watch": 1, "unknown": 2, "good": 3}
    return sorted(found, key=lambda each: (order[each.state], each.review or date.max, each.key))
