"""Exercises: options, evaluators and their scores, which are only ever added; and the state of all of it at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import Actor, Level, Right, demand
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.office.selection import models
from zinneke.office.selection.ideas import check_version
from zinneke.office.selection.methods import method_of
from zinneke.office.selection.rights import SUBJECT, exercises_within, within
from zinneke.office.selection.values import (
    Cell,
    Criterion,
    Exercise,
    ExerciseRow,
    Ledger,
    Method,
    Option,
    OptionRow,
    Plan,
    Progress,
    Sheet,
)


def exercise_of(exercise: models.Exercise) -> Exercise:
    """Return a record, counted, as a value."""
    method = method_of(exercise.method, used=True)
    row = ExerciseRow(
        key=exercise.key, name=exercise.name, method=method.key, method_version=method.version, about=exercise.about, example=exercise.example,
        first=exercise.first, level=Level(exercise.level), area=exercise.area,
    )  # fmt: skip
    return Exercise(
        row=row, method=method, sequence=exercise.sequence, opened=exercise.opened, closed=exercise.closed,
        options=exercise.there, evaluators=exercise.voices,
    )  # fmt: skip


def option_of(option: models.Option) -> Option:
    """Return a record as a value."""
    row = OptionRow(
        key=option.key, name=option.name, about=option.about, domain=option.domain, refers=option.refers, plan=msgspec.convert(option.plan, Plan)
    )  # fmt: skip
    return Option(row=row, version=option.version)


def _exercises(actor: Actor, right: Right) -> QuerySet[models.Exercise]:
    counted = models.Exercise.objects.select_related("method").annotate(
        there=Count("options", filter=Q(options__withdrawn=None), distinct=True), voices=Count("evaluators", distinct=True)
    )
    return counted.filter(exercises_within(actor, right))


def _locked(actor: Actor, right: Right, key: str, closed: bool = False) -> models.Exercise:
    """Return an exercise that is about to change. Raises `Problem` 404, and 409 once it is closed."""
    found = models.Exercise.objects.select_for_update().select_related("method").filter(exercises_within(actor, right), key=key).first()
    if found is None:
        raise not_found("exercise", key)
    if found.closed and not closed:
        raise Problem(409, "Closed", "This exercise is closed: its scores stay as they are. Open another one to evaluate again.")
    return found


def _next(exercise: models.Exercise) -> int:
    models.Exercise.objects.filter(pk=exercise.pk).update(sequence=F("sequence") + 1)
    exercise.refresh_from_db(fields=("sequence",))
    return exercise.sequence


@verb(Right.SEE, SUBJECT)
def list_exercises(actor: Actor) -> list[Exercise]:
    """Return the exercises within reach, the newest first."""
    return [exercise_of(each) for each in _exercises(actor, Right.SEE).order_by("example", "-opened")]


@verb(Right.SEE, SUBJECT)
def get_exercise(actor: Actor, key: str) -> Exercise:
    """Return an exercise. Raises `Problem` 404."""
    found = _exercises(actor, Right.SEE).filter(key=key).first()
    if found is None:
        raise not_found("exercise", key)
    return exercise_of(found)


@verb(Right.COMMAND, SUBJECT)
def add_exercise(actor: Actor, row: ExerciseRow) -> Exercise:
    """Open an exercise. Raises `Problem` 404 for an unknown method, 409 for a key that is taken."""
    demand(actor, Right.COMMAND, SUBJECT, row.level, row.area)
    method = models.Method.objects.filter(within(actor, Right.SEE), key=row.method, version=row.method_version).first()
    if method is None:
        raise not_found("method", f"{row.method} v{row.method_version}")
    with transaction.atomic():
        made, new = models.Exercise.objects.get_or_create(
            key=row.key,
            defaults={
                "name": row.name, "about": row.about, "method": method, "example": row.example, "first": row.first, "opened": datetime.now(UTC),
                "level": int(row.level), "area": row.area,
            },
        )  # fmt: skip
        if not new:
            raise Problem(409, "Already there", f"There is an exercise {row.key} already. Give this one another key.")
        audit.record(actor, "exercise.open", f"{SUBJECT}.{row.key}", {"method": row.method, "version": row.method_version})
    return get_exercise(actor, made.key)


@verb(Right.COMMAND, SUBJECT)
def close_exercise(actor: Actor, key: str, sequence: int | None = None) -> Exercise:
    """Close an exercise, at the state `sequence` that was read: from now on its scores stay as they are. Raises `Problem` 409 at another state."""
    with transaction.atomic():
        found = _locked(actor, Right.COMMAND, key)
        check_version(found.sequence, found.sequence if sequence is None else sequence)
        found.closed = datetime.now(UTC)
        found.save(update_fields=("closed",))
        audit.record(actor, "exercise.close", f"{SUBJECT}.{key}", {"sequence": found.sequence})
    return get_exercise(actor, key)


@verb(Right.EDIT, SUBJECT)
def add_options(actor: Actor, exercise: str, rows: Iterable[OptionRow]) -> int:
    """Add options to an exercise and return how many were new; one that is there already stays as it is.

    An option that stands for an idea may not be less public than the exercise, since its name is shown there.
    """
    with transaction.atomic():
        held = _locked(actor, Right.EDIT, exercise)
        known = set(held.options.values_list("key", flat=True))
        fresh = [row for row in {row.key: row for row in rows}.values() if row.key not in known]
        ideas = [row.refers.partition(":")[2] for row in fresh if row.refers.startswith("idea:")]
        if models.Idea.objects.filter(key__in=ideas, level__gt=held.level).exists():
            raise Problem(409, "Too public", "One of these ideas is more confidential than the exercise. Make the exercise as confidential first.")
        if fresh:
            at = _next(held)
            models.Option.objects.bulk_create(
                models.Option(
                    exercise=held, key=row.key, name=row.name, about=row.about, domain=row.domain, refers=row.refers,
                    plan=msgspec.to_builtins(row.plan), added=at,
                )
                for row in fresh
            )  # fmt: skip
            audit.record(actor, "exercise.options", f"{SUBJECT}.{exercise}", {"added": len(fresh)})
    return len(fresh)


@verb(Right.EDIT, SUBJECT)
def withdraw_option(actor: Actor, exercise: str, option: str, reason: str) -> None:
    """Take an option out of an exercise; what was said of it stays in the states before."""
    with transaction.atomic():
        held = _locked(actor, Right.EDIT, exercise)
        found = _option(held, option)
        found.withdrawn = _next(held)
        found.save(update_fields=("withdrawn",))
        audit.record(actor, "exercise.withdraw", f"{SUBJECT}.{exercise}", {"option": option}, ground=reason)


def _option(exercise: models.Exercise, key: str) -> models.Option:
    found = exercise.options.filter(key=key, withdrawn=None).first()
    if found is None:
        raise not_found("option", key)
    return found


@verb(Right.EDIT, SUBJECT)
def set_plan(actor: Actor, exercise: str, option: str, plan: Plan, version: int) -> Option:
    """Say what an option takes: money, time, people, conditions. Raises `Problem` 409 when somebody changed it meanwhile."""
    if min(plan.cost, plan.people) < 0 or not 1 <= plan.quarters <= 40:
        raise wrong("Cost and people are numbers from zero; it lasts 1 to 40 quarters.", where="plan")
    with transaction.atomic():
        held = _locked(actor, Right.EDIT, exercise)
        found = _option(held, option)
        check_version(found.version, version)
        found.plan, found.version = msgspec.to_builtins(plan), version + 1
        found.save(update_fields=("plan", "version"))
        audit.record(actor, "option.plan", f"{SUBJECT}.{exercise}", {"option": option, **msgspec.to_builtins(plan)})
    return option_of(found)


@verb(Right.SEE, SUBJECT)
def get_option(actor: Actor, exercise: str, option: str) -> Option:
    """Return an option of an exercise within reach. Raises `Problem` 404."""
    found = models.Option.objects.filter(exercises_within(actor, Right.SEE, "exercise__"), exercise__key=exercise, key=option).first()
    if found is None:
        raise not_found("option", option)
    return option_of(found)


@verb(Right.EDIT, SUBJECT)
def get_sheet(actor: Actor, exercise: str, option: str) -> Sheet:
    """Return one's own sheet about an option: what one gave, never what others did."""
    held = _exercises(actor, Right.EDIT).filter(key=exercise).first()
    if held is None:
        raise not_found("exercise", exercise)
    found = _option(held, option)
    own = models.Score.objects.filter(exercise=held, option=found, evaluator__person=actor.key).order_by("sequence", "pk")
    cells = {each.criterion: Cell(each.criterion, each.value, each.reason) for each in own}
    return Sheet(option_of(found), cells, max((each.sequence for each in own), default=0))


