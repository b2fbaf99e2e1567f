from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zinneke.foundations.fetching import Fetcher, Resolve, check_address, is_public
from zinneke.kernel.problem import Problem

AT = "https://example.org/data.csv"
INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.8",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "0.0.0.0",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fc00::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:0:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "nonsense",
]


def resolver(*numbers: str) -> Resolve:
    return lambda host, port: list(numbers)


def fetcher(handler: Callable[[httpx.Request], httpx.Response], **options: object) -> Fetcher:
    given = {"resolve": resolver("93.184.216.34"), "wait": lambda seconds: None, **options}
    return Fetcher("tests", transport=httpx.MockTransport(handler), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", INSIDE)
def test_addresses_inside_the_network_are_refused_however_they_are_written(number: str) -> None:
    assert not is_public(number)
    with pytest.raises(Problem) as refused:
        check_address("https://data.example/", resolver("93.184.216.34", number))
    assert refused.value.extra["where"] == "address"


@pytest.mark.parametrize("number", ["93.184.216.34", "2001:4860:4860::8888", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_public_addresses_are_followed(number: str) -> None:
    assert check_address("http://data.example:8080/", resolver(number)) == ("data.example", number)


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://a.example", "gopher://a.example/", "https://user:secret@a.example/", "https://", "not an address",
     "https://a.example:22/", "http://[::1", "http://a.example:99999/"],
)  # fmt: skip
def test_what_is_no_public_web_address_is_refused(address: str) -> None:
    with pytest.raises(Problem):
        check_address(address, resolver("93.184.216.34"))


@given(st.text(max_size=60))
@example("http://2130706433/")
@example("http://0x7f.1/")
@settings(max_examples=60)
def test_any_text_is_an_address_or_a_problem(address: str) -> None:
    def numbers(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    with pytest.raises(Problem):
        check_address(address, numbers)


def test_a_city_may_allow_a_host_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZINNEKE_FETCH_HOSTS", "intranet.example, other.example")
    assert check_address("http://intranet.example:9999/", resolver("10.0.0.8")) == ("intranet.example", "10.0.0.8")


def test_the_number_that_was_checked_is_the_one_connected_to() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b"a,b"), headers={"ETag": '"7"', "Content-Type": "text/csv; charset=utf-8"})

    found = fetcher(answer).get(AT)
    assert (found.body, found.etag, found.media_type) == (b"a,b", '"7"', "text/csv")
    assert asked[0].url.host == "93.184.216.34" and asked[0].headers["host"] == "example.org" and asked[0].extensions["sni_hostname"] == "example.org"


def test_a_name_that_leads_inside_at_the_second_look_is_not_followed() -> None:
    looks = iter((["93.184.216.34"], ["127.0.0.1"]))
    fetch = fetcher(lambda request: httpx.Response(302, headers={"Location": "/again"}), resolve=lambda host, port: next(looks))
    with pytest.raises(Problem, match="inside this network"):
        fetch.get(AT)


@pytest.mark.parametrize("target", ["http://localhost/admin", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd"])
def test_a_redirect_into_the_network_is_not_followed(target: str) -> None:
    def numbers(host: str, port: int) -> list[str]:
        return ["93.184.216.34"] if host == "example.org" else ["127.0.0.1"]

    with pytest.raises(Problem):
        fetcher(lambda request: httpx.Response(302, headers={"Location": target}), resolve=numbers).get(AT)


def test_going_round_in_circles_ends() -> None:
    with pytest.raises(Problem, match="leads on"):
        fetcher(lambda request: httpx.Response(302, headers={"Location": AT})).get(AT)


def test_what_is_too_large_is_not_read_to_the_end(tmp_path: Path) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(50):
            sent += 1
            yield b"x" * 100_000

    with pytest.raises(Problem, match="more than 200,000 bytes"):
        fetcher(lambda request: httpx.Response(200, content=pieces()), most=200_000).save(AT, tmp_path / "data")
    assert sent < 6


def test_a_little_gzip_that_would_become_much_is_stopped() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    with pytest.raises(Problem, match="more than"):
        fetcher(lambda request: httpx.Response(200, stream=httpx.ByteStream(bomb), headers={"Content-Encoding": "gzip"}), most=1_000_000).get(AT)


@pytest.mark.parametrize("cut", [slice(0, 20), slice(5, None)])
def test_a_broken_gzip_is_said_to_be_one(cut: slice) -> None:
    broken = gzip.compress(b"0123456789" * 100)[cut]
    with pytest.raises(Problem):
        fetcher(lambda request: httpx.Response(200, stream=httpx.ByteStream(broken), headers={"Content-Encoding": "gzip"})).get(AT)


def test_a_busy_server_is_asked_again_after_as_long_as_it_says() -> None:
    waited: list[float] = []
    answers = iter((httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(503), httpx.Response(200, stream=httpx.ByteStream(b"ok"))))
    assert fetcher(lambda request: next(answers), wait=waited.append).get(AT).body == b"ok"
    assert waited == [7.0, 5.0]


def test_one_that_asks_for_too_much_patience_is_left() -> None:
    with pytest.raises(Problem, match="too long to wait"):
        fetcher(lambda request: httpx.Response(503, headers={"Retry-After": "86400"})).get(AT)


def test_a_dead_server_is_said_to_be_one() -> None:
    def dead(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    with pytest.raises(Problem, match="could not be reached"):
        fetcher(dead).get(AT)


def test_between_two_requests_there_is_a_pause_and_after_enough_of_them_an_end() -> None:
    waited: list[float] = []
    fetch = fetcher(lambda request: httpx.Response(200, stream=httpx.ByteStream(b"")), wait=waited.append, pause=0.5, requests=2)
    fetch.get(AT)
    fetch.get(AT)
    assert waited == [0.5]
    with pytest.raises(Problem, match="2 requests"):
        fetch.get(AT)


def test_what_did_not_change_is_not_sent_again_and_who_asks_is_said() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["user-agent"].startswith("Zinneke/")
        return httpx.Response(304 if request.headers.get("if-none-match") == '"7"' else 200)

    assert fetcher(answer).get(AT, etag='"7"').status == 304


def test_a_real_server_that_is_allowed_is_fetched_from_over_one_connection(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    peers = set()

    class Remote(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            peers.add(self.client_address)
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Remote)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://localhost:{server.server_port}/"
    try:
        with Fetcher("tests") as fetch, pytest.raises(Problem):
            fetch.get(address)
        monkeypatch.setenv("ZINNEKE_FETCH_HOSTS", "localhost")
        numbers = resolver("127.0.0.1")
        with Fetcher("tests", resolve=numbers) as fetch:
            assert fetch.get(address).body == b"hello"
            fetch.save(address, tmp_path / "it")
        assert (tmp_path / "it").read_bytes() == b"hello" and len(peers) == 1
    finally:
        server.shutdown()
        server.server_close()
