"""One process owns the embedded stores: how the server says that it is up, and how a command hands it work."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from zinneke.asgi import house
from zinneke.foundations import bus
from zinneke.kernel.command import Command, Out
from zinneke.kernel.problem import Problem


def prepare() -> None:
    """Make the tables of the records where they are missing or of an earlier version.

    A node that only takes in waits for the main one to do that. Raises `Problem` 409 when it is not set up, 503 for records of another version
    or that cannot be reached.
    """
    if not bus.main() and not (settings.BUS_URL and settings.DATABASE_URL and os.environ.get("ZINNEKE_SECRET")):
        told = "A node that takes in shares its records, its secret and its bus: set ZINNEKE_DATABASE_URL, ZINNEKE_SECRET and ZINNEKE_BUS_URL."
        raise Problem(409, "Not set up", told)
    if _up_to_date():
        return
    if not bus.main():
        raise Problem(503, "The records are of another version", "Start the main node first: it brings them up to date.")
    call_command("migrate", verbosity=0, interactive=False)


def _up_to_date() -> bool:
    """Say whether every migration that the rooms have is applied: told by the names of their files, none of which is read for it."""
    ours = {(room.label, file.stem) for room in apps.get_app_configs() for file in Path(room.path, "migrations").glob("[0-9]*.py")}
    try:
        return ours <= set(MigrationRecorder(connection).applied_migrations())
    except OperationalError as fault:
        raise Problem(503, "The records cannot be reached", f"{str(fault).strip().splitlines()[0].rstrip('.')}. See ZINNEKE_DATABASE_URL.") from None


@contextmanager
def ownership(url: str = "") -> Iterator[None]:
    """Own the embedded stores while the block runs; a server says where it is reached and with which secret.

    Raises `Problem` when another process owns them.
    """
    folder = Path(settings.DATA)
    with (folder / "owner.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem(409, "The data folder is in use", f"Another zinneke process owns {folder}. Stop it, or set ZINNEKE_DATA.") from None
        card = folder / "server.json"
        if url:
            token = secrets.token_urlsafe(32)
            os.environ["ZINNEKE_CONTROL"] = token
            descriptor = os.open(card, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump({"url": url, "token": token, "pid": os.getpid()}, file)
        try:
            yield
        finally:
            if url:
                card.unlink(missing_ok=True)


def find_server() -> dict[str, Any] | None:
    """Return the address and secret of the server that owns the data folder, None when there is none."""
    card = Path(settings.DATA) / "server.json"
    try:
        found: dict[str, Any] = json.loads(card.read_text())
        with urlopen(f"{found['url']}/health", timeout=5):  # noqa: S310  the address that our own server left on its card
            return found
    except HTTPError:
        return found
    except (OSError, ValueError, KeyError, URLError):
        return None


def run_exclusive(command: Command, args: argparse.Namespace, words: list[str], out: Out) -> int:
    """Run a command that needs the embedded stores: in the server when it is up, here when it is not."""
    if found := find_server():
        return _hand_over(found, words, out)
    with ownership():
        prepare()
        house.start()
        try:
            return command.run(args, out)
        finally:
            house.stop()


def _hand_over(found: dict[str, Any], words: list[str], out: Out) -> int:
    headers = {"Authorization": f"Bearer {found['token']}", "Content-Type": "application/json"}
    request = Request(f"{found['url']}/api/commands", json.dumps({"words": words}).encode(), headers)  # noqa: S310  as above
    try:
        with urlopen(request) as answer:  # noqa: S310  as above
            for line in answer:
                told = json.loads(line)
                if "say" in told:
                    out.say(told["say"])
                elif "progress" in told:
                    out.progress(*told["progress"])
                else:
                    return int(told["exit"])
    except HTTPError as refusal:
        raise Problem(refusal.code, "The server did not take the command", refusal.read().decode(errors="replace")) from None
    out.say("The server stopped before the command was done.")
    return 1