@verb(Right.EDIT, SUBJECT)
def list_sheets(actor: Actor, exercise: str) -> list[tuple[Option, int]]:
    """Return the options of an exercise with how many scores one has given of each, in their order."""
    held = _exercises(actor, Right.EDIT).filter(key=exercise).first()
    if held is None:
        raise not_found("exercise", exercise)
    rows = models.Score.objects.filter(exercise=held, evaluator__person=actor.key).order_by("sequence", "pk")
    given = {(option, criterion): value for option, criterion, value in rows.values_list("option_id", "criterion", "value")}
    counted = {option: sum(1 for (held_by, _c), value in given.items() if held_by == option and value is not None) for option, _c in given}
    return [(option_of(each), counted.get(each.pk, 0)) for each in held.options.filter(withdrawn=None).order_by("pk")]


@verb(Right.EDIT, SUBJECT)
def set_scores(actor: Actor, exercise: str, option: str, cells: Sequence[Cell], sequence: int) -> Sheet:
    """Give one's scores of an option; what is the same as before is not written again. `sequence` is that of the sheet that was read.

    Raises `Problem` 400 for a score outside its scale, 409 when the same evaluator gave others meanwhile, in another window.
    """
    with transaction.atomic():
        held = _locked(actor, Right.EDIT, exercise)
        _check_cells(method_of(held.method), cells)
        before = get_sheet(actor, exercise, option)
        check_version(before.sequence, sequence, actor.name)
        nothing = Cell("", None)
        fresh = [each for each in cells if (old := before.cells.get(each.criterion, nothing)).value != each.value or old.reason != each.reason]
        if fresh:
            at, found = _next(held), _option(held, option)
            voice = _voice(held, actor)
            models.Score.objects.bulk_create(
                models.Score(
                    exercise=held, option=found, evaluator=voice, criterion=each.criterion, value=each.value, reason=each.reason.strip()[:5000],
                    time=datetime.now(UTC), sequence=at,
                )
                for each in fresh
            )  # fmt: skip
            audit.record(actor, "exercise.score", f"{SUBJECT}.{exercise}", {"option": option, "scores": len(fresh), "sequence": at})
    return get_sheet(actor, exercise, option)


