from __future__ import annotations

import argparse

import pytest

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
    assert command.run(argparse.Namespace(), listener) == 0
    assert listener.lines
    assert command.exclusive
