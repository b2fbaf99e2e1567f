"""Projects: an inventory of a thousand searched, imported, and compared pair by pair; in process, on SQLite."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable
from typing import Any

PROJECTS = 1_000


def measure() -> list[dict[str, Any]]:
    """Import a thousand projects from CSV, then search, export and pair them."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"ZINNEKE_DATA": folder, "DJANGO_SETTINGS_MODULE": "zinneke.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return _measure()


def _measure() -> list[dict[str, Any]]:
    from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
    from zinneke.office.projects import exports, intake, pairing, places, store
    from zinneke.office.projects.values import Organisation, Wanted

    store.set_organisation(SYSTEM, Organisation(key="stib", name={"fr": "STIB"}))
    table = _table().encode()
    loaded = _seconds(lambda: store.take_projects(SYSTEM, intake.read(table, places.lookups(SYSTEM))))
    paired = _seconds(pairing.refresh)
    searched = min(_seconds(lambda: store.search(ANONYMOUS, Wanted(text="parking", domain="mobility"), "fr")) for _ in range(5))
    exported = _seconds(lambda: exports.as_csv(store.list_projects(ANONYMOUS), "", "fr"))
    return [
        _record("import 1,000 projects from CSV", loaded, 30, "each row checked, placed, kept, journalled"),
        _record("what 1,000 projects have in common", paired, 20, "all 499,500 pairs by words, data, components, suppliers; the best 200 kept"),
        _record("search 1,000 projects with all filters counted", searched, 0.5, "best of 5"),
        _record("1,000 projects as CSV", exported, 1, "read and written"),
    ]


def _table() -> str:
    rand = random.Random(6)
    words = "parking capteur air bruit vélo tram école énergie eau déchets lumière carte données santé emploi formation voisin commerce".split()  # noqa: SIM905
    rows = ["name fr,summary fr,owner,domain,components,data used"]
    for number in range(PROJECTS):
        name, about = " ".join(rand.sample(words, 3)), " ".join(rand.sample(words, 8))
        domain = rand.choice(("mobility", "environment", "people", "living", "economy", "government"))
        rows.append(f"{name} {number},{about},stib,{domain},component {rand.randrange(200)},data {rand.randrange(300)}")
    return "\n".join(rows)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _record(job: str, value: float, bar: float, how: str) -> dict[str, Any]:
    return {
        "issue": "F",
        "job": job,
        "value": value,
        "unit": "s",
        "bar": bar,
        "better": "lower",
        "cpu_ms_per_op": None,
        "raw_engine_ratio": None,
        "how": how,
    }
