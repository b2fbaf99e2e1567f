"""The world of the catalogue: four entries, each with a publisher, a source and keywords of its own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.access import ckan, explore, harvests, linked
from tests.access.cast import ITEMS, PERSONAL, SCHAERBEEK, Item, Somebody
from tests.access.doors import Door, at_most, changes, counts, lists, opens, plain, silent
from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.grouping import Figure, Key
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Publisher
from zinneke.foundations.catalogue.wanted import Coded, Draft, Named, Not, Words
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import SYSTEM, Actor, Grant, Level, Right

ROOM = "zinneke.foundations.catalogue"
STORE = f"{ROOM}.store"
AUTHORING = f"{ROOM}.authoring"
PARTS = f"{ROOM}.parts"
REVIEWING = f"{ROOM}.reviewing"
DRAFT = "draughtling"
"""A word that stands in drafts and in what is in review, and nowhere else."""
HANDLED = {
    f"{STORE}.find_digest": "the ledger of loads names files, for whoever may edit the catalogue",
    f"{STORE}.set_digest": "the ledger of loads has no levels",
    f"{REVIEWING}.list_rules": "what publishers ask of a second person is for everybody",
    f"{REVIEWING}.set_rule": "rules have no levels; whoever may command declares them",
    f"{REVIEWING}.find_waiting": "asked in writing, upon a version that waits",
    f"{REVIEWING}.list_waiting": "asked in writing, upon a version that waits",
    f"{ROOM}.bodies.list_bodies": "what organisations and groups are called is for everybody",
    f"{ROOM}.bodies.set_body": "organisations and groups have no levels; whoever edits everywhere describes them",
    f"{ROOM}.bodies.delete_body": "organisations and groups have no levels; whoever edits everywhere describes them",
}


def uri(item: Item) -> str:
    """Return the address of a planted entry."""
    return f"https://example.org/{item.mark}"


def row(item: Item, **other: Any) -> DatasetRow:
    """Return a planted entry, or the same otherwise."""
    planted = {
        "uri": uri(item),
        "key": item.mark,
        "title": {"en": f"Kerkrade {item.mark}", "fr": f"Kerkrade {item.mark} fr"},
        "description": {"en": f"About {item.mark}"},
        "keywords": {"en": (item.mark, "kerkrade")},
        "publisher": Publisher(f"publisher-{item.mark}", {"en": f"Office of {item.mark}"}),
        "themes": ("TRAN",),
        "communes": (item.area,),
        "modified": datetime(2026, 11, 20, tzinfo=UTC),
        "distributions": (Distribution(format="CSV", url=f"https://example.org/{item.mark}.csv"),),
        "level": item.level,
        "area": item.area,
    }
    return DatasetRow(**{**planted, **other})


def plant() -> None:
    """Plant the items."""
    for item in ITEMS:
        counts = store.set_datasets(SYSTEM, [row(item)], f"source-{item.mark}")
        assert counts.added == 1, counts
        drafted(item, f"draft-{item.mark}")
        drafted(item, f"review-{item.mark}")
        store.submit(SYSTEM, f"review-{item.mark}")
        store.add_part(SYSTEM, f"draft-{item.mark}", {"en": "more"}, f"way-{item.mark}")
    harvests.plant()


def drafted(item: Item, key: str, rows: bool = True) -> DatasetRow:
    """Begin a draft, of an item's level and area, whose words are its own."""
    text = {"en": f"{DRAFT} {key}"}
    entry = row(item, uri=f"urn:{key}", key=key, title=text, description=text, keywords={}, publisher=None, themes=(), communes=())
    store.add_dataset(SYSTEM, entry)
    if rows:
        store.set_rows(SYSTEM, key, f"name\n{key}\n".encode(), Spec(level=item.level, area=item.area))
    return entry


def _total(found: Any) -> dict[str, Any]:
    return {"hits": plain(found.hits), "facets": plain(found.facets), "suggestion": found.suggestion}


def _misspelt(item: Item) -> str:
    return item.mark[:-2] + item.mark[-1] + item.mark[-2]


