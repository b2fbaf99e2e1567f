"""`zinneke serve` says what is in its way before it says that it is there."""

from __future__ import annotations

import socket

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
