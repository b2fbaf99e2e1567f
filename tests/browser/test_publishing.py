"""A newcomer publishes a CSV in the browser in under two minutes, without script, and axe finds nothing on the way."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import window
from tests.browser.test_accessibility import AXE, faults

TREES = "soort;hoogte;geplant;lon;lat\n" + "".join(f"Linde;{n},5;0{1 + n % 9}/02/1990;4.3{n};50.8{n}\n" for n in range(10, 40))
PEOPLE = "naam,mail,leeftijd\n" + "".join(f"An{n},an{n}@example.be,{30 + n % 9}\n" for n in range(60))
TWO_MINUTES = 120.0


def test_a_newcomer_publishes_a_csv_in_under_two_minutes_without_script(city: str, chromium: Browser, signed_in: Any, tmp_path: Path) -> None:
    file = tmp_path / "bomen.csv"
    file.write_text(TREES, encoding="utf-8")
    context = window(chromium, java_script_enabled=False, storage_state=signed_in)
    page = context.new_page()
    begun = time.monotonic()
    page.goto(f"{city}/nl/publish/")
    page.set_input_files("#file", file)
    page.locator("form.begin button.button").click()
    for step in ("table", "people"):
        page.wait_for_url(f"**/{step}/")
        page.locator("button[name=next]").click()
    page.wait_for_url("**/about/")
    page.fill("#title_nl", "Bomen van de proef")
    page.fill("#title_fr", "Arbres de l’essai")
    page.select_option("#licence", "cc0")
    page.select_option("#ground", "reuse")
    page.locator("button[name=next]").click()
    page.wait_for_url("**/check/")
    page.locator("button[value=publish]").click()
    page.wait_for_url("**/nl/data/arbres-de-l-essai/")
    took = time.monotonic() - begun
    assert took < TWO_MINUTES
    page.go_back()
    assert page.locator("h1").count(), "Back works"
    assert page.request.get(f"{city}/api/tables/arbres-de-l-essai/export/csv").text().startswith('"soort","hoogte"')
    context.close()


@pytest.mark.parametrize("width", [360, 1440])
def test_every_step_of_publishing_is_accessible(city: str, chromium: Browser, signed_in: Any, tmp_path: Path, width: int) -> None:
    file = tmp_path / "mensen.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    context = window(chromium, width, 800, storage_state=signed_in)
    page = context.new_page()
    page.goto(f"{city}/fr/publish/")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    look(page)
    page.locator("form:has(#host) button.button").click()
    page.wait_for_selector(".error-summary")
    look(page)
    page.set_input_files("#file", file)
    page.locator("form.begin button.button").click()
    page.wait_for_url("**/table/")
    look(page)
    place = page.url.removesuffix("table/")
    page.goto(f"{place}people/")
    look(page)
    page.select_option("#level-1", "0")
    page.locator("button[name=next]").click()
    page.wait_for_selector(".error-summary")
    look(page)
    for step in ("about", "check"):
        page.goto(f"{place}{step}/")
        look(page)
    page.locator(".flow-leave button").click()
    page.wait_for_url("**/publish/")
    context.close()


def look(page: Page) -> None:
    """See that axe finds nothing and that nothing runs out of the window."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url
