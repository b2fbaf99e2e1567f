"""axe-core finds no fault on any kind of page, in any language; each kind is seen on a telephone and on a desk, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import ROOT, absent, window
from tests.browser.kinds import ELSEWHERE, KINDS, LANGUAGES, OPEN, SHOWN, WITHOUT_SAMPLE
from zinneke.kernel import registry

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"], preload: false});
  return found.violations.map(v => `${v.id}: ${v.help} | ` + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(" ; "));
}"""
SIGHTS = ((360, "light"), (1440, "dark"), (360, "dark"), (1440, "light"))
"""Any three that follow each other hold both widths and both themes."""
LIVING = {"map", "map-with-layers"}
"""Kinds on which the living map is looked at too; elsewhere it is the same one, and drawing it in software costs seconds."""


@pytest.fixture(scope="module")
def glasses(city: str, chromium: Browser) -> Iterator[BrowserContext]:
    """Open a window for visitors with axe-core in every page."""
    yield from _glasses(chromium)


@pytest.fixture(scope="module")
def office_glasses(city: str, chromium: Browser, signed_in: object) -> Iterator[BrowserContext]:
    """Open a window for somebody who is signed in, with axe-core in every page."""
    yield from _glasses(chromium, storage_state=signed_in)


def _glasses(chromium: Browser, **more: object) -> Iterator[BrowserContext]:
    if not AXE.is_file():
        absent("axe-core is not installed: run `npm ci --ignore-scripts`.")
    context = window(chromium, **more)
    context.add_init_script(path=AXE)
    yield context
    context.close()


def faults(page: Page) -> list[str]:
    found: list[str] = page.evaluate(RUN)
    return found


def look(context: BrowserContext, city: str, name: str) -> list[str]:
    kind, told, page = KINDS[name], [], context.new_page()
    if name not in LIVING:
        page.route("**/vendor/maplibre-gl*", lambda route: route.abort())
    for turn, language in enumerate(LANGUAGES, start=list(KINDS).index(name)):
        width, theme = SIGHTS[turn % 4]
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        context.add_cookies([{"name": "django_language", "value": language, "url": city}])
        page.goto(f"{city}{kind.address(language)}", wait_until="load")
        if name in LIVING:
            page.wait_for_selector("[data-map].alive")
        told += [f"{language} {width} {theme}: {fault}" for fault in faults(page)]
        if page.get_attribute("html", "lang") != language:
            told.append(f"{language}: the page says that it is in another language")
    page.close()
    return told


def test_every_kind_of_page_has_a_sample_address() -> None:
    assert not WITHOUT_SAMPLE, f"give these pages a `sample`, or say in `ELSEWHERE` where they are tested: {WITHOUT_SAMPLE}"
    assert set(ELSEWHERE) <= {page.name for page in registry.pages()}
    assert len(SHOWN) >= 16


@pytest.mark.parametrize("name", OPEN)
def test_axe_finds_nothing(city: str, glasses: BrowserContext, name: str) -> None:
    assert look(glasses, city, name) == []


@pytest.mark.parametrize("name", [name for name in KINDS if name not in OPEN])
def test_axe_finds_nothing_for_whoever_is_signed_in(city: str, office_glasses: BrowserContext, name: str) -> None:
    assert look(office_glasses, city, name) == []
