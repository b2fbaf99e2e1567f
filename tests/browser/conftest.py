"""A real server with a small city, and a real Chromium that reads it: one of each for all these tests.

Where there is no Chromium these tests are skipped and say so; on a build machine (`CI` is set) they fail instead.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.town import CHIEF, PASSWORD
from tests.postgres import database

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--use-gl=swiftshader", "--enable-unsafe-swiftshader"]
PATIENCE = 20_000
"""Milliseconds that a machine with other work gets for one step."""


def absent(reason: str) -> None:
    """Skip with the reason; on a build machine fail instead."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} The browser tests may not be skipped here.")
    pytest.skip(reason)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Start the Chromium of the machine."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        absent("There is no Chromium on this machine.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def records() -> Iterator[dict[str, str]]:
    """Say where the city keeps its records: in its folder, or in a database of its own beside the one that the tests are run on."""
    if on := os.environ.get("ZINNEKE_TESTED_ON"):
        with database(on.rpartition("/")[0]) as url:
            yield {"ZINNEKE_DATABASE_URL": url}
    else:
        yield {}


@pytest.fixture(scope="package")
def city(chromium: Browser, tmp_path_factory: pytest.TempPathFactory, records: dict[str, str]) -> Iterator[str]:
    """Load the demonstration city into a folder of its own, serve it on a free port, and give its address."""
    if not (ROOT / "zinneke" / "web" / "static" / "vendor" / "icons.svg").is_file():
        absent("The front-end libraries are not installed: run `make`.")
    data = tmp_path_factory.mktemp("city")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, **records, "ZINNEKE_DATA": str(data), "ZINNEKE_PORT": str(port), "PYTHONPATH": str(ROOT)}
    built = subprocess.run([sys.executable, "-m", "tests.browser.town", str(data)], env=env, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    with (data / "server.log").open("wb") as log:
        server = subprocess.Popen([sys.executable, "-m", "zinneke", "serve"], env=env, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield _awaited(f"http://127.0.0.1:{port}", server, data / "server.log")
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()


def _awaited(base: str, server: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(480):
        if server.poll() is not None:
            raise RuntimeError(f"the server stopped: {log.read_text()[-2000:]}")
        try:
            if httpx.get(f"{base}/en/about/", timeout=10).status_code == 200:
                return base
        except httpx.TransportError:
            time.sleep(0.25)
    raise RuntimeError(f"the server does not answer: {log.read_text()[-2000:]}")


def window(browser: Browser, width: int = 1440, height: int = 900, **more: Any) -> BrowserContext:
    """Open a context that waits patiently and does not move what people asked not to be moved."""
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **more)
    context.set_default_timeout(PATIENCE)
    context.set_default_navigation_timeout(2 * PATIENCE)
    return context


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a fresh window of a telephone's width."""
    context = window(chromium, 360, 740)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Page]:
    """Open a fresh window of a desk's width."""
    context = window(chromium)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """Open a fresh window of a desk's width in which no script runs."""
    context = window(chromium, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="package")
def signed_in(city: str, chromium: Browser) -> Any:
    """Sign an administrator in for the first time, which sets up a second factor, and return the cookies of the session."""
    context = window(chromium)
    page = context.new_page()
    page.goto(f"{city}/en/sign-in/")
    page.fill("#email", CHIEF)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_selector(".qr")
    page.fill("#code", pyotp.TOTP(page.locator(".qr + p code").inner_text().replace(" ", "")).now())
    page.press("#code", "Enter")
    page.wait_for_selector(".codes")
    state = context.storage_state()
    context.close()
    return state


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep these tests in one process, so that one city serves them all; marked before they are handed out."""
    item.add_marker(pytest.mark.browser)
    item.add_marker(pytest.mark.xdist_group("browser"))
