"""How CKAN answers: `{help, success, result}` when it went well, `{help, success, error}` with a `__type` when it did not."""

from __future__ import annotations

from typing import Any

import msgspec

from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Reply

PREFIXES = ("/api/3/action/", "/api/action/")
AUTHORISATION, NOT_FOUND, VALIDATION = "Authorization Error", "Not Found Error", "Validation Error"
_KINDS = {401: AUTHORISATION, 403: AUTHORISATION, 404: NOT_FOUND, 400: VALIDATION, 409: VALIDATION, 413: VALIDATION}
_OWN = ("Search Query Error", "Search Error", "Bad Request")
"""Titles of problems that are names of CKAN's own."""


def helped(base: str, action: str) -> str:
    """Return the address at which an action is explained."""
    return f"{base}{PREFIXES[0]}help_show?name={action}"


def answer(base: str, action: str, result: Any) -> dict[str, Any]:
    """Return an answer in CKAN's envelope."""
    return {"help": helped(base, action), "success": True, "result": result}


def told(problem: Problem, address: str) -> Reply:
    """Tell a fault in CKAN's envelope and with CKAN's status: what is wrong with a value is 409, a query that means nothing 400."""
    kind = problem.title if problem.title in _OWN else _KINDS.get(problem.status, "Internal Server Error" if problem.status >= 500 else "Bad Request")
    sentence = problem.detail or problem.title
    error: dict[str, Any] = {"__type": kind}
    if kind == VALIDATION:
        error[str(problem.extra.get("where") or "message")] = [sentence]
    else:
        error["message"] = f"{_SAID[kind]}: {sentence}" if kind in _SAID else sentence
    base, _, action = address.rpartition("/")
    for prefix in PREFIXES:
        base = base.removesuffix(prefix.rstrip("/"))
    body = {"help": helped(base, action), "success": False, "error": error}
    return Reply(msgspec.json.encode(body), 409 if kind == VALIDATION and problem.status == 400 else problem.status)


_SAID = {AUTHORISATION: "Access denied", NOT_FOUND: "Not found"}
