"""How items are answered, whatever they are items of: as GeoJSON whose system a header names, or as a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from zinneke.kernel.route import Call, Reply
from zinneke.standards.ogc.answers import GEOJSON, HTML, Link, form_of, page
from zinneke.standards.ogc.systems import System

MOST = 10_000
USUAL = 100


class FeatureCollection(msgspec.Struct, tag_field="type", tag="FeatureCollection"):
    """A page of features."""

    timeStamp: str
    numberMatched: int
    numberReturned: int
    links: list[Link]
    features: list[Any]


def told(call: Call[Any], answer: Any, links: Sequence[Link], system: System, titled: Callable[[], str]) -> Reply:
    """Answer with features: as GeoJSON, whose system the header names, or as a page."""
    headers = {"Content-Crs": f"<{system.name}>", "Vary": "Accept, Accept-Language, Accept-Encoding"}
    if following := ", ".join(f'<{link.href}>; rel="next"; type="{link.type}"' for link in links if link.rel == "next"):
        headers["Link"] = following
    if form_of(call, ("json", "html", "geojson")) == "html":
        return Reply(page(call, titled(), msgspec.to_builtins(answer)), 200, f"{HTML}; charset=utf-8", headers)
    return Reply(msgspec.json.encode(answer), 200, GEOJSON, headers)
