"""Errors that are sentences: what is wrong, where, and what to do (RFC 9457 at the machines' door)."""

from __future__ import annotations

from typing import Any

from zinneke.kernel.refusals import say
from zinneke.kernel.text import Text


class Problem(Exception):
    """A refusal or a fault that is told to whoever asked.

    `status` is the HTTP status, `title` a few words, `detail` the sentence that helps, `extra` further members of the
    problem document: `where` for the row, column, byte or field, `stored` and `refused` for what became of a batch.
    """

    def __init__(self, status: int, title: str, detail: str = "", headers: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail or title)
        self.status = status
        self.title = title
        self.detail = detail
        self.headers = headers or {}
        self.extra = extra

    @property
    def said(self) -> Text:
        """The sentence in three languages, for whoever reads it on a page."""
        return say(self.detail or self.title)

    def said_in(self, language: str) -> str:
        """Return the sentence in one language."""
        return self.said.said_in(language)

    def document(self, instance: str = "") -> dict[str, Any]:
        """Return the problem document of RFC 9457."""
        document: dict[str, Any] = {"type": "about:blank", "title": self.title, "status": self.status}
        if self.detail:
            document["detail"] = self.detail
        if instance:
            document["instance"] = instance
        return {**self.extra, **document}


def not_found(what: str, key: object) -> Problem:
    """Return the answer for something that is not there, or not there for this actor: the two look the same."""
    return Problem(404, "Not found", f"There is no {what} {key!r} here, or it is not open to you.")


def wrong(detail: str, **extra: Any) -> Problem:
    """Return the answer for a request that cannot be understood as it stands."""
    return Problem(400, "The request needs a correction", detail, **extra)
