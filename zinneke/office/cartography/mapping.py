"""`zinneke map`: scan a database or a document into the map, and look for what is kept twice, from the command line of the machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.kernel.problem import wrong

if TYPE_CHECKING:
    from zinneke.office.cartography.reading.sampling import Sampling

FORMATS = ("sql", "openapi", "json-schema", "form", "table", "dcat", "sketch")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs of `zinneke map` and their arguments."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    scan = verbs.add_parser(
        "scan", help="Read a live database or a document into the map.", description="Read a live database or a document into the map."
    )
    scan.add_argument("source", help="a database (postgresql://…, mysql://…, sqlite:PATH; only its names and types are read) or a file")
    scan.add_argument("--name", required=True, help="what the source is called, the same at every scan, such as crm")
    scan.add_argument("--format", choices=FORMATS, help="how a file is written")
    scan.add_argument("--dialect", default="", help="which SQL a schema is written in: postgres, mysql, sqlite, tsql, oracle")
    scan.add_argument("--owner", default="", help="key of the organisation that answers for it")
    scan.add_argument("--level", choices=("public", "shared", "personal"), default="shared", help="who may see what it says of itself (shared)")
    scan.add_argument("--sample", type=int, default=0, metavar="N", help="of a database, profile up to N rows of each table too; no value is kept")
    scan.add_argument("--key-file", type=Path, help="the key of the profiles' sketches; without it, that of this platform")
    scan.add_argument("--area", default="", help="a commune's NIS code, or nothing for the whole Region")
    scan.set_defaults(run=_scan)
    peers = verbs.add_parser("peers", help="Compare with what peer cities publish.", description="Compare with what peer cities publish.")
    peers.add_argument("--from", dest="file", type=Path, help="a catalogue in DCAT (Turtle, JSON-LD, RDF/XML) of one more city")
    peers.add_argument("--name", default="", help="which city's it is, such as Lyon")
    peers.set_defaults(run=_peers)
    words = "Register our own datasets, and look for what is kept or asked twice, on the map and in the catalogue."
    verbs.add_parser("find", help=words, description=words).set_defaults(run=_find)


def run(arguments: argparse.Namespace, out: Out) -> int:
    """Do what was asked."""
    status: int = arguments.run(arguments, out)
    return status


def _scan(arguments: argparse.Namespace, out: Out) -> int:
    from zinneke.office.cartography import store
    from zinneke.office.cartography.reading import READERS, live
    from zinneke.office.cartography.reading.origin import Origin

    level = Level[arguments.level.upper()]
    origin = Origin(name=arguments.name, owner=arguments.owner, level=level, area=arguments.area)
    if arguments.format:
        if not (path := Path(arguments.source)).is_file():
            raise wrong(f"There is no file {path}.", where=str(path))
        scanned = READERS[arguments.format](path.read_bytes(), origin, arguments.dialect)
    elif Path(arguments.source).is_file():
        raise wrong(f"Say how the file is written: --format {', '.join(FORMATS)}.", where="format")
    else:
        scanned = live.read(arguments.source, origin, _sampling(arguments))
    done = store.take_scan(SYSTEM, scanned)
    if scanned.profiles:
        out.say(f"{len(scanned.profiles):,} tables were measured, without keeping any value.")
    out.say(f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged, {done.refused} refused, {done.missing} not seen any more.")
    for fault in done.faults:
        out.say(f"  {fault}")
    if done.alike:
        out.say(f"Most of these tables are also known from {done.alike}: is it the same source under another name?")
    return 0 if done.state == "done" else 3


def _sampling(arguments: argparse.Namespace) -> Sampling | None:
    from zinneke.office.cartography.measuring import map_key, read_key
    from zinneke.office.cartography.reading.sampling import Sampling

    if arguments.sample < 1:
        return None
    return Sampling(arguments.sample, read_key(arguments.key_file) if arguments.key_file else map_key())


def _find(arguments: argparse.Namespace, out: Out) -> int:
    from zinneke.office.cartography import ourselves, surveys

    scan = ourselves.register()
    out.say(f"Our own datasets: {scan.added} added, {scan.changed} changed, {scan.unchanged} unchanged.")
    found, new = ourselves.find(lambda done, total: out.progress("Comparing tables", done, total))
    out.say(f"{found} findings, {new} of them new.")
    out.say(f"{ourselves.find_twins()} groups of the catalogue seem to be one dataset.")
    out.say(f"Peers publish {len(surveys.look().lacks):,} subjects that we lack.")
    return 0


def _peers(arguments: argparse.Namespace, out: Out) -> int:
    from zinneke.office.cartography import store

    if arguments.file:
        key, count = store.take_peer(SYSTEM, arguments.file.read_bytes(), arguments.name or arguments.file.stem)
        out.say(f"{key}: {count:,} datasets.")
    found = store.compute_surveys(SYSTEM)
    out.say(f"{len(found.lacks):,} subjects of {found.theirs:,} datasets of peers are not among our {found.ours:,}. The first:")
    for each in found.lacks[:20]:
        title = next(iter(each.examples[0][2].values()), "")
        nearest = next(iter(each.nearest.values()), "nothing")
        out.say(f"  {', '.join(each.peers)}: {title} ({each.datasets}); nearest here: {nearest}, {each.resemblance:.0%}")
    return 0


COMMAND = Command(
    name="map", summary="Scan sources into the map of the data, and look for what is kept twice.", configure=configure, run=run, exclusive=True
)
