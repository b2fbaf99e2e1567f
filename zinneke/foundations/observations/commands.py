"""What the operator does from the command line."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import SYSTEM


def configure(parser: argparse.ArgumentParser) -> None:
    """Take no arguments: how long to keep is declared by each solution."""


def run_retention(arguments: argparse.Namespace, out: Out) -> int:
    """Delete what solutions no longer keep and say how much."""
    from zinneke.foundations.observations import store

    gone = store.apply_retention(SYSTEM, datetime.now(UTC))
    for solution, rows in gone.items():
        out.say(f"{solution}: {rows:,} observations deleted")
    if not gone:
        out.say("Every solution keeps its observations for ever: nothing to delete.")
    return 0


COMMANDS = (
    Command(
        name="retention",
        summary="Delete the observations that solutions no longer keep.",
        configure=configure,
        run=run_retention,
        exclusive=True,
    ),
)
