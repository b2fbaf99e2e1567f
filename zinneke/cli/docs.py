"""`zinneke docs`: the reference, written from the tables that the program runs on, and compared by CI."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from zinneke import settings
from zinneke.kernel import registry
from zinneke.kernel.command import Command, Out
from zinneke.kernel.command import parser as command_parser
from zinneke.kernel.route import Known, Needs, Page, Route
from zinneke.kernel.topic import Topic
from zinneke.kernel.units import UNITS

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
WIDTH = 100


def _routes() -> Iterator[str]:
    yield "Every address for machines. `/openapi.json` says the same in OpenAPI 3.1.\n"
    yield from _table(
        ("method", "address", "who", "what it does"),
        (_route(each) for each in sorted(registry.routes(), key=lambda route: (route.path, route.method))),
    )


def _route(route: Route) -> tuple[str, ...]:
    return route.method, f"`{route.path}`", _who(route), route.summary or (inspect.getdoc(route.call) or "").split("\n", 1)[0]


def _who(door: Route | Page | Topic) -> str:
    if isinstance(door.audience, Needs):
        return f"`{door.audience.right}` {door.audience.subject}"
    return "whoever is signed in" if isinstance(door.audience, Known) else "everyone"


def _topics() -> Iterator[str]:
    yield "Every topic on which messages are taken in over MQTT; `ZINNEKE_MQTT_TOPICS` opens families of them.\n"
    rows = ((f"`{each.family}`", f"`{each.pattern}`", _who(each), each.summary) for each in registry.topics())
    yield from _table(("family", "topic", "who", "what it does"), sorted(rows))


def _pages() -> Iterator[str]:
    yield "Every page for people, under `/fr/`, `/nl/` and `/en/`.\n"
    rows = ((f"`{page.name}`", f"`/{page.path}`", _who(page), (inspect.getdoc(page.view) or "").split("\n", 1)[0]) for page in registry.pages())
    yield from _table(("name", "address", "who", "what it shows"), sorted(rows))


def _commands() -> Iterator[str]:
    yield "The verbs of the `zinneke` command, which `make run` leaves in `.venv/bin`.\n"
    commands = registry.commands()
    for name, verb in sorted(verbs(command_parser(commands)).items()):
        yield f"## zinneke {name}\n\n{commands[name].summary}\n"
        parts = verbs(verb)
        yield from _command(verb, parts)
        for part in parts.values():
            yield f"{part.description}\n"
            yield from _command(part, {})


def verbs(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of the verbs that a parser leads to, by name."""
    return {name: verb for action in parser._actions if isinstance(action, argparse._SubParsersAction) for name, verb in action.choices.items()}


def _command(parser: argparse.ArgumentParser, parts: dict[str, argparse.ArgumentParser]) -> Iterator[str]:
    parser.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=WIDTH)
    yield f"    {' '.join(parser.format_usage().removeprefix('usage: ').split())}\n"
    if not parts:
        yield from _table(("argument", "meaning"), (_argument(each) for each in parser._actions if each.dest not in ("help", argparse.SUPPRESS)))


def _argument(action: argparse.Action) -> tuple[str, str]:
    name = ", ".join(action.option_strings) or (action.metavar if isinstance(action.metavar, str) else action.dest)
    choices = " | ".join(map(str, action.choices)) if action.choices else ""
    return f"`{name}`", " ".join(filter(None, (action.help, f"({choices})" if choices else ""))).strip()


def _settings() -> Iterator[str]:
    yield "Settings come from the environment.\n"
    yield from _table(("name", "default", "meaning"), ((f"`{name}`", default, meaning) for name, (default, meaning) in settings.ENVIRONMENT.items()))


def _solutions() -> Iterator[str]:
    yield "What each solution measures and computes, from its own declaration.\n"
    for solution in registry.solutions().values():
        yield f"## {solution.name.en}\n\n`{solution.key}`, {solution.domain}. {solution.purpose.en}\n\n{solution.how.en}\n"
        readings = ((f"`{each.key}`", each.name.en, each.unit, f"{each.low:g} to {each.high:g}", each.means) for each in solution.readings)
        yield from _table(("reading", "name", "unit", "plausible", "defined at"), readings)
        indicators = (
            (
                f"`{each.key}`",
                each.name.en,
                each.unit,
                "" if each.target is None else f"{each.target:g}",
                each.source if isinstance(each.source, str) else each.source.en,
            )
            for each in solution.indicators
        )
        yield from _table(("indicator", "name", "unit", "target", "source"), indicators)


def _units() -> Iterator[str]:
    yield "Units by their UCUM code.\n"
    yield from _table(("code", "symbol", "name"), ((f"`{each.code}`", each.symbol, each.name.en) for each in UNITS.values()))


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    found = list(rows)
    if found:
        yield f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}"
        yield "".join(f"| {' | '.join(map(_cell, row))} |\n" for row in found)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "routes": _routes,
    "topics": _topics,
    "pages": _pages,
    "commands": _commands,
    "settings": _settings,
    "solutions": _solutions,
    "units": _units,
}


def reference() -> dict[str, str]:
    """Return the text of each page of the reference by its name."""
    head = "<!-- Written by `zinneke docs`; change the code, not this page. -->\n"
    return {name: f"# {name.capitalize()}\n\n{head}\n" + "\n".join(write()).rstrip() + "\n" for name, write in PAGES.items()}


def _run(args: argparse.Namespace, out: Out) -> int:
    """Write the reference, or with `--check` say which pages are not true any more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stale = [name for name, text in reference().items() if not (FOLDER / f"{name}.md").is_file() or (FOLDER / f"{name}.md").read_text() != text]
    if args.check:
        for name in stale:
            out.say(f"docs/reference/{name}.md is not true any more; run `make docs`.")
        return 1 if stale else 0
    for name in stale:
        (FOLDER / f"{name}.md").write_text(reference()[name])
        out.say(f"docs/reference/{name}.md is written.")
    return 0


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a page is not true any more")


COMMAND = Command(name="docs", summary="Write the reference from the code, or check it.", configure=_configure, run=_run)
