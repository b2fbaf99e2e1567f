"""Writing: a new scenario, a draft changed, published, thrown away, computed by another engine."""

from __future__ import annotations

from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import LANGUAGES, Text
from zinneke.office.scenarios import asking, store
from zinneke.office.scenarios.declared import get_model
from zinneke.office.scenarios.declaring import Model
from zinneke.office.scenarios.values import OWN, Draft, Scenario
from zinneke.office.scenarios.views import reading
from zinneke.office.scenarios.views.trying import form_words

WORDS = ("name", "purpose", "note")
NO_NAME = Text("Donnez un nom, dans une langue au moins.", "Geef een naam, in minstens één taal.", "Give a name, in at least one language.")
NO_ADDRESS = Text(
    "L’adresse commence par https:// ou http://.", "Het adres begint met https:// of http://.", "The address begins with https:// or http://."
)


def new(request: HttpRequest) -> HttpResponse:
    """Take a new scenario: its words and inputs in one form; the inputs come from the address of an answer."""
    typed = (request.POST if request.method == "POST" else request.GET).dict()
    if not typed.get("model"):
        return HttpResponseRedirect(reverse("scenarios"))
    model = get_model(typed["model"])
    if request.method != "POST":
        question, faults = asking.read(model, typed)
        return _form(request, model, typed | {"area": _areas(request)[0]}, question, faults, None)
    draft, faults = _draft(model, typed)
    if faults:
        return _form(request, model, typed, draft.question, faults, None)
    try:
        kept = store.add_scenario(request.actor, draft)
    except Problem as problem:
        if problem.status not in (400, 403):
            raise
        return _form(request, model, typed, draft.question, _told(problem), None)
    return _kept(request, kept)


