"""The publishers' live endpoints, against recorded answers: what they say is loaded, and nothing they do harms us."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Told
from zinneke.cli import demonstration, live, load
from zinneke.cli.fetching import Fetched, Fetcher
from zinneke.cli.manifest import Manifest, read_manifest
from zinneke.foundations.observations import store as observations
from zinneke.foundations.tables import store as tables
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.kernel.problem import Problem

RECORDED = Path(__file__).parent / "recorded"
ANSWERS = {
    "limites-administratives": "communes.json",
    "bike/api/counts/?request=live": "bikes_live.json",
    "request=devices": "devices.json",
    "traffic/api/counts": "traffic_live.json",
    "no2_hmean_station": "no2_hmean_station.json",
    "station_information": "station_information.json",
    "parking-voirie-pmr": "export.json",
    "bruxelles_parkings_publics": "export.json",
    "shapefiles-production": "export.json",
    "stop-details-production": "stops.json",
}
Handler = Callable[[httpx.Request], httpx.Response]


def publishers(request: httpx.Request) -> httpx.Response:
    for part, name in ANSWERS.items():
        if part in str(request.url):
            return httpx.Response(200, content=(RECORDED / name).read_bytes())
    return httpx.Response(404)


def fetch(handler: Handler, folder: Path, url: str = "https://data.example.org/x", **more: object) -> tuple[Fetched, list[float]]:
    waited: list[float] = []
    options = {"resolve": lambda host, port: ["93.184.216.34"], "wait": waited.append} | more
    fetcher = Fetcher(folder, time.monotonic() + 30, httpx.MockTransport(handler), **options)  # type: ignore[arg-type]
    return fetcher.fetch_all([("one", url)])["one"], waited


@pytest.mark.django_db
@pytest.mark.usefixtures("own_store")
def test_what_the_publishers_answer_is_loaded(told: Told) -> None:
    manifest = read_manifest("brussels")
    outcomes = {each.path: each for each in live.load("brussels", manifest, manifest.entries(), told, 30, httpx.MockTransport(publishers))}
    failed = {path for path, each in outcomes.items() if each.word != "loaded"}
    assert failed == {"feed/air-live-pm25", "feed/air-live-pm10", "feed/air-live-o3"}, {path: outcomes[path] for path in failed}
    assert [area.name["nl"] for area in territory.list_areas(ANONYMOUS)] == ["Brussel", "Schaarbeek"]
    assert tables.get_version(ANONYMOUS, "villo-stations").geometry == "point"
    assert tables.get_version(ANONYMOUS, "disabled-parking-brussels").rows == 2
    bikes = {each.thing.key: each for each in observations.latest(ANONYMOUS, solution="traffic_counts", reading="bikes_today")}
    assert bikes["traffic_counts/CJM90"].value == 779
    assert bikes["traffic_counts/CJM90"].time.isoformat() == "2026-03-02T14:49:00+00:00"
    [vehicles] = observations.latest(ANONYMOUS, solution="traffic_counts", reading="vehicles")
    assert vehicles.value == 812
    [air] = observations.latest(ANONYMOUS, solution="air_quality")
    assert (air.thing.key, air.thing.area, air.thing.name["fr"], air.value) == ("air_quality/BETR001", "21004", "Molenbeek", 23.5)
    assert load.report(list(outcomes.values()), 1, told) == 1
    assert "pm10_hmean_station: geo.irceline.be answered 404." in told.text


def with_address(manifest: Manifest) -> live.Chosen:
    """Return the entries that have a live address, without what is shipped, which needs no network."""
    return [(kind, entry) for kind, entry in manifest.entries() if entry.live]


@pytest.mark.django_db
@pytest.mark.usefixtures("own_store")
def test_garbage_from_a_publisher_is_told_and_spoils_nothing(told: Told) -> None:
    manifest = read_manifest("brussels")

    def garbage(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"<html>sorry</html>")

    outcomes = live.load("brussels", manifest, with_address(manifest), told, 30, httpx.MockTransport(garbage))
    assert {each.word for each in outcomes if not each.path.startswith("table/")} == {"failed"}
    assert territory.list_areas(ANONYMOUS) == []
    assert list(Path(demonstration.mark().parent).glob("incoming-*")) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("own_store")
def test_without_a_network_it_fails_at_once_and_says_so(told: Told) -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    manifest = read_manifest("brussels")
    begun = time.monotonic()
    outcomes = live.load("brussels", manifest, with_address(manifest), told, 30, httpx.MockTransport(down))
    assert time.monotonic() - begun < 15, "nobody is asked again and again, nor waited for"
    assert {each.word for each in outcomes} == {"failed"}
    assert all("cannot be reached" in each.said for each in outcomes)


def test_an_answer_is_kept_and_we_say_who_asks(tmp_path: Path) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=b"fine")

    fetched, _ = fetch(answer, tmp_path)
    assert fetched.path is not None
    assert fetched.path.read_bytes() == b"fine"
    assert asked[0].headers["User-Agent"].startswith("Zinneke/")


def test_a_busy_publisher_is_asked_again_after_the_time_it_wants(tmp_path: Path) -> None:
    answers = iter([httpx.Response(429, headers={"Retry-After": "3"}), httpx.Response(503), httpx.Response(200, content=b"fine")])
    fetched, waited = fetch(lambda _: next(answers), tmp_path)
    assert fetched.path is not None
    assert waited == [3.0, 2.0]


def test_a_publisher_that_stays_busy_is_left_alone(tmp_path: Path) -> None:
    fetched, waited = fetch(lambda _: httpx.Response(503), tmp_path)
    assert "answered 503" in fetched.fault
    assert len(waited) == 2
    fetched, waited = fetch(lambda _: httpx.Response(429, headers={"Retry-After": "86400"}), tmp_path)
    assert "too long to wait" in fetched.fault
    assert waited == []


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.7", "192.168.1.1", "169.254.169.254", "::1", "fd00::1", "100.64.0.1", "0.0.0.0"])
def test_a_redirect_into_somebody_s_own_network_is_not_followed(tmp_path: Path, inside: str) -> None:
    asked: list[str] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(302, headers={"Location": "http://inside.example/secret"})

    fetched, _ = fetch(redirect, tmp_path, resolve=lambda host, port: ["93.184.216.34", inside])
    assert "inside this network" in fetched.fault
    assert asked == ["data.example.org"]


def test_a_redirect_to_a_public_address_is_followed_a_few_times_only(tmp_path: Path) -> None:
    def once(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"fine") if request.url.path == "/new" else httpx.Response(301, headers={"Location": "/new"})

    assert fetch(once, tmp_path)[0].path is not None
    fetched, _ = fetch(lambda _: httpx.Response(301, headers={"Location": "/again"}), tmp_path)
    assert "redirects too often" in fetched.fault
    fetched, _ = fetch(lambda _: httpx.Response(301, headers={"Location": "file:///etc/passwd"}), tmp_path)
    assert fetched.path is None


def test_more_bytes_than_allowed_are_not_taken(tmp_path: Path) -> None:
    fetched, _ = fetch(lambda _: httpx.Response(200, content=b"x" * 2000), tmp_path, most=1000)
    assert "more than 1,000 bytes" in fetched.fault


def test_a_host_that_cannot_be_reached_is_asked_only_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def down(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        raise httpx.ConnectTimeout("nobody")

    fetcher = Fetcher(tmp_path, time.monotonic() + 30, httpx.MockTransport(down))
    found = fetcher.fetch_all([("a", "https://one.example/a"), ("b", "https://one.example/b"), ("c", "https://two.example/c")])
    assert sorted(asked) == ["https://one.example/a", "https://two.example/c"]
    assert all("cannot be reached" in each.fault for each in found.values())


def test_names_of_another_making_are_brought_to_those_that_a_reader_needs() -> None:
    names = {"nis": ("nis", "nat_code"), "name_fr": ("name_fre",)}
    data = b'{"features": [{"properties": {"NAT_CODE": ["21004"], "Name_Fre": "Bruxelles", "other": 1}, "geometry": null}]}'
    assert b'"properties":{"nis":"21004","name_fr":"Bruxelles"}' in live.renamed(data, names)
    with pytest.raises(Problem, match="not a collection"):
        live.renamed(b"[]", names)
