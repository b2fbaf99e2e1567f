"""The program as a process: it starts, owns its data, takes handed-over work, and stops without losing a request."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from benchmarks.serving import free_port

pytestmark = pytest.mark.xdist_group("process")


def alone(data: Path) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if name != "ZINNEKE_SECRET"}, "ZINNEKE_DATA": str(data)}


def zinneke(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = alone(data)
    return subprocess.run([sys.executable, "-m", "zinneke", *words], env=environment, capture_output=True, text=True, timeout=120, check=False)


def start(data: Path) -> tuple[subprocess.Popen[bytes], str]:
    port = free_port()
    environment = alone(data)
    with (data / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "zinneke", "serve", "--port", str(port)], env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    for _ in range(2400):
        try:
            if httpx.get(f"{url}/health").status_code == 200:
                return process, url
        except httpx.TransportError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    raise AssertionError((data / "log").read_text())


def test_a_fresh_server_is_well_owns_its_folder_takes_a_command_and_stops_gracefully(tmp_path: Path) -> None:
    process, url = start(tmp_path)
    try:
        assert httpx.get(f"{url}/health").json()["status"] == "ok"
        assert "zinneke_requests_total" in httpx.get(f"{url}/metrics").text
        card = tmp_path / "server.json"
        assert stat.S_IMODE(card.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600

        second = zinneke(tmp_path, "serve", "--port", str(free_port()))
        assert second.returncode == 1
        assert "Another zinneke process owns" in second.stdout

        handed = zinneke(tmp_path, "load", "nowhere-at-all")
        assert handed.returncode != 0
        assert httpx.post(f"{url}/api/commands", json={"words": ["load", "brussels"]}).status_code == 401
        headers = {"Authorization": f"Bearer {json.loads(card.read_text())['token']}"}
        assert httpx.post(f"{url}/api/commands", json={"words": ["serve"]}, headers=headers).status_code == 400
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert not (tmp_path / "server.json").exists()


def test_logs_are_json_with_a_request_id_and_without_what_was_asked(tmp_path: Path) -> None:
    process, url = start(tmp_path)
    try:
        httpx.get(f"{url}/api/datasets?q=my-secret-question", headers={"x-request-id": "trace-00000001"})
    finally:
        process.terminate()
        process.wait(60)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    served = next(line for line in lines if line.get("request_id") == "trace-00000001")
    assert served["route"] == "/api/datasets"
    assert "my-secret-question" not in (tmp_path / "log").read_text()


def test_a_server_that_was_killed_starts_again_on_the_same_folder(tmp_path: Path) -> None:
    process, _ = start(tmp_path)
    process.kill()
    process.wait(60)
    process, url = start(tmp_path)
    try:
        assert httpx.get(f"{url}/health").json()["status"] == "ok"
    finally:
        process.terminate()
        assert process.wait(60) == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_that_ends_under_load_keeps_once_what_it_acknowledged(tmp_path: Path, how: signal.Signals) -> None:
    process, url = start(tmp_path)
    assert zinneke(tmp_path, "user", "add", "ann@brussels.test", "--name", "Ann", "--role", "operator").returncode == 0
    made = zinneke(tmp_path, "user", "token", "ann@brussels.test", "--scope", "see:*", "--scope", "edit:*").stdout
    headers = {"Authorization": f"Bearer zk_{made.rpartition('zk_')[2].strip()}"}
    acknowledged: dict[str, int] = {}
    faults: list[str] = []

    def work(dataset: str) -> None:
        with httpx.Client(base_url=url, headers=headers) as client:
            for number in range(1, 10_000):
                try:
                    answer = client.post(f"/api/tables/{dataset}?form=csv", content=f"number\n{number}\n")
                    acknowledged[dataset] = answer.json()["version"]["number"]
                    page = client.get("/en/search/?q=a")
                except httpx.TransportError:
                    return
                if answer.status_code >= 500 or page.status_code >= 500:
                    faults.append(f"{answer.text} {page.status_code}")

    threads = [threading.Thread(target=work, args=(f"set-{at}",)) for at in range(3)]
    for thread in threads:
        thread.start()
    ends = time.monotonic() + 60
    while len(acknowledged) < 3 and time.monotonic() < ends:
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(how)
    assert process.wait(60) == (0 if how == signal.SIGTERM else -signal.SIGKILL)
    for thread in threads:
        thread.join(30)
    assert not faults
    assert len(acknowledged) == 3
    process, url = start(tmp_path)
    try:
        for dataset, number in acknowledged.items():
            versions = httpx.get(f"{url}/api/tables/{dataset}/versions", headers=headers).json()["versions"]
            numbers = [version["number"] for version in versions]
            assert numbers == list(range(len(numbers), 0, -1))
            assert len(numbers) in (number, number + 1)  # the last may have been kept without the answer arriving
            rows = httpx.get(f"{url}/api/tables/{dataset}/rows?version={number}", headers=headers).json()["rows"]
            assert rows == [{"number": number}]
    finally:
        process.terminate()
        assert process.wait(60) == 0


def test_a_command_brings_in_no_pandas_even_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "pandas.py").write_text("raise SystemExit('pandas was brought in')")
    script = (
        "import sys\nfrom zinneke.cli import main\nmain(['user', 'list'])\n"
        "import duckdb, numpy, pyarrow\nduckdb.execute('SELECT ?', [1]).fetchnumpy()\npyarrow.array(numpy.arange(3)).to_pylist()\n"
        "assert 'pandas' not in sys.modules\n"
    )
    environment = {**alone(tmp_path), "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).parents[1]}"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
