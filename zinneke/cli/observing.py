"""A table of observations, as its manifest entry describes it, becomes things, streams and values; what cannot be taken is told by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zinneke.cli.files import read_rows
from zinneke.cli.instants import NOT_A_TIME, Clock
from zinneke.cli.manifest import Measure, Named, ObservationsEntry, ThingsFile
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import Batch, Place, StreamRow, Thing
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.load import Counts
from zinneke.kernel.payload import finite
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.registry import solutions
from zinneke.kernel.text import same

CHUNK = 50_000
Columns = Mapping[str, Sequence[str]]


def describe(folder: Path, things: Sequence[Named], source: ThingsFile | None) -> dict[str, Named]:
    """Return the things that a manifest entry names, by identifier: those of its file, then those it lists itself."""
    found: dict[str, Named] = {}
    if source is not None:
        rows = _rows_of(folder, source.file)
        _, heading = next(rows, (1, []))
        for column in (source.key, *source.name.values(), source.lon, source.lat):
            if column and column not in heading:
                raise wrong(f"It has no column {column}.", where="row 1", file=source.file)
        for number, row in rows:
            cells = dict(zip(heading, row, strict=False))
            try:
                lon, lat = ((finite(cells[column]) if cells.get(column) else None) if column else None for column in (source.lon, source.lat))
            except Problem as fault:
                raise wrong(fault.detail, where=f"row {number}", file=source.file) from None
            names = {language: cells[column] for language, column in source.name.items() if cells.get(column)}
            found[cells[source.key]] = Named(key=cells[source.key], name=names, lon=lon, lat=lat)
    return found | {each.key: each for each in things}


def _rows_of(folder: Path, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a file that stands beside the observations; a fault names that file, since theirs may be whole."""
    try:
        yield from read_rows(folder / file, ",")
    except OSError as fault:
        raise wrong(f"It cannot be read: {fault.strerror}.", file=file) from None
    except Problem as fault:
        raise wrong(fault.detail, **{**fault.extra, "file": file}) from None


def thing_of(named: Named | None, key: str, identifier: str, solution: str, kind: str, heard: str = "") -> Thing:
    """Return a thing as observations keep it; one that nobody named bears the name its table gives, else its identifier."""
    name = named.name if named else heard or identifier
    names: dict[str, str] = same(name).as_dict() if isinstance(name, str) else name
    place = Place(named.lon, named.lat) if named and named.lon is not None and named.lat is not None else None
    return Thing(key=key, name=names, kind=kind, solution=solution, place=place)


