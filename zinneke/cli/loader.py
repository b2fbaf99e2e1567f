"""Loads the entries of a manifest, one after the other; a ledger of what was read makes a second run change nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from zinneke.cli import manifest as manifests
from zinneke.cli.files import digest_of, opened, read_whole
from zinneke.cli.manifest import AreaEntry, CatalogueEntry, Entry, FeedEntry, Manifest, ObservationsEntry, PlaceEntry, RoomEntry, TableEntry
from zinneke.cli.observing import Observer, describe, thing_of
from zinneke.foundations.catalogue import readers as catalogues
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import DatasetRow, Publisher
from zinneke.foundations.observations import store as observations
from zinneke.foundations.tables.values import Spec
from zinneke.foundations.territory import readers as territories
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory import streets
from zinneke.kernel.command import Out
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.load import Counts, Fault
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.registry import modules, solutions
from zinneke.kernel.text import choose

SAMPLES = 50_000
"""Samples of a feed that are stored together."""


@dataclass(slots=True)
class Outcome:
    """What became of one entry: its path (`table/trees`), a word, a sentence, and the faults found in its file."""

    path: str
    word: str
    said: str = ""
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Loader:
    """Loads the entries of a manifest from a folder, one after the other."""

    city: str
    manifest: Manifest
    folder: Path
    out: Out

    def run(self, entries: list[tuple[str, Entry]]) -> list[Outcome]:
        """Load these entries in their order; a bad file never stops the others."""
        sizes = [self._size(entry) for _, entry in entries]
        total, done, outcomes = sum(sizes), 0, []
        for (kind, entry), size in zip(entries, sizes, strict=True):
            self.out.progress("Loading", done, total)
            outcomes.append(self._load_one(kind, entry))
            done += size
        self.out.progress("Loading", total, total)
        return outcomes

    def _size(self, entry: Entry) -> int:
        path = entry.path(self.folder)
        return path.stat().st_size // 1000 + 1 if path and path.is_file() else 1

    def _load_one(self, kind: str, entry: Entry) -> Outcome:
        path = f"{kind}/{entry.key}"
        file = entry.path(self.folder)
        if not file or not file.is_file():
            return Outcome(path, "missing", entry.file)
        try:
            ledger, mark = f"{self.city}/{path}", self._mark(entry)
            before = catalogue.find_digest(SYSTEM, ledger)
            if before and before.digest == mark:
                return Outcome(path, "unchanged", before.note)
            counts = _LOADERS[type(entry)](self, entry)
            taken = counts.added + counts.changed + counts.unchanged
            faults = [_placed(fault, entry.file) for fault in counts.faults]
            outcome = Outcome(path, "loaded" if taken or not counts.refused else "failed", tell(counts), faults)
            if outcome.word == "loaded":
                catalogue.set_digest(SYSTEM, ledger, mark, outcome.said)
        except Problem as problem:
            broken = problem.extra.get("file", entry.file)
            where = f"{broken}, {problem.extra['where']}" if problem.extra.get("where") else broken
            return Outcome(path, "failed", problem.detail or problem.title, [Fault(where, problem.detail or problem.title)])
        except (OSError, MemoryError) as fault:
            return Outcome(path, "failed", str(fault), [Fault(entry.file, f"it could not be read: {fault}.")])
        return outcome

    def _mark(self, entry: Entry) -> str:
        beside = [getattr(entry, "beside", ""), getattr(getattr(entry, "things_file", None), "file", "")]
        files = [entry.path(self.folder), *(self.folder / each for each in beside if each)]
        return "-".join([manifests.digest(entry), *(digest_of(each) for each in files if each and each.is_file())])

    def load_areas(self, entry: AreaEntry) -> Counts:
        """Load boundaries."""
        data = read_whole(self.folder / entry.file)
        if entry.reader == "region":
            return territory.set_areas(SYSTEM, territories.read_region(data), whole=True)
        beside = read_whole(self.folder / entry.beside) if entry.beside and (self.folder / entry.beside).is_file() else b""
        read = territories.read_municipalities if entry.reader == "municipalities" else territories.read_neighbourhoods
        return territory.set_areas(SYSTEM, read(data, beside), whole=True)

    def load_places(self, entry: PlaceEntry) -> Counts:
        """Load streets or points of interest."""
        data = read_whole(self.folder / entry.file)
        if entry.reader == "streets":
            return territory.set_places(SYSTEM, "street", streets.read_streets(data), whole=True)
        return territory.set_places(SYSTEM, "poi", territories.read_pois(data), whole=True)

    def load_catalogue(self, entry: CatalogueEntry) -> Counts:
        """Load another catalogue, as a source of its own."""
        with opened(self.folder / entry.file) as lines:
            return catalogue.set_datasets(SYSTEM, catalogues.read_data_gov_be(lines), entry.key)

    def load_table(self, entry: TableEntry) -> Counts:
        """Publish a file as the next version of a dataset, with its entry in the catalogue."""
        words = self.manifest.publishers[entry.publisher]
        row = DatasetRow(
            uri=f"urn:zinneke:{entry.key}",
            key=entry.key,
            title=entry.title,
            description=entry.description,
            keywords=entry.keywords,
            themes=entry.themes,
            publisher=Publisher(entry.publisher, words.name, words.uri),
            licence=entry.licence,
            page=entry.page,
            start=entry.period[0],
            end=entry.period[1],
            frequency=entry.frequency,
            languages=entry.languages,
            communes=(entry.read.area,) if entry.read.area else (),
        )
        published = catalogue.publish(SYSTEM, row, self.folder / entry.file, spec_of(entry, words.name))
        counts = Counts(refused=published.set_aside, faults=list(published.faults))
        if published.changed:
            counts.added = published.kept
        else:
            counts.unchanged = published.kept
        return counts

    def load_observations(self, entry: ObservationsEntry) -> Counts:
        """Load a table of observations."""
        observer = Observer(entry, describe(self.folder, entry.things, entry.things_file))
        for read in observer.run(self.folder / entry.file):
            self.out.progress(f"{entry.key}, rows", read, 0)
        return observer.counts

    def load_feed(self, entry: FeedEntry) -> Counts:
        """Decode a file with a solution's source and store the samples."""
        solution = solutions().get(entry.solution)
        source = next((each for each in solution.sources if each.key == entry.source), None) if solution else None
        if solution is None or source is None:
            raise wrong(f"There is no source {entry.solution}.{entry.source}. Correct the manifest.")
        kind = solution.assets[0].key
        named = describe(self.folder, entry.things, entry.things_file)
        observations.set_things(SYSTEM, [thing_of(each, f"{solution.key}/{key}", key, solution.key, kind) for key, each in named.items()])
        counts, samples = Counts(), iter(source.decode(read_whole(self.folder / entry.file)))
        while True:
            try:
                chunk = list(islice(samples, SAMPLES))
            except Problem as problem:
                raise _broken_off(problem, counts) from None
            if not chunk:
                return counts
            receipt = observations.take_samples(SYSTEM, solution.key, chunk)
            counts.added += receipt.stored
            counts.unchanged += receipt.duplicates
            counts.refused += receipt.refusals - len(receipt.refused)
            for refusal in receipt.refused:
                counts.refuse(refusal.where or f"sample {refusal.index}", refusal.reason)
            self.out.progress(f"{entry.key}, values", counts.added + counts.unchanged, 0)

    def load_room(self, entry: RoomEntry) -> Counts:
        """Hand a file to the room that reads it."""
        module = next((each for each in modules("loading") if each.__name__.split(".")[2] == entry.room), None)
        reader = getattr(module, "READERS", {}).get(entry.reader)
        path = entry.path(self.folder)
        if reader is None or path is None:
            raise wrong(f"The room {entry.room} has no reader {entry.reader}. Correct the manifest.")
        counts: Counts = reader(path, entry.options)
        return counts


