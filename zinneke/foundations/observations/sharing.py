"""The newest values in every node: the one that stores tells what changed, the others follow, and read all of it again when they missed a word."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple
from uuid import uuid4

import msgspec
import numpy as np

from zinneke.foundations.observations import arrivals
from zinneke.foundations.observations.engine import Summary
from zinneke.foundations.observations.handing import Handing
from zinneke.foundations.observations.tail import Tail
from zinneke.foundations.observations.values import Int32s
from zinneke.kernel.bus import Bus

STORED, ALL = "stored", "newest"
BREATH = 0.05
"""Seconds between two words at the least: what is stored in them is told together."""
BEAT = 1.0
"""Seconds after which the others hear that we are there, though nothing was stored."""
PAGE = 16_000
"""Streams of one word."""


class Word(NamedTuple):
    """What became of some streams. `life` is of one run of the main node, `number` counts its words; `after` is where the next page begins."""

    life: str
    number: int
    columns: tuple[bytes, ...] = ()
    after: int = 0


_KINDS = (np.int32, np.int64, np.int64, np.float64, np.uint8, np.int64)


def _columns(tail: Tail, streams: Int32s) -> tuple[bytes, ...]:
    ends = tail.ends(streams)
    return tuple(column.tobytes() for column in (streams, *ends))


def _summary(columns: tuple[bytes, ...]) -> Summary:
    return Summary(*(np.frombuffer(column, kind) for column, kind in zip(columns, _KINDS, strict=True)))


class Sharing:
    """In the node that stores: tells what changed in its newest values, and that it is there."""

    def __init__(self, bus: Bus, tail: Tail) -> None:
        self._bus, self._tail = bus, tail
        self._life, self._number = uuid4().hex, 0
        self._changed: list[Int32s] = []
        self._lock, self._news, self._stopped = threading.Lock(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="observations-sharing", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._tail.on_change = self._note
        self._bus.answer(ALL, self._page)
        self._bus.answer("main", lambda asked: self._life.encode())
        self._thread.start()

    def stop(self) -> None:
        """Tell no more."""
        self._tail.on_change = None
        self._stopped.set()
        self._news.set()
        self._thread.join(5)

    def _note(self, streams: Int32s) -> None:
        with self._lock:
            self._changed.append(streams)
        self._news.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._news.wait(BEAT)
            self._news.clear()
            with self._lock:
                changed, self._changed = self._changed, []
            streams = np.unique(np.concatenate(changed)) if changed else np.empty(0, np.int32)
            for start in range(0, len(streams), PAGE):
                self._number += 1
                self._tell(Word(self._life, self._number, _columns(self._tail, streams[start : start + PAGE])))
            if not changed:
                self._tell(Word(self._life, self._number))
            self._stopped.wait(BREATH)

    def _tell(self, word: Word) -> None:
        self._bus.tell(STORED, msgspec.msgpack.encode(word))

    def _page(self, asked: bytes) -> bytes:
        """Return the newest values of a page of streams, from a number on, and the word after which they are true."""
        number, first = self._number, int(asked or b"0")
        known = self._tail.known()
        page = known[known >= first][: PAGE + 1]
        after = int(page[PAGE]) if len(page) > PAGE else 0
        return msgspec.msgpack.encode(Word(self._life, number, _columns(self._tail, page[:PAGE]), after))


class Following:
    """In a node without a store: keeps the newest values as the main node tells them."""

    def __init__(self, bus: Bus, tail: Tail, handing: Handing) -> None:
        self._bus, self._tail, self._handing = bus, tail, handing
        self._life, self._number = "", -1

    def hear(self, told: bytes) -> None:
        """Take in a word of the main node; without one, or when one was missed, read everything again."""
        if not told:
            self.read_all()
            return
        word = msgspec.msgpack.decode(told, type=Word)
        self._handing.heard()
        if word.life != self._life or word.number > self._number + bool(word.columns):
            self.read_all()
        elif word.columns and word.number > self._number:
            self._take(_summary(word.columns))
            self._number = word.number

    def read_all(self) -> None:
        """Ask the main node for everything; when it does not answer, its next word asks again."""
        self._life, after, begun = "", 0, None
        pages: list[Summary] = []
        while True:
            answer = self._bus.ask(ALL, str(after).encode(), 5.0)
            if answer is None:
                return
            page = msgspec.msgpack.decode(answer, type=Word)
            begun = begun or page
            self._handing.heard()
            pages.append(_summary(page.columns))
            if not (after := page.after):
                break
        self._tail.take_over(pages)
        self._life, self._number = begun.life, begun.number

    def _take(self, ends: Summary) -> None:
        self._tail.replace(ends)
        if len(heard := ends.streams[ends.rows > 0]):
            arrivals.note(heard, ends.last[ends.rows > 0], time.time_ns() // 1000)
