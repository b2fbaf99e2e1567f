"""The addresses of the people's door, from the table of pages; each page is guarded by its audience before its view runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from zinneke.kernel import registry
from zinneke.kernel.route import Page
from zinneke.web.views import errors, preferences

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken


def guarded(page: Page) -> Callable[..., HttpResponse]:
    """Return the page's view behind its rule: whoever holds the right nowhere is refused before anything is read."""

    @wraps(page.view)
    def view(request: HttpRequest, **values: Any) -> HttpResponse:
        page.audience.check(request.actor)
        response: HttpResponse = page.view(request, **values)
        return response

    return view


def address(text: str) -> str:
    """Return a page's path in Django's spelling: `areas/{code}` and `{rest:path}` become `areas/<str:code>` and `<path:rest>`."""
    spelled = re.sub(r"\{(\w+)(?::(\w+))?\}", lambda found: f"<{found[2] or 'str'}:{found[1]}>", text)
    return spelled.lstrip("/")


def _pattern(page: Page) -> URLPattern:
    return path(address(page.path), guarded(page), name=page.name)


_pages = registry.pages()
urlpatterns: list[URLPattern | URLResolver] = [
    path("", preferences.choose_language, name="root"),
    path("theme/", preferences.set_theme, name="set-theme"),
    path("admin/", admin.site.urls),
    *(_pattern(page) for page in _pages if not page.localised),
    *i18n_patterns(*(_pattern(page) for page in _pages if page.localised)),
]
