"""The funnel: how many ideas at each stage, each figure an address, and what was decided last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zinneke.kernel.text import Text
from zinneke.office.selection import store
from zinneke.office.selection.values import StageCount
from zinneke.office.selection.views.shown import may
from zinneke.office.selection.words import IN_THE_NOTE, KINDS, MEANING, STAGES


@dataclass(frozen=True, slots=True)
class Band:
    """One stage as it is drawn: its words, its counts, and how wide it is (0 to 100)."""

    count: StageCount
    name: Text
    about: Text
    note: Text
    width: float
    left: float


def show(request: HttpRequest) -> HttpResponse:
    """Show the funnel."""
    actor = request.actor
    counts = store.get_funnel(actor)
    most = max(1, counts[0].reached)
    bands = [
        Band(each, STAGES[each.stage], MEANING[each.stage], IN_THE_NOTE[each.stage], width, (100 - width) / 2)
        for each in counts
        if (width := max(1.5, each.reached / most * 100) if each.reached else 0.0) >= 0
    ]
    editions = store.list_editions(actor)
    context: dict[str, Any] = {
        "bands": bands,
        "cities": len(store.find_ideas(actor, limit=0).facets["city"]),
        "exercises": store.list_exercises(actor),
        "methods": newest(store.list_methods(actor)),
        "decisions": [(each, KINDS.get(each.kind)) for each in store.list_decisions(actor, limit=8)],
        "edition": editions[0] if editions else None,
        **may(request),
    }
    return render(request, "selection/funnel.html", context)


def newest(methods: list[Any]) -> list[Any]:
    """Return the newest version of each method."""
    return list({each.key: each for each in reversed(methods)}.values())
