"""By keyboard alone: what is focused is seen, nothing traps, the content is one press away."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

STOP = """() => {
  const e = document.activeElement;
  if (e === document.body) return null;
  const s = getComputedStyle(e), b = e.getBoundingClientRect();
  const drawn = e.querySelector(":scope > path"), line = drawn && getComputedStyle(drawn);
  const name = (e.getAttribute("aria-label") || e.textContent || e.name || "").trim().slice(0, 30);
  const inside = b.bottom > 0 && b.top < innerHeight && b.right > 0 && b.left < innerWidth;
  return {what: `${e.tagName} ${name}`, inside, size: b.width * b.height,
    ring: (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none" ||
      (line && line.stroke !== "none" && parseFloat(line.strokeWidth) >= 2)};
}"""


def test_the_first_press_of_tab_offers_the_content(city: str, page: Page) -> None:
    page.goto(f"{city}/fr/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("path", ["", "search/?q=air", "data/weather-brussels-2018-2019/", "sign-in/", "map/?layer=air_quality.pm25_day&chosen=1"])
def test_every_stop_of_the_keyboard_is_seen_and_the_walk_ends(city: str, desk: Page, path: str) -> None:
    desk.goto(f"{city}/nl/{path}", wait_until="load")
    if path.startswith("map/"):
        desk.wait_for_selector("[data-map].alive")  # the living map takes the place of the drawn one, whose links go
    seen: list[str] = []
    for _ in range(400):
        desk.keyboard.press("Tab")
        state = desk.evaluate(STOP)
        if state is None:
            break
        assert state["ring"], state
        assert state["size"] > 0, state
        assert state["inside"], state
        seen.append(state["what"])
    else:
        pytest.fail(f"the keyboard does not leave the page: {seen[-6:]}")
    assert len(seen) > 15
    assert desk.locator("a:visible").last.inner_text().strip()[:30] in seen[-1], "the walk reaches the end of the page"


def test_the_menu_opens_by_keyboard_and_closes_with_escape(city: str, page: Page) -> None:
    page.goto(f"{city}/fr/about/", wait_until="load")
    page.focus("details.menu > summary")
    page.keyboard.press("Enter")
    assert page.is_visible(".menu-panel .main-nav")
    page.keyboard.press("Escape")
    assert not page.is_visible(".menu-panel .main-nav")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_place_of_the_list_opens_on_the_map_by_keyboard(city: str, desk: Page) -> None:
    desk.goto(f"{city}/en/map/?layer=air_quality.pm25_day&chosen=1", wait_until="load")
    desk.wait_for_selector("[data-map].alive")
    desk.locator("a.on-map").first.focus()
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".map-card strong")
