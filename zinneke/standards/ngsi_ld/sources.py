"""Registrations of other sources, kept and listed; `forwarding` asks them along."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from zinneke.foundations.identity import memory
from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.documents import told as moment
from zinneke.foundations.observations.attributes.keeping import is_over
from zinneke.foundations.observations.attributes.values import Kept
from zinneke.foundations.observations.entities import mirror
from zinneke.kernel.period import read_moment_or_none, to_microseconds
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import conflicts, contexts, demands, discovering, forwarding, fragments, registrations, relaying, talk
from zinneke.standards.ngsi_ld.contexts import ROOT, Context
from zinneke.standards.ngsi_ld.talk import AskPath, Options

SOURCES = f"{ROOT}/csourceRegistrations"
STARTED = datetime.now(UTC)
READ = "retrieve{0}Types retrieve{0}TypeDetails retrieve{0}TypeInfo"
OPERATIONS = frozenset(
    f"""federationOps associationOps retrieveOps updateOps redirectionOps createEntity updateEntity appendAttrs updateAttrs deleteAttrs deleteEntity
    createBatch upsertBatch updateBatch deleteBatch mergeBatch upsertTemporal appendAttrsTemporal deleteAttrsTemporal deleteTemporal
    updateAttrInstanceTemporal deleteAttrInstanceTemporal mergeEntity replaceEntity replaceAttrs retrieveEntity queryEntity queryBatch
    retrieveTemporal queryTemporal {READ.format("Entity")} {READ.format("Attr")} retrieveSourceIdentity retrieveContextSourceIdentity
    createEntityMap createEntityMapQueryEntity createEntityMapQueryTemporal retrieveEntityMap purgeEntity
    updateEntityMap deleteEntityMap createSubscription updateSubscription retrieveSubscription querySubscription deleteSubscription""".split()
)
"""What a registration may say that a source offers; docs/ngsi-ld.md says of which of it use is made."""
LARGEST = 200_000
"""Bytes of a registration: it goes along with every notification of it."""
MOST_TYPES = 20
"""Types of one of `entities`."""
MODES = ("inclusive", "exclusive", "redirect", "auxiliary")


def _checked(sent: Any, context: Context) -> dict[str, Any]:
    """Return a registration with its names expanded. Raises `Problem` 400."""
    if not isinstance(sent, dict) or sent.get("type") != "ContextSourceRegistration":
        raise wrong('A registration is an object with "type": "ContextSourceRegistration".', where="type")
    endpoint, information = sent.get("endpoint"), sent.get("information")
    if not (isinstance(endpoint, str) and endpoint.startswith(("http://", "https://")) and fragments.is_uri(endpoint) and "@" not in endpoint):
        raise wrong("endpoint is the address of the source, http or https, without a name or password in it.", where="endpoint")
    if not (isinstance(information, list) and information and all(isinstance(each, dict) for each in information)):
        raise wrong("information is a list that says which entities and attributes the source has.", where="information")
    if sent.get("mode", "inclusive") not in MODES:
        raise wrong(f"mode is one of {', '.join(MODES)}.", where="mode")
    if len(talk.encoder.encode(sent)) > LARGEST:
        raise wrong(f"A registration has {LARGEST:,} bytes at the most.", where="information")
    demands.check(sent)
    _times(sent)
    _places(sent)
    named = sent.get("operations", [])
    if not isinstance(named, list) or not all(isinstance(each, str) and each in OPERATIONS for each in named):
        raise wrong(f"operations is a list among {', '.join(sorted(OPERATIONS))}.", where="operations")
    return {
        **{name: value for name, value in sent.items() if name in registrations.MEMBERS},
        **_own(sent, context),
        "information": [_information(each, context) for each in information],
    }


def _times(sent: Mapping[str, Any]) -> None:
    """Refuse an end, or an interval, that would never come."""
    if "expiresAt" in sent and not _is_moment(sent["expiresAt"]):
        raise wrong("expiresAt is a moment such as 2026-11-23T14:05:00Z.", where="expiresAt")
    for name in registrations.PERIODS:
        given = sent.get(name, {"startAt": "2026-11-23T14:05:00Z"})
        if not isinstance(given, dict) or "startAt" not in given or set(given) - {"startAt", "endAt"} or not all(map(_is_moment, given.values())):
            raise wrong(f"{name} has startAt, and endAt where it has ended, as moments such as 2026-11-23T14:05:00Z.", where=name)


def _places(sent: Mapping[str, Any]) -> None:
    """Refuse a place where nothing would be found."""
    for name in registrations.PLACES:
        if name in sent and mirror.geometry(sent[name]) is None:
            raise wrong(f"{name} is a geometry of GeoJSON.", where=name)


def _is_moment(given: Any) -> bool:
    return isinstance(given, str) and read_moment_or_none(given) is not None


def _own(sent: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return the properties of its own, with their names expanded. Raises `Problem` 400 for what is neither one nor a member."""
    found: dict[str, Any] = {}
    for name in sorted(set(sent) - registrations.MEMBERS - {"@context"}):
        value, kept = sent[name], context.expand(name)
        member = registrations.OWN.get(str(value.get("type"))) if isinstance(value, dict) else None
        if member is None or set(value) != {"type", member} or kept in registrations.MEMBERS:
            told = 'A property of its own is an object with type "Property" and a value, or type "Relationship" and an object.'
            raise wrong(f"A registration has no member {name[:60]!r}. {told}", where=name[:60])
        fragments.attribute(name, value, context)
        found[kept] = value
    return found