def _voice(exercise: models.Exercise, actor: Actor) -> models.Evaluator:
    found = exercise.evaluators.filter(person=actor.key).first()
    return found or models.Evaluator.objects.create(
        exercise=exercise, number=exercise.evaluators.count() + 1, person=actor.key[:100], name=(actor.name or actor.key)[:200]
    )


def _check_cells(method: Method, cells: Sequence[Cell]) -> None:
    known = {each.key: each for each in method.row.criteria}
    for each in cells:
        criterion = known.get(each.criterion)
        if criterion is None:
            raise wrong(f"There is no criterion {each.criterion!r} in this method.", where=each.criterion)
        if each.value is not None:
            check_score(criterion, each.value)


def check_score(criterion: Criterion, value: float) -> None:
    """Refuse a score that is not on the scale of its criterion. Raises `Problem` 400."""
    steps = (value - criterion.low) / criterion.step
    if not criterion.low <= value <= criterion.high or abs(steps - round(steps)) > 1e-9:
        raise wrong(
            f"{criterion.key} is scored from {criterion.low:g} to {criterion.high:g} in steps of {criterion.step:g}; {value:g} is none of these.",
            where=criterion.key,
        )


@verb(Right.COMMAND, SUBJECT)
def settle(actor: Actor, exercise: str, option: str, criterion: str, value: float, reason: str) -> None:
    """Settle what evaluators disagree on: one value, with its reason, in place of theirs, which stay beside it."""
    if not reason.strip():
        raise wrong("Say why, in a sentence: the evaluators will read it.", where="reason")
    with transaction.atomic():
        held = _locked(actor, Right.COMMAND, exercise)
        _check_cells(method_of(held.method), [Cell(criterion, value)])
        models.Score.objects.create(
            exercise=held, option=_option(held, option), criterion=criterion, value=value, reason=reason.strip()[:5000],
            by_name=(actor.name or actor.key)[:200], time=datetime.now(UTC), sequence=_next(held),
        )  # fmt: skip
        audit.record(actor, "exercise.settle", f"{SUBJECT}.{exercise}", {"option": option, "criterion": criterion, "value": value}, ground=reason)


