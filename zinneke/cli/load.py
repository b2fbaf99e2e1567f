"""`zinneke load CITY`: read a city's files, or its publishers' live endpoints, into the platform; a second run changes nothing."""

from __future__ import annotations

import argparse
from pathlib import Path
from time import monotonic

from zinneke.cli import demonstration
from zinneke.cli.loader import Loader, Outcome
from zinneke.cli.manifest import KINDS, Entry, Manifest, read_manifest
from zinneke.kernel.command import Command, Out
from zinneke.kernel.problem import Problem, wrong

MOST_TOLD = 20
"""Faults of one file that the report lists."""


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("city", nargs="?", default="brussels", help="name of a manifest in zinneke/cli/cities (brussels)")
    parser.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="folder of files; without it, the publishers' live endpoints")
    parser.add_argument("--only", action="append", default=[], metavar="KIND/KEY", help=f"only these entries; kinds are {', '.join(KINDS)}")
    parser.add_argument("--first", action="store_true", help="load what a first start finds: files, else live endpoints, else a demonstration city")


def run(args: argparse.Namespace, out: Out) -> int:
    """Load a city and return 0 when all went well, 1 when some files failed."""
    manifest = read_manifest(args.city)
    if args.first:
        return load_first(args.city, manifest, out)
    chosen = choose(manifest, args.only)
    return load_live(args.city, manifest, chosen, out) if args.folder is None else load_folder(args.city, manifest, chosen, args.folder, out)


def load_first(city: str, manifest: Manifest, out: Out) -> int:
    """Load what a first start finds: files (a second time changes nothing), else live endpoints, else the demonstration city."""
    entries = manifest.entries()
    if folder := demonstration.find_folder():
        return load_folder(city, manifest, entries, folder, out)
    if demonstration.mark().exists():
        return load_folder(city, manifest, entries, demonstration.make(), out)
    if demonstration.has_data():
        out.say("There is data already; nothing was loaded.")
        return 0
    from zinneke.cli import live

    areas = [(kind, entry) for kind, entry in entries if kind == "areas"]
    outcomes = live.load(city, manifest, areas, out, patience=demonstration.PATIENCE)
    if any(each.word == "loaded" for each in outcomes):
        return load_live(city, manifest, entries, out)
    out.say("No data was found here or from the publishers, so this is a demonstration city: everything in it is invented.")
    out.say("To load real data: zinneke load brussels --from DIR")
    return load_folder(city, manifest, entries, demonstration.make(), out)


def load_live(city: str, manifest: Manifest, chosen: list[tuple[str, Entry]], out: Out) -> int:
    """Load entries from their publishers' live endpoints and tell what became of them."""
    from zinneke.cli import live

    begun = monotonic()
    demonstration.clear_before(None, out)
    return report(live.load(city, manifest, chosen, out), monotonic() - begun, out)


def choose(manifest: Manifest, only: list[str]) -> list[tuple[str, Entry]]:
    """Return the entries that `--only` names, by kind or by kind and key; all of them when it names none. Raises `Problem` 400."""
    entries = manifest.entries()
    for word in only:
        if not any(word in (kind, f"{kind}/{entry.key}") for kind, entry in entries):
            raise wrong(f"--only {word}: the manifest has no such entry. Write KIND or KIND/KEY, such as table/trees.")
    return [(kind, entry) for kind, entry in entries if not only or kind in only or f"{kind}/{entry.key}" in only]


def load_folder(city: str, manifest: Manifest, chosen: list[tuple[str, Entry]], folder: Path, out: Out) -> int:
    """Load entries from a folder and tell what became of them. Raises `Problem` when the folder holds none of their files."""
    folder = folder.resolve()
    here = [(kind, entry) for kind, entry in chosen if entry.path(folder)]
    files = [entry.file for _, entry in chosen if entry.file]
    if files and not any((folder / file).is_file() for file in files):
        raise Problem(404, "Nothing to load", f"{folder} holds none of the files that the manifest of {city} names, such as {files[0]}.")
    begun = monotonic()
    demonstration.clear_before(folder, out)
    demonstration.keep_apart(folder)
    outcomes = Loader(city, manifest, folder, out).run(here)
    if demonstration.mark().exists():
        outcomes = [each for each in outcomes if each.word != "missing"]
    return report(outcomes, monotonic() - begun, out)


def report(outcomes: list[Outcome], seconds: float, out: Out) -> int:
    """Say what was loaded, then every file that failed or held faults and why; return the exit status."""
    by_word = {word: [each for each in outcomes if each.word == word] for word in ("loaded", "unchanged", "failed", "missing")}
    for outcome in by_word["loaded"]:
        out.say(f"{outcome.path}: {outcome.said}.")
    told = [each for each in outcomes if each.faults]
    if told:
        out.say("")
        out.say("What could not be taken:")
    for outcome in told:
        for fault in outcome.faults[:MOST_TOLD]:
            out.say(f"  {outcome.path}: {fault}")
        if len(outcome.faults) > MOST_TOLD:
            out.say(f"  {outcome.path}: and {len(outcome.faults) - MOST_TOLD} more.")
    if told:
        out.say("All else is stored. Correct these where they come from, and load again: what has not changed stays as it is.")
    if by_word["missing"]:
        out.say(f"Not in the folder: {', '.join(each.said for each in by_word['missing'])}.")
    counts = f"{len(by_word['loaded'])} loaded, {len(by_word['unchanged'])} unchanged, {len(by_word['failed'])} failed"
    nothing = " Nothing has changed." if by_word["unchanged"] and not by_word["loaded"] and not by_word["failed"] else ""
    out.say(f"{counts} in {seconds:.1f} s.{nothing}")
    return 1 if by_word["failed"] else 0


COMMAND = Command(name="load", summary="Load a city's data from a folder or from its publishers.", configure=_configure, run=run, exclusive=True)
