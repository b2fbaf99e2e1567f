"""The world of the projects: for each planted item two projects with something in common, and a component."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import date
from typing import Any

from tests.access.cast import ADMINISTRATOR, ALL, ITEMS, Item, Somebody
from tests.access.doors import Door, changes, counts, lists, opens, plain, silent
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.office.projects import keeping, pairing, papers, store
from zinneke.office.projects.models import Common, Part, Record
from zinneke.office.projects.rules import Line
from zinneke.office.projects.values import Component, Data, Fiche, Lesson, Organisation, Passage, Wanted

ROOM = "zinneke.office.projects.store"
PAPERS = "zinneke.office.projects.papers"
HANDLED = {
    f"{ROOM}.list_organisations": "the names of organisations are public facts",
    f"{ROOM}.set_organisation": "for whoever edits the whole room, not one area: tests/office/projects/test_store.py",
    f"{ROOM}.get_limit": "one public figure",
    f"{ROOM}.set_limit": "for whoever commands the whole room: tests/office/projects/test_store.py",
    f"{ROOM}.refresh_pairs": "for whoever commands the whole room: tests/office/projects/test_store.py",
    f"{ROOM}.check_room": "the guard itself",
    f"{ROOM}.list_own_parts": "says what the actor holds, nothing of what is planted",
    f"{ROOM}.find_draft": "one's own only: tests/office/projects/test_store.py",
    f"{ROOM}.list_drafts": "one's own only",
    f"{ROOM}.set_draft": "one's own only",
}
OWNER = "plants"


def fiche(item: Item, **other: Any) -> Fiche:
    """Return a planted project, or the same otherwise."""
    planted: dict[str, Any] = {
        "key": item.mark,
        "name": {"en": f"Kerkrade {item.mark}"},
        "owner": OWNER,
        "domain": "mobility",
        "level": item.level,
        "area": item.area,
        "audiences": ("citizens",),
        "uses": (Data(name=f"counts of {item.mark}"),),
        "end": date(2027, 1, 1),
        "lessons": (Lesson(kind="failure", what={"en": f"Lesson of {item.mark}"}),),
        "place": {"type": "Point", "coordinates": [4.32 + 0.04 * ITEMS.index(item), 50.85]},
    }
    return Fiche(**{**planted, **other})


def component(item: Item, **other: Any) -> Component:
    """Return a planted component, or the same otherwise."""
    planted = {"key": f"part-{item.mark}", "name": {"en": f"Part {item.mark}"}, "owner": OWNER, "level": item.level, "area": item.area}
    return Component(**{**planted, **other})


def plant() -> None:
    """Plant the items, all in execution, so that each may go into service."""
    store.set_organisation(SYSTEM, Organisation(key=OWNER, name={"en": "Plants"}))
    for item in ITEMS:
        twin = fiche(item, key=f"{item.mark}-twin", name={"en": f"Twin of {item.mark}"})
        counts = keeping.take(SYSTEM, [Line("1", fiche(item), "execution"), Line("2", twin, "planning")])
        assert counts.added == 2, counts
        store.set_component(SYSTEM, component(item))
        papers.add_paper(SYSTEM, item.mark, f"{item.mark}.txt", item.mark.encode())
    pairing.refresh()
    assert Common.objects.count() == len(ITEMS)


def _wanted(item: Item) -> Wanted:
    return Wanted(text=item.mark)


def replant(item: Item) -> None:
    """Put the planted paper back."""
    papers.add_paper(SYSTEM, item.mark, f"{item.mark}.txt", item.mark.encode())


def paper_of(item: Item) -> int:
    """Return the number of the planted paper."""
    return next(each.number for each in papers.list_papers(SYSTEM, item.mark) if each.name == f"{item.mark}.txt")


def _pair_of(item: Item) -> int:
    return int(Common.objects.get(one__key=item.mark).pk)


def doors() -> list[Door]:
    """Plant the world and return every reading door of the store."""
    plant()
    return [
        lists(f"{ROOM}.list_projects", lambda who: plain(store.list_projects(who.actor))),
        lists(f"{ROOM}.search", lambda who: plain(store.search(who.actor, Wanted()))),
        silent(f"{ROOM}.search", lambda who, item: plain(store.search(who.actor, _wanted(item)))),
        counts(f"{ROOM}.list_kinds", lambda who: store.list_kinds(who.actor).get("smart", 0), lambda seen: 2 * len(seen)),
        counts(f"{ROOM}.get_running", lambda who: store.get_running(who.actor), len),
        opens(f"{ROOM}.find_project", lambda who, item: store.find_project(who.actor, item.mark)),
        opens(f"{ROOM}.get_project", lambda who, item: store.get_project(who.actor, item.mark)),
        opens(f"{ROOM}.list_gates", lambda who, item: store.list_gates(who.actor, item.mark)),
        opens(f"{PAPERS}.list_papers", lambda who, item: papers.list_papers(who.actor, item.mark)),
        opens(f"{PAPERS}.get_paper", lambda who, item: papers.get_paper(who.actor, item.mark, paper_of(item))),
        lists(f"{ROOM}.list_components", lambda who: plain(store.list_components(who.actor))),
        opens(f"{ROOM}.get_component", lambda who, item: store.get_component(who.actor, f"part-{item.mark}")),
        silent(f"{ROOM}.find_alike", lambda who, item: plain(store.find_alike(who.actor, fiche(item, key="mine")))),
        lists(f"{ROOM}.list_pairs", lambda who: plain(store.list_pairs(who.actor)), edits=True),
        lists(f"{ROOM}.list_own", lambda who: plain(store.list_own(who.actor)), edits=True),
        opens(f"{ROOM}.check_part", lambda who, item: store.check_part(who.actor, f"part-{item.mark}"), edits=True),
        opens(f"{ROOM}.check_editable", lambda who, item: store.check_editable(who.actor, item.mark), edits=True),
    ]


def writing() -> list[Door]:
    """Plant the world and return every writing door of the store, taking projects over among them."""
    plant()
    tick = itertools.count(1)

    def version(item: Item) -> int:
        return int(Record.objects.get(key=item.mark).version)

    def rewritten(who: Somebody, item: Item) -> Any:
        return store.set_project(who.actor, fiche(item, summary={"en": f"{next(tick)}"}), version(item))

    def opened(who: Somebody, item: Item) -> Any:
        return store.set_project(who.actor, fiche(item, level=Level.PUBLIC, area="21015", summary={"en": f"{next(tick)}"}), version(item))

    def imported(who: Somebody, item: Item) -> Any:
        return store.take_projects(who.actor, [Line("1", fiche(item, summary={"en": f"{next(tick)}"}))]).changed

    def added(who: Somebody, item: Item) -> Any:
        return store.set_project(who.actor, fiche(item, key=f"new-{next(tick)}"))

    def part(who: Somebody, item: Item) -> Any:
        held = Part.objects.get(key=f"part-{item.mark}")
        return store.set_component(who.actor, component(item, licence=f"{next(tick)}"), held.version)

    def settled(who: Somebody, item: Item) -> Any:
        return store.settle_pair(who.actor, _pair_of(item), "refused", "no")

    def restore(item: Item) -> None:
        Record.objects.filter(key__startswith="new-").delete()
        Common.objects.update(state="open")
        store.set_project(SYSTEM, fiche(item), version(item))
        Record.objects.filter(key=item.mark).update(phase="execution")

    def passed(who: Somebody, item: Item) -> Any:
        return store.pass_gate(who.actor, item.mark, Passage(to="rollout", reason="tried", evidence={"citizens": "tried"}))

    doors = {
        "set_project": rewritten, "set_project over": opened, "set_project new": added, "take_projects": imported, "set_component": part,
        "settle_pair": settled, "confirm_project": lambda who, item: store.confirm_project(who.actor, item.mark),
    }  # fmt: skip
    return [
        *(changes(f"{ROOM}.{name}", ask, restore) for name, ask in doors.items()),
        commands(f"{ROOM}.pass_gate", passed, restore),
        changes(f"{PAPERS}.add_paper", lambda who, item: papers.add_paper(who.actor, item.mark, "more.txt", b"more"), restore),
        changes(f"{PAPERS}.remove_paper", lambda who, item: papers.remove_paper(who.actor, item.mark, paper_of(item)) is None, replant),
    ]


def commands(name: str, ask: Callable[[Somebody, Item], Any], restore: Callable[[Item], Any]) -> Door:
    """Return a door that only whoever may command passes: of the cast, the administrator."""
    return _for_administrators(changes(name, ask, restore))


def _for_administrators(inner: Door) -> Door:
    return Door(inner.name, lambda who, _expected: inner.fault(who, ALL if who.kind == ADMINISTRATOR else frozenset()), edits=True)


def routes(ask: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every reading route."""
    plant()
    found = [
        lists(f"GET /api/projects{form}", lambda who, a=form: ask(who, f"/api/projects{a}").content)
        for form in ("", ".csv", ".geojson", ".jsonld", ".ics")
    ]
    return [
        *found,
        counts("GET /api/projects", lambda who: json.loads(ask(who, "/api/projects").content)["total"], lambda seen: 2 * len(seen)),
        silent("GET /api/projects", lambda who, item: json.loads(ask(who, f"/api/projects?q={item.mark}").content)),
        opens("GET /api/projects/{key}", lambda who, item: ask(who, f"/api/projects/{item.mark}")),
        lists("GET /api/components", lambda who: ask(who, "/api/components").content),
        opens("GET /api/components/{key}", lambda who, item: ask(who, f"/api/components/part-{item.mark}")),
        lists("GET /api/synergies", lambda who: ask(who, "/api/synergies").content, edits=True),
        counts("GET /api/projects/organisations", lambda who: len(json.loads(ask(who, "/api/projects/organisations").content)), lambda seen: 1),
    ]


