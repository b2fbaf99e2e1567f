"""Try a model, keep a scenario, publish it, compute it again. What an actor may not see is not in the question."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from time import perf_counter

import msgspec
from django.db import transaction
from django.db.models import Q

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity.within import within
from zinneke.kernel.confidentiality import EVERYWHERE, Actor, Level, Reach, Right, parts, reach, refusal
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.office.scenarios import keeping, models, rules, running
from zinneke.office.scenarios.declared import get_model
from zinneke.office.scenarios.declared import models as declared
from zinneke.office.scenarios.declaring import Model
from zinneke.office.scenarios.values import OWN, Draft, Question, Reproduction, Result, Run, Scenario

SUBJECT = "scenarios"
MOST_COMPARED = 4


@verb(Right.SEE, SUBJECT)
def list_models(actor: Actor) -> list[Model]:
    """Return every declared model: what is declared is public."""
    return list(declared().values())


@verb(Right.SEE, SUBJECT)
def get_answer(actor: Actor, question: Question) -> Result:
    """Compute a question and keep nothing; the same question was perhaps just answered. Raises `Problem` 400 for a question with faults."""
    return running.answer(get_model(question.model), question)


@verb(Right.SEE, SUBJECT)
def list_scenarios(actor: Actor, model: str = "", state: str = "published", limit: int = 200) -> list[Scenario]:
    """Return scenarios without their results, the newest first; `state` is published, draft or "" for both.

    Drafts are for those who may edit them.
    """
    found = models.Scenario.objects.filter(_readable(actor)).defer("result")
    if model:
        found = found.filter(model=model)
    if state:
        found = found.filter(published__isnull=state == "draft")
    return [keeping.scenario(row, whole=False) for row in found.order_by("-published", "-changed")[: max(1, min(limit, 1000))]]


@verb(Right.SEE, SUBJECT)
def get_scenario(actor: Actor, key: str) -> Scenario:
    """Return a scenario with its result. Raises `Problem` 404, also for a draft that the actor may not edit."""
    return keeping.scenario(_row(actor, key))


@verb(Right.SEE, SUBJECT)
def list_compared(actor: Actor, keys: Iterable[str]) -> list[Scenario]:
    """Return up to four scenarios of one model that have results, in the order asked. Raises `Problem` 400 or 404."""
    wanted = list(dict.fromkeys(key for key in keys if key))
    if len(wanted) > MOST_COMPARED:
        raise wrong(f"Compare at most {MOST_COMPARED} scenarios.", where="s")
    found = [get_scenario(actor, key) for key in wanted]
    if len({each.question.model for each in found}) > 1:
        raise wrong("Compare scenarios of one model: the figures of different models do not mean the same.", where="s")
    return [each for each in found if each.result is not None]


@verb(Right.SEE, SUBJECT)
def get_reproduction(actor: Actor, key: str) -> Reproduction:
    """Compute a scenario again with the model as it is now, and say whether it comes out identical, or what differs.

    Raises `Problem` 409 for one that another engine computed: that takes long, so it is run again as a job.
    """
    kept = get_scenario(actor, key)
    if kept.result is None:
        raise Problem(409, "Nothing to compare with", "This scenario has not been computed yet.")
    if kept.question.engine != OWN:
        raise Problem(409, "This takes long", "Another engine computed this scenario. Somebody who may edit scenarios can run it again as a job.")
    model = get_model(kept.question.model)
    begun = perf_counter()
    found = rules.answer(model, msgspec.structs.replace(kept.question, version=model.version))
    differing = rules.differences(kept.result, found)
    return Reproduction(
        scenario=key,
        identical=not differing,
        version_then=kept.question.version,
        version_now=model.version,
        differences=differing,
        seconds=perf_counter() - begun,
    )


@verb(Right.EDIT, SUBJECT)
def add_scenario(actor: Actor, draft: Draft) -> Scenario:
    """Keep a scenario as a draft and compute it; with another engine it is computed by `start_run`. Raises `Problem` 400 for faults."""
    owner = actor.organisation or ""
    _demand(actor, Right.EDIT, draft.level, draft.area, owner)
    model = get_model(draft.question.model)
    draft = keeping.checked(draft, model)
    if draft.parent:
        get_scenario(actor, draft.parent)
    now = datetime.now(UTC)
    with transaction.atomic():
        row = models.Scenario(key=keeping.new_key(draft.name), author=actor.name, owner=owner, created=now)
        keeping.fill(row, draft, now)
        keeping.compute(row, model, draft.question)
        row.save()
        audit.record(actor, "add scenario", f"{SUBJECT}:{row.key}", {"model": model.key, "digest": row.digest, "parent": draft.parent})
    return keeping.scenario(row)


@verb(Right.EDIT, SUBJECT)
def add_illustration(actor: Actor, key: str, draft: Draft) -> bool:
    """Compute and publish a scenario that comes with the platform, marked as an illustration; one that is there already is left alone (False)."""
    _demand(actor, Right.EDIT, draft.level, draft.area, "")
    if models.Scenario.objects.filter(key=key).exists():
        return False
    model = get_model(draft.question.model)
    draft = keeping.checked(draft, model)
    now = datetime.now(UTC)
    with transaction.atomic():
        row = models.Scenario(key=key, author=actor.name, created=now, published=now, illustration=True)
        keeping.fill(row, draft, now)
        keeping.compute(row, model, draft.question)
        row.save()
        audit.record(actor, "publish scenario", f"{SUBJECT}:{key}", {"digest": row.digest, "illustration": True})
    return True


@verb(Right.EDIT, SUBJECT)
def set_scenario(actor: Actor, key: str, draft: Draft, edition: int) -> Scenario:
    """Change a draft. Raises `Problem` 409 when it was published, or when somebody else changed it since `edition`; then nothing is overwritten."""
    with transaction.atomic():
        row = _row(actor, key, Right.EDIT)
        _demand(actor, Right.EDIT, draft.level, draft.area, row.owner)
        if row.published:
            raise Problem(409, "Published", "A published scenario never changes. Make a new one from it: it will name this one as its origin.")
        if row.edition != edition:
            raise Problem(
                409, "Changed meanwhile", f"{row.changed:%H:%M}: somebody else changed this scenario. Nothing was overwritten.", edition=row.edition
            )
        model = get_model(draft.question.model)
        draft = keeping.checked(draft, model)
        keeping.fill(row, draft, datetime.now(UTC))
        row.edition += 1
        keeping.compute(row, model, draft.question)
        row.save()
        audit.record(actor, "change scenario", f"{SUBJECT}:{key}", {"edition": row.edition, "digest": row.digest})
    return keeping.scenario(row)


@verb(Right.EDIT, SUBJECT)
def publish_scenario(actor: Actor, key: str, edition: int) -> Scenario:
    """Publish a scenario that was computed; from then on it never changes. Raises `Problem` 409 when it cannot be."""
    with transaction.atomic():
        row = _row(actor, key, Right.EDIT)
        if row.published:
            return keeping.scenario(row)
        if row.edition != edition:
            raise Problem(409, "Changed meanwhile", "Somebody else changed this scenario since you read it. Read it again, then publish.")
        if row.result is None:
            raise Problem(409, "Not computed yet", "Compute this scenario before you publish it.")
        row.published, row.edition = datetime.now(UTC), row.edition + 1
        row.save()
        audit.record(actor, "publish scenario", f"{SUBJECT}:{key}", {"digest": row.digest, "level": row.level})
    return keeping.scenario(row)


@verb(Right.EDIT, SUBJECT)
def remove_draft(actor: Actor, key: str) -> None:
    """Throw a draft away. Raises `Problem` 409 for a published scenario: what was said in public stays."""
    with transaction.atomic():
        row = _row(actor, key, Right.EDIT)
        if row.published:
            raise Problem(409, "Published", "A published scenario is not removed: others may have referred to it.")
        audit.record(actor, "remove scenario", f"{SUBJECT}:{key}", {"digest": row.digest})
        row.delete()


@verb(Right.EDIT, SUBJECT)
def start_run(actor: Actor, key: str) -> Run:
    """Compute a draft with its own engine as a job in a process of its own, and return the job. One that is under way is returned as it is."""
    row = _row(actor, key, Right.EDIT)
    if row.published:
        raise Problem(409, "Published", "A published scenario never changes. Make a new one from it and run that.")
    run = running.start(row)
    audit.record(actor, "run scenario", f"{SUBJECT}:{key}", {"run": run.id})
    return run


@verb(Right.EDIT, SUBJECT)
def cancel_run(actor: Actor, number: int) -> Run:
    """Stop a job; what it had computed so far is dropped. One that has ended stays as it ended."""
    row = models.Run.objects.select_related("scenario").filter(Q(pk=number) & _within(actor, Right.EDIT, "scenario__")).first()
    if row is None:
        raise not_found("run", number)
    audit.record(actor, "cancel run", f"{SUBJECT}:{row.scenario.key}", {"run": number})
    return running.cancel(row)


@verb(Right.SEE, SUBJECT)
def get_run(actor: Actor, number: int) -> Run:
    """Return a job. Raises `Problem` 404, also where the actor may not see its scenario."""
    row = models.Run.objects.select_related("scenario").filter(Q(pk=number) & _readable(actor, "scenario__")).first()
    if row is None:
        raise not_found("run", number)
    return running.run_of(row)


@verb(Right.SEE, SUBJECT)
def list_runs(actor: Actor, key: str) -> list[Run]:
    """Return the jobs of a scenario, the newest first. Raises `Problem` 404."""
    row = _row(actor, key)
    return [running.run_of(run) for run in row.runs.select_related("scenario").order_by("-pk")[:20]]


@verb(Right.EDIT, SUBJECT)
def list_areas_to_edit(actor: Actor) -> list[str]:
    """Return the areas in which the actor may keep scenarios: "" for the whole Region, when they may there."""
    held = [reach(actor, Right.EDIT, SUBJECT), *_own_parts(actor, Right.EDIT)]
    found: set[str] = set()
    for each in held:
        areas = each.areas[Level.PUBLIC]
        found |= {EVERYWHERE} if areas is None else areas
    return sorted(found)


def _own_parts(actor: Actor, right: Right) -> list[Reach]:
    mine = f"{SUBJECT}.{actor.organisation}"
    return [held for part, held in parts(actor, right, SUBJECT).items() if part == mine]


def _demand(actor: Actor, right: Right, level: Level, area: str, owner: str) -> None:
    """Refuse a level and area beyond the actor's reach, on the whole room or on their organisation's part of it."""
    held = [reach(actor, right, SUBJECT)]
    held += [narrow for part, narrow in parts(actor, right, SUBJECT).items() if owner and part == f"{SUBJECT}.{owner}"]
    if not any(each.allows(level, area) for each in held):
        raise refusal(actor, right, SUBJECT)


def _row(actor: Actor, key: str, right: Right = Right.SEE) -> models.Scenario:
    condition = _readable(actor) if right is Right.SEE else _within(actor, right)
    row = models.Scenario.objects.filter(condition, key=key).first()
    if row is None:
        raise not_found("scenario", key)
    return row


def _readable(actor: Actor, prefix: str = "") -> Q:
    """Return what an actor may read as a condition: what is published within their sight, and of the drafts there those that they may edit."""
    published = Q(**{f"{prefix}published__isnull": False})
    return _within(actor, Right.SEE, prefix) & (published | _within(actor, Right.EDIT, prefix))


def _within(actor: Actor, right: Right, prefix: str = "") -> Q:
    return within(actor, right, SUBJECT, part="owner", prefix=prefix)
