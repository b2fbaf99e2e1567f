"""Measuring tables ourselves, and the keys for it: one for each comparison between administrations, one for what this platform looks at."""

from __future__ import annotations

import hashlib
import hmac
import tempfile
from pathlib import Path

import msgspec

from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Query, Version
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import wrong
from zinneke.office.cartography.values import TableProfile


def map_key() -> bytes:
    """Return the key of everything that this platform measures itself; it follows from the platform's secret and is kept nowhere else."""
    from django.conf import settings

    return hmac.digest(settings.SECRET_KEY.encode(), b"cartography: the key of sketches", hashlib.sha256)


def read_key(path: Path) -> bytes:
    """Return the key in a file. Raises `Problem` 400 for none, or one of less than 16 bytes."""
    if not path.is_file():
        raise wrong(f"There is no key file {path}. Make one with: openssl rand -hex 32 > {path}", where="key-file")
    key = path.read_bytes().strip()
    if len(key) < 16:
        raise wrong(f"The key in {path} has {len(key)} bytes; it needs at least 16. Make one with: openssl rand -hex 32 > {path}", where="key-file")
    return key


def measure(version: Version, key: str) -> TableProfile | None:
    """Return the profile of one of our own datasets, under its key on the map; shapes are left out, None when nothing else is there."""
    from zinneke.office.cartography.profile import profile
    from zinneke.office.cartography.sources import read

    names = tuple(each.name for each in version.columns if each.type != "geometry")
    if not names:
        return None
    with tempfile.TemporaryDirectory(prefix="zinneke-measure-") as folder:
        path = Path(folder) / "rows.parquet"
        with path.open("wb") as file:
            file.writelines(tables.export(SYSTEM, version.dataset, "parquet", Query(columns=names), version.number).chunks)
        with read(path) as source:
            return msgspec.structs.replace(profile(source, map_key()), key=key, name=version.dataset)
