"""The Smart City Office: the page on which all its tools stand, and the desk on which waits what somebody has to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from zinneke.foundations.identity import store as identity
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.desk import Change, Waiting
from zinneke.kernel.route import EVERYONE, KNOWN, Front, Page, Shelf
from zinneke.kernel.text import Text
from zinneke.web import finding

HEADINGS: dict[Shelf, Text] = {
    "aims": Text("Ce que nous voulons, et où nous en sommes", "Wat we willen, en hoever we staan", "What we want, and how far we are"),
    "doing": Text("Ce qui se fait, et ce qui viendra", "Wat er gebeurt, en wat volgt", "What is done, and what comes next"),
    "together": Text("Avec qui", "Met wie", "With whom"),
    "knowing": Text("Ce que nous savons", "Wat we weten", "What we know"),
    "data": Text("Les données", "De gegevens", "The data"),
}
"""The shelves of the office in the order in which a newcomer asks."""


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the desk: what waits, where it is done, and whether its term has passed."""

    waiting: Waiting
    address: str
    late: bool


def office(request: HttpRequest) -> HttpResponse:
    """Show the tools of the Smart City Office that are open to whoever looks, and how much waits for whoever is signed in."""
    return render(request, "web/office.html", {"shelves": shelves(request.actor), "tasks": tasks_of(request.actor)})


def shelves(actor: Actor) -> list[tuple[Shelf, Text, list[Page]]]:
    """Return the shelves that hold something for somebody: name, heading, and the pages in their order."""
    fronts = sorted(((page.front, page) for page in finding.fronts(actor) if page.front), key=lambda each: each[0].rank)
    held = {shelf: [page for front, page in fronts if front.shelf == shelf] for shelf in HEADINGS}
    return [(shelf, HEADINGS[shelf], pages) for shelf, pages in held.items() if pages]


def desk(request: HttpRequest) -> HttpResponse:
    """Show what waits for whoever is signed in: what is late first, then the oldest."""
    tasks, since = tasks_of(request.actor), identity.note_own_visit(request.actor)
    news = news_of(request.actor, since) if since else []
    context = {"tasks": tasks, "late": sum(task.late for task in tasks), "since": since, "news": news[:MOST_NEWS], "more": len(news[MOST_NEWS:])}
    return render(request, "web/desk.html", context)


MOST_NEWS = 15
"""Changes that the desk names; of the others it says how many."""


def news_of(actor: Actor, since: datetime) -> list[tuple[Change, str]]:
    """Return what changed since a moment in every room, of what somebody may see, with where it is read: the newest first."""
    found = [each for module in registry.modules("desk") if hasattr(module, "changed") for each in module.changed(actor, since)]
    return [(each, reverse(each.page, kwargs=dict(each.values))) for each in sorted(found, key=lambda each: each.at, reverse=True)]


def tasks_of(actor: Actor) -> list[Task]:
    """Return what waits for somebody in every room: what is late first, the longest late at the top, then the oldest."""
    if not actor.known:
        return []
    today = timezone.localdate()
    found = [each for module in registry.modules("desk") for each in module.waiting(actor)]
    tasks = [Task(each, reverse(each.page, kwargs=dict(each.values)), each.due is not None and each.due < today) for each in found]
    return sorted(tasks, key=_urgency)


def _urgency(task: Task) -> tuple[bool, date, datetime]:
    return not task.late, task.waiting.due if task.late and task.waiting.due else date.max, task.waiting.since


PAGES = (
    Page(
        name="office",
        path="office/",
        view=office,
        audience=EVERYONE,
        front=Front(
            icon="compass",
            title=Text("Politique Smart City", "Smart City-beleid", "Smart city policy"),
            about=Text(
                "Ce que la Région veut, ce qu’elle fait et où elle en est.",
                "Wat het Gewest wil, wat het doet en hoever het staat.",
                "What the Region wants, what it does, and how far it is.",
            ),
        ),
    ),
    Page(name="desk", path="desk/", view=desk, audience=KNOWN, sample={}),
)
