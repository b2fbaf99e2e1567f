"""Writing a fiche: one form in sections, what exists already shown before it is sent, drafts kept, nothing overwritten in silence."""

from __future__ import annotations

from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.kernel.confidentiality import Actor, Right, reach
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text, choose
from zinneke.office.projects import labels, rules, store, words
from zinneke.office.projects.forms import LISTS, FicheForm, Rows, fill, spoken, typed_of
from zinneke.office.projects.values import Alike, Fiche, Project
from zinneke.office.projects.views.inventory import communes

NEW = Fiche(name={}, owner="", domain="")


@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Write a new project."""
    store.check_room(request.actor, Right.EDIT)
    return _write(request, None)


@never_cache
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Change a project. Raises `Problem` 404, 403."""
    project = store.get_project(request.actor, key)
    if not store.check_editable(request.actor, key):
        raise Problem(403, "Not allowed", "You may not change this project. Ask an administrator of your organisation for a role that does.")
    return _write(request, project)


def _write(request: HttpRequest, project: Project | None) -> HttpResponse:
    actor: Actor = request.actor
    before = project.fiche if project else NEW
    draft = store.find_draft(actor, before.key)
    if request.method != "POST":
        use = draft is not None and "draft" in request.GET
        data = _form_data(draft.typed) if use and draft else None
        return _show(request, project, _bound(request, before, data), 200, {"draft": None if use else draft})
    if "keep" in request.POST or "forget" in request.POST:
        kept = {name: values for name, values in request.POST.lists() if name not in ("csrfmiddlewaretoken", "keep")}
        store.set_draft(actor, before.key, kept if "keep" in request.POST else None)
        messages.success(request, _("Your draft is kept: you can go on later.") if "keep" in request.POST else _("Your draft is gone."))
        return redirect("own-projects")
    return _send(request, project, before)


def _form_data(typed: dict[str, list[str]]) -> Any:
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data


def _bound(request: HttpRequest, before: Fiche, data: Any = None) -> tuple[FicheForm, list[Rows]]:
    actor: Actor = request.actor
    owners = [(key, choose(each.name, spoken())[0]) for key, each in store.list_organisations(actor).items()]
    parts = [(each.key, each.name_in(spoken())) for each in store.list_components(actor)]
    form = FicheForm(
        data,
        initial=typed_of(before) | ({} if before.owner else {"owner": actor.organisation or ""}),
        owners=sorted(owners, key=lambda each: each[1].casefold()),
        communes=list(communes(actor).items()),
        components=parts,
    )
    return form, [Rows(name, getattr(before, name), data) for name in LISTS]


def _send(request: HttpRequest, project: Project | None, before: Fiche) -> HttpResponse:
    actor: Actor = request.actor
    form, rows = _bound(request, before, request.POST)
    readable = all([form.is_valid(), *(each.is_valid() for each in rows)])
    if not readable:
        return _show(request, project, (form, rows), 422, {})
    fiche = msgspec.structs.replace(fill(before, form), **{each.name: each.read() for each in rows})
    if project is None:
        fiche = msgspec.structs.replace(fiche, area=_area(actor, fiche))
        alike = store.find_alike(actor, fiche) if "seen" not in request.POST or not fiche.why_new.strip() else []
        if alike and not rules.check(fiche, store.list_organisations(actor)):
            return _show(
                request, project, (form, rows), 200 if "seen" not in request.POST else 422, {"alike": alike, "asked": "seen" in request.POST}
            )
    version = request.POST.get("version", "")
    try:
        kept = store.set_project(actor, fiche, int(version) if project and version.isascii() and version.isdigit() else None)
    except Problem as problem:
        return _show(request, project, (form, rows), problem.status, {"refused": _told(problem, form)})
    store.set_draft(actor, before.key, None)
    messages.success(request, _("The project is kept."))
    return redirect("project", key=kept.key)


def _area(actor: Actor, fiche: Fiche) -> str:
    """Return the area in which somebody who edits in one commune only writes a new project."""
    held = reach(actor, Right.EDIT, store.SUBJECT)
    areas = held.areas[fiche.level]
    return "" if areas is None or not areas or fiche.owner in store.list_own_parts(actor) else sorted(areas)[0]


def _told(problem: Problem, form: FicheForm) -> Text | None:
    """Put a refusal's sentences at their fields; return what is to be said above the form."""
    for fault in problem.extra.get("faults", ()):
        form.put(fault["field"], fault["what"])
    if problem.status == 409 and problem.extra.get("by"):
        by = problem.extra["by"]
        return Text(
            f"{by} a modifié ce projet entre-temps. Rien n’a été écrasé : votre texte est encore ici. "
            "Ouvrez la version actuelle dans un autre onglet, reprenez ce qui a changé, puis envoyez à nouveau.",
            f"{by} heeft dit project intussen gewijzigd. Er werd niets overschreven: uw tekst staat hier nog. "
            "Open de huidige versie in een ander tabblad, neem over wat veranderd is en verzend opnieuw.",
            f"{by} changed this project meanwhile. Nothing was overwritten: your text is still here. "
            "Open the present version in another tab, take over what changed, then send again.",
        )
    if problem.status == 409:
        return Text(
            "Cette clé est déjà prise : choisissez-en une autre.",
            "Deze sleutel is al bezet: kies een andere.",
            "This key is taken already: choose another.",
        )
    if problem.status in (401, 403):
        return Text(
            "Vous ne pouvez pas écrire pour cette organisation ou à cet endroit. Choisissez-en une autre, ou demandez ce rôle à un administrateur.",
            "U mag niet schrijven voor deze organisatie of op deze plaats. Kies een andere, of vraag die rol aan een beheerder.",
            "You may not write for this organisation or in this place. Choose another, or ask an administrator for that role.",
        )
    return None


def _show(request: HttpRequest, project: Project | None, forms: tuple[FicheForm, list[Rows]], status: int, more: dict[str, Any]) -> HttpResponse:
    form, rows = forms
    alike: list[Alike] = more.get("alike", [])
    latest = store.find_project(request.actor, project.key) if project else None
    stale = status == 409 and latest is not None
    context = {
        "project": project,
        "name": project.name_in(spoken()) if project else "",
        "form": form,
        "sections": [(title, [form[name] for name in names if name != "key" or project is None]) for title, names in labels.SECTIONS],
        "rows": rows,
        "faulty_rows": [field for each in rows for one in each.forms if one.is_bound and one.errors for field in one if field.errors],
        "version": latest.version if stale and latest else request.POST.get("version") or (project.version if project else ""),
        "reasons": words.REASONS,
        "alike": alike,
        **{name: more.get(name) for name in ("draft", "refused", "asked")},
    }
    return render(request, "projects/write.html", context, status=status)


@never_cache
@require_POST
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Say that a project's record is right as of today."""
    store.confirm_project(request.actor, key)
    messages.success(request, _("Thank you: the record is confirmed as of today."))
    return redirect("project", key=key)
