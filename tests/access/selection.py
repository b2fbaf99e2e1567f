"""The world of the selection: each item once as an idea, a method, an exercise with a score, and a project on the roadmap."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.access.cast import ADMINISTRATOR, ALL, ITEMS, SCHAERBEEK, Item, Somebody
from tests.access.doors import Door, counts, lists, opens, plain
from tests.access.doors import _compare as compare
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.kernel.problem import Problem
from zinneke.office.selection import models, store
from zinneke.office.selection.values import Carried, Cell, Criterion, ExerciseRow, IdeaRow, MethodRow, OptionRow, Plan, StepRow, Verdict

ROOM = "zinneke.office.selection"
HANDLED = {
    f"{ROOM}.roadmap.list_editions": "editions hold nothing but what is public: tests/office/selection/test_roadmap.py",
    f"{ROOM}.roadmap.get_edition": "editions hold nothing but what is public: tests/office/selection/test_roadmap.py",
    f"{ROOM}.roadmap.get_ceiling": "one number for everybody",
    f"{ROOM}.roadmap.publish_roadmap": "publishes what is public; a right over the whole: tests/office/selection/test_roadmap.py",
}


COMPUTED = ("ledger", "agreement", "ranking", "firmness", "portfolio")


def idea(item: Item, **other: Any) -> IdeaRow:
    """Return a planted idea, or the same otherwise."""
    planted = {
        "key": item.mark, "title": {"en": f"Kerkrade {item.mark}"}, "city": item.mark, "about": {"en": item.mark}, "tags": (item.mark,),
        "source": item.mark, "domain": "people", "level": item.level, "area": item.area,
    }  # fmt: skip
    return IdeaRow(**{**planted, **other})


def method(item: Item) -> MethodRow:
    """Return a planted method."""
    return MethodRow(key=item.mark, name={"en": item.mark}, criteria=(Criterion(key="worth", name={"en": item.mark}),))


def step(item: Item, **other: Any) -> StepRow:
    """Return a planted project of the roadmap."""
    return StepRow(**{"key": item.mark, "name": {"en": item.mark}, "start": "2027-Q1", "level": item.level, "area": item.area, **other})


def plant() -> None:
    """Plant the items."""
    for item in ITEMS:
        assert store.set_ideas(SYSTEM, [idea(item), idea(item, key=f"{item.mark}-again")]).added == 2
        store.compare(SYSTEM, item.mark, "partly", [item.mark], item.mark, 1)
        store.add_method(SYSTEM, method(item), "", 0, item.level, item.area)
        row = ExerciseRow(key=item.mark, name={"en": item.mark}, method=item.mark, method_version=1, level=item.level, area=item.area)
        store.add_exercise(SYSTEM, row)
        store.add_options(SYSTEM, item.mark, [OptionRow(key=item.mark, name={"en": item.mark})])
        store.set_scores(SYSTEM, item.mark, item.mark, [Cell("worth", 2.0, item.mark)], 0)
        store.set_step(SYSTEM, step(item), item.mark)


def doors() -> list[Door]:
    """Plant the world and return every reading door."""
    plant()
    return [
        lists(f"{ROOM}.ideas.find_ideas", lambda who: plain(store.find_ideas(who.actor, "kerkrade"))),
        lists(f"{ROOM}.ideas.find_ideas", lambda who: plain(store.find_ideas(who.actor, limit=0).facets)),
        counts(f"{ROOM}.ideas.find_ideas", lambda who: store.find_ideas(who.actor, "kerk", limit=0).total, lambda seen: 2 * len(seen)),
        opens(f"{ROOM}.ideas.get_idea", lambda who, item: store.get_idea(who.actor, item.mark)),
        lists(f"{ROOM}.ideas.list_decisions", lambda who: plain(store.list_decisions(who.actor))),
        opens(f"{ROOM}.ideas.list_decisions", lambda who, item: store.list_decisions(who.actor, item.mark)),
        counts(f"{ROOM}.ideas.get_funnel", lambda who: store.get_funnel(who.actor)[0].reached, lambda seen: 2 * len(seen)),
        lists(f"{ROOM}.ideas.list_doubles", lambda who: plain([each[0] for each in store.list_doubles(who.actor)]), edits=True),
        lists(f"{ROOM}.methods.list_methods", lambda who: plain(store.list_methods(who.actor))),
        opens(f"{ROOM}.methods.get_method", lambda who, item: store.get_method(who.actor, item.mark, 1)),
        lists(f"{ROOM}.exercises.list_exercises", lambda who: plain(store.list_exercises(who.actor))),
        opens(f"{ROOM}.exercises.get_exercise", lambda who, item: store.get_exercise(who.actor, item.mark)),
        opens(f"{ROOM}.exercises.get_option", lambda who, item: store.get_option(who.actor, item.mark, item.mark)),
        opens(f"{ROOM}.exercises.get_ledger", lambda who, item: store.get_ledger(who.actor, item.mark)),
        opens(f"{ROOM}.exercises.list_progress", lambda who, item: store.list_progress(who.actor, item.mark)),
        opens(f"{ROOM}.exercises.get_sheet", lambda who, item: store.get_sheet(who.actor, item.mark, item.mark), edits=True),
        opens(f"{ROOM}.exercises.list_sheets", lambda who, item: store.list_sheets(who.actor, item.mark), edits=True),
        lists(f"{ROOM}.roadmap.list_steps", lambda who: plain(store.list_steps(who.actor))),
        opens(f"{ROOM}.roadmap.get_step", lambda who, item: store.get_step(who.actor, item.mark)),
        lists(f"{ROOM}.roadmap.list_changes", lambda who: plain(store.list_changes(who.actor))),
    ]


def commands(name: str, ask: Callable[[Somebody, Item], Any]) -> Door:
    """Return a door that takes the right to command, which of the cast only the administrator holds here."""

    def done(who: Somebody, item: Item) -> bool:
        try:
            ask(who, item)
        except Problem as problem:
            assert problem.status in (401, 403, 404), problem.document()
            return False
        return True

    def fault(who: Somebody, _expected: frozenset[str]) -> str:
        found = frozenset(item.mark for item in ITEMS if done(who, item))
        return compare(found, ALL if who.kind == ADMINISTRATOR else frozenset())

    return Door(name, fault, edits=True)


def writing() -> list[Door]:
    """Plant the world and return every writing door, taking ideas over among them."""
    plant()
    tick = itertools.count(1)

    def imported(who: Somebody, item: Item) -> Any:
        return store.set_ideas(who.actor, [idea(item, since=1900 + next(tick))]).changed

    def taken(who: Somebody, item: Item) -> Any:
        return store.set_ideas(who.actor, [idea(item, level=Level.PUBLIC, area=SCHAERBEEK, since=1900 + next(tick))]).changed

    def merged(who: Somebody, item: Item) -> Any:
        done = store.merge(who.actor, f"{item.mark}-again", item.mark, "one")
        models.Idea.objects.filter(key=f"{item.mark}-again").update(same_as=None)
        return done

    def apart(who: Somebody, item: Item) -> bool:
        store.keep_apart(who.actor, item.mark, f"{item.mark}-again")
        return True

    def optional(who: Somebody, item: Item) -> Any:
        return store.add_options(who.actor, item.mark, [OptionRow(key=f"more-{next(tick)}", name={"en": "more"})])

    def withdrawn(who: Somebody, item: Item) -> bool:
        store.add_options(SYSTEM, item.mark, [OptionRow(key=f"less-{(at := next(tick))}", name={"en": "less"})])
        store.withdraw_option(who.actor, item.mark, f"less-{at}", "a test")
        return True

    def planned(who: Somebody, item: Item) -> Any:
        at = models.Option.objects.get(key=item.mark).version
        return store.set_plan(who.actor, item.mark, item.mark, Plan(cost=float(next(tick))), at)

    def scored(who: Somebody, item: Item) -> Any:
        models.Score.objects.filter(exercise__key=item.mark, evaluator__person=who.actor.key).delete()
        return store.set_scores(who.actor, item.mark, item.mark, [Cell("worth", 3.0)], 0)

    edits = {
        "ideas.set_ideas": imported,
        "ideas.set_ideas over": taken,
        "ideas.set_idea": lambda who, item: store.set_idea(who.actor, item.mark, idea(item), version(item)),
        "ideas.compare": lambda who, item: store.compare(who.actor, item.mark, "missing", [], "", version(item)),
        "ideas.merge": merged,
        "ideas.keep_apart": apart,
        "exercises.add_options": optional,
        "exercises.withdraw_option": withdrawn,
        "exercises.set_plan": planned,
        "exercises.set_scores": scored,
    }
    return [*(opens(f"{ROOM}.{name}", ask, edits=True) for name, ask in edits.items()), *ordering(tick)]


def version(item: Item) -> int:
    """Return the version that an idea has now."""
    return models.Idea.objects.get(key=item.mark).version


def ordering(tick: Iterator[int]) -> list[Door]:
    """Return every door that decides rather than edits."""

    def opened(who: Somebody, item: Item) -> Any:
        row = ExerciseRow(key=f"new-{next(tick)}", name={"en": "x"}, method=item.mark, method_version=1, level=item.level, area=item.area)
        return store.add_exercise(who.actor, row)

    def restarted(who: Somebody, item: Item) -> Any:
        return store.set_step(who.actor, step(item), "a test", models.Step.objects.get(key=item.mark).version)

    def published(who: Somebody, item: Item) -> Any:
        return store.add_method(who.actor, method(item), "why", models.Method.objects.filter(key=item.mark).count(), item.level, item.area)

    def closed(who: Somebody, item: Item) -> Any:
        done = store.close_exercise(who.actor, item.mark)
        models.Exercise.objects.update(closed=None)
        return done

    def judged(who: Somebody, item: Item) -> Any:
        key = f"judged-{next(tick)}"
        store.set_ideas(SYSTEM, [idea(item, key=key)])
        return store.carry_verdicts(who.actor, [(Verdict(idea=key, kind="exclude", criteria=(), version=1), "a test")])

    ordered = {
        "carrying.carry_verdicts": judged,
        "carrying.carry_steps": lambda who, item: store.carry_steps(
            who.actor, [Carried(row=step(item), reason="a test", version=models.Step.objects.get(key=item.mark).version)]
        ),
        "ideas.decide": lambda who, item: store.decide(
            who.actor, item.mark, "return" if models.Idea.objects.get(key=item.mark).out else "exclude", "a test", version(item)
        ),
        "methods.add_method": published,
        "exercises.add_exercise": opened,
        "exercises.settle": lambda who, item: store.settle(who.actor, item.mark, item.mark, "worth", 1.0, "a test"),
        "exercises.close_exercise": closed,
        "roadmap.set_step": restarted,
    }
    return [commands(f"{ROOM}.{name}", ask) for name, ask in ordered.items()]


def routes(ask: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every reading route."""
    plant()

    def get(path: str) -> Callable[[Somebody, Item], Any]:
        return lambda who, item: ask(who, path.format(item.mark))

    base = "/api/selection"
    one = f"{base}/exercises/{{}}"
    return [
        counts(f"GET {base}/funnel", lambda who: json.loads(ask(who, f"{base}/funnel").content)[0]["reached"], lambda seen: 2 * len(seen)),
        lists(f"GET {base}/ideas", lambda who: ask(who, f"{base}/ideas?q=kerkrade").content),
        opens(f"GET {base}/ideas/{{key}}", get(f"{base}/ideas/{{}}")),
        lists(f"GET {base}/decisions", lambda who: ask(who, f"{base}/decisions").content),
        lists(f"GET {base}/methods", lambda who: ask(who, f"{base}/methods").content),
        opens(f"GET {base}/methods/{{key}}/{{version}}", get(f"{base}/methods/{{}}/1")),
        lists(f"GET {base}/exercises", lambda who: ask(who, f"{base}/exercises").content),
        opens(f"GET {base}/exercises/{{key}}", get(one)),
        *(opens(f"GET {base}/exercises/{{key}}/{name}", get(f"{one}/{name}")) for name in COMPUTED),
        lists(f"GET {base}/roadmap", lambda who: ask(who, f"{base}/roadmap").content),
        counts(f"GET {base}/roadmap/editions/{{number}}", lambda who: ask(who, f"{base}/roadmap/editions/1").status_code, lambda _seen: 404),
        counts(f"GET {base}/roadmap.ics", lambda who: b"VEVENT" in ask(who, f"{base}/roadmap.ics").content, lambda _seen: False),
    ]


