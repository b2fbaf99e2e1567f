"""What alert rules cost the ingest: CPU for each observation that is held against them, beside what storing it costs; in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

STREAMS, BEGIN = 10_000, 1_790_000_000_000_000
SIZES = {10_000: 40, 1_000: 100, 50: 400, 1: 2_000}
"""Rows of a commit, and how many commits of that size are measured."""


def measure() -> list[dict[str, Any]]:
    """Return the cost of rules over 10,000 streams."""
    with tempfile.TemporaryDirectory(prefix="benchmark-rules-") as folder:
        environment = {**os.environ, "ZINNEKE_DATA": folder, "ZINNEKE_SECRET": "benchmark", "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
        found = subprocess.run([sys.executable, "-m", "benchmarks.rules"], env=environment, capture_output=True, text=True, check=True)
    return [_record(each) for each in json.loads(found.stdout)]


def _record(each: dict[str, Any]) -> dict[str, Any]:
    how = "processor time of the rules alone, in process, the best of three; what storing costs is apart"
    return {
        "issue": "B", "job": each["job"], "value": each["value"], "unit": each["unit"], "bar": None, "better": "lower",
        "cpu_ms_per_op": each["ms"], "raw_engine_ratio": None, "how": how,
    }  # fmt: skip


def main() -> None:
    """Measure, and write what was found as JSON."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.stdout.write(json.dumps(list(_found())))
    sys.stdout.flush()
    os._exit(0)


def _found() -> Iterator[dict[str, Any]]:
    from zinneke.foundations.observations.alerting import store as rules
    from zinneke.foundations.observations.alerting import watching
    from zinneke.foundations.observations.alerting.values import Frozen, Rate, Rule, Silent, Threshold, When
    from zinneke.foundations.observations.values import Wanted

    actor, ids = _prepared()
    clock = Clock(ids)
    yield from clock.rows("no rule about these streams")
    limit = Threshold(above=90)
    whens: list[When] = [limit, Threshold(above=90, hysteresis=5, lasting=600), Rate(rises=10_000), Frozen(after=3600), Silent(after=3600)]
    for words, some in (("one limit over 10,000 streams", [limit]), ("five rules over 10,000 streams", whens)):
        made = [rules.add_rule(actor, Rule(name="r", when=when, wanted=Wanted(reading="x"), shared=True)) for when in some]
        yield from clock.rows(words)
        if len(some) > 1:
            begin = time.process_time()
            watching.look(datetime.now(UTC))
            yield _milliseconds("a look over 50,000 pairs of rule and stream", begin)
            watching.forget()
            begin = time.process_time()
            watching.renew()
            yield _milliseconds("what 50,000 pairs remember, read again at a start", begin)
        for each in made:
            rules.remove_rule(actor, each.id or 0)


def _milliseconds(job: str, begin: float) -> dict[str, Any]:
    spent = (time.process_time() - begin) * 1000
    return {"job": f"alert rules: {job}", "value": spent, "unit": "ms", "ms": spent}


class Clock:
    """Gives rows that are a minute newer each time, of all streams or of a part of them."""

    def __init__(self, ids: Any) -> None:
        self.ids, self.step = ids, 0

    def rows(self, words: str) -> Iterator[dict[str, Any]]:
        """Yield what one observation costs in commits of each size."""
        for size, commits in SIZES.items():
            spent = min(self._cost(size, commits) for _ in range(3))
            yield {"job": f"alert rules: {words}, {size:,} a commit", "value": spent * 1e6, "unit": "µs/observation", "ms": spent * 1000}

    def _cost(self, size: int, commits: int) -> float:
        from zinneke.foundations.observations import register
        from zinneke.foundations.observations.alerting import watching

        batches = [self._batch(size) for _ in range(commits + 1)]
        watching.watch(register.current(), *batches[0])
        begin = time.process_time()
        for batch in batches[1:]:
            watching.watch(register.current(), *batch)
        return (time.process_time() - begin) / (commits * size)

    def _batch(self, size: int) -> tuple[Any, Any, Any]:
        import numpy as np

        self.step += 1
        streams = np.take(self.ids, np.arange(self.step * size, (self.step + 1) * size), mode="wrap")
        return streams, np.full(size, BEGIN + self.step * 60_000_000), np.random.default_rng(self.step).uniform(20, 60, size)


def _prepared() -> tuple[Any, Any]:
    """Make the streams and somebody who keeps them."""
    import numpy as np

    from zinneke.foundations.identity import store as identity
    from zinneke.foundations.observations import store
    from zinneke.foundations.observations.values import Batch, StreamRow, Thing
    from zinneke.kernel.confidentiality import SYSTEM

    store.set_things(SYSTEM, [Thing(key=f"demo/{at}") for at in range(STREAMS)])
    rows = [StreamRow(key=f"demo/{at}/x", thing=f"demo/{at}", reading="x", unit="%", low=0, high=100, interval=60) for at in range(STREAMS)]
    store.set_streams(SYSTEM, rows)
    ids = np.array([stream.id for stream in store.list_streams(SYSTEM, limit=STREAMS)], np.int32)
    store.ingest(SYSTEM, Batch(ids, np.full(STREAMS, BEGIN), np.full(STREAMS, 30.0)))
    person = identity.add_person(SYSTEM, "keeper@example.org", "Keeper")
    identity.grant_role(SYSTEM, "keeper@example.org", "steward")
    return identity.actor_of_person(person.id), ids


if __name__ == "__main__":
    main()
