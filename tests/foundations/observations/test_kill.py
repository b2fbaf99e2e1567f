"""kill -9 while observations come in: what was acknowledged is there, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from zinneke.foundations.observations.duck import DuckStore

SENDER = """
import sys, threading
import numpy as np
from zinneke.foundations.observations.duck import DuckStore
from zinneke.foundations.observations.tail import Tail
from zinneke.foundations.observations.values import Batch
from zinneke.foundations.observations.writer import Writer

store = DuckStore(sys.argv[1])
tail = Tail(store)
tail.cover(10)
writer = Writer(store, tail)

def send(stream):
    last = int(tail.last(np.array([stream]))[0])
    at = max(last + 1, 0) - 100  # some of what was sent before is sent again
    while True:
        times = np.arange(at, at + 200)
        writer.take(Batch(np.full(200, stream, np.int32), times, times.astype(float)))
        sys.stdout.write(f"{stream} {at + 200}\\n")
        sys.stdout.flush()
        at += 150

for stream in (1, 2, 3):
    threading.Thread(target=send, args=(stream,), daemon=True).start()
threading.Event().wait()
"""


@pytest.mark.parametrize("patience", [0.02, 0.2, 0.5])
def test_what_was_acknowledged_survives_kill_9_once(tmp_path: Path, patience: float) -> None:
    path = tmp_path / "o.duckdb"
    acknowledged: dict[int, int] = {}
    for _ in range(2):
        sender = subprocess.Popen([sys.executable, "-c", SENDER, str(path)], stdout=subprocess.PIPE, text=True)
        assert sender.stdout
        first = sender.stdout.readline()
        time.sleep(patience)
        os.kill(sender.pid, signal.SIGKILL)
        rest = sender.stdout.read()
        sender.wait()
        for line in (first + rest).splitlines():
            if line.count(" ") == 1:
                stream, upto = line.split()
                acknowledged[int(stream)] = max(acknowledged.get(int(stream), 0), int(upto))
    store = DuckStore(path)
    for stream, upto in acknowledged.items():
        times = store.read(stream, -1000, 10**9, 10**7).times
        assert len(times) == len(np.unique(times))
        assert set(range(upto)) <= set(times.tolist())
    assert acknowledged
    store.close()
