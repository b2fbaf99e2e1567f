"""`python -m benchmarks [MODULE …]`: run what is measured and write `results.json` and the table in `README.md`.

Each module has `measure() -> list[dict]`; a record's `cpu_ms_per_op` is CPU time of the server and its stores together,
without the load generator, and `raw_engine_ratio` is our CPU time over that of the engine doing the same work without us.
Results of modules that were not asked for stay as they were.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
HEAD = """# Benchmarks

Written by `make bench` (`python -m benchmarks`), never by hand. Each figure is taken over loopback against `zinneke serve`
in a process of its own unless "how" says otherwise; *CPU* is the processor time of server and stores together per operation,
without the load generator; *of raw* is that time over the time of the bare engine doing the same work. A bar is what the
issue of that letter asks for; where we fall short the table says so. The machine is shared and its pace drifts: *pace* is
what a fixed loop of five million steps took before and after the measurement, on average, in seconds: from 0.23 on one day to 0.9 on another.

"""


def modules() -> list[str]:
    """Return the names of the modules that measure something."""
    return sorted(info.name for info in pkgutil.iter_modules([str(FOLDER)]) if not info.name.startswith("_") and info.name != "serving")


def met(record: dict[str, Any]) -> bool:
    """Say whether a record reaches its bar."""
    value, bar = record["value"], record["bar"]
    return bar is None or (value >= bar if record["better"] == "higher" else value <= bar)


def table(records: list[dict[str, Any]]) -> str:
    """Return the records as a table in Markdown."""
    lines = [
        "| issue | job | value | bar | | CPU ms per operation | of raw | pace | how |",
        "| --- | --- | ---: | ---: | --- | ---: | ---: | ---: | --- |",
    ]
    for record in records:
        cpu = "" if record["cpu_ms_per_op"] is None else f"{record['cpu_ms_per_op']:.3g}"
        ratio = "" if record["raw_engine_ratio"] is None else f"{record['raw_engine_ratio']:.2g}"
        bar = "" if record["bar"] is None else f"{'≥' if record['better'] == 'higher' else '≤'} {record['bar']:,g}"
        value = f"{record['value']:,.0f}" if record["value"] >= 100 else f"{record['value']:.3g}"
        state = "met" if met(record) else "**missed**"
        pace = f"{record['pace']:.2f}" if "pace" in record else ""
        measured = f"{value} {record['unit']} | {bar} | {state} | {cpu} | {ratio} | {pace}"
        lines.append(f"| {record['issue']} | {record['job']} | {measured} | {record['how']} |")
    return "\n".join(lines) + "\n"


def pace() -> float:
    """Return the processor seconds that a fixed loop takes now, by which runs on different days can be compared."""
    begun, total = time.process_time(), 0
    for step in range(5_000_000):
        total += step * step % 7
    return time.process_time() - begun


def main() -> int:
    """Run the modules named on the command line, all of them by default."""
    kept = {record["job"]: record for record in json.loads(RESULTS.read_text())} if RESULTS.is_file() else {}
    for name in sys.argv[1:] or modules():
        sys.stdout.write(f"{name} …\n")
        sys.stdout.flush()
        before, found = pace(), importlib.import_module(f"benchmarks.{name}").measure()
        around = round((before + pace()) / 2, 2)
        for each in found:
            record = {**each, "pace": around}
            sys.stdout.write(f"  {record['job']}: {record['value']:,.4g} {record['unit']} {'' if met(record) else '(missed)'}\n")
            kept[record["job"]] = record
    records = sorted(kept.values(), key=lambda record: (record["issue"], record["job"]))
    RESULTS.write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n")
    system = f"{platform.machine()}, 2 cores, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}"
    machine = f"Machine: {system}.\n\n"
    (FOLDER / "README.md").write_text(HEAD + machine + table(records))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
