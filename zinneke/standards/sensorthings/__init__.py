"""OGC SensorThings API 1.1: the things, streams and observations of the house at `/sta/v1.1`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call, Method, Needs, Reply, Route
from zinneke.standards.sensorthings import arrays, batch, latest, reading, receiving, telling, writing

SEE, EDIT = Needs(Right.SEE, "observations"), Needs(Right.EDIT, "observations")
LARGEST = 16_000_000
TAGS = ("SensorThings API",)
TOPICS, TELLINGS = receiving.TOPICS, telling.TELLINGS


WRITING: tuple[tuple[Method, Callable[[Call[Any]], Reply], str], ...] = (
    ("POST", writing.create, "SensorThings API: create an entity, with all that hangs on it"),
    ("PATCH", writing.change, "SensorThings API: change an entity"),
    ("PUT", writing.replace, "SensorThings API: replace an entity"),
    ("DELETE", writing.remove, "SensorThings API: delete an entity"),
)


class AskPath(msgspec.Struct):
    """An address inside the service; the options (`$filter`, `$expand` …) stand in the query."""

    path: str


def fault(problem: Problem, address: str) -> Reply:
    """Tell a fault as services of SensorThings do: code, type and message, and where, when it is known."""
    message = f"{problem.title}: {problem.detail}" if problem.detail else problem.title
    told = {"code": problem.status, "type": "error", "message": message, **problem.extra}
    return Reply(reading.encoder.encode(told), problem.status)


def answer_batch(call: Call[None]) -> Reply:
    """Answer several requests in one (JSON), in order; a later one may name what an earlier one created: `$id`."""
    return batch.answer(call, fault)


ROUTES = (
    Route(
        method="GET",
        path=reading.ROOT,
        call=reading.read_root,
        audience=SEE,
        summary="SensorThings API: the sets of entities",
        tags=TAGS,
        fault=fault,
        conformance=reading.CONFORMANCE,
    ),
    Route(
        method="GET",
        path=reading.ROOT + "/{path:path}",
        call=reading.read_path,
        quick=latest.answer,
        audience=SEE,
        ask=AskPath,
        summary="SensorThings API: entities, links and properties",
        tags=TAGS,
        fault=fault,
    ),
    Route(
        method="POST",
        path=reading.ROOT + "/CreateObservations",
        call=arrays.create,
        audience=EDIT,
        takes=bytes,
        status=201,
        limit=LARGEST,
        summary="SensorThings API: store observations sent as data arrays",
        tags=TAGS,
        fault=fault,
    ),
    Route(
        method="POST",
        path=reading.ROOT + "/$batch",
        call=answer_batch,
        audience=EDIT,
        takes=bytes,
        limit=LARGEST,
        summary="SensorThings API: several requests in one",
        tags=TAGS,
        fault=fault,
    ),
    *(
        Route(
            method=method,
            path=reading.ROOT + "/{path:path}",
            call=work,
            quick=writing.observe if method == "POST" else None,
            audience=EDIT,
            ask=AskPath,
            takes=bytes if method != "DELETE" else None,
            status=201 if method == "POST" else 200,
            limit=LARGEST,
            summary=summary,
            tags=TAGS,
            fault=fault,
        )
        for method, work, summary in WRITING
    ),
)
