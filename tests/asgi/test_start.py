"""The platform starts without what only some work needs."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "cryptography", "httpx", "jwt", "lark", "openpyxl", "owslib", "paho", "pandas", "pyarrow.compute", "pygeofilter", "pyogrio", "pyproj", "rdflib",
    "reportlab", "rich", "scipy", "sqlglot",
)  # fmt: skip
"""Libraries that are imported on first use; each would cost the start a twentieth to a half of a second."""
OPEN = """
import sys
from zinneke.cli import main
main([])
from zinneke.asgi import house
house.build()
print()
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


def test_heavy_libraries_wait_for_their_first_use() -> None:
    told = subprocess.run([sys.executable, "-c", OPEN, *HEAVY], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1].split() == []
