"""Links, the form of an answer (JSON, or a page for whoever opens an address in a browser), and what every answer has in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from zinneke.kernel.problem import wrong
from zinneke.kernel.route import Call, Reply
from zinneke.kernel.text import Text

JSON, HTML, GEOJSON = "application/json", "text/html", "application/geo+json"
SCHEMA, OPENAPI, TILEJSON = "application/schema+json", "application/vnd.oai.openapi+json;version=3.0", "application/json"
MVT, COVERAGE = "application/vnd.mapbox-vector-tile", "application/prs.coverage+json"
ROOT = "/ogc"
MATRIX_SET = "WebMercatorQuad"
_WORDS = {
    "links": Text("Liens", "Links", "Links"),
    "features": Text("Objets", "Objecten", "Features"),
    "more": Text("Page suivante", "Volgende pagina", "Next page"),
    "json": Text("La même chose en JSON", "Hetzelfde in JSON", "The same as JSON"),
}
_SHOWN = 12
"""Properties in a row of a page."""
_LONGEST = 120


class Link(msgspec.Struct, omit_defaults=True):
    """A link of an answer."""

    href: str
    rel: str
    type: str = ""
    title: str = ""
    hreflang: str = ""
    templated: bool = False
    length: int = 0


def query_of(call: Call[Any]) -> dict[str, str]:
    """Return what was asked after the question mark; of a name that stands twice the last one."""
    return dict(parse_qsl(call.query, keep_blank_values=True))


def address(call: Call[Any], path: str, **changes: str) -> str:
    """Return the address of a path with the same question, some of it changed; an empty text takes a parameter away."""
    query = {**query_of(call), **changes}
    words = urlencode({name: value for name, value in query.items() if value != ""}, safe=",:/")
    return f"{call.base}{path}{f'?{words}' if words else ''}"


def itself(call: Call[Any], path: str, type: str = JSON) -> list[Link]:
    """Return the links of an answer to itself and to its other form."""
    other = HTML if type != HTML else JSON
    return [
        Link(address(call, path), "self", type),
        Link(address(call, path, f="html" if other == HTML else "json"), "alternate", other),
    ]


def form_of(call: Call[Any], forms: Sequence[str] = ("json", "html")) -> str:
    """Return the form in which to answer: `f` where it is given, else what `Accept` prefers. Raises `Problem` 400 for another."""
    asked = getattr(call.ask, "f", "") or ""
    if asked:
        if asked not in forms:
            raise wrong(f"{asked[:40]!r} is no form of this answer. Use f={' or f='.join(forms)}.", where="f")
        return asked
    accept = call.headers.get("accept", "")
    html = accept.find(HTML)
    others = [place for word in ("json", "mapbox", "*/*") if (place := accept.find(word)) >= 0]
    return "html" if "html" in forms and html >= 0 and html < min(others, default=len(accept) + 1) else forms[0]


def encode(document: Any) -> bytes:
    """Return a document as JSON."""
    return msgspec.json.encode(document)


def reply(call: Call[Any], document: Mapping[str, Any], title: str, type: str = JSON, headers: dict[str, str] | None = None) -> Reply:
    """Answer with a document: as JSON of a type, or as a page."""
    headers = {"Vary": "Accept, Accept-Language, Accept-Encoding", **(headers or {})}
    if form_of(call) == "html":
        return Reply(page(call, title, msgspec.to_builtins(document)), 200, "text/html; charset=utf-8", headers)
    return Reply(encode(document), 200, type, headers)


def page(call: Call[Any], title: str, document: Mapping[str, Any]) -> bytes:
    """Return a light page of a document: its description, its members, its features as a table, and its links."""
    spoken = call.language
    said = {key: words.said_in(spoken) for key, words in _WORDS.items()}
    parts = [
        f'<!doctype html><html lang="{spoken}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<title>{escape(title)} · Zinneke</title><link rel="stylesheet" href="/static/zinneke.css"></head>',
        f'<body><main class="wrap"><p><a href="{call.base}{ROOT}">OGC API</a></p><h1>{escape(title)}</h1>',
    ]
    if description := document.get("description"):
        parts.append(f"<p>{escape(str(description))}</p>")
    if features := document.get("features"):
        parts.append(f"<h2>{said['features']}</h2>{_table(features, said['features'])}")
    for name in ("collections", "tilesets", "tileMatrixSets", "locations"):
        if listed := document.get(name):
            parts.append(f"<ul>{''.join(_entry(each) for each in listed)}</ul>")
    if facts := "".join(_fact(name, value) for name, value in {**document, **document.get("properties", {})}.items()):
        parts.append(f"<dl>{facts}</dl>")
    links = document.get("links", ())
    following = next((link["href"] for link in links if link["rel"] == "next"), "")
    if following:
        parts.append(f'<p><a class="button" href="{escape(following)}">{said["more"]}</a></p>')
    parts.append(f"<h2>{said['links']}</h2><ul>{''.join(_linked(link) for link in links if link['rel'] not in ('self', 'next'))}</ul>")
    parts.append(f'<p><a href="{escape(address(call, _path(links, call), f="json"))}">{said["json"]}</a></p></main></body></html>')
    return "".join(parts).encode()


def _path(links: Iterable[Mapping[str, Any]], call: Call[Any]) -> str:
    own = next((link["href"] for link in links if link["rel"] == "self"), f"{call.base}{ROOT}")
    return str(own).removeprefix(call.base).partition("?")[0]


def _entry(each: Mapping[str, Any]) -> str:
    own = next((link["href"] for link in each.get("links", ()) if link["rel"] in ("self", "item")), "")
    return f'<li><a href="{escape(own)}">{escape(str(each.get("title") or each.get("id") or own))}</a></li>'


def _linked(link: Mapping[str, Any]) -> str:
    return f'<li><a href="{escape(link["href"])}">{escape(link.get("title") or link["rel"])}</a> {escape(link.get("type", ""))}</li>'


def _fact(name: str, value: Any) -> str:
    if name in ("title", "description", "type", "timeStamp") or not isinstance(value, str | int | float):
        return ""
    return f"<dt>{escape(name)}</dt><dd>{escape(str(value)[:1_000])}</dd>"


def _table(features: Sequence[Mapping[str, Any]], label: str) -> str:
    names = list(dict.fromkeys(name for each in features for name in each["properties"]))[:_SHOWN]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("id", *names))
    rows = "".join(f"<tr>{''.join(f'<td>{_cell(each)}</td>' for each in _cells(feature, names))}</tr>" for feature in features)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">{table}</div>'


def _cells(feature: Mapping[str, Any], names: Sequence[str]) -> list[Any]:
    return [feature.get("id", ""), *(feature["properties"].get(name) for name in names)]


def _cell(value: Any) -> str:
    return "" if value is None else escape(str(value)[:_LONGEST])
