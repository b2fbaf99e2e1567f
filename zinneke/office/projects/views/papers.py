"""The papers of a project: added, read and removed on its page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from zinneke.foundations.papers import serving
from zinneke.office.projects import papers


@require_POST
def add(request: HttpRequest, key: str) -> HttpResponse:
    """Keep a file with a project."""
    return serving.take(request, lambda name, content: papers.add_paper(request.actor, key, name, content), reverse("project", kwargs={"key": key}))


def paper(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """Give a paper of a project; sent as a form, remove it."""
    if request.method == "POST":
        there = reverse("project", kwargs={"key": key})
        return serving.remove(request, lambda: papers.remove_paper(request.actor, key, serving.whole(number)), there)
    return serving.give(*papers.get_paper(request.actor, key, serving.whole(number)))
