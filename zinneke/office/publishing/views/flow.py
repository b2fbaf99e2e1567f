"""The flow: begin, look at the table, settle what tells of people, describe, look once more, publish. Each step has its address; Back works."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.foundations.catalogue import rules as quality
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import Distribution
from zinneke.foundations.catalogue.vocabularies import FREQUENCIES, LANGUAGE_NAMES, LICENCES, THEMES
from zinneke.foundations.tables.findings import Looked
from zinneke.foundations.tables.saying import say_evidence
from zinneke.kernel.confidentiality import Actor, Level, Right, reach
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import Problem
from zinneke.kernel.refusals import say
from zinneke.kernel.text import Text, choose, same
from zinneke.office.publishing import reading, rules, store
from zinneke.office.publishing.refreshing import HOURS
from zinneke.office.publishing.uploads import check_ready
from zinneke.office.publishing.values import Work
from zinneke.office.publishing.views import arriving

STEPS = ("table", "people", "about", "check")
"""The steps after the beginning, in their order."""
Named = list[tuple[str, str, Text]]

SPOKEN = Text("Langues des données", "Talen van de gegevens", "Languages of the data")
SPOKEN_HINT = Text(
    "Celles des textes dans les lignes ; rien si elles n’en contiennent pas.",
    "Die van de teksten in de rijen; niets als er geen zijn.",
    "Those of the texts in the rows; nothing where there are none.",
)


def language() -> str:
    """Return the language of the page."""
    return (get_language() or "en")[:2]


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks."""
    actor: Actor = request.actor
    return actor


@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """Begin with a file, an address or pasted text; show what has begun and what waits in review."""
    actor, faults, pasted = actor_of(request), [], ""
    dataset = request.POST.get("dataset", request.GET.get("dataset", ""))[:120]
    if request.method == "POST":
        try:
            return arriving.forward(_begun(request, actor, dataset))
        except Problem as problem:
            if problem.status in (401, 403, 404):
                raise
            where = str(problem.extra.get("where", "file"))
            if where == "address" and request.POST.get("begin") == "database":
                where = "host"
            known = ("file", "address", "text", "host", "database", "streams", "period")
            faults = [(where if where in known else "file", "", say(problem.detail or problem.title))]
            pasted = request.POST.get("text", "")
    context = {
        "faults": faults,
        "pasted": pasted,
        "address": request.POST.get("address", ""),
        "typed": request.POST,
        "fields": {field for field, *_rest in faults},
        "readings": arriving.readings(actor),
        "uploads": store.list_uploads(actor),
        "unpublished": catalogue.list_unpublished(actor),
        "dataset": catalogue.get_dataset(actor, dataset) if dataset else None,
    }
    return render(request, "publishing/begin.html", context, status=422 if faults else 200)


def _begun(request: HttpRequest, actor: Actor, dataset: str) -> Work:
    sent, text = request.FILES.get("file"), request.POST.get("text", "")
    if sent is not None:
        path = getattr(sent, "temporary_file_path", None)
        return store.add_upload(actor, Path(path()) if path else sent.read(), sent.name or "data", dataset=dataset)
    if (source := arriving.source_of(request.POST)) is not None:
        return store.begin_source(actor, source, dataset)
    if text.strip():
        name = "pasted.json" if text.lstrip()[:1] in "[{" else "pasted.csv"
        return store.add_upload(actor, text.replace("\r\n", "\n").encode(), name, dataset=dataset)
    raise Problem(400, "Nothing given", "Choose a file, give an address, or paste the rows.", where="file")


