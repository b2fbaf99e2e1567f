"""The papers of an entry: added, read and removed on its page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from zinneke.foundations.papers import serving
from zinneke.office.knowledge import papers
from zinneke.office.knowledge.views import asking


@require_POST
def add(request: HttpRequest, path: str, key: str) -> HttpResponse:
    """Keep a file with an entry."""
    kind, actor = asking.kind_of(path).key, asking.actor_of(request)
    there = reverse("knowledge-entry", kwargs={"path": path, "key": key})
    return serving.take(request, lambda name, content: papers.add_paper(actor, kind, key, name, content), there)


def paper(request: HttpRequest, path: str, key: str, number: str) -> HttpResponse:
    """Give a paper of an entry; sent as a form, remove it."""
    kind, actor = asking.kind_of(path).key, asking.actor_of(request)
    if request.method == "POST":
        there = reverse("knowledge-entry", kwargs={"path": path, "key": key})
        return serving.remove(request, lambda: papers.remove_paper(actor, kind, key, serving.whole(number)), there)
    return serving.give(*papers.get_paper(actor, kind, key, serving.whole(number)))
