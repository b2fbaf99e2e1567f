"""The map of the demonstration city with something found on it: one register kept by three administrations."""

from __future__ import annotations

from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.office.cartography import store
from zinneke.office.cartography.things import Column, Database, Table, ThingRow
from zinneke.office.cartography.values import Match, Part, Relation, Worth


def plant() -> None:
    """Plant the first findings of the map, the first of them under the number that the pages' addresses name."""
    for owner, column in (("stib", "nom"), ("paradigm", "naam"), ("easy-brussels", "achternaam")):
        people = Table((Column(column, "text"), Column(f"{column}_{owner}", "text")), 1200)
        store.set_thing(SYSTEM, ThingRow(key=f"demo-{owner}/people", details=people, title={"en": "people"}, owner=owner, level=Level.PUBLIC))
        held = (("holds", f"demo-{owner}/people"),)
        base = ThingRow(key=f"demo-{owner}", details=Database(), title={"en": f"Base {owner}"}, owner=owner, level=Level.PUBLIC, links=held)
        store.set_thing(SYSTEM, base)
    parts = (Part("entities", 0.97, 0.5, "nom = naam"), Part("columns", 0.8, 0.3, "1"), Part("values", 0.9, 0.2))
    matches = (Match("nom", "naam", 0.9, (Part("concept", 1.0, 0.6), Part("values", 0.9, 0.4))),)
    copy = Relation("copy", "demo-stib/people", "demo-paradigm/people", 0.92, "demo-paradigm/people", "retire", Worth(1, 1200, 1), parts, matches)
    older = Relation(
        "copy", "demo-paradigm/people", "demo-easy-brussels/people", 0.8, "demo-easy-brussels/people", "retire", Worth(1, 1200, 1), parts
    )
    store.set_findings(SYSTEM, [copy, older])
    assert {each.id for each in store.list_findings(SYSTEM)[0]} >= {1, 2}
