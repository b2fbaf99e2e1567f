"""Computing 200 indicators of 19 communes over 10 years from a published table, and reading where they all stand."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from typing import Any

PREPARE = """
import resource, time
import django
django.setup()
from zinneke.cli.server import prepare
prepare()
import shapely
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import AreaRow
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.office.indicators import store
from zinneke.office.indicators.measures import Ratio, Rows
from zinneke.office.indicators.values import Sheet

codes = [f"210{number:02}" for number in range(1, 20)]
shapes = [shapely.box(4 + n / 100, 50.8, 4.01 + n / 100, 50.9) for n in range(19)]
territory.set_areas(SYSTEM, [AreaRow(code, "commune", {"fr": code}, shape) for code, shape in zip(codes, shapes)])
head = ",".join(["nis", "year", *(f"c{n}" for n in range(20))])
cells = lambda code, year: [code, str(year), *(str((int(code) * (n + 3) + year) % 997 + 1) for n in range(20))]
rows = [",".join(cells(code, year)) for code in codes for year in range(2015, 2025)]
tables.publish(SYSTEM, "figures", "\\n".join([head, *rows, ""]).encode(), Spec(columns=(ColumnSpec(name="nis", type="text"),)))
words = {"fr": "x", "nl": "x"}
def column(n): return Rows(dataset="figures", take="sum", column=f"c{n}", area="nis", year="year")
for number in range(200):
    measure = Ratio(of=column(number % 20), per=column(number // 20 + 3), times=1000)
    key = f"i{number}"
    store.propose(SYSTEM, key, Sheet(name=words, definition=words, unit="1", owner="b", measure=measure, accept="computed", better="up"))
    store.submit(SYSTEM, key)
    store.decide(SYSTEM, key, "validated", "bench")
def timed(work):
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    done = work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter() - begun, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done
first = timed(lambda: store.compute(SYSTEM))
assert first[2].added == 200 * 20 * 10, first[2]
again = timed(lambda: store.compute(SYSTEM))
assert again[2].added == 0
def stand():
    found = store.list_indicators(ANONYMOUS)
    return len(store.standings(ANONYMOUS, found))
stand()
seen = timed(lambda: [stand() for _ in range(5)])
print(*first[:2], *again[:2], seen[0] / 5, seen[1] / 5)
"""


def measure() -> list[dict[str, Any]]:
    """Compute into an empty folder, compute again with nothing changed, and read every standing of the Region."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ZINNEKE_DATA": folder, "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
        done = subprocess.run([sys.executable, "-c", PREPARE], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    first, first_cpu, again, again_cpu, seen, seen_cpu = map(float, done.stdout.split()[-6:])
    how = "200 ratios over a table of 190 rows by 20 columns, 40,000 values with provenance written to SQLite, in one process without a server"
    return [
        _record("computing 200 indicators × 19 communes × 10 years", first, "s", 20, first_cpu * 1000, how),
        _record("the same again, nothing changed", again, "s", 20, again_cpu * 1000, "the second computing, which writes nothing"),
        _record(
            "where 200 indicators stand", seen * 1000, "ms", 150, seen_cpu * 1000, "`list_indicators` and `standings` of the Region, mean of five"
        ),
    ]


def _record(job: str, value: float, unit: str, bar: float, cpu: float, how: str) -> dict[str, Any]:
    return {
        "issue": "F",
        "job": job,
        "value": value,
        "unit": unit,
        "better": "lower",
        "bar": bar,
        "cpu_ms_per_op": cpu,
        "raw_engine_ratio": None,
        "how": how,
    }
