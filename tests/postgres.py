"""A real PostgreSQL: the one that is up on this machine, else one of our own."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from benchmarks.serving import free_port


def installed() -> Path | None:
    """Return the folder of PostgreSQL's programs where they are installed."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


@contextmanager
def own_cluster(programs: Path) -> Iterator[str]:
    """Run a PostgreSQL of our own while the block runs; as its own user where we are root, for whom it refuses to run."""
    with tempfile.TemporaryDirectory(prefix="zinneke-postgresql-") as name:
        folder, port, user = Path(name), free_port(), None
        if os.geteuid() == 0:
            user = "postgres"
            shutil.chown(folder, user)

        def run(program: str, *words: str | Path) -> None:
            subprocess.run([programs / program, "-D", folder / "data", *words], check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

        run("initdb", "-U", "postgres", "-A", "trust", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        run("pg_ctl", "-o", options, "-l", folder / "log", "-w", "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")


def reachable(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def running() -> Iterator[str]:
    """Give the address of a PostgreSQL without the name of a database; without one the test is skipped, except in CI, where it fails."""
    for user in ("root", "postgres"):
        if reachable(f"postgresql://{user}@127.0.0.1:5432/postgres"):
            yield f"postgresql://{user}@127.0.0.1:5432"
            return
    if (programs := installed()) is None:
        reason = "No PostgreSQL answers at 127.0.0.1:5432 without a password, and none is installed: nothing was tried on PostgreSQL."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with own_cluster(programs) as url:
        yield url


@contextmanager
def database(cluster: str) -> Iterator[str]:
    """Make an empty database in a cluster, give its address, and drop it afterwards."""
    name = f"zinneke_test_{secrets.token_hex(4)}"
    with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{cluster}/{name}"
    finally:
        with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
