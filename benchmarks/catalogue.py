"""Searching the national catalogue over HTTP: fifty questions in three languages, with and without facets, as visitors ask them."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.serving import Server, serve

CATALOGUE = Path(__file__).resolve().parents[2] / "shared" / "data" / "catalog" / "data_gov_be_datasets_2025-04.jsonl.gz"
SECONDS, CONNECTIONS = 6.0, 4
PREPARE = """
import gzip, sys
import django
django.setup()
from zinneke.cli.server import prepare
prepare()
from zinneke.foundations.catalogue import readers, store
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
with gzip.open(sys.argv[1]) as lines:
    print(store.set_datasets(SYSTEM, readers.read_data_gov_be(lines), "data.gov.be"))
store.search(ANONYMOUS, "lucht")
"""
WORDS = {
    "fr": (
        "", "qualité de l'air", "arbres", "stationnement", "population", "subsides ixelles", "pistes cyclables", "écoles",
        "permis d'urbanisme", "eau",
        "déchets", "budget communal", "bruit", "marchés publics", "transports en commun", "bruxelles"),
    "nl": ("", "luchtkwaliteit", "bomen", "parkeren", "bevolking", "fietspaden", "scholen", "kaart", "bodem", "grondwater", "inkomen per gemeente",
           "werkloosheid", "overheidsopdrachten", "energieverbruik", "wijken", "lughtkwaliteit"),
    "en": ("", "air quality", "trees", "parking", "census", "cycle paths", "data", "energy", "land use", "fish", "covid", "income", "traffic"),
}  # fmt: skip
NARROWED = (
    ("fr", "", {"theme": ["ENVI", "TRAN"]}),
    ("nl", "bevolking", {"publisher": ["statbel"], "format": ["xlsx", "txt"]}),
    ("fr", "subsides", {"commune": ["21009", "21013", "21004"]}),
    ("en", "water", {"licence": ["cc0", "cc-by-4.0"], "format": ["csv"]}),
    ("nl", "kaart", {"format": ["wms", "wfs"], "theme": ["REGI"], "language": ["nl"]}),
)


def measure() -> list[dict[str, Any]]:
    """Load the catalogue into a folder of its own, serve it, and ask for some seconds over four connections."""
    if not CATALOGUE.is_file():
        raise SystemExit(f"the real data is not at {CATALOGUE}")
    questions = _questions()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ZINNEKE_DATA": folder, "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
        subprocess.run([sys.executable, "-c", PREPARE, str(CATALOGUE)], env=environment, check=True, capture_output=True)
        with serve(Path(folder)) as server:
            rate, cpu, slow = _ask(server, [address for address, _words in questions])
    raw = _raw_engine([words for _address, words in questions])
    how = f"GET /api/datasets, {len(questions)} questions in turn, 20 hits, 8 facets, {CONNECTIONS} connections, a visitor; raw: the bare FTS5 query"
    record = {"issue": "A", "cpu_ms_per_op": round(cpu, 3), "raw_engine_ratio": round(cpu / raw, 2), "how": how}
    return [
        {
            **record,
            "job": "catalogue search over 17,828 datasets with facets",
            "value": round(rate),
            "unit": "requests/s",
            "bar": 200,
            "better": "higher",
        },
        {**record, "job": "catalogue search, 95th percentile", "value": round(slow, 1), "unit": "ms", "bar": 50, "better": "lower"},
        {
            **record,
            "issue": "C",
            "job": "search with facets, 17,828 datasets",
            "value": round(rate),
            "unit": "requests/s",
            "bar": 400,
            "better": "higher",
        },
        {**record, "issue": "C", "job": "search with facets, 95th percentile", "value": round(slow, 1), "unit": "ms", "bar": 25, "better": "lower"},
        _million(),
    ]


def _million() -> dict[str, Any]:
    """Return the 95th percentile of a search over a million datasets."""
    questions = [*((language, words, {}) for language, texts in WORDS.items() for words in texts), *NARROWED]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
    command = [sys.executable, "-m", "benchmarks._million", str(CATALOGUE), "1000000"]
    told = subprocess.run(command, env=environment, input=json.dumps(questions), text=True, check=True, capture_output=True)
    found = json.loads(told.stdout)
    return {
        "issue": "C",
        "job": "search with facets, 1 million datasets, 95th percentile",
        "value": round(found["p95"], 1),
        "unit": "ms",
        "bar": 100,
        "better": "lower",
        "cpu_ms_per_op": round(found["median"], 3),
        "raw_engine_ratio": None,
        "how": f"made of the real ones, in process, {len(questions)} questions in turn, 20 hits, 8 facets, a visitor; "
        f"median {found['median']:.1f} ms, index built in {found['built']:.0f} s",
    }


def _questions() -> list[tuple[str, str]]:
    plain = [(language, words, {}) for language, texts in WORDS.items() for words in texts]
    return [
        ("/api/datasets?" + urlencode({"lang": language, "q": words, **facets}, doseq=True), words) for language, words, facets in (*plain, *NARROWED)
    ]


def _ask(server: Server, addresses: list[str]) -> tuple[float, float, float]:
    """Return requests a second, CPU milliseconds of the server for one, and the 95th percentile of the time to an answer in milliseconds."""
    turn, taken, lock = count(), [], threading.Lock()
    ends = time.perf_counter() + SECONDS

    def send() -> None:
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
        own = []
        while (began := time.perf_counter()) < ends:
            connection.request("GET", addresses[next(turn) % len(addresses)])
            answer = connection.getresponse()
            told = answer.read()
            if answer.status != 200:
                raise RuntimeError(told.decode()[:500])
            own.append(time.perf_counter() - began)
        with lock:
            taken.extend(own)

    threads = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    before, started = server.cpu_seconds(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, cpu = time.perf_counter() - started, server.cpu_seconds() - before
    taken.sort()
    return len(taken) / seconds, cpu / len(taken) * 1000, taken[int(len(taken) * 0.95)] * 1000


def _raw_engine(texts: list[str]) -> float:
    """Return the CPU milliseconds of SQLite's FTS5 for one question: the first 20 by bm25 and the total, without facets."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE texts USING fts5(title, keywords, description, tokenize='unicode61 remove_diacritics 2')")
    with gzip.open(CATALOGUE) as lines:
        rows = [json.loads(line) for line in lines]
    database.executemany(
        "INSERT INTO texts VALUES (?, ?, ?)",
        ([json.dumps(row.get(name, ""), ensure_ascii=False) for name in ("title", "keywords", "description")] for row in rows),
    )
    started = time.process_time()
    for text in texts * 5:
        match = " ".join('"' + word.replace('"', "") + '"' for word in text.replace("'", " ").split())
        if match:
            database.execute("SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, 6, 2.5, 1) LIMIT 20", (match,)).fetchall()
            database.execute("SELECT count(*) FROM texts WHERE texts MATCH ?", (match,)).fetchone()
        else:
            database.execute("SELECT rowid FROM texts LIMIT 20").fetchall()
            database.execute("SELECT count(*) FROM texts").fetchone()
    return (time.process_time() - started) / len(texts) / 5 * 1000
