"""Every visit of a person: who it is, how the page is shown, under which number it is logged, and what browsers may load."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_path

from zinneke.kernel.confidentiality import ANONYMOUS, Actor
from zinneke.kernel.problem import Problem
from zinneke.web.views import errors
from zinneke.web.views.preferences import THEMES, YEAR

log = logging.getLogger("zinneke.web")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Visit:
    """Give each request its actor, theme and number, and each answer its headers; turn problems into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one visit."""
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.theme = theme if (theme := request.COOKIES.get("theme")) in THEMES else ""
        request.actor = find_actor(request)
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("X-Request-ID", request.request_id)
        if request.actor.known:  # what was made for one person is kept by no cache on the way
            response.headers.setdefault("Cache-Control", "private")
            patch_vary_headers(response, ["Cookie"])
        _remember_language(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a kernel problem as a page; leave every other fault to Django."""
        return errors.answer(request, exception) if isinstance(exception, Problem) else None


def find_actor(request: HttpRequest) -> Actor:
    """Return who is signed in, or the visitor; a visitor without a session costs no query."""
    key = request.session.session_key
    if not key:
        return ANONYMOUS
    from zinneke.foundations.identity import store as identity

    return identity.actor_of_session(key) or ANONYMOUS


def _remember_language(request: HttpRequest, response: HttpResponse) -> None:
    """Keep the language of the address for the next time that the bare address is asked."""
    spoken = get_language_from_path(request.path_info)
    if spoken and response.status_code == 200:
        patch_vary_headers(response, ["Cookie"])
        if request.COOKIES.get("django_language") != spoken:
            response.set_cookie("django_language", spoken, max_age=YEAR, samesite="Lax", secure=request.is_secure())
