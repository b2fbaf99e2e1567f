"""Pieces of pages that are drawn once: those that many readings of a page share and that take longer to write than to recognise."""

from __future__ import annotations

import threading
from collections import OrderedDict
from hashlib import blake2b
from typing import Any

import msgspec
from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from zinneke.web.templatetags.zinneke import language

register = template.Library()
MOST = 2_000
"""Pieces that are remembered: some 4 MB of them."""
_drawn: OrderedDict[tuple[str, str, bytes], SafeString] = OrderedDict()
_lock = threading.Lock()


@register.simple_tag
def piece(name: str, **values: Any) -> SafeString:
    """Write what a template makes of these values and the language, and of nothing else: `{% piece "web/includes/tile.html" tile=tile %}`.

    It is known by all that the values hold, so that whoever may see other values, or the same ones later, gets what is made of theirs.
    """
    key = (name, language(), blake2b(msgspec.msgpack.encode(values), digest_size=16).digest())
    with _lock:
        if key in _drawn:
            _drawn.move_to_end(key)
            return _drawn[key]
    made = render_to_string(name, values)
    with _lock:
        _drawn[key] = made
        while len(_drawn) > MOST:
            _drawn.popitem(last=False)
    return made