@never_cache
def table(request: HttpRequest, key: str) -> HttpResponse:
    """Show how the source was read and what its columns are, for correction."""
    work = store.get_upload(actor_of(request), key)
    if work.state != "ready":
        return redirect("publish-fetch", key=key)
    if request.method == "POST":
        work = store.set_spec(actor_of(request), key, reading.read_table(request.POST, work))
        if not work.fault or work.raw:
            return redirect("publish-people" if "next" in request.POST and not work.fault else "publish-table", key=key)
    faults = [("part" if work.parts else "delimiter", "", say(work.fault))] if work.fault else []
    known = {each.name: each for each in work.spec.columns}
    context = _frame(work, "table", faults) | {
        "columns": [(number, each, known.get(each.source)) for number, each in enumerate(work.raw.columns)] if work.raw else [],
        "types": reading.TYPES, "delimiters": reading.DELIMITERS, "encodings": reading.ENCODINGS, "systems": reading.SYSTEMS,
        "decimals": sorted({each.decimal for each in work.raw.columns if each.decimal}) if work.raw else [],
        "delimiter_said": reading.DELIMITERS.get(work.raw.delimiter) if work.raw else None,
        "system": (work.raw.crs if work.raw else "") or work.spec.crs,
        "faulty": [_remark(each, work.raw.name) for each in work.raw.faults[:20]] if work.raw else [],
        "sample": _sample(work),
        "head": [each.column for each in work.raw.columns if each.column.type != "geometry"] if work.raw else [],
    }  # fmt: skip
    return render(request, "publishing/table.html", context, status=422 if faults and request.method == "POST" else 200)


def _sample(work: Work) -> list[list[tuple[bool, str]]]:
    """Return the first rows, each cell with whether its column holds numbers."""
    if work.raw is None:
        return []
    numeric = [each.column.type in ("integer", "decimal") for each in work.raw.columns if each.column.type != "geometry"]
    return [list(zip(numeric, row, strict=True)) for row in work.raw.sample]


@never_cache
def people(request: HttpRequest, key: str) -> HttpResponse:
    """Show what tells of people, with the evidence; close, treat or answer it; count groups."""
    work = store.get_upload(actor_of(request), key)
    if work.raw is None:
        return redirect("publish-table", key=key)
    faults: Named = []
    if request.method == "POST":
        spec, wrong = reading.read_people(request.POST, work)
        work = store.set_spec(actor_of(request), key, spec)
        if work.raw is None:
            return redirect("publish-table", key=key)
        names = dict(enumerate(each.column.name for each in work.raw.columns))
        faults = [(field, names.get(int(field.partition("-")[2] or -1), ""), text) for field, text in wrong.items()]
        faults += people_faults(work)
        if not faults:
            return redirect("publish-about" if "next" in request.POST else "publish-people", key=key)
    assert work.raw is not None
    sorts = [_sort(work, number, each, request) for number, each in enumerate(work.raw.columns)]
    context = _frame(work, "people", faults) | {
        "flagged": [each for each in sorts if each["looked"].suggested > Level.PUBLIC],
        "others": [each for each in sorts if each["looked"].suggested == Level.PUBLIC],
        "doing": reading.DOING,
        "groups": work.found.groups if work.found else None,
        "suppress": any(each.do == "suppress" for each in work.spec.treatments),
        "k": work.spec.k or rules.LEAST,
    }
    return render(request, "publishing/people.html", context, status=422 if faults else 200)


def people_faults(work: Work) -> Named:
    """Return what must still be settled about people, each with the field where it is."""
    if work.raw is None:
        return []
    places = {each.column.name: number for number, each in enumerate(work.raw.columns)}
    faults: Named = [
        (
            f"do-{places[each.column]}",
            each.column,
            Text(
                "cette colonne parle de personnes et serait ouverte. Traitez-la, fermez-la, ou dites pourquoi elle peut l’être.",
                "deze kolom gaat over personen en zou open zijn. Bewerk ze, sluit ze, of zeg waarom ze open mag.",
                "this column tells of people and would be open. Treat it, close it, or say why it may be.",
            ),
        )
        for each in rules.unsettled(work.raw, work.spec)
    ]
    if work.fault:
        faults.append(("k", "", say(work.fault)))
    elif work.found and work.found.groups and work.found.groups.rows:
        n, k = work.found.groups.rows, work.found.groups.least
        faults.append((
            "k", "",
            Text(
                f"{n} lignes se trouvent dans des groupes de moins de {k}. Généralisez davantage, ou écartez ces lignes.",
                f"{n} rijen staan in groepen van minder dan {k}. Maak algemener, of laat die rijen weg.",
                f"{n} rows stand in groups of fewer than {k}. Generalise further, or leave these rows out.",
            ),
        ))  # fmt: skip
    return faults


