"""What the map shows: itself, one thing, findings, the Only Once check, gaps, glossary, register, the manager's summary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zinneke.foundations.tables.saying import say_evidence
from zinneke.kernel.confidentiality import Actor, Level, Right, parts, reach
from zinneke.kernel.finding import fold
from zinneke.kernel.text import Text, choose
from zinneke.office.cartography import codes, findings, once, saying, store
from zinneke.office.cartography.codes import NOT_SAID
from zinneke.office.cartography.drawing import draw, draw_trend
from zinneke.office.cartography.editing import HEAD, questions
from zinneke.office.cartography.exports import EXPORTS
from zinneke.office.cartography.once import FormCheck
from zinneke.office.cartography.shelf import SUBJECT
from zinneke.office.cartography.store import Known
from zinneke.office.cartography.things import HOSTING_NAMES, KIND_NAMES, KIND_PLURALS, KINDS, RELATION_NAMES, Kind, Thing
from zinneke.office.cartography.values import ColumnProfile

SIZE = 50
STATES: dict[str, tuple[str, Text]] = {
    "verified": ("good", Text("vérifié", "nagekeken", "verified")),
    "declared": ("unknown", Text("déclaré", "aangegeven", "declared")),
    "stale": ("watch", Text("à relire", "na te kijken", "to be reviewed")),
}
"""How far a thing is to be believed: its status and its word."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter that can be chosen: its words, how many it leads to, where, and whether it is on."""

    name: str
    count: int
    address: str
    on: bool


def may_edit(actor: Actor) -> bool:
    """Say whether somebody may write something on the map."""
    return not reach(actor, Right.EDIT, SUBJECT).nothing or bool(parts(actor, Right.EDIT, SUBJECT))


def owners(actor: Actor, language: str) -> dict[str, str]:
    """Return what the administrations on the map are called, by the key of their organisation."""
    found, _ = store.list_things(actor, ("administration",), limit=500)
    return {each.row.owner: choose(each.title, language)[0] for each in found if each.row.owner}


def front(request: HttpRequest) -> HttpResponse:
    """Show the map in its first second: how much is on it and believed, who holds what, what it found."""
    actor, language = request.actor, request.LANGUAGE_CODE
    named, table = owners(actor, language), defaultdict[str, dict[str, Any]](dict)
    for cell in store.list_matrix(actor):
        table[cell.owner][cell.kind] = cell
    columns: list[Kind] = [kind for kind in KINDS if any(kind in cells for cells in table.values()) and kind not in ("administration", "element")]
    rows = [(key, named.get(key, key), [cells.get(kind) for kind in columns]) for key, cells in table.items()]
    context = {
        "summary": store.statistics(actor),
        "kinds": [(kind, KIND_PLURALS[kind]) for kind in KINDS],
        "columns": [(kind, KIND_PLURALS[kind]) for kind in columns],
        "rows": sorted(rows, key=lambda row: fold(row[1])),
        "may_edit": may_edit(actor),
        "public_only": not reach(actor, Right.SEE, SUBJECT).allows(Level.SHARED) and not parts(actor, Right.SEE, SUBJECT),
        "exports": EXPORTS,
    }
    return render(request, "cartography/front.html", context)