def _information(given: dict[str, Any], context: Context) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name == "entities" and isinstance(value, list):
            found[name] = [_entity(each, context) for each in value]
        elif name in ("propertyNames", "relationshipNames") and isinstance(value, list) and all(isinstance(each, str) for each in value):
            found[name] = [context.expand(each) for each in value]
        else:
            raise wrong("Each of information has entities (each with a type), propertyNames or relationshipNames.", where="information")
    if not found:
        raise wrong("Each of information says something.", where="information")
    return found


def _entity(given: Any, context: Context) -> dict[str, Any]:
    """Return which entities are meant: a type, and an id or a pattern of ids, which is matched when anybody asks for an entity."""
    told = "Each of entities has a type, or several, and an id or an idPattern where that matters, as text."
    if not (isinstance(given, dict) and "type" in given and set(given) <= {"type", "id", "idPattern"}):
        raise wrong(told, where="entities")
    kinds, rest = given["type"], [value for name, value in given.items() if name != "type"]
    listed = kinds if isinstance(kinds, list) else [kinds]
    if not (0 < len(listed) <= MOST_TYPES and all(map(_is_text, [*listed, *rest]))):
        raise wrong(told, where="entities")
    if (pattern := given.get("idPattern")) is not None:
        try:
            registrations.fits(pattern, "")
        except ValueError:
            told = "idPattern is a regular expression as RE2 reads it, which looks neither ahead nor back and repeats at most 1,000 times."
            raise wrong(told, where="idPattern") from None
    return {**given, "type": [context.expand(each) for each in listed] if isinstance(kinds, list) else context.expand(kinds)}


def _others(call: Call[Any], key: str) -> list[dict[str, Any]]:
    """Return the other registrations that hold."""
    kept = verbs.list_kept(call.actor, "source")
    return [each.document for each in kept if each.id != key and not is_over(each.document)]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= registrations.LONGEST


def create(call: Call[None]) -> Reply:
    """Register another source."""
    talk.options(call).done()
    sent, context = talk.body(call)
    document = _checked(sent, context)
    key = document.setdefault("id", f"urn:ngsi-ld:ContextSourceRegistration:{uuid.uuid4().hex}")
    if not fragments.is_uri(key):
        raise wrong("The id of a registration is a URI.", where="id")
    conflicts.check(call.actor, document, _others(call, key))
    verbs.keep(call.actor, "source", key, document)
    memory.forget()
    relaying.changed()
    return Reply(status=201, headers={"Location": f"{SOURCES}/{key}"})


def told(document: Mapping[str, Any], context: Context, kept: Kept | None = None) -> dict[str, Any]:
    """Return a registration as it is told; with what is `kept` of it, since when."""
    information = [
        {
            name: [{**each, "type": _compact(each["type"], context)} if isinstance(each, dict) else context.compact(each) for each in value]
            for name, value in part.items()
        }
        for part in document["information"]
    ]
    own = {context.compact(name): value for name, value in registrations.own(document).items()}
    plain = {name: value for name, value in document.items() if name in registrations.MEMBERS}
    return {**plain, **own, "information": information, **(times(kept) if kept is not None else {})}