@verb(Right.SEE, SUBJECT)
def get_ledger(actor: Actor, exercise: str, at: int | None = None) -> Ledger:
    """Return everything that a ranking is computed from, at a state of the exercise (its present one where none is given).

    Raises `Problem` 404 for a state that never was. The same state is the same for ever.
    """
    found = _exercises(actor, Right.SEE).filter(key=exercise).first()
    if found is None or (at is not None and not 0 <= at <= found.sequence):
        raise not_found("state of the exercise", f"{exercise} {'' if at is None else at}".strip())
    at = found.sequence if at is None else at
    options = list(found.options.filter(Q(withdrawn=None) | Q(withdrawn__gt=at), added__lte=at).order_by("pk"))
    keys, method = {each.pk: each.key for each in options}, method_of(found.method)
    rows = models.Score.objects.filter(exercise=found, sequence__lte=at, option__in=keys).order_by("sequence", "pk")
    newest = {
        (keys[option], criterion, number or 0): (value, reason)
        for option, criterion, number, value, reason in rows.values_list("option_id", "criterion", "evaluator__number", "value", "reason")
    }
    scores = tuple((*where, value, reason) for where, (value, reason) in newest.items() if where[2] and value is not None)
    settled = tuple((option, criterion, value, reason) for (option, criterion, number), (value, reason) in newest.items() if not number)
    bare = (
        exercise,
        method.row,
        method.version,
        at,
        sorted(keys.values()),
        sorted(each[:4] for each in scores),
        sorted(each[:3] for each in settled),
    )
    return Ledger(
        exercise=exercise, method=method.row, method_version=method.version, sequence=at, options=tuple(map(option_of, options)),
        evaluators=tuple(sorted({each[2] for each in scores})), scores=scores, settled=settled, first=found.first,
        digest=sha256(msgspec.json.encode(bare)).hexdigest(),
    )  # fmt: skip


@verb(Right.SEE, SUBJECT)
def list_progress(actor: Actor, exercise: str) -> list[Progress]:
    """Return how far each evaluator is. Names are for whoever may edit it; who left is a former evaluator, whose scores stay."""
    found = _exercises(actor, Right.SEE).filter(key=exercise).first()
    if found is None:
        raise not_found("exercise", exercise)
    named = _exercises(actor, Right.EDIT).filter(key=exercise).exists()
    ledger = get_ledger(actor, exercise)
    asked = len(ledger.options) * len(ledger.method.criteria)
    given = {number: sum(1 for each in ledger.scores if each[2] == number) for number in ledger.evaluators}
    return [
        Progress(each.number, each.name if named else "", _left(each.person), given.get(each.number, 0), asked)
        for each in found.evaluators.order_by("number")
    ]


def _left(person: str) -> bool:
    kind, _, number = person.partition(":")
    return kind == "person" and number.isdigit() and identity.actor_of_person(int(number)) is None
