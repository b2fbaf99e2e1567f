"""A character of code zero, which PostgreSQL cannot keep, is no reason to refuse anything."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.types.json import Json, Jsonb

from tests import postgres
from zinneke.foundations import postgresql


class Django:
    """What `connection_created` hands over."""

    vendor = "postgresql"

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection]:
    with postgres.running() as url, psycopg.connect(f"{url}/postgres", cursor_factory=psycopg.ClientCursor) as made:
        postgresql.teach(None, Django(made))
        yield made


@pytest.mark.parametrize("text", ["", "a", "a\0b", "\0", "é\0é", "\\u0000"])
def test_text_keeps_all_but_zeros(connection: psycopg.Connection, text: str) -> None:
    assert connection.execute("SELECT %s::text", [text]).fetchone() == (text.replace("\0", "\ufffd"),)


@pytest.mark.parametrize("kind", [Json, Jsonb])
@pytest.mark.parametrize("text", ["", "a\0b", "\\u0000", "\\\0", "\\\\u0000\0", '"\0"'])
def test_documents_keep_all_but_zeros(connection: psycopg.Connection, kind: type[Json], text: str) -> None:
    word = "jsonb" if kind is Jsonb else "json"
    found = connection.execute(f"SELECT %s::{word}", [kind({"text": text, text: 1})]).fetchone()
    kept = text.replace("\0", "\ufffd")
    assert found == ({"text": kept, kept: 1},)
