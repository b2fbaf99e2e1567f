"""Which form of the same thing an asker wants: the `Accept` header, read. Pure."""

from __future__ import annotations

ENDINGS = {
    "text/turtle": "ttl",
    "application/x-turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/json": "jsonld",
    "application/rdf+xml": "rdf",
    "application/xml": "rdf",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/*": "ttl",
    "application/*": "jsonld",
    "*/*": "ttl",
}
MOST = 2_000
"""Characters of the header that are read."""


def wanted(accept: str) -> str:
    """Return the ending of the form that is wanted most: `ttl`, `jsonld`, `rdf` or `html`; Turtle when nothing we have is named."""
    best, found = 0.0, ""
    for part in accept[:MOST].split(","):
        media_type, _, rest = part.partition(";")
        ending = ENDINGS.get(media_type.strip().lower())
        weight = _weight(rest)
        if ending and weight > best:
            best, found = weight, ending
    return found or "ttl"


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
