"""The planted things as entities of NGSI-LD: every address that reads them, and every verb that reads or changes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.access.cast import Item, Somebody
from tests.access.doors import Door, Open, at_most, changes, lists, opens, plain
from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.handing import Handed
from zinneke.foundations.observations.attributes.values import Compare, Edit, Instance, Number, Span, Wanted
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.period import to_microseconds
from zinneke.kernel.problem import Problem

ROOT = "GET /ngsi-ld/v1"
VERBS = "zinneke.foundations.observations.attributes.verbs"
OPEN = (
    "jsonldContexts",
    "jsonldContexts/{key:path}",
    "csourceRegistrations",
    "csourceRegistrations/{key:path}",
    "info/sourceIdentity",
    "entityMaps/{key:path}",
)
"""What is told of vocabularies and of other sources, and never of things; and of one's own entity maps."""
EVER = Span(start=0, end=2**53)


def entity(solution: str, item: Item) -> str:
    """Return the id of a planted thing."""
    return f"urn:ngsi-ld:{item.mark}:{solution}:{item.mark}"


def about(solution: str) -> Wanted:
    """Return the question for the things of a solution."""
    return Wanted(where=(Compare("solution", sign="==", values=(solution,)),), limit=1000)


def doors(solution: str, reading: str) -> list[Door]:
    """Return the reading verbs."""
    subject, meant = f"observations.{solution}", about(solution)
    heard = Wanted(where=(*meant.where, Compare(reading, sign=">", values=(0.0,))), limit=1000)

    def named(item: Item) -> Wanted:
        return Wanted(where=(*meant.where, Compare("note", sign="==", values=(item.mark,))))

    def recalled(who: Somebody, item: Item) -> Any:
        verbs.get_linked(SYSTEM, entity(solution, item))
        return verbs.recall_linked(who.actor, entity(solution, item))

    return [
        lists(f"{VERBS}.find_linked", lambda who: plain(verbs.find_linked(who.actor, meant).entities), subject),
        lists(f"{VERBS}.find_linked", lambda who: plain(verbs.find_linked(who.actor, heard).entities), subject),
        opens(f"{VERBS}.find_linked", lambda who, item: verbs.find_linked(who.actor, named(item)).entities, subject),
        lists(f"{VERBS}.list_linked", lambda who: plain(verbs.list_linked(who.actor, meant)), subject),
        opens(f"{VERBS}.recall_linked", recalled, subject),
        opens(f"{VERBS}.get_linked", lambda who, item: verbs.get_linked(who.actor, entity(solution, item)), subject),
        lists(f"{VERBS}.evolve", lambda who: plain(verbs.evolve(who.actor, heard, EVER)[1]), subject),
    ]


def routes(ask: Any, solution: str) -> list[Door]:
    """Return the addresses that read."""
    subject, here, past = f"observations.{solution}", "/ngsi-ld/v1/entities", "/ngsi-ld/v1/temporal/entities"
    time, sums = "timerel=after&timeAt=2020-01-01T00:00:00Z", "options=aggregatedValues&aggrMethods=sum"
    return [
        lists(f"{ROOT}/entities", lambda who: ask(who, f"{here}?q=solution=={solution}").content, subject),
        lists(f"{ROOT}/entities", lambda who: ask(who, f"{here}?local=true&limit=1000&pick=note").content, "observations.smart_bins"),
        opens(f"{ROOT}/entities/{{id:path}}", lambda who, item: ask(who, f"{here}/{entity(solution, item)}"), subject),
        lists(f"{ROOT}/entityMaps", lambda who: ask(who, f"/ngsi-ld/v1/entityMaps?q=solution=={solution}").content, subject),
        lists(f"{ROOT}/temporal/entities", lambda who: ask(who, f"{past}?q=solution=={solution}&{time}").content, subject),
        lists(f"{ROOT}/temporal/entities", lambda who: ask(who, f"{past}?q=solution=={solution}&{time}&{sums}").content, subject),
        opens(f"{ROOT}/temporal/entities/{{id:path}}", lambda who, item: ask(who, f"{past}/{entity(solution, item)}"), subject),
        lists(f"{ROOT}/types", lambda who: ask(who, "/ngsi-ld/v1/types").content, "observations.smart_bins"),
        opens(f"{ROOT}/types/{{key:path}}", lambda who, item: ask(who, f"/ngsi-ld/v1/types/{item.mark}"), "observations.smart_bins"),
        lists(f"{ROOT}/attributes", lambda who: ask(who, "/ngsi-ld/v1/attributes?details=true").content, "observations.smart_bins"),
        *(at_most(f"{ROOT}/{name}", lambda who, n=name: ask(who, f"/ngsi-ld/v1/{n}").content) for name in OPEN),
        Door(f"{ROOT}/attributes/{{key:path}}", lambda who, expected: _counted(ask(who, "/ngsi-ld/v1/attributes/note").json(), who)),
    ]


