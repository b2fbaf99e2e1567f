"""Findings for people: the list of what is kept or asked twice, and one finding with its two sides, its reasons and its decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from zinneke.kernel.problem import Problem
from zinneke.kernel.text import LANGUAGES, Text, choose
from zinneke.office.cartography import findings, saying, store
from zinneke.office.cartography.findings import Finding
from zinneke.office.cartography.store import Known
from zinneke.office.cartography.things import Form, Table
from zinneke.office.cartography.views.reading import SIZE, STATES, may_edit, owners


@dataclass(frozen=True, slots=True)
class Side:
    """One of a finding's two things: who answers for it, what holds it, how large it is, and the columns that only it has."""

    known: Known
    owner: str
    holders: list[Any]
    state: tuple[str, Text]
    rows: int | None
    volume: int | None
    alone: list[str]


def list_findings(request: HttpRequest) -> HttpResponse:
    """List where data are kept or asked twice, the surest first, each with whose the two are."""
    actor, language, given = request.actor, request.LANGUAGE_CODE, request.GET
    kind = given.get("kind", "") if given.get("kind") in saying.RELATIONS else ""
    decision = given.get("decision", "") if given.get("decision") in findings.DECISIONS else None
    page = max(1, int(given["page"])) if given.get("page", "").isdecimal() and len(given["page"]) < 5 else 1
    found, total = store.list_findings(actor, kind, decision, limit=SIZE, offset=(page - 1) * SIZE)
    named = owners(actor, language)

    def leading(**changes: str | None) -> str:
        kept = {"kind": kind or None, "decision": decision} | changes
        return f"?{urlencode({name: value for name, value in kept.items() if value is not None})}"

    context = {
        "total": total,
        "kinds": [(leading(kind=None), None, not kind), *((leading(kind=key), words, key == kind) for key, words in saying.RELATIONS.items())],
        "decisions": [
            (leading(decision=None), None, decision is None),
            *((leading(decision=key), words, key == decision) for key, words in findings.DECISIONS.items()),
        ],
        "found": [
            (each, _whose(each, named), saying.RELATIONS[each.relation.kind], findings.DECISIONS[each.decision], saying.ACTIONS[each.relation.action])
            for each in found
        ],
        "earlier": leading(page=str(page - 1)) if page > 1 else "",
        "later": leading(page=str(page + 1)) if page * SIZE < total else "",
    }
    return render(request, "cartography/findings.html", context)


@never_cache
def list_groups(request: HttpRequest) -> HttpResponse:
    """List what hangs together by findings of one kind, the largest first, and decide the pairs of a group alike."""
    actor, language, given = request.actor, request.LANGUAGE_CODE, request.POST
    kind = request.GET.get("kind", "") if request.GET.get("kind") in saying.RELATIONS else ""
    told, wrong = "", 0
    if request.method == "POST":
        ids = [int(each) for each in given.getlist("id") if each.isdecimal() and len(each) < 16]
        try:
            store.decide_findings(actor, ids, given.get("decision", ""), given.get("reason", ""))
            return redirect(f"{request.path}?{urlencode({'kind': kind})}" if kind else request.path)
        except Problem as problem:
            if problem.status != 400:
                raise
            told, wrong = problem.said_in(language), int(given["group"]) if given.get("group", "").isdecimal() and len(given["group"]) < 6 else 1
    named = owners(actor, language)
    kinds = [("?", None, not kind), *((f"?kind={key}", words, key == kind) for key, words in saying.RELATIONS.items())]
    found = []
    for group in store.list_groups(actor, kind)[:SIZE]:
        owned: dict[str, list[Any]] = {}
        for member in group.members:
            owned.setdefault(named.get(member.owner, member.owner), []).append(member)
        found.append((group, saying.RELATIONS[group.kind], saying.ACTIONS[group.action], list(owned.items())))
    context = {
        "kind": kind, "kinds": kinds, "found": found, "told": told, "wrong": wrong, "typed": given, "may_decide": may_edit(actor),
        "decisions": [(key, words) for key, words in findings.DECISIONS.items() if key],
    }  # fmt: skip
    return render(request, "cartography/groups.html", context, status=422 if told else 200)


def _whose(found: Finding, named: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return who answers for each of the two, and its key, by which two of the same name are told apart."""
    sides = ((found.left_owner, found.relation.left), (found.right_owner, found.relation.right))
    return [(named.get(owner, owner), key) for owner, key in sides]


@never_cache
def finding(request: HttpRequest, id: str) -> HttpResponse:
    """Show one finding, the two things side by side and why, and take a decision about it."""
    actor, language = request.actor, request.LANGUAGE_CODE
    number, told = int(id) if id.isdecimal() and len(id) < 16 else 0, ""
    found = store.get_finding(actor, number)
    if request.method == "POST":
        try:
            store.decide_finding(actor, number, request.POST.get("decision", ""), request.POST.get("reason", ""))
            return redirect("cartography-finding", id=id)
        except Problem as problem:
            if problem.status != 400:
                raise
            told = problem.said_in(language)
    relation, named = found.relation, owners(actor, language)
    context = {
        "finding": found,
        "sides": [
            _side(store.get_thing(actor, relation.left), {match.left for match in relation.matches}, named),
            _side(store.get_thing(actor, relation.right), {match.right for match in relation.matches}, named),
        ],
        "told": told,
        "typed": request.POST if told else {"decision": found.decision, "reason": found.reason},
        "may_decide": may_edit(actor),
        "relation": saying.RELATIONS[relation.kind],
        "action": saying.ACTIONS[relation.action],
        "sentence": saying.say_relation(relation, _named(found.left_title), _named(found.right_title)),
        "reasons": [(saying.say_part(part), part) for part in relation.parts],
        "matches": [(match, [saying.say_part(part) for part in match.parts]) for match in relation.matches],
        "decision": findings.DECISIONS[found.decision],
        "decisions": [(key, words) for key, words in findings.DECISIONS.items() if key],
    }
    return render(request, "cartography/finding.html", context, status=422 if told else 200)


def _side(known: Known, matched: set[str], named: Mapping[str, str]) -> Side:
    row, details = known.thing.row, known.thing.row.details
    declared = details.columns if isinstance(details, Table) else details.fields if isinstance(details, Form) else ()
    names = dict.fromkeys((*(part.name for part in declared), *(each.name for each in (known.profile.columns if known.profile else ()))))
    return Side(
        known=known,
        owner=named.get(row.owner, row.owner),
        holders=[tie for tie in known.ties if tie.relation == "holds" and not tie.outward],
        state=STATES[known.thing.status],
        rows=known.profile.rows if known.profile else details.rows if isinstance(details, Table) else None,
        volume=details.volume if isinstance(details, Form) else None,
        alone=[name for name in names if name not in matched],
    )


def _named(title: Mapping[str, str]) -> Text:
    """Return a title in quotes, in each language as well as it is known."""
    said = {each: choose(title, each)[0] for each in LANGUAGES}
    return Text(f"« {said['fr']} »", f"“{said['nl']}”", f"“{said['en']}”")