def things(request: HttpRequest) -> HttpResponse:
    """List the things of the map, narrowed by kind, owner, state and words; no filter leads to nothing."""
    actor, language, given = request.actor, request.LANGUAGE_CODE, request.GET
    kind = given.get("kind") if given.get("kind") in KINDS else ""
    text, owner, status = given.get("q", "").strip()[:200], given.get("owner", "")[:500], given.get("status", "")
    page = max(1, min(int(given.get("page", "1")), 2000)) if given.get("page", "1").isdecimal() and len(given.get("page", "1")) < 6 else 1
    found, total = store.list_things(actor, (kind,) if kind else (), owner, text, status, limit=SIZE, offset=(page - 1) * SIZE)  # type: ignore[arg-type]
    named = owners(actor, language)

    def leading(**changes: str) -> str:
        kept = {"q": text, "kind": kind, "owner": owner, "status": status} | changes
        return f"?{urlencode({name: value for name, value in kept.items() if value})}"

    counted = store.count_things(actor, owner, text, status)
    context = {
        "q": text,
        "owner": owner,
        "owner_name": named.get(owner, owner),
        "kind": kind,
        "status": status,
        "found": [(each, named.get(each.row.owner, each.row.owner), STATES[each.status]) for each in found],
        "total": total,
        "kinds": [Choice(KIND_PLURALS[each].said_in(language), counted[each], leading(kind=each), each == kind) for each in KINDS if each in counted],
        "all_kinds": leading(kind=""),
        "statuses": [
            Choice(words.said_in(language), count, leading(status=each), each == status)
            for each, (_, words) in STATES.items()
            if (count := sum(store.count_things(actor, owner, text, each).values()))
        ],
        "without_owner": leading(owner=""),
        "without_status": leading(status=""),
        "page": page,
        "earlier": leading(page=str(page - 1)) if page > 1 else "",
        "later": leading(page=str(page + 1)) if page * SIZE < total else "",
        "may_edit": may_edit(actor),
    }
    return render(request, "cartography/things.html", context)


@dataclass(frozen=True, slots=True)
class Line:
    """A column or field of a thing: as declared, as measured, and what it means."""

    part: Any
    measured: ColumnProfile | None
    meanings: list[Any]
    verdict: Any = None
    grounds: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def told(self) -> list[Text]:
        """Return what the column holds as far as its values tell, with the evidence."""
        return list(dict.fromkeys(say_evidence(each) for each in self.measured.evidence)) if self.measured else []


def thing(request: HttpRequest, key: str) -> HttpResponse:
    """Show everything known of one thing."""
    actor, language = request.actor, request.LANGUAGE_CODE
    known = store.get_thing(actor, key)
    row, named = known.thing.row, owners(actor, language)
    check = next(iter(store.list_checks(actor, form=key)), None) if known.thing.kind == "form" else None
    found, _ = store.list_findings(actor, thing=key, limit=20)
    around = store.get_neighbourhood(actor, key, 2, 40)
    context = {
        "known": known,
        "thing": known.thing,
        "row": row,
        "kind_name": KIND_NAMES[known.thing.kind],
        "state": STATES[known.thing.status],
        "owner_name": named.get(row.owner, row.owner),
        "facts": list(facts(known.thing, language, named)),
        "ties": [(RELATION_NAMES[tie.relation][0 if tie.outward else 1], tie, KIND_NAMES[tie.kind]) for tie in known.ties],
        "lines": lines(known, check, titles(actor, ("source", "agreement")) if check else {}),
        "check": check,
        "findings": [(each, saying.RELATIONS[each.relation.kind], findings.DECISIONS[each.decision]) for each in found],
        "drawing": draw(around, language) if len(around.things) > 1 else None,
        **(_office(actor, row.owner) if known.thing.kind == "administration" and row.owner else {}),
        "relations": [(key, names[0]) for key, names in RELATION_NAMES.items()],
        "elements": titles(actor, ("element",)).items() if may_edit(actor) and known.thing.kind in ("table", "form") else (),
        "may_edit": may_edit(actor),
        "questions": store.list_questions(actor, key) if may_edit(actor) else [],
        "verdicts": once.VERDICTS,
    }
    return render(request, "cartography/thing.html", context)


