"""What an exercise found, carried on in one go: a screening's verdicts into decisions, a portfolio into the roadmap. All of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import verb
from zinneke.office.selection.ideas import decide
from zinneke.office.selection.results import Ranking
from zinneke.office.selection.rights import SUBJECT
from zinneke.office.selection.roadmap import set_step
from zinneke.office.selection.values import Carried, Idea, Step, Verdict


def verdicts_of(ranking: Ranking, ideas: Sequence[Idea], stage: str) -> list[Verdict]:
    """Return what a screening says of the ideas that stand at a stage and are still in: pass where ranked, exclude where a veto keeps it out.

    An option that is not ranked for want of scores has no verdict.
    """
    standing = {each.key: each for each in ideas if each.stage == stage and not each.out and not each.same_as}
    said: list[tuple[str, str, tuple[str, ...]]] = [(line.option.row.refers, "pass", ()) for line in ranking.lines]
    said += [(each.option.row.refers, "exclude", each.criteria) for each in ranking.aside if each.why == "veto"]
    return [
        Verdict(idea=key, kind=kind, criteria=criteria, version=standing[key].version)  # type: ignore[arg-type]
        for refers, kind, criteria in said
        if (key := refers.removeprefix("idea:")) in standing
    ]


@verb(Right.COMMAND, SUBJECT)
def carry_verdicts(actor: Actor, verdicts: Sequence[tuple[Verdict, str]]) -> int:
    """Record one decision for each verdict, with its reason, and return how many.

    Raises `Problem` 400 without a reason, 404 for an idea out of reach, 409 when an idea changed meanwhile or cannot pass from where it stands: then
    none is recorded.
    """
    with transaction.atomic():
        for each, reason in verdicts:
            decide(actor, each.idea, each.kind, reason, each.version)
    return len(verdicts)


@verb(Right.COMMAND, SUBJECT)
def carry_steps(actor: Actor, steps: Sequence[Carried], beyond: str = "") -> list[Step]:
    """Put several projects on the roadmap or move them, each with its reason.

    `beyond` is why more are to run than the limit allows. Raises what `set_step` raises, with the project's key as `step`: then none is carried.
    """
    if not steps:
        raise wrong("Choose at least one project to carry into the roadmap.")
    with transaction.atomic():
        return [set_step(actor, each.row, each.reason, each.version, beyond) for each in steps]