def doors() -> list[Door]:
    """Plant the world and return every reading door of the store."""
    plant()
    return [
        lists(f"{STORE}.search", lambda who: _total(store.search(who.actor, "kerkrade"))),
        counts(f"{STORE}.search", lambda who: store.search(who.actor, "kerkrade", limit=1).total, len),
        counts(
            f"{STORE}.search",
            lambda who: {value.value: value.count for facet in store.search(who.actor).facets if facet.key == "theme" for value in facet.values},
            lambda seen: {"TRAN": len(seen)},
        ),
        counts(
            f"{STORE}.search",
            lambda who: sum(value.count for facet in store.search(who.actor, "kerkrade").facets if facet.key == "level" for value in facet.values),
            len,
        ),
        silent(f"{STORE}.search", lambda who, item: _total(store.search(who.actor, item.mark))),
        silent(f"{STORE}.search", lambda who, item: _total(store.search(who.actor, _misspelt(item)))),
        silent(f"{STORE}.search", lambda who, item: plain(store.search(who.actor, "", facets={"publisher": [f"publisher-{item.mark}"]}).hits)),
        silent(f"{STORE}.suggest", lambda who, item: plain(store.suggest(who.actor, item.mark[:6]))),
        opens(f"{STORE}.get_dataset", lambda who, item: store.get_dataset(who.actor, item.mark)),
        opens(f"{STORE}.find_by_uri", lambda who, item: store.find_by_uri(who.actor, uri(item))),
        lists(f"{STORE}.list_datasets", lambda who: plain(store.list_datasets(who.actor))),
        opens(f"{STORE}.list_datasets", lambda who, item: store.list_datasets(who.actor, source=f"source-{item.mark}")[0]),
        *_unpublished(),
        *harvests.doors(),
        lists(f"{STORE}.page_datasets", lambda who: plain(store.page_datasets(who.actor, 1))),
        lists(f"{STORE}.list_addresses", lambda who: plain(store.list_addresses(who.actor, 1, 1_000))),
        counts(f"{STORE}.get_edition", lambda who: store.get_edition(who.actor).datasets, len),
        lists(f"{STORE}.select", lambda who: plain(store.select(who.actor, Words("kerkrade"), counted=("keyword", "publisher", "source")))),
        counts(f"{STORE}.select", lambda who: store.select(who.actor, Not(Draft()), limit=0).total, len),
        silent(f"{STORE}.select", lambda who, item: plain(store.select(who.actor, Named((item.mark,))))),
        lists(f"{STORE}.group", lambda who: plain(store.group(who.actor, Words("kerkrade"), [Key("publisher")], [Figure("count")]))),
        counts(f"{STORE}.group", lambda who: store.group(who.actor, Not(Draft()), [], [Figure("count")])[0][0], len),
        silent(f"{STORE}.select", lambda who, item: plain(store.select(who.actor, Not(Not(Coded("keyword", like=f"{item.mark}*")))).datasets)),
        lists(f"{STORE}.list_keys", lambda who: store.list_keys(who.actor)),
        lists(f"{STORE}.publisher_names", lambda who: store.publisher_names(who.actor)),
        lists(f"{STORE}.list_news", lambda who: plain(store.list_news(who.actor))),
        lists(f"{STORE}.list_sources", lambda who: plain(store.list_sources(who.actor))),
        counts(f"{STORE}.statistics", lambda who: _figures(store.statistics(who.actor)), lambda seen: [len(seen)] * 5),
    ]


def _unpublished() -> list[Door]:
    """Return every door again, asked for drafts and for what is in review: found by whoever may edit them, and by nobody else."""
    found = [
        lists(f"{STORE}.search drafts", lambda who: plain(store.search(who.actor, DRAFT).hits), edits=True),
        lists(f"{STORE}.suggest drafts", lambda who: plain(store.suggest(who.actor, DRAFT[:6], limit=20)), edits=True),
        lists(f"{AUTHORING}.list_unpublished", lambda who: plain(store.list_unpublished(who.actor)), edits=True),
    ]
    found += [
        opens(f"{PARTS}.find_by_mark", lambda who, item: store.find_by_mark(who.actor, f"way-{item.mark}"), edits=True),
        opens(f"{PARTS}.list_parts", lambda who, item: store.list_parts(who.actor, f"draft-{item.mark}"), edits=True),
    ]
    for state in ("draft", "review"):
        found += [
            opens(f"{STORE}.get_dataset {state}", lambda who, item, s=state: store.get_dataset(who.actor, f"{s}-{item.mark}"), edits=True),
            opens(f"{STORE}.find_by_uri {state}", lambda who, item, s=state: store.find_by_uri(who.actor, f"urn:{s}-{item.mark}"), edits=True),
            opens(f"{AUTHORING}.list_turns {state}", lambda who, item, s=state: store.list_turns(who.actor, f"{s}-{item.mark}"), edits=True),
            lists(
                f"{STORE}.list_datasets {state}",
                lambda who, s=state: [plain(each) for each in store.list_datasets(who.actor, source=store.OURS)[0] if each.state == s],
                edits=True,
            ),
            opens(f"{STORE}.get_version of a {state}", lambda who, item, s=state: tables.get_version(who.actor, f"{s}-{item.mark}"), edits=True),
            opens(f"{STORE}.read_rows of a {state}", lambda who, item, s=state: tables.read_rows(who.actor, f"{s}-{item.mark}"), edits=True),
            lists(
                f"{STORE}.list_datasets of tables {state}",
                lambda who, s=state: [plain(each) for each in tables.list_datasets(who.actor) if each.dataset.startswith(s)],
                edits=True,
            ),
        ]
    return found


