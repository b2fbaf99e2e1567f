"""The world of the cartography: for each item a table, a form, an element, a register entry, and a finding between the table and its twin."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from django.core import mail

from tests.access.cast import ITEMS, SCHAERBEEK, Item, Somebody
from tests.access.doors import Door, at_most, changes, counts, lists, opens, plain
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.office.cartography import models, store
from zinneke.office.cartography.exports import EXPORTS
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import Administration, Column, Database, Element, Field, Form, Process, Table, ThingRow, Treatment
from zinneke.office.cartography.values import Part, Relation, Worth

ROOM = "zinneke.office.cartography.store"
HANDLED = {
    f"{ROOM}.get_coverage": "the public catalogue, whoever asks",
    f"{ROOM}.get_compared": "the public catalogue and others', whoever asks",
    f"{ROOM}.take_peer": "another city's public catalogue, for whoever answers for the whole map",
    f"{ROOM}.compute_surveys": "over the public catalogue, for whoever answers for the whole map",
    f"{ROOM}.list_high_value": "the public catalogue, whoever asks",
    f"{ROOM}.list_misses": "words of at least five searches, whoever asks",
    f"{ROOM}.list_trend": "for whoever answers for the whole map: tests/office/cartography/test_keeping.py",
    f"{ROOM}.set_findings": "what the machine finds, over the whole map",
    f"{ROOM}.compute_findings": "the same, now",
    f"{ROOM}.list_twins": "the public catalogue, whoever asks",
    f"{ROOM}.decide_twins": "about the public catalogue, for whoever answers for the whole map",
}
OPEN_PAGES = {"steward-question"}
OWN_PAGES = {
    "steward-question", "cartography-verify", "cartography-withdraw", "cartography-link", "cartography-mean", "cartography-ask",
    "cartography-edit", "cartography-withdraw-source", "cartography-new", "cartography-decide-twins",
}  # fmt: skip
"""Pages that take a form about one thing, which the verbs decide; the steward's shows what its link is about."""


READABLE = [name for name in EXPORTS if not name.endswith("pdf")]
"""The exports in which a word can be looked for."""


def row(item: Item, kind: str, details: Any, **more: Any) -> ThingRow:
    return ThingRow(key=f"{kind}/{item.mark}", details=details, title={"en": f"{item.mark} {kind}"}, level=item.level, area=item.area, **more)


def rows(item: Item) -> list[ThingRow]:
    columns = (Column(item.mark), Column("naam"), Column("straat"))
    return [
        row(item, "element", Element(definition={"en": item.mark}, approved=True)),
        row(item, "table", Table(columns, 12), links=(("covers", f"element/{item.mark}"),)),
        row(item, "twin", Table(columns, 11)),
        row(item, "form", Form((Field(item.mark), Field("naam")), volume=100)),
        row(item, "treatment", Treatment(controller=item.mark)),
        row(item, "database", Database(place=item.mark)),
        row(item, "process", Process(), origin=f"source-{item.mark}"),
        row(item, "administration", Administration(), owner=item.mark),
    ]


def plant() -> dict[str, int]:
    """Plant the items and return the number of each one's finding."""
    for item in ITEMS:
        counted = store.set_things(SYSTEM, rows(item))
        assert not counted.refused, counted.faults
        store.set_meaning(SYSTEM, f"form/{item.mark}", item.mark, f"element/{item.mark}", True)
    found = [
        Relation("copy", f"table/{item.mark}", f"twin/{item.mark}", 0.9, f"twin/{item.mark}", "retire", Worth(1, 12, 3), (Part("values", 1.0, 1.0),))
        for item in ITEMS
    ]
    assert store.set_findings(SYSTEM, found)[0] == len(ITEMS)
    numbers = models.Finding.objects.values_list("left__key", "right__key", "pk")
    return {item.mark: pk for item in ITEMS for left, right, pk in numbers if item.mark in left and item.mark in right}


