"""Whether somebody already has what they ask for: entity tags and `If-None-Match` after RFC 9110."""

from __future__ import annotations

from collections.abc import Mapping


def unchanged(headers: Mapping[str, str], etag: str) -> bool:
    """Say whether a request's `If-None-Match` names this entity tag, among others, weakly, or as whatever there is."""
    asked = headers.get("if-none-match", "")
    return asked.strip() == "*" or any(each.strip().removeprefix("W/") == etag.removeprefix("W/") for each in asked.split(","))
