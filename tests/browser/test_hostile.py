"""Words that came from outside are shown as words, on pages, on the map and in lists, whatever they hold."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.town import ATTACK, MARKUP


def unharmed(page: Page) -> bool:
    """Say whether no word of a stranger became a deed."""
    page.wait_for_timeout(200)
    return bool(page.evaluate("window.stolen === undefined && !document.querySelector('img[src=x], svg[onload], a[href^=\"javascript:\"]')"))


def test_a_script_in_the_title_of_a_dataset_is_text(city: str, desk: Page) -> None:
    desk.goto(f"{city}/en/search/?q=hostile", wait_until="load")
    link = desk.locator(".results h2 a", has_text="hostile en")
    assert ATTACK in link.inner_text()
    assert unharmed(desk)
    link.click()
    assert desk.locator("h1").inner_text() == f"{ATTACK} hostile en"
    assert ATTACK in desk.title()
    assert unharmed(desk)


def test_markup_in_what_was_asked_is_text(city: str, desk: Page) -> None:
    for path in ("search/?q=", "map/?q=", "data/trees/?where=species:eq:"):
        desk.goto(f"{city}/nl/{path}{MARKUP}", wait_until="load")
        assert unharmed(desk), path


def test_markup_in_a_row_is_text_in_the_table_and_on_the_map(city: str, desk: Page) -> None:
    desk.goto(f"{city}/en/data/trees/", wait_until="load")
    assert desk.locator("#table td", has_text=MARKUP).first.inner_text() == MARKUP
    desk.locator("[data-map]").scroll_into_view_if_needed()
    desk.wait_for_selector("[data-map].alive")
    desk.locator(".map-list a[data-place]").first.click()
    desk.wait_for_selector(".map-card")
    assert unharmed(desk)