OWN_PAGES = {
    "idea-add", "idea-edit", "idea-compare",
    "idea-import", "idea-double", "settle", "sheet", "roadmap-add", "roadmap-publish", "roadmap-calendar", "roadmap-edition",
    "roadmap-change", "method-renew", "exercise-add", "exercise-close", "exercise-options", "option-plan",
    "portfolio-carry", "verdicts-carry",
}  # fmt: skip
"""Forms for whoever may edit or decide, which show nothing but what the verb behind them gives; and editions, which hold only what is public."""


def pages(get: Callable[[Somebody, str], Any]) -> list[Door]:
    """Plant the world and return every page that shows data."""
    plant()

    def open_(path: str) -> Callable[[Somebody, Item], Any]:
        return lambda who, item: get(who, f"/en/selection/{path}".format(item.mark))

    def all_(path: str) -> Callable[[Somebody], Any]:
        return lambda who: get(who, f"/en/selection/{path}").content

    single = {
        "idea": "ideas/{}/", "exercise": "exercises/{}/", "disagreements": "exercises/{}/disagreements/", "ranking": "exercises/{}/ranking/",
        "portfolio": "exercises/{}/portfolio/", "method": "methods/{}/1/", "method-weights": "methods/{}/1/weights/",
    }  # fmt: skip
    return [
        lists("selection", all_("")),
        lists("ideas", all_("ideas/")),
        lists("ideas-csv", all_("ideas.csv")),
        lists("methods", all_("methods/")),
        lists("roadmap", all_("roadmap/")),
        lists("idea-doubles", all_("doubles/"), edits=True),
        *(opens(name, open_(path)) for name, path in single.items()),
        opens("sheet-option", lambda who, item: open_("exercises/{0}/sheet/{0}/")(who, item).status_code == 200, edits=True),
    ]
