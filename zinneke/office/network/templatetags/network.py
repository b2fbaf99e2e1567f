"""What the network's templates look up: a thing by its key, a field of a day that passed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(key: str, known: Mapping[str, Any]) -> Any:
    """Give what stands under a key, nothing where nothing does: `{% with post=action.post|of:posts %}`."""
    return known.get(key)
