"""How a door is asked, and when its answer is right: what should be found is, and of the rest nothing, not even its absence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from tests.access.cast import ITEMS, Item, Somebody
from zinneke.kernel.problem import Problem

Ask = Callable[[Somebody], Any]
Open = Callable[[Somebody, Item], Any]


def marks(answer: Any) -> frozenset[str]:
    """Return the planted words that stand anywhere in an answer."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else repr(answer)
    text = text.lower()
    return frozenset(item.mark for item in ITEMS if item.mark in text)


@dataclass(frozen=True, slots=True)
class Door:
    """One door. `fault` says in a sentence what is wrong with its answer to somebody who should find `expected`, or nothing."""

    name: str
    fault: Callable[[Somebody, frozenset[str]], str]
    subject: str = ""
    edits: bool = False

    def faults(self, cast: Iterable[Somebody]) -> list[str]:
        """Knock as everybody."""
        found = []
        for who in cast:
            expected = who.edits(self.subject) if self.edits else who.sees(self.subject)
            if told := self.fault(who, expected):
                found.append(f"{self.name} as {who.kind}{f' on {self.subject}' if self.subject else ''}: {told}")
        return found


def _compare(found: frozenset[str], expected: frozenset[str]) -> str:
    if leaked := found - expected:
        return f"leaks {', '.join(sorted(leaked))}"
    if lost := expected - found:
        return f"withholds {', '.join(sorted(lost))}"
    return ""


def _answer(ask: Callable[[], Any]) -> Any:
    """Return the answer, or the refusal, which must not tell either."""
    try:
        return ask()
    except Problem as problem:
        assert problem.status in (401, 403, 404), problem.document()
        return problem.document()


def lists(name: str, ask: Ask, subject: str = "", edits: bool = False) -> Door:
    """Return a door that answers with everything somebody may see."""
    return Door(name, lambda who, expected: _compare(marks(_answer(lambda: ask(who))), expected), subject, edits)


def at_most(name: str, ask: Ask, subject: str = "") -> Door:
    """Return a door that may choose what it shows, among what somebody may see."""

    def fault(who: Somebody, expected: frozenset[str]) -> str:
        leaked = marks(_answer(lambda: ask(who))) - expected
        return f"leaks {', '.join(sorted(leaked))}" if leaked else ""

    return Door(name, fault, subject)


def opens(name: str, ask: Open, subject: str = "", edits: bool = False) -> Door:
    """Return a door to one thing at a time: it opens, or it says what it says of a thing that is not there."""

    def fault(who: Somebody, expected: frozenset[str]) -> str:
        found = {item.mark for item in ITEMS if _opened(lambda item=item: ask(who, item))}
        return _compare(frozenset(found), expected)

    return Door(name, fault, subject, edits)


def _opened(ask: Callable[[], Any]) -> bool:
    try:
        answer = ask()
    except Problem as problem:
        assert problem.status in (401, 403, 404), problem.document()
        return False
    if hasattr(answer, "status_code"):
        assert answer.status_code in (200, 204, 401, 403, 404), answer.content[:500]
        return answer.status_code < 300
    return bool(answer)


def changes(name: str, ask: Open, restore: Callable[[Item], Any], subject: str = "") -> Door:
    """Return a door that writes one thing at a time: `ask` says whether it did, `restore` puts it back for the next."""

    def once(who: Somebody, item: Item) -> bool:
        try:
            return bool(ask(who, item))
        finally:
            restore(item)

    return opens(name, once, subject, edits=True)


def counts(name: str, ask: Ask, count: Callable[[frozenset[str]], Any], subject: str = "", edits: bool = False) -> Door:
    """Return a door that answers with a figure: it must be the figure of what somebody may see."""

    def fault(who: Somebody, expected: frozenset[str]) -> str:
        found, due = _answer(lambda: ask(who)), count(expected)
        return "" if found == due else f"says {found!r} where {due!r} is within reach"

    return Door(name, fault, subject, edits)


def silent(name: str, ask: Open, subject: str = "") -> Door:
    """Return a door that is asked for one thing by its word: what should not be seen must leave no trace but the question itself.

    `ask` returns what the door found, without the question.
    """

    def fault(who: Somebody, expected: frozenset[str]) -> str:
        found = frozenset(item.mark for item in ITEMS if item.mark in marks(_answer(lambda item=item: ask(who, item))))
        return _compare(found, expected)

    return Door(name, fault, subject)


def plain(value: Any) -> Any:
    """Return an answer as plain data, so that every field of it is looked at."""
    return msgspec.to_builtins(value, enc_hook=repr)
