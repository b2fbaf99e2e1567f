"""Whatever a test does: the tables of entities that followed a change are those that would be read anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from zinneke.foundations.observations import register
from zinneke.foundations.observations.duck import DuckStore
from zinneke.foundations.observations.entities import mirror


@pytest.fixture(autouse=True)
def faithful(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Compare after each amendment; the stamps of those that were are yielded."""
    amend, compared = DuckStore.amend, []

    def amended(self: DuckStore, stamp: str, *rest: Any) -> None:
        amend(self, stamp, *rest)
        known = register.recorded()
        if known.stamp != stamp:
            return
        anew = list(mirror.whole(known))
        for name in mirror.SHAPES:
            columns = ", ".join(mirror.SHAPES[name])
            kept = self._owner.cursor().execute(f"SELECT {columns} FROM mirror.{name}").fetchall()  # noqa: S608
            read = [row for part in anew for row in zip(*part[name].to_pydict().values(), strict=True)]
            assert sorted(map(_plain, kept)) == sorted(map(_plain, read)), name
        compared.append(stamp)

    monkeypatch.setattr(DuckStore, "amend", amended)
    yield compared


def _plain(row: tuple[Any, ...]) -> str:
    """Return a row as text, with the members of its documents in one order: PostgreSQL keeps them in one of its own."""
    return repr([_sorted(each) if isinstance(each, str) and each[:1] in ("{", "[") else each for each in row])


def _sorted(document: str) -> str:
    try:
        return json.dumps(json.loads(document), sort_keys=True)
    except ValueError:
        return document
