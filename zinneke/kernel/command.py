"""The verbs of the `zinneke` command, declared as data by the rooms that own them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol


class Out(Protocol):
    """Where a command speaks: the terminal, or the stream back to the terminal when the server does the work."""

    def say(self, line: str) -> None:
        """Say one line."""

    def progress(self, label: str, done: int, total: int) -> None:
        """Show how far the work is; `total` 0 when it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A verb. `run` takes the parsed arguments and an `Out` and returns the exit status.

    `exclusive` commands touch what one process owns (the observations): while the server is up, it does their work.
    """

    name: str
    summary: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Out], int]
    exclusive: bool = False


def parser(commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    """Return the parser over these commands."""
    top = argparse.ArgumentParser("zinneke", description="Zinneke, the open urban platform.")
    verbs = top.add_subparsers(dest="verb", metavar="VERB")
    for command in sorted(commands.values(), key=lambda each: each.name):
        command.configure(verbs.add_parser(command.name, help=command.summary, description=command.summary))
    return top


def find(commands: Mapping[str, Command], words: list[str]) -> tuple[Command, argparse.Namespace] | None:
    """Return the command that the words name, and its arguments; None, after the parser's own message, when they name none."""
    try:
        args = parser(commands).parse_args(words)
    except SystemExit:
        return None
    command = commands.get(args.verb or "")
    return (command, args) if command else None
