"""What everybody reads: the front page with its search, lists, the radar, and one entry."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.papers import serving
from zinneke.kernel.confidentiality import Level, Right
from zinneke.kernel.text import Text, choose
from zinneke.office.knowledge import challenges, events, kinds, markup, outgoing, papers, radar, rules, store, tenders, watch
from zinneke.office.knowledge.kinds import KINDS
from zinneke.office.knowledge.values import Entry, Words
from zinneke.office.knowledge.views import asking

YEAR = timedelta(days=365)


def home(request: HttpRequest) -> HttpResponse:
    """Show the search over everything the office knows, and the ways in."""
    actor, language = asking.actor_of(request), asking.language_of(request)
    text, kind, theme = request.GET.get("q", "").strip()[:300], request.GET.get("kind", ""), request.GET.get("theme", "")
    kind = kind if kind in KINDS else ""
    hits = store.search(actor, text, kind, theme, limit=100) if text else []
    counts = store.count_kinds(actor)
    now = datetime.now(UTC)
    coming = [each for each in store.list_entries(actor, "event") if each.live and not rules.over(events.event_of(each), now)]
    context = {
        **asking.frame(request),
        "q": text,
        "chosen_kind": kind,
        "chosen_theme": theme,
        "hits": [(KINDS[hit.entry.kind], hit.entry) for hit in hits],
        "data": catalogue.search(actor, text, language, limit=4).hits if text and not kind else (),
        "tools": [(each, counts[each.key]) for each in KINDS.values() if counts[each.key] or each.level is Level.PUBLIC or actor.known],
        "kinds": list(KINDS.values()),
        "themes": [each for each in store.list_concepts(actor) if not each.broader],
        "news": [each for each in store.list_entries(actor, "article", limit=50) if each.live][:4],
        "coming": coming[::-1][:3],
        "manages": asking.may_manage(request),
    }
    return render(request, "knowledge/home.html", {**context, "trail": ()})


def entries(request: HttpRequest, path: str) -> HttpResponse:
    """Show the entries of a kind, narrowed by theme, plan and form; everything chosen stands in the address."""
    kind = asking.kind_of(path)
    actor = asking.actor_of(request)
    theme, plan, form = (request.GET.get(name, "")[:60] for name in ("theme", "plan", "form"))
    archived = "archived" in request.GET
    found = store.list_entries(actor, kind.key, theme, plan, archived)
    choices = FORMS.get(kind.key, ("", {}))
    forms = [(key, text, sum(getattr(each.details, choices[0]) == key for each in found)) for key, text in choices[1].items()]
    shown = [each for each in found if not form or getattr(each.details, choices[0] or "kind", "") == form]
    context = {
        **asking.frame(request, kind),
        "groups": _groups(kind.key, shown),
        "total": len(shown),
        "themes": [each for each in store.list_concepts(actor) if not each.broader],
        "plans": store.list_concepts(actor, "plan"),
        "chosen_theme": theme,
        "chosen_plan": plan,
        "chosen_form": form,
        "archived": archived,
        "forms": [each for each in forms if each[2]],
        "manages": asking.may_manage(request),
    }
    return render(request, "knowledge/list.html", {**context, "trail": context["trail"][:2]})


FORMS: dict[str, tuple[str, dict[str, Text]]] = {
    "technology": ("ring", kinds.RINGS),
    "elsewhere": ("relevance", kinds.RELEVANCE),
    "event": ("form", kinds.EVENT_FORMS),
    "article": ("form", kinds.ARTICLE_FORMS),
    "norm": ("topic", kinds.TOPICS),
    "clause": ("topic", kinds.TOPICS),
    "challenge": ("stage", kinds.STAGES),
}
"""By what the list of a kind is divided."""
COMING = Text("À venir", "Op komst", "Coming")
PAST = Text("Passés", "Voorbij", "Past")


def _groups(kind: str, found: list[Entry]) -> list[tuple[Text | None, list[Entry]]]:
    """Return the entries under headings where their kind has some."""
    if kind == "event":
        now = datetime.now(UTC)
        past = [each for each in found if rules.over(events.event_of(each), now)]
        groups: list[tuple[Text | None, list[Entry]]] = [(COMING, [each for each in found if each not in past][::-1]), (PAST, past)]
        return [group for group in groups if group[1]]
    if kind in ("norm", "clause"):
        groups = [(text, [each for each in found if getattr(each.details, "topic", "") == key]) for key, text in kinds.TOPICS.items()]
        return [group for group in groups if group[1]]
    return [(None, found)] if found else []


def draw_radar(request: HttpRequest) -> HttpResponse:
    """Show the radar as a drawing and as a list with the same content."""
    actor, kind = asking.actor_of(request), KINDS["technology"]
    found = store.list_entries(actor, "technology", request.GET.get("theme", "")[:60])
    moved = watch.list_moved(actor, datetime.now(UTC) - YEAR)
    begun = {key for key, (before, _) in moved.items() if not before}
    fresh = {} if len(begun) == len(found) else moved  # a radar that is all new marks nothing as new
    context = {
        **asking.frame(request, kind),
        "quadrants": [(each, kinds.QUADRANTS[each.key]) for each in radar.place((each for each in found if each.live), fresh)],
        "rings": [(kinds.RINGS[key], radius, f"{radar.CENTRE - radius + 13:.0f}") for key, radius in radar.RADII.items()],
        "meanings": [(kinds.RINGS[key], kinds.RING_MEANINGS[key]) for key in kinds.RINGS],
        "waiting": [each for each in found if not each.live],
        "names": kinds.RINGS,
    }
    return render(request, "knowledge/radar.html", {**context, "trail": context["trail"][:2]})


def entry(request: HttpRequest, path: str, key: str) -> HttpResponse:
    """Show one entry with everything that belongs to it."""
    kind = asking.kind_of(path)
    actor, language = asking.actor_of(request), asking.language_of(request)
    found = store.get_entry(actor, kind.key, key)
    draft, reference = found.draft, found.reference
    edits = asking.may_edit(request, found)
    context = {
        **asking.frame(request, kind),
        "entry": found,
        "details": found.details,
        "body": html(draft.body, language),
        "spoken": spoken(draft, language),
        "themes": asking.named(request, "theme", draft.themes),
        "plans": asking.named(request, "plan", draft.plans),
        "ours": [(KINDS[each.kind], each) for each in store.list_by_reference(actor, draft.related)],
        "others": [each for each in draft.related if not rules.kind_of(each)[0]],
        "naming": [(KINDS[each.kind], each) for each in store.list_about(actor, reference)],
        "may_edit": edits,
        "may_publish": edits and asking.may_edit(request, found, Right.COMMAND),
        "working": store.get_working(actor, kind.key, key) if edits else None,
        "state": kinds.STATES[found.state],
        **serving.shown(papers.list_papers(actor, kind.key, key), reverse("knowledge-entry", kwargs={"path": path, "key": key}), edits),
        **KIND_CONTEXT.get(kind.key, _nothing)(request, found),
    }
    return render(request, "knowledge/entry.html", context)


def html(words: Words, language: str) -> str:
    """Return a text as HTML in the reader's language, else in another; everything the writer typed is escaped."""
    return mark_safe(markup.write_html(choose(words, language)[0]))  # noqa: S308  the renderer escapes all it is given


