"""How people read: without script, on a telephone, in their own language, and back to where they were."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import window


def count(page: Page) -> int:
    return int("".join(sign for sign in page.locator(".found-count strong").inner_text() if sign.isdigit()))


def test_the_first_view_is_light(city: str, page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: dict[str, float] = {}
    urls: dict[str, str] = {}
    session.on("Network.responseReceived", lambda event: urls.update({event["requestId"]: event["response"]["url"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(f"{city}/fr/", wait_until="networkidle")
    heavy = {urls.get(key, ""): size for key, size in sizes.items()}
    ours = sum(size for url, size in heavy.items() if "maplibre" not in url and "/tiles/" not in url and "/map" not in url)
    assert 10_000 < ours < 100_000, heavy


def test_without_script_one_can_search_narrow_sort_and_read(city: str, plain: Page) -> None:
    plain.goto(f"{city}/fr/")
    plain.fill("#q", "arbres")
    plain.press("#q", "Enter")
    assert "/fr/search/?q=arbres" in plain.url
    before = count(plain)
    plain.locator(".facets input[type=checkbox]").first.check()
    plain.locator(".facets button").click()
    assert "q=arbres" in plain.url
    assert 0 < count(plain) <= before, "a choice never leads to nothing"
    plain.goto(f"{city}/fr/search/?type=dataset")
    plain.select_option("#order", "title")
    plain.locator(".facets button").click()
    assert "order=title" in plain.url
    titles = plain.locator(".results h2 a").all_inner_texts()
    assert [title[0].upper() for title in titles[:3]] == sorted(title[0].upper() for title in titles[:3])
    plain.locator(".results h2 a").first.click()
    assert plain.locator("h1").count() == 1


def test_without_script_a_table_is_narrowed_sorted_and_paged(city: str, plain: Page) -> None:
    plain.goto(f"{city}/en/data/trees/")
    plain.select_option("#filter-column", "genus")
    plain.fill("#filter-value", "Tilia")
    plain.locator("form.filter button").click()
    at = plain.locator("#table thead th").all_inner_texts().index("Genus")
    cells = plain.locator(f"#table tbody td:nth-child({at + 1})")
    assert set(cells.all_inner_texts()) == {"Tilia"}
    narrowed = plain.url
    height = plain.locator("#table thead th", has_text="Height")
    height.locator("a").click()
    height = plain.locator("#table thead th", has_text="Height")
    assert height.get_attribute("aria-sort") in ("ascending", "descending")
    assert set(cells.all_inner_texts()) == {"Tilia"}, "the condition stays"
    first = plain.locator("#table tbody tr").first.inner_text()
    plain.locator(".pager a[rel~=next]").click()
    assert plain.locator("#table tbody tr").first.inner_text() != first
    plain.go_back()
    assert plain.locator("#table tbody tr").first.inner_text() == first
    plain.go_back()
    assert plain.url == narrowed


def test_without_script_charts_and_maps_are_pictures(city: str, plain: Page) -> None:
    plain.goto(f"{city}/en/solutions/air_quality/")
    assert plain.locator("svg.plot:visible path.line").count() >= 1
    plain.goto(f"{city}/en/")
    assert plain.locator("svg.drawing a").count() >= 19


def test_without_script_the_map_takes_layers_and_finds_places(city: str, plain: Page) -> None:
    plain.goto(f"{city}/fr/map/")
    if not plain.locator("#map-form details[open]").count():
        plain.locator("#map-form summary").click()
    for box in plain.locator("#map-form input[name=layer]:checked").all():
        box.uncheck()
    plain.check('input[value="air_quality.pm25_day"]')
    plain.locator("#map-form details > button").click()
    assert "layer=air_quality.pm25_day" in plain.url
    assert plain.locator(".map-layer .value-items li").count() >= 2
    plain.goto(f"{city}/fr/map/?q=Ixelles")
    assert plain.locator(".map-places a").count() >= 1


def test_with_script_a_filter_changes_the_list_in_place_and_back_brings_it_back(city: str, desk: Page) -> None:
    desk.goto(f"{city}/nl/search/?q=lucht", wait_until="load")
    desk.wait_for_selector("#search-form[data-htmx-powered]")
    desk.evaluate("window.stayed = true")
    box = desk.locator(".facets input[type=checkbox]").first
    name, value = box.get_attribute("name"), box.get_attribute("value")
    box.check()
    desk.wait_for_selector(".tags a.tag")
    assert desk.evaluate("window.stayed"), "the page was not loaded anew"
    assert f"{name}={value}" in desk.url
    desk.go_back()
    desk.wait_for_selector(".tags a.tag", state="detached")
    assert desk.url.endswith("/nl/search/?q=lucht")


STATES = {
    "search": ("search/?q=air&order=title", "#order", "title"),
    "table": ("data/trees/?where=genus:eq:Tilia&order=height_m", ".count .chip", None),
    "map": ("map/?at=13.0/50.8466/4.3517&layer=data.trees&chosen=1", "input[name=at]", "13.0/50.8466/4.3517"),
    "solution": ("solutions/air_quality/?reading=no2_day&period=week", "#trend [aria-current]", None),
}


@pytest.mark.parametrize("what", STATES)
def test_the_language_switch_keeps_the_page_and_its_state(city: str, plain: Page, what: str) -> None:
    path, mark, value = STATES[what]
    plain.goto(f"{city}/fr/{path}")
    shown = plain.locator(mark).count()
    assert shown
    plain.locator(".site-header-wide a[hreflang=nl]").click()
    assert unquote(plain.url) == f"{city}/nl/{path}"
    assert plain.get_attribute("html", "lang") == "nl"
    assert plain.locator(mark).count() == shown
    if value:
        assert plain.locator(mark).first.input_value() == value
    plain.go_back()
    assert unquote(plain.url) == f"{city}/fr/{path}"
    assert plain.get_attribute("html", "lang") == "fr"


def test_the_theme_switch_works_and_stays(city: str, plain: Page) -> None:
    plain.goto(f"{city}/fr/about/")
    light = plain.evaluate("getComputedStyle(document.body).backgroundColor")
    plain.locator(".site-header-wide .to-dark").click()
    assert plain.url.endswith("/fr/about/")
    assert plain.get_attribute("html", "data-theme") == "dark"
    assert plain.evaluate("getComputedStyle(document.body).backgroundColor") != light
    plain.goto(f"{city}/nl/")
    assert plain.get_attribute("html", "data-theme") == "dark"


def test_a_telephone_reads_the_whole_table_within_its_own_frame(city: str, chromium: Browser) -> None:
    context = window(chromium, 320, 640)
    page = context.new_page()
    page.goto(f"{city}/nl/data/trees/", wait_until="load")
    frame = page.locator("#table .scroll")
    assert frame.get_attribute("tabindex") == "0", "the keyboard can scroll it"
    assert frame.evaluate("e => e.scrollWidth > e.clientWidth")
    context.close()
