"""`zinneke indicators`: compute them, list where they stand, read values from a file; the command acts as the platform itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import wrong
from zinneke.office.indicators import figures, store
from zinneke.office.indicators.periods import say_period


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs of `zinneke indicators` and their arguments."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    compute = verbs.add_parser("compute", help="Compute indicators from the platform's data; all of them when none is named.")
    compute.add_argument("key", nargs="*", help="key of an indicator, such as population")
    verbs.add_parser("list", help="List the indicators and where each stands.")
    read = verbs.add_parser("import", help="Read values from a CSV file or Excel workbook; they are drafts until somebody accepts them.")
    read.add_argument("key", help="key of the indicator")
    read.add_argument("file", type=Path, help="file whose first row names the columns period, area, value")


def run(args: argparse.Namespace, out: Out) -> int:
    """Do what was asked; 1 when something could not be computed or taken."""
    if args.what == "list":
        found = store.list_indicators(SYSTEM)
        for each, stand in zip(found, store.standings(SYSTEM, found), strict=True):
            value = figures.say_figure(stand.latest.value, each.sheet.unit).en if stand.latest else "not measured"
            out.say(f"{each.key}: {value}{f' ({say_period(stand.latest.period).en})' if stand.latest else ''}, {stand.status}")
        return 0
    if args.what == "import":
        if not args.file.is_file():
            raise wrong(f"There is no file {args.file}.", where="file")
        counts = store.import_values(SYSTEM, args.key, args.file.read_bytes())
        out.say(f"{counts.added} new, {counts.changed} changed, {counts.unchanged} unchanged, {counts.refused} not taken.")
    else:
        counts = store.compute(SYSTEM, args.key or None)
        out.say(f"{counts.added} values written, {counts.unchanged} unchanged, {counts.refused} faults.")
    for fault in counts.faults:
        out.say(f"  {fault}")
    return 1 if counts.refused else 0


COMMANDS = (
    Command(
        name="indicators", summary="Compute indicators, list where they stand, read values from a file.", configure=configure, run=run, exclusive=True
    ),
)
