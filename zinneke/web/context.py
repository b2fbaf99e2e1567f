"""What every template knows: languages of the same page, theme, who is here, whether the city is a demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.kernel.text import LANGUAGES
from zinneke.web.domains import DOMAINS

NAMES = {"fr": "Français", "nl": "Nederlands", "en": "English"}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the frame of a page; nothing here reads the database, so that the page of a fault can use it."""
    actor = getattr(request, "actor", ANONYMOUS)
    return {
        "actor": actor,
        "theme": getattr(request, "theme", ""),
        "request_id": getattr(request, "request_id", ""),
        "demonstration": (settings.DATA / "demonstration").exists(),
        "languages": [{"code": code, "name": NAMES[code], "address": in_language(request, code)} for code in LANGUAGES],
        "here": request.get_full_path(),
        "site": request.build_absolute_uri("/").rstrip("/"),
        "all_domains": DOMAINS,
    }


def in_language(request: HttpRequest, language: str) -> str:
    """Return the address of the same page with the same state in another language."""
    first, _, rest = request.get_full_path().lstrip("/").partition("/")
    return f"/{language}/{rest}" if first in LANGUAGES else f"/{language}/"