def _sort(work: Work, number: int, looked: Looked, request: HttpRequest) -> dict[str, Any]:
    """Return a column with what was chosen for it, what may be done to it, and the words of the evidence."""
    name = looked.column.name
    chosen = next((each for each in work.spec.treatments if each.column == name or (each.do == "commune" and looked.column.type == "geometry")), None)
    numeric, dated = looked.column.type in ("integer", "decimal"), looked.column.type in ("date", "timestamp")
    allowed = ["", "drop"]
    allowed += ["commune"] if looked.column.type == "geometry" else ["mask", "first"]
    allowed += ["range"] if numeric else []
    allowed += ["year", "month"] if dated else []
    allowed += ["declare"] if looked.suggested > Level.PUBLIC else []
    typed = request.POST
    return {
        "number": number, "looked": looked, "name": name,
        "label": choose(looked.column.label, language())[0] or name,
        "level": int(rules.level_of(looked, work.spec)),
        "do": typed.get(f"do-{number}", chosen.do if chosen else ""),
        "by": typed.get(f"by-{number}", f"{chosen.by:g}" if chosen and chosen.by else ""),
        "why": typed.get(f"why-{number}", chosen.why if chosen else ""),
        "doing": [(do, reading.DOING[do]) for do in allowed],
        "quasi": ("commune" if looked.column.type == "geometry" else name) in work.spec.quasi,
        "evidence": [say_evidence(each) for each in looked.evidence if each.sure or each.named][:2],
    }  # fmt: skip


@never_cache
def about(request: HttpRequest, key: str) -> HttpResponse:
    """Ask what the dataset is, who answers for it, under which licence and on which ground; show how good the description is."""
    actor = actor_of(request)
    work = store.get_upload(actor, key)
    if work.raw is None:
        return redirect("publish-table", key=key)
    faults: Named = []
    if request.method == "POST":
        row, ground, wrong = reading.read_about(request.POST, work)
        areas = _areas(actor)
        area = request.POST.get("area", "")
        row = msgspec.structs.replace(row, area=area if area in areas else next(iter(areas), ""))
        work = store.set_row(actor, key, row, ground)
        if work.spec.area != row.area:
            work = store.set_spec(actor, key, msgspec.structs.replace(work.spec, area=row.area))
        faults = [(field, "", text) for field, text in wrong.items()]
        if not faults:
            return redirect("publish-check" if "next" in request.POST else "publish-about", key=key)
    score, advice = quality.assess(_pretended(work), datetime.now(UTC))
    context = _frame(work, "about", faults) | {
        "row": work.row, "texts": _texts(work), "themes": THEMES, "licences": LICENCES, "frequencies": FREQUENCIES, "grounds": rules.GROUNDS,
        "spoken": LANGUAGE_NAMES, "spoken_title": SPOKEN, "spoken_hint": SPOKEN_HINT,
        "publisher": choose(work.row.publisher.name, language())[0] if work.row.publisher else "",
        "theme": next(iter(work.row.themes), ""), "areas": _areas(actor), "score": score,
        "advice": [(each, choose(each.advice, language())[0]) for each in advice],
    }  # fmt: skip
    return render(request, "publishing/about.html", context, status=422 if faults else 200)


