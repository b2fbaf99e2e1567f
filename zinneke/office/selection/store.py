"""The door of the selection: every verb, gathered from the modules that keep ideas, methods, exercises and the roadmap."""

from __future__ import annotations

from zinneke.office.selection.carrying import carry_steps, carry_verdicts
from zinneke.office.selection.exercises import (
    add_exercise,
    add_options,
    close_exercise,
    get_exercise,
    get_ledger,
    get_option,
    get_sheet,
    list_exercises,
    list_progress,
    list_sheets,
    set_plan,
    set_scores,
    settle,
    withdraw_option,
)
from zinneke.office.selection.ideas import (
    compare,
    decide,
    find_ideas,
    get_funnel,
    get_idea,
    keep_apart,
    list_decisions,
    list_doubles,
    merge,
    set_idea,
    set_ideas,
)
from zinneke.office.selection.methods import add_method, get_method, list_methods
from zinneke.office.selection.roadmap import (
    get_ceiling,
    get_edition,
    get_step,
    list_changes,
    list_editions,
    list_steps,
    publish_roadmap,
    set_step,
)

__all__ = [
    "add_exercise", "add_method", "add_options", "carry_steps", "carry_verdicts", "close_exercise", "compare", "decide", "find_ideas",
    "get_ceiling", "get_edition", "get_exercise", "get_funnel", "get_idea", "get_ledger", "get_method", "get_option", "get_sheet", "get_step",
    "keep_apart", "list_changes", "list_decisions", "list_doubles", "list_editions", "list_exercises", "list_methods", "list_progress",
    "list_sheets", "list_steps", "merge", "publish_roadmap", "set_idea", "set_ideas", "set_plan", "set_scores", "set_step", "settle",
    "withdraw_option",
]  # fmt: skip
