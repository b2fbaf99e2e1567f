"""Publish one file from the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import SYSTEM


def configure(parser: argparse.ArgumentParser) -> None:
    """Take the file and what is to be said of it."""
    parser.add_argument("file", type=Path, help="CSV, Excel, JSON, GeoJSON or Parquet, also packed")
    parser.add_argument("--title", required=True, help="title of the dataset")
    parser.add_argument("--language", choices=("fr", "nl", "en"), default="fr", help="language of the title (fr)")
    parser.add_argument("--key", default="", help="key of the dataset; made from the title without one")
    parser.add_argument("--licence", default="", help="key of a licence, such as cc0 or cc-by-4.0")
    parser.add_argument("--draft", action="store_true", help="leave it a draft")


def run(arguments: argparse.Namespace, out: Out) -> int:
    """Publish the file, or a new version of it, and return 0; 1 when something keeps it from being published."""
    from zinneke.kernel.problem import Problem

    try:
        return _publish(arguments, out)
    except Problem as problem:
        out.say(problem.detail or problem.title)
        return 1


def _publish(arguments: argparse.Namespace, out: Out) -> int:
    from zinneke.foundations.catalogue import store as catalogue
    from zinneke.foundations.catalogue.values import DatasetRow
    from zinneke.foundations.tables import store as tables
    from zinneke.foundations.tables.values import ColumnSpec, Spec
    from zinneke.kernel.confidentiality import Level

    spec = Spec(name=arguments.file.name, licence=arguments.licence)
    looked = tables.check_source(SYSTEM, arguments.file, spec)
    closed = [each for each in looked.columns if each.suggested > Level.PUBLIC]
    for each in closed:
        out.say(f"{each.column.name} may tell of people: it is kept {each.suggested.name.lower()}. Treat it in the browser to open it.")
    columns = tuple(ColumnSpec(name=each.source, level=each.suggested) for each in closed)
    spec = Spec(name=arguments.file.name, licence=arguments.licence, columns=columns)
    title = {arguments.language: arguments.title}
    level = min(each.suggested for each in looked.columns)
    row = DatasetRow(uri=f"file:{arguments.key or arguments.file.name}", key=arguments.key, title=title, licence=arguments.licence, level=level)
    found = catalogue.find_by_uri(SYSTEM, row.uri, catalogue.OURS) or catalogue.add_dataset(SYSTEM, row)
    done = catalogue.set_rows(SYSTEM, found.key, arguments.file, spec)
    for fault in done.faults[:20]:
        out.say(str(fault))
    if found.state == "draft" and not arguments.draft:
        catalogue.submit(SYSTEM, found.key)
        catalogue.accept(SYSTEM, found.key)
    word = "version" if done.changed else "unchanged, version"
    out.say(f"{found.key}: {word} {done.version.number}, {done.kept:,} rows kept of {done.read:,}.")
    return 0


COMMANDS = (Command(name="publish", summary="Publish one file as a dataset, or as its next version.", configure=configure, run=run, exclusive=True),)
