"""Which sources are to be written what, by the modes, parts and operations of their registrations."""

from __future__ import annotations

from typing import Any

from zinneke.standards.ngsi_ld.choosing import chosen

FILL, OWNER = "https://uri.example/fill", "https://uri.example/owner"
Told = list[tuple[str, frozenset[str] | None, frozenset[str]]]
BOTH = frozenset({FILL, OWNER})
BIN = "https://uri.example/Bin"
A = "urn:ngsi-ld:Bin:a"


def source(mode: str, *information: dict[str, Any], operations: tuple[str, ...] = ("redirectionOps",)) -> dict[str, Any]:
    return {"mode": mode, "information": list(information), "operations": list(operations)}


def part(*names: str, **entity: str) -> dict[str, Any]:
    return {"entities": [{"type": BIN, **entity}], **({"propertyNames": list(names)} if names else {})}


def told(
    *documents: dict[str, Any], written: frozenset[str] | None = frozenset({FILL, OWNER})
) -> list[tuple[str, frozenset[str] | None, frozenset[str]]]:
    found = chosen(documents, frozenset({"createEntity"}), A, frozenset({BIN}), written)
    return [(each.mode, each.names, each.without) for each in found]


def test_every_part_of_a_registration_that_covers_an_entity_counts() -> None:
    assert told(source("inclusive", part(FILL), part(OWNER))) == [("inclusive", frozenset({FILL, OWNER}), frozenset())]
    assert told(source("inclusive", part(FILL), part())) == [("inclusive", None, frozenset())]
    assert told(source("inclusive", part(FILL), part(OWNER, id="urn:ngsi-ld:Bin:b"))) == [("inclusive", frozenset({FILL}), frozenset())]


def test_what_is_exclusive_is_for_nobody_else_whichever_was_registered_first() -> None:
    both = source("redirect", part()), source("exclusive", part(FILL, id=A))
    for documents in (both, both[::-1]):
        assert sorted(told(*documents), key=str) == [("exclusive", frozenset({FILL}), frozenset()), ("redirect", None, frozenset({FILL}))]
    assert told(*both, written=frozenset({FILL})) == [("exclusive", frozenset({FILL}), frozenset())]
    assert told(source("inclusive", part()), source("redirect", part())) == [("redirect", None, frozenset())]
