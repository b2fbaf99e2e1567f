"""A million datasets made of the real ones (each with the title of one and the words of another), indexed and asked in a process of its own."""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

QUESTIONS = list[tuple[str, str, dict[str, list[str]]]]


def items(rows: list[Any], count: int) -> Iterator[Any]:
    """Yield datasets: the titles go round once for every step that the rest lags behind, so that no two are alike."""
    from zinneke.foundations.catalogue.segment import Item
    from zinneke.kernel.confidentiality import Level

    for number in range(count):
        turn, place = divmod(number, len(rows))
        rest = rows[(place + turn * 331) % len(rows)]
        row = msgspec.structs.replace(rest, title=rows[place].title, uri=f"{rest.uri}#{number}")
        yield Item(number + 1, f"dataset-{number}", "data.gov.be", row, Level.PUBLIC, "", number % 101, False)


def ask(catalogue: Path, count: int, questions: QUESTIONS) -> dict[str, float]:
    """Return the seconds of building and the milliseconds of answering, in process: first 20, all facets, a visitor."""
    import django

    django.setup()
    from zinneke.foundations.catalogue import readers, segment
    from zinneke.foundations.catalogue.index import Index
    from zinneke.foundations.catalogue.question import understand
    from zinneke.kernel.confidentiality import ANONYMOUS, Right, reach
    from zinneke.kernel.load import Fault

    with gzip.open(catalogue) as lines:
        rows = [row for row in readers.read_data_gov_be(lines) if not isinstance(row, Fault)]
    began = time.perf_counter()
    index = Index([segment.build(items(rows, count), 1)])
    built = time.perf_counter() - began
    mask = index.mask(reach(ANONYMOUS, Right.SEE, "catalogue"), {})
    taken: list[float] = []
    for turn in range(3):
        for language, words, facets in questions:
            began = time.perf_counter()
            index.search(mask, understand(words), facets, "relevance", language, 20, 0, None)
            if turn:
                taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return {"built": built, "median": taken[len(taken) // 2], "p95": taken[int(len(taken) * 0.95)]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(ask(Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.stdin.read()))))
