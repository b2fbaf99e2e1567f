"""`zinneke serve` says what is in its way before it says that it is there."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from zinneke.cli import serve
from zinneke.kernel.problem import Problem


def test_a_port_that_is_taken_is_told_with_the_way_to_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(Problem, match=r"already in use.*ZINNEKE_PORT=8001"):
        serve._demand_free("127.0.0.1", taken.getsockname()[1])


def test_a_number_that_is_no_port_is_told() -> None:
    with pytest.raises(Problem, match="99999 is no port"):
        serve._demand_free("127.0.0.1", 99_999)


def test_a_free_port_is_taken_without_a_word() -> None:
    serve._demand_free("127.0.0.1", 0)


@pytest.mark.parametrize(
    ("setting", "given", "told"),
    [
        ("ZINNEKE_DATA", "{}/file/below", r"cannot be made: Not a directory\. Set ZINNEKE_DATA"),
        ("ZINNEKE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", r"The records cannot be reached\..*See ZINNEKE_DATABASE_URL"),
    ],
)
def test_where_the_data_cannot_be_is_told_in_a_sentence(tmp_path: Path, setting: str, given: str, told: str) -> None:
    (tmp_path / "file").touch()
    environment = {**os.environ, "ZINNEKE_DATA": str(tmp_path / "data"), setting: given.format(tmp_path)}
    command = [sys.executable, "-m", "zinneke", "serve", "--port", "0"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 1
    assert "Traceback" not in run.stdout + run.stderr
    assert re.search(told, run.stdout + run.stderr)