def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change a draft; when somebody else changed it meanwhile nothing is overwritten and nothing typed is lost."""
    found = store.get_scenario(request.actor, key)
    model = get_model(found.question.model)
    if request.method != "POST":
        return _form(request, model, _typed(found), found.question, {}, found)
    typed = request.POST.dict()
    draft, faults = _draft(model, typed)
    if faults:
        return _form(request, model, typed, draft.question, faults, found)
    try:
        kept = store.set_scenario(request.actor, key, msgspec.structs.replace(draft, parent=found.parent), _edition(typed))
    except Problem as problem:
        if problem.status not in (400, 403, 409):
            raise
        return _form(request, model, typed, draft.question, _told(problem), found, problem.status)
    return _kept(request, kept)


def _edition(typed: dict[str, str]) -> int:
    words = typed.get("edition", "")
    return int(words) if words.isdigit() and len(words) < 9 else 0


def _kept(request: HttpRequest, kept: Scenario) -> HttpResponse:
    if kept.question.engine != OWN and kept.result is None:
        return run(request, kept.key)
    messages.success(request, _("Kept as a draft: only those who may edit scenarios see it."))
    return HttpResponseRedirect(reading.address(kept.key))


def _told(problem: Problem) -> dict[str, Text]:
    """Return a refusal of the store as faults of a form."""
    if faults := problem.extra.get("faults"):
        return {key: Text(**texts) for key, texts in faults.items()}
    if problem.status == 409 and "edition" in problem.extra:
        return {
            "edition": Text(
                "Quelqu’un d’autre a modifié ce brouillon entre-temps. Rien n’a été écrasé : comparez, "
                "puis enregistrez à nouveau pour garder votre version.",
                "Iemand anders heeft dit ontwerp intussen gewijzigd. Er is niets overschreven: vergelijk, en bewaar opnieuw om uw versie te houden.",
                "Somebody else changed this draft meanwhile. Nothing was overwritten: compare, then save again to keep your version.",
            )
        }
    if problem.status == 409:
        return {
            "edition": Text(
                "Ce scénario est publié et ne change plus. Faites-en un nouveau.",
                "Dit scenario is gepubliceerd en verandert niet meer. Maak er een nieuw van.",
                "This scenario is published and changes no more. Make a new one from it.",
            )
        }
    if problem.status == 403:
        return {
            "area": Text(
                "Vous ne pouvez pas enregistrer un scénario de ce niveau à cet endroit.",
                "U mag op deze plaats geen scenario van dit niveau bewaren.",
                "You may not keep a scenario of this level there.",
            )
        }
    return {str(problem.extra.get("where", "name")): problem.said}


def _draft(model: Model, typed: dict[str, str]) -> tuple[Draft, dict[str, Text]]:
    question, faults = asking.read(model, typed)
    texts: dict[str, dict[str, str]] = {word: {language: typed.get(f"{word}_{language}", "").strip() for language in LANGUAGES} for word in WORDS}
    if not any(texts["name"].values()):
        faults["name"] = NO_NAME
    discussion = typed.get("discussion", "").strip()
    if discussion and not discussion.startswith(("https://", "http://")):
        faults["discussion"] = NO_ADDRESS
    level = Level.SHARED if typed.get("level") == "1" else Level.PUBLIC
    draft = Draft(
        name=texts["name"],
        purpose=texts["purpose"],
        note=texts["note"],
        question=question,
        discussion=discussion,
        level=level,
        area=typed.get("area", "")[:20],
        parent=typed.get("parent", ""),
    )
    return draft, faults


def _typed(found: Scenario) -> dict[str, str]:
    texts = {f"{word}_{language}": getattr(found, word).get(language, "") for word in WORDS for language in LANGUAGES}
    return texts | {"discussion": found.discussion, "level": str(int(found.level)), "area": found.area, "parent": found.parent}


def _areas(request: HttpRequest) -> list[str]:
    return store.list_areas_to_edit(request.actor) or [""]


def _form(
    request: HttpRequest, model: Model, typed: dict[str, str], question: Any, faults: dict[str, Text], found: Scenario | None, status: int = 400
) -> HttpResponse:
    words = form_words(model, question, typed, faults)
    languages = [(code, [(word, typed.get(f"{word}_{code}", "")) for word in WORDS]) for code in LANGUAGES]
    words |= {
        "scenario": found,
        "languages_typed": languages,
        "typed": typed,
        "areas": _areas(request),
        "name_fault": faults.get("name"),
        "discussion_fault": faults.get("discussion"),
        "edition_fault": faults.get("edition"),
        "other_faults": [text for key, text in faults.items() if key in ("area", "purpose", "note", "engine")],
        "edition": found.edition if found else 0,
    }
    response = render(request, "scenarios/edit.html", words)
    response.status_code = status if faults and request.method == "POST" else 200
    return response


def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Publish a draft."""
    if request.method == "POST":
        try:
            store.publish_scenario(request.actor, key, _edition(request.POST.dict()))
            messages.success(request, _("Published. It will not change any more."))
        except Problem as problem:
            if problem.status != 409:
                raise
            messages.warning(request, _("It was not published: it has changed since you read it, or has not been computed yet. Read it again."))
    return HttpResponseRedirect(reading.address(key))


def remove(request: HttpRequest, key: str) -> HttpResponse:
    """Throw a draft away."""
    if request.method != "POST":
        return HttpResponseRedirect(reading.address(key))
    store.remove_draft(request.actor, key)
    messages.success(request, _("The draft was thrown away."))
    return HttpResponseRedirect(reverse("scenarios"))


def run(request: HttpRequest, key: str) -> HttpResponse:
    """Start a job for a draft and lead to it."""
    if request.method != "POST":
        return HttpResponseRedirect(reading.address(key))
    try:
        number = store.start_run(request.actor, key).id
    except Problem as problem:
        if problem.status not in (409, 503):
            raise
        messages.warning(request, _("The job was not started: the engine is not installed here, or too many jobs wait. Nothing was lost."))
        return HttpResponseRedirect(reading.address(key))
    return HttpResponseRedirect(reverse("scenario-run", kwargs={"number": str(number)}))


def job(request: HttpRequest, number: str) -> HttpResponse:
    """Show how far a job is; it can be left and found again."""
    if not number.isdigit() or len(number) > 12:
        raise Problem(404, "Not found", "There is no such job.")
    found = store.get_run(request.actor, int(number))
    return render(request, "scenarios/run.html", {"run": found, "scenario": store.get_scenario(request.actor, found.scenario)})


def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Stop a job."""
    if request.method == "POST" and number.isdigit() and len(number) <= 12:
        store.cancel_run(request.actor, int(number))
    return HttpResponseRedirect(reverse("scenario-run", kwargs={"number": number}))
