"""The page of a dataset: what it is, then table, map, chart, downloads, code, versions and source as anchors of one page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from zinneke.foundations.catalogue import rules, vocabularies
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import Dataset, Distribution
from zinneke.foundations.catalogue.wanted import Named
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Version
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.route import Needs, Page
from zinneke.kernel.spreadsheet import as_csv
from zinneke.kernel.text import Text, choose
from zinneke.office.publishing import store as publishing
from zinneke.web import dataset_charts, dataset_map, schema_org, table_view
from zinneke.web.templatetags.zinneke import language

FAMILY = Text("Autres tables du même jeu de données", "Andere tabellen van dezelfde dataset", "Other tables of the same dataset")
FORMS = (("csv", "CSV"), ("geojson", "GeoJSON"), ("parquet", "Parquet"), ("json", "JSON"))


@dataclass(frozen=True, slots=True)
class Download:
    """One of our own files: its form, its address, and its size in bytes where that is known."""

    form: str
    address: str
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Away:
    """A distribution elsewhere: its words, format and address, which leads away from here."""

    distribution: Distribution
    words: str
    lang: str
    format: str
    address: str


def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show a dataset, its newest version or the one that `version` in the address asks for. Raises `Problem` 404."""
    actor: Actor = request.actor
    spoken = language()
    dataset = catalogue.get_dataset(actor, key)
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else None
    version = tables.find_version(actor, key, number) if dataset.versioned else None
    if number and version is None:
        raise not_found("version", f"{key}/{number}")
    context = {"dataset": dataset, "version": version, **about(dataset, spoken), "away": away(dataset.distributions, spoken)}
    if version is not None:
        context |= rows(request, actor, dataset, version, spoken)
        context |= {"downloads": downloads(version), "versions": tables.list_versions(actor, key)[:20], "site": site(request), "pinned": number}
        context["steps"] = [publishing.say_step(each) for each in version.lineage]
        context["permanent"] = permanent(version, site(request))
        context["citation"] = cite(dataset, version, site(request), spoken)
        context["calls"] = calls(f"{site(request)}/api/tables/{key}/rows?limit=5")
    if dataset.source == catalogue.OURS:
        context |= family(actor, dataset, spoken)
    context["schema_org"] = mark_safe(schema_org.describe(dataset, version, site(request), spoken))  # noqa: S308  escaped there
    context["alternates"] = schema_org.alternates(key)
    return render(request, "web/dataset.html", context)


def family(actor: Actor, dataset: Dataset, spoken: str) -> dict[str, Any]:
    """Return the other tables of the same dataset: what it is a part of, and its further tables."""
    whole = dataset.row.part_of
    above = catalogue.select(actor, Named((whole,)), limit=1).datasets if whole else ()
    kept = [*above, *catalogue.list_parts(actor, whole or dataset.key)]
    return {"family": [(each.key, *each.title_in(spoken)) for each in kept if each.key != dataset.key], "family_title": FAMILY}


def site(request: HttpRequest) -> str:
    """Return the address of this platform, as the reader reaches it."""
    return request.build_absolute_uri("/").rstrip("/")


def permanent(version: Version, at: str) -> str:
    """Return the address that leads to a version for ever, in every language, and that holds the beginning of its digest."""
    return f"{at}/datasets/{version.dataset}/versions/{version.mark}"


def cite(dataset: Dataset, version: Version, at: str, spoken: str) -> str:
    """Return the line with which a version is cited: who, when, what, where for ever, and the fingerprint of what it was made from."""
    publisher = choose(dataset.row.publisher.name, spoken)[0] if dataset.row.publisher else "Zinneke"
    kind = _("dataset")
    title, where = dataset.title_in(spoken)[0], permanent(version, at)
    return f"{publisher} ({version.created.year}). {title}, version {version.number} [{kind}]. {where} (SHA-256 {version.digest})"


def calls(address: str) -> dict[str, str]:
    """Return the lines that fetch an address, for a terminal and for Python's own library."""
    return {
        "curl": f'curl -s "{address}"',
        "python": f'import json, urllib.request\nprint(json.load(urllib.request.urlopen("{address}")))',
    }


