"""One visit to a catalogue elsewhere: what is fetched, what it said of itself the last time, and how its documents are read without surprises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.foundations.fetching import Answer, Fetcher
from zinneke.kernel.load import Fault
from zinneke.kernel.payload import read_document
from zinneke.kernel.problem import Problem, wrong

PAGES = 2_000
"""Pages of one catalogue."""
MOST = 200_000
"""Datasets of one catalogue."""
PAGE = 100
"""Datasets that are asked for at once."""


class UnchangedError(Exception):
    """The catalogue says that nothing changed since it was read last."""


@dataclass(slots=True)
class Visit:
    """What a kind gets: the address, a fetcher, the language of texts that name none, and `since` when only what changed later is wanted.

    `validators` are what documents said of themselves, by address: the last time in `before`, this time in `after`.
    """

    address: str
    fetcher: Fetcher
    language: str = "und"
    since: datetime | None = None
    before: dict[str, tuple[str, str]] = field(default_factory=dict)
    after: dict[str, tuple[str, str]] = field(default_factory=dict)

    def document(self, address: str, accept: str) -> Answer:
        """Return a document that may say that it did not change. Raises `UnchangedError`."""
        etag, modified = self.before.get(address, ("", ""))
        answer = self.fetcher.get(address, accept=accept, etag=etag, modified=modified)
        if answer.status == 304:
            self.after[address] = (etag, modified)
            raise UnchangedError
        if answer.etag or answer.modified:
            self.after[address] = (answer.etag, answer.modified)
        return answer

    def json(self, address: str) -> dict[str, Any]:
        """Return a JSON object. Raises `Problem` where the address gives none."""
        found = read_document(self.fetcher.get(address, accept="application/json, application/geo+json").body)
        if not isinstance(found, dict):
            raise wrong("The answer is JSON, but no object: this is not the interface that the kind of the source names.")
        return found


Rows = Iterator[DatasetRow | Fault]
Kind = Callable[[Visit], Rows]


def each(items: object, where: str, read: Callable[[dict[str, Any]], DatasetRow | None]) -> Rows:
    """Read the items of a list one by one: one that cannot be read is a fault, and the others go on."""
    if not isinstance(items, list):
        yield Fault(where, "there is no list of datasets in the answer. See whether the address and the kind of the source are right.")
        return
    for number, item in enumerate(items, 1):
        try:
            if not isinstance(item, dict):
                raise TypeError("it is no object")
            if (row := read(item)) is not None:
                yield row
        except Problem as problem:
            yield Fault(f"{where}, item {number}", problem.detail)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as fault:
            yield Fault(f"{where}, item {number}", f"it cannot be read: {fault}. Tell the publisher; the others were read.")


def text(value: object) -> str:
    """Return words, and of anything else nothing."""
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def texts(value: object, language: str) -> dict[str, str | list[str]]:
    """Return texts by language from an object of languages, or from words in the language that is assumed."""
    if isinstance(value, dict):
        return {str(key)[:10]: found for key, said in value.items() if (found := text(said))}
    return {language: found} if (found := text(value)) else {}


def listed(value: object) -> list[str]:
    """Return the words of a list, or of a single word."""
    return [found for said in (value if isinstance(value, list) else [value]) if (found := text(said))]


def members(value: object) -> dict[str, Any]:
    """Return an object, and of anything else an empty one."""
    return value if isinstance(value, dict) else {}
