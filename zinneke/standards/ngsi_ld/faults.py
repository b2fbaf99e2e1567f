"""Faults as this standard tells them: a problem document whose type says which of its errors it is."""

from __future__ import annotations

from typing import Any

import msgspec

from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Reply

ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"
_BY_STATUS = {
    400: "BadRequestData",
    404: "ResourceNotFound",
    405: "OperationNotSupported",
    409: "AlreadyExists",
    422: "OperationNotSupported",
    500: "InternalError",
    501: "NoMultiTenantSupport",
    503: "TooComplexQuery",
    504: "LdContextNotAvailable",
}
_STATUS = {"TooComplexQuery": 403, "TooManyResults": 403}


def told(problem: Problem) -> dict[str, Any]:
    """Return a problem as a document of this standard."""
    code = problem.extra.get("code") or _BY_STATUS.get(problem.status)
    document = {**{name: value for name, value in problem.extra.items() if name != "code"}, **problem.document()}
    document.pop("code", None)
    return {**document, "type": ERRORS + code if code else "about:blank", "status": status(problem)}


def status(problem: Problem) -> int:
    """Return the status with which a problem is told."""
    return _STATUS.get(problem.extra.get("code", ""), problem.status)


def fault(problem: Problem, address: str) -> Reply:
    """Answer with a problem."""
    return Reply(msgspec.json.encode(told(problem)), status(problem), "application/json")


def invalid(detail: str, **extra: Any) -> Problem:
    """Return the answer for a request that is wrong in its form rather than in its data."""
    return Problem(400, "The request needs a correction", detail, code="InvalidRequest", **extra)
