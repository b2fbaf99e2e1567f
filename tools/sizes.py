"""Refuse modules over 400 lines, functions over 40, solutions over 300 (without blank lines), and kept files over 500 kB.

An exception carries its reason here.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

MODULE, FUNCTION, SOLUTION, KEPT = 400, 40, 300, 500_000
EXCEPTIONS: dict[str, str] = {}


def main() -> int:
    """Print each piece that is too long and return 1 when there is one."""
    long = []
    for path in sorted(Path("zinneke").rglob("*.py")):
        if "migrations" in path.parts:
            continue
        source = path.read_text()
        if (lines := source.count("\n")) > MODULE and str(path) not in EXCEPTIONS:
            long.append(f"{path}: {lines} lines, {MODULE} at the most")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and f"{path}:{node.name}" not in EXCEPTIONS:
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION:
                    long.append(f"{path}:{node.lineno} {node.name}: {lines} lines, {FUNCTION} at the most")
    for folder in sorted(Path("zinneke/solutions").iterdir()):
        texts = [each.read_text() for each in folder.glob("*.py")] if folder.is_dir() else []
        lines = sum(1 for text in texts for line in text.splitlines() if line.strip())
        if lines > SOLUTION:
            long.append(f"{folder}: {lines} lines, {SOLUTION} at the most")
    kept = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=False).stdout.split("\0")[:-1]  # noqa: S607
    sizes = {name: Path(name).stat().st_size for name in kept if Path(name).is_file()}
    long += [f"{name}: {size:,} bytes, {KEPT:,} at the most" for name, size in sizes.items() if size > KEPT]
    sys.stdout.write("".join(f"{line}\n" for line in long))
    return 1 if long else 0


if __name__ == "__main__":
    raise SystemExit(main())
