"""Find the sentences with which rooms refuse, and say which of them have no French or Dutch.

A refusal is a call of `wrong(…)` or `Problem(…)`, or a row that is refused with its place. Its sentence is kept in English where it is raised,
and in the two other languages in a `refusals.toml`, that of the same folder. `{0}`, `{1}` stand for what the sentence fills in, in order.
What only machines or operators read is left out: their doors, modules of the foundations of which not one sentence was translated, and the
statuses whose page has words of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from zinneke.kernel.refusals import read

ROOT = Path(__file__).resolve().parents[1] / "zinneke"
MACHINES = ("asgi", "standards", "cli", "solutions")
DOORS = ("routes", "commands", "wire", "admin", "loading", "duck", "writer", "readers", "geojson", "streets", "declaring")
OWN_PAGE = (401, 403, 404, 500, 507)
"""Statuses that a page answers in words of its own."""
SHOWN = (("asgi", "messages.py"), ("standards", "lorawan"))
"""What of the machines' doors is shown all the same: why a message stands in the quarantine."""
LIBRARY = (
    "JSON is malformed: {0} (byte {1})", "invalid character", "Input data was truncated", "Object missing required field `{0}`",
    "Object missing required field `{0}` - at `{1}`", "Object contains unknown field `{0}`", "Expected `{0}`, got `{1}`",
    "Expected `{0}`, got `{1}` - at `{2}`",
)  # fmt: skip
"""What the library says that reads JSON, within our sentences."""
LOADED = (("foundations", "territory", "intake.py"),)
"""What only the loading of a city reads."""
EXPLAINING = ("fault_of", "explain", "_reason")
"""Functions that return why something is refused."""
BROKEN = "partial"
"""What holds the sentence of a source that broke off."""
UNSTORED = "Nothing was stored."
"""What the refusal of a signature (`refused`) goes on with."""
REMARKING = ("foundations", "tables")
"""The folder whose remarks on a file are shown: its calls of `note`, and the places in the file that `place` returns."""


def sentences() -> Iterator[tuple[str, str]]:
    """Yield each sentence of a refusal that a page can show, and where it is raised."""
    for path in sorted(ROOT.rglob("*.py")):
        inside = path.relative_to(ROOT)
        machines = inside.parts[0] in MACHINES and not any(inside.parts[: len(each)] == each for each in SHOWN)
        if machines or path.stem in DOORS or inside.parts in LOADED or "migrations" in inside.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]:
            for node in ast.walk(function):
                remarks = _remarks(node, function) if inside.parts[:2] == REMARKING else ()
                for sentence in (*_said(node, function), *remarks):
                    yield sentence, f"zinneke/{inside}:{node.lineno}"


def _remarks(node: ast.AST, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Yield the sentences of a remark on a file, and those that tell a place in it."""
    if isinstance(node, ast.Return) and node.value is not None and function.name == "place":
        yield from _texts(node.value, function)
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
        for each in node.args if name in ("note", "_note") else ():
            yield from _texts(each, function)


def _said(node: ast.AST, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Yield the sentences that a piece of code refuses with: a problem, a row of a file, what a `fault_of` returns."""
    if isinstance(node, ast.Assign) and any(getattr(each, "id", getattr(each, "attr", "")) == BROKEN for each in node.targets):
        yield from _texts(node.value, function)
    if isinstance(node, ast.Return) and node.value is not None and function.name in EXPLAINING:
        yield from _texts(node.value, function)
    if not isinstance(node, ast.Call):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
    said = node.args[:2] if name in ("refuse", "Fault") else node.args[1:2] if name == "Refusal" else node.args[:1] if name == "wrong" else ()
    if name == "Problem" and not (isinstance(node.args[0], ast.Constant) and node.args[0].value in OWN_PAGE):
        said = node.args[2:3] or node.args[1:2]
    for each in said:
        yield from _texts(each, function)
    if name == "refused" and node.args:
        yield from (f"{each} {UNSTORED}" for each in _texts(node.args[0], function))


def _texts(node: ast.expr, function: ast.AST) -> Iterator[str]:
    """Yield the texts that an expression may be: one for a constant or a template, those of both branches, those of a name's assignments."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield template(node)
    elif isinstance(node, ast.Lambda):
        yield from _texts(node.body, function)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, function)
        yield from _texts(node.orelse, function)
    elif isinstance(node, ast.Name):
        for each in ast.walk(function):
            if isinstance(each, ast.Assign) and any(isinstance(target, ast.Name) and target.id == node.id for target in each.targets):
                yield from _texts(each.value, function)


def template(node: ast.JoinedStr) -> str:
    """Return a formatted string with numbers where it is filled in, in quotes where it shows what was given."""
    parts, number = [], 0
    for piece in node.values:
        if isinstance(piece, ast.Constant):
            parts.append(str(piece.value))
        elif isinstance(piece, ast.FormattedValue):
            parts.append(f"'{{{number}}}'" if piece.conversion == ord("r") else f"{{{number}}}")
            number += 1
    return "".join(parts)


def faults() -> Iterator[str]:
    """Yield what is missing or unused among the translations of refusals, as sentences."""
    known = read()
    wanted = dict(sentences())
    shown = {where.partition(":")[0] for sentence, where in wanted.items() if sentence in known}
    for sentence, where in wanted.items():
        if "/foundations/" in where and where.partition(":")[0] not in shown:
            continue  # a module of which no page shows anything
        if any(ch.isalpha() for ch in sentence.replace("{", " ")) and sentence not in known:
            yield f"fr, nl: the refusal {sentence!r} has no translation in a refusals.toml ({where})"
    for sentence in known:
        if sentence not in wanted and sentence not in LIBRARY:
            yield f"fr, nl: the refusal {sentence!r} is translated but nothing says it"
