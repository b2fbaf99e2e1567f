"""The world of scenarios: for each item one that is published, with a job, and one that is still a draft."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.access.cast import ITEMS, SCHAERBEEK, Item, Somebody
from tests.access.doors import Door, at_most, changes, lists, opens, plain
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.office.scenarios import models, store
from zinneke.office.scenarios.values import Draft, Question

ROOM = "zinneke.office.scenarios.store"
HANDLED = {
    f"{ROOM}.list_models": "declared models are code: public facts without rows",
    f"{ROOM}.get_answer": "computes from a declared model and the question alone; reads no table",
    f"{ROOM}.list_areas_to_edit": "says the areas of one's own grants",
    f"{ROOM}.add_illustration": "adds by a key of our own file: nothing that exists is changed",
}
OWN_PAGES = {
    "scenario-new", "scenario-edit", "scenario-publish", "scenario-remove", "scenario-start", "scenario-run-cancel", "scenario-table", "scenario-try",
    "scenario-model", "scenario-result", "scenario-count",
}  # fmt: skip
"""Forms, and pages of declared models: tests/office/scenarios/test_pages.py."""
QUESTION = Question(model="traffic-light", version="1.0", changed={"cycle": 60.0, "green_main": 32.0}, draws=100)


def draft(item: Item, **other: Any) -> Draft:
    """Return a scenario about an item, or the same otherwise."""
    words = {"name": {"en": f"Kerkrade {item.mark}"}, "purpose": {"en": f"About {item.mark}"}, "level": item.level, "area": item.area}
    return Draft(**{**words, "question": QUESTION, **other})


def _add(item: Item, key: str) -> None:
    made = store.add_scenario(SYSTEM, draft(item))
    models.Scenario.objects.filter(key=made.key).update(key=key)


def plant() -> dict[str, int]:
    """Plant the items and return the number of each one's job."""
    numbers = {}
    for item in ITEMS:
        _add(item, item.mark)
        store.publish_scenario(SYSTEM, item.mark, 1)
        _add(item, f"draft-{item.mark}")
        row = models.Scenario.objects.get(key=item.mark)
        numbers[item.mark] = models.Run.objects.create(scenario=row, state="waiting", asked=datetime.now(UTC)).pk
    return numbers


def doors() -> list[Door]:
    """Plant the world and return every reading door of the store."""
    numbers = plant()
    return [
        lists(f"{ROOM}.list_scenarios", lambda who: plain(store.list_scenarios(who.actor))),
        lists(f"{ROOM}.list_scenarios", lambda who: plain(store.list_scenarios(who.actor, state="draft")), edits=True),
        lists(f"{ROOM}.list_scenarios", lambda who: plain(store.list_scenarios(who.actor, model="traffic-light", state=""))),
        opens(f"{ROOM}.get_scenario", lambda who, item: store.get_scenario(who.actor, item.mark)),
        opens(f"{ROOM}.get_scenario", lambda who, item: store.get_scenario(who.actor, f"draft-{item.mark}"), edits=True),
        opens(f"{ROOM}.list_compared", lambda who, item: store.list_compared(who.actor, [item.mark])),
        opens(f"{ROOM}.get_reproduction", lambda who, item: store.get_reproduction(who.actor, item.mark)),
        opens(f"{ROOM}.get_run", lambda who, item: store.get_run(who.actor, numbers[item.mark])),
        opens(f"{ROOM}.list_runs", lambda who, item: store.list_runs(who.actor, item.mark)),
    ]


