"""`zinneke sketch`: look at a table inside an administration and write a file that can be sent alone. It needs no server and no database of ours."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from zinneke.kernel.command import Command, Out
from zinneke.kernel.problem import wrong
from zinneke.office.cartography import mapping

if TYPE_CHECKING:
    from zinneke.office.cartography.sources import Source


def configure(parser: argparse.ArgumentParser) -> None:
    """Take the table, the key and where to write."""
    parser.add_argument("source", help="a CSV, Parquet or SQLite file, or the address of a database (postgresql://…, mysql://…)")
    parser.add_argument("--table", default="", help="the table or view, where the source has several (schema.name)")
    parser.add_argument("--key-file", type=Path, required=True, help="a file with the key of this comparison (openssl rand -hex 32 > key)")
    parser.add_argument("--out", type=Path, help="the file to write; TABLE.sketch.json by default")
    parser.add_argument("--name", default="", help="what the table is called on the map, such as ixelles.population")
    parser.add_argument("--administration", default="", help="who sends it")
    parser.add_argument("--form", action="store_true", help="the table holds what citizens are asked in a form")


def run_sketch(arguments: argparse.Namespace, out: Out) -> int:
    """Profile the table, write the file, and say what was found."""
    import msgspec

    from zinneke.office.cartography import packet
    from zinneke.office.cartography.measuring import read_key
    from zinneke.office.cartography.profile import profile
    from zinneke.office.cartography.sketch import key_name

    key = read_key(arguments.key_file)
    with _opened(arguments.source, arguments.table) as source:
        found = profile(source, key, asked=arguments.form)
    if arguments.name:
        found = msgspec.structs.replace(found, key=arguments.name)
    target = arguments.out or Path(f"{found.name}.sketch.json")
    target.write_bytes(packet.write(found, arguments.administration, key_name(key)))
    out.say(f"{found.name}: {found.rows:,} rows, {len(found.columns):,} columns, level {found.level.name.lower()}; written to {target}")
    for column in found.columns:
        if column.kind:
            sure = column.evidence[0]
            out.say(f"  {column.name}: {sure.kind.replace('_', ' ')}, {sure.share:.0%} of {sure.sample} different values ({sure.rule})")
        elif named := next((each for each in column.evidence if each.named), None):
            out.say(f"  {column.name}: {named.kind.replace('_', ' ')}, by its name")
    for identifying in found.identifying:
        out.say(f"  {', '.join(identifying.columns)} identify people together")
    for line in (*found.faults, *filter(None, [found.partial])):
        out.say(f"  {line}")
    return 3 if found.partial else 0


def _opened(source: str, table: str) -> AbstractContextManager[Source]:
    from zinneke.foundations.databases import engine_of
    from zinneke.office.cartography.sources import read, read_database, read_postgresql

    if "://" not in source and not source.startswith("sqlite:"):
        return read(Path(source), table)
    postgresql = engine_of(source).name == "PostgreSQL"
    if not table:
        raise wrong("Name the table or view of the database with --table.", where="table")
    return read_postgresql(source, table) if postgresql else read_database(source, table)


COMMANDS = (
    mapping.COMMAND,
    Command(
        name="sketch",
        summary="Profile a table without exposing its values, into a file that can be sent alone and compared with others.",
        configure=configure,
        run=run_sketch,
    ),
)
