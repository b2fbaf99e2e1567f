"""The machines' door to alert rules."""

from __future__ import annotations

from typing import Annotated

import msgspec

from zinneke.foundations.observations.alerting import store
from zinneke.foundations.observations.alerting.values import Rule, RuleState, Trial
from zinneke.kernel.route import KNOWN, Call, Reply, Route

TAGS = ("Observations",)
AT = "/api/alert-rules"
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class AskRules(msgspec.Struct, forbid_unknown_fields=True):
    """Which rules: all that one may know of, or those of one solution."""

    solution: str | None = None


class AskRule(msgspec.Struct, forbid_unknown_fields=True):
    """One rule."""

    id: Number


class AskTrial(msgspec.Struct, forbid_unknown_fields=True):
    """Over how many days a rule is tried."""

    days: Annotated[int, msgspec.Meta(ge=1, le=store.MOST_DAYS)] = 7


class Rules(msgspec.Struct):
    """Rules: one's own, those for everybody, and what solutions declare."""

    rules: list[RuleState]


def post_rule(call: Call[None]) -> RuleState:
    """Make a rule; it speaks up from now on, and at once about what is wrong already."""
    return store.add_rule(call.actor, call.body)


def list_rules(call: Call[AskRules]) -> Rules:
    """List the rules that one may know of, each with what it watches and its open alerts."""
    return Rules(store.list_rules(call.actor, call.ask.solution))


def try_rule(call: Call[AskTrial]) -> Trial:
    """Say which alerts a rule would have opened over the last days; nothing is kept."""
    return store.try_rule(call.actor, call.body, call.ask.days)


def get_rule(call: Call[AskRule]) -> RuleState:
    """Show one rule."""
    return store.get_rule(call.actor, call.ask.id)


def put_rule(call: Call[AskRule]) -> RuleState:
    """Replace what a rule watches for; its open alerts are over, and it speaks up anew."""
    return store.change_rule(call.actor, call.ask.id, call.body)


def delete_rule(call: Call[AskRule]) -> Reply:
    """End a rule; its alerts are over, and stay in the history."""
    store.remove_rule(call.actor, call.ask.id)
    return Reply(status=204)


def pause_rule(call: Call[AskRule]) -> RuleState:
    """Let a rule say nothing for now; its open alerts are over."""
    return store.pause_rule(call.actor, call.ask.id)


def resume_rule(call: Call[AskRule]) -> RuleState:
    """Let a rule speak again."""
    return store.resume_rule(call.actor, call.ask.id)


ROUTES = (
    Route(method="POST", path=AT, call=post_rule, audience=KNOWN, takes=Rule, gives=RuleState, status=201, tags=TAGS),
    Route(method="GET", path=AT, call=list_rules, audience=KNOWN, ask=AskRules, gives=Rules, tags=TAGS),
    Route(method="POST", path=f"{AT}/try", call=try_rule, audience=KNOWN, ask=AskTrial, takes=Rule, gives=Trial, tags=TAGS),
    Route(method="GET", path=f"{AT}/{{id}}", call=get_rule, audience=KNOWN, ask=AskRule, gives=RuleState, tags=TAGS),
    Route(method="PUT", path=f"{AT}/{{id}}", call=put_rule, audience=KNOWN, ask=AskRule, takes=Rule, gives=RuleState, tags=TAGS),
    Route(method="DELETE", path=f"{AT}/{{id}}", call=delete_rule, audience=KNOWN, ask=AskRule, status=204, tags=TAGS),
    Route(method="POST", path=f"{AT}/{{id}}/pause", call=pause_rule, audience=KNOWN, ask=AskRule, gives=RuleState, tags=TAGS),
    Route(method="POST", path=f"{AT}/{{id}}/resume", call=resume_rule, audience=KNOWN, ask=AskRule, gives=RuleState, tags=TAGS),
)
