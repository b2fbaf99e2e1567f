"""Registered sources asked along: what they hold of an entity is told with what the house holds.

One that fails is named, and delays nobody twice; of those who ask, only some wait for sources at a time, so that everybody else is answered.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from zinneke.foundations import fetching
from zinneke.foundations.fetching import Fetcher
from zinneke.foundations.identity import memory
from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.keeping import is_over
from zinneke.foundations.observations.attributes.values import Found, Linked, Wanted
from zinneke.kernel.confidentiality import ANONYMOUS, Actor
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import READERS, Call
from zinneke.standards.ngsi_ld import fragments, registrations
from zinneke.standards.ngsi_ld.contexts import ROOT, Context
from zinneke.standards.ngsi_ld.discovering import Sought
from zinneke.standards.ngsi_ld.merged import Part, merge
from zinneke.standards.ngsi_ld.registrations import host, is_current, may_hold
from zinneke.standards.ngsi_ld.talk import JSON, MOST, Options

SECONDS = registrations.WAITS
MOST_SOURCES, MOST_HOPS, MOST_BYTES, LONGEST_VIA = 16, 10, 5_000_000, 2_000
READING = frozenset({"federationOps", "associationOps", "retrieveOps", "redirectionOps", "retrieveEntity", "queryEntity"})
FORWARDED = frozenset({"type", "id", "idPattern", "attrs", "q", "scopeQ", "georel", "geometry", "coordinates", "geoproperty", "expandValues"})
_pool = ThreadPoolExecutor(MOST_SOURCES, "sources")
SENT = frozenset({"type", "@context", "entities", "attrs", "q", "scopeQ", "geoQ", "expandValues"})
"""Of a question, in an address or sent, what is handed on: which entities are meant, not how they are told."""
BATCH = frozenset({"federationOps", "associationOps", "queryBatch"})
"""What a source offers that takes questions that are sent."""
_turns = threading.BoundedSemaphore(READERS // 2)
"""Who may wait for sources at a time: each keeps a thread of the door, and the others answer meanwhile."""
AWAY = frozenset({"Not reached", "Not found", "Too slow"})
_resting: dict[str, float] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Question:
    """What sources are asked: at which address below theirs, with which body where there is one."""

    path: str
    body: bytes = b""
    media: str = JSON


@dataclass(slots=True)
class Asking:
    """One request, the sources that may be asked, and what is found out on the way: `warnings` name those that did not answer."""

    actor: Actor
    context: Context
    link: str
    via: str
    sources: list[dict[str, Any]]
    warnings: list[str] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        """Return what is told of an answer that is not whole."""
        told = [f'199 zinneke "{each}"' for each in dict.fromkeys(self.warnings)]
        return {"NGSILD-Warning": ", ".join(told)} if told else {}


def alias(base: str) -> str:
    """Return the name by which this source is known to others."""
    return urlsplit(base).hostname or "zinneke"


def begin(
    call: Call[Any], asked: Options, context: Context, wanted: frozenset[str] = READING, documents: list[dict[str, Any]] | None = None
) -> Asking | None:
    """Return a request with which sources are to be asked: these, or those that offer any of what is `wanted`.

    None when there are none, or it goes no further.
    """
    if asked.truth("local") or not (found := unmet(call, sources(wanted) if documents is None else documents)):
        return None
    via = onward(call)
    return None if via is None else Asking(call.actor, context, call.headers.get("link", ""), via, found)


def onward(call: Call[Any]) -> str | None:
    """Return the `Via` with which a request goes on; None for one that came through us already, or through too many."""
    via, ours, hops = call.headers.get("via", ""), alias(call.base), _hops(call)
    if len(via) > LONGEST_VIA or not (via.isascii() and via.isprintable()) or len(hops) >= MOST_HOPS or ours in map(_broker, hops):
        return None
    return ", ".join([*hops, f"1.1 {ours}"])


def unmet(call: Call[Any], documents: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those of these sources through which a request did not come, by the names by which they say that they are known."""
    met = set(map(_broker, _hops(call)))
    return [each for each in documents if each.get("contextSourceAlias") not in met]


def _hops(call: Call[Any]) -> list[str]:
    return [each.strip() for each in call.headers.get("via", "").split(",") if each.strip()]


def _broker(hop: str) -> str:
    """Return the name of a broker in one of the hops of `Via`."""
    return hop.partition(" ")[2].partition(" ")[0]


def sources(wanted: frozenset[str] = READING) -> list[dict[str, Any]]:
    """Return the registrations of sources that tell how things are, and offer any of what is wanted."""
    return [each for each in registered() if is_current(each) and wanted & set(each.get("operations", ["federationOps"]))]


def registered() -> list[dict[str, Any]]:
    """Return the registrations of sources that hold, remembered for seconds."""
    kept = memory.remember("ngsi-ld", "sources", lambda: ([each.document for each in verbs.list_kept(ANONYMOUS, "source")], 60.0))
    return [each for each in kept or () if not is_over(each)]


