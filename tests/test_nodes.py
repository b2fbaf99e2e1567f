"""Two served processes of one city, on a real PostgreSQL and a real nats-server: one has the stores, the other takes in.

What the one changes the other knows at once: the intervals at which they look by themselves are an hour here.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import httpx
import pytest

from benchmarks.serving import free_port
from tests import nats, postgres
from tests.broker import until
from tests.city import City, sent

pytestmark = pytest.mark.xdist_group("nodes")


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[nats.Server]:
    with nats.running(tmp_path_factory.mktemp("nats")) as server:
        yield server


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, bus: nats.Server) -> Iterator[City]:
    with postgres.running() as cluster, postgres.database(cluster) as url:
        shared = {"ZINNEKE_DATABASE_URL": url, "ZINNEKE_BUS_URL": bus.url, "ZINNEKE_SECRET": "one secret for all nodes of a city"}
        made = City(tmp_path_factory.mktemp("city"), **shared)
        try:
            early = made.command("serve", node="ingest")
            assert early.returncode == 1
            assert "Start the main node first" in early.stdout
            made.start("main")
            made.token = made.admit("ann@city.test", "see:*", "edit:*")
            made.start("ingest")
            yield made
        finally:
            for node in list(made.processes):
                made.stop(node)


def test_what_one_node_takes_in_is_stored_at_the_main_one_and_known_to_both(city: City) -> None:
    stream = city.make_stream("main", "bench")
    receipt = city.ask("ingest", "POST", "/api/observations", json=sent(stream, 0, 3))
    assert receipt.json() == {"stored": 3, "duplicates": 0, "refusals": 0, "refused": []}
    again = city.ask("main", "POST", "/api/observations", json=sent(stream, 1, 3))
    assert (again.json()["stored"], again.json()["duplicates"]) == (1, 2)
    assert [value for _, value in city.stored(stream)] == [0.0, 1.0, 2.0, 3.0]
    for node in ("main", "ingest"):
        latest = f"/api/latest?ids={stream}"
        until(lambda node=node, latest=latest: city.ask(node, "GET", latest).json()["latest"][0]["value"] == 3.0, f"{node} knows the newest")


def test_what_contradicts_or_is_out_of_order_is_judged_as_at_one_node(city: City) -> None:
    stream = city.make_stream("ingest", "gate")
    assert city.ask("ingest", "POST", "/api/observations", json=sent(stream, 10, 2)).json()["stored"] == 2
    other = {**sent(stream, 10, 1), "values": [99.0]}
    refused = city.ask("ingest", "POST", "/api/observations", json=other)
    assert "Another value is stored" in refused.text
    assert city.ask("ingest", "POST", "/api/observations", json=sent(stream, 0, 12)).json()["stored"] == 10
    one = {"Datastream": {"@iot.id": stream}, "phenomenonTime": "2026-02-01T00:00:00Z", "result": 7.5}
    assert city.ask("ingest", "POST", "/sta/v1.1/Observations", json=one).status_code == 201
    assert len(city.stored(stream)) == 13


def test_a_batch_larger_than_a_message_goes_in_parts(city: City) -> None:
    stream = city.make_stream("main", "counter")
    receipt = city.ask("ingest", "POST", "/api/observations", json=sent(stream, 0, 70_000))
    assert receipt.json()["stored"] == 70_000
    assert city.ask("main", "GET", f"/api/datastreams/{stream}").json()["rows"] == 70_000


def test_what_only_the_main_node_can_do_is_refused_with_where_to_ask(city: City) -> None:
    stream = city.make_stream("main", "lamp")
    assert city.ask("ingest", "POST", "/api/observations", json=sent(stream, 0)).json()["stored"] == 1
    history = city.ask("ingest", "GET", f"/api/datastreams/{stream}/observations")
    assert history.status_code == 421
    assert "Ask the main node" in history.json()["detail"]


def test_a_key_that_is_revoked_at_one_node_is_refused_at_both_at_once(city: City) -> None:
    stream = city.make_stream("main", "bin")
    key = city.make_device("bin-1", stream)
    for at, node in enumerate(("ingest", "main")):
        assert city.ask(node, "POST", "/api/observations", key, json=sent(stream, at)).json()["stored"] == 1
    assert city.ask("main", "POST", "/api/devices/bin-1/revoke").status_code in (200, 204)
    for node in ("main", "ingest"):
        ended = f"the key ends at {node}"
        until(lambda node=node: city.ask(node, "POST", "/api/observations", key, json=sent(stream, 5)).status_code == 401, ended)
    again = city.make_device("bin-2", stream)
    assert city.ask("main", "POST", "/api/observations", again, json=sent(stream, 6)).json()["stored"] == 1
    assert city.ask("ingest", "POST", "/api/devices/bin-2/revoke").status_code in (200, 204)
    until(lambda: city.ask("main", "POST", "/api/observations", again, json=sent(stream, 7)).status_code == 401, "the key ends at the main node")


def test_a_role_taken_away_on_the_command_line_is_gone_at_every_node_at_once(city: City) -> None:
    token = city.admit("bob@city.test", "edit:*")
    stream = city.make_stream("main", "door")
    for at, node in enumerate(("main", "ingest")):
        assert city.ask(node, "POST", "/api/observations", token, json=sent(stream, at)).json()["stored"] == 1
    done = city.command("user", "role", "bob@city.test", "operator", "--remove")
    assert done.returncode == 0, done.stdout + done.stderr
    for node in ("main", "ingest"):
        shut = f"{node} takes nothing more"
        until(lambda node=node: city.ask(node, "POST", "/api/observations", token, json=sent(stream, 9)).status_code in (403, 422), shut)


def test_streams_declared_at_both_nodes_at_the_same_time_get_numbers_of_their_own(city: City) -> None:
    numbers: list[int] = []

    def declare(node: str) -> None:
        numbers.extend(city.make_stream(node, f"{node}-{at}") for at in range(8))

    threads = [threading.Thread(target=declare, args=(node,)) for node in ("main", "ingest")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == len(set(numbers)) == 16


def test_a_second_main_node_is_refused(city: City) -> None:
    environment = {**city.environment("main"), "ZINNEKE_DATA": str(city.folder / "second")}
    words = [sys.executable, "-m", "zinneke", "serve", "--port", str(free_port())]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode != 0
    assert "There is a main node already" in done.stdout + done.stderr


def test_nothing_acknowledged_is_missing_or_twice_when_nodes_and_the_bus_are_killed_under_load(city: City, bus: nats.Server) -> None:
    streams = [city.make_stream("main", f"load-{at}") for at in range(4)]
    acknowledged: list[int] = [0] * 4
    refused: list[httpx.Response] = []
    faults: list[str] = []
    stop = threading.Event()

    def send(at: int) -> None:
        node, number = ("ingest", "ingest", "ingest", "main")[at], 0
        while not (stop.is_set() and number == acknowledged[at]):
            try:
                answer = city.ask(node, "POST", "/api/observations", json=sent(streams[at], number, 3))
            except httpx.TransportError:
                continue
            if answer.status_code == 200 and answer.json()["stored"] + answer.json()["duplicates"] == 3:
                number += 3
                acknowledged[at] = number
            elif answer.status_code in (429, 503) and answer.headers.get("retry-after"):
                refused.append(answer)
                threading.Event().wait(0.2)
            else:
                faults.append(f"{answer.status_code} {answer.text}")
                return

    threads = [threading.Thread(target=send, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()

    def gone_on(why: str, among: tuple[int, ...] = (0, 1, 2)) -> None:
        wanted = [acknowledged[at] + 30 for at in among]
        until(lambda: faults or all(acknowledged[at] >= least for at, least in zip(among, wanted, strict=True)), why)
        assert not faults

    try:
        gone_on("all is well")
        city.stop("main", signal.SIGKILL)
        city.start("main")
        gone_on("the main node was killed", (0, 1, 2, 3))
        bus.stop(signal.SIGKILL)
        until(lambda: faults or refused, "without the bus senders are asked to come back")
        bus.start()
        gone_on("the bus was killed")
        city.stop("ingest", signal.SIGKILL)
        city.start("ingest")
        gone_on("the node that takes in was killed")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not faults
    for at, stream in enumerate(streams):
        rows = city.stored(stream)
        assert [value for _, value in rows][: acknowledged[at]] == [float(number) for number in range(acknowledged[at])]
        assert len({moment for moment, _ in rows}) == len(rows)
        assert city.ask("main", "GET", f"/api/datastreams/{stream}").json()["rows"] == len(rows)
