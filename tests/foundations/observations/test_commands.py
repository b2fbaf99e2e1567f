from __future__ import annotations

import argparse

import pytest

from tests.foundations.observations.city import make
from zinneke.foundations.observations.commands import COMMANDS

pytestmark = pytest.mark.django_db


class Listener:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def progress(self, label: str, done: int, total: int) -> None:
        self.lines.append(label)


def test_retention_says_what_it_did() -> None:
    (command,) = COMMANDS
    command.configure(argparse.ArgumentParser())
    listener = Listener()
    assert command.run(argparse.Namespace(stream=None, keep=None), listener) == 0
    assert listener.lines
    assert command.exclusive


def test_how_long_a_stream_is_kept_is_said_from_the_command_line() -> None:
    (command,), (bin,), listener = COMMANDS, make("a"), Listener()
    for keep, told in (("30", "30 days"), ("0", "for ever"), ("solution", "as its solution says")):
        assert command.run(argparse.Namespace(stream=bin.id, keep=keep), listener) == 0
        assert listener.lines[-1].endswith(told)
    assert command.run(argparse.Namespace(stream=bin.id, keep="a month"), listener) == 2
    assert command.run(argparse.Namespace(stream=None, keep="3"), listener) == 2
