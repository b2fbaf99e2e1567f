"""Fetch what publishers offer: politely (one request at a time to a host, patience when asked for it) and within bounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from zinneke import __version__
from zinneke.foundations.fetching import Resolve, check_address, resolve
from zinneke.kernel.problem import Problem, wrong

MOST = 200_000_000
"""Bytes of one answer."""
AGAIN = (0.5, 2.0)
"""Seconds to wait before asking again after 429, 502, 503 or 504."""
HOPS = 3


@dataclass(slots=True)
class Fetched:
    """What became of one request: the file, or a sentence that says why there is none."""

    url: str
    path: Path | None = None
    fault: str = ""


@dataclass(slots=True)
class Fetcher:
    """Fetches addresses into a folder until `deadline` (of `time.monotonic`); hosts that cannot be reached are asked only once."""

    folder: Path
    deadline: float
    transport: httpx.BaseTransport | None = None
    resolve: Resolve = resolve
    wait: Callable[[float], None] = time.sleep
    most: int = MOST
    _lost: set[str] = field(default_factory=set)

    def fetch_all(self, wanted: Iterable[tuple[str, str]]) -> dict[str, Fetched]:
        """Fetch pairs of name and address, hosts side by side, and return what became of each by name."""
        by_host: dict[str, list[tuple[str, str]]] = {}
        for name, url in wanted:
            by_host.setdefault(urlsplit(url).netloc, []).append((name, url))
        self.folder.mkdir(parents=True, exist_ok=True)
        if not by_host:
            return {}
        with ThreadPoolExecutor(max_workers=min(8, len(by_host))) as pool:
            groups = pool.map(self._fetch_host, by_host.values())
            return {name: fetched for group in groups for name, fetched in group}

    def _fetch_host(self, wanted: list[tuple[str, str]]) -> list[tuple[str, Fetched]]:
        headers = {"User-Agent": f"Zinneke/{__version__} (open urban platform; loads open data)", "Accept": "*/*"}
        with httpx.Client(transport=self.transport, headers=headers, follow_redirects=False) as client:
            return [(name, self._fetch(client, url, self.folder / f"{place}-{_plain(name)}")) for place, (name, url) in enumerate(wanted)]

    def _fetch(self, client: httpx.Client, url: str, path: Path) -> Fetched:
        host = urlsplit(url).netloc
        if host in self._lost:
            return Fetched(url, None, f"{host} cannot be reached.")
        try:
            self._follow(client, url, path)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            self._lost.add(host)
            return Fetched(url, None, f"{host} cannot be reached.")
        except httpx.TimeoutException:
            return Fetched(url, None, f"{host} did not answer in time.")
        except Problem as problem:
            return Fetched(url, None, problem.detail)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            return Fetched(url, None, f"{host}: {fault}.")
        return Fetched(url, path)

    def _follow(self, client: httpx.Client, url: str, path: Path) -> None:
        tries, hops = iter(AGAIN), 0
        while True:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise wrong("There was no time left to ask.")
            with client.stream("GET", url, timeout=httpx.Timeout(min(20.0, left), connect=min(3.0, left))) as answer:
                if answer.is_redirect:
                    hops += 1
                    url = self._allowed(str(answer.next_request.url) if answer.next_request else "", hops)
                    continue
                pause = next(tries, None) if answer.status_code in (429, 502, 503, 504) else None
                if pause is None:
                    return self._keep(answer, path)
                pause = max(pause, _asked(answer.headers.get("Retry-After", "")))
            if pause > self.deadline - time.monotonic():
                raise wrong(f"It asks to come back in {pause:.0f} seconds; that is too long to wait.")
            self.wait(pause)

    def _allowed(self, url: str, hops: int) -> str:
        """Return the address of a redirect, unless there were too many or it leads inside somebody's own network."""
        if hops > HOPS:
            raise wrong(f"It redirects too often ({url[:200]}).")
        try:
            check_address(url, self.resolve)
        except Problem as problem:
            raise wrong(f"It redirects elsewhere. {problem.detail}") from None
        return url

    def _keep(self, answer: httpx.Response, path: Path) -> None:
        if answer.status_code != 200:
            raise wrong(f"{answer.url.host} answered {answer.status_code}.")
        size = 0
        with path.open("wb") as file:
            for chunk in answer.iter_bytes():
                size += len(chunk)
                if size > self.most:
                    raise wrong(f"{answer.url.host} sends more than {self.most:,} bytes; that is not taken.")
                if time.monotonic() > self.deadline:
                    raise wrong(f"{answer.url.host} sends too slowly; {size:,} bytes had come.")
                file.write(chunk)


def _asked(header: str) -> float:
    return float(header) if header.isdigit() else 0.0


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in name)[:80]
