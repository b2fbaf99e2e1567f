"""JSON Patch (RFC 6902) over the members of an entity; what comes of it is the document of a change."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from zinneke.kernel.problem import Problem, wrong

MOST = 200


def patched(before: dict[str, Any], operations: list[Any]) -> dict[str, Any]:
    """Return the members that the operations changed. Raises `Problem` 400, or 409 when a test fails."""
    if len(operations) > MOST:
        raise wrong(f"A patch has {MOST} operations at the most.")
    document, touched = dict(before), set()
    for operation in operations:
        if not isinstance(operation, dict) or not isinstance(operation.get("path"), str):
            raise wrong("Each operation of a patch is an object with op and path.")
        steps = _steps(operation["path"])
        _apply(document, steps, operation)
        if operation.get("op") != "test":
            touched.add(steps[0])
    return {name: document.get(name) for name in touched}


def _steps(pointer: Any) -> list[str]:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in str(pointer).split("/")[1:]]
    if not steps:
        raise wrong(f"A patch names members, such as /name; {str(pointer)[:40]!r} names none.", where="path")
    return steps


def _apply(document: dict[str, Any], steps: list[str], operation: dict[str, Any]) -> None:
    name, path = operation.get("op"), operation["path"]
    if name in ("move", "copy"):
        source = _steps(operation.get("from", ""))
        value = deepcopy(_get(document, source, str(operation.get("from"))))
        if name == "move":
            _remove(document, source, path)
        _put(document, steps, value, path, new=True)
    elif name in ("add", "replace"):
        if "value" not in operation:
            raise wrong(f"{name} has no value.", where=path)
        if name == "replace":
            _get(document, steps, path)
        _put(document, steps, operation["value"], path, new=name == "add")
    elif name == "remove":
        _remove(document, steps, path)
    elif name == "test":
        if _get(document, steps, path) != operation.get("value"):
            raise Problem(409, "It has changed", f"{path} is not what the patch expects. Read it again. Nothing was changed.")
    else:
        raise wrong(f"A patch has add, remove, replace, move, copy and test, not {str(name)[:20]!r}.", where="op")


def _get(document: Any, steps: list[str], path: str) -> Any:
    here = document
    for step in steps:
        if isinstance(here, dict) and step in here:
            here = here[step]
        elif isinstance(here, list) and step.isdigit() and int(step) < len(here):
            here = here[int(step)]
        else:
            raise wrong(f"There is nothing at {path}. Nothing was changed.", where=path)
    return here


def _put(document: dict[str, Any], steps: list[str], value: Any, path: str, new: bool) -> None:
    here = _get(document, steps[:-1], path)
    if isinstance(here, dict):
        here[steps[-1]] = value
    elif isinstance(here, list) and (steps[-1] == "-" or (steps[-1].isdigit() and int(steps[-1]) <= len(here))):
        at = len(here) if steps[-1] == "-" else int(steps[-1])
        if new:
            here.insert(at, value)
        else:
            here[at] = value
    else:
        raise wrong(f"Nothing can be put at {path}. Nothing was changed.", where=path)


def _remove(document: dict[str, Any], steps: list[str], path: str) -> None:
    here = _get(document, steps[:-1], path)
    _get(here, steps[-1:], path)
    del here[int(steps[-1]) if isinstance(here, list) else steps[-1]]
