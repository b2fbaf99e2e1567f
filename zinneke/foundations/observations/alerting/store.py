"""Make, see, try, pause and end rules: one's own, and for who keeps observations those that are for everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import store as identity
from zinneke.foundations.observations import hearing, models, register
from zinneke.foundations.observations.alerting import checking, records, telling, trying, watching
from zinneke.foundations.observations.alerting.values import Rule, RuleState, Trial, Watched
from zinneke.foundations.observations.register import SUBJECT, Register, within_reach
from zinneke.kernel.confidentiality import SYSTEM, Actor, Right, parts, reach, refusal
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem, not_found

INTERNAL = ("add_rule", "list_rules", "get_rule", "change_rule", "pause_rule", "resume_rule", "remove_rule", "try_rule")
SCOPE = "subscriptions"
"""What a token must be allowed to do: rules are made by who wants to be told."""
MOST = 100
"""Rules that one person has at the most."""
MOST_OWN, MOST_SHARED = 5_000, 100_000
"""Streams that a rule of one's own, and one for everybody, may be about."""
MOST_DAYS = 92


def add_rule(actor: Actor, rule: Rule) -> RuleState:
    """Make a rule; it speaks up from now on, and at once about what is wrong already. One of one's own needs no right: only its owner is told.

    Raises `Problem` 400 for what makes no sense, 401 for visitors, 403 for one for everybody over streams that one may not edit, 409 for too many.
    """
    person, now = _owner(actor, Right.EDIT), datetime.now(UTC)
    checking.check(rule)
    _check_reach(actor, rule)
    if models.AlertRule.objects.filter(person=person).count() >= MOST:
        raise Problem(409, "Too many", f"You have {MOST} rules, which is the most. Remove one that you no longer need.")
    with transaction.atomic():
        row = models.AlertRule.objects.create(
            person=person, actor=actor.key, shared=rule.shared, name=rule.name, document=records.document(rule), created=now, changed=now
        )  # fmt: skip
        audit.record(actor, "alert-rule.add", f"alert-rule:{row.pk}", {"shared": rule.shared})
        watching.changed()
    watching.renew()
    return get_rule(actor, row.pk)


def list_rules(actor: Actor, solution: str | None = None) -> list[RuleState]:
    """Return the rules that one may know of: one's own, those for everybody, and what solutions declare. Needs no right: alerts say the same."""
    _owner(actor, Right.SEE)
    known, counted = register.current(), _open_by_rule(actor)
    rows = _visible(actor).order_by("pk")
    kept = [state for row in rows if _told_of(state := _state(actor, known, row, counted))]
    if solution is not None:
        kept = [each for each in kept if each.rule is not None and each.rule.wanted.solution == solution]
    declared = [_declared(actor, known, each, counted) for each in records.declared() if solution is None or each.wanted.solution == solution]
    return [*kept, *(each for each in declared if each.streams)]


def get_rule(actor: Actor, number: int) -> RuleState:
    """Return one's own rule, or one for everybody. Needs no right: alerts say the same.

    Raises `Problem` 404, also where it is somebody else's and about nothing that one sees.
    """
    _owner(actor, Right.SEE)
    row = _visible(actor).filter(pk=number).first()
    if row is None or not _told_of(state := _state(actor, register.current(), row, _open_by_rule(actor))):
        raise not_found("rule", number)
    return state


def change_rule(actor: Actor, number: int, rule: Rule) -> RuleState:
    """Replace what a rule watches for; what it said before is over. Needs the right to change it, which its maker has."""
    row = _changeable(actor, number)
    checking.check(rule)
    _check_reach(actor, rule)
    fields = {"name": rule.name, "shared": rule.shared, "document": records.document(rule), "actor": actor.key}
    _write(actor, row, "alert-rule.change", fields)
    return get_rule(actor, number)


def pause_rule(actor: Actor, number: int) -> RuleState:
    """Let a rule say nothing for now; its open alerts are over. Needs the right to change it."""
    _write(actor, _changeable(actor, number), "alert-rule.pause", {"state": "paused"})
    return get_rule(actor, number)


def resume_rule(actor: Actor, number: int) -> RuleState:
    """Let a rule speak again. Needs the right to change it."""
    _write(actor, _changeable(actor, number), "alert-rule.resume", {"state": "active", "actor": actor.key})
    return get_rule(actor, number)


def remove_rule(actor: Actor, number: int) -> None:
    """End a rule; its alerts are over, and stay in the history. Needs the right to change it."""
    row = _changeable(actor, number)
    with transaction.atomic():
        telling.close_all(register.current(), f"{records.PREFIX}{row.pk}", datetime.now(UTC))
        audit.record(actor, "alert-rule.remove", f"alert-rule:{row.pk}")
        row.delete()
        watching.changed()
    watching.renew()


def try_rule(actor: Actor, rule: Rule, days: int) -> Trial:
    """Return what a rule would have said over the last days; nothing is kept. Needs no right: it reads what one may."""
    _owner(actor, Right.SEE)
    checking.check(rule)
    return trying.trial(actor, rule, max(1, min(days, MOST_DAYS)), to_microseconds(datetime.now(UTC)))


def _owner(actor: Actor, right: Right) -> int:
    if actor.person is None:
        raise Problem(401, "Sign in", "Sign in, or send a token of your account: a rule belongs to somebody.")
    if not actor.within_scopes(right, SCOPE):
        raise Problem(403, "Not allowed", f"This token does not have the scope {right}:{SCOPE}.")
    return actor.person