def pages(get: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every page that shows projects."""
    plant()

    def form(who: Somebody, address: str) -> Any:
        response = get(who, address)
        return None if response.status_code == 302 else response  # a visitor is led to sign in

    return [
        lists("projects", lambda who: get(who, "/en/projects/").content),
        opens("project", lambda who, item: get(who, f"/en/projects/{item.mark}/")),
        opens("project-paper", lambda who, item: get(who, f"/en/projects/{item.mark}/papers/{paper_of(item)}/")),
        lists("project-lessons", lambda who: get(who, "/nl/projects/lessons/").content),
        lists("components", lambda who: get(who, "/fr/projects/components/").content),
        opens("component", lambda who, item: get(who, f"/en/projects/components/part-{item.mark}/")),
        lists("synergies", lambda who: get(who, "/en/projects/synergies/").content, edits=True),
        lists("own-projects", lambda who: get(who, "/en/projects/mine/").content, edits=True),
        opens("project-edit", lambda who, item: form(who, f"/en/projects/{item.mark}/edit/"), edits=True),
        opens("component-edit", lambda who, item: form(who, f"/en/projects/components/part-{item.mark}/edit/"), edits=True),
        _for_administrators(opens("project-gate", lambda who, item: form(who, f"/en/projects/{item.mark}/gate/"))),
    ]


OWN_PAGES = {"project-papers", "project-board", "project-new", "project-import", "project-confirm", "synergy-settle", "component-new"}
