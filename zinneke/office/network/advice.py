"""Advice: opinions to the government with their versions and what was decided after them, and drafts read against a checklist before they go out."""

from __future__ import annotations

import msgspec
from django.db import transaction
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import verb
from zinneke.office.network import models, rules, words
from zinneke.office.network.reaching import SUBJECT, check_version, put, row, rows, sheet, touch
from zinneke.office.network.values import Opinion, OpinionOutcome, OpinionVersion, Remark, Review


@verb(Right.SEE, SUBJECT)
def list_opinions(actor: Actor) -> list[Opinion]:
    """Return the opinions within reach, the latest request first. What is still a draft only for whoever may edit it."""
    found = rows(actor, models.Opinion).prefetch_related("versions", "outcomes").order_by("-requested", "-pk")
    drafts = _drafts(actor)
    return [_opinion(each, each.key in drafts) for each in found]


@verb(Right.SEE, SUBJECT)
def get_opinion(actor: Actor, key: str) -> Opinion:
    """Return an opinion with its versions, the newest first, and what was decided. Raises Problem 404."""
    found = row(actor, models.Opinion, key)
    return _opinion(found, key in _drafts(actor))


def _drafts(actor: Actor) -> set[str]:
    return set(rows(actor, models.Opinion, Right.EDIT).values_list("key", flat=True))


def _opinion(found: models.Opinion, drafted: bool) -> Opinion:
    versions = sorted(found.versions.all(), key=lambda each: -each.number)
    outcomes = sorted(found.outcomes.all(), key=lambda each: each.decided)
    return sheet(
        Opinion,
        found,
        draft=found.draft if drafted else "",
        versions=tuple(OpinionVersion(each.number, each.dated, each.by, each.text) for each in versions),
        outcomes=tuple(
            OpinionOutcome(
                version=each.version, decided=each.decided, title=each.title, reference=each.reference, followed=each.followed, note=each.note
            )
            for each in outcomes
        ),
    )  # fmt: skip


@verb(Right.EDIT, SUBJECT)
def set_opinion(actor: Actor, opinion: Opinion) -> Opinion:
    """Write a request for an opinion and its draft; what was sent is not touched. Raises Problem 409 when it changed meanwhile."""
    found = put(actor, models.Opinion, msgspec.structs.replace(opinion, key=opinion.key or rules.new_key()))
    return get_opinion(actor, found.key)


@verb(Right.COMMAND, SUBJECT)
def send_opinion(actor: Actor, key: str, version: int) -> Opinion:
    """Give the draft as the next version, dated today, which nobody changes any more. Raises Problem 400 without a draft, 409 when it changed."""
    with transaction.atomic():
        found = row(actor, models.Opinion, key, Right.COMMAND, lock=True)
        check_version(found, version)
        if not found.draft.strip():
            raise wrong("There is no draft to send. Write it first.", where="draft")
        number = found.versions.count() + 1
        found.versions.create(number=number, dated=timezone.localdate(), by=actor.name or actor.key, text=found.draft)
        found.draft = ""
        touch(found, actor)
        audit.record(actor, "opinion.send", f"{SUBJECT}.opinion:{key}", {"version": number})
    return get_opinion(actor, key)


@verb(Right.EDIT, SUBJECT)
def add_outcome(actor: Actor, key: str, outcome: OpinionOutcome) -> Opinion:
    """Add what was decided after an opinion, with where it can be read. Raises Problem 400 for a version that was never sent."""
    with transaction.atomic():
        found = row(actor, models.Opinion, key, Right.EDIT, lock=True)
        if not found.versions.filter(number=outcome.version).exists():
            raise wrong(f"Version {outcome.version} of this opinion was never sent.", where="version")
        if outcome.followed not in words.FOLLOWED:
            raise wrong("Say whether the opinion was followed: yes, partly, no or open.", where="followed")
        found.outcomes.create(**{name: getattr(outcome, name) for name in outcome.__struct_fields__})
        touch(found, actor)
        audit.record(actor, "opinion.outcome", f"{SUBJECT}.opinion:{key}", {"version": outcome.version, "followed": outcome.followed})
    return get_opinion(actor, key)


@verb(Right.SEE, SUBJECT)
def list_reviews(actor: Actor) -> list[Review]:
    """Return the drafts submitted for review within reach, those that wait first."""
    found = [sheet(Review, each) for each in rows(actor, models.Review).order_by("-submitted", "-pk")]
    return sorted(found, key=lambda each: each.state != "submitted")


@verb(Right.SEE, SUBJECT)
def get_review(actor: Actor, key: str) -> Review:
    """Return a draft with the remarks to it. Raises Problem 404."""
    return sheet(Review, row(actor, models.Review, key))


@verb(Right.EDIT, SUBJECT)
def submit_review(actor: Actor, review: Review) -> Review:
    """Submit a draft project or tender before it goes out; a draft that got its remarks is submitted anew. Raises Problem 409."""
    placed = msgspec.structs.replace(
        review, key=review.key or rules.new_key(), owner=review.submitted_by, state="submitted", concluded=None
    )  # fmt: skip
    return sheet(Review, put(actor, models.Review, placed))


@verb(Right.COMMAND, SUBJECT)
def conclude_review(actor: Actor, key: str, version: int, remarks: dict[str, Remark], conclusion: str) -> Review:
    """Give the remarks to a draft, one for each line of the checklist, and a conclusion. Raises Problem 400 or 409."""
    open_lines = [line for line in words.CHECKLIST if not remarks.get(line, Remark()).verdict]
    if open_lines:
        raise wrong("Say something about each line of the checklist.", where=open_lines[0])
    if any(each.verdict not in words.REMARKS or line not in words.CHECKLIST for line, each in remarks.items()):
        raise wrong("A remark has a verdict and stands at a line of the checklist.", where="remarks")
    with transaction.atomic():
        found = sheet(Review, row(actor, models.Review, key, Right.COMMAND, lock=True))
        if found.state == "concluded":
            raise Problem(409, "Concluded already", "The remarks were sent already. Submit the draft anew first.")
        told = msgspec.structs.replace(
            found, version=version, remarks=remarks, conclusion=rules.lines(conclusion), state="concluded", concluded=timezone.localdate()
        )
        return sheet(Review, put(actor, models.Review, told))
