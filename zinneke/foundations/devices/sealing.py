"""Messages that devices sign where there are no headers: over MQTT. Pure.

In MQTT 5 the user properties `number` and `signature` stand beside the payload; in 3.1.1 the payload is a JWS (RFC 7515, compact, HS256) whose header
has `number` and `topic`. The number grows with each message of a key, as that of OSCORE (RFC 8613) does: a message may wait at the broker for days,
which no window of time would bear, and is still taken once.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from zinneke.foundations.devices.signing import refused
from zinneke.kernel.problem import Problem

if TYPE_CHECKING:
    from jwt import PyJWS

MOST_NUMBERS = 128
"""Numbers that are remembered of a key: messages may overtake one another by so many."""
HIGHEST = 2**53
_JWS = re.compile(rb"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")
_NUMBER = re.compile(r"[0-9]{1,16}")
_CODE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signed message: whose it says it is, its number, what it brings, and what its code is over (`token` is the whole of a JWS)."""

    name: str
    number: int
    payload: bytes
    base: bytes
    code: bytes
    token: bytes = b""

    @property
    def mark(self) -> str:
        """Return what tells this message from another with its number."""
        return sha256(self.code).hexdigest()[:16]

    def made_with(self, key: str) -> bool:
        """Say whether this key made it, in a time that tells nothing."""
        if not self.token:
            return hmac.compare_digest(hmac.new(key.encode(), self.base, sha256).digest(), self.code)
        try:
            _engine().decode(self.token, key, algorithms=["HS256"])
        except _broken():
            return False
        return True


@cache
def _engine() -> PyJWS:
    from jwt import PyJWS  # brings a library of cryptography that a city without such devices need not wait for

    return PyJWS(algorithms=["HS256"])


def _broken() -> tuple[type[Exception], ...]:
    """Return what the library says of a token that is none."""
    from jwt import InvalidTokenError

    return InvalidTokenError, ValueError, RecursionError


def is_sealed(payload: bytes, properties: Mapping[str, str]) -> bool:
    """Say whether a message is signed, well or not."""
    return "signature" in properties or (payload.startswith(b"eyJ") and _JWS.fullmatch(payload) is not None)


def read(name: str, topic: str, payload: bytes, properties: Mapping[str, str]) -> Sealed:
    """Read a signed message of a device. Raises `Problem` 401 with what is wrong."""
    if "signature" not in properties:
        return _read_token(name, topic, payload)
    number, code = properties.get("number", ""), properties["signature"]
    if not _NUMBER.fullmatch(number) or not _CODE.fullmatch(code):
        raise refused("A signed message has two user properties: number, and signature, its HMAC-SHA-256 in hexadecimal.")
    return Sealed(name, _checked(int(number)), payload, f"{topic}\n{number}\n".encode() + payload, bytes.fromhex(code))


def _read_token(name: str, topic: str, token: bytes) -> Sealed:
    try:
        header = _engine().get_unverified_header(token)
        parts = _engine().decode_complete(token, options={"verify_signature": False})
    except _broken() as fault:
        raise refused(f"The JWS cannot be read: {fault}.") from None
    if header.get("alg") != "HS256":
        raise refused("Only the algorithm HS256 is taken.")
    if header.get("topic") != topic or header.get("kid", name) != name:
        raise refused("The header of the JWS names the topic to which it is published, and as kid, where it has one, the device.")
    number = header.get("number")
    if not isinstance(number, int) or isinstance(number, bool):
        raise refused("The header of the JWS has a number, which grows with each message.")
    return Sealed(name, _checked(number), parts["payload"], b"", parts["signature"], token)


def _checked(number: int) -> int:
    if not 0 <= number <= HIGHEST:
        raise refused(f"The number of a message is between 0 and {HIGHEST}.")
    return number


Judgement = Literal["new", "again", "reused", "old"]


def judge(taken: Mapping[str, str], sealed: Sealed) -> Judgement:
    """Say what a message is beside those that its key made: new, the same again, another of a used number, or older than is remembered."""
    if known := taken.get(str(sealed.number)):
        return "again" if known == sealed.mark else "reused"
    full = len(taken) >= MOST_NUMBERS
    return "old" if full and sealed.number < min(map(int, taken)) else "new"


def kept(taken: Mapping[str, str]) -> dict[str, str]:
    """Return the numbers that go on being remembered: the highest."""
    return {number: taken[number] for number in sorted(taken, key=int)[-MOST_NUMBERS:]}


def refusal(judgement: Judgement) -> Problem | None:
    """Return the refusal of a message that was judged so, None of one that is taken."""
    if judgement == "reused":
        return refused("Another message of this key had the same number. Sign each with a higher one.")
    if judgement == "old":
        return refused("Its number is lower than those of the last messages of this key. Sign each with a higher one.")
    return None
