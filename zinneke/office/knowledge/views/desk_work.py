"""The work behind: who comes, what a workshop says, what sources bring, letters, reach, and clauses to copy."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.kernel.policy import AUDIENCES, DOMAINS
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.spreadsheet import as_csv
from zinneke.kernel.text import LANGUAGES
from zinneke.office.knowledge import events, kinds, letters, rules, sending, store, tenders, watch
from zinneke.office.knowledge.forms import CaptureForm, LetterForm, SourceForm
from zinneke.office.knowledge.kinds import KINDS
from zinneke.office.knowledge.values import LetterRecord
from zinneke.office.knowledge.views import asking


def _table(name: str, text: str) -> HttpResponse:
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@never_cache
def people(request: HttpRequest, key: str) -> HttpResponse:
    """Show who comes to an event, and what they need."""
    actor = asking.actor_of(request)
    entry = store.get_entry(actor, "event", key)
    found = events.list_registrations(actor, key)
    if request.GET.get("form") == "csv":
        head = ("name", "email", "language", "seats", "state", "audience", "needs")
        return _table(f"{key}-people", as_csv(head, ([str(getattr(each, name)) for name in head] for each in found)))
    lines = [(kinds.SEATS[each.state], AUDIENCES.get(each.audience), each) for each in found]
    context = {
        **asking.frame(request, KINDS["event"], entry),
        "entry": entry,
        "lines": lines,
        "seats": events.get_seats(actor, key),
        "kept": events.KEPT.days,
    }
    return render(request, "knowledge/people.html", context)


@never_cache
def workshop(request: HttpRequest, key: str) -> HttpResponse:
    """Write down needs and projects while people talk; the form comes back empty, with the last choice of kind and domain."""
    actor = asking.actor_of(request)
    entry = store.get_working(actor, "event", key)
    form = CaptureForm(request.POST or None, initial={name: request.GET.get(name, "")[:20] for name in ("kind", "domain")})
    if request.method == "POST" and "remove" in request.POST:
        events.remove_capture(actor, key, asking.number_of(request.POST["remove"]))
        return redirect("event-workshop", key=key)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            events.add_capture(actor, key, typed["kind"], typed["title"], typed["about"], typed["domain"], typed["owner"])
            here = redirect("event-workshop", key=key)
            here["Location"] += f"?kind={typed['kind']}&domain={typed['domain']}"
            return here
        except Problem as problem:
            form.tell(problem)
    lines = [(kinds.CAPTURES[each.kind], DOMAINS.get(each.domain), each) for each in events.list_captures(actor, key)]
    context = {**asking.frame(request, KINDS["event"], entry), "entry": entry, "form": form, "lines": lines}
    return render(request, "knowledge/workshop.html", context, status=422 if request.method == "POST" else 200)


@never_cache
def workshop_table(request: HttpRequest, key: str) -> HttpResponse:
    """Give what a workshop wrote down as a table that the inventory of projects takes in."""
    written = events.list_captures(asking.actor_of(request), key)
    return _table(f"{key}-workshop", rules.write_captures(written, f"event:{key}", asking.language_of(request)))


@never_cache
def sources(request: HttpRequest) -> HttpResponse:
    """Show the feeds that are followed and what they bring; follow another."""
    actor, form = asking.actor_of(request), SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            watch.add_source(actor, form.cleaned_data["name"], form.cleaned_data["address"])
            messages.success(request, _("Followed. What it brings will wait below, and is published by nobody but you."))
            return redirect("knowledge-sources")
        except Problem as problem:
            if problem.status in (401, 403):
                raise
            form.tell(problem)
    context = {
        **asking.frame(request, KINDS["elsewhere"]),
        "form": form,
        "sources": watch.list_sources(actor),
        "proposed": watch.list_proposed(actor),
    }
    return render(request, "knowledge/sources.html", context, status=422 if request.method == "POST" else 200)


@never_cache
@require_POST
def decide_source(request: HttpRequest, number: str) -> HttpResponse:
    """Stop or resume following a feed."""
    watch.set_source(asking.actor_of(request), asking.number_of(number), request.POST.get("active") == "1")
    return redirect("knowledge-sources")


@never_cache
@require_POST
def decide_item(request: HttpRequest, number: str) -> HttpResponse:
    """Keep an item of a feed as a draft, or lay it aside."""
    actor = asking.actor_of(request)
    if request.POST.get("answer") == "keep":
        entry = watch.keep_proposed(actor, asking.number_of(number), request.POST.get("city", ""))
        return redirect("knowledge-edit", path="elsewhere", key=entry.key)
    watch.dismiss_proposed(actor, asking.number_of(number))
    return redirect("knowledge-sources")


@never_cache
def list_letters(request: HttpRequest) -> HttpResponse:
    """Show the letters and whom they reach; note an address that letters come back from."""
    actor = asking.actor_of(request)
    if request.method == "POST":
        try:
            known = letters.record_bounce(actor, request.POST.get("email", ""))
            messages.info(request, _("Noted.") if known else _("No subscriber has this address."))
        except Problem as problem:
            if problem.status != 400:
                raise
            messages.error(request, _("This is not an email address."))
        return redirect("knowledge-letters")
    reached = [(AUDIENCES.get(each.audience), each) for each in letters.list_reach(actor)]
    lines = [(kinds.LETTERS[each.state], each) for each in letters.list_letters(actor)]
    return render(request, "knowledge/letters.html", {**asking.frame(request), "letters": lines, "reached": reached})


@never_cache
def letter(request: HttpRequest, number: str) -> HttpResponse:
    """Write a letter (`new`) or change one, and see it as it will be read."""
    actor, language = asking.actor_of(request), asking.language_of(request)
    found = None if number == "new" else letters.get_letter(actor, asking.number_of(number))
    themes = store.list_concepts(actor)
    form = LetterForm(themes, language, request.POST or None, initial=_shown(found))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        subject, intro = (_texts(typed, name) for name in ("subject", "intro"))
        try:
            saved = letters.set_letter(actor, found.id if found else 0, subject, intro, tuple(typed["themes"]), version=typed["version"] or 0)
            messages.success(request, _("Saved. This is how it will be read."))
            return redirect("knowledge-letter", number=str(saved.id))
        except Problem as problem:
            if problem.status not in (400, 409):
                raise
            changed = _("Somebody changed or sent this letter meanwhile. Nothing was overwritten; copy what you typed and open the letter again.")
            form.add_error(None, changed) if problem.status == 409 else form.tell(problem)
    elif found is None:
        letters.list_letters(actor)  # refuses whoever does not run the letters, before a form is shown
    seen = request.GET.get("see", language) if request.GET.get("see", language) in LANGUAGES else language
    entries = letters.compose(found) if found else []
    preview = sending.render_letter(found, entries, seen, "#")[1] if found else ""
    context = {
        **asking.frame(request), "form": form, "letter": found, "preview": preview, "seen": seen, "count": len(entries),
        "state": kinds.LETTERS[found.state] if found else None, "languages_of": LANGUAGES,
    }  # fmt: skip
    return render(request, "knowledge/letter.html", context, status=422 if request.method == "POST" else 200)


def _texts(typed: Mapping[str, str], name: str) -> dict[str, str]:
    return {language: text for language in LANGUAGES if (text := typed[f"{name}_{language}"])}


def _shown(letter: LetterRecord | None) -> dict[str, object]:
    if letter is None:
        return {}
    texts = {f"{name}_{each}": getattr(letter, name).get(each, "") for name in ("subject", "intro") for each in LANGUAGES}
    return {**texts, "themes": list(letter.themes), "version": letter.version}


@never_cache
@require_POST
def send_letter(request: HttpRequest, number: str) -> HttpResponse:
    """Let a letter go."""
    try:
        letters.approve_letter(asking.actor_of(request), asking.number_of(number), asking.number_of(request.POST.get("version", "")))
        messages.success(request, _("The letter leaves within minutes, once to each subscriber."))
    except Problem as problem:
        if problem.status == 422:
            messages.error(request, _("There is nothing new to tell since the last letter, so it was not sent."))
        elif problem.status == 409:
            messages.error(request, _("Somebody changed or sent this letter meanwhile. Look at it again first."))
        else:
            raise
    return redirect("knowledge-letter", number=number)


@never_cache
def copy_clauses(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """Give the clauses of a contract to copy: plain text (`txt`) or Markdown (`md`), in French, Dutch or English (`lang`)."""
    if form not in ("txt", "md"):
        raise not_found("form", form)
    entry = store.get_entry(asking.actor_of(request), "tender", key)
    spoken = request.GET.get("lang", asking.language_of(request))
    text = tenders.copy(tenders.tender_of(entry), spoken if spoken in LANGUAGES else "fr", form)
    response = HttpResponse(text, content_type=f"text/{'markdown' if form == 'md' else 'plain'}; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{key}.{form}"'
    return response
