"""What people write on the map: a thing, a scan, a meaning, a question to a steward, and the steward's answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.refusals import say
from zinneke.kernel.text import LANGUAGES, Text
from zinneke.office.cartography import editing, store
from zinneke.office.cartography.ourselves import ORIGIN
from zinneke.office.cartography.reading import READERS
from zinneke.office.cartography.reading.origin import Origin, slugged
from zinneke.office.cartography.scanning import ScanRecord
from zinneke.office.cartography.things import DETAILS, KIND_NAMES, KINDS, RELATION_NAMES, Kind, ThingRow
from zinneke.office.cartography.views.reading import owners

FORMATS: dict[str, Text] = {
    "table": Text("Tableau CSV ou Excel", "Tabel, CSV of Excel", "CSV or Excel table"),
    "sql": Text("Schéma SQL", "SQL-schema", "SQL schema"),
    "openapi": Text("Document OpenAPI", "OpenAPI-document", "OpenAPI document"),
    "json-schema": Text("JSON Schema", "JSON Schema", "JSON Schema"),
    "dcat": Text("Catalogue DCAT", "DCAT-catalogus", "DCAT catalogue"),
    "sketch": Text("Fichier de zinneke sketch", "Bestand van zinneke sketch", "File of zinneke sketch"),
    "form": Text("Formulaire (page HTML ou JSON)", "Formulier (HTML-pagina of JSON)", "Form (HTML page or JSON)"),
}
LARGEST = 2_400_000
"""Bytes of a document that a page takes; larger ones go through the API."""


def actor_of(request: HttpRequest) -> Any:
    """Return who is asking."""
    return request.actor


def language_of(request: HttpRequest) -> str:
    """Return the language of the page."""
    return str(request.LANGUAGE_CODE)


def owner_of(actor: Any, typed: str) -> str:
    """Return the key of the administration that somebody typed, by its key or its name in any language; what is not known stays as it is."""
    found, _ = store.list_things(actor, ("administration",), limit=500)
    named = {title.casefold(): each.row.owner for each in found for title in each.title.values() if each.row.owner}
    return named.get(typed.strip().casefold(), typed.strip())


def thing_of(actor: Any, typed: str) -> str:
    """Return the key of the thing that somebody typed: by its key, the address of its page, or its title. Raises `Problem` 404 for none."""
    text = typed.strip().partition("/cartography/things/")[2].strip("/") or typed.strip()
    found, _ = store.list_things(actor, text=text[:200], limit=100)
    if any(each.key == text for each in found):
        return text
    named = [each.key for each in found if text.casefold() in {title.casefold() for title in each.title.values()}]
    return named[0] if len(named) == 1 else text


@never_cache
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Write a new thing of a kind."""
    return _edited(request, _kind(kind), "", None, 0)


@never_cache
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change a thing; what somebody else changed meanwhile is said, and nothing typed is lost."""
    held = store.get_thing(actor_of(request), key).thing
    return _edited(request, held.kind, key, held.row, held.version)


def _kind(text: str) -> Kind:
    if text not in KINDS:
        raise wrong(f"There is no kind {text!r}. There are {', '.join(KINDS)}.", where="kind")
    return text


def _edited(request: HttpRequest, kind: Kind, key: str, before: ThingRow | None, version: int) -> HttpResponse:
    asked, faults, told = editing.questions(kind), dict[str, str](), ""
    if request.method == "POST":
        typed = _typed(request, asked)
        typed["owner"] = owner_of(actor_of(request), str(typed.get("owner", "")))
        language = language_of(request)
        title = next((str(typed.get(f"title_{each}", "")) for each in ("en", *LANGUAGES) if str(typed.get(f"title_{each}", "")).strip()), "")
        row, faults = editing.read(kind, key or f"{kind}/{slugged(title)[:150] or 'x'}", before, typed, language)
        given = request.POST.get("version", "")
        if row is not None:
            try:
                written = store.set_thing(actor_of(request), row, int(given) if given.isdecimal() and len(given) < 10 else version)
                return redirect("cartography-thing", key=written.key)
            except Problem as problem:
                if problem.status not in (400, 403, 409):
                    raise
                told = problem.said_in(language_of(request))
        shown = [
            editing.Shown(each, editing.written(each, typed) if each.shape == "words" else typed.get(each.name, ""), faults.get(each.name, ""))
            for each in asked
        ]
    else:
        values = editing.values(before or ThingRow(key="x", details=DETAILS[kind](), title={}))
        shown, given = [editing.Shown(each, values[each.name]) for each in asked], str(version)
    context = {
        "kind": kind, "kind_name": KIND_NAMES[kind], "key": key, "shown": shown, "faults": faults, "told": told, "version": given,
        "owners": owners(actor_of(request), language_of(request)),
    }  # fmt: skip
    return render(request, "cartography/edit.html", context, status=422 if faults or told else 200)


@require_POST
def verify(request: HttpRequest, key: str) -> HttpResponse:
    """Note that somebody looked at a thing and found it right."""
    store.verify_thing(actor_of(request), key)
    return redirect("cartography-thing", key=key)


@never_cache
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Note that a thing is no more: asked once more, with the reason."""
    thing, told = store.get_thing(actor_of(request), key).thing, ""
    if request.method == "POST":
        try:
            store.withdraw_thing(actor_of(request), key, request.POST.get("reason", ""))
            return redirect("cartography-things")
        except Problem as problem:
            if problem.status != 400:
                raise
            told = problem.said_in(language_of(request))
    return render(request, "cartography/withdraw.html", {"thing": thing, "told": told}, status=422 if told else 200)


