"""How an entry is written down and sealed; what may never be written at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256

from zinneke.foundations.audit.values import Verdict

START = "0" * 64
"""What the first entry names as the one before it."""
WITHHELD = "***"
SECRET_NAMES = re.compile(r"(?:^|_)(?:password|passwd|secret|token|code|codes|otp|totp|key|cookie|session|authorization)$", re.IGNORECASE)
SECRET_VALUES = re.compile(r"zk_[A-Za-z0-9_-]{8,}|otpauth://\S+|(?:argon2|pbkdf2_sha256|bcrypt)\$\S+|Bearer\s+\S+")

Line = tuple[int, datetime, str, str, str, str, str, str, str]
"""An entry as stored: seq, time, actor, action, subject, detail as text, ground, previous, hash."""


def canonical(detail: Mapping[str, object]) -> str:
    """Return a detail as JSON that is always the same text for the same content, secrets withheld."""
    return json.dumps(withhold(detail), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=str)


def withhold(value: object) -> object:
    """Return a value without passwords, tokens and codes: whatever has the name or the look of one becomes `***`."""
    if isinstance(value, Mapping):
        return {str(name): WITHHELD if SECRET_NAMES.search(str(name)) else withhold(each) for name, each in value.items()}
    if isinstance(value, str):
        return SECRET_VALUES.sub(WITHHELD, value)
    if isinstance(value, list | tuple | set | frozenset):
        return [withhold(each) for each in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    return value


def seal(seq: int, time: datetime, actor: str, action: str, subject: str, detail: str, ground: str, previous: str) -> str:
    """Return the SHA-256 of an entry's fields, in hexadecimal; JSON keeps the fields apart, so none can flow into the next."""
    moment = time.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps([seq, moment, actor, action, subject, detail, ground, previous], separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def judge(lines: Iterable[Line], count: int, head: str) -> Verdict:
    """Read the lines in order of seq and say whether each follows from the one before, up to the known count and head."""
    previous, expected = START, 1
    for line in lines:
        seq, *_, named, sealed = line
        if seq != expected or named != previous or seal(*line[:-1]) != sealed:
            return Verdict(False, expected - 1, expected)
        previous, expected = sealed, expected + 1
    if expected - 1 != count or previous != head:
        return Verdict(False, expected - 1, min(expected, count + 1) if expected - 1 != count else count)
    return Verdict(True, count)
