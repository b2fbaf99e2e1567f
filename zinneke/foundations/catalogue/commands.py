"""What the operator does from the command line: name catalogues to harvest, see them, read them."""

from __future__ import annotations

import argparse

from zinneke.foundations.catalogue.values import HarvestRun, HarvestSource
from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import SYSTEM, Level


def configure(parser: argparse.ArgumentParser) -> None:
    """Take what to do with which source."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="add|list|run")
    add = verbs.add_parser("add", help="Name a catalogue to read from time to time.")
    add.add_argument("kind", choices=("ckan", "explore", "dcat", "records", "wfs", "folder"))
    add.add_argument("address")
    add.add_argument("--key", default="", help="its name here; made from the host when left out")
    add.add_argument("--hours", type=int, default=24, help="how many hours apart it is read")
    add.add_argument("--language", default="", help="the language of texts that name none: fr, nl, en or de")
    add.add_argument("--level", default="public", choices=[level.name.lower() for level in Level], help="who may see what it gives")
    add.add_argument("--area", default="", help="NIS code of the commune whose people may see it")
    verbs.add_parser("list", help="Say which catalogues are read, and what became of it.")
    run = verbs.add_parser("run", help="Read a catalogue now.")
    run.add_argument("key")
    run.add_argument("--accept-shrink", action="store_true", help="mark what is listed no longer as gone, however much it is")


def run_harvest(arguments: argparse.Namespace, out: Out) -> int:
    """Do it, and say what became of it."""
    from zinneke.foundations.catalogue import harvesting

    if arguments.what == "add":
        level = Level[arguments.level.upper()]
        asked = HarvestSource(
            kind=arguments.kind, address=arguments.address, key=arguments.key, hours=arguments.hours, language=arguments.language, level=level,
            area=arguments.area,
        )  # fmt: skip
        made = harvesting.add_harvest(SYSTEM, asked)
        out.say(f"{made.key}: read every {made.hours} hours from now on; `zinneke harvest run {made.key}` reads it at once.")
        return 0
    if arguments.what == "list":
        for each in harvesting.list_harvests(SYSTEM):
            state = "" if each.active else ", stopped"
            out.say(f"{each.key}: {each.kind} {each.address}, every {each.hours} hours{state}" + (f"; {_summary(each.last)}" if each.last else ""))
        return 0
    run = harvesting.run_harvest(SYSTEM, arguments.key, accept_shrink=arguments.accept_shrink)
    out.say(f"{arguments.key}: {_summary(run)}")
    for where, what in run.report.faults:
        out.say(f"  {where}: {what}")
    for pair in run.report.duplicates[:20]:
        out.say(f"  {pair.key} looks like {pair.other} of {pair.source}: same {pair.by} ({pair.evidence})")
    return 1 if run.outcome == "failed" else 0


_NOTES = {
    "nothing": "it lists nothing now, so nothing was marked as gone",
    "shrunk": "it lists far fewer than before, so nothing was marked as gone; if that is right, run it with --accept-shrink",
    "incomplete": "not everything could be read, so nothing was marked as gone",
    "unchanged": "it says that nothing changed",
}


def _summary(run: HarvestRun) -> str:
    told = run.report
    figures = (f"{told.added} added", f"{told.changed} changed", f"{told.unchanged} unchanged", f"{told.gone} gone", f"{told.refused} refused")
    notes = "".join(f"; {_NOTES[note]}" for note in told.notes if note in _NOTES)
    return f"{run.outcome} on {run.time:%Y-%m-%d %H:%M} UTC: {', '.join(figures)}, {len(told.duplicates)} listed elsewhere too{notes}"


COMMANDS = (Command(name="harvest", summary="Read catalogues of others from time to time.", configure=configure, run=run_harvest),)