def graph(request: HttpRequest) -> HttpResponse:
    """Show the map as a graph around one thing, from which one walks on; the list beside it says the same."""
    actor, language, given = request.actor, request.LANGUAGE_CODE, request.GET
    offices = owners(actor, language)
    offered = [each for each in store.list_things(actor, ("administration",), limit=500)[0] if each.row.owner]
    starts = [(each.key, choose(each.title, language)[0]) for each in offered]
    key = given.get("around", "")[:200]
    if not key and offered:
        held = Counter(each.row.owner for each in store.list_things(actor, limit=500)[0])
        key = max(offered, key=lambda each: held[each.row.owner]).key
    steps = int(given["steps"]) if given.get("steps") in ("1", "2", "3") else 2
    around = store.get_neighbourhood(actor, key, steps, 60) if key else None
    centre = around.things[0][0] if around else None
    names = {relation: words[0] for relation, words in RELATION_NAMES.items()} | {"answers": ANSWERS_FOR}
    called = {each.key: each.title for each, _ in around.things} if around else {}
    context = {
        "starts": sorted(starts, key=lambda each: fold(each[1])),
        "around": key,
        "steps": steps,
        "centre": centre,
        "centre_kind": KIND_NAMES[centre.kind] if centre else "",
        "owner_name": offices.get(centre.row.owner, centre.row.owner) if centre else "",
        "drawing": draw(around, language) if around else None,
        "links": [(source, called[source], names[relation], target, called[target]) for source, relation, target in around.links] if around else [],
    }
    return render(request, "cartography/graph.html", context)


ANSWERS_FOR = Text("répond de", "staat in voor", "answers for")


def _office(actor: Actor, owner: str) -> dict[str, Any]:
    """Return what an administration holds, keeps or asks twice, and costs citizens."""
    counted = store.count_things(actor, owner)
    checks = store.list_checks(actor, owner)
    found, total = store.list_findings(actor, owner=owner, limit=10)
    return {
        "holds": [(kind, KIND_PLURALS[kind], counted[kind]) for kind in KINDS if kind in counted and kind != "administration"],
        "rate": once.rate(checks),
        "asks": len(checks),
        "hours": sum(each.hours("stop", "agree") or 0 for each in checks),
        "owned": [(each, saying.RELATIONS[each.relation.kind], findings.DECISIONS[each.decision]) for each in found],
        "owned_total": total,
    }


def titles(actor: Actor, kinds: tuple[Kind, ...]) -> dict[str, Any]:
    """Return what the things of some kinds are called, by key."""
    return {each.key: each.title for each in store.list_things(actor, kinds, limit=500)[0]}


def lines(known: Known, check: FormCheck | None, called: dict[str, Any]) -> list[Line]:
    """Return the columns or fields of a thing with all that is known of each; `called` names the grounds of verdicts."""
    details = known.thing.row.details
    declared = getattr(details, "columns", ()) or getattr(details, "fields", ())
    measured = {each.name: each for each in known.profile.columns} if known.profile else {}
    meant = defaultdict[str, list[Any]](list)
    for meaning in known.meanings:
        meant[meaning.column].append(meaning)
    verdicts = {each.field: each for each in check.fields} if check else {}
    return [
        *(Line(part, measured.get(part.name), meant[part.name], found := verdicts.get(part.name), grounds(found, called)) for part in declared),
        *(Line(each, each, meant[name]) for name, each in measured.items() if name not in {part.name for part in declared}),
    ]