@never_cache
def withdraw_source(request: HttpRequest, origin: str) -> HttpResponse:
    """Note that a source is another's second name, or is no more: asked once more, with the reason."""
    actor, told = actor_of(request), ""
    known = next((each for each in store.list_scans(actor, 500) if each.origin == origin), None)
    if known is None:
        raise not_found("source", origin)
    if request.method == "POST":
        try:
            store.withdraw_source(actor, origin, request.POST.get("reason", ""))
            return redirect("cartography-scan")
        except Problem as problem:
            if problem.status != 400:
                raise
            told = problem.said_in(language_of(request))
    context = {"source": known, "told": told, "typed": request.POST.get("reason", "")}
    return render(request, "cartography/withdraw_source.html", context, status=422 if told else 200)


@require_POST
def link(request: HttpRequest, key: str) -> HttpResponse:
    """Say that a thing hangs together with another, or take that back."""
    relation, target = request.POST.get("relation", ""), request.POST.get("target", "").strip()
    if relation not in RELATION_NAMES:
        raise wrong(f"There is no relation {relation!r}.", where="relation")
    given_back = bool(request.POST.get("remove"))
    change = store.remove_link if given_back else store.add_link
    change(actor_of(request), key, relation, target if given_back else thing_of(actor_of(request), target))
    return redirect("cartography-thing", key=key)


@require_POST
def mean(request: HttpRequest, key: str) -> HttpResponse:
    """Keep what somebody says that a column means."""
    element = request.POST.get("element", "").strip()
    store.set_meaning(actor_of(request), key, request.POST.get("column", ""), element, request.POST.get("agreed") == "yes")
    return redirect("cartography-thing", key=key)


@require_POST
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Send a steward the question whether a thing is right."""
    language = request.POST.get("language", "fr")
    base = request.build_absolute_uri("/").rstrip("/")
    store.add_question(actor_of(request), key, request.POST.get("address", "").strip(), language if language in LANGUAGES else "fr", base)
    return redirect("cartography-thing", key=key)


@require_POST
def decide_twins(request: HttpRequest, id: str) -> HttpResponse:
    """Keep what is decided of entries of the catalogue that seem to be one dataset."""
    number = int(id) if id.isdecimal() and len(id) < 16 else 0
    store.decide_twins(actor_of(request), number, request.POST.get("decision", ""), request.POST.get("reason", ""))
    return redirect("cartography-twins")


@never_cache
def scan(request: HttpRequest) -> HttpResponse:
    """Read a document about one's data into the map, and show what became of it and of those before."""
    actor, done, told = actor_of(request), None, ""
    if request.method == "POST":
        given = request.POST
        try:
            document = _document(request)
            level = Level[given["level"].upper()] if given.get("level") in editing.LEVELS else Level.SHARED
            origin = Origin(
                name=given.get("source", "").strip()[:100],
                owner=owner_of(actor, given.get("owner", "")),
                level=level,
                area=given.get("area", "").strip(),
            )
            origin.key()
            reader = READERS.get(given.get("format", ""))
            if reader is None:
                raise wrong(f"Choose how the document is written: {', '.join(READERS)}.", where="format")
            done = store.take_scan(actor, reader(document, origin, given.get("dialect", "")))
        except Problem as problem:
            if problem.status not in (400, 403):
                raise
            told = problem.said_in(language_of(request))
    context = {
        "done": done, "told": told, "typed": request.POST, "formats": FORMATS, "levels": editing.LEVELS,
        "done_faults": list(map(_parted, done.faults)) if done else [],
        "scans": [(each, list(map(_parted, each.faults))) for each in store.list_scans(actor, 200) if _told(each)][:50],
        "owners": owners(actor, language_of(request)),
    }  # fmt: skip
    return render(request, "cartography/scan.html", context, status=422 if told else 200)


