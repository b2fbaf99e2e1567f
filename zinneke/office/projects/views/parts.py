"""The component catalogue as pages: what the Region has already, who uses it, and what is still missing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text, choose
from zinneke.office.projects import publiccode, store, words
from zinneke.office.projects.forms import ComponentForm, spoken, typed_component
from zinneke.office.projects.values import Component
from zinneke.office.projects.views.inventory import known, may, name_of, shown


def catalogue(request: HttpRequest) -> HttpResponse:
    """Show the components: the platform's own, the Region's, and what is missing by priority."""
    actor: Actor = request.actor
    organisations = store.list_organisations(actor)
    used = [code for each in store.list_projects(actor, "smart") for code in each.fiche.components]
    rows = [
        (each, name_of(each.owner, organisations), words.COMPONENT_STATES[each.state], used.count(each.key)) for each in store.list_components(actor)
    ]
    groups = (
        (Text("De la Région", "Van het Gewest", "The Region’s"), [row for row in rows if not row[0].own and row[0].state != "missing"]),
        (Text("De cette plateforme", "Van dit platform", "This platform’s"), [row for row in rows if row[0].own]),
        (Text("Ce qui manque encore", "Wat nog ontbreekt", "What is still missing"), [row for row in rows if row[0].state == "missing"]),
    )
    ordered = (groups[1], groups[0], groups[2])
    return render(request, "projects/components.html", {"groups": [each for each in ordered if each[1]], "may_add": may(actor, Right.EDIT)})


def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show one component. Raises `Problem` 404."""
    actor: Actor = request.actor
    component = store.get_component(actor, key)
    parts = {each.key: each for each in store.list_components(actor)}
    projects = store.list_projects(actor, "smart")
    organisations = store.list_organisations(actor)
    today = timezone.localdate()
    context = {
        "component": component,
        "name": component.name_in(spoken()),
        "owner": name_of(component.owner, organisations),
        "state": words.COMPONENT_STATES[component.state],
        "depends": [known(code, parts) for code in component.depends],
        "bears": [each for each in parts.values() if key in each.depends],
        "used": shown([each for each in projects if key in each.fiche.components], organisations, today),
        "offered": shown([each for each in projects if key in each.fiche.offers], organisations, today),
        "may_edit": store.check_part(actor, key),
    }
    return render(request, "projects/component.html", context)


@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Describe a new component, by hand or from its publiccode.yml."""
    store.check_room(request.actor, Right.EDIT)
    file = request.FILES.get("publiccode")
    if request.method == "POST" and file is not None:
        try:
            if (file.size or 0) > 200_000:
                raise Problem(413, "Too large")
            read = publiccode.read(file.read())
        except Problem:
            return _show(request, None, _form(request, None), 422, NOT_PUBLICCODE)
        return _show(request, None, _form(request, None, read), 200)
    return _write(request, None)


@never_cache
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Change a component. Raises `Problem` 404, 403."""
    component = store.get_component(request.actor, key)
    if not store.check_part(request.actor, key):  # nobody may change the platform's own parts: their description is in their code
        raise Problem(403, "Not allowed", "You may not change this component.")
    return _write(request, component)


def _form(request: HttpRequest, data: object, shown_: Component | None = None) -> ComponentForm:
    organisations = store.list_organisations(request.actor)
    owners = sorted(((code, choose(each.name, spoken())[0]) for code, each in organisations.items()), key=lambda each: each[1].casefold())
    parts = [(each.key, each.name_in(spoken())) for each in store.list_components(request.actor) if not shown_ or each.key != shown_.key]
    return ComponentForm(data, initial=typed_component(shown_) if shown_ else None, owners=owners, components=parts)


def _write(request: HttpRequest, before: Component | None) -> HttpResponse:
    form = _form(request, request.POST if request.method == "POST" else None, before)
    if request.method != "POST" or not form.is_valid():
        return _show(request, before, form, 422 if form.is_bound else 200)
    version = request.POST.get("version", "")
    try:
        made = form.fill(before or Component(key="", name={}))
        kept = store.set_component(request.actor, made, int(version) if before and version.isascii() and version.isdigit() else None)
    except Problem as problem:
        for fault in problem.extra.get("faults", ()):
            form.put(fault["field"], fault["what"])
        return _show(request, before, form, problem.status, REFUSED.get(problem.status))
    messages.success(request, _("The component is kept."))
    return redirect("component", key=kept.key)


REFUSED = {
    409: Text(
        "Quelqu’un a modifié ce composant entre-temps, ou sa clé est déjà prise. Rien n’a été écrasé : comparez, puis envoyez à nouveau.",
        "Iemand heeft deze component intussen gewijzigd, of de sleutel is al bezet. Er werd niets overschreven: vergelijk en verzend opnieuw.",
        "Somebody changed this component meanwhile, or its key is taken. Nothing was overwritten: compare, then send again.",
    ),
    403: Text(
        "Vous ne pouvez pas écrire pour cette organisation. Choisissez-en une autre, ou demandez ce rôle.",
        "U mag niet schrijven voor deze organisatie. Kies een andere, of vraag die rol.",
        "You may not write for this organisation. Choose another, or ask for that role.",
    ),
}
NOT_PUBLICCODE = Text(
    "Ce fichier n’est pas un publiccode.yml : il lui manque la version du standard ou le nom du logiciel. Rien n’a été pris.",
    "Dit bestand is geen publiccode.yml: de versie van de standaard of de naam van de software ontbreekt. Er is niets overgenomen.",
    "This file is no publiccode.yml: it lacks the version of the standard or the name of the software. Nothing was taken.",
)


def _show(request: HttpRequest, before: Component | None, form: ComponentForm, status: int, refused: Text | None = None) -> HttpResponse:
    context = {"component": before, "name": before.name_in(spoken()) if before else "", "form": form, "refused": refused}
    return render(request, "projects/write_component.html", context, status=status)
