"""What whoever asks may see, as conditions inside the statement: what is hidden leads nowhere, by no path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zinneke.foundations.observations.register import SUBJECT, is_stream
from zinneke.kernel.confidentiality import Actor, Level, Reach, Right, parts, reach

if TYPE_CHECKING:
    from zinneke.foundations.observations.entities.terms import Values


LEVELLED = frozenset({"Things", "Datastreams", "MultiDatastreams", "Observations", "HistoricalLocations", "TaskingCapabilities", "Tasks"})
"""Sets whose entities are hidden by a level; the others are seen by whoever sees what leads to them."""


class Sight:
    """An actor's right on things and streams. What has no level of its own is seen with what it belongs to.

    What belongs to nothing yet is seen by those who may write here.
    """

    def __init__(self, actor: Actor, right: Right = Right.SEE) -> None:
        self.actor, self.right = actor, right
        self.whole = reach(actor, right, SUBJECT)
        self.parts = _solutions(actor, right)
        self.writes = not reach(actor, Right.EDIT, SUBJECT).nothing or any(not held.nothing for held in _solutions(actor, Right.EDIT).values())

    def condition(self, name: str, alias: str, values: Values) -> str:
        """Return the condition on a set's table."""
        if name in ("Things", "Datastreams", "MultiDatastreams"):
            return self._levelled(alias, values)
        if name in LEVELLED:
            return self._levelled(f"{alias}_s", values)
        seen = self._levelled("seen", values)
        if name == "Actuators":
            owned = f"SELECT 1 FROM mirror.capability via JOIN mirror.thing seen ON seen.id = via.thing WHERE via.actuator = {alias}.id"  # noqa: S608  our own names
        elif name == "Sensors":
            owned = f"SELECT 1 FROM mirror.stream seen WHERE seen.sensor = {alias}.id"  # noqa: S608  our own names
        elif name == "ObservedProperties":
            owned = f"SELECT 1 FROM mirror.stream_observed via JOIN mirror.stream seen ON seen.id = via.stream WHERE via.observed = {alias}.id"  # noqa: S608  our own names
        else:
            place = "id" if name == "Locations" else "source"
            owned = f"SELECT 1 FROM mirror.thing_location via JOIN mirror.thing seen ON seen.id = via.thing WHERE via.location = {alias}.{place}"  # noqa: S608  our own names
            if name == "Locations":
                owned = _stood(owned, alias)
            else:
                return self._feature(alias, owned, seen)
        return self._or_free(owned, seen)

    def _or_free(self, owned: str, seen: str) -> str:
        found = f"EXISTS ({owned} AND {seen})"
        return f"({found} OR NOT EXISTS ({owned}))" if self.writes else found

    def _feature(self, alias: str, placed: str, seen: str) -> str:
        named = f"SELECT 1 FROM told_about via JOIN mirror.stream seen ON seen.id = via.stream WHERE via.feature = {alias}.id"  # noqa: S608  our own names
        stood = f"SELECT 1 FROM mirror.stay via JOIN mirror.thing seen ON seen.id = via.thing WHERE via.feature = {alias}.id"  # noqa: S608  our own names
        ways = (placed, named, stood)
        found = " OR ".join(f"EXISTS ({way} AND {seen})" for way in ways)
        free = " AND ".join(f"NOT EXISTS ({way})" for way in ways)
        return f"({found} OR ({free}))" if self.writes else f"({found})"

    def _levelled(self, alias: str, values: Values) -> str:
        clauses = _reached(self.whole, alias, values)
        for part, held in self.parts.items():
            narrow = _reached(held, alias, values)
            if narrow:
                clauses.append(f"({alias}.solution = {values.bind(part)} AND ({' OR '.join(narrow)}))")
        return f"({' OR '.join(clauses)})" if clauses else "(1 = 0)"


def _solutions(actor: Actor, right: Right) -> dict[str, Reach]:
    """Return the reach on each solution; who holds a single stream, as a device does, writes it and sees what everybody sees."""
    held = {name.partition(".")[2]: found for name, found in parts(actor, right, SUBJECT).items()}
    return {solution: found for solution, found in held.items() if not is_stream(solution)}


def _stood(owned: str, alias: str) -> str:
    """Count where a thing once stood as its location too."""
    once = "SELECT h.thing, l.location FROM mirror.history h JOIN mirror.history_location l ON l.history = h.id"
    ever = f"(SELECT thing, location FROM mirror.thing_location UNION {once})"  # noqa: S608  our own names
    return owned.replace("mirror.thing_location", ever)


def _reached(held: Reach, alias: str, values: Values) -> list[str]:
    clauses = []
    for level, areas in zip(Level, held.areas, strict=True):
        if areas is None:
            clauses.append(f"{alias}.level = {int(level)}")
        elif areas:
            clauses.append(f"({alias}.level = {int(level)} AND {alias}.area IN ({', '.join(values.bind(area) for area in sorted(areas))}))")
    return clauses