def _pretended(work: Work) -> Any:
    """Return the description as it will be with our own ways to get the data, so that its quality is judged fairly."""
    ours = Distribution(format="csv", url="/api/tables/x/export/csv", licence=work.row.licence)
    return msgspec.structs.replace(work.row, distributions=(ours,), modified=datetime.now(UTC))


def _texts(work: Work) -> list[tuple[str, str, str, str]]:
    """Return the texts of the description in each language: language, title, description, keywords."""
    row = work.row
    return [(each, row.title.get(each, ""), row.description.get(each, ""), ", ".join(row.keywords.get(each, ()))) for each in ("fr", "nl", "en")]


def _areas(actor: Actor) -> list[str]:
    """Return the areas in which the actor may publish; "" stands for the whole Region."""
    held = reach(actor, Right.EDIT, catalogue.SUBJECT).areas[Level.PUBLIC]
    return [""] if held is None else sorted(held)


@never_cache
def check(request: HttpRequest, key: str) -> HttpResponse:
    """Show once more what will be published, and send it for review or publish it."""
    actor = actor_of(request)
    work = store.get_upload(actor, key)
    if work.raw is None:
        return redirect("publish-table", key=key)
    faults: Named = []
    if request.method == "POST":
        try:
            made = store.finish_upload(actor, key, publish=request.POST.get("do") == "publish", hours=_hours(request.POST.get("hours", "")))
            waiting = _("Sent for review. Somebody else looks at it and publishes it.")
            public = made.state == "published" and not made.waits
            messages.success(request, _("The data are published: this is their page.") if public else waiting)
            return redirect("publish-review" if made.waits else "dataset", key=made.key)
        except Problem as problem:
            if problem.status in (401, 404):
                raise
            faults = [("top", "", say(problem.detail or problem.title))]
    ready: Problem | None = None
    try:
        check_ready(work)
    except Problem as problem:
        ready = problem
    columns = [(each.column, int(rules.level_of(each, work.spec))) for each in work.found.columns] if work.found else []
    context = _frame(work, "check", faults) | {
        "closed": max((level for _column, level in columns), default=0) if work.row.level is None else 0,
        "unready": say(ready.detail) if ready else None,
        "where": f"publish-{ready.extra.get('where', 'table')}" if ready else "",
        "lowered": [each for each in work.spec.treatments if each.do == "declare"],
        "treatments": [(each, reading.DOING.get(each.do)) for each in work.spec.treatments],
        "ground": rules.GROUNDS.get(work.ground),
        "licence": LICENCES.get(work.row.licence),
        "columns": columns,
        "title_words": choose(work.row.title, language())[0],
        "hours": HOURS,
    }
    return render(request, "publishing/check.html", context, status=409 if faults else 200)


def _hours(text: str) -> int:
    return int(text) if text in {str(each) for each in HOURS} else 0


@never_cache
@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    """Give up what was begun."""
    store.delete_upload(actor_of(request), key)
    messages.success(request, _("Deleted. Nothing of it was kept."))
    return redirect("publish")


def _remark(fault: Fault, name: str) -> Text:
    """Return what is to be said of the file, with its place in it: the name of the file stands above."""
    where, what = say(fault.where), say(fault.what)
    if where == same(fault.where):
        where = say(fault.where.removeprefix(name).removeprefix(": "))
    return Text(f"{where.fr}\u00a0: {what.fr}", f"{where.nl}: {what.nl}", f"{where.en}: {what.en}") if where.en else what


def _frame(work: Work, step: str, faults: Named) -> dict[str, Any]:
    """Return what every step shows: where one is, what was chosen before."""
    place = STEPS.index(step)
    return {
        "work": work,
        "step": step,
        "faults": faults,
        "fields": {field for field, _name, _text in faults},
        "steps": [(f"publish-{each}", _step_words(each), number <= place, each == step) for number, each in enumerate(STEPS)],
    }


def _step_words(step: str) -> str:
    return {"table": _("The table"), "people": _("People in it"), "about": _("About it"), "check": _("Check and publish")}[step]
