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
    "tenant",
})  # fmt: skip
"""What a registration may say; no headers for the source (`contextSourceInfo`), since everybody reads registrations."""
OWN = {"Property": "value", "Relationship": "object"}
"""The kinds of properties of its own that a registration may have, each with its value and nothing about it."""
ALONE = ("exclusive", "redirect")
"""The modes of sources whose part is not kept here."""
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


def names(info: Mapping[str, Any]) -> frozenset[str]:
    """Return the attributes that a part of a registration is for; none stands for all."""
    return frozenset((*info.get("propertyNames", ()), *info.get("relationshipNames", ())))


def may_hold(info: Mapping[str, Any], types: frozenset[str], ids: set[str]) -> bool:
    """Say whether a source may hold what is asked for; nothing asked, or nothing registered, means all."""
    entities = info.get("entities")
    return not entities or any(
        (not types or each["type"] in types)
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
    """Return what a source is to be told with every request: which of its tenants is meant."""
    return {"NGSILD-Tenant": document["tenant"]} if "tenant" in document else {}
