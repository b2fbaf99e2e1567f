"""How requests and answers carry their context and form: media types, Link headers, options, pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import contexts
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.core import CORE
from zinneke.standards.ngsi_ld.faults import invalid

JSON, LD, GEO, MERGE = "application/json", "application/ld+json", "application/geo+json", "application/merge-patch+json"
LONGEST_LINK = 2_048
LINKED = re.compile(r'<([^>]*)>\s*;[^,]*rel="?http://www\.w3\.org/ns/json-ld#context"?')
PAGE, MOST = 20, 1000
FORMS = {"keyValues": "simplified", "simplified": "simplified", "concise": "concise", "normalized": "normalized"}
encoder = msgspec.json.Encoder()


class AskEntity(msgspec.Struct):
    """An entity by its id."""

    id: str


class AskAttribute(msgspec.Struct):
    """An attribute of an entity."""

    id: str
    attr: str


class AskPath(msgspec.Struct):
    """What stands in the address."""

    key: str


@dataclass(slots=True)
class Options:
    """What was asked in the query, each once; what nobody reads is refused."""

    given: dict[str, str]
    read: set[str] = field(default_factory=set)

    def get(self, name: str, default: str = "") -> str:
        """Return one parameter."""
        self.read.add(name)
        return self.given.get(name, default)

    def has(self, name: str) -> bool:
        """Say whether a parameter is given."""
        self.read.add(name)
        return name in self.given

    def words(self, name: str) -> list[str]:
        """Return a parameter as a list of words."""
        return [word.strip() for word in self.get(name).split(",") if word.strip()]

    def truth(self, name: str) -> bool:
        """Return a parameter that is true or false."""
        value = self.get(name, "false").lower()
        if value not in ("true", "false"):
            raise invalid(f"{name} is true or false.", where=name)
        return value == "true"

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Return a parameter that is a whole number within bounds."""
        text = self.get(name) or str(default)
        if not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
            raise invalid(f"{name} is a whole number from {least} to {most:,}.", where=name)
        return int(text)

    def done(self) -> None:
        """Refuse what nobody read."""
        if left := sorted(set(self.given) - self.read):
            raise invalid(f"The parameter {left[0]!r} is not for this address. Known here: {', '.join(sorted(self.read))}.", where=left[0])


def options(call: Call[Any]) -> Options:
    """Return the parameters of a request."""
    given: dict[str, str] = {}
    for name, value in parse_qsl(call.query, keep_blank_values=True, max_num_fields=100) if call.query else ():
        if name in given:
            raise invalid(f"The parameter {name!r} is given twice.", where=name)
        if "\0" in value:
            raise invalid("The query holds a NUL character.", where=name)
        given[name] = value
    if call.headers.get("ngsild-tenant"):
        raise Problem(501, "Not supported", "This platform has one tenant. Send no NGSILD-Tenant.", code="NoMultiTenantSupport")
    return Options(given)


def form(asked: Options) -> tuple[str, bool]:
    """Return in which representation entities are told, and whether with what the system knows of them."""
    words = set(asked.words("options"))
    if unknown := words - {*FORMS, "sysAttrs", "count", "noOverwrite", "update", "replace", "temporalValues", "aggregatedValues"}:
        raise invalid(f"There is no option {sorted(unknown)[0]!r}.", where="options")
    told = asked.get("format") or next((word for word in sorted(words) if word in FORMS), "normalized")
    if told not in FORMS:
        raise invalid(f"There is no format {told[:40]!r}: {', '.join(sorted(FORMS))}.", where="format")
    return FORMS[told], "sysAttrs" in words or asked.truth("sysAttrs")


def linked(call: Call[Any]) -> Context:
    """Return the context of a request without a body: that of its Link header, else the core."""
    link = call.headers.get("link", "")
    if len(link) > LONGEST_LINK or not (link.isascii() and link.isprintable()):
        raise wrong(f"A Link header has {LONGEST_LINK:,} characters at the most, of ASCII.", where="Link")
    found = LINKED.findall(link)
    if len(found) > 1:
        raise wrong("A request has one Link header to a context.", where="Link")
    return contexts.of(found or [], call.base)


