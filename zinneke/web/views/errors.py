"""The pages of refusal and fault: what happened, that nothing was lost, and the next step. None of them reads the database."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text

NO_DOOR = "Nothing answers at this address. /openapi.json lists every door for programs, /developers/ explains them."
KNOWN = (400, 401, 403, 404, 500)


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Answer a problem to a person: a visitor who might sign in is led there, everybody else gets the sentence."""
    if problem.status == 401 and request.method == "GET" and (there := _sign_in(request)):
        return HttpResponseRedirect(there)
    return page(request, problem.status, problem.said if problem.detail else None)


def page(request: HttpRequest, status: int, detail: Text | None = None) -> HttpResponse:
    """Return the error page of a status, in the language of the address."""
    kind = status if status in KNOWN else 500 if status >= 500 else 400
    told = detail.said_in((get_language() or "en")[:2]) if detail and kind == 400 else ""
    context = {"status_code": kind, "detail": told, "english": detail and detail.fr == detail.en, "sign_in": _sign_in(request)}
    response = render(request, "web/error.html", context)
    response.status_code = status
    return response


def _sign_in(request: HttpRequest) -> str:
    try:
        return f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path()})}"
    except NoReverseMatch:
        return ""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be understood."""
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that is not allowed."""
    return page(request, 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that came back without its key, mostly because the page stood open too long."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address where there is nothing: a program that asks at one of no language gets a problem document, a person a page."""
    spoken = request.path.split("/")[1] in dict(settings.LANGUAGES)
    if spoken or "text/html" in request.headers.get("Accept", ""):
        return page(request, 404)
    told = {"type": "about:blank", "title": "Not found", "status": 404, "detail": NO_DOOR, "instance": request.path}
    return JsonResponse(told, status=404, content_type="application/problem+json")


def broken(request: HttpRequest) -> HttpResponse:
    """Answer when we failed."""
    return page(request, 500)
