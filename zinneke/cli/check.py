"""`zinneke check`: every solution's faults, and the grade that it has reached."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from zinneke import solutions as shipped
from zinneke.foundations.observations import store as observations
from zinneke.kernel.check import faults
from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem
from zinneke.kernel.registry import solutions, standards
from zinneke.kernel.solution import Solution
from zinneke.kernel.text import LANGUAGES

GRADES = ("faulty", "declared", "decodes", "measures", "documented")
"""What a solution has reached: its declaration has no fault, its sample decodes, values came in, it explains itself."""


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="*", help="keys of solutions (all)")


def run(args: argparse.Namespace, out: Out) -> int:
    """Print each solution's grade, its faults, and what the next grade asks; return 1 when there is any fault."""
    known = solutions()
    unread = [module.name for module in pkgutil.iter_modules(shipped.__path__) if module.ispkg and module.name not in known]
    if unknown := [name for name in args.name if name not in known]:
        if set(unknown) <= set(unread):
            raise Problem(409, "Not read yet", f"{', '.join(unknown)} was written after the server started. Start it again, then check.")
        raise Problem(404, "Unknown solution", f"There is no solution {', '.join(unknown)}. There are: {', '.join(known)}.")
    faulty = False
    for key in args.name or known:
        found = [*faults(known[key], standards()), *sample_faults(known[key])]
        faulty = faulty or bool(found)
        grade, following = grade_of(known[key], found)
        out.say(f"{key}: {grade}{f' ({following})' if following else ''}")
        for fault in found:
            out.say(f"  {fault}")
    for key in () if args.name else unread:
        out.say(f"{key}: not read yet (it was written after the server started; start it again)")
    return 1 if faulty else 0


def grade_of(solution: Solution, found: list[str]) -> tuple[str, str]:
    """Return a solution's grade, and what it lacks for the next one."""
    if list(faults(solution, standards())):
        return "faulty", "correct the declaration"
    if found:
        return "declared", "make sample.json decode into declared readings"
    if observations.newest(SYSTEM, solution.key) is None:
        return "decodes", "send it values, or load some"
    if lacking := list(undocumented(solution)):
        return "measures", f"document {', '.join(lacking)}"
    return "documented", ""


def sample_faults(solution: Solution) -> Iterator[str]:
    """Yield what is wrong with a solution's sample.json: each source must decode its payload into declared readings in range."""
    path = Path(importlib.import_module(f"zinneke.solutions.{solution.key}").__path__[0]) / "sample.json"
    try:
        payloads = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        yield f"sample.json cannot be read: {fault}"
        return
    for source in solution.sources:
        if source.key not in payloads:
            yield f"sample.json has no payload for the source {source.key}"
            continue
        payload = payloads[source.key]
        data = payload if isinstance(payload, str) else json.dumps(payload)
        try:
            samples = list(source.decode(data.encode()))
        except Problem as problem:
            yield f"the sample of {source.key} does not decode: {problem.detail}"
            continue
        if not samples:
            yield f"the sample of {source.key} holds no value"
        for sample in samples:
            try:
                reading = solution.reading(sample.reading)
            except KeyError:
                yield f"the sample of {source.key} has the reading {sample.reading!r}, which is not declared"
                continue
            if not reading.low <= sample.value <= reading.high or sample.time.tzinfo is None:
                yield f"the sample of {source.key} has {sample.reading} {sample.value} at {sample.time}, out of range or without a zone"


def undocumented(solution: Solution) -> Iterator[str]:
    """Yield what still needs words: how it computes, and who publishes what it reads."""
    if any(len(solution.how.said_in(language)) < 120 for language in LANGUAGES):
        yield "how"
    for source in solution.sources:
        if source.transport != "mqtt" and not source.publisher:
            yield f"the publisher of {source.key}"


COMMAND = Command(name="check", summary="List the faults and the grade of every solution.", configure=_configure, run=run, exclusive=True)
