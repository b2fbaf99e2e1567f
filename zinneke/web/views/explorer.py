"""The table explorer: filter, sort, group and draw a dataset by hand, share the address, take exactly this away, show it elsewhere."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.clickjacking import xframe_options_exempt

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Version
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.route import Needs, Page
from zinneke.web import dataset_map, exploring, table_view
from zinneke.web.templatetags.zinneke import language
from zinneke.web.views.dataset import SAMPLE, site

_FRAMED = "default-src 'self'; script-src 'none'; style-src 'self'; font-src 'self'; frame-ancestors *"


def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show the answer to the question in the address. Raises `Problem` 404 for a dataset whose rows are not ours."""
    return render(request, "web/explorer.html", _answer(request, key))


@xframe_options_exempt
def embed(request: HttpRequest, key: str) -> HttpResponse:
    """Show the same answer alone, for other people's pages to frame. Raises `Problem` 404."""
    answer = render(request, "web/explorer_embed.html", _answer(request, key))
    answer.headers["Content-Security-Policy"] = _FRAMED
    return answer


def _answer(request: HttpRequest, key: str) -> dict[str, Any]:
    actor: Actor = request.actor
    spoken = language()
    dataset = catalogue.get_dataset(actor, key)
    version = tables.find_version(actor, key)
    if version is None:
        raise not_found("table", key)
    title, title_lang = dataset.title_in(spoken)
    state = exploring.read(request.GET, version)
    context: dict[str, Any] = {
        "dataset": dataset, "title": title, "title_lang": title_lang if title_lang != spoken else "", "version": version, "fault": state.fault,
    }  # fmt: skip
    try:
        context |= _found(actor, version, state, spoken, title)
    except Problem as problem:
        state = exploring.Exploring()
        context |= {**_found(actor, version, state, spoken, title), "fault": problem.detail}
    return context | _around(request, version, context["state"], spoken, title)


def _found(actor: Actor, version: Version, state: exploring.Exploring, spoken: str, title: str) -> dict[str, Any]:
    columns = table_view.shown(version)
    found = exploring.addresses(version, state, settings.CITY_ZONE)
    context: dict[str, Any] = {"state": state, "kept": state.kept, "addresses": found, "headings": table_view.headings(columns, state, spoken)}
    rows = tables.read_rows(actor, version.dataset, state.query(tuple(column.name for column in columns)), version.number)
    context |= {"total": rows.total, "next_page": state.address(after=rows.next) if rows.next else ""}
    if state.by:
        return context | {"groups": exploring.groups(actor, version, state, spoken, title, found["csv"])}
    if version.geometry and rows.total:
        context["map"] = dataset_map.of_rows(actor, version, state.where, spoken)
    return context | {"cells": [[table_view.cell(column, value, spoken) for column, value in zip(columns, row, strict=True)] for row in rows.rows]}


def _around(request: HttpRequest, version: Version, state: exploring.Exploring, spoken: str, title: str) -> dict[str, Any]:
    columns = table_view.shown(version)
    here, found = site(request), exploring.addresses(version, state, settings.CITY_ZONE)
    words = {column.name: table_view.label(column, spoken)[0] for column in columns}
    frame = f"{here}{reverse('explorer-embed', kwargs={'key': version.dataset})}{state.address().removesuffix('#table')}"
    return {
        "first_page": state.address() if state.after else "",
        "conditions": table_view.conditions(state, version.columns, spoken),
        "choices": [(column.name, words[column.name], column.name == state.by) for column in columns],
        "timed": any(column.name == state.by and column.type in ("date", "timestamp") for column in columns),
        "steps": [(step, text.said_in(spoken), step == state.step) for step, text in exploring.STEPS.items()],
        "figures": [
            (f"{take}:{column.name}", f"{words[column.name]}, {text.said_in(spoken)}", state.figure == f"{take}:{column.name}")
            for column in columns
            if column.type in table_view.NUMERIC
            for take, text in exploring.TAKES.items()
        ],
        "ungrouped": state.address(by="", step="", figure=""),
        "downloads": exploring.downloads(version, state, found),
        "calls": {name: f'curl -s "{here}{address}"' for name, address in found.items() if name != "csv"},
        "frame": f'<iframe src="{frame}" title="{escape(title)}" width="100%" height="480" loading="lazy"></iframe>',
    }


PAGES = (
    Page(name="explorer", path="data/{key}/explore/", view=show, audience=Needs(Right.SEE, "tables"), sample=SAMPLE),
    Page(name="explorer-embed", path="data/{key}/embed/", view=embed, audience=Needs(Right.SEE, "tables"), sample=SAMPLE),
)
