"""Knowing the data: profiling, matching columns, finding planted redundancies, a catalogue's duplicates, and thousands of tables.

Public suites are measured where `ZINNEKE_MATCHING_SUITES` names the folder that holds them (`_suites.py` says in which layouts).
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from statistics import mean
from typing import Any

import duckdb
import msgspec

from benchmarks import _planted, _registers, _suites
from benchmarks._crowd import crowd
from zinneke.office.cartography.candidates import find
from zinneke.office.cartography.duplicates import Entry, find_duplicates
from zinneke.office.cartography.matching import ranked
from zinneke.office.cartography.profile import profile
from zinneke.office.cartography.sources import read_rows
from zinneke.office.cartography.unions import Library
from zinneke.office.cartography.values import ColumnProfile, TableProfile

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SIZES = (1_000, 3_000, 10_000)
SUITES = "ZINNEKE_MATCHING_SUITES"


def measure() -> list[dict[str, Any]]:
    """Measure everything that can be measured here."""
    found = [*_profiling(), *_own_pairs(), *_planting(), *_many()]
    if DATA.is_dir():
        found += [*_catalogue(), *_subsidies(), *_sample()]
    if os.environ.get(SUITES):
        found += _public(Path(os.environ[SUITES]))
    return found


def record(job: str, value: float, unit: str, bar: float | None, better: str, cpu: float | None, ratio: float | None, how: str) -> dict[str, Any]:
    """Return one record of the results."""
    figures = {"cpu_ms_per_op": None if cpu is None else round(cpu, 4), "raw_engine_ratio": None if ratio is None else round(ratio, 3)}
    return {"issue": "D", "job": job, "value": round(value, 4), "unit": unit, "bar": bar, "better": better, **figures, "how": how}


def _profiling() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        write_million(path)
        seconds, cpu = _timed(lambda: _suites.profiled(path))
        _, raw = _timed(lambda: duckdb.connect().execute("SUMMARIZE SELECT * FROM read_csv(?, all_varchar = true)", [str(path)]).fetchall())
    how = "CSV to profile: types, checksums, shapes, quantiles, keys, keyed sketches, exact distinct counts; raw: DuckDB SUMMARIZE of the same file"
    return [record("profile of 1 million rows × 20 columns", seconds, "s", 5, "lower", cpu * 1000, cpu / raw, how)]


def _timed(work: Any) -> tuple[float, float]:
    wall, before = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - before


def write_million(path: Path, rows: int = 1_000_000) -> None:
    """Write a register of people with twenty columns."""
    with path.open("w") as file:
        file.write("id,rrn,kbo,nom,prenom,rue,numero,cp,commune,naissance,email,tel,montant,statut,code,cree,lat,lon,texte,actif\n")
        for n in range(rows):
            x = n * 2_654_435_761 % 1_000_000_007
            born = f"{x % 60 + 40:02}{x % 12 + 1:02}{x % 28 + 1:02}{x % 997 + 1:03}"
            file.write(
                f"{n},{born}{97 - int(born) % 97:02},0{x:09},Nom{x % 20000},Prenom{x % 900},Rue {x % 3000},{x % 200 + 1},{1000 + x % 19 * 10},"
                f"C{x % 19},19{x % 60 + 40}-{x % 12 + 1:02}-{x % 28 + 1:02},m{x}@ex.be,02{x % 10_000_000:07},{x % 100_000 / 100:.2f},s{x % 6},"
                f"{x % 90_000:06},2024-{n % 12 + 1:02}-{n % 28 + 1:02} {n % 24:02}:00:00,50.{x % 200_000:06},4.{x % 300_000:06},"
                f"texte {x % 50_000} de la rue,{n % 2}\n"
            )


def _made(table: _registers.Table) -> TableProfile:
    with read_rows(table.name, list(table.names), [table.rows]) as source:
        return msgspec.structs.replace(profile(source, _suites.KEY), name=table.name.split(".")[-1])


def _own_pairs() -> list[dict[str, Any]]:
    trials: dict[str, list[float]] = {}
    cpu, tasks = 0.0, [(pair.trial, _made(pair.left), _made(pair.right), pair.truth) for pair in _registers.pairs()]
    for trial, left, right, truth in tasks:
        before = time.process_time()
        found = ranked(left, right)[: len(truth)]
        cpu += time.process_time() - before
        trials.setdefault(trial, []).append(len({(a, b) for a, b, _ in found} & truth) / len(truth))
    shares = [share for several in trials.values() for share in several]
    worst = min(trials, key=lambda trial: mean(trials[trial]))
    how = (
        f"{len(tasks)} generated pairs: FR, NL, EN, an unknown language, abbreviated and opaque names; all, half or no rows shared; weakest: {worst}"
    )
    return [record("columns of generated pairs: recall@GT", mean(shares), "share", 0.88, "higher", cpu / len(tasks) * 1000, None, how)]


def _planting() -> list[dict[str, Any]]:
    city = _planted.city()
    profiles = [_made(table) for table in city.tables]
    before = time.process_time()
    found = find(profiles)
    cpu = time.process_time() - before
    pairs = [frozenset((each.left, each.right)) for each in found]
    right = [pair in city.truth if each.kind != "unionable" else pair in city.alike for pair, each in zip(pairs, found, strict=True)]
    redundant = {pair: each.kind for pair, each in zip(pairs, found, strict=True) if each.kind != "unionable"}
    recall = sum(pair in redundant for pair in city.truth) / len(city.truth)
    named = sum(redundant.get(pair) == kind for pair, kind in city.truth.items()) / len(city.truth)
    how = f"{len(profiles)} tables of the 19 communes, {len(city.truth)} planted copies, older copies, subsets and joinable tables among look-alikes"
    false = sum(pair not in city.truth for pair in redundant)
    return [
        record("planted redundancies: precision of the first 20 findings", sum(right[:20]) / 20, "share", 0.9, "higher", cpu * 1000, None, how),
        record(
            "planted redundancies: recall", recall, "share", 0.9, "higher", cpu * 1000, None, f"{how}; {named:.0%} with the right kind, {false} false"
        ),
    ]


def _many() -> list[dict[str, Any]]:
    """Compare ever more tables, each number in a process of its own, so that its memory is its own."""
    found = []
    for size in SIZES:
        code = f"from benchmarks.cartography import compare_many; compare_many({size})"
        told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1]).stdout
        seconds, cpu, memory, recall, pairs = json.loads(told.splitlines()[-1])
        how = f"{size * 10:,} columns; candidates by rare values and meanings, then judged; {memory:.1f} GB, recall of derived tables {recall:.2f}"
        found.append(record(f"comparison of {size:,} tables", seconds, "s", 600 * size / 10_000, "lower", cpu * 1000 / size, None, how))
        if size == SIZES[-1]:
            found.append(record(f"memory of comparing {size:,} tables", memory, "GB", 4, "lower", None, None, f"{pairs:,} relations found"))
    return found


def compare_many(size: int) -> None:
    """Compare so many generated profiles and write seconds, CPU seconds, peak memory in GB, recall and relations, as JSON."""
    profiles, truth = crowd(size)
    wall, before = time.perf_counter(), time.process_time()
    found = find(profiles)
    seconds, cpu = time.perf_counter() - wall, time.process_time() - before
    pairs = {frozenset((each.left, each.right)) for each in found if each.kind != "unionable"}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    sys.stdout.write(json.dumps([seconds, cpu, memory, sum(pair in pairs for pair in truth) / len(truth), len(found)]) + "\n")


def _catalogue() -> list[dict[str, Any]]:
    with gzip.open(DATA / "catalog" / "data_gov_be_datasets_2025-04.jsonl.gz") as lines:
        entries = [_entry(json.loads(line)) for line in lines]
    wall, before = time.perf_counter(), time.process_time()
    groups = find_duplicates(entries)
    seconds, cpu = time.perf_counter() - wall, time.process_time() - before
    members = sum(len(group.members) for group in groups)
    how = f"by title, content address and meaning across languages: {len(groups):,} groups of {members:,} entries, each pair with its evidence"
    return [record(f"duplicates among {len(entries):,} datasets", seconds, "s", 60, "lower", cpu * 1000 / len(entries), None, how)]


def _entry(row: dict[str, Any]) -> Entry:
    def texts(given: dict[str, Any]) -> dict[str, str]:
        return {language: " ".join(text) if isinstance(text, list) else text for language, text in given.items()}

    addresses = tuple(each["downloadURL"] for each in row.get("distributions", ()) if isinstance(each.get("downloadURL"), str))
    words = tuple(word for several in row.get("keywords", {}).values() for word in several)
    publisher = row.get("publisher") or {}
    period = json.dumps(row["temporal"], sort_keys=True) if row.get("temporal") else ""
    return Entry(row["uri"], texts(row["title"]), texts(row.get("description", {})), words, addresses, str(publisher.get("uri", "")), period)


def _subsidies() -> list[dict[str, Any]]:
    schemas = json.loads((DATA / "matching" / "brussels_subsidies_schemas.json").read_text())["schemas"]
    years, shares = sorted(schemas), []
    for place, one in enumerate(years):
        for other in years[:place]:
            left, right = (TableProfile(year, year, 0, tuple(map(ColumnProfile, schemas[year]))) for year in (one, other))
            truth = {(a, b) for a, mine in schemas[one].items() for b, theirs in schemas[other].items() if mine and mine == theirs}
            shares.append(len({(a, b) for a, b, _ in ranked(left, right)[: len(truth)]} & truth) / len(truth))
    how = "six yearly inventories of the City of Brussels, names only, labelled by hand, French and Dutch in one name"
    return [record("columns of the subsidy inventories: recall@GT", mean(shares), "share", 0.88, "higher", None, None, how)]


def _sample() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(DATA / "matching" / "tus_sample_tables.zip") as archive:
        archive.extractall(folder)
        tables = sorted((Path(folder) / "tables").glob("*.csv"))
        score = _united(tables, tables, _suites.pairs(Path(folder) / "ground_truth.csv"))
    return [
        record("table union, TUS sample: precision at the number of true tables", score, "share", None, "higher", None, None, f"{len(tables)} tables")
    ]


def _united(queries: list[Path], tables: list[Path], truth: dict[str, set[str]], most: int = 10) -> float:
    """Return the mean precision among the first ten, or among as many as there are true ones where those are fewer."""
    laid = [msgspec.structs.replace(_suites.profiled(path), key=path.name, name="") for path in tables]
    library, shares = Library(laid), []
    for query in queries:
        true = truth.get(query.name, set()) - {query.name}
        if true:
            wanted = min(most, len(true))
            found = library.search(msgspec.structs.replace(_suites.profiled(query), key=query.name, name=""), wanted)
            shares.append(sum(name in true for name, _ in found) / wanted)
    return mean(shares) if shares else 0.0


def _public(folder: Path) -> list[dict[str, Any]]:
    suites: dict[str, list[tuple[float, float]]] = {}
    for task in _suites.tasks(folder):
        began = time.perf_counter()
        found = ranked(_suites.profiled(task.left), _suites.profiled(task.right))[: len(task.truth)]
        taken = time.perf_counter() - began
        suites.setdefault(task.suite, []).append((len({(a, b) for a, b, _ in found} & task.truth) / len(task.truth), taken))
    lying = "as many as lie there"
    records = []
    for suite, done in suites.items():
        how = f"{len(done)} pairs of a public suite, {lying}"
        records.append(record(f"columns, {suite}: recall@GT", mean(share for share, _ in done), "share", None, "higher", None, None, how))
    if suites:
        shares, seconds = zip(*(each for done in suites.values() for each in done), strict=True)
        how = f"{len(shares)} pairs, {lying}"
        records.append(record("columns, public suites: mean recall@GT", mean(shares), "share", 0.88, "higher", None, None, how))
        records.append(record("a pair of tables, from files to ranking", mean(seconds), "s", 0.5, "lower", None, None, "mean over the public suites"))
    for name, queries, lake, truth in _suites.unions(folder):
        score = _united(queries, lake, truth)
        how = f"{len(queries)} queries, {len(lake)} tables, {lying}; of a query with fewer than ten true ones, P at their number"
        records.append(record(f"table union, {name}: P@10", score, "share", 0.65, "higher", None, None, how))
    return records
