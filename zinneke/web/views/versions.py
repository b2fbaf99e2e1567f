"""The versions of a dataset: what changed from one to another."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.findings import Difference
from zinneke.kernel.confidentiality import Right
from zinneke.kernel.problem import Problem
from zinneke.kernel.refusals import say
from zinneke.kernel.route import Needs, Page
from zinneke.web.templatetags.zinneke import language


def compare(request: HttpRequest, key: str) -> HttpResponse:
    """Show what changed between two versions: columns, and rows added, removed and changed."""
    actor, spoken = request.actor, language()
    dataset = catalogue.get_dataset(actor, key)
    versions = tables.list_versions(actor, key)
    newer = _number(request.GET.get("to", "")) or versions[0].number
    older = _number(request.GET.get("from", "")) or next((each.number for each in versions if each.number < newer), newer)
    by = request.GET.get("by", "")[:200]
    difference, fault = None, None
    try:
        difference = tables.compare(actor, key, older, newer, by)
    except Problem as problem:
        if problem.status not in (400, 413):
            raise
        fault = say(problem.detail or problem.title)
    context = {
        "dataset": dataset, "title": dataset.title_in(spoken)[0], "versions": versions, "older": older, "newer": newer, "by": by, "fault": fault,
        "difference": difference, "rows": _compared(difference) if difference else [],
        "choices": [each.name for each in versions[0].columns if each.type != "geometry"],
    }  # fmt: skip
    return render(request, "web/dataset_versions.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _compared(difference: Difference) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return rows as what became of them and, for each cell, what it was, what it is, and whether that differs."""
    found = []
    for row in difference.some:
        before, after = row.before or row.after, row.after or row.before
        found.append((row.what, [(old, new, old != new) for old, new in zip(before, after, strict=True)]))
    return found


PAGES = (Page(name="dataset-compare", path="data/{key}/compare/", view=compare, audience=Needs(Right.SEE, "tables"), sample={"key": "trees"}),)
