"""The bus on a real nats-server: words are heard, work is done once, and a server that goes away comes back to everybody."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.broker import until
from tests.nats import Server, running
from zinneke.foundations import jetstream
from zinneke.foundations.jetstream import JetStream
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.xdist_group("nats")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("nats")) as one:
        yield one


class Node:
    """Nodes of one city, stopped after the test."""

    def __init__(self) -> None:
        self.made: list[JetStream] = []

    def __call__(self, url: str, most_bytes: int = 1_000_000) -> JetStream:
        self.made.append(JetStream(url, most_bytes))
        return self.made[-1]


@pytest.fixture
def node() -> Iterator[Node]:
    nodes = Node()
    yield nodes
    for each in nodes.made:
        each.stop()


def test_what_one_node_tells_every_other_hears_in_order_and_other_cities_do_not(server: Server, node: Node) -> None:
    one, two, three, other = (node(f"{server.url}{more}") for more in ("1", "1", "1", "2"))
    heard: dict[JetStream, list[bytes]] = {each: [] for each in (one, two, three, other)}
    for each in heard:
        each.hear("word", heard[each].append)
        each.start()
    for number in range(100):
        one.tell("word", b"%d" % number)
    for each in (two, three):
        until(lambda each=each: len(heard[each]) == 100, "all is heard")
        assert heard[each] == [b"%d" % number for number in range(100)]
    assert heard[one] == heard[other] == []


def test_a_question_is_answered_by_another_node_and_by_nobody_else(server: Server, node: Node) -> None:
    one, two = node(f"{server.url}3"), node(f"{server.url}3")
    one.start()
    two.start()
    assert two.ask("who", b"", 1.0) is None
    one.answer("who", lambda asked: b"one " + asked)
    until(lambda: two.ask("who", b"?", 1.0) == b"one ?", "one answers")
    assert one.ask("who", b"", 0.2) is None


def test_work_is_done_once_and_its_answer_finds_who_handed_it_over(server: Server, node: Node) -> None:
    one, two, worker = (node(f"{server.url}4") for _ in range(3))
    done: list[bytes] = []

    def work(payloads: Sequence[bytes]) -> list[bytes]:
        done.extend(payloads)
        return [payload[::-1] for payload in payloads]

    for each in (one, two, worker):
        each.start()
    worker.work("jobs", work)
    with ThreadPoolExecutor(16) as pool:
        sent = [b"work %d" % number for number in range(300)]
        told = list(pool.map(lambda at: (one, two)[at % 2].hand("jobs", sent[at]), range(300)))
    assert told == [payload[::-1] for payload in sent]
    assert sorted(done) == sorted(sent)


def test_work_that_failed_or_that_a_worker_left_undone_comes_again(server: Server, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jetstream, "AGAIN", 1.0)
    one, first, second = (node(f"{server.url}5") for _ in range(3))
    begun, tries = threading.Event(), []

    def hang(payloads: Sequence[bytes]) -> list[bytes | None]:
        begun.set()
        threading.Event().wait(3)
        raise RuntimeError("it died")

    def fail_once(payloads: Sequence[bytes]) -> list[bytes | None]:
        tries.append(len(payloads))
        if len(tries) == 1:
            raise RuntimeError("not yet")
        return [b"done"] * len(payloads)

    for each in (one, first, second):
        each.start()
    first.work("jobs", hang)
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(one.hand, "jobs", b"x")
        assert begun.wait(30)
        second.work("jobs", fail_once)
        assert told.result(60) == b"done"
    assert len(tries) >= 2


def test_a_server_that_is_killed_loses_no_work_and_everybody_comes_back_to_it(tmp_path: Path, node: Node) -> None:
    with running(tmp_path) as server:
        one, worker = node(server.url), node(server.url)
        counted: dict[bytes, int] = {}
        heard, returned = [], []

        def work(payloads: Sequence[bytes]) -> list[bytes]:
            for payload in payloads:
                counted[payload] = counted.get(payload, 0) + 1
            return list(payloads)

        worker.hear("word", heard.append)
        worker.on_return(lambda: returned.append(True))
        one.start()
        worker.start()
        worker.work("jobs", work)
        stop, told, refused = threading.Event(), [], []

        def send(who: int) -> None:
            number = 0
            while not stop.is_set():
                try:
                    told.append(one.hand("jobs", b"%d.%d" % (who, number)))
                except Problem as problem:
                    refused.append(problem)
                number += 1

        threads = [threading.Thread(target=send, args=(who,)) for who in range(4)]
        for thread in threads:
            thread.start()
        for how in (signal.SIGKILL, signal.SIGTERM):
            many = len(told) + 50
            until(lambda many=many: len(told) > many, "work is done")
            server.stop(how)
            server.start()
        many = len(told) + 50
        until(lambda: len(told) > many, "work is done again")
        stop.set()
        for thread in threads:
            thread.join()
        assert set(told) <= set(counted)
        assert len(set(told)) == len(told)
        assert max(counted.values()) == 1, "what came again was known to be done"
        assert all(problem.status == 503 and problem.headers["Retry-After"] for problem in refused)
        until(lambda: len(returned) >= 3, "who came back is told")
        one.tell("word", b"again")
        until(lambda: heard == [b"again"], "words are heard again")


def test_without_a_server_work_is_refused_with_a_time_to_come_back_and_so_it_is_when_too_much_waits(
    tmp_path: Path, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jetstream, "AWAY", 0.5)
    monkeypatch.setattr(jetstream, "PATIENCE", 0.2)
    with running(tmp_path) as server:
        one = node(server.url, 100_000)
        one.start()
        for _ in range(2):  # nobody works
            with pytest.raises(Problem, match="not known yet") as refused:
                one.hand("jobs", bytes(40_000))
            assert refused.value.status == 503
        with pytest.raises(Problem, match="Too much waits") as refused:
            one.hand("jobs", bytes(40_000))
        assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "5"})
        server.stop()
        with pytest.raises(Problem, match="cannot reach one another") as refused:
            one.hand("jobs", b"x")
        assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "5"})


def test_an_address_that_is_none_is_refused_with_what_it_must_be() -> None:
    with pytest.raises(Problem, match="ZINNEKE_BUS_URL is nats://"):
        JetStream("http://127.0.0.1:4222")
