"""The `zinneke` command: finds the verb, and does its work here or hands it to the server that is up."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path


class _NoPandas:
    """Says at once that there is no pandas: DuckDB looks for it at each value, through every folder of the path; Arrow would load all of it."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Refuse it, and leave every other module to the finders that follow."""
        if name == "pandas":
            raise ModuleNotFoundError("Zinneke does without pandas.", name=name)


def main(words: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    gc.disable()  # what the imports make stays for good; looking through it again and again costs a tenth of the start
    sys.meta_path.insert(0, _NoPandas)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zinneke.settings")
    import django

    _import_logs()
    django.setup()
    from zinneke.asgi import logs
    from zinneke.cli import server
    from zinneke.cli.terminal import Terminal
    from zinneke.kernel import registry
    from zinneke.kernel.command import parser
    from zinneke.kernel.problem import Problem

    logs.configure()
    words = sys.argv[1:] if words is None else words
    commands = registry.commands()
    top = parser(commands)
    args = top.parse_args(words)
    if not args.verb:
        top.print_help()
        return 2
    command = commands[args.verb]
    gc.freeze()
    gc.enable()
    out = Terminal()
    try:
        if command.exclusive:
            return server.run_exclusive(command, args, _absolute(words, args), out)
        return command.run(args, out)
    except Problem as problem:
        out.say(f"{problem.title}. {problem.detail}")
        return 1
    except KeyboardInterrupt:
        return 130


def _import_logs() -> None:
    """Import what writes the log without `rich`, which it would load where developers have it, to paint what no log of ours shows."""
    painter = sys.modules.get("rich")
    sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        import structlog as structlog
    finally:
        del sys.modules["rich"]
        if painter is not None:
            sys.modules["rich"] = painter


def _absolute(words: list[str], args: argparse.Namespace) -> list[str]:
    """Return the words with their paths made absolute, since the server stands in another folder."""
    paths = {str(value) for value in vars(args).values() if isinstance(value, Path)}
    return [str(Path(word).resolve()) if word in paths else word for word in words]
