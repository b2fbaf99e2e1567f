"""French puts a space before : ; ! ? and inside « », and that space must not break: nowhere do we write a plain one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "zinneke"
LOOSE = re.compile(r"[^\s\d|/] [:;!?»](?=$|[\s,.)])|« ")
BARE = re.compile(r".{0,40}[}>][:;] |.{0,40}</a>\?<")
FRENCH = re.compile(r'\bfr\s*=\s*(?:"""(.*?)"""|"((?:[^"\\\n]|\\.)*)")', re.DOTALL)


def _in_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
            said = node.args[0] if node.args else next((each.value for each in node.keywords if each.arg == "fr"), None)
            yield from (each.value for each in ast.walk(said) if isinstance(each, ast.Constant) and isinstance(each.value, str)) if said else ()


def _in_shipped(path: Path) -> Iterator[str]:
    yield from (long or short for long, short in FRENCH.findall(path.read_text()))


def _in_messages(path: Path) -> Iterator[str]:
    for entry in path.read_text().split("\n\n"):
        yield entry.partition("\nmsgstr")[2]


def _in_template(path: Path) -> Iterator[str]:
    """Yield a sign that stands between two parts of a template: `colon` and `semicolon` write it as the reader's language does."""
    yield from BARE.findall(re.sub(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", "", path.read_text(), flags=re.DOTALL))


@pytest.mark.parametrize("path", sorted(HOUSE.rglob("*.html")), ids=lambda path: path.stem)
def test_no_template_writes_a_bare_sign_between_two_parts(path: Path) -> None:
    assert not list(_in_template(path))


KINDS = {"*.py": _in_python, "*.toml": _in_shipped, "locale/fr/**/*.po": _in_messages}


@pytest.mark.parametrize("pattern", KINDS)
def test_no_french_sign_can_fall_to_the_next_line(pattern: str) -> None:
    loose = [
        f"{path.name}: {found.group(0)!r} in {text[:60]!r}"
        for path in HOUSE.rglob(pattern)
        for text in KINDS[pattern](path)
        for found in LOOSE.finditer(text)
    ]
    assert not loose, "\n".join(loose)
