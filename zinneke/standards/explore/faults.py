"""Faults as this interface tells them: a code and a message."""

from __future__ import annotations

import msgspec

from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Reply

_CODES = {
    401: "AuthenticationRequiredError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    405: "MethodNotAllowedError",
    413: "PayloadTooLargeError",
    429: "TooManyRequestsError",
    500: "InternalServerError",
}
_ODSQL = "ODSQLError"
_CLAUSES = frozenset({"where", "expression", "group_by", "order_by", "order", "select"})


class Fault(msgspec.Struct):
    """A code and a message."""

    error_code: str
    message: str


def malformed(what: str) -> Problem:
    """Return the answer for a clause that cannot be read or means nothing."""
    return Problem(400, _ODSQL, f"ODSQL query is malformed: {what}.")


def misfit(name: str, what: str) -> Problem:
    """Return the answer for a parameter with a value that it cannot have."""
    return Problem(400, "InvalidRESTParameterError", f"Invalid value for {name} API parameter: {what}", where=name)


def told(problem: Problem, address: str) -> Reply:
    """Return a problem in the form of this interface."""
    code = problem.title if problem.title.endswith("Error") else _CODES.get(problem.status, "")
    if not code:
        code = _ODSQL if problem.extra.get("where") in _CLAUSES else "InvalidRESTParameterError" if problem.status < 500 else "InternalServerError"
    return Reply(msgspec.json.encode(Fault(code, problem.detail or problem.title)), problem.status)