def _told(scan: ScanRecord) -> bool:
    """Say whether a scan is worth a line: those that the platform makes of itself each day only where something changed."""
    return scan.origin != ORIGIN or bool(scan.added or scan.changed or scan.missing or scan.faults)


def _parted(fault: str) -> tuple[str, str]:
    """Return where a fault lies and what it is; a sentence of its own has no place."""
    for place in (each.start() for each in re.finditer(": ", fault)):
        where, what = fault[:place], fault[place + 2 :]
        if say(where).fr != where or say(what).fr != what:
            return where, what
    return "", fault


def _document(request: HttpRequest) -> bytes:
    """Return what was sent or pasted. Raises `Problem` 400 when it is nothing, or too large for a page."""
    sent = request.FILES.get("document")
    data: bytes = sent.read(LARGEST + 1) if sent else request.POST.get("pasted", "").encode()
    if not data.strip():
        raise wrong("Choose a document, or paste its text.", where="document")
    if len(data) > LARGEST:
        raise wrong(f"A page takes {LARGEST:,} bytes. Send a larger document to /api/cartography/scans.", where="document")
    return data


@never_cache
def question(request: HttpRequest, token: str) -> HttpResponse:
    """Ask a steward, who needs no account, whether a thing is right, and take the answer."""
    thing, _ = store.get_question(token)
    asked, given, faults = editing.asked_of_stewards(thing.kind), request.POST, dict[str, str]()
    held = editing.values(thing.row)
    if request.method == "POST":
        said, details = given.get("said", ""), None
        if said == "corrected" and given.get("details"):
            details, faults = editing.read_details(thing.row, _typed(request, asked), language_of(request))
        if said in ("confirmed", "corrected", "gone") and not faults:
            texts = {
                name: {str(each): typed for each in LANGUAGES if (typed := given.get(f"{name}_{each}", "").strip()[:2000])}
                for name in ("title", "about")
            }
            store.answer_question(token, said, texts["title"], texts["about"], given.get("note", ""), details)
            return render(request, "cartography/thanks.html", {"thing": thing})
        held |= {each.name: editing.written(each, given) if each.shape == "words" else _typed(request, asked).get(each.name, "") for each in asked}
        held |= {name: text for name, text in given.items() if name.startswith(("title_", "about_"))}
    typed = [(each, held[f"title_{each}"], held[f"about_{each}"]) for each in LANGUAGES]
    answered = request.method == "POST" and not faults
    context = {
        "thing": thing,
        "kind_name": KIND_NAMES[thing.kind],
        "owner_name": owners(actor_of(request), language_of(request)).get(thing.row.owner, thing.row.owner),
        "typed": typed,
        "shown": [editing.Shown(each, held[each.name], faults.get(each.name, "")) for each in asked],
        "said": given.get("said", ""),
        "note": given.get("note", ""),
        "faults": faults,
        "unanswered": answered,
    }
    return render(request, "cartography/question.html", context, status=422 if answered or faults else 200)


def _typed(request: HttpRequest, asked: Sequence[editing.Asked]) -> dict[str, Any]:
    """Return what a form holds: texts, and lists of texts for what allows several."""
    typed: dict[str, Any] = {name: values if len(values) > 1 else values[0] for name, values in request.POST.lists() if values}
    return typed | {each.name: request.POST.getlist(each.name) for each in asked if each.shape == "choices"}
