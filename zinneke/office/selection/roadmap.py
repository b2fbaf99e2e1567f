"""The roadmap: what starts in which quarter, with the reason of every change, a limit of projects at a time, and editions that never change."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import msgspec
from django.db import transaction

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Level, Right, demand
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.office.selection import models
from zinneke.office.selection.ideas import check_version
from zinneke.office.selection.rights import SUBJECT, within
from zinneke.office.selection.values import Change, Edition, Step, StepRow

CEILING = 8
"""Projects at a time, until an edition says otherwise."""
QUARTER = re.compile(r"(\d{4})-?[QT]([1-4])")


def quarter(text: str) -> int:
    """Return a quarter such as 2027-Q1 as a number that counts on. Raises `Problem` 400."""
    found = QUARTER.fullmatch(text.strip().upper())
    if found is None or not 2000 <= int(found[1]) <= 2100:
        raise wrong(f"{text!r} is not a quarter. Write it as 2027-Q1.", where="start")
    return int(found[1]) * 4 + int(found[2]) - 1


def say_quarter(number: int) -> str:
    """Return a quarter as it is written: 2027-Q1."""
    return f"{number // 4}-Q{number % 4 + 1}"


def first_day(number: int) -> date:
    """Return the first day of a quarter."""
    return date(number // 4, number % 4 * 3 + 1, 1)


def step_of(step: models.Step) -> Step:
    """Return a record as a value."""
    row = StepRow(
        key=step.key, name=step.name, start=say_quarter(step.start), quarters=step.quarters, about=step.about, domain=step.domain,
        refers=step.refers, state=step.state, example=step.example, level=Level(step.level), area=step.area,
    )  # fmt: skip
    return Step(row, step.version)


@verb(Right.SEE, SUBJECT)
def list_steps(actor: Actor) -> list[Step]:
    """Return the roadmap as it stands now, in the order of starting."""
    return [step_of(each) for each in models.Step.objects.filter(within(actor, Right.SEE)).order_by("start", "key")]


@verb(Right.SEE, SUBJECT)
def get_step(actor: Actor, key: str) -> Step:
    """Return a project of the roadmap. Raises `Problem` 404."""
    return step_of(_step(actor, Right.SEE, key))


def _step(actor: Actor, right: Right, key: str) -> models.Step:
    rows = models.Step.objects.select_for_update() if right is not Right.SEE else models.Step.objects
    found = rows.filter(within(actor, right), key=key).first()
    if found is None:
        raise not_found("project on the roadmap", key)
    return found


@verb(Right.SEE, SUBJECT)
def list_changes(actor: Actor, key: str = "", limit: int = 50) -> list[Change]:
    """Return what changed on the roadmap and why, the newest first."""
    rows = models.Change.objects.select_related("step").filter(step__in=models.Step.objects.filter(within(actor, Right.SEE)))
    rows = rows.filter(step__key=key) if key else rows
    return [
        Change(
            step=each.step.key, name=each.step.name, before=each.before, after=each.after, reason=each.reason, beyond=each.beyond,
            by_name=each.by_name, time=each.time,
        )
        for each in rows.order_by("-pk")[: max(1, min(limit, 1000))]
    ]  # fmt: skip


@verb(Right.SEE, SUBJECT)
def get_ceiling(actor: Actor) -> int:
    """Return the limit of projects at a time, which the newest edition says: no secret of anybody's."""
    newest = models.Edition.objects.order_by("-number").first()
    return newest.ceiling if newest else CEILING


@verb(Right.COMMAND, SUBJECT)
def set_step(actor: Actor, row: StepRow, reason: str, version: int = 0, beyond: str = "") -> Step:
    """Put a project on the roadmap (`version` 0) or change it, with the reason.

    To let one more run than the limit allows is a decision of its own: `beyond` is its reason. Raises `Problem` 400 without a reason, 409 above the
    limit without such a decision, or when somebody changed it meanwhile.
    """
    start = quarter(row.start)
    if not reason.strip():
        raise wrong("Every change of the roadmap has a reason, in a sentence.", where="reason")
    if not 1 <= row.quarters <= 40:
        raise wrong("A project lasts 1 to 40 quarters.", where="quarters")
    demand(actor, Right.COMMAND, SUBJECT, row.level, row.area)
    with transaction.atomic():
        known = models.Step.objects.filter(key=row.key).exists()
        if known and not version:
            raise Problem(409, "Already there", f"{row.key} is on the roadmap already.")
        step = _step(actor, Right.COMMAND, row.key) if version else models.Step(key=row.key, version=0)
        check_version(step.version, version)
        above = row.state == "running" and step.state != "running" and _running() >= get_ceiling(actor)
        if above and not beyond.strip():
            raise Problem(
                409, "Above the limit",
                f"{_running()} projects run already, and the limit is {get_ceiling(actor)}. Finish or stop one first, or decide to go above it: why?",
                where="beyond",
            )  # fmt: skip
        before = f"{say_quarter(step.start)}+{step.quarters} {step.state}" if version else ""
        step.start, step.version = start, version + 1
        for name in ("name", "about", "domain", "refers", "quarters", "state", "example", "area"):
            setattr(step, name, getattr(row, name))
        step.level = int(row.level)
        step.save()
        _changed(actor, step, before, reason if not above else f"{reason.strip()} – {beyond.strip()}", above)
    return step_of(step)