@dataclass
class Observer:
    """Reads one table. `counts.added` are values stored, `unchanged` those that were there, `refused` those that could not be taken."""

    entry: ObservationsEntry
    named: Mapping[str, Named]
    counts: Counts = field(default_factory=Counts)
    _streams: dict[tuple[str, str], int] = field(default_factory=dict)

    def run(self, path: Path) -> Iterator[int]:
        """Take in the file and yield how many rows were read so far. Raises `Problem` when the file itself is broken."""
        rows = read_rows(path, self.entry.delimiter)
        _, heading = next(rows, (1, []))
        places = {name.strip(): place for place, name in enumerate(heading)}
        needed = [self.entry.time, self.entry.thing, self.entry.named, *(each.column for each in self.entry.values)]
        if missing := sorted({column for column in needed if column and column not in places}):
            raise wrong(f"The table has no column {', '.join(missing)}. It has: {', '.join(places)[:300]}.", where="row 1")
        clock, read = Clock(self.entry.zone), 0
        while chunk := list(islice(rows, None if self.entry.sum else CHUNK)):
            self._take(chunk, places, clock)
            read += len(chunk)
            yield read

    def _take(self, chunk: list[tuple[int, list[str]]], places: dict[str, int], clock: Clock) -> None:
        whole = [(number, row) for number, row in chunk if len(row) == len(places)]
        for number, row in chunk:
            if len(row) != len(places):
                self.counts.refuse(f"row {number}", f"it has {len(row)} cells where the heading has {len(places)}.")
        numbers = [number for number, _ in whole]
        columns = dict(zip(places, zip(*(row for _, row in whole), strict=True), strict=True)) if whole else {}
        if not columns:
            return
        things = columns[self.entry.thing] if self.entry.thing else ("",) * len(numbers)
        times = clock.read(columns[self.entry.time], things)
        for place in np.flatnonzero(times == NOT_A_TIME).tolist():
            self._refuse(numbers[place], self.entry.time, columns[self.entry.time][place], "is not a time that exists")
        for measure in self.entry.values:
            self._measure(measure, columns, numbers, things, times)

    def _measure(
        self, measure: Measure, columns: Mapping[str, Sequence[str]], numbers: list[int], things: Sequence[str], times: NDArray[np.int64]
    ) -> None:
        values = self._values(measure.column, columns[measure.column], numbers)
        good = np.isfinite(values) & (times != NOT_A_TIME)
        for column, wanted in measure.where.items():
            good &= np.array(columns[column]) == wanted
        chosen = np.flatnonzero(good)
        if not len(chosen):
            return
        identifiers = [measure.thing or things[place] for place in chosen.tolist()]
        names = columns[self.entry.named] if self.entry.named else None
        heard = {identifier: names[place] if names else "" for identifier, place in zip(identifiers, chosen.tolist(), strict=True)}
        self._declare(measure, heard)
        streams = np.array([self._streams[identifier, measure.reading] for identifier in identifiers], np.int32)
        batch = Batch(streams, times[chosen], values[chosen])
        rows = np.array(numbers)[chosen]
        if self.entry.sum:
            batch, rows = _summed(batch, rows, self.entry.sum * 1_000_000)
        receipt = observations.ingest(SYSTEM, batch)
        self.counts.added += receipt.stored
        self.counts.unchanged += receipt.duplicates
        self.counts.refused += receipt.refusals - len(receipt.refused)
        for refusal in receipt.refused:
            self.counts.refuse(f"row {int(rows[refusal.index])}, column {measure.column}", refusal.reason)

    def _values(self, column: str, cells: Sequence[str], numbers: list[int]) -> NDArray[np.float64]:
        skip = frozenset(self.entry.skip)
        plain = ["nan" if cell in skip else cell for cell in cells]
        try:
            return np.array(plain, np.float64)
        except ValueError:
            values = np.full(len(plain), np.nan)
        for place, cell in enumerate(plain):
            try:
                values[place] = np.nan if cell == "nan" else finite(cell)
            except Problem:
                self._refuse(numbers[place], column, cell, "is not a number")
        return values

    def _refuse(self, number: int, column: str, cell: str, what: str) -> None:
        self.counts.refuse(f"row {number}, column {column}", f"{cell[:60]!r} {what}.")

    def _declare(self, measure: Measure, heard: Mapping[str, str]) -> None:
        """Make known the things and streams heard of for the first time."""
        fresh = [identifier for identifier in heard if (identifier, measure.reading) not in self._streams]
        if not fresh:
            return
        family = self.entry.solution or self.entry.group or self.entry.key
        keys = {identifier: f"{family}/{identifier}" for identifier in fresh}
        observations.set_things(
            SYSTEM, [thing_of(self.named.get(each), keys[each], each, self.entry.solution, self.entry.kind, heard[each]) for each in fresh]
        )
        counts = observations.set_streams(SYSTEM, [self._stream(measure, keys[each]) for each in fresh])
        if counts.faults:
            raise wrong(str(counts.faults[0]))
        for identifier in fresh:
            stream = observations.find_stream(SYSTEM, f"{keys[identifier]}/{measure.reading}")
            if stream is None:
                raise wrong(f"The stream {keys[identifier]}/{measure.reading} was not declared.")
            self._streams[identifier, measure.reading] = stream.id

    def _stream(self, measure: Measure, thing: str) -> StreamRow:
        key = f"{thing}/{measure.reading}"
        if not self.entry.solution:
            return StreamRow(
                key=key,
                thing=thing,
                name=measure.name,
                reading=measure.reading,
                means=measure.means,
                unit=measure.unit,
                interval=measure.interval,
                low=measure.low,
                high=measure.high,
            )
        try:
            declared = solutions()[self.entry.solution].reading(measure.reading)
        except KeyError:
            raise wrong(f"{self.entry.solution} has no reading {measure.reading}. Correct the manifest.") from None
        return StreamRow(
            key=key,
            thing=thing,
            name=declared.name.as_dict(),
            reading=declared.key,
            means=declared.means,
            unit=declared.unit,
            interval=declared.interval,
            low=declared.low,
            high=declared.high,
            level=declared.level,
        )


def _summed(batch: Batch, rows: NDArray[np.int64], width: int) -> tuple[Batch, NDArray[np.int64]]:
    """Add up the values of each stream in periods of `width` microseconds, which begin at whole multiples since 1970."""
    begun = batch.times // width * width
    order = np.lexsort((begun, batch.streams))
    streams, times, values = batch.streams[order], begun[order], batch.values[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(streams) != 0) | (np.diff(times) != 0)])
    return Batch(streams[starts], times[starts], np.add.reduceat(values, starts)), rows[order][starts]
