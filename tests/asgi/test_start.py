"""The platform starts without what only some work needs."""

from __future__ import annotations

import os
import subprocess
import sys

HEAVY = ("httpx", "lark", "openpyxl", "owslib", "paho", "pandas", "pygeofilter", "pyogrio", "pyproj", "rdflib", "reportlab", "scipy", "sqlglot")
"""Libraries that are imported on first use; each would cost the start a tenth to a half of a second."""
OPEN = """
import sys
import django
django.setup()
from zinneke.kernel import registry
registry.routes(), registry.pages(), registry.commands()
import zinneke.web.urls
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


def test_heavy_libraries_wait_for_their_first_use() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
    told = subprocess.run([sys.executable, "-c", OPEN, *HEAVY], capture_output=True, text=True, env=environment, check=True)
    assert told.stdout.split() == []
