"""A city of our own making for a first start without data: made, loaded, marked, and taken away when real data comes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection

from zinneke.asgi import house
from zinneke.cli import demo
from zinneke.foundations.territory import store as territory
from zinneke.kernel.command import Out
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
"""Where a folder of real data stands beside a checkout."""
PATIENCE = 4.0
"""Seconds that a first start gives the publishers' endpoints."""
EMPTIED = ("territory", "tables", "observations", "catalogue")
"""The rooms that hold a city's data; people, their rights and the journal stay."""
KEPT = ("zinneke.sqlite3", "secret", "owner.lock", "server.json")


def mark() -> Path:
    """Return the file whose presence says that the data are a demonstration."""
    return Path(settings.DATA) / "demonstration"


def find_folder() -> Path | None:
    """Return the folder of real data: the one of ZINNEKE_CITY_DATA, else the one beside the checkout; None without either."""
    given = os.environ.get("ZINNEKE_CITY_DATA")
    folder = Path(given) if given else BESIDE
    return folder if folder.is_dir() else None


def has_data() -> bool:
    """Say whether a city was loaded before."""
    return bool(territory.list_areas(SYSTEM))


def make() -> Path:
    """Make the demonstration city, mark the platform as showing it, and return its folder."""
    folder = Path(settings.DATA) / "demonstration-city"
    demo.generate(folder)
    mark().touch()
    return folder


def keep_apart(folder: Path) -> None:
    """Mark the platform when the folder is a demonstration city. Raises `Problem` 409 when real data is there already."""
    if not (folder / demo.MARKER).exists() or mark().exists():
        return
    if has_data():
        raise Problem(409, "This folder is a demonstration", f"{folder} holds invented data. Load it into another data folder (ZINNEKE_DATA).")
    mark().touch()


def clear_before(folder: Path | None, out: Out) -> None:
    """Take the demonstration city away before other data is loaded. Raises `Problem` 409 while the server shows it."""
    if not mark().exists() or (folder is not None and (folder / demo.MARKER).exists()):
        return
    if os.environ.get("ZINNEKE_CONTROL"):
        raise Problem(409, "A demonstration is being shown", "Stop the server and load again: the demonstration city is taken away first.")
    house.stop()
    tables = [model._meta.db_table for label in EMPTIED for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables, allow_cascade=True))
    for path in Path(settings.DATA).iterdir():
        if not path.name.startswith(KEPT):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    house.start()
    out.say("The demonstration city was taken away.")
