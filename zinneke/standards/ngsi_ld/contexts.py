"""JSON-LD contexts: processed by the library once, kept as two tables, so that a request only looks names up. Nothing is fetched."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec

from zinneke.foundations.observations.attributes import naming, verbs
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.kernel.problem import Problem, wrong
from zinneke.standards.ngsi_ld.core import CORE, HOUSE, TERMS, VERSIONS

ROOT = "/ngsi-ld/v1"
STORED = f"{ROOT}/jsonldContexts/"
HOUSE_KEY = "zinneke"
MOST = 500
"""Contexts that stay processed in memory."""
LARGEST = 200_000
"""Bytes of an inline context."""


@dataclass(slots=True)
class Context:
    """A processed context. `said` is what a document names it by: addresses and inline parts, the core at the end."""

    said: list[Any]
    terms: dict[str, str | None]
    inverse: dict[str, str] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)

    @property
    def link(self) -> str | None:
        """Return the one address that stands for it in a Link header, None when there is no such address."""
        return self.said[0] if len(self.said) <= 2 and isinstance(self.said[0], str) else None

    def expand(self, name: str) -> str:
        """Return the name, as the house keeps it, of a term. Raises `Problem` 400."""
        found = self.terms.get(name)
        if found is None:
            if not name or name in self.terms or name[0] == "@" or not name.isprintable() or any(each in name for each in ' <>"{}|\\^`'):
                raise wrong(f"{name[:100]!r} is not a name that a context can give a meaning.", where=name[:100])
            prefix, colon, rest = name.partition(":")
            base = self.terms.get(prefix) if colon and not rest.startswith("//") else None
            found = f"{base}{rest}" if base else name if colon else naming.DEFAULT + name
        return naming.short(found)

    def compact(self, name: str) -> str:
        """Return the shortest name for what the house keeps under a name."""
        iri = naming.full(name)
        if iri in self.inverse:
            return self.inverse[iri]
        rest = iri.removeprefix(naming.DEFAULT)
        if rest != iri and rest not in self.terms and ":" not in rest and rest[:1] != "@":
            return rest
        for prefix, base in self.prefixes.items():
            if iri.startswith(base) and len(iri) > len(base) and (made := f"{prefix}:{iri[len(base) :]}") not in self.terms:
                return made
        return iri


_made: OrderedDict[bytes, Context] = OrderedDict()
_lock = threading.Lock()
_CORE = msgspec.json.encode([[], ""])
"""The key of what names nothing besides the core."""


def of(given: Any, base: str) -> Context:
    """Return the context that a request gives: an address, a document, or a list of them. Raises `Problem` 400, 504."""
    user, key = _keyed(given, base)
    if len(key) > LARGEST:
        raise wrong(f"A context has {LARGEST:,} bytes at the most. Add it at {STORED} and name its address.", where="@context")
    with _lock:
        if key in _made:
            _made.move_to_end(key)
            return _made[key]
    context = _process(user, base)
    with _lock:
        _made[key] = context
        while len(_made) > MOST:
            _made.popitem(last=False)
    return context


def _keyed(given: Any, base: str) -> tuple[list[Any], bytes]:
    """Return what a request gives besides the core, and the key under which it stays processed."""
    parts = given if isinstance(given, list) else [given]
    user = [part for part in parts if not (isinstance(part, str) and part in VERSIONS)]
    return user, msgspec.json.encode([user, base if any(isinstance(part, str) for part in user) else ""])


def known(given: Any, base: str) -> bool:
    """Say whether a context is processed already."""
    return _keyed(given, base)[1] in _made


def core() -> Context | None:
    """Return the core context, None while it is not processed."""
    return _made.get(_CORE)


def forget() -> None:
    """Process every context anew when it is next named, since a stored one was added or deleted."""
    with _lock:
        _made.clear()


def document(address: str, base: str) -> Any:
    """Return the document behind an address, from the house's own tables. Raises `Problem` 504 for every other address."""
    if address in VERSIONS:
        return {"@context": TERMS}
    if base and address.startswith(f"{base}{STORED}"):
        key = address[len(base) + len(STORED) :]
        if key == HOUSE_KEY:
            return {"@context": HOUSE}
        try:
            return {"@context": verbs.get_kept(ANONYMOUS, "context", key).document}
        except Problem:
            pass
    told = f"The context {address[:200]!r} is not known here, and the house fetches none. Add it by POST to {STORED.rstrip('/')}, or send it inline."
    raise Problem(504, "The context is not available", told, code="LdContextNotAvailable")


def _process(user: list[Any], base: str) -> Context:
    """Process what a request gave; over it the core holds, as if it came last."""
    return _tables([*user, CORE], {**_mappings(tuple(user), base), **_core()})


@cache
def _core() -> Any:
    return _mappings((TERMS,), "")


def _mappings(parts: Sequence[Any], base: str) -> Any:
    """Return what the library makes of contexts one after the other. Raises `Problem` 400, 504."""
    from pyld import jsonld  # it takes a third of a second to import
    from pyld.context_resolver import ContextResolver

    fault: list[Problem] = []

    def load(address: str, options: Any) -> dict[str, Any]:
        try:
            return {"contextUrl": None, "documentUrl": address, "document": document(address, base), "contentType": "application/ld+json"}
        except Problem as problem:
            fault.append(problem)
            raise

    options = {"documentLoader": load, "contextResolver": ContextResolver({}, load), "base": "", "processingMode": "json-ld-1.1"}
    processor = jsonld.JsonLdProcessor()
    try:
        active = processor.process_context({}, None, options)
        for part in parts:
            if not isinstance(part, str | dict):
                raise wrong("A context is an address, an object, or a list of these.", where="@context")
            active = processor.process_context(active, part, options)
    except jsonld.JsonLdError as broken:
        raise (fault[0] if fault else wrong(f"The @context cannot be processed: {_cause(broken)}", where="@context")) from None
    except (RecursionError, AttributeError, TypeError, KeyError, ValueError) as broken:
        raise wrong(f"The @context cannot be processed: {type(broken).__name__}.", where="@context") from None
    return active["mappings"]


def _cause(broken: Any) -> str:
    while getattr(broken, "cause", None) is not None and hasattr(broken.cause, "type"):
        broken = broken.cause
    return str(broken.args[0] if broken.args else broken).splitlines()[0][:200]


def _tables(said: list[Any], mappings: Any) -> Context:
    context = Context(said, {})
    for term, mapping in mappings.items():
        iri = "" if mapping is None or mapping.get("reverse") else str(mapping["@id"] or "")
        if not iri or iri.startswith("@"):
            context.terms[term] = None
            continue
        context.terms[term] = iri
        before = context.inverse.get(iri)
        if before is None or (len(term), term) < (len(before), before):
            context.inverse[iri] = term
        if mapping.get("_prefix"):
            context.prefixes[term] = iri
    return context
