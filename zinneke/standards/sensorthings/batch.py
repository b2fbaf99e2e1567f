"""`$batch`: several requests in one, answered one by one, in order; a later one may name what an earlier one created."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import msgspec

from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.sensorthings import address, arrays, reading, writing
from zinneke.standards.sensorthings.reading import ROOT, encoder

MOST = 1_000
WORKS: dict[str, Callable[[Call[Any]], Reply]] = {
    "GET": reading.read_path,
    "POST": writing.create,
    "PATCH": writing.change,
    "PUT": writing.replace,
    "DELETE": writing.remove,
}


class Asked(msgspec.Struct):
    """One request: its id, its method, its address from the root of the service, what it sends."""

    id: str
    method: str
    url: str
    body: Any = None
    atomicityGroup: str | None = None  # noqa: N815  the standard's name


class Batched(msgspec.Struct):
    """The requests of a batch."""

    requests: list[Asked]


class _Path(msgspec.Struct):
    path: str


def answer(call: Call[Any], fault: Callable[[Problem, str], Reply]) -> Reply:
    """Answer each request of a batch. What one of them stored stays stored, whatever becomes of the others; each answer says which."""
    try:
        batch = msgspec.json.decode(call.body, type=Batched)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise wrong(f"The body is not a batch: {problem}. Nothing was stored.") from None
    if len(batch.requests) > MOST:
        raise Problem(413, "Too many requests", f"A batch has {MOST:,} requests at the most; nothing was stored.")
    if any(each.atomicityGroup for each in batch.requests):
        raise Problem(501, "Not offered", "Requests of a batch are not undone together; leave out atomicityGroup. Nothing was stored.")
    made: dict[str, str] = {}
    responses = []
    for each in batch.requests:
        try:
            reply = _one(call, each, made)
        except Problem as problem:
            reply = fault(problem, each.url)
        told: dict[str, Any] = {"id": each.id, "status": reply.status}
        if location := reply.headers.get("Location"):
            told["location"] = location
            made[each.id] = location.removeprefix(f"{call.base}{ROOT}/")
        if isinstance(reply.body, bytes) and reply.body:
            json = "json" in reply.media_type
            told["body"] = msgspec.Raw(reply.body) if json else reply.body.decode()
        responses.append(told)
    return Reply(encoder.encode({"responses": responses}))


def _one(call: Call[Any], each: Asked, made: dict[str, str]) -> Reply:
    work = WORKS.get(each.method.upper())
    if work is None:
        raise Problem(405, "Method not allowed", f"A batch has GET, POST, PATCH, PUT and DELETE, not {each.method[:20]!r}.")
    path, _, query = each.url.removeprefix(call.base + ROOT).removeprefix(ROOT).lstrip("/").partition("?")
    path = unquote(path)
    if path.startswith("$"):
        name, slash, rest = path[1:].partition("/")
        path = f"{_address(made, name, each)}{slash}{rest}"
    inner = Call(
        actor=call.actor,
        ask=_Path(path),
        body=msgspec.json.encode(_named(each.body, made)),
        base=call.base,
        language=call.language,
        headers=call.headers,
        query=query,
    )
    if path == "CreateObservations" and each.method.upper() == "POST":
        return arrays.create(inner)
    return work(inner) if path else reading.read_root(inner)


def _address(made: dict[str, str], name: str, each: Asked) -> str:
    if name not in made:
        raise wrong(f"{each.url[:60]!r} names {name!r}, which no earlier request of the batch created.", where="url")
    return made[name]


def _named(value: Any, made: dict[str, str]) -> Any:
    """Put the ids of what was created in the place of their names."""
    if isinstance(value, list):
        return [_named(each, made) for each in value]
    if isinstance(value, dict):
        number = value.get("@iot.id")
        if isinstance(number, str) and number[:1] == "$" and number[1:] in made:
            return {**value, "@iot.id": address.read(made[number[1:]])[0].id}
        return {name: _named(each, made) for name, each in value.items()}
    return value
