"""The world of the indicators: for each item one in force with a published value, one in review, a draft, a ranking and a statement."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import shapely

from tests.access.cast import ADMINISTRATOR, ALL, ANDERLECHT, ITEMS, SCHAERBEEK, Item, Somebody
from tests.access.doors import Door, changes, lists, marks, opens, plain
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import AreaRow
from zinneke.kernel.confidentiality import SYSTEM, Right
from zinneke.office.indicators import models, store
from zinneke.office.indicators.values import City, Ranking, Sheet, Statement, ValueRow

ROOM = "zinneke.office.indicators.store"
HANDLED: dict[str, str] = {}
OWNER = "agency"
_tick = itertools.count(1)


def sheet(item: Item, **other: Any) -> Sheet:
    """Return the sheet of a planted indicator."""
    words = {"fr": f"Kerkrade {item.mark}", "nl": f"Kerkrade {item.mark}"}
    return Sheet(**{"name": words, "definition": words, "unit": "1", "owner": OWNER, "level": item.level, "better": "up", **other})


def plant_one(item: Item) -> None:
    """Plant what belongs to one item, again when it was changed."""
    models.IndicatorRecord.objects.filter(key__contains=item.mark).delete()
    store.propose(SYSTEM, item.mark, sheet(item), item.area)
    store.submit(SYSTEM, item.mark)
    store.decide(SYSTEM, item.mark, "validated", f"read {item.mark}")
    store.enter_values(SYSTEM, item.mark, [ValueRow(period="2025", value=41.0, area=item.area, note=item.mark)])
    store.decide_values(SYSTEM, [draft_of(item)], True, f"seen {item.mark}")
    store.enter_values(SYSTEM, item.mark, [ValueRow(period="2026", value=42.0, area=item.area, note=item.mark)])
    store.propose(SYSTEM, f"{item.mark}-open", sheet(item), item.area)
    store.submit(SYSTEM, f"{item.mark}-open")
    store.propose(SYSTEM, f"{item.mark}-new", sheet(item), item.area)


def plant() -> None:
    """Plant the items in two communes."""
    areas = [
        AreaRow(code, "commune", {"fr": code}, shapely.box(west, 50.8, west + 0.1, 50.9)) for code, west in ((ANDERLECHT, 4.3), (SCHAERBEEK, 4.4))
    ]
    if not territory.list_areas(SYSTEM):
        territory.set_areas(SYSTEM, areas)
    for item in ITEMS:
        plant_one(item)
        store.set_ranking(SYSTEM, ranking(item), [City(item.mark, "BE", 1, 7.5)], item.level, item.area)
        store.set_statement(SYSTEM, statement(item), None, item.level, item.area)


def ranking(item: Item) -> Ranking:
    """Return a planted ranking."""
    words = {"fr": item.mark}
    return Ranking(key=item.mark, name=words, edition="1", publisher="p", method=words, address="", cities=1, parts={}, note=words)


def statement(item: Item, **other: Any) -> Statement:
    """Return a planted statement."""
    words = {"fr": item.mark, "nl": item.mark}
    made = Statement(
        key=item.mark, block="data", says=words, missing={}, grade=2, evidence=words, address="", owner="", since=date(2026, 1, 1), revision=0
    )  # fmt: skip
    return msgspec.structs.replace(made, **other)


def draft_of(item: Item) -> int:
    """Return the number of the draft that waits."""
    return models.ValueRecord.objects.get(indicator__key=item.mark, state="draft", ended=None).pk


def published_of(item: Item) -> int:
    """Return the number of the published value."""
    return models.ValueRecord.objects.get(indicator__key=item.mark, state="validated", ended=None).pk


def commands(name: str, ask: Callable[[Somebody, Item], Any], restore: Callable[[Item], Any]) -> Door:
    """Return a door that only whoever may command passes: of the cast, the administrator."""
    inner = changes(name, ask, restore)
    return Door(name, lambda who, _expected: inner.fault(who, ALL if who.kind == ADMINISTRATOR else frozenset()), edits=True)


def command_lists(name: str, ask: Callable[[Somebody], Any]) -> Door:
    """Return a listing that only whoever may command sees."""
    inner = lists(name, ask)
    return Door(name, lambda who, _expected: inner.fault(who, ALL if who.kind == ADMINISTRATOR else frozenset()), edits=True)


def doors() -> list[Door]:
    """Plant the world and return every reading door of the store."""
    plant()
    now = datetime.now(UTC)

    def stands(who: Somebody, item: Item) -> Any:
        return store.standings(who.actor, [store.get_indicator(SYSTEM, item.mark)], item.area)[0].latest

    def courses(who: Somebody, item: Item) -> Any:
        return store.standings_and_courses(who.actor, [store.get_indicator(SYSTEM, item.mark)], item.area)[0][1]

    return [
        lists(f"{ROOM}.list_indicators", lambda who: plain(store.list_indicators(who.actor))),
        lists(f"{ROOM}.list_indicators", lambda who: plain(store.list_indicators(who.actor, state=None))),
        opens(f"{ROOM}.list_indicators", lambda who, item: item.mark in marks(plain(store.list_indicators(who.actor, area=item.area)))),
        opens(f"{ROOM}.get_indicator", lambda who, item: store.get_indicator(who.actor, item.mark)),
        opens(f"{ROOM}.standing", lambda who, item: store.standing(who.actor, item.mark, item.area).latest),
        opens(f"{ROOM}.standings", stands),
        opens(f"{ROOM}.standings_and_courses", courses),
        opens(f"{ROOM}.series", lambda who, item: store.series(who.actor, item.mark)),
        opens(f"{ROOM}.courses", lambda who, item: store.courses(who.actor, [store.get_indicator(SYSTEM, item.mark)], [item.area])),
        opens(f"{ROOM}.series", lambda who, item: store.series(who.actor, item.mark, moment=now)),
        opens(f"{ROOM}.compare", lambda who, item: store.compare(who.actor, item.mark).periods),
        lists(f"{ROOM}.gaps", lambda who: plain(store.gaps(who.actor))),
        opens(f"{ROOM}.history", lambda who, item: store.history(who.actor, item.mark, "2025", item.area)),
        opens(f"{ROOM}.list_values", lambda who, item: store.list_values(who.actor, item.mark)),
        opens(f"{ROOM}.list_versions", lambda who, item: store.list_versions(who.actor, item.mark)),
        opens(f"{ROOM}.list_deeds", lambda who, item: store.list_deeds(who.actor, item.mark)),
        opens(f"{ROOM}.list_runs", lambda who, item: [store.list_runs(who.actor, item.mark)]),
        opens(f"{ROOM}.may", lambda who, item: store.may(who.actor, Right.SEE, item.mark)),
        lists(f"{ROOM}.list_rankings", lambda who: plain(store.list_rankings(who.actor))),
        opens(f"{ROOM}.get_ranking", lambda who, item: store.get_ranking(who.actor, item.mark)),
        lists(f"{ROOM}.list_statements", lambda who: plain(store.list_statements(who.actor))),
        lists(f"{ROOM}.list_open", lambda who: plain(store.list_open(who.actor)), edits=True),
        command_lists(f"{ROOM}.list_in_review", lambda who: plain(store.list_in_review(who.actor))),
        command_lists(f"{ROOM}.list_drafts", lambda who: plain(store.list_drafts(who.actor))),
    ]


def writing() -> list[Door]:
    """Plant the world and return every writing door of the store."""
    plant()

    def proposed(who: Somebody, item: Item) -> Any:
        return store.propose(who.actor, f"{item.mark}-{next(_tick)}", sheet(item), item.area)

    def revised(who: Somebody, item: Item) -> Any:
        return store.revise(who.actor, item.mark, sheet(item, unit="%"), 1, "2026", "another unit").open

    def computed(who: Somebody, item: Item) -> Any:
        store.compute(who.actor, [item.mark])
        return True

    def withdrawn(who: Somebody, item: Item) -> Any:
        store.withdraw_value(who.actor, published_of(item), "a fault")
        return True

    def ranked(who: Somebody, item: Item) -> Any:
        return store.set_ranking(who.actor, ranking(item), [City(f"{item.mark}{next(_tick)}", "BE", 1, 7.5)], item.level, item.area)

    def stated(who: Somebody, item: Item) -> Any:
        kept = models.StatementRecord.objects.get(key=item.mark)
        return store.set_statement(who.actor, statement(item, grade=3), kept.revision, item.level, item.area)

    edits: dict[str, Callable[[Somebody, Item], Any]] = {
        "propose": proposed,
        "revise": revised,
        "submit": lambda who, item: store.submit(who.actor, f"{item.mark}-new"),
        "set_due": lambda who, item: store.set_due(who.actor, item.mark, date(2027, 1, 1)),
        "enter_values": lambda who, item: store.enter_values(who.actor, item.mark, [ValueRow(period="2024", value=1, area=item.area)]).added,
        "import_values": lambda who, item: store.import_values(who.actor, item.mark, f"period,area,value\n2023,{item.area},5\n".encode()).added,
        "compute": computed,
        "set_ranking": ranked,
        "set_statement": stated,
    }
    orders: dict[str, Callable[[Somebody, Item], Any]] = {
        "decide": lambda who, item: store.decide(who.actor, f"{item.mark}-open", "validated", "read"),
        "retire": lambda who, item: store.retire(who.actor, item.mark, "no longer of use"),
        "decide_values": lambda who, item: store.decide_values(who.actor, [draft_of(item)], True, "seen"),
        "withdraw_value": withdrawn,
    }
    return [
        *(changes(f"{ROOM}.{name}", _tried(ask), plant_one) for name, ask in edits.items()),
        *(commands(f"{ROOM}.{name}", _tried(ask), plant_one) for name, ask in orders.items()),
    ]


def _tried(ask: Callable[[Somebody, Item], Any]) -> Callable[[Somebody, Item], Any]:
    """Take an answer that nothing is there to do for this actor as a refusal."""
    from zinneke.kernel.problem import Problem

    def tried(who: Somebody, item: Item) -> Any:
        try:
            return ask(who, item)
        except Problem as problem:
            if problem.status == 409:
                return False
            raise

    return tried


def routes(ask: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every reading route."""
    plant()

    def at(path: str) -> Callable[[Somebody, Item], Any]:
        return lambda who, item: ask(who, path.format(item.mark))

    def body(path: str) -> Callable[[Somebody], Any]:
        return lambda who: ask(who, path).content

    one = ("", "/values", "/values.csv", "/sdmx.csv", "/series", "/compare", "/history?period=2025", "/versions", "/runs", "/ngsi-ld")
    return [
        lists("GET /api/indicators", body("/api/indicators")),
        lists("GET /api/indicators", body("/api/indicators?state=all")),
        *(opens(f"GET /api/indicators/{{key}}{path.partition('?')[0]}", at(f"/api/indicators/{{}}{path}")) for path in one),
        lists("GET /api/indicator-gaps", body("/api/indicator-gaps")),
        lists("GET /api/rankings", body("/api/rankings")),
        opens("GET /api/rankings/{key}", at("/api/rankings/{}")),
        lists("GET /api/building-blocks", body("/api/building-blocks")),
    ]


OWN_PAGES = {
    "indicator-new", "values-decide", "indicator-edit", "indicator-values", "indicator-submit", "indicator-decide", "indicator-retire",
}  # fmt: skip
"""Forms, whose verbs decide: tests/office/indicators/test_pages.py."""


def pages(get: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every page that shows indicators."""
    plant()

    def at(path: str) -> Callable[[Somebody, Item], Any]:
        return lambda who, item: get(who, path.format(item.mark, area=item.area))

    return [
        lists("indicators", lambda who: get(who, "/en/indicators/").content),
        lists("building-blocks", lambda who: get(who, "/en/indicators/building-blocks/").content),
        opens("indicator", at("/en/indicators/{}/")),
        opens("indicator-history", at("/en/indicators/{}/history/?period=2025&area={area}")),
        opens("indicator-ranking", at("/en/indicators/rankings/{}/")),
        command_lists("indicator-review", lambda who: get(who, "/en/indicators/review/").content),
    ]
