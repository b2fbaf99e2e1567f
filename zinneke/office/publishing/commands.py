"""Publish one file, address, table or measurement from the command line."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import SYSTEM

if TYPE_CHECKING:
    from zinneke.foundations.catalogue.values import Dataset
    from zinneke.foundations.tables.values import Spec
    from zinneke.office.publishing.sources import Brought, Source

STREAMS = "streams:"


def configure(parser: argparse.ArgumentParser) -> None:
    """Take the source and what is to be said of it."""
    places = "a file (CSV, Excel, JSON, GeoJSON, Parquet, also packed), a web address, a database (postgresql://…, mysql://…, sqlite:PATH)"
    parser.add_argument("source", help=f"{places} or {STREAMS}SOLUTION/READING[/STATION]")
    parser.add_argument("--title", required=True, help="title of the dataset")
    parser.add_argument("--language", choices=("fr", "nl", "en"), default="fr", help="language of the title (fr)")
    parser.add_argument("--key", default="", help="key of the dataset; made from the title without one")
    parser.add_argument("--licence", default="", help="key of a licence, such as cc0 or cc-by-4.0")
    parser.add_argument("--table", default="", help="which table of a database")
    parser.add_argument("--days", type=int, default=0, help="measurements of so many days up to now (30)")
    parser.add_argument("--start", default="", help="measurements from this day on, 2026-11-23")
    parser.add_argument("--end", default="", help="until this day")
    parser.add_argument("--every", type=int, default=0, metavar="HOURS", help="fetch it again every 1, 6, 24, 168 or 720 hours")
    parser.add_argument("--draft", action="store_true", help="leave it a draft")


def run(arguments: argparse.Namespace, out: Out) -> int:
    """Publish the source, or a new version of it, and return 0; 1 when something keeps it from being published."""
    from zinneke.kernel.problem import Problem

    try:
        return _publish(arguments, out)
    except Problem as problem:
        out.say(problem.detail or problem.title)
        return 1


def _source(arguments: argparse.Namespace) -> Source | None:
    """Return what the words name, None for a file."""
    from zinneke.foundations import databases
    from zinneke.office.publishing.sources import FromDatabase, FromStreams, FromWeb

    given: str = arguments.source
    if given.startswith(STREAMS):
        solution, reading, thing = (given.removeprefix(STREAMS).split("/", 2) + ["", ""])[:3]
        days = arguments.days or (0 if arguments.start else 30)
        return FromStreams(solution, reading, thing, days, arguments.start, arguments.end)
    if databases.is_database(given):
        return FromDatabase(given, arguments.table)
    return FromWeb(given) if given.startswith(("http://", "https://")) else None


def _publish(arguments: argparse.Namespace, out: Out) -> int:
    from zinneke.office.publishing import sources

    source = _source(arguments)
    if source is None:
        return _published(arguments, out, Path(arguments.source), sources.Brought(Path(arguments.source).name), None)
    with tempfile.TemporaryDirectory(prefix="zinneke-publish-") as folder:
        path = Path(folder) / "source"
        return _published(arguments, out, path, sources.bring(SYSTEM, source, path), source)


def _published(arguments: argparse.Namespace, out: Out, path: Path, brought: Brought, source: Source | None) -> int:
    from zinneke.foundations.catalogue import store as catalogue
    from zinneke.foundations.tables import store as tables
    from zinneke.foundations.tables.values import Spec
    from zinneke.kernel.confidentiality import Level
    from zinneke.office.publishing import rules, sources

    spec = Spec(name=brought.name, licence=arguments.licence, columns=brought.columns)
    looked = rules.raised(tables.check_source(SYSTEM, path, spec), brought.floor)
    for each in looked.columns:
        if each.suggested > Level.PUBLIC:
            out.say(f"{each.column.name} may tell of people: it is kept {each.suggested.name.lower()}. Treat it in the browser to open it.")
    lineage = rules.steps_of(sources.told(source), "") if source is not None else ()
    spec = Spec(name=brought.name, licence=arguments.licence, columns=rules.closed(looked, spec).columns, lineage=lineage)
    found = _dataset(arguments, min(each.suggested for each in looked.columns), f"source:{sources.told(source)}" if source else f"file:{path.name}")
    done = catalogue.set_rows(SYSTEM, found.key, path, spec)
    for fault in done.faults[:20]:
        out.say(str(fault))
    if found.state == "draft" and not arguments.draft:
        catalogue.submit(SYSTEM, found.key)
        catalogue.accept(SYSTEM, found.key)
    _repeat(arguments, found, source, spec)
    word = "version" if done.changed else "unchanged, version"
    out.say(f"{found.key}: {word} {done.version.number}, {done.kept:,} rows kept of {done.read:,}.")
    return 0


def _dataset(arguments: argparse.Namespace, level: int, origin: str) -> Dataset:
    from zinneke.foundations.catalogue import store as catalogue
    from zinneke.foundations.catalogue.values import DatasetRow
    from zinneke.kernel.confidentiality import Level

    uri = f"file:{arguments.key}" if arguments.key else origin
    row = DatasetRow(uri=uri, key=arguments.key, title={arguments.language: arguments.title}, licence=arguments.licence, level=Level(level))
    return catalogue.find_by_uri(SYSTEM, row.uri, catalogue.OURS) or catalogue.add_dataset(SYSTEM, row)


def _repeat(arguments: argparse.Namespace, found: Dataset, source: Source | None, spec: Spec) -> None:
    from zinneke.kernel.problem import wrong
    from zinneke.office.publishing import refreshing

    if not arguments.every:
        return
    if source is None:
        raise wrong("A file is not fetched again. Give an address, a table or a measurement.", where="every")
    refreshing.set_refresh(SYSTEM, found.key, source, arguments.every, spec)


COMMANDS = (
    Command(
        name="publish", summary="Publish a file, an address, a table or a measurement as a dataset.", configure=configure, run=run, exclusive=True
    ),
)
