"""`$batch`: several requests in one, in order, as multipart/mixed or as JSON, in the two forms of OData.

A later request may name what an earlier one created. A change set, or an atomicity group, is done whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any
from urllib.parse import unquote

import msgspec

from zinneke.foundations.observations import store
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.sensorthings import address, arrays, multipart, reading, writing
from zinneke.standards.sensorthings.multipart import Asked
from zinneke.standards.sensorthings.reading import ROOT, encoder

MOST = 1_000
WORKS: dict[str, Callable[[Call[Any], writing.Writing], Reply]] = {
    "POST": writing.create,
    "PATCH": writing.change,
    "PUT": writing.replace,
    "DELETE": writing.remove,
}
Fault = Callable[[Problem, str], Reply]
Done = list[tuple[Asked, Reply]]


class Batched(msgspec.Struct):
    """The requests of a batch, as JSON."""

    requests: list[Asked]


class _Path(msgspec.Struct):
    path: str


class _Failed(Exception):  # noqa: N818  what ends a group, and where
    def __init__(self, at: int, problem: Problem) -> None:
        self.at, self.problem = at, problem


def answer(call: Call[Any], fault: Fault) -> Reply:
    """Answer each request of a batch. What one of them stored stays stored, whatever becomes of those outside its group; each answer says which."""
    media = call.headers.get("content-type", "")
    mixed = media.lower().startswith("multipart/mixed")
    requests = multipart.read(call.body, media) if mixed else _read(call.body)
    if len(requests) > MOST:
        raise Problem(413, "Too many requests", f"A batch has {MOST:,} requests at the most; nothing was stored.")
    ids = [each.id for each in requests if each.id]
    if len(set(ids)) < len(ids):
        raise wrong("Two requests of the batch have the same id. Nothing was stored.", where="id")
    made: dict[str, str] = {}
    done = [each for group in _groups(requests) for each in _answered(call, group, made, fault)]
    return multipart.written(done) if mixed else Reply(encoder.encode({"responses": [_told(*each) for each in done]}))


def _read(body: bytes) -> list[Asked]:
    try:
        return msgspec.json.decode(body, type=Batched).requests
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise wrong(f"The body is not a batch: {problem}. Nothing was stored.") from None


def _groups(requests: Iterable[Asked]) -> Iterator[list[Asked]]:
    """Yield requests that belong together; those without a group alone. Raises `Problem` 400 for a group in two places."""
    known = set()
    for group, members in groupby(requests, lambda each: each.atomicityGroup):
        if group is None:
            yield from ([each] for each in members)
            continue
        if group in known:
            raise wrong(f"The requests of the group {group[:60]!r} do not follow one another. Nothing was stored.", where="atomicityGroup")
        known.add(group)
        yield list(members)


def _answered(call: Call[Any], group: list[Asked], made: dict[str, str], fault: Fault) -> Done:
    """Answer what belongs together: of a group that failed, the request that did says why, the others that it did."""
    if group[0].atomicityGroup is None:
        try:
            return [(group[0], _one(call, group[0], made))]
        except Problem as problem:
            return [(group[0], fault(problem, group[0].url))]
    before, done = dict(made), list[tuple[Asked, Reply]]()

    def work(by: writing.Writing) -> None:
        for at, each in enumerate(group):
            try:
                done.append((each, _one(call, each, made, by)))
            except Problem as problem:
                raise _Failed(at, problem) from None

    try:
        store.write_together(call.actor, work)
    except (_Failed, Problem) as failed:
        made.clear()
        made.update(before)
        at, why = (failed.at, failed.problem) if isinstance(failed, _Failed) else (len(group) - 1, failed)
        other = Problem(424, "Not done", "Another request of its group failed. Nothing of the group was stored.")
        return [(each, fault(why if place == at else other, each.url)) for place, each in enumerate(group)]
    return done


def _one(call: Call[Any], each: Asked, made: dict[str, str], by: writing.Writing | None = None) -> Reply:
    method = each.method.upper()
    if method not in WORKS and (method != "GET" or by is not None):
        raise Problem(405, "Method not allowed", f"A batch has GET, POST, PATCH, PUT and DELETE, a group no GET; not {each.method[:20]!r}.")
    path, _, query = each.url.removeprefix(call.base + ROOT).removeprefix(ROOT).lstrip("/").partition("?")
    path = unquote(path)
    if path.startswith("$"):
        name, slash, rest = path[1:].partition("/")
        path = f"{_address(made, name, each)}{slash}{rest}"
    body = each.body if isinstance(each.body, bytes) else msgspec.json.encode(each.body)
    if made and b"$" in body:
        body = msgspec.json.encode(_named(writing.decoded(body), made))
    headers = {**call.headers, "content-type": "application/json"}
    inner = Call(actor=call.actor, ask=_Path(path), body=body, base=call.base, language=call.language, headers=headers, query=query)
    if method == "GET":
        return reading.read_path(inner) if path else reading.read_root(inner)
    if path == "CreateObservations":
        if method != "POST" or by is not None:
            raise Problem(405, "Method not allowed", "CreateObservations is for POST, outside of a group.")
        return arrays.create(inner)
    reply = WORKS[method](inner, by or store)
    if each.id and (location := reply.headers.get("Location")):
        made[each.id] = location.removeprefix(f"{call.base}{ROOT}/")
    return reply


def _told(each: Asked, reply: Reply) -> dict[str, Any]:
    told: dict[str, Any] = {"id": each.id, "status": reply.status}
    if each.atomicityGroup is not None:
        told["atomicityGroup"] = each.atomicityGroup
    if location := reply.headers.get("Location"):
        told["location"] = location
    if isinstance(reply.body, bytes) and reply.body:
        told["body"] = msgspec.Raw(reply.body) if "json" in reply.media_type else reply.body.decode()
    return told


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