def routes(ask: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every reading route."""
    plant()
    return [
        at_most("GET /api/scenarios/models", lambda who: ask(who, "/api/scenarios/models").content),
        at_most("GET /api/scenarios/models/{key}", lambda who: ask(who, "/api/scenarios/models/traffic-light").content),
        at_most("GET /api/scenarios/models/{key}/answer", lambda who: ask(who, "/api/scenarios/models/traffic-light/answer?draws=100").content),
        at_most("GET /api/scenarios/models/{key}/answer.csv", lambda who: ask(who, "/api/scenarios/models/traffic-light/answer.csv").content),
        lists("GET /api/scenarios", lambda who: ask(who, "/api/scenarios").content),
        opens("GET /api/scenarios/{key}", lambda who, item: ask(who, f"/api/scenarios/{item.mark}")),
        opens("GET /api/scenarios/{key}/result.csv", lambda who, item: ask(who, f"/api/scenarios/{item.mark}/result.csv")),
        opens("GET /api/scenarios/{key}/reproduction", lambda who, item: ask(who, f"/api/scenarios/{item.mark}/reproduction")),
    ]


def pages(get: Callable[[Somebody, str], Any]) -> list[Door]:
    """Plant the world and return every page that shows what is kept."""
    numbers = plant()
    return [
        lists("scenarios", lambda who: get(who, "/en/scenarios/").content),
        lists("scenario-compare", lambda who: get(who, "/en/scenarios/compare/").content),
        opens("scenario-compare", lambda who, item: get(who, f"/en/scenarios/compare/?s={item.mark}")),
        opens("scenario", lambda who, item: get(who, f"/en/scenarios/{item.mark}/")),
        opens("scenario-reproduce", lambda who, item: get(who, f"/en/scenarios/{item.mark}/reproduce/")),
        opens("scenario-run", lambda who, item: get(who, f"/en/scenarios/runs/{numbers[item.mark]}/")),
        lists("scenario-model", lambda who: get(who, "/en/scenarios/models/traffic-light/").content),
        at_most("scenario-try", lambda who: get(who, "/en/scenarios/models/street-lighting/try/").content),
        at_most("scenario-count", lambda who: get(who, "/en/scenarios/models/street-lighting/count/?dataset=trees")["Location"]),
        lists("search", lambda who: get(who, "/en/search/?q=kerkrade&type=scenarios").content),
    ]


def writing() -> list[Door]:
    """Plant the world and return every writing door of the store, taking scenarios over among them."""
    numbers = plant()
    tick = itertools.count(1)

    def edition(key: str) -> int:
        return models.Scenario.objects.get(key=key).edition

    def added(who: Somebody, item: Item) -> Any:
        return store.add_scenario(who.actor, draft(item, name={"en": f"Another {next(tick)}"}))

    def changed(who: Somebody, item: Item) -> Any:
        key = f"draft-{item.mark}"
        return store.set_scenario(who.actor, key, draft(item, purpose={"en": f"{next(tick)}"}), edition(key))

    def taken(who: Somebody, item: Item) -> Any:
        key = f"draft-{item.mark}"
        return store.set_scenario(who.actor, key, draft(item, level=Level.SHARED, area=SCHAERBEEK), edition(key))

    def published(who: Somebody, item: Item) -> Any:
        return store.publish_scenario(who.actor, f"draft-{item.mark}", edition(f"draft-{item.mark}")).published

    def removed(who: Somebody, item: Item) -> Any:
        store.remove_draft(who.actor, f"draft-{item.mark}")
        return True

    def started(who: Somebody, item: Item) -> Any:
        return store.start_run(who.actor, f"draft-{item.mark}")

    def cancelled(who: Somebody, item: Item) -> Any:
        return store.cancel_run(who.actor, numbers[item.mark]).state == "cancelled"

    def restore(item: Item) -> None:
        models.Scenario.objects.filter(key__in=[f"draft-{item.mark}"]).delete()
        models.Scenario.objects.filter(key__startswith="another-").delete()
        _add(item, f"draft-{item.mark}")
        models.Run.objects.filter(pk=numbers[item.mark]).update(state="waiting")

    found = {
        "add_scenario": added,
        "set_scenario": changed,
        "set_scenario over": taken,
        "publish_scenario": published,
        "remove_draft": removed,
        "start_run": started,
        "cancel_run": cancelled,
    }
    return [changes(f"{ROOM}.{name}", ask, restore) for name, ask in found.items()]