def doors() -> list[Door]:
    """Plant the world and return every reading door of the store."""
    numbers = plant()
    for item in ITEMS:
        store.take_scan(SYSTEM, Scanned(origin=item.mark, things=(), level=item.level, area=item.area))
        store.add_question(SYSTEM, f"table/{item.mark}", "steward@example.org", "en", "https://data.example.org")
    return [
        *(
            opens(f"{ROOM}.get_thing", lambda who, item, k=kind: store.get_thing(who.actor, f"{k}/{item.mark}"))
            for kind in ("table", "form", "element")
        ),
        lists(f"{ROOM}.get_thing", lambda who: [plain(_known(who, item)) for item in ITEMS]),
        lists(f"{ROOM}.list_things", lambda who: plain(store.list_things(who.actor))),
        lists(f"{ROOM}.list_things", lambda who: plain(store.list_things(who.actor, ("table",), text="table"))),
        counts(f"{ROOM}.list_things", lambda who: store.list_things(who.actor, ("table",), limit=1)[1], lambda seen: 2 * len(seen)),
        counts(f"{ROOM}.count_things", lambda who: store.count_things(who.actor).get("form", 0), len),
        counts(f"{ROOM}.statistics", lambda who: store.statistics(who.actor).things["element"], len),
        counts(f"{ROOM}.statistics", lambda who: store.statistics(who.actor).findings, len),
        lists(f"{ROOM}.list_matrix", lambda who: plain(store.list_matrix(who.actor))),
        opens(f"{ROOM}.get_neighbourhood", lambda who, item: store.get_neighbourhood(who.actor, f"element/{item.mark}")),
        lists(f"{ROOM}.list_checks", lambda who: plain(store.list_checks(who.actor))),
        lists(f"{ROOM}.list_findings", lambda who: plain(store.list_findings(who.actor))),
        counts(f"{ROOM}.list_findings", lambda who: store.list_findings(who.actor, limit=1)[1], len),
        lists(f"{ROOM}.list_groups", lambda who: plain(store.list_groups(who.actor, fewest=2))),
        opens(f"{ROOM}.get_finding", lambda who, item: store.get_finding(who.actor, numbers[item.mark])),
        lists(f"{ROOM}.list_retention", lambda who: plain(store.list_retention(who.actor))),
        lists(f"{ROOM}.list_hosting", lambda who: plain(store.list_hosting(who.actor))),
        lists(f"{ROOM}.list_assessments", lambda who: plain(store.list_assessments(who.actor))),
        lists(f"{ROOM}.list_held_nowhere", lambda who: store.list_held_nowhere(who.actor)),
        *(
            lists(f"{ROOM}.export", lambda who, n=name: store.export(who.actor, n, "en", "https://x.org")[1])
            for name in EXPORTS
            if name[-3:] != "pdf"
        ),
        lists(f"{ROOM}.list_scans", lambda who: plain(store.list_scans(who.actor)), edits=True),
        lists(f"{ROOM}.list_questions", lambda who: plain(store.list_questions(who.actor)), edits=True),
    ]


def _known(who: Somebody, item: Item) -> Any:
    from zinneke.kernel.problem import Problem

    try:
        return store.get_thing(who.actor, f"table/{item.mark}")
    except Problem:
        return None