def forget() -> None:
    """Forget which sources failed."""
    with _lock:
        _resting.clear()


def from_parameters(asked: Options, names: frozenset[str] = FORWARDED) -> Question:
    """Return the question that sources are asked for one in an address: which entities, not how they are told."""
    given = {name: value for name, value in asked.given.items() if name in names}
    return Question(f"/entities?{urlencode({**given, 'limit': MOST})}")


def from_query(call: Call[Any], names: frozenset[str] = SENT) -> Question:
    """Return the question that sources are asked for one that is sent."""
    sent: dict[str, Any] = msgspec.json.decode(call.body)
    body = msgspec.json.encode({name: value for name, value in sent.items() if name in names})
    return Question(f"/entityOperations/query?limit={MOST}", body, call.headers.get("content-type", JSON))


def retrieved(asking: Asking, entity: str, local: Linked | None) -> Linked | None:
    """Return an entity with what sources hold of it."""
    types = frozenset(local.types) if local else frozenset[str]()
    chosen = [each for each in asking.sources if any(may_hold(info, types, {entity}) for info in each["information"])]
    answers = ask(asking, chosen, Question(f"/entities/{quote(entity, safe=':')}"))
    parts = [part for document, sent in answers for part in _parts(asking, document, [sent]) if part.entity.id == entity]
    return merge(local, parts, taken(chosen, local.types if local else (), entity))


def queried(asking: Asking, sought: Sought, question: Question, meant: Wanted, found: Found) -> Found:
    """Return a page of entities with what sources hold of them; entities that only sources hold follow those of the house, by id."""
    chosen, parts = gathered(asking, sought, question)
    page = [merged for each in found.entities if (merged := merge(each, parts.get(each.id, []), taken(chosen, each.types, each.id)))]
    if not parts:
        return msgspec.structs.replace(found, entities=page)
    return _with_others(asking, meant, found, page, parts)


def gathered(asking: Asking, sought: Sought, question: Question) -> tuple[list[dict[str, Any]], dict[str, list[Part]]]:
    """Return which sources were asked, as far as they are meant, and what they told of each entity."""
    chosen = [meets for each in asking.sources if (meets := sought.of(each)) is not None]
    parts: dict[str, list[Part]] = {}
    for document, sent in ask(asking, chosen, question):
        if isinstance(sent, list):
            if len(sent) >= MOST:
                asking.warnings.append(f"{host(document)} holds more than {MOST:,}, of which the rest is not told")
            for part in _parts(asking, document, sent):
                parts.setdefault(part.entity.id, []).append(part)
    return chosen, parts


def _with_others(asking: Asking, meant: Wanted, found: Found, page: list[Linked], parts: dict[str, list[Part]]) -> Found:
    """Fill a page with entities that only sources hold."""
    added, whole = others(asking, meant, found, tuple(parts))
    page += [merged for each in added if (merged := merge(None, parts[each], (False, frozenset())))]
    if meant.order and added:
        asking.warnings.append("entities of other sources follow those of this one, in no order but that of their ids")
    return msgspec.structs.replace(whole, entities=page)


def others(asking: Asking, meant: Wanted, found: Found, ids: tuple[str, ...]) -> tuple[list[str], Found]:
    """Return those of these entities that are not here and fill a page, by their ids, and the page with how many there are of both."""
    every = msgspec.structs.replace(meant, order=(), offset=0)
    here = verbs.find_linked(asking.actor, msgspec.structs.replace(every, ids=ids, limit=len(ids), count=False)).entities
    away = sorted(set(ids) - {each.id for each in here})
    total = found.count
    if total is None and not found.more and away:
        total = verbs.find_linked(asking.actor, msgspec.structs.replace(every, limit=0, count=True)).count
    room, start = meant.limit - len(found.entities), max(0, meant.offset - (total or 0))
    added = [] if found.more else away[start : start + max(0, room)]
    more = found.more or start + len(added) < len(away)
    return added, Found(entities=found.entities, more=more, count=None if found.count is None else found.count + len(away))


def taken(chosen: Iterable[dict[str, Any]], types: Sequence[str], key: str) -> tuple[bool, frozenset[str]]:
    """Say whether sources alone tell of an entity (redirect), and which of its attributes they alone tell (exclusive)."""
    whole, names = False, set[str]()
    for document in chosen:
        for info in document["information"]:
            if document.get("mode") in ("exclusive", "redirect") and may_hold(info, frozenset(types), {key}):
                told = registrations.names(info)
                whole |= document["mode"] == "redirect" and not told
                names |= told
    return whole, frozenset(names)


