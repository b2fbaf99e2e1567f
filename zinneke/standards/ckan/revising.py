"""`package_revise`: what must stand in a package, what goes out of it, what comes into it, each by its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from zinneke.foundations.catalogue.values import Dataset, DatasetRow
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import Call
from zinneke.standards.ckan import shape
from zinneke.standards.ckan.asking import Many, Mapped, Upload, many, mapped, read, sent
from zinneke.standards.ckan.describing import describe
from zinneke.standards.ckan.packages import find
from zinneke.standards.ckan.writing import AskPackage, written

Path = tuple[str, ...]
DEEPEST, MOST = 8, 200
"""Steps of a path, and paths of a revision."""
_EXTEND, _LEAST = "extend", 5
"""What follows the name of a list that gets more at its end, and the letters of an id by which a part of a list is known."""
_EMPTY: dict[str, Any] = {"tags": [], "groups": [], "resources": [], "extras": [], "keywords": {}}
_STAYING = ("level", "area", "modified")
"""Extras that nobody takes away by leaving them out."""


class AskRevise(msgspec.Struct):
    """A revision: `match` what must stand there (`id` or `name` among it), `filter` what goes or stays, `update` what comes, `include` what is told.

    Each can be written by its path, too: `match__name`, `update__resources__0__format`, `update__tags__extend`.
    """

    match: Mapped = ""
    filter: Many = ""
    update: Mapped = ""
    include: Many = ""


def package_revise(call: Call[Any], ask: AskRevise) -> dict[str, Any]:
    """Change parts of a package if it is as the asker believes, all or nothing; what another changed in the meantime is not undone."""
    fields = sent(call)
    match, update = _asked("match", ask.match, fields), _asked("update", ask.update, fields)
    name = next((str(value) for path, value in match if path in (("id",), ("name",)) and value), "")
    if not name:
        raise wrong("Name the package by its id or name, as in match__name.", where="match")
    held = find(call.actor, name)
    package = shape.package(held, call.base, call.language)
    for path, value in match:
        if not _holds(_at(package, path), value):
            raise wrong(f"{'__'.join(path)} is not as said, so nothing was changed.", where="match")
    revised = _kept(package, patterns(ask.filter), ())
    for path, value in update:
        _put(revised, path, value)
    changed = _changed(held, package, revised)
    asked = {"name": held.key, **{name: value for name, value in changed.items() if value is not None}, "id": held.key}
    row = describe(call, _emptied(held.row, changed), changed)
    return {"package": _kept(written(call, read(AskPackage, asked), held, row), patterns(ask.include), ())}


def _changed(held: Dataset, package: Mapping[str, Any], revised: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that a revision changes, emptied where it takes them away, with those that say one thing together with them.

    The others stay as they are held: a package says less than a dataset, so that writing one back whole would lose something.
    """
    names = [name for name in {**package, **revised} if revised.get(name) != package.get(name)]
    found: dict[str, Any] = {name: revised.get(name, _EMPTY.get(name)) for name in names}
    for plain, spoken in (("title", "title_translated"), ("notes", "notes_translated")):
        if plain in found:
            found.setdefault(spoken, revised.get(spoken))
        elif spoken in found and not found[spoken]:
            found[plain] = revised.get(plain)
    if "title" in found and not (found["title"] or found["title_translated"]):
        found["title"] = held.key
    for one, other in (("maintainer", "maintainer_email"), ("maintainer_email", "maintainer"), ("owner_org", "organization")):
        if one in found:
            found.setdefault(other, revised.get(other))
    if isinstance(listed := found.get("extras"), list):
        gone = _keys(package["extras"]) - _keys(listed) - {*_STAYING}
        found["extras"] = [*(each for each in listed if each not in package["extras"]), *({"key": key, "value": ""} for key in sorted(gone))]
    return found


def _keys(extras: Sequence[Any]) -> set[str]:
    return {str(each.get("key")) for each in extras if isinstance(each, dict)}


def _emptied(row: DatasetRow, changed: Mapping[str, Any]) -> DatasetRow:
    """Return a dataset without what a revision takes away and no empty field can say."""
    if {"key": "issued", "value": ""} in changed.get("extras", ()):
        row = msgspec.structs.replace(row, issued=None)
    return msgspec.structs.replace(row, page="") if "url" in changed and not changed["url"] else row


def _asked(name: str, given: Mapped, fields: Mapping[str, Any]) -> list[tuple[Path, Any]]:
    """Return what is said under a name, by path: in an object, or in parameters of their own."""
    found: list[tuple[Path, Any]] = [((key,), value) for key, value in mapped(given, name).items()]
    for key, value in fields.items():
        if key.startswith(f"{name}__"):
            if isinstance(value, Upload):
                raise wrong("Send the rows with resource_patch: a revision takes no file.", where=key)
            found.append((tuple(key.split("__")[1:]), _decoded(value)))
    paths = [(tuple(part for step in path for part in step.split("__")), value) for path, value in found]
    if len(paths) > MOST or any(len(path) > DEEPEST for path, _value in paths):
        raise wrong(f"A revision has at most {MOST} paths of {DEEPEST} steps.", where=name)
    return paths


