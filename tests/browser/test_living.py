"""What script adds: a map that draws what its list says, and charts that answer to the pointer."""

from __future__ import annotations

import base64
import json

from playwright.sync_api import Page

COLOURS = """async picture => {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const bits = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer);
  const counted = new Map();
  for (const bit of bits) counted.set(bit, (counted.get(bit) || 0) + 1);
  return [counted.size, Math.max(...counted.values()) / bits.length];
}"""
SETTLED = """e => {
  for (const other of document.querySelectorAll(".drawing, .maplibregl-control-container")) other.style.visibility = "hidden";
  return e.width * e.height;
}"""


def test_the_map_draws_and_its_list_says_the_same(city: str, desk: Page) -> None:
    desk.goto(f"{city}/en/map/?layer=air_quality.pm25_day&chosen=1", wait_until="load")
    desk.wait_for_selector("[data-map].alive")
    canvas = desk.locator(".map-canvas canvas").first
    assert canvas.evaluate(SETTLED) > 100_000
    clean = desk.context.new_page()
    for _ in range(40):  # tiles come when they come
        colours, most = clean.evaluate(COLOURS, "data:image/png;base64," + base64.b64encode(canvas.screenshot()).decode())
        if colours > 30 and most < 0.95:
            break
        desk.wait_for_timeout(250)
    clean.close()
    assert colours > 30, "the map is not blank"
    assert most < 0.95
    layer = json.loads(desk.get_attribute("[data-map]", "data-layers") or "[]")[0]
    drawn = {(each["properties"]["name"], each["properties"]["label"]) for each in desk.request.get(f"{city}{layer['url']}").json()["features"]}
    rows = desk.locator(".map-layer .value-items li").all()
    listed = {(row.locator("a").first.inner_text(), row.locator("strong").inner_text()) for row in rows}
    assert listed == drawn
    name = desk.locator("a.on-map").first.get_attribute("data-name")
    desk.locator("a.on-map").first.click()
    assert desk.locator(".map-card strong").inner_text() == name


def test_choosing_a_layer_changes_the_map_and_the_address_and_back_undoes_it(city: str, desk: Page) -> None:
    desk.goto(f"{city}/en/map/?layer=air_quality.pm25_day&chosen=1", wait_until="load")
    desk.wait_for_selector("[data-map].alive")
    desk.evaluate("window.stayed = true")
    desk.evaluate("document.querySelector('#map-form details').open = true")
    desk.check('input[value="data.trees"]')
    desk.wait_for_function("() => document.querySelectorAll('.map-layer .legend').length >= 2")
    assert "layer=data.trees" in desk.url
    desk.go_back()
    desk.wait_for_function("() => !document.querySelector('input[value=\"data.trees\"]').checked")
    assert desk.evaluate("window.stayed")
    assert "layer=data.trees" not in desk.url


def test_a_chart_comes_alive_with_the_figures_of_its_csv(city: str, desk: Page) -> None:
    desk.goto(f"{city}/en/solutions/air_quality/", wait_until="load")
    figure = desk.locator("figure[data-csv]:has(.plot .line)").first
    figure.scroll_into_view_if_needed()
    plot = figure.locator(".chart-plot.live .u-over")
    plot.wait_for()
    lines = desk.request.get(f"{city}{figure.get_attribute('data-csv')}").text().split()
    box = plot.bounding_box()
    assert box
    desk.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    shown = figure.locator(".u-legend .u-value").nth(1)
    desk.wait_for_function("e => /\\d/.test(e.textContent)", arg=shown.element_handle())
    last = float(lines[-1].split(",")[1])
    assert abs(float(shown.inner_text().replace(",", ".")) - last) <= 0.051
    figure.locator("summary").click()
    assert figure.locator(".chart-foot tbody tr").count() == len(lines) - 1


def test_a_part_of_the_map_becomes_a_filter_that_can_be_sent_and_taken_away(city: str, desk: Page) -> None:
    desk.goto(f"{city}/en/search/?q=data", wait_until="load")
    desk.click("details.by-map summary")
    desk.wait_for_selector("[data-map].alive")
    desk.click("[data-part]")
    desk.wait_for_url("**bbox=4.*")
    assert desk.locator("#bbox").input_value().count(",") == 3
    desk.click("a.tag:has-text('Part of the map')")
    desk.wait_for_url(lambda address: "bbox" not in address)
