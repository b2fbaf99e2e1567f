"""What a registration may demand of whoever asks its source: a tenant, headers that everybody may read, how long is waited. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from zinneke.kernel.problem import wrong
from zinneke.standards.ngsi_ld import registrations
from zinneke.standards.ngsi_ld.talk import JSON, LD

TENANT = re.compile(r"[\w.:/-]{1,200}", re.ASCII)
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,498}[\x21-\x7e])?")
SECRET = ("auth", "cookie", "token", "secret", "password", "key", "credential", "session", "signature", "cert")
"""What stands in the names of headers that carry what not everybody may read, as registrations are."""
OURS = frozenset({
    "host", "via", "link", "te", "trailer", "expect", "upgrade", "connection", "keep-alive", "forwarded", "user-agent", "date", "origin", "referer",
    "range", "x-real-ip",
})  # fmt: skip
BEGINNINGS = ("content-", "accept", "transfer-", "proxy-", "sec-", "if-", "x-forwarded-", "ngsild-")
"""Headers, and how their names begin, that say how a request goes, which is not for a registration to say."""
REFUSED = {"jsonldContext", "contentType", "ngsildConformance"}
"""What the standard has for requests rewritten before they go on, which is not done here."""
MOST = 20
LONGEST = 3_600_000
"""Milliseconds for which a source may ask to be left alone."""


def check(sent: Mapping[str, Any]) -> None:
    """Refuse demands that are not understood, or not to be met. Raises `Problem` 400."""
    tenant = sent.get("tenant", "default")
    if not (isinstance(tenant, str) and TENANT.fullmatch(tenant)):
        raise wrong("tenant is the name of one of the tenants of the source: letters, digits and _.:/- of it, 200 at the most.", where="tenant")
    given = sent.get("contextSourceInfo", [])
    if not isinstance(given, list) or len(given) > MOST:
        raise wrong(f"contextSourceInfo is a list of {MOST} objects at the most, each with key and value.", where="contextSourceInfo")
    for each in given:
        _header(each)
    if len({each["key"].lower() for each in given}) < len(given):
        raise wrong("contextSourceInfo has each key once.", where="contextSourceInfo")
    if "management" in sent:
        _management(sent["management"])


def _header(given: Any) -> None:
    where = "contextSourceInfo"
    if not (isinstance(given, dict) and set(given) == {"key", "value"} and all(isinstance(each, str) for each in given.values())):
        raise wrong("Each of contextSourceInfo is an object with key and value, as text.", where=where)
    key, value = given["key"], given["value"]
    if key in REFUSED:
        raise wrong(f"Requests go on as they came: {key} is not taken. Leave it out, and let the source take what it is sent.", where=where)
    if key.lower() == registrations.ACCEPT:
        if value not in (JSON, LD):
            raise wrong(f"A source answers as {JSON} or {LD}.", where=where)
        return
    if not HEADER.fullmatch(key) or not VALUE.fullmatch(value) or value == "urn:ngsi-ld:request":
        raise wrong("A header has a name of letters, digits and -, and a value of printable ASCII that is its own.", where=where)
    if key.lower() in OURS or key.lower().startswith(BEGINNINGS):
        raise wrong(f"The header {key} is not for a registration to say.", where=where)
    if any(word in key.lower() for word in SECRET):
        raise wrong(f"Everybody reads registrations, so that they hold no secrets: the header {key} is not taken.", where=where)


def _management(given: Any) -> None:
    if not isinstance(given, dict) or set(given) - {"localOnly", "timeout", "cooldown", "cacheDuration"}:
        raise wrong("management has localOnly, timeout, cooldown or cacheDuration.", where="management")
    if not isinstance(given.get("localOnly", False), bool):
        raise wrong("localOnly is true or false.", where="management.localOnly")
    for name in ("timeout", "cooldown"):
        value = given.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= LONGEST:
            raise wrong(f"{name} is a number of milliseconds, more than 0 and {LONGEST:,} at the most.", where=f"management.{name}")
    if not isinstance(given.get("cacheDuration", ""), str):
        raise wrong("cacheDuration is a duration.", where="management.cacheDuration")