def about(dataset: Dataset, spoken: str) -> dict[str, Any]:
    """Return the head of the page: words, licence, themes and quality in the reader's language."""
    title, title_lang = dataset.title_in(spoken)
    description, description_lang = dataset.description_in(spoken)
    licence = vocabularies.LICENCES.get(dataset.row.licence)
    first, _, rest = description.strip().partition("\n")
    return {
        "title": title,
        "title_lang": title_lang if title_lang != spoken else "",
        "description": description,
        "description_lang": description_lang if description_lang != spoken else "",
        "lead": first,
        "more": rest.strip(),
        "licence": licence,
        "licence_key": dataset.row.licence,
        "publisher": choose(dataset.row.publisher.name, spoken)[0] if dataset.row.publisher else "",
        "publisher_key": dataset.row.publisher.key if dataset.row.publisher else "",
        "themes": [(theme, vocabularies.THEMES[theme]) for theme in dataset.row.themes if theme in vocabularies.THEMES],
        "keywords": dataset.row.keywords.get(spoken, ()) or next(iter(dataset.row.keywords.values()), ()),
        "dimensions": [(side, [choose(each.advice, spoken)[0] for each in side.advice]) for side in rules.dimensions(dataset.advice)],
        "freshness": rules.freshness(dataset.row, datetime.now(UTC)),
        "quality_status": "good" if dataset.quality >= 70 else "watch" if dataset.quality >= 40 else "act",
        "page": dataset.row.page if dataset.row.page.startswith(("http://", "https://")) else "",
    }


def away(distributions: Iterable[Distribution], spoken: str) -> list[Away]:
    """Return the distributions that lead elsewhere; an address that is no web address is left out."""
    made = []
    for each in distributions:
        address = next((link for link in (each.url, each.page) if link.startswith(("https://", "http://"))), "")
        if address:
            words, lang = choose(each.title, spoken)
            made.append(Away(each, words, lang if lang != spoken else "", _form(each, spoken), address))
    return made


def _form(distribution: Distribution, spoken: str) -> str:
    """Return the name of a distribution's form; one that we do not know as its source writes it."""
    form = vocabularies.FORMATS.get(vocabularies.format_key(distribution.format, distribution.media_type))
    return form.label.said_in(spoken) if form else distribution.format or distribution.media_type


def rows(request: HttpRequest, actor: Actor, dataset: Dataset, version: Version, spoken: str) -> dict[str, Any]:
    """Return the table, the columns in words, the chart and the map of a version, as the address asks."""
    columns = table_view.shown(version)
    state = table_view.asked(request.GET, version)
    fault = state.fault
    try:
        found = tables.read_rows(actor, version.dataset, state.query(tuple(column.name for column in columns)), version.number)
    except Problem as problem:
        fault, state = problem.detail, table_view.Asked()
        found = tables.read_rows(actor, version.dataset, state.query(tuple(column.name for column in columns)), version.number)
    title = dataset.title_in(spoken)[0]
    figure = request.GET.get("figure", "")
    chart_csv = reverse("dataset-chart", kwargs={"key": version.dataset}) + state.address(figure=figure).removesuffix("#table")
    return {
        "headings": table_view.headings(columns, state, spoken),
        "cells": [[table_view.cell(column, value, spoken) for column, value in zip(columns, row, strict=True)] for row in found.rows],
        "total": found.total,
        "next_page": state.address(after=found.next) if found.next else "",
        "first_page": state.address() if state.after else "",
        "conditions": table_view.conditions(state, version.columns, spoken),
        "state": state,
        "fault": fault,
        "columns": [table_view.describe(column, spoken) for column in columns],
        "chart": dataset_charts.chart(actor, version, figure, state.filters, spoken, title, chart_csv),
        "map": dataset_map.of_version(actor, version, spoken) if version.geometry else None,
    }


def downloads(version: Version) -> list[Download]:
    """Return the files that we make of a version, the whole of it."""
    tiles = [Download("PMTiles", f"/tiles/tables/{version.dataset}.pmtiles?version={version.number}")] if version.geometry else []
    return [
        Download(words, f"/api/tables/{version.dataset}/export/{form}?version={version.number}", version.bytes if form == "parquet" else 0)
        for form, words in FORMS
        if form != "geojson" or version.geometry
    ] + tiles


def chart_csv(request: HttpRequest, key: str) -> HttpResponse:
    """Give the figures of a dataset's chart as CSV. Raises `Problem` 404 where there is no such chart."""
    actor: Actor = request.actor
    version = tables.get_version(actor, key)
    state = table_view.asked(request.GET, version)
    made = dataset_charts.chart(actor, version, request.GET.get("figure", ""), state.filters, language(), key, "")
    if made is None:
        raise not_found("chart", key)
    return csv_file(f"{key}-chart.csv", made.head, made.rows)


def csv_file(filename: str, head: Iterable[str], lines: Iterable[Iterable[Any]]) -> HttpResponse:
    """Return figures as a CSV file whose cells no spreadsheet runs."""
    headers = {"Content-Disposition": f'inline; filename="{filename}"'}
    return HttpResponse(as_csv(head, lines), content_type="text/csv; charset=utf-8", headers=headers)


SAMPLE: Mapping[str, str] = {"key": "trees"}
PAGES = (
    Page(name="dataset", path="data/{key}/", view=show, audience=Needs(Right.SEE, "catalogue"), sample=SAMPLE),
    Page(name="dataset-chart", path="data/{key}/chart.csv", view=chart_csv, audience=Needs(Right.SEE, "tables"), sample=SAMPLE),
)
