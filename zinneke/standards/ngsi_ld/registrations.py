"""What registrations of other sources say: of which entities and attributes, in which mode, of which times, and how they are asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from zinneke.foundations import compute as pc

MEMBERS = frozenset({
    "id", "type", "registrationName", "description", "information", "endpoint", "location", "observationSpace", "operationSpace",
    "observationInterval", "managementInterval", "mode", "operations", "refreshRate", "management", "scope", "expiresAt", "contextSourceAlias",
    "tenant", "contextSourceInfo",
})  # fmt: skip
"""What a registration may say."""
ACCEPT = "accept"
"""The one of `contextSourceInfo` that says in which form a source is to answer; all others are headers."""
WAITS, RESTS = 4.0, 30.0
"""Seconds for which a source is waited for at the most; and for which it is left alone after it failed, where it does not say."""
OWN = {"Property": "value", "Relationship": "object"}
"""The kinds of properties of its own that a registration may have, each with its value and nothing about it."""
ALONE = ("exclusive", "redirect")
"""The modes of sources whose part is not kept here."""
PLACES = ("location", "observationSpace", "operationSpace")
"""Where a source may say that it is, and where what it tells of."""
PERIODS = ("observationInterval", "managementInterval")
"""What a source says that tells how things were, and not how they are."""
LONGEST = 500
"""The most characters of an `idPattern`, and of an id that is compared with one."""


def mode(document: Mapping[str, Any]) -> str:
    """Return the mode of a registration."""
    return str(document.get("mode", "inclusive"))


def own(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of its own that a registration has, by name."""
    return {name: value for name, value in document.items() if name not in MEMBERS}


def is_current(document: Mapping[str, Any]) -> bool:
    """Say whether a source tells how things are: one with an interval tells how they were, and nothing else."""
    return not any(name in document for name in PERIODS)


def kinds(entity: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the types of entities that one of `entities` is for."""
    given = entity.get("type", ())
    return (given,) if isinstance(given, str) else tuple(given)


def names(info: Mapping[str, Any]) -> frozenset[str]:
    """Return the attributes that a part of a registration is for; none stands for all."""
    return frozenset((*info.get("propertyNames", ()), *info.get("relationshipNames", ())))


def may_hold(info: Mapping[str, Any], types: frozenset[str], ids: set[str]) -> bool:
    """Say whether a source may hold what is asked for; nothing asked, or nothing registered, means all."""
    entities = info.get("entities")
    return not entities or any(
        (not types or not types.isdisjoint(kinds(each)))
        and (not ids or "id" not in each or each["id"] in ids)
        and (not ids or "id" in each or "idPattern" not in each or any(_fits(each["idPattern"], key) for key in ids))
        for each in entities
    )


def fits(pattern: str, key: str) -> bool:
    """Say whether an id fits an `idPattern`, in time that grows with their lengths alone (RE2). Raises `ValueError` for one that cannot be read."""
    return bool(pc.match_substring_regex(pa.scalar(key[:LONGEST]), pattern).as_py())


def _fits(pattern: Any, key: str) -> bool:
    try:
        return fits(str(pattern)[:LONGEST], key)
    except ValueError:
        return False


def host(document: Mapping[str, Any]) -> str:
    """Return the host of a source, fit to be told."""
    return re.sub(r"[^A-Za-z0-9.:-]", "", urlsplit(document["endpoint"]).hostname or "a source")


def headers(document: Mapping[str, Any]) -> dict[str, str]:
    """Return what a source is to be told with every request: which of its tenants is meant, and the headers that it asked for."""
    told = {each["key"]: each["value"] for each in document.get("contextSourceInfo", ()) if each["key"].lower() != ACCEPT}
    return told | ({"NGSILD-Tenant": document["tenant"]} if "tenant" in document else {})


def accepted(document: Mapping[str, Any], usual: str) -> str:
    """Return in which form a source is to answer."""
    return next((str(each["value"]) for each in document.get("contextSourceInfo", ()) if each["key"].lower() == ACCEPT), usual)


def seconds(document: Mapping[str, Any]) -> float:
    """Return for how long a source is waited for."""
    return min(WAITS, _managed(document, "timeout", WAITS))


def rest(document: Mapping[str, Any]) -> float:
    """Return for how many seconds a source is left alone after it failed."""
    return _managed(document, "cooldown", RESTS)


def _managed(document: Mapping[str, Any], name: str, usual: float) -> float:
    """Return what a registration says in milliseconds, in seconds."""
    given = (document.get("management") or {}).get(name)
    return usual if given is None else float(given) / 1000


def addressed(document: Mapping[str, Any], path: str) -> str:
    """Return the address of a request at a source, which asks no further when its registration says so."""
    if not (document.get("management") or {}).get("localOnly"):
        return path
    return f"{path}{'&' if '?' in path else '?'}local=true"
