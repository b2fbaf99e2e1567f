"""Doors as data: a `Route` for machines, a `Page` for people, a `verb` for what a store does.

The adapters, the OpenAPI page, the logs, the access-matrix test and the generated reference all read these tables.
"""

from __future__ import annotations

import inspect
import os
import time
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Generic, Literal, ParamSpec, TypeVar

from zinneke.kernel.confidentiality import ANONYMOUS, Actor, Right, demand_any, refusal
from zinneke.kernel.pending import Pending
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
READERS = max(2, os.cpu_count() or 2)
"""Threads that answer questions at the machines' door: more of them at once only pass the interpreter's lock around."""
Shelf = Literal["", "aims", "doing", "together", "knowing", "data"]
"""Under which heading of the Smart City Office a page stands: what is wanted, what is done, with whom, what is known, the data."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The rule of a door: which right on which subject one must hold somewhere to pass it at all.

    What lies behind is decided again, thing by thing, inside the query.
    """

    right: Right
    subject: str

    def check(self, actor: Actor) -> None:
        """Refuse whoever holds the right nowhere (Problem 401 or 403)."""
        demand_any(actor, self.right, self.subject)


class Everyone:
    """The rule of a door that is open whatever happens: health, sign-in, the index, style sheets."""

    right = Right.SEE
    subject = "door"

    def check(self, actor: Actor) -> None:
        """Let everybody pass."""


class Known:
    """The rule of a door behind which everybody finds only what is their own: whoever is signed in may pass."""

    right = Right.SEE
    subject = "account"

    def check(self, actor: Actor) -> None:
        """Refuse visitors (Problem 401)."""
        if not actor.known:
            raise refusal(actor, self.right, self.subject)


Audience = Needs | Known | Everyone
EVERYONE = Everyone()
KNOWN = Known()


@dataclass(slots=True)
class Call(Generic[A]):
    """One request as a route's function sees it: who asks, what was asked (`ask`), what was sent (`body`).

    `ask` is the route's `ask` Struct filled from path and query; `body` is the `takes` Struct, or the raw bytes when
    `takes` is `bytes`; `base` is the public address of this platform without a trailing slash; `client` the address that the request came from, to be
    counted and never kept; `came` the microseconds since 1970 at which it was whole, the same however often it is begun again.
    """

    actor: Actor
    ask: A
    body: Any = None
    base: str = ""
    language: str = "en"
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    client: str = ""
    came: int = field(default_factory=lambda: time.time_ns() // 1000)


@dataclass(slots=True)
class Reply:
    """An answer that is not simply a 200 with JSON: bytes or a stream of bytes, a status, a media type, headers.

    A stream that mostly waits is an `AsyncIterable`: it holds no thread, and is closed when the other side leaves or no longer reads.
    """

    body: bytes | Iterable[bytes] | AsyncIterable[bytes] = b""
    status: int = 200
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Later:
    """An answer that is on its way: when `done` has come, `told` makes the answer of it, or raises. Nobody keeps a thread for it meanwhile.

    `told` may return None to leave it to the route's `call` after all, which then finds what was done already.
    """

    done: Pending[Any]
    told: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A machine's door. `call` takes a `Call` and returns a Struct, plain data, or a `Reply`.

    `slow` is True when the call may touch a disk or compute: it then runs in a worker thread, not in the event loop. One that is not slow
    answers from memory and changes nothing, so that it can be begun again in a thread the once that it needs the records.
    `quick` is tried first when the body is small, in the event loop: it waits for nothing, and returns an answer, or one that comes
    `Later`, or None to leave it to `call`; it does nothing before it knows which.
    `limit` is the largest body in bytes. `summary` is the line in the OpenAPI page; the docstring of `call` the rest.
    `fault` is for a standard that tells faults in a form of its own: it takes the problem and the address that was asked, and returns
    the whole answer, whatever went wrong at this door, before the call or in it. None tells them as problem documents (RFC 9457).
    """

    method: Method
    path: str
    call: Callable[[Call[Any]], Any]
    audience: Audience
    ask: type | None = None
    takes: Any = None
    gives: Any = None
    slow: bool = True
    quick: Callable[[Call[Any]], Later | Reply | None] | None = None
    limit: int = 1_000_000
    summary: str = ""
    status: int = 200
    tags: tuple[str, ...] = ()
    media_type: str = "application/json"
    conformance: tuple[str, ...] = ()
    fault: Callable[[Problem, str], Reply] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """How a page introduces itself where pages are listed: in the search, and where it has a `shelf`, on the page of the office.

    `rank` is its place on the shelf, from the left: 1 is first.
    """

    icon: str
    title: Text
    about: Text
    shelf: Shelf = ""
    rank: int = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A people's door: a Django view under `/fr/`, `/nl/` and `/en/`, by name. `view` takes (request, **path values).

    `sample` gives path values with which tests can open it; `localised` False puts it outside the language prefix.
    `front` is for the pages at which people begin: it lists them in the search and on the page of their storey.
    """

    name: str
    path: str
    view: Callable[..., Any]
    audience: Audience
    localised: bool = True
    sample: Mapping[str, str] | None = None
    front: Front | None = None


@dataclass(frozen=True, slots=True)
class Verb:
    """What a store does, as the registry of the access matrix keeps it."""

    name: str
    right: Right
    subject: str
    function: Callable[..., Any]


VERBS: dict[str, Verb] = {}
"""Every verb of every store that was imported, by `module.name`."""


def verb(right: Right, subject: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a store's verb: its first argument is the actor, who must hold `right` on `subject` somewhere.

    The verb itself then carries the actor's reach inside its query. A public function of a store without this fails
    the access-matrix test.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        if next(iter(inspect.signature(function).parameters), "") != "actor":
            raise TypeError(f"{function.__qualname__}: the first argument of a verb is the actor")

        @wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = args[0] if args else kwargs.get("actor", ANONYMOUS)
            assert isinstance(actor, Actor)
            demand_any(actor, right, subject)
            return function(*args, **kwargs)

        VERBS[f"{function.__module__}.{function.__name__}"] = Verb(function.__name__, right, subject, guarded)
        return guarded

    return declare