def _check_reach(actor: Actor, rule: Rule) -> None:
    """Refuse a rule for everybody over streams that its maker may not edit, and one over too many."""
    known = register.current()
    if not rule.shared:
        if int(hearing.wanted_mask(known, actor, rule.wanted).sum()) > MOST_OWN:
            raise Problem(
                409, "Too many", f"A rule of your own is about {MOST_OWN:,} sensors at the most. Narrow it: a solution, a commune, a reading."
            )
        return
    meant = hearing.wanted_mask(known, SYSTEM, rule.wanted)
    if not keeps(actor):
        raise refusal(actor, Right.EDIT, SUBJECT)
    if bool((meant & ~known.mask(actor, Right.EDIT)).any()):
        told = "A rule for everybody is about sensors that you keep, and this one is about others, too. Narrow it, or make it for yourself."
        raise Problem(422, "Not yours to watch", told, where="wanted")
    if int(meant.sum()) > MOST_SHARED:
        raise Problem(409, "Too many", f"A rule is about {MOST_SHARED:,} sensors at the most. Narrow it: a solution, a commune, a reading.")


def keeps(actor: Actor) -> bool:
    """Say whether somebody keeps observations, and may make rules for everybody."""
    return not reach(actor, Right.EDIT, SUBJECT).nothing or bool(parts(actor, Right.EDIT, SUBJECT))


def _visible(actor: Actor) -> QuerySet[models.AlertRule]:
    return models.AlertRule.objects.filter(Q(shared=True) | Q(person=actor.person))


def _may_change(actor: Actor, row: models.AlertRule) -> bool:
    return row.person == actor.person or (row.shared and not reach(actor, Right.COMMAND, SUBJECT).nothing)


def _changeable(actor: Actor, number: int) -> models.AlertRule:
    _owner(actor, Right.EDIT)
    row = _visible(actor).filter(pk=number).first()
    if row is None:
        raise not_found("rule", number)
    if not _may_change(actor, row):
        get_rule(actor, number)
        raise Problem(403, "Not allowed", "This rule is changed by who made it, and by who runs the platform.")
    return row


def _write(actor: Actor, row: models.AlertRule, what: str, fields: dict[str, Any]) -> None:
    """Change a rule: what it said is over, and where it goes on it speaks up anew."""
    with transaction.atomic():
        telling.close_all(register.current(), f"{records.PREFIX}{row.pk}", datetime.now(UTC))
        models.AlertRule.objects.filter(pk=row.pk).update(**fields, changed=datetime.now(UTC))
        audit.record(actor, what, f"alert-rule:{row.pk}")
        watching.changed()
    watching.renew()


def _open_by_rule(actor: Actor) -> Counter[tuple[str, str]]:
    """Count the open alerts within reach by rule, and by solution for those that solutions declare."""
    rows = models.Alert.objects.filter(within_reach(actor, Right.SEE), Q(owner=None) | Q(owner=actor.person), until=None)
    found: Counter[tuple[str, str]] = Counter()
    for rule, solution, count in rows.values_list("rule", "solution").annotate(count=Count("pk")):
        found[rule, "" if records.number_of(rule) is not None else solution] += count
    return found


def _seen(known: Register, actor: Actor, watched: Watched) -> list[int]:
    """Return the positions of the streams within reach that a rule is about."""
    found: list[int] = np.flatnonzero(hearing.wanted_mask(known, actor, watched.wanted)).tolist()
    return found


def _told_of(state: RuleState) -> bool:
    """Say whether somebody is told of a rule: who may change it, and who sees something that it is about."""
    return state.own or state.may_change or state.streams > 0


def _shown(rule: Rule, known: Register, seen: Sequence[int]) -> Rule:
    """Return a rule as it is told to who may not change it: it names only what they see."""
    if rule.wanted.things is None and rule.wanted.streams is None:
        return rule
    things, numbers = {known.streams[at].thing for at in seen}, {known.streams[at].id for at in seen}
    wanted = msgspec.structs.replace(
        rule.wanted,
        things=None if rule.wanted.things is None else tuple(each for each in rule.wanted.things if each in things),
        streams=None if rule.wanted.streams is None else tuple(each for each in rule.wanted.streams if each in numbers),
    )
    return msgspec.structs.replace(rule, wanted=wanted)


def _state(actor: Actor, known: Register, row: models.AlertRule, counted: Counter[tuple[str, str]]) -> RuleState:
    watched = records.watch_of(row)
    seen, may_change = _seen(known, actor, watched), _may_change(actor, row)
    rule = records.asked(row)
    gone = not row.shared and identity.actor_of_key(row.actor) is None
    return RuleState(
        key=watched.key, name=watched.name, status=watched.status, id=row.pk, rule=rule if may_change else _shown(rule, known, seen),
        own=row.person == actor.person, may_change=may_change, state="stopped" if gone else row.state, why=checking.explain_gone() if gone else "",
        streams=len(seen), open=counted[watched.key, ""], learning=watching.learning_of(watched.key), created=row.created,
        solution=watched.wanted.solution or "", reading=watched.wanted.reading or "",
    )  # fmt: skip


def _declared(actor: Actor, known: Register, watched: Watched, counted: Counter[tuple[str, str]]) -> RuleState:
    solution = watched.wanted.solution or ""
    return RuleState(
        key=watched.key, name=watched.name, status=watched.status, solution=solution, reading=watched.wanted.reading or "",
        streams=len(_seen(known, actor, watched)), open=counted[watched.key, solution],
    )  # fmt: skip
