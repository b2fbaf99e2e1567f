"""The records on a real PostgreSQL: made, filled with the demonstration city, served, searched, signed in to, and left clean."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest

from benchmarks.serving import free_port
from tests.postgres import database, running

pytestmark = pytest.mark.xdist_group("postgresql")
PASSWORD = "quatre mots peu communs"
ANN = "ann@brussels.test"


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Return the address of a PostgreSQL without the name of a database."""
    with running() as url:
        yield url


@pytest.fixture(scope="module")
def environment(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return the environment of a platform whose records are in a database of their own, dropped afterwards."""
    nowhere = "http://127.0.0.1:9"  # so that a first start finds no publisher and makes its own city
    with database(cluster) as url:
        yield {
            **{key: value for key, value in os.environ.items() if key != "ZINNEKE_SECRET"},
            "ZINNEKE_DATA": str(tmp_path_factory.mktemp("data")),
            "ZINNEKE_DATABASE_URL": url,
            "ZINNEKE_CITY_DATA": "/nonexistent",
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), nowhere),
        }


def zinneke(environment: dict[str, str], *words: str, given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "zinneke", *words], env=environment, input=given, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def served(environment: dict[str, str]) -> Iterator[str]:
    """Load the demonstration city, add somebody, serve, and return the address."""
    assert "demonstration city" in zinneke(environment, "load", "--first")
    assert "Nothing has changed." in zinneke(environment, "load", "--first")
    zinneke(environment, "user", "add", ANN, "--name", "Ann", "--role", "operator", "--password-stdin", given=PASSWORD)
    port = free_port()
    folder = Path(environment["ZINNEKE_DATA"])
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "zinneke", "serve", "--port", str(port)], env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            if httpx.get(f"{url}/health", trust_env=False).status_code == 200:
                break
        except httpx.TransportError:
            time.sleep(0.05)
        assert process.poll() is None, (folder / "log").read_text()
    yield url
    process.terminate()
    assert process.wait(60) == 0, (folder / "log").read_text()
    assert not (folder / "zinneke.sqlite3").exists()


def test_search_pages_and_figures_answer(served: str) -> None:
    with httpx.Client(base_url=served, trust_env=False) as client:
        found = client.get("/api/datasets", params={"q": "trees"}).json()
        assert found["total"]
        key = found["hits"][0]["key"]
        assert len(client.get("/api/areas").json()) >= 19
        for address in ("/fr/", "/nl/search/?q=bomen", f"/en/data/{key}/", "/en/map/", "/en/solutions/air_quality/", "/fr/communes/21004/"):
            assert client.get(address, follow_redirects=True).status_code == 200, address


def test_streams_give_their_connections_back(served: str, environment: dict[str, str], cluster: str) -> None:
    name = environment["ZINNEKE_DATABASE_URL"].rpartition("/")[2]

    def fetch(_number: int) -> int:
        return len(httpx.get(f"{served}/dcat/catalog.ttl", timeout=120, trust_env=False).content)

    with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:

        def count() -> int:
            found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", (name,)).fetchone()
            return int(found[0]) if found else 0

        with ThreadPoolExecutor(12) as pool:
            assert min(pool.map(fetch, range(12))) > 1_000
            before = count()
            assert min(pool.map(fetch, range(36))) > 1_000
        until = time.monotonic() + 30
        while count() > before and time.monotonic() < until:
            time.sleep(0.2)
        assert count() <= before <= (os.cpu_count() or 2) + 6, "each reader, writer and round keeps one; no stream does"


def test_somebody_signs_in_whatever_the_capitals_and_is_refused_with_a_wrong_password(served: str) -> None:
    for password, status in (("a wrong password", 422), (PASSWORD, 302)):
        with httpx.Client(base_url=served, trust_env=False) as client:
            page = client.get("/en/sign-in/").text
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
            assert found
            form = {"csrfmiddlewaretoken": found[1], "email": ANN.upper(), "password": password}
            assert client.post("/en/sign-in/", data=form).status_code == status
            assert client.get("/en/account/").status_code == (200 if status == 302 else 302)


def test_a_token_stores_a_version_and_observations_and_ends_when_it_is_revoked(served: str, environment: dict[str, str]) -> None:
    made = zinneke(environment, "user", "token", ANN, "--scope", "see:*", "--scope", "edit:*", "--days", "1")
    token = re.search(r"zk_\S+", made)
    assert token
    with httpx.Client(base_url=served, trust_env=False, headers={"Authorization": f"Bearer {token[0]}"}) as client:
        assert client.post("/api/tables/notes?form=csv", content=b"name,size\nann,1\nbob,2\n").json()["kept"] == 2
        assert client.get("/api/tables/notes/rows?where=size:gt:1").json()["rows"] == [{"name": "bob", "size": 2}]
        stream = client.get("/api/latest?limit=1").json()["latest"][0]["stream"]["id"]
        sent = {"observations": [{"stream": stream, "time": "2025-01-01T00:00:30Z", "value": 1.0}]}
        for stored, known in ((1, 0), (0, 1)):
            receipt = client.post("/api/observations", json=sent).json()
            assert (receipt["stored"], receipt["duplicates"]) == (stored, known)
