"""ETSI NGSI-LD 1.8: the things of the house as entities with attributes, at `/ngsi-ld/v1`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import KNOWN, Audience, Call, Method, Needs, Reply, Route
from zinneke.standards.ngsi_ld import attrs, batch, entities, mapping, purging, querying, sources, temporal, types, vocabulary
from zinneke.standards.ngsi_ld.batching import BatchRelaying
from zinneke.standards.ngsi_ld.contexts import ROOT
from zinneke.standards.ngsi_ld.editing import Editing
from zinneke.standards.ngsi_ld.faults import fault
from zinneke.standards.ngsi_ld.relaying import Relaying
from zinneke.standards.ngsi_ld.subscriptions import ENTITIES, SOURCES
from zinneke.standards.ngsi_ld.talk import AskAttribute, AskEntity, AskPath

SEE, EDIT, COMMAND = (Needs(right, "observations") for right in (Right.SEE, Right.EDIT, Right.COMMAND))
LARGEST = 16_000_000
CONFORMANCE = ("https://www.etsi.org/deliver/etsi_gs/CIM/001_099/009/01.08.01_60/",)
"""The standard has no identifiers of its parts; docs/ngsi-ld.md says which are here."""
Work = Callable[[Call[Any]], Reply]

BATCHES = tuple(f"/entityOperations/{name}" for name in ("create", "upsert", "update", "merge", "delete"))
DOORS: tuple[tuple[Method, str, Work, type | None, str], ...] = (
    ("POST", "/entities", Relaying("createEntity", entities.create, entities.read_new), None, "create an entity"),
    ("GET", "/entities", querying.query, None, "ask for entities"),
    ("DELETE", "/entities", purging.purge, None, "delete the entities that a question means"),
    ("POST", "/entityOperations/create", BatchRelaying("createBatch", batch.create, batch.read_edits(batch.create)), None, "create several entities"),
    (
        "POST",
        "/entityOperations/upsert",
        BatchRelaying("upsertBatch", batch.upsert, batch.read_edits(batch.upsert)),
        None,
        "create or replace several entities",
    ),
    ("POST", "/entityOperations/update", BatchRelaying("updateBatch", batch.update, batch.read_edits(batch.update)), None, "update several entities"),
    ("POST", "/entityOperations/merge", BatchRelaying("mergeBatch", batch.merge, batch.read_edits(batch.merge)), None, "merge into several entities"),
    ("POST", "/entityOperations/delete", BatchRelaying("deleteBatch", batch.delete, batch.read_ids), None, "delete several entities"),
    ("POST", "/entityOperations/query", querying.query_sent, None, "ask for entities by a query that is sent"),
    ("GET", "/entityMaps", mapping.create, None, "make the map of a question for entities"),
    ("POST", "/entityMaps", mapping.create_sent, None, "make the map of a query for entities that is sent"),
    ("GET", "/entityMaps/{key:path}", mapping.read, AskPath, "one of one's own entity maps"),
    ("PATCH", "/entityMaps/{key:path}", mapping.change, AskPath, "let one of one's own entity maps end at another moment"),
    ("DELETE", "/entityMaps/{key:path}", mapping.delete, AskPath, "drop one of one's own entity maps"),
    ("GET", "/types", types.list_types, None, "the types of entities"),
    ("GET", "/types/{key:path}", types.get_type, AskPath, "one type of entities"),
    ("GET", "/attributes", types.list_attributes, None, "the attributes of entities"),
    ("GET", "/attributes/{key:path}", types.get_attribute, AskPath, "one attribute"),
    ("PATCH", "/entities/{id:path}/attrs/{attr:path}", Relaying("updateAttrs", attrs.change), AskAttribute, "change an attribute in part"),
    ("PUT", "/entities/{id:path}/attrs/{attr:path}", Relaying("replaceAttrs", attrs.replace), AskAttribute, "replace an attribute"),
    ("DELETE", "/entities/{id:path}/attrs/{attr:path}", Relaying("deleteAttrs", attrs.delete, attrs.read_gone), AskAttribute, "delete an attribute"),
    ("POST", "/entities/{id:path}/attrs", Relaying("appendAttrs", attrs.append), AskEntity, "append attributes"),
    ("PATCH", "/entities/{id:path}/attrs", Relaying("updateEntity", attrs.update), AskEntity, "update attributes"),
    ("GET", "/entities/{id:path}", entities.read, AskEntity, "read an entity"),
    ("PUT", "/entities/{id:path}", Relaying("replaceEntity", entities.replace, entities.read_whole), AskEntity, "replace an entity"),
    ("PATCH", "/entities/{id:path}", Relaying("mergeEntity", entities.merge), AskEntity, "merge into an entity"),
    ("DELETE", "/entities/{id:path}", Relaying("deleteEntity", entities.delete, entities.read_gone), AskEntity, "delete an entity"),
    ("GET", "/jsonldContexts", vocabulary.list_contexts, None, "the contexts that are known"),
    ("POST", "/jsonldContexts", vocabulary.add, None, "add a context"),
    ("GET", "/jsonldContexts/{key:path}", vocabulary.serve, AskPath, "a context"),
    ("DELETE", "/jsonldContexts/{key:path}", vocabulary.delete, AskPath, "delete a context"),
    ("GET", "/csourceRegistrations", sources.list_sources, None, "the registered sources"),
    ("POST", "/csourceRegistrations", sources.create, None, "register a source"),
    ("GET", "/csourceRegistrations/{key:path}", sources.read, AskPath, "a registered source"),
    ("PATCH", "/csourceRegistrations/{key:path}", sources.change, AskPath, "change a registration"),
    ("DELETE", "/csourceRegistrations/{key:path}", sources.delete, AskPath, "delete a registration"),
    ("POST", "/temporal/entities", temporal.create, None, "create an entity with its attributes over time"),
    ("GET", "/temporal/entities", temporal.query, None, "ask how entities were over time"),
    ("POST", "/temporal/entityOperations/query", temporal.query_sent, None, "ask how entities were over time by a query that is sent"),
    ("PATCH", "/temporal/entities/{id:path}/attrs/{attr:path}", temporal.change_instance, AskAttribute, "correct one instance of an attribute"),
    ("DELETE", "/temporal/entities/{id:path}/attrs/{attr:path}", temporal.delete_attribute, AskAttribute, "delete an attribute, or one instance"),
    ("POST", "/temporal/entities/{id:path}/attrs", temporal.append, AskEntity, "append what was observed"),
    ("GET", "/temporal/entities/{id:path}", temporal.read, AskEntity, "read how an entity was over time"),
    ("DELETE", "/temporal/entities/{id:path}", temporal.delete, AskEntity, "delete an entity with its history"),
    ("POST", "/subscriptions", ENTITIES.create, None, "subscribe"),
    ("GET", "/subscriptions", ENTITIES.list_own, None, "one's own subscriptions"),
    ("GET", "/subscriptions/{key:path}", ENTITIES.get, AskPath, "one of one's own subscriptions"),
    ("PATCH", "/subscriptions/{key:path}", ENTITIES.change, AskPath, "change a subscription"),
    ("DELETE", "/subscriptions/{key:path}", ENTITIES.delete, AskPath, "end a subscription"),
    ("POST", "/csourceSubscriptions", SOURCES.create, None, "subscribe to registrations of sources"),
    ("GET", "/csourceSubscriptions", SOURCES.list_own, None, "one's own subscriptions to registrations"),
    ("GET", "/csourceSubscriptions/{key:path}", SOURCES.get, AskPath, "one of one's own subscriptions to registrations"),
    ("PATCH", "/csourceSubscriptions/{key:path}", SOURCES.change, AskPath, "change a subscription to registrations"),
    ("DELETE", "/csourceSubscriptions/{key:path}", SOURCES.delete, AskPath, "end a subscription to registrations"),
    ("GET", "/info/sourceIdentity", sources.identity, None, "what this source is"),
)
SLASHED = tuple((*each[:1], f"{each[1]}/", *each[2:]) for each in DOORS if each[1] in ("/entities", *BATCHES) and each[0] == "POST")
"""Addresses that clients end with a slash."""
READING = ("/entityOperations/query", "/temporal/entityOperations/query")
"""What is sent only to ask."""


def _audience(method: Method, path: str) -> Audience:
    """Return who may pass a door: whoever reads, whoever may write, whoever commands sources; to one's own subscriptions whoever is known."""
    if path.startswith(("/subscriptions", "/csourceSubscriptions")):
        return KNOWN
    if method == "GET" or path in (*READING, "/entityMaps"):
        return SEE
    if path.startswith("/entityMaps"):
        return KNOWN
    return COMMAND if path.startswith("/csourceRegistrations") else EDIT


ROUTES = tuple(
    Route(
        method=method,
        path=ROOT + path,
        call=work,
        audience=_audience(method, path),
        ask=ask,
        quick=work.quick if isinstance(work, Editing | Relaying) else entities.recall if work is entities.read else None,
        takes=bytes if method in ("POST", "PUT", "PATCH") else None,
        status=201 if method == "POST" and path not in READING else 200,
        limit=LARGEST,
        summary=f"NGSI-LD: {summary}",
        tags=("NGSI-LD",),
        fault=fault,
        conformance=CONFORMANCE if path == "/entities" else (),
    )
    for method, path, work, ask, summary in (*SLASHED, *DOORS)
)
