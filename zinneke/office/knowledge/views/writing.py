"""Writing entries: the form, steps towards the reader, versions, and what is done to each kind."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.kernel.problem import Problem
from zinneke.office.knowledge import challenges, kinds, store, tenders, watch
from zinneke.office.knowledge.forms import EntryForm
from zinneke.office.knowledge.kinds import Kind
from zinneke.office.knowledge.values import Entry
from zinneke.office.knowledge.views import asking


@never_cache
def new(request: HttpRequest, path: str) -> HttpResponse:
    """Write a new entry; `title` in the address begins it, `related` says what it came from."""
    kind = asking.kind_of(path)
    language = asking.language_of(request)
    begun = {
        "level": str(int(kind.level)),
        f"title_{language}": request.GET.get("title", "")[:300],
        "related": request.GET.get("related", "")[:200],
        "limit": 1,
        "seats": 0,
    }
    return _written(request, kind, None, begun)


@never_cache
def edit(request: HttpRequest, path: str, key: str) -> HttpResponse:
    """Change an entry; what somebody else changed meanwhile is never overwritten unseen."""
    kind = asking.kind_of(path)
    entry = store.get_working(asking.actor_of(request), kind.key, key)
    return _written(request, kind, entry, EntryForm.shown(entry.draft, entry.version))


def _written(request: HttpRequest, kind: Kind, entry: Entry | None, initial: dict[str, object]) -> HttpResponse:
    actor, language = asking.actor_of(request), asking.language_of(request)
    themes, plans = store.list_concepts(actor), store.list_concepts(actor, "plan")
    form = EntryForm(kind.key, themes, plans, language, request.POST or None, initial=initial, new=entry is None)
    meanwhile = None
    if request.method == "POST" and form.is_valid():
        try:
            version = None if entry is None else form.cleaned_data["version"] or 0
            saved = store.set_entry(actor, form.draft(entry.draft if entry else None), version, form.cleaned_data["note"])
            messages.success(request, _("Saved. Readers see it once it is published."))
            return redirect("knowledge-entry", path=kind.path, key=saved.key)
        except Problem as problem:
            if problem.status not in (400, 403, 409):
                raise
            meanwhile = entry if problem.extra.get("version") else None
            if meanwhile is None:
                form.tell(problem)
    if meanwhile is not None:  # a second, deliberate sending goes over the version that is now named on the page
        form.data = form.data.copy()
        form.data["version"] = str(meanwhile.version)
    context = {**asking.frame(request, kind, entry), "form": form, "entry": entry, "meanwhile": meanwhile, "groups": _groups(form)}
    faulty = request.method == "POST"
    return render(request, "knowledge/form.html", context, status=409 if meanwhile else 422 if faulty else 200)


def _groups(form: EntryForm) -> list[tuple[str, list[object], bool]]:
    """Return the fields under headings: each language, then the kind's own, then where it is filed."""
    names = {"fr": _("In French"), "nl": _("In Dutch"), "en": _("In English")}
    groups: list[tuple[str, list[object], bool]] = [
        (words, [form[name] for name in form.texts if name.endswith(language)], language != "en") for language, words in names.items()
    ]
    own = [form[name] for name in form.own]
    return [*groups, (_("What belongs to it"), own, True), (_("Where it is filed"), [form[name] for name in form.filing], True)]


@never_cache
@require_POST
def set_state(request: HttpRequest, path: str, key: str) -> HttpResponse:
    """Bring an entry a step further or back."""
    kind = asking.kind_of(path)
    state = request.POST.get("state", "")
    try:
        saved = store.set_state(
            asking.actor_of(request), kind.key, key, state, asking.number_of(request.POST.get("version", "")), request.POST.get("note", "")
        )
        messages.success(request, f"{kinds.STATES[saved.state].said_in(asking.language_of(request))}.")
    except Problem as problem:
        if problem.status == 422:
            messages.error(request, _("Before this is published it needs a title and a text in French and in Dutch. Nothing was changed."))
        elif problem.status == 409:
            messages.error(request, _("Somebody changed this meanwhile. Look at it as it stands now, then decide; nothing was overwritten."))
        else:
            raise
    return redirect("knowledge-entry", path=path, key=key)


