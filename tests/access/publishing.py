"""The world of publishing: what somebody has begun is theirs alone, whatever others may see or edit."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from tests.access.cast import ITEMS, SCHAERBEEK, Item, Somebody
from tests.access.doors import Door, at_most, changes, lists, opens, plain
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.publishing import models, store, voices
from zinneke.office.publishing.sources import FromWeb
from zinneke.office.publishing.values import PostRow

ROOM = "zinneke.office.publishing"
ADDRESS = "https://93.184.216.34/data.csv"
THEIRS = "what one has begun is one's own: tests/office/publishing"
HANDLED = {
    f"{ROOM}.uploads.add_upload": THEIRS,
    f"{ROOM}.arriving.begin_source": THEIRS,
    f"{ROOM}.arriving.list_tables": THEIRS,
    f"{ROOM}.arriving.fetch_again": THEIRS,
    f"{ROOM}.uploads.get_upload": THEIRS,
    f"{ROOM}.uploads.list_uploads": THEIRS,
    f"{ROOM}.voices.add_post": "takes something new in: tests/office/publishing/test_voices.py",
    f"{ROOM}.voices.cast_vote": "counts a voice for what one may read: tests/office/publishing/test_voices.py",
    f"{ROOM}.counting.get_usage": "numbers, and public datasets, whoever asks",
}
OWN_PAGES = {"publish-fetch", "publish-table", "publish-people", "publish-about", "publish-check", "publish-delete", "data-vote"}


def plant() -> dict[str, str]:
    """Begin a publication about each item, as the platform, and make a draft of each in the catalogue."""
    keys = {}
    for item in ITEMS:
        keys[item.mark] = store.add_upload(SYSTEM, f"name\n{item.mark}\n".encode(), f"{item.mark}.csv").key
        row = DatasetRow(uri=f"urn:begun-{item.mark}", key=f"begun-{item.mark}", title={"en": f"Draft {item.mark}"}, level=item.level, area=item.area)
        catalogue.add_dataset(SYSTEM, row)
    return keys


def said() -> dict[tuple[str, str], int]:
    """Say something about a dataset of each item, shown and waiting, fetch each again, and return the numbers of what was said."""
    numbers = {}
    for item in ITEMS:
        row = DatasetRow(uri=f"urn:talk-{item.mark}", key=f"talk-{item.mark}", title={"en": f"Talk {item.mark}"}, level=item.level, area=item.area)
        catalogue.publish(SYSTEM, row, f"name\n{item.mark}\n".encode(), Spec(level=item.level, area=item.area))
        for state in ("waiting", "shown"):
            made = PostRow(kind="reuse", dataset=row.key, title=item.mark, text="", link="https://example.org/", language="en")
            numbers[state, item.mark] = store.add_post(SYSTEM, made, f"{item.mark}{state}").number
            voices.forget_pace()
        store.moderate(SYSTEM, numbers["shown", item.mark], "shown")
        store.set_refresh(SYSTEM, row.key, FromWeb(ADDRESS), 24, Spec(level=item.level, area=item.area))
    models.Refresh.objects.update(state="failed")
    return numbers


def nobody(who: Somebody, expected: frozenset[str], ask: Callable[[], Any]) -> str:
    """Say what is wrong when somebody finds what is not theirs."""
    from zinneke.kernel.problem import Problem

    try:
        answer = ask()
    except Problem as problem:
        return "" if problem.status in (401, 403, 404) else f"is refused with {problem.status}"
    return f"finds {answer!r}" if answer else ""


def _closed(name: str, ask: Callable[[Somebody, str], Any], keys: dict[str, str]) -> Door:
    def fault(who: Somebody, expected: frozenset[str]) -> str:
        return next((told for key in keys.values() if (told := nobody(who, expected, lambda key=key: ask(who, key)))), "")

    return Door(name, fault)


def doors() -> list[Door]:
    """Plant the world: what is read here is one's own."""
    plant()
    numbers = said()
    return [
        lists(f"{ROOM}.voices.list_posts", lambda who: plain(store.list_posts(who.actor, "reuse"))),
        opens(f"{ROOM}.voices.list_posts", lambda who, item: store.list_posts(who.actor, "reuse", f"talk-{item.mark}")),
        opens(f"{ROOM}.voices.get_post", lambda who, item: store.get_post(who.actor, numbers["shown", item.mark])),
        opens(f"{ROOM}.voices.get_post waiting", lambda who, item: store.get_post(who.actor, numbers["waiting", item.mark]), edits=True),
        lists(f"{ROOM}.voices.list_waiting", lambda who: plain(store.list_waiting(who.actor)), edits=True),
        opens(f"{ROOM}.refreshing.find_refresh", lambda who, item: store.find_refresh(who.actor, f"talk-{item.mark}"), edits=True),
        lists(f"{ROOM}.refreshing.list_failed", lambda who: plain(store.list_failed(who.actor)), edits=True),
    ]


