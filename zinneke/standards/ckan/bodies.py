"""The actions that describe organisations and groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.bodies import Kind
from zinneke.foundations.catalogue.values import Body
from zinneke.foundations.catalogue.vocabularies import THEMES
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.route import Call
from zinneke.standards.ckan import lists
from zinneke.standards.ckan.asking import sent
from zinneke.standards.ckan.describing import texts


class AskBody(msgspec.Struct):
    """An organisation or a group: `name`, `title` (also `title_translated`), `description`."""

    name: str = ""
    id: str = ""
    title: str = ""


def _shown(call: Call[Any], kind: Kind, key: str) -> dict[str, Any]:
    show = lists.organization_show if kind == "organization" else lists.group_show
    return show(call, lists.AskPlace(key))


def _known(call: Call[Any], kind: Kind, key: str) -> Body | None:
    """Return what is known of an organisation or group: as it was described here, else as datasets name it; None for the EU's themes too."""
    if (found := store.list_bodies(call.actor, kind).get(key)) or kind == "group":
        return found
    names = store.publisher_names(call.actor).get(key)
    return None if names is None else Body(key=key, title=names)


def _kept(call: Call[Any], kind: Kind, key: str, fields: dict[str, Any], before: Body | None) -> dict[str, Any]:
    given = {**fields, "title": fields.get("title") or key} if before is None else fields
    title = texts(given, "title", call.language)
    said = texts(given, "description", call.language)
    if before is not None:
        title, said = {**before.title, **title}, {**before.description, **said}
    store.set_body(call.actor, kind, Body(key=key, title=title, description=said))
    return _shown(call, kind, key)


def _create(call: Call[Any], kind: Kind, ask: AskBody) -> dict[str, Any]:
    if not ask.name:
        raise wrong("Missing value", where="name")
    if kind == "group" and ask.name.upper() in THEMES:
        raise wrong(f"{ask.name} is a data theme of the European Union, and here already.", where="name")
    if _known(call, kind, ask.name):
        raise wrong("This name is taken already.", where="name")
    return _kept(call, kind, ask.name, sent(call), None)


def _update(call: Call[Any], kind: Kind, ask: AskBody, *, whole: bool) -> dict[str, Any]:
    key = ask.id or ask.name
    if not key:
        raise wrong("Missing value", where="id")
    if kind == "group" and key.upper() in THEMES:
        store.list_unpublished(call.actor, limit=1)
        return _shown(call, kind, key.lower())  # the European Union names these: what is said of them here is passed over
    before = _known(call, kind, key)
    if before is None:
        raise not_found(kind, key)
    if ask.name and ask.name != key:
        raise wrong("The name never changes, so that links to it hold.", where="name")
    return _kept(call, kind, key, sent(call), Body(key=key, title={} if whole and ask.title else before.title) if whole else before)


def _delete(call: Call[Any], kind: Kind, ask: AskBody) -> None:
    if not (ask.id or ask.name):
        raise wrong("Missing value", where="id")
    store.delete_body(call.actor, kind, ask.id or ask.name)


def _action(kind: Kind, verb: str, what: str) -> Callable[[Call[Any], Any], Any]:
    def act(call: Call[Any], ask: Any) -> Any:
        if verb == "create":
            return _create(call, kind, ask)
        return _delete(call, kind, ask) if verb in ("delete", "purge") else _update(call, kind, ask, whole=verb == "update")

    act.__name__, act.__doc__ = f"{kind}_{verb}", what
    return act


_SAID = {
    "create": "Describe a new {}.",
    "update": "Describe a {} anew.",
    "patch": "Change some of what is said of a {}.",
    "delete": "Forget a {} that nothing belongs to.",
    "purge": "Forget a {} that nothing belongs to.",
}
_KINDS: tuple[Kind, ...] = ("organization", "group")
BODIES = tuple(_action(kind, verb, said.format(kind)) for kind in _KINDS for verb, said in _SAID.items())
"""The actions upon organisations and groups."""
