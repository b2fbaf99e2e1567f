"""What is elsewhere: which form says what to fetch, and the page that tells how far it is and looks again by itself, with or without script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from zinneke.foundations.databases import Relation
from zinneke.foundations.observations import store as observations
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.refusals import say
from zinneke.kernel.text import Text
from zinneke.office.publishing import store
from zinneke.office.publishing.sources import FromDatabase, FromStreams, FromWeb, Source
from zinneke.office.publishing.values import Work

PERIODS = ("7", "30", "90", "365")
"""Days up to now that the form offers."""


def source_of(post: Mapping[str, Any]) -> Source | None:
    """Return what a form asks to fetch, None when it asks for nothing elsewhere. Raises `Problem` 400."""
    said = {name: str(post.get(name, "")).strip()[:2_000] for name in ("address", "engine", "host", "name", "user", "streams", "thing")}
    if post.get("begin") == "database":
        return _database(said, str(post.get("password", ""))[:500])
    if post.get("begin") == "streams":
        return _streams(said, post)
    return FromWeb(said["address"]) if said["address"] else None


def _database(said: Mapping[str, str], password: str) -> FromDatabase:
    if said["engine"] == "sqlite":
        return FromDatabase(f"sqlite:{said['name']}")
    if not said["host"] or not said["name"] or not said["user"] or said["engine"] not in ("postgresql", "mysql"):
        raise wrong("Give the host, the name of the database and a user who may read it, and nothing else.", where="host")
    if "/" in said["host"] or "@" in said["host"] or "?" in said["host"]:
        raise wrong("This is not the address of a database.", where="host")
    who = f"{quote(said['user'], safe='')}:{quote(password, safe='')}"
    return FromDatabase(f"{said['engine']}://{who}@{said['host']}/{quote(said['name'], safe='')}")


def _streams(said: Mapping[str, str], post: Mapping[str, Any]) -> FromStreams:
    solution, _, reading = said["streams"].partition("/")
    days = str(post.get("days", ""))
    start, end = (str(post.get(name, "")).strip()[:30] for name in ("start", "end"))
    return FromStreams(solution, reading, said["thing"], int(days) if days in PERIODS and not start else 0, start, end)


def readings(actor: Actor) -> list[tuple[str, Text, Text]]:
    """Return what is measured where the actor may see it: solution/reading, and the names of both."""
    return [
        (f"{key}/{each.key}", solution.name, each.name)
        for key, solution in registry.solutions().items()
        for asset in solution.assets
        for each in asset.readings
        if observations.list_streams(actor, solution=key, reading=each.key, limit=1)
    ]


def forward(work: Work) -> HttpResponse:
    """Return the way to the step at which a publication is."""
    return redirect("publish-table" if work.state == "ready" else "publish-fetch", key=work.key)


@never_cache
def fetch(request: HttpRequest, key: str) -> HttpResponse:
    """Tell how far it is; choose a table; try again. The page leads on by itself once everything has come."""
    actor: Actor = request.actor
    faults: list[tuple[str, str, Text]] = []
    if request.method == "POST":
        try:
            return forward(store.fetch_again(actor, key, request.POST.get("table", "")))
        except Problem as problem:
            if problem.status in (401, 404):
                raise
            faults = [("table", "", say(problem.detail or problem.title))]
    work = store.get_upload(actor, key)
    if work.state == "ready":
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": reverse("publish-table", kwargs={"key": key})})
        return redirect("publish-table", key=key)
    tables: list[Relation] = []
    fault = say(work.fault) if work.fault else None
    if work.state == "choosing":
        try:
            tables = store.list_tables(actor, key)
        except Problem as problem:
            if problem.status in (401, 404):
                raise
            fault = say(problem.detail or problem.title)
    context = {"work": work, "tables": tables[:2_000], "fault": fault, "faults": faults, "fields": {field for field, *_rest in faults}}
    return render(request, "publishing/fetch.html", context, status=422 if faults else 200)
