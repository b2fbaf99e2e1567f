"""`zinneke audit`: read the journal, and prove that it is whole."""

from __future__ import annotations

import argparse

from zinneke.foundations.audit import store
from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import SYSTEM


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `zinneke audit`."""
    parser.add_argument("what", choices=("verify", "list"), help="verify: read it all again; list: show entries")
    parser.add_argument("--after", type=int, default=0, help="number of the entry after which to begin")
    parser.add_argument("--limit", type=int, default=100, help="entries to show, at most 1000")
    parser.add_argument("--subject", default="", help="only what was done to this, such as person:3")
    parser.add_argument("--who", default="", help="only what this actor did, such as token:5")


def run(args: argparse.Namespace, out: Out) -> int:
    """Verify the journal (status 1 when an entry is not what it was), or list entries."""
    if args.what == "verify":
        verdict = store.verify(SYSTEM)
        broken = f"Entry {verdict.first_bad} is not what was written; {verdict.entries:,} before it stand."
        out.say(f"{verdict.entries:,} entries stand." if verdict.ok else broken)
        return 0 if verdict.ok else 1
    for entry in store.list_entries(SYSTEM, args.after, args.limit, args.subject, args.who):
        ground = f" · {entry.ground}" if entry.ground else ""
        out.say(f"{entry.seq} · {entry.time:%Y-%m-%d %H:%M:%S}Z · {entry.actor} · {entry.action} · {entry.subject} · {dict(entry.detail)}{ground}")
    return 0


COMMANDS = (Command(name="audit", summary="Read the journal of who did what, or verify that it is whole.", configure=configure, run=run),)
