"""The client that people have, `ngsildclient`, against a running server. It pins an older `httpx`, so that it needs an environment of its own."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from benchmarks.serving import free_port
from tests.standards.ngsi_ld.conftest import door

OWN = Path(__file__).parents[3] / ".venv/ngsildclient/bin/python"
PYTHON = os.environ.get("NGSILDCLIENT_PYTHON") or (str(OWN) if OWN.is_file() else "")
"""The Python of an environment into which `pip install ngsildclient` was done; `tools/peers.sh` makes one on a build machine."""
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not PYTHON and not os.environ.get("CI"), reason="NGSILDCLIENT_PYTHON names no Python that has ngsildclient"),
]


def test_the_client_does_all_that_it_does() -> None:
    assert PYTHON, "on a build machine the client is there"
    served, port = door(), free_port()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await served(scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(application, port=port, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        done = subprocess.run([PYTHON, str(Path(__file__).with_name("client.py")), str(port)], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        server.should_exit = True
        thread.join()
