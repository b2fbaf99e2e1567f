"""The action API of CKAN 2.9 to 2.11, so that whoever wrote a client for it changes a host name and nothing else."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call, Needs, Route
from zinneke.standards.ckan import asking, datastore
from zinneke.standards.ckan.actions import ACTIONS
from zinneke.standards.ckan.envelope import PREFIXES, answer, told

LARGEST = 20_000_000
"""Bytes of the largest body that an action takes."""
LONGEST = 1_000_000
"""Bytes of the largest question to an action that reads."""
_MANY = Annotated[list[str], msgspec.Meta(max_length=100)]


class AskAction(msgspec.Struct, rename={"facet_field": "facet.field"}):
    """An action by its name; its parameters are its own (`help_show` tells them), these may be given several times."""

    action: Annotated[str, msgspec.Meta(max_length=100)]
    fq: _MANY = []
    fq_list: _MANY = []
    facet_field: _MANY = []
    fields: _MANY = []


def get_action(call: Call[AskAction]) -> dict[str, Any]:
    """Do an action of CKAN's that reads, with its parameters in the query string."""
    return _act(call, reading=True)


def post_action(call: Call[AskAction]) -> dict[str, Any]:
    """Do an action of CKAN's, with its parameters as JSON or as a form."""
    return _act(call, reading=False)


def _act(call: Call[AskAction], *, reading: bool) -> dict[str, Any]:
    name = call.ask.action
    action = ACTIONS.get(name)
    if action is None:
        raise Problem(400, "Bad Request", f"Action name not known: {name}")
    if action.writes and reading:
        raise Problem(400, "Bad Request", f"{name} changes something: send it with POST")
    try:
        action.audience.check(call.actor)
        if not action.writes and call.body and len(call.body) > LONGEST:
            raise Problem(413, "Too large", f"A question has at most {LONGEST:,} bytes.")
        return answer(call.base, name, action.call(call, asking.read(action.ask, asking.sent(call))))
    except Problem as problem:
        if problem.status == 401:  # CKAN says 403 to whoever is nobody yet
            raise Problem(403, problem.title, problem.detail) from None
        raise


_SEE = Needs(Right.SEE, "catalogue")
ROUTES = (
    *(
        Route(
            method="GET",
            path=f"{prefix}{{action}}",
            call=get_action,
            audience=_SEE,
            ask=AskAction,
            summary="An action of CKAN's that reads",
            tags=("ckan",),
            fault=told,
        )
        for prefix in PREFIXES
    ),
    *(
        Route(
            method="POST",
            path=f"{prefix}{{action}}",
            call=post_action,
            audience=_SEE,
            ask=AskAction,
            takes=bytes,
            limit=LARGEST,
            summary="An action of CKAN's",
            tags=("ckan",),
            fault=told,
        )
        for prefix in PREFIXES
    ),
    Route(
        method="GET",
        path="/datastore/dump/{id}",
        call=datastore.dump,
        audience=Needs(Right.SEE, "tables"),
        ask=datastore.AskDump,
        media_type="text/csv",
        summary="Rows of a resource as a file",
        tags=("ckan",),
        fault=told,
    ),
)