def _decoded(value: Any) -> Any:
    """Return what a form says in JSON, any other text as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return value
    return value


def _place(listed: Sequence[Any], step: str, path: Path) -> int:
    """Return the place in a list that a step means: a number, or how an id begins."""
    if step.isascii() and step.isdigit() and len(step) < _LEAST:
        place = int(step)
    else:
        alike = (number for number, each in enumerate(listed) if isinstance(each, dict) and str(each.get("id", "")).startswith(step))
        place = next(alike, -1) if len(step) >= _LEAST else -1
    if not 0 <= place < len(listed):
        raise wrong(f"There is no {'__'.join(path)}: write a place, or an id from its first {_LEAST} letters on.", where=path[0])
    return place


def _at(node: Any, path: Path) -> Any:
    for step in path:
        node = node[_place(node, step, path)] if isinstance(node, list) else node.get(step) if isinstance(node, dict) else None
    return node


def _holds(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_holds(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) >= len(wanted) and all(map(_holds, found, wanted))
    return bool(found == wanted)


def _put(package: dict[str, Any], path: Path, value: Any) -> None:
    """Put a value where a path leads; an object is laid over what stands there."""
    node: Any = package
    for step in path[:-1]:
        if isinstance(node, dict):
            node = node.setdefault(step, [] if path[-1] == _EXTEND and step == path[-2] else {})
        elif isinstance(node, list):
            node = node[_place(node, step, path)]
        else:
            raise wrong(f"{'__'.join(path)} leads through a value that has no parts.", where=path[0])
    last = path[-1]
    if isinstance(node, list) and last == _EXTEND:
        if not isinstance(value, list):
            raise wrong("What a list gets more of is a list.", where=path[0])
        node.extend(value)
        return
    if not isinstance(node, dict | list):
        raise wrong(f"{'__'.join(path)} leads through a value that has no parts.", where=path[0])
    key: Any = _place(node, last, path) if isinstance(node, list) else last
    before = node[key] if isinstance(node, list) else node.get(key)
    node[key] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value


Pattern = tuple[bool, Path]


def patterns(given: Many) -> list[Pattern]:
    """Return paths with stars, each with whether it keeps (`+`) or takes away (`-`). Raises `Problem` 400 for one that says neither."""
    found = []
    for each in many(given):
        if each[:1] not in ("+", "-"):
            raise wrong(f"{each[:60]!r} says neither + nor -. Write +title, or -resources__0.", where="filter")
        found.append((each[0] == "+", tuple(each[1:].strip().split("__"))))
    if len(found) > MOST or any(len(path) > DEEPEST for _keeps, path in found):
        raise wrong(f"A revision has at most {MOST} paths of {DEEPEST} steps.", where="filter")
    return found


def _kept(node: Any, said: Sequence[Pattern], path: tuple[Path, ...]) -> Any:
    """Return a node without what the first pattern that fits takes away; what was said to stay before that stays, with what leads to it."""
    if not said or not isinstance(node, dict | list):
        return deepcopy(node)
    kept = []
    for key, value, names in _parts(node):
        here = (*path, names)
        first = next(((number, keeps) for number, (keeps, each) in enumerate(said) if len(each) == len(here) and _fits(each, here)), None)
        if first is None:
            kept.append((key, _kept(value, said, here)))
        elif first[1]:
            kept.append((key, deepcopy(value)))
        else:
            inner = [each for each in said[: first[0]] if each[0] and len(each[1]) > len(here) and _fits(each[1][: len(here)], here)]
            if inner:
                kept.append((key, _kept(value, [*inner, *((False, (*each[1][:-1], "*")) for each in inner)], here)))
    return [value for _key, value in kept] if isinstance(node, list) else dict(kept)


def _parts(node: Any) -> Iterator[tuple[Any, Any, Path]]:
    """Yield the parts of an object or a list: the key, the value, and the names by which a path may call it."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield name, value, (name,)
    else:
        for place, value in enumerate(node):
            own = str(value.get("id", "")) if isinstance(value, dict) else ""
            yield place, value, (str(place), own)


def _fits(pattern: Path, path: Sequence[Path]) -> bool:
    return all(
        any(fnmatchcase(name, step) or (len(step) >= _LEAST and name.startswith(step) and name is not names[0]) for name in names if name)
        for step, names in zip(pattern, path, strict=True)
    )
