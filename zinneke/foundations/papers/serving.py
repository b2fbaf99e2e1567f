"""How a paper comes in by a form and goes out by a page: the few lines that the pages of all rooms share."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zinneke.foundations.papers.rules import KINDS, LARGEST
from zinneke.foundations.papers.values import Paper
from zinneke.kernel.problem import Problem, wrong

ACCEPT = ",".join(f".{kind}" for kind in KINDS)
"""What the form lets people choose."""


def whole(text: str) -> int:
    """Return the number in an address, 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def shown(papers: list[Paper], there: str, may_add: bool) -> dict[str, object]:
    """Return what the list of papers on a record's page needs; `there` is the address of the record."""
    return {"papers": papers, "papers_at": f"{there}papers/", "papers_accept": ACCEPT, "may_add": may_add}


def take(request: HttpRequest, add: Callable[[str, bytes], Paper], there: str) -> HttpResponse:
    """Keep the file that a form sent, say what became of it, and go back to the record."""
    file = request.FILES.get("paper")
    try:
        if file is None:
            raise wrong("Choose a file first.", where="paper")
        add(file.name or "", file.read(LARGEST + 1))
        messages.success(request, _("The paper is kept. Whoever may see this page may read it."))
    except Problem as problem:
        if problem.status in (401, 403, 404):
            raise
        messages.error(request, problem.said_in((get_language() or "en")[:2]))
    return redirect(f"{there}#papers")


def give(paper: Paper, content: bytes) -> HttpResponse:
    """Give a paper back as a file to keep, in such a way that no browser runs anything in it."""
    answer = HttpResponse(content, content_type=KINDS[paper.kind])
    plain = paper.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(paper.name)}"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def remove(request: HttpRequest, taken: Callable[[], None], there: str) -> HttpResponse:
    """Remove a paper as a form asks, and go back to the record."""
    taken()
    messages.success(request, _("The paper is removed."))
    return redirect(f"{there}#papers")