def spoken(draft: Any, language: str) -> str:
    """Return the language of an entry's text where it is not the page's."""
    found = choose(draft.body or draft.title, language)[1]
    return found if found and found != language else ""


def _nothing(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    return {}


def _technology(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    actor, details = asking.actor_of(request), entry.details
    votes = watch.list_votes(actor, entry.key)
    return {
        "ring": kinds.RINGS[getattr(details, "ring", "")],
        "meaning": kinds.RING_MEANINGS[getattr(details, "ring", "")],
        "quadrant": kinds.QUADRANTS[getattr(details, "quadrant", "")],
        "votes": [(kinds.RINGS[each.ring], each) for each in votes],
        "tally": [(kinds.RINGS[ring], count) for ring, count in rules.tally(each.ring for each in votes)],
        "moves": [(kinds.RINGS.get(each.before), kinds.RINGS[each.after], each) for each in watch.list_moves(actor, entry.key)],
        "rings": kinds.RINGS.items(),
    }


def _elsewhere(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    actor = asking.actor_of(request)
    made = watch.list_referrals(actor, entry.key) if actor.known else []
    mine = [
        (kinds.REFERRALS[each.state], each, each.state == "asked" and (each.party == actor.organisation or asking.may_edit(request, entry)))
        for each in made
    ]
    return {"relevance": kinds.RELEVANCE[getattr(entry.details, "relevance", "")], "referrals": mine}


def _event(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    event, now, language = events.event_of(entry), datetime.now(UTC), asking.language_of(request)
    seats = events.get_seats(asking.actor_of(request), entry.key)
    base = request.build_absolute_uri("/").rstrip("/")
    return {
        "form": kinds.EVENT_FORMS[event.form],
        "seats": seats,
        "open": entry.live and entry.state != "archived" and rules.open_for(event, now),
        "over": rules.over(event, now),
        "same_day": event.starts.astimezone().date() == event.ends.astimezone().date(),
        "tongues": [_TONGUES[each] for each in event.languages if each in _TONGUES],
        "report": html(event.report, language),
        "conclusions": [(each.text, each.link) for each in event.conclusions],
        "schema": _block(outgoing.describe_event(entry, base, language, seats.free)),
        "sees_people": asking.may_edit(request, entry, Right.EDIT, Level.PERSONAL),
    }


def _block(described: dict[str, Any]) -> str:
    """Return JSON for a data block of a page, in which nothing can end the block."""
    text = json.dumps(described, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(text)  # noqa: S308  no character of markup is left in it


_TONGUES = {
    "fr": Text("français", "Frans", "French"),
    "nl": Text("néerlandais", "Nederlands", "Dutch"),
    "en": Text("anglais", "Engels", "English"),
}


def _article(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    return {"form": kinds.ARTICLE_FORMS[getattr(entry.details, "form", "")]}


def _norm(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    topic = getattr(entry.details, "topic", "")
    return {"status": kinds.STATUSES[getattr(entry.details, "status", "")], "topic": kinds.TOPICS.get(topic, topic)}


def _clause(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    topic = getattr(entry.details, "topic", "")
    mine = [each for each in store.list_entries(asking.actor_of(request), "tender", working=True) if asking.may_edit(request, each)]
    texts = [(code, entry.draft.title.get(code, ""), entry.draft.body[code]) for code in ("fr", "nl", "en") if entry.draft.body.get(code)]
    return {"topic": kinds.TOPICS.get(topic, topic), "tenders": mine, "texts": texts}


def _tender(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    checks = tenders.list_checks(asking.actor_of(request), entry.key)
    last = checks[0] if checks else None
    today = datetime.now(UTC).date()
    lines = [(each, kinds.EVIDENCE.get(each.evidence), rules.lacking_evidence(each.due, today)) for each in last.results] if last else []
    earlier = [(each, sum(result.kept for result in each.results), len(each.results)) for each in checks[1:]]
    return {"last": last, "lines": lines, "earlier": earlier, "kept": sum(each.kept for each in last.results) if last else 0}


def _challenge(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    challenge, language = challenges.challenge_of(entry), asking.language_of(request)
    sees = asking.may_edit(request, entry, Right.EDIT, Level.PERSONAL)
    answers = challenges.list_answers(asking.actor_of(request), entry.key) if sees else []
    return {
        "stage": kinds.STAGES[challenge.stage],
        "open": entry.live and entry.state != "archived" and challenges.takes_answers(challenge),
        "answers": [(kinds.ANSWERS[each.state], each) for each in answers],
        "terms": html(challenge.terms, language),
        "data_rights": html(challenge.data_rights, language),
        "results": html(challenge.results, language),
    }


KIND_CONTEXT = {
    "technology": _technology, "elsewhere": _elsewhere, "event": _event, "article": _article, "norm": _norm, "clause": _clause,
    "tender": _tender, "challenge": _challenge,
}  # fmt: skip
