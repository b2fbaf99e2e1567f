"""What the tests of tables share: a small city table, and somebody with rights."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from zinneke.foundations.tables.values import ColumnSpec, Published, Spec
from zinneke.kernel.confidentiality import SYSTEM, Actor, Grant, Level, Right


@pytest.fixture
def publish(db: None) -> Callable[..., Published]:
    from zinneke.foundations.tables import store

    def run(source: bytes | str, dataset: str = "trees", **spec: object) -> Published:
        return store.publish(SYSTEM, dataset, source.encode() if isinstance(source, str) else source, Spec(**spec))  # type: ignore[arg-type]

    return run


def reader(level: Level = Level.PUBLIC, subject: str = "tables", area: str = "", rights: frozenset[Right] = frozenset({Right.SEE})) -> Actor:
    """Return somebody known whose one grant is this."""
    return Actor("reader", grants=(Grant("reader", rights, level, area, subject),))


SECRETS = Spec(
    columns=(
        ColumnSpec("owner", level=Level.PERSONAL),
        ColumnSpec("note", level=Level.SHARED),
        ColumnSpec("lat", level=Level.SHARED),
        ColumnSpec("when", level=Level.SHARED),
    )
)
SECRET_ROWS = (
    b"kind,owner,note,lat,lon,when,n\noak,Jan,old,50.81,4.31,2024-01-01,1\nelm,An,new,50.82,4.32,2024-01-02,2\noak,Eva,new,50.83,4.33,2024-01-03,3\n"
)
