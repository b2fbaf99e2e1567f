"""Readers: what others wrote about their data, in the form in which they have it, becomes things of the map.

Each is a pure function over bytes, but for `live`, which asks a database; a fault is told by its place, and what is right beside it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zinneke.office.cartography.reading import dcat, ddl, forms, schemas, sketches, tabular
from zinneke.office.cartography.reading.origin import Origin
from zinneke.office.cartography.scanning import Scanned

READERS: Mapping[str, Callable[[bytes, Origin, str], Scanned]] = {
    "sql": ddl.read,
    "openapi": lambda data, origin, dialect: schemas.read_openapi(data, origin),
    "json-schema": lambda data, origin, dialect: schemas.read_json_schema(data, origin),
    "form": lambda data, origin, dialect: forms.read(data, origin),
    "table": lambda data, origin, dialect: tabular.read(data, origin),
    "sketch": lambda data, origin, dialect: sketches.read(data, origin),
    "dcat": lambda data, origin, dialect: dcat.read(data, origin),
}
"""How each kind of document is read."""
