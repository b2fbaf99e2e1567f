"""`zinneke new NAME`: write the folder of a new solution, which passes the common suite as it stands."""

from __future__ import annotations

import argparse
import keyword
import re
from pathlib import Path
from string import Template

import zinneke
from zinneke.kernel.command import Command, Out
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.solution import DOMAINS

PACKAGE = Path(zinneke.__path__[0])
TEMPLATE = Path(__file__).parent / "template"


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="key of the solution: small letters and underscores, such as quiet_streets")
    parser.add_argument("--domain", choices=DOMAINS, default="living", help="domain of the smart city that it belongs to (living)")
    parser.add_argument("--into", type=Path, default=PACKAGE.parent, metavar="DIR", help="checkout to write into (this one)")


def run(args: argparse.Namespace, out: Out) -> int:
    """Write the folder and its test, and say what to do next. Raises `Problem` for a name that cannot be, or is taken."""
    written = write(args.name, args.domain, args.into)
    for path in written:
        out.say(f"wrote {path.relative_to(args.into)}")
    out.say(
        f"Change what it reads, computes and says; `make dev`, then .venv/bin/python -m pytest tests/solutions -k {args.name} says whether it holds."
    )
    out.say(f"Its page is at /en/solutions/{args.name}/ when the server starts again.")
    return 0


def write(name: str, domain: str, into: Path) -> list[Path]:
    """Write a solution's folder and test into a checkout and return the files."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name) or keyword.iskeyword(name):
        raise wrong(f"{name!r} cannot be the key of a solution. Use small letters, digits and underscores, a letter first.")
    folder = into / "zinneke" / "solutions" / name
    if folder.exists():
        raise Problem(409, "Already there", f"There is a solution {name} already.")
    words = {"key": name, "title": name.replace("_", " ").capitalize(), "domain": domain}
    files = {folder / path.name.removesuffix(".txt"): path for path in sorted(TEMPLATE.glob("*.txt")) if path.name != "test.py.txt"}
    files[into / "tests" / "solutions" / f"test_{name}.py"] = TEMPLATE / "test.py.txt"
    for target, source in files.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(source.read_text("utf-8")).substitute(words), "utf-8")
    return list(files)


COMMAND = Command(name="new", summary="Write the folder of a new solution.", configure=_configure, run=run)
