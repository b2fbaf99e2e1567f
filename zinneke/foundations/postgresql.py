"""What PostgreSQL cannot keep: a character of code zero, in text and in documents. It becomes U+FFFD there, so that nothing is refused for it."""

from __future__ import annotations

import re
from typing import Any

from django.db.backends.signals import connection_created

_ZERO = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


def teach(sender: object, connection: Any, **_: object) -> None:
    """Let a new connection to PostgreSQL write zeros as U+FFFD."""
    if connection.vendor != "postgresql":
        return
    from psycopg.types.json import Json, Jsonb, JsonbDumper, JsonDumper
    from psycopg.types.string import StrDumper, StrDumperUnknown

    def kept(obj: str) -> str:
        return obj.replace("\0", "\ufffd") if "\0" in obj else obj

    def whole(data: Any) -> Any:
        return _ZERO.sub(rb"\1\\ufffd", data) if data and b"\\u0000" in bytes(data) else data

    class Text(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(kept(obj))

    class Unknown(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(kept(obj))

    class Document(JsonDumper):
        def dump(self, obj: Any) -> Any:
            return whole(super().dump(obj))

    class Binary(JsonbDumper):
        def dump(self, obj: Any) -> Any:
            return whole(super().dump(obj))

    adapters = connection.connection.adapters
    for kind, dumper in ((str, Text), (str, Unknown), (Json, Document), (Jsonb, Binary)):
        adapters.register_dumper(kind, dumper)


def prepare() -> None:
    """Teach every connection from now on."""
    connection_created.connect(teach, dispatch_uid="zinneke.postgresql")