_LOADERS: dict[type[Entry], Callable[[Loader, Any], Counts]] = {
    AreaEntry: Loader.load_areas,
    PlaceEntry: Loader.load_places,
    CatalogueEntry: Loader.load_catalogue,
    TableEntry: Loader.load_table,
    ObservationsEntry: Loader.load_observations,
    FeedEntry: Loader.load_feed,
    RoomEntry: Loader.load_room,
}


def spec_of(entry: TableEntry, publisher: manifests.Words) -> Spec:
    """Return how to read and publish a table: what the entry says of the file and of its columns together."""
    named = {each.name: each for each in entry.read.columns}
    named |= {name: words.spec(name) for name, words in entry.columns.items()}
    source, _ = choose(publisher, "en")
    return msgspec.structs.replace(entry.read, columns=tuple(named.values()), source=source, licence=entry.licence)


def _placed(fault: Fault, file: str) -> Fault:
    """Return a fault that also says in which file it is."""
    if fault.where.startswith(Path(file).name.removesuffix(".gz")):
        return fault
    return Fault(f"{file}, {fault.where}" if fault.where not in ("", "file") else file, fault.what)


def _broken_off(problem: Problem, counts: Counts) -> Problem:
    """Return the problem of a feed that cannot be read to its end, with what became of the part before."""
    stored = counts.added + counts.unchanged
    before = f"The {stored:,} values before it are stored, those after it were not read." if stored else "Nothing was stored."
    return wrong(f"{problem.detail} {before} Correct it and load again.", **problem.extra)


def tell(counts: Counts) -> str:
    """Return a tally as a sentence's part: 12 added, 3 changed, 5 unchanged, 1 refused."""
    parts = [(counts.added, "added"), (counts.changed, "changed"), (counts.unchanged, "unchanged"), (counts.refused, "refused")]
    return ", ".join(f"{number:,} {word}" for number, word in parts if number) or "nothing in it"