def _running() -> int:
    return models.Step.objects.filter(state="running", example=False).count()


def _changed(actor: Actor, step: models.Step, before: str, reason: str, beyond: bool) -> None:
    after = f"{say_quarter(step.start)}+{step.quarters} {step.state}"
    models.Change.objects.create(
        step=step, before=before, after=after, reason=reason.strip()[:5000], beyond=beyond, by_name=(actor.name or actor.key)[:200],
        time=datetime.now(UTC),
    )  # fmt: skip
    detail = {"before": before, "after": after, "above the limit": beyond}
    audit.record(actor, "roadmap.change", f"{SUBJECT}:{step.key}", detail, ground=reason)


@verb(Right.COMMAND, SUBJECT)
def publish_roadmap(actor: Actor, reason: str, ceiling: int) -> Edition:
    """Publish the roadmap as it stands as the next edition: what is public of it, the limit, and why. Raises `Problem` 400 without a reason."""
    if not reason.strip():
        raise wrong("Say what is new in this edition, in a sentence.", where="reason")
    if not 1 <= ceiling <= 1000:
        raise wrong("The limit is a number of projects, at least one.", where="ceiling")
    demand(actor, Right.COMMAND, SUBJECT)
    with transaction.atomic():
        public = models.Step.objects.filter(level=int(Level.PUBLIC)).order_by("start", "key")
        steps = tuple(step_of(each).row for each in public)
        number = (models.Edition.objects.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        made = models.Edition.objects.create(
            number=number, document=msgspec.json.encode(steps), reason=reason.strip(), ceiling=ceiling, by_name=(actor.name or actor.key)[:200],
            time=datetime.now(UTC),
        )  # fmt: skip
        audit.record(actor, "roadmap.publish", f"{SUBJECT}:roadmap", {"edition": number, "projects": len(steps), "limit": ceiling}, ground=reason)
    return edition_of(made)


def edition_of(edition: models.Edition) -> Edition:
    """Return a record as a value."""
    steps = msgspec.json.decode(bytes(edition.document), type=tuple[StepRow, ...])
    return Edition(
        number=edition.number, time=edition.time, by_name=edition.by_name, reason=edition.reason, ceiling=edition.ceiling, steps=steps
    )  # fmt: skip


@verb(Right.SEE, SUBJECT)
def list_editions(actor: Actor) -> list[Edition]:
    """Return the published editions, the newest first: they hold nothing but what is public."""
    return [edition_of(each) for each in models.Edition.objects.order_by("-number")]


@verb(Right.SEE, SUBJECT)
def get_edition(actor: Actor, number: int) -> Edition:
    """Return an edition. Raises `Problem` 404."""
    found = models.Edition.objects.filter(number=number).first()
    if found is None:
        raise not_found("edition", number)
    return edition_of(found)


def as_calendar(edition: Edition, base: str) -> bytes:
    """Return an edition as iCalendar: one whole-day event a project, from the first day of its first quarter to the end of its last."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Zinneke//roadmap//EN")
    calendar.add("version", "2.0")
    for step in edition.steps:
        start = quarter(step.start)
        event = Event()
        event.add("uid", f"{step.key}@roadmap.zinneke")
        event.add("dtstamp", edition.time)
        event.add("dtstart", first_day(start))
        event.add("dtend", first_day(start + step.quarters))
        event.add("summary", step.name.get("fr") or step.name.get("nl") or next(iter(step.name.values()), step.key))
        event.add("description", " / ".join(dict.fromkeys(step.name.values())))
        event.add("status", {"planned": "TENTATIVE", "stopped": "CANCELLED"}.get(step.state, "CONFIRMED"))
        event.add("sequence", edition.number)
        if base:
            event.add("url", f"{base}/fr/selection/roadmap/")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