def at_hand(call: Call[Any]) -> bool:
    """Say whether the context of a request was processed before, so that its names are only looked up."""
    if LD in call.headers.get("content-type", ""):
        return False
    return contexts.known(LINKED.findall(call.headers["link"]) if "link" in call.headers else [], call.base)


def body(call: Call[Any]) -> tuple[Any, Context]:
    """Return what was sent, without its context, and the context. Raises `Problem` 400, 415."""
    media = call.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media not in (JSON, LD, MERGE, GEO):
        raise Problem(415, "Unknown media type", f"Send {JSON} or {LD}.", code="InvalidRequest")
    sent = decoded(call.body)
    holders = [each for each in (sent if isinstance(sent, list) else [sent]) if isinstance(each, dict)]
    inside = [each for each in holders if "@context" in each]
    if media == LD:
        if "link" in call.headers and LINKED.search(call.headers["link"]):
            raise wrong(f"With {LD} the context stands in the body, not in a Link header.", where="Link")
        if len(inside) < len(holders):
            raise wrong(f"A body of {LD} has its @context inside.", where="@context")
        return sent, contexts.of(sent.pop("@context"), call.base) if isinstance(sent, dict) else contexts.of([], call.base)
    if inside:
        raise wrong(f"A body with @context is sent as {LD}; with {media}, name the context in a Link header.", where="@context")
    return sent, linked(call)


def decoded(raw: bytes) -> Any:
    """Return a body as JSON. Raises `Problem` 400."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise invalid(f"The body is not JSON: {fault}. Nothing was stored.") from None


def accepted(call: Call[Any], *more: str) -> str:
    """Return the media type of the answer. Raises `Problem` 406."""
    offered = (JSON, LD, *more)
    wanted = []
    for at, part in enumerate(call.headers.get("accept", "").split(",")):
        media, _, rest = part.strip().partition(";")
        weight = re.search(r"q=([\d.]+)", rest)
        wanted.append((-float(weight[1]) if weight else -1.0, at, media.strip().lower()))
    for weighed, _, media in sorted(wanted):
        if weighed == 0:
            continue
        if media in ("", "*/*", "application/*"):
            return JSON
        if media in offered:
            return media
    raise Problem(406, "Not acceptable", f"There are {', '.join(offered)}.", code="InvalidRequest")


def link(call: Call[Any], context: Context) -> str:
    """Return the Link header that names a context."""
    address = context.link or CORE
    return f'<{address}>; rel="http://www.w3.org/ns/json-ld#context"; type="{LD}"'


def said(context: Context) -> Any:
    """Return a context as documents name it."""
    return context.said[0] if len(context.said) == 1 else context.said


def answer(call: Call[Any], context: Context, media: str, document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Return entities, or other documents, with their context where the media type has it."""
    more = dict(headers or {})
    if media == LD or context.link is None and context.said != [CORE]:
        media = LD
        whole = [{**each, "@context": said(context)} for each in document] if isinstance(document, list) else {**document, "@context": said(context)}
        return Reply(encoder.encode(whole), status, media, more)
    more["Link"] = ", ".join([*([more["Link"]] if "Link" in more else []), link(call, context)])
    return Reply(encoder.encode(document), status, media, more)


def geojson(call: Call[Any], context: Context, document: dict[str, Any], headers: Mapping[str, str]) -> Reply:
    """Return features, with their context inside unless `Prefer: body=json` asks for it in a Link header."""
    if "body=json" in call.headers.get("prefer", "").replace(" ", ""):
        links = ", ".join([*([headers["Link"]] if "Link" in headers else []), link(call, context)])
        return Reply(encoder.encode(document), 200, GEO, {**headers, "Link": links})
    return Reply(encoder.encode({**document, "@context": said(context)}), 200, GEO, dict(headers))


def page_links(call: Call[Any], path: str, given: Mapping[str, str], limit: int, offset: int, more: bool) -> list[str]:
    """Return the links to the pages before and after."""
    found = []
    if offset and limit:
        found.append(("prev", max(0, offset - limit)))
    if more and limit:
        found.append(("next", offset + limit))
    query = {name: value for name, value in given.items() if name not in ("offset", "limit")}
    return [f'<{call.base}{path}?{urlencode({**query, "limit": limit, "offset": at})}>; rel="{name}"; type="{JSON}"' for name, at in found]
