"""What every kind of page keeps to: only our own host, nothing broken, no sideways scrolling, living maps and charts, and honest about its data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import window
from tests.browser.kinds import KINDS, LANGUAGES, Kind

DEMONSTRATION = {"fr": "Données de démonstration", "nl": "Demonstratiegegevens", "en": "Demonstration data"}
BEYOND = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const held = e => e && e !== document.body && (/auto|scroll|hidden|clip/.test(getComputedStyle(e).overflowX) || held(e.parentElement));
  const wide = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1 && !held(e));
  const said = e => `${e.tagName}.${e.getAttribute("class")} ${e.textContent.trim().slice(0, 30)}`;
  return [`${root.scrollWidth - root.clientWidth} pixels too wide`, ...wide.slice(0, 4).map(said)];
}"""


@pytest.fixture(scope="module")
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """Open a window for visitors."""
    context = window(chromium)
    yield context
    context.close()


@pytest.fixture(scope="module")
def official(chromium: Browser, signed_in: object) -> Iterator[BrowserContext]:
    """Open a window for somebody who is signed in."""
    context = window(chromium, storage_state=signed_in)
    yield context
    context.close()


def enliven(page: Page) -> None:
    """Bring the map and the chart of a page into view, and wait until they live."""
    for waiting, alive in (("[data-map]", "[data-map].alive"), ("figure[data-csv]:has(.plot .line)", ".chart-plot.live canvas")):
        found = page.locator(f"{waiting} >> visible=true")
        if found.count():
            found.first.scroll_into_view_if_needed()
            page.wait_for_selector(alive)


def watch(page: Page) -> tuple[list[str], list[str]]:
    """Note what a page asks for and what it complains of."""
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: said.append(str(fault)))
    return asked, said


def harmless(words: str, name: str) -> bool:
    """Tell what Chromium says of our own answer 404, and of drawing without a graphics card, from a fault."""
    return (name == "nothing" and "status of 404" in words) or "GL Driver Message" in words or "WebGL" in words


@pytest.mark.parametrize("name", KINDS)
def test_a_page_is_whole_fits_and_asks_nobody_else(city: str, request: pytest.FixtureRequest, name: str) -> None:
    kind: Kind = KINDS[name]
    page = request.getfixturevalue("official" if kind.known else "visitor").new_page()
    asked, said = watch(page)
    language = LANGUAGES[list(KINDS).index(name) % 2]
    page.set_viewport_size({"width": 1440, "height": 900})
    answer = page.goto(f"{city}{kind.address(language)}", wait_until="load")
    assert answer is not None
    assert answer.status == (404 if name == "nothing" else 200)
    enliven(page)
    told = []
    for width, what in ((320, "at 320 pixels"), (640, "at 200 % of a window of 1280")):
        page.set_viewport_size({"width": width, "height": 512})
        told += [f"{what}: {fault}" for fault in page.evaluate(BEYOND)]
    page.set_viewport_size({"width": 1280, "height": 800})
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    told += [f"with the letters of the browser twice as large: {fault}" for fault in page.evaluate(BEYOND)]
    page.close()
    assert told == []
    assert {urlsplit(address).netloc for address in asked if address.startswith("http")} == {urlsplit(city).netloc}
    assert [words for words in said if not harmless(words, name)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_demonstration_city_says_so(city: str, signed_in: dict[str, Any], visitor: BrowserContext, language: str) -> None:
    silent = []
    session = "; ".join(f"{each['name']}={each['value']}" for each in signed_in["cookies"] if each["name"] != "django_language")
    for name, kind in KINDS.items():
        headers = {"Cookie": f"{session}; django_language={language}"} if kind.known else {}
        text = visitor.request.get(f"{city}{kind.address(language)}", headers=headers).text()
        if DEMONSTRATION[language] not in text.partition("<main")[0]:
            silent.append(name)
    assert silent == []


@pytest.mark.parametrize("width", [1200, 1280, 1440])
def test_the_head_of_a_page_stays_within_its_column_for_whoever_is_signed_in(city: str, official: BrowserContext, width: int) -> None:
    page = official.new_page()
    page.set_viewport_size({"width": width, "height": 700})
    for language in LANGUAGES:
        page.goto(f"{city}/{language}/about/")
        ends = page.evaluate("""() => {
          const row = document.querySelector(".site-header-row");
          const edge = row.getBoundingClientRect().right - parseFloat(getComputedStyle(row).paddingRight);
          return [...row.querySelectorAll("a, button, input")].map(e => e.getBoundingClientRect().right - edge).filter(beyond => beyond > 1);
        }""")
        assert ends == [], (language, width)
    page.close()