def writing() -> list[Door]:
    """Plant the world and return every writing door, upon what others have begun and upon one's own."""
    keys, tick, numbers = plant(), itertools.count(1), said()

    def finished(who: Somebody, item: Item) -> Any:
        """Publish in an item's area and level something of one's own."""
        begun = store.add_upload(who.actor, f"name\n{next(tick)}\n".encode(), "own.csv")
        store.set_spec(who.actor, begun.key, Spec(level=item.level, area=item.area))
        row = DatasetRow(uri="", title={"en": f"Own {next(tick)}"}, level=item.level, area=item.area)
        store.set_row(who.actor, begun.key, row, "task")
        try:
            return store.finish_upload(who.actor, begun.key, publish=True).key
        finally:
            for each in store.list_uploads(who.actor):
                store.delete_upload(who.actor, each.key)

    def fetched(who: Somebody, item: Item) -> Any:
        return store.set_refresh(who.actor, f"talk-{item.mark}", FromWeb(ADDRESS), 6, Spec()).hours == 6

    def stopped(who: Somebody, item: Item) -> Any:
        store.stop_refresh(who.actor, f"talk-{item.mark}")
        return True

    def again(item: Item) -> None:
        store.set_refresh(SYSTEM, f"talk-{item.mark}", FromWeb(ADDRESS), 24, Spec())

    def decided(who: Somebody, item: Item) -> Any:
        return store.moderate(who.actor, numbers["waiting", item.mark], "hidden").state == "hidden"

    return [
        changes(f"{ROOM}.refreshing.set_refresh", fetched, again),
        changes(f"{ROOM}.refreshing.stop_refresh", stopped, again),
        changes(f"{ROOM}.voices.moderate", decided, lambda item: None),
        changes(f"{ROOM}.uploads.finish_upload", finished, lambda item: None),
        _closed(f"{ROOM}.uploads.set_spec", lambda who, key: store.set_spec(who.actor, key, Spec(area=SCHAERBEEK)), keys),
        _closed(f"{ROOM}.uploads.set_row", lambda who, key: store.set_row(who.actor, key, DatasetRow(uri="", title={"en": "x"}), ""), keys),
        _closed(f"{ROOM}.uploads.finish_upload others", lambda who, key: store.finish_upload(who.actor, key), keys),
        _closed(f"{ROOM}.uploads.delete_upload", lambda who, key: store.delete_upload(who.actor, key) or True, keys),
    ]


def routes(ask: Callable[..., Any]) -> list[Door]:
    """Return nothing: the room has no machines' door."""
    return []


def pages(get: Callable[[Somebody, str], Any]) -> list[Door]:
    """Plant the world and return the pages that show what others may see too."""
    plant()
    numbers = said()
    return [
        opens("data-post", lambda who, item: get(who, f"/en/data-requests/{numbers['shown', item.mark]}/")),
        opens("dataset-talk", lambda who, item: get(who, f"/en/data/talk-{item.mark}/talk/")),
        lists("reuses", lambda who: get(who, "/en/reuses/").content),
        at_most("data-requests", lambda who: get(who, "/en/data-requests/").content),
        at_most("publish-rules", lambda who: get(who, "/en/publish/rules/").content),
        at_most("portal-statistics", lambda who: get(who, "/en/statistics/").content),
        opens("publish-refresh", lambda who, item: b"93.184" in get(who, f"/en/publish/refresh/talk-{item.mark}/").content, edits=True),
        lists("publish", lambda who: get(who, "/en/publish/").content, edits=True),
        opens("publish-review", lambda who, item: get(who, f"/en/publish/review/begun-{item.mark}/").status_code == 200, edits=True),
        lists("publish", lambda who: plain(get(who, "/nl/publish/").content.decode()), edits=True),
    ]
