"""What views ask of a request: who, in which language, and what they may do to what they look at."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from zinneke.kernel.confidentiality import Actor, Level, Right, parts, reach
from zinneke.kernel.problem import not_found
from zinneke.kernel.text import Text, choose
from zinneke.office.knowledge import store
from zinneke.office.knowledge.kinds import KINDS, PATHS, Kind
from zinneke.office.knowledge.sight import SUBJECT, may
from zinneke.office.knowledge.values import Concept, Entry


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks."""
    actor: Actor = request.actor
    return actor


def language_of(request: HttpRequest) -> str:
    """Return the language of the page."""
    return str(request.LANGUAGE_CODE)[:2]


def kind_of(path: str) -> Kind:
    """Return the kind of entries under a part of the address. Raises `Problem` 404."""
    if path not in PATHS:
        raise not_found("page", path)
    return PATHS[path]


def number_of(text: str) -> int:
    """Return a number in an address, 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def may_write(request: HttpRequest) -> bool:
    """Say whether somebody may write entries anywhere, so that the way to it is shown."""
    actor = actor_of(request)
    held = [reach(actor, Right.EDIT, SUBJECT), *parts(actor, Right.EDIT, SUBJECT).values()]
    return any(not each.nothing for each in held)


def may_manage(request: HttpRequest) -> bool:
    """Say whether somebody runs the letters of the whole Region."""
    return reach(actor_of(request), Right.EDIT, SUBJECT).allows(Level.SHARED)


def may_edit(request: HttpRequest, entry: Entry, right: Right = Right.EDIT, level: Level | None = None) -> bool:
    """Say whether a right reaches an entry, so that its buttons are shown; the verbs decide again."""
    draft = entry.draft
    return may(actor_of(request), right, max(draft.level, level or draft.level), draft.area, draft.owner)


def address_of(entry: Entry) -> str:
    """Return the address of an entry's page."""
    return reverse("knowledge-entry", kwargs={"path": KINDS[entry.kind].path, "key": entry.key})


def named(request: HttpRequest, scheme: str, keys: tuple[str, ...]) -> list[Concept]:
    """Return concepts by key, in the order of the keys."""
    held = {concept.key: concept for concept in store.list_concepts(actor_of(request), scheme)}
    return [held[key] for key in keys if key in held]


def title_of(request: HttpRequest, entry: Entry) -> str:
    """Return an entry's title in the language of the page, else in another."""
    return choose(entry.draft.title, language_of(request))[0]


def frame(request: HttpRequest, kind: Kind | None = None, entry: Entry | None = None) -> dict[str, Any]:
    """Return what every page of the room shows: the way back, and what may be done here."""
    language = language_of(request)
    trail = [(words.said_in(language), reverse(name)) for name, words in _WAY]
    if kind:
        name = reverse("knowledge-radar") if kind.key == "technology" else reverse("knowledge-list", kwargs={"path": kind.path})
        trail.append((kind.plural.said_in(language), name))
    if entry:
        trail.append((title_of(request, entry), address_of(entry)))
    return {"trail": trail, "kind": kind, "may_write": may_write(request)}


_WAY = (
    ("office", Text("Politique Smart City", "Smart City-beleid", "Smart city policy")),
    ("knowledge", Text("Connaissances", "Kennis", "Knowledge")),
)
