"""What is installed is pinned with hashes and names no address, the extras too."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^([\w.-]+)==", re.MULTILINE)


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-node.txt",
        "requirements-extras.txt",
        "requirements-peers.txt",
        "requirements-ngsildclient.txt",
    ],
)
def test_every_package_of_a_lock_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)
    assert "://" not in text
    assert all("--hash=sha256:" in block for block in blocks if PINNED.match(block))


def test_every_extra_is_pinned() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    pinned = set(PINNED.findall((ROOT / "requirements-extras.txt").read_text(encoding="utf-8")))
    assert {re.split(r"[<>=!~;\[ ]", each)[0] for named in extras.values() for each in named} <= pinned