def _counted(told: Any, who: Somebody) -> str:
    due = sum(len(who.sees(f"observations.{solution}")) for solution in ("air_quality", "smart_bins"))
    return "" if told["attributeCount"] == due else f"says {told['attributeCount']} where {due} are within reach"


def writing(solution: str, reading: str, later: Callable[[], datetime], restore: Callable[[Item], Any]) -> list[Door]:
    """Return the writing verbs."""

    def measured(who: Somebody, item: Item) -> Any:
        return _done(who, Edit(id=entity(solution, item), put={reading: [Instance(value=5, observed=to_microseconds(later()))]}))

    def noted(who: Somebody, item: Item) -> Any:
        return _done(who, Edit(id=entity(solution, item), put={"more": [Instance(value="x")]}))

    def added(who: Somebody, item: Item) -> Any:
        return _done(who, Edit(id=entity(solution, item), put={"other": [Instance(value=5, observed=to_microseconds(later()))]}))

    def removed(who: Somebody, item: Item) -> Any:
        gone = [Instance(value=5, observed=to_microseconds(later()))]
        verbs.edit_linked(SYSTEM, [Edit(id=entity(solution, item), put={"gone": gone})])
        return _done(who, Edit(id=entity(solution, item), drop=(("gone", ""),), how="partial"))

    def handed(who: Somebody, item: Item) -> Any:
        edit = Edit(id=entity(solution, item), put={reading: [Instance(value=5, observed=to_microseconds(later()))]})
        return _stored(who, verbs.hand_over_linked(who.actor, [edit]), edit)

    def counted(who: Somebody, item: Item) -> Any:
        moment = to_microseconds(later())
        edit = Edit(id=entity(solution, item), put={reading: [Instance(value=5, observed=moment)]})
        return _stored(who, verbs.hand_over_number(who.actor, entity(solution, item), reading, Number(5, moment)), edit)

    def unobserved(who: Somebody, item: Item) -> Any:
        moment = to_microseconds(later())
        verbs.edit_linked(SYSTEM, [Edit(id=entity(solution, item), put={reading: [Instance(value=5, observed=moment)]})])
        verbs.remove_instance(who.actor, entity(solution, item), reading, "", moment)
        return True

    def forgotten(who: Somebody, item: Item) -> Any:
        verbs.forget_past(who.actor, entity(solution, item), "more")
        return True

    asked: dict[str, Open] = {
        "remove_instance": unobserved,
        "forget_past": forgotten,
        "hand_over_linked": handed,
        "hand_over_number": counted,
        "edit_linked": measured,
        "edit_linked note": noted,
        "edit_linked added": added,
        "edit_linked removed": removed,
    }
    return [changes(f"{VERBS}.{name}", ask, restore, f"observations.{solution}") for name, ask in asked.items()]


def _stored(who: Somebody, found: Handed | None, edit: Edit) -> Any:
    if found is None:  # the first time: which streams belong to which thing is not yet at hand
        return _done(who, edit)
    (outcome,) = found.outcomes(found.done.result(30)) or [Problem(409, "Another value")]
    if isinstance(outcome, Problem):
        raise outcome
    return True


def _done(who: Somebody, edit: Edit) -> bool:
    outcome = verbs.edit_linked(who.actor, [edit])[0]
    if isinstance(outcome, Problem):
        raise outcome
    return True
