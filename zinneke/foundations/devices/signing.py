"""Signatures that devices make over HTTP: the one profile of HTTP Message Signatures (RFC 9421) that is taken. Pure.

The profile: one signature, `hmac-sha256` under the device's key; over the method, the path, the query where there is one, and the Content-Digest
(RFC 9530) where there is a body; made at `created`, with a `nonce` of its own; `keyid` is the device's name.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256, sha512

from zinneke.kernel.problem import Problem

WINDOW = 300
"""Seconds that a device's clock may differ from ours when it signs: within them its nonces are remembered."""
LONGEST = 2000
_ITEM = r'"(?:[ !#-\[\]-~]|\\["\\])*"'
_INPUT = re.compile(rf"([a-z*][a-z0-9_.*-]*)=(\(((?:{_ITEM}(?: {_ITEM})*)?)\)((?:;[a-z*][a-z0-9_.*-]*=(?:{_ITEM}|-?[0-9]{{1,15}}))*))")
_PARAMETER = re.compile(rf";([a-z*][a-z0-9_.*-]*)=({_ITEM}|-?[0-9]{{1,15}})")
_BYTES = re.compile(r"([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):")
_DIGEST = re.compile(r"\s*(sha-256|sha-512)=:([A-Za-z0-9+/]*={0,2}):\s*")
_FIELD = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True, slots=True)
class Message:
    """A request as it was sent: `path` and `query` as they stood in the address, header names in lower case, the body before any decoding."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature says of itself: who made it, when (seconds since 1970), its nonce, what it is over, and the code itself."""

    name: str
    created: int
    nonce: str
    base: bytes
    mac: bytes

    def made_with(self, key: str) -> bool:
        """Say whether this key made it, in a time that tells nothing."""
        return hmac.compare_digest(hmac.new(key.encode(), self.base, sha256).digest(), self.mac)


def refused(why: str) -> Problem:
    """Return the answer for a signature that is not taken."""
    return Problem(401, "The signature is not taken", f"{why} Nothing was stored.")


def read(message: Message) -> Signed:
    """Read the signature of a request, after its Content-Digest was compared with the body. Raises `Problem` 401 with what is wrong."""
    given, sent = message.headers.get("signature-input", ""), message.headers.get("signature", "")
    found, code = _INPUT.fullmatch(given[:LONGEST]), _BYTES.fullmatch(sent[:LONGEST])
    if found is None or code is None or found[1] != code[1]:
        raise refused("Send one signature, in Signature-Input and Signature under one label, as RFC 9421 writes them.")
    names = [_plain(item) for item in re.findall(_ITEM, found[3])]
    pairs = _PARAMETER.findall(found[4])
    told: dict[str, str] = dict(pairs)
    if len(told) < len(pairs):
        raise refused("A parameter of the signature is given twice.")
    _check_covered(message, names)
    created, nonce, name = told.get("created", ""), _plain(told.get("nonce", "")), _plain(told.get("keyid", ""))
    if not created.isdigit() or not 1 <= len(nonce) <= 128 or not name:
        raise refused("A signature says when it was created, a nonce of 1 to 128 characters, and as keyid the name of the device.")
    if _plain(told.get("alg", '"hmac-sha256"')) != "hmac-sha256":
        raise refused("Only the algorithm hmac-sha256 is taken.")
    lines = [f'"{each}": {_value(message, each)}' for each in names]
    base = "\n".join([*lines, f'"@signature-params": {found[2]}']).encode("latin-1", "replace")
    return Signed(name, int(created), nonce, base, _decoded(code[2]))


def _plain(item: str) -> str:
    return re.sub(r"\\(.)", r"\1", item[1:-1]) if item.startswith('"') else ""


def _check_covered(message: Message, names: list[str]) -> None:
    """Refuse a signature that leaves out what could be changed on the way."""
    needed = ["@method", "@path", *(["@query"] if message.query else []), *(["content-digest"] if message.body else [])]
    if missing := [name for name in needed if name not in names]:
        raise refused(f"The signature does not cover {', '.join(missing)}.")
    if len(set(names)) < len(names):
        raise refused("The signature names a component twice.")
    if message.headers.get("content-encoding", "identity").lower() != "identity":
        raise refused("Sign the body as it is and send it so, without Content-Encoding.")
    if message.body:
        _check_digest(message.headers.get("content-digest", ""), message.body)


def _check_digest(given: str, body: bytes) -> None:
    parts = [_DIGEST.fullmatch(part) for part in given[:LONGEST].split(",")]
    known = [(part[1], part[2]) for part in parts if part]
    if not known:
        raise refused("Send Content-Digest with the sha-256 or sha-512 of the body, as RFC 9530 writes it.")
    for name, code in known:
        digest = sha256(body) if name == "sha-256" else sha512(body)
        if not hmac.compare_digest(digest.digest(), _decoded(code)):
            raise refused("The body is not the one of its Content-Digest: it was changed on the way.")


def _decoded(code: str) -> bytes:
    try:
        return b64decode(code, validate=True)
    except NotBase64:
        raise refused("The signature, or the digest, is not base64.") from None


def _value(message: Message, name: str) -> str:
    """Return the value of a component (RFC 9421, sections 2.1 and 2.2). Raises `Problem` 401 for one that is not taken here."""
    derived = {
        "@method": message.method,
        "@path": message.path or "/",
        "@query": f"?{message.query}",
        "@authority": message.headers.get("host", "").lower(),
    }
    if name in derived:
        return derived[name]
    if not _FIELD.fullmatch(name) or name not in message.headers:
        raise refused(f"The signature covers {name[:60]!r}, which is not in the request or not taken here.")
    return message.headers[name].strip()
