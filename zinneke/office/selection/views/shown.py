"""What several pages show: who may do what, numbers read from forms, and the words for conditions that contradict one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zinneke.kernel.confidentiality import Actor, Right, parts, reach
from zinneke.kernel.text import choose
from zinneke.office.selection.rights import SUBJECT
from zinneke.office.selection.values import Texts
from zinneke.office.selection.words import CLAUSES


def language() -> str:
    """Return the language of the page."""
    return (get_language() or "en")[:2]


def plain(texts: Texts) -> str:
    """Return a text that came from outside in the language of the page, or the next best."""
    return choose(texts, language())[0]


def may(request: HttpRequest, exercise: str = "") -> dict[str, bool]:
    """Say what whoever looks may do here, so that the page offers nothing that a verb would refuse."""
    actor: Actor = request.actor

    def holds(right: Right) -> bool:
        own = parts(actor, right, SUBJECT).get(f"{SUBJECT}.{exercise}") if exercise else None
        return not reach(actor, right, SUBJECT).nothing or bool(own and not own.nothing)

    return {"may_edit": holds(Right.EDIT), "may_decide": holds(Right.COMMAND)}


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way down to a page: the office, the selection, and what follows as (words, address)."""
    return [(_("Smart city policy"), reverse("office")), (_("Selection of projects"), reverse("selection")), *steps]


def said_quarter(number: int) -> str:
    """Return a quarter as people write it: T1 2027, K1 2027, Q1 2027."""
    letter = {"fr": "T", "nl": "K"}.get(language(), "Q")
    return f"{letter}{number % 4 + 1}\u00a0{number // 4}"


def whole(text: str, otherwise: int) -> int:
    """Return a whole number from an address, or another where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def say_clauses(clauses: Iterable[tuple[str, tuple[str, ...]]], names: Mapping[str, str]) -> list[str]:
    """Return conditions as sentences, with the options by name."""
    found = []
    for kind, keys in clauses:
        called = [names.get(key, key) for key in keys]
        words = CLAUSES[kind].said_in(language())
        found.append(words.format(" → ".join(called)) if kind == "cycle" else words.format(*called, "", ""))
    return found


def names_of(options: Iterable[Any]) -> dict[str, str]:
    """Return the name of each option by key, in the language of the page."""
    return {each.key: plain(each.row.name) for each in options}