def _figures(found: Any) -> list[int]:
    return [found.datasets, found.publishers, found.sources, found.distributions, found.themes["TRAN"]]


def routes(ask: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every reading route."""
    plant()

    def without_question(response: Any) -> Any:
        answer = json.loads(response.content)
        return {**answer, "text": ""} if isinstance(answer, dict) else answer

    return [
        lists("GET /api/datasets", lambda who: ask(who, "/api/datasets?q=kerkrade").content),
        counts("GET /api/datasets", lambda who: json.loads(ask(who, "/api/datasets?q=kerkrade&limit=0").content)["total"], len),
        silent("GET /api/datasets", lambda who, item: without_question(ask(who, f"/api/datasets?q={item.mark}"))),
        opens("GET /api/datasets/{key}", lambda who, item: ask(who, f"/api/datasets/{item.mark}")),
        silent("GET /api/suggest", lambda who, item: ask(who, f"/api/suggest?q={item.mark[:6]}").content),
        lists("GET /api/news", lambda who: ask(who, "/api/news").content),
        lists("GET /ogc/collections/{collection}/items", lambda who: ask(who, "/ogc/collections/catalogue/items").content),
        silent("GET /ogc/collections/{collection}/items", lambda who, item: _records(ask(who, f"/ogc/collections/catalogue/items?q={item.mark}"))),
        lists("GET /ogc/collections/{collection}/items", lambda who: ask(who, "/ogc/collections/catalogue/items?sortby=title&limit=1000").content),
        *(
            silent(
                "GET /ogc/collections/{collection}/items",
                lambda who, item, q=q: _records(ask(who, f"/ogc/collections/catalogue/items?{q}{item.mark}")),
            )
            for q in ("keywords=", "publisher=publisher-", "sortby=title&id=")
        ),
        silent("GET /ogc/collections/{collection}/items", lambda who, item: _records(ask(who, f"/ogc/collections/catalogue/items?ids={item.mark}"))),
        opens("GET /ogc/collections/{collection}/items/{item}", lambda who, item: ask(who, f"/ogc/collections/catalogue/items/{item.mark}")),
        at_most("GET /api/review-rules", lambda who: ask(who, "/api/review-rules").content),
        lists("GET /api/sources", lambda who: ask(who, "/api/sources").content),
        *linked.doors(ask),
        *explore.of_catalogue(ask),
        *ckan.catalogue(ask),
    ]


def _records(response: Any) -> Any:
    """Return the records of an answer without the question, which stands in its links."""
    told = json.loads(response.content)
    return [told["numberMatched"], [{**each, "links": []} for each in told["features"]]]


def pages(get: Callable[[Somebody, str], Any]) -> list[Door]:
    """Return the room's own pages."""
    return harvests.pages(get)


OWN_PAGES = {"harvest-act"}


def writing() -> list[Door]:
    """Plant the world and return every writing door of the store, taking entries over among them."""
    plant()
    tick = itertools.count(1)

    def source(item: Item) -> str:
        return f"source-{item.mark}"

    def rewritten(who: Somebody, item: Item) -> Any:
        return store.set_datasets(who.actor, [row(item, description={"en": f"{next(tick)}"})], source(item)).changed

    def opened(who: Somebody, item: Item) -> Any:
        return store.set_datasets(
            who.actor, [row(item, level=Level.PUBLIC, area=SCHAERBEEK, description={"en": f"{next(tick)}"})], source(item)
        ).changed

    def gone(who: Somebody, item: Item) -> Any:
        other = row(PERSONAL, uri="https://example.org/other", key="", area=SCHAERBEEK, title={"en": f"Other {next(tick)}"})
        store.set_datasets(who.actor, [other], source(item))
        return store.get_dataset(SYSTEM, item.mark).gone

    def published(who: Somebody, item: Item) -> Any:
        rows = f"name,figure\nx,{next(tick)}\n".encode()
        entry = row(item, uri=f"https://example.org/own/{item.mark}", key=f"own-{item.mark}")
        return store.publish(who.actor, entry, rows, Spec(level=item.level, area=item.area)).changed

    def restore(item: Item) -> None:
        store.set_datasets(SYSTEM, [row(item)], source(item))

    doors = {"set_datasets": rewritten, "set_datasets over": opened, "set_datasets gone": gone}
    found = [changes(f"{STORE}.{name}", ask, restore) for name, ask in doors.items()]
    return [*found, changes(f"{AUTHORING}.publish", published, restore), *_authoring(), *_parts(), *_reviewing(), *harvests.writing()]


def _authoring() -> list[Door]:
    """Return every verb of publication, each upon a draft of its own."""
    tick = itertools.count(1)
    at: dict[str, str] = {}

    def begun(item: Item, *moves: Callable[..., Any]) -> str:
        key = at[item.mark] = f"own{next(tick)}-{item.mark}"
        drafted(item, key, rows=False)
        for move in moves:
            move(SYSTEM, key)
        return key

    def added(who: Somebody, item: Item) -> Any:
        return store.add_dataset(who.actor, row(item, uri="", key=f"new{next(tick)}-{item.mark}")).key

    def described(who: Somebody, item: Item) -> Any:
        found = store.get_dataset(SYSTEM, begun(item))
        return store.set_dataset(who.actor, found.key, row(item, title={"en": f"Other {DRAFT}"}), found.etag).etag != found.etag

    def taken(who: Somebody, item: Item) -> Any:
        """Describe somebody else's draft as public and one's own commune's."""
        found = store.get_dataset(SYSTEM, begun(item))
        return store.set_dataset(who.actor, found.key, row(item, level=Level.PUBLIC, area=SCHAERBEEK), found.etag)

    def moved(verb: Callable[..., Any], *before: Callable[..., Any]) -> Callable[[Somebody, Item], Any]:
        return lambda who, item: verb(who.actor, begun(item, *before), "for a reason") is not None

    def filled(who: Somebody, item: Item) -> Any:
        return store.set_rows(who.actor, begun(item), f"name\n{next(tick)}\n".encode(), Spec(level=item.level, area=item.area)).changed

    def deleted(who: Somebody, item: Item) -> Any:
        store.delete_draft(who.actor, begun(item))
        return True

    doors = {
        "add_dataset": added,
        "set_dataset": described,
        "set_dataset over": taken,
        "set_rows": filled,
        "submit": moved(store.submit),
        "accept": moved(store.accept, store.submit),
        "send_back": moved(store.send_back, store.submit),
        "withdraw": moved(store.withdraw, store.submit, store.accept),
        "delete_draft": deleted,
    }
    return [changes(f"{AUTHORING}.{name}", ask, lambda item: None) for name, ask in doors.items()]


def _reviewing() -> list[Door]:
    """Return every verb upon a version that waits for a second person."""
    tick = itertools.count(1)
    store.set_rule(SYSTEM, "careful", "always")

    def begun(item: Item) -> tuple[str, str]:
        key, spec = f"careful{next(tick)}-{item.mark}", Spec(level=item.level, area=item.area)
        entry = row(item, uri=f"urn:{key}", key=key, publisher=Publisher("careful", {"en": "Careful"}))
        store.publish(SYSTEM, entry, b"name\noak\n", spec)
        sender = Actor("sender", grants=(Grant("steward", frozenset({Right.SEE, Right.EDIT}), Level.PERSONAL),))
        version = store.set_rows(sender, key, b"name\nelm\n", spec).version
        assert version.held
        return key, version.mark

    doors: dict[str, Callable[[Somebody, Item], Any]] = {
        "accept_version": lambda who, item: store.accept_version(who.actor, *begun(item)),
        "refuse_version": lambda who, item: store.refuse_version(who.actor, *begun(item), "for a reason"),
        "find_waiting": lambda who, item: store.find_waiting(who.actor, begun(item)[0]),
        "list_waiting": lambda who, item: begun(item)[0] in [each.key for each in store.list_waiting(who.actor)],
    }
    return [changes(f"{REVIEWING}.{name}", ask, lambda item: None) for name, ask in doors.items()]


def _parts() -> list[Door]:
    """Return the verbs of further tables, each upon a draft of its own."""
    tick = itertools.count(1)

    def begun(item: Item) -> str:
        key = f"whole{next(tick)}-{item.mark}"
        drafted(item, key, rows=False)
        return key

    def parted(who: Somebody, item: Item) -> Any:
        return store.add_part(who.actor, begun(item), {"en": "more"}).row.part_of

    def alone(who: Somebody, item: Item) -> Any:
        store.remove_part(who.actor, store.add_part(SYSTEM, begun(item), {"en": "more"}).key, "for a reason")
        return True

    return [changes(f"{PARTS}.{name}", ask, lambda item: None) for name, ask in (("add_part", parted), ("remove_part", alone))]
