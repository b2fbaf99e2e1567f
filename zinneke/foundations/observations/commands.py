"""What the operator does from the command line."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime

from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import SYSTEM


def configure(parser: argparse.ArgumentParser) -> None:
    """Take a stream and its days, to say how long it is kept; without them, do what was said."""
    parser.add_argument("--stream", type=int, metavar="NUMBER", help="the stream whose days are set")
    parser.add_argument("--keep", metavar="DAYS", help="days of raw observations: 0 for ever, `solution` as its solution says")


def run_retention(arguments: argparse.Namespace, out: Out) -> int:
    """Delete what is no longer kept and say how much; or set the days of a stream."""
    from zinneke.foundations.observations import retention

    if arguments.stream is not None or arguments.keep is not None:
        if arguments.stream is None or not re.fullmatch(r"\d{1,5}|solution", arguments.keep or ""):
            out.say("Give both --stream NUMBER and --keep DAYS, where DAYS is a number, or `solution`.")
            return 2
        days = None if arguments.keep == "solution" else int(arguments.keep)
        stream = retention.set_keep(SYSTEM, arguments.stream, days)
        out.say(f"{stream.key}: " + ("as its solution says" if days is None else f"{days} days" if days else "for ever"))
        return 0
    gone = retention.apply_retention(SYSTEM, datetime.now(UTC))
    for solution, rows in gone.items():
        out.say(f"{solution or 'without a solution'}: {rows:,} observations deleted")
    if not gone:
        out.say("Every stream keeps its observations for ever: nothing to delete.")
    return 0


COMMANDS = (
    Command(
        name="retention",
        summary="Delete the raw observations that are no longer kept, or set for how long a stream keeps them.",
        configure=configure,
        run=run_retention,
        exclusive=True,
    ),
)