def _compact(kinds: str | list[str], context: Context) -> str | list[str]:
    return context.compact(kinds) if isinstance(kinds, str) else [context.compact(each) for each in kinds]


def times(kept: Kept) -> dict[str, str]:
    """Return since when a registration is there, and as it is."""
    return {"createdAt": moment(to_microseconds(kept.created)), "modifiedAt": moment(to_microseconds(kept.modified))}


def list_sources(call: Call[None]) -> Reply:
    """List the registered sources, those for some entities, attributes, place or scope where these are asked for, as far as they are for them."""
    asked, context = talk.options(call), talk.linked(call)
    sought, system = discovering.from_parameters(asked, context), "sysAttrs" in asked.words("options")
    limit, offset = asked.number("limit", talk.PAGE, 1, talk.MOST), asked.number("offset", 0, 0, 10_000_000)
    counted = asked.truth("count")
    asked.done()
    found = [(each, meant) for each in verbs.list_kept(call.actor, "source") if (meant := sought.of(each.document)) is not None]
    page = [told(meant, context, each if system else None) for each, meant in found[offset : offset + limit]]
    headers = {"NGSILD-Results-Count": str(len(found))} if counted else {}
    if links := talk.page_links(call, SOURCES, asked.given, limit, offset, len(found) > offset + limit):
        headers["Link"] = ", ".join(links)
    return talk.answer(call, context, talk.accepted(call), page, headers=headers)


def read(call: Call[AskPath]) -> Reply:
    """Read one registration."""
    asked, context = talk.options(call), talk.linked(call)
    system = "sysAttrs" in asked.words("options")
    asked.done()
    kept = verbs.get_kept(call.actor, "source", call.ask.key)
    return talk.answer(call, context, talk.accepted(call), told(kept.document, context, kept if system else None))


def change(call: Call[AskPath]) -> Reply:
    """Change members of a registration that one added."""
    talk.options(call).done()
    sent, context = talk.body(call)
    if not isinstance(sent, dict):
        raise wrong("What changes is an object.")
    before = verbs.get_kept(call.actor, "source", call.ask.key).document
    core, gone = contexts.of([], call.base), "urn:ngsi-ld:null"
    own = registrations.own(before) | {context.expand(name): value for name, value in registrations.own(sent).items() if name != "@context"}
    plain = {name: value for each in (before, sent) for name, value in each.items() if name in registrations.MEMBERS}
    merged = {name: value for name, value in plain.items() if value != gone}
    if merged.get("id") != before["id"]:
        raise wrong("The id of a registration stays.", where="id")
    checked = _checked(merged, context if "information" in sent else core)
    if "information" not in sent:
        checked["information"] = before["information"]
    checked |= _own({name: value for name, value in own.items() if value != gone}, core)
    conflicts.check(call.actor, checked, _others(call, call.ask.key))
    verbs.keep(call.actor, "source", call.ask.key, checked, new=False)
    memory.forget()
    relaying.changed()
    return Reply(status=204)


def delete(call: Call[AskPath]) -> Reply:
    """Delete a registration that one added."""
    talk.options(call).done()
    verbs.remove_kept(call.actor, "source", call.ask.key)
    memory.forget()
    relaying.changed()
    return Reply(status=204)


def identity(call: Call[None]) -> Reply:
    """Say what this source is, and since when it runs."""
    asked: Options = talk.options(call)
    asked.done()
    now, context = datetime.now(UTC), talk.linked(call)
    up = int((now - STARTED).total_seconds())
    document = {
        "id": "urn:ngsi-ld:ContextSourceIdentity:zinneke",
        "type": "ContextSourceIdentity",
        "contextSourceAlias": forwarding.alias(call.base),
        "contextSourceUptime": f"PT{up}S",
        "contextSourceTimeAt": moment(to_microseconds(now)),
    }
    return talk.answer(call, context, talk.accepted(call), document)
