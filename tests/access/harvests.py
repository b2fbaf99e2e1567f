"""The doors of harvesting over the catalogue's world: each source is for whoever may edit what it gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.access.cast import ITEMS, Item, Somebody
from tests.access.doors import Door, changes, lists, opens, plain
from zinneke.foundations.catalogue import harvesting
from zinneke.foundations.catalogue.models import Harvest
from zinneke.foundations.catalogue.values import HarvestSource
from zinneke.foundations.fetching import Fetcher
from zinneke.kernel.confidentiality import SYSTEM

ROOM_OF_IT = "zinneke.foundations.catalogue.harvesting"


def _make(number: str = "93.184.216.34") -> Fetcher:
    return Fetcher("tests", resolve=lambda host, port: [number], again=())


def _nowhere() -> Fetcher:
    return _make("127.0.0.1")


def _key(item: Item) -> str:
    return f"harvest-{item.mark}"


def _source(item: Item, key: str) -> HarvestSource:
    return HarvestSource(kind="dcat", address=f"https://{item.mark}.example/", key=key, level=item.level, area=item.area)


def plant() -> None:
    """Plant a source of each item's level and area."""
    for item in ITEMS:
        harvesting.add_harvest(SYSTEM, _source(item, _key(item)), _make)


def doors() -> list[Door]:
    """Return the reading doors."""
    later = datetime(2100, 1, 1, tzinfo=UTC)
    return [
        lists(f"{ROOM_OF_IT}.list_harvests", lambda who: plain(harvesting.list_harvests(who.actor)), edits=True),
        lists(f"{ROOM_OF_IT}.list_due", lambda who: harvesting.list_due(who.actor, later), edits=True),
        opens(f"{ROOM_OF_IT}.get_harvest", lambda who, item: harvesting.get_harvest(who.actor, _key(item)), edits=True),
        opens(f"{ROOM_OF_IT}.list_gatherings", lambda who, item: [harvesting.list_gatherings(who.actor, _key(item))], edits=True),
    ]


def pages(get: Callable[[Somebody, str], Any]) -> list[Door]:
    """Return the pages of whoever runs the harvests; the world is planted."""
    return [
        lists("harvests", lambda who: get(who, "/en/harvests/").content, edits=True),
        opens("harvest", lambda who, item: get(who, f"/en/harvests/{_key(item)}/").status_code == 200, edits=True),
    ]


def writing() -> list[Door]:
    """Return the writing doors."""

    def added(who: Somebody, item: Item) -> Any:
        return harvesting.add_harvest(who.actor, _source(item, f"new-{item.mark}"), _make)

    def forgotten(item: Item) -> None:
        Harvest.objects.filter(key=f"new-{item.mark}").delete()

    def run(who: Somebody, item: Item) -> Any:
        return harvesting.run_harvest(who.actor, _key(item), make=_nowhere)

    return [
        changes(f"{ROOM_OF_IT}.add_harvest", added, forgotten),
        changes(f"{ROOM_OF_IT}.set_harvest", lambda who, item: harvesting.set_harvest(who.actor, _key(item), active=False), lambda item: None),
        changes(f"{ROOM_OF_IT}.run_harvest", run, lambda item: None),
    ]