def routes(ask: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every reading route."""
    numbers, base = plant(), "/api/cartography"
    return [
        lists("GET /api/cartography/things", lambda who: ask(who, f"{base}/things?limit=500").content),
        opens("GET /api/cartography/things/{key:path}", lambda who, item: ask(who, f"{base}/things/table/{item.mark}")),
        lists("GET /api/cartography/findings", lambda who: ask(who, f"{base}/findings").content),
        lists("GET /api/cartography/groups", lambda who: ask(who, f"{base}/groups?fewest=2").content),
        opens("GET /api/cartography/findings/{id}", lambda who, item: ask(who, f"{base}/findings/{numbers[item.mark]}")),
        lists("GET /api/cartography/only-once", lambda who: ask(who, f"{base}/only-once").content),
        lists("GET /api/cartography/gaps", lambda who: ask(who, f"{base}/gaps").content),
        at_most("GET /api/cartography/coverage", lambda who: ask(who, f"{base}/coverage").content),
        counts("GET /api/cartography/summary", lambda who: json.loads(ask(who, f"{base}/summary").content)["things"]["element"], len),
        *(
            lists("GET /api/cartography/export/{name}", lambda who, n=name: ask(who, f"{base}/export/{n}").content)
            for name in EXPORTS
            if name[-3:] != "pdf"
        ),
    ]


def writing() -> list[Door]:
    """Plant the world and return every writing door of the store, taking things over among them."""
    numbers, tick = plant(), itertools.count(1)

    def written(who: Somebody, item: Item) -> Any:
        return store.set_thing(who.actor, row(item, "table", Table(rows=next(tick)))).version

    def opened(who: Somebody, item: Item) -> Any:
        taken = ThingRow(key=f"table/{item.mark}", details=Table(rows=next(tick)), title={"en": "x"}, level=Level.PUBLIC, area=SCHAERBEEK)
        return store.set_thing(who.actor, taken).version

    def machine(who: Somebody, item: Item) -> Any:
        return store.set_things(who.actor, [row(item, "twin", Table(rows=next(tick)))]).changed

    def scanned(who: Somebody, item: Item) -> Any:
        return store.take_scan(who.actor, Scanned(origin="x", things=(row(item, "twin", Table(rows=next(tick))),), whole=False)).changed

    def done(ask: Callable[[], Any]) -> bool:
        ask()
        return True

    def restore(item: Item) -> None:
        models.Thing.objects.filter(key__endswith=item.mark).update(withdrawn=False, claimed=[], level=item.level, area=item.area)
        models.Link.objects.filter(relation="uses").delete()
        store.set_things(SYSTEM, rows(item))
        models.Link.objects.get_or_create(
            source=models.Thing.objects.get(key=f"form/{item.mark}"), relation="feeds", target=models.Thing.objects.get(key=f"table/{item.mark}")
        )
        mail.outbox.clear() if hasattr(mail, "outbox") else None

    for item in ITEMS:
        restore(item)
    form, table = "form/{}", "table/{}"
    ways: dict[str, Callable[[Somebody, Item], Any]] = {
        "set_thing": written,
        "set_thing over": opened,
        "set_things": machine,
        "take_scan": scanned,
        "verify_thing": lambda who, item: store.verify_thing(who.actor, table.format(item.mark)),
        "withdraw_thing": lambda who, item: done(lambda: store.withdraw_thing(who.actor, table.format(item.mark), "gone")),
        "withdraw_source": lambda who, item: store.withdraw_source(who.actor, f"source-{item.mark}", "gone"),
        "decide_findings": lambda who, item: store.decide_findings(who.actor, [numbers[item.mark]], "confirmed"),
        "add_link": lambda who, item: done(lambda: store.add_link(who.actor, form.format(item.mark), "uses", table.format(item.mark))),
        "remove_link": lambda who, item: done(lambda: store.remove_link(who.actor, form.format(item.mark), "feeds", table.format(item.mark))),
        "set_meaning": lambda who, item: done(
            lambda: store.set_meaning(who.actor, form.format(item.mark), item.mark, f"element/{item.mark}", True)
        ),
        "decide_finding": lambda who, item: store.decide_finding(who.actor, numbers[item.mark], "confirmed"),
        "add_question": lambda who, item: store.add_question(who.actor, table.format(item.mark), "a@example.org", "en", "https://x.org"),
    }  # fmt: skip
    return [changes(f"{ROOM}.{name}", ask, restore) for name, ask in ways.items()]


def pages(get: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every page that shows data."""
    numbers = plant()
    return [
        lists("cartography-things", lambda who: get(who, "/en/cartography/things/?kind=table").content),
        lists("cartography-glossary", lambda who: get(who, "/fr/cartography/glossary/").content),
        lists("cartography-register", lambda who: get(who, "/nl/cartography/register/").content),
        lists("cartography-retention", lambda who: get(who, "/nl/cartography/retention/").content),
        lists("cartography-hosting", lambda who: get(who, "/nl/cartography/hosting/").content),
        lists("cartography-assessments", lambda who: get(who, "/nl/cartography/assessments/").content),
        lists("cartography-once", lambda who: get(who, "/en/cartography/only-once/").content),
        lists("cartography-findings", lambda who: get(who, "/en/cartography/findings/").content),
        at_most("cartography-groups", lambda who: get(who, "/en/cartography/groups/").content),
        lists("cartography", lambda who: get(who, "/en/cartography/").content),
        opens("cartography-thing", lambda who, item: get(who, f"/en/cartography/things/table/{item.mark}/")),
        opens("cartography-thing", lambda who, item: get(who, f"/en/cartography/things/form/{item.mark}/")),
        opens("cartography-finding", lambda who, item: get(who, f"/en/cartography/findings/{numbers[item.mark]}/")),
        opens("cartography-graph", lambda who, item: get(who, f"/en/cartography/graph/?around=table/{item.mark}")),
        at_most("cartography-twins", lambda who: get(who, "/en/cartography/catalogue/").content),
        at_most("cartography-peers", lambda who: get(who, "/en/cartography/peers/").content),
        at_most("cartography-gaps", lambda who: get(who, "/en/cartography/gaps/").content),
        at_most("cartography-summary", lambda who: get(who, "/en/cartography/summary/").content),
        at_most("cartography-scan", lambda who: get(who, "/en/cartography/scans/").content),
        at_most("search", lambda who: get(who, "/en/search/?q=twin&type=cartography").content),
    ]