def _parts(asking: Asking, document: dict[str, Any], sent: list[Any]) -> list[Part]:
    """Read what a source tells of entities, as far as it is registered for it."""
    infos = document["information"]
    named = [registrations.names(info) for info in infos]
    only = None if not all(named) else frozenset(name for names in named for name in names)
    found = []
    for each in sent:
        try:
            read = fragments.whole({name: value for name, value in each.items() if name != "@context"}, asking.context)
        except (Problem, AttributeError, TypeError, ValueError):
            asking.warnings.append(f"{host(document)} told what cannot be read")
            continue
        attributes = {name: instances for name, instances in read.attributes.items() if only is None or name in only}
        entity = Linked(id=read.id, types=read.types, scopes=read.scopes or (), attributes=attributes)
        found.append(Part(registrations.mode(document), entity, document.get("id", "")))
    return found


def at_once(works: Sequence[Callable[[], None]], seconds: float = SECONDS + 1) -> list[Exception | None]:
    """Do these things that wait for sources at once, and return what went wrong with each; all of it when too many wait for sources already."""
    if not _turns.acquire(blocking=False):
        return [Problem(503, "Too many wait", "Too many wait for sources already. Try again in a moment.", {"Retry-After": "1"}) for _ in works]
    try:
        pending = [_pool.submit(each) for each in works]
        wait(pending, timeout=seconds)
        for future in pending:
            future.cancel()
        return [_fault(future) for future in pending]
    finally:
        _turns.release()


def _fault(future: Future[None]) -> Exception | None:
    if future.cancelled() or not future.done():
        return TimeoutError()
    fault = future.exception()
    return fault if fault is None or isinstance(fault, Exception) else RuntimeError(str(fault))


def ask(asking: Asking, chosen: list[dict[str, Any]], question: Question) -> list[tuple[dict[str, Any], Any]]:
    """Ask sources at once, and return what came in time; of the others a warning says that they did not answer."""
    now = time.monotonic()
    ready = [each for each in chosen if _resting.get(each["endpoint"], 0.0) <= now]
    asking.warnings += [f"{host(each)} did not answer lately and was not asked" for each in chosen if each not in ready]
    if len(ready) > MOST_SOURCES:
        asking.warnings.append(f"only {MOST_SOURCES} sources were asked")
    if not ready or not _turns.acquire(blocking=False):
        asking.warnings += [f"{host(each)} was not asked, since too many wait for sources already" for each in ready]
        return []
    try:
        return _answers(asking, ready, question)
    finally:
        _turns.release()


def _answers(asking: Asking, ready: list[dict[str, Any]], question: Question) -> list[tuple[dict[str, Any], Any]]:
    pending = [(each, _pool.submit(_fetch, asking.link, asking.via, each, question)) for each in ready[:MOST_SOURCES]]
    wait([future for _, future in pending], timeout=SECONDS + 1)
    answers = []
    for document, future in pending:
        try:
            sent = future.result(timeout=0)
        except Exception as fault:  # whatever a source does: the answer is told without it
            begun = not future.cancel()
            if begun and _broken(fault):
                with _lock:
                    _resting[document["endpoint"]] = time.monotonic() + registrations.rest(document)
            why = fault.title.lower() if isinstance(fault, Problem) else "too slow" if begun else "its turn did not come"
            asking.warnings.append(f"{host(document)} did not answer: {why}")
        else:
            if sent is not None:
                answers.append((document, sent))
    return answers


def _broken(fault: Exception) -> bool:
    """Say whether a source is to be left alone: it is away, too slow, or at fault. Anything else may be due to what was asked."""
    if isinstance(fault, Problem):
        return fault.title in AWAY or fault.extra.get("status_there", 0) >= 500
    return isinstance(fault, TimeoutError)


def _fetch(link: str, via: str, document: dict[str, Any], question: Question) -> Any:
    """Ask one source, through the house's own rules of whom may be asked; None when it has nothing. Raises `Problem`."""
    root = document["endpoint"].rstrip("/")
    address = f"{root}{'' if root.endswith(ROOT) else ROOT}{registrations.addressed(document, question.path)}"
    told = {"Via": via, **({"Link": link} if link else {}), **registrations.headers(document)}
    try:
        accept, seconds = registrations.accepted(document, JSON), registrations.seconds(document)
        came = _sent(address, question, told, accept, seconds) if question.body else _got(address, told, accept, seconds)
        return None if came is None else msgspec.json.decode(came)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(502, "Not readable", "What it sent is not JSON.") from None


def _got(address: str, told: dict[str, str], accept: str, seconds: float) -> bytes | None:
    with Fetcher("asks registered sources", MOST_BYTES, seconds, requests=4, again=(), headers=told) as fetcher:
        try:
            return fetcher.get(address, accept=accept).body
        except Problem as problem:
            if problem.extra.get("status_there") == 404:
                return None
            raise


def _sent(address: str, question: Question, told: dict[str, str], accept: str, seconds: float) -> bytes | None:
    headers = {**told, "Content-Type": question.media, "Accept": accept}
    status, came = fetching.send("POST", address, question.body, headers, seconds, MOST_BYTES)
    if status == 404:
        return None
    if not 200 <= status < 300:
        raise Problem(502, "Not answered", f"It answered {status}.", status_there=status)
    return came
