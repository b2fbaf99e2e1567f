"""The knowledge centre with 5,000 entries: the index made anew, a search with a typing error, and letters composed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

RUN = """
import json, random, statistics, time
import django
django.setup()
from datetime import UTC, datetime
from pathlib import Path
from zinneke.cli.manifest import CITIES
from zinneke.cli.server import prepare
prepare()
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.office.knowledge import index, loading, models, store
loading.load_content(CITIES / "brussels" / "knowledge.toml", {})
rows = list(models.Entry.objects.all())
words = sorted({word for row in rows for word in bytes(row.document).decode().split() if word.isalpha()})
chance = random.Random(1)
more = []
for number in range(5000 - len(rows)):
    row = chance.choice(rows)
    text = json.dumps(" ".join(chance.sample(words, 60)))
    document = bytes(row.document).decode()
    if '"body"' not in document:
        document = document.replace('"summary":{', '"body":{"fr":' + text + '},"summary":{', 1)
    kept = {"document": document.encode(), "shown": document.encode(), "shown_version": 1, "published": row.published}
    known = {"level": 0, "state": "published", "live": True, "created": row.created, "changed": row.changed, "changed_by": "x"}
    more.append(models.Entry(kind=row.kind, key=f"{row.key}-{number}", title=row.title, **kept, **known))
models.Entry.objects.bulk_create(more, batch_size=500)
begun = time.perf_counter()
index.current()
built = time.perf_counter() - begun
asked = ["sensors", "capteurs", "senzoren", "cloud souverain", "open data", "vie privée", "blokchain", "marchés publics", "lorawan", "dcat"] * 5
taken = []
cpu = time.process_time()
for text in asked:
    begun = time.perf_counter()
    store.search(ANONYMOUS, text, limit=20)
    taken.append(time.perf_counter() - begun)
cpu = (time.process_time() - cpu) / len(asked)
print(json.dumps({"built": built, "slow": statistics.quantiles(taken, n=20)[-1] * 1000, "cpu": cpu * 1000}))
"""


def measure() -> list[dict[str, Any]]:
    """Fill a folder of its own and measure in a process of its own, without HTTP."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ZINNEKE_DATA": folder, "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
        found = json.loads(
            subprocess.run([sys.executable, "-c", RUN], env=environment, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        )
    shared = {"issue": "F", "raw_engine_ratio": None, "better": "lower"}
    how = "in process, 5,000 entries made of the shipped ones, ten questions in three languages, some misspelt, 20 hits"
    return [
        {
            **shared,
            "job": "knowledge: index of 5,000 entries made anew",
            "value": round(found["built"], 2),
            "unit": "s",
            "bar": 5,
            "cpu_ms_per_op": None,
            "how": how,
        },
        {
            **shared,
            "job": "knowledge search, 95th percentile",
            "value": round(found["slow"], 1),
            "unit": "ms",
            "bar": 150,
            "cpu_ms_per_op": round(found["cpu"], 2),
            "how": how,
        },
    ]
