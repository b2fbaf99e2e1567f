"""The one writer: what arrived while the last commit was under way becomes one transaction, and only then is anybody answered."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from zinneke.foundations.observations.engine import ObservationStore, Rows
from zinneke.foundations.observations.journal import Journal
from zinneke.foundations.observations.tail import NEVER, Tail
from zinneke.foundations.observations.values import Batch, Detail, Flags, Floats, Int32s, Int64s, Quality, Truths
from zinneke.kernel.problem import Problem

STORED, DUPLICATE, CONFLICT, GONE, WITHHELD = 0, 1, 2, 3, 5
"""What becomes of a row; it is withheld when it is good, but belongs to a batch that is stored whole or not at all."""
MOST_GROUPED = 100_000


@dataclass(slots=True)
class Work:
    """Something for the writer to do: take in a batch, or another job.

    `jumps` is the largest plausible change of each row, `heeded` says which of them somebody waits for.
    """

    batch: Batch
    jumps: Floats | None = None
    heeded: Truths | None = None
    job: Callable[[], Any] | None = None
    done: Future[Any] = field(default_factory=Future)

    @property
    def alone(self) -> bool:
        """Say whether it is done by itself: a job, or what is stored whole, so that nobody is told of a row that is then not stored."""
        return self.job is not None or self.batch.whole


class Writer:
    """A thread that groups, checks keys, commits, and answers each with the outcome of every row.

    `room` is the most rows that may wait; beyond it, `Problem` 429 asks the sender to come back.
    """

    def __init__(self, store: ObservationStore, tail: Tail, journal: Journal | None = None, room: int = 500_000) -> None:
        self._store, self._tail, self._journal, self._room = store, tail, journal, room
        self._waiting: deque[Work] = deque()
        self._rows = 0
        self._closed = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="observations-writer", daemon=True)
        self._thread.start()

    def take(self, batch: Batch, jumps: Floats | None = None, heeded: Truths | None = None) -> Flags:
        """Store a batch and return what became of each row (STORED, DUPLICATE, CONFLICT, GONE, WITHHELD), after the commit."""
        outcome: Flags = self._put(Work(batch, jumps, heeded))
        return outcome

    def do(self, job: Callable[[], Any]) -> Any:
        """Do something between two commits (a correction, a deletion) and return its result."""
        return self._put(Work(Batch(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0)), job=job))

    def _put(self, work: Work) -> Any:
        with self._news:
            if self._closed:
                raise Problem(503, "The platform is stopping", "Send this again in a minute.", {"Retry-After": "30"})
            if self._rows and self._rows + len(work.batch) > self._room:
                raise Problem(429, "Too much at once", f"{self._rows} observations are waiting. Send this again in a second.", {"Retry-After": "1"})
            self._rows += len(work.batch)
            self._waiting.append(work)
            self._news.notify()
        return work.done.result()

    @property
    def waiting(self) -> int:
        """Return how many rows wait or are being written."""
        return self._rows

    def close(self) -> None:
        """Finish what waits, then stop."""
        with self._news:
            self._closed = True
            self._news.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                group = self._next_group()
            try:
                job = group[0].job
                answers = [job()] if job else self._commit(group)
            except BaseException as fault:
                for work in group:
                    work.done.set_exception(fault)
                continue
            finally:
                with self._news:
                    self._rows -= sum(len(work.batch) for work in group)
            for work, answer in zip(group, answers, strict=True):
                work.done.set_result(answer)

    def _next_group(self) -> list[Work]:
        group = [self._waiting.popleft()]
        rows, alone = len(group[0].batch), group[0].alone
        while not alone and self._waiting and not self._waiting[0].alone and rows + len(self._waiting[0].batch) <= MOST_GROUPED:
            group.append(self._waiting.popleft())
            rows += len(group[-1].batch)
        return group

    def _commit(self, group: list[Work]) -> list[Flags]:
        streams = np.concatenate([work.batch.streams for work in group])
        times = np.concatenate([work.batch.times for work in group])
        values = np.concatenate([work.batch.values for work in group])
        jumps = np.concatenate([np.full(len(work.batch), np.inf) if work.jumps is None else work.jumps for work in group])
        order = np.lexsort((times, streams))
        outcome = np.empty(len(streams), np.uint8)
        streams, times, values = streams[order], times[order], values[order]
        fates = self._fates(streams, times, values)
        details = self._details(group, order, streams, times, fates)
        if group[0].batch.whole and (fates >= CONFLICT).any():
            fates[fates == STORED] = WITHHELD
        new = fates == STORED
        rows = self._judge(streams[new], times[new], values[new], jumps[order][new])
        if len(rows.streams):
            self._store_rows(rows, details, _heeded(group, order[new]))
        outcome[order] = fates
        return np.split(outcome, np.cumsum([len(work.batch) for work in group])[:-1])

    def _store_rows(self, rows: Rows, details: dict[tuple[int, int], Detail], heeded: Truths | None) -> None:
        """Commit rows; those that somebody waits for are in the journal before, and count there only after."""
        noted = None if self._journal is None or heeded is None or not heeded.any() else self._journal
        if noted is not None and heeded is not None:
            noted.intend(Rows(rows.streams[heeded], rows.times[heeded], rows.values[heeded], rows.qualities[heeded]), time.time_ns() // 1000)
        try:
            self._store.append(rows, details) if details else self._store.append(rows)
        except BaseException:
            if noted is not None:
                noted.withdraw()
            raise
        if noted is not None:
            noted.settle()
        self._tail.add(rows)

    def _details(self, group: list[Work], order: Int64s, streams: Int32s, times: Int64s, fates: Flags) -> dict[tuple[int, int], Detail]:
        """Return the details of what is new; what is there already with other details contradicts it."""
        sent, at = {}, 0
        for work in group:
            sent.update({at + index: detail for index, detail in work.batch.details.items()})
            at += len(work.batch)
        if not sent:
            return {}
        new: dict[tuple[int, int], Detail] = {}
        again = []
        for place, index in enumerate(order.tolist()):
            if index in sent:
                key = (int(streams[place]), int(times[place]))
                if fates[place] == STORED:
                    new[key] = sent[index]
                else:
                    again.append((place, key, sent[index]))
        if again:
            places = np.array([place for place, _, _ in again])
            known = self._store.details(streams[places], times[places])
            for place, key, detail in again:
                if fates[place] == DUPLICATE and detail != (new.get(key) or known.get(key)):
                    fates[place] = CONFLICT
        return new

    def _fates(self, streams: Int32s, times: Int64s, values: Floats) -> Flags:
        """Say for rows in order of key which are new, which are there already, which contradict what is there.

        What is newer than its stream's last cannot be there; what is older is looked up. Of equal keys here, the first sent counts.
        """
        fates = np.zeros(len(streams), np.uint8)
        if not len(streams):
            return fates
        again = np.r_[False, (streams[1:] == streams[:-1]) & (times[1:] == times[:-1])]
        first = np.maximum.accumulate(np.where(again, 0, np.arange(len(streams))))
        counted = values[first]
        older = np.flatnonzero(~again & (times <= self._tail.last(streams)))
        if len(older):
            found = self._store.find(streams[older], times[older])
            at = older[found.positions]
            there = np.zeros(len(streams), bool)
            there[at] = True
            counted_at = counted.copy()
            counted_at[at] = found.values
            counted = counted_at[first]
            again |= there[first]
        same = (values[again] == counted[again]) | (np.isnan(values[again]) & np.isnan(counted[again]))
        fates[again] = np.where(same, DUPLICATE, CONFLICT)
        fates[times < self._tail.kept_from(streams)] = GONE  # its hour is a roll-up by now, in which it may be counted
        return fates

    def _judge(self, streams: Int32s, times: Int64s, values: Floats, jumps: Floats) -> Rows:
        """Mark rows, in order of key, that jump further from the one before than their stream plausibly can."""
        qualities = np.zeros(len(streams), np.uint8)
        if len(streams) and np.isfinite(jumps).any():
            ends = self._tail.ends(streams)
            follows = np.r_[False, streams[1:] == streams[:-1]]
            before = np.where(follows, np.r_[0.0, values[:-1]], ends.values)
            known = follows | ((ends.last != NEVER) & (ends.last < times))
            qualities[known & (np.abs(values - before) > jumps)] = Quality.SUSPECT
        return Rows(streams, times, values, qualities)


def _heeded(group: list[Work], rows: Int64s) -> Truths | None:
    """Return which of these rows of a group somebody waits for, None when nobody waits for any."""
    if all(work.heeded is None for work in group):
        return None
    each = [np.zeros(len(work.batch), bool) if work.heeded is None else work.heeded for work in group]
    return np.concatenate(each)[rows]
