"""Each declared model answered at a thousand draws, its first example beside the baseline: in process, without a cache, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

DRAWS, TIMES, BAR = 1_000, 3, 5.0
HERE = """
import json, sys, time
import django
django.setup()
from zinneke.office.scenarios import rules
from zinneke.office.scenarios.declared import models
from zinneke.office.scenarios.values import Question
for model in models().values():
    question = Question(model=model.key, version=model.version, changed=dict(model.presets[0].values), draws=int(sys.argv[1]))
    spent = []
    for _ in range(int(sys.argv[2])):
        wall, cpu = time.perf_counter(), time.process_time()
        rules.answer(model, question)
        spent.append((time.perf_counter() - wall, time.process_time() - cpu))
    print(json.dumps([model.key, *min(spent)]))
"""


def measure() -> list[dict[str, Any]]:
    """Return the seconds of each model, the best of three."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "ZINNEKE_DATA": folder, "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
        done = subprocess.run([sys.executable, "-c", HERE, str(DRAWS), str(TIMES)], env=env, capture_output=True, text=True, check=True)
    return [_record(*json.loads(line)) for line in done.stdout.splitlines()]


def _record(key: str, wall: float, cpu: float) -> dict[str, Any]:
    return {
        "issue": "F",
        "job": f"a decision in the model {key}, {DRAWS:,} draws of both worlds, with sensitivity",
        "value": wall,
        "unit": "s",
        "better": "lower",
        "bar": BAR,
        "cpu_ms_per_op": cpu * 1000,
        "raw_engine_ratio": None,
        "how": "in process, no cache; best of three",
    }
