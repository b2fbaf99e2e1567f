"""Words in links that only the receiver of a letter has: signed, each for one purpose, so that none can be guessed or used for another."""

from __future__ import annotations

from django.core import signing

from zinneke.kernel.problem import Problem

CONFIRM, LEAVE, REGISTRATION = "knowledge.confirm", "knowledge.leave", "knowledge.registration"
WEEK = 7 * 24 * 3600


def write(purpose: str, *values: int) -> str:
    """Return the word for a link."""
    return signing.dumps(list(values), salt=purpose)


def read(purpose: str, token: str, seconds: int | None = None) -> list[int]:
    """Return what a word stands for. Raises `Problem` 404 for one that we did not write, 410 for one that is too old."""
    try:
        found = signing.loads(token[:500], salt=purpose, max_age=seconds)
        return [int(value) for value in found]
    except signing.SignatureExpired:
        raise Problem(410, "Too old", "This link is no longer valid. Ask for a new one; nothing was changed.") from None
    except (signing.BadSignature, ValueError, TypeError):
        raise Problem(
            404, "Not found", "This link is not one of ours, or it was cut off. Copy it whole from the letter; nothing was changed."
        ) from None
