"""Who publishes and who answers, as nodes."""

from __future__ import annotations

from zinneke.foundations.catalogue.values import Publisher
from zinneke.standards.dcat.nodes import Node, address, words


def agent(uri: str, publisher: Publisher) -> Node:
    """Return a publisher as a node."""
    return uri, ("foaf:Agent", "foaf:Organization"), [*words("foaf:name", publisher.name or {"und": publisher.key})]


def contact(uri: str, written: str, publisher: Publisher | None) -> Node:
    """Return whoever answers questions: by mail where a mail address is given, by a page where that is, else by name."""
    facts = [*words("vcard:organization-name", publisher.name)] if publisher else []
    facts += [*words("vcard:fn", publisher.name)] if publisher else [("vcard:fn", "", written)]
    if found := address(written):
        facts.append(("vcard:hasURL" if not found.startswith("mailto:") else "vcard:hasEmail", "<", found))
    elif "@" in written and (mail := address(f"mailto:{written.strip()}")):
        facts.append(("vcard:hasEmail", "<", mail))
    return uri, ("vcard:Kind", "vcard:Organization"), facts