@never_cache
def history(request: HttpRequest, path: str, key: str) -> HttpResponse:
    """Show every version of an entry."""
    kind = asking.kind_of(path)
    actor = asking.actor_of(request)
    entry = store.get_working(actor, kind.key, key)
    changes = [(kinds.STATES.get(each.state), each) for each in store.list_changes(actor, kind.key, key)]
    return render(request, "knowledge/history.html", {**asking.frame(request, kind, entry), "entry": entry, "changes": changes})


def _told(request: HttpRequest, problem: Problem) -> None:
    """Tell what a small form was refused for; what somebody may not do at all is left to the page of refusal."""
    if problem.status in (401, 403, 404):
        raise problem
    messages.error(request, problem.said_in(asking.language_of(request)))


@never_cache
@require_POST
def vote(request: HttpRequest, key: str) -> HttpResponse:
    """Say where one would place a technology."""
    try:
        watch.cast_vote(asking.actor_of(request), key, request.POST.get("ring", ""), request.POST.get("argument", ""))
        messages.success(request, _("Your vote counts. You may change it until the group decides."))
    except Problem as problem:
        _told(request, problem)
    return redirect("knowledge-entry", path="radar", key=key)


@never_cache
@require_POST
def move(request: HttpRequest, key: str) -> HttpResponse:
    """Place a technology in another ring, as the group decided."""
    argument = {language: text for language in ("fr", "nl", "en") if (text := request.POST.get(f"argument_{language}", "").strip())}
    try:
        watch.move_technology(asking.actor_of(request), key, request.POST.get("ring", ""), argument)
        messages.success(request, _("Moved. The reason stays readable with the technology."))
    except Problem as problem:
        _told(request, problem)
    return redirect("knowledge-entry", path="radar", key=key)


@never_cache
@require_POST
def refer(request: HttpRequest, key: str) -> HttpResponse:
    """Put a project seen elsewhere before an organisation."""
    try:
        watch.refer(asking.actor_of(request), key, request.POST.get("party", ""), request.POST.get("note", ""))
        messages.success(request, _("It now waits on their desk."))
    except Problem as problem:
        _told(request, problem)
    return redirect("knowledge-entry", path="elsewhere", key=key)


@never_cache
@require_POST
def answer_referral(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """Accept or decline for one's organisation."""
    try:
        watch.answer_referral(
            asking.actor_of(request), asking.number_of(number), request.POST.get("answer") == "accept", request.POST.get("reason", "")
        )
        messages.success(request, _("Your answer is kept."))
    except Problem as problem:
        _told(request, problem)
    return redirect("knowledge-entry", path="elsewhere", key=key)


@never_cache
@require_POST
def insert_clause(request: HttpRequest, key: str) -> HttpResponse:
    """Put a clause into a contract that is followed."""
    actor, tender = asking.actor_of(request), request.POST.get("tender", "")
    entry = store.get_working(actor, "tender", tender)
    try:
        tenders.insert_clause(actor, tender, key, entry.version)
        messages.success(request, _("The clause stands in the contract, word for word as it is today."))
    except Problem as problem:
        _told(request, problem)
    return redirect("knowledge-entry", path="tenders", key=tender)


@never_cache
@require_POST
def verify(request: HttpRequest, key: str) -> HttpResponse:
    """Look up what was promised."""
    try:
        checked = tenders.verify_delivery(asking.actor_of(request), key)
        found = {"kept": sum(each.kept for each in checked.results), "all": len(checked.results)}
        messages.success(request, _("Looked up: %(kept)s of %(all)s promises are kept.") % found)
    except Problem as problem:
        if problem.status != 422:
            _told(request, problem)
        else:
            messages.error(request, _("This contract names no dataset and no API yet. Write down what was promised first."))
    return redirect("knowledge-entry", path="tenders", key=key)


@never_cache
@require_POST
def decide(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """Choose an answer to a challenge, or not."""
    chosen, reason = request.POST.get("answer") == "choose", request.POST.get("reason", "")
    try:
        challenges.decide_answer(asking.actor_of(request), key, asking.number_of(number), chosen, reason)
    except Problem as problem:
        _told(request, problem)
    return redirect("knowledge-entry", path="challenges", key=key)