def grounds(verdict: Any, called: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the sources and agreements of a verdict with their titles."""
    return [(key, called.get(key, {"en": key})) for key in (*verdict.sources, *verdict.agreements)] if verdict else []


def facts(thing: Thing, language: str, named: Mapping[str, str]) -> Any:
    """Yield the details of a thing as pairs of words, administrations by name; what nobody said is left out."""
    for asked in questions(thing.kind)[len(HEAD) :]:
        value = getattr(thing.row.details, asked.name)
        if value in (None, "", (), {}) or asked.shape == "list" or asked.name == "concepts":
            continue
        if asked.shape in ("words", "lines"):
            value = choose(value, language)[0] if asked.shape == "words" else ", ".join(value)
        if asked.name == "hosting":
            value = HOSTING_NAMES[value].said_in(language) if value != "unknown" else ""
        elif asked.options is not None:
            keys = value if isinstance(value, tuple) else (value,)
            value = codes.said(dict(asked.options), keys, language)
        elif asked.name in ("controller", "responsible", "initiator", "integrator"):
            value = named.get(value, value)
        elif isinstance(value, bool):
            value = YES.said_in(language) if value else ""
        if value:
            yield asked.label, value, asked.name


YES = Text("oui", "ja", "yes")


def twins(request: HttpRequest) -> HttpResponse:
    """List what the public catalogue seems to hold twice, with the evidence."""
    page = request.GET.get("page", "1")
    number = max(1, int(page)) if page.isdecimal() and len(page) < 5 else 1
    found, total = store.list_twins(request.actor, SIZE, (number - 1) * SIZE)
    more = number * SIZE < total
    context = {
        "found": [(each, findings.DECISIONS[each.decision]) for each in found],
        "total": total,
        "page": number,
        "later": number + 1 if more else 0,
        "may_decide": not reach(request.actor, Right.COMMAND, SUBJECT).nothing,
        "decisions": [(key, words) for key, words in findings.DECISIONS.items() if key],
    }
    return render(request, "cartography/twins.html", context)


def only_once(request: HttpRequest) -> HttpResponse:
    """Show the Only Once check: form by form what could be asked no more, and the hours that it costs."""
    actor, language = request.actor, request.LANGUAGE_CODE
    owner = request.GET.get("owner", "")[:500]
    checks = store.list_checks(actor, owner)
    named = owners(actor, language)
    titles = {each.key: each.title for each in store.list_things(actor, ("form",), owner, limit=500)[0]}
    context = {
        "rate": once.rate(checks),
        "owner": owner,
        "owner_name": named.get(owner, owner),
        "checks": [
            (each, titles.get(each.form, {}), named.get(each.owner, each.owner), counted(each), each.hours("stop"), each.hours("agree"))
            for each in checks
        ],
        "verdicts": [(status, name, about) for status, name, about in once.VERDICTS.values()],
        "hours": once.hours(checks, "stop"),
        "hours_agree": once.hours(checks, "agree"),
        "by_owner": [(each, named.get(each.owner, each.owner)) for each in once.by_owner(checks)],
        "seconds": once.SECONDS,
    }
    return render(request, "cartography/only_once.html", context)


def counted(check: FormCheck) -> list[tuple[str, Text, int]]:
    """Return how many fields of a form have each verdict, without those that none has."""
    return [(status, name, n) for verdict, (status, name, _) in once.VERDICTS.items() if (n := check.count(verdict))]


def glossary(request: HttpRequest) -> HttpResponse:
    """Show the elements of data in alphabetical order; those that nobody approved yet are marked."""
    language = request.LANGUAGE_CODE
    found, total = store.list_things(request.actor, ("element",), text=request.GET.get("q", "")[:200], limit=500)
    ordered = sorted(found, key=lambda each: fold(choose(each.title, language)[0]))
    return render(request, "cartography/glossary.html", {"elements": ordered, "total": total, "q": request.GET.get("q", "")})


def register(request: HttpRequest) -> HttpResponse:
    """Show the register of processing, the part that is open to whoever looks."""
    found, _ = store.list_things(request.actor, ("treatment",), limit=500)
    language = request.LANGUAGE_CODE
    named = owners(request.actor, language)
    return render(
        request, "cartography/register.html", {"entries": [(each, list(facts(each, language, named))) for each in found], "not_said": NOT_SAID}
    )


def summary(request: HttpRequest) -> HttpResponse:
    """Show the manager's summary: coverage, redundancy in euros and hours, the Only Once rate, and the trend."""
    kept = [] if reach(request.actor, Right.COMMAND, SUBJECT).nothing else store.list_trend(request.actor)
    context = {"summary": store.statistics(request.actor), "trend": kept, "charts": draw_trend(kept, request.LANGUAGE_CODE)}
    return render(request, "cartography/summary.html", context)
